//! What the server and its relay tell the journal: the events' structs, and every reason.
//!
//! One request is one event, [`Request`], whoever answered it: the embedded server names the mount, a
//! relay does not know it. What a lab that only watches has let through is an [`Authorization`] before it.
//! A token that ended by itself is a [`TokenExpired`].
//!
//! - [`path`]: what policies say of a path. [`login`]: what a login brought.
//! - [`because`]: what else stood against a request. [`absent`]: what was named and is not there.
//! - [`line`]: the order of the members.
//! - [`reason`]: why a request was refused, or failed.

mod absent;
mod because;
mod line;
mod login;
mod path;
mod reason;

use authlab_kernel::evidence::Evidence;
use authlab_kernel::{LetThrough, Timestamp};
use serde::{Deserialize, Deserializer, Serialize};

pub use absent::{AccessorForm, AccessorOf, Missing, UnknownAccessor, Unseen};
pub use because::{
    Address, Audit, Because, BoundBy, Credential, CredentialFault, Form, Header, Lockout,
    Principal, Provider, Renewal, Sts, UnknownRole, UnknownToken, Wrapping,
};
pub use login::{
    AwsLogin, AwsServerId, AwsUnbound, EndedSecretId, JwtKeys, JwtLogin, JwtTimes, KeySource, Proof,
};
pub use path::{
    Miss, NearRule, PathDecision, PathRefused, RuleSeen, Templated, Unresolved, Why, WrappingBounds,
};
pub use reason::Reason;

/// A request with its decision.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
pub struct Request {
    /// What it does, as policies name it: `read`, `update`; the HTTP method where nothing was read.
    pub method: String,
    /// The path below `/v1/`, without a token in it.
    pub path: String,
    /// The mount's path, `None` within where no mount has the path; absent where a relay saw the
    /// request, and where none was looked for.
    #[serde(default, deserialize_with = "present")]
    pub mount: Option<Option<String>>,
    /// The HTTP status; absent when the server behind a relay did not answer.
    #[serde(default)]
    pub status: Option<u16>,
    /// The accessor of the caller's token, or of the token that is none any more.
    #[serde(default)]
    pub accessor: Option<String>,
    /// The caller's name.
    #[serde(default)]
    pub display_name: Option<String>,
    /// The policies of that token.
    #[serde(default)]
    pub policies: Option<Vec<String>>,
    /// When the caller's token ends, if it does.
    #[serde(default)]
    pub token_expires_at: Option<Timestamp>,
    /// What is left of it, in seconds.
    #[serde(default)]
    pub token_ttl_seconds: Option<i64>,
    /// What the policies say of the path.
    #[serde(flatten)]
    pub decision: Option<PathDecision>,
    /// What is known of a token that is none any more.
    #[serde(flatten)]
    pub ended: Option<Ended>,
    /// What stood against it beside that.
    #[serde(default)]
    pub because: Option<Because>,
    /// What a login brought, and what that was held against.
    #[serde(flatten)]
    pub proof: Option<Proof>,
    /// The token that a login made.
    #[serde(default)]
    pub login: Option<Issued>,
    /// The token that something else made or renewed.
    #[serde(default)]
    pub issued: Option<Issued>,
    /// The token behind which the answer waits.
    #[serde(default)]
    pub wrapped: Option<Wrapped>,
    /// The error's text, without what the request brought.
    #[serde(default)]
    pub message: Option<String>,
    /// Why the server behind a relay did not answer.
    #[serde(default)]
    pub error: Option<String>,
    /// The namespace that was asked for, redacted.
    #[serde(default)]
    pub namespace: Option<String>,
}

impl Evidence for Request {
    const KIND: &'static str = "request";
}

impl Request {
    /// What a login by a JWT brought.
    pub fn jwt(&self) -> Option<&JwtLogin> {
        match &self.proof {
            Some(Proof::Jwt(login)) => Some(login),
            _ => None,
        }
    }

    /// Whom a login by AWS's proof was for.
    pub fn aws(&self) -> Option<&AwsLogin> {
        match &self.proof {
            Some(Proof::Aws(login)) => Some(login),
            _ => None,
        }
    }
}

/// What the caller of a request had no right to, where that was let through.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Authorization {
    /// What the request does, as policies name it.
    pub method: String,
    /// The path below `/v1/`, without a token in it.
    pub path: String,
    /// The accessor of the caller's token.
    pub accessor: String,
    /// The caller's name.
    pub display_name: String,
    /// The policies of the token.
    pub policies: Vec<String>,
    /// The decision of the policies, where they refuse the path.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decision: Option<PathDecision>,
    /// The text that Vault has for the refusal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// Why it went through.
    pub enforcement: LetThrough,
}

impl Evidence for Authorization {
    const KIND: &'static str = "authorization";
}

/// A member that is there, null included.
fn present<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}

/// A token that is none any more.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Ended {
    /// Where it was made.
    pub creation_path: String,
    /// How and when it ended; unknown to a relay where the server ended it otherwise.
    #[serde(flatten)]
    pub end: Option<End>,
    /// What else the embedded server remembers of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub life: Option<Box<Life>>,
}

/// How a token lived that is none any more.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Life {
    /// When it was made.
    pub issued_at: Timestamp,
    /// What it was made for, in seconds; 0 is without end.
    pub ttl_seconds: i64,
    /// `service` or `batch`.
    pub kind: String,
    /// Whether it could be renewed.
    pub renewable: bool,
    /// When it was renewed last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_renewed_at: Option<Timestamp>,
    /// The maximum that cut its life, or its last renewal, short.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cap: Option<Cap>,
    /// The token with which it ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<Parent>,
    /// How often it could be used; 0 is without limit.
    #[serde(default)]
    pub uses: i64,
}

/// A token that took those below it along.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Parent {
    /// Its accessor.
    pub accessor: String,
    /// Where it was made.
    pub creation_path: String,
    /// How and when it ended.
    #[serde(flatten)]
    pub end: End,
}

/// A maximum that cuts a time to live short.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cap {
    /// Whose maximum it is.
    pub by: CapBy,
    /// The maximum, in seconds from the issue.
    pub seconds: i64,
}

/// Whose maximum cuts a time to live short.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CapBy {
    /// `explicit_max_ttl` of the token, or of the role that issued it.
    ExplicitMaximum,
    /// `token_max_ttl` of the role.
    Role,
    /// `max_lease_ttl` of the mount, or of the system where the mount says none.
    Mount,
}

/// How and when a token ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum End {
    /// Its time was over.
    #[serde(rename = "expired_at")]
    Expired(Timestamp),
    /// It, its parent or its mount was revoked.
    #[serde(rename = "revoked_at")]
    Revoked(Timestamp),
    /// Its uses were used up.
    #[serde(rename = "used_up_at")]
    UsedUp(Timestamp),
}

/// A token that was made or renewed. What a foreign server does not say is null.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Issued {
    /// Its accessor.
    pub accessor: Option<String>,
    /// Its holder's name; a relay is not told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub display_name: Option<String>,
    /// Its own policies.
    pub policies: Option<Vec<String>>,
    /// The policies of its entity and groups.
    pub identity_policies: Option<Vec<String>>,
    /// How long it lives, in seconds.
    pub ttl_seconds: Option<i64>,
    /// Whether it can be renewed.
    pub renewable: Option<bool>,
    /// Its fingerprint.
    pub token: Option<String>,
    /// The maximum that cut its time short; a relay is not told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cap: Option<Cap>,
}

/// A token behind which an answer waits.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Wrapped {
    /// Its accessor.
    pub accessor: String,
    /// How long it lives, in seconds.
    pub ttl_seconds: i64,
}

/// A token has come to its end by itself.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TokenExpired {
    /// Its accessor.
    pub accessor: String,
    /// Where it was made.
    pub creation_path: String,
    /// Its own policies.
    pub policies: Vec<String>,
    /// When.
    pub expired_at: Timestamp,
}

impl Evidence for TokenExpired {
    const KIND: &'static str = "token-expired";
}

/// What an engine issued has come to its end by itself.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LeaseExpired {
    /// The lease.
    pub lease_id: String,
    /// The path of the mount that issued it.
    pub mount: String,
    /// Where it was issued.
    pub creation_path: String,
    /// When.
    pub expired_at: Timestamp,
}

impl Evidence for LeaseExpired {
    const KIND: &'static str = "lease-expired";
}

/// What an engine issued could not be ended; it is tried again later.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct LeaseNotRevoked {
    /// The lease.
    pub lease_id: String,
    /// The path of the mount that issued it.
    pub mount: String,
    /// How often it has failed.
    pub attempts: u32,
    /// Why.
    pub error: String,
    /// The kind of the engine: `database`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub engine: Option<String>,
    /// Where it was issued.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub creation_path: Option<String>,
    /// The connection of the engine to the system that would not; none where the engine itself would not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<String>,
    /// When it is tried again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub again_at: Option<Timestamp>,
}

impl Evidence for LeaseNotRevoked {
    const KIND: &'static str = "lease-revocation";
}

#[cfg(test)]
mod tests;
