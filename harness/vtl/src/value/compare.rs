//! Equality.

use super::print::Place;
use super::{Heap, Value};
use crate::error::RenderProblem;
use crate::limit::VALUE_DEPTH_MAX;
use crate::value::number::float;

impl Heap {
    /// `==`: numbers by what they mean, values of one type by what they hold, and others by how they print.
    /// Nothing equals nothing and, on AWS, the empty text.
    pub fn equal(&self, left: &Value, right: &Value) -> Result<bool, RenderProblem> {
        use Value::{Float, Integer, Null, Text};
        self.step(1)?;
        Ok(match (left, right) {
            (Null, other) | (other, Null) => match other {
                Null => true,
                Text(text) => text.is_empty(),
                _ => false,
            },
            (Integer(left), Integer(right)) => left == right,
            (Integer(_) | Float(_), Integer(_) | Float(_)) => float(left) == float(right),
            (Text(_), Text(_))
            | (Value::List(_), Value::List(_))
            | (Value::Map(_), Value::Map(_)) => self.same(left, right, 0)?,
            _ => {
                let (mut first, mut second) = (String::new(), String::new());
                self.print(left, &mut first, Place::Text)?;
                self.print(right, &mut second, Place::Text)?;
                first == second
            }
        })
    }

    /// `equals`: of one type, and with the same content.
    pub fn same(&self, left: &Value, right: &Value, depth: usize) -> Result<bool, RenderProblem> {
        self.step(1)?;
        if depth > VALUE_DEPTH_MAX {
            return Err(RenderProblem::Depth);
        }
        Ok(match (left, right) {
            (Value::Null, Value::Null)
            | (Value::Input, Value::Input)
            | (Value::Util, Value::Util) => true,
            (Value::Boolean(left), Value::Boolean(right)) => left == right,
            (Value::Integer(left), Value::Integer(right)) => left == right,
            (Value::Float(left), Value::Float(right)) => left.total_cmp(right).is_eq(),
            (Value::Text(left), Value::Text(right)) => {
                self.look(left)?;
                left == right
            }
            (Value::List(left), Value::List(right)) => {
                let (left, right) = (self.items(*left), self.items(*right));
                if left.len() != right.len() {
                    return Ok(false);
                }
                for (left, right) in left.iter().zip(right) {
                    if !self.same(left, right, depth + 1)? {
                        return Ok(false);
                    }
                }
                true
            }
            (Value::Map(left), Value::Map(right)) => {
                if self.entries(*left).len() != self.entries(*right).len() {
                    return Ok(false);
                }
                for (key, value) in self.entries(*left) {
                    let other = self.get(*right, key);
                    let Some(other) = other else {
                        return Ok(false);
                    };
                    if !self.same(value, other, depth + 1)? {
                        return Ok(false);
                    }
                }
                true
            }
            (Value::Entry(left, first), Value::Entry(right, second)) => {
                let (value, other) = (self.get(*left, first), self.get(*right, second));
                let (value, other) = (value.unwrap_or(&Value::Null), other.unwrap_or(&Value::Null));
                first == second && self.same(value, other, depth + 1)?
            }
            (Value::Loop(left), Value::Loop(right)) | (Value::Block(left), Value::Block(right)) => {
                left == right
            }
            _ => false,
        })
    }
}
