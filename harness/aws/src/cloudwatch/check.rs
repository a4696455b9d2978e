//! What a caller of CloudWatch must be permitted: no action on metrics has a resource, streams are
//! one; only PutMetricData has a condition key, `cloudwatch:namespace` (service authorization reference,
//! `list_amazoncloudwatch.html`). Reading a linked account's metrics needs nothing more.

use authlab_wire::{Value, WireError};

use crate::cloud::Cloud;
use crate::operation::{Call, Check};

type Checks = Result<Vec<Check>, WireError>;

pub(super) fn put_metric_data(_: &Cloud, call: &Call, input: &Value) -> Checks {
    let check = Check::unscoped("cloudwatch:PutMetricData", call);
    Ok(vec![
        check.with("cloudwatch:namespace", text(input, "Namespace")),
    ])
}

pub(super) fn get_metric_data(_: &Cloud, call: &Call, _: &Value) -> Checks {
    Ok(vec![Check::unscoped("cloudwatch:GetMetricData", call)])
}

pub(super) fn get_metric_statistics(_: &Cloud, call: &Call, _: &Value) -> Checks {
    Ok(vec![Check::unscoped(
        "cloudwatch:GetMetricStatistics",
        call,
    )])
}

pub(super) fn list_metrics(_: &Cloud, call: &Call, _: &Value) -> Checks {
    Ok(vec![Check::unscoped("cloudwatch:ListMetrics", call)])
}

/// A stream is a resource, and writes with a role that its maker passes on (CloudWatch user guide,
/// `CloudWatch-metric-streams-trustpolicy.html`).
pub(super) fn put_metric_stream(_: &Cloud, call: &Call, input: &Value) -> Checks {
    let role = text(input, "RoleArn");
    let passed = Check::new("iam:PassRole", role, call.account().clone()).with(
        "iam:PassedToService",
        "streams.metrics.cloudwatch.amazonaws.com",
    );
    Ok(vec![
        on_stream("cloudwatch:PutMetricStream", call, input),
        passed,
    ])
}

pub(super) fn get_metric_stream(_: &Cloud, call: &Call, input: &Value) -> Checks {
    Ok(vec![on_stream("cloudwatch:GetMetricStream", call, input)])
}

pub(super) fn delete_metric_stream(_: &Cloud, call: &Call, input: &Value) -> Checks {
    Ok(vec![on_stream(
        "cloudwatch:DeleteMetricStream",
        call,
        input,
    )])
}

pub(super) fn list_metric_streams(_: &Cloud, call: &Call, _: &Value) -> Checks {
    Ok(vec![Check::unscoped("cloudwatch:ListMetricStreams", call)])
}

fn on_stream(action: &str, call: &Call, input: &Value) -> Check {
    let name = format!("metric-stream/{}", text(input, "Name"));
    let arn = call.scope.arn("cloudwatch", &name);
    Check::new(action, arn, call.account().clone())
}

fn text<'a>(input: &'a Value, member: &str) -> &'a str {
    input
        .get(member)
        .and_then(Value::as_text)
        .unwrap_or_default()
}
