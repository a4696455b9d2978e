//! Issuers of tokens, as authorizers name them.

use url::{Host, Url};

/// The URL of an issuer, if an authorizer may have it: an absolute https URL; http only for loopback,
/// where the lab's own issuers live.
pub fn url(issuer: &str) -> Option<Url> {
    let url = Url::parse(issuer).ok()?;
    let is_loopback = match url.host()? {
        Host::Domain(name) => name == "localhost" || name.ends_with(".localhost"),
        Host::Ipv4(address) => address.is_loopback(),
        Host::Ipv6(address) => address.is_loopback(),
    };
    (url.scheme() == "https" || (url.scheme() == "http" && is_loopback)).then_some(url)
}
