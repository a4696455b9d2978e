//! The rules: keys by account and Region, their aliases and their grants.

use std::collections::BTreeMap;

use authlab_kernel::{Draw, Ids, Scope, SignedDuration, Timestamp};
use authlab_policy::Policy;

use super::cipher::{self, Root};
use super::error::Error;
use super::grant::{Grant, NewGrant};
use super::identifier::{self, ALIAS_PREFIX, AWS_ALIAS_PREFIX, Identifier};
use super::key::{Alias, Deletion, Keeper, Key, Kind, Rotation};
use super::policy;
use crate::operation;
use crate::shared::IamState;

/// What the rules of keys see: who is who.
pub type Ctx<'a> = operation::Ctx<'a, IamState>;
use crate::operation::{Tag, Tags, tag};

/// The most tags of a key.
const TAGS_MAX: usize = 50;

/// The most rotations on demand of a key (API reference, `RotateKeyOnDemand`; the number is K).
const ON_DEMAND_MAX: usize = 10;

/// The services whose own keys the lab knows, and what their descriptions say (`unverified`).
const MANAGED: [(&str, &str); 2] = [
    (
        "lambda",
        "Default key that protects my Lambda functions when no other key is defined",
    ),
    (
        "secretsmanager",
        "Default key that protects my Secrets Manager data when no other key is defined",
    ),
];

/// Keys and aliases of an account in a Region.
#[derive(Default)]
struct Place {
    keys: BTreeMap<String, Key>,
    aliases: BTreeMap<String, Alias>,
}

/// All keys of a lab.
#[derive(Default)]
pub struct State {
    places: BTreeMap<Scope, Place>,
}

impl State {
    /// The key that a caller in `call` means by `text`.
    ///
    /// # Errors
    /// There is none, or the text names none.
    pub fn find(&self, text: &str, call: &Scope, now: Timestamp) -> Result<&Key, Error> {
        match Identifier::parse(text, call)? {
            Identifier::Key(scope, id) => self
                .key(&scope, &id, now)
                .ok_or_else(|| Error::NoSuchKey(identifier::key_arn(&scope, &id))),
            Identifier::Alias(scope, name) => {
                let none = || Error::NoSuchAlias(scope.arn("kms", &name));
                let place = self.places.get(&scope).ok_or_else(none)?;
                let alias = place.aliases.get(&name).ok_or_else(none)?;
                self.key(&scope, &alias.target, now).ok_or_else(none)
            }
        }
    }

    /// The same for operations that take no alias.
    ///
    /// # Errors
    /// As [`State::find`]; an alias.
    pub fn find_key(&self, text: &str, call: &Scope, now: Timestamp) -> Result<&Key, Error> {
        Identifier::parse_key(text, call)?;
        self.find(text, call, now)
    }

    fn key(&self, scope: &Scope, id: &str, now: Timestamp) -> Option<&Key> {
        let key = self.places.get(scope)?.keys.get(id)?;
        (!key.is_gone(now)).then_some(key)
    }

    /// The same key, to change.
    ///
    /// # Errors
    /// As [`State::find`].
    pub(super) fn find_mut(&mut self, text: &str, ctx: &Ctx<'_>) -> Result<&mut Key, Error> {
        let (scope, id) = {
            let key = self.find(text, ctx.scope, ctx.now)?;
            (key.scope.clone(), key.id.clone())
        };
        let missing = Error::NoSuchKey(identifier::key_arn(&scope, &id));
        let place = self.places.get_mut(&scope);
        place
            .and_then(|place| place.keys.get_mut(&id))
            .ok_or(missing)
    }

    /// The key of a Region that made a ciphertext.
    pub(super) fn of_ciphertext(
        &self,
        sealed: &cipher::Sealed<'_>,
        call: &Scope,
        now: Timestamp,
    ) -> Option<&Key> {
        let of_region = self.places.iter();
        of_region
            .filter(|(scope, _)| scope.region == call.region)
            .flat_map(|(_, place)| place.keys.values())
            .find(|key| !key.is_gone(now) && cipher::digest_of(&key.arn) == sealed.key)
    }

    /// The keys of the caller's account and Region, in the order of their ids.
    pub fn keys(&self, ctx: &Ctx<'_>) -> Vec<&Key> {
        let place = self.places.get(ctx.scope).into_iter();
        place
            .flat_map(|place| place.keys.values())
            .filter(|key| !key.is_gone(ctx.now))
            .collect()
    }

    /// The aliases of the caller's account and Region that name keys, by name; of one key, or all.
    pub fn aliases(&self, of: Option<&str>, ctx: &Ctx<'_>) -> Vec<(&str, &Alias)> {
        self.aliases_in(ctx.scope, of, ctx.now)
    }

    /// The same in any place.
    pub(super) fn aliases_in(
        &self,
        scope: &Scope,
        of: Option<&str>,
        now: Timestamp,
    ) -> Vec<(&str, &Alias)> {
        let place = self.places.get(scope).into_iter();
        place
            .flat_map(|place| &place.aliases)
            .filter(|(_, alias)| of.is_none_or(|of| alias.target == of))
            .filter(|(_, alias)| self.key(scope, &alias.target, now).is_some())
            .map(|(name, alias)| (name.as_str(), alias))
            .collect()
    }

    /// Makes a key. The policy is that of its ARN, which does not exist before.
    ///
    /// # Errors
    /// Tags that are none; what `policy` refuses.
    pub(super) fn create(
        &mut self,
        (kind, description): (Kind, String),
        tags: Vec<Tag>,
        policy: impl FnOnce(&str) -> Result<Policy, Error>,
        ctx: &Ctx<'_>,
    ) -> Result<&Key, Error> {
        let tags = tagged(&Tags::new(), tags)?;
        let place = ctx.scope.to_string();
        let id = ctx.ids.draw("kms-key", &place, &description).uuid();
        let root = ctx.ids.draw("kms-key-material", &place, &id).bytes(32);
        let policy = policy(&identifier::key_arn(ctx.scope, &id))?;
        let mut key = Key::new(
            (ctx.scope.clone(), id.clone()),
            Root::of(&root),
            policy,
            Keeper::Customer,
            ctx.now,
        );
        key.kind = kind;
        key.description = description;
        key.tags = tags;
        let keys = &mut self.places.entry(ctx.scope.clone()).or_default().keys;
        Ok(keys.entry(id).or_insert(key))
    }

    /// Takes back a key that was not to be made.
    pub(super) fn forget(&mut self, key: &Key) {
        if let Some(place) = self.places.get_mut(&key.scope) {
            place.keys.remove(&key.id);
        }
    }

    /// AWS's own key for a service, made when it is first needed.
    pub fn ensure_managed(&mut self, alias: &str, scope: &Scope, ids: &Ids, now: Timestamp) {
        let Some(key) = self.managed_to_be(alias, scope, ids, now) else {
            return;
        };
        let place = self.places.entry(scope.clone()).or_default();
        let alias_of_key = Alias {
            target: key.id.clone(),
            created: now,
            updated: now,
        };
        place.aliases.insert(alias.to_owned(), alias_of_key);
        place.keys.insert(key.id.clone(), key);
    }

    /// AWS's own key behind `alias`, where it is not made yet: the same in every lab of a seed.
    pub(super) fn managed_to_be(
        &self,
        alias: &str,
        scope: &Scope,
        ids: &Ids,
        now: Timestamp,
    ) -> Option<Key> {
        let service = alias.strip_prefix(AWS_ALIAS_PREFIX)?;
        let (service, description) = MANAGED.iter().find(|(name, _)| *name == service)?;
        let place = self.places.get(scope);
        if place.is_some_and(|place| place.aliases.contains_key(alias)) {
            return None;
        }
        let label = format!(
            "kms-managed-key\u{1f}{}\u{1f}{scope}\u{1f}{service}",
            ids.seed()
        );
        let id = Draw::of(&label).uuid();
        let root = Draw::of(&format!("{label}\u{1f}material")).bytes(32);
        let arn = identifier::key_arn(scope, &id);
        let mut key = Key::new(
            (scope.clone(), id),
            Root::of(&root),
            policy::managed(&arn, scope, service),
            Keeper::Aws,
            now,
        );
        key.description = (*description).to_owned();
        // Every year (developer guide, `rotate-keys.html`).
        key.rotate_every(365, now);
        Some(key)
    }

    /// Names a key of the caller's account and Region.
    ///
    /// # Errors
    /// A name that is none, is taken or is AWS's; no such key, or one that waits for its deletion.
    pub(super) fn create_alias(
        &mut self,
        name: &str,
        target: &str,
        ctx: &Ctx<'_>,
    ) -> Result<(), Error> {
        check_alias(name)?;
        let target = self.own_target(target, ctx)?;
        let place = self.places.entry(ctx.scope.clone()).or_default();
        if place.aliases.contains_key(name) {
            return Err(Error::AliasExists(ctx.scope.arn("kms", name)));
        }
        let alias = Alias {
            target,
            created: ctx.now,
            updated: ctx.now,
        };
        place.aliases.insert(name.to_owned(), alias);
        Ok(())
    }

    /// Points an alias at another key.
    ///
    /// # Errors
    /// As [`State::create_alias`]; no such alias.
    pub(super) fn update_alias(
        &mut self,
        name: &str,
        target: &str,
        ctx: &Ctx<'_>,
    ) -> Result<(), Error> {
        check_alias(name)?;
        let target = self.own_target(target, ctx)?;
        let place = self.places.entry(ctx.scope.clone()).or_default();
        match place.aliases.get_mut(name) {
            None => Err(Error::NoSuchAlias(ctx.scope.arn("kms", name))),
            Some(alias) => {
                (alias.target, alias.updated) = (target, ctx.now);
                Ok(())
            }
        }
    }

    fn own_target(&self, target: &str, ctx: &Ctx<'_>) -> Result<String, Error> {
        let key = self.find_key(target, ctx.scope, ctx.now)?;
        key.check_kept()?;
        if key.scope != *ctx.scope {
            return Err(Error::NoSuchKey(key.arn.clone()));
        }
        Ok(key.id.clone())
    }

    /// Takes an alias away.
    ///
    /// # Errors
    /// There is none; it is AWS's.
    pub(super) fn delete_alias(&mut self, name: &str, ctx: &Ctx<'_>) -> Result<(), Error> {
        if !name.starts_with(ALIAS_PREFIX) {
            return Err(Error::Identifier);
        }
        check_alias(name)?;
        let place = self.places.entry(ctx.scope.clone()).or_default();
        match place.aliases.remove(name) {
            Some(_) => Ok(()),
            None => Err(Error::NoSuchAlias(ctx.scope.arn("kms", name))),
        }
    }

    /// Lets a key wait for its deletion.
    ///
    /// # Errors
    /// No such key; one that waits already; a window outside 7 to 30 days.
    pub(super) fn schedule_deletion(
        &mut self,
        text: &str,
        window_days: i64,
        ctx: &Ctx<'_>,
    ) -> Result<(&Key, Deletion), Error> {
        if !(7..=30).contains(&window_days) {
            return Err(Error::PendingWindow);
        }
        let key = self.find_mut(text, ctx)?;
        key.check_kept()?;
        let window = SignedDuration::from_hours(24 * window_days);
        let due = ctx
            .now
            .checked_add(window)
            .map_err(|_| Error::PendingWindow)?;
        let deletion = Deletion { due, window_days };
        key.deletion = Some(deletion);
        Ok((key, deletion))
    }

    /// Keeps a key that waits for its deletion; it is disabled then (API reference,
    /// `CancelKeyDeletion`).
    ///
    /// # Errors
    /// No such key; one that does not wait.
    pub(super) fn cancel_deletion(&mut self, text: &str, ctx: &Ctx<'_>) -> Result<&Key, Error> {
        let key = self.find_mut(text, ctx)?;
        if key.deletion.take().is_none() {
            return Err(Error::NotPendingDeletion(key.arn.clone()));
        }
        key.is_enabled = false;
        Ok(key)
    }

    /// A new material at once.
    ///
    /// # Errors
    /// No such key, one that cannot be used, too many rotations.
    pub(super) fn rotate_now(&mut self, text: &str, ctx: &Ctx<'_>) -> Result<&Key, Error> {
        let key = self.find_mut(text, ctx)?;
        key.check_rotates()?;
        key.check_usable()?;
        key.catch_up(ctx.now);
        let asked = key.rotations.iter().filter(|rotation| rotation.on_demand);
        if asked.count() >= ON_DEMAND_MAX {
            return Err(Error::RotationLimit);
        }
        key.rotations.push(Rotation {
            at: ctx.now,
            on_demand: true,
        });
        Ok(key)
    }

    /// Adds tags, replacing those of the same key.
    ///
    /// # Errors
    /// No such key; tags that are none.
    pub(super) fn tag(&mut self, text: &str, tags: Vec<Tag>, ctx: &Ctx<'_>) -> Result<(), Error> {
        let key = self.find_mut(text, ctx)?;
        key.check_kept()?;
        key.tags = tagged(&key.tags, tags)?;
        Ok(())
    }

    /// Grants; a repeated request with the same name finds the first one's grant.
    ///
    /// # Errors
    /// No such key, or one that waits for its deletion.
    pub(super) fn grant(
        &mut self,
        text: &str,
        terms: NewGrant,
        ctx: &Ctx<'_>,
    ) -> Result<(String, String), Error> {
        let key = self.find_mut(text, ctx)?;
        key.check_usable()?;
        let token = ctx.ids.draw("kms-grant-token", &key.arn, "").base62(240);
        let known = key
            .grants
            .iter_mut()
            .find(|grant| terms.name.is_some() && grant.terms == terms);
        if let Some(grant) = known {
            grant.tokens.push(token.clone());
            return Ok((grant.id.clone(), token));
        }
        let id = ctx.ids.draw("kms-grant", &key.arn, "").hex(64);
        key.grants.push(Grant {
            id: id.clone(),
            tokens: vec![token.clone()],
            issuer: ctx.caller.account.root_arn(),
            created: ctx.now,
            terms,
        });
        Ok((id, token))
    }

    /// Takes a grant away.
    ///
    /// # Errors
    /// No such key or grant.
    pub(super) fn end_grant(&mut self, text: &str, id: &str, ctx: &Ctx<'_>) -> Result<(), Error> {
        let key = self.find_mut(text, ctx)?;
        let before = key.grants.len();
        key.grants.retain(|grant| grant.id != id);
        if key.grants.len() == before {
            return Err(Error::NoSuchGrant(id.to_owned()));
        }
        Ok(())
    }

    /// The grant that a token was given out for, with its key.
    pub(super) fn of_token(&self, token: &str, now: Timestamp) -> Option<(&Key, &Grant)> {
        self.all_grants(now)
            .find(|(_, grant)| grant.tokens.iter().any(|known| known == token))
    }

    /// All grants of the lab on keys that are there.
    pub(super) fn all_grants(&self, now: Timestamp) -> impl Iterator<Item = (&Key, &Grant)> {
        self.places
            .values()
            .flat_map(|place| place.keys.values())
            .filter(move |key| !key.is_gone(now))
            .flat_map(|key| key.grants.iter().map(move |grant| (key, grant)))
    }
}

/// The tags after `new` were added.
fn tagged(tags: &Tags, new: Vec<Tag>) -> Result<Tags, Error> {
    let is_reserved = |tag: &Tag| tag.key.to_ascii_lowercase().starts_with("aws:");
    if new.iter().any(is_reserved) {
        return Err(Error::ReservedTag);
    }
    let new = tag::distinct(new, |one, other| one == other).ok_or(Error::DuplicateTags)?;
    let mut tags = tags.clone();
    tags.extend(new);
    if tags.len() > TAGS_MAX {
        return Err(Error::TooManyTags);
    }
    Ok(tags)
}

/// Whether a caller may have an alias of this name.
fn check_alias(name: &str) -> Result<(), Error> {
    let Some(rest) = name.strip_prefix(ALIAS_PREFIX) else {
        return Err(Error::AliasPrefix);
    };
    if rest.contains(':') || rest.is_empty() {
        return Err(Error::AliasCharacters(name.to_owned()));
    }
    if name.starts_with(AWS_ALIAS_PREFIX) {
        return Err(Error::AliasReserved);
    }
    Ok(())
}
