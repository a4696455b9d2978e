//! A [`Value`] into any serde type, and untyped documents into a [`Value`].

use std::collections::BTreeMap;
use std::fmt;

use bytes::Bytes;
use jiff::Timestamp;
use serde::de::value::{MapDeserializer, SeqDeserializer, StringDeserializer};
use serde::de::{
    DeserializeSeed, Deserializer, EnumAccess, Error, IntoDeserializer, MapAccess, SeqAccess,
    Unexpected, VariantAccess, Visitor,
};
use serde::{Deserialize, forward_to_deserialize_any};

use super::{Blob, Value, ValueError};

/// Takes bytes, or text (its UTF-8), as a [`Blob`].
pub(super) struct BlobVisitor;

impl<'de> Visitor<'de> for BlobVisitor {
    type Value = Blob;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a blob")
    }

    fn visit_bytes<E: Error>(self, bytes: &[u8]) -> Result<Blob, E> {
        Ok(Blob(Bytes::copy_from_slice(bytes)))
    }

    fn visit_byte_buf<E: Error>(self, bytes: Vec<u8>) -> Result<Blob, E> {
        Ok(Blob(bytes.into()))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Blob, E> {
        Ok(Blob(Bytes::copy_from_slice(text.as_bytes())))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Blob, A::Error> {
        let mut bytes = Vec::new();
        while let Some(byte) = elements.next_element::<u8>()? {
            bytes.push(byte);
        }
        Ok(Blob(bytes.into()))
    }
}

/// Reads any self-describing document (JSON) without a shape. A name that stands twice in an object
/// is refused: a reader that takes the first and one that takes the last see two documents.
impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(DocumentVisitor)
    }
}

struct DocumentVisitor;

impl<'de> Visitor<'de> for DocumentVisitor {
    type Value = Value;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a value")
    }

    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_none<E: Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }

    fn visit_bool<E: Error>(self, flag: bool) -> Result<Value, E> {
        Ok(Value::Bool(flag))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Value, E> {
        Ok(Value::Integer(number))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Value, E> {
        #[expect(
            clippy::cast_precision_loss,
            reason = "beyond 64 signed bits only a float holds it"
        )]
        let value = i64::try_from(number).map_or(Value::Float(number as f64), Value::Integer);
        Ok(value)
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<Value, E> {
        Ok(Value::Float(number))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Value, E> {
        Ok(Value::from(text))
    }

    fn visit_string<E: Error>(self, text: String) -> Result<Value, E> {
        Ok(Value::Text(text))
    }

    fn visit_bytes<E: Error>(self, bytes: &[u8]) -> Result<Value, E> {
        Ok(Value::Blob(Bytes::copy_from_slice(bytes)))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Value, A::Error> {
        let mut elements = Vec::new();
        while let Some(element) = access.next_element()? {
            elements.push(element);
        }
        Ok(Value::List(elements))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Value, A::Error> {
        let mut members = BTreeMap::new();
        while let Some((name, value)) = access.next_entry::<String, Value>()? {
            if members.insert(name, value).is_some() {
                return Err(A::Error::custom("a member is named twice"));
            }
        }
        Ok(Value::Map(members))
    }
}

impl IntoDeserializer<'_, ValueError> for Value {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

impl Value {
    fn unexpected(&self) -> Unexpected<'_> {
        match self {
            Self::Null => Unexpected::Unit,
            Self::Bool(flag) => Unexpected::Bool(*flag),
            Self::Integer(number) => Unexpected::Signed(*number),
            Self::Float(number) => Unexpected::Float(*number),
            Self::Text(_) => Unexpected::Other("string"),
            Self::Blob(_) => Unexpected::Other("blob"),
            Self::Timestamp(_) => Unexpected::Other("timestamp"),
            Self::List(_) => Unexpected::Seq,
            Self::Map(_) => Unexpected::Map,
        }
    }
}

/// A number type that asks for an integer gets a timestamp's seconds.
macro_rules! integers {
    ($($method:ident)*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ValueError> {
            match self {
                Value::Timestamp(instant) => visitor.visit_i64(instant.as_second()),
                other => other.deserialize_any(visitor),
            }
        }
    )*};
}

impl<'de> Deserializer<'de> for Value {
    type Error = ValueError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ValueError> {
        match self {
            Self::Null => visitor.visit_unit(),
            Self::Bool(flag) => visitor.visit_bool(flag),
            Self::Integer(number) => visitor.visit_i64(number),
            Self::Float(number) => visitor.visit_f64(number),
            Self::Text(text) => visitor.visit_string(text),
            Self::Blob(bytes) => visitor.visit_byte_buf(bytes.to_vec()),
            Self::Timestamp(instant) => visitor.visit_string(instant.to_string()),
            Self::List(elements) => {
                let mut access = SeqDeserializer::new(elements.into_iter());
                let read = visitor.visit_seq(&mut access)?;
                access.end()?;
                Ok(read)
            }
            Self::Map(members) => {
                let mut access = MapDeserializer::new(members.into_iter());
                let read = visitor.visit_map(&mut access)?;
                access.end()?;
                Ok(read)
            }
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ValueError> {
        match self {
            Self::Null => visitor.visit_none(),
            other => visitor.visit_some(other),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, ValueError> {
        visitor.visit_newtype_struct(self)
    }

    /// A unit struct is a structure without members, such as an operation's empty input.
    fn deserialize_unit_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, ValueError> {
        match self {
            Self::Null | Self::Map(_) => visitor.visit_unit(),
            other => Err(ValueError::invalid_type(other.unexpected(), &visitor)),
        }
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, ValueError> {
        match self {
            Self::Text(variant) => visitor.visit_enum(Variant {
                variant,
                content: None,
            }),
            Self::Map(members) => {
                let mut set = members
                    .into_iter()
                    .filter(|(_, content)| *content != Self::Null);
                match (set.next(), set.next()) {
                    (Some((variant, content)), None) => visitor.visit_enum(Variant {
                        variant,
                        content: Some(content),
                    }),
                    _ => Err(ValueError::custom("a union must have exactly one member")),
                }
            }
            other => Err(ValueError::invalid_type(other.unexpected(), &visitor)),
        }
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ValueError> {
        match self {
            Self::Blob(bytes) => visitor.visit_seq(SeqDeserializer::new(bytes.into_iter())),
            other => other.deserialize_any(visitor),
        }
    }

    integers! {
        deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64
        deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64
    }

    forward_to_deserialize_any! {
        bool i128 u128 f32 f64 char str string bytes byte_buf unit tuple tuple_struct map struct
        identifier ignored_any
    }
}

struct Variant {
    variant: String,
    content: Option<Value>,
}

impl<'de> EnumAccess<'de> for Variant {
    type Error = ValueError;
    type Variant = Content;

    fn variant_seed<V: DeserializeSeed<'de>>(
        self,
        seed: V,
    ) -> Result<(V::Value, Content), ValueError> {
        let name: StringDeserializer<ValueError> = self.variant.into_deserializer();
        Ok((seed.deserialize(name)?, Content(self.content)))
    }
}

/// What stands in an enum's variant.
struct Content(Option<Value>);

impl<'de> VariantAccess<'de> for Content {
    type Error = ValueError;

    fn unit_variant(self) -> Result<(), ValueError> {
        Ok(())
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(
        self,
        seed: T,
    ) -> Result<T::Value, ValueError> {
        seed.deserialize(self.0.unwrap_or_default())
    }

    fn tuple_variant<V: Visitor<'de>>(
        self,
        _length: usize,
        visitor: V,
    ) -> Result<V::Value, ValueError> {
        self.0.unwrap_or_default().deserialize_any(visitor)
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        _fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, ValueError> {
        self.0.unwrap_or_default().deserialize_any(visitor)
    }
}

/// Reads a CBOR document without a shape; tag 1 is a timestamp, other tags are looked through.
pub(crate) fn from_cbor(document: ciborium::Value) -> Result<Value, &'static str> {
    Ok(match document {
        ciborium::Value::Null => Value::Null,
        ciborium::Value::Bool(flag) => Value::Bool(flag),
        ciborium::Value::Integer(number) => Value::Integer(
            i64::try_from(i128::from(number)).map_err(|_| "an integer beyond 64 bits")?,
        ),
        ciborium::Value::Float(number) => Value::Float(number),
        ciborium::Value::Text(text) => Value::Text(text),
        ciborium::Value::Bytes(bytes) => Value::Blob(bytes.into()),
        ciborium::Value::Tag(1, content) => {
            let seconds = match *content {
                ciborium::Value::Integer(number) => i64::try_from(i128::from(number))
                    .ok()
                    .and_then(|seconds| Timestamp::from_second(seconds).ok()),
                ciborium::Value::Float(seconds) => crate::timestamp::from_epoch_seconds(seconds),
                _ => None,
            };
            Value::Timestamp(seconds.ok_or("a timestamp out of range")?)
        }
        ciborium::Value::Tag(_, content) => from_cbor(*content)?,
        ciborium::Value::Array(elements) => Value::List(
            elements
                .into_iter()
                .map(from_cbor)
                .collect::<Result<_, _>>()?,
        ),
        ciborium::Value::Map(entries) => {
            let mut members = BTreeMap::new();
            for (key, value) in entries {
                let ciborium::Value::Text(name) = key else {
                    return Err("a map whose key is not a string");
                };
                if members.insert(name, from_cbor(value)?).is_some() {
                    return Err("a member is named twice");
                }
            }
            Value::Map(members)
        }
        _ => return Err("an unknown CBOR value"),
    })
}
