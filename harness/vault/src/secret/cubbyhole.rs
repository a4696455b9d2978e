//! The cubbyhole: storage that only one token sees, and that goes with it.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::names_below;
use crate::evidence::Reason;
use crate::field::{Field, Fields, Kind};
use crate::request::{Call, Operation};
use crate::response::{Fault, Outcome, Response};
use crate::route::{Route, row};
use crate::token::Type;

/// The values by the accessor of their token.
#[derive(Clone, Debug, Default)]
pub(crate) struct Cubbyhole {
    pub(crate) values: BTreeMap<String, BTreeMap<String, Map<String, Value>>>,
}

/// The table.
pub(crate) const ROUTES: &[Route<Cubbyhole>] = &[row(
    "{path*}",
    &[&[Field::new("path", Kind::Text), Field::new("*", Kind::Any)]],
    &[
        (Operation::Read, read),
        (Operation::Update, write),
        (Operation::Delete, delete),
        (Operation::List, list),
    ],
)
.existing(exists)];

/// Whose cubbyhole it is.
fn owner(call: &Call<'_>) -> Result<String, Fault> {
    match call.caller {
        Some(token) if token.kind == Type::Service => Ok(token.accessor.clone()),
        _ => Err(Fault::answer(format!(
            "cubbyhole operations are only supported by {} type tokens",
            call.flavour.in_quotes("service")
        ))),
    }
}

fn exists(store: &Cubbyhole, call: &Call<'_>, _: &Fields) -> bool {
    let Ok(owner) = owner(call) else { return false };
    store
        .values
        .get(&owner)
        .is_some_and(|values| values.contains_key(call.path))
}

fn read(store: &mut Cubbyhole, call: &Call<'_>, _: &Fields) -> Outcome {
    let owner = owner(call)?;
    let value = store
        .values
        .get(&owner)
        .and_then(|values| values.get(call.path));
    Ok(value.map(|value| Response::data(json!(value))))
}

fn write(store: &mut Cubbyhole, call: &Call<'_>, _: &Fields) -> Outcome {
    let owner = owner(call)?;
    if call.request.data.is_empty() {
        return Err(Fault::error("missing data fields").because(Reason::InvalidRequest));
    }
    let values = store.values.entry(owner).or_default();
    values.insert(call.path.to_owned(), call.request.data.clone());
    Ok(None)
}

fn delete(store: &mut Cubbyhole, call: &Call<'_>, _: &Fields) -> Outcome {
    let owner = owner(call)?;
    if let Some(values) = store.values.get_mut(&owner) {
        values.remove(call.path);
    }
    Ok(None)
}

fn list(store: &mut Cubbyhole, call: &Call<'_>, _: &Fields) -> Outcome {
    let owner = owner(call)?;
    let names = store
        .values
        .get(&owner)
        .map(|values| names_below(values.keys(), call.path));
    Ok(Some(Response::list(names.unwrap_or_default())))
}
