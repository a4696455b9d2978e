//! Where all chosen systems are.

use authlab_kernel::{AccountId, Secret};

use super::choice::{Backend, BackendChoice, Writable};
use super::place::{AwsPlace, OidcPlace, PlaceError, VaultPlace, variable};
use super::{Leases, VaultContainer};

/// Everything that is not embedded.
#[derive(Clone, Debug, Default)]
pub(crate) struct Places {
    pub(crate) aws: Option<AwsPlace>,
    pub(crate) vault: Option<VaultPlace>,
    pub(crate) oidc: Option<OidcPlace>,
    leases: Option<Leases>,
}

impl Places {
    /// Leases containers and reads addresses, for a lab with so many accounts.
    pub(crate) async fn find(
        choice: &BackendChoice,
        account_count: usize,
    ) -> Result<Self, PlaceError> {
        let backends = choice.backends();
        if let Some((what, backend)) = choice.unheeded() {
            let what = what.clone();
            return Err(PlaceError::NotExternal { what, backend });
        }
        let mut places = Self::default();
        if backends.have_container() {
            let leases = Leases::take(backends).await?;
            places.aws = leases.aws(account_count);
            places.vault = leases.vault();
            places.oidc = leases.oidc();
            places.leases = Some(leases);
        }
        if backends.aws == Backend::External {
            places.aws = Some(AwsPlace {
                url: address("LocalStack", "AUTHLAB_AWS_ADDRESS", "http://127.0.0.1:4566")?,
                accounts: Vec::new(),
                writable: Some(writable(choice)),
            });
        }
        if backends.vault == Backend::External {
            places.vault = Some(VaultPlace {
                url: address("Vault", "AUTHLAB_VAULT_ADDRESS", "http://127.0.0.1:8200")?,
                root_token: variable("AUTHLAB_VAULT_TOKEN").map(Secret::new),
                namespace: variable("AUTHLAB_VAULT_NAMESPACE"),
                allow_writes: choice.allow_writes.contains(&Writable::Vault),
                is_ours: false,
            });
        }
        if backends.oidc == Backend::External {
            let url = address(
                "the OIDC server",
                "AUTHLAB_OIDC_ADDRESS",
                "http://127.0.0.1:8080",
            )?;
            places.oidc = Some(OidcPlace {
                internal_url: url.clone(),
                url,
            });
        }
        Ok(places)
    }

    /// The container that keeps Vault, if one does.
    pub(crate) fn vault_container(&self) -> Option<VaultContainer> {
        self.leases.as_ref()?.vault_container()
    }

    /// Whether Vault's container is on a network with those that labs share.
    pub(crate) fn vault_is_shared(&self) -> bool {
        self.leases.as_ref().is_none_or(Leases::vault_is_shared)
    }

    /// Whether the containers still run; asked when something failed.
    pub(crate) async fn check_containers(&self) -> Result<(), PlaceError> {
        match &self.leases {
            Some(leases) => leases.check().await,
            None => Ok(()),
        }
    }
}

/// The accounts among what may be changed.
fn writable(choice: &BackendChoice) -> Vec<AccountId> {
    let all = choice.allow_writes.iter();
    all.filter_map(|what| match what {
        Writable::Account(id) => Some(id.clone()),
        Writable::Vault => None,
    })
    .collect()
}

fn address(
    system: &'static str,
    name: &'static str,
    example: &'static str,
) -> Result<String, PlaceError> {
    let Some(url) = variable(name) else {
        return Err(PlaceError::NoAddress {
            system,
            variable: name,
            example,
        });
    };
    // What is sent there may be a token of production.
    if !url.starts_with("http://") {
        return Err(PlaceError::Scheme {
            variable: name,
            url,
        });
    }
    Ok(url.trim_end_matches('/').to_owned())
}
