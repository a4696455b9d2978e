//! All tokens.

use std::collections::BTreeMap;

use authlab_kernel::Timestamp;

use super::role::Role;
use super::{Entry, Type};
use crate::evidence::{self, Cap, Life, Parent};

/// How many ended tokens are remembered, to tell an expired token from one that never was.
const ENDED_MAX: usize = 4096;

/// The SHA-256 of a token in hexadecimal: tokens are found by it, so that no comparison of the
/// token itself depends on its content.
pub(crate) fn digest(token: &str) -> String {
    hex::encode(ring::digest::digest(
        &ring::digest::SHA256,
        token.as_bytes(),
    ))
}

/// How a token ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// Its time was over.
    Expired,
    /// It, its parent or its mount was revoked.
    Revoked,
    /// Its uses were used up.
    UsedUp,
}

/// A token that was.
#[derive(Clone, Debug)]
pub(crate) struct Ended {
    pub(crate) end: End,
    pub(crate) at: Timestamp,
    pub(crate) accessor: String,
    pub(crate) policies: Vec<String>,
    pub(crate) path: String,
    pub(crate) life: Box<Life>,
}

impl Ended {
    /// The token as the journal shows it.
    pub(crate) fn evidence(&self) -> evidence::Ended {
        evidence::Ended {
            creation_path: self.path.clone(),
            end: Some(self.end.at(self.at)),
            life: Some(self.life.clone()),
        }
    }
}

impl End {
    fn at(self, at: Timestamp) -> evidence::End {
        match self {
            Self::Expired => evidence::End::Expired(at),
            Self::Revoked => evidence::End::Revoked(at),
            Self::UsedUp => evidence::End::UsedUp(at),
        }
    }
}

/// What is known of the lease of a token that ends, for the evidence.
#[derive(Clone, Copy, Default)]
pub(crate) struct LastLease {
    pub(crate) renewable: bool,
    pub(crate) last_renewal: Option<Timestamp>,
    pub(crate) cap: Option<Cap>,
    pub(crate) uses: i64,
}

/// All tokens, by the digest of their text.
#[derive(Clone, Debug, Default)]
pub(crate) struct Store {
    pub(crate) tokens: BTreeMap<String, Entry>,
    pub(crate) roles: BTreeMap<String, Role>,
    by_accessor: BTreeMap<String, String>,
    ended: BTreeMap<String, Ended>,
    /// Accessors whose cubbyhole goes now.
    pub(crate) emptied: Vec<String>,
}

impl Store {
    /// The token with that text.
    pub(crate) fn find(&self, token: &str) -> Option<&Entry> {
        self.tokens.get(&digest(token))
    }

    /// The digest of the token with that accessor.
    pub(crate) fn by_accessor(&self, accessor: &str) -> Option<&str> {
        self.by_accessor.get(accessor).map(String::as_str)
    }

    /// What is remembered of a token that has ended.
    pub(crate) fn ended(&self, token: &str) -> Option<&Ended> {
        self.ended.get(&digest(token))
    }

    /// The same by the accessor that it had.
    pub(crate) fn ended_of(&self, accessor: &str) -> Option<&Ended> {
        self.ended.values().find(|ended| ended.accessor == accessor)
    }

    /// The same by the digest.
    pub(crate) fn ended_by(&self, key: &str) -> Option<&Ended> {
        self.ended.get(key)
    }

    /// The accessors of all tokens.
    pub(crate) fn accessors(&self) -> impl Iterator<Item = &String> {
        self.by_accessor.keys()
    }

    /// Adds a token.
    pub(crate) fn insert(&mut self, entry: Entry) {
        let key = digest(entry.id.expose_secret());
        if !entry.accessor.is_empty() {
            self.by_accessor.insert(entry.accessor.clone(), key.clone());
        }
        self.ended.remove(&key);
        self.tokens.insert(key, entry);
    }

    /// Counts a use of a token whose uses are limited. Returns whether it was the last.
    pub(crate) fn spend(&mut self, key: &str) -> bool {
        let Some(entry) = self.tokens.get_mut(key) else {
            return false;
        };
        match entry.num_uses {
            0 => false,
            1 => {
                entry.num_uses = -1;
                true
            }
            uses if uses > 1 => {
                entry.num_uses = uses - 1;
                false
            }
            _ => true,
        }
    }

    /// Ends a token and everything that descends from it. Returns the digests of those that ended.
    pub(crate) fn revoke_tree(
        &mut self,
        key: &str,
        end: End,
        at: Timestamp,
        lease_of: impl Fn(&Entry) -> LastLease,
    ) -> Vec<String> {
        let mut ended = Vec::new();
        let mut waiting = vec![(key.to_owned(), end, None)];
        while let Some((key, end, parent)) = waiting.pop() {
            let as_parent = self.tokens.get(&key).map(|entry| Parent {
                accessor: entry.accessor.clone(),
                creation_path: entry.path.clone(),
                end: end.at(at),
            });
            let children = self.tokens.iter();
            let children = children.filter(|(_, entry)| entry.parent.as_ref() == Some(&key));
            waiting.extend(
                children.map(|(child, _)| (child.clone(), End::Revoked, as_parent.clone())),
            );
            self.remove(&key, end, at, parent, &lease_of);
            ended.push(key);
        }
        ended
    }

    /// Ends a token; its children become orphans.
    pub(crate) fn revoke_orphaning(
        &mut self,
        key: &str,
        at: Timestamp,
        lease_of: impl Fn(&Entry) -> LastLease,
    ) {
        for entry in self.tokens.values_mut() {
            if entry.parent.as_deref() == Some(key) {
                entry.parent = None;
            }
        }
        self.remove(key, End::Revoked, at, None, &lease_of);
    }

    fn remove(
        &mut self,
        key: &str,
        end: End,
        at: Timestamp,
        parent: Option<Parent>,
        lease_of: &impl Fn(&Entry) -> LastLease,
    ) {
        let Some(entry) = self.tokens.remove(key) else {
            return;
        };
        self.by_accessor.remove(&entry.accessor);
        if entry.kind == Type::Service {
            self.emptied.push(entry.accessor.clone());
        }
        if self.ended.len() >= ENDED_MAX {
            self.ended.pop_first();
        }
        let lease = lease_of(&entry);
        let life = Box::new(Life {
            issued_at: entry.created,
            ttl_seconds: entry.creation_ttl,
            kind: entry.kind.as_str().to_owned(),
            renewable: lease.renewable,
            last_renewed_at: lease.last_renewal,
            cap: lease.cap,
            parent,
            uses: lease.uses,
        });
        let Entry {
            accessor,
            policies,
            path,
            ..
        } = entry;
        self.ended.insert(
            key.to_owned(),
            Ended {
                end,
                at,
                accessor,
                policies,
                path,
                life,
            },
        );
    }
}
