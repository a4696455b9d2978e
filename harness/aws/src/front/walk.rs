//! The steps of one request, in order.

use std::collections::BTreeMap;
use std::sync::Arc;

use authlab_http::{Incoming as HttpIncoming, Rejection, Service as HttpService};
use authlab_kernel::trace::TRACE_HEADER;
use authlab_kernel::{AccountId, Component, EventDraft, Scope, Timestamp, TraceHeader};
use authlab_policy::Principal;
use authlab_wire::sigv4::{self, Signed};
use authlab_wire::{
    Incoming, Model, Models, Protocol, Routed, Value, WireError, decode, encode, encode_error,
    guess_protocol, route, sensitive_texts, validate,
};
use bytes::Bytes;
use futures_util::future::BoxFuture;
use http::Response;

use super::answer;
use super::authentication::{self, Expectation};
use super::authorization::Environment;
use super::coding;
use super::desk::Desk;
use super::door::FrontDoor;
use super::effect::{self, Origin};
use super::entrance::{Callers, Entrance, check_authorization};
use super::pass;
use super::trail::Trail;
use super::unknown;
use crate::cloud::Cloud;
use crate::evidence;
use crate::operation::page::Token;
use crate::operation::{Answer, Authorization, Call, Caller, Handler, Row, Service};
use crate::sts::session::check_limits;

impl HttpService for FrontDoor {
    fn call(&self, incoming: HttpIncoming) -> BoxFuture<'_, Response<Bytes>> {
        Box::pin(async move {
            let entrance = Entrance::of(&incoming, Callers::Anybody);
            let site = match (entrance.is_for_sites, entrance.is_for_issuers) {
                (true, _) => self.site_of(&incoming),
                (false, true) => self.issuer_site_of(&incoming),
                (false, false) => None,
            };
            match site {
                Some(site) => site.call(incoming).await,
                None => self.answer(&incoming, &entrance).await,
            }
        })
    }

    /// A site answers pages as it says itself; services of AWS leave it to the port.
    fn answers_pages(&self, incoming: &HttpIncoming) -> bool {
        self.site_of(incoming)
            .is_some_and(|site| site.answers_pages(incoming))
    }

    fn turn_away(&self, incoming: &HttpIncoming, rejection: Rejection) -> Response<Bytes> {
        if let Some(site) = self.site_of(incoming) {
            return site.turn_away(incoming, rejection);
        }
        let wire = wire_of(incoming);
        let signed = sigv4::parse(&wire).ok().flatten();
        let of_scope = signed.as_ref().map(|signed| signed.scope.service.as_str());
        let guess = guess_protocol(wire.headers, wire.path, wire.body);
        let protocol = match Models::of_request(of_scope, &wire) {
            Some(model) => {
                route(model, &wire).map_or_else(|_| spoken(model, guess), |routed| routed.protocol)
            }
            None => guess,
        };
        let status = rejection.status().as_u16();
        let error = match status {
            403 => answer::access_denied(protocol, rejection.to_string()),
            _ => WireError::new(status, "MalformedRequest", rejection.to_string()),
        };
        let request_id = self.ids().request_id("aws", "turned-away");
        let error = WireError { status, ..error };
        encode_error(None, protocol, &request_id, &error)
    }

    fn reject(&self, rejection: Rejection) -> Response<Bytes> {
        let code = match rejection {
            Rejection::BodyTooLarge { .. } => "RequestEntityTooLargeException",
            Rejection::HeadersTooLarge => "RequestHeaderSectionTooLarge",
            Rejection::Malformed { .. } => "MalformedRequest",
            Rejection::BodyTimeout => "RequestTimeout",
            Rejection::ForeignHost { .. }
            | Rejection::ForeignOrigin { .. }
            | Rejection::CrossSite { .. } => "AccessDeniedException",
        };
        let error = WireError::new(rejection.status().as_u16(), code, rejection.to_string());
        let request_id = self.ids().request_id("aws", "rejected");
        encode_error(None, Protocol::RestJson, &request_id, &error)
    }

    fn now(&self) -> Option<Timestamp> {
        Some(self.clock().now())
    }
}

/// The front door as a system of the lab sees it that runs in a container: the port on the bridge
/// answers as STS and IAM, and as nothing else.
pub struct ComponentsDoor(Arc<FrontDoor>);

impl ComponentsDoor {
    /// The same door for components.
    pub fn of(door: Arc<FrontDoor>) -> Self {
        Self(door)
    }
}

impl HttpService for ComponentsDoor {
    fn call(&self, incoming: HttpIncoming) -> BoxFuture<'_, Response<Bytes>> {
        Box::pin(async move {
            let entrance = Entrance::of(&incoming, Callers::Components);
            self.0.answer(&incoming, &entrance).await
        })
    }

    fn reject(&self, rejection: Rejection) -> Response<Bytes> {
        self.0.reject(rejection)
    }

    fn turn_away(&self, incoming: &HttpIncoming, rejection: Rejection) -> Response<Bytes> {
        self.0.turn_away(incoming, rejection)
    }

    fn now(&self) -> Option<Timestamp> {
        self.0.now()
    }
}

/// A request that was read and whose operation is known.
pub(super) struct Asked {
    pub(super) routed: Routed,
    pub(super) service: &'static Service,
    pub(super) row: &'static Row,
}

impl FrontDoor {
    async fn answer(&self, incoming: &HttpIncoming, entrance: &Entrance) -> Response<Bytes> {
        let wire = wire_of(incoming);
        let signed = sigv4::parse(&wire).ok().flatten();
        let of_scope = signed.as_ref().map(|signed| signed.scope.service.as_str());
        let signing_name = entrance.service.or(of_scope);
        let model = match entrance.unknown_service {
            Some(_) => None,
            None => Models::of_request(signing_name, &wire),
        };
        let routed = model.map(|model| route(model, &wire));
        let mut trail = self.begin(incoming, &wire, signed.as_ref(), model, routed.as_ref());
        let _open = self.journal().open_trace(trail.trace_id().map(|id| &**id));
        if let Some(signed) = &signed
            && entrance
                .service
                .is_none_or(|only| only == signed.scope.service)
            && let Some(backend) = self.unchecked_backend_of(&signed.scope.service)
        {
            let region = entrance.region_for(Some(signed));
            return self
                .pass_undecided(&backend, incoming, &wire, (signed, region), &mut trail)
                .await;
        }
        let protocol = match (&routed, model) {
            (Some(Ok(routed)), _) => routed.protocol,
            (_, Some(model)) => spoken(model, guess_protocol(wire.headers, wire.path, wire.body)),
            (_, None) => guess_protocol(wire.headers, wire.path, wire.body),
        };
        let asked = match (model, routed) {
            (None, _) | (_, None) => Err(match &entrance.unknown_service {
                Some(name) => unknown::named(name, &wire),
                None => unknown::service(&wire, signed.as_ref(), protocol),
            }),
            (_, Some(Err(error))) => Err(answer::unrouted(protocol, &error)),
            (Some(model), Some(Ok(routed))) => self.find_row(model, routed),
        };
        let asked = check_authorization(incoming, protocol).and(asked);
        let answer = match asked {
            Err(error) => Err(error),
            Ok(asked) => {
                let signature = (signed.as_ref(), entrance.region_for(signed.as_ref()));
                self.perform_asked(asked, incoming, &wire, signature, &mut trail)
                    .await
            }
        };
        answer.unwrap_or_else(|error| {
            trail.answered_with(&error);
            match model {
                Some(_) => encode_error(model, protocol, trail.request_id(), &error),
                None => {
                    let signed = signed.as_ref();
                    unknown::encode(&wire, signed, protocol, trail.request_id(), &error)
                }
            }
        })
    }

    /// Gives the request its id, its cause and its first event.
    fn begin(
        &self,
        incoming: &HttpIncoming,
        wire: &Incoming<'_>,
        signed: Option<&Signed>,
        model: Option<&'static Model>,
        routed: Option<&Result<Routed, authlab_wire::RouteError>>,
    ) -> Trail {
        let service = model.map(|model| model.name);
        let operation = routed
            .and_then(|routed| routed.as_ref().ok())
            .map(|routed| routed.operation.name);
        let key = signed.map(|signed| signed.access_key.as_str());
        let name = format!(
            "{}.{}.{}",
            service.unwrap_or(""),
            operation.unwrap_or(""),
            key.unwrap_or("")
        );
        let request_id = self.ids().request_id("aws", &name).into();
        let trace_id = wire
            .header(TRACE_HEADER)
            .and_then(TraceHeader::parse)
            .map(|header| Arc::clone(header.root()));
        let journal = self.journal();
        let cause = incoming
            .cause
            .or_else(|| {
                trace_id
                    .as_deref()
                    .and_then(|trace| journal.last_of_trace(trace))
            })
            .or_else(|| key.and_then(|key| journal.issuer_of(key)))
            .or_else(|| journal.issuer_of(&bearer_id(wire)?));
        let mut trail = Trail::new(journal.clone(), request_id, trace_id, cause);
        let identified = key.and_then(|key| authentication::identify(&self.view(), key));
        if let Some(identified) = &identified {
            trail.set_account(identified.caller.account.clone());
        }
        let of_scope = signed.map(|signed| signed.scope.service.as_str());
        let request = evidence::Request {
            service: service.or(of_scope).map(str::to_owned),
            operation: operation.map(str::to_owned),
            access_key_id: key.map(str::to_owned),
            principal: identified.map(|identified| identified.caller.arn.clone()),
            source_ip: incoming.peer.ip().to_string(),
        };
        trail.record(EventDraft::of(Component::Aws, &request));
        trail
    }

    /// Authorize, handle, effects, answer; or hand over to the backend that keeps the service.
    async fn perform_asked(
        &self,
        asked: Asked,
        incoming: &HttpIncoming,
        wire: &Incoming<'_>,
        signature: (Option<&Signed>, Option<&str>),
        trail: &mut Trail,
    ) -> Result<Response<Bytes>, WireError> {
        let (mut call, input) = self.understand(&asked, incoming, wire, signature, trail)?;
        if let Some(backend) = self.backend_of(asked.service.name) {
            return self
                .pass_on(&asked, &backend, (call, input), wire, trail)
                .await;
        }
        let output = self.carry_out(&asked, &mut call, input, trail).await?;
        let response = encode(&asked.routed, trail.request_id(), &output);
        trail.answered(response.status().as_u16());
        Ok(response)
    }

    /// Authorize, handle, effects: the output of a call that was understood.
    pub(super) async fn carry_out(
        &self,
        asked: &Asked,
        call: &mut Call,
        mut input: Value,
        trail: &mut Trail,
    ) -> Result<Value, WireError> {
        let operation = asked.routed.operation;
        let answer = match asked.row.handler {
            Handler::Locked(handle) => {
                let mut cloud = self.cloud();
                self.check(&cloud, asked, call, &input, trail)?;
                if let Some(token) = Token::of(operation, asked.service.token_refused, call) {
                    token.open(&mut input)?;
                }
                handle(&mut cloud, call, input)
            }
            Handler::AtDesk(handle) => {
                let mut cloud = self.cloud();
                self.check(&cloud, asked, call, &input, trail)?;
                if let Some(token) = Token::of(operation, asked.service.token_refused, call) {
                    token.open(&mut input)?;
                }
                handle(&mut Desk::of(self, &mut cloud, call), input)
            }
            Handler::Halves(handle) => {
                self.check(&self.view(), asked, call, &input, trail)?;
                if let Some(token) = Token::of(operation, asked.service.token_refused, call) {
                    token.open(&mut input)?;
                }
                handle(self, call, input).await
            }
        };
        let mut output = self.finish(answer, call, trail).await?;
        if let Some(token) = Token::of(operation, asked.service.token_refused, call) {
            token.seal(&mut output);
        }
        Ok(output)
    }

    /// Decode, authenticate, validate: the call and its input.
    fn understand(
        &self,
        asked: &Asked,
        incoming: &HttpIncoming,
        wire: &Incoming<'_>,
        (signed, region): (Option<&Signed>, Option<&str>),
        trail: &mut Trail,
    ) -> Result<(Call, Value), WireError> {
        let protocol = asked.routed.protocol;
        let inflated = coding::inflated(asked.service.name, asked.routed.operation, wire)?;
        let plain = Incoming {
            body: inflated.as_ref().unwrap_or(wire.body),
            ..*wire
        };
        let service = asked.service.name;
        let input = decode(&asked.routed, &plain)
            .map_err(|error| WireError::new(400, error.code(protocol), error.told_by(service)))?;
        trail.hide(sensitive_texts(asked.routed.operation, &input));
        trail.ask(&input);
        let caller = self.caller((asked, region), wire, &input, trail)?;
        check_limits(&caller, asked.service.name, asked.row.name)?;
        validate(asked.routed.operation, &input).map_err(|failure| {
            let fault = evidence::Fault::of_input(&failure);
            let error = asked.service.validation.error(asked.row.name, failure);
            match fault {
                Some(fault) if error.cause.facts().is_none() => fault.on(error),
                _ => error,
            }
        })?;
        let region = authentication::scope_region(signed);
        trail.set_region(region.as_str());
        unknown::check_partition(region.as_str(), wire)?;
        trail.set_account(caller.account.clone());
        let call = Call {
            service: asked.service.name,
            operation: asked.row.name,
            protocol,
            scope: Scope::new(caller.account.clone(), region),
            caller,
            request_id: Arc::clone(trail.request_id()),
            trace_id: trail.trace_id().cloned(),
            cause: trail.last(),
            now: self.clock().now(),
            ids: self.ids().clone(),
            source_ip: incoming.peer.ip().to_string(),
            user_agent: wire.header("user-agent").map(str::to_owned),
        };
        // Only long-term keys have a last use.
        if matches!(call.caller.principal, Principal::User { .. }) {
            self.cloud().shared.iam.record_use(&call);
        }
        Ok((call, input))
    }

    async fn finish(
        &self,
        answer: Answer,
        call: &Call,
        trail: &mut Trail,
    ) -> Result<Value, WireError> {
        let reply = answer?;
        trail.notice(reply.notices);
        if !reply.effects.is_empty() {
            let origin = Origin {
                cause: trail.last(),
                request_id: Some(call.request_id.clone()),
                trace_id: call.trace_id.clone(),
            };
            effect::perform(self, reply.effects, &origin).await;
        }
        Ok(reply.output)
    }

    /// The row of an operation: what has none is not implemented, and passes to no backend.
    pub(super) fn find_row(
        &self,
        model: &'static Model,
        routed: Routed,
    ) -> Result<Asked, WireError> {
        let name = routed.operation.name;
        let service = crate::SERVICES
            .iter()
            .copied()
            .find(|service| service.name == model.name);
        let row = service.and_then(|service| Some((service, service.row(name)?)));
        match row {
            Some((service, row)) => Ok(Asked {
                routed,
                service,
                row,
            }),
            None if self.backend_of(model.name).is_some() => {
                Err(pass::does_not_pass(model.name, name))
            }
            None => Err(WireError::not_implemented(&format!(
                "{}:{name}",
                model.name
            ))),
        }
    }

    /// Who calls, where signatures are for `region`: the signer, or nobody for an operation that takes no signature.
    fn caller(
        &self,
        (asked, region): (&Asked, Option<&str>),
        wire: &Incoming<'_>,
        input: &Value,
        trail: &mut Trail,
    ) -> Result<Arc<Caller>, WireError> {
        if matches!(asked.row.authorization, Authorization::Unsigned) {
            return Ok(Arc::new(anonymous(input)));
        }
        let expect = Expectation {
            service: asked.routed.operation.service.signing_name,
            region,
            clock: self.clock(),
            skew_seconds: asked.service.clock_skew_seconds,
            hosts: &[],
        };
        match self.authenticate(wire, &expect) {
            Ok(caller) => {
                trail.authenticated(&caller);
                Ok(caller)
            }
            Err(failure) => {
                trail.not_authenticated(&failure);
                let error = failure.answer(asked.routed.protocol);
                Err(error.because(failure.reason))
            }
        }
    }

    /// Decides every check of the operation's row.
    pub(super) fn check(
        &self,
        cloud: &Cloud,
        asked: &Asked,
        call: &mut Call,
        input: &Value,
        trail: &mut Trail,
    ) -> Result<(), WireError> {
        let Authorization::Checks(checks) = asked.row.authorization else {
            return Ok(());
        };
        let checks = checks(cloud, call, input)?;
        let ruled = self.decide(cloud, &call.caller, &Environment::of(call), &checks);
        trail.ruled(&ruled);
        call.cause = trail.last();
        match ruled.into_result() {
            Ok(_) => Ok(()),
            Err(refused) => Err(refused.answer(asked.routed.protocol)),
        }
    }

    /// Does the second half of a call under the lock, once what its row asks for was asked again: much
    /// may have changed meanwhile. Only a refusal stands in the journal.
    ///
    /// # Errors
    /// What the row's checks refuse now, or what `work` answers.
    pub fn again<T>(
        &self,
        call: &Call,
        input: &Value,
        work: impl FnOnce(&mut Desk<'_>) -> Result<T, WireError>,
    ) -> Result<T, WireError> {
        let mut cloud = self.cloud();
        let services = crate::SERVICES.iter();
        let service = services
            .copied()
            .find(|service| service.name == call.service);
        let row = service.and_then(|service| service.row(call.operation));
        if let Some(Authorization::Checks(checks)) = row.map(|row| &row.authorization) {
            let checks = checks(&cloud, call, input)?;
            let environment = Environment::of(call);
            let ruled = self.decide_briefly(&cloud, &call.caller, &environment, &checks);
            let mut trail = Trail::of_call(self.journal(), call);
            trail.ruled(&ruled);
            if let Err(refused) = ruled.into_result() {
                return Err(refused.answer(call.protocol));
            }
        }
        work(&mut Desk::of(self, &mut cloud, call))
    }
}

/// The request as the protocols read it.
fn wire_of(incoming: &HttpIncoming) -> Incoming<'_> {
    Incoming {
        method: &incoming.method,
        path: incoming.uri.path(),
        query: incoming.uri.query().unwrap_or(""),
        headers: &incoming.headers,
        body: &incoming.body,
    }
}

/// The protocol of an error: the one that the request looks like, if the service speaks it.
fn spoken(model: &Model, guess: Protocol) -> Protocol {
    if model.protocols.contains(&guess) {
        guess
    } else {
        model.protocol()
    }
}

/// Nobody, in the account that the call is about.
fn anonymous(input: &Value) -> Caller {
    let role_account = input
        .get("RoleArn")
        .and_then(Value::as_text)
        .and_then(|arn| arn.split(':').nth(4))
        .and_then(|account| account.parse().ok());
    Caller {
        principal: Principal::Anonymous,
        arn: "anonymous".to_owned(),
        user_id: "anonymous".to_owned(),
        account: role_account.unwrap_or_else(no_account),
        access_key_id: String::new(),
        tags: BTreeMap::new(),
        session: None,
    }
}

/// The `jti` of the token with which an unsigned caller proves who they are.
fn bearer_id(wire: &Incoming<'_>) -> Option<String> {
    let pairs = url::form_urlencoded::parse(wire.query.as_bytes())
        .chain(url::form_urlencoded::parse(wire.body));
    let token = pairs
        .into_iter()
        .find(|(name, _)| name == "WebIdentityToken")?
        .1;
    let token = authlab_token::Token::parse(&token).ok()?;
    Some(token.claim("jti")?.as_str()?.to_owned())
}

/// The account of a call that names none.
fn no_account() -> AccountId {
    #[expect(clippy::expect_used, reason = "twelve digits are an account id")]
    "000000000000".parse().expect("twelve digits")
}
