//! What an event tells, as the journal keeps it: one text of JSON. A ring of values would be ten times as
//! large, and each of their many parts would be freed one by one when the event leaves.

use std::fmt;
use std::ops::Deref;
use std::sync::OnceLock;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize, Serializer, ser};
use serde_json::value::RawValue;
use serde_json::{Value, json};

use super::writer;

/// The evidence of an event, a text of JSON. It is read part by part as a [`Value`] where somebody looks
/// at it so; who reads it as the type that was recorded asks the event.
#[derive(Debug)]
pub struct Detail {
    text: Box<str>,
    /// For who looks at parts.
    value: OnceLock<Value>,
}

impl Detail {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// What the text says, as a type. `None` where it says something else.
    pub(super) fn read<T: DeserializeOwned>(&self) -> Option<T> {
        serde_json::from_str(self.as_str()).ok()
    }

    /// The memory that it takes beside itself, in bytes.
    pub(super) fn weight(&self) -> usize {
        self.as_str().len()
    }
}

impl Detail {
    /// What the journal keeps of this: see [`super::writer`]. What cannot be written as JSON stands as
    /// its error.
    pub(super) fn of(evidence: &impl Serialize) -> Self {
        let text = writer::written(evidence).unwrap_or_else(|error| {
            let told = format!("evidence that is no JSON: {error}");
            json!({ "error": told }).to_string()
        });
        Self::from(text)
    }

    /// An object without members.
    pub(super) fn empty() -> Self {
        Self::from("{}".to_owned())
    }
}

/// A text of JSON.
impl From<String> for Detail {
    fn from(text: String) -> Self {
        Self {
            text: text.into(),
            value: OnceLock::new(),
        }
    }
}

impl Deref for Detail {
    type Target = Value;

    fn deref(&self) -> &Value {
        self.value
            .get_or_init(|| self.read().unwrap_or(Value::Null))
    }
}

impl Clone for Detail {
    fn clone(&self) -> Self {
        Self {
            text: self.text.clone(),
            value: OnceLock::new(),
        }
    }
}

impl PartialEq for Detail {
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str() || **self == **other
    }
}

impl PartialEq<Value> for Detail {
    fn eq(&self, other: &Value) -> bool {
        **self == *other
    }
}

impl fmt::Display for Detail {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

impl Serialize for Detail {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let raw: &RawValue = serde_json::from_str(self.as_str()).map_err(ser::Error::custom)?;
        raw.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Detail {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self::from(Value::deserialize(deserializer)?.to_string()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_detail_is_the_same_as_a_text_as_a_value_and_within_an_event() {
        let value = json!({"b": [1, 0.5, null], "a": {"text": "\u{1b}[31m \"ü\""}});
        let detail = Detail::of(&value);
        assert_eq!(detail, value);
        assert_eq!(detail["a"]["text"], "\u{1b}[31m \"ü\"");
        assert_eq!(detail.to_string(), value.to_string());
        // In a text, in a value, and back from both.
        assert_eq!(
            serde_json::to_string(&[&detail]).unwrap(),
            format!("[{value}]")
        );
        assert_eq!(serde_json::to_value(&detail).unwrap(), value);
        let read: Detail = serde_json::from_str(detail.as_str()).unwrap();
        assert_eq!(read, detail);
        let read: Detail = serde_json::from_value(value).unwrap();
        assert_eq!(read.clone(), detail);
        assert_ne!(read, Detail::empty());
    }
}
