//! The resource policy of a secret: what is taken, what is public.
//!
//! Sources: API reference, `PutResourcePolicy` and `ValidateResourcePolicy`; IAM user guide,
//! `reference_policies_elements_principal.html`.

use authlab_policy::{Document, DocumentKind, Policy};
use serde_json::Value;

use super::error::Error;
use crate::operation::Ctx;

/// Reads the policy of the secret `arn`.
///
/// # Errors
/// It is no policy of a secret, or names a user or role that does not exist.
pub(super) fn read(arn: &str, text: &str, ctx: &Ctx<'_>) -> Result<Policy, Error> {
    let document = Document::parse(DocumentKind::SecretsManager, text)
        .map_err(|error| Error::Policy(error.to_string()))?;
    let lives = |principal: &str| {
        let iam = ctx.directory.iam;
        iam.role_by_arn(principal).is_some() || iam.user_by_arn(principal).is_some()
    };
    let named = principals(document.source());
    if named
        .iter()
        .any(|principal| is_user_or_role(principal) && !lives(principal))
    {
        return Err(Error::Principal);
    }
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

fn principals(document: &Value) -> Vec<&str> {
    statements(document)
        .into_iter()
        .flat_map(|statement| {
            ["Principal", "NotPrincipal"]
                .into_iter()
                .flat_map(|name| named(statement.get(name)))
        })
        .collect()
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

fn is_user_or_role(principal: &str) -> bool {
    principal.starts_with("arn:aws:iam::")
        && (principal.contains(":role/") || principal.contains(":user/"))
}
