//! Text patterns with `*`, `?` and `${variables}`, compiled once and matched without allocation.
//!
//! Sources (IAM user guide): wildcards `reference_policies_elements_resource.html` and
//! `..._action.html`; variables, defaults and the escapes `${*}`, `${?}`, `${$}`
//! `reference_policies_variables.html`; ARNs compared field by field
//! `reference_policies_elements_condition_operators.html`. That the value of a variable never
//! becomes a wildcard is unverified (grade K): the safe reading, since a tag value could widen a
//! grant otherwise.

mod arn;
mod variable;

pub use arn::arn_matches;

pub(crate) use arn::{Arn, ArnPattern};
pub(crate) use variable::{MULTIVALUED_KEYS, Variable, variable_fault};

use self::variable::{Part, variable_at};
use crate::context::Context;

/// Which of the special signs of a text count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Syntax {
    /// `*` and `?` stand for other characters.
    pub(crate) wildcards: bool,
    /// `${...}` is replaced (documents of version 2012-10-17).
    pub(crate) variables: bool,
}

/// A compiled text.
#[derive(Debug, Clone)]
pub(crate) struct Pattern(Shape);

#[derive(Debug, Clone)]
enum Shape {
    Any,
    Exact(Box<str>),
    Prefix(Box<str>),
    General(Box<[Token]>),
}

#[derive(Debug, Clone)]
enum Token {
    Text(Box<str>),
    One,
    Many,
    Variable(Variable),
}

impl Pattern {
    pub(crate) fn new(text: &str, syntax: Syntax) -> Self {
        let tokens = tokenize(text, syntax);
        Self(match tokens.as_slice() {
            [] => Shape::Exact("".into()),
            [Token::Many] => Shape::Any,
            [Token::Text(text)] => Shape::Exact(text.clone()),
            [Token::Text(text), Token::Many] => Shape::Prefix(text.clone()),
            _ => Shape::General(tokens.into_boxed_slice()),
        })
    }

    /// Whether the whole of `text` fits.
    #[inline]
    pub(crate) fn matches(&self, text: &str, context: &Context) -> bool {
        match &self.0 {
            Shape::Any => true,
            Shape::Exact(exact) => **exact == *text,
            Shape::Prefix(prefix) => text.starts_with(&**prefix),
            Shape::General(tokens) => matches_tokens(tokens, text, context),
        }
    }

    /// Like [`Pattern::matches`] for a pattern without variables and text that is held as bytes.
    #[inline]
    pub(crate) fn matches_bytes(&self, text: &[u8]) -> bool {
        match &self.0 {
            Shape::Any => true,
            Shape::Exact(exact) => exact.as_bytes() == text,
            Shape::Prefix(prefix) => text.starts_with(prefix.as_bytes()),
            Shape::General(tokens) => std::str::from_utf8(text)
                .is_ok_and(|text| matches_tokens(tokens, text, &Context::EMPTY)),
        }
    }

    /// Like [`Pattern::matches`] for text without wildcards, regardless of case.
    pub(crate) fn equals_ignoring_case(&self, text: &str, context: &Context) -> bool {
        match &self.0 {
            Shape::Exact(exact) => same_ignoring_case(exact, text),
            Shape::General(tokens) => {
                let mut expanded = String::new();
                for token in tokens {
                    match token {
                        Token::Text(text) => expanded.push_str(text),
                        Token::Variable(variable) => match variable.value(context) {
                            Some(value) => expanded.push_str(value),
                            None => return false,
                        },
                        Token::One | Token::Many => return false,
                    }
                }
                same_ignoring_case(&expanded, text)
            }
            Shape::Any | Shape::Prefix(_) => false,
        }
    }

    /// The text with the values of its variables; `None` where one has none. Stars and question marks that
    /// count stay what they are.
    pub(crate) fn filled(&self, context: &Context) -> Option<String> {
        let tokens: &[Token] = match &self.0 {
            Shape::Any => return Some("*".to_owned()),
            Shape::Exact(text) => return Some(text.to_string()),
            Shape::Prefix(text) => return Some(format!("{text}*")),
            Shape::General(tokens) => tokens,
        };
        let parts = tokens.iter().map(|token| match token {
            Token::Text(text) => Some(&**text),
            Token::One => Some("?"),
            Token::Many => Some("*"),
            Token::Variable(variable) => variable.value(context),
        });
        parts.collect()
    }

    /// Whether this is `*`.
    pub(crate) fn is_any(&self) -> bool {
        matches!(self.0, Shape::Any)
    }

    /// The text, where it holds nothing special.
    pub(crate) fn as_exact(&self) -> Option<&str> {
        match &self.0 {
            Shape::Exact(text) => Some(text),
            _ => None,
        }
    }

    /// What every matching text begins with.
    pub(crate) fn literal_prefix(&self) -> &str {
        match &self.0 {
            Shape::Any => "",
            Shape::Exact(text) | Shape::Prefix(text) => text,
            Shape::General(tokens) => match tokens.first() {
                Some(Token::Text(text)) => text,
                _ => "",
            },
        }
    }

    /// The text and whether a star follows it, where there is nothing else.
    pub(crate) fn as_literal(&self) -> Option<(&str, bool)> {
        match &self.0 {
            Shape::Any => Some(("", true)),
            Shape::Exact(text) => Some((text, false)),
            Shape::Prefix(text) => Some((text, true)),
            Shape::General(_) => None,
        }
    }

    /// The same with a star for every variable that `is_unknown` names: it matches what this one may
    /// match, whatever values those have.
    pub(crate) fn widened(&self, is_unknown: &dyn Fn(&Variable) -> bool) -> Self {
        match &self.0 {
            Shape::General(tokens) => {
                let widened = tokens.iter().map(|token| match token {
                    Token::Variable(variable) if is_unknown(variable) => Token::Many,
                    other => other.clone(),
                });
                Self(Shape::General(widened.collect()))
            }
            _ => self.clone(),
        }
    }

    /// The variables in it.
    pub(crate) fn variables(&self) -> impl Iterator<Item = &Variable> {
        let tokens: &[Token] = match &self.0 {
            Shape::General(tokens) => tokens,
            _ => &[],
        };
        tokens.iter().filter_map(|token| match token {
            Token::Variable(variable) => Some(variable),
            _ => None,
        })
    }
}

fn same_ignoring_case(left: &str, right: &str) -> bool {
    left.eq_ignore_ascii_case(right)
        || (!(left.is_ascii() && right.is_ascii()) && left.to_lowercase() == right.to_lowercase())
}

fn tokenize(text: &str, syntax: Syntax) -> Vec<Token> {
    let mut tokens: Vec<Token> = Vec::new();
    let mut literal = String::new();
    let mut rest = text;
    let flush = |literal: &mut String, tokens: &mut Vec<Token>| {
        if !literal.is_empty() {
            tokens.push(Token::Text(std::mem::take(literal).into_boxed_str()));
        }
    };
    while let Some(first) = rest.chars().next() {
        if syntax.variables
            && let Some((part, length)) = variable_at(rest)
        {
            match part {
                Part::Literal(character) => literal.push(character),
                Part::Variable(variable) => {
                    flush(&mut literal, &mut tokens);
                    tokens.push(Token::Variable(variable));
                }
            }
            rest = &rest[length..];
            continue;
        }
        match first {
            '*' if syntax.wildcards => {
                flush(&mut literal, &mut tokens);
                if !matches!(tokens.last(), Some(Token::Many)) {
                    tokens.push(Token::Many);
                }
            }
            '?' if syntax.wildcards => {
                flush(&mut literal, &mut tokens);
                tokens.push(Token::One);
            }
            other => literal.push(other),
        }
        rest = &rest[first.len_utf8()..];
    }
    flush(&mut literal, &mut tokens);
    tokens
}

/// Greedy matching that returns to the last star, linear in practice.
fn matches_tokens(tokens: &[Token], text: &str, context: &Context) -> bool {
    let mut token = 0;
    let mut rest = text;
    // After the last star: the token that follows it and the text it was tried on.
    let mut retry: Option<(usize, &str)> = None;
    loop {
        let advanced = match tokens.get(token) {
            None if rest.is_empty() => return true,
            None => None,
            Some(Token::Many) => {
                token += 1;
                if token == tokens.len() {
                    return true;
                }
                retry = Some((token, rest));
                continue;
            }
            Some(Token::One) => rest.chars().next().map(|first| &rest[first.len_utf8()..]),
            Some(Token::Text(literal)) => rest.strip_prefix(&**literal),
            Some(Token::Variable(variable)) => match variable.value(context) {
                Some(value) => rest.strip_prefix(value),
                // Without value the pattern matches nothing, stars or not.
                None => return false,
            },
        };
        if let Some(left) = advanced {
            rest = left;
            token += 1;
            continue;
        }
        let Some((after_star, tried)) = retry else {
            return false;
        };
        let Some(skipped) = tried.chars().next() else {
            return false;
        };
        let shorter = &tried[skipped.len_utf8()..];
        retry = Some((after_star, shorter));
        token = after_star;
        rest = shorter;
    }
}

/// Whether `text` fits `pattern` with `*` and `?`, without variables and regarding case.
///
/// This is how `StringLike` reads a pattern.
#[must_use]
pub fn matches_pattern(pattern: &str, text: &str) -> bool {
    Pattern::new(
        pattern,
        Syntax {
            wildcards: true,
            variables: false,
        },
    )
    .matches(text, &Context::new())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stars_and_marks() {
        for (pattern, text, expected) in [
            ("a*b*c", "a-b-b-c", true),
            ("a*b*c", "a-b-b-d", false),
            ("*", "", true),
            ("?", "", false),
            ("?", "ü", true),
            ("a?c", "abc", true),
            ("**x", "aax", true),
            ("*ab", "aab", true),
            ("*a?", "aab", true),
        ] {
            assert_eq!(
                matches_pattern(pattern, text),
                expected,
                "{pattern} on {text}"
            );
        }
    }

    #[test]
    fn fields_hold_the_star() {
        assert!(arn_matches("arn:*:s3:::b/*", "arn:aws:s3:::b/x:y"));
        assert!(!arn_matches("arn:*:b/*", "arn:aws:s3:::b/x"));
        assert!(!arn_matches(
            "arn:aws:svc:*:finance/*",
            "arn:aws:svc:r:1:finance/x"
        ));
    }

    #[test]
    fn variables_defaults_and_escapes() {
        let context: Context = [("aws:username", "a*"), ("x:Tag", "t}")]
            .into_iter()
            .collect();
        let syntax = Syntax {
            wildcards: true,
            variables: true,
        };
        for (pattern, text, expected) in [
            ("h/${aws:username}/*", "h/a*/k", true),
            ("h/${aws:username}/*", "h/ab/k", false),
            ("${AWS:UserName}", "a*", true),
            ("${none}*", "x", false),
            ("${none, 'd}e'}", "d}e", true),
            ("${x:tag, 'd'}", "t}", true),
            ("${*}${?}${$}", "*?$", true),
            ("${open", "${open", true),
        ] {
            let found = Pattern::new(pattern, syntax).matches(text, &context);
            assert_eq!(found, expected, "{pattern} on {text}");
        }
    }
}
