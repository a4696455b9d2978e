//! What of long evidence is read back.

use serde_json::{Value, json};

use super::evidence::{judged, recorded};
use crate::evidence::{Authentication, Issuer, TokenJudged};

/// The journal bounds what it keeps: what it drops of a token with very many claims stands behind it.
#[test]
fn a_token_that_fills_the_line_is_read_all_the_same() {
    let many: Vec<Value> = (0..20_000).map(Value::from).collect();
    let evidence = Authentication::Token(Box::new(TokenJudged {
        token: json!({"kind": "jwt", "claims": {"groups": many}}),
        ..judged()
    }));
    let event = recorded(&evidence);
    let Some(Authentication::Token(read)) = event.read::<Authentication<'_>>() else {
        panic!("{}", event.detail);
    };
    assert_eq!(read.authorizer, "corp");
    assert_eq!(read.issuer, Issuer::default());
}
