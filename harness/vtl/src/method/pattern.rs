//! Methods of texts that take regular expressions. The engine is linear; what only Java's has is refused.

use std::sync::Arc;

use regex::{Captures, Regex};

use super::{Found, thrown};
use crate::error::RenderProblem;
use crate::pattern::{Extent, compile};
use crate::render::Machine;
use crate::value::{ListKind, Value};

/// How many steps the compilation of a regular expression counts for.
const COMPILATION_STEPS: usize = 5_000;

/// How many bytes are searched in one step.
const SEARCH_BYTES: usize = 16;

impl Machine<'_> {
    /// `matches`, `replaceAll`, `replaceFirst`, `split`.
    pub(super) fn of_pattern(&mut self, text: &str, name: &str, arguments: &[Value]) -> Found {
        match (name, arguments) {
            ("matches", [Value::Text(pattern)]) => {
                let regex = self.regex(pattern, Extent::Whole, text)?;
                Ok(Some(Value::Boolean(regex.is_match(text))))
            }
            ("replaceAll", [Value::Text(pattern), Value::Text(with)]) => {
                self.replaced(text, pattern, with, usize::MAX)
            }
            ("replaceFirst", [Value::Text(pattern), Value::Text(with)]) => {
                self.replaced(text, pattern, with, 1)
            }
            ("split", [Value::Text(pattern)]) => self.split(text, pattern, 0),
            ("split", [Value::Text(pattern), Value::Integer(limit)]) => {
                self.split(text, pattern, *limit)
            }
            _ => Ok(None),
        }
    }

    /// The compiled expression, before it searches a text.
    fn regex(
        &mut self,
        pattern: &Arc<str>,
        extent: Extent,
        text: &str,
    ) -> Result<Regex, RenderProblem> {
        self.heap.step(1 + text.len() / SEARCH_BYTES)?;
        self.heap.look(pattern)?;
        let key = (Arc::clone(pattern), extent);
        if let Some(regex) = self.patterns.get(&key) {
            return Ok(regex.clone());
        }
        self.heap.step(COMPILATION_STEPS)?;
        let Some(regex) = compile(pattern, extent, false) else {
            let shown = pattern.chars().take(200).collect();
            return Err(RenderProblem::Pattern(shown));
        };
        self.patterns.insert(key, regex.clone());
        Ok(regex)
    }

    fn replaced(&mut self, text: &str, pattern: &Arc<str>, with: &str, count: usize) -> Found {
        let regex = self.regex(pattern, Extent::Part, text)?;
        let mut made = String::new();
        let mut end = 0;
        for captures in regex.captures_iter(text).take(count) {
            let Some(found) = captures.get(0) else {
                continue;
            };
            self.heap
                .write(text.get(end..found.start()).unwrap_or_default(), &mut made)?;
            let with = expanded(with, &captures)?;
            self.heap.write(&with, &mut made)?;
            end = found.end();
        }
        self.heap
            .write(text.get(end..).unwrap_or_default(), &mut made)?;
        Ok(Some(self.heap.written(made)))
    }

    /// Parts between matches. Without a limit empty ones at the end are left out, and always an empty one
    /// before a match without length at the start.
    fn split(&mut self, text: &str, pattern: &Arc<str>, limit: i128) -> Found {
        let regex = self.regex(pattern, Extent::Part, text)?;
        let most = usize::try_from(limit).unwrap_or(0);
        let mut parts = Vec::new();
        let mut start = 0;
        for found in regex.find_iter(text) {
            if most > 0 && parts.len() + 1 >= most {
                break;
            }
            if found.end() == 0 || (found.is_empty() && found.start() == text.len()) {
                continue;
            }
            parts.push(text.get(start..found.start()).unwrap_or_default());
            self.heap.take_members(1)?;
            start = found.end();
        }
        parts.push(text.get(start..).unwrap_or_default());
        if limit == 0 && parts.len() > 1 {
            while parts.last().is_some_and(|part| part.is_empty()) {
                parts.pop();
            }
        }
        let mut values = Vec::with_capacity(parts.len());
        for part in parts {
            values.push(self.heap.text(part)?);
        }
        self.heap.list(values, ListKind::Fixed).map(Some)
    }
}

/// What replaces a match: `$1` and `${name}` stand for groups, a backslash takes the next character as it
/// is.
fn expanded(with: &str, captures: &Captures<'_>) -> Result<String, RenderProblem> {
    let mut text = String::new();
    let mut signs = with.char_indices();
    while let Some((at, sign)) = signs.next() {
        match sign {
            '\\' => text.extend(signs.next().map(|(_, escaped)| escaped)),
            '$' => {
                let rest = with.get(at + 1..).unwrap_or_default();
                let named = rest
                    .strip_prefix('{')
                    .and_then(|rest| rest.split_once('}'))
                    .map(|(name, _)| name);
                let digits = rest.chars().take_while(char::is_ascii_digit).count();
                let (group, length) = match named {
                    Some(name) => (captures.name(name), name.chars().count() + 2),
                    None => numbered(rest, digits, captures)?,
                };
                text.push_str(group.map_or("", |group| group.as_str()));
                if length > 0 {
                    signs.nth(length - 1);
                }
            }
            _ => text.push(sign),
        }
    }
    Ok(text)
}

/// The group of as many digits as there is a group for, and how many those are.
fn numbered<'a>(
    rest: &str,
    digits: usize,
    captures: &Captures<'a>,
) -> Result<(Option<regex::Match<'a>>, usize), RenderProblem> {
    for length in (1..=digits.min(9)).rev() {
        let number = rest
            .get(..length)
            .and_then(|digits| digits.parse::<usize>().ok());
        if let Some(number) = number.filter(|number| *number < captures.len()) {
            return Ok((captures.get(number), length));
        }
    }
    let reason = "the replacement names a group that is not there: write `\\$` for a dollar";
    Err(thrown("replaceAll", reason))
}
