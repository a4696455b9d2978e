//! Key/value, version 1: a value per path, with a duration that is only advice.

use std::collections::BTreeMap;

use authlab_kernel::Timestamp;
use serde_json::{Map, Value, json};

use super::kv2::Kv2;
use super::{all_below, escapes, names_below};
use crate::duration;
use crate::engine::{Engine, answers_by};
use crate::evidence::Reason;
use crate::field::{Field, Fields, Kind};
use crate::request::{Call, Operation};
use crate::response::{Fault, LeaseInfo, Outcome, Response};
use crate::route::{Route, row};

/// The values of one mount.
#[derive(Clone, Debug, Default)]
pub(crate) struct Kv1 {
    pub(crate) values: BTreeMap<String, Map<String, Value>>,
}

const FIELDS: &[Field] = &[Field::new("path", Kind::Text)];

/// The table.
pub(crate) const ROUTES: &[Route<Kv1>] = &[row(
    "{path*}",
    &[FIELDS],
    &[
        (Operation::Read, read),
        (Operation::Update, write),
        (Operation::Delete, delete),
        (Operation::List, list),
        (Operation::Scan, scan),
    ],
)
.existing(exists)];

fn exists(store: &Kv1, call: &Call<'_>, _: &Fields) -> bool {
    store.values.contains_key(call.path)
}

fn read(store: &mut Kv1, call: &Call<'_>, _: &Fields) -> Outcome {
    let Some(value) = store.values.get(call.path) else {
        return Ok(None);
    };
    let wish = value.get("ttl").or_else(|| value.get("lease"));
    let seconds = match wish {
        Some(Value::String(text)) => duration::parse_seconds(text).ok(),
        Some(Value::Number(number)) => number.as_i64(),
        _ => None,
    };
    let lease = LeaseInfo {
        duration: seconds.unwrap_or(call.mount.default_ttl),
        ..LeaseInfo::default()
    };
    Ok(Some(Response {
        lease: Some(lease),
        ..Response::data(json!(value))
    }))
}

fn write(store: &mut Kv1, call: &Call<'_>, _: &Fields) -> Outcome {
    if escapes(call.path) {
        return Err(Fault::error("internal error").because(Reason::InvalidRequest));
    }
    if call.path.is_empty() {
        return Err(Fault::answer("missing path"));
    }
    if call.request.data.is_empty() {
        return Err(Fault::answer("missing data fields"));
    }
    store
        .values
        .insert(call.path.to_owned(), call.request.data.clone());
    Ok(None)
}

fn delete(store: &mut Kv1, call: &Call<'_>, _: &Fields) -> Outcome {
    store.values.remove(call.path);
    Ok(None)
}

fn list(store: &mut Kv1, call: &Call<'_>, _: &Fields) -> Outcome {
    Ok(Some(Response::list(names_below(
        store.values.keys(),
        call.path,
    ))))
}

fn scan(store: &mut Kv1, call: &Call<'_>, _: &Fields) -> Outcome {
    Ok(Some(Response::list(all_below(
        store.values.keys(),
        call.path,
    ))))
}

impl Engine for Kv1 {
    answers_by!(ROUTES);

    fn hashes_numbers(&self) -> bool {
        true
    }

    fn upgraded(&self, now: Timestamp) -> Option<Box<dyn Engine>> {
        Some(Box::new(Kv2::upgraded(&self.values, now)))
    }
}
