//! A request under way: what came, and what the walk has found out so far.

use std::net::IpAddr;
use std::sync::Arc;

use authlab_http::Incoming;
use authlab_kernel::{Component, EventDraft, Evidence, Journal, Sequence, Timestamp, TraceHeader};

use crate::caller::Caller;
use crate::credential::Tokens;
use crate::deployment::{Api, StageFacts};
use crate::evidence::Reason;
use crate::execution_log::ExecutionLines;
use crate::network::Network;
use crate::path::RequestPath;
use crate::phase::Phases;
use crate::reached::Reached;
use crate::refusal::Refused;
use crate::route::{Parameters, RouteKey};

/// A request under way.
pub(crate) struct Exchange<'a> {
    /// What came.
    pub incoming: &'a Incoming,
    /// The stage that is run.
    pub stage: &'a StageFacts,
    /// The API, as its kind has it.
    pub api: &'a Api,
    /// Where it comes from.
    pub network: Network,
    /// The custom domain name that was called, where one was.
    pub reached: Option<Reached>,
    /// The path that routes see, without the stage.
    pub path: RequestPath,
    /// The request's id: `$context.requestId`.
    pub request_id: Arc<str>,
    /// `$context.extendedRequestId`; the same for HTTP APIs.
    pub extended_request_id: Arc<str>,
    /// Whether the stage's canary runs it.
    pub is_canary: bool,
    /// The trace.
    pub trace: TraceHeader,
    /// When it came, by the gateway's clock.
    pub received: Timestamp,
    /// The last event of this request: the cause of the next.
    pub cause: Sequence,
    /// Tokens of the request that were taken apart already.
    pub tokens: Tokens,
    /// The route that takes it.
    pub route: Option<Matched<'a>>,
    /// Who calls.
    pub caller: Caller,
    /// What its phases came to, where its kind of API tells of them.
    pub phases: Phases,
    /// What the execution log holds of it.
    pub log: ExecutionLines,
    /// What the integration was and answered.
    pub integration: Option<IntegrationFacts>,
    /// Why it was turned away, if it was.
    pub refused: Option<Refused>,
}

/// The route that takes a request.
pub(crate) struct Matched<'a> {
    /// Its key.
    pub key: &'a RouteKey,
    /// The id of its resource, where its kind of API has resources.
    pub resource_id: Option<&'a str>,
    /// The variables of the path.
    pub parameters: Parameters,
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

/// What is known of the answer, once there is one.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Answered {
    /// The status.
    pub status: u16,
    /// The length of the body.
    pub bytes: usize,
    /// When.
    pub ended: Timestamp,
}

impl<'a> Exchange<'a> {
    /// Records an event of this request; it becomes the cause of the next.
    pub(crate) fn record(&mut self, journal: &Journal, draft: EventDraft) {
        let draft = draft
            .request_id(Arc::clone(&self.request_id))
            .trace_id(Some(Arc::clone(self.trace.root())))
            .account(&self.stage.scope.account)
            .cause(Some(self.cause));
        self.cause = journal.record(draft);
    }

    /// Records that a stage lets the request go on.
    pub(crate) fn allowed(&mut self, journal: &Journal, evidence: &impl Evidence) {
        let draft = EventDraft::of(Component::Gateway, evidence).allowed();
        self.record(journal, draft);
    }

    /// Records a refusal that is let through.
    pub(crate) fn refused(&mut self, journal: &Journal, reason: Reason, evidence: &impl Evidence) {
        let draft = EventDraft::of(Component::Gateway, evidence).refused(reason);
        self.record(journal, draft);
    }

    /// Records that something happened.
    pub(crate) fn told(&mut self, journal: &Journal, evidence: &impl Evidence) {
        self.record(journal, EventDraft::of(Component::Gateway, evidence));
    }

    /// The path as clients see it: with the stage in front, or what a custom domain name maps to it.
    pub(crate) fn raw_path(&self) -> String {
        match &self.reached {
            Some(reached) => reached.raw_path(&self.path),
            None => self.api.raw_path(&self.stage.name, &self.path),
        }
    }

    /// The path as events of a REST API have it: without the stage, but with what a custom domain name maps.
    pub(crate) fn path_of_event(&self) -> String {
        match &self.reached {
            Some(reached) => reached.raw_path(&self.path),
            None => self.path.as_text().to_owned(),
        }
    }

    /// The name that the API was called by; that of its `execute-api` host unless a custom one was called.
    pub(crate) fn domain_name(&self) -> &str {
        let reached = self.reached.as_ref();
        reached.map_or(&self.stage.domain_name, |it| &it.domain_name)
    }

    /// The query string, still encoded; empty when there is none.
    pub(crate) fn raw_query(&self) -> &'a str {
        self.incoming.uri.query().unwrap_or_default()
    }

    /// The client's address.
    pub(crate) fn source_ip(&self) -> IpAddr {
        self.network.ip
    }

    /// The client's `User-Agent`.
    pub(crate) fn user_agent(&self) -> Option<&'a str> {
        self.incoming.header(http::header::USER_AGENT)
    }

    /// The key of the route, where there is one.
    pub(crate) fn route_key(&self) -> Option<&'a str> {
        self.route.as_ref().map(|route| route.key.as_str())
    }

    /// The path template of the route, where there is one.
    pub(crate) fn resource(&self) -> Option<&'a str> {
        self.route.as_ref().map(|route| route.key.resource())
    }

    /// `$context.resourceId`: the id of the resource, or the key of a route that has none.
    pub(crate) fn resource_id(&self) -> Option<&'a str> {
        let route = self.route.as_ref();
        route.map(|route| route.resource_id.unwrap_or(route.key.as_str()))
    }

    /// The variables of the path, where there is a route.
    pub(crate) fn parameters(&self) -> Option<&Parameters> {
        self.route.as_ref().map(|route| &route.parameters)
    }

    /// The bytes of both bodies. (AWS also counts headers, by a rule that it does not publish.)
    pub(crate) fn data_processed(&self, answered: &Answered) -> i64 {
        let bytes = self.incoming.body.len() + answered.bytes;
        i64::try_from(bytes).unwrap_or(i64::MAX)
    }

    /// `arn:aws:execute-api:REGION:ACCOUNT:API/STAGE/VERB/path`, of the request's own path, in every
    /// reading of it; the one reading first.
    pub(crate) fn execute_api_arns(&self) -> Vec<String> {
        let mut arns = vec![self.method_arn()];
        let others = self.path.other_readings();
        arns.extend(others.iter().map(|path| self.arn_of(path)));
        arns
    }

    /// The same in the one reading: what an authorizer's function sees as `methodArn`.
    pub(crate) fn method_arn(&self) -> String {
        self.arn_of(self.path.as_text())
    }

    fn arn_of(&self, path: &str) -> String {
        let StageFacts {
            scope,
            api_id,
            name,
            ..
        } = self.stage;
        let verb = &self.incoming.method;
        scope.arn("execute-api", &format!("{api_id}/{name}/{verb}{path}"))
    }
}
