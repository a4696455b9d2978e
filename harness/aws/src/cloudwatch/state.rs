//! The rules: what is measured, and who sees it.

use std::collections::BTreeMap;
use std::sync::Arc;

use authlab_kernel::{AccountId, Scope, SignedDuration, Timestamp};

use super::error::Error;
use super::metric::{Metric, MetricId, Sample};
use super::stream::MetricStream;
use crate::operation::MetricDatum;
use crate::shared::{Ctx, ResourceType};

/// How far in the past a data point may lie, and how long a metric without new data is listed.
const PAST_MAX: SignedDuration = SignedDuration::from_hours(14 * 24);

/// How far in the future a data point may lie.
const FUTURE_MAX: SignedDuration = SignedDuration::from_hours(2);

/// One data point of a request.
#[derive(Clone, Debug, PartialEq)]
pub struct Datum {
    /// The metric, without namespace.
    pub name: String,
    /// Its dimensions.
    pub dimensions: BTreeMap<String, String>,
    /// When; the time of the call when absent.
    pub time: Option<Timestamp>,
    /// The unit.
    pub unit: String,
    /// What was measured.
    pub samples: Vec<Sample>,
}

/// Whose metrics a request reads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// The caller's own, or those that a link shares.
    Readable(Scope),
    /// Those of an account that shares nothing with the caller.
    NotLinked,
}

/// A metric as a list shows it, and the account that it belongs to.
pub type Listed<'a> = (&'a MetricId, &'a AccountId);

/// All metrics of a lab, and the streams of them.
#[derive(Default)]
pub struct State {
    metrics: BTreeMap<Scope, BTreeMap<MetricId, Metric>>,
    pub(super) streams: BTreeMap<Scope, BTreeMap<String, MetricStream>>,
}

impl State {
    /// Adds a request's data points to the caller's metrics.
    ///
    /// # Errors
    /// A namespace of AWS's own, or a time too far away. Nothing is added then.
    pub fn put(&mut self, namespace: &str, data: Vec<Datum>, ctx: &Ctx<'_>) -> Result<(), Error> {
        if namespace.starts_with("AWS/") {
            let text = "The value AWS/ for parameter Namespace is invalid.";
            return Err(Error::Value(text.to_owned()));
        }
        for (index, datum) in data.iter().enumerate() {
            let away = datum.time.unwrap_or(ctx.now).duration_since(ctx.now);
            if away > FUTURE_MAX || away < -PAST_MAX {
                return Err(Error::Value(format!(
                    "The parameter MetricData.member.{}.Timestamp must specify a time no more \
                     than two weeks in the past and no more than two hours in the future.",
                    index + 1
                )));
            }
        }
        let metrics = self.metrics.entry(ctx.scope.clone()).or_default();
        for datum in data {
            let time = datum.time.unwrap_or(ctx.now);
            let id = MetricId {
                namespace: namespace.to_owned().into(),
                name: datum.name.into(),
                dimensions: Arc::new(datum.dimensions),
            };
            let metric = metrics.entry(id).or_default();
            for sample in &datum.samples {
                metric.add(time, datum.unit.clone().into(), sample);
            }
        }
        Ok(())
    }

    /// Adds what another service measured.
    pub fn add(&mut self, scope: &Scope, namespace: &'static str, data: Vec<MetricDatum>) {
        let metrics = self.metrics.entry(scope.clone()).or_default();
        for datum in data {
            let id = MetricId {
                namespace: namespace.into(),
                name: datum.name.into(),
                dimensions: datum.dimensions,
            };
            let sample = Sample::Value {
                value: datum.value,
                count: 1.0,
            };
            metrics
                .entry(id)
                .or_default()
                .add(datum.time, datum.unit.into(), &sample);
        }
    }

    /// A metric of an account and Region.
    pub fn metric(&self, scope: &Scope, id: &MetricId) -> Option<&Metric> {
        self.metrics.get(scope)?.get(id)
    }

    /// The metrics of an account and Region.
    pub fn metrics(&self, scope: &Scope) -> impl Iterator<Item = (&MetricId, &Metric)> {
        self.metrics.get(scope).into_iter().flatten()
    }

    /// Whose metrics of this namespace a caller reads who names this account.
    pub fn source(&self, account: Option<&AccountId>, namespace: &str, ctx: &Ctx<'_>) -> Source {
        let Some(account) = account.filter(|account| **account != ctx.scope.account) else {
            return Source::Readable(ctx.scope.clone());
        };
        let oam = &ctx.shared.oam;
        let link = oam.linked(ctx.scope, account, ResourceType::Metric);
        match link.filter(|link| link.shares_namespace(namespace)) {
            Some(link) => Source::Readable(link.source.clone()),
            None => Source::NotLinked,
        }
    }

    /// The metrics that a caller sees: the own ones and, when asked, those that links share; of
    /// one account only, when it is given. Those without data for two weeks are not listed.
    pub fn visible(
        &self,
        linked: bool,
        owner: Option<&AccountId>,
        active_since: Option<Timestamp>,
        ctx: &Ctx<'_>,
    ) -> Vec<Listed<'_>> {
        let since = active_since.or_else(|| ctx.now.checked_sub(PAST_MAX).ok());
        let since_second = since.map_or(i64::MIN, Timestamp::as_second);
        let is_recent = |metric: &Metric| {
            metric
                .last_second()
                .is_some_and(|second| second >= since_second)
        };
        let wanted = |account: &AccountId| owner.is_none_or(|owner| owner == account);
        let mut listed: Vec<Listed<'_>> = Vec::new();
        if let Some((scope, metrics)) = self.metrics.get_key_value(ctx.scope)
            && wanted(&scope.account)
        {
            let recent = metrics.iter().filter(|(_, metric)| is_recent(metric));
            listed.extend(recent.map(|(id, _)| (id, &scope.account)));
        }
        if linked {
            for link in ctx.shared.oam.sources(ctx.scope, ResourceType::Metric) {
                let Some((scope, metrics)) = self.metrics.get_key_value(&link.source) else {
                    continue;
                };
                let shared = metrics.iter().filter(|(id, metric)| {
                    link.shares_namespace(&id.namespace) && is_recent(metric)
                });
                listed.extend(
                    shared
                        .map(|(id, _)| (id, &scope.account))
                        .filter(|(_, account)| wanted(account)),
                );
            }
        }
        listed.sort();
        listed
    }
}
