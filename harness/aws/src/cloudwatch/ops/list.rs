//! ListMetrics.

use std::collections::BTreeSet;

use authlab_kernel::{AccountId, SignedDuration};
use authlab_wire::Value;
use serde::{Deserialize, Serialize};

use super::{Dimension, listed, of_namespace, token_refused, wire};
use crate::cloud::Cloud;
use crate::cloudwatch::error::Error;
use crate::cloudwatch::metric::MetricId;
use crate::cloudwatch::state::State;
use crate::evidence::Notice;
use crate::operation::{Answer, Call, Reply, page, read};
use crate::shared::{Ctx, ResourceType};

/// The most metrics of one answer.
const PAGE_SIZE: usize = 500;

/// `PT3H`, the only value of RecentlyActive.
const RECENTLY: SignedDuration = SignedDuration::from_hours(3);

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct ListInput {
    namespace: Option<String>,
    metric_name: Option<String>,
    dimensions: Option<Vec<DimensionFilter>>,
    recently_active: Option<String>,
    include_linked_accounts: Option<bool>,
    owning_account: Option<String>,
    next_token: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct DimensionFilter {
    name: String,
    #[serde(default)]
    value: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct ListOutput<'a> {
    metrics: Vec<MetricOutput<'a>>,
    next_token: Option<String>,
    /// One for each metric, when linked accounts were asked for.
    owning_accounts: Option<Vec<&'a str>>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct MetricOutput<'a> {
    namespace: &'a str,
    metric_name: &'a str,
    dimensions: Vec<Dimension>,
}

impl ListInput {
    fn wants(&self, id: &MetricId) -> bool {
        self.namespace
            .as_ref()
            .is_none_or(|namespace| *namespace == id.namespace)
            && self
                .metric_name
                .as_ref()
                .is_none_or(|name| *name == id.name)
            && self.dimensions.iter().flatten().all(|filter| {
                let value = id.dimensions.get(&filter.name);
                value
                    .is_some_and(|value| filter.value.as_ref().is_none_or(|wanted| wanted == value))
            })
    }
}

pub(crate) fn list_metrics(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let input: ListInput = read(input)?;
    let owner: Option<AccountId> = match &input.owning_account {
        None => None,
        Some(text) => Some(text.parse().map_err(|_| {
            wire(Error::Value(format!(
                "OwningAccount `{text}` is not an account id"
            )))
        })?),
    };
    let linked = input.include_linked_accounts.unwrap_or(false);
    let since = input
        .recently_active
        .as_ref()
        .and_then(|_| call.now.checked_sub(RECENTLY).ok());
    let (cloudwatch, ctx) = cloud.cloudwatch(call);
    let found = cloudwatch
        .visible(linked, owner.as_ref(), since, &ctx)
        .into_iter()
        .filter(|(id, _)| input.wants(id));
    let (part, next_token) = page::numbered(found, input.next_token.as_deref(), PAGE_SIZE)
        .map_err(|_| token_refused(call.operation))?;
    let (ids, owners): (Vec<_>, Vec<_>) = part.into_iter().unzip();
    let metrics = ids.iter().map(|id: &&MetricId| MetricOutput {
        namespace: &id.namespace,
        metric_name: &id.name,
        dimensions: listed(&id.dimensions),
    });
    let reply = Reply::to(&ListOutput {
        metrics: metrics.collect(),
        next_token,
        owning_accounts: linked.then(|| owners.into_iter().map(AccountId::as_str).collect()),
    })?;
    let notice = if linked {
        not_shared(&input, owner.as_ref(), &ctx)
    } else {
        shared_elsewhere(&input, cloudwatch, &ctx)
    };
    Ok(reply.noticing(notice))
}

/// What links share of what a list asks for that does not ask for linked accounts.
fn shared_elsewhere(input: &ListInput, cloudwatch: &State, ctx: &Ctx<'_>) -> Option<Notice> {
    let all = cloudwatch.visible(true, None, None, ctx).into_iter();
    let wanted = all.filter(|(id, account)| **account != ctx.scope.account && input.wants(id));
    let accounts: BTreeSet<String> = wanted.map(|(_, account)| account.to_string()).collect();
    let oam = &ctx.shared.oam;
    oam.left_out("IncludeLinkedAccounts", accounts.into_iter().collect())
}

/// Why a list that asks for linked accounts has nothing of an account that is linked, by the namespace
/// or the account that it names.
fn not_shared(input: &ListInput, owner: Option<&AccountId>, ctx: &Ctx<'_>) -> Option<Notice> {
    let oam = &ctx.shared.oam;
    let sink = oam.sink_of(ctx.scope)?;
    let mut links = oam.links_to(&sink.arn);
    let link = links.find(|link| {
        let is_kept = match &input.namespace {
            Some(namespace) => !link.shares_namespace(namespace),
            None => !link.shares(ResourceType::Metric),
        };
        is_kept && owner.is_none_or(|owner| *owner == link.source.account)
    })?;
    let account = link.source.account.to_string();
    Some(oam.not_shared(
        &account,
        of_namespace(input.namespace.as_deref()),
        ResourceType::Metric,
        ctx,
    ))
}
