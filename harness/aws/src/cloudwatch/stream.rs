//! Metric streams: which metrics of which accounts one would send.
//!
//! Sources: the CloudWatch API reference, `PutMetricStream`; DataDog/cloudformation-template#308 (a
//! stream of a monitoring account leaves out linked accounts unless it is told otherwise).

use std::collections::BTreeMap;

use authlab_kernel::Timestamp;

use super::error::Error;
use super::state::State;
use crate::shared::{Ctx, ResourceType};

/// The namespaces and metrics that a stream takes, or leaves out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StreamFilter {
    /// The namespace; `None` where none was given.
    pub namespace: Option<String>,
    /// Names of metrics; none stands for all of the namespace.
    pub metric_names: Vec<String>,
}

/// A metric stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MetricStream {
    /// Its ARN.
    pub arn: String,
    /// Where it sends.
    pub firehose: String,
    /// With which role.
    pub role: String,
    /// How it writes.
    pub format: String,
    /// Whether it takes the metrics of linked accounts.
    pub includes_linked: bool,
    /// What it takes; nothing stands for everything.
    pub include: Vec<StreamFilter>,
    /// What it leaves out.
    pub exclude: Vec<StreamFilter>,
    /// When it was made.
    pub created: Timestamp,
    /// When it was put last.
    pub updated: Timestamp,
}

impl MetricStream {
    /// Whether it would take something of this namespace.
    pub fn takes(&self, namespace: &str) -> bool {
        let names = |filter: &StreamFilter| filter.namespace.as_deref() == Some(namespace);
        let is_whole = |filter: &&StreamFilter| filter.metric_names.is_empty();
        let is_left_out = self.exclude.iter().filter(is_whole).any(names);
        (self.include.is_empty() || self.include.iter().any(names)) && !is_left_out
    }
}

impl State {
    /// Makes a stream, or changes the one of this name.
    ///
    /// # Errors
    /// Filters of both kinds, which exclude one another.
    pub fn put_stream(
        &mut self,
        name: &str,
        stream: MetricStream,
        ctx: &Ctx<'_>,
    ) -> Result<&MetricStream, Error> {
        if !stream.include.is_empty() && !stream.exclude.is_empty() {
            let text = "IncludeFilters and ExcludeFilters cannot be given in one request";
            return Err(Error::Combination(text.to_owned()));
        }
        let streams = self.streams.entry(ctx.scope.clone()).or_default();
        let before = streams.get(name).map(|before| before.created);
        let created = before.unwrap_or(ctx.now);
        let kept = streams.entry(name.to_owned());
        Ok(kept
            .insert_entry(MetricStream { created, ..stream })
            .into_mut())
    }

    /// A stream of the caller's account and Region.
    ///
    /// # Errors
    /// None of this name.
    pub fn stream(&self, name: &str, ctx: &Ctx<'_>) -> Result<&MetricStream, Error> {
        let stream = self.streams_of(ctx).get(name);
        stream.ok_or_else(|| Error::NoSuchStream(name.to_owned()))
    }

    /// The streams of the caller's account and Region, by name.
    pub fn streams_of(&self, ctx: &Ctx<'_>) -> &BTreeMap<String, MetricStream> {
        static NONE: BTreeMap<String, MetricStream> = BTreeMap::new();
        self.streams.get(ctx.scope).unwrap_or(&NONE)
    }

    /// Takes a stream away; one that is not there is no error (API reference: no code for it).
    pub fn delete_stream(&mut self, name: &str, ctx: &Ctx<'_>) {
        if let Some(streams) = self.streams.get_mut(ctx.scope) {
            streams.remove(name);
        }
    }

    /// The accounts that share metrics with the stream's which it leaves out because it was not told to
    /// take those of linked accounts.
    pub fn left_out_by(&self, stream: &MetricStream, ctx: &Ctx<'_>) -> Vec<String> {
        if stream.includes_linked {
            return Vec::new();
        }
        let links = ctx.shared.oam.sources(ctx.scope, ResourceType::Metric);
        let shares = |namespace: &str| stream.takes(namespace);
        let accounts = links.filter(|link| {
            let named = stream.include.iter();
            let mut named = named.filter_map(|filter| filter.namespace.as_deref());
            let metrics = self.metrics(&link.source);
            let mut known = metrics.map(|(id, _)| id.namespace.as_ref());
            // Without a filter whatever the link shares would be taken, also what is not there yet.
            stream.include.is_empty() && stream.exclude.is_empty()
                || named.any(|namespace| link.shares_namespace(namespace))
                || known.any(|namespace| shares(namespace) && link.shares_namespace(namespace))
        });
        accounts
            .map(|link| link.source.account.to_string())
            .collect()
    }
}

#[cfg(test)]
mod tests;
