//! What a login brought, and what it was held against.

use authlab_kernel::Timestamp;
use authlab_token::evidence::SignatureSize;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What a login brought, and what that was held against.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Proof {
    /// A token of an identity provider.
    Jwt(Box<JwtLogin>),
    /// A signed request for AWS's STS.
    Aws(Box<AwsLogin>),
    /// A signed request that does not name this Vault.
    AwsServerId(AwsServerId),
    /// A secret id whose time is over.
    SecretId(EndedSecretId),
}

/// A login with a token of an identity provider.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct JwtLogin {
    /// The role.
    pub role: String,
    /// Vault's time, in seconds.
    pub now: i64,
    /// The token: kind, header, claims and fingerprint, never the signature.
    pub token: Value,
    /// The issuer that the method's configuration binds to; empty: to none. A relay does not always
    /// learn it.
    pub bound_issuer: Option<String>,
    /// The audiences that the role binds to.
    pub bound_audiences: Option<Vec<String>>,
    /// The subject that the role binds to; empty: to none.
    pub bound_subject: Option<String>,
    /// The claims that the role binds to, with what each may be.
    pub bound_claims: Value,
    /// The claim that is not as the role wants it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub claim: Option<String>,
    /// How the role compares bound claims, where not text by text: `glob`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bound_claims_type: Option<String>,
    /// The keys that were tried, where none verifies the token.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub keys: Option<JwtKeys>,
    /// The algorithms that the mount takes, where the token's is none of them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub algorithms: Vec<String>,
    /// The times that were compared, where one of them is over or has not come.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub times: Option<JwtTimes>,
}

/// The keys that a token's signature was held against.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct JwtKeys {
    /// Where they are from.
    pub source: KeySource,
    /// The key that the token names.
    pub kid: Option<String>,
    /// The names of the keys.
    pub known_kids: Vec<String>,
    /// Why there are none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provider: Option<super::Provider>,
    /// How long the signature is, where one of the keys fits the token.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signature: Option<SignatureSize>,
}

/// Where keys are from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum KeySource {
    /// `jwt_validation_pubkeys` of the configuration.
    Configuration,
    /// `jwks_url` of the configuration.
    KeySet,
    /// The discovery document of `oidc_discovery_url`.
    Discovery,
}

/// The times of a token as they count, what the token lacks made up, in seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct JwtTimes {
    /// When it was issued; 0 where it does not say.
    pub issued: i64,
    /// Before that it does not count.
    pub not_before: i64,
    /// From then on it does not count.
    pub expires: i64,
    /// What is forgiven.
    pub leeway: i64,
}

impl JwtLogin {
    /// What the role binds a claim to, and what the token has there, if anything: the claim is a name, or
    /// a JSON pointer (Vault, `api-docs/auth/jwt`, `bound_claims`). `None` where the role does not bind it,
    /// or the token cannot be read.
    pub fn bound_claim(&self, claim: &str) -> Option<(&Value, Option<&Value>)> {
        let bound = self.bound_claims.get(claim)?;
        let claims = self.token.get("claims")?;
        let found = if claim.starts_with('/') {
            claims.pointer(claim)
        } else {
            claims.get(claim)
        };
        Some((bound, found.filter(|found| !found.is_null())))
    }
}

/// A login with a signed request, once STS has said whose it is.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct AwsLogin {
    /// The role.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
    /// The caller, as STS names it.
    pub arn: String,
    /// The caller's user or role, without path and session.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub canonical_arn: Option<String>,
    /// The caller's account, where the login is good.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
    /// What the caller was held against, where the role is not bound to it.
    #[serde(flatten)]
    pub unbound: Option<AwsUnbound>,
}

/// A principal that a role is not bound to.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct AwsUnbound {
    /// The principal's ARN with its path, where a wildcard asks for it.
    pub full_arn: Option<String>,
    /// The principal's unique id.
    pub unique_id: String,
    /// The ARNs that the role is bound to.
    pub bound_iam_principal_arn: Vec<String>,
    /// The unique ids that the role is bound to.
    pub bound_iam_principal_id: Vec<String>,
    /// Whether the role holds to ids.
    pub resolve_aws_unique_ids: bool,
}

/// The server id that a signed request was to hold.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct AwsServerId {
    /// The value of the configuration.
    pub expected_server_id: String,
    /// What the signed request has, if anything.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub given_server_id: Option<String>,
    /// The headers that it says are signed, where the header is there and is not among them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signed_headers: Option<Vec<String>>,
}

/// A secret id whose time is over.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct EndedSecretId {
    /// Its accessor.
    pub secret_id_accessor: String,
    /// When it ended.
    pub secret_id_expired_at: Option<Timestamp>,
}
