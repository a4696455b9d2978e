//! awsQuery's forms, as [`crate::decode`] reads them.
//!
//! Smithy, "AWS query protocol", query key resolution: members by name, elements of a list as
//! `.member.N` (`.N` when flattened), entries of a map as `.entry.N.key` and `.entry.N.value`. What has
//! no parts is sent as an empty text, as clients send an empty list.

use http::Method;
use http::header::CONTENT_TYPE;

use super::{Outgoing, plain_text};
use crate::encode::xml::scalar_text;
use crate::model::{Kind, Shape, TimestampFormat};
use crate::{Model, Operation, Value};

/// The request of an operation.
pub(super) fn request(operation: &Operation, input: &Value) -> Outgoing {
    let service = operation.service;
    let mut form = Form {
        service,
        pairs: form_urlencoded::Serializer::new(String::new()),
    };
    form.pairs.append_pair("Action", operation.name);
    form.pairs.append_pair("Version", service.api_version);
    if let (Some(shape), Value::Map(given)) = (operation.input_shape(), input) {
        for (name, value) in given {
            form.member(shape, "", name, value);
        }
    }
    let mut request = Outgoing::new(Method::POST, "/");
    let media_type = "application/x-www-form-urlencoded; charset=utf-8";
    request.header(CONTENT_TYPE, media_type);
    request.body = form.pairs.finish().into();
    request
}

struct Form {
    service: &'static Model,
    pairs: form_urlencoded::Serializer<'static, String>,
}

impl Form {
    /// A member of a structure that stands at `prefix`.
    fn member(&mut self, structure: &Shape, prefix: &str, name: &str, value: &Value) {
        match structure.member(name) {
            Some(member) => {
                let shape = self.service.shape(member.shape);
                let place = below(prefix, member.wire_name);
                let format = member.timestamp_format;
                self.value(shape, member.is_flattened, format, &place, value);
            }
            None if *value == Value::Null => {}
            None => {
                let place = below(prefix, name);
                self.pairs.append_pair(&place, &plain_text(value));
            }
        }
    }

    fn value(
        &mut self,
        shape: &Shape,
        flattened_here: bool,
        format: Option<TimestampFormat>,
        place: &str,
        value: &Value,
    ) {
        let is_empty = match value {
            Value::Null => return,
            Value::List(parts) => parts.is_empty(),
            Value::Map(parts) => parts.is_empty(),
            _ => false,
        };
        match (&shape.kind, value) {
            _ if is_empty => {
                self.pairs.append_pair(place, "");
            }
            (Kind::Structure { .. }, Value::Map(given)) => {
                for (name, value) in given {
                    self.member(shape, place, name, value);
                }
            }
            (
                Kind::List {
                    element,
                    element_name,
                    is_flattened,
                },
                Value::List(elements),
            ) => {
                let holder = holder(place, *is_flattened || flattened_here, element_name);
                let element = self.service.shape(*element);
                for (position, value) in elements.iter().enumerate() {
                    let place = format!("{holder}.{}", position + 1);
                    self.value(element, false, None, &place, value);
                }
            }
            (
                Kind::Map {
                    value: of,
                    key_name,
                    value_name,
                    is_flattened,
                    ..
                },
                Value::Map(entries),
            ) => {
                let holder = holder(place, *is_flattened || flattened_here, "entry");
                let of = self.service.shape(*of);
                for (position, (key, value)) in entries.iter().enumerate() {
                    let place = format!("{holder}.{}", position + 1);
                    let key_place = below(&place, key_name);
                    self.pairs.append_pair(&key_place, key);
                    self.value(of, false, None, &below(&place, value_name), value);
                }
            }
            _ => {
                let format = format.unwrap_or(TimestampFormat::Iso8601);
                let text = scalar_text(shape, format, value).unwrap_or_else(|_| plain_text(value));
                self.pairs.append_pair(place, &text);
            }
        }
    }
}

/// Where the parts of a list or a map stand.
fn holder(place: &str, is_flat: bool, part: &str) -> String {
    if is_flat {
        return place.to_owned();
    }
    below(place, part)
}

fn below(prefix: &str, name: &str) -> String {
    match prefix {
        "" => name.to_owned(),
        prefix => format!("{prefix}.{name}"),
    }
}
