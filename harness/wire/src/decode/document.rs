//! JSON and CBOR documents, read against their shapes.

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::{DecodeError, NESTING_MAX};
use crate::model::{Kind, Location, Member, Shape};
use crate::{Model, Protocol, Value, timestamp};

/// Gives an untyped document the types and member names of its shape.
pub(crate) struct Reader {
    pub(crate) service: &'static Model,
    pub(crate) protocol: Protocol,
}

/// Where in the input the reader is: model names, elements counted from 1.
#[derive(Default)]
pub(crate) struct Place {
    steps: Vec<String>,
}

impl Place {
    /// A place that is a member of the input.
    pub(crate) fn member(name: &str) -> Self {
        Self {
            steps: vec![name.to_owned()],
        }
    }

    /// The error that something else stands here than the model says.
    pub(crate) fn mismatch(&self, expected: &'static str, found: &'static str) -> DecodeError {
        let at = if self.steps.is_empty() {
            "body".to_owned()
        } else {
            self.steps.join(".")
        };
        DecodeError::Member {
            at,
            expected,
            found,
        }
    }

    /// The error that what stands here is not read.
    pub(crate) fn unread(&self, problem: &'static str) -> DecodeError {
        DecodeError::parameter(&self.steps.join("."), problem)
    }

    /// The error that the part `part` of what stands here is not read.
    pub(crate) fn unread_part(&self, part: &str, problem: &'static str) -> DecodeError {
        DecodeError::parameter(&format!("{}.{part}", self.steps.join(".")), problem)
    }

    /// Does something one step further down.
    pub(crate) fn inside<T>(
        &mut self,
        step: String,
        action: impl FnOnce(&mut Self) -> Result<T, DecodeError>,
    ) -> Result<T, DecodeError> {
        if self.steps.len() >= NESTING_MAX {
            return Err(DecodeError::Nesting);
        }
        self.steps.push(step);
        let done = action(self);
        self.steps.pop();
        done
    }
}

impl Reader {
    /// A document as a value of a shape. `member` is the member that holds it, if any.
    pub(crate) fn read(
        &self,
        shape: &Shape,
        member: Option<&Member>,
        document: Value,
        place: &mut Place,
    ) -> Result<Value, DecodeError> {
        let found = document.kind();
        let is_json_value = member.is_some_and(|member| member.is_json_value);
        match (&shape.kind, document) {
            (_, Value::Null) => Ok(Value::Null),
            (Kind::Document, any) => Ok(any),
            (Kind::Structure { members, .. }, Value::Map(document)) => {
                self.structure(members, document, place)
            }
            (Kind::List { element, .. }, Value::List(elements)) => {
                let element = self.service.shape(*element);
                let read = elements.into_iter().enumerate().map(|(position, value)| {
                    let step = (position + 1).to_string();
                    place.inside(step, |place| self.read(element, None, value, place))
                });
                Ok(Value::List(read.collect::<Result<_, _>>()?))
            }
            (Kind::Map { value: shape, .. }, Value::Map(entries)) => {
                let shape = self.service.shape(*shape);
                let read = entries.into_iter().map(|(key, value)| {
                    let value =
                        place.inside(key.clone(), |place| self.read(shape, None, value, place))?;
                    Ok((key, value))
                });
                Ok(Value::Map(read.collect::<Result<_, _>>()?))
            }
            (Kind::String, Value::Text(text)) => Ok(Value::Text(text)),
            (Kind::String, other @ (Value::Map(_) | Value::List(_))) if is_json_value => {
                serde_json::to_string(&other)
                    .map(Value::Text)
                    .map_err(|error| DecodeError::Body {
                        reason: error.to_string(),
                    })
            }
            (Kind::Boolean, Value::Bool(flag)) => Ok(Value::Bool(flag)),
            (Kind::Integer, number) => integer(&number)
                .filter(|number| i32::try_from(*number).is_ok())
                .map(Value::Integer)
                .ok_or_else(|| place.mismatch("32-bit integer", found)),
            (Kind::Long, number) => integer(&number)
                .map(Value::Integer)
                .ok_or_else(|| place.mismatch("64-bit integer", found)),
            (Kind::Float, number) => float(&number).ok_or_else(|| place.mismatch("number", found)),
            (Kind::Blob, blob) => self.blob(blob).ok_or_else(|| place.mismatch("blob", found)),
            (Kind::Timestamp { .. }, value) => timestamp::of_value(&value)
                .map(Value::Timestamp)
                .ok_or_else(|| place.mismatch("timestamp", found)),
            (kind, _) => Err(place.mismatch(kind_name(kind), found)),
        }
    }

    fn structure(
        &self,
        members: &[Member],
        mut document: BTreeMap<String, Value>,
        place: &mut Place,
    ) -> Result<Value, DecodeError> {
        let mut read = BTreeMap::new();
        for member in members.iter().filter(|member| self.is_in_body(member)) {
            // awsJson and rpc-v2-cbor know no other names than the model's.
            let name = if self.protocol == Protocol::RestJson {
                member.wire_name
            } else {
                member.name
            };
            let Some(value) = document.remove(name).filter(|value| *value != Value::Null) else {
                continue;
            };
            let shape = self.service.shape(member.shape);
            let value = place.inside(member.name.to_owned(), |place| {
                self.read(shape, Some(member), value, place)
            })?;
            read.insert(member.name.to_owned(), value);
        }
        Ok(Value::Map(read))
    }

    fn is_in_body(&self, member: &Member) -> bool {
        self.protocol != Protocol::RestJson || member.location == Location::Body
    }

    fn blob(&self, document: Value) -> Option<Value> {
        match document {
            Value::Blob(bytes) => Some(Value::Blob(bytes)),
            Value::Text(text) if self.protocol.is_json() => STANDARD
                .decode(text)
                .ok()
                .map(|bytes| Value::Blob(bytes.into())),
            _ => None,
        }
    }
}

/// An integer; a float that is one counts too (`1.0`, as JavaScript's clients may send).
fn integer(value: &Value) -> Option<i64> {
    match value {
        Value::Integer(number) => Some(*number),
        #[expect(
            clippy::cast_possible_truncation,
            reason = "integral and bounded by 2^53"
        )]
        Value::Float(number) if number.fract() == 0.0 && number.abs() < 9_007_199_254_740_992.0 => {
            Some(*number as i64)
        }
        _ => None,
    }
}

/// A number; JSON spells those that it lacks as text (Smithy, `awsJson1_1`, number types).
fn float(value: &Value) -> Option<Value> {
    match value {
        Value::Float(number) => Some(Value::Float(*number)),
        #[expect(
            clippy::cast_precision_loss,
            reason = "a double is what the model asks for"
        )]
        Value::Integer(number) => Some(Value::Float(*number as f64)),
        Value::Text(text) => match text.as_str() {
            "NaN" => Some(Value::Float(f64::NAN)),
            "Infinity" => Some(Value::Float(f64::INFINITY)),
            "-Infinity" => Some(Value::Float(f64::NEG_INFINITY)),
            _ => None,
        },
        _ => None,
    }
}

/// The name of a kind in error texts.
pub(crate) fn kind_name(kind: &Kind) -> &'static str {
    match kind {
        Kind::Structure { .. } => "structure",
        Kind::List { .. } => "list",
        Kind::Map { .. } => "map",
        Kind::String => "string",
        Kind::Boolean => "boolean",
        Kind::Integer => "32-bit integer",
        Kind::Long => "64-bit integer",
        Kind::Float => "number",
        Kind::Blob => "blob",
        Kind::Timestamp { .. } => "timestamp",
        Kind::Document => "document",
    }
}

/// Text, as a header, a label, a parameter or a form's field holds it, as a value of a simple shape.
pub(crate) fn scalar(shape: &Shape, text: &str, place: &Place) -> Result<Value, DecodeError> {
    let mismatch = || place.mismatch(kind_name(&shape.kind), "string");
    match &shape.kind {
        Kind::String | Kind::Document => Ok(Value::from(text)),
        Kind::Boolean => match text {
            "true" => Ok(Value::Bool(true)),
            "false" => Ok(Value::Bool(false)),
            _ => Err(mismatch()),
        },
        Kind::Integer => text
            .parse::<i32>()
            .map(|number| Value::Integer(number.into()))
            .map_err(|_| mismatch()),
        Kind::Long => text.parse().map(Value::Integer).map_err(|_| mismatch()),
        Kind::Float => text.parse().map(Value::Float).map_err(|_| mismatch()),
        Kind::Blob => STANDARD
            .decode(text)
            .map(|bytes| Value::Blob(bytes.into()))
            .map_err(|_| mismatch()),
        Kind::Timestamp { .. } => timestamp::parse(text)
            .map(Value::Timestamp)
            .ok_or_else(mismatch),
        Kind::Structure { .. } | Kind::List { .. } | Kind::Map { .. } => Err(mismatch()),
    }
}
