//! Who calls: the kinds of principal that AWS tells apart.
//!
//! Source of the kinds and of what a policy may call them: IAM user guide,
//! `reference_policies_elements_principal.html`.

use std::borrow::Cow;

use serde::Serialize;

/// The caller of a request, with everything a policy may name it by.
///
/// A role session carries its role's ARN **with path**, because the session ARN has none and a
/// policy that names the role has to match the path too.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
pub enum Principal {
    /// An IAM user with long-term keys or a `GetSessionToken` session.
    User {
        /// `arn:aws:iam::ACCOUNT:user/PATH/NAME`.
        arn: String,
        /// Twelve digits.
        account: String,
        /// `AIDA...`, what saved policies keep instead of the ARN.
        unique_id: String,
        /// The user's name without path.
        name: String,
    },
    /// A session of a role.
    RoleSession {
        /// `arn:aws:sts::ACCOUNT:assumed-role/ROLE/SESSION`.
        arn: String,
        /// Twelve digits.
        account: String,
        /// `arn:aws:iam::ACCOUNT:role/PATH/ROLE`.
        role_arn: String,
        /// What the caller of `AssumeRole` named the session.
        session_name: String,
        /// `AROA...` of the role (without the session's name).
        unique_id: String,
        /// A role that AWS services made for themselves; SCPs and RCPs do not bind it.
        service_linked: bool,
    },
    /// The root user of an account.
    Root {
        /// Twelve digits.
        account: String,
    },
    /// A `GetFederationToken` session.
    FederatedUser {
        /// `arn:aws:sts::ACCOUNT:federated-user/NAME`.
        arn: String,
        /// Twelve digits.
        account: String,
        /// The name given to `GetFederationToken`.
        name: String,
        /// ARN of the IAM user that federated.
        user_arn: String,
    },
    /// An AWS service that calls on its own behalf, such as `sns.amazonaws.com`.
    Service {
        /// The service principal.
        service: String,
    },
    /// An unsigned request.
    Anonymous,
    /// The bearer of a token in `AssumeRoleWithWebIdentity`; stands outside any account.
    WebIdentity {
        /// ARN of the OIDC provider or the host name of a built-in one.
        provider: String,
    },
    /// The bearer of an assertion in `AssumeRoleWithSAML`; stands outside any account.
    Saml {
        /// ARN of the SAML provider.
        provider: String,
    },
}

impl Principal {
    /// An IAM user; the name is the last part of the ARN, the account its fifth field.
    #[must_use]
    pub fn user(arn: impl Into<String>, unique_id: impl Into<String>) -> Self {
        let arn = arn.into();
        Self::User {
            account: arn_account(&arn).to_owned(),
            name: last_part(&arn).to_owned(),
            unique_id: unique_id.into(),
            arn,
        }
    }

    /// A session of the role `role_arn` (with path); the session's ARN follows from the two names.
    ///
    /// A role whose path begins with `/aws-service-role/` is service-linked
    /// (IAM user guide, `using-service-linked-roles.html`).
    #[must_use]
    pub fn role_session(
        role_arn: impl Into<String>,
        session_name: impl Into<String>,
        unique_id: impl Into<String>,
    ) -> Self {
        let role_arn = role_arn.into();
        let session_name = session_name.into();
        let account = arn_account(&role_arn).to_owned();
        let arn = format!(
            "arn:{}:sts::{account}:assumed-role/{}/{session_name}",
            arn_partition(&role_arn),
            last_part(&role_arn)
        );
        Self::RoleSession {
            arn,
            account,
            service_linked: role_arn.contains(":role/aws-service-role/"),
            role_arn,
            session_name,
            unique_id: unique_id.into(),
        }
    }

    /// The root user of `account`.
    #[must_use]
    pub fn root(account: impl Into<String>) -> Self {
        Self::Root {
            account: account.into(),
        }
    }

    /// A `GetFederationToken` session called `name` of the user `user_arn`.
    #[must_use]
    pub fn federated_user(user_arn: impl Into<String>, name: impl Into<String>) -> Self {
        let user_arn = user_arn.into();
        let name = name.into();
        let account = arn_account(&user_arn).to_owned();
        Self::FederatedUser {
            arn: format!(
                "arn:{}:sts::{account}:federated-user/{name}",
                arn_partition(&user_arn)
            ),
            account,
            name,
            user_arn,
        }
    }

    /// An AWS service, `apigateway.amazonaws.com`.
    #[must_use]
    pub fn service(service: impl Into<String>) -> Self {
        Self::Service {
            service: service.into(),
        }
    }

    /// The account that the caller belongs to; services, unsigned callers and the bearers of
    /// foreign tokens belong to none.
    #[must_use]
    pub fn account(&self) -> Option<&str> {
        match self {
            Self::User { account, .. }
            | Self::RoleSession { account, .. }
            | Self::Root { account }
            | Self::FederatedUser { account, .. } => Some(account),
            Self::Service { .. }
            | Self::Anonymous
            | Self::WebIdentity { .. }
            | Self::Saml { .. } => None,
        }
    }

    /// The caller's own ARN as access-denied messages print it; `None` where there is none.
    #[must_use]
    pub fn arn(&self) -> Option<Cow<'_, str>> {
        match self {
            Self::User { arn, .. }
            | Self::RoleSession { arn, .. }
            | Self::FederatedUser { arn, .. } => Some(Cow::Borrowed(arn)),
            Self::Root { account } => Some(Cow::Owned(format!("arn:aws:iam::{account}:root"))),
            Self::Service { .. }
            | Self::Anonymous
            | Self::WebIdentity { .. }
            | Self::Saml { .. } => None,
        }
    }

    /// The words that stand for the caller in a message: its ARN, service, provider or `anonymous`.
    #[must_use]
    pub fn label(&self) -> Cow<'_, str> {
        match self {
            Self::Service { service } => Cow::Borrowed(service),
            Self::WebIdentity { provider } | Self::Saml { provider } => Cow::Borrowed(provider),
            Self::Anonymous => Cow::Borrowed("anonymous"),
            _ => self.arn().unwrap_or(Cow::Borrowed("anonymous")),
        }
    }

    /// Partition of the caller (`aws`, `aws-cn`, `aws-us-gov`).
    pub(crate) fn partition(&self) -> &str {
        match self {
            Self::User { arn, .. }
            | Self::RoleSession { arn, .. }
            | Self::FederatedUser { arn, .. } => arn_partition(arn),
            _ => "aws",
        }
    }
}

/// An account's place in an organization.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Organization {
    /// `o-...`.
    pub id: String,
    /// `o-.../r-.../ou-.../`, with the trailing slash, as `aws:PrincipalOrgPaths` shows it.
    pub path: String,
    /// SCPs bind no principal, RCPs no resource of this account.
    pub management_account: bool,
}

/// Field five of an ARN, the account; empty when the text is no ARN.
pub(crate) fn arn_account(arn: &str) -> &str {
    arn.split(':').nth(4).unwrap_or("")
}

fn arn_partition(arn: &str) -> &str {
    arn.split(':').nth(1).unwrap_or("aws")
}

fn last_part(arn: &str) -> &str {
    arn.rsplit('/').next().unwrap_or(arn)
}
