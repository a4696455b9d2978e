//! API keys: their values are shown where they are asked for.

use authlab_wire::{Blob, Value};
use serde::Deserialize;

use super::documentation::Imported;
use super::part::BesideAccount;
use super::{PageInput, page, wire, with_tags};
use crate::apigateway::account::{Account, ApiKey};
use crate::apigateway::error::Error;
use crate::apigateway::resource::Texts;
use crate::cloud::Cloud;
use crate::operation::part::{At, Part, Whole, changed};
use crate::operation::{Answer, Call, Reply, read, read_both};

/// What CreateApiKey gives.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct KeyInput {
    name: Option<String>,
    description: Option<String>,
    customer_id: Option<String>,
    #[serde(default)]
    enabled: bool,
    value: Option<String>,
    #[serde(default)]
    stage_keys: Vec<StageKey>,
    #[serde(default)]
    tags: Texts,
}

/// A stage that a key opens without a usage plan.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct StageKey {
    #[serde(default)]
    rest_api_id: String,
    #[serde(default)]
    stage_name: String,
}

pub(in crate::apigateway) fn create(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let input: KeyInput = read(input)?;
    let stages = input.stage_keys.iter();
    let stages = stages.map(|stage| format!("{}/{}", stage.rest_api_id, stage.stage_name));
    let key = ApiKey {
        name: input.name,
        description: input.description,
        customer_id: input.customer_id,
        enabled: input.enabled,
        value: input.value,
        stage_keys: stages.collect(),
        tags: input.tags,
        ..ApiKey::default()
    };
    let edit =
        |account: &mut Account, beside: &BesideAccount<'_>| account.add_api_key(key, beside.ctx);
    let (made, effects) = Account::change(cloud, call, &[], edit)?;
    changed(&made, effects)
}

/// What ImportApiKeys gives.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct FileInput {
    format: String,
    #[serde(default)]
    fail_on_warnings: bool,
    body: Blob,
}

pub(in crate::apigateway) fn import(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let input: FileInput = read(input)?;
    let edit = |account: &mut Account, beside: &BesideAccount<'_>| {
        if input.format != "csv" {
            let problem = format!("`{}` is not csv", input.format);
            return Err(Error::invalid("format", problem));
        }
        let (ids, warnings) = account.import_api_keys(&input.body.0, beside.ctx)?;
        Imported { ids, warnings }.unless_warned(input.fail_on_warnings)
    };
    let (imported, effects) = Account::change(cloud, call, &[], edit)?;
    changed(&imported, effects)
}

/// Whether the value is shown.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ValueInput {
    #[serde(default)]
    include_value: Option<bool>,
}

fn seen(key: &ApiKey, with_value: Option<bool>) -> ApiKey {
    if with_value == Some(true) {
        key.clone()
    } else {
        key.without_value()
    }
}

pub(in crate::apigateway) fn get(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let (at, asked): (At<ApiKey>, ValueInput) = read_both(input)?;
    let account = Account::find(cloud, call, at.whole())?;
    let key = ApiKey::find(account, at.part()).map_err(wire)?;
    Ok(with_tags(Reply::to(&seen(key, asked.include_value))?))
}

/// Which keys.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct KeysInput {
    #[serde(default)]
    name_query: Option<String>,
    #[serde(default)]
    customer_id: Option<String>,
    #[serde(default)]
    include_values: Option<bool>,
}

pub(in crate::apigateway) fn list(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let (asked, which): (PageInput, KeysInput) = read_both(input)?;
    let account = cloud.apigateway.account(&call.scope);
    let is_asked = |key: &&ApiKey| {
        let customer = which.customer_id.as_ref();
        is_named(key, which.name_query.as_deref())
            && customer.is_none_or(|customer| key.customer_id.as_ref() == Some(customer))
    };
    let keys = account.api_keys.iter().filter(is_asked);
    page(asked, keys.map(|key| seen(key, which.include_values)))
}

/// Whether a key's name begins with what is asked for (recorded: letters count as they are).
pub(super) fn is_named(key: &ApiKey, query: Option<&str>) -> bool {
    let name = key.name.as_deref().unwrap_or_default();
    query.is_none_or(|query| name.starts_with(query))
}
