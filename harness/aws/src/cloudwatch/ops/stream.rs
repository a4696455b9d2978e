//! Metric streams.

use authlab_kernel::Timestamp;
use authlab_wire::Value;
use serde::{Deserialize, Serialize};

use super::wire;
use crate::cloud::Cloud;
use crate::cloudwatch::stream::{MetricStream, StreamFilter};
use crate::operation::{Answer, Call, Reply, page, read};

/// The most streams of one answer (API reference, `ListMetricStreams`).
const PAGE_SIZE: usize = 500;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct PutInput {
    name: String,
    firehose_arn: String,
    role_arn: String,
    output_format: String,
    #[serde(default)]
    include_linked_accounts_metrics: Option<bool>,
    #[serde(default)]
    include_filters: Option<Vec<FilterMember>>,
    #[serde(default)]
    exclude_filters: Option<Vec<FilterMember>>,
}

#[derive(Deserialize, Serialize)]
#[serde(rename_all = "PascalCase")]
struct FilterMember {
    #[serde(default)]
    namespace: Option<String>,
    #[serde(default)]
    metric_names: Option<Vec<String>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct NameInput {
    name: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ListInput {
    #[serde(default)]
    max_results: Option<usize>,
    #[serde(default)]
    next_token: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct PutOutput<'a> {
    arn: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct GetOutput<'a> {
    #[serde(flatten)]
    entry: EntryOutput<'a>,
    role_arn: &'a str,
    include_linked_accounts_metrics: bool,
    include_filters: Vec<FilterMember>,
    exclude_filters: Vec<FilterMember>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct EntryOutput<'a> {
    arn: &'a str,
    name: &'a str,
    firehose_arn: &'a str,
    output_format: &'a str,
    /// One that was stopped is not simulated.
    state: &'static str,
    creation_date: Timestamp,
    last_update_date: Timestamp,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct ListOutput<'a> {
    entries: Vec<EntryOutput<'a>>,
    next_token: Option<String>,
}

fn filters(members: Option<Vec<FilterMember>>) -> Vec<StreamFilter> {
    let members = members.unwrap_or_default().into_iter();
    let filter = |member: FilterMember| StreamFilter {
        namespace: member.namespace,
        metric_names: member.metric_names.unwrap_or_default(),
    };
    members.map(filter).collect()
}

fn members(filters: &[StreamFilter]) -> Vec<FilterMember> {
    let member = |filter: &StreamFilter| FilterMember {
        namespace: filter.namespace.clone(),
        metric_names: (!filter.metric_names.is_empty()).then(|| filter.metric_names.clone()),
    };
    filters.iter().map(member).collect()
}

fn entry<'a>((name, stream): (&'a str, &'a MetricStream)) -> EntryOutput<'a> {
    EntryOutput {
        arn: &stream.arn,
        name,
        firehose_arn: &stream.firehose,
        output_format: &stream.format,
        state: "running",
        creation_date: stream.created,
        last_update_date: stream.updated,
    }
}

pub(crate) fn put_metric_stream(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let input: PutInput = read(input)?;
    let stream = MetricStream {
        arn: call
            .scope
            .arn("cloudwatch", &format!("metric-stream/{}", input.name)),
        firehose: input.firehose_arn,
        role: input.role_arn,
        format: input.output_format,
        includes_linked: input.include_linked_accounts_metrics.unwrap_or(false),
        include: filters(input.include_filters),
        exclude: filters(input.exclude_filters),
        created: call.now,
        updated: call.now,
    };
    let (cloudwatch, ctx) = cloud.cloudwatch(call);
    let accounts = cloudwatch.left_out_by(&stream, &ctx);
    let kept = cloudwatch
        .put_stream(&input.name, stream, &ctx)
        .map_err(wire)?;
    let reply = Reply::to(&PutOutput { arn: &kept.arn })?;
    let oam = &ctx.shared.oam;
    Ok(reply.noticing(oam.left_out("IncludeLinkedAccountsMetrics", accounts)))
}

pub(crate) fn get_metric_stream(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let input: NameInput = read(input)?;
    let (cloudwatch, ctx) = cloud.cloudwatch(call);
    let stream = cloudwatch.stream(&input.name, &ctx).map_err(wire)?;
    Reply::to(&GetOutput {
        entry: entry((&input.name, stream)),
        role_arn: &stream.role,
        include_linked_accounts_metrics: stream.includes_linked,
        include_filters: members(&stream.include),
        exclude_filters: members(&stream.exclude),
    })
}

pub(crate) fn list_metric_streams(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let input: ListInput = read(input)?;
    let (cloudwatch, ctx) = cloud.cloudwatch(call);
    let streams = cloudwatch.streams_of(&ctx).iter();
    let place = input.next_token.as_deref();
    let size = input.max_results.unwrap_or(PAGE_SIZE);
    let (page, next_token) = page::named(streams, place, size, |(name, _)| (*name).clone());
    let entries = page
        .into_iter()
        .map(|(name, stream)| entry((name, stream)))
        .collect();
    Reply::to(&ListOutput {
        entries,
        next_token,
    })
}

pub(crate) fn delete_metric_stream(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let input: NameInput = read(input)?;
    let (cloudwatch, ctx) = cloud.cloudwatch(call);
    cloudwatch.delete_stream(&input.name, &ctx);
    Ok(Reply::empty())
}
