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
    /// [`RunError::Tags`], [`RunError::Name`] when one cannot be read.
    pub fn parse(tags: Option<&str>, name: Option<&str>) -> Result<Self, RunError> {
        let tags = tags
            .map(|expression| {
                expression
                    .trim()
                    .parse::<TagOperation>()
                    .map_err(|error| RunError::Tags {
                        expression: expression.to_owned(),
                        column: error.location.column,
                    })
            })
            .transpose()?;
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
