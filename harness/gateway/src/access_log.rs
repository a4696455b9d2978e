//! Access-log formats: a line with `$context` variables.

mod variable;

use thiserror::Error;

use crate::kind::ApiKind;

pub(crate) use variable::is_of_kind;

/// One line's format.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogFormat {
    text: String,
    parts: Vec<Part>,
    /// Whether the line is JSON, whose values must not break it.
    json: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Text(String),
    Variable(String),
}

/// What begins a variable.
const PREFIX: &str = "$context.";

/// Why a format is refused.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum FormatError {
    /// Lines could not be found again (AWS's text, as observed).
    #[error(
        "Access Log format must include either $context.requestId or $context.extendedRequestId"
    )]
    NoRequestId,
    /// A variable that HTTP APIs do not have, or that a Lambda authorizer would pass on, which the lab
    /// does not simulate (in our words).
    #[error(
        "`$context.{0}` is no variable of an HTTP API's access log without Lambda authorizers: give one \
         such as `$context.requestId`, `$context.authorizer.error` or `$context.authorizer.claims.sub`"
    )]
    Unknown(String),
    /// A variable that the access logs of REST APIs do not have (in our words).
    #[error(
        "`$context.{0}` is no variable of a REST API's access log: give one such as `$context.requestId`, \
         `$context.error.message` or `$context.authorizer.principalId`"
    )]
    UnknownOfRest(String),
}

impl LogFormat {
    /// Reads a format; what is no variable is text. Line ends become blanks, because a line is one.
    pub fn parse(text: &str) -> Self {
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some(start) = rest.find(PREFIX) {
            let name = variable_name(&rest[start + PREFIX.len()..]);
            let end = start + PREFIX.len() + name.len();
            let before = if name.is_empty() {
                &rest[..end]
            } else {
                &rest[..start]
            };
            push_text(&mut parts, before);
            if !name.is_empty() {
                parts.push(Part::Variable(name.to_owned()));
            }
            rest = &rest[end..];
        }
        push_text(&mut parts, rest);
        Self {
            text: text.to_owned(),
            parts,
            json: text.trim_start().starts_with('{'),
        }
    }

    /// Whether an API of this kind takes the format.
    ///
    /// # Errors
    /// It holds no request id, or a variable that is not known.
    pub fn check(&self, kind: ApiKind) -> Result<(), FormatError> {
        let unknown = self
            .variables()
            .find(|name| !variable::is_of_log(kind, name));
        if let Some(unknown) = unknown.map(str::to_owned) {
            return Err(match kind {
                ApiKind::Http => FormatError::Unknown(unknown),
                ApiKind::Rest => FormatError::UnknownOfRest(unknown),
            });
        }
        let mut variables = self.variables();
        if variables.any(|name| matches!(name, "requestId" | "extendedRequestId")) {
            Ok(())
        } else {
            Err(FormatError::NoRequestId)
        }
    }

    /// The format as it was written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The names of its variables, without `$context.`.
    pub fn variables(&self) -> impl Iterator<Item = &str> {
        self.parts.iter().filter_map(|part| match part {
            Part::Variable(name) => Some(name.as_str()),
            Part::Text(_) => None,
        })
    }

    /// The line; a variable that `value` does not know prints `-`.
    pub fn line<V: AsRef<str>>(&self, value: impl Fn(&str) -> Option<V>) -> String {
        let mut line = String::with_capacity(self.text.len() * 2);
        for part in &self.parts {
            match part {
                Part::Text(text) => line.push_str(text),
                Part::Variable(name) => {
                    let value = value(name);
                    let value = value.as_ref().map_or("", V::as_ref);
                    let value = if value.is_empty() { "-" } else { value };
                    // `messageString` brings its own quotes.
                    if self.json && !name.ends_with(".messageString") {
                        push_escaped(&mut line, value);
                    } else {
                        line.push_str(value);
                    }
                }
            }
        }
        line
    }
}

/// The name that a variable begins with: words joined by dots. Claims may hold `:` and `-`, as in
/// `$context.authorizer.claims.cognito:username`.
pub(crate) fn variable_name(text: &str) -> &str {
    let of_claim = text.starts_with("authorizer.");
    let word = |character: char| {
        character.is_ascii_alphanumeric()
            || matches!(character, '_' | '.')
            || (of_claim && matches!(character, ':' | '-' | '/'))
    };
    let end = text
        .find(|character| !word(character))
        .unwrap_or(text.len());
    // A sentence's punctuation after a variable is no part of it.
    text[..end].trim_end_matches(['.', ':', '-', '/'])
}

fn push_text(parts: &mut Vec<Part>, text: &str) {
    if !text.is_empty() {
        parts.push(Part::Text(text.replace(['\r', '\n'], " ")));
    }
}

/// Escapes as inside a JSON string. (That API Gateway does so is unverified; a line that a client's
/// header could break would be worse.)
fn push_escaped(line: &mut String, value: &str) {
    for character in value.chars() {
        match character {
            '"' => line.push_str("\\\""),
            '\\' => line.push_str("\\\\"),
            control if control.is_control() => {
                line.push_str(&format!("\\u{:04x}", u32::from(control)))
            }
            plain => line.push(plain),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_format_names_the_request_and_known_variables_only() {
        let cases = [
            ("$context.requestId", None),
            (
                r#"{"id":"$context.extendedRequestId","s":"$context.status"}"#,
                None,
            ),
            ("$context.requestId $context.authorizer.claims.sub", None),
            ("$context.requestId $context.authorizer.error.", None),
            ("$context.requestId $context.authorizer.principalId", None),
            (
                "$context.requestId $context.authorizer.claims.cognito:username",
                None,
            ),
            (
                "$context.requestId $context.authorizer.eror",
                Some("`$context.authorizer.eror`"),
            ),
            (
                "$context.requestId $context.authorizer.claim.sub",
                Some("`$context.authorizer.claim.sub`"),
            ),
            (
                "$context.requestId $context.authorizer.claims.",
                Some("`$context.authorizer.claims`"),
            ),
            (
                "$context.requestId $context.authorizer",
                Some("`$context.authorizer`"),
            ),
            ("$context.status", Some("must include either")),
            ("plain", Some("must include either")),
            (
                "$context.requestIdentity",
                Some("`$context.requestIdentity`"),
            ),
            (
                "$context.requestId $context.nonsense",
                Some("`$context.nonsense`"),
            ),
            (
                "$context.requestId $context.authorize.error",
                Some("`$context.authorize.error`"),
            ),
            (
                "$context.requestId $context.status.x",
                Some("`$context.status.x`"),
            ),
            (
                "$context.requestId $context.resourcePath",
                Some("resourcePath"),
            ),
        ];
        for (format, expected) in cases {
            let problem = LogFormat::parse(format)
                .check(ApiKind::Http)
                .map_err(|it| it.to_string());
            match expected {
                None => assert_eq!(problem, Ok(()), "{format}"),
                Some(text) => assert!(problem.unwrap_err().contains(text), "{format}"),
            }
        }
    }

    #[test]
    fn a_rest_api_has_variables_of_its_own() {
        let id = "$context.requestId";
        let cases = [
            ("$context.extendedRequestId", None),
            ("$context.status", Some("must include either")),
            (
                "$context.requestId $context.resourcePath $context.resourceId",
                None,
            ),
            (
                "$context.requestId $context.authorizer.property $context.authorizer.claims.sub",
                None,
            ),
            (
                "$context.requestId $context.authenticate.error $context.authorize.status",
                None,
            ),
            (
                "$context.requestId $context.routeKey",
                Some("`$context.routeKey`"),
            ),
            (
                "$context.requestId $context.authorize.eror",
                Some("`$context.authorize.eror`"),
            ),
            (
                "$context.requestId $context.authorizer",
                Some("`$context.authorizer`"),
            ),
            (
                "$context.requestId $context.requestOverride.header.a",
                Some("`$context.requestOverride.header.a`"),
            ),
        ];
        for (format, expected) in cases {
            let problem = LogFormat::parse(format).check(ApiKind::Rest);
            let problem = problem.map_err(|it| it.to_string());
            match expected {
                None => assert_eq!(problem, Ok(()), "{format}"),
                Some(text) => assert!(problem.unwrap_err().contains(text), "{format}"),
            }
        }
        assert!(LogFormat::parse(id).check(ApiKind::Rest).is_ok());
    }

    #[test]
    fn variables_are_filled_and_unset_ones_print_a_dash() {
        let value = |name: &str| match name {
            "status" => Some("200".to_owned()),
            "identity.userAgent" => Some("a\"b".to_owned()),
            "authorizer.claims.cognito:username" => Some("ann".to_owned()),
            "error.messageString" => Some("\"Unauthorized\"".to_owned()),
            _ => None,
        };
        let cases = [
            (
                r#"{"s":"$context.status","a":"$context.identity.userAgent"}"#,
                r#"{"s":"200","a":"a\"b"}"#,
            ),
            (
                r#"{"e":$context.error.messageString}"#,
                r#"{"e":"Unauthorized"}"#,
            ),
            (
                "$context.identity.sourceIp - [$context.status]. $context.status.",
                "- - [200]. 200.",
            ),
            ("$context.authorizer.claims.cognito:username: x", "ann: x"),
            ("$context. $other", "$context. $other"),
            ("$context.identity.userAgent", "a\"b"),
        ];
        for (format, expected) in cases {
            assert_eq!(LogFormat::parse(format).line(value), expected, "{format}");
        }
    }
}
