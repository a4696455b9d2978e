//! Every member of every input is read, refused, or answered with 501.
//!
//! Two calls that differ in one member only, in two labs that are the same, have to differ in what
//! can be seen: the answer, what was decided, what the reading operations of the service answer
//! afterwards, or what the sample's further steps show. Where no two values of a member do, nobody
//! reads it. The values are those of the samples and some of each kind; a member that needs a
//! neighbour, a filter something to find, gets a variant in `coverage/<service>.json`.

use std::collections::{BTreeMap, BTreeSet};

use authlab_wire::{Kind, Models, Operation as Model, Shape, Value, WireError};
use serde_json::{Value as Json, json};

use super::bench::{self, Bench, told};
use super::place::{self, Place, Values};
use super::sample::{Operation, Samples};
use super::{is_as_stated, named, refusal};
use crate::operation::Service;

/// What can be seen of a call.
struct Seen<'s> {
    bench: Bench<'s>,
    answer: Result<Value, WireError>,
    told: Json,
    /// What was decided: whoever reads a member only to authorize does nothing with it.
    decisions: Json,
    followed: Option<Vec<Json>>,
    /// What the reading operations answer, by the input that names what they are asked for.
    reads: BTreeMap<String, Json>,
}

/// One call whose members are tried.
struct Base<'s> {
    samples: &'s Samples,
    sample: &'s Operation,
    /// A lab in which nothing is called: it knows what was captured.
    bench: Bench<'s>,
    input: Json,
    seen: BTreeMap<String, Seen<'s>>,
}

impl<'s> Base<'s> {
    async fn of(samples: &'s Samples, sample: &'s Operation) -> Self {
        let bench = Bench::prepared(samples, sample).await;
        let input = bench.input();
        Self {
            samples,
            sample,
            bench,
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
                answer: tried.answer,
                told,
                decisions: decisions.into(),
                followed: None,
                reads: BTreeMap::new(),
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
        let samples = self.samples;
        let first = self.see(one.clone()).await.follow().await;
        if first != self.see(other.clone()).await.follow().await {
            return true;
        }
        // Both labs are asked the same, in the names of the one input and of the other.
        for names in [one, other] {
            let asked = (service, samples, names);
            let first = self.see(one.clone()).await.look(asked).await;
            if first != self.see(other.clone()).await.look(asked).await {
                return true;
            }
        }
        false
    }
}

impl Seen<'_> {
    /// What the sample's further steps show.
    async fn follow(&mut self) -> Vec<Json> {
        if self.followed.is_none() {
            self.followed = Some(self.bench.follow(&self.answer).await);
        }
        self.followed.clone().unwrap_or_default()
    }

    /// What the reading operations answer now, about what an input names or the answer tells.
    async fn look(&mut self, (service, samples, names): (&Service, &Samples, &Json)) -> Json {
        let key = names.to_string();
        if let Some(known) = self.reads.get(&key) {
            return known.clone();
        }
        let answer = told(&self.answer);
        let mut answers = Vec::new();
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
                let named = names.get(member.name).filter(|it| it.is_string());
                // `PolicyArn` is the `Arn` that CreatePolicy answers.
                let short = if member.name.ends_with("Arn") {
                    "Arn"
                } else {
                    member.name
                };
                let mut tried = [member.name, short].into_iter();
                let named = named.or_else(|| tried.find_map(|name| found_in(&answer, name)));
                if let (true, Some(named)) = (is_asked, named) {
                    input[member.name] = named.clone();
                }
            }
            answers.push(self.bench.read(service.name, &sample.name, &input).await);
        }
        let answers = Json::from(answers);
        self.reads.insert(key, answers.clone());
        answers
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
    for value in values.of(place.member, place.shape) {
        inputs.push(values.put(&base.input, place, Some(&base.bench.fill(&value))));
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

/// Whether a second element of a list of texts or numbers is read as well; `None` where no list of
/// two is taken.
async fn second_is_read(
    service: &Service,
    base: &mut Base<'_>,
    values: &Values<'_>,
    (operation, place): (&'static Model, &Place),
) -> Option<bool> {
    let mut elements: Vec<Json> = Vec::new();
    for value in values.of(place.member, place.shape) {
        for element in base.bench.fill(&value).as_array()? {
            if elements.len() < 4 && !elements.contains(element) {
                elements.push(element.clone());
            }
        }
    }
    let mut is_taken = None;
    for one in &elements {
        for other in elements.iter().filter(|other| *other != one) {
            let [alone, both] = [json!([one]), json!([one, other])]
                .map(|list| values.put(&base.input, place, Some(&list)));
            if !place::is_valid(operation, &both) || !place::is_valid(operation, &alone) {
                continue;
            }
            let answer = &base.see(alone.clone()).await.answer;
            is_taken = is_taken.or(answer.is_ok().then_some(false));
            if answer.is_ok() && base.differ(service, &alone, &both).await {
                return Some(true);
            }
        }
    }
    is_taken
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
            let mut seconds = Vec::new();
            if matches!(place.shape.kind, Kind::List { .. }) && tries.is_empty() {
                for base in &mut bases {
                    let second = (operation, &place);
                    seconds.extend(second_is_read(service, base, &values, second).await);
                    if seconds.contains(&true) {
                        break;
                    }
                }
            }
            if !seconds.is_empty() && !seconds.contains(&true) {
                faults.push(format!(
                    "{name}:{} {label}: a second element changes nothing that can be seen",
                    sample.name
                ));
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
        let seen = bases.iter().flat_map(|base| base.seen.values());
        let refused = seen.filter_map(|seen| seen.answer.as_ref().err());
        let unlike: BTreeSet<String> = refused
            .filter_map(|error| refusal::fault(service, model, error))
            .collect();
        let unlike = unlike.into_iter();
        faults.extend(unlike.map(|fault| format!("{name}:{} answers {fault}", sample.name)));
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
