//! Mounts: the secrets engines and auth methods, each at its path.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::engine::{Backend, Core, Engine};
use crate::flavour::Flavour;
use crate::request::MountView;
use crate::token::TokenType;

/// The default and longest TTL of the server: 768 hours.
pub(crate) const SYSTEM_TTL: i64 = 2_764_800;

/// The settings that can be tuned.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tuning {
    /// Seconds; 0 is the server's.
    pub(crate) default_ttl: i64,
    /// Seconds; 0 is the server's.
    pub(crate) max_ttl: i64,
    pub(crate) force_no_cache: bool,
    pub(crate) audit_non_hmac_request_keys: Vec<String>,
    pub(crate) audit_non_hmac_response_keys: Vec<String>,
    pub(crate) listing_visibility: String,
    pub(crate) passthrough_request_headers: Vec<String>,
    pub(crate) allowed_response_headers: Vec<String>,
    pub(crate) token_type: Option<TokenType>,
    /// Set once it was tuned.
    pub(crate) lockout: Option<Lockout>,
}

/// When a user who fails to log in is locked out. What is zero was not set: see [`Lockout::or_default`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Lockout {
    /// How many failures lock.
    pub(crate) threshold: u64,
    /// For how many seconds.
    pub(crate) duration: i64,
    /// After how many seconds failures are forgotten.
    pub(crate) counter_reset: i64,
    pub(crate) disabled: bool,
}

impl Lockout {
    /// The same with Vault's defaults (document "User lockout") for what was not set.
    pub(crate) fn or_default(self) -> Self {
        let or = |set: i64, fallback| if set == 0 { fallback } else { set };
        Self {
            threshold: if self.threshold == 0 {
                5
            } else {
                self.threshold
            },
            duration: or(self.duration, 900),
            counter_reset: or(self.counter_reset, 900),
            disabled: self.disabled,
        }
    }
}

impl Tuning {
    /// The optional settings, those that are set.
    pub(crate) fn show_set(&self, into: &mut Map<String, Value>) {
        for (name, list) in [
            (
                "audit_non_hmac_request_keys",
                &self.audit_non_hmac_request_keys,
            ),
            (
                "audit_non_hmac_response_keys",
                &self.audit_non_hmac_response_keys,
            ),
            (
                "passthrough_request_headers",
                &self.passthrough_request_headers,
            ),
            ("allowed_response_headers", &self.allowed_response_headers),
        ] {
            if !list.is_empty() {
                into.insert(name.to_owned(), json!(list));
            }
        }
        if !self.listing_visibility.is_empty() {
            into.insert(
                "listing_visibility".to_owned(),
                json!(self.listing_visibility),
            );
        }
        if let Some(kind) = self.token_type {
            into.insert("token_type".to_owned(), json!(kind.as_str()));
        }
    }
}

/// A mount.
#[derive(Debug)]
pub(crate) struct Mount {
    /// The whole path with its slash: `secret/`, `auth/aws/`.
    pub(crate) path: String,
    /// The type as it is listed.
    pub(crate) kind: String,
    pub(crate) accessor: String,
    pub(crate) uuid: String,
    pub(crate) description: String,
    pub(crate) local: bool,
    pub(crate) seal_wrap: bool,
    /// `None` for the mounts that every server has.
    pub(crate) options: Option<BTreeMap<String, String>>,
    pub(crate) tuning: Tuning,
    pub(crate) backend: Backend,
}

impl Mount {
    /// Whether it is the key/value engine of version 2.
    pub(crate) fn is_kv2(&self) -> bool {
        let version = self
            .options
            .as_ref()
            .and_then(|options| options.get("version"));
        self.kind == "kv" && version.is_some_and(|version| version == "2")
    }

    /// Whether it is an auth method.
    pub(crate) fn is_auth(&self) -> bool {
        self.path.starts_with("auth/")
    }

    /// `auth` or `secret`, as audit lines say.
    pub(crate) fn class(&self) -> &'static str {
        if self.is_auth() { "auth" } else { "secret" }
    }

    /// The longest TTL in force.
    pub(crate) fn max_ttl(&self) -> i64 {
        if self.tuning.max_ttl != 0 {
            self.tuning.max_ttl
        } else {
            SYSTEM_TTL
        }
    }

    /// The TTL in force without a wish.
    pub(crate) fn default_ttl(&self) -> i64 {
        if self.tuning.default_ttl != 0 {
            self.tuning.default_ttl
        } else {
            SYSTEM_TTL
        }
    }

    /// What handlers see.
    pub(crate) fn view(&self) -> MountView {
        MountView {
            path: self.path.clone(),
            accessor: self.accessor.clone(),
            default_ttl: self.default_ttl(),
            max_ttl: self.max_ttl(),
        }
    }

    /// The mount as `sys/mounts` and `sys/auth` list it.
    pub(crate) fn to_json(&self, flavour: Flavour) -> Value {
        let mut config = Map::new();
        config.insert(
            "default_lease_ttl".to_owned(),
            json!(self.tuning.default_ttl),
        );
        config.insert("max_lease_ttl".to_owned(), json!(self.tuning.max_ttl));
        config.insert(
            "force_no_cache".to_owned(),
            json!(self.tuning.force_no_cache),
        );
        self.tuning.show_set(&mut config);
        let mut shown = json!({
            "accessor": self.accessor,
            "config": config,
            "description": self.description,
            "external_entropy_access": false,
            "local": self.local,
            "options": self.options,
            "plugin_version": "",
            "running_plugin_version": flavour.builtin_version(),
            "running_sha256": "",
            "seal_wrap": self.seal_wrap,
            "type": self.kind,
            "uuid": self.uuid,
        });
        let shows_status = self.kind == "kv" || (self.is_auth() && flavour.core().auth_status);
        let own = self.is_core(Core::Token);
        if let (true, Some(members)) = (shows_status && !own, shown.as_object_mut()) {
            members.insert("deprecation_status".to_owned(), Value::from("supported"));
        }
        shown
    }

    /// The effective tuning, as the `tune` endpoints show it.
    pub(crate) fn tuning_json(&self) -> Value {
        let mut shown = Map::new();
        shown.insert("default_lease_ttl".to_owned(), json!(self.default_ttl()));
        shown.insert("max_lease_ttl".to_owned(), json!(self.max_ttl()));
        shown.insert("description".to_owned(), json!(self.description));
        shown.insert(
            "force_no_cache".to_owned(),
            json!(self.tuning.force_no_cache),
        );
        self.tuning.show_set(&mut shown);
        if let Some(lockout) = &self.tuning.lockout {
            for (name, value) in [
                ("threshold", json!(lockout.threshold)),
                ("duration", json!(lockout.duration)),
                ("counter_reset_duration", json!(lockout.counter_reset)),
                ("disable", json!(lockout.disabled)),
            ] {
                shown.insert(format!("user_lockout_{name}"), value);
            }
        }
        if let Some(options) = self.options.as_ref().filter(|options| !options.is_empty()) {
            shown.insert("options".to_owned(), json!(options));
        }
        Value::Object(shown)
    }

    /// Whether this part of the server answers here.
    pub(crate) fn is_core(&self, core: Core) -> bool {
        matches!(self.backend, Backend::Core(own) if own == core)
    }

    /// The engine, unless a part of the server answers here.
    pub(crate) fn engine(&self) -> Option<&dyn Engine> {
        match &self.backend {
            Backend::Core(_) => None,
            Backend::Engine(engine) => Some(&**engine),
        }
    }

    /// Whether a path below the mount needs no token.
    pub(crate) fn is_login(&self, path: &str) -> bool {
        self.engine().is_some_and(|engine| engine.is_login(path))
    }

    /// Whether audit lines hold numbers of answers as digests.
    pub(crate) fn hashes_numbers(&self) -> bool {
        match &self.backend {
            Backend::Core(core) => *core == Core::Cubbyhole,
            Backend::Engine(engine) => engine.hashes_numbers(),
        }
    }

    /// Whether a path below the mount needs `sudo`.
    pub(crate) fn needs_sudo(&self, path: &str) -> bool {
        let paths: &[&str] = match &self.backend {
            Backend::Core(Core::System) => SYSTEM_SUDO,
            Backend::Core(Core::Token) => TOKEN_SUDO,
            Backend::Core(_) => &[],
            Backend::Engine(engine) => return engine.needs_sudo(path),
        };
        paths.iter().any(|pattern| match pattern.strip_suffix('*') {
            Some(prefix) => path.starts_with(prefix),
            None => path == *pattern,
        })
    }
}

/// What of `auth/token/` needs `sudo`.
pub(crate) const TOKEN_SUDO: &[&str] = &["revoke-orphan/*", "accessors*"];

/// What of `sys/` needs `sudo` (Vault: "Sudo protected paths").
pub(crate) const SYSTEM_SUDO: &[&str] = &[
    "auth/*",
    "remount",
    "audit",
    "audit/*",
    "raw",
    "raw/*",
    "replication/primary/secondary-token",
    "replication/performance/primary/secondary-token",
    "replication/dr/primary/secondary-token",
    "replication/reindex",
    "replication/dr/reindex",
    "replication/performance/reindex",
    "rotate",
    "config/cors",
    "config/auditing/*",
    "config/ui/headers/*",
    "plugins/catalog/*",
    "revoke-prefix/*",
    "revoke-force/*",
    "leases/revoke-prefix/*",
    "leases/revoke-force/*",
    "leases/lookup/*",
    "leases",
    "internal/inspect/*",
    "seal",
    "step-down",
];
