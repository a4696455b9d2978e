//! Every list comes in parts: none lost, none twice, and a token is good for nothing else.

use authlab_wire::{Model as ServiceModel, Models, Operation as Model};
use serde_json::{Value as Json, json};

use super::bench::{Bench, everything, told};
use super::named;
use super::place::is_valid;
use super::sample::{Operation, Samples};
use crate::operation::page::PLACES;

/// What they call the size of a part.
const SIZE: [&str; 6] = [
    "MaxResults",
    "maxResults",
    "MaxItems",
    "MaxRecords",
    "Limit",
    "limit",
];
/// More parts than any list here has.
const PARTS_MAX: usize = 60;

/// How one operation speaks of parts.
struct Words {
    from: &'static str,
    next: &'static str,
    size: Option<&'static str>,
}

impl Words {
    /// `None` for what is no list.
    fn of(operation: &'static Model) -> Option<Self> {
        let (input, output) = (operation.input_shape()?, operation.output_shape()?);
        let first = |names: &[&'static str], shape: &authlab_wire::Shape| {
            names
                .iter()
                .copied()
                .find(|name| shape.member(name).is_some())
        };
        Some(Self {
            from: first(&PLACES, input)?,
            next: first(&PLACES, output)?,
            size: first(&SIZE, input),
        })
    }
}

/// One list in a lab in which it has several entries.
struct List<'s> {
    name: String,
    operation: &'static Model,
    words: Words,
    bench: Bench<'s>,
    input: Json,
    faults: Vec<String>,
}

/// All entries of an answer, whatever its lists are called.
fn entries(answer: &Json) -> Vec<Json> {
    let members = answer.as_object().into_iter().flat_map(|it| it.values());
    members
        .filter_map(Json::as_array)
        .flatten()
        .cloned()
        .collect()
}

impl List<'_> {
    async fn ask(&self, more: &[(&str, Json)]) -> Json {
        let mut input = self.input.clone();
        for (name, value) in more {
            input[*name] = value.clone();
        }
        if !is_valid(self.operation, &input) {
            return json!({"error": [400, "(the model)", ""]});
        }
        told(&self.bench.call_with(&everything(), &input).await.answer)
    }

    fn fault(&mut self, text: String) {
        self.faults.push(format!("{}: {text}", self.name));
    }

    /// The size as the operation takes it: one takes text.
    fn size(&self, number: i64) -> Json {
        let shape = self.operation.input_shape();
        let member = self.words.size.and_then(|size| shape?.member(size));
        let is_text = member.is_some_and(|member| {
            let shape = self.operation.service.shape(member.shape);
            matches!(shape.kind, authlab_wire::Kind::String)
        });
        if is_text {
            json!(number.to_string())
        } else {
            json!(number)
        }
    }

    /// The bounds of the size, as the model states them.
    fn bounds(&self) -> (i64, Option<i64>) {
        let shape = self.operation.input_shape();
        let member = self.words.size.and_then(|size| shape?.member(size));
        let Some(member) = member else {
            return (1, None);
        };
        let bounds = &self.operation.service.shape(member.shape).bounds;
        #[expect(clippy::cast_possible_truncation, reason = "sizes are small")]
        let whole = |bound: f64| bound as i64;
        (bounds.min.map_or(1, whole).max(1), bounds.max.map(whole))
    }

    /// Walks the list in the smallest parts; the tokens that were given.
    async fn walk(&mut self, is_single: bool) -> Vec<String> {
        let whole = self.ask(&[]).await;
        let all = entries(&whole);
        if whole.get("error").is_some() || (all.len() < 2) != is_single {
            self.fault(format!("the whole has {} entries: {whole}", all.len()));
        }
        let Some(size) = self.words.size else {
            return Vec::new();
        };
        let smallest = self.bounds().0;
        let (mut found, mut tokens) = (Vec::new(), Vec::new());
        for _ in 0..PARTS_MAX {
            let mut more = vec![(size, self.size(smallest))];
            more.extend(tokens.last().map(|token| (self.words.from, json!(token))));
            let part = self.ask(&more).await;
            let own = entries(&part);
            if i64::try_from(own.len()).is_ok_and(|count| count > smallest) {
                self.fault(format!("a part of {smallest} has {}: {part}", own.len()));
            }
            found.extend(own);
            match part[self.words.next].as_str() {
                Some(token) if part.get("error").is_none() => tokens.push(token.to_owned()),
                _ => break,
            }
        }
        let sorted = |mut entries: Vec<Json>| {
            entries.sort_by_key(Json::to_string);
            entries
        };
        if sorted(found.clone()) != sorted(all.clone()) {
            self.fault(format!("in parts {found:?}, at once {all:?}"));
        }
        tokens
    }

    /// Tokens that this list did not give.
    async fn refuse(&mut self, given: &[String], of_others: &[String]) {
        let mut wrong = vec![
            "nothing-that-was-given".to_owned(),
            "0".to_owned(),
            "99999999".to_owned(),
        ];
        for token in given.iter().take(1) {
            let cut: String = token.chars().take(token.chars().count() - 1).collect();
            wrong.extend([cut, format!("{token}x"), token.to_uppercase()]);
        }
        wrong.extend(of_others.iter().cloned());
        wrong.retain(|token| !token.is_empty() && !given.contains(token));
        for token in wrong {
            let answer = self.ask(&[(self.words.from, json!(token))]).await;
            let is_told = answer["error"][0] == 400;
            let code = answer["error"][1].as_str().unwrap_or_default().to_owned();
            if !is_told || code == "SerializationException" {
                self.fault(format!("takes the token {token:?}: {answer}"));
            }
        }
    }

    /// Sizes at the bounds and beyond.
    async fn sizes(&mut self) {
        let Some(size) = self.words.size else {
            return;
        };
        let (min, max) = self.bounds();
        let mut sizes = vec![(min, true), (min - 1, false), (0, false), (-1, false)];
        if let Some(max) = max {
            sizes.extend([(max, true), (max + 1, false)]);
        }
        for (number, is_taken) in sizes {
            let answer = self.ask(&[(size, self.size(number))]).await;
            let error = answer.get("error").cloned();
            let is_right = match &error {
                None => is_taken,
                Some(error) => !is_taken && error[0] == 400 && error[1] != "SerializationException",
            };
            if !is_right {
                self.fault(format!("{size} {number}: {answer}"));
            }
        }
    }
}

fn lists(
    model: &'static ServiceModel,
    samples: &Samples,
) -> Vec<(&'static Model, Words, Operation)> {
    let operations = samples.operations.iter().filter_map(|sample| {
        let operation = model.operation(&sample.name)?;
        let words = Words::of(operation)?;
        Some((operation, words, sample.clone()))
    });
    operations.collect()
}

/// Holds every list of a service against the rule.
pub(super) async fn each_list_comes_in_parts(name: &str) {
    let (service, samples) = (named(name), Samples::read(name));
    let model = Models::service(service.name).expect("a model");
    let lists = lists(model, &samples);
    let (mut open, mut given) = (Vec::new(), Vec::new());
    for (operation, words, sample) in &lists {
        let several = sample.several.as_deref().unwrap_or(sample);
        let bench = Bench::prepared(&samples, several).await;
        let input = bench.input();
        let mut list = List {
            name: format!("{name}:{}", sample.name),
            operation,
            words: Words { ..*words },
            bench,
            input,
            faults: Vec::new(),
        };
        let tokens = list.walk(sample.single.is_some()).await;
        list.sizes().await;
        given.push(tokens);
        open.push(list);
    }
    let mut faults = Vec::new();
    for (position, list) in open.iter_mut().enumerate() {
        let others = given
            .iter()
            .enumerate()
            .filter(|(other, _)| *other != position);
        let others: Vec<String> = others
            .filter_map(|(_, tokens)| tokens.first().cloned())
            .collect();
        let own = given.get(position).cloned().unwrap_or_default();
        list.refuse(&own, &others).await;
        faults.append(&mut list.faults);
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
