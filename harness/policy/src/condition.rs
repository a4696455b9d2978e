//! Condition operators: how one key's request values are compared with the policy's values.
//!
//! Sources (IAM user guide): `reference_policies_elements_condition_operators.html` for the
//! operators, absent keys, `IfExists`, `Null`;
//! `reference_policies_condition-logic-multiple-context-keys-or-values.html` for AND, OR and NOR;
//! `reference_policies_condition-single-vs-multi-valued-context-keys.html` for the set operators.
//!
//! Readings that no page states (grade K): several request values without a set operator never
//! match; an empty set counts as absent for `Null`; `ForAnyValue` with `IfExists` and an absent key
//! holds; `ForAllValues` takes a lone empty text as an empty set.

mod landmark;
mod network;
mod standing;

use std::cmp::Ordering;
use std::net::IpAddr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::context::{Context, key_hash};
use crate::date;
use crate::pattern::{Arn, ArnPattern, Pattern, Syntax, Variable};

pub(crate) use landmark::ways;
pub(crate) use network::Network;
pub use standing::Standing;

/// How the values of a key with several values are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Quantifier {
    /// No set operator: one value.
    Single,
    /// `ForAllValues:`.
    All,
    /// `ForAnyValue:`.
    Any,
}

/// What is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Family {
    Text,
    TextIgnoringCase,
    Like,
    Numeric(Comparison),
    Date(Comparison),
    Bool,
    Binary,
    Ip,
    Arn,
    Null,
}

/// Order operators: the request's value stands on the left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Comparison {
    Equal,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

impl Comparison {
    fn holds(self, order: Ordering) -> bool {
        match self {
            Self::Equal => order.is_eq(),
            Self::Less => order.is_lt(),
            Self::LessOrEqual => order.is_le(),
            Self::Greater => order.is_gt(),
            Self::GreaterOrEqual => order.is_ge(),
        }
    }
}

/// An operator's name taken apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Operator {
    pub(crate) quantifier: Quantifier,
    pub(crate) family: Family,
    pub(crate) negated: bool,
    pub(crate) if_exists: bool,
}

impl Operator {
    /// Names regard case, as the pages print them.
    ///
    /// # Errors
    /// The rule that the name breaks.
    pub(crate) fn parse(name: &str) -> Result<Self, String> {
        let (quantifier, rest) = match name.split_once(':') {
            None => (Quantifier::Single, name),
            Some(("ForAllValues", rest)) => (Quantifier::All, rest),
            Some(("ForAnyValue", rest)) => (Quantifier::Any, rest),
            Some((other, _)) => {
                return Err(format!(
                    "unknown set operator `{other}`: write ForAllValues or ForAnyValue"
                ));
            }
        };
        let (base, if_exists) = match rest.strip_suffix("IfExists") {
            Some(base) => (base, true),
            None => (rest, false),
        };
        let (family, negated) =
            family(base).ok_or_else(|| format!("unknown condition operator `{name}`"))?;
        if family == Family::Null && if_exists {
            return Err("Null takes no IfExists: it is itself the test for existence".to_owned());
        }
        Ok(Self {
            quantifier,
            family,
            negated,
            if_exists,
        })
    }

    /// Whether `${...}` counts in the values (`reference_policies_variables.html`; for Bool the
    /// pages disagree, and the linter says so).
    pub(crate) fn takes_variables(self) -> bool {
        matches!(
            self.family,
            Family::Text | Family::TextIgnoringCase | Family::Like | Family::Arn | Family::Bool
        )
    }
}

fn family(base: &str) -> Option<(Family, bool)> {
    use Comparison::{Equal, Greater, GreaterOrEqual, Less, LessOrEqual};
    Some(match base {
        "StringEquals" => (Family::Text, false),
        "StringNotEquals" => (Family::Text, true),
        "StringEqualsIgnoreCase" => (Family::TextIgnoringCase, false),
        "StringNotEqualsIgnoreCase" => (Family::TextIgnoringCase, true),
        "StringLike" => (Family::Like, false),
        "StringNotLike" => (Family::Like, true),
        "NumericEquals" => (Family::Numeric(Equal), false),
        "NumericNotEquals" => (Family::Numeric(Equal), true),
        "NumericLessThan" => (Family::Numeric(Less), false),
        "NumericLessThanEquals" => (Family::Numeric(LessOrEqual), false),
        "NumericGreaterThan" => (Family::Numeric(Greater), false),
        "NumericGreaterThanEquals" => (Family::Numeric(GreaterOrEqual), false),
        "DateEquals" => (Family::Date(Equal), false),
        "DateNotEquals" => (Family::Date(Equal), true),
        "DateLessThan" => (Family::Date(Less), false),
        "DateLessThanEquals" => (Family::Date(LessOrEqual), false),
        "DateGreaterThan" => (Family::Date(Greater), false),
        "DateGreaterThanEquals" => (Family::Date(GreaterOrEqual), false),
        "Bool" => (Family::Bool, false),
        "BinaryEquals" => (Family::Binary, false),
        "IpAddress" => (Family::Ip, false),
        "NotIpAddress" => (Family::Ip, true),
        "ArnEquals" | "ArnLike" => (Family::Arn, false),
        "ArnNotEquals" | "ArnNotLike" => (Family::Arn, true),
        "Null" => (Family::Null, false),
        _ => return None,
    })
}

/// One key under one operator.
#[derive(Debug)]
pub(crate) struct Condition {
    /// As the policy spells it.
    pub(crate) operator_name: Box<str>,
    pub(crate) operator: Operator,
    /// As the policy spells it.
    pub(crate) key: Box<str>,
    key_lower: Box<str>,
    key_hash: u64,
    /// As the policy spells them, for traces and the linter.
    pub(crate) values: Box<[Box<str>]>,
    test: Test,
    has_variables: bool,
}

/// The policy's values, decoded. A value that cannot be decoded matches nothing (`None`).
#[derive(Debug)]
enum Test {
    Pattern(Box<[Pattern]>),
    IgnoringCase(Box<[Pattern]>),
    /// Without variables.
    Flag {
        on: bool,
        off: bool,
    },
    Bool(Box<[Pattern]>),
    Numeric(Comparison, Box<[Option<f64>]>),
    Date(Comparison, Box<[Option<i128>]>),
    Binary(Box<[Option<Box<[u8]>>]>),
    Ip(Box<[Option<Network>]>),
    Arn(Box<[ArnPattern]>),
    Null {
        absent: bool,
        present: bool,
    },
}

impl Condition {
    /// `variables`: the document's version knows them.
    pub(crate) fn new(
        operator_name: &str,
        operator: Operator,
        key: &str,
        values: Vec<String>,
        variables: bool,
    ) -> Self {
        let values: Box<[Box<str>]> = values.into_iter().map(String::into_boxed_str).collect();
        let variables = variables && operator.takes_variables();
        let test = Test::new(operator.family, &values, variables);
        let key_lower = key.to_ascii_lowercase().into_boxed_str();
        Self {
            operator_name: operator_name.into(),
            operator,
            key: key.into(),
            key_hash: key_hash(&key_lower),
            key_lower,
            has_variables: test.has_variables(),
            values,
            test,
        }
    }

    /// The key in lower case.
    pub(crate) fn key_lower(&self) -> &str {
        &self.key_lower
    }

    /// The variables in the values.
    pub(crate) fn variables(&self) -> Vec<&Variable> {
        match &self.test {
            _ if !self.has_variables => Vec::new(),
            Test::Pattern(patterns) | Test::IgnoringCase(patterns) | Test::Bool(patterns) => {
                patterns.iter().flat_map(Pattern::variables).collect()
            }
            Test::Arn(patterns) => patterns.iter().flat_map(ArnPattern::variables).collect(),
            _ => Vec::new(),
        }
    }

    /// Whether the two always turn out the same (`Some(true)`), always differently (`Some(false)`), or
    /// neither is certain.
    pub(crate) fn agrees_with(&self, other: &Self) -> Option<bool> {
        let (one, two) = (self.operator, other.operator);
        let same_test = self.key_lower == other.key_lower
            && self.values == other.values
            && self.has_variables == other.has_variables
            && (one.quantifier, one.family, one.if_exists)
                == (two.quantifier, two.family, two.if_exists);
        if !same_test {
            return None;
        }
        if one.negated == two.negated {
            return Some(true);
        }
        // Without set operator the negated one holds just where the other does not.
        (one.quantifier == Quantifier::Single && !one.if_exists).then_some(false)
    }

    /// The request's values of the key.
    pub(crate) fn request_values<'a>(&self, context: &'a Context) -> Option<&'a [String]> {
        context.get_hashed(self.key_hash, &self.key_lower)
    }

    /// Whether the condition holds.
    #[inline]
    pub(crate) fn holds(&self, context: &Context) -> bool {
        self.holds_for(self.request_values(context), context)
    }

    /// The same; keys that were looked up in vain go to `missing`.
    #[inline]
    pub(crate) fn holds_noting(&self, context: &Context, missing: &mut MissingKeys) -> bool {
        let found = self.request_values(context);
        if found.is_none() {
            missing.add(&self.key);
        }
        if self.has_variables {
            self.test.add_missing_variables(context, missing);
        }
        self.holds_for(found, context)
    }

    #[inline]
    fn holds_for(&self, found: Option<&[String]>, context: &Context) -> bool {
        if let Test::Null { absent, present } = self.test {
            return if found.is_none_or(<[String]>::is_empty) {
                absent
            } else {
                present
            };
        }
        let negated = self.operator.negated;
        let one = |value: &String| self.test.matches_any(value, context) != negated;
        match (self.operator.quantifier, found) {
            (Quantifier::All, None) => true,
            (Quantifier::All, Some([lone])) if lone.is_empty() => {
                // Some pages count a text of no length as an empty set; the listed values may
                // still hold it.
                true
            }
            (Quantifier::All, Some(values)) => values.iter().all(one),
            (Quantifier::Any, None) => self.operator.if_exists,
            (Quantifier::Any, Some(values)) => values.iter().any(one),
            (Quantifier::Single, None) => self.operator.if_exists || negated,
            (Quantifier::Single, Some([value])) => one(value),
            (Quantifier::Single, Some(_)) => negated,
        }
    }
}

impl Test {
    fn new(family: Family, values: &[Box<str>], variables: bool) -> Self {
        let patterns = |wildcards: bool| {
            let syntax = Syntax {
                wildcards,
                variables,
            };
            values
                .iter()
                .map(|value| Pattern::new(value, syntax))
                .collect()
        };
        match family {
            Family::Text => Self::Pattern(patterns(false)),
            Family::TextIgnoringCase => Self::IgnoringCase(patterns(false)),
            Family::Like => Self::Pattern(patterns(true)),
            Family::Bool if variables && values.iter().any(|value| value.contains("${")) => {
                Self::Bool(patterns(false))
            }
            Family::Bool => Self::Flag {
                on: values
                    .iter()
                    .any(|value| value.eq_ignore_ascii_case("true")),
                off: values
                    .iter()
                    .any(|value| value.eq_ignore_ascii_case("false")),
            },
            Family::Numeric(comparison) => Self::Numeric(
                comparison,
                values.iter().map(|value| number(value)).collect(),
            ),
            Family::Date(comparison) => Self::Date(
                comparison,
                values.iter().map(|value| date::parse(value)).collect(),
            ),
            Family::Binary => Self::Binary(values.iter().map(|value| bytes(value)).collect()),
            Family::Ip => Self::Ip(values.iter().map(|value| Network::parse(value)).collect()),
            Family::Arn => Self::Arn(
                values
                    .iter()
                    .map(|value| ArnPattern::new(value, variables))
                    .collect(),
            ),
            Family::Null => Self::Null {
                absent: values
                    .iter()
                    .any(|value| value.eq_ignore_ascii_case("true")),
                present: values
                    .iter()
                    .any(|value| value.eq_ignore_ascii_case("false")),
            },
        }
    }

    /// The positive reading: one of the policy's values matches this request value.
    #[inline]
    fn matches_any(&self, value: &str, context: &Context) -> bool {
        match self {
            Self::Pattern(patterns) => patterns
                .iter()
                .any(|pattern| pattern.matches(value, context)),
            Self::IgnoringCase(patterns) => patterns
                .iter()
                .any(|pattern| pattern.equals_ignoring_case(value, context)),
            Self::Flag { on, off } => match value {
                "true" => *on,
                "false" => *off,
                other => {
                    (*on && other.eq_ignore_ascii_case("true"))
                        || (*off && other.eq_ignore_ascii_case("false"))
                }
            },
            Self::Bool(patterns) => {
                is_bool(value)
                    && patterns
                        .iter()
                        .any(|pattern| pattern.equals_ignoring_case(value, context))
            }
            Self::Numeric(comparison, numbers) => number(value).is_some_and(|value| {
                numbers.iter().flatten().any(|bound| {
                    value
                        .partial_cmp(bound)
                        .is_some_and(|order| comparison.holds(order))
                })
            }),
            Self::Date(comparison, moments) => date::parse(value).is_some_and(|value| {
                moments
                    .iter()
                    .flatten()
                    .any(|bound| comparison.holds(value.cmp(bound)))
            }),
            Self::Binary(listed) => bytes(value)
                .is_some_and(|value| listed.iter().flatten().any(|bytes| **bytes == *value)),
            Self::Ip(networks) => value.parse().is_ok_and(|address: IpAddr| {
                networks
                    .iter()
                    .flatten()
                    .any(|network| network.contains(address))
            }),
            Self::Arn(patterns) => {
                let arn = Arn::new(value);
                patterns
                    .iter()
                    .any(|pattern| pattern.matches(&arn, context))
            }
            Self::Null { .. } => false,
        }
    }

    fn has_variables(&self) -> bool {
        match self {
            Self::Pattern(patterns) | Self::IgnoringCase(patterns) | Self::Bool(patterns) => {
                patterns
                    .iter()
                    .any(|pattern| pattern.variables().next().is_some())
            }
            Self::Arn(patterns) => patterns
                .iter()
                .any(|pattern| pattern.variables().next().is_some()),
            _ => false,
        }
    }

    fn add_missing_variables(&self, context: &Context, missing: &mut MissingKeys) {
        match self {
            Self::Pattern(patterns) | Self::IgnoringCase(patterns) | Self::Bool(patterns) => {
                missing.add_variables(patterns.iter().flat_map(Pattern::variables), context);
            }
            Self::Arn(patterns) => {
                missing.add_variables(patterns.iter().flat_map(ArnPattern::variables), context);
            }
            _ => {}
        }
    }
}

/// Absent keys in the order in which they were looked up, each once regardless of case.
#[derive(Debug, Default)]
pub(crate) struct MissingKeys(pub(crate) Vec<String>);

impl MissingKeys {
    pub(crate) fn add(&mut self, key: &str) {
        if !self.0.iter().any(|known| known.eq_ignore_ascii_case(key)) {
            self.0.push(key.to_owned());
        }
    }

    pub(crate) fn add_variables<'a>(
        &mut self,
        variables: impl Iterator<Item = &'a Variable>,
        context: &Context,
    ) {
        for variable in variables {
            if variable.is_missing(context) {
                self.add(&variable.name);
            }
        }
    }
}

/// A decimal number; the words that Rust would also read (`inf`, `NaN`) are none.
pub(crate) fn number(text: &str) -> Option<f64> {
    let valid = text
        .bytes()
        .all(|byte| byte.is_ascii_digit() || matches!(byte, b'+' | b'-' | b'.' | b'e' | b'E'));
    if valid { text.parse().ok() } else { None }
}

fn bytes(text: &str) -> Option<Box<[u8]>> {
    STANDARD.decode(text).ok().map(Vec::into_boxed_slice)
}

pub(crate) fn is_bool(text: &str) -> bool {
    text.eq_ignore_ascii_case("true") || text.eq_ignore_ascii_case("false")
}
