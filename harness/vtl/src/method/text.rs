//! Texts: methods of `java.lang.String`.

use std::cmp::Ordering;
use std::sync::Arc;

use super::{Found, thrown, unit};
use crate::render::Machine;
use crate::value::Value;

impl Machine<'_> {
    /// A method of a text.
    pub(super) fn of_text(&mut self, text: &Arc<str>, name: &str, arguments: &[Value]) -> Found {
        self.heap.look(text)?;
        for argument in arguments {
            if let Value::Text(argument) = argument {
                self.heap.look(argument)?;
            }
        }
        if let Some(answer) = ask(text, name, arguments) {
            return Ok(Some(answer));
        }
        if let Some(part) = self.part(text, name, arguments)? {
            return Ok(Some(part));
        }
        let made = match (name, arguments) {
            ("concat", [Value::Text(other)]) => {
                self.heap.take(other.len())?;
                format!("{text}{other}")
            }
            ("trim", []) => text.trim_matches(|sign| sign <= ' ').to_owned(),
            ("toLowerCase", []) => text.to_lowercase(),
            ("toUpperCase", []) => text.to_uppercase(),
            ("replace", [Value::Text(from), Value::Text(to)]) => {
                let count = text.matches(&**from).count();
                self.heap.take(count.saturating_mul(to.len()))?;
                text.replace(&**from, to)
            }
            _ => return self.of_pattern(text, name, arguments),
        };
        self.heap.text(made).map(Some)
    }

    /// `charAt`, `substring`.
    fn part(&mut self, text: &str, name: &str, arguments: &[Value]) -> Found {
        let length = unit::count(text);
        let (method, from, to) = match (name, arguments) {
            ("charAt", [Value::Integer(at)]) => ("charAt", *at, at.saturating_add(1)),
            ("substring", [Value::Integer(from)]) => {
                let end = i128::try_from(length).unwrap_or(i128::MAX);
                ("substring", *from, end)
            }
            ("substring" | "subSequence", [Value::Integer(from), Value::Integer(to)]) => {
                ("substring", *from, *to)
            }
            _ => return Ok(None),
        };
        let range = usize::try_from(from).ok().zip(usize::try_from(to).ok());
        let part = range.and_then(|(from, to)| unit::slice(text, from, to));
        let part = part.ok_or_else(|| {
            let reason = format!(
                "the text has {length} characters and none from {from} to {to}: ask `length()` first"
            );
            thrown(method, reason)
        })?;
        self.heap.text(part).map(Some)
    }
}

/// Methods that answer with a number or a boolean.
fn ask(text: &str, name: &str, arguments: &[Value]) -> Option<Value> {
    Some(match (name, arguments) {
        ("length", []) => Value::count(unit::count(text)),
        ("isEmpty", []) => Value::Boolean(text.is_empty()),
        ("hashCode", []) => Value::Integer(i128::from(hash(text))),
        ("contains", [Value::Text(part)]) => Value::Boolean(text.contains(&**part)),
        ("startsWith", [Value::Text(part)]) => Value::Boolean(text.starts_with(&**part)),
        ("endsWith", [Value::Text(part)]) => Value::Boolean(text.ends_with(&**part)),
        ("equalsIgnoreCase", [Value::Text(other)]) => Value::Boolean(folded(text) == folded(other)),
        ("compareTo", [Value::Text(other)]) => Value::Integer(compare(text, other)),
        ("compareToIgnoreCase", [Value::Text(other)]) => {
            Value::Integer(compare(&folded(text), &folded(other)))
        }
        ("indexOf", [Value::Text(part)]) => place(text, text.find(&**part)),
        ("indexOf", [Value::Text(part), Value::Integer(from)]) => {
            let from = unit::to_byte(text, usize::try_from((*from).max(0)).unwrap_or(usize::MAX));
            let found = text.get(from..).and_then(|rest| rest.find(&**part));
            place(text, found.map(|found| found + from))
        }
        ("lastIndexOf", [Value::Text(part)]) => place(text, text.rfind(&**part)),
        _ => return None,
    })
}

fn place(text: &str, byte: Option<usize>) -> Value {
    byte.map_or(Value::Integer(-1), |byte| {
        Value::count(unit::of_byte(text, byte))
    })
}

fn folded(text: &str) -> String {
    text.to_uppercase().to_lowercase()
}

/// The difference of the first units that differ, or of the lengths.
fn compare(left: &str, right: &str) -> i128 {
    let pairs = left.encode_utf16().zip(right.encode_utf16());
    for (left, right) in pairs {
        if left.cmp(&right) != Ordering::Equal {
            return i128::from(left) - i128::from(right);
        }
    }
    let length = |text| i128::try_from(unit::count(text)).unwrap_or(i128::MAX);
    length(left) - length(right)
}

fn hash(text: &str) -> i32 {
    text.encode_utf16().fold(0_i32, |hash, unit| {
        hash.wrapping_mul(31).wrapping_add(i32::from(unit))
    })
}
