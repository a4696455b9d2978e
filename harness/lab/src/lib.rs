//! Assembles a lab: reads the lab file, starts every component on its port, moves the clock,
//! explains requests.
//!
//! ```no_run
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! let lab = authlab::Lab::builder().seed(7).start().await?;
//! let config = lab.aws_config(&lab.administrator_credentials("workload-a")?);
//! // Any client of aws-sdk-rust takes `config`; any other client takes `lab.endpoints()`.
//! lab.stop().await;
//! # Ok(())
//! # }
//! ```
//!
//! - [`file`]: `lab.toml`, the statement of a lab for people and for reproductions.
//! - [`backend`]: which systems are embedded, containers, or elsewhere.
//! - [`error`]: why a lab did not start.
//! - [`builder`]: what a lab is started with; [`running`]: the lab that runs.
//! - [`VaultServer`]: the embedded Vault alone, without a lab.
//! - [`control`]: the lab's own API: clock, journal, reset, test tokens.
//! - [`client`]: configuration of aws-sdk-rust for this lab.
//! - [`explain`]: one request's chain and its first refusal.
//! - [`diagnose`]: classes of cause, computed from the evidence in a chain.

pub mod file;

pub mod backend;

pub mod error;

mod clock_start;
mod randomness;

pub mod builder;
pub mod running;

pub mod control;

pub mod client;

pub mod explain;

pub mod diagnose;

mod files;

mod vault_server;

mod driver;

pub use authlab_aws::front::ClientClock;
pub use authlab_aws::lambda::{
    Function, FunctionError, InvocationContext, package as function_package,
};
pub use authlab_http::{GuestError, Guests};
pub use authlab_kernel::fault::Effect;
pub use authlab_kernel::{Component, Event, Fault, Ids, Journal, Outcome, Secret, Sequence};
pub use authlab_kernel::{printable, text_file};
pub use authlab_vault::Flavour as VaultFlavour;
pub use backend::{Backend, BackendChoice, Backends, Writable};
pub use builder::{LabBuilder, Ports};
pub use client::Credentials;
pub use clock_start::ClockStart;
pub use error::LabError;
pub use explain::{Chain, ExplainError};
pub use file::{LabFile, LabFileError};
pub use randomness::draw_seed;
pub use running::{Endpoints, Lab};
pub use vault_server::{VaultServer, VaultServerConfig};
