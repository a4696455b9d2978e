//! Everything that the server remembers, and what reaches across mounts.
//!
//! - [`issue`]: making tokens, logins. [`renew`]: renewing tokens and leases.
//! - [`end`]: ending them, by their time, by their owner, by a revocation.
//! - [`lockout`]: users who fail to log in.

mod end;
mod issue;
mod lockout;
mod renew;

use std::collections::BTreeMap;

use authlab_kernel::{Folder, Ids, Secret, Timestamp};

use crate::audit::Broker;
use crate::effect::Effect;
use crate::engine::{Backend, Core};
use crate::flavour::Flavour;
use crate::identity;
use crate::lease;
use crate::mount::{Mount, Tuning};
use crate::policy::template::{self, Filled};
use crate::policy::{Acl, Policy};
use crate::secret::cubbyhole::Cubbyhole;
use crate::sys::cors::Cors;
use crate::sys::rotate::Keyring;
use crate::token::store::digest;
use crate::token::{self, Entry, TokenType, Type};

pub(crate) use end::{Expired, Failed};
pub(crate) use issue::Issue;
pub(crate) use renew::renewal;

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
    pub(crate) leases: lease::Store,
    /// What engines have to do elsewhere: whoever lets go of the lock sees that it is performed.
    pub(crate) effects: Vec<Effect>,
    /// Ends for which a timer is to be set.
    pub(crate) due: Vec<(Timestamp, String)>,
    /// The tokens that were issued under the lock that is held: whoever lets go of it takes them out
    /// before, so that no other request finds them.
    pub(crate) issued: Vec<Secret>,
}

const WRAPPING_POLICY: &str = include_str!("../policy/response_wrapping.hcl");

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
            leases: lease::Store::default(),
            effects: Vec::new(),
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
            lease: None,
        });
        if created {
            state.lease_root(root_token, now);
        }
        state
    }

    fn add_system_mounts(&mut self, ids: &Ids) {
        let header = |name: &str| vec![name.to_owned()];
        let mounts = [
            (
                "cubbyhole/",
                "cubbyhole",
                "per-token private secret storage",
                Backend::Core(Core::Cubbyhole),
                Tuning::default(),
            ),
            (
                "identity/",
                "identity",
                "identity store",
                Backend::Core(Core::Identity),
                Tuning {
                    passthrough_request_headers: header("Authorization"),
                    ..Tuning::default()
                },
            ),
            (
                "sys/",
                "system",
                "system endpoints used for control, policy and debugging",
                Backend::Core(Core::System),
                Tuning {
                    passthrough_request_headers: header("Accept"),
                    ..Tuning::default()
                },
            ),
            (
                "auth/token/",
                "token",
                "token based credentials",
                Backend::Core(Core::Token),
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
        let mut unwritten = Vec::new();
        let mut wild = Vec::new();
        let mut filled: Vec<(String, Policy)> = Vec::new();
        for name in names {
            let Some(policy) = self.policies.get(&name) else {
                unwritten.push(name);
                continue;
            };
            if policy.expiration.is_some_and(|until| until <= self.now) {
                continue;
            }
            let Filled {
                mut policy,
                dropped,
                wild: wilder,
            } = template::fill(&name, policy, view.as_ref());
            wild.extend(wilder);
            policy
                .rules
                .retain(|rule| rule.expiration.is_none_or(|until| until > self.now));
            unresolved.extend(dropped);
            filled.push((name, policy));
        }
        let policies = filled.iter().map(|(name, policy)| (name.as_str(), policy));
        Acl::merged(policies, self.flavour)
            .without_value(unresolved)
            .without_text(unwritten)
            .with_wildcards(wild)
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
