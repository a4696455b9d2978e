//! The rules: names are unique in an account and Region until the recovery window has ended.

use std::collections::BTreeMap;

use authlab_kernel::{Scope, SignedDuration, Timestamp};

use super::error::Error;
use super::filter::Filter;
use super::identifier::{self, Identifier};
use super::policy;
use super::secret::{CURRENT, Content, Deletion, Entry, is_default_key};
use crate::shared::Ctx;
use crate::shared::principal::rename_in_policy;

/// The most tags of a secret.
const TAGS_MAX: usize = 50;

/// How long a recovery window is when nothing is asked for, in days.
const WINDOW_DEFAULT_DAYS: i64 = 30;

/// What CreateSecret is told.
#[derive(Clone, Debug, Default)]
pub struct NewSecret {
    /// The name.
    pub name: String,
    /// What it is for.
    pub description: Option<String>,
    /// The key; `None` is the account's default key.
    pub kms_key_id: Option<String>,
    /// Its type.
    pub kind: Option<String>,
    /// Its tags.
    pub tags: BTreeMap<String, String>,
    /// The id of its first version.
    pub token: Option<String>,
    /// What its first version holds; `None` makes no version.
    pub content: Option<Content>,
}

/// What PutSecretValue is told.
#[derive(Clone, Debug)]
pub struct NewVersion {
    /// The new version's id.
    pub token: Option<String>,
    /// What it holds.
    pub content: Content,
    /// Its labels; `None` makes it the current one.
    pub stages: Option<Vec<String>>,
    /// What a rotation function was given to show that the secret's rotation asks.
    pub rotation_token: Option<String>,
}

/// What UpdateSecret changes; `None` leaves a thing as it is.
#[derive(Clone, Debug, Default)]
pub struct Change {
    /// What it is for.
    pub description: Option<String>,
    /// The key.
    pub kms_key_id: Option<String>,
    /// Whether the versions that have labels go under the new key.
    pub re_encrypts: bool,
    /// The type.
    pub kind: Option<String>,
    /// The id of the new version.
    pub token: Option<String>,
    /// What the new current version holds.
    pub content: Option<Content>,
}

/// What a backend says of a secret that it keeps: all that a decision needs, and no content.
#[derive(Clone, Debug, Default)]
pub struct Learned {
    /// Its ARN.
    pub arn: String,
    /// Its name.
    pub name: String,
    /// Its key.
    pub kms_key_id: Option<String>,
    /// Its tags.
    pub tags: BTreeMap<String, String>,
    /// The text of its policy.
    pub policy_text: Option<String>,
}

/// What DeleteSecret answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deleted {
    /// The ARN, where it is known.
    pub arn: Option<String>,
    /// The name.
    pub name: String,
    /// When the secret is gone.
    pub due: Timestamp,
}

/// All secrets of a lab, by account and Region, then by name.
#[derive(Default)]
pub struct State {
    pub(super) secrets: BTreeMap<Scope, BTreeMap<String, Entry>>,
}

impl State {
    /// A user or role that resource policies name has another name now: see
    /// [`crate::shared::principal`].
    pub fn rename_principal(&mut self, from: &str, to: &str) {
        for entry in self.secrets.values_mut().flat_map(BTreeMap::values_mut) {
            if let Some(policy) = &mut entry.policy {
                rename_in_policy(policy, entry.policy_text.as_mut(), from, to);
            }
        }
    }

    /// The secret that a caller in `call` means by `id`, also one in its recovery window.
    pub fn find(&self, id: &str, call: &Scope, now: Timestamp) -> Option<&Entry> {
        let identifier = Identifier::parse(id);
        let scope = identifier.scope(call);
        let is_own = scope.account == call.account;
        let mut entries = self.secrets.get(&scope)?.values();
        entries
            .find(|entry| !entry.is_gone(now) && identifier.names(&entry.name, &entry.arn, is_own))
    }

    /// The secrets of an account and Region.
    pub(super) fn entries(&self, scope: &Scope) -> impl Iterator<Item = &Entry> {
        self.secrets
            .get(scope)
            .into_iter()
            .flat_map(BTreeMap::values)
    }

    /// The secret of this ARN.
    pub(super) fn entry_mut(&mut self, scope: &Scope, arn: &str) -> Option<&mut Entry> {
        let mut entries = self.secrets.get_mut(scope)?.values_mut();
        entries.find(|entry| entry.arn == arn)
    }

    /// The same, to describe.
    ///
    /// # Errors
    /// There is none.
    pub fn get(&self, id: &str, ctx: &Ctx<'_>) -> Result<&Entry, Error> {
        self.find(id, ctx.scope, ctx.now).ok_or(Error::NoSuchSecret)
    }

    /// The same, to use.
    ///
    /// # Errors
    /// There is none, or it is in its recovery window.
    pub fn usable(&self, id: &str, ctx: &Ctx<'_>) -> Result<&Entry, Error> {
        let entry = self.get(id, ctx)?;
        match entry.deletion {
            Some(_) => Err(Error::MarkedForDeletion),
            None => Ok(entry),
        }
    }

    fn get_mut(&mut self, id: &str, ctx: &Ctx<'_>) -> Result<&mut Entry, Error> {
        let identifier = Identifier::parse(id);
        let scope = identifier.scope(ctx.scope);
        let is_own = scope.account == ctx.scope.account;
        let mut entries = self
            .secrets
            .get_mut(&scope)
            .into_iter()
            .flat_map(BTreeMap::values_mut);
        let found = entries.find(|entry| {
            !entry.is_gone(ctx.now) && identifier.names(&entry.name, &entry.arn, is_own)
        });
        found.ok_or(Error::NoSuchSecret)
    }

    pub(super) fn usable_mut(&mut self, id: &str, ctx: &Ctx<'_>) -> Result<&mut Entry, Error> {
        self.usable(id, ctx)?;
        self.get_mut(id, ctx)
    }

    /// Whether the caller may open what the secret's key encrypts: the default key opens nothing
    /// for another account. A secret that is not there is for others to refuse.
    ///
    /// # Errors
    /// It may not.
    pub fn check_key(&self, id: &str, call: &Scope, now: Timestamp) -> Result<(), Error> {
        let is_own = Identifier::parse(id).scope(call).account == call.account;
        match self.find(id, call, now) {
            Some(entry) if !is_own && entry.has_default_key() => Err(Error::DefaultKey),
            _ => Ok(()),
        }
    }

    /// Makes a secret; a second request with the same token and content finds the first one's.
    /// The id is that of the version that was made.
    ///
    /// # Errors
    /// A name that is taken, scheduled for deletion or none; too many tags.
    pub fn create(
        &mut self,
        new: NewSecret,
        ctx: &Ctx<'_>,
    ) -> Result<(&Entry, Option<String>), Error> {
        check_name(&new.name)?;
        if new.tags.len() > TAGS_MAX {
            return Err(Error::TooManyTags(new.tags.len()));
        }
        if let Some(existing) = self.find(&new.name, ctx.scope, ctx.now) {
            let version = repeated(existing, &new)?;
            return self.get(&new.name, ctx).map(|entry| (entry, Some(version)));
        }
        let arn = new_arn(&new.name, ctx);
        let mut entry = Entry::new(arn, new.name.clone(), ctx.now);
        entry.description = new.description.filter(|text| !text.is_empty());
        entry.kms_key_id = new.kms_key_id.filter(|key| !is_default_key(key));
        entry.kind = new.kind;
        entry.was_tagged = !new.tags.is_empty();
        entry.tags = new.tags;
        let version = match new.content {
            Some(content) => {
                let id = version_id(new.token, &entry.arn, ctx);
                entry.add(id.clone(), Some(content), &[CURRENT.to_owned()], ctx.now)?;
                Some(id)
            }
            None => None,
        };
        let entries = self.secrets.entry(ctx.scope.clone()).or_default();
        // What had the name before is gone by now.
        entries.insert(new.name.clone(), entry);
        Ok((self.get(&new.name, ctx)?, version))
    }

    /// Adds a version; a second request with the same token and content adds none. The id is the
    /// version's.
    ///
    /// # Errors
    /// No such secret, a token that made another content, too many labels.
    pub fn put(
        &mut self,
        id: &str,
        new: NewVersion,
        ctx: &Ctx<'_>,
    ) -> Result<(&Entry, String), Error> {
        self.check_key(id, ctx.scope, ctx.now)?;
        let entry = self.usable_mut(id, ctx)?;
        if let Some(token) = &new.rotation_token {
            let under_way = entry.under_way();
            if !under_way.is_some_and(|rotation| rotation.token.matches(token)) {
                return Err(Error::RotationToken);
            }
        }
        let version = version_id(new.token, &entry.arn, ctx);
        if !is_repeated(entry, &version, &new.content)? {
            let mut stages = new.stages.unwrap_or_else(|| vec![CURRENT.to_owned()]);
            // The first version is always the current one (API reference, `PutSecretValue`).
            if entry.staged(CURRENT).is_none() && !stages.iter().any(|stage| stage == CURRENT) {
                stages.push(CURRENT.to_owned());
            }
            entry.add(version.clone(), Some(new.content), &stages, ctx.now)?;
            entry.rotated_by_hand(&version, ctx.now);
        }
        Ok((entry, version))
    }

    /// Changes a secret, and its current version where a content is given, whose id is answered.
    ///
    /// # Errors
    /// No such secret, a token that made another content.
    pub fn update(
        &mut self,
        id: &str,
        change: Change,
        ctx: &Ctx<'_>,
    ) -> Result<(&Entry, Option<String>), Error> {
        if change.content.is_some() {
            self.check_key(id, ctx.scope, ctx.now)?;
        }
        let entry = self.usable_mut(id, ctx)?;
        if let Some(key) = change.kms_key_id {
            entry.kms_key_id = Some(key).filter(|key| !is_default_key(key));
            if change.re_encrypts {
                entry.re_encrypt();
            }
        }
        let version = match change.content {
            Some(content) => {
                let version = version_id(change.token, &entry.arn, ctx);
                if !is_repeated(entry, &version, &content)? {
                    entry.add(
                        version.clone(),
                        Some(content),
                        &[CURRENT.to_owned()],
                        ctx.now,
                    )?;
                    entry.rotated_by_hand(&version, ctx.now);
                }
                Some(version)
            }
            None => None,
        };
        let description = change.description.or(entry.description.take());
        entry.description = description.filter(|text| !text.is_empty());
        entry.kind = change.kind.or(entry.kind.take());
        entry.changed = ctx.now;
        Ok((entry, version))
    }

    /// Reads a version; the day is remembered.
    ///
    /// # Errors
    /// No such secret or version, the default key of another account.
    pub fn read(
        &mut self,
        id: &str,
        version: Option<&str>,
        stage: Option<&str>,
        ctx: &Ctx<'_>,
    ) -> Result<(&Entry, String), Error> {
        let is_own = Identifier::parse(id).scope(ctx.scope).account == ctx.scope.account;
        let entry = self.usable_mut(id, ctx)?;
        let selected = entry.select(version, stage)?;
        if !is_own && selected.has_default_key() {
            return Err(Error::DefaultKey);
        }
        let version = selected.id.clone();
        entry.read(&version, ctx.now);
        Ok((entry, version))
    }

    /// Moves or takes away a staging label.
    ///
    /// # Errors
    /// No such secret; see [`Entry`]'s labels.
    pub fn restage(
        &mut self,
        id: &str,
        stage: &str,
        from: Option<&str>,
        to: Option<&str>,
        ctx: &Ctx<'_>,
    ) -> Result<&Entry, Error> {
        let entry = self.usable_mut(id, ctx)?;
        entry.restage(stage, from, to, ctx.now)?;
        Ok(entry)
    }

    /// Schedules a deletion, or deletes at once. A forced deletion of what is not there succeeds
    /// (API reference, `DeleteSecret`).
    ///
    /// # Errors
    /// No such secret, one that is scheduled already, a window outside 7 to 30 days.
    pub fn delete(
        &mut self,
        id: &str,
        window_days: Option<i64>,
        is_forced: bool,
        ctx: &Ctx<'_>,
    ) -> Result<Deleted, Error> {
        match window_days {
            Some(days) if !(7..=30).contains(&days) => return Err(Error::RecoveryWindow),
            Some(_) if is_forced => return Err(Error::ForceWithWindow),
            _ => {}
        }
        if is_forced {
            return Ok(self.delete_now(id, ctx));
        }
        let days = window_days.unwrap_or(WINDOW_DEFAULT_DAYS);
        let entry = self.usable_mut(id, ctx)?;
        let due = ctx.now.checked_add(SignedDuration::from_hours(24 * days));
        let due = due.map_err(|error| Error::Parameter(error.to_string()))?;
        entry.deletion = Some(Deletion { due });
        Ok(Deleted {
            arn: Some(entry.arn.clone()),
            name: entry.name.clone(),
            due,
        })
    }

    fn delete_now(&mut self, id: &str, ctx: &Ctx<'_>) -> Deleted {
        let identifier = Identifier::parse(id);
        let Ok(entry) = self.get(id, ctx) else {
            // AWS answers with an ARN also for what was never there (recorded).
            let arn = match &identifier {
                Identifier::Arn { .. } => id.to_owned(),
                Identifier::Name(name) => new_arn(name, ctx),
            };
            return Deleted {
                arn: Some(arn),
                name: id.to_owned(),
                due: ctx.now,
            };
        };
        let deleted = Deleted {
            arn: Some(entry.arn.clone()),
            name: entry.name.clone(),
            due: ctx.now,
        };
        if let Some(entries) = self.secrets.get_mut(&identifier.scope(ctx.scope)) {
            entries.remove(&deleted.name);
        }
        deleted
    }

    /// Takes back a scheduled deletion; a secret without one stays as it is.
    ///
    /// # Errors
    /// No such secret, or its window has ended.
    pub fn restore(&mut self, id: &str, ctx: &Ctx<'_>) -> Result<&Entry, Error> {
        let entry = self.get_mut(id, ctx)?;
        entry.deletion = None;
        Ok(entry)
    }

    /// The secrets of the caller's account and Region that fit all filters, in the order of their
    /// making.
    pub fn list(&self, filters: &[Filter], with_deleted: bool, ctx: &Ctx<'_>) -> Vec<&Entry> {
        let region = ctx.scope.region.as_str();
        let entries = self.entries(ctx.scope);
        let mut found: Vec<&Entry> = entries
            .filter(|entry| !entry.is_gone(ctx.now) && (with_deleted || entry.deletion.is_none()))
            .filter(|entry| filters.iter().all(|filter| filter.fits(entry, region)))
            .collect();
        found.sort_by_key(|entry| entry.created);
        found
    }

    /// Adds tags, replacing those of the same key.
    ///
    /// # Errors
    /// No such secret; more than fifty tags. Nothing is changed then.
    pub fn tag(
        &mut self,
        id: &str,
        tags: BTreeMap<String, String>,
        ctx: &Ctx<'_>,
    ) -> Result<(), Error> {
        let entry = self.usable_mut(id, ctx)?;
        let new = tags
            .keys()
            .filter(|key| !entry.tags.contains_key(*key))
            .count();
        if entry.tags.len() + new > TAGS_MAX {
            return Err(Error::TooManyTags(entry.tags.len() + new));
        }
        entry.was_tagged |= !tags.is_empty();
        entry.tags.extend(tags);
        entry.changed = ctx.now;
        Ok(())
    }

    /// Takes tags away; a key that is not there is no error.
    ///
    /// # Errors
    /// No such secret.
    pub fn untag(&mut self, id: &str, keys: &[String], ctx: &Ctx<'_>) -> Result<(), Error> {
        let entry = self.usable_mut(id, ctx)?;
        entry.tags.retain(|key, _| !keys.contains(key));
        entry.changed = ctx.now;
        Ok(())
    }

    /// States who may use the secret beside its account's own policies.
    ///
    /// # Errors
    /// No such secret; no policy of a secret; one that lets everybody in where that is blocked.
    pub fn put_policy(
        &mut self,
        id: &str,
        text: String,
        is_public_blocked: bool,
        ctx: &Ctx<'_>,
    ) -> Result<&Entry, Error> {
        let entry = self.usable_mut(id, ctx)?;
        let read = policy::read(&entry.arn, &text, ctx)?;
        if is_public_blocked && policy::is_public(read.document.source()) {
            return Err(Error::PublicPolicy);
        }
        entry.policy = Some(read);
        entry.policy_text = Some(text);
        Ok(entry)
    }

    /// Takes the policy away; none is no error.
    ///
    /// # Errors
    /// No such secret.
    pub fn delete_policy(&mut self, id: &str, ctx: &Ctx<'_>) -> Result<&Entry, Error> {
        let entry = self.usable_mut(id, ctx)?;
        (entry.policy, entry.policy_text) = (None, None);
        Ok(entry)
    }

    /// Remembers what a backend says of the secret that a caller means by `id`, in place of what
    /// was known: `None` says that there is no such secret. No content is learned.
    ///
    /// # Errors
    /// A policy that cannot be read: nothing can be decided then.
    pub fn learn(
        &mut self,
        id: &str,
        call: &Scope,
        learned: Option<Learned>,
        now: Timestamp,
    ) -> Result<(), Error> {
        let identifier = Identifier::parse(id);
        let scope = identifier.scope(call);
        let is_own = scope.account == call.account;
        let entries = self.secrets.entry(scope).or_default();
        entries.retain(|_, entry| !identifier.names(&entry.name, &entry.arn, is_own));
        let Some(learned) = learned else {
            return Ok(());
        };
        let policy = learned
            .policy_text
            .as_deref()
            .map(|text| policy::read_stored(&learned.arn, text));
        let mut entry = Entry::new(learned.arn, learned.name.clone(), now);
        entry.policy = policy.transpose()?;
        entry.policy_text = learned.policy_text;
        entry.kms_key_id = learned.kms_key_id;
        entry.was_tagged = !learned.tags.is_empty();
        entry.tags = learned.tags;
        entries.insert(learned.name, entry);
        Ok(())
    }
}

/// The version of an earlier CreateSecret that this one repeats.
fn repeated(existing: &Entry, new: &NewSecret) -> Result<String, Error> {
    if existing.deletion.is_some() {
        return Err(Error::NameScheduledForDeletion);
    }
    if let (Some(token), Some(content)) = (&new.token, &new.content)
        && is_repeated(existing, token, content)?
    {
        return Ok(token.clone());
    }
    Err(Error::SecretExists(new.name.clone()))
}

/// Whether the secret has this version already, with this content.
fn is_repeated(entry: &Entry, version: &str, content: &Content) -> Result<bool, Error> {
    let Some(existing) = entry.version(version) else {
        return Ok(false);
    };
    match &existing.content {
        None => Ok(false),
        Some(existing) if existing.matches(content) => Ok(true),
        Some(_) => Err(Error::TokenInUse {
            token: version.to_owned(),
            arn: entry.arn.clone(),
        }),
    }
}

fn version_id(token: Option<String>, arn: &str, ctx: &Ctx<'_>) -> String {
    token.unwrap_or_else(|| ctx.ids.draw("secret-version", "", arn).uuid())
}

fn check_name(name: &str) -> Result<(), Error> {
    if identifier::is_name(name) {
        Ok(())
    } else {
        Err(Error::Name)
    }
}

/// The ARN of a secret that is about to be made.
fn new_arn(name: &str, ctx: &Ctx<'_>) -> String {
    let place = ctx.scope.to_string();
    let suffix = ctx.ids.draw("secret-suffix", &place, name).base62(6);
    ctx.scope
        .arn("secretsmanager", &format!("secret:{name}-{suffix}"))
}

/// The ARN that a decision about `id` is made on, whether the secret is there or not.
pub(super) fn arn_or_unknown(entry: Option<&Entry>, id: &str, call: &Scope) -> String {
    match entry {
        Some(entry) => entry.arn.clone(),
        None => Identifier::parse(id).unknown_arn(call),
    }
}

/// The ARN that a decision about the making of a secret is made on.
pub(super) fn arn_to_be(name: &str, call: &Scope) -> String {
    identifier::unknown_arn(call, name)
}
