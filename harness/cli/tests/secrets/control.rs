//! The control API: what it is told is mostly not a secret; what it is sent by mistake may be one.

use serde_json::json;

use super::lab::Request;
use super::{Ends, Scan};

pub fn plant(scan: &mut Scan) {
    use Ends::{Accepted, Either, Refused};
    for target in [
        "/_lab/clock?token={}",
        "/_lab/clock?{}=1",
        "/_lab/journal?since={}",
    ] {
        scan.plant(("control", "query", Refused), |_, secret| {
            Request::new("GET", target.replace("{}", &secret.plain()))
        });
    }
    scan.plant(("control", "query", Accepted), |_, secret| {
        Request::new(
            "GET",
            format!("/_lab/journal?request_id={}", secret.plain()),
        )
    });
    scan.plant(("control", "header", Accepted), |_, secret| {
        Request::new("GET", "/_lab/clock").header("authorization", secret.plain())
    });
    scan.plant(("control", "path segment", Refused), |_, secret| {
        Request::new("GET", format!("/_lab/{}", secret.vault_token()))
    });
    for body in [
        r#"{"set":"{}"}"#,
        r#"{"{}":1}"#,
        r#"{"set":"{}"#,
        r#"{"component":"{}","offset_seconds":1}"#,
    ] {
        scan.plant(("control", "JSON", Refused), |_, secret| {
            Request::new("POST", "/_lab/clock").body(body.replace("{}", &secret.plain()))
        });
    }
    scan.plant(("control", "JSON", Refused), |_, secret| {
        let body = json!({"issuer": secret.plain(), "claims": {"sub": "x"}});
        Request::new("POST", "/_lab/oidc/token").json(&body)
    });
    // Claims are evidence; a credential among them is none.
    scan.plant(("control", "claim", Either), |_, secret| {
        let body = json!({"claims": {"sub": "x", "upstream": secret.vault_token(), "list": [secret.access_key()]}});
        Request::new("POST", "/_lab/oidc/token").json(&body)
    });
}
