//! What a lab file states about issuers and clients.

use authlab_kernel::Secret;
use authlab_token::{Algorithm, KeyType};
use serde_json::{Map, Value};
use thiserror::Error;

/// The name of the issuer at the base URL.
pub const DEFAULT_ISSUER: &str = "default";

/// A provider.
#[derive(Clone, Debug)]
pub struct OidcConfig {
    /// The loopback base URL, without a slash at its end: `http://127.0.0.1:8480`.
    pub base_url: String,
    /// The issuers besides the default one. One named [`DEFAULT_ISSUER`] replaces that.
    pub issuers: Vec<IssuerConfig>,
}

impl OidcConfig {
    /// Only the default issuer, at this base URL.
    pub fn at(base_url: impl Into<String>) -> Self {
        Self {
            base_url: base_url.into(),
            issuers: Vec::new(),
        }
    }
}

/// One issuer.
#[derive(Clone, Debug)]
pub struct IssuerConfig {
    /// Its name and its path: letters, digits, `.`, `_` and `-`.
    pub name: String,
    /// What stands in `iss`, a logical URL such as `https://login.corp.example/`; `None`: the
    /// loopback URL.
    pub url: Option<String>,
    /// Who may ask for tokens; `None`: every client whose secret is `test`.
    pub clients: Option<Vec<ClientConfig>>,
    /// How long tokens are valid, in seconds.
    pub token_ttl_seconds: i64,
    /// What tokens are signed with.
    pub algorithm: Algorithm,
}

impl IssuerConfig {
    /// An issuer at its loopback URL that gives every client with the secret `test` tokens of an
    /// hour, signed with RS256.
    pub fn named(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            url: None,
            clients: None,
            token_ttl_seconds: 3_600,
            algorithm: Algorithm::RS256,
        }
    }

    /// The same with a logical URL.
    #[must_use]
    pub fn url(mut self, url: impl Into<String>) -> Self {
        self.url = Some(url.into());
        self
    }
}

/// A client that an issuer knows.
#[derive(Clone, Debug)]
pub struct ClientConfig {
    /// Its `client_id`, and the `sub` of its tokens.
    pub id: String,
    /// Its `client_secret`.
    pub secret: Secret,
    /// The audiences that it may ask for, the first of which it gets unasked; `None`: any, and
    /// none unasked.
    pub audiences: Option<Vec<String>>,
    /// The scopes that it may ask for; `None`: any.
    pub scopes: Option<Vec<String>>,
    /// Further claims of its tokens; they stand instead of the usual ones.
    pub claims: Map<String, Value>,
}

impl ClientConfig {
    /// A client that may ask for anything.
    pub fn new(id: impl Into<String>, secret: Secret) -> Self {
        Self {
            id: id.into(),
            secret,
            audiences: None,
            scopes: None,
            claims: Map::new(),
        }
    }
}

/// Why an issuer cannot be made.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum ConfigError {
    /// The name is no path segment.
    #[error("`{0}` is no issuer name: use letters, digits, `.`, `_` and `-`")]
    Name(String),
    /// Two issuers of one name.
    #[error("there are two issuers named `{0}`")]
    DuplicateName(String),
    /// Two issuers of one URL.
    #[error("there are two issuers with the URL `{0}`")]
    DuplicateUrl(String),
    /// The URL is no issuer identifier (OpenID Connect Discovery, section 2).
    #[error(
        "`{url}` is no URL of issuer `{name}`: give http or https, a host, and no query or fragment"
    )]
    Url {
        /// The issuer.
        name: String,
        /// What was given.
        url: String,
    },
    /// The lifetime is not positive.
    #[error("the tokens of issuer `{name}` are valid for `{seconds}` seconds: give 1 or more")]
    Lifetime {
        /// The issuer.
        name: String,
        /// What was given.
        seconds: i64,
    },
    /// No issuer publishes a key for this.
    #[error(
        "issuer `{name}` cannot sign with {algorithm}: give RS256, RS384, RS512, PS256, PS384, PS512, ES256, ES384 or EdDSA"
    )]
    Algorithm {
        /// The issuer.
        name: String,
        /// What was given.
        algorithm: Algorithm,
    },
    /// Every issuer has keys of its own, and the pool of test keys is used up.
    #[error(
        "there are no more {key_type} test keys: {available} in all, one of them for forged tokens"
    )]
    KeysExhausted {
        /// The type.
        key_type: KeyType,
        /// How many there are.
        available: usize,
    },
}
