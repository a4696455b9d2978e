//! Directives.

use super::parser::{Parsed, Parser};
use super::tree::{Block, Expression, Foreach, Node};
use crate::error::ParseProblem;

/// What ends a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// `#end`.
    Block,
    /// `#else`.
    Else,
    /// `#elseif`.
    ElseIf,
    /// The end of the text.
    Source,
}

impl End {
    /// The end of this name.
    pub fn of(name: &str) -> Option<Self> {
        Some(match name {
            "end" => Self::Block,
            "else" => Self::Else,
            "elseif" => Self::ElseIf,
            _ => return None,
        })
    }

    /// How it is written; the end of the text is not.
    pub fn name(self) -> Option<&'static str> {
        match self {
            Self::Block => Some("#end"),
            Self::Else => Some("#else"),
            Self::ElseIf => Some("#elseif"),
            Self::Source => None,
        }
    }
}

impl Parser<'_> {
    /// `#set(…)`, with the blanks before it.
    pub(super) fn set(&mut self) -> Parsed<Option<Node>> {
        let start = self.position;
        let Some(inside) = inside_set(self.rest()) else {
            return Ok(None);
        };
        self.position = self.source.len() - inside.len();
        self.space();
        let Some(target) = self.reference(false)? else {
            return Err(self.expected("a reference such as `$name`"));
        };
        self.space();
        self.expect("=", "`=`")?;
        let value = self.expression()?;
        self.close("#set", start)?;
        if target.steps.is_empty() && target.is_plain {
            self.shared.assigned.insert(target.slot);
        }
        Ok(Some(Node::Set(target, value)))
    }

    /// Whether `#set(…)` is next.
    pub(super) fn is_at_set(&self) -> bool {
        inside_set(self.rest()).is_some()
    }

    /// The directive of a name that has been read.
    pub(super) fn directive(&mut self, name: &str, start: usize, block: &mut Block) -> Parsed<()> {
        let node = match name {
            "if" => self.conditional(start)?,
            "stop" => Node::Stop,
            "foreach" => self.foreach(start)?,
            "define" => self.define(start)?,
            "break" if self.is_called() => {
                self.open()?;
                let which = self.parameter()?;
                self.close("#break", start)?;
                Node::Break(Some(which))
            }
            "break" => Node::Break(None),
            "literal" => {
                if self.arguments("#literal", start)? {
                    let inner = self.position;
                    let end = self.inner("#literal", start)?;
                    block.text(self.source.get(inner..end).unwrap_or_default());
                } else {
                    block.text("#literal");
                }
                return Ok(());
            }
            "include" | "parse" | "evaluate" | "macro" if self.is_called() => {
                let names = ["include", "parse", "evaluate", "macro"];
                let name = names.into_iter().find(|known| *known == name);
                let problem = ParseProblem::Directive(name.unwrap_or_default());
                return Err(self.trouble(start, problem));
            }
            other => {
                // Not a directive: it is printed as it is written. What looks like arguments has to be some.
                let position = self.position;
                if self.arguments("#", start)? && other.starts_with('@') {
                    self.inner("#@", start)?;
                } else if self.position > position {
                    self.position = self.end_of_arguments(position);
                }
                let written = self.source.get(start..self.position);
                block.text(written.unwrap_or_default());
                return Ok(());
            }
        };
        block.0.push(node);
        Ok(())
    }

    /// The closing parenthesis of a directive, with the line end behind it.
    fn close(&mut self, name: &'static str, start: usize) -> Parsed<()> {
        if self.position >= self.source.len() {
            return Err(self.trouble(start, ParseProblem::Unclosed(name, ")")));
        }
        self.expect(")", "an operator or `)`")?;
        self.line_end();
        Ok(())
    }

    /// Whether a parenthesis is next, behind white space.
    fn is_called(&self) -> bool {
        let behind = self.rest().trim_start_matches([' ', '\t', '\n', '\r']);
        behind.starts_with('(')
    }

    fn open(&mut self) -> Parsed<()> {
        self.space();
        self.expect("(", "`(`")
    }

    /// `#if` and what belongs to it.
    fn conditional(&mut self, start: usize) -> Parsed<Node> {
        let mut branches = Vec::new();
        let unclosed = |parser: &Self| parser.trouble(start, ParseProblem::Unclosed("#if", "#end"));
        loop {
            self.open()?;
            let condition = self.expression()?;
            self.close("#if", start)?;
            let (block, end, _) = self.block()?;
            branches.push((condition, block));
            match end {
                End::Block => return Ok(Node::If(branches, Block::default())),
                End::ElseIf => {}
                End::Source => return Err(unclosed(self)),
                End::Else => break,
            }
        }
        let (otherwise, end, at) = self.block()?;
        match (end, end.name()) {
            (End::Block, _) => Ok(Node::If(branches, otherwise)),
            (_, Some(name)) => Err(self.trouble(at, ParseProblem::Unopened(name))),
            (_, None) => Err(unclosed(self)),
        }
    }

    fn foreach(&mut self, start: usize) -> Parsed<Node> {
        self.open()?;
        self.space();
        let variable = self.reference(false)?;
        let Some(variable) = variable.filter(|reference| reference.steps.is_empty()) else {
            return Err(self.expected("a variable such as `$item`"));
        };
        self.shared.assigned.insert(variable.slot);
        self.space();
        let word = self.rest().get(..2).unwrap_or_default();
        if !word.eq_ignore_ascii_case("in") {
            return Err(self.expected("`in`"));
        }
        self.position += 2;
        let list = self.parameter()?;
        self.close("#foreach", start)?;
        let (body, end, at) = self.block()?;
        self.ended(end, at, "#foreach", start)?;
        Ok(Node::Foreach(Foreach {
            variable: variable.slot,
            list,
            body,
            offset: self.offset(start),
        }))
    }

    fn define(&mut self, start: usize) -> Parsed<Node> {
        self.open()?;
        self.space();
        let variable = self.reference(false)?;
        let Some(variable) = variable.filter(|reference| reference.steps.is_empty()) else {
            return Err(self.expected("a variable such as `$block`"));
        };
        self.shared.assigned.insert(variable.slot);
        self.space();
        self.close("#define", start)?;
        let (body, end, at) = self.block()?;
        self.ended(end, at, "#define", start)?;
        let number = self.shared.blocks.len();
        self.shared.blocks.push(body);
        Ok(Node::Define(variable, number))
    }

    /// Goes past a block whose text is all that counts, and says where it ends.
    fn inner(&mut self, name: &'static str, start: usize) -> Parsed<usize> {
        let doubts = self.shared.doubts.len();
        let (_, end, at) = self.block()?;
        self.shared.doubts.truncate(doubts);
        self.ended(end, at, name, start)?;
        Ok(at)
    }

    /// A block has to end with `#end`.
    fn ended(&self, end: End, at: usize, name: &'static str, start: usize) -> Parsed<()> {
        match (end, end.name()) {
            (End::Block, _) => Ok(()),
            (_, Some(name)) => Err(self.trouble(at, ParseProblem::Unopened(name))),
            (_, None) => Err(self.trouble(start, ParseProblem::Unclosed(name, "#end"))),
        }
    }

    /// Goes past arguments in parentheses, if they are next.
    fn arguments(&mut self, name: &'static str, start: usize) -> Parsed<bool> {
        if !self.is_called() {
            return Ok(false);
        }
        self.open()?;
        loop {
            self.space();
            if self.takes(",") {
                self.space();
            }
            match self.next() {
                None => return Err(self.trouble(start, ParseProblem::Unclosed(name, ")"))),
                Some(b')') => break,
                _ => self.argument()?,
            }
        }
        self.close(name, start)?;
        Ok(true)
    }

    /// An argument of a directive may be a bare word.
    fn argument(&mut self) -> Parsed<()> {
        match super::parser::word(self.rest()) {
            Some((word, length)) if !self.rest().starts_with('{') && !is_boolean(word) => {
                self.position += length;
                Ok(())
            }
            _ => self.parameter().map(drop::<Expression>),
        }
    }

    /// Where the arguments end that were read from a position to here: without the line end.
    fn end_of_arguments(&self, from: usize) -> usize {
        let read = self.source.get(from..self.position).unwrap_or_default();
        let trimmed = read.trim_end_matches([' ', '\t', '\n', '\r']);
        from + trimmed.len()
    }
}

/// What stands behind the parenthesis of a `#set` that a text begins with, blanks before it or not.
fn inside_set(text: &str) -> Option<&str> {
    let blank = [' ', '\t'];
    let behind = text.trim_start_matches(blank);
    let mut names = ["#set", "#{set}"].iter();
    let named = names.find_map(|name| behind.strip_prefix(name))?;
    named.trim_start_matches(blank).strip_prefix('(')
}

fn is_boolean(word: &str) -> bool {
    matches!(word, "true" | "false")
}
