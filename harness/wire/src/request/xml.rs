//! awsQuery's XML, read against its shapes.

use std::collections::BTreeMap;

use quick_xml::Reader;
use quick_xml::events::Event;

use crate::decode::document::{Place, scalar};
use crate::decode::{DecodeError, NESTING_MAX};
use crate::model::{Kind, Member, Shape};
use crate::{Model, Operation, Value};

/// An element.
#[derive(Debug, Default)]
pub(super) struct Node {
    /// Its name, without prefix.
    name: String,
    /// Its own text.
    pub(super) text: String,
    children: Vec<Node>,
}

impl Node {
    /// Reads a document.
    pub(super) fn read(text: &str) -> Result<Self, DecodeError> {
        let unreadable = |reason: String| DecodeError::Body { reason };
        let mut reader = Reader::from_str(text);
        let mut open = vec![Self::default()];
        loop {
            let event = reader.read_event();
            let event = event.map_err(|error| unreadable(error.to_string()))?;
            let top = open.len();
            match event {
                Event::Start(_) if top > NESTING_MAX => return Err(DecodeError::Nesting),
                Event::Start(start) => open.push(Self::named(start.local_name().as_ref())),
                Event::Empty(empty) => {
                    let element = Self::named(empty.local_name().as_ref());
                    close(element, open.last_mut())?;
                }
                Event::End(_) => {
                    let element = open.pop().unwrap_or_default();
                    close(element, open.last_mut())?;
                }
                Event::Text(text) => add(&mut open, &text.xml10_content()),
                Event::CData(text) => add(&mut open, &text.xml10_content()),
                Event::GeneralRef(name) => add(&mut open, &resolved(&name)?),
                Event::Eof => break,
                _ => {}
            }
        }
        let root = open.pop().filter(|_| open.is_empty());
        let root = root.and_then(|document| document.children.into_iter().next());
        root.ok_or_else(|| unreadable("it is no whole XML document".to_owned()))
    }

    fn named(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            ..Self::default()
        }
    }

    /// The first child of this name.
    pub(super) fn child(&self, name: &str) -> Option<&Self> {
        self.children.iter().find(|child| child.name == name)
    }

    /// The first element of this name: this one, or the nearest below.
    pub(super) fn find(&self, name: &str) -> Option<&Self> {
        if self.name == name {
            return Some(self);
        }
        self.children.iter().find_map(|child| child.find(name))
    }
}

/// Puts an element that ended into the one that holds it.
fn close(element: Node, holder: Option<&mut Node>) -> Result<(), DecodeError> {
    let holder = holder.ok_or_else(|| DecodeError::Body {
        reason: "an element ends that did not begin".to_owned(),
    })?;
    holder.children.push(element);
    Ok(())
}

fn add(open: &mut [Node], text: &str) {
    if let Some(element) = open.last_mut() {
        element.text.push_str(text);
    }
}

/// `&lt;` and its kin, and characters by number.
fn resolved(name: &quick_xml::events::BytesRef<'_>) -> Result<String, DecodeError> {
    let by_number = name.resolve_char_ref();
    let by_number = by_number.map_err(|error| DecodeError::Body {
        reason: error.to_string(),
    })?;
    if let Some(character) = by_number {
        return Ok(character.to_string());
    }
    let name: &str = name;
    let known = quick_xml::escape::resolve_predefined_entity(name);
    known.map(str::to_owned).ok_or_else(|| DecodeError::Body {
        reason: format!("it has the unknown entity `{name}`"),
    })
}

/// The output in the result element of an answer.
pub(super) fn output(
    operation: &Operation,
    shape: &Shape,
    root: &Node,
) -> Result<Value, DecodeError> {
    let wrapper = operation
        .result_wrapper
        .map_or_else(|| format!("{}Result", operation.name), str::to_owned);
    let Some(result) = root.child(&wrapper) else {
        return Ok(Value::empty());
    };
    value(operation.service, shape, result, &mut Place::default())
}

/// The value of a shape that an element holds.
pub(super) fn value(
    service: &'static Model,
    shape: &Shape,
    node: &Node,
    place: &mut Place,
) -> Result<Value, DecodeError> {
    match &shape.kind {
        Kind::Structure { members, .. } => structure(service, members, node, place),
        Kind::List { element, .. } => {
            let element = service.shape(*element);
            list(service, element, node.children.iter(), place)
        }
        Kind::Map { .. } => map(service, shape, node.children.iter(), place),
        _ => scalar(shape, &node.text, place),
    }
}

fn structure(
    service: &'static Model,
    members: &[Member],
    node: &Node,
    place: &mut Place,
) -> Result<Value, DecodeError> {
    let mut read = BTreeMap::new();
    for member in members {
        let shape = service.shape(member.shape);
        let parts = node.children.iter();
        let mut parts = parts.filter(|it| it.name == member.wire_name).peekable();
        let Some(first) = parts.peek().copied() else {
            continue;
        };
        let value = place.inside(member.name.to_owned(), |place| match &shape.kind {
            Kind::List {
                element,
                is_flattened,
                ..
            } if *is_flattened || member.is_flattened => {
                list(service, service.shape(*element), parts, place)
            }
            Kind::Map { is_flattened, .. } if *is_flattened || member.is_flattened => {
                map(service, shape, parts, place)
            }
            _ => value(service, shape, first, place),
        })?;
        read.insert(member.name.to_owned(), value);
    }
    Ok(Value::Map(read))
}

fn list<'a>(
    service: &'static Model,
    element: &Shape,
    parts: impl Iterator<Item = &'a Node>,
    place: &mut Place,
) -> Result<Value, DecodeError> {
    let read = parts.enumerate().map(|(position, part)| {
        place.inside((position + 1).to_string(), |place| {
            value(service, element, part, place)
        })
    });
    Ok(Value::List(read.collect::<Result<_, _>>()?))
}

fn map<'a>(
    service: &'static Model,
    shape: &Shape,
    entries: impl Iterator<Item = &'a Node>,
    place: &mut Place,
) -> Result<Value, DecodeError> {
    let Kind::Map {
        value: of,
        key_name,
        value_name,
        ..
    } = &shape.kind
    else {
        return Err(place.mismatch("map", "string"));
    };
    let of = service.shape(*of);
    let mut read = BTreeMap::new();
    for entry in entries {
        let (Some(key), Some(part)) = (entry.child(key_name), entry.child(value_name)) else {
            return Err(place.unread("has an entry without a key or without a value"));
        };
        let value = place.inside(key.text.clone(), |place| value(service, of, part, place))?;
        read.insert(key.text.clone(), value);
    }
    Ok(Value::Map(read))
}
