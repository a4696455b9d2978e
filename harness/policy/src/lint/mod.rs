//! Findings on documents that can be stored and yet do not do what they look like.
//!
//! An error says that some part cannot work, or lets in whom nobody meant; a warning that the document
//! works, but rarely as meant. What IAM's own policy validation calls errors is one here as well (IAM
//! user guide, `access-analyzer-reference-policy-checks.html`). Every code stands in [`codes`].
//!
//! - [`finding`], [`code`], [`table`]: what is found. [`place`]: line and column. [`kind`]: what a text is.
//! - [`principal`], [`element`], [`statement`]: the elements. [`arn`]: ARNs of some services.
//! - [`condition`], [`operator`], [`absent`]: conditions. [`issuer`], [`provider`]: token providers.
//! - [`perimeter`], [`source`]: what Denies and permissions of services forget.
//! - [`overlap`]: whether two patterns can mean the same.

mod absent;
mod arn;
mod code;
mod condition;
mod element;
mod finding;
mod issuer;
mod kind;
mod operator;
mod overlap;
mod perimeter;
mod place;
mod principal;
mod provider;
mod source;
mod statement;
mod table;

pub use code::{Code, codes};
pub use finding::{Finding, Severity};
pub use kind::recognised;
pub use place::Place;

use finding::Findings;

use crate::document::{Document, DocumentError, DocumentKind};

/// The findings on `document`, statement by statement, without their lines.
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
        issuer::check(document.kind(), &path, statement, &mut findings);
        source::check(document.kind(), &path, statement, &mut findings);
        perimeter::check(document.kind(), &path, statement, &mut findings);
        statement::check(document, index, &path, statement, &mut findings);
    }
    findings.into_list()
}

/// The findings on a text, with line and column; that it would be refused is one of them, and what can
/// be read of it all the same is looked at too.
#[must_use]
pub fn lint_text(kind: DocumentKind, text: &str) -> Vec<Finding> {
    let (document, refused) = match Document::parse(kind, text) {
        Ok(document) => (Some(document), None),
        Err(error) => (stored(kind, text, &error), Some(error)),
    };
    let is_json = refused.as_ref().is_none_or(|error| !is_unreadable(error));
    let refused = refused.map(refusal);
    let found = document.as_ref().map(lint).unwrap_or_default();
    let mut findings: Vec<Finding> = refused.into_iter().chain(found).collect();
    if is_json && !findings.is_empty() {
        place::fill(text, &mut findings);
    }
    for finding in &mut findings {
        // What is said of the whole stands at its beginning.
        finding.place.get_or_insert(Place { line: 1, column: 1 });
    }
    findings.sort_by_key(|finding| finding.place);
    findings
}

/// A document that is too long is not looked at: some checks compare each statement with each.
fn is_unreadable(error: &DocumentError) -> bool {
    matches!(error.rule, "size limit" | "JSON syntax" | "unique elements")
}

fn stored(kind: DocumentKind, text: &str, error: &DocumentError) -> Option<Document> {
    if is_unreadable(error) {
        return None;
    }
    let value = serde_json::from_str(text).ok()?;
    Document::from_stored(kind, &value).ok()
}

/// What refuses a document, as a finding.
fn refusal(error: DocumentError) -> Finding {
    let code = match error.rule {
        "unique sid" => "duplicate-sid",
        "JSON syntax" => "json-syntax",
        "unique elements" => "duplicate-element",
        "principal" => "principal-form",
        "size limit" => "size-quota",
        _ => "refused",
    };
    let place = place::told(&error.message);
    let mut finding = Finding::new(code, &error.path, error.message);
    finding.place = is_json_error(error.rule).then_some(place).flatten();
    finding
}

fn is_json_error(rule: &str) -> bool {
    matches!(rule, "JSON syntax" | "unique elements")
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
        findings.add("$", "size-quota", message);
    }
}
