//! What a decision says.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The three results of an evaluation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Outcome {
    /// Every layer that has to allow does, and nothing denies.
    Allow,
    /// A matching Deny statement.
    ExplicitDeny,
    /// Nothing denies, but a layer that has to allow is silent.
    ImplicitDeny,
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Allow => "allowed",
            Self::ExplicitDeny => "explicitly denied",
            Self::ImplicitDeny => "implicitly denied",
        })
    }
}

/// The kinds of policy that take part in a decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Layer {
    /// Attached to the principal.
    Identity,
    /// The resource's own policy.
    Resource,
    /// A role's trust policy.
    Trust,
    /// A permissions boundary.
    Boundary,
    /// Passed when the session was made.
    Session,
    /// Service control policies of the principal's account.
    ServiceControl,
    /// Resource control policies of the resource's account.
    ResourceControl,
    /// The policy of a VPC endpoint.
    Endpoint,
}

impl Layer {
    /// Every layer, in the order of the list.
    pub const ALL: [Self; 8] = [
        Self::Identity,
        Self::Resource,
        Self::Trust,
        Self::Boundary,
        Self::Session,
        Self::ServiceControl,
        Self::ResourceControl,
        Self::Endpoint,
    ];

    /// The short name that the golden cases use: `scp`, `rcp`, otherwise the layer's own word.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Identity => "identity",
            Self::Resource => "resource",
            Self::Trust => "trust",
            Self::Boundary => "boundary",
            Self::Session => "session",
            Self::ServiceControl => "scp",
            Self::ResourceControl => "rcp",
            Self::Endpoint => "endpoint",
        }
    }

    /// The name in AWS's own messages and in explanations (`reference_policies_evaluation-logic`,
    /// `troubleshoot_access-denied.html`).
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Identity => "identity-based policy",
            Self::Resource => "resource-based policy",
            Self::Trust => "role trust policy",
            Self::Boundary => "permissions boundary",
            Self::Session => "session policy",
            Self::ServiceControl => "service control policy",
            Self::ResourceControl => "resource control policy",
            Self::Endpoint => "VPC endpoint policy",
        }
    }
}

impl fmt::Display for Layer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for Layer {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Layer {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = String::deserialize(deserializer)?;
        let found = Self::ALL.into_iter().find(|layer| layer.as_str() == name);
        found.ok_or_else(|| {
            let known = Self::ALL.map(Self::as_str).join(", ");
            serde::de::Error::custom(format!("unknown layer `{name}`: there are {known}"))
        })
    }
}

/// By which name a resource-based policy reached the caller; what it bypasses follows from that.
///
/// The order is by strength: a statement that matches in several forms counts with the last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PrincipalForm {
    /// The account: delegates to its identity policies and bypasses nothing.
    Account,
    /// The role of a session, or the user behind a federated session: bypasses identity policies,
    /// not boundary and session policies.
    Parent,
    /// Everybody: inside the account nothing else is needed.
    Everyone,
    /// The caller itself: user, session, federated user, root user, service or provider.
    Exact,
}

impl PrincipalForm {
    /// Every form, the weakest first.
    pub(crate) const ALL: [Self; 4] = [Self::Account, Self::Parent, Self::Everyone, Self::Exact];
}

impl fmt::Display for PrincipalForm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Account => "the account",
            Self::Parent => "the role or user behind the session",
            Self::Everyone => "everyone",
            Self::Exact => "the caller itself",
        })
    }
}

/// A statement, found again by layer, level, policy and position (all from 0).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StatementRef {
    /// The policy's kind.
    pub layer: Layer,
    /// Level of the organization from the root down; SCPs and RCPs only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub level_index: Option<usize>,
    /// Position among the policies of the layer (of the level).
    pub policy_index: usize,
    /// Position in the document.
    pub statement_index: usize,
    /// The policy's name.
    #[serde(rename = "policy")]
    pub policy_name: Arc<str>,
    /// The statement's own name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sid: Option<Arc<str>>,
    /// How the statement named the caller, where it has a Principal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub principal_form: Option<PrincipalForm>,
}

impl fmt::Display for StatementRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.sid {
            Some(sid) => write!(f, "statement `{sid}`")?,
            None => write!(f, "statement {}", self.statement_index)?,
        }
        write!(f, " of {} `{}`", self.layer.title(), self.policy_name)?;
        if let Some(level) = self.level_index {
            write!(f, " at level {level} from the root")?;
        }
        Ok(())
    }
}

/// What a decision rests on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum DecidedBy {
    /// One statement: the grant, or the Deny.
    Statement(StatementRef),
    /// A layer that has to allow and does not.
    Missing {
        /// The first such layer in the order scp, endpoint, indispensable trust or key policy,
        /// identity, boundary, session, resource.
        layer: Layer,
        /// Level of the organization that lacks an Allow; SCPs only.
        #[serde(skip_serializing_if = "Option::is_none")]
        level_index: Option<usize>,
    },
    /// The root user's built-in full access.
    RootUserDefault,
    /// An action that no policy can take away: `sts:GetCallerIdentity`.
    AlwaysAllowed,
    /// An API method that asks for no permission.
    Open,
}

/// The result of [`decide`](crate::decide).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Decision {
    /// Allow, explicit or implicit deny.
    pub outcome: Outcome,
    /// The statement or the missing layer.
    pub decided_by: DecidedBy,
    /// Across accounts and with delegation a grant rests on two statements: the second one.
    pub also: Option<StatementRef>,
    /// Further layers that lack an Allow.
    pub also_missing: Vec<Layer>,
    /// Which check decided: 0 is the request itself, n the n-th additional check.
    pub check: usize,
    /// Condition keys (and variables) that were looked up and absent, over all checks, as the
    /// policies spell them.
    pub missing_keys: Vec<String>,
}

impl Decision {
    /// Whether the request may proceed.
    #[must_use]
    pub fn is_allowed(&self) -> bool {
        self.outcome == Outcome::Allow
    }

    /// The layer that decided, where one did.
    #[must_use]
    pub fn layer(&self) -> Option<Layer> {
        match &self.decided_by {
            DecidedBy::Statement(statement) => Some(statement.layer),
            DecidedBy::Missing { layer, .. } => Some(*layer),
            DecidedBy::RootUserDefault => Some(Layer::Identity),
            DecidedBy::AlwaysAllowed | DecidedBy::Open => None,
        }
    }

    /// The deciding statement, where one did.
    #[must_use]
    pub fn statement(&self) -> Option<&StatementRef> {
        match &self.decided_by {
            DecidedBy::Statement(statement) => Some(statement),
            _ => None,
        }
    }

    pub(crate) fn missing(layer: Layer) -> Self {
        Self::new(
            Outcome::ImplicitDeny,
            DecidedBy::Missing {
                layer,
                level_index: None,
            },
        )
    }

    pub(crate) fn new(outcome: Outcome, decided_by: DecidedBy) -> Self {
        Self {
            outcome,
            decided_by,
            also: None,
            also_missing: Vec::new(),
            check: 0,
            missing_keys: Vec::new(),
        }
    }
}
