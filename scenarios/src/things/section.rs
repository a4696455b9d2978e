//! A part of the document: a title and what stands below it.

use serde_json::Value;

use crate::client::aws::member;

/// A part of the document: a title and what stands below it, indented.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Section {
    title: String,
    body: String,
}

impl Section {
    /// A section with this title and this text.
    #[must_use]
    pub fn new(title: impl Into<String>, body: impl Into<String>) -> Self {
        Self {
            title: title.into(),
            body: body.into(),
        }
    }

    /// Adds the section to the document.
    pub(crate) fn render(&self, text: &mut String) {
        if !text.is_empty() {
            text.push('\n');
        }
        text.push_str(&self.title);
        text.push('\n');
        for line in self.body.lines() {
            text.push_str(format!("  {line}").trim_end());
            text.push('\n');
        }
    }
}

/// Adds a policy under its title to the text of a section: on the same line where it has one statement.
pub fn entry(body: &mut String, title: &str, document: &str) {
    match statements(document).as_slice() {
        [one] => body.push_str(&format!("{title} {one}\n")),
        lines => {
            body.push_str(&format!("{title}\n"));
            for line in lines {
                body.push_str(&format!("  {line}\n"));
            }
        }
    }
}

/// A policy in lines, one a statement; the version where it is not the current one. What is no policy stays
/// as its author wrote it.
#[must_use]
pub fn statements(document: &str) -> Vec<String> {
    let Ok(Value::Object(members)) = serde_json::from_str::<Value>(document) else {
        return document.lines().map(str::to_owned).collect();
    };
    let mut lines = Vec::new();
    if members.get("Version").and_then(Value::as_str) != Some(CURRENT) && !members.is_empty() {
        let version = members
            .get("Version")
            .map_or_else(|| "none".to_owned(), compact);
        lines.push(format!("Version {version}"));
    }
    for (name, value) in &members {
        match (name.as_str(), value) {
            ("Version", _) => {}
            ("Statement", Value::Array(statements)) => {
                lines.extend(statements.iter().map(compact));
            }
            ("Statement", statement) => lines.push(compact(statement)),
            (name, value) => lines.push(format!("{name} {}", compact(value))),
        }
    }
    lines
}

/// The version of the policy language that everybody uses.
const CURRENT: &str = "2012-10-17";

/// JSON on one line, as AWS's guides print it: `{"Effect": "Allow", "Action": ["s3:*"]}`.
fn compact(value: &Value) -> String {
    match value {
        Value::Object(members) => {
            let members = members.iter();
            let members: Vec<_> = members
                .map(|(name, value)| format!("{}: {}", Value::from(name.as_str()), compact(value)))
                .collect();
            format!("{{{}}}", members.join(", "))
        }
        Value::Array(elements) => {
            let elements: Vec<_> = elements.iter().map(compact).collect();
            format!("[{}]", elements.join(", "))
        }
        other => other.to_string(),
    }
}

/// Whom a trust policy trusts, when it says no more than the steps' own: one statement that lets an account,
/// or a service, assume the role.
pub(crate) fn trusted(document: &str) -> Option<Trusted> {
    let policy: Value = serde_json::from_str(document).ok()?;
    let [statement] = policy.get("Statement")?.as_array()?.as_slice() else {
        return None;
    };
    let is = |name: &str, value: &str| statement.get(name).and_then(Value::as_str) == Some(value);
    let is_plain = statement.as_object()?.len() == 3
        && policy.as_object()?.len() == 2
        && policy.get("Version")?.as_str()? == CURRENT
        && is("Effect", "Allow")
        && is("Action", "sts:AssumeRole");
    let principal = statement.get("Principal")?.as_object()?;
    let named = |name: &str| principal.get(name).and_then(Value::as_str);
    if !is_plain || principal.len() != 1 {
        return None;
    }
    let account = named("AWS").and_then(|arn| {
        let account = arn.strip_prefix("arn:aws:iam::")?.strip_suffix(":root")?;
        Some(Trusted::Account(account.to_owned()))
    });
    account.or_else(|| Some(Trusted::Service(named("Service")?.to_owned())))
}

/// Whom a role trusts.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Trusted {
    /// An account, by its id.
    Account(String),
    /// A service of AWS.
    Service(String),
}

/// A tag in a line.
pub(crate) fn tag(tag: &authlab_wire::Value) -> String {
    format!("tag {}: {}\n", member(tag, "Key"), member(tag, "Value"))
}

/// A managed policy that is attached to somebody, in a line.
pub(crate) fn attachment(policy: &authlab_wire::Value) -> String {
    format!("attached policy {}\n", member(policy, "PolicyArn"))
}

/// Sorted lines as one text.
pub(crate) fn sorted(lines: impl Iterator<Item = String>) -> String {
    let mut lines: Vec<_> = lines.collect();
    lines.sort();
    lines.concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_policy_is_a_line_a_statement() {
        let text =
            |statements: &str| format!(r#"{{"Version": "2012-10-17", "Statement": {statements}}}"#);
        for (document, lines) in [
            (
                text(r#"[{"Effect":"Allow","Action":["a:*"]},{"Effect":"Deny"}]"#),
                &[
                    r#"{"Effect": "Allow", "Action": ["a:*"]}"#,
                    r#"{"Effect": "Deny"}"#,
                ][..],
            ),
            (text(r#"{"Effect":"Deny"}"#), &[r#"{"Effect": "Deny"}"#]),
            (
                r#"{"Version":"2008-10-17","Id":"x","Statement":[]}"#.to_owned(),
                &[r#"Version "2008-10-17""#, r#"Id "x""#],
            ),
            (r#"{"Statement":[]}"#.to_owned(), &["Version none"]),
            ("path \"a\" {\n}".to_owned(), &["path \"a\" {", "}"]),
        ] {
            assert_eq!(statements(&document), lines, "{document}");
        }
    }

    #[test]
    fn only_plain_trust_is_said_in_words() {
        let policy =
            |statement: &str| format!(r#"{{"Version":"2012-10-17","Statement":[{statement}]}}"#);
        let of_account = r#""Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111111111111:root"},"Action":"sts:AssumeRole""#;
        let account = Trusted::Account("111111111111".to_owned());
        let service = Trusted::Service("lambda.amazonaws.com".to_owned());
        for (document, found) in [
            (policy(&format!("{{{of_account}}}")), Some(account)),
            (
                policy(
                    r#"{"Effect":"Allow","Principal":{"Service":"lambda.amazonaws.com"},"Action":"sts:AssumeRole"}"#,
                ),
                Some(service),
            ),
            (
                policy(&format!(r#"{{{of_account},"Condition":{{}}}}"#)),
                None,
            ),
            (
                policy(&format!("{{{of_account}}}")).replace("Allow", "Deny"),
                None,
            ),
            (
                policy(&format!("{{{of_account}}}")).replace(":root", ":role/a"),
                None,
            ),
        ] {
            assert_eq!(trusted(&document), found, "{document}");
        }
    }
}
