//! Texts, numbers, lists and maps.

use super::expression::is_number;
use super::parser::{Origin, Parsed, Parser, word};
use super::tree::{Expression, Node};
use crate::error::ParseProblem;

impl Parser<'_> {
    /// A literal or a reference, with the white space around it: operators are not allowed in arguments,
    /// lists and maps.
    pub(super) fn parameter(&mut self) -> Parsed<Expression> {
        self.space();
        let expression = match self.next() {
            Some(quote @ (b'"' | b'\'')) => self.text(quote)?,
            Some(b'[') => self.list()?,
            Some(b'{') => self.map()?,
            Some(b'$') => {
                let reference = self.reference(false)?;
                Expression::Reference(reference.ok_or_else(|| self.expected("a name behind `$`"))?)
            }
            _ if is_number(self.rest()) => self.number()?,
            _ => match word(self.rest()) {
                Some(("true", length)) => self.boolean(true, length),
                Some(("false", length)) => self.boolean(false, length),
                _ => {
                    return Err(
                        self.expected("a value: a reference, a text, a number, a list, a map")
                    );
                }
            },
        };
        self.space();
        Ok(expression)
    }

    fn boolean(&mut self, value: bool, length: usize) -> Expression {
        self.position += length;
        Expression::Boolean(value)
    }

    /// A text in quotes; doubled quotes stand for one. Double quotes let references and directives work,
    /// and escapes of four hexadecimal digits.
    fn text(&mut self, quote: u8) -> Parsed<Expression> {
        let start = self.position;
        let (sign, doubled) = if quote == b'"' {
            ("\"", "\"\"")
        } else {
            ("'", "''")
        };
        let mut end = start + 1;
        loop {
            let rest = self.source.get(end..).unwrap_or_default();
            let Some(found) = rest.find(sign) else {
                let problem = ParseProblem::Unclosed(sign, sign);
                return Err(self.trouble(start, problem));
            };
            end += found;
            if !rest.get(found..).unwrap_or_default().starts_with(doubled) {
                break;
            }
            end += 2;
        }
        let written = self.source.get(start + 1..end).unwrap_or_default();
        self.position = end + 1;
        let mut text = written.replace(doubled, sign);
        if quote == b'"' && text.contains("\\u") {
            text = unescaped(&text);
        }
        if quote != b'"' || !text.contains(['$', '#']) {
            return Ok(Expression::Text(text.into()));
        }
        self.enter()?;
        let is_same = text == written && matches!(self.origin, Origin::Part(_));
        let origin = if is_same {
            Origin::Part(self.offset(start + 1))
        } else {
            Origin::From(self.offset(start))
        };
        let mut inner = Parser {
            source: &text,
            position: 0,
            origin,
            is_literal: true,
            property_end: None,
            shared: self.shared,
        };
        let block = inner.all()?;
        self.leave();
        Ok(match block.0.as_slice() {
            [] => Expression::Text("".into()),
            [Node::Text(text)] => Expression::Text(text.as_str().into()),
            _ => Expression::Interpolated(block),
        })
    }

    /// A number. Two dots behind an integer make a range.
    fn number(&mut self) -> Parsed<Expression> {
        let start = self.position;
        self.takes("-");
        self.digits();
        let rest = self.rest();
        let mut is_float = false;
        if rest.starts_with('.') && !rest.starts_with("..") {
            is_float = true;
            self.position += 1;
            self.digits();
        }
        let exponent = self.rest().strip_prefix(['e', 'E']).unwrap_or_default();
        let unsigned = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
        if unsigned.starts_with(|sign: char| sign.is_ascii_digit()) {
            is_float = true;
            self.position += 1 + exponent.len() - unsigned.len();
            self.digits();
        }
        let written = self.source.get(start..self.position).unwrap_or_default();
        let number = if is_float {
            written.parse().ok().map(Expression::Float)
        } else {
            written.parse().ok().map(Expression::Integer)
        };
        number.ok_or_else(|| {
            let shown: String = written.chars().take(40).collect();
            self.trouble(start, ParseProblem::Number(shown))
        })
    }

    fn digits(&mut self) {
        let rest = self.rest();
        let behind = rest.trim_start_matches(|sign: char| sign.is_ascii_digit());
        self.position += rest.len() - behind.len();
    }

    /// `[a, b]` or `[a..b]`.
    fn list(&mut self) -> Parsed<Expression> {
        self.enter()?;
        self.position += 1;
        let mut items = Vec::new();
        if !self.takes("]") {
            let first = self.parameter()?;
            if self.takes("..") {
                let last = self.parameter()?;
                self.expect("]", "`]`")?;
                self.leave();
                return Ok(Expression::Range(Box::new((first, last))));
            }
            items.push(first);
            while !self.takes("]") {
                self.expect(",", "`,` or `]`")?;
                items.push(self.parameter()?);
            }
        }
        self.leave();
        Ok(Expression::List(items))
    }

    /// `{a: b}`.
    fn map(&mut self) -> Parsed<Expression> {
        self.enter()?;
        self.position += 1;
        self.space();
        let mut entries = Vec::new();
        if !self.takes("}") {
            loop {
                let key = self.parameter()?;
                self.expect(":", "`:`")?;
                entries.push((key, self.parameter()?));
                if self.takes("}") {
                    break;
                }
                self.expect(",", "`,` or `}`")?;
            }
        }
        self.leave();
        Ok(Expression::Map(entries))
    }
}

/// Replaces escapes of four hexadecimal digits.
fn unescaped(text: &str) -> String {
    let mut parts = text.split("\\u");
    let mut replaced = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let digits = part.get(..4);
        let code = digits.and_then(|digits| u32::from_str_radix(digits, 16).ok());
        match code.and_then(char::from_u32) {
            Some(sign) => {
                replaced.push(sign);
                replaced.push_str(part.get(4..).unwrap_or_default());
            }
            None => {
                replaced.push_str("\\u");
                replaced.push_str(part);
            }
        }
    }
    replaced
}
