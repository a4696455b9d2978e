//! What AWS's IAM answers to a document that it does not take.
//!
//! IAM reads a document several times, each time for another kind of fault, and answers the first
//! kind in words that do not say where: `Syntax errors in policy.` The words and their order are
//! those of moto's table of documents (asserted there, not recorded), which `tests/golden` keeps
//! whole; what was recorded on AWS or pasted from it in public says so at its rule. The place and
//! the reason, in the words of this crate, come along for the journal.

mod date;
mod resource;
mod syntax;

use serde_json::{Map, Value};

use crate::document::{Document, DocumentError, DocumentKind};

/// Where a document is to be stored, which decides what IAM asks of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Use {
    /// A managed policy: the version has to be the current one.
    Managed,
    /// An inline policy of a user, group or role.
    Inline,
    /// A role's trust policy.
    Trust,
    /// A session policy, which STS reads.
    Session,
}

impl Use {
    /// The kind of document that this is.
    #[must_use]
    pub fn kind(self) -> DocumentKind {
        match self {
            Self::Managed | Self::Inline => DocumentKind::Identity,
            Self::Trust => DocumentKind::Trust,
            Self::Session => DocumentKind::Session,
        }
    }
}

/// A document that IAM does not take.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{words}")]
pub struct Refused {
    /// What AWS answers.
    pub words: String,
    /// What is wrong and where, for whoever mends it.
    pub why: String,
}

impl Refused {
    fn new(words: impl Into<String>, why: impl Into<String>) -> Self {
        Self {
            words: words.into(),
            why: why.into(),
        }
    }
}

/// Words that several rules share.
const SYNTAX: &str = "Syntax errors in policy.";
const LEGACY: &str = "The policy failed legacy parsing";

/// Reads a document as IAM does.
///
/// What IAM takes although it means little (an empty list, an unknown operator without keys) is
/// taken.
///
/// # Errors
/// AWS's words for the first kind of fault, and ours for the place.
pub fn read(usage: Use, text: &str) -> Result<Document, Refused> {
    let value: Value = serde_json::from_str(text).map_err(|error| {
        // Recorded on AWS.
        Refused::new("This policy contains invalid Json", error.to_string())
    })?;
    let parsed = Document::parse(usage.kind(), text);
    check(usage, &value).map_err(|refused| match &parsed {
        Err(error) => Refused::new(refused.words, error.to_string()),
        Ok(_) => refused,
    })?;
    match parsed {
        Ok(document) => Ok(document),
        Err(error) => tolerated(usage, &value, &error),
    }
}

/// The rules of IAM, in its order.
fn check(usage: Use, document: &Value) -> Result<(), Refused> {
    let statements = syntax::check(document)?;
    if usage == Use::Managed && document["Version"] != "2012-10-17" {
        let words = "Policy document must be version 2012-10-17 or greater.";
        return Err(Refused::new(
            words,
            "Version: a managed policy says \"2012-10-17\"",
        ));
    }
    check_legacy(&statements)?;
    let fault_of_resource = resource::check(&statements)?;
    check_sids(&statements)?;
    check_actions_exist(&statements)?;
    if let Some(refused) = fault_of_resource {
        return Err(refused);
    }
    for action in texts_of(&statements, &["Action"]).chain(texts_of(&statements, &["NotAction"])) {
        check_action(action)?;
    }
    match usage {
        Use::Trust => check_trust(&statements),
        Use::Managed | Use::Inline | Use::Session => check_identity(&statements),
    }
}

type Statement = Map<String, Value>;

/// The texts of these elements, over all statements.
fn texts_of<'d>(
    statements: &[&'d Statement],
    names: &'static [&'static str],
) -> impl Iterator<Item = &'d str> {
    let elements: Vec<&'d Value> = statements
        .iter()
        .flat_map(|statement| names.iter().filter_map(|name| statement.get(*name)))
        .collect();
    elements.into_iter().flat_map(|element| match element {
        Value::Array(list) => list.iter().filter_map(Value::as_str).collect(),
        element => element.as_str().into_iter().collect::<Vec<_>>(),
    })
}

/// What the older of IAM's parsers asks: the case of `Effect`, and dates that are some.
fn check_legacy(statements: &[&Statement]) -> Result<(), Refused> {
    for statement in statements {
        let effect = statement.get("Effect").and_then(Value::as_str);
        if !matches!(effect, Some("Allow" | "Deny")) {
            return Err(Refused::new(
                LEGACY,
                "Effect: write Allow or Deny, with this case",
            ));
        }
        let conditions = statement.get("Condition").and_then(Value::as_object);
        for (operator, keys) in conditions.into_iter().flatten() {
            if !syntax::bare_operator(operator).starts_with("Date") {
                continue;
            }
            for (key, values) in keys.as_object().into_iter().flatten() {
                let values: Vec<&Value> = match values {
                    Value::Array(list) => list.iter().collect(),
                    value => vec![value],
                };
                if let Some(value) = values.into_iter().find(|value| !date::is_one(value)) {
                    let why = format!("Condition.{operator}.{key}: `{value}` is no date");
                    return Err(Refused::new(LEGACY, why));
                }
            }
        }
    }
    Ok(())
}

fn check_sids(statements: &[&Statement]) -> Result<(), Refused> {
    let mut seen = Vec::new();
    for sid in texts_of(statements, &["Sid"]).filter(|sid| !sid.is_empty()) {
        if seen.contains(&sid) {
            let words = "Statement IDs (SID) in a single policy must be unique.";
            return Err(Refused::new(
                words,
                format!("Sid: `{sid}` names two statements"),
            ));
        }
        seen.push(sid);
    }
    Ok(())
}

/// Whether an element is there and says something.
fn says(statement: &Statement, names: [&str; 2]) -> bool {
    let mut named = names.iter().filter_map(|name| statement.get(*name));
    let first = named.next();
    first.is_some_and(|element| element.as_array().is_none_or(|list| !list.is_empty()))
}

fn check_actions_exist(statements: &[&Statement]) -> Result<(), Refused> {
    if statements
        .iter()
        .all(|statement| says(statement, ["Action", "NotAction"]))
    {
        return Ok(());
    }
    let why = "a statement has neither Action nor NotAction, or an empty one";
    Err(Refused::new("Policy statement must contain actions.", why))
}

fn check_action(action: &str) -> Result<(), Refused> {
    let refused = |words: String| Err(Refused::new(words, format!("Action: `{action}`")));
    let mut parts = action.split(':');
    let vendor = parts.next().unwrap_or_default();
    match parts.count() {
        0 if vendor != "*" => refused(
            "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.".to_owned(),
        ),
        0 | 1 => {
            let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.');
            if vendor == "*" || vendor.bytes().all(is_plain) {
                Ok(())
            } else {
                refused(format!("Vendor {vendor} is not valid"))
            }
        }
        _ => refused("Actions/Condition can contain only one colon.".to_owned()),
    }
}

fn check_identity(statements: &[&Statement]) -> Result<(), Refused> {
    // Pasted in several public issues.
    let named = ["Principal", "NotPrincipal"];
    if statements
        .iter()
        .any(|statement| named.iter().any(|name| statement.contains_key(*name)))
    {
        let why = "Principal: who is meant is whoever the policy is attached to";
        return Err(Refused::new(
            "Policy document should not specify a principal.",
            why,
        ));
    }
    if statements
        .iter()
        .all(|statement| says(statement, ["Resource", "NotResource"]))
    {
        return Ok(());
    }
    let why = "a statement has neither Resource nor NotResource, or an empty one";
    Err(Refused::new(
        "Policy statement must contain resources.",
        why,
    ))
}

/// The actions of STS that a trust policy may name (Service Authorization Reference, AWS Security
/// Token Service).
const TRUST_ACTIONS: [&str; 6] = [
    "sts:AssumeRole",
    "sts:AssumeRoleWithSAML",
    "sts:AssumeRoleWithWebIdentity",
    "sts:SetContext",
    "sts:SetSourceIdentity",
    "sts:TagSession",
];

fn check_trust(statements: &[&Statement]) -> Result<(), Refused> {
    let is_known = |action: &str| {
        // A wildcard stands for actions of STS too; it is taken where it is one of STS.
        action.starts_with("sts:") && action.contains(['*', '?'])
            || TRUST_ACTIONS
                .iter()
                .any(|known| known.eq_ignore_ascii_case(action))
    };
    if let Some(action) =
        texts_of(statements, &["Action", "NotAction"]).find(|action| !is_known(action))
    {
        // Pasted in a public issue of 2023.
        let words = "AssumeRole policy may only specify STS AssumeRole actions.";
        return Err(Refused::new(
            words,
            format!("Action: `{action}` is none of {TRUST_ACTIONS:?}"),
        ));
    }
    for name in ["Resource", "NotResource"] {
        if statements
            .iter()
            .any(|statement| statement.contains_key(name))
        {
            let why = format!("{name}: the role itself is the resource of its trust policy");
            return Err(Refused::new("Has prohibited field Resource.", why));
        }
    }
    let names_somebody = |statement: &&Statement| {
        statement.contains_key("Principal") || statement.contains_key("NotPrincipal")
    };
    if statements.iter().all(names_somebody) {
        return Ok(());
    }
    // Pasted in several public issues.
    let words = "Invalid principal in policy: com.amazon.balsa.error.InvalidPolicyException: The passed in policy has a statement with no principals!";
    Err(Refused::new(
        words,
        "Principal: a trust policy says who may assume the role",
    ))
}

/// A document that IAM takes and the strict reader does not: read as one that is stored already,
/// without what means nothing.
fn tolerated(usage: Use, document: &Value, error: &DocumentError) -> Result<Document, Refused> {
    // How long a document may be is the quota of the place where it is put.
    if error.rule == "size limit" {
        let stored = Document::from_stored(usage.kind(), document);
        return stored.map_err(|error| Refused::new(SYNTAX, error.to_string()));
    }
    if let Some((_, kind)) = error.path.split_once("rincipal") {
        return Err(wrong_principal(kind, error));
    }
    let mut known = document.clone();
    let statements = match &mut known["Statement"] {
        Value::Array(list) => list.iter_mut().collect(),
        statement => vec![statement],
    };
    for statement in statements {
        for name in ["Resource", "NotResource"] {
            if let Some(Value::Array(list)) = statement.get_mut(name) {
                list.retain(|resource| !resource.is_null());
            }
        }
        if let Some(Value::Object(operators)) = statement.get_mut("Condition") {
            operators.retain(|_, keys| keys.as_object().is_none_or(|keys| !keys.is_empty()));
        }
    }
    Document::from_stored(usage.kind(), &known).map_err(|_| Refused::new(SYNTAX, error.to_string()))
}

/// A principal that cannot be one, with its kind in capital letters, as AWS names it.
fn wrong_principal(kind: &str, error: &DocumentError) -> Refused {
    let kind = kind.trim_start_matches('.').to_ascii_uppercase();
    let words = match error.message.split('`').nth(1) {
        Some(value) if !kind.is_empty() => {
            format!("Invalid principal in policy: \"{kind}\":\"{value}\"")
        }
        _ => SYNTAX.to_owned(),
    };
    Refused::new(words, error.to_string())
}

impl From<DocumentError> for Refused {
    /// For documents that are no policies of IAM's own.
    fn from(error: DocumentError) -> Self {
        Self::new(SYNTAX, error.to_string())
    }
}
