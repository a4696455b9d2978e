//! What of a signature cannot be read, for the evidence.

use authlab_kernel::redaction;

use super::ALGORITHM;
use super::error::AuthorizationError;
use super::evidence::{Unreadable, UnreadableKind};
use crate::Incoming;

/// The longest scheme that is told: `Negotiate` has nine letters. What is longer may be a token.
const SCHEME_BYTES_MAX: usize = 16;

/// What is wrong with the signature of a request that gives this error.
#[must_use]
pub fn unreadable(error: &AuthorizationError, incoming: &Incoming<'_>) -> Unreadable {
    use UnreadableKind as Kind;
    let (kind, parts) = match error {
        AuthorizationError::NotKeyValue { .. } => (Kind::OtherScheme, Vec::new()),
        AuthorizationError::Missing { sentences, .. } => (Kind::Missing, missing(sentences)),
        AuthorizationError::MissingParameters { names } => {
            let names = names.iter().map(|name| (*name).to_owned());
            (Kind::Missing, names.collect())
        }
        AuthorizationError::Credential(given) => (Kind::Credential, vec![shown(given)]),
        AuthorizationError::Date(given) => (Kind::Date, vec![shown(given)]),
        AuthorizationError::Expires(given) => (Kind::Expires, vec![shown(given)]),
        AuthorizationError::HostNotSigned => (Kind::HostNotSigned, vec!["host".to_owned()]),
        AuthorizationError::Algorithm(given) => (Kind::Algorithm, vec![shown(given)]),
        AuthorizationError::Repeated(name) => (Kind::Repeated, vec![shown(name)]),
        AuthorizationError::Unknown(name) => (Kind::Unknown, vec![shown(name)]),
        AuthorizationError::Unreadable(name) => (Kind::NotText, vec![shown(name)]),
        AuthorizationError::BothForms(name) => (Kind::Both, vec![shown(name)]),
        AuthorizationError::SignedHeaders(list) => (Kind::SignedHeaders, vec![shown(list)]),
    };
    let scheme = scheme(incoming);
    // `Basic dXNlcjpwYXNz=` has an equal sign, and is no signature all the same.
    let is_other =
        scheme.is_some() && matches!(kind, Kind::Missing | Kind::Unknown | Kind::Algorithm);
    Unreadable {
        kind: if is_other { Kind::OtherScheme } else { kind },
        parts: if is_other { Vec::new() } else { parts },
        scheme,
    }
}

/// The scheme of the Authorization header, where it is none of AWS's.
fn scheme(incoming: &Incoming<'_>) -> Option<String> {
    let value = incoming.header("authorization")?.trim_matches(' ');
    let (scheme, _) = value.split_once(' ')?;
    let is_name = scheme.len() <= SCHEME_BYTES_MAX
        && scheme
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    (is_name && scheme != ALGORITHM && !scheme.starts_with("AWS4-")).then(|| scheme.to_owned())
}

/// The parts that AWS's sentences name in single quotes.
fn missing(sentences: &[String]) -> Vec<String> {
    let names = sentences.iter().filter_map(|sentence| {
        let mut quoted = sentence.split('\'');
        quoted.nth(1)
    });
    names.map(str::to_owned).collect()
}

/// A value of the request as evidence may show it: short, and without what looks like a credential.
fn shown(value: &str) -> String {
    const BYTES_MAX: usize = 128;
    if value.len() > BYTES_MAX {
        return redaction::value(value);
    }
    redaction::text(value).into_owned()
}
