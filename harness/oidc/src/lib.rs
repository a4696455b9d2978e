//! The embedded OpenID Connect provider: any number of issuers on one port.
//!
//! An issuer is reached by its path (`http://host:port/{name}`) and, through the lab's client, by
//! its logical URL (`https://login.corp.example/`), which then stands in `iss`. The default issuer
//! is the loopback base URL itself.
//!
//! - [`config`]: what a lab file states about issuers and clients.
//! - [`issuer`]: issuers with their keys, and how a request finds its issuer.
//! - [`document`]: the discovery document and the key set.
//! - [`grant`]: the token endpoint (`client_credentials`).
//! - [`mint`]: what a test needs and no provider gives: any claims, and forged tokens.
//! - [`provider`]: [`Oidc`], the server.
//! - [`relay`]: [`OidcRelay`], a foreign server in its place.
//! - [`evidence`]: what both tell the journal, and why they refuse.
//!
//! Not here: the authorization code flow, refresh tokens, userinfo, introspection, revocation and
//! dynamic registration. Their usual paths answer 501.

pub mod config;
pub mod document;
pub mod evidence;
pub mod grant;
pub mod issuer;
pub mod mint;
pub mod provider;
pub mod relay;

mod refusal;

pub use config::{ClientConfig, ConfigError, IssuerConfig, OidcConfig};
pub use issuer::{RotationError, RotationStep};
pub use mint::{Forge, MintError, MintRequest, Minted};
pub use provider::Oidc;
pub use relay::OidcRelay;
