//! How a scenario speaks to the lab: over HTTP, as anybody would.
//!
//! - [`http`]: one request over loopback. [`sign`]: Signature Version 4;
//!   [`habit`]: signed other than it should be.
//! - [`aws`]: any operation of AWS, driven by the service models. `sdk`, behind the feature of that
//!   name: the same by aws-sdk-rust, for the services that a team's own code would call by it.
//! - [`vault`]: Vault's HTTP API.
//! - [`clients`]: all of them, for one lab.

pub mod aws;
pub mod clients;
pub mod habit;
pub mod http;
#[cfg(feature = "sdk")]
mod sdk;
pub mod sign;
pub mod vault;

pub use self::{
    aws::{AwsClient, AwsOutput, AwsRefusal},
    clients::Clients,
    habit::Habit,
    http::{HttpClient, HttpRequest},
    sign::Signing,
    vault::{VaultAnswer, VaultClient},
};
