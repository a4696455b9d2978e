//! The outcomes that are possible, and what would narrow them down.

use std::fmt;

use crate::decide::{Layer, Outcome, StatementAt};

/// What can come out of a request of which not everything is known.
#[derive(Debug, Clone)]
pub struct Possible<'a> {
    /// The outcomes, one at least. With one the decision is certain.
    pub outcomes: Outcomes,
    /// The statements that match whatever the unknown is, in the order of the checks, the layers and the
    /// documents.
    pub always: Vec<StatementAt<'a>>,
    /// What else may have a say, and what would tell. Empty when the decision is certain; otherwise the
    /// decision is certain once all of it is known, and the keys that documents of those layers ask for.
    pub perhaps: Vec<Residual<'a>>,
}

impl Possible<'_> {
    /// The decision's outcome, where it is certain.
    #[must_use]
    pub fn decided(&self) -> Option<Outcome> {
        self.outcomes.only()
    }

    /// Everything that would settle the decision, each key and each layer once.
    #[must_use]
    pub fn wants(&self) -> Vec<&Ask> {
        let mut wants: Vec<&Ask> = Vec::new();
        for ask in self.perhaps.iter().flat_map(|residual| &residual.wants) {
            if !wants.contains(&ask) {
                wants.push(ask);
            }
        }
        wants
    }
}

/// What matches under some values of the unknown and not under others.
#[derive(Debug, Clone)]
pub struct Residual<'a> {
    /// The statement; `None` for the documents of a layer that is not known.
    pub statement: Option<StatementAt<'a>>,
    /// What would tell whether it matches.
    pub wants: Vec<Ask>,
}

/// Something unknown that has a say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ask {
    /// The values of a condition key, or that it is absent; as the policy spells it.
    Key(String),
    /// The documents of a layer, or that there are none.
    Layer(Layer),
}

impl Ask {
    pub(super) fn add_to(self, list: &mut Vec<Self>) {
        let known = list.iter().any(|known| match (known, &self) {
            (Self::Key(one), Self::Key(other)) => one.eq_ignore_ascii_case(other),
            _ => *known == self,
        });
        if !known {
            list.push(self);
        }
    }
}

impl fmt::Display for Ask {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Key(key) => write!(f, "condition key `{key}`"),
            Self::Layer(layer) => f.write_str(layer.title()),
        }
    }
}

/// A set of outcomes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Outcomes(u8);

const ALL: [Outcome; 3] = [Outcome::Allow, Outcome::ExplicitDeny, Outcome::ImplicitDeny];

impl Outcomes {
    /// Whether the outcome is one of them.
    #[must_use]
    pub fn contains(self, outcome: Outcome) -> bool {
        self.0 & bit(outcome) != 0
    }

    /// The outcome, where there is one only.
    #[must_use]
    pub fn only(self) -> Option<Outcome> {
        let mut each = self.iter();
        each.next().filter(|_| each.next().is_none())
    }

    /// The outcomes: allow, explicit deny, implicit deny.
    pub fn iter(self) -> impl Iterator<Item = Outcome> {
        ALL.into_iter()
            .filter(move |outcome| self.contains(*outcome))
    }

    pub(super) fn insert(&mut self, outcome: Outcome) {
        self.0 |= bit(outcome);
    }

    pub(super) fn remove(&mut self, outcome: Outcome) {
        self.0 &= !bit(outcome);
    }

    pub(super) fn unite(&mut self, other: Self) {
        self.0 |= other.0;
    }
}

fn bit(outcome: Outcome) -> u8 {
    1 << outcome as u8
}

impl FromIterator<Outcome> for Outcomes {
    fn from_iter<I: IntoIterator<Item = Outcome>>(outcomes: I) -> Self {
        let mut set = Self::default();
        outcomes.into_iter().for_each(|outcome| set.insert(outcome));
        set
    }
}

/// `allowed or explicitly denied`.
impl fmt::Display for Outcomes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let texts: Vec<String> = self.iter().map(|outcome| outcome.to_string()).collect();
        f.write_str(&texts.join(" or "))
    }
}
