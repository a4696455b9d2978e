//! Which names and addresses the lab's client may call.
//!
//! Names map to lab endpoints; loopback is let through (a test's own upstream), the control port
//! never; a host that the lab was told to allow is; every other address is refused.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use authlab_kernel::OutboundError;
use http::Uri;
use http::uri::PathAndQuery;
use thiserror::Error;

/// Why a name, a target or an address cannot be registered with the client.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum AddressError {
    /// Neither a host nor a host with a path.
    #[error("`{0}` is no name: give a host, or a host and a path such as `login.example/tenant`")]
    Name(String),
    /// A name leads to an HTTP endpoint.
    #[error("`{0}` is no endpoint: give an absolute URL such as `http://127.0.0.1:8480/corp`")]
    Target(String),
    /// A name leads to loopback, or to a host that is allowed.
    #[error(
        "`{0}` is outside the lab: let names lead to loopback (`http://127.0.0.1:PORT`), or list its host in `outbound.allow`"
    )]
    Outside(String),
    /// What is allowed is a host, with or without port.
    #[error("`{0}` is no host to allow: give `host` or `host:port`")]
    Host(String),
}

/// Whether a host, in lower case, is one of those that a rule is about.
type HostRule = fn(&str) -> bool;

/// Whether a client that may call the `allowed` hosts can let `name` lead to `target`: that is loopback
/// or one of those hosts.
///
/// # Errors
/// [`AddressError`] names what was given.
pub fn check_mapping(name: &str, target: &str, allowed: &[&str]) -> Result<(), AddressError> {
    let mut addresses = Addresses::default();
    for host in allowed {
        addresses.allow(host)?;
    }
    addresses.map_name(name, target)?;
    let outside = || AddressError::Outside(target.to_owned());
    let uri: Uri = target.parse().map_err(|_| outside())?;
    let host = normal_host(uri.host().unwrap_or_default());
    match addresses.peer(&uri, &host, false) {
        Ok(_) => Ok(()),
        Err(_) => Err(outside()),
    }
}

/// Whether `host` is one that a client can be told to allow.
///
/// # Errors
/// [`AddressError::Host`].
pub fn check_allowed(host: &str) -> Result<(), AddressError> {
    Addresses::default().allow(host)
}

/// The rules of one client.
#[derive(Clone, Debug, Default)]
pub(crate) struct Addresses {
    /// From `host[:port]/path` without a slash at the end to the base URL without one.
    names: BTreeMap<String, String>,
    /// Hosts that are known by a rule, and the base URL that they lead to.
    rules: Vec<(HostRule, String)>,
    endpoints: BTreeSet<SocketAddr>,
    /// Ports that no component may reach, on every loopback address.
    forbidden_ports: BTreeSet<u16>,
    /// `host` or `host:port`, in lower case.
    allowed: BTreeSet<String>,
}

/// Where a request goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Way {
    /// The host as the caller named it, without its port: faults and errors name it so.
    pub(crate) host: String,
    /// Host and port as the caller named them: the `Host` header.
    pub(crate) authority: String,
    /// What to connect to: a literal address, or an outside name that is allowed.
    pub(crate) peer: Peer,
    /// The request target on the wire, raw.
    pub(crate) target: PathAndQuery,
}

/// What to connect to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Peer {
    /// An address.
    Address(SocketAddr),
    /// A name to be resolved by the machine, with a port.
    Name(String, u16),
}

impl Addresses {
    pub(crate) fn map_name(&mut self, name: &str, target: &str) -> Result<(), AddressError> {
        let bare = name
            .strip_prefix("https://")
            .or_else(|| name.strip_prefix("http://"));
        let bare = bare.unwrap_or(name).trim_end_matches('/');
        let (host, path) = bare
            .find('/')
            .map_or((bare, ""), |slash| bare.split_at(slash));
        let parsed = host
            .parse::<http::uri::Authority>()
            .ok()
            .filter(|_| !host.contains('@'));
        if parsed.is_none() || bare.contains(['?', '#']) {
            return Err(AddressError::Name(name.to_owned()));
        }
        let base: Uri = target
            .parse()
            .map_err(|_| AddressError::Target(target.to_owned()))?;
        let is_endpoint = base.scheme_str() == Some("http") && base.query().is_none();
        if !is_endpoint || base.authority().is_none() {
            return Err(AddressError::Target(target.to_owned()));
        }
        let key = format!("{}{path}", normal_host(host));
        self.names
            .insert(key, target.trim_end_matches('/').to_owned());
        Ok(())
    }

    pub(crate) fn map_hosts(&mut self, rule: HostRule, target: &str) {
        self.rules
            .push((rule, target.trim_end_matches('/').to_owned()));
    }

    pub(crate) fn register_endpoint(&mut self, address: SocketAddr) {
        self.endpoints.insert(canonical(address));
    }

    pub(crate) fn forbid(&mut self, address: SocketAddr) {
        self.forbidden_ports.insert(address.port());
    }

    pub(crate) fn allow(&mut self, host: &str) -> Result<(), AddressError> {
        match host.parse::<http::uri::Authority>() {
            Ok(authority) if !host.contains('@') && !authority.host().is_empty() => {
                self.allowed.insert(normal_host(host));
                Ok(())
            }
            _ => Err(AddressError::Host(host.to_owned())),
        }
    }

    /// Whether a server of the lab listens there; one that listens on every address of the machine
    /// listens on loopback, too.
    pub(crate) fn is_endpoint(&self, address: SocketAddr) -> bool {
        let everywhere = [Ipv4Addr::UNSPECIFIED.into(), Ipv6Addr::UNSPECIFIED.into()]
            .map(|ip: IpAddr| SocketAddr::new(ip, address.port()));
        self.endpoints.contains(&canonical(address))
            || (address.ip().to_canonical().is_loopback()
                && everywhere.iter().any(|any| self.endpoints.contains(any)))
    }

    /// Whether a name that clients send (with its port, if they send one) is mapped to this port of
    /// the machine.
    pub(crate) fn leads(&self, name: &str, port: Option<u16>, local_port: u16) -> bool {
        let of_host = |key: &str| {
            let host = key.split('/').next().unwrap_or_default();
            let with_port = port.map(|port| format!("{name}:{port}"));
            host == name || with_port.is_some_and(|with_port| host == with_port)
        };
        self.names.iter().any(|(key, base)| {
            let target = base.parse::<Uri>().ok();
            of_host(key)
                && target.is_some_and(|target| {
                    let host = target.host().and_then(literal_address);
                    let here = host.is_some_and(|ip| ip.to_canonical().is_loopback());
                    here && target.port_u16().unwrap_or(80) == local_port
                })
        })
    }

    /// Whether a resolved address may be connected to: never a forbidden port of this machine.
    pub(crate) fn may_connect(&self, address: SocketAddr) -> bool {
        let ip = address.ip().to_canonical();
        let own = ip.is_loopback() || ip.is_unspecified();
        !(own && self.forbidden_ports.contains(&address.port()))
    }

    /// Finds out where a URL leads.
    pub(crate) fn destination(&self, url: &str, uri: &Uri) -> Result<Way, OutboundError> {
        let wrong = |reason: &str| OutboundError::Url {
            url: url.to_owned(),
            reason: reason.into(),
        };
        let authority = uri.authority().ok_or_else(|| wrong("it has no host"))?;
        if authority.as_str().contains('@') {
            return Err(wrong("user information in a URL is not sent"));
        }
        let https = match uri.scheme_str() {
            Some("https") => true,
            Some("http") => false,
            _ => return Err(wrong("only http, and https names of the lab, are spoken")),
        };
        let host = normal_host(authority.host());
        let named = |peer, target| Way {
            host: host.clone(),
            authority: authority.as_str().to_owned(),
            peer,
            target,
        };
        let raw_target = uri.path_and_query().map_or("/", PathAndQuery::as_str);
        if let Some(mapped) = self.mapped(&host, authority.port_u16(), https, raw_target) {
            let base: Uri = mapped
                .parse()
                .map_err(|_| wrong("its mapped endpoint is no URL"))?;
            let target = base.path_and_query().cloned();
            let target = target.unwrap_or_else(|| PathAndQuery::from_static("/"));
            return Ok(named(self.peer(&base, &host, false)?, target));
        }
        let target = raw_target
            .parse()
            .map_err(|_| wrong("its path cannot be sent"))?;
        Ok(named(self.peer(uri, &host, https)?, target))
    }

    /// The mapped URL of a name: the longest registered path wins, on segment boundaries.
    fn mapped(&self, host: &str, port: Option<u16>, https: bool, target: &str) -> Option<String> {
        let default_port = if https { 443 } else { 80 };
        let with_port = port.map(|port| format!("{host}:{port}"));
        let without_port = port
            .is_none_or(|port| port == default_port)
            .then(|| host.to_owned());
        let fits = |name: &str, key: &str| {
            let path = key.strip_prefix(name)?;
            let rest = target.strip_prefix(path)?;
            let on_boundary = rest.is_empty() || rest.starts_with(['/', '?']);
            ((path.is_empty() || path.starts_with('/')) && on_boundary)
                .then(|| (path.len(), rest.to_owned()))
        };
        let names = with_port.iter().chain(without_port.iter());
        let of_name = names
            .flat_map(|name| {
                self.names.iter().filter_map(move |(key, base)| {
                    fits(name, key).map(|(length, rest)| (length, format!("{base}{rest}")))
                })
            })
            .max_by_key(|(length, _)| *length)
            .map(|(_, url)| url);
        let of_rule = || {
            let host = without_port.as_deref()?;
            let (_, base) = self.rules.iter().find(|(rule, _)| rule(host))?;
            let slash = if target.starts_with('/') { "" } else { "/" };
            Some(format!("{base}{slash}{target}"))
        };
        of_name.or_else(of_rule)
    }

    fn peer(&self, uri: &Uri, asked_host: &str, https: bool) -> Result<Peer, OutboundError> {
        let host = normal_host(uri.host().unwrap_or_default());
        let port = uri.port_u16().unwrap_or(if https { 443 } else { 80 });
        let allowed =
            self.allowed.contains(&host) || self.allowed.contains(&format!("{host}:{port}"));
        let not_allowed = || OutboundError::NotAllowed {
            host: format!("{asked_host}:{port}"),
        };
        let peer = match literal_address(&host) {
            Some(ip) => Peer::Address(SocketAddr::new(ip, port)),
            None => Peer::Name(host, port),
        };
        let loopback = matches!(&peer, Peer::Address(address)
            if address.ip().to_canonical().is_loopback());
        if !(loopback || allowed) {
            return Err(not_allowed());
        }
        if matches!(&peer, Peer::Address(address) if !self.may_connect(*address)) {
            return Err(not_allowed());
        }
        if https {
            return Err(OutboundError::Url {
                url: uri.to_string(),
                reason: "the lab's client speaks no TLS: map the name to an http endpoint on \
                         loopback, or use http"
                    .to_owned(),
            });
        }
        Ok(peer)
    }
}

/// Lower case, without the dot of the root.
pub(crate) fn normal_host(host: &str) -> String {
    let lower = host.to_ascii_lowercase();
    lower.strip_suffix('.').map_or(lower.clone(), str::to_owned)
}

/// The address that a host text stands for without asking anybody: a literal, or a name of
/// loopback (RFC 6761, section 6.3: `localhost` and everything below it).
pub(crate) fn literal_address(host: &str) -> Option<IpAddr> {
    if host == "localhost" || host.ends_with(".localhost") {
        return Some(IpAddr::V4(Ipv4Addr::LOCALHOST));
    }
    let bracketed = host
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'));
    match bracketed {
        Some(inner) => inner.parse::<Ipv6Addr>().ok().map(IpAddr::V6),
        None => host.parse::<Ipv4Addr>().ok().map(IpAddr::V4),
    }
}

fn canonical(address: SocketAddr) -> SocketAddr {
    SocketAddr::new(address.ip().to_canonical(), address.port())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn addresses() -> Addresses {
        let mut addresses = Addresses::default();
        addresses
            .map_name("login.corp.example", "http://127.0.0.1:8480/corp")
            .unwrap();
        addresses
            .map_name(
                "https://login.corp.example/deep/",
                "http://127.0.0.1:8480/d/",
            )
            .unwrap();
        addresses
            .map_name("ported.example:8443", "http://127.0.0.1:8481")
            .unwrap();
        addresses.forbid("127.0.0.1:4560".parse().unwrap());
        addresses.allow("upstream.example:8080").unwrap();
        addresses.allow("Anything.Example").unwrap();
        addresses
    }

    fn lead(url: &str) -> Result<String, String> {
        let uri = url.parse().map_err(|_| "no URL".to_owned())?;
        let to = addresses()
            .destination(url, &uri)
            .map_err(|error| error.to_string())?;
        let peer = match to.peer {
            Peer::Address(address) => address.to_string(),
            Peer::Name(name, port) => format!("{name}:{port}"),
        };
        Ok(format!("{peer} {} {}", to.authority, to.target))
    }

    #[test]
    fn names_lead_to_their_endpoints_and_loopback_to_itself() {
        let cases = [
            (
                "https://login.corp.example",
                "127.0.0.1:8480 login.corp.example /corp/",
            ),
            (
                "https://login.corp.example/a//b%2F?x",
                "127.0.0.1:8480 login.corp.example /corp/a//b%2F?x",
            ),
            (
                "https://LOGIN.corp.example./x",
                "127.0.0.1:8480 LOGIN.corp.example. /corp/x",
            ),
            (
                "http://login.corp.example:80/x",
                "127.0.0.1:8480 login.corp.example:80 /corp/x",
            ),
            (
                "https://login.corp.example/deep/x",
                "127.0.0.1:8480 login.corp.example /d/x",
            ),
            (
                "https://login.corp.example/deep?q",
                "127.0.0.1:8480 login.corp.example /d?q",
            ),
            (
                "https://login.corp.example/deeper",
                "127.0.0.1:8480 login.corp.example /corp/deeper",
            ),
            (
                "https://ported.example:8443/x",
                "127.0.0.1:8481 ported.example:8443 /x",
            ),
            (
                "http://localhost:9000//",
                "127.0.0.1:9000 localhost:9000 //",
            ),
            ("http://a.b.localhost/x", "127.0.0.1:80 a.b.localhost /x"),
            ("http://[::1]:9000/x", "[::1]:9000 [::1]:9000 /x"),
            ("http://127.9.9.9:1/x", "127.9.9.9:1 127.9.9.9:1 /x"),
            (
                "http://upstream.example:8080/x",
                "upstream.example:8080 upstream.example:8080 /x",
            ),
            (
                "http://anything.example/x",
                "anything.example:80 anything.example /x",
            ),
        ];
        for (url, expected) in cases {
            assert_eq!(lead(url).as_deref(), Ok(expected), "{url}");
        }
    }

    #[test]
    fn everything_else_is_refused_and_says_what_is_missing() {
        let cases = [
            ("http://169.254.169.254/latest/meta-data", "outside the lab"),
            ("http://example.com/", "outside the lab"),
            ("http://upstream.example/x", "outside the lab"),
            ("http://login.corp.example:8080/", "outside the lab"),
            ("http://0.0.0.0:4566/", "outside the lab"),
            ("http://[::ffff:10.0.0.1]/", "outside the lab"),
            ("http://2130706433/", "outside the lab"),
            ("http://localhost.evil.example/", "outside the lab"),
            ("http://127.0.0.1:4560/_lab/clock", "outside the lab"),
            ("http://[::1]:4560/_lab/clock", "outside the lab"),
            ("http://[::ffff:127.0.0.1]:4560/", "outside the lab"),
            ("http://x.localhost:4560/", "outside the lab"),
            ("https://127.0.0.1:8480/", "speaks no TLS"),
            ("https://anything.example/", "speaks no TLS"),
            ("ftp://127.0.0.1/", "only http"),
            ("http://user:password@127.0.0.1/", "user information"),
            ("/relative", "no host"),
        ];
        for (url, expected) in cases {
            let refused = lead(url).unwrap_err();
            assert!(refused.contains(expected), "{url}: {refused}");
        }
    }

    #[test]
    fn an_endpoint_is_known_by_each_of_its_addresses() {
        let mut addresses = Addresses::default();
        addresses.register_endpoint("127.0.0.1:1".parse().unwrap());
        addresses.register_endpoint("0.0.0.0:2".parse().unwrap());
        for (address, expected) in [
            ("127.0.0.1:1", true),
            ("[::ffff:127.0.0.1]:1", true),
            ("127.0.0.2:1", false),
            ("127.0.0.1:3", false),
            ("127.0.0.1:2", true),
            ("10.0.0.1:2", false),
        ] {
            assert_eq!(
                addresses.is_endpoint(address.parse().unwrap()),
                expected,
                "{address}"
            );
        }
    }

    #[test]
    fn wrong_registrations_name_what_was_given() {
        let mut addresses = Addresses::default();
        for name in ["", "a b", "user@host", "host?x", "/path"] {
            let refused = addresses.map_name(name, "http://127.0.0.1:1");
            assert_eq!(refused, Err(AddressError::Name(name.to_owned())));
        }
        for target in ["", "127.0.0.1:1", "https://127.0.0.1", "/x", "http://h/?q"] {
            let refused = addresses.map_name("host", target);
            assert_eq!(refused, Err(AddressError::Target(target.to_owned())));
        }
        for host in ["", "a b", "http://x", "user@host"] {
            assert_eq!(
                addresses.allow(host),
                Err(AddressError::Host(host.to_owned()))
            );
        }
    }
}
