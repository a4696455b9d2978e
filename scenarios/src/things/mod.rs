//! The things that a scenario makes and calls by name.
//!
//! A thing is a type of a file here: what it is called, and, if the scenario's document shows it, its
//! section, read as anybody could read it. A step makes one and hands it to [`Things::set`]; what a call of
//! any operation makes is told by [`Things::made_by_operation`]. Whoever needs it asks by [`Things::get`].
//! A new kind of thing is a new file.

mod made;
pub mod section;

pub mod access_log;
pub mod answer;
pub mod api;
pub mod audit;
pub mod control_policy;
pub mod function;
pub mod habit;
pub mod managed_policy;
pub mod role;
pub mod secret;
pub mod session;
pub mod sink;
pub mod token;
pub mod upstream;
pub mod user;
pub mod vault_policy;
pub mod vault_role;
pub mod vault_session;

use std::{any::Any, collections::BTreeMap, fmt, future::Future, pin::Pin};

use authlab_snapshots::Redactor;

use crate::{
    client::Clients,
    error::{StepError, StepResult},
};

pub use self::{made::Made, section::Section};

/// What kind of thing a type is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Kind {
    /// How messages call one: `role`.
    pub noun: &'static str,
    /// Where the document has its sections; the decisions stand at [`Kind::DECISIONS`].
    pub place: u8,
}

impl Kind {
    /// The place of what was decided: before it stands what there is, behind it what was logged.
    pub const DECISIONS: u8 = 100;

    /// A kind that the document shows at this place.
    #[must_use]
    pub const fn shown(noun: &'static str, place: u8) -> Self {
        Self { noun, place }
    }

    /// A kind that the document does not show.
    #[must_use]
    pub const fn unseen(noun: &'static str) -> Self {
        Self::shown(noun, u8::MAX)
    }
}

/// A section of the document, as it is being read; none when there is nothing to show.
pub type Reading<'a> = Pin<Box<dyn Future<Output = StepResult<Option<Section>>> + 'a>>;

/// Something that a scenario made and calls by name.
pub trait Thing: Any + fmt::Debug {
    /// What kind of thing it is.
    fn kind() -> Kind
    where
        Self: Sized;

    /// Its name among its kind. The thing that had it before loses it.
    fn name(&self) -> &str;

    /// What its kind is sorted by before the name, and what else tells two of one name apart: its
    /// account.
    fn group(&self) -> &str {
        ""
    }

    /// Its section of the document.
    fn section<'a>(&'a self, _clients: &'a Clients) -> Reading<'a> {
        Box::pin(async { Ok(None) })
    }

    /// Hides what of it differs from backend to backend.
    fn redact(&self, redactor: Redactor) -> Redactor {
        redactor
    }
}

/// Where a thing stands among all.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
struct Key {
    place: u8,
    noun: &'static str,
    group: String,
    name: String,
}

/// The things of a scenario, in the order of the document.
#[derive(Debug, Default)]
pub struct Things {
    things: BTreeMap<Key, (usize, Box<dyn Thing>)>,
    made: usize,
}

impl Things {
    /// Remembers a thing by its name.
    pub fn set<T: Thing>(&mut self, thing: T) {
        let Kind { noun, place } = T::kind();
        let key = Key {
            place,
            noun,
            group: thing.group().to_owned(),
            name: thing.name().to_owned(),
        };
        self.made += 1;
        self.things.insert(key, (self.made, Box::new(thing)));
    }

    /// The thing of this kind and name that was made last, if there is one.
    #[must_use]
    pub fn find<T: Thing>(&self, name: &str) -> Option<&T> {
        let named = self
            .of_kind::<T>()
            .filter(|(_, thing)| thing.name() == name);
        named.max_by_key(|(made, _)| *made).map(|(_, thing)| thing)
    }

    /// The thing of this kind and name.
    ///
    /// # Errors
    /// When there is none, with the names there are.
    pub fn get<T: Thing>(&self, name: &str) -> StepResult<&T> {
        self.find(name).ok_or_else(|| {
            let known = self.of_kind::<T>();
            let known: Vec<_> = known
                .map(|(_, thing)| format!("`{}`", thing.name()))
                .collect();
            let known = match known.len() {
                0 => "none".to_owned(),
                _ => known.join(", "),
            };
            let noun = T::kind().noun;
            StepError::new(format!(
                "the scenario has no {noun} `{name}`; it has {known}"
            ))
        })
    }

    /// The thing of this kind and name in a group.
    ///
    /// # Errors
    /// When there is none.
    pub fn get_in<T: Thing>(&self, group: &str, name: &str) -> StepResult<&T> {
        let mut found = self.of_kind::<T>().map(|(_, thing)| thing);
        let found = found.find(|thing| (thing.group(), thing.name()) == (group, name));
        let noun = T::kind().noun;
        found.ok_or_else(|| {
            StepError::new(format!("the scenario has no {noun} `{name}` of `{group}`"))
        })
    }

    /// Every thing of this kind.
    pub fn all<T: Thing>(&self) -> impl Iterator<Item = &T> {
        self.of_kind::<T>().map(|(_, thing)| thing)
    }

    fn of_kind<T: Thing>(&self) -> impl Iterator<Item = (usize, &T)> {
        self.things.values().filter_map(|(made, thing)| {
            let thing: &dyn Any = thing.as_ref();
            Some((*made, thing.downcast_ref()?))
        })
    }

    /// The sections of all things, those that stand behind the decisions apart: they are read first,
    /// because what is read leaves traces of its own.
    ///
    /// # Errors
    /// When one cannot be read.
    pub(crate) async fn sections(
        &self,
        clients: &Clients,
    ) -> StepResult<(Vec<Section>, Vec<Section>)> {
        let behind = self.read(clients, |place| place > Kind::DECISIONS).await?;
        let before = self.read(clients, |place| place < Kind::DECISIONS).await?;
        Ok((before, behind))
    }

    async fn read(
        &self,
        clients: &Clients,
        is_wanted: impl Fn(u8) -> bool,
    ) -> StepResult<Vec<Section>> {
        let mut sections = Vec::new();
        for (key, (_, thing)) in &self.things {
            if is_wanted(key.place) {
                let section = match thing.section(clients).await {
                    Ok(section) => section,
                    Err(error) => Some(unread(key, &error).ok_or(error)?),
                };
                sections.extend(section);
            }
        }
        Ok(sections)
    }

    /// Hides what differs from backend to backend.
    pub(crate) fn redactor(&self) -> Redactor {
        let things = self.things.values();
        things.fold(Redactor::new(), |redactor, (_, thing)| {
            thing.redact(redactor)
        })
    }
}

/// The section of a thing that whoever reads is refused, by how the scenario left the lab: that it is gone,
/// or that it cannot be read. None when it was no refusal.
fn unread(key: &Key, error: &StepError) -> Option<Section> {
    let code = error.refusal()?;
    let is_gone = code.contains("NotFound") || code == "NoSuchEntity" || code == "404";
    let mut title = format!("{} {}", key.noun, key.name);
    if !key.group.is_empty() {
        title = format!("{title} of the account {}", key.group);
    }
    let body = if is_gone {
        "gone".to_owned()
    } else {
        format!("cannot be read: {code}")
    };
    Some(Section::new(title, body))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, PartialEq)]
    struct Crate(&'static str, &'static str, u8);

    impl Thing for Crate {
        fn kind() -> Kind {
            Kind::unseen("crate")
        }

        fn name(&self) -> &str {
            self.1
        }

        fn group(&self) -> &str {
            self.0
        }
    }

    #[test]
    fn a_name_is_that_of_the_thing_that_got_it_last() {
        let mut things = Things::default();
        let missing = things.get::<Crate>("a").unwrap_err().to_string();
        assert_eq!(missing, "the scenario has no crate `a`; it has none");
        things.set(Crate("z", "a", 1));
        things.set(Crate("b", "a", 2));
        assert_eq!(things.get::<Crate>("a").unwrap(), &Crate("b", "a", 2));
        things.set(Crate("z", "a", 3));
        assert_eq!(things.get::<Crate>("a").unwrap(), &Crate("z", "a", 3));
        let missing = things.get::<Crate>("c").unwrap_err().to_string();
        assert_eq!(missing, "the scenario has no crate `c`; it has `a`, `a`");
    }
}
