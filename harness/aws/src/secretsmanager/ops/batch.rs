//! BatchGetSecretValue: many values in one answer, each decided by itself.

use authlab_wire::Value;
use futures_util::future::BoxFuture;
use serde::{Deserialize, Serialize};

use super::value::ValueOutput;
use super::{FilterInput, filters, page, wire};
use crate::front::answer::access_denied;
use crate::front::trail::Trail;
use crate::front::{Enforcement, Environment, FrontDoor, judge};
use crate::operation::{Answer, Call, Reply, read};
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

/// A handler in halves only because each decision goes to the journal; it does no I/O.
pub(in crate::secretsmanager) fn batch_get_secret_value<'a>(
    door: &'a FrontDoor,
    call: &'a Call,
    input: Value,
) -> BoxFuture<'a, Answer> {
    Box::pin(std::future::ready(batch(door, call, input)))
}

fn batch(door: &FrontDoor, call: &Call, input: Value) -> Answer {
    let input: BatchInput = read(input)?;
    let mut trail = Trail::of_call(door.journal(), call);
    let mut cloud = door.cloud();
    let (ids, next_token) = match (input.secret_id_list, input.filters) {
        (Some(_), Some(_)) | (None, None) => return Err(wire(Error::BatchOfWhat)),
        (Some(ids), None) => (ids, None),
        (None, Some(given)) => {
            let filters = filters(given).map_err(wire)?;
            let (secrets, ctx) = cloud.secretsmanager(call);
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
        let checks = match check::one_of_batch(&cloud, call, &id) {
            Ok(checks) => checks,
            Err(error) => {
                output.errors.push(Failure {
                    secret_id: id,
                    error_code: error.code,
                    message: error.message,
                });
                continue;
            }
        };
        let verdict = judge(&cloud, &call.caller, &Environment::of(call), &checks);
        verdict
            .judged
            .iter()
            .for_each(|judged| trail.decided(judged));
        let refused = verdict
            .refusal()
            .filter(|_| door.enforcement() == Enforcement::Enforce);
        let read = match refused {
            Some(judged) => {
                let style = authlab_policy::MessageStyle::default();
                let message = judged.decision.message(&judged.request, style);
                let last = verdict.judged.len().checked_sub(1);
                let own = last.and_then(|last| checks.get(last)?.refusal.as_ref());
                let own = own.and_then(|own| own.answer(judged.decision.layer()));
                Err(own
                    .cloned()
                    .unwrap_or_else(|| access_denied(authlab_wire::Protocol::Json11, message)))
            }
            None => {
                if let Err(error) = key::check_decrypts(&cloud, call, (&id, None, None)) {
                    output.errors.push(Failure {
                        secret_id: id,
                        error_code: wire(error.clone()).code,
                        message: error.to_string(),
                    });
                    continue;
                }
                let (secrets, ctx) = cloud.secretsmanager(call);
                let read = secrets.read(&id, None, None, &ctx);
                read.and_then(|(entry, version)| {
                    Ok(ValueOutput::of(entry, entry.select(Some(&version), None)?))
                })
                .map_err(wire)
            }
        };
        match read {
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
