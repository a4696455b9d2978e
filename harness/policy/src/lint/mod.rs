//! Findings on documents that can be stored and yet do not do what they look like.
//!
//! Errors are what IAM's own policy validation calls errors (IAM user guide,
//! `access-analyzer-reference-policy-checks.html`): some part of the document cannot work.
//! Warnings are ours: it works, but rarely as meant.

mod condition;
mod element;
mod overlap;
mod principal;
mod statement;

use serde::Serialize;

use crate::document::{Document, DocumentKind};

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The document does what it says, which is rarely what was meant.
    Warning,
    /// Part of the document cannot work.
    Error,
}

/// One objection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// How bad it is.
    pub severity: Severity,
    /// `Statement[0].Condition.StringEquals.aws:PrincipalArn`.
    pub path: String,
    /// Short name of the rule, stable over versions.
    pub rule: &'static str,
    /// What is wrong and what to write instead.
    pub message: String,
}

impl std::fmt::Display for Finding {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let severity = match self.severity {
            Severity::Warning => "warning",
            Severity::Error => "error",
        };
        write!(
            f,
            "{severity}: {}: {} ({})",
            self.path, self.message, self.rule
        )
    }
}

/// The findings on `document`, statement by statement.
///
/// The tables of actions and keys (24 services) are decoded on the first call.
#[must_use]
pub fn lint(document: &Document) -> Vec<Finding> {
    let mut findings = Findings::default();
    size(document, &mut findings);
    for (index, statement) in document.statements().iter().enumerate() {
        let path = format!("Statement[{index}]");
        principal::check(document.kind(), &path, statement, &mut findings);
        element::check_actions(document.kind(), &path, statement, &mut findings);
        element::check_resources(document, &path, statement, &mut findings);
        condition::check(document, &path, statement, &mut findings);
        statement::check(document, index, &path, statement, &mut findings);
    }
    findings.0
}

fn size(document: &Document, findings: &mut Findings) {
    let is_api_policy = document.kind() == DocumentKind::Resource
        && document.statements().iter().any(|statement| {
            statement
                .action
                .source
                .iter()
                .any(|action| action.starts_with("execute-api:"))
        });
    let kind = if is_api_policy {
        DocumentKind::ExecuteApi
    } else {
        document.kind()
    };
    let quota = kind.quota_chars();
    if document.size_chars() > quota {
        let message = format!(
            "the document has {} characters, the quota is {quota}",
            document.size_chars()
        );
        findings.error("$", "size-quota", message);
    }
}

/// The list while it grows.
#[derive(Debug, Default)]
struct Findings(Vec<Finding>);

impl Findings {
    fn error(&mut self, path: &str, rule: &'static str, message: impl Into<String>) {
        self.add(Severity::Error, path, rule, message.into());
    }

    fn warning(&mut self, path: &str, rule: &'static str, message: impl Into<String>) {
        self.add(Severity::Warning, path, rule, message.into());
    }

    fn add(&mut self, severity: Severity, path: &str, rule: &'static str, message: String) {
        self.0.push(Finding {
            severity,
            path: path.to_owned(),
            rule,
            message,
        });
    }
}
