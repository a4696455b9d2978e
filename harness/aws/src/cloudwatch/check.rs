//! What a caller of CloudWatch must be permitted: no action on metrics has a resource; only
//! PutMetricData has a condition key, `cloudwatch:namespace` (service authorization reference,
//! `list_amazoncloudwatch.html`). Reading a linked account's metrics needs nothing more.

use authlab_wire::{Value, WireError};

use crate::cloud::Cloud;
use crate::operation::{Call, Check};

type Checks = Result<Vec<Check>, WireError>;

pub(super) fn put_metric_data(_: &Cloud, call: &Call, input: &Value) -> Checks {
    let namespace = input
        .get("Namespace")
        .and_then(Value::as_text)
        .unwrap_or_default();
    let check = Check::unscoped("cloudwatch:PutMetricData", call);
    Ok(vec![check.with("cloudwatch:namespace", namespace)])
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
