//! What a decision leaves behind as evidence: who asked for what, what came out, and by which statement
//! or for lack of which.
//!
//! The members stand in the order in which they are written. They are read back from what a journal
//! kept, which cuts long texts and long lists and says so in their place: a near miss that was cut is
//! left out when it is read.

use std::fmt;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize};

use crate::decide::{self, Layer, Outcome, PrincipalForm, StatementRef};
use crate::near_miss::{NearMiss, near_misses};
use crate::request::Request;
use crate::trace::{Allowing, CheckTrace, Compared, ConditionTrace, Further};

/// A decision as evidence shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    /// `service:Operation` of the request.
    pub action: String,
    /// ARN of the request's resource, or `*`.
    pub resource: String,
    /// The caller as messages name it.
    pub principal: String,
    /// Allow, explicit or implicit deny.
    pub decision: Outcome,
    /// What that rests on.
    pub decided_by: DecidedBy,
    /// Of an allow: the other statements that let the request through, one of each document, layer by
    /// layer. A boundary, a session policy, each level of the organization and, across accounts, the other
    /// side stand here.
    #[serde(
        default,
        skip_serializing_if = "Vec::is_empty",
        deserialize_with = "readable"
    )]
    pub also: Vec<Statement>,
    /// Of an allow: how many statements more did so, in layers with many documents.
    #[serde(
        default,
        skip_serializing_if = "Vec::is_empty",
        deserialize_with = "readable"
    )]
    pub further: Vec<Further>,
    /// Condition keys that were looked up and absent, as the policies spell them.
    #[serde(default, deserialize_with = "readable")]
    pub missing_keys: Vec<String>,
    /// For an implicit deny: the statements that nearly allowed, nearest first.
    #[serde(default, deserialize_with = "readable")]
    pub near_misses: Vec<NearMiss>,
    /// [`decide::Decision::explain`].
    #[serde(default)]
    pub explanation: String,
    /// Of a refusal: everything that was compared in the check that decided. None where the journal has
    /// cut it.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "if_readable"
    )]
    pub trace: Option<Box<CheckTrace>>,
}

impl Decision {
    /// The evidence of `decision` on `request`, and of what was compared.
    #[must_use]
    pub fn new(request: &Request, decision: &decide::Decision, compared: &Compared) -> Self {
        let trace = compared.trace.as_ref();
        let near_misses = match (trace, decision.outcome, decision.layer()) {
            (Some(trace), Outcome::ImplicitDeny, Some(layer)) => near_misses(trace, layer),
            _ => Vec::new(),
        };
        let decided = trace.and_then(|trace| trace.checks.get(decision.check));
        Self {
            action: request.action.clone(),
            resource: request.resource.clone(),
            principal: request.principal.label().into_owned(),
            decision: decision.outcome,
            decided_by: DecidedBy::new(&decision.decided_by, &compared.conditions),
            also: compared
                .also
                .iter()
                .map(|allowing| Statement::also(request, allowing))
                .collect(),
            further: compared.further.clone(),
            missing_keys: decision.missing_keys.clone(),
            near_misses,
            explanation: decision.explain(),
            trace: decided.map(|check| Box::new(check.of_interest())),
        }
    }

    /// The layer that decided, where one did.
    #[must_use]
    pub fn layer(&self) -> Option<Layer> {
        self.decided_by.layer()
    }

    /// Every statement that the decision rests on, as far as it was kept: the deciding one, and of an allow
    /// all others that let the request through.
    pub fn statements(&self) -> impl Iterator<Item = &Statement> {
        self.decided_by.statement().into_iter().chain(&self.also)
    }

    /// Of an allow: what let the request through, a line each. None of a refusal.
    #[must_use]
    pub fn allowed_by(&self) -> Vec<String> {
        if self.decision != Outcome::Allow {
            return Vec::new();
        }
        let built_in = match &self.decided_by {
            DecidedBy::RootUser { layer, .. } => Some(format!(
                "{layer}: the root user has full access to its own account"
            )),
            DecidedBy::Rule { rule } => Some(rule.as_str().to_owned()),
            DecidedBy::Statement(_) | DecidedBy::Missing { .. } => None,
        };
        let statements = self.statements().map(Statement::to_string);
        let further = self.further.iter().map(Further::to_string);
        built_in
            .into_iter()
            .chain(statements)
            .chain(further)
            .collect()
    }
}

/// The account of [`crate::Trace`] for the check that decided, as far as it was kept.
impl fmt::Display for Decision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.explanation)?;
        writeln!(f, "caller: {}", self.principal)?;
        match &self.trace {
            Some(check) => {
                writeln!(f, "check:  {} on {}", check.action, check.resource)?;
                write!(f, "{check}")
            }
            None => writeln!(f, "check:  {} on {}", self.action, self.resource),
        }
    }
}

/// What a decision rests on; the kinds are told apart by their members.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum DecidedBy {
    /// One statement: the grant, or the Deny.
    Statement(Statement),
    /// The root user's built-in full access.
    RootUser {
        /// Always [`Layer::Identity`].
        layer: Layer,
        /// In place of a policy's name.
        policy: BuiltIn,
    },
    /// A layer that has to allow and does not.
    Missing {
        /// The first such layer, in the order of [`decide::DecidedBy::Missing`].
        layer: Layer,
        /// Level of the organization that lacks an Allow, from the root down; SCPs only.
        level: Option<usize>,
    },
    /// No policy had a say.
    Rule {
        /// Which rule.
        rule: Rule,
    },
}

/// A statement that decided, or let the request through beside the one that did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Statement {
    /// The policy's kind.
    pub layer: Layer,
    /// The policy's name.
    pub policy: String,
    /// Position in the document, from 0.
    pub statement: usize,
    /// The statement's own name.
    pub sid: Option<String>,
    /// Level of the organization, from the root down; SCPs and RCPs only.
    pub level: Option<usize>,
    /// How the statement named the caller, where it has a Principal.
    pub principal_form: Option<PrincipalForm>,
    /// What it was asked for where that is not the request's own action: a further check of the same call.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub action: Option<String>,
    /// Its conditions, with what the request had.
    #[serde(
        default,
        skip_serializing_if = "Vec::is_empty",
        deserialize_with = "readable"
    )]
    pub conditions: Vec<ConditionTrace>,
}

impl Statement {
    fn new(statement: &StatementRef, conditions: &[ConditionTrace]) -> Self {
        Self {
            layer: statement.layer,
            policy: statement.policy_name.to_string(),
            statement: statement.statement_index,
            sid: statement.sid.as_deref().map(str::to_owned),
            level: statement.level_index,
            principal_form: statement.principal_form,
            action: None,
            conditions: conditions.to_vec(),
        }
    }

    fn also(request: &Request, allowing: &Allowing) -> Self {
        let is_further = allowing.check > 0;
        let action = is_further.then(|| decide::action_at(request, allowing.check).to_owned());
        Self {
            action,
            ..Self::new(&allowing.statement, &allowing.conditions)
        }
    }
}

/// Layer, name or place, document, level, how it names the caller, and each condition.
impl fmt::Display for Statement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.sid {
            Some(sid) => write!(f, "{}: statement `{sid}`", self.layer)?,
            None => write!(f, "{}: statement {}", self.layer, self.statement)?,
        }
        write!(f, " of `{}`", self.policy)?;
        if let Some(level) = self.level {
            write!(f, " at level {level} from the root")?;
        }
        if let Some(action) = &self.action {
            write!(f, ", for {action}")?;
        }
        if let Some(form) = self.principal_form {
            write!(f, ", which names {form}")?;
        }
        let mut conditions = self.conditions.iter();
        conditions.try_for_each(|condition| write!(f, "; {condition}"))
    }
}

impl fmt::Display for Further {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: and {} more", self.layer, self.count)?;
        match self.level {
            Some(level) => write!(f, " at level {level} from the root"),
            None => Ok(()),
        }
    }
}

/// What stands in place of a policy's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum BuiltIn {
    /// The root user has full access to its own account.
    #[serde(rename = "root user")]
    RootUser,
}

/// Rules that ask no policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Rule {
    /// An action that no policy can take away: `sts:GetCallerIdentity`.
    #[serde(rename = "always allowed")]
    AlwaysAllowed,
    /// An API method that asks for no permission.
    #[serde(rename = "open")]
    Open,
}

impl Rule {
    /// The rule as a reason.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::AlwaysAllowed => "no policy can take this away",
            Self::Open => "it asks for no permission",
        }
    }
}

impl DecidedBy {
    fn new(decided_by: &decide::DecidedBy, conditions: &[ConditionTrace]) -> Self {
        match decided_by {
            decide::DecidedBy::Statement(statement) => {
                Self::Statement(Statement::new(statement, conditions))
            }
            decide::DecidedBy::Missing { layer, level_index } => Self::Missing {
                layer: *layer,
                level: *level_index,
            },
            decide::DecidedBy::RootUserDefault => Self::RootUser {
                layer: Layer::Identity,
                policy: BuiltIn::RootUser,
            },
            decide::DecidedBy::AlwaysAllowed => Self::Rule {
                rule: Rule::AlwaysAllowed,
            },
            decide::DecidedBy::Open => Self::Rule { rule: Rule::Open },
        }
    }

    /// The layer that decided, where one did.
    #[must_use]
    pub fn layer(&self) -> Option<Layer> {
        match self {
            Self::Statement(statement) => Some(statement.layer),
            Self::Missing { layer, .. } | Self::RootUser { layer, .. } => Some(*layer),
            Self::Rule { .. } => None,
        }
    }

    /// The deciding statement, where one did.
    #[must_use]
    pub fn statement(&self) -> Option<&Statement> {
        match self {
            Self::Statement(statement) => Some(statement),
            _ => None,
        }
    }
}

/// The members of a list that are what they should be: where a list was cut, its last one is a text
/// that says so.
pub(crate) fn readable<'de, D, T>(deserializer: D) -> Result<Vec<T>, D::Error>
where
    D: Deserializer<'de>,
    T: DeserializeOwned,
{
    let listed = Vec::<serde_json::Value>::deserialize(deserializer)?;
    let read = |value| serde_json::from_value(value).ok();
    Ok(listed.into_iter().filter_map(read).collect())
}

/// What can be read, and none where it was cut: the rest of a decision counts all the same.
fn if_readable<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: DeserializeOwned,
{
    let found = serde_json::Value::deserialize(deserializer)?;
    Ok(serde_json::from_value(found).ok())
}

#[cfg(test)]
mod tests;
