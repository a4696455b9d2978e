//! Every member of every input is read, refused, or answered with 501.
//!
//! Two calls that differ in one member only, in two labs that are the same, have to differ in what
//! can be seen: the answer, what was decided, what the reading operations of the service answer
//! afterwards, or what the sample's further steps show. Where no two values of a member do, nobody
//! reads it. The values are those of the samples and some of each kind; a member that needs a
//! neighbour, a filter something to find, gets a variant in `coverage/<service>.json`.

use std::collections::BTreeMap;

use authlab_wire::{Models, Operation as Model, Shape, Value, WireError};
use serde_json::{Value as Json, json};

use super::bench::{self, Bench, told};
use super::place::{self, Place, Values};
use super::sample::{Operation, Samples};
use super::{is_as_stated, named};
use crate::operation::Service;

/// What can be seen of a call.
struct Seen<'s> {
    bench: Bench<'s>,
    input: Json,
    answer: Result<Value, WireError>,
    told: Json,
    /// What was decided: whoever reads a member only to authorize does nothing with it.
    decisions: Json,
    later: Option<Json>,
}

/// One call whose members are tried.
struct Base<'s> {
    samples: &'s Samples,
    sample: &'s Operation,
    input: Json,
    seen: BTreeMap<String, Seen<'s>>,
}

impl<'s> Base<'s> {
    async fn of(samples: &'s Samples, sample: &'s Operation) -> Self {
        let input = Bench::prepared(samples, sample).await.input();
        Self {
            samples,
            sample,
            input,
            seen: BTreeMap::new(),
        }
    }

    async fn see(&mut self, input: Json) -> &mut Seen<'s> {
        let name = input.to_string();
        if !self.seen.contains_key(&name) {
            let bench = Bench::prepared(self.samples, self.sample).await;
            let tried = bench.call_with(&bench::everything(), &input).await;
            let (decisions, events): (Vec<_>, Vec<_>) =
                tried.events.into_iter().partition(|it| it[0] == "decision");
            let told = json!([told(&tried.answer), events]);
            let seen = Seen {
                bench,
                input,
                answer: tried.answer,
                told,
                decisions: decisions.into(),
                later: None,
            };
            self.seen.insert(name.clone(), seen);
        }
        self.seen.get_mut(&name).expect("was seen")
    }

    /// Whether two inputs are decided differently, and nothing else is seen.
    async fn is_only_authorized(&mut self, one: &Json, other: &Json) -> bool {
        let first = self.see(one.clone()).await.decisions.clone();
        first != self.see(other.clone()).await.decisions
    }

    /// Whether two inputs lead to different things.
    async fn differ(&mut self, service: &Service, one: &Json, other: &Json) -> bool {
        let first = self.see(one.clone()).await.told.clone();
        if first != self.see(other.clone()).await.told {
            return true;
        }
        let (samples, mut later) = (self.samples, Vec::new());
        for input in [one, other] {
            let seen = self.see(input.clone()).await;
            if seen.later.is_none() {
                seen.later = Some(seen.look(service, samples).await);
            }
            later.extend(seen.later.clone());
        }
        later.first() != later.last()
    }
}

impl Seen<'_> {
    /// What the reading operations answer now, about what the call named or made.
    async fn look(&mut self, service: &Service, samples: &Samples) -> Json {
        let mut answers = self.bench.follow(&self.answer).await;
        let answer = told(&self.answer);
        let reads = |name: &str| {
            ["Get", "List", "Describe"]
                .iter()
                .any(|it| name.starts_with(it))
        };
        for sample in samples.operations.iter().filter(|it| reads(&it.name)) {
            let mut input = self.bench.fill(&sample.input);
            let model = Models::service(service.name);
            let model = model.and_then(|model| model.operation(&sample.name));
            let members = model.and_then(Model::input_shape).map(Shape::members);
            for member in members.unwrap_or_default() {
                let is_asked = member.is_required || input.get(member.name).is_some();
                let named = self.input.get(member.name).filter(|it| it.is_string());
                // `PolicyArn` is the `Arn` that CreatePolicy answers.
                let short = if member.name.ends_with("Arn") {
                    "Arn"
                } else {
                    member.name
                };
                let mut names = [member.name, short].into_iter();
                let named = named.or_else(|| names.find_map(|name| found_in(&answer, name)));
                if let (true, Some(named)) = (is_asked, named) {
                    input[member.name] = named.clone();
                }
            }
            answers.push(self.bench.read(service.name, &sample.name, &input).await);
        }
        answers.into()
    }
}

/// The first text of this name in an answer.
fn found_in<'j>(answer: &'j Json, name: &str) -> Option<&'j Json> {
    match answer {
        Json::Object(members) => members
            .get(name)
            .filter(|value| value.is_string())
            .or_else(|| members.values().find_map(|value| found_in(value, name))),
        Json::Array(items) => items.iter().find_map(|item| found_in(item, name)),
        _ => None,
    }
}

/// What became of one member.
enum Found {
    Read,
    /// No two inputs differed; how many there were, and what they led to.
    Ignored(usize, String),
}

async fn look_at(
    service: &Service,
    base: &mut Base<'_>,
    values: &Values<'_>,
    (operation, place): (&'static Model, &Place),
) -> Found {
    let mut inputs = vec![values.put(&base.input, place, None)];
    inputs.extend(place::at(&base.input, place).map(|_| base.input.clone()));
    let bench = Bench::prepared(base.samples, base.sample).await;
    for value in values.of(place.member, place.shape) {
        inputs.push(values.put(&base.input, place, Some(&bench.fill(&value))));
    }
    inputs.dedup();
    inputs.retain(|input| place::is_valid(operation, input));
    let (mut last, mut is_authorized) = (String::new(), false);
    for (position, input) in inputs.iter().enumerate() {
        let answer = &base.see(input.clone()).await.answer;
        if matches!(answer, Err(error) if error.status == 501) {
            return Found::Read;
        }
        last = format!("{answer:?}");
        for other in inputs.iter().take(position) {
            if base.differ(service, other, input).await {
                return Found::Read;
            }
            is_authorized |= base.is_only_authorized(other, input).await;
        }
    }
    if is_authorized {
        last.insert_str(0, "only authorization reads it: ");
    }
    last.truncate(last.floor_char_boundary(300));
    Found::Ignored(inputs.len(), last)
}

/// Holds every member of every operation's input against the rule.
pub(super) async fn each_is_read(name: &str) {
    let (service, samples) = (named(name), Samples::read(name));
    let model = Models::service(name).expect("a model");
    let values = Values::new(model, &samples);
    let mut faults = Vec::new();
    for sample in &samples.operations {
        let operation = model.operation(&sample.name).expect("an operation");
        let mut bases = Vec::new();
        for variant in place::further(sample) {
            let mut base = Base::of(&samples, variant).await;
            let answer = &base.see(base.input.clone()).await.answer;
            if !is_as_stated(variant, answer) {
                faults.push(format!(
                    "{name}:{} with {}: {answer:?}",
                    sample.name, variant.input
                ));
            }
            bases.push(base);
        }
        for place in place::places(model, operation) {
            let label = place.label();
            let mut tries = Vec::new();
            // Those that state the member show it best.
            bases.sort_by_key(|base| place::at(&base.input, &place).is_none());
            for base in &mut bases {
                match look_at(service, base, &values, (operation, &place)).await {
                    Found::Read => {
                        tries.clear();
                        break;
                    }
                    Found::Ignored(count, last) => tries.push((count, last)),
                }
            }
            let is_inert = sample.inert.contains_key(&label);
            match (tries.first(), is_inert) {
                (Some((count, last)), false) => faults.push(format!(
                    "{name}:{} {label}: {count} inputs differ in nothing that can be seen: {last}",
                    sample.name
                )),
                (None, true) => faults.push(format!(
                    "{name}:{} {label} is stated to be without effect and has one",
                    sample.name
                )),
                _ => {}
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
