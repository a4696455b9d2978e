//! The gateway: published deployments, and the way of a request to one of them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use authlab_http::{Incoming, Rejection, Service};
use authlab_kernel::{
    Component, ComponentClock, EventDraft, Ids, Journal, Outbound, Sequence, Timestamp, redaction,
};
use authlab_token::{CachePolicy, KeySource, Token};
use bytes::Bytes;
use futures_util::future::BoxFuture;
use http::{HeaderValue, Response};
use parking_lot::RwLock;

use crate::address::{self, Address};
use crate::deployment::{Authorization, DEFAULT_STAGE, Deployment, IdentitySource};
use crate::evidence::{self, Reason};
use crate::exchange::{Caller, Exchange, Trace};
use crate::path::RequestPath;
use crate::port::Ports;
use crate::refusal::{Refusal, RefusalAnswer};
use crate::walk;
use crate::walk::finish::REQUEST_ID_HEADER;
use crate::walk::throttle::Buckets;

/// The deployments of an API by stage.
type Stages = BTreeMap<String, Arc<Deployment>>;

/// The stages by API.
type Published = BTreeMap<String, Arc<Stages>>;

/// The data plane of every API of a lab.
pub struct Gateway {
    pub(crate) clock: ComponentClock,
    pub(crate) journal: Journal,
    pub(crate) outbound: Arc<dyn Outbound>,
    pub(crate) ports: Ports,
    /// Key sets of issuers, as an HTTP API's authorizers keep them.
    pub(crate) keys: KeySource,
    pub(crate) buckets: Buckets,
    ids: Ids,
    /// Held only to look up or to replace a pointer, never across an await.
    published: RwLock<Published>,
}

impl Gateway {
    /// A gateway without deployments.
    pub fn new(
        clock: ComponentClock,
        ids: Ids,
        journal: Journal,
        outbound: Arc<dyn Outbound>,
        ports: Ports,
    ) -> Self {
        let keys = KeySource::new(Arc::clone(&outbound), CachePolicy::http_api_authorizer());
        Self {
            clock,
            journal,
            outbound,
            ports,
            keys,
            buckets: Buckets::default(),
            ids,
            published: RwLock::default(),
        }
    }

    /// Makes `deployment` what the stage runs; `None` takes the stage away. Requests under way
    /// finish on what they began with.
    pub fn publish(&self, api_id: &str, stage: &str, deployment: Option<Arc<Deployment>>) {
        let is_taken_away = deployment.is_none();
        let mut published = self.published.write();
        let stages = Arc::make_mut(published.entry(api_id.to_owned()).or_default());
        match deployment {
            Some(deployment) => stages.insert(stage.to_owned(), deployment),
            None => stages.remove(stage),
        };
        if stages.is_empty() {
            published.remove(api_id);
        }
        drop(published);
        if is_taken_away {
            self.buckets.forget_stage(api_id, stage);
        }
    }

    /// The stages of an API, as they are now.
    fn stages(&self, api_id: &str) -> Option<Arc<Stages>> {
        self.published.read().get(api_id).cloned()
    }

    /// Forgets everything that was published or learnt, as after `POST /_lab/reset`.
    pub fn reset(&self) {
        self.published.write().clear();
        self.buckets.clear();
        self.keys.forget();
    }

    /// Whether a request is for the gateway: by its host or by its path.
    pub fn claims(&self, incoming: &Incoming) -> bool {
        Address::of(incoming).is_some()
    }

    async fn answer(&self, incoming: Incoming) -> Response<Bytes> {
        let now = self.clock.now();
        let Some(address) = Address::of(&incoming) else {
            return RefusalAnswer::NotFound.response();
        };
        let read = RequestPath::read(&address.path);
        let found = match &read {
            Ok(path) => self.deployment_of(&address, path),
            Err(_) => Ok(None),
        };
        let deployment = found.as_ref().ok().and_then(Option::as_ref);
        let shown = read.as_ref().map(RequestPath::as_text);
        let shown = shown.unwrap_or_else(|_| address.path.clone());
        // By what is asked, so that requests at the same time do not shuffle one another's ids.
        let name = format!("{} {} {shown}", address.api_id, incoming.method);
        // The shape of a real one: fifteen characters and an equals sign.
        let request_id = format!(
            "{}=",
            self.ids.draw("request-id", "gateway", &name).base62(15)
        );
        let trace = Trace::of(&incoming.headers, now, &self.ids, &name);
        let as_sent = || redaction::request_path(&address.path);
        let told = evidence::Request {
            api: address.api_id.as_str().into(),
            stage: deployment.map(|(deployment, _)| deployment.stage.as_str().into()),
            method: incoming.method.as_str().into(),
            path: redaction::request_path(&shown),
            host: incoming.host().map(Into::into),
            source_ip: incoming.peer.ip(),
            path_as_sent: (shown != address.path).then(as_sent),
        };
        let mut draft = EventDraft::of(Component::Gateway, &told)
            .request_id(request_id.as_str())
            .trace_id(Some(trace.id.clone()))
            .cause(self.cause_of(&incoming, deployment.map(|(found, _)| &**found)));
        if let Some((deployment, _)) = deployment {
            draft = draft.account(deployment.scope.account.as_str());
        }
        let cause = self.journal.record(draft);
        let _open = self.journal.open_trace(Some(&trace.id));
        let turned_away = match (&read, found, address::host_problem(&incoming)) {
            (_, _, Some(problem)) => Err(unclear(Reason::HostAmbiguous, &problem, &address.path)),
            (Err(error), _, _) => {
                let problem = error.to_string();
                Err(unclear(Reason::PathAmbiguous, &problem, &address.path))
            }
            (Ok(_), Err(refusal), _) => Err(refusal),
            (Ok(_), Ok(Some(found)), _) => Ok(found),
            (Ok(_), Ok(None), _) => Err(self.nowhere(&address)),
        };
        let (deployment, path) = match turned_away {
            Ok(found) => found,
            Err(refusal) => return self.turn_away(&refusal, &request_id, &trace.id, cause),
        };
        let mut exchange = Exchange {
            incoming: &incoming,
            domain_name: domain_name(&deployment),
            deployment: &deployment,
            path,
            request_id,
            trace,
            received: now,
            cause,
            route: None,
            caller: Caller::Anonymous,
            integration: None,
            refusal: None,
        };
        walk::walk(self, &mut exchange).await
    }

    /// The deployment that an address names, and the path without the stage. At the root of a host
    /// a first segment that is a stage's name chooses that stage, else [`DEFAULT_STAGE`] takes all.
    ///
    /// # Errors
    /// Another reading of the path leads to another stage.
    fn deployment_of(
        &self,
        address: &Address,
        path: &RequestPath,
    ) -> Result<Option<(Arc<Deployment>, RequestPath)>, Box<Refusal>> {
        let Some(stages) = self.stages(&address.api_id) else {
            return Ok(None);
        };
        if let Some(stage) = &address.stage {
            let deployment = stages.get(stage);
            return Ok(deployment.map(|found| (Arc::clone(found), path.clone())));
        }
        let of_region = |deployment: &&Arc<Deployment>| {
            let region = deployment.scope.region.as_str();
            address
                .region
                .as_deref()
                .is_none_or(|named| named == region)
        };
        let stage_of = |reading: &str| {
            let rest = reading.strip_prefix('/').unwrap_or(reading);
            let first = rest.split('/').next().unwrap_or_default();
            let named = stages.get(first).filter(of_region);
            named.map(|deployment| (deployment, true)).or_else(|| {
                let default = stages.get(DEFAULT_STAGE).filter(of_region);
                default.map(|deployment| (deployment, false))
            })
        };
        let chosen = stage_of(&path.as_text());
        for reading in path.readings().iter().skip(1) {
            let other = stage_of(reading).map(stage_and_rest);
            if other.is_some() && other != chosen.map(stage_and_rest) {
                let problem = format!("it names another stage when it is read as `{reading}`");
                return Err(unclear(Reason::PathAmbiguous, &problem, &address.path));
            }
        }
        Ok(chosen.map(|(deployment, is_named)| {
            let path = if is_named {
                path.behind_first()
            } else {
                path.clone()
            };
            (Arc::clone(deployment), path)
        }))
    }

    /// The event that led to the request: that of the component that sent it, else the last of the
    /// trace that it names, else the one that issued the credential which it shows.
    fn cause_of(&self, incoming: &Incoming, deployment: Option<&Deployment>) -> Option<Sequence> {
        let issued = || {
            let key = walk::iam::claimed_access_key(incoming);
            key.and_then(|key| self.journal.issuer_of(&key))
                .or_else(|| self.issuer_of_token(incoming, deployment))
        };
        let traced =
            || Trace::named(&incoming.headers).and_then(|id| self.journal.last_of_trace(id));
        incoming.cause.or_else(traced).or_else(issued)
    }

    fn issuer_of_token(
        &self,
        incoming: &Incoming,
        deployment: Option<&Deployment>,
    ) -> Option<Sequence> {
        let header = IdentitySource::Header("authorization".to_owned());
        let of_routes = deployment
            .into_iter()
            .flat_map(|deployment| deployment.routes.iter())
            .filter_map(|route| match &route.authorization {
                Authorization::Jwt { authorizer, .. } => Some(&authorizer.identity_sources),
                _ => None,
            });
        // Many routes have few sources, and many sources show one token: each is read once.
        let sources: BTreeSet<&IdentitySource> = of_routes
            .flatten()
            .chain(std::iter::once(&header))
            .collect();
        let tokens: BTreeSet<String> = sources
            .into_iter()
            .filter_map(|source| {
                let found = walk::jwt::bearer(incoming, std::slice::from_ref(source));
                found.ok()?
            })
            .collect();
        tokens.iter().find_map(|compact| {
            let token = Token::parse(compact).ok()?;
            let id = token.claim("jti").and_then(serde_json::Value::as_str);
            id.and_then(|id| self.journal.issuer_of(id))
                .or_else(|| self.journal.issuer_of(compact))
        })
    }

    /// Why there is no stage to run. (404 as for a missing route is unverified: AWS's name servers
    /// know no host of an API that is not there.)
    fn nowhere(&self, address: &Address) -> Box<Refusal> {
        let stages = self.stages(&address.api_id);
        let reason = match stages {
            Some(_) => Reason::NoStage,
            None => Reason::NoApi,
        };
        let named = |stages: &Arc<Stages>| stages.keys().map(|name| name.clone().into()).collect();
        let told = evidence::Route::Nowhere {
            api: address.api_id.as_str().into(),
            region: address.region.as_deref().map(Into::into),
            stage: address.stage.as_deref().map(Into::into),
            path: redaction::request_path(&address.path),
            stages: stages.as_ref().map(named),
        };
        Refusal::refused(reason, RefusalAnswer::NotFound, &told)
    }

    /// The answer to a request that reaches no stage.
    fn turn_away(
        &self,
        refusal: &Refusal,
        request_id: &str,
        trace_id: &str,
        cause: Sequence,
    ) -> Response<Bytes> {
        let draft = refusal
            .event
            .clone()
            .request_id(request_id)
            .trace_id(Some(trace_id.to_owned()));
        self.journal.record(draft.cause(Some(cause)));
        let mut response = refusal.response();
        if let Ok(id) = HeaderValue::from_str(request_id) {
            response.headers_mut().insert(REQUEST_ID_HEADER, id);
        }
        response
    }
}

/// The stage, and whether the path goes on behind its name.
fn stage_and_rest((deployment, is_named): (&Arc<Deployment>, bool)) -> (&str, bool) {
    (&deployment.stage, is_named)
}

/// A request whose path or Host can be read in two ways.
fn unclear(reason: Reason, problem: &str, path: &str) -> Box<Refusal> {
    let told = evidence::Route::Unclear {
        path: redaction::request_path(path),
        problem: problem.into(),
    };
    Refusal::refused(reason, RefusalAnswer::BadRequest, &told)
}

/// The name that the API is known by, whichever address was used.
fn domain_name(deployment: &Deployment) -> String {
    format!(
        "{}.execute-api.{}.amazonaws.com",
        deployment.api_id, deployment.scope.region
    )
}

impl Service for Gateway {
    fn call(&self, incoming: Incoming) -> BoxFuture<'_, Response<Bytes>> {
        Box::pin(self.answer(incoming))
    }

    fn answers_pages(&self, _: &Incoming) -> bool {
        true
    }

    fn reject(&self, rejection: Rejection) -> Response<Bytes> {
        crate::answer::message(rejection.status(), &rejection.to_string())
    }

    fn now(&self) -> Option<Timestamp> {
        Some(self.clock.now())
    }
}
