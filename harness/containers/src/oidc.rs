//! An OpenID Connect server of others: `ghcr.io/navikt/mock-oauth2-server`, or the crate
//! `oauth2-test-server` behind the same addresses.
//!
//! Both make an issuer at its first request, and both take the issuer's URL from the request's
//! `Host` and `X-Forwarded-Proto`. An issuer therefore has its logical name when the request is
//! sent to the container under that name: `https://login.corp.example/a` is `/a` of the container,
//! with `Host: login.corp.example` and `X-Forwarded-Proto: https`. It keeps nothing but the keys of
//! its issuers, so scenarios share them.

use crate::start::{Recipe, Running};

const PORT: u16 = 8080;

/// Where a leased OpenID Connect server is.
#[derive(Debug, Clone)]
pub struct OidcAddress {
    /// From this machine.
    pub url: String,
    /// From the other containers of the set.
    pub internal_url: String,
    /// The image that it runs from.
    pub image: String,
    /// From the request to the first healthy answer, in milliseconds.
    pub started_ms: u64,
}

impl OidcAddress {
    pub(crate) fn of(running: &Running) -> Self {
        Self {
            url: running.url.clone(),
            internal_url: running.internal_url.clone(),
            image: running.image.clone(),
            started_ms: running.started_ms,
        }
    }
}

pub(crate) fn recipe() -> Recipe {
    Recipe {
        port: PORT,
        health_path: "/isalive",
        variables: vec![("SERVER_PORT".to_owned(), PORT.to_string())],
        command: Vec::new(),
        files: Vec::new(),
        capabilities: &[],
    }
}
