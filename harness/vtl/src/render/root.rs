//! The variables that are there from the start, each made when it is first asked for.

use serde_json::Value as Json;

use super::Machine;
use crate::error::RenderProblem;
use crate::syntax::slot::{self, Slot};
use crate::value::{Heap, Id, Key, Value};

/// The maps of overrides: where they are, and what they are called.
const OVERRIDES: [(&str, &str, &str); 4] = [
    ("requestOverride", "path", "$context.requestOverride.path"),
    (
        "requestOverride",
        "querystring",
        "$context.requestOverride.querystring",
    ),
    (
        "requestOverride",
        "header",
        "$context.requestOverride.header",
    ),
    (
        "responseOverride",
        "header",
        "$context.responseOverride.header",
    ),
];

impl Machine<'_> {
    /// A variable: what the template assigned, or what is there from the start.
    pub(super) fn variable(&mut self, which: Slot) -> Result<Value, RenderProblem> {
        if let Some(Some(value)) = self.variables.get(which) {
            return Ok(value.clone());
        }
        let last = self.rounds.last().copied();
        Ok(match which {
            slot::INPUT => Value::Input,
            slot::UTIL => Value::Util,
            slot::CONTEXT => Value::Map(self.context()?),
            slot::STAGE_VARIABLES => self.stage_variables()?,
            slot::FOREACH if last.is_some() => Value::Loop(self.rounds.len()),
            slot::VELOCITY_COUNT => last.map_or(Value::Null, |round| Value::count(round.index + 1)),
            slot::VELOCITY_HAS_NEXT => last.map_or(Value::Null, |round| {
                Value::Boolean(round.index + 1 < round.count)
            }),
            _ => Value::Null,
        })
    }

    /// `$context`, with maps for overrides even where nothing is overridden.
    fn context(&mut self) -> Result<Id, RenderProblem> {
        if let Some(id) = self.context {
            return Ok(id);
        }
        let id = self.heap.map()?;
        for (name, member) in self.scope.context {
            let value = self.heap.read(member)?;
            self.heap.put(id, Key::Text(name.as_str().into()), value)?;
        }
        for (outer, inner, name) in OVERRIDES {
            let outer = map_in(&mut self.heap, id, outer)?;
            let inner = map_in(&mut self.heap, outer, inner)?;
            self.override_maps.push((inner, name));
        }
        let response = map_in(&mut self.heap, id, "responseOverride")?;
        self.override_maps
            .push((response, "$context.responseOverride"));
        self.context = Some(id);
        Ok(id)
    }

    fn stage_variables(&mut self) -> Result<Value, RenderProblem> {
        if let Some(value) = &self.stage_variables {
            return Ok(value.clone());
        }
        let value = map_of(&mut self.heap, self.scope.stage_variables)?;
        self.stage_variables = Some(value.clone());
        Ok(value)
    }

    /// `$input.body`.
    pub fn body_text(&mut self) -> Result<Value, RenderProblem> {
        if let Some(text) = &self.body_text {
            return Ok(text.clone());
        }
        let text = self.heap.text(self.body_source())?;
        self.body_text = Some(text.clone());
        Ok(text)
    }

    /// The text of the body; an empty one is an empty object.
    fn body_source(&self) -> &str {
        match self.scope.body {
            "" => "{}",
            body => body,
        }
    }

    /// The document that the body is. A body that does not even begin as an object or a list is a text.
    pub fn body(&mut self) -> Result<Value, RenderProblem> {
        if let Some(body) = &self.body {
            return Ok(body.clone());
        }
        let text = self.body_source();
        let value = match serde_json::from_str::<Json>(text) {
            Ok(json) => self.heap.read(&json)?,
            Err(error) if text.trim_start().starts_with(['{', '[']) => {
                return Err(RenderProblem::Body(error.to_string()));
            }
            Err(_) => self.heap.text(text)?,
        };
        self.body = Some(value.clone());
        Ok(value)
    }

    /// `$input.params()`.
    pub fn parameters(&mut self) -> Result<Value, RenderProblem> {
        if let Some(value) = &self.parameters {
            return Ok(value.clone());
        }
        let id = self.heap.map()?;
        for (name, pairs) in self.scope.parameters.kinds() {
            let map = map_of(&mut self.heap, pairs)?;
            self.heap.put(id, Key::Text(name.into()), map)?;
        }
        self.parameters = Some(Value::Map(id));
        Ok(Value::Map(id))
    }

    /// `$input.params(name)`: of the path, else of the query string, else a header.
    pub fn parameter(&self, name: &str) -> Result<Value, RenderProblem> {
        let kinds = self.scope.parameters.kinds();
        let mut pairs = kinds.iter().flat_map(|(_, pairs)| pairs.iter());
        match pairs.find(|(known, _)| known == name) {
            Some((_, value)) => self.heap.text(value.as_str()),
            None => Ok(Value::Null),
        }
    }
}

/// The map in a map, made where there is none.
fn map_in(heap: &mut Heap, id: Id, name: &str) -> Result<Id, RenderProblem> {
    if let Some(Value::Map(inner)) = heap.member(id, name) {
        return Ok(*inner);
    }
    let inner = heap.map()?;
    heap.put(id, Key::Text(name.into()), Value::Map(inner))?;
    Ok(inner)
}

/// Pairs as a map; of a name that is there twice the last one counts.
fn map_of(heap: &mut Heap, pairs: &[(String, String)]) -> Result<Value, RenderProblem> {
    let id = heap.map()?;
    for (name, value) in pairs {
        let value = heap.text(value.as_str())?;
        heap.put(id, Key::Text(name.as_str().into()), value)?;
    }
    Ok(Value::Map(id))
}
