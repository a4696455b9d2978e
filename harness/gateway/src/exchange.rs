//! A request under way: what came, and what the walk has found out so far.

use std::sync::Arc;

use authlab_http::Incoming;
use authlab_kernel::{Component, EventDraft, Evidence, Ids, Journal, Sequence, Timestamp};
use authlab_token::Token;
use http::HeaderMap;

use crate::deployment::{DEFAULT_STAGE, Deployment, Route};
use crate::path::RequestPath;
use crate::port::IamCaller;
use crate::refusal::Refusal;
use crate::route::Parameters;

/// The header that carries a trace from hop to hop.
pub(crate) const TRACE_HEADER: &str = "x-amzn-trace-id";

/// A request under way.
pub(crate) struct Exchange<'a> {
    /// What came.
    pub incoming: &'a Incoming,
    /// What is run.
    pub deployment: &'a Deployment,
    /// The path that routes see, without the stage.
    pub path: RequestPath,
    /// The host name that the API is known by.
    pub domain_name: String,
    /// The request's id: `apigw-requestid` and `$context.requestId`.
    pub request_id: String,
    /// The trace.
    pub trace: Trace,
    /// When it came, by the gateway's clock.
    pub received: Timestamp,
    /// The last event of this request: the cause of the next.
    pub cause: Sequence,
    /// The route that takes it, with the path parameters.
    pub route: Option<(&'a Route, Parameters)>,
    /// Who calls.
    pub caller: Caller,
    /// What the integration was and answered.
    pub integration: Option<IntegrationFacts>,
    /// Why it was turned away, if it was.
    pub refusal: Option<Box<Refusal>>,
}

/// Who calls, once a route's authorization has found out.
pub(crate) enum Caller {
    /// Nobody was asked.
    Anonymous,
    /// The bearer of a token; the scopes are set where the route asks for some.
    Bearer {
        /// The token, believed.
        token: Box<Token>,
        /// Which of the route's scopes it has.
        scopes: Option<Vec<String>>,
    },
    /// A signed caller.
    Iam(Arc<IamCaller>),
}

/// What is known of the integration.
#[derive(Clone, Debug, Default)]
pub(crate) struct IntegrationFacts {
    /// The status that it answered.
    pub status: Option<u16>,
    /// How long it took.
    pub latency_ms: i64,
    /// What went wrong.
    pub error: Option<String>,
}

/// The trace of a request.
pub(crate) struct Trace {
    /// `1-<8 hex>-<24 hex>`.
    pub id: String,
    /// The whole header, as it goes on.
    pub header: String,
}

impl Trace {
    /// The trace that the request names, or a new one.
    pub(crate) fn of(headers: &HeaderMap, now: Timestamp, ids: &Ids, name: &str) -> Self {
        let given = headers
            .get(TRACE_HEADER)
            .and_then(|value| value.to_str().ok());
        if let Some((id, header)) = given.and_then(|header| Some((root(header)?, header))) {
            return Self {
                id: id.to_owned(),
                header: header.to_owned(),
            };
        }
        let id = ids.trace_id(now.as_second(), name);
        Self {
            header: format!("Root={id}"),
            id,
        }
    }

    /// The trace that the request names.
    pub(crate) fn named(headers: &HeaderMap) -> Option<&str> {
        headers
            .get(TRACE_HEADER)
            .and_then(|value| value.to_str().ok())
            .and_then(root)
    }
}

/// The `Root` of a trace header, if it has the shape of a trace id.
fn root(header: &str) -> Option<&str> {
    let id = header
        .split(';')
        .find_map(|part| part.trim().strip_prefix("Root="))?;
    let shape = |byte: u8| byte.is_ascii_hexdigit() || byte == b'-';
    (id.starts_with("1-") && id.len() <= 64 && id.bytes().all(shape)).then_some(id)
}

impl Exchange<'_> {
    /// Records an event of this request; it becomes the cause of the next.
    pub(crate) fn record(&mut self, journal: &Journal, draft: EventDraft) {
        let draft = draft
            .request_id(self.request_id.as_str())
            .trace_id(Some(self.trace.id.clone()))
            .account(self.deployment.scope.account.as_str())
            .cause(Some(self.cause));
        self.cause = journal.record(draft);
    }

    /// Records that a stage lets the request go on.
    pub(crate) fn allowed(&mut self, journal: &Journal, evidence: &impl Evidence) {
        let draft = EventDraft::of(Component::Gateway, evidence).allowed();
        self.record(journal, draft);
    }

    /// Records that something happened.
    pub(crate) fn told(&mut self, journal: &Journal, evidence: &impl Evidence) {
        self.record(journal, EventDraft::of(Component::Gateway, evidence));
    }

    /// The path as clients see it: with the stage in front, unless the stage is served at the root.
    pub(crate) fn raw_path(&self) -> String {
        if self.deployment.stage == DEFAULT_STAGE {
            self.path.as_text()
        } else {
            format!("/{}{}", self.deployment.stage, self.path)
        }
    }

    /// The query string, still encoded; empty when there is none.
    pub(crate) fn raw_query(&self) -> &str {
        self.incoming.uri.query().unwrap_or_default()
    }

    /// The address of the client's end of the connection.
    pub(crate) fn source_ip(&self) -> String {
        self.incoming.peer.ip().to_string()
    }

    /// The client's `User-Agent`.
    pub(crate) fn user_agent(&self) -> Option<&str> {
        self.incoming.header(http::header::USER_AGENT)
    }

    /// The key of the route, where there is one.
    pub(crate) fn route_key(&self) -> Option<String> {
        self.route.as_ref().map(|(route, _)| route.key.to_string())
    }

    /// `arn:aws:execute-api:REGION:ACCOUNT:API/STAGE/VERB/path`, of the request's own path, in every
    /// reading of it; the one reading first.
    pub(crate) fn execute_api_arns(&self) -> Vec<String> {
        let Deployment {
            scope,
            api_id,
            stage,
            ..
        } = self.deployment;
        let verb = &self.incoming.method;
        let arn =
            |path: String| scope.arn("execute-api", &format!("{api_id}/{stage}/{verb}{path}"));
        self.path.readings().into_iter().map(arn).collect()
    }
}
