//! Which operation a request asks for.

use std::borrow::Cow;

use http::Method;
use percent_encoding::percent_decode_str;

use crate::protocol::rpc_path;
use crate::{Incoming, Model, Operation, Protocol};

/// An operation that was asked for, and how.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Routed {
    /// The operation.
    pub operation: &'static Operation,
    /// The protocol that the client chose among those of the service.
    pub protocol: Protocol,
}

/// Why no operation was found.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RouteError {
    /// An operation, or a method and path, that the service's model does not have.
    #[error("`{service}` has no operation `{name}`")]
    UnknownOperation {
        /// The service's name.
        service: &'static str,
        /// The operation's name; `METHOD /path` for restJson1.
        name: String,
    },
    /// The request names no operation in any protocol of the service.
    #[error("the request names no operation of `{service}`: {reason}")]
    Malformed {
        /// The service's name.
        service: &'static str,
        /// What is missing.
        reason: &'static str,
    },
}

/// Finds the operation of a service that a request asks for, and the protocol.
///
/// # Errors
/// [`RouteError::UnknownOperation`] when an operation is named that the model does not have,
/// [`RouteError::Malformed`] when none is named.
pub fn route(service: &'static Model, incoming: &Incoming<'_>) -> Result<Routed, RouteError> {
    let speaks = |protocol| service.protocols.contains(&protocol);
    if speaks(Protocol::RpcV2Cbor)
        && let Some((name, operation)) = rpc_path(incoming.path)
    {
        if service.target_prefix != Some(name) {
            return Err(unknown(service, format!("{name}.{operation}")));
        }
        return named(service, operation, Protocol::RpcV2Cbor);
    }
    let is_json = speaks(Protocol::Json10) || speaks(Protocol::Json11);
    if is_json {
        let target = incoming.field("x-amz-target");
        let target = target.map_err(|_| RouteError::Malformed {
            service: service.name,
            reason: "`X-Amz-Target` cannot be read, or is there more than once",
        })?;
        if let Some(target) = target {
            return json_target(service, incoming, target);
        }
    }
    if speaks(Protocol::Query)
        && let Some(action) = form_value(incoming, "Action")
    {
        return named(service, &action, Protocol::Query);
    }
    if speaks(Protocol::RestJson) {
        return rest(service, incoming);
    }
    let reason = if speaks(Protocol::Query) {
        "no `Action`"
    } else {
        "no `X-Amz-Target`"
    };
    Err(RouteError::Malformed {
        service: service.name,
        reason,
    })
}

fn unknown(service: &Model, name: String) -> RouteError {
    RouteError::UnknownOperation {
        service: service.name,
        name,
    }
}

fn named(service: &'static Model, name: &str, protocol: Protocol) -> Result<Routed, RouteError> {
    let operation = service
        .operation(name)
        .ok_or_else(|| unknown(service, name.to_owned()))?;
    Ok(Routed {
        operation,
        protocol,
    })
}

fn json_target(
    service: &'static Model,
    incoming: &Incoming<'_>,
    target: &str,
) -> Result<Routed, RouteError> {
    let protocol = match incoming.media_type().as_deref() {
        Some("application/x-amz-json-1.0") => Protocol::Json10,
        Some("application/x-amz-json-1.1") => Protocol::Json11,
        _ if service.protocols.contains(&Protocol::Json10) => Protocol::Json10,
        _ => Protocol::Json11,
    };
    match target.rsplit_once('.') {
        Some((prefix, name)) if service.target_prefix == Some(prefix) => {
            named(service, name, protocol)
        }
        _ => Err(unknown(service, target.to_owned())),
    }
}

fn rest(service: &'static Model, incoming: &Incoming<'_>) -> Result<Routed, RouteError> {
    let mut routes = service.routes().iter();
    let found = routes.find(|operation| {
        operation.method == *incoming.method && labels(operation, incoming).is_some()
    });
    match found {
        Some(operation) => Ok(Routed {
            operation,
            protocol: Protocol::RestJson,
        }),
        None => Err(unknown(
            service,
            format!("{} {}", incoming.method, incoming.path),
        )),
    }
}

/// The labels of a path template as a request fills them, decoded; `None` when it does not match.
///
/// `{label}` takes one segment that is not empty, `{label+}` at least one. Slashes at the begin and
/// at the end and doubled ones count for nothing, because models and clients differ in them.
pub(crate) fn labels(
    operation: &Operation,
    incoming: &Incoming<'_>,
) -> Option<Vec<(&'static str, String)>> {
    let (template, constraints) = operation.uri.split_once('?').unwrap_or((operation.uri, ""));
    let constrained = constraints
        .split('&')
        .filter(|part| !part.is_empty())
        .all(|part| {
            let (name, value) = part.split_once('=').unwrap_or((part, ""));
            form_urlencoded::parse(incoming.query.as_bytes())
                .any(|(key, given)| key == name && (value.is_empty() || given == value))
        });
    if !constrained {
        return None;
    }
    let mut given = incoming
        .path
        .trim_matches('/')
        .split('/')
        .filter(|part| !part.is_empty());
    let mut found = Vec::new();
    for segment in template
        .trim_matches('/')
        .split('/')
        .filter(|part| !part.is_empty())
    {
        match segment
            .strip_prefix('{')
            .and_then(|rest| rest.strip_suffix('}'))
        {
            None if given.next() == Some(segment) => {}
            None => return None,
            Some(label) => match label.strip_suffix('+') {
                Some(greedy) => {
                    let rest: Vec<&str> = given.by_ref().collect();
                    if rest.is_empty() {
                        return None;
                    }
                    found.push((greedy, decoded(&rest.join("/"))));
                }
                None => found.push((label, decoded(given.next()?))),
            },
        }
    }
    given.next().is_none().then_some(found)
}

fn decoded(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}

/// A parameter of an awsQuery request: of its form, or of its query string.
pub(crate) fn form_value(incoming: &Incoming<'_>, name: &str) -> Option<String> {
    form_pairs(incoming)
        .find(|(key, _)| key == name)
        .map(|(_, value)| value.into_owned())
}

/// All parameters of an awsQuery request: those of the query string and, for a POST, of the body.
pub(crate) fn form_pairs<'a>(
    incoming: &Incoming<'a>,
) -> impl Iterator<Item = (Cow<'a, str>, Cow<'a, str>)> {
    let body: &[u8] = if *incoming.method == Method::POST {
        incoming.body
    } else {
        b""
    };
    form_urlencoded::parse(incoming.query.as_bytes()).chain(form_urlencoded::parse(body))
}
