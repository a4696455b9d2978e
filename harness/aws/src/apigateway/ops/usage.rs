//! What was used of a plan's quota: the gateway counts it.

use std::collections::BTreeMap;

use authlab_gateway::quota::{DAYS_KEPT, day_of};
use authlab_wire::Value;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::part::name;
use super::{PageInput, paged, wire};
use crate::apigateway::account::{Account, Quota, UsagePlan};
use crate::apigateway::error::Error;
use crate::apigateway::patch::{self, Patch, table};
use crate::cloud::Cloud;
use crate::operation::part::{At, Part, Whole};
use crate::operation::{Answer, Call, Reply, read_both};

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

/// What GetUsage and UpdateUsage answer: of each key and day, how much was used and what remains.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct UsageOutput {
    usage_plan_id: String,
    start_date: String,
    end_date: String,
    items: BTreeMap<String, Vec<(u64, u64)>>,
    position: Option<String>,
}

/// A plan without a quota counts nothing (unverified).
pub(in crate::apigateway) fn get(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let (at, input): (At<UsagePlan>, UsageInput) = read_both(input)?;
    let quotas = cloud.apigateway.quotas();
    let account = Account::find(cloud, call, at.whole())?;
    let plan = UsagePlan::find(account, at.part()).map_err(wire)?;
    let (first, last) = days(&input).map_err(wire)?;
    if let Some(key) = &input.key_id {
        account.plan_key(&plan.id, key).map_err(wire)?;
    }
    let quota = plan.quota.as_ref().and_then(Quota::compiled);
    let used = quota.map(|quota| quotas.days(&plan.id, &quota, (first, last)));
    let is_asked = |(key, _): &(String, _)| input.key_id.as_ref().is_none_or(|id| id == key);
    let used = used.into_iter().flatten().filter(is_asked);
    let asked = PageInput {
        position: input.position,
        limit: input.limit,
    };
    let (items, position) = paged(asked, used)?;
    Reply::to(&UsageOutput {
        usage_plan_id: plan.id.clone(),
        start_date: input.start_date,
        end_date: input.end_date,
        items: items.into_iter().collect(),
        position,
    })
}

fn days(input: &UsageInput) -> Result<(Date, Date), Error> {
    let date = |member, text: &str| {
        let problem = || format!("`{text}` is no date: give YYYY-MM-DD");
        text.parse::<Date>()
            .map_err(|_| Error::invalid(member, problem()))
    };
    let first = date("startDate", &input.start_date)?;
    let last = date("endDate", &input.end_date)?;
    if last < first {
        return Err(Error::invalid("endDate", "it comes before `startDate`"));
    }
    if (last - first).get_days() >= DAYS_KEPT {
        let problem = format!("give at most {DAYS_KEPT} days");
        return Err(Error::invalid("endDate", problem));
    }
    Ok((first, last))
}

/// A key of a plan, and what becomes of its usage.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct UpdateInput {
    key_id: String,
    #[serde(default)]
    patch_operations: Vec<patch::Operation>,
}

/// What a patch sees of a key's usage.
#[derive(Serialize, Deserialize)]
struct Usage {
    remaining: Option<i64>,
}

/// Leaves a key so many requests for the rest of the period; the answer is that of the day (unverified).
pub(in crate::apigateway) fn update(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let (at, input): (At<UsagePlan>, UpdateInput) = read_both(input)?;
    let (quotas, now) = (cloud.apigateway.quotas(), call.now);
    let account = Account::find(cloud, call, at.whole())?;
    let plan = UsagePlan::find(account, at.part()).map_err(wire)?;
    let key = account.plan_key(name(at.part(), 0), &input.key_id);
    let key = key.map_err(wire)?;
    let patch = Patch {
        patch_operations: input.patch_operations,
    };
    let before = Usage { remaining: None };
    let patched = patch::applied(&table::USAGE, &before, &patch).map_err(wire)?;
    let quota = plan.quota.as_ref().and_then(Quota::compiled);
    let quota = quota.ok_or_else(|| {
        wire(Error::invalid(
            "patchOperations",
            "the usage plan has no quota of which something could remain",
        ))
    })?;
    if let Some(remaining) = patched.remaining {
        let remaining = u64::try_from(remaining).map_err(|_| {
            let problem = format!("`{remaining}` is negative: give a number of requests");
            wire(Error::invalid("/remaining", problem))
        })?;
        quotas.grant((&plan.id, &key.id), &quota, remaining, now);
    }
    let day = day_of(now);
    let mut items = quotas.days(&plan.id, &quota, (day, day));
    items.retain(|id, _| *id == key.id);
    Reply::to(&UsageOutput {
        usage_plan_id: plan.id.clone(),
        start_date: day.to_string(),
        end_date: day.to_string(),
        items,
        position: None,
    })
}
