//! What a relay remembers of tokens: a foreign server forgets a token that has ended, and says of it
//! what it says of one that never was.

use std::collections::BTreeMap;

use authlab_kernel::secret::fingerprint;
use authlab_kernel::{SignedDuration, Timestamp};
use serde_json::Value;

use crate::evidence::{End, Ended, Reason};
use crate::json::texts;
use crate::request::Request;

/// A token that was issued through the relay.
#[derive(Clone, Debug)]
struct Known {
    accessor: String,
    policies: Vec<String>,
    creation_path: String,
    /// When it ends, unless it is renewed; none for one that does not end.
    expires: Option<Timestamp>,
    revoked: Option<Timestamp>,
}

/// What is remembered of a token that the server does not know.
#[derive(Debug)]
pub(super) struct Gone {
    pub(super) accessor: String,
    pub(super) policies: Vec<String>,
    pub(super) ended: Ended,
}

/// The tokens, by their fingerprints.
#[derive(Debug, Default)]
pub(super) struct Tokens(BTreeMap<String, Known>);

impl Tokens {
    /// Learns from an answer which token was issued, renewed or ended.
    pub(super) fn learn(&mut self, request: &Request, status: u16, body: &Value, now: Timestamp) {
        if status >= 400 {
            return;
        }
        let auth = body.get("auth").filter(|auth| auth.is_object());
        if let Some(auth) = auth {
            self.issued(request, auth, now);
        }
        let ended = match request.path.as_str() {
            "auth/token/revoke-self" => request.token.clone(),
            "auth/token/revoke" | "auth/token/revoke-orphan" => {
                request.data_text("token").map(str::to_owned)
            }
            "auth/token/revoke-accessor" => {
                let accessor = request.data_text("accessor").unwrap_or_default().to_owned();
                let found = self.0.values_mut().find(|known| known.accessor == accessor);
                if let Some(known) = found {
                    known.revoked = Some(now);
                }
                None
            }
            _ => None,
        };
        let ended = ended.and_then(|token| self.0.get_mut(&fingerprint(&token)));
        if let Some(known) = ended {
            known.revoked = Some(now);
        }
    }

    fn issued(&mut self, request: &Request, auth: &Value, now: Timestamp) {
        let Some(token) = auth.get("client_token").and_then(Value::as_str) else {
            return;
        };
        let seconds = auth.get("lease_duration").and_then(Value::as_i64);
        let expires = seconds
            .filter(|seconds| *seconds > 0)
            .and_then(|seconds| now.checked_add(SignedDuration::from_secs(seconds)).ok());
        let text = |name: &str| {
            let text = auth.get(name).and_then(Value::as_str);
            text.unwrap_or_default().to_owned()
        };
        let key = fingerprint(token);
        if let Some(known) = self.0.get_mut(&key) {
            // Renewed: where it was made stays.
            known.expires = expires;
            return;
        }
        self.0.insert(
            key,
            Known {
                accessor: text("accessor"),
                policies: texts(auth.get("policies")).unwrap_or_default(),
                creation_path: request.path.clone(),
                expires,
                revoked: None,
            },
        );
    }

    /// Why the server does not know this token, with what is remembered of it.
    pub(super) fn missing(&self, token: &str, now: Timestamp) -> (Reason, Option<Gone>) {
        if token.is_empty() {
            return (Reason::TokenMissing, None);
        }
        let Some(known) = self.0.get(&fingerprint(token)) else {
            return (Reason::TokenUnknown, None);
        };
        let expired = known.expires.filter(|expires| *expires <= now);
        let (reason, end) = match (known.revoked, expired) {
            (Some(at), _) => (Reason::TokenRevoked, Some(End::Revoked(at))),
            (None, Some(at)) => (Reason::TokenExpired, Some(End::Expired(at))),
            (None, None) => (Reason::TokenUnknown, None),
        };
        let gone = Gone {
            accessor: known.accessor.clone(),
            policies: known.policies.clone(),
            ended: Ended {
                creation_path: known.creation_path.clone(),
                end,
                life: None,
            },
        };
        (reason, Some(gone))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::relay::judgement::tests::request;

    #[test]
    fn a_token_that_ended_is_told_from_one_that_never_was() {
        let start: Timestamp = "2026-01-15T12:00:00Z".parse().unwrap();
        let later = |seconds| {
            start
                .checked_add(SignedDuration::from_secs(seconds))
                .unwrap()
        };
        let mut tokens = Tokens::default();
        let login = json!({"auth": {
            "client_token": "s.one", "accessor": "a1", "policies": ["production"], "lease_duration": 300,
        }});
        tokens.learn(&request("auth/jwt/login", ""), 200, &login, start);
        assert_eq!(tokens.missing("s.one", later(299)).0, Reason::TokenUnknown);
        let (reason, gone) = tokens.missing("s.one", later(300));
        assert_eq!(reason, Reason::TokenExpired);
        let ended = gone.unwrap().ended;
        assert_eq!(ended.end, Some(End::Expired(later(300))));
        assert_eq!(ended.creation_path, "auth/jwt/login");

        tokens.learn(
            &request("auth/token/revoke-self", "s.one"),
            204,
            &Value::Null,
            later(10),
        );
        assert_eq!(tokens.missing("s.one", later(11)).0, Reason::TokenRevoked);
        assert_eq!(tokens.missing("s.two", start).0, Reason::TokenUnknown);
        assert_eq!(tokens.missing("", start).0, Reason::TokenMissing);

        // What was refused ended nothing.
        tokens.learn(
            &request("auth/jwt/login", ""),
            200,
            &json!({"auth": {
                "client_token": "s.three", "lease_duration": 300,
            }}),
            start,
        );
        tokens.learn(
            &request("auth/token/revoke-self", "s.three"),
            403,
            &Value::Null,
            start,
        );
        assert_eq!(tokens.missing("s.three", later(1)).0, Reason::TokenUnknown);
    }
}
