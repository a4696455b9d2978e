//! The embedded Vault server: the real HTTP API of HashiCorp Vault (or OpenBao), on the lab's clock.
//!
//! Simulated: ACL policies with their order of precedence, tokens, response wrapping, leases of
//! tokens, file audit devices, the key/value engine in both versions, the cubbyhole, identities and
//! groups, and the auth methods `token`, `approle`, `userpass`, `jwt`/`oidc` (with a token) and `aws`
//! (type `iam`, verified by calling STS and IAM). Not simulated: the database and every other engine
//! and method; mounting one is refused by name. Neither are sealing, storage, clustering, namespaces,
//! MFA and the user interface.
//!
//! In reading order:
//! - [`vault`]: the server, its configuration, its life in the lab.
//! - [`server`]: HTTP in and out.
//! - [`router`]: the way of a request: who asks, whether they may, who answers. [`right`]: what comes of it
//!   where they may not.
//! - [`request`], [`response`], [`route`], [`field`], [`duration`], [`flavour`]: the shapes.
//! - [`policy`]: ACL policies. [`token`], [`ttl`]: tokens. [`lease`]: leases. [`effect`]: what is done
//!   elsewhere when one ends. [`wrap`]: response wrapping.
//! - [`state`], [`mount`], [`identity`]: what is remembered.
//! - [`engine`]: what answers at a mount. [`registry`]: the types of engines and methods.
//! - [`secret`], [`auth`], [`sys`]: the engines, the methods and `sys/`.
//! - [`judge`]: what is decided of logins and paths, as functions of what is known.
//! - [`audit`]: audit devices. [`event`], [`evidence`]: the journal. [`shown`]: what lines may show.
//! - [`relay`]: a foreign server in the place of this one.

mod audit;
mod auth;
mod core_rules;
mod duration;
mod effect;
#[cfg(test)]
mod enforced;
mod engine;
mod event;
pub mod evidence;
mod field;
mod flavour;
mod identity;
mod json;
pub mod judge;
mod known;
mod lease;
#[cfg(test)]
mod leasing;
mod mount;
#[cfg(test)]
mod offline;
mod policy;
mod registry;
mod relay;
mod request;
mod response;
mod right;
mod route;
mod router;
mod secret;
mod server;
mod shown;
mod state;
mod sys;
mod token;
mod ttl;
#[cfg(test)]
mod unread;
mod vault;
mod wrap;

pub use effect::{Effect, Elsewhere};
pub use flavour::{Flavour, UnknownFlavour};
pub use policy::lint;
pub use relay::{RelayConfig, RelayError, VaultRelay};
pub use vault::{AuditFile, MountConfig, SetupError, Vault, VaultConfig};
