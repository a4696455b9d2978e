//! Any serde type into a [`Value`].

use std::collections::BTreeMap;

use bytes::Bytes;
use serde::Serialize;
use serde::ser::{
    SerializeMap, SerializeSeq, SerializeStruct, SerializeStructVariant, SerializeTuple,
    SerializeTupleStruct, SerializeTupleVariant, Serializer,
};

use super::{Value, ValueError};

impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_unit(),
            Self::Bool(flag) => serializer.serialize_bool(*flag),
            Self::Integer(number) => serializer.serialize_i64(*number),
            Self::Float(number) => serializer.serialize_f64(*number),
            Self::Text(text) => serializer.serialize_str(text),
            Self::Blob(bytes) => serializer.serialize_bytes(bytes),
            Self::Timestamp(instant) => instant.serialize(serializer),
            Self::List(elements) => serializer.collect_seq(elements),
            Self::Map(members) => serializer.collect_map(members),
        }
    }
}

/// The serializer behind [`super::to_value`].
pub(super) struct ValueSerializer;

/// Builds a list, optionally as the content of an enum's variant.
pub(super) struct ListBuilder {
    variant: Option<&'static str>,
    elements: Vec<Value>,
}

/// Builds a map, optionally as the content of an enum's variant.
pub(super) struct MapBuilder {
    variant: Option<&'static str>,
    key: Option<String>,
    members: BTreeMap<String, Value>,
}

fn wrapped(variant: Option<&'static str>, value: Value) -> Value {
    match variant {
        Some(variant) => Value::Map(BTreeMap::from([(variant.to_owned(), value)])),
        None => value,
    }
}

impl ListBuilder {
    fn new(variant: Option<&'static str>, length: usize) -> Self {
        Self {
            variant,
            elements: Vec::with_capacity(length.min(1024)),
        }
    }

    fn push<T: Serialize + ?Sized>(&mut self, element: &T) -> Result<(), ValueError> {
        self.elements.push(element.serialize(ValueSerializer)?);
        Ok(())
    }

    fn finish(self) -> Value {
        wrapped(self.variant, Value::List(self.elements))
    }
}

impl MapBuilder {
    fn new(variant: Option<&'static str>) -> Self {
        Self {
            variant,
            key: None,
            members: BTreeMap::new(),
        }
    }

    fn insert<T: Serialize + ?Sized>(&mut self, key: &str, value: &T) -> Result<(), ValueError> {
        self.members
            .insert(key.to_owned(), value.serialize(ValueSerializer)?);
        Ok(())
    }

    fn finish(self) -> Value {
        wrapped(self.variant, Value::Map(self.members))
    }
}

impl Serializer for ValueSerializer {
    type Ok = Value;
    type Error = ValueError;
    type SerializeSeq = ListBuilder;
    type SerializeTuple = ListBuilder;
    type SerializeTupleStruct = ListBuilder;
    type SerializeTupleVariant = ListBuilder;
    type SerializeMap = MapBuilder;
    type SerializeStruct = MapBuilder;
    type SerializeStructVariant = MapBuilder;

    fn serialize_bool(self, flag: bool) -> Result<Value, ValueError> {
        Ok(Value::Bool(flag))
    }

    fn serialize_i8(self, number: i8) -> Result<Value, ValueError> {
        Ok(Value::Integer(number.into()))
    }

    fn serialize_i16(self, number: i16) -> Result<Value, ValueError> {
        Ok(Value::Integer(number.into()))
    }

    fn serialize_i32(self, number: i32) -> Result<Value, ValueError> {
        Ok(Value::Integer(number.into()))
    }

    fn serialize_i64(self, number: i64) -> Result<Value, ValueError> {
        Ok(Value::Integer(number))
    }

    fn serialize_u8(self, number: u8) -> Result<Value, ValueError> {
        Ok(Value::Integer(number.into()))
    }

    fn serialize_u16(self, number: u16) -> Result<Value, ValueError> {
        Ok(Value::Integer(number.into()))
    }

    fn serialize_u32(self, number: u32) -> Result<Value, ValueError> {
        Ok(Value::Integer(number.into()))
    }

    fn serialize_u64(self, number: u64) -> Result<Value, ValueError> {
        let fits = i64::try_from(number).map_err(|_| ValueError::Number(number.to_string()))?;
        Ok(Value::Integer(fits))
    }

    fn serialize_f32(self, number: f32) -> Result<Value, ValueError> {
        Ok(Value::Float(number.into()))
    }

    fn serialize_f64(self, number: f64) -> Result<Value, ValueError> {
        Ok(Value::Float(number))
    }

    fn serialize_char(self, character: char) -> Result<Value, ValueError> {
        Ok(Value::Text(character.to_string()))
    }

    fn serialize_str(self, text: &str) -> Result<Value, ValueError> {
        Ok(Value::Text(text.to_owned()))
    }

    fn serialize_bytes(self, bytes: &[u8]) -> Result<Value, ValueError> {
        Ok(Value::Blob(Bytes::copy_from_slice(bytes)))
    }

    fn serialize_none(self) -> Result<Value, ValueError> {
        Ok(Value::Null)
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<Value, ValueError> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<Value, ValueError> {
        Ok(Value::Null)
    }

    /// A unit struct is a structure without members, such as an operation's empty output.
    fn serialize_unit_struct(self, _name: &'static str) -> Result<Value, ValueError> {
        Ok(Value::empty())
    }

    fn serialize_unit_variant(
        self,
        _name: &'static str,
        _index: u32,
        variant: &'static str,
    ) -> Result<Value, ValueError> {
        Ok(Value::from(variant))
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _name: &'static str,
        value: &T,
    ) -> Result<Value, ValueError> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _name: &'static str,
        _index: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<Value, ValueError> {
        Ok(wrapped(Some(variant), value.serialize(self)?))
    }

    fn serialize_seq(self, length: Option<usize>) -> Result<ListBuilder, ValueError> {
        Ok(ListBuilder::new(None, length.unwrap_or(0)))
    }

    fn serialize_tuple(self, length: usize) -> Result<ListBuilder, ValueError> {
        Ok(ListBuilder::new(None, length))
    }

    fn serialize_tuple_struct(
        self,
        _name: &'static str,
        length: usize,
    ) -> Result<ListBuilder, ValueError> {
        Ok(ListBuilder::new(None, length))
    }

    fn serialize_tuple_variant(
        self,
        _name: &'static str,
        _index: u32,
        variant: &'static str,
        length: usize,
    ) -> Result<ListBuilder, ValueError> {
        Ok(ListBuilder::new(Some(variant), length))
    }

    fn serialize_map(self, _length: Option<usize>) -> Result<MapBuilder, ValueError> {
        Ok(MapBuilder::new(None))
    }

    fn serialize_struct(
        self,
        _name: &'static str,
        _length: usize,
    ) -> Result<MapBuilder, ValueError> {
        Ok(MapBuilder::new(None))
    }

    fn serialize_struct_variant(
        self,
        _name: &'static str,
        _index: u32,
        variant: &'static str,
        _length: usize,
    ) -> Result<MapBuilder, ValueError> {
        Ok(MapBuilder::new(Some(variant)))
    }
}

impl SerializeSeq for ListBuilder {
    type Ok = Value;
    type Error = ValueError;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, element: &T) -> Result<(), ValueError> {
        self.push(element)
    }

    fn end(self) -> Result<Value, ValueError> {
        Ok(self.finish())
    }
}

impl SerializeTuple for ListBuilder {
    type Ok = Value;
    type Error = ValueError;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, element: &T) -> Result<(), ValueError> {
        self.push(element)
    }

    fn end(self) -> Result<Value, ValueError> {
        Ok(self.finish())
    }
}

impl SerializeTupleStruct for ListBuilder {
    type Ok = Value;
    type Error = ValueError;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, element: &T) -> Result<(), ValueError> {
        self.push(element)
    }

    fn end(self) -> Result<Value, ValueError> {
        Ok(self.finish())
    }
}

impl SerializeTupleVariant for ListBuilder {
    type Ok = Value;
    type Error = ValueError;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, element: &T) -> Result<(), ValueError> {
        self.push(element)
    }

    fn end(self) -> Result<Value, ValueError> {
        Ok(self.finish())
    }
}

impl SerializeMap for MapBuilder {
    type Ok = Value;
    type Error = ValueError;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), ValueError> {
        self.key = Some(match key.serialize(ValueSerializer)? {
            Value::Text(text) => text,
            Value::Integer(number) => number.to_string(),
            Value::Bool(flag) => flag.to_string(),
            other => return Err(ValueError::Key(other.kind())),
        });
        Ok(())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), ValueError> {
        let key = self.key.take().ok_or(ValueError::Key("null"))?;
        self.insert(&key, value)
    }

    fn end(self) -> Result<Value, ValueError> {
        Ok(self.finish())
    }
}

impl SerializeStruct for MapBuilder {
    type Ok = Value;
    type Error = ValueError;

    fn serialize_field<T: Serialize + ?Sized>(
        &mut self,
        name: &'static str,
        value: &T,
    ) -> Result<(), ValueError> {
        self.insert(name, value)
    }

    fn end(self) -> Result<Value, ValueError> {
        Ok(self.finish())
    }
}

impl SerializeStructVariant for MapBuilder {
    type Ok = Value;
    type Error = ValueError;

    fn serialize_field<T: Serialize + ?Sized>(
        &mut self,
        name: &'static str,
        value: &T,
    ) -> Result<(), ValueError> {
        self.insert(name, value)
    }

    fn end(self) -> Result<Value, ValueError> {
        Ok(self.finish())
    }
}
