//! Access-log formats: a line with `$context` variables.

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
    pub fn line(&self, value: impl Fn(&str) -> Option<String>) -> String {
        let mut line = String::with_capacity(self.text.len() * 2);
        for part in &self.parts {
            match part {
                Part::Text(text) => line.push_str(text),
                Part::Variable(name) => {
                    let value = value(name).filter(|value| !value.is_empty());
                    let value = value.unwrap_or_else(|| "-".to_owned());
                    // `messageString` brings its own quotes.
                    if self.json && !name.ends_with(".messageString") {
                        push_escaped(&mut line, &value);
                    } else {
                        line.push_str(&value);
                    }
                }
            }
        }
        line
    }
}

/// The name that a variable begins with: words joined by dots. Claims may hold `:` and `-`, as in
/// `$context.authorizer.claims.cognito:username`.
fn variable_name(text: &str) -> &str {
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
