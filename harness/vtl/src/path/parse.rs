//! From text to steps.

use std::sync::Arc;

use super::filter::{COMPARISONS, Comparison, Filter, Operand};
use super::{Function, Path, Step};
use crate::error::PathError;
use crate::limit::DEPTH_MAX;
use crate::pattern::{Extent, compile};

/// The functions by name.
const FUNCTIONS: [(&str, Function); 8] = [
    ("length", Function::Length),
    ("size", Function::Length),
    ("keys", Function::Keys),
    ("min", Function::Min),
    ("max", Function::Max),
    ("sum", Function::Sum),
    ("avg", Function::Average),
    ("stddev", Function::Deviation),
];

impl Path {
    /// Reads a path. One that begins with neither `$` nor `@` begins at the root.
    ///
    /// # Errors
    /// The first character that cannot stand where it stands.
    pub fn parse(text: &str) -> Result<Self, PathError> {
        let mut reader = Reader {
            text,
            position: 0,
            depth: 0,
        };
        reader.space();
        let mut path = Self {
            steps: Vec::new(),
            function: None,
        };
        if !reader.takes("$") && !reader.takes("@") && !reader.rest().starts_with(['[', '.']) {
            reader.name(&mut path)?;
        }
        reader.steps(&mut path)?;
        reader.space();
        if reader.rest().is_empty() {
            Ok(path)
        } else {
            Err(reader.expected("`.` or `[`"))
        }
    }
}

struct Reader<'a> {
    text: &'a str,
    position: usize,
    depth: usize,
}

impl<'a> Reader<'a> {
    fn rest(&self) -> &'a str {
        self.text.get(self.position..).unwrap_or_default()
    }

    fn takes(&mut self, text: &str) -> bool {
        let is_next = self.rest().starts_with(text);
        if is_next {
            self.position += text.len();
        }
        is_next
    }

    fn space(&mut self) {
        let rest = self.rest();
        self.position += rest.len() - rest.trim_start().len();
    }

    fn expect(&mut self, text: &str, expected: &'static str) -> Result<(), PathError> {
        self.space();
        if self.takes(text) {
            return Ok(());
        }
        Err(self.expected(expected))
    }

    fn expected(&self, expected: &'static str) -> PathError {
        let before = self.text.get(..self.position).unwrap_or_default();
        let path: String = self.text.chars().take(200).collect();
        PathError {
            path,
            at: before.chars().count() + 1,
            expected,
        }
    }

    fn enter(&mut self) -> Result<(), PathError> {
        self.depth += 1;
        if self.depth > DEPTH_MAX {
            return Err(self.expected("less nesting"));
        }
        Ok(())
    }

    /// The steps behind the root, as far as they go.
    fn steps(&mut self, path: &mut Path) -> Result<(), PathError> {
        while path.function.is_none() {
            if self.takes("..") {
                path.steps.push(Step::Descendants);
                if !self.rest().starts_with('[') {
                    self.name(path)?;
                }
            } else if self.takes(".") {
                self.name(path)?;
            } else if self.takes("[") {
                let step = self.bracket()?;
                path.steps.push(step);
            } else {
                break;
            }
        }
        Ok(())
    }

    /// A name behind a dot, `*`, or a function.
    fn name(&mut self, path: &mut Path) -> Result<(), PathError> {
        if self.takes("*") {
            path.steps.push(Step::All);
            return Ok(());
        }
        let rest = self.rest();
        let is_end = |sign: char| {
            matches!(
                sign,
                '.' | '[' | ']' | '(' | ')' | ',' | '=' | '!' | '<' | '>' | '&' | '|'
            ) || sign.is_whitespace()
        };
        let end = rest.find(is_end).unwrap_or(rest.len());
        let name = rest.get(..end).unwrap_or_default();
        if name.is_empty() {
            return Err(self.expected("a name"));
        }
        if rest.get(end..).is_some_and(|rest| rest.starts_with('(')) {
            let function = FUNCTIONS.iter().find(|(known, _)| *known == name);
            let Some((_, function)) = function else {
                return Err(self.expected(
                    "a function: `length()`, `keys()`, `min()`, `max()`, `sum()`, `avg()`, `stddev()`",
                ));
            };
            self.position += end + 1;
            self.expect(")", "`)`")?;
            path.function = Some(*function);
            return Ok(());
        }
        self.position += end;
        path.steps.push(Step::Names(vec![name.into()]));
        Ok(())
    }

    fn bracket(&mut self) -> Result<Step, PathError> {
        self.space();
        let step = if self.takes("*") {
            Step::All
        } else if self.takes("?") {
            self.expect("(", "`(`")?;
            let filter = self.any()?;
            self.expect(")", "`)`")?;
            Step::Filter(filter)
        } else if self.rest().starts_with(['\'', '"']) {
            let mut names = Vec::new();
            loop {
                self.space();
                names.push(self.quoted()?);
                self.space();
                if !self.takes(",") {
                    break;
                }
            }
            Step::Names(names)
        } else {
            self.numbers()?
        };
        self.expect("]", "`]`")?;
        Ok(step)
    }

    fn numbers(&mut self) -> Result<Step, PathError> {
        let first = self.index();
        self.space();
        if self.takes(":") {
            self.space();
            return Ok(Step::Slice(first, self.index()));
        }
        let missing = "an index, a name in quotes, `*` or `?(`";
        let mut indices = vec![first.ok_or_else(|| self.expected(missing))?];
        loop {
            self.space();
            if !self.takes(",") {
                return Ok(Step::Indices(indices));
            }
            self.space();
            let index = self.index();
            indices.push(index.ok_or_else(|| self.expected("an index"))?);
        }
    }

    fn index(&mut self) -> Option<i64> {
        let rest = self.rest();
        let digits = rest.strip_prefix('-').unwrap_or(rest);
        let end = digits.find(|sign: char| !sign.is_ascii_digit());
        let length = rest.len() - digits.len() + end.unwrap_or(digits.len());
        let index = rest.get(..length)?.parse().ok()?;
        self.position += length;
        Some(index)
    }

    /// A text in quotes; a backslash takes the next character as it is.
    fn quoted(&mut self) -> Result<Arc<str>, PathError> {
        let mut signs = self.rest().char_indices();
        let Some((_, quote)) = signs.next().filter(|(_, sign)| matches!(sign, '\'' | '"')) else {
            return Err(self.expected("a name in quotes"));
        };
        let mut text = String::new();
        while let Some((at, sign)) = signs.next() {
            if sign == quote {
                self.position += at + 1;
                return Ok(text.into());
            }
            if sign == '\\' {
                text.extend(signs.next().map(|(_, escaped)| escaped));
            } else {
                text.push(sign);
            }
        }
        self.position = self.text.len();
        Err(self.expected("a quote that ends the name"))
    }

    fn any(&mut self) -> Result<Filter, PathError> {
        self.enter()?;
        let mut filters = vec![self.every()?];
        loop {
            self.space();
            if !self.takes("||") {
                break;
            }
            filters.push(self.every()?);
        }
        self.depth -= 1;
        Ok(Filter::Any(filters))
    }

    fn every(&mut self) -> Result<Filter, PathError> {
        let mut filters = vec![self.condition()?];
        loop {
            self.space();
            if !self.takes("&&") {
                return Ok(Filter::All(filters));
            }
            filters.push(self.condition()?);
        }
    }

    fn condition(&mut self) -> Result<Filter, PathError> {
        self.space();
        if self.takes("!") {
            self.enter()?;
            let inner = self.condition()?;
            self.depth -= 1;
            return Ok(Filter::Not(Box::new(inner)));
        }
        if self.takes("(") {
            let inner = self.any()?;
            self.expect(")", "`)`")?;
            return Ok(inner);
        }
        let left = self.operand()?;
        self.space();
        let found = COMPARISONS
            .iter()
            .find(|(sign, _)| self.rest().starts_with(sign));
        let Some((sign, comparison)) = found else {
            return Ok(Filter::Exists(left));
        };
        self.position += sign.len();
        let right = self.operand()?;
        if *comparison == Comparison::Matches && !matches!(right, Operand::Pattern(_)) {
            return Err(self.expected("a pattern between slashes behind `=~`"));
        }
        Ok(Filter::Compare(left, *comparison, right))
    }

    fn operand(&mut self) -> Result<Operand, PathError> {
        self.space();
        let is_root = self.rest().starts_with('$');
        if self.takes("$") || self.takes("@") {
            self.enter()?;
            let mut path = Path {
                steps: Vec::new(),
                function: None,
            };
            self.steps(&mut path)?;
            self.depth -= 1;
            return Ok(if is_root {
                Operand::Root(path)
            } else {
                Operand::Here(path)
            });
        }
        for (word, operand) in [
            ("true", Operand::Boolean(true)),
            ("false", Operand::Boolean(false)),
            ("null", Operand::Null),
        ] {
            if self.takes(word) {
                return Ok(operand);
            }
        }
        match self.rest().chars().next() {
            Some('\'' | '"') => Ok(Operand::Text(self.quoted()?)),
            Some('/') => self.pattern(),
            Some('[') => self.list(),
            _ => self.number(),
        }
    }

    fn number(&mut self) -> Result<Operand, PathError> {
        let rest = self.rest();
        let is_part =
            |sign: char| sign.is_ascii_digit() || matches!(sign, '-' | '+' | '.' | 'e' | 'E');
        let end = rest.find(|sign| !is_part(sign)).unwrap_or(rest.len());
        let written = rest.get(..end).unwrap_or_default();
        let whole = written.parse().ok().map(Operand::Integer);
        let number = whole.or_else(|| written.parse().ok().map(Operand::Float));
        let number = number.ok_or_else(|| self.expected("a path, a text in quotes or a number"))?;
        self.position += end;
        Ok(number)
    }

    fn list(&mut self) -> Result<Operand, PathError> {
        self.enter()?;
        self.position += 1;
        let mut items = Vec::new();
        self.space();
        if !self.takes("]") {
            loop {
                items.push(self.operand()?);
                self.space();
                if self.takes("]") {
                    break;
                }
                self.expect(",", "`,` or `]`")?;
            }
        }
        self.depth -= 1;
        Ok(Operand::List(items))
    }

    fn pattern(&mut self) -> Result<Operand, PathError> {
        let inner = self.rest().get(1..).unwrap_or_default();
        let Some(end) = inner.find('/') else {
            return Err(self.expected("a slash that ends the pattern"));
        };
        let written = inner.get(..end).unwrap_or_default();
        let behind = inner.get(end + 1..).unwrap_or_default();
        let is_caseless = behind.starts_with('i');
        let regex = compile(written, Extent::Whole, is_caseless);
        let regex = regex
            .ok_or_else(|| self.expected("a pattern without references back or looks around"))?;
        self.position += end + 2 + usize::from(is_caseless);
        Ok(Operand::Pattern(regex))
    }
}
