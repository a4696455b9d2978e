//! Decode, call, encode; the only place where OAM's errors meet codes and statuses.

use std::collections::BTreeMap;

use authlab_wire::{Rule, ValidationFailure, Value, WireError};
use serde::{Deserialize, Serialize};

use super::error::Error;
use super::fault;
use super::filter::Filter;
use super::link::Link;
use super::notice;
use super::state::{LinkChange, NewLink, Sink};
use crate::cloud::Cloud;
use crate::operation::{Answer, Call, Reply, page, read, read_both};

type Tags = BTreeMap<String, String>;

/// Codes and statuses as the model states them.
pub(super) fn wire(error: Error) -> WireError {
    let (status, code) = match &error {
        Error::SinkExists(_) | Error::TooManyLinks(_) => (429, "ServiceQuotaExceededException"),
        Error::SinkInUse { .. } | Error::LinkExists(_) => (409, "ConflictException"),
        Error::NoSuchSink(_)
        | Error::NoSuchLink(_)
        | Error::NoSuchResource(_)
        | Error::NoSinkPolicy(_) => (404, "ResourceNotFoundException"),
        Error::OwnSink(_)
        | Error::OtherRegion { .. }
        | Error::Policy(_)
        | Error::Filter { .. }
        | Error::FilterWithoutType { .. }
        | Error::Parameter(_) => (400, "InvalidParameterException"),
        Error::TooManyTags(_) => (400, "TooManyTagsException"),
    };
    let answer = WireError::new(status, code, error.to_string());
    match fault::of(&error) {
        Some(fault) => fault.on(answer),
        None => answer,
    }
}

/// The errors that the model gives each operation: what is missing has a code of its own (its text,
/// `Missing LabelTemplate`, was seen in a public report), and the tag operations know another one.
pub(super) fn in_other_words(operation: &str, failure: &ValidationFailure) -> Option<WireError> {
    if matches!(
        operation,
        "TagResource" | "UntagResource" | "ListTagsForResource"
    ) {
        return Some(WireError::new(
            400,
            "ValidationException",
            failure.to_string(),
        ));
    }
    let violation = failure.violations.first()?;
    (violation.rule == Rule::Required).then(|| {
        let mut name = violation.at.chars();
        let first = name.next().map(|first| first.to_ascii_uppercase());
        let name: String = first.into_iter().chain(name).collect();
        let text = format!("Missing {name}");
        WireError::new(400, "MissingRequiredParameterException", text)
    })
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct CreateSinkInput {
    name: String,
    #[serde(default)]
    tags: Option<Tags>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct IdentifierInput {
    identifier: String,
    #[serde(default)]
    include_tags: Option<bool>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct SinkInput {
    sink_identifier: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct PutSinkPolicyInput {
    sink_identifier: String,
    policy: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ListInput {
    #[serde(default)]
    max_results: Option<usize>,
    #[serde(default)]
    next_token: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct CreateLinkInput {
    sink_identifier: String,
    label_template: String,
    resource_types: Vec<String>,
    #[serde(default)]
    link_configuration: Option<LinkConfiguration>,
    #[serde(default)]
    tags: Option<Tags>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct UpdateLinkInput {
    identifier: String,
    resource_types: Vec<String>,
    #[serde(default)]
    link_configuration: Option<LinkConfiguration>,
    #[serde(default)]
    include_tags: Option<bool>,
}

#[derive(Default, Deserialize, Serialize)]
#[serde(rename_all = "PascalCase")]
struct LinkConfiguration {
    #[serde(default)]
    log_group_configuration: Option<FilterConfiguration>,
    #[serde(default)]
    metric_configuration: Option<FilterConfiguration>,
}

#[derive(Deserialize, Serialize)]
#[serde(rename_all = "PascalCase")]
struct FilterConfiguration {
    filter: String,
}

impl LinkConfiguration {
    fn filters(self) -> (Option<String>, Option<String>) {
        let text = |configuration: Option<FilterConfiguration>| configuration.map(|it| it.filter);
        (
            text(self.log_group_configuration),
            text(self.metric_configuration),
        )
    }

    fn of(link: &Link) -> Option<Self> {
        let configuration = |filter: &Option<Filter>| {
            filter.as_ref().map(|it| FilterConfiguration {
                filter: it.as_str().to_owned(),
            })
        };
        let (log_groups, metrics) = (
            configuration(&link.log_groups),
            configuration(&link.metrics),
        );
        (log_groups.is_some() || metrics.is_some()).then_some(Self {
            log_group_configuration: log_groups,
            metric_configuration: metrics,
        })
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct TagInput {
    resource_arn: String,
    #[serde(default)]
    tags: Tags,
    #[serde(default)]
    tag_keys: Vec<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct SinkOutput<'a> {
    arn: &'a str,
    id: &'a str,
    name: &'a str,
    tags: Option<&'a Tags>,
}

impl<'a> SinkOutput<'a> {
    fn of(sink: &'a Sink, with_tags: bool) -> Self {
        let tags = with_tags.then_some(&sink.tags);
        Self {
            arn: &sink.arn,
            id: &sink.id,
            name: &sink.name,
            tags,
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct SinkPolicyOutput<'a> {
    policy: Option<&'a str>,
    sink_arn: &'a str,
    sink_id: &'a str,
}

impl<'a> SinkPolicyOutput<'a> {
    fn of(sink: &'a Sink) -> Self {
        Self {
            policy: sink.policy_text.as_deref(),
            sink_arn: &sink.arn,
            sink_id: &sink.id,
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct LinkOutput<'a> {
    arn: &'a str,
    id: &'a str,
    label: &'a str,
    label_template: &'a str,
    link_configuration: Option<LinkConfiguration>,
    resource_types: Vec<&'static str>,
    sink_arn: &'a str,
    tags: Option<&'a Tags>,
}

impl<'a> LinkOutput<'a> {
    fn of(link: &'a Link, with_tags: bool) -> Self {
        Self {
            arn: &link.arn,
            id: &link.id,
            label: &link.label,
            label_template: &link.label_template,
            link_configuration: LinkConfiguration::of(link),
            resource_types: type_names(link),
            sink_arn: &link.sink_arn,
            tags: with_tags.then_some(&link.tags),
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct LinkItem<'a> {
    arn: &'a str,
    id: &'a str,
    label: &'a str,
    resource_types: Vec<&'static str>,
    sink_arn: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct AttachedLinkItem<'a> {
    label: &'a str,
    link_arn: &'a str,
    resource_types: Vec<&'static str>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct ListOutput<T> {
    items: Vec<T>,
    next_token: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct TagsOutput<'a> {
    tags: &'a Tags,
}

fn type_names(link: &Link) -> Vec<&'static str> {
    link.resource_types
        .iter()
        .map(|kind| kind.as_str())
        .collect()
}

/// One page; the token is the ARN of the first item of the next.
fn page<T>(
    items: impl Iterator<Item = (String, T)>,
    list: ListInput,
    size_default: usize,
) -> ListOutput<T> {
    let size = list.max_results.unwrap_or(size_default);
    let place = list.next_token.as_deref();
    let (items, next_token) = page::named(items, place, size, |(arn, _)| arn.clone());
    ListOutput {
        items: items.into_iter().map(|(_, item)| item).collect(),
        next_token,
    }
}

pub(super) fn create_sink(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let input: CreateSinkInput = read(input)?;
    let (oam, ctx) = cloud.oam(call);
    let sink = oam
        .create_sink(&input.name, input.tags.unwrap_or_default(), &ctx)
        .map_err(wire)?;
    Reply::to(&SinkOutput::of(sink, true))
}

pub(super) fn get_sink(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let input: IdentifierInput = read(input)?;
    let sink = cloud
        .shared
        .oam
        .own_sink(&input.identifier, &call.scope)
        .map_err(wire)?;
    Reply::to(&SinkOutput::of(sink, input.include_tags.unwrap_or(false)))
}

pub(super) fn list_sinks(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let list: ListInput = read(input)?;
    let sinks = cloud.shared.oam.sink_of(&call.scope).into_iter();
    let items = sinks.map(|sink| (sink.arn.clone(), SinkOutput::of(sink, false)));
    Reply::to(&page(items, list, 100))
}

pub(super) fn delete_sink(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let input: IdentifierInput = read(input)?;
    let (oam, ctx) = cloud.oam(call);
    oam.delete_sink(&input.identifier, &ctx).map_err(wire)?;
    Ok(Reply::empty())
}

pub(super) fn put_sink_policy(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let input: PutSinkPolicyInput = read(input)?;
    let (oam, ctx) = cloud.oam(call);
    let sink = oam
        .put_sink_policy(&input.sink_identifier, input.policy, &ctx)
        .map_err(wire)?;
    let reply = Reply::to(&SinkPolicyOutput::of(sink))?;
    Ok(reply.noticing(notice::of_sink(sink)))
}

pub(super) fn get_sink_policy(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let input: SinkInput = read(input)?;
    let sink = cloud
        .shared
        .oam
        .own_sink(&input.sink_identifier, &call.scope)
        .map_err(wire)?;
    if sink.policy.is_none() {
        return Err(wire(Error::NoSinkPolicy(input.sink_identifier)));
    }
    Reply::to(&SinkPolicyOutput::of(sink))
}

pub(super) fn list_attached_links(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let (list, input): (ListInput, SinkInput) = read_both(input)?;
    let sink = cloud
        .shared
        .oam
        .own_sink(&input.sink_identifier, &call.scope)
        .map_err(wire)?;
    let items = cloud.shared.oam.links_to(&sink.arn).map(|link| {
        let item = AttachedLinkItem {
            label: &link.label,
            link_arn: &link.arn,
            resource_types: type_names(link),
        };
        (link.arn.clone(), item)
    });
    Reply::to(&page(items, list, 1000))
}

pub(super) fn create_link(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let input: CreateLinkInput = read(input)?;
    let (log_group_filter, metric_filter) = input.link_configuration.unwrap_or_default().filters();
    let new = NewLink {
        sink_arn: input.sink_identifier,
        label_template: input.label_template,
        resource_types: input.resource_types,
        log_group_filter,
        metric_filter,
        tags: input.tags.unwrap_or_default(),
    };
    let (oam, ctx) = cloud.oam(call);
    let link = oam.create_link(new, &ctx).map_err(wire)?;
    let reply = Reply::to(&LinkOutput::of(link, true))?;
    Ok(reply.noticing(notice::of_link(link)))
}

pub(super) fn get_link(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let input: IdentifierInput = read(input)?;
    let link = cloud
        .shared
        .oam
        .own_link(&input.identifier, &call.scope)
        .map_err(wire)?;
    Reply::to(&LinkOutput::of(link, input.include_tags.unwrap_or(false)))
}

pub(super) fn list_links(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let list: ListInput = read(input)?;
    let items = cloud.shared.oam.links_from(&call.scope).map(|link| {
        let item = LinkItem {
            arn: &link.arn,
            id: &link.id,
            label: &link.label,
            resource_types: type_names(link),
            sink_arn: &link.sink_arn,
        };
        (link.arn.clone(), item)
    });
    Reply::to(&page(items, list, 5))
}

pub(super) fn update_link(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let input: UpdateLinkInput = read(input)?;
    let (log_group_filter, metric_filter) = input.link_configuration.unwrap_or_default().filters();
    let change = LinkChange {
        arn: input.identifier,
        resource_types: input.resource_types,
        log_group_filter,
        metric_filter,
    };
    let (oam, ctx) = cloud.oam(call);
    let link = oam.update_link(change, &ctx).map_err(wire)?;
    let reply = Reply::to(&LinkOutput::of(link, input.include_tags.unwrap_or(false)))?;
    Ok(reply.noticing(notice::of_link(link)))
}

pub(super) fn delete_link(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let input: IdentifierInput = read(input)?;
    let (oam, ctx) = cloud.oam(call);
    oam.delete_link(&input.identifier, &ctx).map_err(wire)?;
    Ok(Reply::empty())
}

pub(super) fn tag_resource(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let input: TagInput = read(input)?;
    let (oam, ctx) = cloud.oam(call);
    oam.tag(&input.resource_arn, input.tags, &ctx)
        .map_err(wire)?;
    Ok(Reply::empty())
}

pub(super) fn untag_resource(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let input: TagInput = read(input)?;
    let (oam, ctx) = cloud.oam(call);
    oam.untag(&input.resource_arn, &input.tag_keys, &ctx)
        .map_err(wire)?;
    Ok(Reply::empty())
}

pub(super) fn list_tags(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let input: TagInput = read(input)?;
    let tags = cloud
        .shared
        .oam
        .tags(&input.resource_arn, &call.scope)
        .map_err(wire)?;
    Reply::to(&TagsOutput { tags })
}
