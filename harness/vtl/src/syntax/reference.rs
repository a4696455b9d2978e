//! What begins with `$`.

use std::sync::Arc;

use super::member;
use super::parser::{Parsed, Parser};
use super::tree::{Call, Expression, Reference, Step};
use crate::error::ParseProblem;

impl Parser<'_> {
    /// The reference that is next, or nothing where the dollar begins none. What an escaped one refers to
    /// is not asked.
    pub(super) fn reference(&mut self, is_escaped: bool) -> Parsed<Option<Reference>> {
        let start = self.position;
        if !self.takes("$") {
            return Ok(None);
        }
        let is_quiet = self.takes("!");
        let is_braced = self.takes("{");
        let Some(name) = identifier(self.rest()) else {
            self.position = start;
            return Ok(None);
        };
        self.named(name)?;
        let slot = self.shared.slot(name);
        let mut steps = Vec::new();
        while let Some(step) = self.step()? {
            steps.push(step);
        }
        if is_braced {
            self.expect("}", "`}`")?;
        }
        let source = self.source.get(start..self.position).unwrap_or_default();
        let reference = Reference {
            slot,
            steps,
            offset: self.offset(start),
            source: source.to_owned(),
            is_plain: !is_quiet && !is_braced,
        };
        if !is_braced && matches!(reference.steps.last(), Some(Step::Property(_))) {
            self.property_end = Some(self.position);
        }
        self.check(reference, is_escaped).map(Some)
    }

    /// Goes past a name.
    fn named(&mut self, name: &str) -> Parsed<()> {
        if matches!(name, "true" | "false") {
            return Err(self.trouble(self.position, ParseProblem::Word(name.to_owned())));
        }
        self.position += name.len();
        Ok(())
    }

    fn step(&mut self) -> Parsed<Option<Step>> {
        if self.takes("[") {
            self.enter()?;
            let index = self.parameter()?;
            self.leave();
            self.expect("]", "`]`")?;
            return Ok(Some(Step::Index(index)));
        }
        let behind = self.rest().strip_prefix('.').unwrap_or_default();
        let is_member = behind.starts_with(|sign: char| sign.is_ascii_alphabetic());
        let Some(name) = identifier(behind).filter(|_| is_member) else {
            return Ok(None);
        };
        self.position += 1;
        self.named(name)?;
        if !self.takes("(") {
            return Ok(Some(Step::Property(name.into())));
        }
        let arguments = self.call()?;
        Ok(Some(Step::Method(Call {
            name: name.to_owned(),
            arguments,
            path: None,
        })))
    }

    /// The arguments of a method, up to the parenthesis that closes them.
    fn call(&mut self) -> Parsed<Vec<Expression>> {
        let mut arguments = Vec::new();
        if self.takes(")") {
            return Ok(arguments);
        }
        self.enter()?;
        loop {
            arguments.push(self.argument_of_method()?);
            if self.takes(")") {
                break;
            }
            self.expect(",", "`,` or `)`")?;
        }
        self.leave();
        Ok(arguments)
    }

    /// A value, or a bare word, which Velocity takes and gives no value.
    fn argument_of_method(&mut self) -> Parsed<Expression> {
        self.space();
        match identifier(self.rest()) {
            Some(name) if !matches!(name, "true" | "false") => {
                self.position += name.len();
                self.space();
                Ok(Expression::Word)
            }
            _ => self.parameter(),
        }
    }

    /// Looks at what is asked of `$input` and `$util`.
    fn check(&mut self, mut reference: Reference, is_escaped: bool) -> Parsed<Reference> {
        if is_escaped {
            return Ok(reference);
        }
        if let Err(problem) = member::check(&mut reference) {
            let trouble = super::parser::Trouble {
                offset: reference.offset,
                problem,
            };
            self.shared.doubts.push((reference.slot, trouble));
        }
        Ok(reference)
    }
}

/// The name at the start of a text.
fn identifier(text: &str) -> Option<&str> {
    text.as_bytes()
        .first()
        .filter(|sign| sign.is_ascii_alphabetic() || **sign == b'_')?;
    let is_part = |sign: char| sign.is_ascii_alphanumeric() || matches!(sign, '_' | '-');
    let end = text.find(|sign| !is_part(sign)).unwrap_or(text.len());
    text.get(..end)
}

impl Expression {
    /// The text that it is, whatever the variables are.
    pub(super) fn constant(&self) -> Option<&Arc<str>> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }
}
