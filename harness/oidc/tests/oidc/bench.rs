//! A provider on a port, with the lab's client beside it.

use std::net::SocketAddr;
use std::sync::Arc;

use authlab_http::{Client, Limits, Listener, Running, Service};
use authlab_kernel::{Clock, Component, Faults, Ids, Journal, Timestamp};
use authlab_oidc::{IssuerConfig, Oidc, OidcConfig};

/// A lab's parts that concern a provider.
pub struct Bench {
    pub oidc: Arc<Oidc>,
    pub clock: Clock,
    pub ids: Ids,
    pub journal: Journal,
    pub client: Client,
    pub base_url: String,
    /// Stops when it is dropped.
    _running: Running,
}

pub const START: &str = "2031-02-03T04:05:06Z";

/// The URL of the issuer `corp`.
pub const CORP: &str = "https://login.corp.example/";

/// The default issuer, `corp` with a logical URL, `tenant` with a path in it, and `plain` without.
pub fn issuers() -> Vec<IssuerConfig> {
    vec![
        IssuerConfig::named("corp").url(CORP),
        IssuerConfig::named("tenant").url("https://login.microsoftonline.example/t-1/v2.0"),
        IssuerConfig::named("plain"),
    ]
}

pub async fn start(issuers: Vec<IssuerConfig>) -> Bench {
    start_at(START.parse().unwrap(), issuers).await
}

/// Starts with a standing clock.
pub async fn start_at(at: Timestamp, issuers: Vec<IssuerConfig>) -> Bench {
    let clock = Clock::standing(at);
    let (ids, journal) = (Ids::new(1), Journal::new(clock.clone()));
    let any: SocketAddr = "127.0.0.1:0".parse().unwrap();
    let listener = Listener::bind("oidc", any, "--oidc-port").await.unwrap();
    let base_url = format!("http://{}", listener.address());
    let config = OidcConfig {
        base_url: base_url.clone(),
        issuers,
    };
    let component = clock.component(Component::Oidc);
    let oidc = Arc::new(Oidc::new(config, component, ids.clone(), journal.clone()).unwrap());
    let client = Client::new(journal.clone(), Faults::default());
    client.register_endpoint(listener.address());
    for name in oidc.issuers() {
        let (url, target) = (
            oidc.issuer_url(Some(&name)),
            oidc.endpoint_base(Some(&name)),
        );
        let (url, target) = (url.unwrap(), target.unwrap());
        if url.starts_with("https://") {
            client.map_name(&url, &target).unwrap();
        }
    }
    let running = listener.serve(Limits::default(), Arc::clone(&oidc) as Arc<dyn Service>);
    Bench {
        oidc,
        clock,
        ids,
        journal,
        client,
        base_url,
        _running: running,
    }
}

/// The beginning of a client of plain HTTP that heeds no proxy of its environment.
///
/// Where a crate of the workspace asks reqwest for TLS, no client is built before a provider of it
/// is installed, although all is plain HTTP here.
pub fn http_client() -> reqwest::ClientBuilder {
    let _installed = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder().no_proxy()
}
