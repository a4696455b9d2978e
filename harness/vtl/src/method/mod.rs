//! The methods and properties that values have: those of Java that templates use. What is not here is not
//! there: a reference to it is nothing.
//!
//! - [`input`]: `$input`; [`util`]: `$util`.
//! - [`text`]: texts; [`pattern`]: those of their methods that take regular expressions; [`unit`]: their
//!   UTF-16 units, which Java counts in.
//! - [`list`], [`map`], [`scalar`]: lists, maps and their entries, numbers and booleans, `$foreach`.

mod input;
mod list;
mod map;
mod pattern;
mod scalar;
mod text;
mod unit;
mod util;

use crate::error::RenderProblem;
use crate::render::Machine;
use crate::syntax::tree::Call;
use crate::value::Value;

/// What a method gives: nothing where there is no such method.
type Found = Result<Option<Value>, RenderProblem>;

impl Machine<'_> {
    /// Calls a method.
    pub fn call(&mut self, value: &Value, call: &Call, arguments: &[Value]) -> Found {
        let name = call.name.as_str();
        let found = match value {
            Value::Input => return self.of_input(call, arguments),
            Value::Util => return self.of_util(name, arguments),
            Value::Text(text) => self.of_text(text, name, arguments)?,
            Value::List(id) => self.of_list(*id, name, arguments)?,
            Value::Map(id) => self.of_map(*id, name, arguments)?,
            Value::Entry(id, key) => self.of_entry(*id, key, name, arguments)?,
            Value::Integer(_) | Value::Float(_) => scalar::of_number(value, name, arguments)?,
            Value::Boolean(value) => scalar::of_boolean(*value, name, arguments),
            Value::Loop(depth) if arguments.is_empty() => self.of_loop(*depth, name),
            Value::Loop(_) | Value::Block(_) | Value::Null => None,
        };
        if found.is_some() {
            return Ok(found);
        }
        // What every object has.
        Ok(match (name, arguments) {
            ("toString", []) => {
                let shown = self.shown(value)?;
                Some(Value::Text(shown))
            }
            ("equals", [other]) => Some(Value::Boolean(self.heap.same(value, other, 0)?)),
            _ => None,
        })
    }

    /// Reads a property.
    pub fn property(&mut self, value: &Value, name: &str) -> Result<Value, RenderProblem> {
        let found = match (value, name) {
            (Value::Input, "body") => Some(self.body_text()?),
            (Value::Map(id), _) => self.heap.member(*id, name).cloned(),
            (Value::Entry(_, key), "key") => Some(key.value()),
            (Value::Entry(id, key), "value") => self.heap.get(*id, key).cloned(),
            (Value::Text(text), "empty") => Some(Value::Boolean(text.is_empty())),
            (Value::List(id), "empty") => Some(Value::Boolean(self.heap.items(*id).is_empty())),
            (Value::Loop(depth), _) => self.of_loop(*depth, name),
            _ => None,
        };
        Ok(found.unwrap_or(Value::Null))
    }
}

/// A method that throws an exception.
fn thrown(method: &'static str, reason: impl Into<String>) -> RenderProblem {
    RenderProblem::Method {
        method,
        reason: reason.into(),
    }
}
