//! `${variables}`, their defaults, and the escapes `${*}`, `${?}`, `${$}`.
//!
//! Source: IAM user guide, `reference_policies_variables.html`.

use crate::context::{Context, key_hash};

/// Keys with several values, which no variable can stand for
/// (`reference_policies_condition-single-vs-multi-valued-context-keys.html`).
pub(crate) const MULTIVALUED_KEYS: [&str; 13] = [
    "aws:calledvia",
    "aws:principalorgpaths",
    "aws:principalservicenameslist",
    "aws:resourceorgpaths",
    "aws:sourceorgpaths",
    "aws:tagkeys",
    "cognito-identity.amazonaws.com:amr",
    "dynamodb:attributes",
    "dynamodb:leadingkeys",
    "kms:encryptioncontextkeys",
    "oam:resourcetypes",
    "sts:transitivetagkeys",
    "saml:edupersonaffiliation",
];

/// `${key}` or `${key, 'default'}`.
#[derive(Debug, Clone)]
pub(crate) struct Variable {
    /// As the policy spells it.
    pub(crate) name: Box<str>,
    lower: Box<str>,
    hash: u64,
    /// The key has several values, and no variable can stand for those.
    multivalued: bool,
    default: Option<Box<str>>,
}

impl Variable {
    /// The value of the key, else the default, else nothing.
    pub(super) fn value<'a>(&'a self, context: &'a Context) -> Option<&'a str> {
        match context.get_hashed(self.hash, &self.lower) {
            Some([value]) if !self.multivalued => Some(value),
            _ => self.default.as_deref(),
        }
    }

    /// The key, in lower case, whose value it may take; none where no value can stand for it.
    pub(crate) fn key(&self) -> Option<&str> {
        (!self.multivalued).then_some(&self.lower)
    }

    /// Whether the variable has neither value nor default.
    pub(crate) fn is_missing(&self, context: &Context) -> bool {
        self.default.is_none() && context.get_hashed(self.hash, &self.lower).is_none()
    }
}

pub(super) enum Part {
    Literal(char),
    Variable(Variable),
}

/// The variable or escape that `text` begins with, and its length in bytes.
pub(super) fn variable_at(text: &str) -> Option<(Part, usize)> {
    let inner = text.strip_prefix("${")?;
    let end = variable_end(inner)?;
    let body = &inner[..end];
    let length = end + "${}".len();
    let part = match body {
        "*" | "?" | "$" => Part::Literal(body.chars().next()?),
        _ => Part::Variable(parse_variable(body)?),
    };
    Some((part, length))
}

/// Position of the closing brace, which may not stand inside the quoted default.
fn variable_end(inner: &str) -> Option<usize> {
    let mut quoted = false;
    for (position, character) in inner.char_indices() {
        match character {
            '\'' => quoted = !quoted,
            '}' if !quoted => return Some(position),
            _ => {}
        }
    }
    None
}

fn parse_variable(body: &str) -> Option<Variable> {
    let (name, default) = match body.split_once(',') {
        Some((name, default)) => {
            let default = default
                .trim_start()
                .strip_prefix('\'')?
                .strip_suffix('\'')?;
            (name, Some(Box::from(default)))
        }
        None => (body, None),
    };
    if name.is_empty() || name.contains(['$', '{', '*', '?']) {
        return None;
    }
    let lower = name.to_ascii_lowercase().into_boxed_str();
    Some(Variable {
        name: name.into(),
        hash: key_hash(&lower),
        multivalued: MULTIVALUED_KEYS.contains(&&*lower),
        lower,
        default,
    })
}

/// Where a variable is not closed or its default lacks a quote: what the linter reports.
pub(crate) fn variable_fault(text: &str) -> Option<&'static str> {
    let mut rest = text;
    while let Some(start) = rest.find("${") {
        let inner = &rest[start + 2..];
        match variable_end(inner) {
            Some(end) => {
                let body = &inner[..end];
                if !matches!(body, "*" | "?" | "$") && parse_variable(body).is_none() {
                    return Some(
                        "the variable is malformed: write `${key}` or `${key, 'default'}`",
                    );
                }
                rest = &inner[end + 1..];
            }
            None if inner.matches('\'').count() % 2 == 1 => {
                return Some("the default of the variable lacks its closing quote");
            }
            None => return Some("the variable lacks its closing brace"),
        }
    }
    None
}
