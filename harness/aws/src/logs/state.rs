//! The rules: groups, streams, and what is written to them.

use std::collections::BTreeMap;

use authlab_kernel::{AccountId, Scope, Timestamp};
use serde_json::Value;

use super::error::Error;
use super::group::{DAY_MS, EVENT_OVERHEAD_BYTES, Group, Stream, group_arn};
use crate::shared::principal::rename_in_text;
use crate::shared::{Ctx, ResourceType};

/// The numbers of days that PutRetentionPolicy takes (CloudWatch Logs API reference).
const RETENTIONS_DAYS: [i64; 22] = [
    1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922,
    3288, 3653,
];

/// The largest batch of PutLogEvents, in bytes.
const BATCH_BYTES_MAX: usize = 1_048_576;

/// How far in the future an event may lie, in milliseconds.
const FUTURE_MAX_MS: i64 = 2 * 60 * 60 * 1000;

/// How far in the past an event may lie, in milliseconds.
const PAST_MAX_MS: i64 = 14 * DAY_MS;

/// The most resource policies of an account and Region.
const POLICIES_MAX: usize = 10;

/// The longest resource policy of an account, in characters (CloudWatch Logs user guide,
/// `AWS-logs-infrastructure-CWL`; the model allows more, for policies of single groups).
pub(super) const POLICY_CHARACTERS_MAX: usize = 5120;

/// The most tags of a group.
const TAGS_MAX: usize = 50;

/// What a new group is to be.
#[derive(Clone, Debug, Default)]
pub struct NewGroup {
    /// Its name.
    pub name: String,
    /// Its class; `STANDARD` when absent.
    pub class: Option<String>,
    /// A KMS key's ARN.
    pub kms_key_id: Option<String>,
    /// Its tags.
    pub tags: BTreeMap<String, String>,
    /// Whether it cannot be deleted.
    pub is_protected: bool,
}

/// A policy that lets services write, as it was put.
#[derive(Clone, Debug)]
pub struct ResourcePolicy {
    /// The text.
    pub text: String,
    /// When it was put.
    pub updated: Timestamp,
}

/// The events of a batch that were not taken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rejected {
    /// From here on (inclusive) they lie too far in the future.
    pub too_new_start: Option<usize>,
    /// Up to here (exclusive) they lie too far in the past.
    pub too_old_end: Option<usize>,
    /// Up to here (exclusive) they are older than the group's retention.
    pub expired_end: Option<usize>,
}

impl Rejected {
    fn takes(&self, index: usize) -> bool {
        self.too_new_start.is_none_or(|start| index < start)
            && self.too_old_end.is_none_or(|end| index >= end)
            && self.expired_end.is_none_or(|end| index >= end)
    }
}

/// A group as a caller names it: by name, or by the ARN of a group in another account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// Where, when an ARN said so.
    pub scope: Option<Scope>,
    /// The group's name.
    pub name: String,
}

impl Target {
    /// Reads the two members of which a request gives one.
    ///
    /// # Errors
    /// Both, none, or an ARN that names no log group.
    pub fn new(name: Option<&str>, identifier: Option<&str>) -> Result<Self, Error> {
        match (name, identifier) {
            (Some(name), None) => Ok(Self {
                scope: None,
                name: name.to_owned(),
            }),
            (None, Some(identifier)) => Self::identified(identifier),
            (Some(_), Some(_)) => Err(Error::NameAndArn),
            (None, None) => Err(Error::Parameter(
                "give one of `logGroupName` and `logGroupIdentifier`".to_owned(),
            )),
        }
    }

    /// Reads a name or an ARN.
    ///
    /// # Errors
    /// An ARN that names no log group.
    pub fn identified(identifier: &str) -> Result<Self, Error> {
        if !identifier.starts_with("arn:") {
            return Ok(Self {
                scope: None,
                name: identifier.to_owned(),
            });
        }
        arn_parts(identifier)
            .map(|(scope, name)| Self {
                scope: Some(scope),
                name,
            })
            .ok_or_else(|| Error::Parameter(format!("`{identifier}` is no ARN of a log group")))
    }

    /// The ARN of the group, for a caller in `own`.
    pub fn arn(&self, own: &Scope) -> String {
        group_arn(self.scope.as_ref().unwrap_or(own), &self.name)
    }
}

/// `arn:aws:logs:R:A:log-group:NAME`, with or without a trailing `:*`.
fn arn_parts(arn: &str) -> Option<(Scope, String)> {
    let mut parts = arn.split(':');
    let (Some("arn"), Some(_), Some("logs")) = (parts.next(), parts.next(), parts.next()) else {
        return None;
    };
    let region = parts.next()?.parse().ok()?;
    let account: AccountId = parts.next()?.parse().ok()?;
    let (Some("log-group"), Some(name)) = (parts.next(), parts.next()) else {
        return None;
    };
    let is_whole = matches!((parts.next(), parts.next()), (None | Some("*"), None));
    (is_whole && !name.is_empty()).then(|| (Scope::new(account, region), name.to_owned()))
}

/// All log groups of a lab.
#[derive(Default)]
pub struct State {
    groups: BTreeMap<Scope, BTreeMap<String, Group>>,
    policies: BTreeMap<Scope, BTreeMap<String, ResourcePolicy>>,
}

impl State {
    /// A user or role that resource policies name has another name now: see
    /// [`crate::shared::principal`].
    pub fn rename_principal(&mut self, from: &str, to: &str) {
        for policy in self.policies.values_mut().flat_map(BTreeMap::values_mut) {
            rename_in_text(&mut policy.text, from, to);
        }
    }

    /// Makes a group.
    ///
    /// # Errors
    /// The account has one of this name in this Region.
    pub fn create_group(&mut self, new: NewGroup, ctx: &Ctx<'_>) -> Result<(), Error> {
        let groups = self.groups.entry(ctx.scope.clone()).or_default();
        if groups.contains_key(&new.name) {
            return Err(Error::GroupExists);
        }
        let mut group = Group::new(ctx.scope, &new.name, ctx.now);
        group.class = new.class.unwrap_or(group.class);
        group.kms_key_id = new.kms_key_id;
        group.tags = new.tags;
        group.is_protected = new.is_protected;
        groups.insert(new.name, group);
        Ok(())
    }

    /// Takes a group and its events away.
    ///
    /// # Errors
    /// No such group, or one that is protected.
    pub fn delete_group(&mut self, name: &str, ctx: &Ctx<'_>) -> Result<(), Error> {
        if self.own_group(name, ctx)?.is_protected {
            return Err(Error::Protected);
        }
        let groups = self.groups.get_mut(ctx.scope);
        groups
            .and_then(|groups| groups.remove(name))
            .map(drop)
            .ok_or(Error::NoSuchGroup)
    }

    /// A group of an account and Region.
    pub fn group(&self, scope: &Scope, name: &str) -> Option<&Group> {
        self.groups.get(scope)?.get(name)
    }

    /// The groups of an account and Region, by name.
    pub fn groups(&self, scope: &Scope) -> impl Iterator<Item = &Group> {
        self.groups
            .get(scope)
            .into_iter()
            .flat_map(BTreeMap::values)
    }

    pub(super) fn own_group(&mut self, name: &str, ctx: &Ctx<'_>) -> Result<&mut Group, Error> {
        let groups = self.groups.get_mut(ctx.scope);
        groups
            .and_then(|groups| groups.get_mut(name))
            .ok_or(Error::NoSuchGroup)
    }

    /// The group that a caller may read: an own one, or one that a link shares.
    ///
    /// # Errors
    /// There is none, or it is not shared; the caller cannot tell which.
    pub fn readable(&self, target: &Target, ctx: &Ctx<'_>) -> Result<&Group, Error> {
        let scope = target.scope.as_ref().unwrap_or(ctx.scope);
        if scope != ctx.scope {
            let is_here = scope.region == ctx.scope.region;
            let oam = &ctx.shared.oam;
            let link = oam.linked(ctx.scope, &scope.account, ResourceType::LogGroup);
            if !link.is_some_and(|link| is_here && link.shares_log_group(&target.name)) {
                return Err(Error::NoSuchGroup);
            }
        }
        self.group(scope, &target.name).ok_or(Error::NoSuchGroup)
    }

    /// The groups that a caller sees: the own ones and, when asked, those that links share; of
    /// these accounts only, when there are any. Sorted by name, then by account.
    pub fn visible(&self, linked: bool, accounts: &[AccountId], ctx: &Ctx<'_>) -> Vec<&Group> {
        let wanted =
            |account: &AccountId| !linked || accounts.is_empty() || accounts.contains(account);
        let mut groups: Vec<&Group> = Vec::new();
        if wanted(&ctx.scope.account) {
            groups.extend(self.groups(ctx.scope));
        }
        if linked {
            for link in ctx.shared.oam.sources(ctx.scope, ResourceType::LogGroup) {
                if wanted(&link.source.account) {
                    let shared = self.groups(&link.source);
                    groups.extend(shared.filter(|group| link.shares_log_group(&group.name)));
                }
            }
        }
        groups.sort_by(|a, b| (&a.name, &a.scope).cmp(&(&b.name, &b.scope)));
        groups
    }

    /// States how long a group keeps its events; `None` is for ever.
    ///
    /// # Errors
    /// No such group, or a number of days that the service does not take.
    pub fn set_retention(
        &mut self,
        name: &str,
        retention_days: Option<i64>,
        ctx: &Ctx<'_>,
    ) -> Result<(), Error> {
        if let Some(days) = retention_days.filter(|days| !RETENTIONS_DAYS.contains(days)) {
            return Err(Error::Retention(days));
        }
        self.own_group(name, ctx)?.retention_days = retention_days;
        Ok(())
    }

    /// Gives a group a key, or takes it away.
    ///
    /// # Errors
    /// The caller has no such group.
    pub fn set_key(&mut self, name: &str, key: Option<String>, ctx: &Ctx<'_>) -> Result<(), Error> {
        self.own_group(name, ctx)?.kms_key_id = key;
        Ok(())
    }

    /// States whether a group can be deleted.
    ///
    /// # Errors
    /// The caller has no such group.
    pub fn protect(
        &mut self,
        target: &Target,
        is_protected: bool,
        ctx: &Ctx<'_>,
    ) -> Result<(), Error> {
        if target
            .scope
            .as_ref()
            .is_some_and(|scope| scope != ctx.scope)
        {
            return Err(Error::NoSuchGroup);
        }
        self.own_group(&target.name, ctx)?.is_protected = is_protected;
        Ok(())
    }

    /// The tags of the caller's group with this ARN.
    ///
    /// # Errors
    /// No such group.
    pub fn tags_mut(
        &mut self,
        arn: &str,
        ctx: &Ctx<'_>,
    ) -> Result<&mut BTreeMap<String, String>, Error> {
        let (scope, name) = arn_parts(arn).ok_or(Error::NoSuchResource)?;
        if scope != *ctx.scope {
            return Err(Error::NoSuchResource);
        }
        let group = self
            .own_group(&name, ctx)
            .map_err(|_| Error::NoSuchResource)?;
        Ok(&mut group.tags)
    }

    /// Adds tags, replacing those of the same key.
    ///
    /// # Errors
    /// No such group, or too many tags. Nothing is changed then.
    pub fn tag(
        &mut self,
        arn: &str,
        tags: BTreeMap<String, String>,
        ctx: &Ctx<'_>,
    ) -> Result<(), Error> {
        let present = self.tags_mut(arn, ctx)?;
        let mut all = present.clone();
        all.extend(tags);
        if all.len() > TAGS_MAX {
            return Err(Error::TooManyTags(all.len()));
        }
        *present = all;
        Ok(())
    }

    /// Makes a stream.
    ///
    /// # Errors
    /// No such group, or a stream of this name is there.
    pub fn create_stream(&mut self, group: &str, stream: &str, ctx: &Ctx<'_>) -> Result<(), Error> {
        let now = ctx.now;
        let group = self.own_group(group, ctx)?;
        if group.streams.contains_key(stream) {
            return Err(Error::StreamExists);
        }
        group.streams.insert(stream.to_owned(), Stream::new(now));
        Ok(())
    }

    /// Takes a stream and its events away.
    ///
    /// # Errors
    /// No such group or stream.
    pub fn delete_stream(&mut self, group: &str, stream: &str, ctx: &Ctx<'_>) -> Result<(), Error> {
        let group = self.own_group(group, ctx)?;
        group
            .streams
            .remove(stream)
            .map(drop)
            .ok_or(Error::NoSuchStream)
    }

    /// Writes a batch of events (time in milliseconds, text) to a stream.
    ///
    /// # Errors
    /// No such group or stream; a batch out of order, too long or too large. Nothing is written.
    pub fn put_events(
        &mut self,
        group: &str,
        stream: &str,
        events: Vec<(i64, String)>,
        ctx: &Ctx<'_>,
    ) -> Result<Rejected, Error> {
        let now_ms = ctx.now.as_millisecond();
        let group = self.own_group(group, ctx)?;
        let oldest_kept_ms = group.oldest_kept_ms(ctx.now);
        let stream = group.streams.get_mut(stream).ok_or(Error::NoSuchStream)?;
        check_batch(&events)?;
        let end_of = |oldest_ms: i64| {
            let end = events.partition_point(|(time_ms, _)| *time_ms < oldest_ms);
            (end > 0).then_some(end)
        };
        let start = events.partition_point(|(time_ms, _)| *time_ms <= now_ms + FUTURE_MAX_MS);
        let rejected = Rejected {
            too_new_start: (start < events.len()).then_some(start),
            too_old_end: end_of(now_ms - PAST_MAX_MS),
            expired_end: end_of(oldest_kept_ms),
        };
        for (index, (time_ms, message)) in events.into_iter().enumerate() {
            if rejected.takes(index) {
                stream.push(time_ms, now_ms, message);
            }
        }
        Ok(rejected)
    }

    /// Writes what another service delivers; group and stream are made when they are missing.
    pub fn append(
        &mut self,
        now: Timestamp,
        scope: &Scope,
        group: &str,
        stream: &str,
        events: Vec<(Timestamp, String)>,
    ) {
        let groups = self.groups.entry(scope.clone()).or_default();
        let group = groups
            .entry(group.to_owned())
            .or_insert_with(|| Group::new(scope, group, now));
        let stream = group
            .streams
            .entry(stream.to_owned())
            .or_insert_with(|| Stream::new(now));
        for (time, message) in events {
            stream.push(time.as_millisecond(), now.as_millisecond(), message);
        }
    }

    /// Keeps a policy that lets services write.
    ///
    /// # Errors
    /// No policy, one that is too long, or one too many.
    pub fn put_policy(
        &mut self,
        name: &str,
        text: String,
        ctx: &Ctx<'_>,
    ) -> Result<&ResourcePolicy, Error> {
        let text = stored(&text)?;
        let characters = text.chars().count();
        if characters > POLICY_CHARACTERS_MAX {
            return Err(Error::PolicyTooLong(characters));
        }
        let policies = self.policies.entry(ctx.scope.clone()).or_default();
        if !policies.contains_key(name) && policies.len() >= POLICIES_MAX {
            return Err(Error::TooManyPolicies);
        }
        policies.insert(
            name.to_owned(),
            ResourcePolicy {
                text,
                updated: ctx.now,
            },
        );
        policies
            .get(name)
            .ok_or_else(|| Error::NoSuchPolicy(name.to_owned()))
    }

    /// The policies of an account and Region, by name.
    pub fn policies(&self, scope: &Scope) -> impl Iterator<Item = (&String, &ResourcePolicy)> {
        self.policies.get(scope).into_iter().flatten()
    }

    /// Takes a policy away.
    ///
    /// # Errors
    /// No policy of this name.
    pub fn delete_policy(&mut self, name: &str, ctx: &Ctx<'_>) -> Result<(), Error> {
        let policies = self.policies.get_mut(ctx.scope);
        let removed = policies.and_then(|policies| policies.remove(name));
        removed
            .map(drop)
            .ok_or_else(|| Error::NoSuchPolicy(name.to_owned()))
    }
}

/// A policy as AWS keeps it: rewritten, and otherwise hardly looked at (recorded: a Resource that is
/// no ARN is taken).
///
/// # Errors
/// No JSON object, or one without statements (text unverified).
fn stored(text: &str) -> Result<String, Error> {
    let malformed = |what: &str| Error::Policy(what.to_owned());
    let document: Value =
        serde_json::from_str(text).map_err(|error| malformed(&error.to_string()))?;
    let Value::Object(mut members) = document else {
        return Err(malformed("it is no JSON object"));
    };
    let Some(statements) = members.remove("Statement") else {
        return Err(malformed("it has no `Statement`"));
    };
    let statements = match statements {
        Value::Array(statements) => statements,
        one => vec![one],
    };
    let mut kept = Vec::new();
    for statement in statements {
        let Value::Object(statement) = statement else {
            return Err(malformed("a statement is no JSON object"));
        };
        if !matches!(
            statement.get("Effect").and_then(Value::as_str),
            Some("Allow" | "Deny")
        ) {
            return Err(malformed("a statement has no `Effect`"));
        }
        kept.push(Value::Object(statement.into_iter().map(single).collect()));
    }
    let mut whole = serde_json::Map::new();
    let version = members.remove("Version");
    let version = version.unwrap_or_else(|| Value::from("2008-10-17"));
    whole.insert("Version".to_owned(), version);
    whole.extend(members);
    whole.insert("Statement".to_owned(), Value::Array(kept));
    Ok(Value::Object(whole).to_string())
}

/// Lists of one element become that element, at any depth of a statement.
fn single((name, value): (String, Value)) -> (String, Value) {
    let value = match value {
        Value::Array(mut elements) if elements.len() == 1 => elements.remove(0),
        Value::Object(members) => Value::Object(members.into_iter().map(single).collect()),
        other => other,
    };
    (name, value)
}

/// Order, span and size of a batch (API reference, `PutLogEvents`).
fn check_batch(events: &[(i64, String)]) -> Result<(), Error> {
    if !events.is_sorted_by_key(|(time_ms, _)| *time_ms) {
        return Err(Error::NotChronological);
    }
    if let (Some((first_ms, _)), Some((last_ms, _))) = (events.first(), events.last())
        && last_ms.saturating_sub(*first_ms) > DAY_MS
    {
        return Err(Error::BatchTooLong);
    }
    let bytes = events
        .iter()
        .map(|(_, text)| text.len() + EVENT_OVERHEAD_BYTES)
        .sum::<usize>();
    if bytes > BATCH_BYTES_MAX {
        Err(Error::BatchTooLarge(bytes))
    } else {
        Ok(())
    }
}
