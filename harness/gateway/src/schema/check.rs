//! Whether a document fits a schema.
//!
//! As the validator does whose texts these are: what is within a document is looked at only where the
//! document itself fits.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::node::{Additional, Bound, Dependency, Items, Node, NodeId, Type};
use super::text;

/// How many schemas are held against parts of one document: a few times what the largest body can have of
/// both. One that refers to itself without an end stops there.
const STEPS_MAX: usize = 20_000_000;
/// How deep schemas lie within each other while one document is looked at.
const DEPTH_MAX: usize = 400;

/// Holds a document against schemas.
pub(super) struct Checker<'n> {
    nodes: &'n [Node],
    steps: usize,
    depth: usize,
}

impl<'n> Checker<'n> {
    pub(super) fn new(nodes: &'n [Node]) -> Self {
        Self {
            nodes,
            steps: 0,
            depth: 0,
        }
    }

    /// What is wrong with the document.
    pub(super) fn check(&mut self, id: NodeId, document: &Value) -> Vec<String> {
        self.steps += 1;
        let Some(node) = self.nodes.get(id) else {
            return Vec::new();
        };
        if self.depth > DEPTH_MAX {
            // Whatever else is asked is over too: a schema in itself twice has no end in sight.
            self.steps = STEPS_MAX;
        }
        if self.steps >= STEPS_MAX {
            return vec![text::TOO_MUCH.to_owned()];
        }
        self.depth += 1;
        let found = match node.reference {
            Some(target) => self.check(target, document),
            None => {
                let mut own = of_itself(node, document);
                self.combined(node, document, &mut own);
                if own.is_empty() {
                    self.within(node, document)
                } else {
                    own
                }
            }
        };
        self.depth -= 1;
        found
    }

    fn fits(&mut self, id: NodeId, document: &Value) -> bool {
        self.check(id, document).is_empty()
    }

    fn combined(&mut self, node: &Node, document: &Value, found: &mut Vec<String>) {
        let mut count = |ids: &[NodeId]| ids.iter().filter(|id| self.fits(**id, document)).count();
        let (all, matched) = (node.all_of.len(), count(&node.all_of));
        if matched < all {
            found.push(text::not_all(matched, all));
        }
        if !node.any_of.is_empty() && count(&node.any_of) == 0 {
            found.push(text::not_any(node.any_of.len()));
        }
        let matched = count(&node.one_of);
        if !node.one_of.is_empty() && matched != 1 {
            found.push(text::not_one(matched, node.one_of.len()));
        }
        if node.not.is_some_and(|id| count(&[id]) == 1) {
            found.push(text::MATCHED.to_owned());
        }
        if let Value::Object(members) = document {
            self.dependencies(node, (document, members), found);
        }
    }

    fn dependencies(
        &mut self,
        node: &Node,
        (document, members): (&Value, &Map<String, Value>),
        found: &mut Vec<String>,
    ) {
        let asked = node.dependencies.iter();
        for (name, dependency) in asked.filter(|(name, _)| members.contains_key(*name)) {
            match dependency {
                Dependency::Properties(names) => {
                    let names = names.iter().map(String::as_str);
                    let missing = names.filter(|name| !members.contains_key(*name));
                    let missing: Vec<&str> = missing.collect();
                    if !missing.is_empty() {
                        found.push(text::unmet(name, &missing));
                    }
                }
                Dependency::Schema(id) => found.extend(self.check(*id, document)),
            }
        }
    }

    /// What is wrong with the parts of a document.
    fn within(&mut self, node: &Node, document: &Value) -> Vec<String> {
        match document {
            Value::Array(items) => self.items(node, items),
            Value::Object(members) => self.members(node, members),
            _ => Vec::new(),
        }
    }

    fn items(&mut self, node: &Node, items: &[Value]) -> Vec<String> {
        let mut found = Vec::new();
        for (place, item) in items.iter().enumerate() {
            let additional = || match node.additional_items {
                Additional::Fitting(id) => Some(id),
                Additional::Any | Additional::Nothing => None,
            };
            let schema = match &node.items {
                Items::Any => None,
                Items::Each(id) => Some(*id),
                Items::ByPlace(ids) => ids.get(place).copied().or_else(additional),
            };
            if let Some(id) = schema {
                found.extend(self.check(id, item));
            }
        }
        found
    }

    fn members(&mut self, node: &Node, members: &Map<String, Value>) -> Vec<String> {
        let mut found = Vec::new();
        for (name, value) in members {
            for id in schemas_of(node, name) {
                found.extend(self.check(id, value));
            }
            if let Additional::Fitting(id) = node.additional_properties
                && schemas_of(node, name).next().is_none()
            {
                found.extend(self.check(id, value));
            }
        }
        found
    }
}

/// The schemas that a property has of its own.
fn schemas_of<'n>(node: &'n Node, name: &'n str) -> impl Iterator<Item = NodeId> + use<'n> {
    let own = node.properties.get(name).copied();
    let by_pattern = node.pattern_properties.iter();
    let by_pattern = by_pattern.filter(move |(pattern, _)| pattern.regex.is_match(name));
    own.into_iter().chain(by_pattern.map(|(_, id)| *id))
}

/// What is wrong with a document by itself, whatever is within it.
fn of_itself(node: &Node, document: &Value) -> Vec<String> {
    let kind = Type::of(document);
    let is_allowed = |it: &Type| *it == kind || (*it == Type::Number && kind == Type::Integer);
    let mut found = Vec::new();
    if !node.types.is_empty() && !node.types.iter().any(is_allowed) {
        found.push(text::wrong_type(kind, &node.types));
    }
    if let Some(values) = &node.values {
        let wanted = canonical(document);
        if !values.iter().any(|value| canonical(value) == wanted) {
            found.push(text::not_listed(document, values));
        }
    }
    match document {
        Value::Number(number) => {
            if let Some(number) = number.as_f64() {
                of_number(node, document, number, &mut found);
            }
        }
        Value::String(string) => of_text(node, string, &mut found),
        Value::Array(items) => of_array(node, items, &mut found),
        Value::Object(members) => of_object(node, members, &mut found),
        Value::Null | Value::Bool(_) => {}
    }
    found
}

fn of_number(node: &Node, document: &Value, number: f64, found: &mut Vec<String>) {
    if let Some(of) = node.multiple_of {
        let quotient = number / of;
        // Fractions of ten are not what they look like: 0.3 is a multiple of 0.1.
        if (quotient - quotient.round()).abs() > 1e-9 {
            found.push(text::not_multiple(document, of));
        }
    }
    let is_out = |bound: &Bound, over: bool| over || (bound.is_exclusive && number == bound.value);
    let least = node.minimum.filter(|it| is_out(it, number < it.value));
    let most = node.maximum.filter(|it| is_out(it, number > it.value));
    found.extend(least.map(|bound| text::too_low(document, bound)));
    found.extend(most.map(|bound| text::too_high(document, bound)));
}

fn of_text(node: &Node, string: &str, found: &mut Vec<String>) {
    let length = string.chars().count() as u64;
    let least = node.length_min.filter(|least| length < *least);
    let most = node.length_max.filter(|most| length > *most);
    found.extend(least.map(|least| text::too_short(string, length, least)));
    found.extend(most.map(|most| text::too_long(string, length, most)));
    let pattern = node.pattern.as_ref();
    let pattern = pattern.filter(|pattern| !pattern.regex.is_match(string));
    found.extend(pattern.map(|pattern| text::no_match(string, &pattern.text)));
}

fn of_array(node: &Node, items: &[Value], found: &mut Vec<String>) {
    let count = items.len() as u64;
    let least = node.items_min.filter(|least| count < *least);
    let mut most = node.items_max;
    if let (Items::ByPlace(places), Additional::Nothing) = (&node.items, node.additional_items) {
        let places = places.len() as u64;
        most = Some(most.map_or(places, |most| most.min(places)));
    }
    let most = most.filter(|most| count > *most);
    found.extend(least.map(|least| text::too_few_items(count, least)));
    found.extend(most.map(|most| text::too_many_items(count, most)));
    if node.unique_items {
        let mut seen = BTreeSet::new();
        if !items.iter().all(|item| seen.insert(canonical(item))) {
            found.push(text::REPEATED.to_owned());
        }
    }
}

fn of_object(node: &Node, members: &Map<String, Value>, found: &mut Vec<String>) {
    let count = members.len() as u64;
    let least = node.properties_min.filter(|least| count < *least);
    let most = node.properties_max.filter(|most| count > *most);
    found.extend(least.map(|least| text::too_few_properties(count, least)));
    found.extend(most.map(|most| text::too_many_properties(count, most)));
    let required = node.required.iter().map(String::as_str);
    let mut missing: Vec<&str> = required
        .filter(|name| !members.contains_key(*name))
        .collect();
    missing.sort_unstable();
    if !missing.is_empty() {
        found.push(text::missing(&missing));
    }
    if matches!(node.additional_properties, Additional::Nothing) {
        let names = members.keys().map(String::as_str);
        let others = names.filter(|name| schemas_of(node, name).next().is_none());
        let mut others: Vec<&str> = others.collect();
        others.sort_unstable();
        if !others.is_empty() {
            found.push(text::not_allowed(&others));
        }
    }
}

/// A text that equal documents share: members in the order of their names, 1 and 1.0 the same.
fn canonical(document: &Value) -> String {
    match document {
        Value::Number(number) => match number.as_f64() {
            Some(float) if number.is_f64() => format!("{float}"),
            _ => number.to_string(),
        },
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(canonical).collect();
            format!("[{}]", items.join(","))
        }
        Value::Object(members) => {
            let members = members.iter();
            let members = members.map(|(name, value)| (name, canonical(value)));
            let members: std::collections::BTreeMap<_, _> = members.collect();
            format!("{members:?}")
        }
        other => other.to_string(),
    }
}
