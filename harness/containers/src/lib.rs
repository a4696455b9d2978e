//! LocalStack, Vault or OpenBao, and an OpenID Connect server as containers. The only crate that
//! knows Docker.
//!
//! ```no_run
//! # async fn example() -> Result<(), authlab_containers::ContainerError> {
//! use authlab_containers::{ContainerSet, Options, VaultKind, Wanted};
//!
//! let set = ContainerSet::open(Options::default()).await?;
//! let wanted = Wanted { vault: Some(VaultKind::OpenBao), ..Wanted::default() };
//! let lease = set.lease(&wanted).await?;
//! let vault = lease.vault();
//! set.close().await
//! # }
//! ```
//!
//! Containers run on the machine's time and not on the lab's: what waits here waits for something
//! that happens, with a deadline.
//!
//! - [`engine`]: where the engine is and whether this user may use it.
//! - [`image`]: which image a service runs from; `cargo ci images` provides them.
//! - [`localstack`], [`vault`], [`openbao`], [`oidc`]: one file per container.
//! - [`start`], [`health`]: starting one and waiting until it is of use.
//! - [`set`]: the containers of a run; [`lease`]: those of one scenario.
//! - [`owner`], [`state`]: whose run it is, and what its processes tell each other.
//! - [`sweep`], [`reaper`]: nothing stays behind, also after `kill -9`.
//! - [`doctor`]: what is there and what is missing.

pub mod doctor;
pub mod engine;
pub mod error;
mod health;
pub mod image;
pub mod lease;
pub mod localstack;
pub mod oidc;
mod openbao;
pub mod owner;
mod reaper;
pub mod set;
mod start;
mod state;
pub mod sweep;
pub mod vault;

pub use doctor::{Finding, State, doctor};
pub use engine::{Engine, EngineFacts};
pub use error::ContainerError;
pub use image::{ImageName, ImageSpec, Service};
pub use lease::Lease;
pub use localstack::LocalStackAddress;
pub use oidc::OidcAddress;
pub use set::{ContainerSet, Options, Wanted};
pub use start::LAB_HOST;
pub use sweep::{Swept, sweep};
pub use vault::{VaultAddress, VaultKind};
