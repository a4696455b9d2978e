//! Which system is embedded, a container, or a server elsewhere.
//!
//! The lab's ports stay the same: callers reach AWS at the front door, which passes Secrets Manager to
//! LocalStack; Vault and the OpenID Connect provider through a relay ([`authlab_vault::VaultRelay`],
//! [`authlab_oidc::OidcRelay`]). So every request is journalled, whoever answers it.
//!
//! - [`choice`]: what was chosen, by command, environment and lab file.
//! - [`place`]: where a system is; [`places`]: where all are: leased containers, addresses from the
//!   environment.
//! - [`leases`]: the leased containers. They are a feature of the crate, `containers`: without it a
//!   build knows no Docker, and who asks for a container is told which build does.
//! - [`finding`]: what containers need and what of it is there.
//! - [`system`]: what answers at the ports of Vault and of the provider.
//! - [`audit`]: the audit log of a container's Vault, followed into the journal.

pub mod choice;

pub(crate) mod audit;
mod finding;
#[cfg(feature = "containers")]
mod leases;
#[cfg(any(test, not(feature = "containers")))]
#[cfg_attr(
    feature = "containers",
    expect(dead_code, reason = "only its test runs beside what leases containers")
)]
mod leases_without;
pub(crate) mod place;
pub(crate) mod places;
pub(crate) mod system;

pub use choice::{Backend, BackendChoice, Backends, ChoiceError, Writable};
pub use finding::{Finding, FindingState};
#[cfg(feature = "containers")]
pub use leases::{close_containers, doctor};
#[cfg(not(feature = "containers"))]
pub use leases_without::{close_containers, doctor};
pub use place::PlaceError;

#[cfg(feature = "containers")]
pub(crate) use leases::{Leases, VaultContainer};
#[cfg(not(feature = "containers"))]
pub(crate) use leases_without::{Leases, VaultContainer};

/// Whether this build has containers: the feature `containers`.
pub const HAS_CONTAINERS: bool = cfg!(feature = "containers");
