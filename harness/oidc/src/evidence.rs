//! What the provider and its relay tell the journal, and why they refuse.

use authlab_kernel::evidence::Evidence;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

use crate::issuer::RotationStep;
use crate::mint::Forge;

/// A request has come, and what it was answered where that is no token.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Request {
    /// The method.
    pub method: String,
    /// The path.
    pub path: String,
    /// The issuer's name, where the path is one of an issuer and is answered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub issuer: Option<String>,
    /// The keys that were given out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kids: Option<Vec<String>>,
    /// Why it is refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// What is there in place of what was asked for, where that is not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub missing: Option<Missing>,
}

/// What is there in place of a path that nothing is at.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Missing {
    /// The issuer whose path it is; none where it is no issuer's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub issuer: Option<String>,
    /// The path below the issuer.
    pub path: String,
    /// The issuers, or the issuer's endpoints, that are nearly that, the nearest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub near: Vec<String>,
    /// Some of the issuers, or the issuer's endpoints.
    pub known: Vec<String>,
}

impl Evidence for Request {
    const KIND: &'static str = "request";
}

/// A token was issued, or was not.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Token {
    /// The issuer's name.
    pub issuer: String,
    /// The token without its signature; null within where a foreign server's is no JWT.
    #[serde(
        default,
        deserialize_with = "present",
        skip_serializing_if = "Option::is_none"
    )]
    pub token: Option<Value>,
    /// How it was forged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub forge: Option<Forge>,
    /// Why there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

impl Evidence for Token {
    const KIND: &'static str = "token";
}

/// A member that is there, null included.
fn present<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(deserializer).map(Some)
}

/// A step of an issuer's key rotation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyRotation {
    /// The issuer's name.
    pub issuer: Option<String>,
    /// The step.
    pub step: RotationStep,
    /// The keys that it publishes from now on.
    pub kids: Option<Vec<String>>,
}

impl Evidence for KeyRotation {
    const KIND: &'static str = "key-rotation";
}

/// The server behind the relay did not answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Backend {
    /// Why.
    pub error: String,
}

impl Evidence for Backend {
    const KIND: &'static str = "backend";
}

authlab_kernel::reasons! {
    /// Why the provider refuses or fails. What a server behind the relay says of a token request stands
    /// beside these, in that server's own code.
    pub enum Reason {
        /// There is no such issuer, or nothing at the path.
        NotFound = "not-found",
        /// The endpoint is one that other providers have, or the issuer cannot live on the server behind.
        NotImplemented = "not-implemented",
        /// The path does not answer to the method.
        MethodNotAllowed = "method-not-allowed",
        /// The token request cannot be read.
        InvalidRequest = "invalid-request",
        /// The client is not known, or its secret is another.
        InvalidClient = "invalid-client",
        /// The client may not have that audience.
        InvalidTarget = "invalid-target",
        /// The client may not have that scope.
        InvalidScope = "invalid-scope",
        /// The grant is none that the provider has.
        UnsupportedGrantType = "unsupported-grant-type",
        /// The token cannot be signed.
        TokenNotSigned = "token-not-signed",
        /// The server behind the relay gave no token, and no code.
        TokenRefused = "token-refused",
        /// The server behind the relay does not answer.
        BackendUnavailable = "backend-unavailable",
    }
}

#[cfg(test)]
mod tests {
    use authlab_kernel::{Clock, Component, EventDraft, Journal};
    use serde_json::json;

    use super::*;

    fn stands<E: Evidence + PartialEq + std::fmt::Debug>(evidence: &E, line: &str) {
        let journal = Journal::new(Clock::standing("2026-01-15T12:00:00Z".parse().unwrap()));
        journal.record(EventDraft::of(Component::Oidc, evidence));
        let event = journal.events_since(0).remove(0);
        assert_eq!(event.detail.to_string(), line);
        assert_eq!(event.read::<E>().as_ref(), Some(evidence), "{line}");
    }

    #[test]
    fn what_is_written_is_read_back() {
        let request = Request {
            method: "GET".to_owned(),
            path: "/a/jwks".to_owned(),
            issuer: Some("a".to_owned()),
            kids: Some(vec!["k-1".to_owned()]),
            error: None,
            missing: None,
        };
        stands(
            &request,
            r#"{"method":"GET","path":"/a/jwks","issuer":"a","kids":["k-1"]}"#,
        );
        let refused = Request {
            issuer: None,
            kids: None,
            error: Some("nothing".to_owned()),
            ..request
        };
        stands(
            &refused,
            r#"{"method":"GET","path":"/a/jwks","error":"nothing"}"#,
        );
        let missing = Missing {
            issuer: Some("a".to_owned()),
            path: "/jwkz".to_owned(),
            near: vec!["/jwks".to_owned()],
            known: Vec::new(),
        };
        let refused = Request {
            missing: Some(missing),
            ..refused
        };
        stands(
            &refused,
            r#"{"method":"GET","path":"/a/jwks","error":"nothing","missing":{"issuer":"a","path":"/jwkz","near":["/jwks"],"known":[]}}"#,
        );
        let token = Token {
            issuer: "a".to_owned(),
            token: Some(json!({"kind": "jwt"})),
            forge: Some(Forge::ForeignKey),
            error: None,
        };
        stands(
            &token,
            r#"{"issuer":"a","token":{"kind":"jwt"},"forge":"foreign-key"}"#,
        );
        let opaque = Token {
            token: Some(Value::Null),
            forge: None,
            ..token.clone()
        };
        stands(&opaque, r#"{"issuer":"a","token":null}"#);
        let none = Token {
            token: None,
            forge: None,
            error: Some("no".to_owned()),
            ..token
        };
        stands(&none, r#"{"issuer":"a","error":"no"}"#);
        let rotation = KeyRotation {
            issuer: Some("a".to_owned()),
            step: RotationStep::Publish,
            kids: Some(vec!["k-1".to_owned(), "k-2".to_owned()]),
        };
        stands(
            &rotation,
            r#"{"issuer":"a","step":"publish","kids":["k-1","k-2"]}"#,
        );
        let backend = Backend {
            error: "gone".to_owned(),
        };
        stands(&backend, r#"{"error":"gone"}"#);
    }
}
