//! The request context: condition key -> values, names compared without regard to case.
//!
//! Source: IAM user guide, `reference_policies_condition-keys.html` (key names ignore case,
//! including the tag key after the slash) and, for the keys that follow from the caller, the
//! sections "Properties of the principal" of the same page.

use std::borrow::Cow;

use serde::{Serialize, Serializer};

use crate::principal::{Organization, Principal};

/// Condition keys and their values.
///
/// A key that is not here is absent. A key with an empty list is present with an empty set of
/// values, which is another thing for `ForAllValues`, `ForAnyValue` and `Null`.
///
/// Keys are found by the hash of their name in lower case: a decision looks up many keys and a
/// request has few.
#[derive(Debug, Clone, Default)]
pub struct Context {
    /// Where to look first, by the last bits of the hash.
    slots: [Slot; SLOTS],
    /// Of the entry at the same position.
    hashes: Vec<u64>,
    entries: Vec<Entry>,
}

/// A few times as many as most requests have keys, so that most are alone in their slot.
const SLOTS: usize = 32;

/// Which entries have these last bits.
#[derive(Debug, Clone, Copy, Default)]
enum Slot {
    #[default]
    Empty,
    One(u8),
    /// Several, or one far behind.
    Some,
}

fn slot_of(hash: u64) -> usize {
    // The remainder is small.
    (hash % SLOTS as u64) as usize
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Entry {
    /// As it was given.
    name: Cow<'static, str>,
    values: Vec<String>,
}

impl Context {
    pub(crate) const EMPTY: Self = Self {
        slots: [Slot::Empty; SLOTS],
        hashes: Vec::new(),
        entries: Vec::new(),
    };

    /// No keys.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets `key` to one value, replacing what was there under any spelling of the key.
    pub fn insert(&mut self, key: impl Into<Cow<'static, str>>, value: impl Into<String>) {
        self.insert_many(key, [value.into()]);
    }

    /// Sets `key` to a list of values (an empty list is a present key with an empty set).
    pub fn insert_many<V: Into<String>>(
        &mut self,
        key: impl Into<Cow<'static, str>>,
        values: impl IntoIterator<Item = V>,
    ) {
        let name = key.into();
        let values = values.into_iter().map(Into::into).collect();
        self.put(Entry { name, values });
    }

    fn put(&mut self, entry: Entry) {
        let hash = key_hash(&entry.name);
        match self.position(hash, &entry.name) {
            Some(position) => self.entries[position] = entry,
            None => {
                let slot = &mut self.slots[slot_of(hash)];
                *slot = match (*slot, u8::try_from(self.entries.len())) {
                    (Slot::Empty, Ok(position)) => Slot::One(position),
                    _ => Slot::Some,
                };
                self.hashes.push(hash);
                self.entries.push(entry);
            }
        }
    }

    /// `name` is the key in any spelling, `hash` its [`key_hash`].
    #[inline]
    fn position(&self, hash: u64, name: &str) -> Option<usize> {
        let is_at = |position: usize| {
            self.entries
                .get(position)
                .is_some_and(|entry| entry.name.eq_ignore_ascii_case(name))
        };
        match self.slots[slot_of(hash)] {
            Slot::Empty => None,
            // Most slots have one key, and most keys that are asked for are it: no hash is read.
            Slot::One(position) => Some(usize::from(position)).filter(|at| is_at(*at)),
            Slot::Some => {
                let mut hashes = self.hashes.iter().enumerate();
                hashes
                    .find(|(at, known)| **known == hash && is_at(*at))
                    .map(|(at, _)| at)
            }
        }
    }

    /// The values of `key`, or `None` when the key is absent.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&[String]> {
        self.get_hashed(key_hash(key), key)
    }

    /// Like [`Context::get`] for a key in lower case whose hash is known already.
    #[must_use]
    #[inline]
    pub(crate) fn get_hashed(&self, hash: u64, lower: &str) -> Option<&[String]> {
        self.position(hash, lower)
            .map(|position| self.entries[position].values.as_slice())
    }

    /// Removes `key` under any spelling.
    pub fn remove(&mut self, key: &str) {
        if let Some(position) = self.position(key_hash(key), key) {
            let mut rest = std::mem::take(self).entries;
            rest.remove(position);
            rest.into_iter().for_each(|entry| self.put(entry));
        }
    }

    /// Takes over all keys of `other`; where both have a key, that of `other` stays.
    pub fn extend(&mut self, other: Self) {
        other.entries.into_iter().for_each(|entry| self.put(entry));
    }

    /// How many keys are present.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether no key is present.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// All keys as they were spelled with their values, in the order of their lower-case names.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &[String])> {
        let mut sorted: Vec<&Entry> = self.entries.iter().collect();
        sorted.sort_by_cached_key(|entry| entry.name.to_ascii_lowercase());
        sorted
            .into_iter()
            .map(|entry| (&*entry.name, entry.values.as_slice()))
    }

    /// The keys that follow from the caller: `aws:PrincipalArn`, `aws:PrincipalAccount`,
    /// `aws:PrincipalType`, `aws:PrincipalIsAWSService`, `aws:userid`, `aws:username`,
    /// `aws:PrincipalTag/*`, `aws:PrincipalOrgID`, `aws:PrincipalOrgPaths`,
    /// `aws:PrincipalServiceName`.
    ///
    /// `tags` are the tags of the user or role followed by those of the session: a later tag
    /// replaces an earlier one whose name differs only in case (`id_session-tags.html`).
    /// `organization` is that of the caller's account.
    #[must_use]
    pub fn for_principal<K: AsRef<str>, V: Into<String>>(
        principal: &Principal,
        tags: impl IntoIterator<Item = (K, V)>,
        organization: Option<&Organization>,
    ) -> Self {
        let mut context = Self::new();
        context.insert_caller(principal);
        if principal.account().is_some() {
            for (name, value) in tags {
                context.insert(format!("aws:PrincipalTag/{}", name.as_ref()), value);
            }
            if let Some(organization) = organization {
                context.insert("aws:PrincipalOrgID", organization.id.as_str());
                context.insert("aws:PrincipalOrgPaths", organization.path.as_str());
            }
        }
        context
    }

    fn insert_caller(&mut self, principal: &Principal) {
        let mut account_caller = |arn: &str, account: &str, kind: &str, userid: String| {
            self.insert("aws:PrincipalArn", arn);
            self.insert("aws:PrincipalAccount", account);
            self.insert("aws:PrincipalIsAWSService", "false");
            self.insert("aws:PrincipalType", kind);
            self.insert("aws:userid", userid);
        };
        match principal {
            Principal::User {
                arn,
                account,
                unique_id,
                name,
            } => {
                account_caller(arn, account, "User", unique_id.clone());
                self.insert("aws:username", name.as_str());
            }
            Principal::RoleSession {
                account,
                role_arn,
                session_name,
                unique_id,
                ..
            } => {
                let userid = format!("{unique_id}:{session_name}");
                account_caller(role_arn, account, "AssumedRole", userid);
            }
            Principal::Root { account } => {
                let arn = format!("arn:aws:iam::{account}:root");
                account_caller(&arn, account, "Account", account.clone());
            }
            Principal::FederatedUser {
                arn, account, name, ..
            } => {
                account_caller(arn, account, "FederatedUser", format!("{account}:{name}"));
            }
            Principal::Service { service } => {
                self.insert("aws:PrincipalIsAWSService", "true");
                self.insert("aws:PrincipalServiceName", service.as_str());
            }
            Principal::Anonymous => {
                self.insert("aws:PrincipalType", "Anonymous");
                self.insert("aws:PrincipalAccount", "anonymous");
                self.insert("aws:userid", "anonymous");
            }
            Principal::WebIdentity { .. } | Principal::Saml { .. } => {}
        }
    }
}

/// FNV-1a of a name in lower case, whatever its spelling.
pub(crate) fn key_hash(name: &str) -> u64 {
    name.bytes().fold(0xcbf2_9ce4_8422_2325, |hash: u64, byte| {
        (hash ^ u64::from(byte.to_ascii_lowercase())).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

/// The order in which keys were set does not matter.
impl PartialEq for Context {
    fn eq(&self, other: &Self) -> bool {
        self.len() == other.len() && self.iter().eq(other.iter())
    }
}

impl Eq for Context {}

impl<K: Into<String>, V: Into<String>> FromIterator<(K, V)> for Context {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(pairs: I) -> Self {
        let mut context = Self::new();
        for (key, value) in pairs {
            context.insert(key.into(), value);
        }
        context
    }
}

impl Serialize for Context {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.iter())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_found_however_many_share_a_slot() {
        let count = 400;
        let mut context: Context = (0..count)
            .map(|n| (format!("Key{n}"), n.to_string()))
            .collect();
        for gone in [0, 7, 399] {
            context.remove(&format!("kEY{gone}"));
        }
        for n in 0..count {
            let found = context
                .get(&format!("keY{n}"))
                .map(|values| values[0].clone());
            let expected = (![0, 7, 399].contains(&n)).then(|| n.to_string());
            assert_eq!(found, expected, "Key{n}");
        }
        assert_eq!(context.get("key400"), None);
        assert_eq!(context.len(), 397);
    }
}
