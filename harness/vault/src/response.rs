//! What a handler answers, and how it stands in the envelope.

use authlab_kernel::OutboundRequest;
use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::evidence::{Because, BoundBy, Ended, Missing, Proof, Reason};
use crate::token::Auth;

/// The lease of an answer: what a handler asks for, and what the router has made of it. The key/value
/// engine of version 1 gives a duration without a lease.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct LeaseInfo {
    /// The lease's id, empty when there is none (yet).
    pub(crate) id: String,
    /// Seconds; of what is asked for, 0 is the mount's.
    pub(crate) duration: i64,
    /// The longest that it may live, in seconds; 0 is the mount's.
    pub(crate) max_ttl: i64,
    /// Whether it can be renewed.
    pub(crate) renewable: bool,
    /// What the engine keeps for renewing and revoking: with that, a lease is made.
    pub(crate) secret: Option<Map<String, Value>>,
}

/// Where the content of a wrapped answer waits.
#[derive(Clone, Debug)]
pub(crate) struct WrapInfo {
    pub(crate) token: String,
    pub(crate) accessor: String,
    pub(crate) ttl: i64,
    pub(crate) creation_time: String,
    pub(crate) creation_path: String,
    pub(crate) wrapped_accessor: Option<String>,
}

impl WrapInfo {
    pub(crate) fn to_json(&self) -> Value {
        let mut info = json!({
            "token": self.token,
            "accessor": self.accessor,
            "ttl": self.ttl,
            "creation_time": self.creation_time,
            "creation_path": self.creation_path,
        });
        if let (Some(accessor), Some(members)) = (&self.wrapped_accessor, info.as_object_mut()) {
            members.insert("wrapped_accessor".to_owned(), Value::from(accessor.clone()));
        }
        info
    }
}

/// A successful answer.
#[derive(Clone, Debug, Default)]
pub(crate) struct Response {
    /// The content.
    pub(crate) data: Option<Map<String, Value>>,
    /// The token that was issued or renewed.
    pub(crate) auth: Option<Box<Auth>>,
    /// The lease.
    pub(crate) lease: Option<LeaseInfo>,
    /// Warnings, in the order of their discovery.
    pub(crate) warnings: Vec<String>,
    /// Set when the content waits behind a wrapping token.
    pub(crate) wrap_info: Option<WrapInfo>,
    /// A status other than 200.
    pub(crate) status: Option<u16>,
    /// A body instead of the envelope.
    pub(crate) raw: Option<Value>,
    /// No body at all, whatever else is there.
    pub(crate) bodiless: bool,
    /// What a login brought, for the journal. Never a secret.
    pub(crate) proof: Option<Proof>,
}

impl Response {
    /// An answer with this content.
    pub(crate) fn data(data: Value) -> Self {
        let data = match data {
            Value::Object(members) => members,
            _ => Map::new(),
        };
        Self {
            data: Some(data),
            ..Self::default()
        }
    }

    /// An answer with a body of its own.
    pub(crate) fn raw(status: u16, body: Value) -> Self {
        Self {
            status: Some(status),
            raw: Some(body),
            ..Self::default()
        }
    }

    /// An answer that only warns.
    pub(crate) fn warning(text: impl Into<String>) -> Self {
        Self {
            warnings: vec![text.into()],
            ..Self::default()
        }
    }

    /// The names of a list.
    pub(crate) fn list(keys: impl IntoIterator<Item = String>) -> Self {
        let keys: Vec<String> = keys.into_iter().collect();
        if keys.is_empty() {
            return Self {
                data: Some(Map::new()),
                ..Self::default()
            };
        }
        Self::data(json!({ "keys": keys }))
    }

    /// The same with a status of its own.
    pub(crate) fn with_status(mut self, status: u16) -> Self {
        self.status = Some(status);
        self
    }

    /// The envelope that every answer of the API stands in.
    pub(crate) fn envelope<'a>(&'a self, request_id: &'a str) -> Envelope<'a> {
        let lease = self.lease.as_ref();
        Envelope {
            request_id: if self.wrap_info.is_some() {
                ""
            } else {
                request_id
            },
            lease_id: lease.map_or("", |lease| &lease.id),
            renewable: lease.is_some_and(|lease| lease.renewable),
            lease_duration: lease.map_or(0, |lease| lease.duration),
            data: self.data.as_ref(),
            wrap_info: self.wrap_info.as_ref().map(WrapInfo::to_json),
            warnings: Some(&self.warnings).filter(|warnings| !warnings.is_empty()),
            auth: self.auth.as_deref().map(Auth::to_json),
            mount_type: None,
        }
    }
}

/// The envelope that every answer of the API stands in, over the answer's own content.
#[derive(Serialize)]
pub(crate) struct Envelope<'a> {
    request_id: &'a str,
    lease_id: &'a str,
    renewable: bool,
    lease_duration: i64,
    data: Option<&'a Map<String, Value>>,
    wrap_info: Option<Value>,
    warnings: Option<&'a Vec<String>>,
    auth: Option<Value>,
    /// The type of the mount, which recent versions name (grade P).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) mount_type: Option<&'a str>,
}

impl Envelope<'_> {
    /// The same as a value of its own.
    pub(crate) fn to_value(&self) -> Value {
        serde_json::to_value(self).unwrap_or_default()
    }
}

/// Why there is no successful answer.
#[derive(Clone, Debug)]
pub(crate) enum Fault {
    /// Refused or failed.
    Refused(Box<Refusal>),
    /// The handler waits for another system: see [`crate::request::Call::fetch`].
    Fetch(Box<OutboundRequest>),
}

/// What a refusal tells the journal beside its reason. Never a secret.
#[derive(Clone, Debug)]
pub(crate) enum Told {
    /// What a login brought.
    Proof(Proof),
    /// A token that is none any more.
    Ended {
        accessor: String,
        policies: Vec<String>,
        ended: Ended,
    },
    /// What stood against the request.
    Because(Because),
    /// The ranges that the address of the caller is not in, and whose they are.
    Bound(Vec<String>, BoundBy),
}

/// A refusal on its way to the client.
#[derive(Clone, Debug)]
pub(crate) struct Refusal {
    /// The HTTP status.
    pub(crate) status: u16,
    /// The text; `None` is an empty list of errors.
    pub(crate) message: Option<String>,
    /// Whether the text is put into `1 error occurred` outside logins.
    pub(crate) wrapped: bool,
    /// What the audit line says in `error`; `None` when the handler answered with an error text.
    pub(crate) audit_error: Option<String>,
    /// Whether the audit line has the text as content of the answer.
    pub(crate) audit_data: bool,
    /// The reason in the journal.
    pub(crate) reason: Reason,
    /// What the journal is told beside it.
    pub(crate) told: Option<Told>,
}

/// The shape of every handler's answer. `None` is 204, or 404 for a read.
pub(crate) type Outcome = Result<Option<Response>, Fault>;

impl Fault {
    fn new(status: u16, message: Option<String>, reason: Reason) -> Self {
        Self::Refused(Box::new(Refusal {
            status,
            message,
            wrapped: false,
            audit_error: None,
            audit_data: true,
            reason,
            told: None,
        }))
    }

    /// Bad input: 400 with this text (`logical.ErrorResponse`).
    pub(crate) fn answer(message: impl Into<String>) -> Self {
        Self::new(400, Some(message.into()), Reason::InvalidRequest)
    }

    /// Bad input found by the core: the audit line says `invalid request`.
    pub(crate) fn invalid(message: impl Into<String>) -> Self {
        Self::answer(message).audited("invalid request", true)
    }

    /// An error of the server's own: 500.
    pub(crate) fn error(message: impl Into<String>) -> Self {
        let message = message.into();
        Self::new(500, Some(message.clone()), Reason::InternalError)
            .audited(&message, false)
            .wrapped()
    }

    /// 500 in plain words: why stands in the server's own log (recorded of requests that no audit device
    /// has written).
    pub(crate) fn internal() -> Self {
        let text = "internal error";
        Self::new(500, Some(text.to_owned()), Reason::InternalError).audited(text, false)
    }

    /// An error with a status of its own, in the multi-error form.
    pub(crate) fn coded(status: u16, message: impl Into<String>) -> Self {
        Self::error(message).with_status(status)
    }

    /// 403 in the multi-error form: a policy refuses.
    pub(crate) fn permission_denied() -> Self {
        Self::coded(403, "permission denied").because(Reason::PolicyDenied)
    }

    /// 405.
    pub(crate) fn unsupported_operation() -> Self {
        Self::coded(405, "unsupported operation").because(Reason::UnsupportedOperation)
    }

    /// 404: no endpoint has that path.
    pub(crate) fn unsupported_path() -> Self {
        Self::coded(404, "unsupported path").because(Reason::UnsupportedPath)
    }

    /// 501: what is asked for is not there, and the text names it.
    pub(crate) fn not_simulated(message: impl Into<String>) -> Self {
        Self::answer(message)
            .with_status(501)
            .because(Reason::NotImplemented)
    }

    /// 403 with a plain text.
    pub(crate) fn denied(message: impl Into<String>) -> Self {
        let message = message.into();
        Self::new(403, Some(message), Reason::PermissionDenied).audited("permission denied", true)
    }

    fn map(mut self, change: impl FnOnce(&mut Refusal)) -> Self {
        if let Self::Refused(refusal) = &mut self {
            change(refusal);
        }
        self
    }

    /// With another status.
    pub(crate) fn with_status(self, status: u16) -> Self {
        self.map(|refusal| refusal.status = status)
    }

    /// With this reason in the journal.
    pub(crate) fn because(self, reason: Reason) -> Self {
        self.map(|refusal| refusal.reason = reason)
    }

    /// With what the login brought in the journal.
    pub(crate) fn with_proof(self, proof: Proof) -> Self {
        self.telling(Told::Proof(proof))
    }

    /// With this in the journal.
    pub(crate) fn telling(self, told: Told) -> Self {
        self.map(|refusal| refusal.told = Some(told))
    }

    /// For what is named and is not there.
    pub(crate) fn missing(self, missing: Missing) -> Self {
        self.because(Reason::NotFound)
            .telling(Told::Because(Because::Missing(missing)))
    }

    /// 403 or 400 for a caller from an address that is not in these ranges.
    pub(crate) fn not_bound(self, bound: Vec<String>, of: BoundBy) -> Self {
        self.because(Reason::AddressNotBound)
            .telling(Told::Bound(bound, of))
    }

    /// The refusal, where nothing is waited for any more: a handler that still would is broken.
    pub(crate) fn refusal(self) -> Box<Refusal> {
        match self {
            Self::Refused(refusal) => refusal,
            Self::Fetch(_) => Box::new(Refusal {
                status: 500,
                message: None,
                wrapped: false,
                audit_error: None,
                audit_data: false,
                reason: Reason::InternalError,
                told: None,
            }),
        }
    }

    /// With this error in the audit line, beside the text.
    pub(crate) fn audit_as(self, error: &str) -> Self {
        self.audited(error, true)
    }

    fn audited(self, error: &str, data: bool) -> Self {
        let error = error.to_owned();
        self.map(|refusal| {
            refusal.audit_error = Some(error);
            refusal.audit_data = data;
        })
    }

    fn wrapped(self) -> Self {
        self.map(|refusal| refusal.wrapped = true)
    }
}

/// `1 error occurred`, as the multi-error library prints it.
pub(crate) fn one_error(message: &str) -> String {
    format!("1 error occurred:\n\t* {message}\n\n")
}

/// The body of a refusal. A text that repeats megabytes of what was sent is cut.
pub(crate) fn error_body(message: Option<&str>) -> Value {
    match message {
        Some(message) => json!({ "errors": [authlab_kernel::journal::cut(message)] }),
        None => json!({ "errors": [] }),
    }
}
