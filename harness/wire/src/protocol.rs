//! The protocols that AWS services speak.

use http::HeaderMap;

/// An AWS protocol, as the Smithy specification and botocore call them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Protocol {
    /// awsQuery: a form in, XML out.
    Query,
    /// awsJson1.0: `X-Amz-Target`, JSON in and out.
    Json10,
    /// awsJson1.1: `X-Amz-Target`, JSON in and out.
    Json11,
    /// restJson1: operations are methods and paths, JSON bodies.
    RestJson,
    /// rpc-v2-cbor: `/service/X/operation/Y`, CBOR in and out.
    RpcV2Cbor,
}

impl Protocol {
    /// The media type of this protocol's answers.
    #[must_use]
    pub fn content_type(self) -> &'static str {
        match self {
            Self::Query => "text/xml",
            Self::Json10 => "application/x-amz-json-1.0",
            Self::Json11 => "application/x-amz-json-1.1",
            Self::RestJson => "application/json",
            Self::RpcV2Cbor => "application/cbor",
        }
    }

    /// Whether bodies are JSON (restJson1 included).
    #[must_use]
    pub fn is_json(self) -> bool {
        matches!(self, Self::Json10 | Self::Json11 | Self::RestJson)
    }
}

/// The protocol that a request looks like, for answers to requests whose service is not known.
///
/// Headers decide first (`smithy-protocol`, `x-amz-target`, `content-type`), then the path of
/// rpc-v2-cbor, then a form's `Action` in the body; what shows nothing is taken for restJson1.
#[must_use]
pub fn guess_protocol(headers: &HeaderMap, path: &str, body: &[u8]) -> Protocol {
    let text = |name: &str| {
        headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .unwrap_or("")
    };
    let content_type = text("content-type").to_ascii_lowercase();
    if text("smithy-protocol") == "rpc-v2-cbor" || content_type.starts_with("application/cbor") {
        return Protocol::RpcV2Cbor;
    }
    if content_type.starts_with("application/x-amz-json-1.0") {
        return Protocol::Json10;
    }
    if content_type.starts_with("application/x-amz-json-1.1")
        || headers.contains_key("x-amz-target")
    {
        return Protocol::Json11;
    }
    if rpc_path(path).is_some() {
        return Protocol::RpcV2Cbor;
    }
    let is_form = content_type.starts_with("application/x-www-form-urlencoded");
    if is_form || body.starts_with(b"Action=") {
        return Protocol::Query;
    }
    Protocol::RestJson
}

/// Service and operation of an rpc-v2-cbor path: `…/service/X/operation/Y`.
pub(crate) fn rpc_path(path: &str) -> Option<(&str, &str)> {
    let mut parts = path.rsplit('/');
    let operation = parts.next()?;
    if parts.next()? != "operation" {
        return None;
    }
    let service = parts.next()?;
    let is_rpc = parts.next()? == "service" && !service.is_empty() && !operation.is_empty();
    is_rpc.then_some((service, operation))
}
