//! What a caller of OAM must be permitted.
//!
//! Sources: CloudWatch user guide, `CloudWatch-Unified-Cross-Account-Setup.html` (who must allow
//! what for a link); service authorization reference, `list_amazoncloudwatchobservabilityaccessmanager`
//! (resource types and condition keys).

use authlab_kernel::Scope;
use authlab_wire::{Value, WireError};

use super::link::ResourceType;
use super::state::{link_scope, sink_scope};
use crate::cloud::Cloud;
use crate::operation::{Call, Check};

type Checks = Result<Vec<Check>, WireError>;

pub(super) fn create_sink(_: &Cloud, call: &Call, input: &Value) -> Checks {
    Ok(vec![
        Check::unscoped("oam:CreateSink", call).request_tags(input),
    ])
}

pub(super) fn list_sinks(_: &Cloud, call: &Call, _: &Value) -> Checks {
    Ok(vec![Check::unscoped("oam:ListSinks", call)])
}

pub(super) fn list_links(_: &Cloud, call: &Call, _: &Value) -> Checks {
    Ok(vec![Check::unscoped("oam:ListLinks", call)])
}

pub(super) fn get_sink(cloud: &Cloud, _: &Call, input: &Value) -> Checks {
    on_sink("oam:GetSink", cloud, input, "Identifier")
}

pub(super) fn delete_sink(cloud: &Cloud, _: &Call, input: &Value) -> Checks {
    on_sink("oam:DeleteSink", cloud, input, "Identifier")
}

pub(super) fn put_sink_policy(cloud: &Cloud, _: &Call, input: &Value) -> Checks {
    on_sink("oam:PutSinkPolicy", cloud, input, "SinkIdentifier")
}

pub(super) fn get_sink_policy(cloud: &Cloud, _: &Call, input: &Value) -> Checks {
    on_sink("oam:GetSinkPolicy", cloud, input, "SinkIdentifier")
}

pub(super) fn list_attached_links(cloud: &Cloud, _: &Call, input: &Value) -> Checks {
    on_sink("oam:ListAttachedLinks", cloud, input, "SinkIdentifier")
}

pub(super) fn get_link(cloud: &Cloud, _: &Call, input: &Value) -> Checks {
    on_link("oam:GetLink", cloud, input)
}

pub(super) fn delete_link(cloud: &Cloud, _: &Call, input: &Value) -> Checks {
    on_link("oam:DeleteLink", cloud, input)
}

/// The sink first: across accounts both sides have to allow. Then the link, then each type. A sink that
/// is not there has no policy to be asked: the call ends in ResourceNotFoundException (the model has it).
pub(super) fn create_link(cloud: &Cloud, call: &Call, input: &Value) -> Checks {
    let sink_arn = text(input, "SinkIdentifier");
    let on_sink = linking("oam:CreateLink", cloud, sink_arn)?;
    let is_there = cloud.shared.oam.sink(sink_arn).is_some();
    let on_link = Check::new(
        "oam:CreateLink",
        call.scope.arn("oam", "link/*"),
        call.account().clone(),
    );
    let on_sink = is_there.then_some(on_sink);
    let mut checks: Vec<Check> = on_sink
        .into_iter()
        .chain([on_link])
        .map(|check| check.request_tags(input))
        .map(|check| check.with_all("oam:ResourceTypes", resource_types(input)))
        .collect();
    checks.extend(types(call, input));
    Ok(checks)
}

/// As for the creation; the sink is the one that the link leads to.
pub(super) fn update_link(cloud: &Cloud, call: &Call, input: &Value) -> Checks {
    let mut checks = on_link("oam:UpdateLink", cloud, input)?;
    if let Some(link) = cloud.shared.oam.link(text(input, "Identifier")) {
        checks.insert(0, linking("oam:UpdateLink", cloud, &link.sink_arn)?);
    }
    for check in &mut checks {
        check
            .context
            .push(("oam:ResourceTypes".to_owned(), resource_types(input)));
    }
    checks.extend(types(call, input));
    Ok(checks)
}

pub(super) fn tag_resource(cloud: &Cloud, _: &Call, input: &Value) -> Checks {
    let check = on_resource("oam:TagResource", cloud, input)?;
    Ok(vec![check.request_tags(input)])
}

pub(super) fn untag_resource(cloud: &Cloud, _: &Call, input: &Value) -> Checks {
    let check = on_resource("oam:UntagResource", cloud, input)?;
    Ok(vec![check.request_tags(input)])
}

pub(super) fn list_tags(cloud: &Cloud, _: &Call, input: &Value) -> Checks {
    Ok(vec![on_resource("oam:ListTagsForResource", cloud, input)?])
}

/// A check on a sink with the sink's policy as the resource policy: only for making links.
fn linking(action: &str, cloud: &Cloud, sink_arn: &str) -> Result<Check, WireError> {
    let scope = sink_scope(sink_arn).map_err(super::ops::wire)?;
    let sink = cloud.shared.oam.sink(sink_arn);
    let check = Check::new(action, sink_arn, scope.account)
        .resource_policy(sink.and_then(|sink| sink.policy.clone()));
    Ok(check.resource_tags(&["aws"], sink.into_iter().flat_map(|sink| &sink.tags)))
}

/// One permission for each type, without resource (`cloudwatch:Link`, `logs:Link`, …).
fn types(call: &Call, input: &Value) -> Vec<Check> {
    let mut actions = Vec::new();
    for name in resource_types(input) {
        if let Ok(kind) = name.parse::<ResourceType>()
            && !actions.contains(&kind.link_action())
        {
            actions.push(kind.link_action());
        }
    }
    actions
        .into_iter()
        .map(|action| Check::unscoped(action, call))
        .collect()
}

fn on_sink(action: &str, cloud: &Cloud, input: &Value, member: &str) -> Checks {
    let arn = text(input, member);
    let scope = sink_scope(arn).map_err(super::ops::wire)?;
    Ok(vec![tagged(action, cloud, arn, scope)])
}

fn on_link(action: &str, cloud: &Cloud, input: &Value) -> Checks {
    let arn = text(input, "Identifier");
    let scope = link_scope(arn).map_err(super::ops::wire)?;
    Ok(vec![tagged(action, cloud, arn, scope)])
}

fn on_resource(action: &str, cloud: &Cloud, input: &Value) -> Result<Check, WireError> {
    let arn = text(input, "ResourceArn");
    let scope = sink_scope(arn).or_else(|_| link_scope(arn)).map_err(|_| {
        WireError::new(
            400,
            "ValidationException",
            format!("`{arn}` is no ARN of a sink or link"),
        )
    })?;
    Ok(tagged(action, cloud, arn, scope))
}

fn tagged(action: &str, cloud: &Cloud, arn: &str, scope: Scope) -> Check {
    let tags = cloud.shared.oam.tags(arn, &scope).ok();
    Check::new(action, arn, scope.account).resource_tags(&["aws"], tags.into_iter().flatten())
}

fn resource_types(input: &Value) -> Vec<String> {
    texts(input.get("ResourceTypes"))
}

fn text<'a>(input: &'a Value, member: &str) -> &'a str {
    input
        .get(member)
        .and_then(Value::as_text)
        .unwrap_or_default()
}

fn texts(value: Option<&Value>) -> Vec<String> {
    let elements = value.and_then(Value::as_list).unwrap_or_default();
    elements
        .iter()
        .filter_map(Value::as_text)
        .map(str::to_owned)
        .collect()
}
