//! What is told of one check: which layer, statement, element and condition key said what.

use serde::{Deserialize, Serialize};

use crate::condition::Standing;
use crate::decide::{Layer, PrincipalForm};

/// One permission check.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckTrace {
    /// `service:Operation`.
    pub action: String,
    /// ARN or `*`.
    pub resource: String,
    /// Whether caller and resource belong to one account.
    pub same_account: bool,
    /// What policies may name the caller by besides its ARN.
    #[serde(default)]
    pub caller: CallerTrace,
    /// Layers that have documents, in the order of evaluation.
    pub layers: Vec<LayerTrace>,
}

/// What policies may name a caller by besides its ARN.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallerTrace {
    /// The caller's account; none of services, unsigned callers and the bearers of foreign tokens.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
    /// The ARN, with path, of the role of a session, or of the user behind a federated session.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<String>,
    /// The unique id of the user or role.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unique_id: Option<String>,
}

/// What one layer says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LayerTrace {
    /// The layer.
    pub layer: Layer,
    /// What it says.
    pub verdict: Says,
    /// Its documents.
    pub policies: Vec<PolicyTrace>,
}

/// What a layer says of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Says {
    /// A statement denies.
    #[serde(rename = "denies")]
    Denies,
    /// A statement allows, or one of each level.
    #[serde(rename = "allows")]
    Allows,
    /// None does either.
    #[serde(rename = "silent")]
    Silent,
    /// A rule exempts the request.
    #[serde(rename = "not asked")]
    NotAsked,
}

impl Says {
    /// In words.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Denies => "denies",
            Self::Allows => "allows",
            Self::Silent => "silent",
            Self::NotAsked => "not asked",
        }
    }
}

/// One document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PolicyTrace {
    /// The policy's name.
    pub name: String,
    /// Level from the root down; SCPs and RCPs only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub level_index: Option<usize>,
    /// Its statements.
    pub statements: Vec<StatementTrace>,
    /// How many more it has, which a journal does not keep: they speak of other actions.
    #[serde(default, skip_serializing_if = "is_none_left")]
    pub left_out: usize,
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde hands a reference to the member"
)]
fn is_none_left(count: &usize) -> bool {
    *count == 0
}

/// One statement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatementTrace {
    /// Position in the document.
    pub index: usize,
    /// The statement's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sid: Option<String>,
    /// Whether it denies.
    pub effect: Effect,
    /// Whether it names the caller; absent in documents without principals.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub principal: Option<bool>,
    /// By which name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub principal_form: Option<PrincipalForm>,
    /// Whom it names, as the policy keeps them; absent in documents without principals.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub names: Option<NamesTrace>,
    /// The Action element.
    pub action: ElementTrace,
    /// The Resource element; absent in trust policies.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resource: Option<ElementTrace>,
    /// Every key of every operator.
    pub conditions: Vec<ConditionTrace>,
    /// Everything matches: the statement counts.
    pub matches: bool,
}

/// `Allow` or `Deny`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Effect {
    /// The statement allows.
    Allow,
    /// The statement denies.
    Deny,
}

impl Effect {
    /// As policies spell it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Allow => "Allow",
            Self::Deny => "Deny",
        }
    }
}

/// Principal or `NotPrincipal`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NamesTrace {
    /// `NotPrincipal`.
    pub negated: bool,
    /// Accounts, ARNs, unique ids, services, providers, or `*`.
    pub values: Vec<String>,
}

/// Action or Resource.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ElementTrace {
    /// `NotAction`, `NotResource`.
    pub negated: bool,
    /// As the policy spells it.
    pub values: Vec<String>,
    /// Whether the element covers the request.
    pub matches: bool,
    /// The variables in it that have no value: a pattern with one covers nothing.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub absent_variables: Vec<String>,
}

/// One key under one operator.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConditionTrace {
    /// As the policy spells it.
    pub operator: String,
    /// As the policy spells it.
    pub key: String,
    /// The policy's values.
    pub policy: Vec<String>,
    /// The policy's values with those of their variables, where they have any.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub filled: Vec<String>,
    /// The variables in them that have no value.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub absent_variables: Vec<String>,
    /// The request's values; `null` = the key is absent.
    pub request: Option<Vec<String>>,
    /// Those of several that the policy does not list.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub others: Vec<String>,
    /// How they stand to the policy's.
    pub standing: Standing,
    /// The request's key of the same issuer that has a value which the policy wants here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub found_under: Option<String>,
    /// Whether the condition holds.
    pub holds: bool,
}

/// Statements of one layer that let a request through and are counted only.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Further {
    /// The layer.
    pub layer: Layer,
    /// Level of the organization, from the root down; SCPs and RCPs only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub level: Option<usize>,
    /// How many.
    pub count: usize,
}
