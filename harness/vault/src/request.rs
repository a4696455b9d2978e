//! A request after the HTTP layer, and what a handler knows when it answers one.

use std::net::{IpAddr, SocketAddr};

use authlab_kernel::{Ids, OutboundError, OutboundRequest, OutboundResponse, Timestamp};
use serde_json::{Map, Value};

use crate::flavour::Flavour;
use crate::response::Fault;
use crate::right::Rights;
use crate::token::Entry;

/// What a request does, in the words of policies and audit lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Operation {
    /// Write something that was not there.
    Create,
    /// Read.
    Read,
    /// Write.
    Update,
    /// Merge into what is there.
    Patch,
    /// Delete.
    Delete,
    /// List the names below a path.
    List,
    /// List all names below a path (OpenBao).
    Scan,
    /// Ask for the help of a path.
    Help,
    /// A method that no endpoint answers.
    Other,
}

impl Operation {
    /// The name in audit lines.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Read => "read",
            Self::Update => "update",
            Self::Patch => "patch",
            Self::Delete => "delete",
            Self::List => "list",
            Self::Scan => "scan",
            Self::Help => "help",
            Self::Other => "header",
        }
    }

    /// The operation that selects an endpoint's handler: creating and updating are one.
    pub(crate) fn handler(self) -> Self {
        if self == Self::Create {
            Self::Update
        } else {
            self
        }
    }
}

/// The wish to have the answer wrapped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct WrapWish {
    /// How long the wrapping token lives, in nanoseconds.
    pub(crate) ttl_nanoseconds: i64,
    /// Whether the token is to be a JWT.
    pub(crate) jwt: bool,
}

/// A request for one path below `/v1/`.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    /// Its id: what `request_id` of the answer says.
    pub(crate) id: String,
    /// What it does.
    pub(crate) operation: Operation,
    /// The path without `/v1/`, decoded.
    pub(crate) path: String,
    /// Query parameters or the members of the body.
    pub(crate) data: Map<String, Value>,
    /// Whether `data` came from the query: error texts name the Go type.
    pub(crate) from_query: bool,
    /// The token, if one was sent.
    pub(crate) token: Option<String>,
    /// The request's headers in lower case.
    pub(crate) headers: Vec<(String, String)>,
    /// The wish for wrapping.
    pub(crate) wrap: Option<WrapWish>,
    /// Who connected.
    pub(crate) peer: SocketAddr,
}

impl Request {
    /// The wish for wrapping, unless it is for no time at all: that counts where a policy bounds the
    /// time, and is then not wrapped (recorded).
    pub(crate) fn wrapping(&self) -> Option<WrapWish> {
        self.wrap.filter(|wish| wish.ttl_nanoseconds > 0)
    }

    /// The Go type of a list in `data`.
    pub(crate) fn list_type(&self) -> &'static str {
        if self.from_query {
            "[]string"
        } else {
            "[]interface {}"
        }
    }

    /// A text of `data`.
    pub(crate) fn data_text(&self, name: &str) -> Option<&str> {
        self.data.get(name).and_then(Value::as_str)
    }
}

/// An answer (or none) that a handler waited for.
pub(crate) type Fetched = Result<OutboundResponse, OutboundError>;

/// The answers that earlier runs of a handler waited for, each with what was asked.
#[derive(Clone, Debug, Default)]
pub(crate) struct Answers(Vec<(String, Fetched)>);

impl Answers {
    /// What makes two calls the same: not the headers, whose signatures hold the time.
    fn key(request: &OutboundRequest) -> String {
        let body = String::from_utf8_lossy(&request.body);
        format!(
            "{} {} {} {body}",
            request.purpose, request.method, request.url
        )
    }

    /// Keeps an answer for the next run.
    pub(crate) fn add(&mut self, request: &OutboundRequest, answer: Fetched) {
        self.0.push((Self::key(request), answer));
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }
}

/// What a handler knows of its mount.
#[derive(Clone, Debug)]
pub(crate) struct MountView {
    /// The whole path: `secret/`, `auth/aws/`.
    pub(crate) path: String,
    /// The accessor.
    pub(crate) accessor: String,
    /// The TTL of what is issued without one, in seconds.
    pub(crate) default_ttl: i64,
    /// The longest TTL, in seconds.
    pub(crate) max_ttl: i64,
}

/// Everything that a handler may look at besides its own state.
#[derive(Clone, Copy)]
pub(crate) struct Call<'a> {
    /// The request.
    pub(crate) request: &'a Request,
    /// The path below the mount.
    pub(crate) path: &'a str,
    /// The mount.
    pub(crate) mount: &'a MountView,
    /// Vault's time.
    pub(crate) now: Timestamp,
    /// The source of ids.
    pub(crate) ids: &'a Ids,
    /// Whose texts are given.
    pub(crate) flavour: Flavour,
    /// The caller's token, unless the path needs none.
    pub(crate) caller: Option<&'a Entry>,
    /// The answers that earlier runs of this handler waited for.
    pub(crate) answers: &'a Answers,
    /// What a rule asks that rests on the caller's rights.
    pub(crate) rights: &'a Rights,
}

impl Call<'_> {
    /// The address of the client.
    pub(crate) fn peer_address(&self) -> IpAddr {
        self.request.peer.ip()
    }

    /// Calls another system. The state's lock is not held across the call: the first run of a
    /// handler ends here with the request that it needs, and the handler is run again from its
    /// beginning once the answer is there, so that everything is checked against the state as it is
    /// then. A handler changes nothing before its last call.
    ///
    /// # Errors
    /// [`Fault::Fetch`] while the answer is not there.
    pub(crate) fn fetch(&self, request: OutboundRequest) -> Result<Fetched, Fault> {
        let key = Answers::key(&request);
        match self.answers.0.iter().find(|(asked, _)| *asked == key) {
            Some((_, answer)) => Ok(answer.clone()),
            None => Err(Fault::Fetch(Box::new(request))),
        }
    }

    /// Draws an id whose name does not depend on other requests in flight.
    pub(crate) fn draw(&self, kind: &str, name: &str) -> authlab_kernel::Draw {
        self.ids
            .draw(kind, &format!("vault/{}", self.mount.path), name)
    }
}
