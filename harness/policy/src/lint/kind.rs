//! What kind of document a text is, by what stands in it.

use serde_json::Value;

use crate::document::DocumentKind;

/// The kind of a policy document, as far as its content tells; `None` for what is no policy document.
///
/// A document without principals may be an identity-based policy, a boundary, a session policy or a
/// service control policy: it is taken for the first, whose rules the others share.
#[must_use]
pub fn recognised(text: &str) -> Option<DocumentKind> {
    let value: Value = serde_json::from_str(text).ok()?;
    let statements: Vec<&Value> = match value.get("Statement")? {
        Value::Array(list) => list.iter().collect(),
        one => vec![one],
    };
    let has = |statement: &Value, names: [&str; 2]| {
        names.iter().any(|name| statement.get(*name).is_some())
    };
    let with_principal = |statement: &&Value| has(statement, ["Principal", "NotPrincipal"]);
    let with_resource = |statement: &&Value| has(statement, ["Resource", "NotResource"]);
    let of_sts = |statement: &&Value| {
        let mut actions = texts(statement, "Action").peekable();
        actions.peek().is_some()
            && actions.all(|action| action.to_ascii_lowercase().starts_with("sts:"))
    };
    let principals = statements.iter().copied().filter(|it| with_principal(it));
    let has_principals = principals.count() > 0;
    let has_resources = statements.iter().copied().any(|it| with_resource(&it));
    if !has_resources && (has_principals || statements.iter().copied().all(|it| of_sts(&it))) {
        return Some(DocumentKind::Trust);
    }
    if !has_principals {
        return Some(DocumentKind::Identity);
    }
    if is_resource_control(&statements) {
        return Some(DocumentKind::ResourceControl);
    }
    Some(by_service(&statements))
}

/// The texts of an element, one or a list.
fn texts<'v>(statement: &'v Value, name: &str) -> impl Iterator<Item = &'v str> {
    let list = match statement.get(name) {
        Some(Value::Array(list)) => list.as_slice(),
        Some(one) => std::slice::from_ref(one),
        None => &[],
    };
    list.iter().filter_map(Value::as_str)
}

/// A resource control policy denies everybody something on every resource.
fn is_resource_control(statements: &[&Value]) -> bool {
    statements.iter().all(|statement| {
        let is = |name: &str, text: &str| {
            let mut texts = texts(statement, name).peekable();
            texts.peek().is_some() && texts.all(|found| found == text)
        };
        is("Effect", "Deny") && is("Principal", "*") && is("Resource", "*")
    })
}

fn by_service(statements: &[&Value]) -> DocumentKind {
    let mut actions = statements
        .iter()
        .flat_map(|statement| texts(statement, "Action").chain(texts(statement, "NotAction")))
        .filter_map(|action| action.split_once(':'))
        .map(|(prefix, _)| prefix.to_ascii_lowercase());
    let Some(first) = actions.next() else {
        return DocumentKind::Resource;
    };
    if actions.any(|other| other != first) {
        return DocumentKind::Resource;
    }
    match first.as_str() {
        "execute-api" => DocumentKind::ExecuteApi,
        "oam" => DocumentKind::OamSink,
        "lambda" => DocumentKind::LambdaPermission,
        "secretsmanager" => DocumentKind::SecretsManager,
        "kms" => DocumentKind::KmsKey,
        _ => DocumentKind::Resource,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_is_told_by_the_content() {
        let of = |statement: &str| format!("{{\"Statement\": [{statement}]}}");
        for (statement, expected) in [
            (
                r#"{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}"#,
                Some(DocumentKind::Identity),
            ),
            (
                r#"{"Effect": "Allow", "Principal": {"AWS": "1"}, "Action": "sts:AssumeRole"}"#,
                Some(DocumentKind::Trust),
            ),
            (
                r#"{"Effect": "Allow", "Action": "sts:AssumeRole"}"#,
                Some(DocumentKind::Trust),
            ),
            (
                r#"{"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*"}"#,
                Some(DocumentKind::ResourceControl),
            ),
            (
                r#"{"Effect": "Allow", "Principal": "*", "Action": ["oam:CreateLink"], "Resource": "*"}"#,
                Some(DocumentKind::OamSink),
            ),
            (
                r#"{"Effect": "Allow", "Principal": "*", "Action": "lambda:InvokeFunction", "Resource": "*"}"#,
                Some(DocumentKind::LambdaPermission),
            ),
            (
                r#"{"Effect": "Allow", "Principal": "*", "Action": "execute-api:Invoke", "Resource": "execute-api:/*"}"#,
                Some(DocumentKind::ExecuteApi),
            ),
            (
                r#"{"Effect": "Allow", "Principal": "*", "Action": "secretsmanager:*", "Resource": "*"}"#,
                Some(DocumentKind::SecretsManager),
            ),
            (
                r#"{"Effect": "Allow", "Principal": "*", "Action": "kms:*", "Resource": "*"}"#,
                Some(DocumentKind::KmsKey),
            ),
            (
                r#"{"Effect": "Allow", "Principal": "*", "Action": ["s3:*", "sqs:*"], "Resource": "*"}"#,
                Some(DocumentKind::Resource),
            ),
        ] {
            assert_eq!(recognised(&of(statement)), expected, "{statement}");
        }
        for none in ["", "{", "[]", "{\"path\": {}}", "path \"a\" {}"] {
            assert_eq!(recognised(none), None, "{none}");
        }
    }
}
