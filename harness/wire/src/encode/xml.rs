//! awsQuery's XML.
//!
//! Smithy, "AWS query protocol", response serialization: `<XResponse xmlns><XResult>…</XResult>
//! <ResponseMetadata><RequestId>…`; lists as `<member>`, maps as `<entry><key><value>`.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use quick_xml::Writer;
use quick_xml::events::{BytesEnd, BytesStart, BytesText, Event};

use super::document::float_text;
use super::{EncodeError, namespace};
use crate::model::{Kind, Member, Shape, TimestampFormat};
use crate::{Model, Operation, Value, WireError, timestamp};

/// An XML document that is being written.
struct Xml {
    writer: Writer<Vec<u8>>,
}

impl Xml {
    fn event(&mut self, event: Event<'_>) -> Result<(), EncodeError> {
        self.writer
            .write_event(event)
            .map_err(|error| EncodeError::Writer(error.to_string()))
    }

    /// An element with content.
    fn element(
        &mut self,
        name: &str,
        content: impl FnOnce(&mut Self) -> Result<(), EncodeError>,
    ) -> Result<(), EncodeError> {
        self.event(Event::Start(BytesStart::new(name)))?;
        content(self)?;
        self.event(Event::End(BytesEnd::new(name)))
    }

    fn text_element(&mut self, name: &str, text: &str) -> Result<(), EncodeError> {
        self.element(name, |xml| xml.text(text))
    }

    fn text(&mut self, text: &str) -> Result<(), EncodeError> {
        let clean = without_forbidden(text);
        self.event(Event::Text(BytesText::new(&clean)))
    }

    /// The outermost element, with the service's namespace.
    fn root(
        name: &str,
        namespace: &str,
        content: impl FnOnce(&mut Self) -> Result<(), EncodeError>,
    ) -> Result<Bytes, EncodeError> {
        let start = BytesStart::new(name).with_attributes([("xmlns", namespace)]);
        Self::document(name, start, content)
    }

    /// A document whose root has no namespace.
    fn bare(
        name: &str,
        content: impl FnOnce(&mut Self) -> Result<(), EncodeError>,
    ) -> Result<Bytes, EncodeError> {
        Self::document(name, BytesStart::new(name), content)
    }

    fn document(
        name: &str,
        start: BytesStart<'_>,
        content: impl FnOnce(&mut Self) -> Result<(), EncodeError>,
    ) -> Result<Bytes, EncodeError> {
        let mut xml = Self {
            writer: Writer::new(Vec::with_capacity(512)),
        };
        xml.event(Event::Start(start))?;
        content(&mut xml)?;
        xml.event(Event::End(BytesEnd::new(name)))?;
        Ok(xml.writer.into_inner().into())
    }
}

/// XML 1.0 has no way to write most control characters; they become U+FFFD.
fn without_forbidden(text: &str) -> String {
    let is_forbidden = |character: char| matches!(character, '\0'..='\x08' | '\x0B' | '\x0C' | '\x0E'..='\x1F' | '\u{FFFE}' | '\u{FFFF}');
    text.replace(is_forbidden, "\u{FFFD}")
}

/// The answer of an operation.
pub(super) fn answer(
    operation: &Operation,
    request_id: &str,
    output: &Value,
) -> Result<Bytes, EncodeError> {
    let service = operation.service;
    Xml::root(
        &format!("{}Response", operation.name),
        namespace(Some(service)),
        |xml| {
            if let Some(shape) = operation.output_shape() {
                let wrapper = operation
                    .result_wrapper
                    .map_or_else(|| format!("{}Result", operation.name), str::to_owned);
                xml.element(&wrapper, |xml| structure(xml, service, shape, output))?;
            }
            xml.element("ResponseMetadata", |xml| {
                xml.text_element("RequestId", request_id)
            })
        },
    )
}

/// An error's answer. `code` is what awsQuery calls it, `shape` where its further members are described.
pub(super) fn error(
    service: Option<&'static Model>,
    shape: Option<&Shape>,
    code: &str,
    is_sender: bool,
    request_id: &str,
    error: &WireError,
) -> Result<Bytes, EncodeError> {
    Xml::root("ErrorResponse", namespace(service), |xml| {
        xml.element("Error", |xml| {
            xml.text_element("Type", if is_sender { "Sender" } else { "Receiver" })?;
            xml.text_element("Code", code)?;
            xml.text_element("Message", &error.message)?;
            let (Some(service), Some(shape)) = (service, shape) else {
                return Ok(());
            };
            for (name, value) in &error.fields {
                if let Some(described) = shape.member(name) {
                    member(xml, service, described, value)?;
                }
            }
            Ok(())
        })?;
        xml.text_element("RequestId", request_id)
    })
}

/// An error as S3 writes it: without a namespace and without an envelope.
pub(super) fn s3_error(request_id: &str, error: &WireError) -> Result<Bytes, EncodeError> {
    Xml::bare("Error", |xml| {
        xml.text_element("Code", &error.code)?;
        xml.text_element("Message", &error.message)?;
        xml.text_element("RequestId", request_id)
    })
}

fn structure(
    xml: &mut Xml,
    service: &'static Model,
    shape: &Shape,
    value: &Value,
) -> Result<(), EncodeError> {
    let Value::Map(members) = value else {
        return Err(EncodeError::Type {
            shape: shape.name,
            found: value.kind(),
        });
    };
    for (name, value) in members {
        if *value == Value::Null {
            continue;
        }
        let described = shape
            .member(name)
            .ok_or_else(|| EncodeError::UnknownMember {
                shape: shape.name,
                member: name.clone(),
            })?;
        member(xml, service, described, value)?;
    }
    Ok(())
}

fn member(
    xml: &mut Xml,
    service: &'static Model,
    member: &Member,
    value: &Value,
) -> Result<(), EncodeError> {
    let shape = service.shape(member.shape);
    match (&shape.kind, value) {
        (
            Kind::List {
                element,
                is_flattened,
                ..
            },
            Value::List(elements),
        ) if *is_flattened || member.is_flattened => {
            let element = service.shape(*element);
            elements.iter().try_for_each(|value| {
                xml.element(member.wire_name, |xml| {
                    content(xml, service, element, None, value)
                })
            })
        }
        (Kind::Map { is_flattened, .. }, Value::Map(entries))
            if *is_flattened || member.is_flattened =>
        {
            entries.iter().try_for_each(|(key, value)| {
                entry(xml, service, shape, member.wire_name, key, value)
            })
        }
        _ => xml.element(member.wire_name, |xml| {
            content(xml, service, shape, member.timestamp_format, value)
        }),
    }
}

fn entry(
    xml: &mut Xml,
    service: &'static Model,
    map: &Shape,
    name: &str,
    key: &str,
    value: &Value,
) -> Result<(), EncodeError> {
    let Kind::Map {
        value: of,
        key_name,
        value_name,
        ..
    } = &map.kind
    else {
        return Err(EncodeError::Type {
            shape: map.name,
            found: "map",
        });
    };
    xml.element(name, |xml| {
        xml.text_element(key_name, key)?;
        xml.element(value_name, |xml| {
            content(xml, service, service.shape(*of), None, value)
        })
    })
}

fn content(
    xml: &mut Xml,
    service: &'static Model,
    shape: &Shape,
    timestamp_format: Option<TimestampFormat>,
    value: &Value,
) -> Result<(), EncodeError> {
    match (&shape.kind, value) {
        (_, Value::Null) => Ok(()),
        (Kind::Structure { .. }, _) => structure(xml, service, shape, value),
        (
            Kind::List {
                element,
                element_name,
                ..
            },
            Value::List(elements),
        ) => {
            let element = service.shape(*element);
            elements.iter().try_for_each(|value| {
                xml.element(element_name, |xml| {
                    content(xml, service, element, None, value)
                })
            })
        }
        (Kind::Map { .. }, Value::Map(entries)) => entries
            .iter()
            .try_for_each(|(key, value)| entry(xml, service, shape, "entry", key, value)),
        _ => {
            let text = scalar_text(
                shape,
                timestamp_format.unwrap_or(TimestampFormat::Iso8601),
                value,
            )?;
            xml.text(&text)
        }
    }
}

/// A simple value as text, as XML elements and HTTP headers hold it.
pub(crate) fn scalar_text(
    shape: &Shape,
    default_format: TimestampFormat,
    value: &Value,
) -> Result<String, EncodeError> {
    let mismatch = || EncodeError::Type {
        shape: shape.name,
        found: value.kind(),
    };
    Ok(match (&shape.kind, value) {
        (Kind::Timestamp { format }, value) => {
            let instant = timestamp::of_value(value).ok_or_else(mismatch)?;
            timestamp::text(instant, format.unwrap_or(default_format))
        }
        (Kind::Blob, Value::Blob(bytes)) => STANDARD.encode(bytes),
        (Kind::Blob, Value::Text(text)) => STANDARD.encode(text),
        (Kind::Float, Value::Float(number)) if number.is_finite() => number.to_string(),
        (Kind::Float, Value::Float(number)) => float_text(*number).to_owned(),
        (Kind::Integer | Kind::Long | Kind::Float, Value::Integer(number)) => number.to_string(),
        (Kind::Boolean, Value::Bool(flag)) => flag.to_string(),
        (Kind::String | Kind::Document, Value::Text(text)) => text.clone(),
        _ => return Err(mismatch()),
    })
}
