//! Whether STS believes a token of an OpenID Connect provider, apart from fetching keys.
//!
//! The order is that of the reference, 2.1: provider, key and signature, audience, expiry. What the role's
//! trust policy says of the bearer is the policy engine's.

use authlab_kernel::Timestamp;
use authlab_token::{
    Algorithm, KeySet, Keys, Leeway, SignatureError, TimeError, Token, Verdict, check_audience,
    check_times, verify_with_set,
};

use super::error::Error;
use crate::shared::OidcProvider;

/// The algorithms that STS takes: RSA and ECDSA with SHA-2 (STS, AssumeRoleWithWebIdentity).
pub const ALGORITHMS: [Algorithm; 6] = [
    Algorithm::RS256,
    Algorithm::RS384,
    Algorithm::RS512,
    Algorithm::ES256,
    Algorithm::ES384,
    Algorithm::ES512,
];

/// How far STS's clock may be off: not at all.
pub const LEEWAY: Leeway = Leeway {
    exp_seconds: 0,
    nbf_seconds: 0,
    iat_seconds: 0,
};

/// Whether STS believes `token` as one of `provider`; the first that fails counts.
///
/// Without keys a token of another issuer, or without subject, is disbelieved all the same; everything
/// else is [`Verdict::Unknown`], with what refuses the token even if its signature stands.
pub fn token(
    provider: &OidcProvider,
    token: &Token,
    keys: Keys<'_>,
    now: Timestamp,
) -> Verdict<Error> {
    if let Err(error) = before_keys(provider, token) {
        return Verdict::Disbelieved(error);
    }
    Verdict::of(
        keys,
        |keys| with_keys(provider, token, keys, now),
        || claims(provider, token, now),
    )
}

/// [`token`] for who has the keys.
///
/// # Errors
/// The token is not believed: the first that fails.
pub fn with_keys(
    provider: &OidcProvider,
    token: &Token,
    keys: &KeySet,
    now: Timestamp,
) -> Result<(), Error> {
    before_keys(provider, token)?;
    signature(token, keys)?;
    claims(provider, token, now)
}

/// The issuer that a token names: whose provider is looked for.
///
/// # Errors
/// It names none.
pub fn issuer(token: &Token) -> Result<&str, Error> {
    token.issuer().ok_or_else(|| missing("iss"))
}

/// What is looked at before keys are fetched: issuer and subject.
///
/// # Errors
/// The token is not believed, whatever the keys are.
pub fn before_keys(provider: &OidcProvider, token: &Token) -> Result<(), Error> {
    let issuer = issuer(token)?;
    if issuer != provider.issuer {
        let issuer = issuer.to_owned();
        return Err(Error::NoProvider { issuer });
    }
    token.subject().map(|_| ()).ok_or_else(|| missing("sub"))
}

fn signature(token: &Token, keys: &KeySet) -> Result<(), Error> {
    match verify_with_set(token, keys, &ALGORITHMS) {
        Ok(_) => Ok(()),
        Err(error @ (SignatureError::UnknownKid { .. } | SignatureError::NoKey)) => {
            Err(Error::NoKey(error))
        }
        Err(error) => Err(Error::Signature(error)),
    }
}

fn claims(provider: &OidcProvider, token: &Token, now: Timestamp) -> Result<(), Error> {
    check_audience(token, &provider.client_ids).map_err(Error::Audience)?;
    if token.claim("exp").is_none() {
        return Err(missing("exp"));
    }
    check_times(token, now, LEEWAY).map_err(|error| match error {
        TimeError::Expired { at, now, .. } => Error::Expired { now, at },
        error => Error::Times(error),
    })
}

fn missing(name: &str) -> Error {
    Error::Claim(format!("Missing a required claim: {name}"))
}

#[cfg(test)]
mod tests {
    use authlab_token::SigningKey;
    use serde_json::{Value, json};

    use super::*;
    use crate::evidence::Reason;

    const ISSUER: &str = "https://login.corp.example/";

    fn now() -> Timestamp {
        "2026-01-15T12:00:00Z".parse().unwrap()
    }

    fn provider() -> OidcProvider {
        OidcProvider {
            arn: "arn:aws:iam::111111111111:oidc-provider/login.corp.example/".to_owned(),
            issuer: ISSUER.to_owned(),
            client_ids: vec!["sts.amazonaws.com".to_owned()],
            thumbprints: Vec::new(),
            created: now(),
            tags: std::collections::BTreeMap::new(),
        }
    }

    fn token_of(key: usize, changes: &Value) -> Token {
        let mut claims = json!({"iss": ISSUER, "aud": "sts.amazonaws.com", "sub": "job",
            "exp": now().as_second() + 60});
        let members = claims.as_object_mut().unwrap();
        for (name, value) in changes.as_object().unwrap() {
            if value.is_null() {
                members.remove(name);
            } else {
                members.insert(name.clone(), value.clone());
            }
        }
        let key = SigningKey::test_key(key).unwrap();
        let header = key.header(Algorithm::RS256);
        Token::parse(&key.sign(&header, members).unwrap()).unwrap()
    }

    fn why(error: &Error) -> String {
        error.reason().into()
    }

    #[test]
    fn the_first_that_fails_counts_and_without_keys_nothing_is_guessed() {
        let second = now().as_second();
        // Key, claims; the reason with keys; and without: whether it is certain, and the reason.
        let cases = [
            (0, json!({}), None, (false, None)),
            (
                0,
                json!({"aud": ["x", "sts.amazonaws.com"]}),
                None,
                (false, None),
            ),
            (
                0,
                json!({"aud": "x"}),
                Some(Reason::Audience),
                (false, Some(Reason::Audience)),
            ),
            (
                0,
                json!({"iss": null}),
                Some(Reason::Claim),
                (true, Some(Reason::Claim)),
            ),
            (
                0,
                json!({"sub": null}),
                Some(Reason::Claim),
                (true, Some(Reason::Claim)),
            ),
            (
                0,
                json!({"iss": "https://login.corp.example"}),
                Some(Reason::ProviderUnknown),
                (true, Some(Reason::ProviderUnknown)),
            ),
            (
                0,
                json!({"exp": null}),
                Some(Reason::Claim),
                (false, Some(Reason::Claim)),
            ),
            (
                0,
                json!({"exp": second}),
                Some(Reason::Expired),
                (false, Some(Reason::Expired)),
            ),
            (0, json!({"exp": second + 1}), None, (false, None)),
            (
                0,
                json!({"nbf": second + 1}),
                Some(Reason::NotYetValid),
                (false, Some(Reason::NotYetValid)),
            ),
            (1, json!({}), Some(Reason::UnknownKid), (false, None)),
            (
                1,
                json!({"aud": "x"}),
                Some(Reason::UnknownKid),
                (false, Some(Reason::Audience)),
            ),
        ];
        let (provider, keys) = (
            provider(),
            KeySet::of(vec![SigningKey::test_key(0).unwrap().jwk()]),
        );
        for (key, changes, expected, (is_certain, without)) in cases {
            let one = token_of(key, &changes);
            let expected = expected.map(|reason| reason.as_str().to_owned());
            let without = without.map(|reason| reason.as_str().to_owned());
            let heeded = with_keys(&provider, &one, &keys, now());
            assert_eq!(heeded.as_ref().err().map(why), expected, "{changes}");
            let known = token(&provider, &one, Keys::Known(&keys), now());
            assert_eq!(known.is_believed(), expected.is_none(), "{changes}");
            match token(&provider, &one, Keys::Unknown, now()) {
                Verdict::Believed => panic!("{changes}"),
                Verdict::Disbelieved(error) => {
                    assert!(is_certain, "{changes}");
                    assert_eq!(Some(why(&error)), without, "{changes}");
                }
                Verdict::Unknown { if_signed } => {
                    assert!(!is_certain, "{changes}");
                    assert_eq!(if_signed.as_ref().map(why), without, "{changes}");
                }
            }
        }
    }
}
