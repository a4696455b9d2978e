//! How the request's values of a key stand to the policy's: why a condition fails, or holds.
//!
//! Whether it holds follows from this and the operator; what to change follows from this alone. A reader
//! of a decision learns here that a star was read as a star, or that two texts differ in case only.

use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use super::{Condition, Family, Network, Quantifier, Test, bytes, is_bool, number};
use crate::context::Context;
use crate::date;
use crate::pattern::{ArnPattern, Pattern, Syntax};

/// How the request's values of a key stand to the policy's, whether or not the operator is negated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    /// The request has a value that the policy lists; under `Null`, the key is there.
    Listed,
    /// The request has no such key.
    Absent,
    /// The key is there with an empty set of values.
    Empty,
    /// The request has another value.
    Different,
    /// It differs from one of the policy's in capital and small letters only.
    Case,
    /// It would match, were the stars and question marks of the policy's value not read as they stand.
    WildcardLiteral,
    /// It would match, were the policy's variable not read as it stands: the document has no version that
    /// knows variables, or the operator takes none.
    VariableLiteral,
    /// It would match, were the policy's address range not compared as a text.
    RangeLiteral,
    /// The policy's value has a variable whose key the request does not have.
    VariableAbsent,
    /// No value of the policy is of the operator's type, so that nothing matches.
    PolicyUnreadable,
    /// The request's value is not of the operator's type.
    RequestUnreadable,
    /// The request has several values, and the operator compares one.
    Several,
}

impl Condition {
    /// How the request's values stand to the policy's.
    pub(crate) fn standing(&self, context: &Context) -> Standing {
        let found = match self.request_values(context) {
            None => return Standing::Absent,
            Some([]) => return Standing::Empty,
            Some(found) => found,
        };
        if matches!(self.test, Test::Null { .. }) {
            return Standing::Listed;
        }
        if self.operator.quantifier == Quantifier::Single && found.len() > 1 {
            return Standing::Several;
        }
        let others = self.others(found, context);
        let is_listed = match self.operator.quantifier {
            Quantifier::All => others.is_empty(),
            Quantifier::Any | Quantifier::Single => others.len() < found.len(),
        };
        match others.first() {
            Some(other) if !is_listed => self.standing_of(other, context),
            _ => Standing::Listed,
        }
    }

    /// The request's values that are none of the policy's.
    pub(crate) fn others<'v>(&self, found: &'v [String], context: &Context) -> Vec<&'v str> {
        let is_other = |value: &&String| !self.test.matches_any(value, context);
        found.iter().filter(is_other).map(String::as_str).collect()
    }

    /// The policy's values with the values of their variables, where they have any.
    pub(crate) fn filled(&self, context: &Context) -> Vec<String> {
        if !self.has_variables {
            return Vec::new();
        }
        let fill = |value: &str| Pattern::new(value, LITERAL).filled(context);
        self.values.iter().filter_map(|value| fill(value)).collect()
    }

    /// The variables that have no value, as the policy spells them.
    pub(crate) fn absent_variables(&self, context: &Context) -> Vec<String> {
        let missing = self.variables().into_iter();
        let missing = missing.filter(|variable| variable.is_missing(context));
        missing.map(|variable| variable.name.to_string()).collect()
    }

    /// How one value stands that is none of the policy's.
    fn standing_of(&self, value: &str, context: &Context) -> Standing {
        if !self.absent_variables(context).is_empty() {
            return Standing::VariableAbsent;
        }
        if self.is_unreadable() {
            return Standing::PolicyUnreadable;
        }
        if !self.takes(value) {
            return Standing::RequestUnreadable;
        }
        let texts = match self.filled(context) {
            filled if filled.is_empty() => {
                self.values.iter().map(|text| text.to_string()).collect()
            }
            filled => filled,
        };
        let any = |is_meant: &dyn Fn(&str) -> bool| texts.iter().any(|text| is_meant(text));
        let family = self.operator.family;
        let is_whole = matches!(family, Family::Text | Family::TextIgnoringCase);
        let like = |text: &str| text.contains(['*', '?']) && is_like(text, value);
        if is_whole && any(&like) {
            return Standing::WildcardLiteral;
        }
        let is_text = is_whole || family == Family::Like;
        if is_text && any(&|text| is_in_range(text, value)) {
            return Standing::RangeLiteral;
        }
        if !self.has_variables && any(&|text| is_variable_of(text, value, context)) {
            return Standing::VariableLiteral;
        }
        let (lower, is_arn) = (value.to_lowercase(), family == Family::Arn);
        let folded = |text: &str| match family {
            Family::Text => text.to_lowercase() == lower,
            Family::Like => is_like(&text.to_lowercase(), &lower),
            _ => is_arn && crate::pattern::arn_matches(&text.to_lowercase(), &lower),
        };
        if any(&folded) {
            return Standing::Case;
        }
        Standing::Different
    }

    /// Whether no value of the policy is of the operator's type.
    fn is_unreadable(&self) -> bool {
        match &self.test {
            Test::Numeric(_, bounds) => bounds.iter().all(Option::is_none),
            Test::Date(_, moments) => moments.iter().all(Option::is_none),
            Test::Binary(listed) => listed.iter().all(Option::is_none),
            Test::Ip(networks) => networks.iter().all(Option::is_none),
            Test::Flag { on, off } => !on && !off,
            Test::Arn(patterns) => patterns
                .iter()
                .all(|pattern| matches!(pattern, ArnPattern::Never)),
            _ => false,
        }
    }

    /// Whether the operator can read a value of the request.
    fn takes(&self, value: &str) -> bool {
        match self.operator.family {
            Family::Numeric(_) => number(value).is_some(),
            Family::Date(_) => date::parse(value).is_some(),
            Family::Bool => is_bool(value),
            Family::Binary => bytes(value).is_some(),
            Family::Ip => value.parse::<IpAddr>().is_ok(),
            Family::Arn => value.starts_with("arn:") && value.split(':').count() > 5,
            Family::Text | Family::TextIgnoringCase | Family::Like | Family::Null => true,
        }
    }
}

const LITERAL: Syntax = Syntax {
    wildcards: false,
    variables: true,
};

fn is_like(pattern: &str, value: &str) -> bool {
    let syntax = Syntax {
        wildcards: true,
        variables: false,
    };
    Pattern::new(pattern, syntax).matches(value, &Context::EMPTY)
}

fn is_in_range(range: &str, value: &str) -> bool {
    let network = Network::parse(range).filter(|_| range.contains('/'));
    let address = value.parse().ok();
    network
        .zip(address)
        .is_some_and(|(network, address)| network.contains(address))
}

/// Whether a text that was read as it stands has variables, with whose values it would match.
fn is_variable_of(text: &str, value: &str, context: &Context) -> bool {
    let syntax = Syntax {
        wildcards: true,
        variables: true,
    };
    let pattern = Pattern::new(text, syntax);
    pattern.variables().next().is_some() && pattern.matches(value, context)
}
