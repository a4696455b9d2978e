//! The rules: one sink for an account and Region, links from other accounts to it.

use std::collections::BTreeMap;

use authlab_kernel::{AccountId, Scope};
use authlab_policy::{Document, DocumentKind, Policy};

use super::error::Error;
use super::filter::Filter;
use super::link::{Link, ResourceType};
use crate::operation;
use crate::shared::OrganizationsState;
use crate::shared::principal::rename_in_policy;

/// What the rules of sinks and links see: which account belongs where.
pub type Ctx<'a> = operation::Ctx<'a, OrganizationsState>;

/// The most links that a source account has in a Region (CloudWatch user guide,
/// `cloudwatch_limits.html`: a source account shares with up to five monitoring accounts).
pub(super) const LINKS_MAX: usize = 5;

/// The most tags of a sink or link.
const TAGS_MAX: usize = 50;

/// A monitoring account's attachment point.
#[derive(Clone, Debug)]
pub struct Sink {
    /// `arn:aws:oam:R:MONITORING:sink/ID`.
    pub arn: String,
    /// The id at the end of the ARN.
    pub id: String,
    /// Its name.
    pub name: String,
    /// The text of its policy, as it was put.
    pub policy_text: Option<String>,
    /// Its policy.
    pub policy: Option<Policy>,
    /// Its tags.
    pub tags: BTreeMap<String, String>,
}

/// What a source account asks for.
#[derive(Clone, Debug)]
pub struct NewLink {
    /// The sink's ARN.
    pub sink_arn: String,
    /// `$AccountName`, `$AccountEmail`, `$AccountEmailNoDomain` stand for the account's facts.
    pub label_template: String,
    /// What to share.
    pub resource_types: Vec<String>,
    /// Which log groups.
    pub log_group_filter: Option<String>,
    /// Which namespaces.
    pub metric_filter: Option<String>,
    /// Its tags.
    pub tags: BTreeMap<String, String>,
}

/// What changes in a link.
#[derive(Clone, Debug)]
pub struct LinkChange {
    /// The link's ARN.
    pub arn: String,
    /// All types that are shared from now on.
    pub resource_types: Vec<String>,
    /// `None` leaves the filter, `*` removes it.
    pub log_group_filter: Option<String>,
    /// `None` leaves the filter, `*` removes it.
    pub metric_filter: Option<String>,
}

/// All sinks and links of a lab: a link crosses accounts.
#[derive(Default)]
pub struct State {
    sinks: BTreeMap<Scope, Sink>,
    /// By ARN.
    links: BTreeMap<String, Link>,
}

impl State {
    /// A user or role that resource policies name has another name now: see
    /// [`crate::shared::principal`].
    pub fn rename_principal(&mut self, from: &str, to: &str) {
        for sink in self.sinks.values_mut() {
            if let Some(policy) = &mut sink.policy {
                rename_in_policy(policy, sink.policy_text.as_mut(), from, to);
            }
        }
    }

    /// Makes the sink of the caller's account and Region.
    ///
    /// # Errors
    /// There is one already.
    pub fn create_sink(
        &mut self,
        name: &str,
        tags: BTreeMap<String, String>,
        ctx: &Ctx<'_>,
    ) -> Result<&Sink, Error> {
        if let Some(sink) = self.sinks.get(ctx.scope) {
            return Err(Error::SinkExists(sink.arn.clone()));
        }
        let id = ctx
            .ids
            .draw("oam-sink", &ctx.scope.to_string(), name)
            .uuid();
        let arn = ctx.scope.arn("oam", &format!("sink/{id}"));
        let sink = Sink {
            arn,
            id,
            name: name.to_owned(),
            policy_text: None,
            policy: None,
            tags,
        };
        Ok(self.sinks.entry(ctx.scope.clone()).or_insert(sink))
    }

    /// The sink of an account and Region.
    pub fn sink_of(&self, scope: &Scope) -> Option<&Sink> {
        self.sinks.get(scope)
    }

    /// A sink by its ARN, whoever owns it.
    pub fn sink(&self, arn: &str) -> Option<&Sink> {
        self.sinks.values().find(|sink| sink.arn == arn)
    }

    /// A link by its ARN, whoever owns it.
    pub fn link(&self, arn: &str) -> Option<&Link> {
        self.links.get(arn)
    }

    /// The sink of this ARN, if it is the caller's own.
    ///
    /// # Errors
    /// No such sink in the caller's account and Region.
    pub fn own_sink(&self, arn: &str, scope: &Scope) -> Result<&Sink, Error> {
        let sink = self.sinks.get(scope).filter(|sink| sink.arn == arn);
        sink.ok_or_else(|| Error::NoSuchSink(arn.to_owned()))
    }

    fn own_sink_mut(&mut self, arn: &str, scope: &Scope) -> Result<&mut Sink, Error> {
        let sink = self.sinks.get_mut(scope).filter(|sink| sink.arn == arn);
        sink.ok_or_else(|| Error::NoSuchSink(arn.to_owned()))
    }

    /// The link of this ARN, if it is the caller's own.
    ///
    /// # Errors
    /// No such link in the caller's account and Region.
    pub fn own_link(&self, arn: &str, scope: &Scope) -> Result<&Link, Error> {
        let link = self.links.get(arn).filter(|link| link.source == *scope);
        link.ok_or_else(|| Error::NoSuchLink(arn.to_owned()))
    }

    /// The links of a source account in a Region, by ARN.
    pub fn links_from<'a>(&'a self, source: &'a Scope) -> impl Iterator<Item = &'a Link> {
        self.links
            .values()
            .filter(move |link| link.source == *source)
    }

    /// The links to a sink, by ARN.
    pub fn links_to<'a>(&'a self, sink_arn: &'a str) -> impl Iterator<Item = &'a Link> {
        self.links
            .values()
            .filter(move |link| link.sink_arn == sink_arn)
    }

    /// Takes the sink away.
    ///
    /// # Errors
    /// No such sink, or links to it.
    pub fn delete_sink(&mut self, arn: &str, ctx: &Ctx<'_>) -> Result<(), Error> {
        self.own_sink(arn, ctx.scope)?;
        let links = self.links_to(arn).count();
        if links > 0 {
            return Err(Error::SinkInUse {
                sink: arn.to_owned(),
                links,
            });
        }
        self.sinks.remove(ctx.scope);
        Ok(())
    }

    /// States who may link. Links that exist stay, whatever the new policy says (`unverified`).
    ///
    /// # Errors
    /// No such sink, or a policy that breaks a rule for sink policies.
    pub fn put_sink_policy(
        &mut self,
        arn: &str,
        text: String,
        ctx: &Ctx<'_>,
    ) -> Result<&Sink, Error> {
        let sink = self.own_sink_mut(arn, ctx.scope)?;
        let document = Document::parse(DocumentKind::OamSink, &text)
            .map_err(|error| Error::Policy(error.to_string()))?;
        sink.policy = Some(Policy::new(format!("policy of sink {arn}"), document));
        sink.policy_text = Some(text);
        Ok(sink)
    }

    /// Links the caller's account to a sink. Whether the sink's policy allows it was decided
    /// before, with the other checks of the call.
    ///
    /// # Errors
    /// The sink is the caller's own, elsewhere or not there; a second link to it; a sixth link;
    /// a type or filter that cannot be read.
    pub fn create_link(&mut self, new: NewLink, ctx: &Ctx<'_>) -> Result<&Link, Error> {
        let sink = sink_scope(&new.sink_arn)?;
        if sink.region != ctx.scope.region {
            let region = ctx.scope.region.to_string();
            return Err(Error::OtherRegion {
                sink: new.sink_arn,
                region,
            });
        }
        if sink.account == ctx.scope.account {
            return Err(Error::OwnSink(new.sink_arn));
        }
        if self.sink(&new.sink_arn).is_none() {
            return Err(Error::NoSuchSink(new.sink_arn));
        }
        if self
            .links_from(ctx.scope)
            .any(|link| link.sink_arn == new.sink_arn)
        {
            return Err(Error::LinkExists(new.sink_arn));
        }
        let count = self.links_from(ctx.scope).count();
        if count >= LINKS_MAX {
            return Err(Error::TooManyLinks(count));
        }
        let resource_types = resource_types(&new.resource_types)?;
        let log_groups = log_group_filter(new.log_group_filter.as_deref(), &resource_types)?;
        let metrics = metric_filter(new.metric_filter.as_deref(), &resource_types)?;
        let id = ctx
            .ids
            .draw("oam-link", &ctx.scope.to_string(), &new.sink_arn)
            .uuid();
        let arn = ctx.scope.arn("oam", &format!("link/{id}"));
        let link = Link {
            arn: arn.clone(),
            id,
            source: ctx.scope.clone(),
            label: label(&new.label_template, ctx),
            label_template: new.label_template,
            sink_arn: new.sink_arn,
            resource_types,
            log_groups,
            metrics,
            tags: new.tags,
        };
        Ok(self.links.entry(arn).or_insert(link))
    }

    /// Changes what a link shares.
    ///
    /// # Errors
    /// No such link; a type or filter that cannot be read. Nothing is changed then.
    pub fn update_link(&mut self, change: LinkChange, ctx: &Ctx<'_>) -> Result<&Link, Error> {
        let resource_types = resource_types(&change.resource_types)?;
        let log_groups = log_group_filter(change.log_group_filter.as_deref(), &resource_types)?;
        let metrics = metric_filter(change.metric_filter.as_deref(), &resource_types)?;
        let link = self
            .links
            .get_mut(&change.arn)
            .filter(|link| link.source == *ctx.scope);
        let link = link.ok_or(Error::NoSuchLink(change.arn))?;
        link.resource_types = resource_types;
        // A filter goes with the type that it filters.
        if change.log_group_filter.is_some() || !link.shares(ResourceType::LogGroup) {
            link.log_groups = log_groups;
        }
        if change.metric_filter.is_some() || !link.shares(ResourceType::Metric) {
            link.metrics = metrics;
        }
        Ok(link)
    }

    /// Cuts a link, from its source account.
    ///
    /// # Errors
    /// No such link.
    pub fn delete_link(&mut self, arn: &str, ctx: &Ctx<'_>) -> Result<(), Error> {
        self.own_link(arn, ctx.scope)?;
        self.links.remove(arn);
        Ok(())
    }

    /// The tags of the caller's sink or link.
    ///
    /// # Errors
    /// Neither has this ARN.
    pub fn tags(&self, arn: &str, scope: &Scope) -> Result<&BTreeMap<String, String>, Error> {
        if let Ok(sink) = self.own_sink(arn, scope) {
            return Ok(&sink.tags);
        }
        let link = self
            .own_link(arn, scope)
            .map_err(|_| Error::NoSuchResource(arn.to_owned()))?;
        Ok(&link.tags)
    }

    /// Adds tags, replacing those of the same key.
    ///
    /// # Errors
    /// No such sink or link; more than fifty tags. Nothing is changed then.
    pub fn tag(
        &mut self,
        arn: &str,
        tags: BTreeMap<String, String>,
        ctx: &Ctx<'_>,
    ) -> Result<(), Error> {
        let mut all = self.tags(arn, ctx.scope)?.clone();
        all.extend(tags);
        if all.len() > TAGS_MAX {
            return Err(Error::TooManyTags(all.len()));
        }
        self.set_tags(arn, all, ctx)
    }

    /// Takes tags away; a key that is not there is no error.
    ///
    /// # Errors
    /// No such sink or link.
    pub fn untag(&mut self, arn: &str, keys: &[String], ctx: &Ctx<'_>) -> Result<(), Error> {
        let mut all = self.tags(arn, ctx.scope)?.clone();
        all.retain(|key, _| !keys.contains(key));
        self.set_tags(arn, all, ctx)
    }

    fn set_tags(
        &mut self,
        arn: &str,
        tags: BTreeMap<String, String>,
        ctx: &Ctx<'_>,
    ) -> Result<(), Error> {
        if let Some(link) = self.links.get_mut(arn) {
            link.tags = tags;
            return Ok(());
        }
        self.own_sink_mut(arn, ctx.scope)?.tags = tags;
        Ok(())
    }

    /// The link through which `monitoring` sees things of this type in the account `source`, in
    /// the same Region. Whether its filter shares a certain thing is for the link to say:
    /// [`Link::shares_log_group`], [`Link::shares_namespace`].
    pub fn linked(
        &self,
        monitoring: &Scope,
        source: &AccountId,
        kind: ResourceType,
    ) -> Option<&Link> {
        self.sources(monitoring, kind)
            .find(|link| link.source.account == *source)
    }

    /// The links through which `monitoring` sees things of this type, by ARN.
    pub fn sources<'a>(
        &'a self,
        monitoring: &Scope,
        kind: ResourceType,
    ) -> impl Iterator<Item = &'a Link> + use<'a> {
        let sink = self.sinks.get(monitoring).map(|sink| sink.arn.as_str());
        let links = self.links.values();
        links.filter(move |link| Some(link.sink_arn.as_str()) == sink && link.shares(kind))
    }
}

/// Account and Region of a sink's ARN.
///
/// # Errors
/// The text is no ARN of a sink.
pub fn sink_scope(arn: &str) -> Result<Scope, Error> {
    resource_scope(arn, "sink/")
        .ok_or_else(|| Error::Parameter(format!("`{arn}` is not the ARN of a sink")))
}

/// Account and Region of a link's ARN.
///
/// # Errors
/// The text is no ARN of a link.
pub fn link_scope(arn: &str) -> Result<Scope, Error> {
    resource_scope(arn, "link/")
        .ok_or_else(|| Error::Parameter(format!("`{arn}` is not the ARN of a link")))
}

fn resource_scope(arn: &str, prefix: &str) -> Option<Scope> {
    let mut parts = arn.splitn(6, ':');
    let (Some("arn"), Some(_), Some("oam")) = (parts.next(), parts.next(), parts.next()) else {
        return None;
    };
    let region = parts.next()?.parse().ok()?;
    let account = parts.next()?.parse().ok()?;
    let id = parts.next()?.strip_prefix(prefix)?;
    (!id.is_empty()).then(|| Scope::new(account, region))
}

fn resource_types(names: &[String]) -> Result<Vec<ResourceType>, Error> {
    let mut types = Vec::new();
    for name in names {
        let kind = name.parse()?;
        if !types.contains(&kind) {
            types.push(kind);
        }
    }
    Ok(types)
}

fn log_group_filter(text: Option<&str>, types: &[ResourceType]) -> Result<Option<Filter>, Error> {
    filter(
        "LogGroupConfiguration",
        "LogGroupName",
        ResourceType::LogGroup,
        text,
        types,
    )
}

fn metric_filter(text: Option<&str>, types: &[ResourceType]) -> Result<Option<Filter>, Error> {
    filter(
        "MetricConfiguration",
        "Namespace",
        ResourceType::Metric,
        text,
        types,
    )
}

/// `None` and `*` share everything.
fn filter(
    configuration: &'static str,
    term: &str,
    kind: ResourceType,
    text: Option<&str>,
    types: &[ResourceType],
) -> Result<Option<Filter>, Error> {
    let Some(text) = text.filter(|text| *text != "*") else {
        return Ok(None);
    };
    if !types.contains(&kind) {
        return Err(Error::FilterWithoutType {
            configuration,
            needs: kind.as_str(),
        });
    }
    Filter::parse(term, text)
        .map(Some)
        .map_err(|problem| Error::Filter {
            configuration,
            problem,
        })
}

/// The label that a template stands for. An account outside any organization has no name and no
/// address here: its id stands for both (`unverified`; in GovCloud that is documented).
fn label(template: &str, ctx: &Ctx<'_>) -> String {
    let (name, email) = match ctx.shared.account(&ctx.scope.account) {
        Some(account) => (account.name.clone(), account.email.clone()),
        None => (ctx.scope.account.to_string(), ctx.scope.account.to_string()),
    };
    let local = email.split('@').next().unwrap_or(&email);
    // The longer names first: `$AccountEmail` begins `$AccountEmailNoDomain`.
    template
        .replace("$AccountEmailNoDomain", local)
        .replace("$AccountEmail", &email)
        .replace("$AccountName", &name)
}
