//! Everything that the server remembers, and what reaches across mounts: issuing and renewing
//! tokens, logins, expiry.

use std::collections::BTreeMap;

use authlab_kernel::{Folder, Ids, Secret, SignedDuration, Timestamp};
use serde_json::Value;

use crate::audit::Broker;
use crate::evidence::Reason;
use crate::flavour::Flavour;
use crate::identity;
use crate::mount::{Backend, Lockout, Mount, Tuning};
use crate::policy::{Acl, Policy, template};
use crate::request::Call;
use crate::response::{Fault, Outcome, Response};
use crate::secret::cubbyhole::Cubbyhole;
use crate::sys::cors::Cors;
use crate::sys::rotate::Keyring;
use crate::token::store::{End, digest};
use crate::token::{self, Auth, Entry, TokenLease, TokenType, Type};
use crate::ttl::{self, Bounds, Wish};

/// The state of the server. One lock holds it, never across an await.
#[derive(Debug)]
pub(crate) struct State {
    pub(crate) flavour: Flavour,
    /// By their whole path.
    pub(crate) mounts: BTreeMap<String, Mount>,
    pub(crate) policies: BTreeMap<String, Policy>,
    pub(crate) password_policies: BTreeMap<String, String>,
    pub(crate) tokens: token::Store,
    pub(crate) identity: identity::Store,
    pub(crate) cubbyhole: Cubbyhole,
    pub(crate) audit: Broker,
    pub(crate) cors: Option<Cors>,
    pub(crate) keyring: Keyring,
    /// The moves of mounts that were asked for: from where to where, by their ids.
    pub(crate) moves: BTreeMap<String, (String, String)>,
    /// Where files lie that a client names.
    pub(crate) files: Option<Folder>,
    pub(crate) cluster_id: String,
    pub(crate) cluster_name: String,
    pub(crate) started: Timestamp,
    /// The time of the request in hand.
    pub(crate) now: Timestamp,
    /// The key that signs wrapping tokens in the form of a JWT.
    pub(crate) wrapping_key: Vec<u8>,
    /// Failed logins by the mount's accessor and user: how many, and the last.
    failures: BTreeMap<(String, String), (u64, Timestamp)>,
    /// Ends for which a timer is to be set.
    pub(crate) due: Vec<(Timestamp, String)>,
    /// The tokens that were issued under the lock that is held: whoever lets go of it takes them out
    /// before, so that no other request finds them.
    pub(crate) issued: Vec<Secret>,
}

/// How a token is made.
pub(crate) struct Issue {
    /// The logical name: it does not depend on other requests in flight.
    pub(crate) name: String,
    /// The id is given.
    pub(crate) keep_id: bool,
}

/// A token that has come to its end.
#[derive(Clone, Debug)]
pub(crate) struct Expired {
    pub(crate) token: Secret,
    pub(crate) accessor: String,
    pub(crate) path: String,
    pub(crate) policies: Vec<String>,
    pub(crate) at: Timestamp,
}

const WRAPPING_POLICY: &str = include_str!("policy/response_wrapping.hcl");

impl State {
    /// A server as it starts: unsealed, with the mounts that every server has.
    ///
    /// `created` says that the root token was chosen and made, as that of a dev server is.
    pub(crate) fn new(
        flavour: Flavour,
        ids: &Ids,
        now: Timestamp,
        root_token: &Secret,
        created: bool,
    ) -> Self {
        let mut state = Self {
            flavour,
            mounts: BTreeMap::new(),
            policies: BTreeMap::new(),
            password_policies: BTreeMap::new(),
            tokens: token::Store::default(),
            identity: identity::Store {
                name_end: flavour.core().identity_name_end,
                ..identity::Store::default()
            },
            cubbyhole: Cubbyhole::default(),
            audit: Broker::default(),
            cors: None,
            keyring: Keyring::new(now),
            moves: BTreeMap::new(),
            files: None,
            cluster_id: ids.draw("vault-cluster", "", "id").uuid(),
            cluster_name: format!(
                "vault-cluster-{}",
                ids.draw("vault-cluster", "", "name").hex(8)
            ),
            started: now,
            now,
            wrapping_key: ids.draw("vault-wrapping-key", "", "").bytes(32),
            failures: BTreeMap::new(),
            due: Vec::new(),
            issued: Vec::new(),
        };
        for (name, text) in [
            ("default", flavour.core().default_policy),
            ("response-wrapping", WRAPPING_POLICY),
            ("root", ""),
        ] {
            let mut policy = Policy::read(text, flavour).unwrap_or_default();
            if !text.is_empty() {
                policy.version = 1;
                policy.modified = Some(now);
            }
            state.policies.insert(name.to_owned(), policy);
        }
        state.add_system_mounts(ids);
        let accessor = ids.draw("vault-accessor", "", "root").base62(24);
        state.tokens.insert(Entry {
            id: root_token.clone(),
            accessor,
            kind: Type::Service,
            parent: None,
            path: if created {
                "auth/token/create".to_owned()
            } else {
                "auth/token/root".to_owned()
            },
            policies: vec!["root".to_owned()],
            metadata: BTreeMap::new(),
            display_name: if created { "token" } else { "root" }.to_owned(),
            num_uses: 0,
            created: now,
            creation_ttl: 0,
            period: 0,
            explicit_max_ttl: 0,
            role: None,
            entity_id: String::new(),
            bound_cidrs: Vec::new(),
            lease: created.then(|| TokenLease {
                issued: now,
                expires: None,
                last_renewal: None,
                renewable: false,
                ttl: 0,
                internal: serde_json::Map::new(),
            }),
        });
        state
    }

    fn add_system_mounts(&mut self, ids: &Ids) {
        let header = |name: &str| vec![name.to_owned()];
        let mounts = [
            (
                "cubbyhole/",
                "cubbyhole",
                "per-token private secret storage",
                Backend::Cubbyhole,
                Tuning::default(),
            ),
            (
                "identity/",
                "identity",
                "identity store",
                Backend::Identity,
                Tuning {
                    passthrough_request_headers: header("Authorization"),
                    ..Tuning::default()
                },
            ),
            (
                "sys/",
                "system",
                "system endpoints used for control, policy and debugging",
                Backend::System,
                Tuning {
                    passthrough_request_headers: header("Accept"),
                    ..Tuning::default()
                },
            ),
            (
                "auth/token/",
                "token",
                "token based credentials",
                Backend::Token,
                Tuning {
                    token_type: Some(TokenType::DefaultService),
                    ..Tuning::default()
                },
            ),
        ];
        for (path, kind, description, backend, tuning) in mounts {
            let mut mount = self.new_mount(ids, path, kind, backend);
            description.clone_into(&mut mount.description);
            mount.local = kind == "cubbyhole";
            mount.seal_wrap = kind == "system";
            mount.options = None;
            mount.tuning = tuning;
            self.add_mount(mount);
        }
    }

    /// A mount with fresh ids, not yet there.
    pub(crate) fn new_mount(&self, ids: &Ids, path: &str, kind: &str, backend: Backend) -> Mount {
        let class = if path.starts_with("auth/") {
            "auth_"
        } else {
            ""
        };
        let accessor = ids.draw("vault-mount-accessor", "", path).hex(8);
        Mount {
            path: path.to_owned(),
            kind: kind.to_owned(),
            accessor: format!("{class}{kind}_{accessor}"),
            uuid: ids.draw("vault-mount", "", path).uuid(),
            description: String::new(),
            local: false,
            seal_wrap: false,
            options: Some(BTreeMap::new()),
            tuning: Tuning::default(),
            backend,
        }
    }

    /// Adds a mount, and tells the identity store of it.
    pub(crate) fn add_mount(&mut self, mount: Mount) {
        if mount.is_auth() {
            let names = (mount.path.clone(), mount.kind.clone());
            self.identity.mounts.insert(mount.accessor.clone(), names);
        }
        self.mounts.insert(mount.path.clone(), mount);
    }

    /// The mount whose path a path begins with; the slash at its end may be missing.
    pub(crate) fn mount_of(&self, path: &str) -> Option<&Mount> {
        let found = self.mounts.values().filter(|mount| {
            path.starts_with(&mount.path) || mount.path.strip_suffix('/') == Some(path)
        });
        found.max_by_key(|mount| mount.path.len())
    }

    /// The mount that stands in the way of a new one at this path.
    pub(crate) fn conflict(&self, path: &str) -> Option<&str> {
        let paths = self.mounts.keys();
        let mut found = paths.filter(|known| path.starts_with(*known) || known.starts_with(path));
        found.next().map(String::as_str)
    }

    /// The merged policies of a token, its entity's and groups' included.
    pub(crate) fn acl_of(&self, entry: &Entry) -> Acl {
        if entry.is_root() {
            return Acl::root();
        }
        let view = self.identity.view(&entry.entity_id);
        let mut names = entry.policies.clone();
        names.extend(self.identity_policies_of(entry));
        names.sort();
        names.dedup();
        let mut unresolved = Vec::new();
        let mut filled: Vec<(String, Policy)> = Vec::new();
        for name in names {
            let Some(policy) = self.policies.get(&name) else {
                continue;
            };
            if policy.expiration.is_some_and(|until| until <= self.now) {
                continue;
            }
            let (mut policy, dropped) = template::fill(policy, view.as_ref());
            policy
                .rules
                .retain(|rule| rule.expiration.is_none_or(|until| until > self.now));
            unresolved.extend(dropped.into_iter().map(|path| (name.clone(), path)));
            filled.push((name, policy));
        }
        let policies = filled.iter().map(|(name, policy)| (name.as_str(), policy));
        Acl::merged(policies, self.flavour).without_value(unresolved)
    }

    /// The policies that a token has through its entity.
    pub(crate) fn identity_policies_of(&self, entry: &Entry) -> Vec<String> {
        self.identity.policies_of(&entry.entity_id)
    }

    /// Whether a token's entity was disabled or deleted: the token goes no further.
    pub(crate) fn is_disabled(&self, entry: &Entry) -> bool {
        let entity = self.identity.entity(&entry.entity_id);
        !entry.entity_id.is_empty() && entity.is_none_or(|entity| entity.disabled)
    }

    /// Makes a token, with its end if it has one.
    pub(crate) fn issue(&mut self, call: &Call<'_>, mut entry: Entry, issue: &Issue) -> Entry {
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
        let expires = call
            .now
            .checked_add(SignedDuration::from_secs(entry.creation_ttl))
            .ok();
        if let Some(lease) = entry.lease.as_mut() {
            lease.expires = expires.filter(|_| entry.creation_ttl > 0);
            if let Some(expires) = lease.expires {
                self.due
                    .push((expires, format!("vault/token/{}", issue.name)));
            }
        }
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
        auth.orphan = true;
        auth.renewable = auth.renewable && kind == Type::Service;
        let user = auth.alias.as_ref().map_or("", |alias| alias.name.as_str());
        let name = format!("{}/{user}", call.request.path);
        let entry = self.issue(
            call,
            entry_of(call, &auth, kind),
            &Issue {
                name,
                keep_id: false,
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
        let Some(lease) = entry.lease.clone() else {
            return Err(Fault::invalid("invalid lease ID").because(Reason::TokenWithoutLease));
        };
        if !lease.renewable || lease.expires.is_none() {
            return Err(Fault::invalid("lease is not renewable").because(Reason::TokenNotRenewable));
        }
        let wish = self.renewal_wish(&entry).map_err(|error| {
            Fault::error(format!("failed to renew entry: {error}")).because(Reason::RenewalRefused)
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
        let (ttl, warnings) = ttl::calculate(bounds, wish, lease.issued, call.now)
            .map_err(|error| Fault::answer(error).because(Reason::MaxTtlReached))?;
        let expires = call.now.checked_add(SignedDuration::from_secs(ttl)).ok();
        if let Some(lease) = self
            .tokens
            .tokens
            .get_mut(key)
            .and_then(|entry| entry.lease.as_mut())
        {
            lease.expires = expires;
            lease.last_renewal = Some(call.now);
            lease.ttl = ttl;
        }
        if let Some(expires) = expires {
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
                .map_or(0, |_| original_uses(&entry)),
            entity_id: entry.entity_id.clone(),
            kind: TokenType::Service,
            orphan: entry.parent.is_none(),
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
    fn renewal_wish(&self, entry: &Entry) -> Result<Option<Wish>, String> {
        let mount = self.mount_of(&entry.path);
        match mount.map(|mount| &mount.backend) {
            Some(Backend::Userpass(method)) => method.renew(entry),
            Some(Backend::AppRole(method)) => method.renew(entry),
            Some(Backend::Aws(method)) => method.renew(entry),
            Some(Backend::Jwt(method)) => method.renew(entry),
            _ => {
                let ttl = entry.lease.as_ref().map_or(0, |lease| lease.ttl);
                let Some(name) = &entry.role else {
                    return Ok(Some(Wish {
                        ttl,
                        period: entry.period,
                        explicit_max_ttl: entry.explicit_max_ttl,
                        ..Wish::default()
                    }));
                };
                let role = self.tokens.roles.get(name).ok_or_else(|| {
                    let name = crate::duration::quoted(name);
                    format!("original token role {name} could not be found, not renewing")
                })?;
                Ok(Some(Wish {
                    ttl,
                    period: role.token_period,
                    explicit_max_ttl: role.token_explicit_max_ttl,
                    ..Wish::default()
                }))
            }
        }
    }

    /// Ends what is due.
    pub(crate) fn expire(&mut self, now: Timestamp) -> Vec<Expired> {
        self.now = now;
        let mut expired = Vec::new();
        for (at, key) in self.tokens.due(now) {
            let Some(entry) = self.tokens.tokens.get(&key) else {
                continue;
            };
            expired.push(Expired {
                token: entry.id.clone(),
                accessor: entry.accessor.clone(),
                path: entry.path.clone(),
                policies: entry.policies.clone(),
                at,
            });
            self.tokens.revoke_tree(&key, End::Expired, at);
        }
        self.empty_cubbyholes();
        expired
    }

    /// Empties the cubbyholes of tokens that have ended.
    pub(crate) fn empty_cubbyholes(&mut self) {
        for accessor in std::mem::take(&mut self.tokens.emptied) {
            self.cubbyhole.values.remove(&accessor);
        }
    }

    /// Ends every token whose lease lies below a path.
    pub(crate) fn revoke_below(&mut self, prefix: &str, now: Timestamp) {
        for key in self.tokens.leased_below(prefix) {
            self.tokens.revoke_tree(&key, End::Revoked, now);
        }
    }

    fn lockout_of(&self, accessor: &str) -> Lockout {
        let mount = self
            .mounts
            .values()
            .find(|mount| mount.accessor == accessor);
        let tuned = mount.and_then(|mount| mount.tuning.lockout);
        tuned.unwrap_or_default().or_default()
    }

    /// Whether a user has failed too often of late at the mount with this accessor.
    pub(crate) fn is_locked(&self, accessor: &str, user: &str, now: Timestamp) -> bool {
        let lockout = self.lockout_of(accessor);
        let key = (accessor.to_owned(), user.to_owned());
        !lockout.disabled
            && self.failures.get(&key).is_some_and(|(count, last)| {
                *count >= lockout.threshold && now.as_second() - last.as_second() < lockout.duration
            })
    }

    /// Who is locked out, by the accessors of mounts.
    pub(crate) fn locked_users(&self, now: Timestamp) -> BTreeMap<String, Vec<String>> {
        let mut locked: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (accessor, user) in self.failures.keys() {
            if self.is_locked(accessor, user, now) {
                let users = locked.entry(accessor.clone()).or_default();
                users.push(user.clone());
            }
        }
        locked
    }

    /// Forgets the failures of a user.
    pub(crate) fn unlock(&mut self, accessor: &str, user: &str) {
        self.failures
            .remove(&(accessor.to_owned(), user.to_owned()));
    }

    /// Counts a login that was refused for its credentials, or forgets the count after a good one.
    pub(crate) fn count_login(&mut self, accessor: &str, user: &str, failed: bool, now: Timestamp) {
        if !failed {
            self.unlock(accessor, user);
            return;
        }
        let lockout = self.lockout_of(accessor);
        let key = (accessor.to_owned(), user.to_owned());
        let entry = self.failures.entry(key).or_insert((0, now));
        if now.as_second() - entry.1.as_second() >= lockout.counter_reset {
            entry.0 = 0;
        }
        *entry = (entry.0 + 1, now);
    }

    /// The digest of a request's token.
    pub(crate) fn key_of(token: &str) -> String {
        digest(token)
    }
}

/// A service token of the flavour, from the lab's ids.
pub(crate) fn service_token(flavour: Flavour, ids: &Ids, name: &str) -> String {
    let token = ids.vault_token(name);
    let text = token.strip_prefix("hvs.").unwrap_or(&token);
    format!("{}{text}", flavour.rules().service_prefix)
}

/// The uses that a renewal's answer names: as many as at the creation, which the token does not keep.
fn original_uses(entry: &Entry) -> i64 {
    let lease = entry.lease.as_ref();
    let given = lease
        .and_then(|lease| lease.internal.get("num_uses"))
        .and_then(Value::as_i64);
    given.unwrap_or(entry.num_uses.max(0))
}

/// A login that made a token.
pub(crate) struct Login {
    pub(crate) auth: Auth,
    pub(crate) warnings: Vec<String>,
    pub(crate) entity_created: bool,
}

fn entry_of(call: &Call<'_>, auth: &Auth, kind: Type) -> Entry {
    let mut internal = auth.internal.clone();
    if auth.num_uses > 0 {
        internal.insert("num_uses".to_owned(), Value::from(auth.num_uses));
    }
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
        lease: Some(TokenLease {
            issued: call.now,
            expires: None,
            last_renewal: None,
            renewable: auth.renewable,
            ttl: auth.ttl,
            internal,
        }),
    }
}
