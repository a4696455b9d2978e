//! Resource policies when a user or role goes, or gets another name.
//!
//! AWS keeps the unique id of each user and role that a resource policy names, and shows its ARN
//! while it lives: once it is deleted the policy shows the id, and somebody new of the old name is not
//! meant (IAM user guide, `reference_policies_elements_principal.html`). An ARN names the one that
//! lives as long as it lives, so it is enough to write the id into every policy at the moment when it
//! goes: this is the one rule for all services. Trust policies keep ids from the beginning
//! (`iam::trust`).

use std::convert::Infallible;

use authlab_policy::{Document, Policy};
use serde_json::Value;

/// Calls `change` for every text of `Principal.AWS` and `NotPrincipal.AWS` of a document.
///
/// # Errors
/// The first of `change`.
pub fn each_named<E>(
    document: &mut Value,
    change: &mut impl FnMut(&mut String) -> Result<(), E>,
) -> Result<(), E> {
    let statements = match document.get_mut("Statement") {
        Some(Value::Array(statements)) => statements.iter_mut().collect(),
        Some(statement) => vec![statement],
        None => Vec::new(),
    };
    for statement in statements {
        each_named_in_statement(statement, change)?;
    }
    Ok(())
}

fn each_named_in_statement<E>(
    statement: &mut Value,
    change: &mut impl FnMut(&mut String) -> Result<(), E>,
) -> Result<(), E> {
    for element in ["Principal", "NotPrincipal"] {
        let Some(named) = statement
            .get_mut(element)
            .and_then(|element| element.get_mut("AWS"))
        else {
            continue;
        };
        let texts = match named {
            Value::Array(texts) => texts.iter_mut().collect(),
            text => vec![text],
        };
        for text in texts {
            if let Value::String(text) = text {
                change(text)?;
            }
        }
    }
    Ok(())
}

/// Puts `to` wherever a document names the principal `from`; tells whether it did.
pub fn rename(document: &mut Value, from: &str, to: &str) -> bool {
    let mut is_renamed = false;
    let Ok(()) = each_named(document, &mut renaming(from, to, &mut is_renamed));
    is_renamed
}

/// The same for one statement.
pub fn rename_in_statement(statement: &mut Value, from: &str, to: &str) -> bool {
    let mut is_renamed = false;
    let Ok(()) = each_named_in_statement(statement, &mut renaming(from, to, &mut is_renamed));
    is_renamed
}

fn renaming<'a>(
    from: &'a str,
    to: &'a str,
    is_renamed: &'a mut bool,
) -> impl FnMut(&mut String) -> Result<(), Infallible> {
    move |text| {
        if text == from {
            to.clone_into(text);
            *is_renamed = true;
        }
        Ok(())
    }
}

/// Renames in a policy and in the text that it was put as; a text stays as it is where it does not
/// name the principal.
pub fn rename_in_policy(policy: &mut Policy, text: Option<&mut String>, from: &str, to: &str) {
    let mut source = policy.document.source().clone();
    if !rename(&mut source, from, to) {
        return;
    }
    // It was read before, and only a name in it is another: it can be read.
    if let Ok(document) = Document::from_stored(policy.document.kind(), &source) {
        policy.document = document;
    }
    if let Some(text) = text {
        *text = source.to_string();
    }
}

/// Renames in the text of a policy that is kept as text alone.
pub fn rename_in_text(text: &mut String, from: &str, to: &str) {
    if let Ok(mut source) = serde_json::from_str(text)
        && rename(&mut source, from, to)
    {
        *text = source.to_string();
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_the_principal_itself_is_renamed() {
        let arn = "arn:aws:iam::111111111111:role/a";
        let mut document = json!({"Statement": [
            {"Principal": {"AWS": arn}, "Resource": arn},
            {"NotPrincipal": {"AWS": [format!("{arn}b"), arn], "Service": arn}},
            {"Principal": "*"},
        ]});
        assert!(rename(&mut document, arn, "AROA1"));
        assert_eq!(
            document,
            json!({"Statement": [
                {"Principal": {"AWS": "AROA1"}, "Resource": arn},
                {"NotPrincipal": {"AWS": [format!("{arn}b"), "AROA1"], "Service": arn}},
                {"Principal": "*"},
            ]})
        );
        assert!(!rename(&mut document, arn, "AROA1"));
    }
}
