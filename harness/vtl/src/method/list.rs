//! Lists: methods of `java.util.List`, which arrays have as well as far as they do not change the length.

use super::{Found, thrown};
use crate::error::RenderProblem;
use crate::render::Machine;
use crate::value::{Id, ListKind, Value};

/// Nothing, and yet there is such a method.
const VOID: Option<Value> = Some(Value::Null);

impl Machine<'_> {
    /// A method of a list.
    pub(super) fn of_list(&mut self, id: Id, name: &str, arguments: &[Value]) -> Found {
        let length = self.heap.items(id).len();
        Ok(match (name, arguments) {
            ("size", []) => Some(Value::count(length)),
            ("isEmpty", []) => Some(Value::Boolean(length == 0)),
            ("get", [index @ Value::Integer(at)]) => {
                self.not_below(*at, "get")?;
                let at = self.place(id, index, "get")?;
                self.heap.items(id).get(at).cloned()
            }
            ("set", [index @ Value::Integer(at), value]) => {
                self.not_below(*at, "set")?;
                let at = self.place(id, index, "set")?;
                self.heap.replace(id, at, value.clone())
            }
            ("contains", [value]) => Some(Value::Boolean(self.find(id, value)?.0.is_some())),
            ("indexOf", [value]) => Some(index(self.find(id, value)?.0)),
            ("lastIndexOf", [value]) => Some(index(self.find(id, value)?.1)),
            ("containsAll", [Value::List(other)]) => {
                let mut has_all = true;
                for value in self.heap.items(*other) {
                    has_all = has_all && self.find(id, value)?.0.is_some();
                }
                Some(Value::Boolean(has_all))
            }
            ("subList", [Value::Integer(from), Value::Integer(to)]) => {
                let range = usize::try_from(*from).ok().zip(usize::try_from(*to).ok());
                let items = range.and_then(|(from, to)| self.heap.items(id).get(from..to));
                let items = items.map(<[Value]>::to_vec).ok_or_else(|| {
                    let reason = format!("the list has {length} elements: ask `size()` first");
                    thrown("subList", reason)
                })?;
                Some(self.heap.list(items, self.heap.kind(id))?)
            }
            _ => return self.change(id, name, arguments),
        })
    }

    /// Methods that change the length.
    fn change(&mut self, id: Id, name: &str, arguments: &[Value]) -> Found {
        Ok(match (name, arguments) {
            ("add", [value]) => {
                self.growing(id, "add", 1)?.push(value.clone());
                Some(Value::Boolean(true))
            }
            ("add", [Value::Integer(at), value]) => {
                let items = self.growing(id, "add", 1)?;
                let at = usize::try_from(*at).ok().filter(|at| *at <= items.len());
                let reason = "there is no such place in the list: ask `size()` first";
                items.insert(at.ok_or_else(|| thrown("add", reason))?, value.clone());
                VOID
            }
            ("addAll", [Value::List(other)]) => {
                let more = self.heap.items(*other).to_vec();
                let is_changed = !more.is_empty();
                self.growing(id, "addAll", more.len())?.extend(more);
                Some(Value::Boolean(is_changed))
            }
            ("remove", [index @ Value::Integer(at)]) => {
                self.not_below(*at, "remove")?;
                let at = self.place(id, index, "remove")?;
                Some(self.growing(id, "remove", 0)?.remove(at))
            }
            ("remove", [value]) => {
                let found = self.find(id, value)?.0;
                if let Some(at) = found {
                    self.growing(id, "remove", 0)?.remove(at);
                }
                Some(Value::Boolean(found.is_some()))
            }
            ("clear", []) => {
                self.growing(id, "clear", 0)?.clear();
                VOID
            }
            _ => None,
        })
    }

    /// The elements of a list whose length may change.
    fn growing(
        &mut self,
        id: Id,
        method: &'static str,
        more: usize,
    ) -> Result<&mut Vec<Value>, RenderProblem> {
        let reason =
            "an array and the keys or values of a map cannot change: make a list with `[]`";
        self.heap
            .change(id, more)?
            .ok_or_else(|| thrown(method, reason))
    }

    /// Methods, unlike brackets, do not count from the end.
    fn not_below(&self, at: i128, method: &'static str) -> Result<(), RenderProblem> {
        if at < 0 {
            return Err(thrown(
                method,
                format!("there is no element at {at}: count from 0"),
            ));
        }
        Ok(())
    }

    /// Where a value stands first and last.
    fn find(&self, id: Id, value: &Value) -> Result<(Option<usize>, Option<usize>), RenderProblem> {
        let (mut first, mut last) = (None, None);
        for (at, item) in self.heap.items(id).iter().enumerate() {
            if self.heap.same(item, value, 0)? {
                first = first.or(Some(at));
                last = Some(at);
            }
        }
        Ok((first, last))
    }

    /// A list that nothing can be added to.
    pub(super) fn view(&mut self, items: Vec<Value>) -> Found {
        self.heap.list(items, ListKind::Fixed).map(Some)
    }
}

fn index(found: Option<usize>) -> Value {
    found.map_or(Value::Integer(-1), Value::count)
}
