//! LocalStack: the AWS services that the front door passes on. It checks no permission, which is
//! why the front door stays in front.

use crate::image::LOCALSTACK_TOKEN;
use crate::start::{LAB_HOST, Recipe, Running};

const PORT: u16 = 4566;

/// Where a leased LocalStack is.
#[derive(Debug, Clone)]
pub struct LocalStackAddress {
    /// From this machine.
    pub url: String,
    /// From the other containers of the set.
    pub internal_url: String,
    /// The image that it runs from.
    pub image: String,
    /// From the request to the first healthy answer, in milliseconds.
    pub started_ms: u64,
}

impl From<&Running> for LocalStackAddress {
    fn from(running: &Running) -> Self {
        Self {
            url: running.url.clone(),
            internal_url: running.internal_url.clone(),
            image: running.image.clone(),
            started_ms: running.started_ms,
        }
    }
}

pub(crate) fn recipe() -> Recipe {
    // https://docs.localstack.cloud/aws/capabilities/config/configuration/
    let mut variables = vec![
        ("LOCALSTACK_HOST".to_owned(), format!("{LAB_HOST}:{PORT}")),
        ("GATEWAY_LISTEN".to_owned(), format!("0.0.0.0:{PORT}")),
        // Nothing leaves the machine.
        ("DISABLE_EVENTS".to_owned(), "1".to_owned()),
        ("SKIP_SSL_CERT_DOWNLOAD".to_owned(), "1".to_owned()),
        ("DNS_ADDRESS".to_owned(), "0".to_owned()),
    ];
    if let Ok(token) = std::env::var(LOCALSTACK_TOKEN) {
        variables.push((LOCALSTACK_TOKEN.to_owned(), token));
    }
    Recipe {
        port: PORT,
        health_path: "/_localstack/health",
        variables,
        command: Vec::new(),
        files: Vec::new(),
        capabilities: &[],
    }
}
