//! Whether an input is one of its operation: members that there are, of their types, and all that are
//! required.

use std::collections::BTreeMap;

use super::{RequestError, name};
use crate::decode::document::kind_name;
use crate::model::{Kind, Member, Shape};
use crate::{Operation, Value, timestamp};

/// How many names an error lists.
const KNOWN_MAX: usize = 40;

/// Checks an input.
pub(super) fn check(operation: &Operation, input: &Value) -> Result<(), RequestError> {
    let mut checker = Checker {
        operation,
        path: Vec::new(),
    };
    let none = Value::empty();
    let input = if *input == Value::Null { &none } else { input };
    match (operation.input_shape(), input) {
        (Some(shape), _) => checker.value(shape, input),
        (None, Value::Map(given)) => checker.structure(&[], given),
        (None, other) => Err(checker.mismatch("structure", other)),
    }
}

struct Checker<'a> {
    operation: &'a Operation,
    path: Vec<String>,
}

impl Checker<'_> {
    fn inside(&mut self, step: String, shape: &Shape, value: &Value) -> Result<(), RequestError> {
        self.path.push(step);
        self.value(shape, value)?;
        self.path.pop();
        Ok(())
    }

    fn value(&mut self, shape: &Shape, value: &Value) -> Result<(), RequestError> {
        let service = self.operation.service;
        match (&shape.kind, value) {
            (Kind::Structure { members, .. }, Value::Map(given)) => self.structure(members, given),
            (Kind::List { element, .. }, Value::List(elements)) => {
                let element = service.shape(*element);
                let mut elements = elements.iter().enumerate();
                elements.try_for_each(|(position, value)| {
                    self.inside((position + 1).to_string(), element, value)
                })
            }
            (Kind::Map { value: of, .. }, Value::Map(entries)) => {
                let of = service.shape(*of);
                let mut entries = entries.iter();
                entries.try_for_each(|(key, value)| self.inside(key.clone(), of, value))
            }
            (Kind::Document, _)
            | (Kind::String | Kind::Blob, Value::Text(_))
            | (Kind::Blob, Value::Blob(_))
            | (Kind::Boolean, Value::Bool(_))
            | (Kind::Long | Kind::Float, Value::Integer(_))
            | (Kind::Float, Value::Float(_)) => Ok(()),
            (Kind::Integer, Value::Integer(number)) if i32::try_from(*number).is_ok() => Ok(()),
            (Kind::Timestamp { .. }, value) if timestamp::of_value(value).is_some() => Ok(()),
            (kind, _) => Err(self.mismatch(kind_name(kind), value)),
        }
    }

    fn structure(
        &mut self,
        members: &[Member],
        given: &BTreeMap<String, Value>,
    ) -> Result<(), RequestError> {
        let there = |member: &Member| given.get(member.name).filter(|it| **it != Value::Null);
        let is_known = |name: &String| members.iter().any(|member| member.name == name);
        if let Some(unknown) = given.keys().find(|name| !is_known(name)) {
            let known: Vec<_> = members.iter().map(|it| format!("`{}`", it.name)).collect();
            return Err(RequestError::Unknown {
                operation: name(self.operation),
                member: self.at(Some(unknown)),
                known: match known.len() {
                    0 => "none".to_owned(),
                    count if count > KNOWN_MAX => format!("{count} others"),
                    _ => known.join(", "),
                },
            });
        }
        let mut required = members.iter().filter(|member| member.is_required);
        if let Some(missing) = required.find(|member| there(member).is_none()) {
            return Err(RequestError::Missing {
                operation: name(self.operation),
                member: self.at(Some(missing.name)),
            });
        }
        for member in members {
            if let Some(value) = there(member) {
                let shape = self.operation.service.shape(member.shape);
                self.inside(member.name.to_owned(), shape, value)?;
            }
        }
        Ok(())
    }

    fn mismatch(&self, expected: &'static str, found: &Value) -> RequestError {
        RequestError::Type {
            operation: name(self.operation),
            member: self.at(None),
            expected,
            found: found.kind(),
        }
    }

    /// The place where the check is, or that of a member there.
    fn at(&self, member: Option<&str>) -> String {
        let steps: Vec<_> = self.path.iter().map(String::as_str).chain(member).collect();
        match steps.as_slice() {
            [] => "the input".to_owned(),
            steps => steps.join("."),
        }
    }
}
