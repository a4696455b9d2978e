//! The parts of what is kept as a whole: the routes of an HTTP API, the resources and methods of a REST
//! API, the keys and plans of an account.
//!
//! A part says what names it, where the whole has it, and how it is taken away; what is made by one
//! request says what the request gives, what can be changed says what an update makes of it. The
//! operations on every part follow: [`get`], [`list`], [`delete`], [`create`], [`update`]. An
//! operation that does more (asks an issuer, looks for a log group) is written out, and takes from here
//! what it needs.

use std::fmt;
use std::marker::PhantomData;

use authlab_wire::{Value, WireError};
use serde::de::{DeserializeOwned, IgnoredAny, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

use super::call::{Answer, Call, Reply};
use super::effect::Effect;
use super::input::{read, read_both, read_part};

/// What has parts, and is changed as a whole or not at all.
pub trait Whole: Sized {
    /// Every service's state.
    type Cloud;
    /// What the rules see beside it.
    type Ctx<'c>;
    /// What the rules refuse.
    type Error;
    /// Which page of a list is asked for.
    type Page: DeserializeOwned;

    /// The members of an input that name one, as the model spells them; none for the account's own.
    const NAMES: &'static [&'static str];

    /// The one with these names.
    ///
    /// # Errors
    /// There is none.
    fn find<'c>(
        cloud: &'c mut Self::Cloud,
        call: &Call,
        names: &[String],
    ) -> Result<&'c Self, WireError>;

    /// Changes it as a whole or not at all.
    ///
    /// # Errors
    /// There is none of these names, or what `edit` refuses.
    fn change<T>(
        cloud: &mut Self::Cloud,
        call: &Call,
        names: &[String],
        edit: impl FnOnce(&mut Self, &Self::Ctx<'_>) -> Result<T, Self::Error>,
    ) -> Result<(T, Vec<Effect>), WireError>;

    /// What is answered to a refusal of the rules.
    fn wire(error: Self::Error) -> WireError;

    /// The page of a list.
    ///
    /// # Errors
    /// What is asked for is no page.
    fn page<T: Serialize>(asked: Self::Page, items: impl Iterator<Item = T>) -> Answer;
}

/// The error of the rules about a part.
type Fault<P> = <<P as Part>::Whole as Whole>::Error;
/// What the rules about a part see.
type CtxOf<'c, P> = <<P as Part>::Whole as Whole>::Ctx<'c>;
/// The state that a part stands in.
type CloudOf<P> = <<P as Part>::Whole as Whole>::Cloud;

/// A part that can be looked at, listed and taken away.
pub trait Part: Serialize + Sized + 'static {
    /// Of what it is a part.
    type Whole: Whole;

    /// The members of an input that name one, those that name the whole first.
    const NAMES: &'static [&'static str];

    /// The part with these names; those of the whole are not among them.
    ///
    /// # Errors
    /// There is none.
    fn find<'w>(whole: &'w Self::Whole, names: &[String]) -> Result<&'w Self, Fault<Self>>;

    /// All of them, in the order in which they are listed.
    fn all(whole: &Self::Whole) -> impl Iterator<Item = &Self>;

    /// Takes one away.
    ///
    /// # Errors
    /// There is none of these names, or something needs it.
    fn remove(whole: &mut Self::Whole, names: &[String]) -> Result<(), Fault<Self>>;
}

/// A part that a request makes.
pub trait Made: Part {
    /// What the request gives, beside the names of the whole.
    type Given: DeserializeOwned;

    /// Makes one.
    ///
    /// # Errors
    /// What is given is none.
    fn add(
        whole: &mut Self::Whole,
        given: Self::Given,
        ctx: &CtxOf<'_, Self>,
    ) -> Result<Self, Fault<Self>>;
}

/// A part that can be changed.
pub trait Kept: Part {
    /// What an update makes of it; the rules have not been asked yet. The input names the part too.
    ///
    /// # Errors
    /// The input is no update of such a part.
    fn updated(&self, update: Value) -> Result<Self, WireError>;

    /// Keeps it in place of what has its names, and says how it is kept.
    ///
    /// # Errors
    /// The rules refuse it.
    fn put(self, whole: &mut Self::Whole, ctx: &CtxOf<'_, Self>) -> Result<Self, Fault<Self>>;
}

/// The names of a whole, as an input has them.
pub struct Within<W> {
    names: Vec<String>,
    whole: PhantomData<W>,
}

impl<W: Whole> Within<W> {
    /// The names, in the order of [`Whole::NAMES`].
    pub fn names(&self) -> &[String] {
        &self.names
    }
}

/// The names of a part and of its whole, as an input has them.
pub struct At<P> {
    names: Vec<String>,
    part: PhantomData<P>,
}

impl<P: Part> At<P> {
    /// The names of the whole.
    pub fn whole(&self) -> &[String] {
        let count = <P::Whole as Whole>::NAMES.len();
        self.names.get(..count).unwrap_or_default()
    }

    /// The names of the part.
    pub fn part(&self) -> &[String] {
        let count = <P::Whole as Whole>::NAMES.len();
        self.names.get(count..).unwrap_or_default()
    }
}

/// Makes a part.
///
/// # Errors
/// There is no such whole, or what is given is none.
pub fn create<P: Made>(cloud: &mut CloudOf<P>, call: &Call, input: Value) -> Answer {
    let (of, given): (Within<P::Whole>, P::Given) = read_both(input)?;
    let edit = |whole: &mut P::Whole, ctx: &CtxOf<'_, P>| P::add(whole, given, ctx);
    let (added, effects) = P::Whole::change(cloud, call, of.names(), edit)?;
    changed(&added, effects)
}

/// Answers a part.
///
/// # Errors
/// There is none.
pub fn get<P: Part>(cloud: &mut CloudOf<P>, call: &Call, input: Value) -> Answer {
    let at: At<P> = read(input)?;
    let whole = P::Whole::find(cloud, call, at.whole())?;
    Reply::to(P::find(whole, at.part()).map_err(P::Whole::wire)?)
}

/// Answers a page of the parts of a kind.
///
/// # Errors
/// There is no such whole, or no such page.
pub fn list<P: Part>(cloud: &mut CloudOf<P>, call: &Call, input: Value) -> Answer {
    let (of, asked): (Within<P::Whole>, <P::Whole as Whole>::Page) = read_both(input)?;
    let whole = P::Whole::find(cloud, call, of.names())?;
    P::Whole::page(asked, P::all(whole))
}

/// Changes a part.
///
/// # Errors
/// There is none, or it cannot be changed like this.
pub fn update<P: Kept>(cloud: &mut CloudOf<P>, call: &Call, input: Value) -> Answer {
    let at: At<P> = read_part(&input)?;
    let whole = P::Whole::find(cloud, call, at.whole())?;
    let part = P::find(whole, at.part()).map_err(P::Whole::wire)?;
    let updated = part.updated(input)?;
    let edit = |whole: &mut P::Whole, ctx: &CtxOf<'_, P>| updated.put(whole, ctx);
    let (kept, effects) = P::Whole::change(cloud, call, at.whole(), edit)?;
    changed(&kept, effects)
}

/// Takes a part away.
///
/// # Errors
/// There is none, or something needs it.
pub fn delete<P: Part>(cloud: &mut CloudOf<P>, call: &Call, input: Value) -> Answer {
    let at: At<P> = read(input)?;
    let edit = |whole: &mut P::Whole, _: &CtxOf<'_, P>| P::remove(whole, at.part());
    let ((), effects) = P::Whole::change(cloud, call, at.whole(), edit)?;
    Ok(Reply {
        effects,
        ..Reply::empty()
    })
}

/// The answer of a change, with what it sets in motion.
///
/// # Errors
/// The output is none ([`Reply::to`]).
pub fn changed<T: Serialize>(output: &T, effects: Vec<Effect>) -> Answer {
    let reply = Reply::to(output)?;
    Ok(Reply { effects, ..reply })
}

impl<'de, W: Whole> Deserialize<'de> for Within<W> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let names = deserializer.deserialize_struct("Within", W::NAMES, Names(W::NAMES))?;
        let whole = PhantomData;
        Ok(Self { names, whole })
    }
}

impl<'de, P: Part> Deserialize<'de> for At<P> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let names = deserializer.deserialize_struct("At", P::NAMES, Names(P::NAMES))?;
        let part = PhantomData;
        Ok(Self { names, part })
    }
}

/// Reads the members of these names.
struct Names(&'static [&'static str]);

impl<'de> Visitor<'de> for Names {
    type Value = Vec<String>;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "a structure with {}", self.0.join(", "))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Vec<String>, A::Error> {
        let mut found: Vec<Option<String>> = vec![None; self.0.len()];
        while let Some(member) = members.next_key::<String>()? {
            let place = self.0.iter().position(|name| *name == member);
            match place.and_then(|place| found.get_mut(place)) {
                Some(slot) => *slot = Some(members.next_value()?),
                None => {
                    members.next_value::<IgnoredAny>()?;
                }
            }
        }
        let named = self.0.iter().zip(found);
        named
            .map(|(name, found)| found.ok_or_else(|| serde::de::Error::missing_field(name)))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use authlab_wire::to_value;
    use serde_json::json;

    use super::*;
    use crate::front::testing::call;

    /// A shelf of boxes, which are named by row and column.
    #[derive(Clone, Default)]
    struct Shelf(BTreeMap<Vec<String>, Box>);

    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Box {
        row: String,
        column: String,
        #[serde(default)]
        label: Option<String>,
    }

    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Page {
        #[serde(default)]
        limit: Option<usize>,
    }

    type Shelves = BTreeMap<String, Shelf>;

    impl Whole for Shelf {
        type Cloud = Shelves;
        type Ctx<'c> = ();
        type Error = &'static str;
        type Page = Page;

        const NAMES: &'static [&'static str] = &["ShelfId"];

        fn find<'c>(
            cloud: &'c mut Shelves,
            _: &Call,
            names: &[String],
        ) -> Result<&'c Self, WireError> {
            cloud.get(&names[0]).ok_or_else(|| Self::wire("no shelf"))
        }

        fn change<T>(
            cloud: &mut Shelves,
            call: &Call,
            names: &[String],
            edit: impl FnOnce(&mut Self, &()) -> Result<T, &'static str>,
        ) -> Result<(T, Vec<Effect>), WireError> {
            let mut edited = Self::find(cloud, call, names)?.clone();
            let value = edit(&mut edited, &()).map_err(Self::wire)?;
            cloud.insert(names[0].clone(), edited);
            Ok((value, Vec::new()))
        }

        fn wire(error: &'static str) -> WireError {
            WireError::new(400, "Refused", error)
        }

        fn page<T: Serialize>(asked: Page, items: impl Iterator<Item = T>) -> Answer {
            let items: Vec<T> = items.take(asked.limit.unwrap_or(usize::MAX)).collect();
            Reply::to(&items)
        }
    }

    impl Part for Box {
        type Whole = Shelf;

        const NAMES: &'static [&'static str] = &["ShelfId", "Row", "Column"];

        fn find<'w>(whole: &'w Shelf, names: &[String]) -> Result<&'w Self, &'static str> {
            whole.0.get(names).ok_or("no box")
        }

        fn all(whole: &Shelf) -> impl Iterator<Item = &Self> {
            whole.0.values()
        }

        fn remove(whole: &mut Shelf, names: &[String]) -> Result<(), &'static str> {
            whole.0.remove(names).map(|_| ()).ok_or("no box")
        }
    }

    impl Made for Box {
        type Given = Self;

        fn add(whole: &mut Shelf, given: Self, ctx: &()) -> Result<Self, &'static str> {
            given.put(whole, ctx)
        }
    }

    impl Kept for Box {
        fn updated(&self, update: Value) -> Result<Self, WireError> {
            let (_, updated): (At<Self>, Self) = read_both(update)?;
            Ok(updated)
        }

        fn put(self, whole: &mut Shelf, _: &()) -> Result<Self, &'static str> {
            if self.label.as_deref() == Some("") {
                return Err("no label");
            }
            let names = vec![self.row.clone(), self.column.clone()];
            whole.0.insert(names, self.clone());
            Ok(self)
        }
    }

    #[test]
    fn the_operations_on_a_part_follow_from_what_it_is() {
        let mut shelves = Shelves::from([("s".to_owned(), Shelf::default())]);
        let call = call();
        type Operation = fn(&mut Shelves, &Call, Value) -> Answer;
        let one = json!({"ShelfId": "s", "Row": "1", "Column": "a"});
        let with = |more: serde_json::Value| {
            let mut input = one.clone();
            input
                .as_object_mut()
                .unwrap()
                .extend(more.as_object().unwrap().clone());
            input
        };
        let made = json!({"Row": "1", "Column": "a", "Label": null});
        let labelled = json!({"Row": "1", "Column": "a", "Label": "x"});
        let rows: [(
            Operation,
            serde_json::Value,
            Result<serde_json::Value, &str>,
        ); 14] = [
            (get::<Box>, one.clone(), Err("no box")),
            (update::<Box>, one.clone(), Err("no box")),
            (delete::<Box>, one.clone(), Err("no box")),
            (
                create::<Box>,
                json!({"ShelfId": "t", "Row": "1", "Column": "a"}),
                Err("no shelf"),
            ),
            (
                create::<Box>,
                with(json!({"Colour": "red"})),
                Err("the member `Colour` is not implemented by this lab: leave it out"),
            ),
            (create::<Box>, one.clone(), Ok(made.clone())),
            (get::<Box>, one.clone(), Ok(made.clone())),
            (
                get::<Box>,
                with(json!({"Colour": "red"})),
                Err("the member `Colour` is not implemented by this lab: leave it out"),
            ),
            (update::<Box>, with(json!({"Label": ""})), Err("no label")),
            (
                update::<Box>,
                with(json!({"Label": "x"})),
                Ok(labelled.clone()),
            ),
            (list::<Box>, json!({"ShelfId": "s"}), Ok(json!([labelled]))),
            (
                list::<Box>,
                json!({"ShelfId": "s", "Limit": 0}),
                Ok(json!([])),
            ),
            (delete::<Box>, one.clone(), Ok(json!({}))),
            (list::<Box>, json!({"ShelfId": "s"}), Ok(json!([]))),
        ];
        for (index, (operation, input, expected)) in rows.into_iter().enumerate() {
            let answer = operation(&mut shelves, &call, to_value(&input).unwrap());
            let answer = answer
                .map(|reply| reply.output)
                .map_err(|error| error.message);
            let expected = expected
                .map(|output| to_value(&output).unwrap())
                .map_err(str::to_owned);
            assert_eq!(answer, expected, "{index}: {input}");
        }
    }
}
