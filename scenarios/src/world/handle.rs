//! What World remembers of the things that a scenario made.

use authlab::{Credentials, Secret};
use wiremock::MockServer;

use super::Register;

/// The things that a scenario made, by the names that it gave them.
#[derive(Debug)]
pub struct Named {
    /// Roles, by their name in IAM.
    pub roles: Register<Role>,
    /// Sessions, by the name of their role.
    pub sessions: Register<Credentials>,
    /// HTTP APIs.
    pub apis: Register<Api>,
    /// Lambda functions.
    pub functions: Register<Function>,
    /// Tokens of issuers.
    pub tokens: Register<Secret>,
    /// Servers behind the gateway, by their URL: `http://reports.internal.example`.
    pub upstreams: Register<Upstream>,
    /// Sinks.
    pub sinks: Register<Sink>,
    /// Links, by `account/sink`.
    pub links: Register<Link>,
    /// Secrets of AWS Secrets Manager.
    pub secrets: Register<SecretEntry>,
    /// Logins to Vault, by the name of the session or of the issuer's token that logged in.
    pub vault_sessions: Register<VaultSession>,
}

impl Default for Named {
    fn default() -> Self {
        Self {
            roles: Register::of("role"),
            sessions: Register::of("session"),
            apis: Register::of("API"),
            functions: Register::of("function"),
            tokens: Register::of("token"),
            upstreams: Register::of("upstream"),
            sinks: Register::of("sink"),
            links: Register::of("link"),
            secrets: Register::of("secret"),
            vault_sessions: Register::of("login to Vault of"),
        }
    }
}

/// A role.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Role {
    /// The name of its account.
    pub account: String,
    /// Its name in IAM.
    pub name: String,
    /// Its ARN.
    pub arn: String,
}

/// An HTTP API.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Api {
    /// The name of its account.
    pub account: String,
    /// Its id.
    pub id: String,
    /// The host of its endpoint, with the lab's port: `{api}.execute-api.{region}.localhost:{port}`.
    pub host: String,
    /// The log group of its access log, once a stage has one.
    pub log_group: Option<String>,
}

/// A Lambda function.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Function {
    /// The name of its account.
    pub account: String,
    /// Its ARN.
    pub arn: String,
}

/// A sink of CloudWatch Observability Access Manager.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Sink {
    /// The name of its account.
    pub account: String,
    /// Its ARN.
    pub arn: String,
}

/// A link to a sink.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Link {
    /// The name of the source account.
    pub account: String,
    /// Its ARN.
    pub arn: String,
}

/// A secret of AWS Secrets Manager.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct SecretEntry {
    /// The name of its account.
    pub account: String,
    /// Its complete ARN.
    pub arn: String,
}

/// A server behind the gateway, under the name that the API calls it by.
pub struct Upstream {
    /// Where it really listens, and what it was asked.
    pub server: MockServer,
}

impl std::fmt::Debug for Upstream {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Upstream")
    }
}

/// A login to Vault.
#[derive(Clone, Debug)]
pub struct VaultSession {
    /// The client token.
    pub token: Secret,
}
