//! The members of an input, however deep, and values that they may have.

use authlab_wire::{Kind, Member, Model, Operation, Shape, Value, to_value, validate};
use serde_json::{Value as Json, json};

use super::sample::{Operation as Sample, Samples};

/// How many values of one member are tried.
const VALUES_MAX: usize = 12;

/// A step from a structure, a list or a map into what it holds.
#[derive(Clone, Copy, Debug)]
pub(super) enum Turn {
    /// A member.
    Member(&'static Member),
    /// The first element.
    Element,
    /// The value of the first key.
    Entry,
}

/// A member of an input that is no structure itself, nor a collection of such.
#[derive(Clone, Debug)]
pub(super) struct Place {
    pub(super) turns: Vec<Turn>,
    pub(super) member: &'static Member,
    pub(super) shape: &'static Shape,
}

impl Place {
    /// `Tags[].Key`, `RouteSettings{}.ThrottlingBurstLimit`.
    pub(super) fn label(&self) -> String {
        let mut label = String::new();
        for turn in &self.turns {
            match turn {
                Turn::Member(member) if label.is_empty() => label.push_str(member.name),
                Turn::Member(member) => {
                    label.push('.');
                    label.push_str(member.name);
                }
                Turn::Element => label.push_str("[]"),
                Turn::Entry => label.push_str("{}"),
            }
        }
        label
    }
}

/// Every place of an operation's input.
pub(super) fn places(model: &'static Model, operation: &'static Operation) -> Vec<Place> {
    let mut found = Vec::new();
    if let Some(shape) = operation.input_shape() {
        collect(
            model,
            shape,
            &mut Vec::new(),
            &mut vec![shape.name],
            &mut found,
        );
    }
    found
}

fn collect(
    model: &'static Model,
    shape: &'static Shape,
    turns: &mut Vec<Turn>,
    above: &mut Vec<&'static str>,
    found: &mut Vec<Place>,
) {
    for member in shape.members() {
        let depth = turns.len();
        turns.push(Turn::Member(member));
        let of_member = model.shape(member.shape);
        let mut inner = of_member;
        loop {
            match &inner.kind {
                Kind::List { element, .. } => {
                    turns.push(Turn::Element);
                    inner = model.shape(*element);
                }
                Kind::Map { value, .. } => {
                    turns.push(Turn::Entry);
                    inner = model.shape(*value);
                }
                _ => break,
            }
        }
        if inner.members().is_empty() {
            turns.truncate(depth + 1);
            found.push(Place {
                turns: turns.clone(),
                member,
                shape: of_member,
            });
        } else if !above.contains(&inner.name) {
            above.push(inner.name);
            collect(model, inner, turns, above, found);
            above.pop();
        }
        turns.truncate(depth);
    }
}

/// Values for members, in the model's types: those of the samples, and some of each kind.
pub(super) struct Values<'s> {
    model: &'static Model,
    samples: &'s Samples,
}

impl<'s> Values<'s> {
    pub(super) fn new(model: &'static Model, samples: &'s Samples) -> Self {
        Self { model, samples }
    }

    /// Values that a member may have.
    pub(super) fn of(&self, member: &Member, shape: &Shape) -> Vec<Json> {
        let mut values = if member.values.is_empty() {
            Vec::new()
        } else {
            member.values.iter().map(|value| json!(value)).collect()
        };
        values.extend(self.given(member.name));
        values.extend(self.of_shape(shape, 0));
        values.retain(|value| is_of(shape, value));
        let mut kept: Vec<Json> = Vec::new();
        for value in values {
            if kept.len() < VALUES_MAX && !kept.contains(&value) {
                kept.push(value);
            }
        }
        kept
    }

    /// What the samples of the service give for a member of this name.
    fn given(&self, name: &str) -> Vec<Json> {
        let mut found = self.samples.values.get(name).cloned().unwrap_or_default();
        let own = format!("{}:", self.samples.service);
        let mut look = |input: &Json| look_for(input, name, &mut found);
        let mut steps = Vec::new();
        steps.extend(&self.samples.prepare);
        for sample in self.samples.operations.iter().flat_map(further) {
            look(&sample.input);
            steps.extend(&sample.prepare);
        }
        let steps = steps.into_iter().filter(|step| step.call.starts_with(&own));
        steps.for_each(|step| look(&step.input));
        found
    }

    fn of_shape(&self, shape: &Shape, depth: usize) -> Vec<Json> {
        if !shape.bounds.values.is_empty() {
            return shape.bounds.values.iter().map(|it| json!(it)).collect();
        }
        let bounds = [shape.bounds.min, shape.bounds.max];
        let whole = bounds.into_iter().flatten().filter(|it| it.abs() < 1e9);
        #[expect(clippy::cast_possible_truncation, reason = "the bounds are small")]
        let whole = whole.map(|bound| bound.round() as i64);
        match &shape.kind {
            Kind::String => texts(shape),
            Kind::Boolean => vec![json!(true), json!(false)],
            Kind::Integer | Kind::Long => [1, 2, 3, 5, 60, 300, 900, 3600]
                .into_iter()
                .chain(whole)
                .map(|number| json!(number))
                .collect(),
            Kind::Float => vec![json!(1.5), json!(2.5)],
            Kind::Blob => vec![json!("x"), json!("y")],
            Kind::Timestamp { .. } => [
                "2026-01-01T00:30:00Z",
                "2025-12-31T12:00:00Z",
                "2026-02-01T00:00:00Z",
            ]
            .map(|time| json!(time))
            .into(),
            Kind::Document => vec![json!({}), json!({"a": "b"})],
            Kind::List { element, .. } => {
                let element = self.model.shape(*element);
                let one = self.of_shape(element, depth + 1).into_iter();
                one.map(|value| json!([value])).collect()
            }
            Kind::Map { key, value, .. } => {
                let key = self.of_shape(self.model.shape(*key), depth + 1);
                let key = key.first().and_then(Json::as_str).unwrap_or("k").to_owned();
                let one = self.of_shape(self.model.shape(*value), depth + 1);
                one.into_iter().map(|value| json!({&key: value})).collect()
            }
            Kind::Structure { .. } if depth > 4 => vec![json!({})],
            Kind::Structure { members, .. } => {
                let required = members.iter().filter(|member| member.is_required);
                let filled = required.filter_map(|member| {
                    let shape = self.model.shape(member.shape);
                    let mut given = self.given(member.name).into_iter();
                    let value = match given.find(|value| is_of(shape, value)) {
                        Some(value) => value,
                        None => self.of_shape(shape, depth + 1).into_iter().next()?,
                    };
                    Some((member.name.to_owned(), value))
                });
                vec![Json::Object(filled.collect())]
            }
        }
    }

    /// The input with a value at a place, or without one; what is above the place is made.
    pub(super) fn put(&self, input: &Json, place: &Place, value: Option<&Json>) -> Json {
        let mut input = input.clone();
        let mut at = &mut input;
        for (turn, next) in place.turns.iter().zip(place.turns.iter().skip(1)) {
            at = match turn {
                Turn::Member(member) => {
                    let made = match next {
                        Turn::Element => json!([]),
                        Turn::Entry => json!({}),
                        Turn::Member(_) => {
                            let shape = self.model.shape(member.shape);
                            self.of_shape(shape, 0).swap_remove(0)
                        }
                    };
                    entry(at, member.name, made)
                }
                Turn::Element => {
                    let made = self.inside(place, next);
                    if at.as_array().is_none_or(Vec::is_empty) {
                        *at = json!([made]);
                    }
                    &mut at[0]
                }
                Turn::Entry => {
                    let made = self.inside(place, next);
                    let key = at.as_object().and_then(|it| it.keys().next().cloned());
                    entry(at, &key.unwrap_or_else(|| "k".to_owned()), made)
                }
            };
        }
        if at.is_null() {
            *at = json!({});
        }
        if let (Json::Object(members), Some(name)) = (at, place.turns.last()) {
            let Turn::Member(member) = name else {
                return input;
            };
            match value {
                Some(value) => members.insert(member.name.to_owned(), value.clone()),
                None => members.remove(member.name),
            };
        }
        input
    }

    /// What an element or an entry on the way to a place is made of.
    fn inside(&self, place: &Place, next: &Turn) -> Json {
        match next {
            Turn::Element => json!([]),
            Turn::Entry => json!({}),
            Turn::Member(member) => {
                let owner = self
                    .model
                    .shape_ids()
                    .map(|id| self.model.shape(id))
                    .find(|shape| {
                        let own = shape.members();
                        own.iter().any(|own| std::ptr::eq(own, *member))
                    });
                let whole = owner.map(|owner| self.of_shape(owner, 0).swap_remove(0));
                whole.unwrap_or_else(|| panic!("{} is in no shape", place.label()))
            }
        }
    }
}

/// A sample, its variants, and the one of a list with several entries.
pub(super) fn further(sample: &Sample) -> impl Iterator<Item = &Sample> {
    std::iter::once(sample)
        .chain(&sample.variants)
        .chain(sample.several.as_deref())
}

/// Whether a value is of a shape's type.
fn is_of(shape: &Shape, value: &Json) -> bool {
    match &shape.kind {
        Kind::String => value.is_string(),
        Kind::Blob => value.is_string() || value.is_array(),
        Kind::Boolean => value.is_boolean(),
        Kind::Integer | Kind::Long => value.is_i64(),
        Kind::Float => value.is_number(),
        Kind::Timestamp { .. } => value.is_string() || value.is_number(),
        Kind::List { .. } => value.is_array(),
        Kind::Map { .. } | Kind::Structure { .. } => value.is_object(),
        Kind::Document => true,
    }
}

/// What stands at a place of an input.
pub(super) fn at<'i>(input: &'i Json, place: &Place) -> Option<&'i Json> {
    let mut at = input;
    for turn in &place.turns {
        at = match turn {
            Turn::Member(member) => at.get(member.name)?,
            Turn::Element => at.get(0)?,
            Turn::Entry => at.as_object()?.values().next()?,
        };
    }
    Some(at)
}

/// Whether the model takes an input.
pub(super) fn is_valid(operation: &Operation, input: &Json) -> bool {
    let input = to_value(input).expect("JSON is a value");
    let input = match input {
        Value::Null => Value::empty(),
        input => input,
    };
    validate(operation, &input).is_ok()
}

fn entry<'j>(object: &'j mut Json, name: &str, made: Json) -> &'j mut Json {
    if !object.is_object() {
        *object = json!({});
    }
    let Json::Object(members) = object else {
        return object;
    };
    members.entry(name.to_owned()).or_insert(made)
}

fn texts(shape: &Shape) -> Vec<Json> {
    let some = [
        "x",
        "abc",
        "/",
        "/x/",
        "1",
        "arn:aws:iam::222222222222:role/none",
        "arn:aws:iam::222222222222:policy/none",
        "11111111-2222-4333-8444-555555555599",
        "{}",
        "123456789012",
        "https://example.com/",
        "2026-01-01T00:00:00Z",
        "abcdefghijklmnopqrstuvwxyz0123456789",
    ];
    let fits = |text: &&&str| {
        let (bounds, length) = (&shape.bounds, text.chars().count());
        #[expect(clippy::cast_precision_loss, reason = "the texts are short")]
        let length = length as f64;
        bounds.min.is_none_or(|min| length >= min)
            && bounds.max.is_none_or(|max| length <= max)
            && bounds.regex().is_none_or(|regex| regex.is_match(text))
    };
    some.iter().filter(fits).map(|text| json!(text)).collect()
}

fn look_for(input: &Json, name: &str, found: &mut Vec<Json>) {
    match input {
        Json::Object(members) => {
            for (own, value) in members {
                if own == name && !found.contains(value) {
                    found.push(value.clone());
                }
                look_for(value, name, found);
            }
        }
        Json::Array(items) => items.iter().for_each(|item| look_for(item, name, found)),
        _ => {}
    }
}
