//! A request's input or an answer's output, between the wire and a handler's serde types.

pub(crate) mod de;
mod ser;

use std::collections::BTreeMap;

use bytes::Bytes;
use jiff::Timestamp;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A value of a service model. A structure is a [`Value::Map`] whose keys are the member names of the
/// **model** (`RoleArn`), not those of the wire; an absent member has no key.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Value {
    /// Nothing; as a structure's member the same as an absent one.
    #[default]
    Null,
    /// `boolean`.
    Bool(bool),
    /// `integer` and `long`.
    Integer(i64),
    /// `float` and `double`.
    Float(f64),
    /// `string`, with or without an enum.
    Text(String),
    /// `blob`, decoded.
    Blob(Bytes),
    /// `timestamp`.
    Timestamp(Timestamp),
    /// `list`.
    List(Vec<Value>),
    /// `structure`, `union` and `map`.
    Map(BTreeMap<String, Value>),
}

impl Value {
    /// An empty structure.
    #[must_use]
    pub fn empty() -> Self {
        Self::Map(BTreeMap::new())
    }

    /// A structure's member, or `None` when it is absent, null, or this is no structure.
    #[must_use]
    pub fn get(&self, member: &str) -> Option<&Self> {
        match self {
            Self::Map(members) => members.get(member).filter(|value| **value != Self::Null),
            _ => None,
        }
    }

    /// Whether this asks for nothing beyond the default: null, `false`, an empty text, or a list or
    /// structure of nothing else.
    #[must_use]
    pub fn asks_nothing(&self) -> bool {
        match self {
            Self::Null | Self::Bool(false) => true,
            Self::Text(text) => text.is_empty(),
            Self::List(elements) => elements.iter().all(Self::asks_nothing),
            Self::Map(members) => members.values().all(Self::asks_nothing),
            _ => false,
        }
    }

    /// The text, when this is text.
    #[must_use]
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The elements, when this is a list.
    #[must_use]
    pub fn as_list(&self) -> Option<&[Self]> {
        match self {
            Self::List(elements) => Some(elements),
            _ => None,
        }
    }

    /// What kind of value this is, in lower case, for error texts.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool(_) => "boolean",
            Self::Integer(_) => "integer",
            Self::Float(_) => "float",
            Self::Text(_) => "string",
            Self::Blob(_) => "blob",
            Self::Timestamp(_) => "timestamp",
            Self::List(_) => "list",
            Self::Map(_) => "map",
        }
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Integer(number)
    }
}

impl From<bool> for Value {
    fn from(flag: bool) -> Self {
        Self::Bool(flag)
    }
}

/// A `blob` member of a handler's serde type: bytes that survive [`from_value`] and [`to_value`]
/// (a `Vec<u8>` would become a list of numbers).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Blob(pub Bytes);

impl Serialize for Blob {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(&self.0)
    }
}

impl<'de> Deserialize<'de> for Blob {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_byte_buf(de::BlobVisitor)
    }
}

impl From<Bytes> for Blob {
    fn from(bytes: Bytes) -> Self {
        Self(bytes)
    }
}

impl From<Vec<u8>> for Blob {
    fn from(bytes: Vec<u8>) -> Self {
        Self(bytes.into())
    }
}

/// A value does not fit the serde type that it should become, or the other way round.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ValueError {
    /// What serde says: an invalid type, a missing field, an unknown variant.
    #[error("{0}")]
    Mismatch(String),
    /// A map whose keys are not text.
    #[error("a map's key must be a string, not a {0}")]
    Key(&'static str),
    /// A number that no AWS shape holds.
    #[error("`{0}` does not fit a 64-bit signed integer")]
    Number(String),
}

impl serde::de::Error for ValueError {
    fn custom<T: std::fmt::Display>(message: T) -> Self {
        Self::Mismatch(message.to_string())
    }
}

impl serde::ser::Error for ValueError {
    fn custom<T: std::fmt::Display>(message: T) -> Self {
        Self::Mismatch(message.to_string())
    }
}

/// Reads a handler's input type out of a value.
///
/// A [`Value::Timestamp`] becomes a `jiff::Timestamp` (or its RFC 3339 text, or its seconds, as the
/// type asks), a [`Value::Blob`] a [`Blob`]. A union is an enum with one variant per member.
///
/// # Errors
/// Fails when the value lacks what the type requires or has another shape.
pub fn from_value<T: DeserializeOwned>(value: Value) -> Result<T, ValueError> {
    T::deserialize(value)
}

/// Reads a handler's input type out of a value, and finds what the type does not read: the members
/// that a request states and no code looks at, as paths (`SecretFilter.Names[0].Prefix`).
///
/// A member that asks for nothing (null, `false`, an empty text, list or structure) counts as read:
/// clients state these where they mean the default.
///
/// # Errors
/// Fails as [`from_value`] does.
pub fn from_value_noting_unread<T: DeserializeOwned>(
    value: Value,
) -> Result<(T, Vec<String>), ValueError> {
    let stated = value.clone();
    let mut unread = Vec::new();
    let read = serde_ignored::deserialize(value, |path| {
        if !at(&path, &stated).is_some_and(Value::asks_nothing) {
            unread.push(spelled(&path));
        }
    })?;
    Ok((read, unread))
}

/// The value at a path, as far as the path leads.
fn at<'v>(path: &serde_ignored::Path<'_>, value: &'v Value) -> Option<&'v Value> {
    use serde_ignored::Path;
    match path {
        Path::Root => Some(value),
        Path::Seq { parent, index } => at(parent, value)?.as_list()?.get(*index),
        Path::Map { parent, key } => match at(parent, value)? {
            Value::Map(members) => members.get(key),
            _ => None,
        },
        Path::Some { parent }
        | Path::NewtypeStruct { parent }
        | Path::NewtypeVariant { parent } => at(parent, value),
    }
}

/// `Members[2].Name`.
fn spelled(path: &serde_ignored::Path<'_>) -> String {
    use serde_ignored::Path;
    match path {
        Path::Root => String::new(),
        Path::Seq { parent, index } => format!("{}[{index}]", spelled(parent)),
        Path::Map { parent, key } => match spelled(parent) {
            parent if parent.is_empty() => key.clone(),
            parent => format!("{parent}.{key}"),
        },
        Path::Some { parent }
        | Path::NewtypeStruct { parent }
        | Path::NewtypeVariant { parent } => spelled(parent),
    }
}

/// Turns a handler's output type into a value. `None` becomes [`Value::Null`], which encoders leave out.
///
/// # Errors
/// Fails on what no AWS shape holds: a map with keys that are not text, integers beyond 64 bits.
pub fn to_value<T: Serialize + ?Sized>(output: &T) -> Result<Value, ValueError> {
    output.serialize(ser::ValueSerializer)
}
