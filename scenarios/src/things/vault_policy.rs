//! ACL policies of Vault.

use http::Method;
use serde_json::Value;

use super::{Kind, Reading, Section, Thing};
use crate::client::Clients;

/// An ACL policy of Vault.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct VaultPolicy {
    /// Its name.
    pub name: String,
}

impl Thing for VaultPolicy {
    fn kind() -> Kind {
        Kind::shown("policy of Vault", 70)
    }

    fn name(&self) -> &str {
        &self.name
    }

    /// Its text.
    fn section<'a>(&'a self, clients: &'a Clients) -> Reading<'a> {
        Box::pin(async {
            let path = format!("sys/policies/acl/{}", self.name);
            let answer = clients.vault_as_root(Method::GET, &path, None).await?;
            let policy = answer.pointer("/data/policy").and_then(Value::as_str);
            let title = format!("Vault policy {}", self.name);
            Ok(Some(Section::new(title, policy.unwrap_or_default())))
        })
    }
}
