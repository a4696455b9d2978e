//! UpdateUsage: what remains of a quota is set for a key.

use authlab_wire::Value;
use serde::{Deserialize, Serialize};

use super::part::BesideAccount;
use crate::apigateway::account::Account;
use crate::apigateway::error::Error;
use crate::apigateway::patch::{self, Patch, table};
use crate::cloud::Cloud;
use crate::operation::part::Whole;
use crate::operation::{Answer, Call, Reply, read_both};

use super::plan::UsageOutput;

/// Of which plan and key.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct KeyInput {
    usage_plan_id: String,
    key_id: String,
}

/// What of a key's usage can be patched.
#[derive(Serialize, Deserialize)]
struct Remaining {
    remaining: Option<i64>,
}

pub(in crate::apigateway) fn update(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let (at, patch): (KeyInput, Patch) = read_both(input)?;
    let edit = |account: &mut Account, beside: &BesideAccount<'_>| {
        account.plan_key(&at.usage_plan_id, &at.key_id)?;
        let before = Remaining { remaining: None };
        let patched = patch::applied(&table::USAGE, &before, &patch)?;
        if let Some(remaining) = patched.remaining {
            account.grant(&at.usage_plan_id, &at.key_id, remaining, beside.ctx)?;
        }
        let period = account.period_at(&at.usage_plan_id, beside.ctx.now)?;
        let plan = account.usage_plan(&at.usage_plan_id)?;
        let mut items = account.granted_usage(plan, period)?;
        items.retain(|key, _| *key == at.key_id);
        let (start, end) = period;
        Ok::<_, Error>(UsageOutput {
            usage_plan_id: plan.id.clone(),
            start_date: start.to_string(),
            end_date: end.to_string(),
            items,
            position: None,
        })
    };
    let (output, _) = Account::change(cloud, call, &[], edit)?;
    Reply::to(&output)
}
