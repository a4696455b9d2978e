//! Subscription filters. PutSubscriptionFilter asks whether the function may be invoked, as AWS does by
//! invoking it.

use authlab_wire::{Value, WireError};
use bytes::Bytes;
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use serde::{Deserialize, Serialize};

use super::wire;
use crate::cloud::Cloud;
use crate::front::FrontDoor;
use crate::logs::error::Error;
use crate::logs::group::group_arn;
use crate::logs::pattern::Pattern;
use crate::logs::subscription::{PRINCIPAL, Subscription, source_arn};
use crate::operation::{Answer, Call, Reply, page, read};
use crate::shared::{FunctionName, Invocation, InvokeError, InvokedBy};

/// The longest function runs for a quarter of an hour.
const BUDGET_MS: u32 = 900_000;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct PutInput {
    log_group_name: String,
    filter_name: String,
    filter_pattern: String,
    destination_arn: String,
    #[serde(default)]
    role_arn: Option<String>,
    #[serde(default)]
    distribution: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct DescribeInput {
    log_group_name: String,
    #[serde(default)]
    filter_name_prefix: Option<String>,
    #[serde(default)]
    limit: Option<usize>,
    #[serde(default)]
    next_token: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct DeleteInput {
    log_group_name: String,
    filter_name: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct DescribeOutput<'a> {
    subscription_filters: Vec<SubscriptionOutput<'a>>,
    next_token: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SubscriptionOutput<'a> {
    filter_name: &'a str,
    log_group_name: &'a str,
    filter_pattern: &'a str,
    destination_arn: &'a str,
    distribution: &'a str,
    apply_on_transformed_logs: bool,
    creation_time: i64,
}

pub(in crate::logs) fn put_subscription_filter<'a>(
    door: &'a FrontDoor,
    call: &'a Call,
    input: Value,
) -> BoxFuture<'a, Answer> {
    let put = move || {
        let given: PutInput = read(input.clone())?;
        let function = destination(&given, call)?;
        let pattern = Pattern::parse(&given.filter_pattern).map_err(|problem| {
            let pattern = given.filter_pattern.clone();
            wire(Error::Pattern { pattern, problem })
        })?;
        door.again(call, &input, |desk| {
            let group = desk.cloud.logs.group(&call.scope, &given.log_group_name);
            group.ok_or_else(|| wire(Error::NoSuchGroup))?;
            let principal = principal(desk.cloud, call, &function);
            let invocation = invocation(door, call, &given, &principal);
            door.check_runs(desk.cloud, &invocation, call.now)
                .map_err(not_invocable)?;
            let subscription = Subscription {
                pattern,
                principal,
                function: given.destination_arn,
                pattern_text: given.filter_pattern,
                distribution: given
                    .distribution
                    .unwrap_or_else(|| "ByLogStream".to_owned()),
                created: call.now,
            };
            let (logs, ctx) = desk.cloud.logs(call);
            logs.subscribe(
                &given.log_group_name,
                &given.filter_name,
                subscription,
                &ctx,
            )
            .map_err(wire)?;
            Ok(Reply::empty())
        })
    };
    async move { put() }.boxed()
}

/// The function that a filter names, which is the only destination that the lab has.
fn destination(given: &PutInput, call: &Call) -> Result<FunctionName, WireError> {
    let arn = &given.destination_arn;
    let service = arn.split(':').nth(2).unwrap_or_default();
    if service == "kinesis" && given.role_arn.is_none() {
        return Err(wire(Error::StreamWithoutRole));
    }
    if service != "lambda" {
        let what = format!("the destination `{arn}` of a subscription filter");
        return Err(WireError::not_implemented(&what));
    }
    if given.role_arn.is_some() {
        // What AWS does with a role that no function needs is not documented.
        return Err(WireError::not_implemented("`roleArn` beside a function"));
    }
    let name = FunctionName::read(arn, None, &call.scope)
        .map_err(|error| wire(Error::Parameter(error.to_string())))?;
    if name.scope.account != call.scope.account {
        return Err(wire(Error::FunctionOfOtherAccount {
            arn: arn.clone(),
            account: name.scope.account.to_string(),
        }));
    }
    Ok(name)
}

/// The name by which the function's policy knows the service: that of the Region where it stands there.
fn principal(cloud: &Cloud, call: &Call, function: &FunctionName) -> String {
    let regional = format!("logs.{}.amazonaws.com", call.scope.region);
    let found = cloud.lambda.function(&function.scope, &function.name);
    let document = found.and_then(|function| function.permissions.document());
    let is_named = document.is_some_and(|text| text.contains(&format!("\"{regional}\"")));
    if is_named {
        regional
    } else {
        PRINCIPAL.to_owned()
    }
}

fn invocation(door: &FrontDoor, call: &Call, given: &PutInput, principal: &str) -> Invocation {
    let group = group_arn(&call.scope, &given.log_group_name);
    Invocation {
        scope: call.scope.clone(),
        function: given.destination_arn.clone(),
        qualifier: None,
        payload: Bytes::new(),
        invoked_by: InvokedBy::Service {
            principal: principal.to_owned(),
            source_arn: source_arn(&group),
            source_account: call.scope.account.clone(),
        },
        cause: call.cause,
        request_id: door.ids().request_id("logs", "subscription").into(),
        trace_id: call.trace_id.clone(),
        budget_ms: BUDGET_MS,
    }
}

/// What PutSubscriptionFilter answers when the function does not run, whatever the cause.
fn not_invocable(error: InvokeError) -> WireError {
    let reason = error.reason();
    match error {
        InvokeError::NotRegistered { .. } => {
            let what =
                format!("logs:PutSubscriptionFilter with a function that cannot run: {error}");
            WireError::new(501, "NotImplemented", what).because(reason)
        }
        _ => wire(Error::FunctionNotInvocable).because(reason),
    }
}

pub(in crate::logs) fn describe_subscription_filters(
    cloud: &mut Cloud,
    call: &Call,
    input: Value,
) -> Answer {
    let input: DescribeInput = read(input)?;
    let group = cloud.logs.group(&call.scope, &input.log_group_name);
    let group = group.ok_or_else(|| wire(Error::NoSuchGroup))?;
    let prefix = input.filter_name_prefix.as_deref().unwrap_or_default();
    let found = group
        .subscriptions
        .iter()
        .filter(|(name, _)| name.starts_with(prefix));
    let (place, size) = (input.next_token.as_deref(), input.limit.unwrap_or(50));
    let (page, next_token) = page::named(found, place, size, |(name, _)| (*name).clone());
    let filters = page
        .into_iter()
        .map(|(name, subscription)| SubscriptionOutput {
            filter_name: name,
            log_group_name: &group.name,
            filter_pattern: &subscription.pattern_text,
            destination_arn: &subscription.function,
            distribution: &subscription.distribution,
            apply_on_transformed_logs: false,
            creation_time: subscription.created.as_millisecond(),
        });
    Reply::to(&DescribeOutput {
        subscription_filters: filters.collect(),
        next_token,
    })
}

pub(in crate::logs) fn delete_subscription_filter(
    cloud: &mut Cloud,
    call: &Call,
    input: Value,
) -> Answer {
    let input: DeleteInput = read(input)?;
    let (logs, ctx) = cloud.logs(call);
    logs.unsubscribe(&input.log_group_name, &input.filter_name, &ctx)
        .map_err(wire)?;
    Ok(Reply::empty())
}
