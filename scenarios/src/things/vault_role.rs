//! Roles of Vault's auth methods: what they bind, and what they give.

use http::Method;

use super::{Kind, Reading, Section, Thing};
use crate::{client::Clients, error::StepResult};

/// A role of Vault's AWS auth method.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct VaultAwsRole {
    /// Its name.
    pub name: String,
}

impl Thing for VaultAwsRole {
    fn kind() -> Kind {
        Kind::shown("AWS role of Vault", 80)
    }

    fn name(&self) -> &str {
        &self.name
    }

    fn section<'a>(&'a self, clients: &'a Clients) -> Reading<'a> {
        Box::pin(async {
            let shown = [
                "auth_type",
                "bound_iam_principal_arn",
                "token_policies",
                "token_ttl",
            ];
            let body = members(clients, "aws", &self.name, &shown).await?;
            let title = format!("Vault AWS role {}", self.name);
            Ok(Some(Section::new(title, body)))
        })
    }
}

/// A role of Vault's JWT auth method. Where the method finds the issuer's keys is no part of it: that
/// differs between backends.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct VaultJwtRole {
    /// Its name.
    pub name: String,
}

impl Thing for VaultJwtRole {
    fn kind() -> Kind {
        Kind::shown("JWT role of Vault", 90)
    }

    fn name(&self) -> &str {
        &self.name
    }

    fn section<'a>(&'a self, clients: &'a Clients) -> Reading<'a> {
        Box::pin(async {
            let shown = [
                "role_type",
                "bound_audiences",
                "bound_claims",
                "user_claim",
                "token_policies",
                "token_ttl",
            ];
            let body = members(clients, "jwt", &self.name, &shown).await?;
            let title = format!("Vault JWT role {}", self.name);
            Ok(Some(Section::new(title, body)))
        })
    }
}

/// The members of an auth method's role that shall be shown.
async fn members(clients: &Clients, mount: &str, name: &str, shown: &[&str]) -> StepResult<String> {
    let path = format!("auth/{mount}/role/{name}");
    let answer = clients.vault_as_root(Method::GET, &path, None).await?;
    let members = shown.iter().filter_map(|member| {
        let value = answer.pointer(&format!("/data/{member}"))?;
        Some(format!("{member} {value}"))
    });
    Ok(members.collect::<Vec<_>>().join(", "))
}
