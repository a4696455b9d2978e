//! What a path finds.

use std::sync::Arc;

use super::{Function, Path, Step};
use crate::error::RenderProblem;
use crate::value::number::float;
use crate::value::{Heap, Key, ListKind, Value};

impl Path {
    /// What is found: nothing where a definite path means no place.
    pub fn read(&self, heap: &mut Heap, root: &Value) -> Result<Value, RenderProblem> {
        let mut found = match self.steps.split_last() {
            Some((Step::Names(names), way)) if names.len() > 1 => {
                let found = select(way, heap, root, root)?;
                let is_all = way.iter().any(|step| matches!(step, Step::Descendants));
                merged(heap, names, found, is_all)?
            }
            _ => self.select(heap, root, root)?,
        };
        let value = if self.is_definite() {
            found.pop().unwrap_or(Value::Null)
        } else {
            heap.list(found, ListKind::Json)?
        };
        match self.function {
            None => Ok(value),
            Some(function) => function.of(heap, &value),
        }
    }

    /// Every place that is meant, without the function; `here` is where the path begins.
    pub(super) fn select(
        &self,
        heap: &Heap,
        here: &Value,
        root: &Value,
    ) -> Result<Vec<Value>, RenderProblem> {
        select(&self.steps, heap, here, root)
    }

    /// What a path in a filter finds first: nothing is another thing than null.
    pub(super) fn find(
        &self,
        heap: &Heap,
        here: &Value,
        root: &Value,
    ) -> Result<Option<Value>, RenderProblem> {
        let found = self.select(heap, here, root)?.into_iter().next();
        let length = found
            .as_ref()
            .filter(|_| self.function == Some(Function::Length));
        Ok(match length {
            Some(value) => length_of(heap, value),
            None => found,
        })
    }
}

/// Every place that steps lead to.
fn select(
    steps: &[Step],
    heap: &Heap,
    here: &Value,
    root: &Value,
) -> Result<Vec<Value>, RenderProblem> {
    let mut found = vec![here.clone()];
    for step in steps {
        let mut next = Vec::new();
        for value in &found {
            heap.step(1)?;
            step.select(heap, value, root, &mut next)?;
        }
        found = next;
    }
    Ok(found)
}

/// The members of these names of each map, as a map; where all have to be there, of those that have all.
fn merged(
    heap: &mut Heap,
    names: &[Arc<str>],
    found: Vec<Value>,
    is_all: bool,
) -> Result<Vec<Value>, RenderProblem> {
    let mut merged = Vec::new();
    for value in found {
        let Value::Map(id) = value else {
            continue;
        };
        let members = names.iter().filter_map(|name| {
            let value = heap.member(id, name)?.clone();
            Some((Key::Text(Arc::clone(name)), value))
        });
        let members: Vec<_> = members.collect();
        if is_all && members.len() < names.len() {
            continue;
        }
        let map = heap.map()?;
        for (key, value) in members {
            heap.put(map, key, value)?;
        }
        merged.push(Value::Map(map));
    }
    Ok(merged)
}

impl Step {
    fn select(
        &self,
        heap: &Heap,
        value: &Value,
        root: &Value,
        found: &mut Vec<Value>,
    ) -> Result<(), RenderProblem> {
        let before = found.len();
        match (self, value) {
            (Self::Names(names), Value::Map(id)) => {
                let members = names.iter().filter_map(|name| heap.member(*id, name));
                found.extend(members.cloned());
            }
            (Self::All, _) => found.extend(children(heap, value).cloned()),
            (Self::Indices(indices), Value::List(id)) => {
                let items = heap.items(*id);
                let places = indices
                    .iter()
                    .filter_map(|index| place(*index, items.len()));
                found.extend(places.filter_map(|at| items.get(at)).cloned());
            }
            (Self::Slice(from, to), Value::List(id)) => {
                let items = heap.items(*id);
                let from = bound(from.unwrap_or(0), items.len());
                let to = to.map_or(items.len(), |to| bound(to, items.len()));
                found.extend(items.get(from..to).unwrap_or_default().iter().cloned());
            }
            (Self::Descendants, _) => descend(heap, value, found)?,
            (Self::Filter(filter), Value::List(_)) => {
                for item in children(heap, value) {
                    if filter.holds(heap, item, root)? {
                        found.push(item.clone());
                    }
                }
            }
            (Self::Filter(filter), Value::Map(_)) if filter.holds(heap, value, root)? => {
                found.push(value.clone());
            }
            _ => {}
        }
        heap.take_members(found.len().saturating_sub(before))
    }
}

/// The value itself and all below it, each before what it holds.
fn descend(heap: &Heap, value: &Value, found: &mut Vec<Value>) -> Result<(), RenderProblem> {
    let mut waiting = vec![value.clone()];
    while let Some(value) = waiting.pop() {
        heap.take_members(1)?;
        waiting.extend(children(heap, &value).rev().cloned());
        found.push(value);
    }
    Ok(())
}

/// The values in a list or a map.
fn children<'a>(
    heap: &'a Heap,
    value: &Value,
) -> impl DoubleEndedIterator<Item = &'a Value> + use<'a> {
    let items = match value {
        Value::List(id) => heap.items(*id),
        _ => &[],
    };
    let entries = match value {
        Value::Map(id) => heap.entries(*id),
        _ => &[],
    };
    items.iter().chain(entries.iter().map(|(_, value)| value))
}

/// Where an index points; negative ones count from the end.
fn place(index: i64, length: usize) -> Option<usize> {
    if index >= 0 {
        return usize::try_from(index).ok();
    }
    length.checked_sub(usize::try_from(index.unsigned_abs()).ok()?)
}

/// The bound of a slice.
fn bound(index: i64, length: usize) -> usize {
    place(index, length).unwrap_or(0).min(length)
}

/// How long a list, a map or a text is.
pub(super) fn length_of(heap: &Heap, value: &Value) -> Option<Value> {
    Some(Value::count(match value {
        Value::List(id) => heap.items(*id).len(),
        Value::Map(id) => heap.entries(*id).len(),
        Value::Text(text) => text.encode_utf16().count(),
        _ => return None,
    }))
}

impl Function {
    fn of(self, heap: &mut Heap, value: &Value) -> Result<Value, RenderProblem> {
        if self == Self::Length {
            return Ok(length_of(heap, value).unwrap_or(Value::Null));
        }
        if self == Self::Keys {
            let Value::Map(id) = value else {
                return Ok(Value::Null);
            };
            let keys = heap.entries(*id).iter().map(|(key, _)| key.value());
            let keys = keys.collect();
            return heap.list(keys, ListKind::Json);
        }
        let numbers: Vec<f64> = children(heap, value).filter_map(float).collect();
        heap.step(numbers.len())?;
        #[expect(clippy::cast_precision_loss, reason = "lists are short")]
        let count = numbers.len() as f64;
        let sum: f64 = numbers.iter().sum();
        let square: f64 = numbers.iter().map(|number| number * number).sum();
        if numbers.is_empty() {
            return Ok(Value::Null);
        }
        Ok(Value::Float(match self {
            Self::Min => numbers.into_iter().fold(f64::INFINITY, f64::min),
            Self::Max => numbers.into_iter().fold(f64::NEG_INFINITY, f64::max),
            Self::Average => sum / count,
            Self::Deviation => (square / count - (sum / count).powi(2)).max(0.0).sqrt(),
            Self::Sum | Self::Length | Self::Keys => sum,
        }))
    }
}
