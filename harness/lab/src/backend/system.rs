//! What answers at the ports of Vault and of the OpenID Connect provider.

use std::sync::Arc;

use authlab_http::Service;
use authlab_kernel::Secret;
use authlab_oidc::{MintError, MintRequest, Oidc, OidcRelay};
use authlab_token::KeySet;
use authlab_vault::{Vault, VaultRelay};

/// Vault: the lab's own, or another behind the relay.
#[derive(Clone)]
pub(crate) enum VaultSystem {
    Embedded(Arc<Vault>),
    Relayed(Arc<VaultRelay>),
}

impl VaultSystem {
    pub(crate) fn service(&self) -> Arc<dyn Service> {
        match self {
            Self::Embedded(vault) => vault.clone(),
            Self::Relayed(relay) => relay.clone(),
        }
    }

    pub(crate) fn root_token(&self) -> Secret {
        match self {
            Self::Embedded(vault) => vault.root_token(),
            Self::Relayed(relay) => relay.root_token(),
        }
    }
}

/// What the lab's own issuers publish; of a server behind the relay nothing is known.
pub(crate) struct Issuers(pub(crate) OidcSystem);

impl authlab_gateway::needs::Issuers for Issuers {
    fn published(&self, issuer: &str) -> Option<KeySet> {
        match &self.0 {
            OidcSystem::Embedded(oidc) => oidc.key_set(issuer),
            OidcSystem::Relayed(_) => None,
        }
    }
}

/// The OpenID Connect provider: the lab's own, or another behind the relay.
#[derive(Clone)]
pub(crate) enum OidcSystem {
    Embedded(Arc<Oidc>),
    Relayed(Arc<OidcRelay>),
}

impl OidcSystem {
    pub(crate) fn service(&self) -> Arc<dyn Service> {
        match self {
            Self::Embedded(oidc) => oidc.clone(),
            Self::Relayed(relay) => relay.clone(),
        }
    }

    pub(crate) fn issuer_url(&self, issuer: Option<&str>) -> Option<String> {
        match self {
            Self::Embedded(oidc) => oidc.issuer_url(issuer),
            Self::Relayed(relay) => relay.issuer_url(issuer),
        }
    }

    pub(crate) fn endpoint_base(&self, issuer: Option<&str>) -> Option<String> {
        match self {
            Self::Embedded(oidc) => oidc.endpoint_base(issuer),
            Self::Relayed(relay) => relay.endpoint_base(issuer),
        }
    }

    /// The lab's own provider, whose keys the lab turns.
    ///
    /// # Errors
    /// The words for why there is none.
    pub(crate) fn embedded(&self) -> Result<&Oidc, String> {
        match self {
            Self::Embedded(oidc) => Ok(oidc),
            Self::Relayed(_) => Err(
                "the OpenID Connect provider is not the lab's own: turn its keys there, or take the \
                 embedded one"
                    .to_owned(),
            ),
        }
    }

    pub(crate) fn mint(&self, request: &MintRequest) -> Result<String, MintError> {
        match self {
            Self::Embedded(oidc) => oidc.mint(request).map(|minted| minted.token),
            Self::Relayed(_) => Err(MintError::Foreign),
        }
    }

    pub(crate) fn reset(&self) {
        match self {
            Self::Embedded(oidc) => oidc.reset(),
            // It keeps no state but its keys, which stay.
            Self::Relayed(_) => {}
        }
    }
}
