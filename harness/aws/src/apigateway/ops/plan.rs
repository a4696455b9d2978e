//! Usage plans, their keys, and what was used.

use std::collections::BTreeMap;

use authlab_wire::Value;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::key::is_named;
use super::part::{BesideAccount, name};
use super::{PageInput, page, part_of, wire, with_tags};
use crate::apigateway::account::{Account, ApiKey, UsagePlan};
use crate::apigateway::error::Error;
use crate::apigateway::rule::grant::Day;
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
    Account::change(cloud, call, at.whole(), edit)?;
    Ok(Reply::empty())
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

/// Of which days and keys.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct UsageInput {
    start_date: String,
    end_date: String,
    #[serde(default)]
    key_id: Option<String>,
    #[serde(default)]
    position: Option<String>,
    #[serde(default)]
    limit: Option<i64>,
}

/// What GetUsage answers: of each key and day, how much was used and what remains.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct UsageOutput {
    pub(super) usage_plan_id: String,
    pub(super) start_date: String,
    pub(super) end_date: String,
    pub(super) items: BTreeMap<String, Vec<Day>>,
    pub(super) position: Option<String>,
}

/// Nothing was used yet: no stage of a REST API answers in this lab. What was granted by hand remains.
pub(in crate::apigateway) fn usage(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let (at, input): (At<UsagePlan>, UsageInput) = read_both(input)?;
    let account = Account::find(cloud, call, at.whole())?;
    let plan = UsagePlan::find(account, at.part()).map_err(wire)?;
    let date = |member, text: &str| {
        let problem = || format!("`{text}` is no date: give YYYY-MM-DD");
        text.parse::<Date>()
            .map_err(|_| wire(Error::invalid(member, problem())))
    };
    let start = date("startDate", &input.start_date)?;
    let end = date("endDate", &input.end_date)?;
    if end < start {
        return Err(wire(Error::invalid(
            "endDate",
            "it comes before `startDate`",
        )));
    }
    if let Some(key) = &input.key_id {
        account.plan_key(&plan.id, key).map_err(wire)?;
    }
    let asked = PageInput {
        position: input.position,
        limit: input.limit,
    };
    let granted = account.granted_usage(plan, (start, end)).map_err(wire)?;
    let of_key = |(key, _): &(String, Vec<Day>)| input.key_id.as_ref().is_none_or(|it| it == key);
    let (items, position) = part_of(asked, granted.into_iter().filter(of_key))?;
    Reply::to(&UsageOutput {
        usage_plan_id: plan.id.clone(),
        start_date: input.start_date,
        end_date: input.end_date,
        items: items.into_iter().collect(),
        position,
    })
}
