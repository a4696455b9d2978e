//! Who may talk to a port: which names it answers, and which pages of a browser may call it.
//!
//! A lab holds credentials that everybody knows and stands on a developer's machine. A page of any
//! site can send requests to loopback, and a name of any site can be made to lead there (DNS
//! rebinding). So a port answers only the names that are its own, and no page of a foreign origin.
//! Clients that are no browser send neither `Origin` nor `Sec-Fetch-Site` and notice nothing.

use std::collections::BTreeSet;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use authlab_kernel::{Component, EventDraft, Journal};
use http::request::Parts;
use http::uri::Authority;
use http::{HeaderMap, header};
use parking_lot::RwLock;
use thiserror::Error;

use crate::address::{literal_address, normal_host};
use crate::client::Client;
use crate::cross_origin::Guest;
use crate::evidence::TurnedAway;
use crate::hop::HopMark;
use crate::incoming::{Field, Rejection};

/// How much of a stranger's text is shown.
const SHOWN_MAX: usize = 200;

/// Ends of the names of AWS's services: `aws`, `aws-cn` and the dual-stack names of both, and the
/// URLs of functions (the endpoint rules of botocore 1.44.8, `partitions.json`), and the domains of user
/// pools.
const AWS_ENDS: [&str; 6] = [
    ".amazonaws.com",
    ".amazonaws.com.cn",
    ".api.aws",
    ".api.amazonwebservices.com.cn",
    ".on.aws",
    ".amazoncognito.com",
];

/// Why a guest cannot be let in.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum GuestError {
    /// Not an origin as browsers send it.
    #[error(
        "`{0}` is no origin: give scheme and host as in `http://localhost:3000`, without a path"
    )]
    Origin(String),
    /// Not the name of a host.
    #[error(
        "`{0}` is no host: give a name or an address such as `lab.corp.example`, without a port"
    )]
    Host(String),
}

/// Names and pages that are let in beside a lab's own, by whoever needs them. Clones share them.
#[derive(Clone, Debug, Default)]
pub struct Guests(Arc<RwLock<GuestList>>);

#[derive(Debug, Default)]
struct GuestList {
    hosts: BTreeSet<String>,
    origins: BTreeSet<String>,
}

impl Guests {
    /// Lets requests in whose `Host` is this name, on every port.
    ///
    /// # Errors
    /// [`GuestError::Host`].
    pub fn allow_host(&self, host: &str) -> Result<(), GuestError> {
        if !matches!(authority(host), Some(parsed) if parsed.port().is_none()) {
            return Err(GuestError::Host(shown(host)));
        }
        self.0.write().hosts.insert(normal_host(host));
        Ok(())
    }

    /// Lets pages of this origin in.
    ///
    /// # Errors
    /// [`GuestError::Origin`].
    pub fn allow_origin(&self, origin: &str) -> Result<(), GuestError> {
        let wrong = || GuestError::Origin(shown(origin));
        let (scheme, host) = origin.split_once("://").ok_or_else(wrong)?;
        let is_scheme = !scheme.is_empty()
            && scheme
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte));
        if !is_scheme || authority(host).is_none() {
            return Err(wrong());
        }
        self.0.write().origins.insert(normal_origin(origin));
        Ok(())
    }

    fn has_host(&self, host: &str) -> bool {
        self.0.read().hosts.contains(host)
    }

    fn has_origin(&self, origin: &str) -> bool {
        self.0.read().origins.contains(&normal_origin(origin))
    }
}

/// What a port does with requests before its server sees them.
#[derive(Clone, Default)]
pub struct Gate {
    mark: Option<HopMark>,
    names: Option<Names>,
    record: Option<(Journal, Component)>,
}

/// Whose names a port answers.
#[derive(Clone, Default)]
struct Names {
    aws: bool,
    client: Option<Client>,
    guests: Option<(Guests, Whom)>,
    more: BTreeSet<String>,
    /// Says of further names, in lower case, whether they are the port's.
    made: Option<Made>,
}

/// Knows the names that are made while a lab runs.
type Made = Arc<dyn Fn(&str) -> bool + Send + Sync>;

/// Which guests are let in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Whom {
    /// Who comes under a guest's name, and the pages of guests.
    HostsAndPages,
    /// The pages alone.
    Pages,
}

impl Gate {
    /// A gate that lets everybody in: of a server that is no part of a lab.
    pub fn open() -> Self {
        Self::default()
    }

    /// A gate that lets in who names loopback (`127.0.0.1`, `localhost` and everything below it,
    /// `[::1]`) or the very address that was connected to, and no page but the port's own.
    pub fn own() -> Self {
        Self {
            names: Some(Names::default()),
            ..Self::default()
        }
    }

    /// Knows the calls of the lab's components.
    #[must_use]
    pub fn marked(mut self, mark: HopMark) -> Self {
        self.mark = Some(mark);
        self
    }

    /// Writes whom it turns away into the journal of `component`.
    #[must_use]
    pub fn recorded(mut self, journal: Journal, component: Component) -> Self {
        self.record = Some((journal, component));
        self
    }

    /// Answers the names of AWS, too.
    #[must_use]
    pub fn of_aws(mut self) -> Self {
        self.names.get_or_insert_default().aws = true;
        self
    }

    /// Answers the names that `client` maps to this port, too: issuers, and what the lab file says.
    #[must_use]
    pub fn mapped_by(mut self, client: Client) -> Self {
        self.names.get_or_insert_default().client = Some(client);
        self
    }

    /// Answers this name, too.
    #[must_use]
    pub fn named(mut self, host: &str) -> Self {
        let names = self.names.get_or_insert_default();
        names.more.insert(normal_host(host));
        self
    }

    /// Answers the names that `made` knows, too: those that are made and taken away while the lab runs.
    #[must_use]
    pub fn knowing(mut self, made: impl Fn(&str) -> bool + Send + Sync + 'static) -> Self {
        self.names.get_or_insert_default().made = Some(Arc::new(made));
        self
    }

    /// Lets guests in.
    #[must_use]
    pub fn with_guests(mut self, guests: Guests) -> Self {
        self.names.get_or_insert_default().guests = Some((guests, Whom::HostsAndPages));
        self
    }

    /// Lets the pages of guests in, under the port's own names alone.
    #[must_use]
    pub fn with_pages_of(mut self, guests: Guests) -> Self {
        self.names.get_or_insert_default().guests = Some((guests, Whom::Pages));
        self
    }

    pub(crate) fn mark(&self) -> Option<&HopMark> {
        self.mark.as_ref()
    }

    /// Whether a request that came to `local` may be read, and the guest whose page sent it.
    pub(crate) fn admit(
        &self,
        head: &Parts,
        local: SocketAddr,
    ) -> Result<Option<Guest>, Rejection> {
        let Some(names) = &self.names else {
            return Ok(None);
        };
        let admitted = names.admit(head, local);
        if let (Err(rejection), Some((journal, component))) = (&admitted, &self.record) {
            let text = |name| {
                Field::of(&head.headers, name)
                    .text()
                    .ok()
                    .flatten()
                    .map(shown)
            };
            let evidence = TurnedAway {
                method: shown(head.method.as_str()),
                host: text(header::HOST),
                origin: text(header::ORIGIN),
                error: rejection.to_string(),
            };
            journal.record(EventDraft::of(*component, &evidence).refused(rejection.reason()));
        }
        admitted
    }
}

impl Names {
    fn admit(&self, head: &Parts, local: SocketAddr) -> Result<Option<Guest>, Rejection> {
        let host = host_of(head)?;
        let name = normal_host(host.host());
        if !self.are_own(&name, host.port_u16(), local) {
            return Err(Rejection::ForeignHost { host: shown(&name) });
        }
        let guest = self.origin(&head.headers, &host)?;
        fetch_site(&head.headers, guest.is_some())?;
        Ok(guest)
    }

    fn are_own(&self, name: &str, port: Option<u16>, local: SocketAddr) -> bool {
        let literal = literal_address(name).map(|ip| ip.to_canonical());
        let is_here = |ip: IpAddr| ip.is_loopback() || ip == local.ip().to_canonical();
        literal.is_some_and(is_here)
            || (self.aws && AWS_ENDS.iter().any(|end| name.ends_with(end)))
            || self.more.contains(name)
            || self.made.as_ref().is_some_and(|made| made(name))
            || self
                .client
                .as_ref()
                .is_some_and(|client| client.leads(name, port, local.port()))
            || matches!(&self.guests, Some((guests, Whom::HostsAndPages)) if guests.has_host(name))
    }

    /// The guest whose page sent it, if one did; refused when it is a stranger's.
    fn origin(&self, headers: &HeaderMap, host: &Authority) -> Result<Option<Guest>, Rejection> {
        let foreign = |origin: &str| Rejection::ForeignOrigin {
            origin: shown(origin),
        };
        let origin = match Field::of(headers, header::ORIGIN).text() {
            Ok(None) => return Ok(None),
            Ok(Some(origin)) => origin,
            Err(why) => return Err(foreign(why)),
        };
        if let Some((guests, _)) = &self.guests
            && guests.has_origin(origin)
        {
            return Ok(headers.get(header::ORIGIN).cloned().map(Guest));
        }
        if normal_origin(origin) == normal_origin(&format!("http://{host}")) {
            return Ok(None);
        }
        Err(foreign(origin))
    }
}

/// The host that a request names: in its target when that is absolute, else in its only `Host`.
/// Where both are there they are the same (RFC 9112, section 3.2.2, lets the target win; two
/// readings of one request are refused here).
fn host_of(head: &Parts) -> Result<Authority, Rejection> {
    let malformed = |reason: String| Rejection::Malformed { reason };
    let field = Field::of(&head.headers, header::HOST).text();
    let field = field.map_err(|why| malformed(format!("the `Host` header {why}")))?;
    let in_target = head.uri.authority();
    let text = match (in_target, field) {
        (Some(target), Some(field)) if !target.as_str().eq_ignore_ascii_case(field) => {
            let what = "the request target and the `Host` header name two hosts";
            return Err(malformed(what.to_owned()));
        }
        (Some(target), _) => target.as_str(),
        (None, Some(field)) => field,
        (None, None) => return Err(malformed("there is no `Host` header".to_owned())),
    };
    text.parse::<Authority>()
        .ok()
        .filter(|authority| {
            let rest = text.strip_prefix(authority.host()).unwrap_or(text);
            let port_is_sound = rest.is_empty() || authority.port_u16().is_some();
            !text.contains('@') && !authority.host().is_empty() && port_is_sound
        })
        .ok_or_else(|| malformed("the `Host` header is no host with a port".to_owned()))
}

/// Browsers say where a request comes from (Fetch Metadata), also where they send no `Origin`: for
/// pictures, forms and links. `none` is a person who typed the address.
fn fetch_site(headers: &HeaderMap, of_guest: bool) -> Result<(), Rejection> {
    let site = match Field::of(headers, "sec-fetch-site").text() {
        Ok(None) => return Ok(()),
        Ok(Some(site)) => site,
        Err(why) => why,
    };
    let is_own = ["same-origin", "none"]
        .iter()
        .any(|own| own.eq_ignore_ascii_case(site));
    let is_page = ["cross-site", "same-site"]
        .iter()
        .any(|page| page.eq_ignore_ascii_case(site));
    if is_own || (is_page && of_guest) {
        return Ok(());
    }
    Err(Rejection::CrossSite { site: shown(site) })
}

/// A host with or without a port, if the text is one and nothing else.
fn authority(text: &str) -> Option<Authority> {
    let parsed = text.parse::<Authority>().ok()?;
    let rest = text.strip_prefix(parsed.host())?;
    let port_is_sound = rest.is_empty() || parsed.port_u16().is_some();
    let is_host = !parsed.host().is_empty() && !text.contains(['@', '*', '/']);
    (is_host && port_is_sound).then_some(parsed)
}

/// In lower case and without the port that the scheme means anyway.
fn normal_origin(origin: &str) -> String {
    let lower = origin.to_ascii_lowercase();
    let default_port = match lower.split_once("://") {
        Some(("http", _)) => ":80",
        Some(("https", _)) => ":443",
        _ => return lower,
    };
    lower
        .strip_suffix(default_port)
        .map_or_else(|| lower.clone(), str::to_owned)
}

/// A stranger's text, cut, with nothing in it that could drive a terminal.
fn shown(text: &str) -> String {
    let start: String = text.chars().take(SHOWN_MAX).collect();
    start.escape_debug().to_string()
}
