//! What a check found, and the list while it grows.

use serde::Serialize;

use super::code::{Code, find};
use super::place::Place;

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The document does what it says, which is rarely what was meant.
    Warning,
    /// Part of the document cannot work, or lets in whom nobody meant.
    Error,
}

impl Severity {
    /// `warning` or `error`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// One objection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// How bad it is.
    pub severity: Severity,
    /// Its code, stable over versions: one of [`codes`](super::codes).
    pub code: &'static str,
    /// `Statement[0].Condition.StringEquals.aws:PrincipalArn`.
    pub path: String,
    /// Where it stands in the text; `None` when there was no text.
    pub place: Option<Place>,
    /// What cannot work, or lets too much in.
    pub message: String,
    /// What to write instead.
    pub fix: String,
    /// The text below the path that is meant.
    #[serde(skip)]
    pub(super) value: Option<String>,
}

impl Finding {
    pub(super) fn new(code: &'static str, path: &str, message: impl Into<String>) -> Self {
        let known = find(code);
        Self {
            severity: known.map_or(Severity::Error, |code| code.severity),
            code,
            path: path.to_owned(),
            place: None,
            message: message.into(),
            fix: known.map(|code| code.fix).unwrap_or_default().to_owned(),
            value: None,
        }
    }

    /// The finding is about this one of the path's values.
    pub(super) fn at(mut self, value: &str) -> Self {
        self.value = Some(value.to_owned());
        self
    }

    /// A fix that names what stands in this document.
    pub(super) fn with_fix(mut self, fix: impl Into<String>) -> Self {
        self.fix = fix.into();
        self
    }

    /// What the code means.
    #[must_use]
    pub fn code(&self) -> Option<&'static Code> {
        find(self.code)
    }
}

impl std::fmt::Display for Finding {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if let Some(place) = self.place {
            write!(f, "{}:{}: ", place.line, place.column)?;
        }
        write!(
            f,
            "{}: {}: {} ({}); {}",
            self.severity.as_str(),
            self.path,
            self.message,
            self.code,
            self.fix
        )
    }
}

/// The list while it grows.
#[derive(Debug, Default)]
pub(super) struct Findings(Vec<Finding>);

impl Findings {
    pub(super) fn add(&mut self, path: &str, code: &'static str, message: impl Into<String>) {
        self.push(Finding::new(code, path, message));
    }

    pub(super) fn push(&mut self, finding: Finding) {
        self.0.push(finding);
    }

    pub(super) fn into_list(self) -> Vec<Finding> {
        self.0
    }
}
