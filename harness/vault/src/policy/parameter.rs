//! The values that `allowed_parameters` and `denied_parameters` mean, and whether a request's value
//! is one of them.
//!
//! A value of a policy is compared as the reference compares Go values (recorded with OpenBao 2.7.2,
//! the golden table `golden-openbao-2.7/params` walks it): texts may be globs, but only a text
//! that stands by itself; truth values equal truth values; a list equals a list with the same items
//! in the same order, a map a map with the same members; **a number never equals anything**, since
//! the two sides have other types. A value that cannot be equal to any other is kept as such: an
//! empty list means any value, so nothing may be dropped from a list.

use std::collections::BTreeMap;

use serde_json::Value;

use super::glob::glob_fits;
use super::hcl::{Item, Literal, Node};

/// A value of a policy.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Wanted {
    Text(String),
    Bool(bool),
    List(Vec<Wanted>),
    Map(BTreeMap<String, Wanted>),
    /// A value whose type no value of a request has: a number, a map directly in a map.
    Never,
}

impl Wanted {
    /// The value that a node of the policy's tree stands for.
    pub(super) fn of(node: &Node) -> Self {
        match node {
            Node::Literal(Literal::Text(text), _) => Self::Text(text.clone()),
            Node::Literal(Literal::Bool(truth), _) => Self::Bool(*truth),
            Node::Literal(Literal::Int(_) | Literal::Float(_), _) => Self::Never,
            Node::List(items, _) => Self::List(items.iter().map(Self::of).collect()),
            Node::Object(members, _) => Self::map(members),
        }
    }

    fn map(members: &[Item]) -> Self {
        let mut map = BTreeMap::new();
        for member in members {
            let value = match &member.value {
                // The reference reads a map in a map as a list of maps, of a type of its own.
                Node::Object(..) => Self::Never,
                _ if member.keys.len() > 1 => Self::Never,
                value => Self::of(value),
            };
            let twice = map.insert(member.keys[0].clone(), value).is_some();
            if twice {
                return Self::Never;
            }
        }
        Self::Map(map)
    }

    /// Whether a value of a request, or a part of it, equals this one.
    fn equals(&self, value: &Value) -> bool {
        match (self, value) {
            (Self::Text(wanted), Value::String(text)) => wanted == text,
            (Self::Bool(wanted), Value::Bool(truth)) => wanted == truth,
            (Self::List(wanted), Value::Array(items)) => {
                wanted.len() == items.len()
                    && wanted
                        .iter()
                        .zip(items)
                        .all(|(wanted, item)| wanted.equals(item))
            }
            (Self::Map(wanted), Value::Object(members)) => {
                wanted.len() == members.len()
                    && wanted.iter().all(|(name, wanted)| {
                        members.get(name).is_some_and(|value| wanted.equals(value))
                    })
            }
            _ => false,
        }
    }
}

/// Whether a value is meant by a list of values; an empty list means any. Of a query, a parameter
/// that is given twice is a list of another type, which equals none.
pub(super) fn is_meant(value: &Value, wanted: &[Wanted], from_query: bool) -> bool {
    wanted.is_empty()
        || wanted.iter().any(|wanted| match (wanted, value) {
            (Wanted::Text(pattern), Value::String(text)) => glob_fits(pattern, text),
            (_, Value::Array(_)) if from_query => false,
            (wanted, value) => wanted.equals(value),
        })
}
