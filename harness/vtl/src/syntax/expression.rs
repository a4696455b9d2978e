//! Operators.

use super::parser::{Parsed, Parser, word};
use super::tree::{Chain, Expression, Operator};

/// An operator by symbol and, if it has one, by word.
type Name = (&'static str, &'static str, Operator);

/// The operators that bind alike, from the loosest. Longer symbols come first.
const LEVELS: [&[Name]; 6] = [
    &[("||", "or", Operator::Or)],
    &[("&&", "and", Operator::And)],
    &[
        ("==", "eq", Operator::Equal),
        ("!=", "ne", Operator::NotEqual),
    ],
    &[
        ("<=", "le", Operator::LessOrEqual),
        (">=", "ge", Operator::GreaterOrEqual),
        ("<", "lt", Operator::Less),
        (">", "gt", Operator::Greater),
    ],
    &[("+", "", Operator::Add), ("-", "", Operator::Subtract)],
    &[
        ("*", "", Operator::Multiply),
        ("/", "", Operator::Divide),
        ("%", "", Operator::Remainder),
    ],
];

impl Parser<'_> {
    /// What stands behind `=` in `#set`, in `#if` and in parentheses.
    pub(super) fn expression(&mut self) -> Parsed<Expression> {
        self.enter()?;
        let expression = self.level(0)?;
        self.leave();
        Ok(expression)
    }

    fn level(&mut self, level: usize) -> Parsed<Expression> {
        let Some(operators) = LEVELS.get(level) else {
            return self.unary();
        };
        let first = self.level(level + 1)?;
        let mut rest = Vec::new();
        while let Some(operator) = self.operator(operators)? {
            rest.push((operator, self.level(level + 1)?));
        }
        if rest.is_empty() {
            return Ok(first);
        }
        Ok(Expression::Chain(Box::new(Chain { first, rest })))
    }

    fn operator(&mut self, operators: &[Name]) -> Parsed<Option<Operator>> {
        let rest = self.rest();
        let found = word(rest).map(|(found, _)| found);
        for (symbol, name, operator) in operators {
            if rest.starts_with(symbol) {
                // Velocity reads a sign before digits as part of the number.
                if *operator == Operator::Subtract && is_number(rest) {
                    return Err(
                        self.expected("an operator (a blank belongs between `-` and a number)")
                    );
                }
                self.position += symbol.len();
                return Ok(Some(*operator));
            }
            if found == Some(name) {
                self.position += name.len();
                return Ok(Some(*operator));
            }
        }
        Ok(None)
    }

    fn unary(&mut self) -> Parsed<Expression> {
        let mut count = 0;
        loop {
            self.space();
            let rest = self.rest();
            if rest.starts_with('!') {
                self.position += 1;
            } else if word(rest).is_some_and(|(found, _)| found == "not") {
                self.position += 3;
            } else {
                break;
            }
            count += 1;
        }
        let operand = self.operand()?;
        Ok(match count {
            0 => operand,
            count if count % 2 == 1 => Expression::Not(Box::new(operand)),
            _ => Expression::Not(Box::new(Expression::Not(Box::new(operand)))),
        })
    }

    fn operand(&mut self) -> Parsed<Expression> {
        self.space();
        if !self.takes("(") {
            return self.parameter();
        }
        let inner = self.expression()?;
        self.expect(")", "an operator or `)`")?;
        self.space();
        Ok(inner)
    }
}

/// Whether a text begins with a number that has a sign.
pub(super) fn is_number(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let digits = digits.strip_prefix('.').unwrap_or(digits);
    digits.starts_with(|sign: char| sign.is_ascii_digit())
}
