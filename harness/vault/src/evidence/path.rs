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
    /// The rules that match as well, and less well than the deciding one: all of them where it refuses,
    /// those that deny where it lets through.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub passed_over: Vec<RuleSeen>,
    /// The rules that do not match and nearly do: all of them where nothing else lets the request through,
    /// those that deny where it is let through.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub near: Vec<NearRule>,
    /// The policies of the token that are not written, where nothing lets the request through.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unwritten: Option<Vec<String>>,
    /// The template of the deciding rule, where what it was filled with is read as a wildcard.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub templated: Option<Templated>,
    /// The bounds of the rule for wrapping, where the wish was not within them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wrapping: Option<WrappingBounds>,
    /// The parameters that the rule names, where one of the request's is at fault.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parameters: Option<Vec<String>>,
    /// Why it is not let through.
    #[serde(flatten)]
    pub refused: Option<PathRefused>,
}

/// A rule of a policy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleSeen {
    /// Its path.
    pub rule: String,
    /// The policies that have it.
    pub policies: Vec<String>,
    /// What it gives.
    pub capabilities: Vec<String>,
}

/// A rule that nearly matches.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NearRule {
    /// The rule.
    #[serde(flatten)]
    pub seen: RuleSeen,
    /// What keeps it from matching.
    pub miss: Miss,
}

/// What keeps a rule from matching a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Miss {
    /// The engine is KV version 2, and the rule lacks `data/` (or `metadata/`) behind the mount.
    RuleWithoutData,
    /// The engine is KV version 2, and the request lacks what the rule has.
    RequestWithoutData,
    /// The engine is KV version 2: the rule is for another of its paths, `data/` for `metadata/`.
    OtherKvPath,
    /// The rule has a `*` that is not its end, where it is a character like any other.
    StarInside,
    /// The rule has a `+` beside other characters in its segment, where it is a character like any other.
    PlusInside,
    /// The rule names one path, and the request is for one below it.
    BelowExact,
    /// The rule is for what lies below a path, and the request for the path itself.
    OnlyBelow,
    /// They differ in a slash at an end.
    Slash,
    /// They differ in upper and lower case.
    Case,
    /// They differ in one segment.
    OneSegment,
}

/// For how long answers may be wrapped, in seconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct WrappingBounds {
    /// At least this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min_seconds: Option<i64>,
    /// At most this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_seconds: Option<i64>,
    /// What was asked for, if anything.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asked_seconds: Option<i64>,
}

/// A rule whose template was filled with a value that holds a wildcard or a slash.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Templated {
    /// The policy.
    pub policy: String,
    /// The rule's path, as it is written.
    pub path: String,
    /// The same with the values.
    pub filled: String,
}

/// A rule whose template has no value.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Unresolved {
    /// The policy.
    pub policy: String,
    /// The rule's path, as it is written.
    pub path: String,
    /// The first of its templates that has no value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub template: Option<String>,
    /// Whether the token has an entity at all.
    #[serde(default)]
    pub has_entity: bool,
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
