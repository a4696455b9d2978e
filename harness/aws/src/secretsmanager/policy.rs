//! The resource policy of a secret: what is taken, what is public.
//!
//! Sources: API reference, `PutResourcePolicy` and `ValidateResourcePolicy`; IAM user guide,
//! `reference_policies_elements_principal.html`.

use authlab_policy::{Document, DocumentKind, Policy};
use serde_json::Value;

use super::error::Error;
use crate::shared::{Ctx, IamError};

/// Reads the policy of the secret `arn`. Users and roles are kept as their unique ids, so that one
/// that was deleted and made again is another.
///
/// # Errors
/// It is no policy of a secret, or names a user or role that does not exist.
pub(super) fn read(arn: &str, text: &str, ctx: &Ctx<'_>) -> Result<Policy, Error> {
    let document = ctx
        .shared
        .iam
        .save_principals(DocumentKind::SecretsManager, text)
        .map_err(|error| match error {
            IamError::Principal(_) => Error::Principal,
            other => Error::Policy(other.to_string()),
        })?;
    Ok(Policy::new(name(arn), document))
}

/// Reads a policy that a backend has stored.
///
/// # Errors
/// There is no way to read it.
pub(super) fn read_stored(arn: &str, text: &str) -> Result<Policy, Error> {
    let unreadable = |problem: String| Error::Policy(problem);
    let source: Value =
        serde_json::from_str(text).map_err(|error| unreadable(error.to_string()))?;
    let document = Document::from_stored(DocumentKind::SecretsManager, &source)
        .map_err(|error| unreadable(error.to_string()))?;
    Ok(Policy::new(name(arn), document))
}

fn name(arn: &str) -> String {
    format!("policy of secret {arn}")
}

/// Whether a statement without a condition allows everybody. AWS proves more than that
/// (`unverified` how far): conditions that admit everybody are not looked into here.
pub(super) fn is_public(document: &Value) -> bool {
    statements(document).into_iter().any(|statement| {
        let is_allowing = statement.get("Effect").and_then(Value::as_str) == Some("Allow");
        let is_open = statement.get("NotPrincipal").is_some()
            || named(statement.get("Principal")).contains(&"*");
        let condition = statement.get("Condition").and_then(Value::as_object);
        is_allowing && is_open && condition.is_none_or(serde_json::Map::is_empty)
    })
}

/// The text of a policy as it is shown: as it was put while all live whom it names; else with the
/// unique ids of those who are gone.
pub(super) fn shown(policy: &Policy, text: &str, ctx: &Ctx<'_>) -> String {
    let shown = ctx.shared.iam.show_principals(&policy.document);
    let is_as_put = match (
        serde_json::from_str::<Value>(text),
        serde_json::from_str::<Value>(&shown),
    ) {
        (Ok(put), Ok(shown)) => put == shown,
        _ => false,
    };
    if is_as_put { text.to_owned() } else { shown }
}

/// The texts of a principal element: `"*"`, or those of its `AWS`.
fn named(element: Option<&Value>) -> Vec<&str> {
    match element {
        Some(Value::String(text)) => vec![text],
        Some(Value::Object(kinds)) => match kinds.get("AWS") {
            Some(Value::Array(texts)) => texts.iter().filter_map(Value::as_str).collect(),
            Some(Value::String(text)) => vec![text],
            _ => Vec::new(),
        },
        _ => Vec::new(),
    }
}

fn statements(document: &Value) -> Vec<&Value> {
    match document.get("Statement") {
        Some(Value::Array(statements)) => statements.iter().collect(),
        Some(statement) => vec![statement],
        None => Vec::new(),
    }
}
