//! What a caller of Cognito must be permitted.
//!
//! Source: service authorization reference, `list_amazoncognitouserpools.html`. Every operation on a pool
//! or on something in it is a permission on the pool; no pool has a policy, so that nobody of another
//! account gets in.

use authlab_wire::{Value, WireError};

use super::ops::pool::id_of;
use super::ops::wire;
use super::pool::arn;
use crate::cloud::Cloud;
use crate::operation::{Call, Check};

type Checks = Result<Vec<Check>, WireError>;

fn action(call: &Call) -> String {
    format!("cognito-idp:{}", call.operation)
}

/// An operation that is about no pool yet, or about all.
pub(super) fn unscoped(_: &Cloud, call: &Call, input: &Value) -> Checks {
    let check = Check::unscoped(action(call), call).request_tags(input);
    Ok(vec![tagging(check, input)])
}

/// An operation on the pool that `UserPoolId` names.
pub(super) fn on_pool(cloud: &Cloud, call: &Call, input: &Value) -> Checks {
    let id = input.get("UserPoolId").and_then(Value::as_text);
    Ok(vec![on(cloud, call, id.unwrap_or_default(), input)])
}

/// An operation on the pool that `ResourceArn` names.
pub(super) fn on_arn(cloud: &Cloud, call: &Call, input: &Value) -> Checks {
    let arn = input.get("ResourceArn").and_then(Value::as_text);
    let id = id_of(arn.unwrap_or_default()).map_err(wire)?;
    let check = on(cloud, call, id, input);
    Ok(vec![check.request_tags(input)])
}

fn on(cloud: &Cloud, call: &Call, id: &str, input: &Value) -> Check {
    let pool = cloud.cognitoidp.pool(id, &call.scope).ok();
    let owner = call.account().clone();
    let check = Check::new(action(call), arn(&call.scope, id), owner);
    let tags = pool.into_iter().flat_map(|pool| &pool.tags);
    tagging(check.resource_tags(&["aws"], tags), input)
}

/// The condition keys of `UserPoolTags`, which no other service calls so.
fn tagging(check: Check, input: &Value) -> Check {
    let Some(Value::Map(tags)) = input.get("UserPoolTags") else {
        return check;
    };
    let keys: Vec<String> = tags.keys().cloned().collect();
    let check = tags.iter().fold(check, |check, (key, value)| {
        let value = value.as_text().unwrap_or_default();
        check.with(format!("aws:RequestTag/{key}"), value)
    });
    match keys.is_empty() {
        true => check,
        false => check.with_all("aws:TagKeys", keys),
    }
}
