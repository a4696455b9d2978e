//! Numbers as they come back: the engine keeps them as floating point.

use serde_json::{Number, Value};

/// The value with each number as a 64-bit floating point number prints: `1.0` as `1`.
pub(super) fn normalized(value: &Value) -> Value {
    match value {
        Value::Number(number) => number
            .as_f64()
            .map_or(Value::Null, |number| Value::Number(shortest(number))),
        Value::Array(items) => Value::Array(items.iter().map(normalized).collect()),
        Value::Object(members) => Value::Object(
            members
                .iter()
                .map(|(key, value)| (key.clone(), normalized(value)))
                .collect(),
        ),
        other => other.clone(),
    }
}

fn shortest(number: f64) -> Number {
    let whole = number.fract() == 0.0 && number.abs() < 1e21;
    let digits = format!("{number}");
    let parsed = if whole {
        digits
            .parse::<i64>()
            .ok()
            .map(Number::from)
            .or_else(|| digits.parse::<u64>().ok().map(Number::from))
    } else {
        None
    };
    parsed
        .or_else(|| Number::from_f64(number))
        .unwrap_or_else(|| Number::from(0))
}
