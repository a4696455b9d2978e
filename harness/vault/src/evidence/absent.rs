//! What was named and is not there, and what a relay could not see of a refusal.

use serde::{Deserialize, Serialize};

use super::Ended;

/// Something that a request names and that is not there.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Missing {
    /// What it would be: `password policy`.
    pub thing: String,
    /// The name that was given.
    pub name: String,
    /// The names that are nearly that, the nearest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub near: Vec<String>,
    /// Some of the names that are there, where none is near.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub known: Vec<String>,
    /// Whether servers of before had it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_removed: bool,
}

/// How many names are told.
const SHOWN_MAX: usize = 5;

impl Missing {
    /// What is called `name` and is none of those that are known.
    pub fn of<'n>(
        thing: &str,
        name: &str,
        known: impl IntoIterator<Item = &'n String, IntoIter: Clone>,
    ) -> Self {
        let known = known.into_iter();
        let texts = |names: Vec<&str>| names.into_iter().map(str::to_owned).collect::<Vec<_>>();
        let near =
            authlab_kernel::near::nearest(name, known.clone().map(String::as_str), SHOWN_MAX);
        let known = match near.is_empty() {
            true => known.map(String::as_str).take(SHOWN_MAX).collect(),
            false => Vec::new(),
        };
        Self {
            thing: thing.to_owned(),
            name: name.to_owned(),
            near: texts(near),
            known: texts(known),
            is_removed: false,
        }
    }
}

/// What is known of an accessor that names nothing that could be used.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct UnknownAccessor {
    /// What an accessor was asked for: of tokens, or of secret ids.
    pub of: AccessorOf,
    /// What was sent in its place.
    pub form: AccessorForm,
    /// The role that was named, of a secret id's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
    /// The role whose secret id has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// An accessor that is there and nearly the same.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub near: Option<String>,
    /// The token that it belonged to, where that has ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended: Option<Ended>,
}

/// Whose accessor is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AccessorOf {
    /// A token's.
    Token,
    /// A secret id's.
    SecretId,
}

/// What was sent as an accessor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AccessorForm {
    /// A token, or a secret id, itself.
    Secret,
    /// Anything else.
    Other,
}

/// What a relay could not see of a refusal that the server does not explain.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unseen {
    /// Whether the server let the lab look the caller's token up.
    pub is_looked_up: bool,
    /// The policies of the token that the lab could not read.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unread: Vec<String>,
}
