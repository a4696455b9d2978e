//! Servers behind the gateway.

use std::fmt;

use wiremock::MockServer;

use super::{Kind, Thing};

/// A server behind the gateway, under the name that the API calls it by.
pub struct Upstream {
    /// The URL: `http://reports.internal.example`.
    pub url: String,
    /// Where it really listens, and what it was asked.
    pub server: MockServer,
}

impl Thing for Upstream {
    fn kind() -> Kind {
        Kind::unseen("upstream")
    }

    fn name(&self) -> &str {
        &self.url
    }
}

impl fmt::Debug for Upstream {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut upstream = formatter.debug_struct("Upstream");
        upstream.field("url", &self.url).finish_non_exhaustive()
    }
}
