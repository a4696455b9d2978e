//! Ending tokens and leases: by their time, by their owner, by a revocation.

use authlab_kernel::{Secret, Timestamp};
use serde_json::Value;

use super::State;
use crate::effect::Effect;
use crate::engine::Backend;
use crate::evidence::LeaseNotRevoked;
use crate::lease::{self, Kind};
use crate::token::Entry;
use crate::token::store::{End, LastLease};

/// What has come to its end by itself.
#[derive(Clone, Debug)]
pub(crate) enum Expired {
    /// A token.
    Token {
        token: Secret,
        accessor: String,
        path: String,
        policies: Vec<String>,
        at: Timestamp,
    },
    /// What an engine issued.
    Lease {
        id: String,
        mount: String,
        path: String,
        at: Timestamp,
        /// Its engine could not end it: how often, and why.
        failed: Option<Failed>,
    },
}

/// A revocation that has failed.
pub(crate) type Failed = Box<LeaseNotRevoked>;

/// What of a token's lease is evidence once it has ended.
fn last_lease(leases: &lease::Store, entry: &Entry) -> LastLease {
    let lease = entry.lease.as_ref().and_then(|id| leases.get(id));
    lease.map_or_else(LastLease::default, |lease| LastLease {
        renewable: lease.renewable,
        last_renewal: lease.last_renewal,
        cap: lease.cap,
        uses: lease
            .internal()
            .and_then(|internal| internal.get("num_uses"))
            .and_then(Value::as_i64)
            .unwrap_or_default(),
    })
}

impl State {
    /// Ends what is due.
    pub(crate) fn expire(&mut self, now: Timestamp) -> Vec<Expired> {
        self.now = now;
        let mut expired = Vec::new();
        while let Some((at, id)) = self.leases.due(now) {
            let Some(lease) = self.leases.get(&id) else {
                break;
            };
            if !lease.is_of_token() {
                let (mount, path) = (lease.mount.clone(), lease.path.clone());
                let failed = self.end_lease(&id, now).err();
                expired.push(Expired::Lease {
                    id,
                    mount,
                    path,
                    at,
                    failed,
                });
                continue;
            }
            let key = lease.owner.clone();
            if let Some(entry) = self.tokens.tokens.get(&key) {
                expired.push(Expired::Token {
                    token: entry.id.clone(),
                    accessor: entry.accessor.clone(),
                    path: entry.path.clone(),
                    policies: entry.policies.clone(),
                    at,
                });
            }
            self.end_token(&key, End::Expired, at);
            self.leases.remove(&id);
        }
        self.empty_cubbyholes();
        expired
    }

    /// Ends a token and all that descends from it, with what they own.
    pub(crate) fn end_token(&mut self, key: &str, end: End, at: Timestamp) {
        let leases = &self.leases;
        let lease_of = |entry: &Entry| last_lease(leases, entry);
        for ended in self.tokens.revoke_tree(key, end, at, lease_of) {
            self.end_owned(&ended, at);
        }
    }

    /// Ends a token with what it owns; its children become orphans.
    pub(crate) fn end_token_alone(&mut self, key: &str, at: Timestamp) {
        let leases = &self.leases;
        let lease_of = |entry: &Entry| last_lease(leases, entry);
        self.tokens.revoke_orphaning(key, at, lease_of);
        self.end_owned(key, at);
    }

    fn end_owned(&mut self, key: &str, at: Timestamp) {
        for id in self.leases.of_owner(key) {
            if self
                .leases
                .get(&id)
                .is_some_and(|lease| lease.is_of_token())
            {
                self.leases.remove(&id);
            } else {
                // What cannot be ended now is tried again by itself.
                drop(self.end_lease(&id, at));
            }
        }
    }

    /// Ends what an engine issued; what is to be done elsewhere for that is said in `effects`, and the
    /// lease goes once it is done.
    ///
    /// # Errors
    /// The engine cannot: it is tried again later.
    pub(crate) fn end_lease(&mut self, id: &str, now: Timestamp) -> Result<(), Failed> {
        let Some(lease) = self.leases.get(id).cloned() else {
            return Ok(());
        };
        let Kind::Secret {
            secret,
            ending: false,
            ..
        } = &lease.kind
        else {
            return Ok(());
        };
        let ended = match self.mounts.get_mut(&lease.mount) {
            Some(mount) => match &mut mount.backend {
                Backend::Engine(engine) => engine.revoke_lease(secret),
                Backend::Core(_) => Ok(None),
            },
            None => Ok(None),
        };
        match ended {
            Ok(None) => {
                self.leases.remove(id);
                Ok(())
            }
            Ok(Some(order)) => {
                self.leases.begin_end(id);
                self.effects.push(Effect {
                    mount: lease.mount,
                    lease_id: lease.id,
                    target: order.target,
                    statements: order.statements,
                });
                Ok(())
            }
            Err(error) => Err(self.try_again(id, error, None, now)),
        }
    }

    /// What became of something that was to be done elsewhere.
    ///
    /// # Errors
    /// It was not done, and is tried again later.
    pub(crate) fn settle(
        &mut self,
        effect: &Effect,
        done: Result<(), String>,
        now: Timestamp,
    ) -> Result<(), Failed> {
        match done {
            Ok(()) => {
                self.leases.remove(&effect.lease_id);
                Ok(())
            }
            Err(error) => {
                let target = Some(effect.target.clone());
                Err(self.try_again(&effect.lease_id, error, target, now))
            }
        }
    }

    fn try_again(
        &mut self,
        id: &str,
        error: String,
        target: Option<String>,
        now: Timestamp,
    ) -> Failed {
        let again = self.leases.fail_end(id, now);
        let attempts = again.map_or(0, |(_, attempts)| attempts);
        if let Some((again, _)) = again {
            self.due.push((again, format!("vault/lease/{id}")));
        }
        let lease = self.leases.get(id);
        let mount = lease.map_or_else(String::new, |lease| lease.mount.clone());
        let engine = self.mounts.get(&mount).map(|mount| mount.kind.clone());
        Box::new(LeaseNotRevoked {
            lease_id: id.to_owned(),
            engine,
            creation_path: lease.map(|lease| lease.path.clone()),
            target,
            again_at: again.map(|(again, _)| again),
            mount,
            attempts,
            error,
        })
    }

    /// Ends a lease by its id, whatever it is of.
    ///
    /// # Errors
    /// The engine cannot.
    pub(crate) fn revoke(&mut self, id: &str, now: Timestamp) -> Result<(), Failed> {
        match self.leases.named(id) {
            None => Ok(()),
            Some(lease) if lease.is_of_token() => {
                let key = lease.owner.clone();
                self.end_token(&key, End::Revoked, now);
                Ok(())
            }
            Some(_) => self.end_lease(id, now),
        }
    }

    /// Ends every lease below a path.
    ///
    /// # Errors
    /// The first that its engine cannot end; those after it stay.
    pub(crate) fn revoke_below(&mut self, prefix: &str, now: Timestamp) -> Result<(), Failed> {
        for id in self.leases.below(prefix) {
            self.revoke(&id, now)?;
        }
        Ok(())
    }

    /// Forgets every lease below a path, whether its engine can end it or not.
    pub(crate) fn force_below(&mut self, prefix: &str, now: Timestamp) {
        for id in self.leases.below(prefix) {
            if self.revoke(&id, now).is_err() {
                self.leases.remove(&id);
            }
        }
    }

    /// Empties the cubbyholes of tokens that have ended.
    pub(crate) fn empty_cubbyholes(&mut self) {
        for accessor in std::mem::take(&mut self.tokens.emptied) {
            self.cubbyhole.values.remove(&accessor);
        }
    }
}
