//! GetAccount, UpdateAccount: the role by which logs are written has to trust API Gateway.

use authlab_wire::Value;
use serde::Serialize;

use super::part::BesideAccount;
use super::wire;
use crate::apigateway::account::{Account, Settings, Throttle};
use crate::apigateway::error::Error;
use crate::apigateway::patch::{self, Patch, table};
use crate::cloud::Cloud;
use crate::front::{Desk, Environment};
use crate::operation::part::Whole;
use crate::operation::{Answer, Call, Caller, Check, Nothing, Reply, read};

/// The service as roles trust it.
const PRINCIPAL: &str = "apigateway.amazonaws.com";
/// Unverified.
const NO_TRUST: &str = "The role ARN does not have required permissions configured. Please grant trust \
                        permission for API Gateway and add the required role policy.";

/// What an account may do (API Gateway developer guide, `limits.html`).
const RATE_PER_SECOND: f64 = 10_000.0;
const BURST: i64 = 5_000;

/// What GetAccount answers.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct AccountOutput<'a> {
    cloudwatch_role_arn: Option<&'a str>,
    throttle_settings: Throttle,
    features: [&'static str; 1],
    api_key_version: &'static str,
}

impl<'a> AccountOutput<'a> {
    fn of(settings: &'a Settings) -> Self {
        Self {
            cloudwatch_role_arn: settings.cloudwatch_role_arn.as_deref(),
            throttle_settings: Throttle {
                burst_limit: BURST,
                rate_limit: RATE_PER_SECOND,
            },
            features: ["UsagePlans"],
            api_key_version: "4",
        }
    }
}

pub(in crate::apigateway) fn get(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let Nothing {} = read(input)?;
    let account = cloud.apigateway.account(&call.scope);
    Reply::to(&AccountOutput::of(&account.settings))
}

pub(in crate::apigateway) fn update(desk: &mut Desk<'_>, input: Value) -> Answer {
    let patch: Patch = read(input)?;
    let call = desk.call;
    let before = &desk.cloud.apigateway.account(&call.scope).settings;
    let settings = patch::applied(&table::ACCOUNT, before, &patch).map_err(wire)?;
    if let Some(role) = settings.cloudwatch_role_arn.clone()
        && !trusts(desk, &role)
    {
        return Err(wire(Error::stated(NO_TRUST)));
    }
    let edit = |account: &mut Account, _: &BesideAccount<'_>| {
        account.settings = settings.clone();
        Ok(())
    };
    Account::change(desk.cloud, call, &[], edit)?;
    Reply::to(&AccountOutput::of(&settings))
}

/// Whether API Gateway may assume the role.
fn trusts(desk: &mut Desk<'_>, role: &str) -> bool {
    let call = desk.call;
    let Some(role) = desk.cloud.shared.iam.role_by_arn(role) else {
        return false;
    };
    let check = Check::new("sts:AssumeRole", role.arn.as_str(), role.account.clone())
        .trust(role.trust.clone())
        .with("aws:SourceAccount", call.account().as_str());
    let caller = Caller::of_service(PRINCIPAL, call.account().clone());
    let decided = desk.decide_for(&caller, &Environment::of(call), &[check]);
    decided.is_ok()
}
