//! Which system is embedded, a container, or a server elsewhere.
//!
//! The lab's ports stay the same: callers reach AWS at the front door, which passes Secrets Manager to
//! LocalStack; Vault and the OpenID Connect provider through a relay ([`authlab_vault::VaultRelay`],
//! [`authlab_oidc::OidcRelay`]). So every request is journalled, whoever answers it.
//!
//! - [`choice`]: what was chosen, by command, environment and lab file.
//! - [`place`]: where the chosen systems are: leased containers, addresses from the environment.
//! - [`system`]: what answers at the ports of Vault and of the provider.
//! - [`audit`]: the audit log of a container's Vault, followed into the journal.

pub mod choice;

pub(crate) mod audit;
pub(crate) mod place;
pub(crate) mod system;

pub use authlab_containers::{Finding, State as FindingState, doctor};
pub use choice::{Backend, BackendChoice, Backends, ChoiceError, Writable};
pub use place::{PlaceError, close_containers};
