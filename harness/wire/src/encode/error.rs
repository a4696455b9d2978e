//! Errors, in the envelope of each protocol.

use std::borrow::Cow;
use std::collections::BTreeMap;

use authlab_kernel::evidence::Reason;
use authlab_kernel::journal;
use bytes::Bytes;
use http::{HeaderName, HeaderValue, Response};

use super::document::{Document, Style};
use super::{answer, content_type, rest, smithy_protocol, xml};
use crate::model::Shape;
use crate::{Model, Protocol, Value};

/// An error that a client is answered.
#[derive(Debug, Clone, PartialEq)]
pub struct WireError {
    /// The HTTP status.
    pub status: u16,
    /// The code: the name of the error's shape, or what awsQuery calls it; each protocol sends its own.
    pub code: String,
    /// The text for people.
    pub message: String,
    /// Further members that the error's shape has, by their model names.
    pub fields: BTreeMap<String, Value>,
    /// Why, for the journal: no client is sent it.
    pub cause: Cause,
}

/// What who answers with an error knows of it beyond what a client is sent.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Cause {
    reason: Option<&'static str>,
    evidence: Option<Box<str>>,
    facts: Option<Box<serde_json::Value>>,
}

impl Cause {
    /// The code of the reason in kebab case; none for an error that goes by its own.
    #[must_use]
    pub fn reason(&self) -> Option<&'static str> {
        self.reason
    }

    /// What is wrong, in the lab's words.
    #[must_use]
    pub fn evidence(&self) -> Option<&str> {
        self.evidence.as_deref()
    }

    /// What stood against what, in the shape that the journal has for it.
    #[must_use]
    pub fn facts(&self) -> Option<&serde_json::Value> {
        self.facts.as_deref()
    }
}

impl WireError {
    /// An error with no further members.
    #[must_use]
    pub fn new(status: u16, code: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            status,
            code: code.into(),
            message: message.into(),
            fields: BTreeMap::new(),
            cause: Cause::default(),
        }
    }

    /// An error that the service's model describes, with the status that it states; 400 when it
    /// describes none of that code.
    #[must_use]
    pub fn modelled(service: &Model, code: &str, message: impl Into<String>) -> Self {
        let facts = service.error_shape(code).and_then(|shape| shape.error);
        Self::new(facts.map_or(400, |facts| facts.status), code, message)
    }

    /// The same error with a further member.
    #[must_use]
    pub fn with_field(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.fields.insert(name.to_owned(), value.into());
        self
    }

    /// The same error with a reason of its own.
    #[must_use]
    pub fn because(mut self, reason: impl Reason) -> Self {
        self.cause.reason = Some(reason.as_str());
        self
    }

    /// The same error with what is known beyond the service's words.
    #[must_use]
    pub fn with_evidence(mut self, text: impl Into<String>) -> Self {
        self.cause.evidence = Some(text.into().into_boxed_str());
        self
    }

    /// The same error with what stood against what.
    #[must_use]
    pub fn with_facts(mut self, facts: serde_json::Value) -> Self {
        self.cause.facts = Some(Box::new(facts));
        self
    }

    /// What is not simulated: 501 `NotImplemented`, which names it.
    #[must_use]
    pub fn not_implemented(what: &str) -> Self {
        Self::new(
            501,
            "NotImplemented",
            format!("`{what}` is not implemented by this lab"),
        )
    }
}

/// The longest message that is sent, in bytes. Lambda repeats an environment of more than 4 KiB; a
/// text that repeats megabytes of what was sent is not sent back.
const MESSAGE_BYTES_MAX: usize = 16 * 1024;

/// What an error is called in each protocol, and what its model says.
struct Naming<'a> {
    shape: Option<&'a Shape>,
    /// The shape's name.
    name: &'a str,
    /// What awsQuery calls it.
    query_code: &'a str,
    is_sender: bool,
}

impl<'a> Naming<'a> {
    fn new(service: Option<&'a Model>, error: &'a WireError) -> Self {
        let shape = service.and_then(|service| service.error_shape(&error.code));
        let facts = shape.and_then(|shape| shape.error);
        Self {
            shape,
            name: shape.map_or(&error.code, |shape| shape.name),
            query_code: facts.map_or(&error.code, |facts| facts.code),
            is_sender: facts.map_or(error.status < 500, |facts| facts.is_sender),
        }
    }
}

/// Writes an error as a protocol does. `service` is `None` when it is not known.
///
/// - awsQuery: `<ErrorResponse><Error><Type/><Code/><Message/></Error><RequestId/></ErrorResponse>`;
/// - awsJson: `{"__type","message"}`; restJson1: `x-amzn-ErrorType` and `{"message"}`;
/// - rpc-v2-cbor: a map with `__type` and `message`;
/// - for a query-compatible service in a newer protocol also `x-amzn-query-error: Code;Sender`.
///
/// The message stands under the name that the error's shape gives it (`message` or `Message`).
#[must_use]
pub fn encode_error(
    service: Option<&'static Model>,
    protocol: Protocol,
    request_id: &str,
    error: &WireError,
) -> Response<Bytes> {
    let short;
    let error = match journal::cut_at(&error.message, MESSAGE_BYTES_MAX) {
        Cow::Borrowed(_) => error,
        Cow::Owned(message) => {
            short = WireError {
                message,
                ..error.clone()
            };
            &short
        }
    };
    let naming = Naming::new(service, error);
    let body = match protocol {
        Protocol::Query => xml::error(
            service,
            naming.shape,
            naming.query_code,
            naming.is_sender,
            request_id,
            error,
        )
        .unwrap_or_default(),
        Protocol::RpcV2Cbor => cbor(&naming, service, error),
        Protocol::Json10 | Protocol::Json11 | Protocol::RestJson => {
            serde_json::to_vec(&members(&naming, service, error, protocol))
                .unwrap_or_default()
                .into()
        }
    };
    let mut response = answer(error.status, request_id, body);
    let headers = response.headers_mut();
    content_type(headers, protocol);
    if protocol == Protocol::RpcV2Cbor {
        smithy_protocol(headers);
    }
    if protocol == Protocol::RestJson
        && let Ok(value) = HeaderValue::from_str(naming.name)
    {
        headers.insert(HeaderName::from_static("x-amzn-errortype"), value);
        if let (Some(service), Some(shape)) = (service, naming.shape) {
            // Retry-After and the like; what does not fit a header is left out of an error.
            rest::headers(service, shape, &known_fields(shape, error), headers).unwrap_or_default();
        }
    }
    let is_compatible = service.is_some_and(|service| service.is_query_compatible);
    if is_compatible && protocol != Protocol::Query {
        let fault = if naming.is_sender {
            "Sender"
        } else {
            "Receiver"
        };
        if let Ok(value) = HeaderValue::from_str(&format!("{};{fault}", naming.query_code)) {
            headers.insert(HeaderName::from_static("x-amzn-query-error"), value);
        }
    }
    response
}

/// Writes an error as S3 does: `<Error><Code/><Message/><RequestId/></Error>` (S3 API reference,
/// "Error responses"). S3 is no service of the lab; its clients read nothing else.
#[must_use]
pub fn encode_s3_error(request_id: &str, error: &WireError) -> Response<Bytes> {
    let body = xml::s3_error(request_id, error).unwrap_or_default();
    let mut response = answer(error.status, request_id, body);
    let headers = response.headers_mut();
    headers.insert(
        http::header::CONTENT_TYPE,
        HeaderValue::from_static("application/xml"),
    );
    if let Ok(value) = HeaderValue::from_str(request_id) {
        headers.insert(HeaderName::from_static("x-amz-request-id"), value);
    }
    response
}

/// The error's body in JSON: each member as its shape says.
fn members(
    naming: &Naming<'_>,
    service: Option<&'static Model>,
    error: &WireError,
    protocol: Protocol,
) -> BTreeMap<String, serde_json::Value> {
    let mut members = BTreeMap::new();
    let style = if protocol == Protocol::RestJson {
        Style::RestJson
    } else {
        Style::Json
    };
    if let (Some(service), Some(shape)) = (service, naming.shape) {
        let fields = known_fields(shape, error);
        if let Ok(serde_json::Value::Object(written)) =
            serde_json::to_value(Document::new(service, shape, &fields, style))
        {
            members.extend(written);
        }
    }
    if protocol != Protocol::RestJson {
        members.insert("__type".to_owned(), naming.name.into());
    }
    members.insert(
        message_name(naming.shape, style).to_owned(),
        error.message.clone().into(),
    );
    members
}

/// The further members of an error that its shape has.
fn known_fields(shape: &Shape, error: &WireError) -> Value {
    let known = error
        .fields
        .iter()
        .filter(|(name, _)| shape.member(name).is_some());
    Value::Map(
        known
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect(),
    )
}

/// The error's body in CBOR.
fn cbor(naming: &Naming<'_>, service: Option<&'static Model>, error: &WireError) -> Bytes {
    let mut members: BTreeMap<String, ciborium::Value> = BTreeMap::new();
    if let (Some(service), Some(shape)) = (service, naming.shape) {
        for (name, value) in &error.fields {
            let Some(member) = shape.member(name) else {
                continue;
            };
            let document = Document::new(service, service.shape(member.shape), value, Style::Cbor);
            if let Ok(written) = ciborium::Value::serialized(&document) {
                members.insert(name.clone(), written);
            }
        }
    }
    members.insert("__type".to_owned(), naming.name.into());
    members.insert(
        message_name(naming.shape, Style::Cbor).to_owned(),
        error.message.as_str().into(),
    );
    let mut out = Vec::new();
    if ciborium::into_writer(&members, &mut out).is_err() {
        out.clear();
    }
    out.into()
}

/// `message`, unless the shape writes it `Message`.
fn message_name(shape: Option<&Shape>, style: Style) -> &'static str {
    let member =
        shape.and_then(|shape| shape.member("Message").or_else(|| shape.member("message")));
    match (member, style) {
        (Some(member), Style::RestJson) => member.wire_name,
        (Some(member), _) => member.name,
        (None, _) => "message",
    }
}
