//! Things that a scenario calls by name.

use std::collections::BTreeMap;

use crate::error::{StepError, StepResult};

/// The things of one kind, by the names that the scenario gives them.
#[derive(Clone, Debug)]
pub struct Register<T> {
    kind: &'static str,
    things: BTreeMap<String, T>,
}

impl<T> Register<T> {
    /// None yet; `kind` names one in messages: `role`.
    #[must_use]
    pub fn of(kind: &'static str) -> Self {
        Self {
            kind,
            things: BTreeMap::new(),
        }
    }

    /// Gives the name to `thing`; the thing that had it before loses it.
    pub fn set(&mut self, name: impl Into<String>, thing: T) {
        self.things.insert(name.into(), thing);
    }

    /// The thing of this name.
    ///
    /// # Errors
    /// When there is none, with the names there are.
    pub fn get(&self, name: &str) -> StepResult<&T> {
        self.things.get(name).ok_or_else(|| {
            let known = self
                .things
                .keys()
                .map(|known| format!("`{known}`"))
                .collect::<Vec<_>>();
            let known = if known.is_empty() {
                "none".to_owned()
            } else {
                known.join(", ")
            };
            StepError::new(format!(
                "the scenario has no {} `{name}`; it has {known}",
                self.kind
            ))
        })
    }

    /// All of them, by name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &T)> {
        self.things
            .iter()
            .map(|(name, thing)| (name.as_str(), thing))
    }
}
