//! Lists, maps, and what they may cost.

use std::cell::Cell;
use std::collections::HashMap;
use std::sync::Arc;

use super::{Id, Value};
use crate::error::RenderProblem;
use crate::limit::{MEMORY_BYTES_MAX, STEP_COUNT_MAX};

/// What a member costs, in bytes.
const MEMBER_BYTES: u64 = 64;

/// How many bytes of text are looked at in one step.
const STEP_BYTES: usize = 64;

/// The key of an entry.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Key {
    /// `null`.
    Null,
    /// `Boolean`.
    Boolean(bool),
    /// A whole number.
    Integer(i128),
    /// A text.
    Text(Arc<str>),
}

impl Key {
    /// The value that it is.
    pub fn value(&self) -> Value {
        match self {
            Self::Null => Value::Null,
            Self::Boolean(value) => Value::Boolean(*value),
            Self::Integer(value) => Value::Integer(*value),
            Self::Text(text) => Value::Text(Arc::clone(text)),
        }
    }
}

/// Where a list comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ListKind {
    /// Made by a template: it prints as Java prints it.
    Java,
    /// Came from JSON: it prints as JSON.
    Json,
    /// An array or a view of a map: nothing can be added.
    Fixed,
}

/// A list.
#[derive(Debug)]
pub struct List {
    /// Its elements.
    pub items: Vec<Value>,
    /// Where it comes from.
    pub kind: ListKind,
}

/// A map that keeps the order in which keys were put.
#[derive(Debug, Default)]
pub struct Map {
    entries: Vec<(Key, Value)>,
    places: HashMap<Key, usize>,
}

impl Map {
    /// Its entries, in order.
    pub fn entries(&self) -> &[(Key, Value)] {
        &self.entries
    }

    /// The value of a key.
    pub fn get(&self, key: &Key) -> Option<&Value> {
        let place = self.places.get(key)?;
        self.entries.get(*place).map(|(_, value)| value)
    }

    fn put(&mut self, key: Key, value: Value) -> Option<Value> {
        let place = self.places.get(&key).copied();
        if let Some((_, old)) = place.and_then(|place| self.entries.get_mut(place)) {
            return Some(std::mem::replace(old, value));
        }
        self.places.insert(key.clone(), self.entries.len());
        self.entries.push((key, value));
        None
    }

    fn remove(&mut self, key: &Key) -> Option<Value> {
        let place = self.places.remove(key)?;
        let (_, removed) = self.entries.remove(place);
        for other in self.places.values_mut().filter(|other| **other > place) {
            *other -= 1;
        }
        Some(removed)
    }
}

/// Lists, maps, and what is left to one rendering.
#[derive(Debug)]
pub struct Heap {
    lists: Vec<List>,
    maps: Vec<Map>,
    steps_left: Cell<u64>,
    bytes_left: Cell<u64>,
}

impl Heap {
    /// Empty, with all that a rendering may cost.
    pub fn new() -> Self {
        Self {
            lists: Vec::new(),
            maps: Vec::new(),
            steps_left: Cell::new(STEP_COUNT_MAX),
            bytes_left: Cell::new(MEMORY_BYTES_MAX),
        }
    }

    /// Takes steps.
    pub fn step(&self, count: usize) -> Result<(), RenderProblem> {
        let left = self.steps_left.get().checked_sub(count as u64);
        self.steps_left.set(left.ok_or(RenderProblem::Steps)?);
        Ok(())
    }

    /// Looks at a text.
    pub fn look(&self, text: &str) -> Result<(), RenderProblem> {
        self.step(1 + text.len() / STEP_BYTES)
    }

    /// Makes something of so many bytes.
    pub fn take(&self, bytes: usize) -> Result<(), RenderProblem> {
        self.step(1 + bytes / STEP_BYTES)?;
        let left = self.bytes_left.get().checked_sub(bytes as u64);
        self.bytes_left.set(left.ok_or(RenderProblem::Memory)?);
        Ok(())
    }

    /// Makes members of a list or a map.
    pub fn take_members(&self, count: usize) -> Result<(), RenderProblem> {
        self.step(count)?;
        let bytes = (count as u64).saturating_mul(MEMBER_BYTES);
        let left = self.bytes_left.get().checked_sub(bytes);
        self.bytes_left.set(left.ok_or(RenderProblem::Memory)?);
        Ok(())
    }

    /// Makes a text.
    pub fn text(&self, text: impl Into<Arc<str>>) -> Result<Value, RenderProblem> {
        let text = text.into();
        self.take(text.len())?;
        Ok(Value::Text(text))
    }

    /// A text that was paid for while it was written.
    pub fn written(&self, text: String) -> Value {
        Value::Text(text.into())
    }

    /// Makes a list.
    pub fn list(&mut self, items: Vec<Value>, kind: ListKind) -> Result<Value, RenderProblem> {
        self.take_members(items.len() + 1)?;
        self.lists.push(List { items, kind });
        Ok(Value::List(self.lists.len() - 1))
    }

    /// Makes a map without entries.
    pub fn map(&mut self) -> Result<Id, RenderProblem> {
        self.take_members(1)?;
        self.maps.push(Map::default());
        Ok(self.maps.len() - 1)
    }

    /// The elements of a list.
    pub fn items(&self, id: Id) -> &[Value] {
        self.lists.get(id).map_or(&[], |list| &list.items)
    }

    /// Where a list comes from.
    pub fn kind(&self, id: Id) -> ListKind {
        self.lists.get(id).map_or(ListKind::Fixed, |list| list.kind)
    }

    /// The elements of a list, to change; nothing of an array. So many are added.
    pub fn change(
        &mut self,
        id: Id,
        more: usize,
    ) -> Result<Option<&mut Vec<Value>>, RenderProblem> {
        self.take_members(more)?;
        self.step(self.items(id).len() / 8)?;
        let list = self.lists.get_mut(id);
        Ok(list
            .filter(|list| list.kind != ListKind::Fixed)
            .map(|list| &mut list.items))
    }

    /// Replaces an element of a list or an array, and gives the old one.
    pub fn replace(&mut self, id: Id, at: usize, value: Value) -> Option<Value> {
        let item = self.lists.get_mut(id)?.items.get_mut(at)?;
        Some(std::mem::replace(item, value))
    }

    /// The entries of a map.
    pub fn entries(&self, id: Id) -> &[(Key, Value)] {
        self.maps.get(id).map_or(&[], Map::entries)
    }

    /// The value of a key.
    pub fn get(&self, id: Id, key: &Key) -> Option<&Value> {
        self.maps.get(id)?.get(key)
    }

    /// The value of a key that is a text.
    pub fn member(&self, id: Id, name: &str) -> Option<&Value> {
        self.get(id, &Key::Text(name.into()))
    }

    /// Puts a value, and gives the old one.
    pub fn put(&mut self, id: Id, key: Key, value: Value) -> Result<Option<Value>, RenderProblem> {
        self.take_members(1)?;
        Ok(self.maps.get_mut(id).and_then(|map| map.put(key, value)))
    }

    /// Takes an entry out.
    pub fn remove(&mut self, id: Id, key: &Key) -> Result<Option<Value>, RenderProblem> {
        self.step(1 + self.entries(id).len())?;
        Ok(self.maps.get_mut(id).and_then(|map| map.remove(key)))
    }

    /// Takes all entries out.
    pub fn clear(&mut self, id: Id) {
        if let Some(map) = self.maps.get_mut(id) {
            *map = Map::default();
        }
    }
}
