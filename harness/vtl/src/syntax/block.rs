//! Texts, escapes, comments, and the way to directives and references.

use super::directive::End;
use super::parser::{Parsed, Parser, word};
use super::tree::{Block, Node, Printed};
use crate::error::ParseProblem;

/// The directives that a backslash can escape; before all but `#set` two backslashes are one.
const DIRECTIVES: [&str; 14] = [
    "if", "end", "set", "else", "elseif", "stop", "foreach", "include", "parse", "macro",
    "literal", "evaluate", "break", "define",
];

impl Block {
    /// Adds a text to what is printed.
    pub(super) fn text(&mut self, text: &str) {
        if let Some(Node::Text(before)) = self.0.last_mut() {
            before.push_str(text);
        } else if !text.is_empty() {
            self.0.push(Node::Text(text.to_owned()));
        }
    }
}

impl Parser<'_> {
    /// All of the text.
    pub fn all(&mut self) -> Parsed<Block> {
        let (block, end, at) = self.block()?;
        match end.name() {
            None => Ok(block),
            Some(name) => Err(self.trouble(at, ParseProblem::Unopened(name))),
        }
    }

    /// A block up to what ends it, that and where it stands.
    pub(super) fn block(&mut self) -> Parsed<(Block, End, usize)> {
        self.enter()?;
        let mut block = Block::default();
        let (end, at) = loop {
            if let Some(set) = self.set()? {
                block.0.push(set);
                continue;
            }
            let at = self.position;
            match self.next() {
                None => break (End::Source, at),
                Some(b'\\') => self.backslashes(&mut block)?,
                Some(b'$') => self.dollar(0, &mut block)?,
                Some(b'#') => {
                    if let Some(end) = self.hash(&mut block)? {
                        break (end, at);
                    }
                }
                Some(_) => {
                    let rest = self.rest();
                    let length = rest.find(['$', '#', '\\']).unwrap_or(rest.len());
                    block.text(rest.get(..length).unwrap_or_default());
                    self.position += length;
                }
            }
        };
        self.leave();
        Ok((block, end, at))
    }

    /// Backslashes escape references and directives; elsewhere they are text.
    fn backslashes(&mut self, block: &mut Block) -> Parsed<()> {
        let rest = self.rest();
        let behind = rest.trim_start_matches('\\');
        let count = rest.len() - behind.len();
        self.position += count;
        if behind.starts_with('$') {
            return self.dollar(count, block);
        }
        let named = behind.strip_prefix('#').and_then(word);
        let printed = match named {
            Some((name, length)) if count % 2 == 1 => {
                let directive = behind.get(..=length).unwrap_or_default();
                self.position += directive.len();
                let is_known = DIRECTIVES.contains(&name);
                block.text(&"\\".repeat(if is_known { count / 2 } else { count }));
                block.text(directive);
                return Ok(());
            }
            Some((name, _)) if name != "set" && DIRECTIVES.contains(&name) => count / 2,
            _ => count,
        };
        block.text(&"\\".repeat(printed));
        Ok(())
    }

    /// A reference behind so many backslashes, or a dollar that begins none.
    fn dollar(&mut self, backslashes: usize, block: &mut Block) -> Parsed<()> {
        let start = self.position;
        if let Some(reference) = self.reference(backslashes % 2 == 1)? {
            block.0.push(Node::Reference(Printed {
                reference,
                before: "\\".repeat(backslashes / 2),
                is_escaped: backslashes % 2 == 1,
            }));
            return Ok(());
        }
        self.position = start + 1;
        if !self.loses_dollar() {
            block.text(&"\\".repeat(backslashes));
            block.text("$");
        }
        // Velocity loses the sign of a quiet reference that is none.
        if self.next() == Some(b'!') && !self.rest().starts_with("!{") {
            self.position += 1;
        }
        if self.takes("{") {
            block.text("{");
        } else if self.takes("!{") {
            block.text("!{");
        }
        self.last_sign('$', start)
    }

    /// Whether something is next before which Velocity loses a dollar.
    fn loses_dollar(&self) -> bool {
        let named = self.rest().strip_prefix('#');
        let name = named.and_then(word).map(|(name, _)| name);
        let is_control = name.is_some_and(|name| matches!(name, "if" | "else" | "elseif" | "end"));
        is_control || named.is_some_and(|rest| rest.starts_with('*')) || self.is_at_set()
    }

    /// A comment, a text as it is, a directive, or a sign that begins none of them.
    fn hash(&mut self, block: &mut Block) -> Parsed<Option<End>> {
        let start = self.position;
        let rest = self.rest();
        if rest.starts_with("##") && self.property_end == Some(start) {
            // Velocity takes no comment directly behind a property.
            self.position += 2;
            block.text("##");
            return Ok(None);
        }
        if rest.starts_with("##") {
            let end = rest.find(['\n', '\r']).unwrap_or(rest.len());
            self.position += end;
            self.line_end();
            return Ok(None);
        }
        if let Some(inner) = rest.strip_prefix("#*") {
            let end = inner.find("*#").map_or(rest.len(), |end| end + 4);
            self.position += end;
            return Ok(None);
        }
        if let Some(inner) = rest.strip_prefix("#[[") {
            let Some(end) = inner.find("]]#") else {
                return Err(self.trouble(start, ParseProblem::Unclosed("#[[", "]]#")));
            };
            block.text(inner.get(..end).unwrap_or_default());
            self.position += end + 6;
            return Ok(None);
        }
        let Some((name, length)) = rest.get(1..).and_then(word) else {
            self.position += 1;
            block.text("#");
            return self.last_sign('#', start).map(|()| None);
        };
        self.position += 1 + length;
        if let Some(end) = End::of(name) {
            if end != End::ElseIf {
                self.line_end();
            }
            return Ok(Some(end));
        }
        self.directive(name, start, block).map(|()| None)
    }

    /// A sign that begins something may not be the last one of a template. Velocity puts a blank behind
    /// literals.
    fn last_sign(&self, sign: char, at: usize) -> Parsed<()> {
        if self.position >= self.source.len() && !self.is_literal && self.position == at + 1 {
            return Err(self.trouble(at, ParseProblem::LastSign(sign)));
        }
        Ok(())
    }
}
