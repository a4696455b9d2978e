//! The lab's one outgoing HTTP client.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use authlab_kernel::fault::Effect;
use authlab_kernel::outbound::CAUSE_HEADER;
use authlab_kernel::{
    AnswerFault, EventDraft, Evidence, Faults, Journal, Outbound, OutboundError, OutboundFuture,
    OutboundRequest, OutboundResponse, Sequence, redaction,
};
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Request, Response, StatusCode, Uri, header};
use http_body_util::{BodyExt as _, Full, LengthLimitError, Limited};
use hyper::body::Incoming;
use hyper_util::client::legacy::Client as PooledClient;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use parking_lot::RwLock;

use crate::address::{AddressError, Addresses, Peer, Way};
use crate::connection::innermost;
use crate::evidence::{self, Reason};
use crate::hop::{Hop, HopMark};

/// The longest answer that is read, in bytes.
const ANSWER_BYTES_MAX: usize = 16 * 1024 * 1024;

/// How long a far end may really take, at least: transport time, against one that hangs. An injected
/// latency never waits; it is compared with the caller's budget.
const TRANSPORT_TIMEOUT: Duration = Duration::from_secs(30);

/// Headers that concern one connection (RFC 9110, section 7.6.1) or that the client writes itself.
const NOT_FORWARDED: [&str; 7] = [
    CAUSE_HEADER,
    "connection",
    "content-length",
    "keep-alive",
    "proxy-connection",
    "transfer-encoding",
    "upgrade",
];

/// The implementation of [`Outbound`]. Clones share their rules and their connections.
///
/// Every call is journalled by its caller's component. A call that leaves is a `hop` event
/// (`info`; detail `purpose`, `method`, `url`), whose number is the cause of what the far end
/// does, followed by a `hop-answer` event caused by it (`info` with `status`, or `failed`). A call
/// that cannot leave is one `hop` event, `failed`. Reasons: `bad-url`, `not-allowed`,
/// `unreachable`, `timeout`, `bad-answer`.
#[derive(Clone)]
pub struct Client {
    journal: Journal,
    faults: Faults,
    addresses: Arc<RwLock<Addresses>>,
    /// With which the lab's own servers know a call of the lab; without it they see a stranger's.
    mark: Option<HopMark>,
    http: PooledClient<HttpConnector, Full<Bytes>>,
}

impl Client {
    /// A client that may call loopback addresses and nothing else yet.
    pub fn new(journal: Journal, faults: Faults) -> Self {
        let mut connector = HttpConnector::new();
        connector.set_nodelay(true);
        Self {
            journal,
            faults,
            addresses: Arc::default(),
            mark: None,
            http: PooledClient::builder(TokioExecutor::new()).build(connector),
        }
    }

    /// Marks every call to a server of the lab, so that it knows whose call it is and what for.
    #[must_use]
    pub fn marked(mut self, mark: HopMark) -> Self {
        self.mark = Some(mark);
        self
    }

    /// Lets `name` lead to the base URL `target`. A name is a host, a `host:port`, or a host and
    /// a path, also written as an issuer URL (`https://login.example/tenant/`); what follows the
    /// name in a URL follows `target`. The longest path wins. `http` and `https` lead to the same.
    ///
    /// # Errors
    /// [`AddressError`] names what was given.
    pub fn map_name(&self, name: &str, target: &str) -> Result<(), AddressError> {
        self.addresses.write().map_name(name, target)
    }

    /// Lets every host for which `rule` holds lead to the base URL `target`, unless a name of
    /// [`Client::map_name`] is its. The host is given in lower case and without its default port.
    pub fn map_hosts(&self, rule: fn(&str) -> bool, target: &str) {
        self.addresses.write().map_hosts(rule, target);
    }

    /// Whether `name`, sent with this port or none, is mapped to `local_port` of this machine.
    pub(crate) fn leads(&self, name: &str, port: Option<u16>, local_port: u16) -> bool {
        self.addresses.read().leads(name, port, local_port)
    }

    /// Says that a server of the lab listens at `address`: it gets [`CAUSE_HEADER`].
    pub fn register_endpoint(&self, address: SocketAddr) {
        self.addresses.write().register_endpoint(address);
    }

    /// Refuses this port on every address of this machine: the control API's.
    pub fn forbid(&self, address: SocketAddr) {
        self.addresses.write().forbid(address);
    }

    /// Lets `host` (every port) or `host:port` outside loopback through.
    ///
    /// # Errors
    /// [`AddressError::Host`] if it is neither.
    pub fn allow(&self, host: &str) -> Result<(), AddressError> {
        self.addresses.write().allow(host)
    }

    async fn exchange(&self, request: OutboundRequest) -> Result<OutboundResponse, OutboundError> {
        let prepared = match self.prepare(&request) {
            Ok(prepared) => prepared,
            Err(error) => {
                let uri = request.url.parse::<Uri>().ok();
                let hop = evidence::Hop {
                    error: Some(error_for_journal(&error)),
                    ..departure(&request, uri.as_ref())
                };
                let draft = draft(&hop, &request).cause(request.cause);
                self.journal.record(draft.failed(reason(&error)));
                return Err(error);
            }
        };
        let hop = departure(&request, Some(&prepared.uri));
        let seq = self
            .journal
            .record(draft(&hop, &request).cause(request.cause));
        let arrived = EventDraft::new(request.from, evidence::HopAnswer::KIND);
        let arrived = of_request(arrived, &request).cause(Some(seq));
        let answered = match prepared.broken {
            Some(Broken::Status(status)) => Ok(empty(status)),
            broken => {
                let to = &prepared.destination;
                let answered = self.send_in_time(to, request, seq).await;
                answered.and_then(|answer| cut(answer, broken, &to.host))
            }
        };
        self.journal.record(arrival(arrived, hop, &answered));
        answered
    }

    /// Everything that is decided before a connection is made.
    fn prepare(&self, request: &OutboundRequest) -> Result<Prepared, OutboundError> {
        let uri: Uri = request
            .url
            .parse()
            .map_err(|error: http::uri::InvalidUri| OutboundError::Url {
                url: request.url.clone(),
                reason: error.to_string(),
            })?;
        let destination = self.addresses.read().destination(&request.url, &uri)?;
        let broken = self.apply_faults(request, &uri, &destination)?;
        Ok(Prepared {
            uri,
            destination,
            broken,
        })
    }

    /// What faults do to the answer of the far end, if they do something.
    fn apply_faults(
        &self,
        request: &OutboundRequest,
        uri: &Uri,
        to: &Way,
    ) -> Result<Option<Broken>, OutboundError> {
        let default_port = if uri.scheme_str() == Some("https") {
            443
        } else {
            80
        };
        let port = uri.port_u16().unwrap_or(default_port);
        let mut latency_ms = 0u32;
        let mut broken = None;
        for effect in self
            .faults
            .on_call(request.from, &to.host, port, uri.path())
        {
            match effect {
                Effect::LatencyMs(more) => latency_ms = latency_ms.saturating_add(more),
                Effect::Refused => {
                    let reason = "connection refused (a fault of the lab)".to_owned();
                    return Err(OutboundError::Unreachable {
                        host: to.host.clone(),
                        reason,
                    });
                }
                Effect::Status(status) => {
                    let status = StatusCode::from_u16(status);
                    let status = status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
                    return Ok(Some(Broken::Status(status)));
                }
                // The far end is called all the same; of several the first counts.
                Effect::BrokenOff(bytes) => {
                    broken.get_or_insert(Broken::Off(bytes));
                }
                Effect::Truncated(bytes) => {
                    broken.get_or_insert(Broken::Truncated(bytes));
                }
            }
            if latency_ms > request.budget_ms {
                let (host, budget_ms) = (to.host.clone(), request.budget_ms);
                return Err(OutboundError::Timeout { host, budget_ms });
            }
        }
        Ok(broken)
    }

    /// Sends, and waits for as long as the caller does.
    async fn send_in_time(
        &self,
        to: &Way,
        request: OutboundRequest,
        seq: Sequence,
    ) -> Result<OutboundResponse, OutboundError> {
        let budget_ms = request.budget_ms;
        let budget = Duration::from_millis(u64::from(budget_ms));
        // A server of the lab answers in lab time, so a slow machine is no reason to give it up. One
        // outside it is waited for as long as the caller waits, its name included.
        let limit = match &to.peer {
            Peer::Address(address) if self.addresses.read().is_endpoint(*address) => {
                TRANSPORT_TIMEOUT.max(budget)
            }
            Peer::Address(_) | Peer::Name(..) => budget,
        };
        let sent = tokio::time::timeout(limit, self.send_to(to, request, seq));
        sent.await.unwrap_or_else(|_| {
            Err(OutboundError::Timeout {
                host: to.host.clone(),
                budget_ms,
            })
        })
    }

    /// Sends to the first of the addresses that takes a connection.
    async fn send_to(
        &self,
        to: &Way,
        request: OutboundRequest,
        seq: Sequence,
    ) -> Result<OutboundResponse, OutboundError> {
        let host = &to.host;
        let mut unreachable = None;
        for address in self.resolve(to).await? {
            let is_endpoint = self.addresses.read().is_endpoint(address);
            let mark = self.mark.as_ref().filter(|_| is_endpoint).and_then(|mark| {
                mark.write(&Hop {
                    cause: seq,
                    destination: request.destination,
                    endpoint: host.clone(),
                })
            });
            match self
                .http
                .request(to_wire(to, address, mark, &request)?)
                .await
            {
                Ok(response) => return read(response, host).await,
                Err(error) => {
                    let goes_on = error.is_connect();
                    unreachable = Some(innermost(&error));
                    // What was sent is not sent twice.
                    if !goes_on {
                        break;
                    }
                }
            }
        }
        Err(OutboundError::Unreachable {
            host: host.clone(),
            reason: unreachable.unwrap_or_else(|| "its name has no address".to_owned()),
        })
    }

    /// The addresses to connect to, never none. A name is resolved here and the result checked, so
    /// that no name leads to the control port.
    async fn resolve(&self, to: &Way) -> Result<Vec<SocketAddr>, OutboundError> {
        let (name, port) = match &to.peer {
            Peer::Address(address) => return Ok(vec![*address]),
            Peer::Name(name, port) => (name, *port),
        };
        let found = tokio::net::lookup_host((name.as_str(), port))
            .await
            .map_err(|error| OutboundError::Unreachable {
                host: to.host.clone(),
                reason: error.to_string(),
            })?;
        let addresses = self.addresses.read();
        let found: Vec<SocketAddr> = found
            .filter(|address| addresses.may_connect(*address))
            .collect();
        if found.is_empty() {
            let host = to.authority.clone();
            return Err(OutboundError::NotAllowed { host });
        }
        Ok(found)
    }
}

impl Outbound for Client {
    fn send(&self, request: OutboundRequest) -> OutboundFuture<'_> {
        Box::pin(self.exchange(request))
    }
}

/// A call that may leave.
struct Prepared {
    uri: Uri,
    destination: Way,
    broken: Option<Broken>,
}

/// What a fault makes of the far end's answer.
#[derive(Clone, Copy)]
enum Broken {
    /// It is not asked; this stands in place of its answer.
    Status(StatusCode),
    /// Its answer breaks off after so many bytes of the body.
    Off(usize),
    /// The body ends after so many bytes.
    Truncated(usize),
}

/// The answer as a fault leaves it.
fn cut(
    answer: OutboundResponse,
    broken: Option<Broken>,
    host: &str,
) -> Result<OutboundResponse, OutboundError> {
    match broken {
        None | Some(Broken::Status(_)) => Ok(answer),
        Some(Broken::Off(bytes)) => Err(OutboundError::Answer {
            host: host.to_owned(),
            fault: AnswerFault::BrokenOff {
                bytes: bytes.min(answer.body().len()),
            },
        }),
        Some(Broken::Truncated(bytes)) => {
            let (mut head, body) = answer.into_parts();
            head.headers.remove(header::CONTENT_LENGTH);
            let kept = body.slice(..bytes.min(body.len()));
            Ok(Response::from_parts(head, kept))
        }
    }
}

/// The whole answer.
async fn read(response: Response<Incoming>, host: &str) -> Result<OutboundResponse, OutboundError> {
    let (mut head, body) = response.into_parts();
    // They spoke of a connection that ends here, and of a framing that is undone.
    for name in ["connection", "keep-alive", "transfer-encoding", "upgrade"] {
        head.headers.remove(name);
    }
    let read = Limited::new(body, ANSWER_BYTES_MAX).collect().await;
    let body = read.map_err(|error| OutboundError::Answer {
        host: host.to_owned(),
        fault: if error.is::<LengthLimitError>() {
            AnswerFault::TooLong {
                bytes_max: ANSWER_BYTES_MAX,
            }
        } else {
            AnswerFault::Connection {
                problem: innermost(&*error),
            }
        },
    })?;
    Ok(Response::from_parts(head, body.to_bytes()))
}

/// The request as it goes over the wire: to an address, under the name that the caller used.
fn to_wire(
    to: &Way,
    address: SocketAddr,
    mark: Option<HeaderValue>,
    request: &OutboundRequest,
) -> Result<Request<Full<Bytes>>, OutboundError> {
    let unsendable = |error: http::Error| OutboundError::Url {
        url: request.url.clone(),
        reason: error.to_string(),
    };
    let uri = Uri::builder()
        .scheme("http")
        .authority(address.to_string())
        .path_and_query(to.target.clone())
        .build()
        .map_err(unsendable)?;
    let mut headers: HeaderMap = request.headers.clone();
    for name in NOT_FORWARDED {
        headers.remove(name);
    }
    if !request.destination.takes_foreign_host() {
        headers.remove(header::HOST);
    }
    if !headers.contains_key(header::HOST) {
        let host =
            HeaderValue::from_str(&to.authority).map_err(|error| unsendable(error.into()))?;
        headers.insert(header::HOST, host);
    }
    if let Some(mark) = mark {
        headers.insert(CAUSE_HEADER, mark);
    }
    let mut wire = Request::new(Full::new(request.body.clone()));
    *wire.method_mut() = request.method.clone();
    *wire.uri_mut() = uri;
    *wire.headers_mut() = headers;
    Ok(wire)
}

fn draft(evidence: &impl Evidence, request: &OutboundRequest) -> EventDraft {
    of_request(EventDraft::of(request.from, evidence), request)
}

fn of_request(draft: EventDraft, request: &OutboundRequest) -> EventDraft {
    let draft = draft.trace_id(request.trace_id.clone());
    match &request.request_id {
        Some(id) => draft.request_id(id.clone()),
        None => draft,
    }
}

fn departure(request: &OutboundRequest, uri: Option<&Uri>) -> evidence::Hop {
    // What is no absolute URL may be anything, a secret in the wrong field included.
    let uri = uri.filter(|uri| uri.scheme().is_some());
    evidence::Hop {
        purpose: request.purpose.to_owned(),
        method: request.method.as_str().to_owned(),
        url: uri.map(|uri| redaction::url(&uri.to_string())),
        error: None,
    }
}

fn arrival(
    draft: EventDraft,
    hop: evidence::Hop,
    answered: &Result<OutboundResponse, OutboundError>,
) -> EventDraft {
    let answer = evidence::HopAnswer {
        purpose: hop.purpose,
        method: hop.method,
        url: hop.url,
        status: answered
            .as_ref()
            .ok()
            .map(|answer| answer.status().as_u16()),
        error: answered.as_ref().err().map(error_for_journal),
        fault: answered.as_ref().err().and_then(fault),
    };
    let draft = draft.telling(&answer);
    match answered {
        Ok(_) => draft,
        Err(error) => draft.failed(reason(error)),
    }
}

/// Without the URL, which may hold anything; the detail shows it where it can be shown.
fn error_for_journal(error: &OutboundError) -> String {
    match error {
        OutboundError::Url { reason, .. } => reason.clone(),
        other => other.to_string(),
    }
}

fn fault(error: &OutboundError) -> Option<AnswerFault> {
    match error {
        OutboundError::Answer { fault, .. } => Some(fault.clone()),
        _ => None,
    }
}

fn reason(error: &OutboundError) -> Reason {
    match error {
        OutboundError::Url { .. } => Reason::BadUrl,
        OutboundError::NotAllowed { .. } => Reason::NotAllowed,
        OutboundError::Unreachable { .. } => Reason::Unreachable,
        OutboundError::Timeout { .. } => Reason::Timeout,
        OutboundError::Answer { .. } => Reason::BadAnswer,
    }
}

fn empty(status: StatusCode) -> OutboundResponse {
    let mut response = Response::new(Bytes::new());
    *response.status_mut() = status;
    response
}
