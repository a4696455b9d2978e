//! Maps: methods of `java.util.Map` and of its entries.

use super::Found;
use crate::render::Machine;
use crate::value::{Id, Key, Value};

impl Machine<'_> {
    /// A method of a map. One that gives nothing is there all the same.
    pub(super) fn of_map(&mut self, id: Id, name: &str, arguments: &[Value]) -> Found {
        let entries = self.heap.entries(id);
        let found = match (name, arguments) {
            ("size", []) => Some(Value::count(entries.len())),
            ("isEmpty", []) => Some(Value::Boolean(entries.is_empty())),
            ("keySet", []) => {
                let keys = entries.iter().map(|(key, _)| key.value()).collect();
                return self.view(keys);
            }
            ("values", []) => {
                let values = entries.iter().map(|(_, value)| value.clone()).collect();
                return self.view(values);
            }
            ("entrySet", []) => {
                let entries = entries.iter().map(|(key, _)| Value::Entry(id, key.clone()));
                let entries = entries.collect();
                return self.view(entries);
            }
            ("containsValue", [value]) => {
                let mut is_there = false;
                for (_, other) in entries {
                    is_there = is_there || self.heap.same(other, value, 0)?;
                }
                Some(Value::Boolean(is_there))
            }
            ("clear", []) => {
                self.heap.clear(id);
                Some(Value::Null)
            }
            ("putAll", [Value::Map(other)]) => {
                for (key, value) in self.heap.entries(*other).to_vec() {
                    self.put(id, &key.value(), value)?;
                }
                Some(Value::Null)
            }
            (_, [key, rest @ ..]) => {
                let key = self.key(key)?;
                return self.at_key(id, name, &key, rest);
            }
            _ => None,
        };
        Ok(found)
    }

    /// Methods that take a key first.
    fn at_key(&mut self, id: Id, name: &str, key: &Key, rest: &[Value]) -> Found {
        let found = self.heap.get(id, key).cloned();
        let old = found.clone().unwrap_or(Value::Null);
        Ok(Some(match (name, rest) {
            ("get", []) => old,
            ("getOrDefault", [default]) => found.unwrap_or_else(|| default.clone()),
            ("containsKey", []) => Value::Boolean(found.is_some()),
            ("put", [value]) => {
                self.put(id, &key.value(), value.clone())?;
                old
            }
            ("putIfAbsent", [value]) => {
                if matches!(old, Value::Null) {
                    self.put(id, &key.value(), value.clone())?;
                }
                old
            }
            ("remove", [value]) => {
                let is_same = found.is_some() && self.heap.same(&old, value, 0)?;
                if is_same {
                    self.heap.remove(id, key)?;
                }
                Value::Boolean(is_same)
            }
            ("remove", []) => self.heap.remove(id, key)?.unwrap_or(Value::Null),
            _ => return Ok(None),
        }))
    }

    /// A method of an entry.
    pub(super) fn of_entry(&mut self, id: Id, key: &Key, name: &str, arguments: &[Value]) -> Found {
        let value = self.heap.get(id, key).cloned().unwrap_or(Value::Null);
        Ok(match (name, arguments) {
            ("getKey", []) => Some(key.value()),
            ("getValue", []) => Some(value),
            ("setValue", [new]) => {
                self.put(id, &key.value(), new.clone())?;
                Some(value)
            }
            _ => None,
        })
    }
}
