//! As Java prints.

use super::{Heap, Id, Key, ListKind, Value, number};
use crate::error::RenderProblem;
use crate::limit::{OUTPUT_BYTES_MAX, VALUE_DEPTH_MAX};

/// Where a value is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// By itself: nothing prints nothing.
    Text,
    /// In a list or a map, this deep: nothing is `null`.
    Inside(usize),
}

impl Heap {
    /// Prints a text.
    pub fn write(&self, text: &str, output: &mut String) -> Result<(), RenderProblem> {
        self.take(text.len())?;
        if output.len() + text.len() > OUTPUT_BYTES_MAX {
            return Err(RenderProblem::Output);
        }
        output.push_str(text);
        Ok(())
    }

    /// Prints a value as `toString` does.
    pub fn print(
        &self,
        value: &Value,
        output: &mut String,
        place: Place,
    ) -> Result<(), RenderProblem> {
        let depth = match place {
            Place::Text => 0,
            Place::Inside(depth) => depth,
        };
        if depth > VALUE_DEPTH_MAX {
            return Err(RenderProblem::Depth);
        }
        match value {
            Value::Null if place == Place::Text => Ok(()),
            Value::Null => self.write("null", output),
            Value::Boolean(value) => self.write(if *value { "true" } else { "false" }, output),
            Value::Integer(value) => self.write(&value.to_string(), output),
            Value::Float(value) => self.write(&number::written(*value), output),
            Value::Text(text) => self.write(text, output),
            Value::List(id) if self.kind(*id) == ListKind::Json => {
                self.print_json(value, output, depth)
            }
            Value::List(id) => self.print_list(*id, output, depth),
            Value::Map(id) => self.print_map(*id, output, depth),
            Value::Entry(id, key) => self.print_entry(*id, key, output, depth),
            // The scope of a loop is an empty map. What the objects of AWS print is not known.
            Value::Loop(_) => self.write("{}", output),
            Value::Block(_) | Value::Input | Value::Util => Ok(()),
        }
    }

    fn print_list(&self, id: Id, output: &mut String, depth: usize) -> Result<(), RenderProblem> {
        self.write("[", output)?;
        for (at, item) in self.items(id).iter().enumerate() {
            if at > 0 {
                self.write(", ", output)?;
            }
            if matches!(item, Value::List(inner) if *inner == id) {
                self.write("(this Collection)", output)?;
            } else {
                self.print(item, output, Place::Inside(depth + 1))?;
            }
        }
        self.write("]", output)
    }

    fn print_map(&self, id: Id, output: &mut String, depth: usize) -> Result<(), RenderProblem> {
        self.write("{", output)?;
        for (at, (key, value)) in self.entries(id).iter().enumerate() {
            if at > 0 {
                self.write(", ", output)?;
            }
            self.print(&key.value(), output, Place::Inside(depth + 1))?;
            self.write("=", output)?;
            if matches!(value, Value::Map(inner) if *inner == id) {
                self.write("(this Map)", output)?;
            } else {
                self.print(value, output, Place::Inside(depth + 1))?;
            }
        }
        self.write("}", output)
    }

    fn print_entry(
        &self,
        id: Id,
        key: &Key,
        output: &mut String,
        depth: usize,
    ) -> Result<(), RenderProblem> {
        self.print(&key.value(), output, Place::Inside(depth + 1))?;
        self.write("=", output)?;
        let value = self.get(id, key).unwrap_or(&Value::Null);
        self.print(value, output, Place::Inside(depth + 1))
    }
}
