//! Assembles a lab: reads the lab file, starts every component on its port, moves the clock,
//! explains requests by `authlab-explain`.
//!
//! ```no_run
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! let lab = authlab::Lab::builder().seed(7).start().await?;
//! // Any client takes the endpoints; with the feature `sdk`, `Lab::aws_config` is what aws-sdk-rust takes.
//! println!("{}", lab.endpoints().aws);
//! lab.stop().await;
//! # Ok(())
//! # }
//! ```
//!
//! - [`file`]: `lab.toml`, the statement of a lab for people and for reproductions.
//! - [`backend`]: which systems are embedded, containers, or elsewhere.
//! - [`error`]: why it is not started.
//! - [`builder`]: what a lab is started with; [`running`]: the lab that runs.
//! - [`VaultServer`]: the embedded Vault alone, without a lab.
//! - [`control`]: the lab's own API: clock, journal, reset, test tokens.
//! - [`evidence`]: what the lab itself tells the journal, and what each component does.
//! - [`client`]: who calls AWS.

pub mod file;

pub mod backend;

pub mod error;

mod clock_start;
mod randomness;

pub mod builder;
pub mod running;

pub mod control;

pub mod client;

#[cfg(feature = "sdk")]
mod sdk;

pub mod evidence;

mod files;

mod vault_server;

mod driver;

pub use authlab_aws::front::ClientClock;
pub use authlab_aws::lambda::{
    Function, FunctionError, InvocationContext, package as function_package,
};
pub use authlab_http::{GuestError, Guests};
pub use authlab_kernel::fault::Effect;
pub use authlab_kernel::{
    Clock, Component, Enforcement, EnforcementSetting, Event, Fault, Ids, Journal, Outcome, Secret,
    Sequence,
};
pub use authlab_kernel::{printable, text_file};
pub use authlab_vault::Flavour as VaultFlavour;
pub use authlab_vault::lint as vault_lint;
pub use backend::{Backend, BackendChoice, Backends, Writable};
pub use builder::{LabBuilder, Ports};
pub use client::Credentials;
pub use clock_start::ClockStart;
pub use error::LabError;
pub use file::{LabFile, LabFileError};
pub use randomness::draw_seed;
pub use running::{Endpoints, Lab};
pub use vault_server::{ControlPort, VaultServer, VaultServerConfig};
