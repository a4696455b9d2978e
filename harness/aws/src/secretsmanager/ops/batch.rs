//! BatchGetSecretValue: many values in one answer, each decided by itself.

use authlab_wire::{Value, WireError};
use serde::{Deserialize, Serialize};

use super::value::ValueOutput;
use super::{FilterInput, filters, page, wire};
use crate::front::Desk;
use crate::operation::{Answer, Reply, read};
use crate::secretsmanager::error::Error;
use crate::secretsmanager::{check, key};

/// How many values a page has when nothing is asked for (API reference, `BatchGetSecretValue`: at
/// most twenty).
const PAGE_SIZE: usize = 20;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", default)]
#[derive(Default)]
struct BatchInput {
    secret_id_list: Option<Vec<String>>,
    filters: Option<Vec<FilterInput>>,
    max_results: Option<usize>,
    next_token: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Failure {
    secret_id: String,
    error_code: String,
    message: String,
}

#[derive(Default, Serialize)]
#[serde(rename_all = "PascalCase")]
struct BatchOutput {
    secret_values: Vec<ValueOutput>,
    errors: Vec<Failure>,
    next_token: Option<String>,
}

pub(in crate::secretsmanager) fn batch_get_secret_value(
    desk: &mut Desk<'_>,
    input: Value,
) -> Answer {
    let input: BatchInput = read(input)?;
    let (ids, next_token) = match (input.secret_id_list, input.filters) {
        (Some(_), Some(_)) | (None, None) => return Err(wire(Error::BatchOfWhat)),
        (Some(ids), None) => (ids, None),
        (None, Some(given)) => {
            let filters = filters(given).map_err(wire)?;
            let (secrets, ctx) = desk.cloud.secretsmanager(desk.call);
            let found = secrets.list(&filters, false, &ctx);
            let ids = found.into_iter().map(|entry| entry.arn.clone()).collect();
            page(
                ids,
                input.max_results.unwrap_or(PAGE_SIZE),
                input.next_token,
            )
            .map_err(wire)?
        }
    };
    let mut output = BatchOutput {
        next_token,
        ..BatchOutput::default()
    };
    for id in ids {
        match one(desk, &id) {
            Ok(value) => output.secret_values.push(value),
            Err(error) => output.errors.push(Failure {
                secret_id: id,
                error_code: error.code,
                message: error.message,
            }),
        }
    }
    Reply::to(&output)
}

/// The value of one secret, decided by itself.
fn one(desk: &mut Desk<'_>, id: &str) -> Result<ValueOutput, WireError> {
    let call = desk.call;
    let checks = check::one_of_batch(desk.cloud, call, id)?;
    if let Err(refused) = desk.decide(&checks) {
        return Err(desk.answer(&refused));
    }
    key::check_decrypts(desk.cloud, call, (id, None, None)).map_err(wire)?;
    let (secrets, ctx) = desk.cloud.secretsmanager(call);
    let read = secrets.read(id, None, None, &ctx);
    read.and_then(|(entry, version)| {
        Ok(ValueOutput::of(entry, entry.select(Some(&version), None)?))
    })
    .map_err(wire)
}
