//! A token role: what `auth/token/create/<role>` may make.

use serde_json::{Value, json};

use super::TokenType;

/// A role.
#[derive(Clone, Debug, Default)]
pub(crate) struct Role {
    pub(crate) name: String,
    pub(crate) allowed_policies: Vec<String>,
    pub(crate) allowed_policies_glob: Vec<String>,
    pub(crate) disallowed_policies: Vec<String>,
    pub(crate) disallowed_policies_glob: Vec<String>,
    pub(crate) allowed_entity_aliases: Option<Vec<String>>,
    pub(crate) orphan: bool,
    pub(crate) renewable: bool,
    pub(crate) path_suffix: String,
    pub(crate) token_period: i64,
    pub(crate) token_explicit_max_ttl: i64,
    pub(crate) token_bound_cidrs: Vec<String>,
    pub(crate) token_num_uses: i64,
    pub(crate) token_no_default_policy: bool,
    pub(crate) token_type: TokenType,
    /// Set through the old name of `token_period`.
    pub(crate) old_period: i64,
    /// Set through the old name of `token_explicit_max_ttl`.
    pub(crate) old_explicit_max_ttl: i64,
    /// Set through the old name of `token_bound_cidrs`.
    pub(crate) old_bound_cidrs: Vec<String>,
}

impl Role {
    /// The role as its endpoint shows it.
    pub(crate) fn to_json(&self) -> Value {
        let mut shown = json!({
            "allowed_entity_aliases": self.allowed_entity_aliases,
            "allowed_policies": self.allowed_policies,
            "allowed_policies_glob": self.allowed_policies_glob,
            "disallowed_policies": self.disallowed_policies,
            "disallowed_policies_glob": self.disallowed_policies_glob,
            "explicit_max_ttl": self.old_explicit_max_ttl,
            "name": self.name,
            "orphan": self.orphan,
            "path_suffix": self.path_suffix,
            "period": self.old_period,
            "renewable": self.renewable,
            "token_explicit_max_ttl": self.token_explicit_max_ttl,
            "token_no_default_policy": self.token_no_default_policy,
            "token_period": self.token_period,
            "token_type": self.token_type.as_str(),
        });
        if let Some(members) = shown.as_object_mut() {
            if !self.token_bound_cidrs.is_empty() {
                members.insert(
                    "token_bound_cidrs".to_owned(),
                    json!(self.token_bound_cidrs),
                );
            }
            if !self.old_bound_cidrs.is_empty() {
                members.insert("bound_cidrs".to_owned(), json!(self.old_bound_cidrs));
            }
            if self.token_num_uses > 0 {
                members.insert("token_num_uses".to_owned(), json!(self.token_num_uses));
            }
        }
        shown
    }
}
