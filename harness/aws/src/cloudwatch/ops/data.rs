//! GetMetricData.

use std::sync::Arc;

use std::cmp::Ordering;
use std::collections::BTreeSet;

use authlab_kernel::{AccountId, Timestamp};
use authlab_wire::Value;
use serde::{Deserialize, Serialize};

use super::{Dimension, dimensions, of_namespace, wire};
use crate::cloud::Cloud;
use crate::cloudwatch::error::Error;
use crate::cloudwatch::metric::MetricId;
use crate::cloudwatch::query::{Span, bins, period_seconds};
use crate::cloudwatch::state::{Source, State};
use crate::cloudwatch::statistic::Statistic;
use crate::evidence::Notice;
use crate::operation::{Answer, Call, Reply, read};
use crate::shared::{Ctx, ResourceType};

/// The most queries of one request.
const QUERIES_MAX: usize = 500;

/// For how many queries of a request the journal says why they have no data.
const NOTICES_MAX: usize = 4;

/// The most data points of one answer, and how many come when no number is given.
const DATAPOINTS_MAX: usize = 100_800;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct DataInput {
    metric_data_queries: Vec<QueryInput>,
    start_time: Timestamp,
    end_time: Timestamp,
    #[serde(default)]
    scan_by: Option<String>,
    #[serde(default)]
    max_datapoints: Option<usize>,
    #[serde(default)]
    next_token: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct QueryInput {
    id: String,
    #[serde(default)]
    account_id: Option<String>,
    #[serde(default)]
    expression: Option<String>,
    #[serde(default)]
    label: Option<String>,
    #[serde(default)]
    metric_stat: Option<MetricStatInput>,
    #[serde(default)]
    period: Option<i64>,
    #[serde(default)]
    return_data: Option<bool>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct MetricStatInput {
    metric: MetricInput,
    period: i64,
    stat: String,
    #[serde(default)]
    unit: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct MetricInput {
    #[serde(default)]
    namespace: Option<String>,
    #[serde(default)]
    metric_name: Option<String>,
    #[serde(default)]
    dimensions: Option<Vec<Dimension>>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct DataOutput {
    metric_data_results: Vec<ResultOutput>,
    next_token: Option<String>,
    messages: [(); 0],
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct ResultOutput {
    id: String,
    label: String,
    timestamps: Vec<Timestamp>,
    values: Vec<f64>,
    status_code: &'static str,
    messages: Option<Vec<MessageOutput>>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct MessageOutput {
    code: &'static str,
    value: String,
}

/// A query that was read.
struct Query {
    id: String,
    /// The label that was given.
    label: Option<String>,
    metric: MetricId,
    account: Option<AccountId>,
    statistic: Statistic,
    period_seconds: i64,
    unit: Option<String>,
    is_returned: bool,
}

pub(crate) fn get_metric_data(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let input: DataInput = read(input)?;
    let count = input.metric_data_queries.len();
    if count == 0 || count > QUERIES_MAX {
        return Err(wire(Error::Validation(if count == 0 {
            // Unverified text.
            format!("MetricDataQueries has {count} elements, give 1 to {QUERIES_MAX}")
        } else {
            format!(
                "The collection MetricDataQueries must not have a size greater than {QUERIES_MAX}."
            )
        })));
    }
    let offset = match &input.next_token {
        None => 0,
        Some(token) => token.parse::<usize>().map_err(|_| wire(Error::NextToken))?,
    };
    let (start, end) = (input.start_time.as_second(), input.end_time.as_second());
    match start.cmp(&end) {
        Ordering::Greater => return Err(wire(Error::DataBackwards)),
        Ordering::Equal => return Err(wire(Error::DataEmpty)),
        Ordering::Less => {}
    }
    let queries = queries(input.metric_data_queries).map_err(wire)?;
    let is_ascending = input.scan_by.as_deref() == Some("TimestampAscending");
    let (cloudwatch, ctx) = cloud.cloudwatch(call);
    let mut results = Vec::new();
    let returned: Vec<&Query> = queries.iter().filter(|query| query.is_returned).collect();
    for query in &returned {
        let span = Span::new(input.start_time, input.end_time, query.period_seconds)
            .map_err(wire)?
            .on_boundaries(query.period_seconds);
        let label = label(query, &returned);
        results.push(answer(query, label, span, is_ascending, cloudwatch, &ctx));
    }
    let notices = returned
        .iter()
        .filter_map(|query| notice(query, cloudwatch, &ctx));
    let notices = notices.take(NOTICES_MAX).collect();
    let size = input
        .max_datapoints
        .unwrap_or(DATAPOINTS_MAX)
        .clamp(1, DATAPOINTS_MAX);
    let next_token = cut(&mut results, offset, size).map(|next| next.to_string());
    let reply = Reply::to(&DataOutput {
        metric_data_results: results,
        next_token,
        messages: [],
    })?;
    Ok(Reply { notices, ..reply })
}

/// Why a query has no data: it names an account that does not share it, or names none and the metric is
/// another account's.
fn notice(query: &Query, cloudwatch: &State, ctx: &Ctx<'_>) -> Option<Notice> {
    let namespace = &query.metric.namespace;
    let oam = &ctx.shared.oam;
    let scope = match cloudwatch.source(query.account.as_ref(), namespace, ctx) {
        Source::NotLinked => {
            let (account, what) = (query.account.as_ref()?, of_namespace(Some(namespace)));
            return Some(oam.not_shared(account.as_str(), what, ResourceType::Metric, ctx));
        }
        Source::Readable(scope) => scope,
    };
    if query.account.is_some() || cloudwatch.metric(&scope, &query.metric).is_some() {
        return None;
    }
    let links = oam.sources(ctx.scope, ResourceType::Metric);
    let sharing = links.filter(|link| {
        link.shares_namespace(namespace) && cloudwatch.metric(&link.source, &query.metric).is_some()
    });
    let accounts = sharing.map(|link| link.source.account.to_string());
    oam.left_out("AccountId", accounts.collect())
}

/// The label of a result: the one that was given, or the metric's name with what tells it from others
/// of that name, the statistic and the period (recorded).
fn label(query: &Query, returned: &[&Query]) -> String {
    if let Some(label) = &query.label {
        return label.clone();
    }
    let others = returned
        .iter()
        .filter(|other| other.label.is_none() && other.metric.name == query.metric.name);
    let (mut by_statistic, mut by_period) = (false, false);
    for other in others {
        by_statistic |= other.statistic != query.statistic;
        by_period |= other.period_seconds != query.period_seconds;
    }
    let mut label = query.metric.name.to_string();
    if by_statistic {
        label.push_str(&format!(" {}", query.statistic));
    }
    if by_period {
        label.push_str(&format!(" {}", query.period_seconds));
    }
    label
}

fn queries(list: Vec<QueryInput>) -> Result<Vec<Query>, Error> {
    let mut ids = BTreeSet::new();
    list.into_iter()
        .enumerate()
        .map(|(index, query)| {
            let path = format!("MetricDataQueries.member.{}", index + 1);
            if !ids.insert(query.id.clone()) {
                let text = format!("{path}.Id `{}` is given twice", query.id);
                return Err(Error::Validation(text));
            }
            read_query(&path, query)
        })
        .collect()
}

/// Two members of which one at most may be given (in a public report for `Period`).
fn exclusive(path: &str, one: &str, other: &str) -> Error {
    Error::Validation(format!(
        "The parameters {path}.{one} and {path}.{other} are mutually exclusive and you have \
         specified both."
    ))
}

fn read_query(path: &str, query: QueryInput) -> Result<Query, Error> {
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
    if !query.id.starts_with(|c: char| c.is_ascii_lowercase()) || !query.id.chars().all(is_name) {
        return Err(Error::Validation(format!(
            "The value {} for parameter {path}.Id is not matching the expected pattern \
             ^[a-z][a-zA-Z0-9_]*$.",
            query.id
        )));
    }
    let stat = match (query.metric_stat, query.expression) {
        (Some(stat), None) => stat,
        (None, Some(expression)) => {
            return Err(Error::NotSimulated(format!(
                "{path}.Expression `{expression}`: metric math and Metrics Insights are not \
                 implemented by this lab, give a MetricStat"
            )));
        }
        (Some(_), Some(_)) => {
            return Err(exclusive(path, "Expression", "MetricStat"));
        }
        (None, None) => {
            // With the line break, as moto asserts it (`unverified`).
            return Err(Error::Validation(format!(
                "The parameter {path}.MetricStat is required.\n"
            )));
        }
    };
    if let Some(label) = query.label.as_ref().filter(|label| label.contains("${")) {
        return Err(Error::NotSimulated(format!(
            "{path}.Label `{label}`: dynamic labels are not implemented by this lab"
        )));
    }
    if query.period.is_some() {
        return Err(exclusive(path, "Period", "MetricStat"));
    }
    let required = |member: Option<String>, name: &str| {
        member.ok_or_else(|| {
            Error::Validation(format!(
                "The parameter {path}.MetricStat.Metric.{name} is required."
            ))
        })
    };
    let account = match query.account_id {
        None => None,
        Some(text) => Some(text.parse().map_err(|_| {
            Error::Validation(format!("{path}.AccountId `{text}` is not an account id"))
        })?),
    };
    let metric = MetricId {
        namespace: required(stat.metric.namespace, "Namespace")?.into(),
        name: required(stat.metric.metric_name, "MetricName")?.into(),
        dimensions: Arc::new(dimensions(stat.metric.dimensions)?),
    };
    Ok(Query {
        id: query.id,
        label: query.label,
        metric,
        account,
        statistic: Statistic::parse(&stat.stat)?,
        period_seconds: period_seconds(stat.period)?,
        unit: stat.unit,
        is_returned: query.return_data.unwrap_or(true),
    })
}

fn answer(
    query: &Query,
    label: String,
    span: Span,
    is_ascending: bool,
    cloudwatch: &State,
    ctx: &Ctx<'_>,
) -> ResultOutput {
    let source = cloudwatch.source(query.account.as_ref(), &query.metric.namespace, ctx);
    let mut units = BTreeSet::new();
    let (points, status_code) = match &source {
        Source::NotLinked => (Vec::new(), "Forbidden"),
        Source::Readable(scope) => {
            let metric = cloudwatch.metric(scope, &query.metric);
            let mut bins = metric.map_or_else(Vec::new, |metric| {
                bins(metric, span, query.period_seconds, query.unit.as_deref())
            });
            units.extend(bins.iter().map(|bin| bin.unit.clone()));
            // One value a period: that of the first unit (recorded).
            bins.dedup_by_key(|bin| bin.start_second);
            let points = bins.iter().filter_map(|bin| {
                Some((
                    Timestamp::from_second(bin.start_second).ok()?,
                    query.statistic.of(&bin.values)?,
                ))
            });
            (points.collect(), "Complete")
        }
    };
    let (mut timestamps, mut values): (Vec<_>, Vec<_>) = points.into_iter().unzip();
    // The newest first unless asked otherwise (API reference, `ScanBy`).
    if !is_ascending {
        timestamps.reverse();
        values.reverse();
    }
    let units: Vec<String> = units.into_iter().collect();
    let messages = (units.len() > 1).then(|| {
        let value = format!("Multiple units returned: '[{}]'", units.join(", "));
        vec![MessageOutput {
            code: "MultipleUnits",
            value,
        }]
    });
    ResultOutput {
        id: query.id.clone(),
        label,
        timestamps,
        values,
        status_code,
        messages,
    }
}

/// Leaves `size` data points from `offset` on, counted over all results; the offset of the next
/// page, if there is one.
fn cut(results: &mut [ResultOutput], offset: usize, size: usize) -> Option<usize> {
    let end = offset.saturating_add(size);
    let mut seen = 0;
    for result in results {
        let count = result.values.len();
        let from = offset.saturating_sub(seen).min(count);
        let to = end.saturating_sub(seen).min(count);
        if to < count {
            result.status_code = "PartialData";
        }
        result.values = result.values.get(from..to).unwrap_or_default().to_vec();
        result.timestamps = result.timestamps.get(from..to).unwrap_or_default().to_vec();
        seen += count;
    }
    (end < seen).then_some(end)
}
