//! Usage plans and their keys.

use authlab_wire::Value;
use serde::{Deserialize, Serialize};

use super::key::is_named;
use super::part::{BesideAccount, name};
use super::{PageInput, page, wire, with_tags};
use crate::apigateway::account::{Account, ApiKey, UsagePlan};
use crate::apigateway::error::Error;
use crate::cloud::Cloud;
use crate::operation::part::{At, Part, Whole, changed};
use crate::operation::{Answer, Call, Reply, read, read_both};

pub(in crate::apigateway) fn get(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let at: At<UsagePlan> = read(input)?;
    let account = Account::find(cloud, call, at.whole())?;
    let plan = UsagePlan::find(account, at.part()).map_err(wire)?;
    Ok(with_tags(Reply::to(plan)?))
}

/// Which plans.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct PlansInput {
    #[serde(default)]
    key_id: Option<String>,
}

pub(in crate::apigateway) fn list(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let (asked, which): (PageInput, PlansInput) = read_both(input)?;
    let account = cloud.apigateway.account(&call.scope);
    let is_asked = |plan: &&UsagePlan| {
        let mut keys = account.plan_keys.iter().filter(|(of, _)| *of == plan.id);
        let id = which.key_id.as_ref();
        id.is_none_or(|id| keys.any(|(_, key)| key == id))
    };
    page(asked, account.usage_plans.iter().filter(is_asked))
}

/// A key of a plan, as it is answered.
#[derive(Serialize)]
struct PlanKey {
    id: String,
    name: Option<String>,
    #[serde(rename = "type")]
    kind: &'static str,
    value: Option<String>,
}

impl PlanKey {
    fn of(key: &ApiKey) -> Self {
        Self {
            id: key.id.clone(),
            name: key.name.clone(),
            kind: "API_KEY",
            value: key.value.clone(),
        }
    }
}

/// What CreateUsagePlanKey gives.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct PlanKeyInput {
    key_id: String,
    key_type: String,
}

pub(in crate::apigateway) fn create_key(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let (at, input): (At<UsagePlan>, PlanKeyInput) = read_both(input)?;
    let edit = |account: &mut Account, _: &BesideAccount<'_>| {
        if input.key_type != "API_KEY" {
            let problem = format!("`{}` is not API_KEY", input.key_type);
            return Err(Error::invalid("keyType", problem));
        }
        account.add_plan_key(name(at.part(), 0), &input.key_id)
    };
    let (key, effects) = Account::change(cloud, call, at.whole(), edit)?;
    changed(&PlanKey::of(&key), effects)
}

/// Which key of a plan.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct KeyInput {
    key_id: String,
}

pub(in crate::apigateway) fn get_key(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let (at, input): (At<UsagePlan>, KeyInput) = read_both(input)?;
    let account = Account::find(cloud, call, at.whole())?;
    let key = account.plan_key(name(at.part(), 0), &input.key_id);
    Reply::to(&PlanKey::of(key.map_err(wire)?))
}

pub(in crate::apigateway) fn delete_key(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let (at, input): (At<UsagePlan>, KeyInput) = read_both(input)?;
    let edit = |account: &mut Account, _: &BesideAccount<'_>| {
        account.remove_plan_key(name(at.part(), 0), &input.key_id)
    };
    let ((), effects) = Account::change(cloud, call, at.whole(), edit)?;
    Ok(Reply {
        effects,
        ..Reply::empty()
    })
}

/// Which keys of a plan.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct PlanKeysInput {
    usage_plan_id: String,
    #[serde(default)]
    name_query: Option<String>,
}

/// A plan that is not there has no keys (recorded).
pub(in crate::apigateway) fn list_keys(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let (which, asked): (PlanKeysInput, PageInput) = read_both(input)?;
    let account = cloud.apigateway.account(&call.scope);
    let keys = account.keys_of(&which.usage_plan_id);
    let keys = keys.filter(|key| is_named(key, which.name_query.as_deref()));
    page(asked, keys.map(PlanKey::of))
}
