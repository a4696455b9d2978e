//! What a caller of CloudWatch Logs must be permitted.
//!
//! The resource of an operation on a group is `log-group:NAME:log-stream:` (with the stream's name
//! where there is one), as AWS's refusals show it: a policy has to end its group ARN with `:*`.
//! Only the tag operations take the bare ARN (CloudWatch Logs user guide,
//! `iam-access-control-overview-cwl.html`).
//!
//! A monitoring account that reads a source account's group needs its own identity policies alone
//! (CloudWatch user guide, `CloudWatch-Unified-Cross-Account.html`), hence such a check is decided
//! as one on an own resource, under the ARN of the source's group (`unverified`).

use authlab_wire::{Value, WireError};

use super::group::group_arn;
use super::key;
use super::state::Target;
use crate::cloud::Cloud;
use crate::operation::{Call, Check};

type Checks = Result<Vec<Check>, WireError>;

pub(super) fn create_log_group(cloud: &Cloud, call: &Call, input: &Value) -> Checks {
    let name = text(input, "logGroupName");
    let check = on_stream("logs:CreateLogGroup", call, name, "");
    let mut checks = vec![check.request_tags(input)];
    if input.get("tags").is_some() {
        let arn = group_arn(&call.scope, name);
        let tagging = Check::new("logs:TagResource", arn, call.account().clone());
        checks.push(tagging.request_tags(input));
    }
    if input.get("kmsKeyId").is_some() {
        checks.extend(key::checks(cloud, call, name, text(input, "kmsKeyId"))?);
    }
    Ok(checks)
}

pub(super) fn associate_key(cloud: &Cloud, call: &Call, input: &Value) -> Checks {
    let mut checks = named("logs:AssociateKmsKey", call, input)?;
    let (name, id) = (text(input, "logGroupName"), text(input, "kmsKeyId"));
    checks.extend(key::checks(cloud, call, name, id)?);
    Ok(checks)
}

pub(super) fn disassociate_key(_: &Cloud, call: &Call, input: &Value) -> Checks {
    named("logs:DisassociateKmsKey", call, input)
}

pub(super) fn delete_log_group(_: &Cloud, call: &Call, input: &Value) -> Checks {
    named("logs:DeleteLogGroup", call, input)
}

pub(super) fn describe_log_groups(_: &Cloud, call: &Call, _: &Value) -> Checks {
    Ok(vec![on_stream("logs:DescribeLogGroups", call, "", "")])
}

pub(super) fn put_retention_policy(_: &Cloud, call: &Call, input: &Value) -> Checks {
    named("logs:PutRetentionPolicy", call, input)
}

pub(super) fn delete_retention_policy(_: &Cloud, call: &Call, input: &Value) -> Checks {
    named("logs:DeleteRetentionPolicy", call, input)
}

pub(super) fn create_log_stream(_: &Cloud, call: &Call, input: &Value) -> Checks {
    streamed("logs:CreateLogStream", call, input)
}

pub(super) fn delete_log_stream(_: &Cloud, call: &Call, input: &Value) -> Checks {
    streamed("logs:DeleteLogStream", call, input)
}

pub(super) fn put_log_events(_: &Cloud, call: &Call, input: &Value) -> Checks {
    streamed("logs:PutLogEvents", call, input)
}

pub(super) fn describe_log_streams(_: &Cloud, call: &Call, input: &Value) -> Checks {
    targeted("logs:DescribeLogStreams", call, input, "")
}

pub(super) fn get_log_events(_: &Cloud, call: &Call, input: &Value) -> Checks {
    targeted(
        "logs:GetLogEvents",
        call,
        input,
        text(input, "logStreamName"),
    )
}

pub(super) fn filter_log_events(_: &Cloud, call: &Call, input: &Value) -> Checks {
    targeted("logs:FilterLogEvents", call, input, "")
}

pub(super) fn put_deletion_protection(_: &Cloud, call: &Call, input: &Value) -> Checks {
    targeted("logs:PutLogGroupDeletionProtection", call, input, "")
}

/// The old operations on tags have actions of their own (service authorization reference,
/// `list_amazoncloudwatchlogs.html`).
pub(super) fn tag_log_group(_: &Cloud, call: &Call, input: &Value) -> Checks {
    let check = on_stream("logs:TagLogGroup", call, text(input, "logGroupName"), "");
    Ok(vec![check.request_tags(input)])
}

pub(super) fn untag_log_group(_: &Cloud, call: &Call, input: &Value) -> Checks {
    let check = on_stream("logs:UntagLogGroup", call, text(input, "logGroupName"), "");
    Ok(vec![check.request_tags(input)])
}

pub(super) fn list_tags_log_group(_: &Cloud, call: &Call, input: &Value) -> Checks {
    named("logs:ListTagsLogGroup", call, input)
}

pub(super) fn tag_resource(_: &Cloud, call: &Call, input: &Value) -> Checks {
    let check = on_arn("logs:TagResource", call, input);
    Ok(vec![check.request_tags(input)])
}

pub(super) fn untag_resource(_: &Cloud, call: &Call, input: &Value) -> Checks {
    let check = on_arn("logs:UntagResource", call, input);
    Ok(vec![check.request_tags(input)])
}

pub(super) fn list_tags(_: &Cloud, call: &Call, input: &Value) -> Checks {
    Ok(vec![on_arn("logs:ListTagsForResource", call, input)])
}

pub(super) fn put_subscription_filter(_: &Cloud, call: &Call, input: &Value) -> Checks {
    named("logs:PutSubscriptionFilter", call, input)
}

pub(super) fn describe_subscription_filters(_: &Cloud, call: &Call, input: &Value) -> Checks {
    named("logs:DescribeSubscriptionFilters", call, input)
}

pub(super) fn delete_subscription_filter(_: &Cloud, call: &Call, input: &Value) -> Checks {
    named("logs:DeleteSubscriptionFilter", call, input)
}

pub(super) fn put_resource_policy(_: &Cloud, call: &Call, _: &Value) -> Checks {
    Ok(vec![Check::unscoped("logs:PutResourcePolicy", call)])
}

pub(super) fn describe_resource_policies(_: &Cloud, call: &Call, _: &Value) -> Checks {
    Ok(vec![Check::unscoped("logs:DescribeResourcePolicies", call)])
}

pub(super) fn delete_resource_policy(_: &Cloud, call: &Call, _: &Value) -> Checks {
    Ok(vec![Check::unscoped("logs:DeleteResourcePolicy", call)])
}

fn named(action: &str, call: &Call, input: &Value) -> Checks {
    Ok(vec![on_stream(
        action,
        call,
        text(input, "logGroupName"),
        "",
    )])
}

fn streamed(action: &str, call: &Call, input: &Value) -> Checks {
    let (group, stream) = (text(input, "logGroupName"), text(input, "logStreamName"));
    Ok(vec![on_stream(action, call, group, stream)])
}

/// On a group that is named or given by ARN, perhaps in another account.
fn targeted(action: &str, call: &Call, input: &Value, stream: &str) -> Checks {
    let member = |name: &str| input.get(name).and_then(Value::as_text);
    let target = Target::new(member("logGroupName"), member("logGroupIdentifier"))
        .map_err(super::ops::wire)?;
    let resource = format!("{}:log-stream:{stream}", target.arn(&call.scope));
    let check = |action: &str| Check::new(action, resource.as_str(), call.account().clone());
    let mut checks = vec![check(action)];
    // Nothing is masked here, but who asks to see what is has to be permitted that too (API
    // reference, `unmask`).
    if input.get("unmask") == Some(&Value::Bool(true)) {
        checks.push(check("logs:Unmask"));
    }
    Ok(checks)
}

fn on_stream(action: &str, call: &Call, group: &str, stream: &str) -> Check {
    let resource = format!("{}:log-stream:{stream}", group_arn(&call.scope, group));
    Check::new(action, resource, call.account().clone())
}

fn on_arn(action: &str, call: &Call, input: &Value) -> Check {
    let arn = text(input, "resourceArn");
    // The owner stands in the ARN; across accounts there is nothing that could allow.
    let owner = arn
        .split(':')
        .nth(4)
        .and_then(|account| account.parse().ok());
    let resource = arn.strip_suffix(":*").unwrap_or(arn);
    Check::new(
        action,
        resource,
        owner.unwrap_or_else(|| call.account().clone()),
    )
}

fn text<'a>(input: &'a Value, member: &str) -> &'a str {
    input
        .get(member)
        .and_then(Value::as_text)
        .unwrap_or_default()
}
