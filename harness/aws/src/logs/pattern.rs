//! Filter patterns.
//!
//! Source: CloudWatch Logs user guide, `FilterAndPatternSyntax.html`. Known here: terms, quoted
//! phrases, `-exclusions`, `?alternatives`, and JSON patterns `{ $.a.b = "x*" && $.n > 3 }` with
//! `= != < <= > >=`, `IS NULL|TRUE|FALSE`, `NOT EXISTS`, `EXISTS`, `&&`, `||` and parentheses.
//! Not known: `%regular expressions%` and `[space, delimited]` patterns; they are refused.
//!
//! Alternatives beside other terms are ignored, as the guide says.

mod json;

use json::Expression;

/// A parsed filter pattern.
#[derive(Clone, Debug, PartialEq)]
pub struct Pattern(Kind);

#[derive(Clone, Debug, PartialEq)]
enum Kind {
    Everything,
    Terms {
        all: Vec<String>,
        any: Vec<String>,
        none: Vec<String>,
    },
    Json(Expression),
}

impl Pattern {
    /// Reads a pattern; an empty one matches everything.
    ///
    /// # Errors
    /// What cannot be read, or is not known, in words that fit after "is not supported:".
    pub fn parse(text: &str) -> Result<Self, String> {
        let text = text.trim();
        match text.chars().next() {
            None => Ok(Self(Kind::Everything)),
            Some('{') => Expression::parse(text).map(|it| Self(Kind::Json(it))),
            Some('[') => Err("space-delimited patterns `[…]` are not simulated".to_owned()),
            Some('%') => Err("regular expressions `%…%` are not simulated".to_owned()),
            Some(_) => terms(text),
        }
    }

    /// Whether a message matches.
    pub fn matches(&self, message: &str) -> bool {
        match &self.0 {
            Kind::Everything => true,
            Kind::Terms { all, any, none } => {
                all.iter().all(|term| message.contains(term.as_str()))
                    && (any.is_empty() || any.iter().any(|term| message.contains(term.as_str())))
                    && !none.iter().any(|term| message.contains(term.as_str()))
            }
            Kind::Json(expression) => {
                serde_json::from_str(message).is_ok_and(|document: serde_json::Value| {
                    document.is_object() && expression.matches(&document)
                })
            }
        }
    }
}

fn terms(text: &str) -> Result<Pattern, String> {
    let (mut all, mut any, mut none) = (Vec::new(), Vec::new(), Vec::new());
    let mut rest = text;
    while !rest.is_empty() {
        let list = match rest.chars().next() {
            Some('-') => &mut none,
            Some('?') => &mut any,
            _ => &mut all,
        };
        let start = usize::from(rest.starts_with(['-', '?']));
        let (term, after) = term(rest.get(start..).unwrap_or_default())?;
        list.push(term);
        rest = after.trim_start();
    }
    if !all.is_empty() || !none.is_empty() {
        any.clear();
    }
    Ok(Pattern(Kind::Terms { all, any, none }))
}

/// The first term and what follows it.
fn term(text: &str) -> Result<(String, &str), String> {
    if let Some(quoted) = text.strip_prefix('"') {
        return json::quoted(quoted);
    }
    let end = text.find(char::is_whitespace).unwrap_or(text.len());
    let (term, after) = text.split_at(end);
    if term.contains('%') {
        return Err("regular expressions `%…%` are not simulated".to_owned());
    }
    let is_plain = |letter: char| letter.is_alphanumeric() || letter == '_';
    if term.is_empty() || !term.chars().all(is_plain) {
        return Err(format!(
            "put `{term}` in double quotes: it is not of letters, digits and `_`"
        ));
    }
    Ok((term.to_owned(), after))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mutated_patterns_never_panic() {
        let seeds = [
            "ERROR -404 ?warn \"a b\"",
            "{ $.a.b = \"x*\" && ($.n > 3 || $.list[0] != 4) }",
            "{ ($.a IS NULL) || ($.b NOT EXISTS) && $.c IS TRUE }",
        ];
        let pieces = [
            "{",
            "}",
            "(",
            ")",
            "$",
            ".",
            "$.a",
            "[0]",
            "[",
            "]",
            " = ",
            " != ",
            "<",
            ">=",
            "&&",
            "||",
            "\"",
            "*",
            " IS NULL",
            " NOT EXISTS",
            " EXISTS",
            "-",
            "?",
            " ",
            "1e999",
            "-9223372036854775809",
            "ü",
            "\\",
            "%",
        ];
        let message = r#"{"a":{"b":"xyz"},"n":4,"list":[1,2],"c":true,"ü":null}"#;
        let (accepted, refused) =
            crate::mutate::run(&seeds, &pieces, |text| match Pattern::parse(text) {
                Ok(pattern) => {
                    let _matched = pattern.matches(message) || pattern.matches(text);
                    true
                }
                Err(_) => false,
            });
        assert!(accepted > 100 && refused > 100, "{accepted} and {refused}");
    }

    fn matches(pattern: &str, message: &str) -> bool {
        Pattern::parse(pattern).unwrap().matches(message)
    }

    #[test]
    fn terms_match_as_documented() {
        for (pattern, yes, no) in [
            ("", "anything", None),
            ("ERROR", "[ERROR 400]", Some("[error 400]")),
            ("ERROR 400", "[ERROR 400]", Some("[ERROR 500]")),
            (
                "\"INTERNAL SERVER\"",
                "an INTERNAL SERVER error",
                Some("INTERNAL x SERVER"),
            ),
            ("ERROR -400", "[ERROR 500]", Some("[ERROR 400]")),
            ("?ERROR ?WARN", "[WARN]", Some("[INFO]")),
            ("?WARN ERROR", "[ERROR]", Some("[WARN]")),
            ("-\"a b\"", "ab", Some("a b")),
            ("\"say \\\"hi\\\"\"", "say \"hi\"", Some("say hi")),
        ] {
            assert!(matches(pattern, yes), "{pattern} matches {yes}");
            if let Some(no) = no {
                assert!(!matches(pattern, no), "{pattern} does not match {no}");
            }
        }
    }

    #[test]
    fn json_patterns_match_as_documented() {
        let message = r#"{"status":403,"ip":"10.0.0.7","user":{"name":"bob","roles":["a","b"]},
            "error":null,"ok":false,"status_text":"403"}"#;
        for (pattern, expected) in [
            ("{ $.status = 403 }", true),
            ("{ $.status = 404 }", false),
            ("{ $.status_text = 403 }", true),
            ("{ $.status != 404 }", true),
            ("{ $.status >= 400 && $.status < 500 }", true),
            ("{ $.status > 403 || $.user.name = \"bob\" }", true),
            (
                "{ ($.status > 403 || $.user.name = bob) && $.ok IS TRUE }",
                false,
            ),
            ("{ $.ip = 10.0.* }", true),
            ("{ $.ip = \"10.1.*\" }", false),
            ("{ $.user.roles[1] = \"b\" }", true),
            ("{ $.user.roles[*] = \"a\" }", true),
            ("{ $.error IS NULL }", true),
            ("{ $.ok IS FALSE }", true),
            ("{ $.missing NOT EXISTS }", true),
            ("{ $.status NOT EXISTS }", false),
            ("{ $.status EXISTS }", true),
            ("{ $.missing = 1 }", false),
            ("{ $.missing != 1 }", false),
            ("{ $.status = -1 }", false),
        ] {
            assert_eq!(matches(pattern, message), expected, "{pattern}");
        }
        assert!(
            !matches("{ $.status = 403 }", "status 403"),
            "no JSON, no match"
        );
    }

    #[test]
    fn what_is_not_known_is_named() {
        for (pattern, problem) in [
            ("[ip, user]", "space-delimited"),
            ("%[0-9]%", "regular expressions"),
            ("{ $.a = %x% }", "regular expressions"),
            ("/health", "put `/health` in double quotes"),
            ("\"open", "a double quote is not closed"),
            ("{ $.a }", "expected an operator"),
            ("{ $.a = 1", "expected `}`"),
            ("{ a = 1 }", "expected a selector"),
            ("{ $.a < x }", "`<` needs a number"),
            ("{ ($.a = 1 }", "expected `)`"),
        ] {
            let error = Pattern::parse(pattern).unwrap_err();
            assert!(error.contains(problem), "{pattern}: {error}");
        }
    }
}
