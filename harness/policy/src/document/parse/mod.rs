//! From JSON to statements, refusing what cannot be stored.

mod principal;

use std::sync::Arc;

use serde_json::{Map, Value};

use super::element::API_SHORTHAND;
use super::{ActionElement, DocumentError, DocumentKind, Effect, ResourceElement, Statement};
use crate::condition::{Condition, Operator};

/// How strict to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    /// Every rule counts.
    Submitted,
    /// Rules that a stored document may break are let pass.
    Stored,
}

pub(super) struct Parsed {
    pub(super) variables: bool,
    pub(super) statements: Box<[Statement]>,
}

/// Partitions that exist (General Reference, `aws-arns-and-namespaces.html`).
pub(crate) const KNOWN_PARTITIONS: [&str; 8] = [
    "aws",
    "aws-cn",
    "aws-us-gov",
    "aws-iso",
    "aws-iso-b",
    "aws-iso-e",
    "aws-iso-f",
    "aws-eusc",
];

const STATEMENT_ELEMENTS: [&str; 9] = [
    "Sid",
    "Effect",
    "Principal",
    "NotPrincipal",
    "Action",
    "NotAction",
    "Resource",
    "NotResource",
    "Condition",
];

type Parsing<T> = Result<T, DocumentError>;

struct Parser {
    kind: DocumentKind,
    mode: Mode,
    variables: bool,
}

pub(super) fn document(kind: DocumentKind, source: &Value, mode: Mode) -> Parsing<Parsed> {
    let Value::Object(top) = source else {
        return Err(error("$", "document", "a policy document is a JSON object"));
    };
    for key in top.keys() {
        if !matches!(key.as_str(), "Version" | "Id" | "Statement") {
            let message =
                format!("unknown top-level element `{key}`: there are Version, Id and Statement");
            return Err(error(key, "known elements", message));
        }
    }
    if top.get("Id").is_some_and(|id| !id.is_string()) {
        return Err(error("Id", "element type", "Id is a text"));
    }
    let variables = match top.get("Version") {
        None => false,
        Some(Value::String(version)) if version == "2012-10-17" => true,
        Some(Value::String(version)) if version == "2008-10-17" => false,
        Some(_) => {
            let message = "Version is \"2012-10-17\" or \"2008-10-17\"";
            return Err(error("Version", "version", message));
        }
    };
    let parser = Parser {
        kind,
        mode,
        variables,
    };
    let statements = match top.get("Statement") {
        None => {
            return Err(error(
                "Statement",
                "required element",
                "Statement is missing",
            ));
        }
        Some(Value::Object(statement)) => vec![parser.statement("Statement", statement)?],
        Some(Value::Array(list)) if list.is_empty() => {
            parser.refuse("Statement", "empty list", "there is no statement")?;
            Vec::new()
        }
        Some(Value::Array(list)) => parser.statements(list)?,
        Some(_) => {
            let message = "Statement is an object or a list of objects";
            return Err(error("Statement", "element type", message));
        }
    };
    parser.check_sids(&statements)?;
    Ok(Parsed {
        variables,
        statements: statements.into_boxed_slice(),
    })
}

fn error(path: impl Into<String>, rule: &'static str, message: impl Into<String>) -> DocumentError {
    let path = path.into();
    // An element without name has no path of its own.
    let path = if path.is_empty() {
        "$".to_owned()
    } else {
        path
    };
    DocumentError {
        path,
        rule,
        message: message.into(),
    }
}

impl Parser {
    /// An error unless the document is stored already.
    fn refuse(&self, path: &str, rule: &'static str, message: impl Into<String>) -> Parsing<()> {
        match self.mode {
            Mode::Submitted => Err(error(path, rule, message)),
            Mode::Stored => Ok(()),
        }
    }

    fn statements(&self, list: &[Value]) -> Parsing<Vec<Statement>> {
        let mut statements = Vec::with_capacity(list.len());
        for (index, value) in list.iter().enumerate() {
            let path = format!("Statement[{index}]");
            let Value::Object(statement) = value else {
                return Err(error(path, "element type", "a statement is an object"));
            };
            statements.push(self.statement(&path, statement)?);
        }
        Ok(statements)
    }

    fn statement(&self, path: &str, members: &Map<String, Value>) -> Parsing<Statement> {
        for key in members.keys() {
            if !STATEMENT_ELEMENTS.contains(&key.as_str()) {
                let hint = STATEMENT_ELEMENTS
                    .iter()
                    .find(|known| known.eq_ignore_ascii_case(key))
                    .map(|known| format!(": element names regard case, write `{known}`"))
                    .unwrap_or_default();
                let message = format!("unknown statement element `{key}`{hint}");
                return Err(error(format!("{path}.{key}"), "known elements", message));
            }
        }
        let conditions = match members.get("Condition") {
            Some(value) => self.conditions(&format!("{path}.Condition"), value)?,
            None => Vec::new(),
        };
        Ok(Statement {
            sid: self.sid(path, members)?,
            effect: effect(path, members)?,
            principal: self.principal(path, members)?,
            action: self.action(path, members)?,
            resource: self.resource(path, members)?,
            conditions: conditions.into_boxed_slice(),
        })
    }

    fn sid(&self, path: &str, members: &Map<String, Value>) -> Parsing<Option<Arc<str>>> {
        let path = format!("{path}.Sid");
        match members.get("Sid") {
            None => Ok(None),
            Some(Value::String(sid)) => {
                // IAM and Organizations take letters and digits; services with resource policies
                // of their own take more (`reference_policies_elements_sid.html`).
                let strict = !self.kind.takes_principal() || self.kind == DocumentKind::Trust;
                if strict && !sid.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
                    let message = format!("`{sid}`: a Sid takes letters and digits only");
                    self.refuse(&path, "sid", message)?;
                }
                Ok((!sid.is_empty()).then(|| Arc::from(sid.as_str())))
            }
            Some(_) => Err(error(path, "element type", "Sid is a text")),
        }
    }

    fn check_sids(&self, statements: &[Statement]) -> Parsing<()> {
        let mut known: Vec<&str> = Vec::new();
        for (index, statement) in statements.iter().enumerate() {
            let Some(sid) = statement.sid.as_deref() else {
                continue;
            };
            if known.contains(&sid) {
                let path = format!("Statement[{index}].Sid");
                let message = format!("`{sid}` names two statements: a Sid is unique");
                self.refuse(&path, "unique sid", message)?;
            }
            known.push(sid);
        }
        Ok(())
    }

    fn action(&self, path: &str, members: &Map<String, Value>) -> Parsing<ActionElement> {
        let (name, value, negated) =
            one_of(path, members, "Action", "NotAction")?.ok_or_else(|| {
                error(
                    path,
                    "required element",
                    "neither Action nor NotAction is present",
                )
            })?;
        let path = format!("{path}.{name}");
        let values = texts(&path, value)?;
        if values.is_empty() {
            self.refuse(&path, "empty list", "the list of actions is empty")?;
        }
        for action in &values {
            if let Some(fault) = action_fault(action) {
                self.refuse(&path, "action", format!("`{action}`: {fault}"))?;
            }
        }
        Ok(ActionElement::new(negated, values))
    }

    fn resource(
        &self,
        path: &str,
        members: &Map<String, Value>,
    ) -> Parsing<Option<ResourceElement>> {
        let found = one_of(path, members, "Resource", "NotResource")?;
        let Some((name, value, negated)) = found else {
            if self.kind != DocumentKind::Trust {
                let message = "neither Resource nor NotResource is present";
                return Err(error(path, "required element", message));
            }
            return Ok(None);
        };
        let path = format!("{path}.{name}");
        if self.kind == DocumentKind::Trust {
            let message =
                format!("a trust policy takes no {name}: the role itself is the resource");
            return Err(error(path, "element not allowed", message));
        }
        let values = texts(&path, value)?;
        if values.is_empty() {
            self.refuse(&path, "empty list", "the list of resources is empty")?;
        }
        for resource in &values {
            if let Some(fault) = self.resource_fault(resource) {
                self.refuse(&path, "resource", format!("`{resource}`: {fault}"))?;
            }
        }
        Ok(Some(ResourceElement::new(negated, values, self.variables)))
    }

    fn resource_fault(&self, resource: &str) -> Option<&'static str> {
        if resource == "*" {
            return None;
        }
        if resource.starts_with(API_SHORTHAND) {
            let takes_shorthand =
                matches!(self.kind, DocumentKind::Resource | DocumentKind::ExecuteApi);
            return (!takes_shorthand)
                .then_some("the shorthand is for resource policies of APIs: write the whole ARN");
        }
        let mut fields = resource.splitn(6, ':');
        if fields.next() != Some("arn") {
            return Some("a resource is `*` or an ARN that begins with `arn:`");
        }
        let partition = fields.next().unwrap_or_default();
        if fields.count() < 4 {
            return Some("an ARN has six fields separated by colons");
        }
        let open = partition.contains(['*', '?', '$']);
        (!open && !KNOWN_PARTITIONS.contains(&partition)).then_some("unknown partition")
    }

    fn conditions(&self, path: &str, value: &Value) -> Parsing<Vec<Condition>> {
        let Value::Object(operators) = value else {
            let message = "Condition is an object: operator, key, values";
            return Err(error(path, "element type", message));
        };
        let mut conditions = Vec::new();
        for (name, keys) in operators {
            let path = format!("{path}.{name}");
            let operator = Operator::parse(name)
                .map_err(|message| error(path.clone(), "condition operator", message))?;
            let Value::Object(keys) = keys else {
                let message = "the operator's value is an object: key, values";
                return Err(error(path, "element type", message));
            };
            for (key, value) in keys {
                let path = format!("{path}.{key}");
                if key.is_empty() {
                    self.refuse(&path, "condition key", "the condition key is empty")?;
                }
                let values = scalars(&path, value)?;
                conditions.push(Condition::new(name, operator, key, values, self.variables));
            }
        }
        Ok(conditions)
    }
}

/// The element of the two that is there; both together are an error.
fn one_of<'a>(
    path: &str,
    members: &'a Map<String, Value>,
    positive: &'static str,
    negative: &'static str,
) -> Parsing<Option<(&'static str, &'a Value, bool)>> {
    match (members.get(positive), members.get(negative)) {
        (Some(_), Some(_)) => {
            let message = format!("{positive} and {negative} exclude each other");
            Err(error(
                format!("{path}.{negative}"),
                "exclusive elements",
                message,
            ))
        }
        (Some(value), None) => Ok(Some((positive, value, false))),
        (None, Some(value)) => Ok(Some((negative, value, true))),
        (None, None) => Ok(None),
    }
}

fn effect(path: &str, members: &Map<String, Value>) -> Parsing<Effect> {
    let path = format!("{path}.Effect");
    match members.get("Effect") {
        None => Err(error(path, "required element", "Effect is missing")),
        Some(Value::String(effect)) if effect == "Allow" => Ok(Effect::Allow),
        Some(Value::String(effect)) if effect == "Deny" => Ok(Effect::Deny),
        Some(Value::String(effect)) => {
            let message = format!("`{effect}`: Effect is \"Allow\" or \"Deny\", with this case");
            Err(error(path, "effect", message))
        }
        Some(_) => Err(error(
            path,
            "effect",
            "Effect is a text: \"Allow\" or \"Deny\"",
        )),
    }
}

fn action_fault(action: &str) -> Option<&'static str> {
    if action == "*" {
        return None;
    }
    if action.is_empty() {
        return Some("the action is empty");
    }
    let Some((service, name)) = action.split_once(':') else {
        return Some("an action has a service prefix, such as `s3:GetObject`");
    };
    let prefix_is_word = service
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
    if service.is_empty() || !(prefix_is_word || service == "*") {
        return Some("the service prefix is a plain word without wildcards");
    }
    if name.is_empty() {
        return Some("the action's name is empty");
    }
    // A variable is a matter for the linter.
    if name.contains(':') && !name.contains("${") {
        return Some("an action has one colon");
    }
    None
}

/// A text or a list of texts.
fn texts(path: &str, value: &Value) -> Parsing<Vec<String>> {
    let text = |value: &Value| match value {
        Value::String(text) => Ok(text.clone()),
        _ => Err(error(
            path,
            "element type",
            "the element is a text or a list of texts",
        )),
    };
    match value {
        Value::Array(list) => list.iter().map(text).collect(),
        other => Ok(vec![text(other)?]),
    }
}

/// A condition's values: texts, numbers and booleans, one or a list.
fn scalars(path: &str, value: &Value) -> Parsing<Vec<String>> {
    values_of(value).ok_or_else(|| {
        error(
            path,
            "element type",
            "the value of a condition is a text, number, boolean or a list of them",
        )
    })
}

/// The scalars in `value` as texts; `None` when it holds something else.
fn values_of(value: &Value) -> Option<Vec<String>> {
    let scalar = |value: &Value| match value {
        Value::String(text) => Some(text.clone()),
        Value::Bool(flag) => Some(flag.to_string()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    };
    match value {
        Value::Array(list) => list.iter().map(scalar).collect(),
        other => Some(vec![scalar(other)?]),
    }
}
