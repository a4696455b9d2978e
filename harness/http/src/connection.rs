//! One connection: HTTP/1.1 with keep-alive, limits, and a server that may panic.

use std::convert::Infallible;
use std::error::Error as StdError;
use std::future::poll_fn;
use std::net::SocketAddr;
use std::panic::AssertUnwindSafe;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::FutureExt as _;
use http::{HeaderValue, Request, Response, header};
use http_body_util::{BodyExt as _, Full, LengthLimitError, Limited};
use hyper::body::{Body as _, Incoming as IncomingBody};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::TcpStream;
use tokio::runtime::{Handle, RuntimeFlavor};
use tokio::sync::watch;

use crate::cross_origin::Guest;
use crate::gate::Gate;
use crate::hop;
use crate::incoming::{Field, Incoming, Rejection, Service};
use crate::limits::Limits;
use crate::spelling::{Spelling, Watched};

/// Up to this much of a body that is refused is still read: a client that is busy sending would
/// otherwise see a reset connection and not the answer.
const DISCARDED_BYTES_MAX: usize = 64 * 1024 * 1024;

/// For how long, in transport time.
const DISCARD_TIMEOUT: Duration = Duration::from_secs(5);

/// What answers on a port, and how.
pub(crate) struct Port {
    pub(crate) limits: Limits,
    pub(crate) service: Arc<dyn Service>,
    pub(crate) gate: Gate,
}

/// The two ends of a connection.
#[derive(Clone, Copy)]
pub(crate) struct Ends {
    pub(crate) peer: SocketAddr,
    pub(crate) local: SocketAddr,
}

/// Serves one connection to its end, or to the end of the request in flight once `stop` closes.
pub(crate) async fn serve(
    stream: TcpStream,
    ends: Ends,
    port: Arc<Port>,
    mut stop: watch::Receiver<()>,
) {
    let limits = port.limits;
    // Twice the limit, so that the server can word the answer to what is just too large.
    let head_bytes_max = limits.headers_bytes_max.saturating_mul(2).max(16 * 1024);
    let (stream, eye) = Watched::new(stream, head_bytes_max.saturating_mul(2));
    let answer = hyper::service::service_fn(|request| {
        let port = Arc::clone(&port);
        // At once: what is read next is no longer of this head.
        let spelling = eye.spelling(&request);
        async move {
            let response = answer((request, spelling), ends, &port).await;
            Ok::<_, Infallible>(response.map(Full::new))
        }
    });
    let mut connection = pin!(
        hyper::server::conn::http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(limits.header_read_timeout)
            .max_headers(limits.headers_count_max)
            .max_buf_size(head_bytes_max)
            .auto_date_header(false)
            .half_close(true)
            .serve_connection(TokioIo::new(stream), answer)
    );
    tokio::select! {
        // A broken connection concerns only its client.
        ended = connection.as_mut() => drop(ended),
        _ = stop.changed() => {
            connection.as_mut().graceful_shutdown();
            drop(connection.await);
        }
    }
}

async fn answer(
    request: (Request<IncomingBody>, Option<Spelling>),
    ends: Ends,
    port: &Port,
) -> Response<Bytes> {
    let service = &*port.service;
    let mut guest = None;
    let answering = async {
        match read(request, ends, port, &mut guest).await {
            Ok(incoming) => match guest.as_ref().and_then(|guest| guest.preflight(&incoming)) {
                Some(preflight) => preflight,
                None => call(service, incoming).await,
            },
            Err(unread) => {
                let mut response = match unread {
                    Unread::Rejected(rejection) => service.reject(rejection),
                    Unread::TurnedAway(incoming, rejection) => {
                        service.turn_away(&incoming, rejection)
                    }
                };
                // What is left of the request is not read: the connection cannot go on.
                let close = HeaderValue::from_static("close");
                response.headers_mut().insert(header::CONNECTION, close);
                response
            }
        }
    };
    let mut response = AssertUnwindSafe(answering)
        .catch_unwind()
        .await
        .unwrap_or_else(|_| service.broken());
    if let Some(guest) = &guest {
        guest.let_read(response.headers_mut());
    }
    if !response.headers().contains_key(header::DATE)
        && let Some(date) = service.now().and_then(http_date)
    {
        response.headers_mut().insert(header::DATE, date);
    }
    response
}

/// A body that is larger than this may take long to read.
const BODY_LARGE_BYTES: usize = 64 * 1024;

/// Asks the server. One that reads a large body has its thread to itself meanwhile, so that no other
/// request of any port waits for it.
async fn call(service: &dyn Service, incoming: Incoming) -> Response<Bytes> {
    let is_large = incoming.body.len() > BODY_LARGE_BYTES;
    let has_others = Handle::current().runtime_flavor() == RuntimeFlavor::MultiThread;
    if !(is_large && has_others) {
        return service.call(incoming).await;
    }
    let mut answering = tokio::task::block_in_place(|| service.call(incoming));
    poll_fn(|context| tokio::task::block_in_place(|| answering.as_mut().poll(context))).await
}

/// `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110, section 5.6.7).
fn http_date(now: authlab_kernel::Timestamp) -> Option<HeaderValue> {
    let printer = jiff::fmt::rfc2822::DateTimePrinter::new();
    printer
        .timestamp_to_rfc9110_string(&now)
        .ok()?
        .try_into()
        .ok()
}

/// Why a request does not reach its server.
enum Unread {
    Rejected(Rejection),
    TurnedAway(Box<Incoming>, Rejection),
}

/// Reads a request to its end. `page` becomes the guest whose page may read the answer.
async fn read(
    (request, spelling): (Request<IncomingBody>, Option<Spelling>),
    ends: Ends,
    port: &Port,
    page: &mut Option<Guest>,
) -> Result<Incoming, Unread> {
    let (mut head, mut body) = request.into_parts();
    if head_bytes(&head) > port.limits.headers_bytes_max {
        return Err(Unread::Rejected(Rejection::HeadersTooLarge));
    }
    let hop = hop::take(port.gate.mark(), &mut head.headers);
    let admitted = port.gate.admit(&head, ends.local);
    let mut incoming = Incoming {
        method: head.method,
        uri: head.uri,
        headers: head.headers,
        spelling,
        body: Bytes::new(),
        peer: ends.peer,
        cause: hop.as_ref().map(|hop| hop.cause).filter(|cause| *cause > 0),
        hop,
    };
    match admitted {
        Ok(guest) => *page = guest.filter(|_| !port.service.answers_pages(&incoming)),
        Err(rejection) => {
            // A client that is still sending would see a reset connection instead of the answer.
            if !incoming.headers.contains_key(header::EXPECT) {
                discard(&mut body).await;
            }
            return Err(Unread::TurnedAway(Box::new(incoming), rejection));
        }
    }
    one_framing(&incoming.headers).map_err(Unread::Rejected)?;
    incoming.body = read_body(&incoming.headers, body, port.limits)
        .await
        .map_err(Unread::Rejected)?;
    Ok(incoming)
}

/// A body that is coded otherwise than in chunks, once, would be handed on as something that it is not
/// (RFC 9112, section 6.1: a server answers a coding that it does not understand with an error).
fn one_framing(headers: &http::HeaderMap) -> Result<(), Rejection> {
    match Field::of(headers, header::TRANSFER_ENCODING) {
        Field::Absent => Ok(()),
        Field::Text(coding) if coding.trim().eq_ignore_ascii_case("chunked") => Ok(()),
        Field::Text(_) | Field::Unreadable | Field::Several => Err(Rejection::Malformed {
            reason: "the `Transfer-Encoding` is not `chunked`, once".to_owned(),
        }),
    }
}

/// The size of the header section, about as it was on the wire.
fn head_bytes(head: &http::request::Parts) -> usize {
    let fields = head
        .headers
        .iter()
        .map(|(name, value)| name.as_str().len() + value.len() + 4);
    let target = head.uri.path().len() + head.uri.query().map_or(0, str::len);
    target + fields.sum::<usize>()
}

async fn read_body(
    headers: &http::HeaderMap,
    mut body: IncomingBody,
    limits: Limits,
) -> Result<Bytes, Rejection> {
    if body.is_end_stream() {
        return Ok(Bytes::new());
    }
    let too_large = Rejection::BodyTooLarge {
        limit_bytes: limits.body_bytes_max,
    };
    let limit = u64::try_from(limits.body_bytes_max).unwrap_or(u64::MAX);
    if body.size_hint().lower() > limit {
        // Who waits for `100 Continue` has sent nothing yet.
        if !headers.contains_key(header::EXPECT) {
            discard(&mut body).await;
        }
        return Err(too_large);
    }
    let reading = Limited::new(&mut body, limits.body_bytes_max).collect();
    match tokio::time::timeout(limits.body_read_timeout, reading).await {
        Ok(Ok(collected)) => Ok(collected.to_bytes()),
        Ok(Err(error)) if error.is::<LengthLimitError>() => {
            discard(&mut body).await;
            Err(too_large)
        }
        Ok(Err(error)) => Err(Rejection::Malformed {
            reason: innermost(&*error),
        }),
        Err(_) => Err(Rejection::BodyTimeout),
    }
}

/// Reads on without keeping anything.
async fn discard(body: &mut IncomingBody) {
    let reading = async {
        let mut seen = 0usize;
        while let Some(Ok(frame)) = body.frame().await {
            seen = seen.saturating_add(frame.data_ref().map_or(0, Bytes::len));
            if seen > DISCARDED_BYTES_MAX {
                break;
            }
        }
    };
    // Whether it ended or not: the connection is closed next.
    drop(tokio::time::timeout(DISCARD_TIMEOUT, reading).await);
}

/// The text of the innermost cause, which says what was wrong.
pub(crate) fn innermost(error: &(dyn StdError + 'static)) -> String {
    let mut cause = error;
    while let Some(next) = cause.source() {
        cause = next;
    }
    cause.to_string()
}
