//! One condition that stood in the way, in words: what the policy wants, and what the request has.

use authlab_policy::{ConditionTrace, Layer, Standing};

use super::super::words;
use super::difference;
use super::refused::{At, Refused};
use super::topic::Topic;

/// One condition that stood in the way.
#[derive(Clone, Copy)]
pub(super) struct Fault<'r> {
    pub(super) refused: &'r Refused,
    pub(super) at: At<'r>,
    pub(super) condition: &'r ConditionTrace,
}

impl<'r> Fault<'r> {
    /// Every condition that stood in the way, in the order of the document.
    pub(super) fn all(refused: &'r Refused) -> Vec<Self> {
        let found = refused.conditions().into_iter();
        found
            .map(|(at, condition)| Self {
                refused,
                at,
                condition,
            })
            .collect()
    }

    /// The key that the request lacks or has another value of: the policy's variable's where that has no
    /// value.
    pub(super) fn key(&self) -> &'r str {
        let variable = self.condition.absent_variables.first();
        match variable.filter(|_| self.condition.standing == Standing::VariableAbsent) {
            Some(variable) => variable,
            None => &self.condition.key,
        }
    }

    /// What the condition is about.
    pub(super) fn topic(&self) -> Topic {
        Topic::of(self.key())
    }

    /// Whether the request lacks what it is about.
    pub(super) fn is_absent(&self) -> bool {
        let standing = self.condition.standing;
        matches!(
            standing,
            Standing::Absent | Standing::Empty | Standing::VariableAbsent
        )
    }

    fn operator(&self) -> &str {
        let name = &self.condition.operator;
        let base = name.split_once(':').map_or(name.as_str(), |(_, base)| base);
        base.strip_suffix("IfExists").unwrap_or(base)
    }

    /// The values that would be met, where the statement wants some; none where it speaks of everything
    /// but those, or of what the request has.
    pub(super) fn wanted(&self) -> Option<Vec<String>> {
        let condition = self.condition;
        let values = if condition.filled.is_empty() {
            &condition.policy
        } else {
            &condition.filled
        };
        let is_deny = self.refused.is_explicit();
        match self.operator() {
            "Null" => {
                let wants_absence = values
                    .iter()
                    .any(|value| value.eq_ignore_ascii_case("true"));
                (wants_absence == is_deny).then(Vec::new)
            }
            "Bool" if is_deny => Some(values.iter().map(|value| opposite(value)).collect()),
            operator => (operator.contains("Not") == is_deny).then(|| values.clone()),
        }
    }

    /// The wanted values in words.
    pub(super) fn wish(&self) -> String {
        match self.wanted() {
            Some(values) if values.is_empty() => "a value".to_owned(),
            Some(values) => format!("{}{}", self.bound(), either(&values)),
            None => format!("other than {}", either(&self.condition.policy)),
        }
    }

    /// How a value is compared, where not by being equal.
    fn bound(&self) -> &'static str {
        match self.operator() {
            "StringLike" | "ArnLike" | "StringNotLike" | "ArnNotLike" => {
                let mut values = self.condition.policy.iter();
                if values.any(|value| value.contains(['*', '?'])) {
                    "like "
                } else {
                    ""
                }
            }
            "IpAddress" | "NotIpAddress" => "in ",
            "NumericLessThan" => "less than ",
            "DateLessThan" => "before ",
            "NumericLessThanEquals" => "at most ",
            "DateLessThanEquals" => "not after ",
            "NumericGreaterThan" => "more than ",
            "DateGreaterThan" => "after ",
            "NumericGreaterThanEquals" => "at least ",
            "DateGreaterThanEquals" => "not before ",
            _ => "",
        }
    }

    /// What the request has, in words.
    pub(super) fn had(&self) -> String {
        match &self.condition.request {
            None => "none".to_owned(),
            Some(values) => words::texts(values),
        }
    }

    /// The cause: which statement, what it wants, what the request has, and how the two stand.
    pub(super) fn cause(&self) -> String {
        let (place, asked) = (self.at.place(), self.refused.asked());
        let ConditionTrace { operator, key, .. } = self.condition;
        let wanted = self.policy_values();
        let had = self.told_had();
        if !self.refused.is_explicit() {
            return format!(
                "{place} allows {asked} where {operator} finds `{key}` to be {wanted}; {had}"
            );
        }
        let holds = format!("denies {asked} where {operator} holds for `{key}` and {wanted}");
        format!("{place} {holds}; {had}")
    }

    fn policy_values(&self) -> String {
        let condition = self.condition;
        let wanted = either(&condition.policy);
        if condition.filled.is_empty() || condition.filled == condition.policy {
            wanted
        } else {
            format!("{wanted} (here {})", either(&condition.filled))
        }
    }

    fn told_had(&self) -> String {
        let condition = self.condition;
        let has = format!("the request has {}", self.had());
        let key = &condition.key;
        match condition.standing {
            Standing::Absent if self.refused.is_explicit() => {
                format!("the request has no `{key}`, and this operator holds without it")
            }
            Standing::Absent => format!("the request has no `{key}`"),
            Standing::Empty => format!("the request has `{key}` without a value"),
            Standing::Listed if self.refused.is_explicit() => has,
            Standing::Listed => format!("{has}, which is what it leaves out"),
            Standing::Case => format!("{has}, which differs in capital and small letters only"),
            Standing::WildcardLiteral => format!(
                "{has}, and this operator reads `*` and `?` as they stand, not as wildcards"
            ),
            Standing::VariableLiteral => format!(
                "{has}, and the variable is read as it stands: the document lacks the Version \
                 `2012-10-17`, or the operator takes no variables"
            ),
            Standing::RangeLiteral => {
                format!("{has}, and this operator compares the range as a text, letter by letter")
            }
            Standing::VariableAbsent => format!(
                "{has}, and the variable has no value: the request has no `{}`",
                self.key()
            ),
            Standing::PolicyUnreadable => {
                format!("{has}, and no value of the policy can be read by this operator")
            }
            Standing::RequestUnreadable => {
                format!("{has}, which this operator cannot read")
            }
            Standing::Several => {
                format!("{has}: several values, which only ForAllValues and ForAnyValue compare")
            }
            Standing::Different => format!("{has}{}", self.told_difference()),
        }
    }

    /// Which of several values is not listed, or the part in which one differs.
    fn told_difference(&self) -> String {
        let condition = self.condition;
        if let Some(other) = &condition.found_under {
            return format!("; the wanted value stands under `{other}`");
        }
        if !condition.others.is_empty() {
            return format!(
                ", of which {} is not listed",
                words::texts(&condition.others)
            );
        }
        let values = if condition.filled.is_empty() {
            &condition.policy
        } else {
            &condition.filled
        };
        let has_parts = |text: &String| text.contains([':', '/']);
        let one = condition.request.as_ref().and_then(|had| had.first());
        let one = one.filter(|one| has_parts(one) && values.iter().any(has_parts));
        let difference = one.and_then(|one| difference::nearest(values, one));
        let is_of_arn =
            self.at.layer != Layer::Trust || one.is_some_and(|one| one.starts_with("arn:"));
        match difference {
            Some(difference) if is_of_arn => format!("; {}", difference.told()),
            Some(difference) => format!(
                "; they part at `{}` and `{}`",
                difference.wanted, difference.had
            ),
            None => String::new(),
        }
    }
}

fn opposite(value: &str) -> String {
    let is_true = value.eq_ignore_ascii_case("true");
    if is_true { "false" } else { "true" }.to_owned()
}

/// Values of which one will do.
pub(super) fn either(values: &[String]) -> String {
    let quoted: Vec<String> = values.iter().map(|text| format!("`{text}`")).collect();
    if quoted.is_empty() {
        return "nothing".to_owned();
    }
    quoted.join(" or ")
}
