//! The gateway: published deployments, and the way of a request to one of them.

use std::sync::Arc;

use authlab_http::{Incoming, Rejection, Service};
use authlab_kernel::{
    Component, ComponentClock, Draw, EventDraft, Ids, Journal, Outbound, Scope, Sequence,
    Timestamp, TraceHeader, redaction,
};
use bytes::Bytes;
use futures_util::future::BoxFuture;
use http::Response;

use crate::address::{self, Address};
use crate::caller::Caller;
use crate::cause;
use crate::deployment::{AccountUsage, Api, ApiKind, Deployment, Outline};
use crate::domain::CustomDomain;
use crate::evidence::{self, Reason};
use crate::exchange::Exchange;
use crate::execution_log::ExecutionLines;
use crate::http::{answer, cors};
use crate::needs::{Issuers, Needs};
use crate::network::Network;
use crate::path::{PathError, RequestPath};
use crate::phase::Phases;
use crate::plane::Plane;
use crate::published::{Found, Published, Stages};
use crate::reached::Reached;
use crate::refusal::{Refusal, ResponseType, Said};
use crate::rest::ping;
use crate::{http as http_api, rest as rest_api};

/// The data plane of every API of a lab.
pub struct Gateway {
    plane: Plane,
    ids: Ids,
    published: Published,
}

impl Gateway {
    /// A gateway without deployments.
    pub fn new(
        clock: ComponentClock,
        ids: Ids,
        journal: Journal,
        outbound: Arc<dyn Outbound>,
        needs: Needs,
    ) -> Self {
        Self {
            plane: Plane::new(clock, journal, outbound, needs),
            ids,
            published: Published::default(),
        }
    }

    /// Tells the gateway which issuers are the lab's own; the first that it is told count.
    pub fn know_issuers(&self, issuers: Arc<dyn Issuers>) {
        let _known = self.plane.issuers.set(issuers);
    }

    /// Tells the gateway that an API is there, whatever its stages run; `None`: it is gone.
    pub fn know_api(&self, api_id: &str, outline: Option<Outline>) {
        self.published.know(api_id, outline);
    }

    /// Tells the gateway what a custom domain name leads to; `None`: it is gone.
    pub fn know_domain(&self, name: &str, domain: Option<Arc<CustomDomain>>) {
        self.published.put_domain(name, domain);
    }

    /// Makes `deployment` what the stage runs; `None` takes the stage away. Requests under way
    /// finish on what they began with.
    pub fn publish(&self, api_id: &str, stage: &str, deployment: Option<Arc<Deployment>>) {
        let is_taken_away = deployment.is_none();
        self.published.put(api_id, stage, deployment);
        self.plane.decisions.forget_stage(api_id, stage);
        if is_taken_away {
            self.plane.buckets.forget_stage(api_id, stage);
        }
    }

    /// Makes it what an account has of API keys and usage plans in a Region. Buckets and counts of plans
    /// that are gone go with them.
    pub fn publish_usage(&self, scope: &Scope, usage: Arc<AccountUsage>) {
        for plan in self.plane.usages.put(scope, usage) {
            self.plane.buckets.forget_plan(&plan);
            self.plane.needs.quotas.forget_plan(&plan);
        }
    }

    /// Forgets what the Lambda authorizers of a stage have said.
    pub fn forget_decisions(&self, api_id: &str, stage: &str) {
        self.plane.decisions.forget_stage(api_id, stage);
    }

    /// Forgets everything that was published or learnt, as after `POST /_lab/reset`.
    pub fn reset(&self) {
        self.published.clear();
        self.plane.forget();
    }

    /// Whether a request is for the gateway: by its host or by its path.
    pub fn claims(&self, incoming: &Incoming) -> bool {
        self.published.address(incoming).is_some()
    }

    /// Whether a host, in lower case and without a port, is a custom domain name.
    pub fn has_domain(&self, host: &str) -> bool {
        self.published.domain(host).is_some()
    }

    async fn answer(&self, incoming: Incoming) -> Response<Bytes> {
        let received = self.plane.clock.now();
        let Some(address) = self.published.address(&incoming) else {
            let wording = answer::wording(ResponseType::ResourceNotFound);
            return answer::message_of(wording.status, wording.message.unwrap_or_default());
        };
        let kind = self.kind(&address);
        let read = RequestPath::read_of(kind, &address.path);
        let found = match &read {
            Ok(path) => self.published.find(&address, path),
            Err(_) => Ok(None),
        };
        let deployment = found.as_ref().ok().and_then(Option::as_ref);
        let deployment = deployment.map(|found| Arc::clone(&found.deployment));
        let shown = read
            .as_ref()
            .map_or(address.path.as_str(), RequestPath::as_text);
        // By what is asked, so that requests at the same time do not shuffle one another's ids.
        let name = format!("{} {} {shown}", address.api_id, incoming.method);
        let drawn = self.ids.draw("request-id", "gateway", &name);
        let ids = Named::of(kind, &drawn);
        let (deployment, is_canary) = match deployment {
            Some(deployment) => {
                let (deployment, is_canary) = deployment.or_canary(&drawn);
                (Some(deployment), is_canary)
            }
            None => (None, false),
        };
        let named = cause::trace_of(&incoming);
        let (issued, tokens) = {
            let deployment = deployment.as_deref();
            cause::cause_of(&self.plane.journal, &incoming, named.as_ref(), deployment)
        };
        let trace = named
            .unwrap_or_else(|| TraceHeader::begin(self.ids.trace_id(received.as_second(), &name)));
        let trace = self.traced(trace, deployment.as_deref(), &name);
        let network = Network::of(&incoming);
        let shown_network = network
            .clone()
            .unwrap_or_else(|_| Network::of_peer(&incoming));
        let event = came(
            &incoming,
            (&address, &shown_network),
            shown,
            deployment.as_deref(),
        )
        .request_id(Arc::clone(&ids.request_id))
        .trace_id(Some(Arc::clone(trace.root())))
        .cause(issued);
        let cause = self.plane.journal.record(event);
        let _open = self.plane.journal.open_trace(Some(trace.root()));
        if kind == ApiKind::Rest && ping::is_asked(&incoming, &address) {
            return self.pong(&ids, &trace, cause);
        }
        let path = match self.admitted(&incoming, &address, read, found) {
            Ok(path) => path,
            Err(refusal) => return self.turn_away(*refusal, &ids, &trace, cause),
        };
        let network = match network {
            Ok(network) => network,
            Err(problem) => {
                let refusal = unclear(Reason::SourceUnreadable, &problem, &address.path);
                return self.turn_away(*refusal, &ids, &trace, cause);
            }
        };
        // Where a path was admitted there is a deployment.
        let Some(deployment) = deployment else {
            return self.turn_away(*self.nowhere(&incoming, &address), &ids, &trace, cause);
        };
        let mut exchange = Exchange {
            incoming: &incoming,
            stage: &deployment.stage,
            api: &deployment.api,
            network,
            reached: address.reached,
            path,
            request_id: ids.request_id,
            extended_request_id: ids.extended_request_id,
            is_canary,
            trace,
            received,
            cause,
            tokens,
            route: None,
            caller: Caller::default(),
            phases: Phases::default(),
            log: ExecutionLines::default(),
            integration: None,
            refused: None,
        };
        match &deployment.api {
            Api::Http(api) => http_api::walk::walk(&self.plane, &mut exchange, api).await,
            Api::Rest(api) => rest_api::walk::walk(&self.plane, &mut exchange, api).await,
        }
    }

    /// The trace as a REST API goes on with it: with a parent and a decision.
    fn traced(&self, trace: TraceHeader, run: Option<&Deployment>, name: &str) -> TraceHeader {
        let Some(Api::Rest(api)) = run.map(|it| &it.api) else {
            return trace;
        };
        // Every request is sampled where the stage traces: the lab has no sampling rules. Where it does not,
        // none is that the caller does not say is (reference section 3.11).
        let sampled = if api.tracing_enabled { "1" } else { "0" };
        let parent = || self.ids.draw("segment-id", "gateway", name).hex(16);
        trace.completed(parent, sampled)
    }

    /// The kind of the API that a request is addressed to; only REST APIs have custom domain names.
    fn kind(&self, address: &Address) -> ApiKind {
        match &address.reached {
            Some(_) => ApiKind::Rest,
            None => {
                let kind = self.published.kind(&address.api_id);
                kind.unwrap_or(ApiKind::Http)
            }
        }
    }

    /// Says that the gateway is there.
    fn pong(&self, named: &Named, trace: &TraceHeader, cause: Sequence) -> Response<Bytes> {
        let mut response = ping::answer();
        let (status, bytes) = (response.status().as_u16(), response.body().len());
        let told = evidence::Response { status, bytes };
        self.plane.journal.record(
            EventDraft::of(Component::Gateway, &told)
                .request_id(Arc::clone(&named.request_id))
                .trace_id(Some(Arc::clone(trace.root())))
                .cause(Some(cause)),
        );
        let extended = &named.extended_request_id;
        rest_api::answer::name(&mut response, &named.request_id, extended);
        response
    }

    /// The path that routes see, once it is clear what the request names.
    fn admitted(
        &self,
        incoming: &Incoming,
        address: &Address,
        read: Result<RequestPath, PathError>,
        found: Result<Option<Found>, String>,
    ) -> Result<RequestPath, Box<Refusal>> {
        let unclear = |reason, problem: &str| unclear(reason, problem, &address.path);
        if let Some(problem) = address::host_problem(incoming) {
            return Err(unclear(Reason::HostAmbiguous, &problem));
        }
        let reached = address.reached.as_ref();
        if let Some(problem) = reached.and_then(|it| it.problem.as_deref()) {
            return Err(unclear(Reason::PathAmbiguous, problem));
        }
        let path = read.map_err(|error| unclear(Reason::PathAmbiguous, &error.to_string()))?;
        let found = found.map_err(|problem| unclear(Reason::PathAmbiguous, &problem))?;
        let found = found.ok_or_else(|| self.nowhere(incoming, address))?;
        Ok(if found.is_behind_name {
            path.behind_first()
        } else {
            path
        })
    }

    /// Why there is no stage to run. (404 as for a missing route is unverified: AWS's name servers
    /// know no host of an API that is not there.)
    fn nowhere(&self, incoming: &Incoming, address: &Address) -> Box<Refusal> {
        if let Some(reached) = address.reached.as_ref().filter(|it| it.base_path.is_none()) {
            return unmapped(reached, address);
        }
        let stages = self.published.stages(&address.api_id);
        let known = self.published.outline(&address.api_id);
        let reason = match stages {
            Some(_) => Reason::NoStage,
            None => Reason::NoApi,
        };
        let named = |stages: &Arc<Stages>| stages.keys().map(|name| name.clone().into()).collect();
        let region = known.as_ref().map(|known| known.region.as_str());
        let is_elsewhere =
            |region: &&str| address.region.as_deref().is_some_and(|it| it != *region);
        let api_region = region.filter(is_elsewhere).map(|it| it.to_owned().into());
        let undeployed = known.as_ref().map(|known| {
            let names = known.undeployed.iter();
            names.map(|name| name.clone().into()).collect()
        });
        let meant = known
            .is_none()
            .then(|| self.published.meant(&address.api_id));
        let told = evidence::Route::Nowhere {
            api: address.api_id.as_str().into(),
            region: address.region.as_deref().map(Into::into),
            stage: address.stage.as_deref().map(Into::into),
            path: redaction::request_path(&address.path),
            stages: stages.as_ref().map(named),
            would_take: stages
                .as_ref()
                .map(|stages| would_take(stages, incoming, &address.path))
                .unwrap_or_default(),
            undeployed,
            api_region,
            meant: meant.flatten().map(Into::into),
        };
        Refusal::refused(reason, ResponseType::ResourceNotFound, &told)
    }

    /// The answer to a request that reaches no stage, in the words of the API's kind where the API is
    /// known, else in those of an HTTP API.
    fn turn_away(
        &self,
        refusal: Refusal,
        named: &Named,
        trace: &TraceHeader,
        cause: Sequence,
    ) -> Response<Bytes> {
        let Refusal { event, refused } = refusal;
        let event = event
            .request_id(Arc::clone(&named.request_id))
            .trace_id(Some(Arc::clone(trace.root())))
            .cause(Some(cause));
        self.plane.journal.record(event);
        match named.kind {
            ApiKind::Http => {
                let mut response = answer::refusal(&refused);
                answer::name(&mut response, &named.request_id);
                response
            }
            ApiKind::Rest => {
                let mut response = rest_api::answer::nowhere(&refused);
                let extended = &named.extended_request_id;
                rest_api::answer::name(&mut response, &named.request_id, extended);
                response
            }
        }
    }
}

/// How a request is named, and by which kind of API.
struct Named {
    kind: ApiKind,
    request_id: Arc<str>,
    extended_request_id: Arc<str>,
}

impl Named {
    /// The ids that were drawn for a request.
    fn of(kind: ApiKind, drawn: &Draw) -> Self {
        // The shape of a real one: fifteen characters and an equals sign.
        let extended_request_id: Arc<str> = format!("{}=", drawn.base62(15)).into();
        let request_id = match kind {
            ApiKind::Http => Arc::clone(&extended_request_id),
            ApiKind::Rest => drawn.uuid().into(),
        };
        Self {
            kind,
            request_id,
            extended_request_id,
        }
    }
}

/// The stages of an API that have a route for a path that names none of them.
fn would_take(
    stages: &Stages,
    incoming: &Incoming,
    path: &str,
) -> Vec<std::borrow::Cow<'static, str>> {
    let (http, rest) = (
        RequestPath::read(path).ok(),
        RequestPath::read_of_rest(path).ok(),
    );
    let takes = stages
        .iter()
        .filter(|(_, deployment)| match &deployment.api {
            Api::Http(api) => http
                .as_ref()
                .is_some_and(|path| api.routes.find(&incoming.method, path).is_some()),
            Api::Rest(api) => rest.as_ref().is_some_and(|path| {
                let path = path.without_end();
                api.methods.find(&incoming.method, &path).is_some()
            }),
        });
    takes.map(|(name, _)| name.clone().into()).collect()
}

/// The event of a request that has come.
fn came(
    incoming: &Incoming,
    (address, network): (&Address, &Network),
    shown: &str,
    deployment: Option<&Deployment>,
) -> EventDraft {
    let as_sent = || redaction::request_path(&address.path);
    let told = evidence::Request {
        api: address.api_id.as_str().into(),
        stage: deployment.map(|deployment| deployment.stage.name.as_str().into()),
        method: incoming.method.as_str().into(),
        path: redaction::request_path(shown),
        host: incoming.host().map(Into::into),
        source_ip: network.ip,
        path_as_sent: (shown != address.path).then(as_sent),
        preflight_for: cors::asked_for(incoming).map(Into::into),
    };
    let event = EventDraft::of(Component::Gateway, &told);
    match deployment {
        Some(deployment) => event.account(&deployment.stage.scope.account),
        None => event,
    }
}

/// A request to a custom domain name that no mapping takes: 403 `Forbidden` (as observed).
fn unmapped(reached: &Reached, address: &Address) -> Box<Refusal> {
    let told = evidence::Route::Unmapped {
        domain_name: (&*reached.domain_name).into(),
        path: redaction::request_path(&address.path),
        base_paths: reached
            .known
            .iter()
            .map(|path| path.as_str().into())
            .collect(),
    };
    let denied = ResponseType::AccessDenied;
    Refusal::refused(Reason::NoMapping, denied, &told).saying(Said::forbidden())
}

/// A request whose path or Host can be read in two ways.
fn unclear(reason: Reason, problem: &str, path: &str) -> Box<Refusal> {
    let told = evidence::Route::Unclear {
        path: redaction::request_path(path),
        problem: problem.into(),
    };
    Refusal::refused(reason, ResponseType::BadRequestParameters, &told)
}

impl Service for Gateway {
    fn call(&self, incoming: Incoming) -> BoxFuture<'_, Response<Bytes>> {
        Box::pin(self.answer(incoming))
    }

    fn answers_pages(&self, _: &Incoming) -> bool {
        true
    }

    fn reject(&self, rejection: Rejection) -> Response<Bytes> {
        answer::message_of(rejection.status(), &rejection.to_string())
    }

    fn now(&self) -> Option<Timestamp> {
        Some(self.plane.clock.now())
    }
}
