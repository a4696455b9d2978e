//! From and to JSON.

use std::sync::Arc;

use serde_json::Value as Json;

use super::{Heap, Key, ListKind, Value, number};
use crate::error::RenderProblem;
use crate::limit::VALUE_DEPTH_MAX;

impl Heap {
    /// A document as values. It is not deeper than a parser of JSON allows; whole numbers of more than 64
    /// bits are floats.
    pub fn read(&mut self, json: &Json) -> Result<Value, RenderProblem> {
        Ok(match json {
            Json::Null => Value::Null,
            Json::Bool(value) => Value::Boolean(*value),
            Json::Number(number) => {
                let signed = number.as_i64().map(i128::from);
                let whole = signed.or_else(|| number.as_u64().map(i128::from));
                whole.map_or_else(
                    || Value::Float(number.as_f64().unwrap_or(f64::NAN)),
                    Value::Integer,
                )
            }
            Json::String(text) => self.text(text.as_str())?,
            Json::Array(items) => {
                let mut values = Vec::with_capacity(items.len());
                for item in items {
                    values.push(self.read(item)?);
                }
                self.list(values, ListKind::Json)?
            }
            Json::Object(members) => {
                let id = self.map()?;
                for (name, member) in members {
                    let value = self.read(member)?;
                    self.take(name.len())?;
                    self.put(id, Key::Text(name.as_str().into()), value)?;
                }
                Value::Map(id)
            }
        })
    }

    /// Prints a value as JSON, without blanks.
    pub fn print_json(
        &self,
        value: &Value,
        output: &mut String,
        depth: usize,
    ) -> Result<(), RenderProblem> {
        if depth > VALUE_DEPTH_MAX {
            return Err(RenderProblem::Depth);
        }
        match value {
            Value::Null => self.write("null", output),
            Value::Boolean(_) | Value::Integer(_) => {
                self.print(value, output, super::print::Place::Inside(depth))
            }
            Value::Float(value) if value.is_finite() => {
                self.write(&number::written(*value), output)
            }
            Value::Float(_) => self.write("null", output),
            Value::List(id) => {
                self.write("[", output)?;
                for (at, item) in self.items(*id).iter().enumerate() {
                    if at > 0 {
                        self.write(",", output)?;
                    }
                    self.print_json(item, output, depth + 1)?;
                }
                self.write("]", output)
            }
            Value::Map(id) => {
                self.write("{", output)?;
                for (at, (key, value)) in self.entries(*id).iter().enumerate() {
                    if at > 0 {
                        self.write(",", output)?;
                    }
                    self.print_quoted(&key.value(), output)?;
                    self.write(":", output)?;
                    self.print_json(value, output, depth + 1)?;
                }
                self.write("}", output)
            }
            other => self.print_quoted(other, output),
        }
    }

    /// Prints what a value prints, in quotes.
    fn print_quoted(&self, value: &Value, output: &mut String) -> Result<(), RenderProblem> {
        let text = self.shown(value)?;
        self.write(&Json::from(&*text).to_string(), output)
    }

    /// What a value prints.
    pub fn shown(&self, value: &Value) -> Result<Arc<str>, RenderProblem> {
        if let Value::Text(text) = value {
            return Ok(Arc::clone(text));
        }
        let mut shown = String::new();
        self.print(value, &mut shown, super::print::Place::Text)?;
        Ok(shown.into())
    }

    /// A value as a document.
    pub fn document(&self, value: &Value, depth: usize) -> Result<Json, RenderProblem> {
        self.step(1)?;
        if depth > VALUE_DEPTH_MAX {
            return Err(RenderProblem::Depth);
        }
        Ok(match value {
            Value::Null => Json::Null,
            Value::Boolean(value) => Json::from(*value),
            Value::Integer(value) => i64::try_from(*value).map_or_else(
                |_| number::float(&Value::Integer(*value)).map_or(Json::Null, Json::from),
                Json::from,
            ),
            Value::Float(value) => Json::from(*value),
            Value::List(id) => {
                let mut items = Vec::new();
                for item in self.items(*id) {
                    items.push(self.document(item, depth + 1)?);
                }
                Json::Array(items)
            }
            Value::Map(id) => {
                let mut members = serde_json::Map::new();
                for (key, value) in self.entries(*id) {
                    let name = self.shown(&key.value())?;
                    members.insert(name.to_string(), self.document(value, depth + 1)?);
                }
                Json::Object(members)
            }
            other => Json::from(&*self.shown(other)?),
        })
    }
}
