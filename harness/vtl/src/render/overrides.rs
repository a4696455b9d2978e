//! What a template overrode.

use serde_json::Map;

use super::Machine;
use crate::error::RenderProblem;
use crate::template::Overrides;
use crate::value::{Id, Key, Value, number};

impl Machine<'_> {
    /// Puts a value into a map, and gives the old one. What is overridden is final: a second override of
    /// the same parameter is refused.
    pub fn put(
        &mut self,
        id: Id,
        key: &Value,
        value: Value,
    ) -> Result<Option<Value>, RenderProblem> {
        let key = self.key(key)?;
        let found = self.override_maps.iter().find(|(map, _)| *map == id);
        if let Some((_, name)) = found
            && !self.overridden.insert((id, key.clone()))
        {
            let key = self.heap.shown(&key.value())?;
            return Err(RenderProblem::Overridden(format!("{name}.{key}")));
        }
        self.heap.put(id, key, value)
    }

    /// What is overridden at the end.
    pub(super) fn overrides(&mut self) -> Result<Overrides, RenderProblem> {
        let Some(context) = self.context else {
            return Ok(Overrides::default());
        };
        let mut members = Map::new();
        for name in ["requestOverride", "responseOverride"] {
            if let Some(value) = self.heap.member(context, name) {
                members.insert(name.to_owned(), self.heap.document(value, 0)?);
            }
        }
        let status = self
            .inner(context, "responseOverride")
            .and_then(|id| self.heap.member(id, "status").cloned());
        Ok(Overrides {
            request_path: self.pairs(context, "requestOverride", "path")?,
            request_query: self.pairs(context, "requestOverride", "querystring")?,
            request_header: self.pairs(context, "requestOverride", "header")?,
            response_status: status.as_ref().and_then(status_of),
            response_header: self.pairs(context, "responseOverride", "header")?,
            context: members,
        })
    }

    fn inner(&self, id: Id, name: &str) -> Option<Id> {
        match self.heap.member(id, name) {
            Some(Value::Map(inner)) => Some(*inner),
            _ => None,
        }
    }

    /// The entries of a map of overrides; those without a value override nothing.
    fn pairs(
        &self,
        context: Id,
        outer: &str,
        inner: &str,
    ) -> Result<Vec<(String, String)>, RenderProblem> {
        let map = self
            .inner(context, outer)
            .and_then(|outer| self.inner(outer, inner));
        let Some(map) = map else {
            return Ok(Vec::new());
        };
        let mut pairs = Vec::new();
        for (key, value) in self.heap.entries(map) {
            if !matches!(value, Value::Null) && *key != Key::Null {
                let name = self.heap.shown(&key.value())?.to_string();
                pairs.push((name, self.heap.shown(value)?.to_string()));
            }
        }
        Ok(pairs)
    }
}

/// The status that a number or a text means.
fn status_of(value: &Value) -> Option<u16> {
    let number = match value {
        Value::Text(text) => text.trim().parse().ok(),
        other => number::whole(other).and_then(|status| u16::try_from(status).ok()),
    };
    number.filter(|status| (100..=599).contains(status))
}
