//! Members that nobody has or nobody reads, in every structure of an input.

use std::collections::{BTreeMap, BTreeSet};

use authlab_wire::{Kind, Model, Models, Shape};
use serde_json::{Value as Json, json};

use super::bench::{Bench, everything};
use super::field;
use super::sample::{Operation, Samples, filled};

/// A member that no model has.
const NOBODYS: &str = "AuthlabMember";

/// The members of an operation's input that no code reads; they are answered with 501.
///
/// A member that no model has, put into the call and into each structure of it, has to be noticed:
/// else the handler reads its input in a way that ignores what it does not know.
pub(super) async fn members(
    samples: &Samples,
    sample: &Operation,
    faults: &mut Vec<String>,
) -> Vec<&'static str> {
    let model = Models::service(&samples.service).expect("a model");
    let operation = model.operation(&sample.name).expect("an operation");
    let is_empty = |shape: &&Shape| matches!(&shape.kind, Kind::Structure { members, .. } if members.is_empty());
    let Some(shape) = operation.input_shape().filter(|shape| !is_empty(shape)) else {
        return Vec::new();
    };
    field::taken();
    let bench = Bench::prepared(samples, sample).await;
    drop(field::taken());
    drop(bench.call(&everything()).await);
    let read = field::taken();
    for place in 0..structures(model, shape, &filled(&sample.input, &BTreeMap::new())) {
        let bench = Bench::prepared(samples, sample).await;
        let (mut input, mut left) = (bench.input(), place);
        assert!(insert_at(model, shape, &mut input, &mut left));
        let answer = bench.call_with(&everything(), &input).await.answer;
        let noticed = matches!(&answer, Err(error)
            if error.status == 501 && error.message.contains(NOBODYS)
                || sample.answers.as_deref() == Some(error.code.as_str()));
        if !noticed {
            faults.push(format!(
                "{}:{} ignores a member that nobody reads (structure {place}): {answer:?}",
                samples.service, sample.name,
            ));
        }
    }
    unread(shape, &read)
}

fn unread(shape: &'static Shape, read: &BTreeSet<&'static str>) -> Vec<&'static str> {
    let Kind::Structure { members, .. } = &shape.kind else {
        return Vec::new();
    };
    let names = members.iter().map(|member| member.name);
    names.filter(|name| !read.contains(name)).collect()
}

/// How many structures of the model there are in an input, itself included.
fn structures(model: &'static Model, shape: &Shape, input: &Json) -> usize {
    match (&shape.kind, input) {
        (Kind::Structure { members, .. }, Json::Object(given)) => {
            let inner = members.iter().filter_map(|member| {
                let value = given.get(member.name)?;
                Some(structures(model, model.shape(member.shape), value))
            });
            1 + inner.sum::<usize>()
        }
        (Kind::Structure { .. }, Json::Null) => 1,
        (Kind::List { element, .. }, Json::Array(items)) => items
            .first()
            .map_or(0, |item| structures(model, model.shape(*element), item)),
        _ => 0,
    }
}

/// Puts the member that nobody reads into the structure number `left`.
fn insert_at(model: &'static Model, shape: &Shape, input: &mut Json, left: &mut usize) -> bool {
    match (&shape.kind, input) {
        (Kind::Structure { .. }, input @ Json::Null) => {
            *input = json!({NOBODYS: "x"});
            true
        }
        (Kind::Structure { members, .. }, Json::Object(given)) => {
            if *left == 0 {
                given.insert(NOBODYS.to_owned(), json!("x"));
                return true;
            }
            *left -= 1;
            members.iter().any(|member| {
                given
                    .get_mut(member.name)
                    .is_some_and(|value| insert_at(model, model.shape(member.shape), value, left))
            })
        }
        (Kind::List { element, .. }, Json::Array(items)) => items
            .first_mut()
            .is_some_and(|item| insert_at(model, model.shape(*element), item, left)),
        _ => false,
    }
}
