//! Every bound that the model puts on a member is kept, and told in the service's words.

use authlab_wire::{
    Kind, Location, Models, Operation as Model, Rule, Shape, ValidationFailure, Violation,
    to_value, validate,
};
use serde_json::{Value as Json, json};

use super::named;
use super::place::{Place, Values, places};
use super::sample::Samples;
use crate::operation::Service;

/// Longer texts and lists are not built.
const LENGTH_MAX: usize = 300_000;

/// The violations that an input has at a place itself.
fn violations(operation: &'static Model, input: &Json, place: &Place) -> Vec<Violation> {
    let value = to_value(input).expect("JSON is a value");
    let Err(failure) = validate(operation, &value) else {
        return Vec::new();
    };
    let names: Vec<String> = place
        .label()
        .split(['.', '[', '{'])
        .map(|name| name.trim_matches([']', '}']).to_lowercase())
        .filter(|name| !name.is_empty())
        .collect();
    let is_there = |violation: &Violation| {
        let at = violation.at.to_lowercase();
        let own = at
            .split('.')
            .filter(|part| *part != "member" && *part != "k" && part.parse::<usize>().is_err());
        own.eq(names.iter().map(String::as_str))
    };
    failure.violations.into_iter().filter(is_there).collect()
}

/// A value of this size, if it is to be built.
fn sized(values: &Values<'_>, place: &Place, size: f64) -> Option<Json> {
    let shape = place.shape;
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "sizes are small and whole"
    )]
    let length = (size >= 0.0 && size <= LENGTH_MAX as f64).then_some(size as usize);
    match &shape.kind {
        Kind::String => Some(json!("a".repeat(length?))),
        Kind::Blob => Some(json!(vec![1; length?])),
        Kind::List { .. } => {
            let one = values
                .of(place.member, shape)
                .into_iter()
                .find_map(|it| it.get(0).cloned())?;
            Some(json!(vec![one; length?]))
        }
        Kind::Map { .. } => {
            let entries = (0..length?).map(|number| (format!("key{number}"), json!("v")));
            Some(Json::Object(entries.collect()))
        }
        #[expect(clippy::cast_possible_truncation, reason = "bounds are whole")]
        Kind::Integer | Kind::Long => Some(json!(size as i64)),
        Kind::Float => Some(json!(size)),
        _ => None,
    }
}

/// One step further than a bound.
fn beyond(shape: &Shape, bound: f64, step: f64) -> f64 {
    match shape.kind {
        Kind::Float => bound + step / 16.0,
        _ => bound + step,
    }
}

/// A value, the rule that it is about, and whether it breaks it.
fn trials(values: &Values<'_>, place: &Place) -> Vec<(Option<Json>, Rule, bool)> {
    let (shape, member) = (place.shape, place.member);
    let mut trials = Vec::new();
    if member.is_required {
        trials.push((None, Rule::Required, true));
    }
    let mut add = |size: f64, rule: Rule, breaks: bool| {
        if let Some(value) = sized(values, place, size) {
            trials.push((Some(value), rule, breaks));
        }
    };
    if let Some(max) = shape.bounds.max {
        add(max, Rule::Max, false);
        add(beyond(shape, max, 1.0), Rule::Max, true);
    }
    if let Some(min) = shape.bounds.min.filter(|min| *min != 0.0) {
        add(min, Rule::Min, false);
        add(beyond(shape, min, -1.0), Rule::Min, true);
    }
    let one_of = [&shape.bounds.values, &member.values];
    for value in one_of.into_iter().flatten() {
        trials.push((Some(json!(value)), Rule::Enum, false));
    }
    if one_of.into_iter().any(|values| !values.is_empty()) {
        for wrong in ["authlab", ""] {
            trials.push((Some(json!(wrong)), Rule::Enum, true));
        }
    }
    if let Some(regex) = shape.bounds.regex() {
        for text in [
            "", " ", "\u{0}", "\n", "a\n", "\u{e9}", "a b", "ab/c", "a:b", "!", "*", "x",
        ] {
            trials.push((Some(json!(text)), Rule::Pattern, !regex.is_match(text)));
        }
    }
    trials
}

/// What is wrong with one trial.
fn fault(
    service: &Service,
    operation: &'static Model,
    (input, place): (&Json, &Place),
    (rule, breaks): (Rule, bool),
) -> Option<String> {
    let violations = violations(operation, input, place);
    let is_told = violations.iter().any(|violation| violation.rule == rule);
    if is_told != breaks {
        return Some(format!(
            "{rule:?} is {}told: {violations:?}",
            if is_told { "" } else { "not " }
        ));
    }
    if !breaks {
        return None;
    }
    let error = service
        .validation
        .error(operation.name, ValidationFailure { violations });
    let stated = operation
        .service
        .error_shape(&error.code)
        .and_then(|shape| shape.error);
    let status = stated.map_or(400, |error| error.status);
    (error.status != status).then(|| format!("{} has the status {}", error.code, error.status))
}

/// Whether a member is left to the protocol: a label of the path cannot be missing or empty.
fn is_of_the_protocol(place: &Place, value: Option<&Json>) -> bool {
    let is_label = place.member.location == Location::Uri;
    is_label && value.is_none_or(|value| value == "")
}

/// Holds every operation against its model.
pub(super) fn each_is_kept(name: &str) {
    let (service, samples) = (named(name), Samples::read(name));
    let model = Models::service(name).expect("a model");
    let values = Values::new(model, &samples);
    let (mut faults, mut count) = (Vec::new(), 0);
    for row in service.rows {
        let operation = model.operation(row.name).expect("an operation");
        for place in places(model, operation) {
            for (value, rule, breaks) in trials(&values, &place) {
                if is_of_the_protocol(&place, value.as_ref()) {
                    continue;
                }
                count += 1;
                let input = values.put(&json!({}), &place, value.as_ref());
                let found = fault(service, operation, (&input, &place), (rule, breaks));
                faults.extend(
                    found.map(|fault| format!("{name}:{} {}: {fault}", row.name, place.label())),
                );
            }
        }
    }
    assert!(faults.is_empty(), "of {count}: {}", faults.join("\n"));
}
