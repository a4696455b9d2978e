//! Which cases a run takes.

use cucumber::tag::Ext as _;
use gherkin::tagexpr::TagOperation;
use regex::Regex;

use super::{case::Case, run::RunError};

/// The filters of a run: a tag expression and a pattern on names.
#[derive(Clone, Debug, Default)]
pub struct Selection {
    tags: Option<TagOperation>,
    name: Option<Regex>,
}

impl Selection {
    /// Reads a tag expression (`@jwt and not @slow`) and a regular expression on names.
    ///
    /// # Errors
    /// [`RunError::Tags`], [`RunError::Name`] when one cannot be read, [`RunError::TagsTooLarge`]
    /// beyond what a person writes.
    pub fn parse(tags: Option<&str>, name: Option<&str>) -> Result<Self, RunError> {
        let tags = tags.map(tag_expression).transpose()?;
        let name = name
            .map(|pattern| {
                Regex::new(pattern).map_err(|error| RunError::Name {
                    pattern: pattern.to_owned(),
                    reason: error.to_string(),
                })
            })
            .transpose()?;
        Ok(Self { tags, name })
    }

    /// Whether nothing is filtered.
    #[must_use]
    pub fn is_everything(&self) -> bool {
        self.tags.is_none() && self.name.is_none()
    }

    /// Whether a case is taken. The pattern may match the scenario's own name or its name as a
    /// test; what stands for a whole file is always taken.
    #[must_use]
    pub fn takes(&self, case: &Case) -> bool {
        if case.is_file {
            return true;
        }
        let by_tags = self.tags.as_ref().is_none_or(|tags| tags.eval(&case.tags));
        let by_name = self
            .name
            .as_ref()
            .is_none_or(|name| name.is_match(&case.scenario) || name.is_match(&case.name));
        by_tags && by_name
    }
}

/// The longest tag expression, in bytes, and how deeply one nests: the parser, the evaluation and
/// even the end of the tree's life call themselves once for each parenthesis, `not`, `and` and `or`.
const TAGS_BYTES_MAX: usize = 4_096;
const TAGS_DEPTH_MAX: usize = 64;

fn tag_expression(expression: &str) -> Result<TagOperation, RunError> {
    if expression.len() > TAGS_BYTES_MAX || depth_at_most(expression) > TAGS_DEPTH_MAX {
        return Err(RunError::TagsTooLarge {
            length: expression.len(),
        });
    }
    let parsed = expression.trim().parse::<TagOperation>();
    parsed.map_err(|error| RunError::Tags {
        expression: expression.to_owned(),
        column: error.location.column,
    })
}

/// More than any tree of this text is deep: every parenthesis that is open, and every operator.
fn depth_at_most(expression: &str) -> usize {
    let parentheses = {
        let (mut open, mut most) = (0usize, 0usize);
        for byte in expression.bytes() {
            match byte {
                b'(' => open += 1,
                b')' => open = open.saturating_sub(1),
                _ => {}
            }
            most = most.max(open);
        }
        most
    };
    let is_operator = |word: &&str| ["not", "and", "or"].contains(word);
    let words = expression.split(|one: char| one.is_whitespace() || matches!(one, '(' | ')'));
    parentheses + words.filter(is_operator).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_expression_is_bounded_before_it_is_parsed() {
        let repeated = |text: &str, times: usize| text.repeat(times);
        for good in [
            "@jwt".to_owned(),
            " @jwt and not @slow ".to_owned(),
            "not not @jwt".to_owned(),
            format!("{}@a{}", repeated("(", 60), repeated(")", 60)),
            format!("{}@a", repeated("not ", 60)),
            format!("@a{}", repeated(" or @a", 60)),
            format!("@{}", repeated("a", 4_000)),
        ] {
            assert!(Selection::parse(Some(&good), None).is_ok(), "{good}");
        }
        for wrong in ["", "@a and", "(@a", "@a @b", "and"] {
            let refused = Selection::parse(Some(wrong), None);
            assert!(matches!(refused, Err(RunError::Tags { .. })), "{wrong}");
        }
        for large in [
            format!("{}@a{}", repeated("(", 20_000), repeated(")", 20_000)),
            repeated("(", 65),
            format!("{}@a", repeated("not ", 20_000)),
            format!("{}@a", repeated("not ", 65)),
            format!("{}@a", repeated("not(", 65)),
            format!("@a{}", repeated(" and @a", 65)),
            format!("@a{}", repeated(" or @a", 1_000_000)),
            format!("{}@a", repeated("not\n", 65)),
            repeated("@a", 1_000_000),
        ] {
            let refused = Selection::parse(Some(&large), None).err();
            let length = large.len();
            let shown: String = large.chars().take(40).collect();
            let is_told =
                matches!(refused, Some(RunError::TagsTooLarge { length: told }) if told == length);
            assert!(is_told, "{shown} {refused:?}");
        }
    }
}
