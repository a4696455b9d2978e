//! What the lab file says of the provider and of Vault, as their configuration.

use authlab_kernel::Secret;
use authlab_oidc::{ClientConfig, IssuerConfig, OidcConfig};
use authlab_vault::{SetupError, VaultConfig};

use crate::error::LabError;
use crate::file::{self, LabFile, VaultMount};

pub(super) fn oidc_config(file: &LabFile, base_url: &str) -> OidcConfig {
    let mut config = OidcConfig::at(base_url);
    for issuer in &file.issuers {
        let mut stated = IssuerConfig::named(&issuer.name);
        stated.url.clone_from(&issuer.url);
        stated.algorithm = issuer.algorithm.unwrap_or(stated.algorithm);
        let client = |client: &file::Client| {
            ClientConfig::new(&client.id, Secret::new(client.secret.as_str()))
        };
        let clients = issuer.clients.as_ref();
        stated.clients = clients.map(|clients| clients.iter().map(client).collect());
        config.issuers.push(stated);
    }
    config
}

pub(super) fn vault_config(file: &LabFile) -> VaultConfig {
    VaultConfig {
        flavour: file.vault.flavour.unwrap_or_default(),
        root_token: file.vault.root_token.as_deref().map(Secret::new),
        mounts: file.vault.mounts.iter().map(VaultMount::config).collect(),
        ..VaultConfig::default()
    }
}

/// What Vault says of its configuration.
pub(crate) fn vault_refuses(error: SetupError) -> LabError {
    LabError::Statement {
        field: "vault".to_owned(),
        reason: error.to_string(),
    }
}
