//! How the actors of a scenario sign, where it is other than they should.

use super::{Kind, Thing};
use crate::{client::Habit, params::Actor};

/// How somebody signs.
#[derive(Clone, Debug)]
pub struct SigningHabit {
    /// Who, as the steps say it.
    pub name: String,
    /// The same.
    pub actor: Actor,
    /// How.
    pub habit: Habit,
}

impl Thing for SigningHabit {
    fn kind() -> Kind {
        Kind::unseen("habit of signing")
    }

    fn name(&self) -> &str {
        &self.name
    }
}
