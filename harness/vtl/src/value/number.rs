//! Arithmetic: whole numbers stay whole and grow as far as they have to, with a float all is a float.

use super::Value;
use crate::error::RenderProblem;
use crate::syntax::tree::Operator;

/// What an operator makes of two values; nothing where one of them is no number, or of a division by zero.
pub fn calculate(operator: Operator, left: &Value, right: &Value) -> Result<Value, RenderProblem> {
    if let (Value::Integer(left), Value::Integer(right)) = (left, right) {
        let (left, right) = (*left, *right);
        let is_division = matches!(operator, Operator::Divide | Operator::Remainder);
        if is_division && right == 0 {
            return Ok(Value::Null);
        }
        let value = match operator {
            Operator::Add => left.checked_add(right),
            Operator::Subtract => left.checked_sub(right),
            Operator::Multiply => left.checked_mul(right),
            Operator::Divide => left.checked_div(right),
            Operator::Remainder => left.checked_rem(right),
            _ => return Ok(Value::Null),
        };
        return value.map(Value::Integer).ok_or(RenderProblem::Number);
    }
    let (Some(left), Some(right)) = (float(left), float(right)) else {
        return Ok(Value::Null);
    };
    Ok(match operator {
        Operator::Add => Value::Float(left + right),
        Operator::Subtract => Value::Float(left - right),
        Operator::Multiply => Value::Float(left * right),
        Operator::Divide | Operator::Remainder if right == 0.0 => Value::Null,
        Operator::Divide => Value::Float(left / right),
        Operator::Remainder => Value::Float(left % right),
        _ => Value::Null,
    })
}

/// A number as a float.
#[expect(clippy::cast_precision_loss, reason = "Java loses it too")]
pub fn float(value: &Value) -> Option<f64> {
    match value {
        Value::Integer(value) => Some(*value as f64),
        Value::Float(value) => Some(*value),
        _ => None,
    }
}

/// A number without its fraction, at most as large as a `Long`.
#[expect(clippy::cast_possible_truncation, reason = "Java saturates too")]
pub fn whole(value: &Value) -> Option<i128> {
    match value {
        Value::Integer(value) => Some(*value),
        Value::Float(value) => Some(i128::from(*value as i64)),
        _ => None,
    }
}

/// As `Double.toString` writes it: the fewest digits that mean this number, with an exponent from 10⁷ up
/// and below 10⁻³.
pub fn written(value: f64) -> String {
    if value.is_nan() {
        return "NaN".to_owned();
    }
    if value.is_infinite() {
        return if value > 0.0 { "Infinity" } else { "-Infinity" }.to_owned();
    }
    let size = value.abs();
    if size == 0.0 || (1e-3..1e7).contains(&size) {
        let shown = format!("{value}");
        return if shown.contains('.') {
            shown
        } else {
            format!("{shown}.0")
        };
    }
    let shown = format!("{value:e}");
    let (digits, exponent) = shown.split_once('e').unwrap_or((&shown, "0"));
    let fraction = if digits.contains('.') { "" } else { ".0" };
    format!("{digits}{fraction}E{exponent}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn floats_are_written_as_java_writes_them() {
        for (value, expected) in [
            (0.0, "0.0"),
            (-0.0, "-0.0"),
            (1.5, "1.5"),
            (-2.0, "-2.0"),
            (0.001, "0.001"),
            (0.0001, "1.0E-4"),
            (1e7, "1.0E7"),
            (9_999_999.0, "9999999.0"),
            (12_345_678.9, "1.23456789E7"),
            (1e100, "1.0E100"),
            (1.1 + 2.2, "3.3000000000000003"),
            (f64::INFINITY, "Infinity"),
            (f64::NEG_INFINITY, "-Infinity"),
            (f64::NAN, "NaN"),
        ] {
            assert_eq!(written(value), expected);
        }
    }
}
