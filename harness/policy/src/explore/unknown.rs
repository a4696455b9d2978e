//! What is not known about a request and its policies.

use crate::context::Context;
use crate::decide::Layer;

/// What is not known; nothing, by default.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Unknown {
    /// Condition keys whose values are not known, nor whether they are present.
    pub keys: Keys,
    /// Layers that nobody exported: any documents may be there, or none. What the
    /// [`PolicySet`](crate::PolicySet) has of them counts for nothing. With the resource's policy go the
    /// grants.
    pub layers: LayerSet,
}

/// Condition keys, by their names without regard to case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Keys {
    /// These, even where the request has a value.
    Listed(Vec<String>),
    /// All but these, which the request has or which are known to be absent, and all but the others that
    /// the request has.
    AllBut(Vec<String>),
}

impl Default for Keys {
    fn default() -> Self {
        Self::Listed(Vec::new())
    }
}

impl Keys {
    /// Whether `key` is one of them, for a request with this context.
    #[must_use]
    pub fn contains(&self, key: &str, context: &Context) -> bool {
        let named = |list: &[String]| list.iter().any(|name| name.eq_ignore_ascii_case(key));
        match self {
            Self::Listed(unknown) => named(unknown),
            Self::AllBut(known) => !named(known) && context.get(key).is_none(),
        }
    }
}

/// A set of layers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct LayerSet(u8);

impl LayerSet {
    /// Whether the layer is one of them.
    #[must_use]
    pub fn contains(self, layer: Layer) -> bool {
        self.0 & bit(layer) != 0
    }

    /// Adds a layer.
    pub fn insert(&mut self, layer: Layer) {
        self.0 |= bit(layer);
    }

    /// Takes a layer away.
    pub fn remove(&mut self, layer: Layer) {
        self.0 &= !bit(layer);
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The layers, in the order of [`Layer::ALL`].
    pub fn iter(self) -> impl Iterator<Item = Layer> {
        Layer::ALL
            .into_iter()
            .filter(move |layer| self.contains(*layer))
    }
}

fn bit(layer: Layer) -> u8 {
    1 << layer as u8
}

impl FromIterator<Layer> for LayerSet {
    fn from_iter<I: IntoIterator<Item = Layer>>(layers: I) -> Self {
        let mut set = Self::default();
        layers.into_iter().for_each(|layer| set.insert(layer));
        set
    }
}
