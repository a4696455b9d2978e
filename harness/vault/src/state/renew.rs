//! Renewing: tokens, and what engines issued.

use serde_json::Value;

use super::State;
use crate::evidence::{Because, Cap, Reason, Renewal};
use crate::lease::{Kind, Lease};
use crate::mount::Mount;
use crate::request::Call;
use crate::response::{Fault, LeaseInfo, Outcome, Response, Told};
use crate::token::{Auth, Entry, TokenType};
use crate::ttl::{self, Bounds, Wish};

impl State {
    /// Renews a token by its digest.
    pub(crate) fn renew_token(
        &mut self,
        call: &Call<'_>,
        key: &str,
        increment: i64,
        show_id: bool,
    ) -> Outcome {
        let Some(entry) = self.tokens.tokens.get(key).cloned() else {
            return Err(Fault::invalid("token not found").because(Reason::TokenUnknown));
        };
        let Some(lease) = self.lease_of(&entry).cloned() else {
            return Err(Fault::invalid("invalid lease ID")
                .because(Reason::TokenWithoutLease)
                .telling(renewal(&entry, None, None)));
        };
        let told = |cap| renewal(&entry, Some(&lease), cap);
        if !lease.renewable || lease.expires.is_none() {
            return Err(Fault::invalid("lease is not renewable")
                .because(Reason::TokenNotRenewable)
                .telling(told(None)));
        }
        let wish = self.renewal_wish(&entry, &lease).map_err(|error| {
            Fault::error(format!("failed to renew entry: {error}"))
                .because(Reason::RenewalRefused)
                .telling(told(None))
        })?;
        let Some(wish) = wish else { return Ok(None) };
        let wish = Wish { increment, ..wish };
        let mount = self
            .mount_of(&entry.path)
            .map_or(call.mount.clone(), Mount::view);
        let bounds = Bounds {
            default_ttl: mount.default_ttl,
            max_ttl: mount.max_ttl,
        };
        let (ttl, warnings) =
            ttl::calculate(bounds, wish, lease.issued, call.now).map_err(|error| {
                Fault::answer(error)
                    .because(Reason::MaxTtlReached)
                    .telling(told(ttl::spent(bounds, wish, lease.issued, call.now)))
            })?;
        let cap = ttl::cut(bounds, wish, ttl, lease.issued, call.now);
        if let Some(expires) = self.leases.renew(&lease.id, ttl, cap, call.now) {
            self.due
                .push((expires, format!("vault/token/{}", entry.accessor)));
        }
        let auth = Auth {
            client_token: show_id.then(|| entry.id.clone()),
            accessor: entry.accessor.clone(),
            display_name: entry.display_name.clone(),
            policies: entry.policies.clone(),
            identity_policies: self.identity_policies_of(&entry),
            metadata: entry.metadata.clone(),
            ttl,
            renewable: true,
            num_uses: self
                .tokens
                .tokens
                .get(key)
                .map_or(0, |_| original_uses(&entry, &lease)),
            entity_id: entry.entity_id.clone(),
            kind: TokenType::Service,
            orphan: entry.parent.is_none(),
            cap,
            ..Auth::default()
        };
        Ok(Some(Response {
            auth: Some(Box::new(auth)),
            warnings,
            ..Response::default()
        }))
    }

    /// What a renewal may give: the token store and each method have their own say. `None`: nothing
    /// is renewed, silently.
    fn renewal_wish(&self, entry: &Entry, lease: &Lease) -> Result<Option<Wish>, String> {
        let mount = self.mount_of(&entry.path);
        let method = mount
            .filter(|mount| mount.is_auth())
            .and_then(Mount::engine);
        if let Some(method) = method {
            return method.renew_token(entry, lease);
        }
        let own = Wish {
            ttl: lease.ttl,
            ..Wish::default()
        };
        let Some(name) = &entry.role else {
            return Ok(Some(Wish {
                period: entry.period,
                explicit_max_ttl: entry.explicit_max_ttl,
                ..own
            }));
        };
        let role = self.tokens.roles.get(name).ok_or_else(|| {
            let name = crate::duration::quoted(name);
            format!("original token role {name} could not be found, not renewing")
        })?;
        Ok(Some(Wish {
            period: role.token_period,
            explicit_max_ttl: role.token_explicit_max_ttl,
            ..own
        }))
    }

    /// A token's lease is not renewed by its id, but the token by itself (Vault, `vault/expiration.go`,
    /// `Renew`).
    fn renew_lease_of_token(&self, lease: &Lease) -> Outcome {
        if !lease.renewable || lease.expires.is_none() {
            return Err(Fault::invalid("lease is not renewable").because(Reason::LeaseNotRenewable));
        }
        let told = self.tokens.tokens.get(&lease.owner).map(|entry| {
            let told = renewal(entry, Some(lease), None);
            match told {
                Told::Because(Because::Renewal(renewal)) => {
                    Told::Because(Because::Renewal(Renewal {
                        is_lease_of_token: true,
                        ..renewal
                    }))
                }
                other => other,
            }
        });
        let fault = Fault::answer("tokens cannot be renewed through this endpoint")
            .because(Reason::TokenNotRenewable);
        Err(match told {
            Some(told) => fault.telling(told),
            None => fault,
        })
    }

    /// Renews a lease by its id, whatever it is of.
    pub(crate) fn renew_lease(&mut self, call: &Call<'_>, id: &str, increment: i64) -> Outcome {
        let Some(lease) = self.leases.named(id).cloned() else {
            return Err(Fault::invalid("lease not found"));
        };
        let Kind::Secret { bounds, .. } = lease.kind else {
            return self.renew_lease_of_token(&lease);
        };
        if !lease.renewable || lease.expires.is_none() {
            return Err(Fault::invalid("lease is not renewable").because(Reason::LeaseNotRenewable));
        }
        let engine = self.mounts.get(&lease.mount).and_then(Mount::engine);
        let wish = engine.map_or_else(
            || Err("lease is not renewable".to_owned()),
            |engine| engine.renew_lease(&lease),
        );
        let wish = wish.map_err(|error| {
            Fault::invalid(format!("failed to renew entry: {error}"))
                .because(Reason::RenewalRefused)
        })?;
        let wish = Wish { increment, ..wish };
        let (ttl, warnings) =
            ttl::calculate(bounds, wish, lease.issued, call.now).map_err(|error| {
                let renewal = Renewal {
                    renewable: true,
                    issued_at: Some(lease.issued),
                    creation_path: Some(lease.path.clone()),
                    cap: ttl::spent(bounds, wish, lease.issued, call.now),
                    ..Renewal::default()
                };
                Fault::answer(error)
                    .because(Reason::MaxTtlReached)
                    .telling(Told::Because(Because::Renewal(renewal)))
            })?;
        let cap = ttl::cut(bounds, wish, ttl, lease.issued, call.now);
        if let Some(expires) = self.leases.renew(id, ttl, cap, call.now) {
            self.due.push((expires, format!("vault/lease/{id}")));
        }
        Ok(Some(Response {
            lease: Some(LeaseInfo {
                id: id.to_owned(),
                duration: ttl,
                renewable: true,
                ..LeaseInfo::default()
            }),
            warnings,
            ..Response::default()
        }))
    }
}

/// What was to be renewed, for the evidence.
pub(crate) fn renewal(entry: &Entry, lease: Option<&Lease>, cap: Option<Cap>) -> Told {
    Told::Because(Because::Renewal(Renewal {
        accessor: Some(entry.accessor.clone()).filter(|accessor| !accessor.is_empty()),
        creation_path: Some(entry.path.clone()),
        kind: Some(entry.kind.as_str().to_owned()),
        renewable: lease.is_some_and(|lease| lease.renewable),
        issued_at: Some(entry.created),
        cap,
        ..Renewal::default()
    }))
}

/// The uses that a renewal's answer names: as many as at the creation, which the token does not keep.
fn original_uses(entry: &Entry, lease: &Lease) -> i64 {
    let given = lease
        .internal()
        .and_then(|internal| internal.get("num_uses"))
        .and_then(Value::as_i64);
    given.unwrap_or(entry.num_uses.max(0))
}
