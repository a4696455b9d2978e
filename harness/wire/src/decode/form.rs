//! awsQuery's forms: `PolicyArns.member.1.arn=…`.
//!
//! Smithy, "AWS query protocol", query key resolution: members by name, elements of a list as
//! `.member.N` (`.N` when flattened), entries of a map as `.entry.N.key` and `.entry.N.value`.

use std::collections::BTreeMap;

use super::document::{Place, scalar};
use super::{DecodeError, NESTING_MAX};
use crate::model::{Kind, Member, Shape};
use crate::route::form_pairs;
use crate::{Incoming, Operation, Service, Value};

/// A form's fields as a tree, split at the points of their names.
#[derive(Default)]
struct Node {
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
        node.text.get_or_insert(text);
        Ok(())
    }

    /// The parts whose names are numbers, in the order of the numbers.
    fn numbered(&self) -> Vec<&Self> {
        let mut parts: Vec<(u32, &Self)> = self
            .parts
            .iter()
            .filter_map(|(name, part)| Some((name.parse().ok()?, part)))
            .collect();
        parts.sort_by_key(|(number, _)| *number);
        parts.into_iter().map(|(_, part)| part).collect()
    }
}

/// Reads a form as the input of an operation.
pub(super) fn decode(
    operation: &Operation,
    input: &Shape,
    incoming: &Incoming<'_>,
) -> Result<Value, DecodeError> {
    let mut form = Node::default();
    for (name, text) in form_pairs(incoming) {
        form.insert(&name, text.into_owned())?;
    }
    structure(
        operation.service,
        input.members(),
        &form,
        &mut Place::default(),
    )
}

fn structure(
    service: &Service,
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
    service: &Service,
    shape: &Shape,
    flattened_here: bool,
    node: &Node,
    place: &mut Place,
) -> Result<Value, DecodeError> {
    match &shape.kind {
        Kind::Structure { members, .. } => structure(service, members, node, place),
        Kind::List {
            element,
            element_name,
            is_flattened,
        } => {
            let holder = if *is_flattened || flattened_here {
                Some(node)
            } else {
                node.parts.get(*element_name)
            };
            let element = service.shape(*element);
            let parts = holder.map(Node::numbered).unwrap_or_default();
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
            let holder = if *is_flattened || flattened_here {
                Some(node)
            } else {
                node.parts.get("entry")
            };
            let shape = service.shape(*value_shape);
            let mut read = BTreeMap::new();
            for entry in holder.map(Node::numbered).unwrap_or_default() {
                let key = entry
                    .parts
                    .get(*key_name)
                    .and_then(|key| key.text.clone())
                    .unwrap_or_default();
                let Some(part) = entry.parts.get(*value_name) else {
                    continue;
                };
                let value = place.inside(key.clone(), |place| {
                    value(service, shape, false, part, place)
                })?;
                read.insert(key, value);
            }
            Ok(Value::Map(read))
        }
        _ => scalar(shape, node.text.as_deref().unwrap_or(""), place),
    }
}
