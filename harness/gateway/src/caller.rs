//! Who calls: how each way to prove it shows in access logs, templates and events. Nothing else looks
//! into it.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use authlab_token::Token;
use serde_json::{Map, Value, json};

use crate::claim::as_text;
use crate::decision::Decision;
use crate::needs::SignedCaller;

/// Who calls, as far as the walk has found out.
#[derive(Default)]
pub(crate) struct Caller {
    /// Who it is.
    pub who: Who,
    /// The API key that the request shows, beside who calls.
    pub api_key: Option<String>,
    /// The id of that key, once it is found.
    pub api_key_id: Option<String>,
    /// What an authorizer says is the API key (`usageIdentifierKey`).
    pub usage_identifier_key: Option<String>,
}

/// The ways to be somebody. Whoever another authorizer lets in is one more.
#[derive(Default)]
pub(crate) enum Who {
    /// Nobody was asked.
    #[default]
    Anonymous,
    /// The bearer of a token; the scopes are set where the route asks for some.
    Bearer {
        /// The token, believed.
        token: Box<Token>,
        /// Which of the route's scopes it has.
        scopes: Option<Vec<String>>,
    },
    /// The bearer of a token that an authorizer of a REST API believes.
    Claimant {
        /// The token, believed.
        token: Box<Token>,
    },
    /// Whoever a Lambda authorizer lets in.
    Function {
        /// What it said.
        decision: Arc<Decision>,
        /// How long it took, in milliseconds; 0 where it had said so before.
        latency_ms: i64,
    },
    /// A signed caller.
    Iam {
        /// Who signed.
        signed: Arc<SignedCaller>,
        /// The organization of the caller's account.
        organization: Option<String>,
    },
}

impl Caller {
    /// `$context.identity.NAME`, as far as it follows from who calls.
    pub(crate) fn identity(&self, name: &str) -> Option<&str> {
        match name {
            "apiKey" => return self.api_key.as_deref(),
            "apiKeyId" => return self.api_key_id.as_deref(),
            _ => {}
        }
        let Who::Iam {
            signed,
            organization,
        } = &self.who
        else {
            return None;
        };
        match name {
            "accessKey" => Some(&signed.access_key_id),
            "accountId" => Some(&signed.account),
            // For routes with AWS_IAM both are the unique id of the principal.
            "caller" | "user" => Some(&signed.user_id),
            "userArn" => Some(&signed.user_arn),
            "principalOrgId" => organization.as_deref(),
            _ => None,
        }
    }

    /// `$context.authorizer.NAME`, but for the authorizer's error.
    pub(crate) fn authorizer(&self, name: &str) -> Option<Cow<'_, str>> {
        match &self.who {
            Who::Bearer { token, .. } | Who::Claimant { token } => {
                match name.strip_prefix("claims.") {
                    Some(claim) => token.claim(claim).map(as_text),
                    None if name == "principalId" => token.subject().map(Cow::Borrowed),
                    None => None,
                }
            }
            Who::Function {
                decision,
                latency_ms,
            } => match name {
                "principalId" => decision.principal_id.as_deref().map(Cow::Borrowed),
                "integrationLatency" => Some(latency_ms.to_string().into()),
                // The function answered, whatever it said.
                "integrationStatus" => Some("200".into()),
                _ => decision.context.get(name).map(as_text),
            },
            Who::Anonymous | Who::Iam { .. } => None,
        }
    }

    /// `requestContext.authorizer` of an event of payload format 1.0, where there is one.
    pub(crate) fn of_event_1(&self) -> Value {
        match &self.who {
            Who::Bearer { token, scopes } => {
                json!({ "claims": claims(token.claims()), "scopes": scopes })
            }
            Who::Claimant { token } => json!({ "claims": claims(token.claims()) }),
            Who::Function {
                decision,
                latency_ms,
            } => {
                let mut members = decision.context.clone();
                if let Some(principal_id) = &decision.principal_id {
                    members.insert("principalId".to_owned(), json!(principal_id));
                }
                members.insert("integrationLatency".to_owned(), json!(latency_ms));
                Value::Object(members)
            }
            Who::Anonymous | Who::Iam { .. } => Value::Null,
        }
    }

    /// `requestContext.authorizer` of an event of payload format 2.0, where there is one.
    pub(crate) fn of_event_2(&self) -> Option<Value> {
        match &self.who {
            Who::Anonymous => None,
            Who::Bearer { token, scopes } => {
                let claims = claims(token.claims());
                Some(json!({ "jwt": { "claims": claims, "scopes": scopes } }))
            }
            Who::Claimant { token } => Some(json!({ "claims": claims(token.claims()) })),
            // That there is nothing where the function gave no context is unverified.
            Who::Function { decision, .. } => {
                let has_context = !decision.context.is_empty();
                let context = has_context.then_some(&decision.context);
                Some(json!({ "lambda": context }))
            }
            Who::Iam { .. } => Some(json!({ "iam": {
                "accessKey": self.identity("accessKey"),
                "accountId": self.identity("accountId"),
                "callerId": self.identity("caller"),
                "cognitoIdentity": null,
                "principalOrgId": self.identity("principalOrgId"),
                "userArn": self.identity("userArn"),
                "userId": self.identity("user"),
            } })),
        }
    }
}

/// Every claim as text.
fn claims(claims: &Map<String, Value>) -> BTreeMap<&String, Cow<'_, str>> {
    claims
        .iter()
        .map(|(name, value)| (name, as_text(value)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token() -> Box<Token> {
        // {"sub":"looker","groups":["a","b"],"n":1}
        let claims = "eyJzdWIiOiJsb29rZXIiLCJncm91cHMiOlsiYSIsImIiXSwibiI6MX0";
        Box::new(Token::parse(&format!("e30.{claims}.")).unwrap())
    }

    #[test]
    fn each_caller_shows_what_it_has_and_no_more() {
        let anonymous = Caller::default();
        let keyed = Caller {
            api_key: Some("k".to_owned()),
            api_key_id: Some("i".to_owned()),
            ..Caller::default()
        };
        let bearer = Caller {
            who: Who::Bearer {
                token: token(),
                scopes: None,
            },
            ..Caller::default()
        };
        let signed = SignedCaller {
            access_key_id: "AKID".to_owned(),
            account: "222222222222".to_owned(),
            user_id: "AIDA".to_owned(),
            user_arn: "arn:u".to_owned(),
            known: Arc::new(()),
        };
        let iam = Caller {
            who: Who::Iam {
                signed: Arc::new(signed),
                organization: Some("o-1".to_owned()),
            },
            ..Caller::default()
        };
        let identity = |caller: &Caller| {
            [
                "apiKey",
                "apiKeyId",
                "accessKey",
                "accountId",
                "caller",
                "user",
                "userArn",
                "principalOrgId",
            ]
            .map(|name| caller.identity(name).unwrap_or("-").to_owned())
            .join(" ")
        };
        let authorizer = |caller: &Caller| {
            [
                "principalId",
                "claims.sub",
                "claims.groups",
                "claims.n",
                "claims.x",
                "x",
            ]
            .map(|name| {
                caller
                    .authorizer(name)
                    .map_or("-".to_owned(), Cow::into_owned)
            })
            .join(" ")
        };
        let nothing = "- - - - - - - -";
        for (caller, expected, of_authorizer) in [
            (&anonymous, nothing, "- - - - - -"),
            (&keyed, "k i - - - - - -", "- - - - - -"),
            (&bearer, nothing, "looker looker [a b] 1 - -"),
            (
                &iam,
                "- - AKID 222222222222 AIDA AIDA arn:u o-1",
                "- - - - - -",
            ),
        ] {
            assert_eq!(identity(caller), expected);
            assert_eq!(authorizer(caller), of_authorizer);
        }
    }
}
