//! What policies say of a path.

use std::fmt;

use serde::{Deserialize, Serialize};

/// What a token's policies say of a path.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct PathDecision {
    /// The path of the deciding rule.
    pub rule: Option<String>,
    /// The policies with that rule; `root` where that policy decides.
    pub rule_policies: Vec<String>,
    /// The capabilities that the rule gives.
    pub capabilities: Vec<String>,
    /// The rules that might have matched if their templates had a value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unresolved: Option<Vec<Unresolved>>,
    /// Why it is not let through.
    #[serde(flatten)]
    pub refused: Option<PathRefused>,
}

/// A rule whose template has no value.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Unresolved {
    /// The policy.
    pub policy: String,
    /// The rule's path, as it is written.
    pub path: String,
}

/// Why the policies do not let a request through.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PathRefused {
    /// The capability that is lacking.
    pub lacking: Option<String>,
    /// Why.
    pub why: Why,
}

/// What a rule has against a request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Why {
    /// No rule matches the path.
    NoRule,
    /// A rule might match, if its template had a value.
    TemplateUnresolved,
    /// The rule denies.
    RuleDenies,
    /// The rule does not give the capability.
    CapabilityMissing,
    /// The wish for wrapping is outside the rule's bounds.
    WrappingTtl,
    /// This parameter must be given.
    ParameterRequired(String),
    /// This parameter must not be given, or not with this value.
    ParameterDenied(String),
    /// This parameter is not among those that may be given.
    ParameterNotAllowed(String),
    /// A list asks for more names than this.
    PaginationLimit(i64),
}

impl fmt::Display for Why {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoRule => formatter.write_str("no-rule-matches"),
            Self::TemplateUnresolved => formatter.write_str("template-unresolved"),
            Self::RuleDenies => formatter.write_str("rule-denies"),
            Self::CapabilityMissing => formatter.write_str("capability-missing"),
            Self::WrappingTtl => formatter.write_str("wrapping-ttl-out-of-bounds"),
            Self::ParameterRequired(name) => {
                write!(formatter, "required-parameter-missing:{name}")
            }
            Self::ParameterDenied(name) => write!(formatter, "parameter-denied:{name}"),
            Self::ParameterNotAllowed(name) => write!(formatter, "parameter-not-allowed:{name}"),
            Self::PaginationLimit(limit) => {
                write!(formatter, "pagination-limit-exceeded:{limit}")
            }
        }
    }
}

impl From<Why> for String {
    fn from(why: Why) -> Self {
        why.to_string()
    }
}

impl TryFrom<String> for Why {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let (code, name) = text.split_once(':').unwrap_or((&text, ""));
        let name = || name.to_owned();
        Ok(match code {
            "no-rule-matches" => Self::NoRule,
            "template-unresolved" => Self::TemplateUnresolved,
            "rule-denies" => Self::RuleDenies,
            "capability-missing" => Self::CapabilityMissing,
            "wrapping-ttl-out-of-bounds" => Self::WrappingTtl,
            "required-parameter-missing" => Self::ParameterRequired(name()),
            "parameter-denied" => Self::ParameterDenied(name()),
            "parameter-not-allowed" => Self::ParameterNotAllowed(name()),
            "pagination-limit-exceeded" => {
                let limit = name().parse();
                Self::PaginationLimit(limit.map_err(|_| format!("`{text}` has no limit"))?)
            }
            _ => return Err(format!("`{text}` is no reason of a rule")),
        })
    }
}
