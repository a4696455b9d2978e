//! awsQuery's forms: `PolicyArns.member.1.arn=…`.
//!
//! Smithy, "AWS query protocol", query key resolution: members by name, elements of a list as
//! `.member.N` (`.N` when flattened), entries of a map as `.entry.N.key` and `.entry.N.value`.
//!
//! Parameters that the model does not know are ignored, as AWS does. One below a member that is known
//! says something of it: where it cannot be read it is refused, and so is one that stands twice.

use std::collections::BTreeMap;

use super::document::{Place, scalar};
use super::{DecodeError, NESTING_MAX};
use crate::model::{Kind, Member, Shape};
use crate::route::form_pairs;
use crate::{Incoming, Model, Operation, Value};

/// The most parameters of a form. The longest that a service takes (PutMetricData, 1 MB) has fewer.
const PARAMETERS_MAX: usize = 50_000;

/// A form's fields as a tree, split at the points of their names.
#[derive(Default)]
pub(super) struct Node {
    text: Option<String>,
    parts: BTreeMap<String, Node>,
}

impl Node {
    fn insert(&mut self, name: &str, text: String) -> Result<(), DecodeError> {
        let mut node = self;
        for (depth, part) in name.split('.').enumerate() {
            if depth >= NESTING_MAX {
                return Err(DecodeError::Nesting);
            }
            node = node.parts.entry(part.to_owned()).or_default();
        }
        match node.text.replace(text) {
            None => Ok(()),
            Some(_) => Err(DecodeError::parameter(name, "is there more than once")),
        }
    }

    /// All parameters of a request.
    ///
    /// # Errors
    /// One stands twice, or a name has too many parts.
    pub(super) fn read(incoming: &Incoming<'_>) -> Result<Self, DecodeError> {
        let mut form = Self::default();
        for (count, (name, text)) in form_pairs(incoming).enumerate() {
            if count == PARAMETERS_MAX {
                let reason = format!("it has more than {PARAMETERS_MAX} parameters: send fewer");
                return Err(DecodeError::Body { reason });
            }
            form.insert(&name, text.into_owned())?;
        }
        Ok(form)
    }

    /// Where the elements of a list or the entries of a map stand: here, or below the part `name`.
    ///
    /// # Errors
    /// Something else stands here. An empty text is an empty list: clients send one as `Tags=`.
    fn holder(&self, name: Option<&str>, place: &Place) -> Result<Option<&Self>, DecodeError> {
        if self.text.as_deref().is_some_and(|text| !text.is_empty()) {
            return Err(place.unread("has a value of its own: number its elements"));
        }
        let Some(name) = name else {
            return Ok(Some(self));
        };
        if let Some(other) = self.parts.keys().find(|part| *part != name) {
            return Err(place.unread_part(other, "is not read: number the elements, from 1"));
        }
        let holder = self.parts.get(name);
        let text = holder.and_then(|holder| holder.text.as_deref());
        if text.is_some_and(|text| !text.is_empty()) {
            return Err(place.unread_part(name, "has a value of its own: number the elements"));
        }
        Ok(holder)
    }

    /// The parts in the order of the numbers that are their names. The node stands `below` a part of
    /// the place.
    ///
    /// # Errors
    /// A name is no number, or one that is spelled in two ways.
    fn numbered(&self, below: Option<&str>, place: &Place) -> Result<Vec<&Self>, DecodeError> {
        let mut parts = Vec::with_capacity(self.parts.len());
        for (name, part) in &self.parts {
            let is_plain = name.bytes().all(|byte| byte.is_ascii_digit()) && !name.starts_with('0');
            match name.parse::<u32>().ok().filter(|_| is_plain) {
                Some(number) => parts.push((number, part)),
                None => {
                    let name =
                        below.map_or_else(|| name.clone(), |below| format!("{below}.{name}"));
                    let problem = "is no number of an element: give 1 and so on";
                    return Err(place.unread_part(&name, problem));
                }
            }
        }
        parts.sort_by_key(|(number, _)| *number);
        Ok(parts.into_iter().map(|(_, part)| part).collect())
    }
}

/// Reads a form as the input of an operation.
pub(super) fn decode(
    operation: &Operation,
    input: &Shape,
    incoming: &Incoming<'_>,
) -> Result<Value, DecodeError> {
    structure(
        operation.service,
        input.members(),
        &Node::read(incoming)?,
        &mut Place::default(),
    )
}

fn structure(
    service: &Model,
    members: &[Member],
    node: &Node,
    place: &mut Place,
) -> Result<Value, DecodeError> {
    let mut read = BTreeMap::new();
    for member in members {
        let Some(part) = node.parts.get(member.wire_name) else {
            continue;
        };
        let shape = service.shape(member.shape);
        let value = place.inside(member.name.to_owned(), |place| {
            value(service, shape, member.is_flattened, part, place)
        })?;
        read.insert(member.name.to_owned(), value);
    }
    Ok(Value::Map(read))
}

fn value(
    service: &Model,
    shape: &Shape,
    flattened_here: bool,
    node: &Node,
    place: &mut Place,
) -> Result<Value, DecodeError> {
    match &shape.kind {
        Kind::Structure { members, .. } => {
            if node.text.as_deref().is_some_and(|text| !text.is_empty()) {
                return Err(place.unread("has a value of its own: give its members"));
            }
            structure(service, members, node, place)
        }
        Kind::List {
            element,
            element_name,
            is_flattened,
        } => {
            let is_flat = *is_flattened || flattened_here;
            let below = (!is_flat).then_some(*element_name);
            let holder = node.holder(below, place)?;
            let element = service.shape(*element);
            let parts = holder
                .map(|holder| holder.numbered(below, place))
                .transpose()?;
            let parts = parts.unwrap_or_default();
            let read = parts.into_iter().enumerate().map(|(position, part)| {
                place.inside((position + 1).to_string(), |place| {
                    value(service, element, false, part, place)
                })
            });
            Ok(Value::List(read.collect::<Result<_, _>>()?))
        }
        Kind::Map {
            key_name,
            value: value_shape,
            value_name,
            is_flattened,
            ..
        } => {
            let is_flat = *is_flattened || flattened_here;
            let below = (!is_flat).then_some("entry");
            let holder = node.holder(below, place)?;
            let shape = service.shape(*value_shape);
            let entries = holder
                .map(|holder| holder.numbered(below, place))
                .transpose()?;
            let mut read = BTreeMap::new();
            for entry in entries.unwrap_or_default() {
                let key = entry.parts.get(*key_name).and_then(|key| key.text.clone());
                let (Some(key), Some(part)) = (key, entry.parts.get(*value_name)) else {
                    return Err(place.unread("has an entry without a key or without a value"));
                };
                let value = place.inside(key.clone(), |place| {
                    value(service, shape, false, part, place)
                })?;
                if read.insert(key, value).is_some() {
                    return Err(place.unread("has two entries of one key"));
                }
            }
            Ok(Value::Map(read))
        }
        _ => match node.parts.keys().next() {
            Some(part) => Err(place.unread_part(part, "is not read: it is below a plain value")),
            None => scalar(shape, node.text.as_deref().unwrap_or(""), place),
        },
    }
}
