//! What is not embedded, connected to the lab.

use std::sync::Arc;

use authlab_aws::front::{AccountMap, FrontDoor, PassTarget};
use authlab_http::Client;
use authlab_kernel::{Clock, Component, Ids, Journal, Outbound};
use authlab_oidc::{Oidc, OidcConfig, OidcRelay};
use authlab_vault::{RelayConfig, Vault, VaultConfig, VaultRelay};

use super::Core;
use super::config::{vault_config, vault_refuses};
use crate::backend::PlaceError;
use crate::backend::place::{OidcPlace, VaultPlace};
use crate::backend::places::Places;
use crate::backend::system::{OidcSystem, VaultSystem};
use crate::error::LabError;
use crate::file::LabFile;

/// What every component is made of.
pub(super) struct Kernel<'a> {
    pub(super) clock: &'a Clock,
    pub(super) ids: &'a Ids,
    pub(super) journal: &'a Journal,
    pub(super) outbound: &'a Arc<Client>,
}

impl Kernel<'_> {
    pub(super) fn port(&self) -> Arc<dyn Outbound> {
        self.outbound.clone()
    }

    pub(super) fn vault(
        &self,
        config: VaultConfig,
        place: Option<&VaultPlace>,
    ) -> Result<VaultSystem, LabError> {
        let (clock, ids) = (self.clock.component(Component::Vault), self.ids.clone());
        let (journal, port) = (self.journal.clone(), self.port());
        Ok(match place {
            None => VaultSystem::Embedded(
                Vault::new(config, clock, ids, journal, port).map_err(vault_refuses)?,
            ),
            Some(place) => {
                let relay = VaultRelay::new(relay_config(place), clock, ids, journal, port);
                VaultSystem::Relayed(Arc::new(relay))
            }
        })
    }

    pub(super) fn oidc(
        &self,
        config: OidcConfig,
        place: Option<&OidcPlace>,
    ) -> Result<OidcSystem, LabError> {
        let (clock, ids) = (self.clock.component(Component::Oidc), self.ids.clone());
        let journal = self.journal.clone();
        let made = match place {
            None => Oidc::new(config, clock, ids, journal)
                .map(|oidc| OidcSystem::Embedded(Arc::new(oidc))),
            Some(place) => OidcRelay::new(config, &place.url, clock, ids, journal, self.port())
                .map(|relay| OidcSystem::Relayed(Arc::new(relay))),
        };
        made.map_err(|error| LabError::Statement {
            field: "issuer".into(),
            reason: error.to_string(),
        })
    }
}

fn relay_config(place: &VaultPlace) -> RelayConfig {
    RelayConfig {
        base_url: place.url.clone(),
        root_token: place.root_token.clone(),
        namespace: place.namespace.clone(),
        allow_writes: place.allow_writes,
    }
}

/// Lets the lab's client reach what is not on this machine: each server on its own port, since every
/// component calls through this client.
pub(super) fn allow(outbound: &Client, places: &Places) -> Result<(), LabError> {
    let urls = [
        places.aws.as_ref().map(|place| &place.url),
        places.vault.as_ref().map(|place| &place.url),
        places.oidc.as_ref().map(|place| &place.url),
    ];
    for url in urls.into_iter().flatten() {
        let refused = |reason: String| LabError::Statement {
            field: "backend".to_owned(),
            reason,
        };
        if let Some(server) = elsewhere(url).map_err(|error| refused(error.to_string()))? {
            let allowed = outbound.allow(&server);
            allowed.map_err(|error| refused(error.to_string()))?;
        }
    }
    Ok(())
}

/// Host and port of a URL, unless they are on this machine, where every component may call.
fn elsewhere(url: &str) -> Result<Option<String>, url::ParseError> {
    let url = url::Url::parse(url)?;
    let (Some(host), Some(port)) = (url.host_str(), url.port_or_known_default()) else {
        return Err(url::ParseError::EmptyHost);
    };
    let here = ["127.0.0.1", "localhost", "[::1]"].contains(&host);
    let host = host.trim_end_matches('.');
    Ok((!here).then(|| format!("{host}:{port}")))
}

/// Passes Secrets Manager, and what is to pass undecided, to LocalStack.
pub(super) fn pass(
    door: &FrontDoor,
    file: &LabFile,
    places: &Places,
    unchecked: &[String],
) -> Result<(), LabError> {
    let refused = |error: authlab_aws::front::PassError| LabError::Statement {
        field: "backend.aws".to_owned(),
        reason: error.to_string(),
    };
    let Some(place) = &places.aws else {
        return match unchecked.first() {
            None => Ok(()),
            Some(service) => Err(LabError::Statement {
                field: "backend.unchecked".to_owned(),
                reason: format!(
                    "`{service}` has nowhere to go: choose a container or an external system for aws"
                ),
            }),
        };
    };
    let here = file.accounts.iter().map(|account| account.id.clone());
    let target = PassTarget {
        base_url: place.url.clone(),
        accounts: AccountMap::new(here.zip(place.accounts.iter().cloned())),
        writable: place.writable.clone(),
    };
    door.pass("secretsmanager", Some(target.clone()))
        .map_err(refused)?;
    for service in unchecked {
        let passed = door.pass_unchecked(service, Some(target.clone()));
        passed.map_err(|error| LabError::Statement {
            field: "backend.unchecked".to_owned(),
            reason: error.to_string(),
        })?;
    }
    Ok(())
}

impl Core {
    /// Makes a foreign Vault what the embedded one is after its start.
    pub(super) async fn prepare_backends(&self) -> Result<(), LabError> {
        let (VaultSystem::Relayed(relay), places) = (&self.vault, self.places.read().clone())
        else {
            return Ok(());
        };
        if places.vault.as_ref().is_some_and(|place| place.is_ours) {
            relay.prepare(&vault_config(&self.file).mounts).await?;
        }
        if places.vault_container().is_some() {
            relay.audit_to_output().await?;
        }
        Ok(())
    }

    /// Containers are leased anew, so that nothing of before is there.
    pub(super) async fn reset_backends(&self) -> Result<(), LabError> {
        if let VaultSystem::Embedded(vault) = &self.vault {
            vault.reset().map_err(vault_refuses)?;
        }
        if !self.backends.backends().have_container() {
            return Ok(());
        }
        let places = Places::find(&self.backends, self.file.accounts.len()).await?;
        if let (VaultSystem::Relayed(relay), Some(place)) = (&self.vault, &places.vault) {
            relay.reset(relay_config(place));
        }
        pass(&self.door, &self.file, &places, &self.backends.unchecked)?;
        *self.places.write() = places;
        self.audit.restart().await;
        self.prepare_backends().await
    }

    /// Whether the containers of the lab still run; asked when something failed.
    pub(super) async fn check_containers(&self) -> Result<(), PlaceError> {
        let places = self.places.read().clone();
        places.check_containers().await
    }

    /// Where Vault can fetch the keys of an issuer.
    ///
    /// # Errors
    /// The words for why it cannot.
    pub(super) async fn key_set_url(&self, issuer: &str) -> Result<String, String> {
        let base = self.oidc.endpoint_base(Some(issuer));
        let base = base.ok_or_else(|| format!("the lab has no issuer `{issuer}`"))?;
        let places = self.places.read().clone();
        if let VaultSystem::Embedded(_) = self.vault {
            // It calls through the lab's client, which knows issuers by their logical names.
            let url = self.oidc.issuer_url(Some(issuer)).unwrap_or(base);
            return Ok(format!("{}/jwks", url.trim_end_matches('/')));
        }
        let Some(container) = places.vault_container() else {
            return Ok(format!("{base}/jwks"));
        };
        // The container's own way, since the lab's loopback is not its.
        if let (OidcSystem::Relayed(relay), Some(place)) = (&self.oidc, &places.oidc)
            && places.vault_is_shared()
        {
            let path = relay.server_endpoint(issuer, "/jwks").await?;
            return Ok(format!("{}{path}", place.internal_url));
        }
        let port = self.bridge.oidc;
        let port = port.ok_or("containers cannot reach the lab's provider on this engine")?;
        let path = base
            .strip_prefix(&self.endpoints.oidc_base)
            .unwrap_or_default();
        let host = container.lab_host();
        Ok(format!("http://{host}:{port}{path}/jwks"))
    }

    /// Where a Vault in a container reaches STS and IAM; none where names do.
    pub(super) fn aws_url_for_vault(&self) -> Option<String> {
        let places = self.places.read();
        let host = places.vault_container()?.lab_host();
        Some(format!("http://{host}:{}", self.bridge.aws?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_elsewhere_is_allowed_on_its_port_alone() {
        for (url, expected) in [
            ("http://192.0.2.10:8200", Some("192.0.2.10:8200")),
            ("http://vault.example", Some("vault.example:80")),
            ("http://vault.example/base", Some("vault.example:80")),
            ("http://vault.example.:8200", Some("vault.example:8200")),
            ("http://[2001:db8::1]:8200", Some("[2001:db8::1]:8200")),
            ("http://127.0.0.1.example:1", Some("127.0.0.1.example:1")),
            ("http://127.0.0.1:8200", None),
            ("http://localhost", None),
            ("http://[::1]:1", None),
        ] {
            assert_eq!(elsewhere(url).unwrap().as_deref(), expected, "{url}");
        }
        for url in ["vault:8200", "http://", "//vault", ""] {
            assert!(elsewhere(url).is_err(), "{url}");
        }
    }
}
