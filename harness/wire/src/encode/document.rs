//! A value and its shape as a JSON or CBOR document.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use ciborium::tag::Required;
use jiff::Timestamp;
use serde::Serialize;
use serde::ser::{Error, SerializeMap, Serializer};

use super::EncodeError;
use crate::model::{Kind, Location, Shape, TimestampFormat};
use crate::{Model, Value, timestamp};

/// How a document spells names, bytes and instants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Style {
    /// awsJson: the model's names, base64, seconds.
    Json,
    /// restJson1: as awsJson, with the names of the wire, and only members of the body.
    RestJson,
    /// rpc-v2-cbor: the model's names, bytes, seconds under tag 1.
    Cbor,
}

/// A value that is written as its shape says.
pub(crate) struct Document<'a> {
    service: &'static Model,
    shape: &'a Shape,
    value: &'a Value,
    style: Style,
    timestamp_format: Option<TimestampFormat>,
    /// Whether what does not fit the shape is written as it stands.
    is_lenient: bool,
}

impl<'a> Document<'a> {
    pub(crate) fn new(
        service: &'static Model,
        shape: &'a Shape,
        value: &'a Value,
        style: Style,
    ) -> Self {
        Self {
            service,
            shape,
            value,
            style,
            timestamp_format: None,
            is_lenient: false,
        }
    }

    /// The same, with what does not fit the shape written as it stands.
    pub(crate) fn lenient(mut self) -> Self {
        self.is_lenient = true;
        self
    }

    fn part(&self, shape: &'a Shape, value: &'a Value) -> Self {
        Self {
            is_lenient: self.is_lenient,
            ..Self::new(self.service, shape, value, self.style)
        }
    }

    fn structure<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Value::Map(members) = self.value else {
            return self.unfit(serializer);
        };
        let mut written = Vec::with_capacity(members.len());
        let mut unknown = Vec::new();
        for (name, value) in members.iter().filter(|(_, value)| **value != Value::Null) {
            let Some(member) = self.shape.member(name) else {
                if self.is_lenient {
                    unknown.push((name, value));
                    continue;
                }
                let error = EncodeError::UnknownMember {
                    shape: self.shape.name,
                    member: name.clone(),
                };
                return Err(S::Error::custom(error));
            };
            if self.style == Style::RestJson && member.location != Location::Body {
                continue;
            }
            let wire_name = if self.style == Style::RestJson {
                member.wire_name
            } else {
                member.name
            };
            let mut part = self.part(self.service.shape(member.shape), value);
            part.timestamp_format = member.timestamp_format;
            written.push((wire_name, part));
        }
        let mut map = serializer.serialize_map(Some(written.len() + unknown.len()))?;
        for (name, part) in &written {
            map.serialize_entry(name, part)?;
        }
        for (name, value) in &unknown {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }

    fn timestamp<S: Serializer>(
        &self,
        serializer: S,
        instant: Timestamp,
        format: Option<TimestampFormat>,
    ) -> Result<S::Ok, S::Error> {
        let seconds = timestamp::epoch_seconds(instant);
        if self.style == Style::Cbor {
            return Required::<f64, 1>(seconds).serialize(serializer);
        }
        match self
            .timestamp_format
            .or(format)
            .unwrap_or(TimestampFormat::UnixTimestamp)
        {
            TimestampFormat::UnixTimestamp if seconds.fract() == 0.0 => {
                serializer.serialize_i64(instant.as_second())
            }
            TimestampFormat::UnixTimestamp => serializer.serialize_f64(seconds),
            other => serializer.serialize_str(&timestamp::text(instant, other)),
        }
    }

    fn float<S: Serializer>(&self, serializer: S, number: f64) -> Result<S::Ok, S::Error> {
        if self.style == Style::Cbor || number.is_finite() {
            return serializer.serialize_f64(number);
        }
        serializer.serialize_str(float_text(number))
    }

    fn blob<S: Serializer>(&self, serializer: S, bytes: &[u8]) -> Result<S::Ok, S::Error> {
        if self.style == Style::Cbor {
            return serializer.serialize_bytes(bytes);
        }
        serializer.serialize_str(&STANDARD.encode(bytes))
    }

    fn unfit<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.is_lenient {
            return self.value.serialize(serializer);
        }
        Err(self.mismatch())
    }

    fn mismatch<E: Error>(&self) -> E {
        E::custom(EncodeError::Type {
            shape: self.shape.name,
            found: self.value.kind(),
        })
    }
}

/// How JSON and XML spell the numbers that they lack.
pub(crate) fn float_text(number: f64) -> &'static str {
    match number {
        number if number.is_nan() => "NaN",
        number if number > 0.0 => "Infinity",
        _ => "-Infinity",
    }
}

impl Serialize for Document<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match (&self.shape.kind, self.value) {
            (_, Value::Null) => serializer.serialize_unit(),
            (Kind::Document, value) => value.serialize(serializer),
            (Kind::Structure { .. }, _) => self.structure(serializer),
            (Kind::List { element, .. }, Value::List(elements)) => {
                let shape = self.service.shape(*element);
                serializer.collect_seq(elements.iter().map(|value| self.part(shape, value)))
            }
            (Kind::Map { value: shape, .. }, Value::Map(entries)) => {
                let shape = self.service.shape(*shape);
                serializer.collect_map(
                    entries
                        .iter()
                        .map(|(name, value)| (name, self.part(shape, value))),
                )
            }
            (Kind::Timestamp { format }, value) => match timestamp::of_value(value) {
                Some(instant) => self.timestamp(serializer, instant, *format),
                None => self.unfit(serializer),
            },
            (Kind::Blob, Value::Blob(bytes)) => self.blob(serializer, bytes),
            (Kind::Blob, Value::Text(text)) => self.blob(serializer, text.as_bytes()),
            (Kind::Float, Value::Float(number)) => self.float(serializer, *number),
            #[expect(
                clippy::cast_precision_loss,
                reason = "a double is what the model asks for"
            )]
            (Kind::Float, Value::Integer(number)) => self.float(serializer, *number as f64),
            (Kind::String, Value::Text(text)) => serializer.serialize_str(text),
            (Kind::Boolean, Value::Bool(flag)) => serializer.serialize_bool(*flag),
            (Kind::Integer | Kind::Long, Value::Integer(number)) => {
                serializer.serialize_i64(*number)
            }
            _ => self.unfit(serializer),
        }
    }
}

/// Writes a document as JSON.
pub(crate) fn json(document: &Document<'_>) -> Result<Bytes, EncodeError> {
    serde_json::to_vec(document)
        .map(Bytes::from)
        .map_err(|error| EncodeError::Writer(error.to_string()))
}

/// Writes a document as CBOR.
pub(crate) fn cbor(document: &Document<'_>) -> Result<Bytes, EncodeError> {
    let mut out = Vec::new();
    match ciborium::into_writer(document, &mut out) {
        Ok(()) => Ok(out.into()),
        Err(ciborium::ser::Error::Value(reason)) => Err(EncodeError::Writer(reason)),
        Err(error) => Err(EncodeError::Writer(error.to_string())),
    }
}
