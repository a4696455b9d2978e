//! What a token is, and what a login gives.

use std::collections::BTreeMap;
use std::fmt;

use authlab_kernel::{Secret, Timestamp};
use serde_json::{Map, Value, json};

use crate::evidence::Cap;
use crate::json::texts_or_null;
use crate::lease::Lease;

/// The two kinds of tokens.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Type {
    /// Stored, renewable, revocable.
    #[default]
    Service,
    /// Carries all that it is; cannot be renewed or revoked.
    Batch,
}

impl Type {
    /// The name in answers.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Service => "service",
            Self::Batch => "batch",
        }
    }
}

/// A token.
#[derive(Clone)]
pub(crate) struct Entry {
    /// What clients send.
    pub(crate) id: Secret,
    /// A name for the token that is no secret; empty for batch tokens.
    pub(crate) accessor: String,
    pub(crate) kind: Type,
    /// The digest of the parent's id; `None` for an orphan.
    pub(crate) parent: Option<String>,
    /// Where it was made.
    pub(crate) path: String,
    pub(crate) policies: Vec<String>,
    pub(crate) metadata: BTreeMap<String, String>,
    pub(crate) display_name: String,
    /// How often it may still be used; 0 is unlimited, -1 used up.
    pub(crate) num_uses: i64,
    pub(crate) created: Timestamp,
    /// Its TTL at creation, in seconds; 0 is without end.
    pub(crate) creation_ttl: i64,
    pub(crate) period: i64,
    pub(crate) explicit_max_ttl: i64,
    pub(crate) role: Option<String>,
    pub(crate) entity_id: String,
    pub(crate) bound_cidrs: Vec<String>,
    /// The id of its lease, in which the token stands as a digest.
    pub(crate) lease: Option<String>,
}

/// What a login knows of its user.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct LoginAlias {
    pub(crate) name: String,
    pub(crate) metadata: BTreeMap<String, String>,
}

impl fmt::Debug for Entry {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Entry")
            .field("accessor", &self.accessor)
            .field("path", &self.path)
            .field("policies", &self.policies)
            .finish_non_exhaustive()
    }
}

impl Entry {
    /// Whether it may do everything.
    pub(crate) fn is_root(&self) -> bool {
        self.policies.iter().any(|policy| policy == "root")
    }

    /// Whether it is a response-wrapping token.
    pub(crate) fn is_wrapping(&self) -> bool {
        self.policies.len() == 1 && self.policies[0] == "response-wrapping"
    }

    /// The token as the lookup endpoints show it.
    pub(crate) fn to_json(
        &self,
        now: Timestamp,
        lease: Option<&Lease>,
        show_id: bool,
        identity: &[String],
    ) -> Value {
        let expires = lease.and_then(|lease| lease.expires);
        let mut shown = json!({
            "accessor": self.accessor,
            "creation_time": self.created.as_second(),
            "creation_ttl": self.creation_ttl,
            "display_name": self.display_name,
            "entity_id": self.entity_id,
            "expire_time": expires.map(|expires| expires.to_string()),
            "explicit_max_ttl": self.explicit_max_ttl,
            "id": if show_id { self.id.expose_secret() } else { "" },
            "meta": texts_or_null(&self.metadata),
            "num_uses": self.num_uses,
            "orphan": self.parent.is_none(),
            "path": self.path,
            "policies": self.policies,
            "ttl": lease.map_or(0, |lease| lease.seconds_left(now)),
            "type": self.kind.as_str(),
        });
        let Some(members) = shown.as_object_mut() else {
            return shown;
        };
        let mut insert = |name: &str, value: Value| {
            members.insert(name.to_owned(), value);
        };
        if let Some(lease) = lease {
            insert("renewable", Value::from(lease.renewable));
            insert("issue_time", Value::from(lease.issued.to_string()));
            if let Some(renewed) = lease.last_renewal {
                insert("last_renewal", Value::from(renewed.to_string()));
                insert("last_renewal_time", Value::from(renewed.as_second()));
            }
        }
        if self.period > 0 {
            insert("period", Value::from(self.period));
        }
        if let Some(role) = &self.role {
            insert("role", Value::from(role.clone()));
        }
        if !self.bound_cidrs.is_empty() {
            insert("bound_cidrs", json!(self.bound_cidrs));
        }
        if !identity.is_empty() {
            insert("identity_policies", json!(identity));
            insert("external_namespace_policies", json!({}));
        }
        shown
    }
}

/// What a login or a token creation gives.
#[derive(Clone, Debug, Default)]
pub(crate) struct Auth {
    pub(crate) client_token: Option<Secret>,
    pub(crate) accessor: String,
    pub(crate) display_name: String,
    /// The policies of the token itself.
    pub(crate) policies: Vec<String>,
    /// The policies of its entity and groups.
    pub(crate) identity_policies: Vec<String>,
    pub(crate) metadata: BTreeMap<String, String>,
    pub(crate) ttl: i64,
    pub(crate) max_ttl: i64,
    pub(crate) period: i64,
    pub(crate) explicit_max_ttl: i64,
    pub(crate) renewable: bool,
    pub(crate) num_uses: i64,
    pub(crate) entity_id: String,
    pub(crate) kind: TokenType,
    pub(crate) orphan: bool,
    pub(crate) no_default_policy: bool,
    pub(crate) bound_cidrs: Vec<String>,
    pub(crate) alias: Option<LoginAlias>,
    pub(crate) group_aliases: Vec<String>,
    pub(crate) internal: Map<String, Value>,
    /// The maximum that cut its time short, for the evidence.
    pub(crate) cap: Option<Cap>,
}

/// The kind of token that a role or mount asks for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum TokenType {
    /// As the mount says.
    #[default]
    Default,
    /// As the client says, else a service token.
    DefaultService,
    /// As the client says, else a batch token.
    DefaultBatch,
    /// A service token.
    Service,
    /// A batch token.
    Batch,
}

impl TokenType {
    /// The name in the API.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Default => "default",
            Self::DefaultService => "default-service",
            Self::DefaultBatch => "default-batch",
            Self::Service => "service",
            Self::Batch => "batch",
        }
    }

    /// The type of that name.
    pub(crate) fn named(name: &str) -> Option<Self> {
        match name {
            "" | "default" => Some(Self::Default),
            "default-service" => Some(Self::DefaultService),
            "default-batch" => Some(Self::DefaultBatch),
            "service" => Some(Self::Service),
            "batch" => Some(Self::Batch),
            _ => None,
        }
    }
}

impl Auth {
    /// The block `auth` of the envelope.
    pub(crate) fn to_json(&self) -> Value {
        let mut policies: Vec<&String> = self
            .policies
            .iter()
            .chain(&self.identity_policies)
            .collect();
        policies.sort();
        policies.dedup();
        let token = self
            .client_token
            .as_ref()
            .map_or("", |token| token.expose_secret());
        let batch = self.kind == TokenType::Batch;
        let mut shown = json!({
            "client_token": token,
            "accessor": self.accessor,
            "policies": policies,
            "metadata": texts_or_null(&self.metadata),
            "lease_duration": self.ttl,
            "renewable": self.renewable,
            "entity_id": self.entity_id,
            "token_type": if batch { "batch" } else { "service" },
            "orphan": self.orphan,
            "mfa_requirement": null,
            "num_uses": self.num_uses,
        });
        for (name, policies) in [
            ("token_policies", &self.policies),
            ("identity_policies", &self.identity_policies),
        ] {
            if let (false, Some(members)) = (policies.is_empty(), shown.as_object_mut()) {
                members.insert(name.to_owned(), json!(policies));
            }
        }
        shown
    }
}

/// Lower case, trimmed, sorted, each once; `root` stands alone; `default` is added on demand.
pub(crate) fn sanitized(policies: &[String], add_default: bool) -> Vec<String> {
    let mut clean: Vec<String> = policies
        .iter()
        .map(|policy| policy.trim().to_lowercase())
        .filter(|policy| !policy.is_empty())
        .collect();
    if clean.iter().any(|policy| policy == "root") {
        return vec!["root".to_owned()];
    }
    if add_default {
        clean.push("default".to_owned());
    }
    clean.sort();
    clean.dedup();
    clean
}

/// The policies of a role: clean, sorted, each once.
pub(crate) fn sanitized_keeping_root(policies: &[String]) -> Vec<String> {
    let mut clean: Vec<String> = policies
        .iter()
        .map(|policy| policy.trim().to_owned())
        .filter(|policy| !policy.is_empty())
        .collect();
    clean.sort();
    clean.dedup();
    clean
}
