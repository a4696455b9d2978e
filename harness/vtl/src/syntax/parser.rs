//! The position in the text, and what all parts of a template share.

use std::collections::{HashMap, HashSet};

use super::slot::{self, Slot};
use super::tree::Block;
use crate::error::ParseProblem;
use crate::limit::DEPTH_MAX;

/// What is wrong, and at which byte of the template.
#[derive(Debug)]
pub struct Trouble {
    /// The byte.
    pub offset: usize,
    /// What.
    pub problem: ParseProblem,
}

/// What was parsed.
pub type Parsed<T> = Result<T, Trouble>;

/// What all parts of a template share.
#[derive(Debug)]
pub struct Shared {
    /// The variables, by name.
    pub slots: HashMap<String, Slot>,
    /// The blocks of `#define`, by number.
    pub blocks: Vec<Block>,
    depth: usize,
    /// The variables that the template sets.
    pub assigned: HashSet<Slot>,
    /// What is wrong unless the template sets that variable.
    pub doubts: Vec<(Slot, Trouble)>,
}

impl Shared {
    /// Nothing but the variables that are there from the start.
    pub fn new() -> Self {
        let slots = slot::KNOWN.iter();
        Self {
            slots: slots
                .map(|(name, slot)| ((*name).to_owned(), *slot))
                .collect(),
            blocks: Vec::new(),
            depth: 0,
            assigned: HashSet::new(),
            doubts: Vec::new(),
        }
    }

    /// The variable of a name.
    pub fn slot(&mut self, name: &str) -> Slot {
        if let Some(slot) = self.slots.get(name) {
            return *slot;
        }
        let slot = self.slots.len();
        self.slots.insert(name.to_owned(), slot);
        slot
    }
}

/// Where the text of a parser stands in the template.
#[derive(Clone, Copy, Debug)]
pub enum Origin {
    /// It begins at this byte and is the template's own.
    Part(usize),
    /// It comes from the text at this byte, with other signs.
    From(usize),
}

/// A position in a text.
#[derive(Debug)]
pub struct Parser<'a> {
    /// The text.
    pub source: &'a str,
    /// The byte that is next.
    pub position: usize,
    /// Where the text stands in the template.
    pub origin: Origin,
    /// Whether the text is a literal in a template.
    pub is_literal: bool,
    /// Where the last property of a reference ended.
    pub property_end: Option<usize>,
    /// What all parts share.
    pub shared: &'a mut Shared,
}

impl<'a> Parser<'a> {
    /// At the start of a template.
    pub fn new(source: &'a str, shared: &'a mut Shared) -> Self {
        Self {
            source,
            position: 0,
            origin: Origin::Part(0),
            is_literal: false,
            property_end: None,
            shared,
        }
    }

    /// What is left of the text.
    pub fn rest(&self) -> &'a str {
        self.source.get(self.position..).unwrap_or_default()
    }

    /// The next byte. All signs of the language are ASCII.
    pub fn next(&self) -> Option<u8> {
        self.source.as_bytes().get(self.position).copied()
    }

    /// Goes past a text if it is next.
    pub fn takes(&mut self, text: &str) -> bool {
        let is_next = self.rest().starts_with(text);
        if is_next {
            self.position += text.len();
        }
        is_next
    }

    /// Goes past blanks and line ends.
    pub fn space(&mut self) {
        let rest = self.rest();
        let trimmed = rest.trim_start_matches([' ', '\t', '\n', '\r']);
        self.position += rest.len() - trimmed.len();
    }

    /// Goes past blanks and the line end behind them, if there is one.
    pub fn line_end(&mut self) {
        let rest = self.rest();
        let behind = rest.trim_start_matches([' ', '\t']);
        for end in ["\r\n", "\n", "\r"] {
            if behind.starts_with(end) {
                self.position += rest.len() - behind.len() + end.len();
                return;
            }
        }
    }

    /// Goes past what has to be next.
    pub fn expect(&mut self, text: &'static str, expected: &'static str) -> Parsed<()> {
        if self.takes(text) {
            return Ok(());
        }
        Err(self.expected(expected))
    }

    /// Something else belongs here.
    pub fn expected(&self, expected: &'static str) -> Trouble {
        let found = match self.rest().chars().next() {
            Some(sign) => format!("`{}`", sign.escape_debug()),
            None => "the end".to_owned(),
        };
        self.trouble(self.position, ParseProblem::Expected { expected, found })
    }

    /// What is wrong at a byte of this text.
    pub fn trouble(&self, at: usize, problem: ParseProblem) -> Trouble {
        Trouble {
            offset: self.offset(at),
            problem,
        }
    }

    /// The byte of the template where a byte of this text stands, or where the text comes from.
    pub fn offset(&self, at: usize) -> usize {
        match self.origin {
            Origin::Part(start) => start + at,
            Origin::From(start) => start,
        }
    }

    /// One level deeper.
    pub fn enter(&mut self) -> Parsed<()> {
        self.shared.depth += 1;
        if self.shared.depth > DEPTH_MAX {
            return Err(self.trouble(self.position, ParseProblem::TooDeep));
        }
        Ok(())
    }

    /// One level up. What fails never goes up: it ends the parsing.
    pub fn leave(&mut self) {
        self.shared.depth -= 1;
    }
}

/// The word of a directive at the start of a text, in braces or not, and the length with them.
pub fn word(text: &str) -> Option<(&str, usize)> {
    let is_first = |sign: &u8| sign.is_ascii_alphabetic() || matches!(*sign, b'_' | b'@');
    if let Some(inner) = text.strip_prefix('{') {
        let end = inner.find(|sign: char| !is_word(sign))?;
        let word = inner.get(..end)?;
        let is_word = word.as_bytes().first().is_some_and(is_first) && !word.starts_with('@');
        let is_closed = inner.get(end..).is_some_and(|rest| rest.starts_with('}'));
        return (is_word && is_closed).then_some((word, end + 2));
    }
    text.as_bytes().first().filter(|sign| is_first(sign))?;
    let end = text.find(|sign: char| !is_word(sign)).unwrap_or(text.len());
    Some((text.get(..end)?, end))
}

fn is_word(sign: char) -> bool {
    sign.is_ascii_alphanumeric() || matches!(sign, '_' | '@')
}
