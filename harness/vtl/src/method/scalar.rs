//! Numbers, booleans and `$foreach`.

use super::{Found, thrown};
use crate::render::Machine;
use crate::value::Value;
use crate::value::number::{float, whole};

/// A method of a number. Those that read a text are static in Java, and templates call them on any number.
pub(super) fn of_number(value: &Value, name: &str, arguments: &[Value]) -> Found {
    Ok(match (name, arguments) {
        ("intValue" | "longValue" | "shortValue" | "byteValue", []) => {
            whole(value).map(Value::Integer)
        }
        ("doubleValue" | "floatValue", []) => float(value).map(Value::Float),
        ("compareTo", [other]) => {
            let order = float(value)
                .zip(float(other))
                .map(|(left, right)| left.total_cmp(&right));
            order.map(|order| Value::Integer(order as i128))
        }
        ("parseInt" | "parseLong" | "valueOf", [Value::Text(text)])
            if !matches!(value, Value::Float(_)) =>
        {
            let number = text.parse().map_err(|_| {
                let shown: String = text.chars().take(100).collect();
                thrown(
                    "parseInt",
                    format!("`{shown}` is no whole number: give it one"),
                )
            })?;
            Some(Value::Integer(number))
        }
        ("parseDouble" | "parseFloat" | "valueOf", [Value::Text(text)])
            if matches!(value, Value::Float(_)) =>
        {
            let number = text.trim().parse().map_err(|_| {
                let shown: String = text.chars().take(100).collect();
                thrown(
                    "parseDouble",
                    format!("`{shown}` is no number: give it one"),
                )
            })?;
            Some(Value::Float(number))
        }
        _ => None,
    })
}

/// A method of a boolean.
pub(super) fn of_boolean(value: bool, name: &str, arguments: &[Value]) -> Option<Value> {
    Some(match (name, arguments) {
        ("booleanValue", []) => Value::Boolean(value),
        ("compareTo", [Value::Boolean(other)]) => Value::Integer(value.cmp(other) as i128),
        ("parseBoolean" | "valueOf", [Value::Text(text)]) => {
            Value::Boolean(text.eq_ignore_ascii_case("true"))
        }
        _ => return None,
    })
}

impl Machine<'_> {
    /// A property of `$foreach`, or the method that reads it, so many loops deep.
    pub(super) fn of_loop(&self, depth: usize, name: &str) -> Option<Value> {
        let at = depth.checked_sub(1)?;
        let round = self.rounds.get(at)?;
        let last = round.index + 1 == round.count;
        Some(match name {
            "index" | "getIndex" => Value::count(round.index),
            "count" | "getCount" => Value::count(round.index + 1),
            "hasNext" | "getHasNext" => Value::Boolean(!last),
            "first" | "isFirst" | "getFirst" => Value::Boolean(round.index == 0),
            "last" | "isLast" | "getLast" => Value::Boolean(last),
            "parent" | "getParent" if at > 0 => Value::Loop(at),
            "topmost" | "getTopmost" => Value::Loop(1),
            _ => return None,
        })
    }
}
