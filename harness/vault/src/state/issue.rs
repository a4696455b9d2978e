//! Making tokens: by a creation, by a login.

use authlab_kernel::{Secret, Timestamp};
use serde_json::{Map, Value};

use super::{State, service_token};
use crate::evidence::{Cap, Reason};
use crate::lease::{self, Lease};
use crate::request::Call;
use crate::response::{Fault, LeaseInfo, Response};
use crate::token::store::digest;
use crate::token::{self, Auth, Entry, TokenType, Type};
use crate::ttl::{self, Bounds, Wish};

/// How a token is made.
pub(crate) struct Issue {
    /// The logical name: it does not depend on other requests in flight.
    pub(crate) name: String,
    /// The id is given.
    pub(crate) keep_id: bool,
    /// Whether it can be renewed.
    pub(crate) renewable: bool,
    /// What the auth method keeps for the renewal. Never a secret.
    pub(crate) internal: Map<String, Value>,
    /// The maximum that cut its time short.
    pub(crate) cap: Option<Cap>,
}

impl State {
    /// Makes a token, with its end if it has one.
    pub(crate) fn issue(&mut self, call: &Call<'_>, mut entry: Entry, issue: Issue) -> Entry {
        if !issue.keep_id || entry.kind == Type::Batch {
            entry.id = Secret::new(match entry.kind {
                Type::Service => service_token(self.flavour, call.ids, &issue.name),
                Type::Batch => {
                    let draw = call.ids.draw("vault-batch-token", "", &issue.name);
                    format!("{}{}", self.flavour.rules().batch_prefix, draw.base62(96))
                }
            });
        }
        if entry.kind == Type::Service {
            entry.accessor = call.ids.draw("vault-accessor", "", &issue.name).base62(24);
        }
        let expires = lease::after(call.now, entry.creation_ttl).filter(|_| entry.creation_ttl > 0);
        if let Some(expires) = expires {
            self.due
                .push((expires, format!("vault/token/{}", issue.name)));
        }
        let lease = Lease {
            issued: call.now,
            expires,
            renewable: issue.renewable,
            cap: issue.cap,
            ttl: entry.creation_ttl,
            kind: lease::Kind::Token {
                batch: entry.kind == Type::Batch,
                internal: issue.internal,
            },
            ..self.lease_of_token(&entry)
        };
        entry.lease = Some(lease.id.clone());
        self.leases.insert(lease);
        self.tokens.insert(entry.clone());
        self.issued.push(entry.id.clone());
        entry
    }

    /// Makes the token of a login that a method has let through.
    pub(crate) fn login(&mut self, call: &Call<'_>, mut auth: Auth) -> Result<Login, Fault> {
        let kind = self.kind_of_login(call, auth.kind);
        auth.policies = token::sanitized(&auth.policies, !auth.no_default_policy);
        if auth.policies.iter().any(|policy| policy == "root") {
            return Err(Fault::invalid("auth methods cannot create root tokens")
                .because(Reason::RootPolicy));
        }
        let entity_created = self.identify(call, &mut auth)?;
        let source = call.mount.path.replacen("auth/", "", 1).replace('/', "-");
        let display = format!("{source}{}", auth.display_name);
        auth.display_name = display
            .strip_suffix('-')
            .map_or(display.clone(), str::to_owned);
        let bounds = Bounds {
            default_ttl: call.mount.default_ttl,
            max_ttl: call.mount.max_ttl,
        };
        let wish = Wish {
            ttl: auth.ttl,
            period: auth.period,
            max_ttl: auth.max_ttl,
            explicit_max_ttl: auth.explicit_max_ttl,
            ..Wish::default()
        };
        let (ttl, warnings) =
            ttl::calculate(bounds, wish, call.now, call.now).map_err(Fault::error)?;
        auth.ttl = ttl;
        auth.cap = ttl::cut(bounds, wish, ttl, call.now, call.now);
        auth.orphan = true;
        auth.renewable = auth.renewable && kind == Type::Service;
        let user = auth.alias.as_ref().map_or("", |alias| alias.name.as_str());
        let name = format!("{}/{user}", call.request.path);
        let mut internal = std::mem::take(&mut auth.internal);
        if auth.num_uses > 0 {
            internal.insert("num_uses".to_owned(), Value::from(auth.num_uses));
        }
        let entry = self.issue(
            call,
            entry_of(call, &auth, kind),
            Issue {
                name,
                keep_id: false,
                renewable: auth.renewable,
                internal,
                cap: auth.cap,
            },
        );
        auth.client_token = Some(entry.id);
        auth.accessor = entry.accessor;
        auth.kind = if kind == Type::Batch {
            TokenType::Batch
        } else {
            TokenType::Service
        };
        Ok(Login {
            auth,
            warnings,
            entity_created,
        })
    }

    /// The kind of a login's token: the mount's wish, then the role's.
    fn kind_of_login(&self, call: &Call<'_>, of_role: TokenType) -> Type {
        let mount = self.mounts.get(&call.mount.path);
        let of_mount = mount
            .and_then(|mount| mount.tuning.token_type)
            .unwrap_or_default();
        match (of_mount, of_role) {
            (TokenType::Service, _) => Type::Service,
            (TokenType::Batch, _) => Type::Batch,
            (_, TokenType::Service) => Type::Service,
            (_, TokenType::Batch | TokenType::DefaultBatch) | (TokenType::DefaultBatch, _) => {
                Type::Batch
            }
            _ => Type::Service,
        }
    }

    /// Finds or makes the entity of a login. Returns whether it was made.
    fn identify(&mut self, call: &Call<'_>, auth: &mut Auth) -> Result<bool, Fault> {
        let known = self.identity.entities.len();
        let Some(alias) = auth.alias.clone() else {
            return Ok(false);
        };
        if alias.name.is_empty() {
            return Err(Fault::error("missing name in alias").because(Reason::AliasWithoutName));
        }
        let (accessor, groups) = (&call.mount.accessor, &auth.group_aliases);
        let entity = self
            .identity
            .of_login(call.ids, call.now, accessor, &alias, groups);
        if entity.disabled {
            return Err(Fault::denied("permission denied").because(Reason::EntityDisabled));
        }
        auth.entity_id.clone_from(&entity.id);
        auth.identity_policies = self.identity.policies_of(&auth.entity_id);
        Ok(self.identity.entities.len() > known)
    }

    /// The lease of a token that never ends, as it is before anything else is said.
    fn lease_of_token(&self, entry: &Entry) -> Lease {
        let owner = digest(entry.id.expose_secret());
        let mount = self.mount_of(&entry.path);
        Lease {
            id: format!("{}/h{owner}", entry.path),
            mount: mount.map_or(String::new(), |mount| mount.path.clone()),
            path: entry.path.clone(),
            owner,
            issued: entry.created,
            expires: None,
            last_renewal: None,
            renewable: false,
            ttl: 0,
            cap: None,
            kind: lease::Kind::Token {
                batch: false,
                internal: Map::new(),
            },
        }
    }

    /// The root token of a server that has made it has a lease, though it never ends.
    pub(super) fn lease_root(&mut self, token: &Secret, now: Timestamp) {
        let Some(entry) = self.tokens.find(token.expose_secret()) else {
            return;
        };
        let lease = Lease {
            issued: now,
            ..self.lease_of_token(entry)
        };
        let key = digest(token.expose_secret());
        if let Some(entry) = self.tokens.tokens.get_mut(&key) {
            entry.lease = Some(lease.id.clone());
        }
        self.leases.insert(lease);
    }

    /// Makes the lease that a handler asked for: it ends with the caller's token.
    ///
    /// # Errors
    /// The mount lets nothing live.
    pub(crate) fn lease(&mut self, call: &Call<'_>, response: &mut Response) -> Result<(), Fault> {
        let (Some(asked), Some(caller)) = (&mut response.lease, call.caller) else {
            return Ok(());
        };
        let Some(secret) = asked.secret.take() else {
            return Ok(());
        };
        let bounds = Bounds {
            default_ttl: call.mount.default_ttl,
            max_ttl: call.mount.max_ttl,
        };
        let wish = Wish {
            ttl: asked.duration,
            max_ttl: asked.max_ttl,
            ..Wish::default()
        };
        let (mut ttl, warnings) =
            ttl::calculate(bounds, wish, call.now, call.now).map_err(Fault::error)?;
        if caller.kind == Type::Batch
            && let Some(end) = self.end_of(caller)
        {
            // Nothing revokes what a batch token owns: it lives no longer than the token.
            ttl = ttl.min(end.as_second() - call.now.as_second());
        }
        response.warnings.extend(warnings);
        let path = &call.request.path;
        let owner = digest(caller.id.expose_secret());
        let name = format!("{path}/{}", caller.accessor);
        let id = format!("{path}/{}", call.draw("vault-lease", &name).base62(24));
        let expires = lease::after(call.now, ttl);
        if let Some(expires) = expires {
            self.due.push((expires, format!("vault/lease/{id}")));
        }
        *asked = LeaseInfo {
            id: id.clone(),
            duration: ttl,
            max_ttl: asked.max_ttl,
            renewable: asked.renewable,
            secret: None,
        };
        self.leases.insert(Lease {
            id,
            mount: call.mount.path.clone(),
            path: path.clone(),
            owner,
            issued: call.now,
            expires,
            last_renewal: None,
            renewable: asked.renewable,
            ttl,
            cap: ttl::cut(bounds, wish, ttl, call.now, call.now),
            kind: lease::Kind::Secret {
                bounds,
                secret,
                failures: 0,
                ending: false,
            },
        });
        Ok(())
    }

    /// The lease of a token, if it has one.
    pub(crate) fn lease_of(&self, entry: &Entry) -> Option<&Lease> {
        self.leases.get(entry.lease.as_ref()?)
    }

    /// When a token ends, if it does.
    pub(crate) fn end_of(&self, entry: &Entry) -> Option<Timestamp> {
        self.lease_of(entry)?.expires
    }
}

/// A login that made a token.
pub(crate) struct Login {
    pub(crate) auth: Auth,
    pub(crate) warnings: Vec<String>,
    pub(crate) entity_created: bool,
}

fn entry_of(call: &Call<'_>, auth: &Auth, kind: Type) -> Entry {
    Entry {
        id: Secret::new(""),
        accessor: String::new(),
        kind,
        parent: None,
        path: call.request.path.clone(),
        policies: auth.policies.clone(),
        metadata: auth.metadata.clone(),
        display_name: auth.display_name.clone(),
        num_uses: if kind == Type::Batch {
            0
        } else {
            auth.num_uses
        },
        created: call.now,
        creation_ttl: auth.ttl,
        period: auth.period,
        explicit_max_ttl: auth.explicit_max_ttl,
        role: None,
        entity_id: auth.entity_id.clone(),
        bound_cidrs: auth.bound_cidrs.clone(),
        lease: None,
    }
}
