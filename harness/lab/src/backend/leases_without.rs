//! The containers that a lab leases in a build without containers: none, and who asks for one hears
//! which build has them.

use std::net::IpAddr;

use super::choice::Backends;
use super::finding::{Finding, FindingState};
use super::place::{AwsPlace, OidcPlace, PlaceError, VaultPlace};

/// What a lab leases: there is nothing.
#[derive(Clone, Debug)]
pub(crate) enum Leases {}

/// The container that keeps Vault: there is none.
#[derive(Clone, Debug)]
pub(crate) enum VaultContainer {}

impl Leases {
    /// Refuses.
    pub(crate) async fn take(backends: Backends) -> Result<Self, PlaceError> {
        Err(PlaceError::WithoutContainers { backends })
    }

    /// LocalStack.
    pub(crate) fn aws(&self, _account_count: usize) -> Option<AwsPlace> {
        match *self {}
    }

    /// Vault.
    pub(crate) fn vault(&self) -> Option<VaultPlace> {
        match *self {}
    }

    /// The OpenID Connect server.
    pub(crate) fn oidc(&self) -> Option<OidcPlace> {
        match *self {}
    }

    /// The container that keeps Vault.
    pub(crate) fn vault_container(&self) -> Option<VaultContainer> {
        match *self {}
    }

    /// Whether Vault's container is on a network with those that labs share.
    pub(crate) fn vault_is_shared(&self) -> bool {
        match *self {}
    }

    /// Whether all containers still run.
    pub(crate) async fn check(&self) -> Result<(), PlaceError> {
        match *self {}
    }
}

impl VaultContainer {
    /// The number of the scenario that leases it.
    pub(crate) fn scenario(&self) -> u32 {
        match *self {}
    }

    /// What it wrote, up to the line that holds a mark.
    pub(crate) async fn output_until(&self, _mark: &str) -> Result<Vec<String>, PlaceError> {
        match *self {}
    }

    /// Where the lab has to listen so that it is reached.
    pub(crate) fn lab_address(&self) -> Option<IpAddr> {
        match *self {}
    }

    /// The name under which it reaches the machine of the lab.
    pub(crate) fn lab_host(&self) -> &'static str {
        match *self {}
    }
}

/// Removes the containers of this process's run: there are none.
///
/// # Errors
/// None.
pub async fn close_containers() -> Result<(), PlaceError> {
    Ok(())
}

/// Finds that there are no containers, and says what has them.
pub async fn doctor() -> Vec<Finding> {
    vec![Finding {
        what: "containers".to_owned(),
        state: FindingState::Missing,
        detail: "this command was built without them".to_owned(),
        mend: Some("cargo run --features containers -- doctor".to_owned()),
    }]
}

#[cfg(test)]
mod tests {
    use super::super::{Backend, BackendChoice};
    use super::*;

    #[tokio::test]
    async fn who_asks_for_a_container_hears_which_command_has_it() {
        let one = |vault, oidc| BackendChoice {
            vault,
            oidc,
            ..BackendChoice::default()
        };
        let container = Some(Backend::Container);
        for (choice, named) in [
            (
                BackendChoice::all(Backend::Container),
                "aws, vault and oidc",
            ),
            (one(container, None), "vault"),
            (one(container, container), "vault and oidc"),
        ] {
            let refused = Leases::take(choice.backends()).await;
            let text = refused.map_or_else(|error| error.to_string(), |leases| match leases {});
            assert!(text.starts_with(&format!("backend: {named} ")), "{text}");
            assert!(
                text.contains("`cargo run --features containers -- "),
                "{text}"
            );
        }
        assert!(close_containers().await.is_ok());
        let findings = doctor().await;
        assert_eq!(findings[0].state, FindingState::Missing);
    }
}
