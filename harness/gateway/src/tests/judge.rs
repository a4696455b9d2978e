//! The judge of tokens, without a gateway: each refusal beside what is believed, and what can be said
//! without keys.

use authlab_kernel::Timestamp;
use authlab_token::{Algorithm, CachePolicy, KeySet, Keys, SigningKey, Token, Verdict};
use serde_json::{Value, json};

use super::bench::{ISSUER, noon, signed};
use crate::deployment::{IdentitySource, JwtAuthorizer};
use crate::evidence::Reason;
use crate::judge::{self, Disbelief};

fn authorizer() -> JwtAuthorizer {
    JwtAuthorizer {
        name: "corp".to_owned(),
        issuer: ISSUER.to_owned(),
        audiences: vec!["reports".to_owned(), "client-7".to_owned()],
        identity_sources: vec![IdentitySource::Header("Authorization".to_owned())],
        keys: CachePolicy::http_api_authorizer(),
    }
}

fn keys() -> KeySet {
    KeySet::of(vec![SigningKey::test_key(0).unwrap().jwk()])
}

/// A good token, with some claims replaced (null removes one), signed with this test key.
fn token(key: usize, changes: &Value) -> Token {
    let now = noon().as_second();
    let mut claims = json!({
        "iss": ISSUER, "aud": "reports", "sub": "looker", "iat": now, "nbf": now, "exp": now + 60,
    });
    let claims = claims.as_object_mut().unwrap();
    for (name, value) in changes.as_object().unwrap() {
        if value.is_null() {
            claims.remove(name);
        } else {
            claims.insert(name.clone(), value.clone());
        }
    }
    Token::parse(&signed(key, claims)).unwrap()
}

fn reason(verdict: &Verdict<Disbelief>) -> Option<Reason> {
    match verdict {
        Verdict::Believed | Verdict::Unknown { if_signed: None } => None,
        Verdict::Disbelieved(disbelief)
        | Verdict::Unknown {
            if_signed: Some(disbelief),
        } => Some(disbelief.reason()),
    }
}

#[test]
fn the_first_that_fails_counts_and_without_keys_nothing_is_guessed() {
    let now = noon().as_second();
    // Key, claims; the reason with keys; and without: whether it is certain, and the reason.
    let cases = [
        (0, json!({}), None, (false, None)),
        (0, json!({"aud": ["x", "reports"]}), None, (false, None)),
        (
            0,
            json!({"aud": null, "client_id": "client-7"}),
            None,
            (false, None),
        ),
        (
            0,
            json!({"aud": "x", "client_id": "client-7"}),
            Some(Reason::AudienceMismatch),
            (false, Some(Reason::AudienceMismatch)),
        ),
        (
            0,
            json!({"aud": null}),
            Some(Reason::AudienceMismatch),
            (false, Some(Reason::AudienceMismatch)),
        ),
        (
            0,
            json!({"iss": ISSUER.trim_end_matches('/')}),
            Some(Reason::IssuerMismatch),
            (true, Some(Reason::IssuerMismatch)),
        ),
        (
            0,
            json!({"exp": null}),
            Some(Reason::TokenWithoutExpiry),
            (false, Some(Reason::TokenWithoutExpiry)),
        ),
        (
            0,
            json!({"exp": now}),
            Some(Reason::TokenExpired),
            (false, Some(Reason::TokenExpired)),
        ),
        (0, json!({"exp": now + 1}), None, (false, None)),
        (
            0,
            json!({"nbf": now + 1}),
            Some(Reason::TokenNotYetValid),
            (false, Some(Reason::TokenNotYetValid)),
        ),
        (0, json!({"nbf": now}), None, (false, None)),
        (
            0,
            json!({"exp": "soon"}),
            Some(Reason::TokenMalformed),
            (false, Some(Reason::TokenMalformed)),
        ),
        // A key of nobody: with keys the reason is the key, whatever the claims say.
        (1, json!({}), Some(Reason::KeyUnknown), (false, None)),
        (
            1,
            json!({"exp": now}),
            Some(Reason::KeyUnknown),
            (false, Some(Reason::TokenExpired)),
        ),
        (
            1,
            json!({"iss": "https://other.example/"}),
            Some(Reason::IssuerMismatch),
            (true, Some(Reason::IssuerMismatch)),
        ),
    ];
    let (authorizer, keys) = (authorizer(), keys());
    for (key, changes, expected, (is_certain, without)) in cases {
        let token = token(key, &changes);
        let known = judge::token(&authorizer, &token, Keys::Known(&keys), noon());
        assert_eq!(reason(&known), expected, "{changes}");
        assert!(!matches!(known, Verdict::Unknown { .. }), "{changes}");
        assert_eq!(known.is_believed(), expected.is_none(), "{changes}");
        let heeded = judge::with_keys(&authorizer, &token, &keys, noon());
        assert_eq!(heeded.err().map(|it| it.reason()), expected, "{changes}");
        let unknown = judge::token(&authorizer, &token, Keys::Unknown, noon());
        assert_eq!(reason(&unknown), without, "{changes}");
        assert!(!unknown.is_believed(), "{changes}");
        let is_disbelieved = matches!(unknown, Verdict::Disbelieved(_));
        assert_eq!(is_disbelieved, is_certain, "{changes}");
    }
}

#[test]
fn an_algorithm_and_a_signature_are_the_authorizers() {
    let (mut authorizer, keys) = (authorizer(), keys());
    let good = token(0, &json!({}));
    let judged = |authorizer: &JwtAuthorizer, token: &Token, now: Timestamp| {
        judge::with_keys(authorizer, token, &keys, now)
    };
    assert_eq!(judged(&authorizer, &good, noon()), Ok(()));
    // The claims of one token under the signature of another.
    let claims = json!({"iss": ISSUER, "aud": "reports", "exp": noon().as_second() + 99});
    let other = signed(0, claims.as_object().unwrap());
    let whole = signed(0, good.claims());
    let (head, _) = other.rsplit_once('.').unwrap();
    let (_, signature) = whole.rsplit_once('.').unwrap();
    let forged = Token::parse(&format!("{head}.{signature}")).unwrap();
    let disbelief = judged(&authorizer, &forged, noon()).unwrap_err();
    assert_eq!(disbelief.reason(), Reason::SignatureInvalid);
    assert_eq!(disbelief.description(), "signature is invalid");
    authorizer.keys.algorithms = vec![Algorithm::ES256];
    let disbelief = judged(&authorizer, &good, noon()).unwrap_err();
    assert_eq!(disbelief.reason(), Reason::AlgorithmUnsupported);
    assert_eq!(disbelief.description(), "signing method RS256 is invalid");
}
