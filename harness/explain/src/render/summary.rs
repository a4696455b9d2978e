//! What of an event's evidence fits on its line.

use std::borrow::Cow;

use authlab_aws::evidence as aws;
use authlab_gateway::evidence as gateway;
use authlab_policy::evidence::Decision;
use authlab_vault::evidence::Request as VaultRequest;

use crate::told::Told;

/// How much fits, in characters.
const CHARACTERS_MAX: usize = 96;

/// What a person looks for first, in the order of the line.
#[derive(Default)]
struct Salient<'t> {
    method: Option<Cow<'t, str>>,
    path: Option<Cow<'t, str>>,
    service: Option<Cow<'t, str>>,
    operation: Option<Cow<'t, str>>,
    action: Option<Cow<'t, str>>,
    resource: Option<Cow<'t, str>>,
    purpose: Option<Cow<'t, str>>,
    url: Option<Cow<'t, str>>,
    function: Option<Cow<'t, str>>,
    principal: Option<Cow<'t, str>>,
    status: Option<Cow<'t, str>>,
    issuer: Option<Cow<'t, str>>,
    role: Option<Cow<'t, str>>,
    explanation: Option<Cow<'t, str>>,
}

/// The line.
pub(crate) fn of(told: &Told) -> String {
    let salient = Salient::of(told);
    // A method and a path, a service and an operation read by themselves.
    let bare = [
        salient.method,
        salient.path,
        salient.service,
        salient.operation,
    ];
    let named = [
        ("action", salient.action),
        ("resource", salient.resource),
        ("purpose", salient.purpose),
        ("url", salient.url),
        ("function", salient.function),
        ("principal", salient.principal),
        ("status", salient.status),
        ("issuer", salient.issuer),
        ("role", salient.role),
        ("explanation", salient.explanation),
    ];
    let bare = bare.into_iter().flatten();
    let bare = bare.map(|text| text.trim_end().to_owned());
    let named = named
        .into_iter()
        .filter_map(|(name, text)| Some(format!("{name}={}", text?.trim_end())));
    let line = bare.chain(named).collect::<Vec<_>>().join(" ");
    if line.chars().count() <= CHARACTERS_MAX {
        return line;
    }
    line.chars().take(CHARACTERS_MAX - 1).collect::<String>() + "…"
}

fn text(text: &str) -> Option<Cow<'_, str>> {
    Some(Cow::Borrowed(text))
}

fn status<'t>(status: u16) -> Option<Cow<'t, str>> {
    Some(Cow::Owned(status.to_string()))
}

impl<'t> Salient<'t> {
    fn of(told: &'t Told) -> Self {
        let mut salient = Self::default();
        match told {
            Told::Hop(hop) => salient.hop(&hop.method, &hop.purpose, hop.url.as_deref()),
            Told::HopAnswer(answer) => {
                salient.hop(&answer.method, &answer.purpose, answer.url.as_deref());
                salient.status = answer.status.and_then(status);
            }
            Told::TurnedAway(turned_away) => salient.method = text(&turned_away.method),
            Told::OidcRequest(request) => {
                (salient.method, salient.path) = (text(&request.method), text(&request.path));
                salient.issuer = request.issuer.as_deref().and_then(text);
            }
            Told::Token(token) => salient.issuer = text(&token.issuer),
            Told::KeyRotation(rotation) => {
                salient.issuer = rotation.issuer.as_deref().and_then(text);
            }
            Told::VaultRequest(request) => salient.vault(request),
            Told::VaultAudited(told) => {
                (salient.method, salient.path) = (text(&told.method), text(&told.path));
            }
            Told::LeaseNotRevoked(failed) => salient.path = text(&failed.lease_id),
            Told::Decision(decision) => salient.decision(&decision.decision),
            Told::Audited(decided) => salient.decision(&decided.decision),
            other => {
                salient.gateway(other);
                salient.aws(other);
            }
        }
        salient
    }

    fn hop(&mut self, method: &'t str, purpose: &'t str, url: Option<&'t str>) {
        (self.method, self.purpose) = (text(method), text(purpose));
        self.url = url.and_then(text);
    }

    fn decision(&mut self, decision: &'t Decision) {
        (self.action, self.resource) = (text(&decision.action), text(&decision.resource));
        self.principal = text(&decision.principal);
        self.explanation = text(&decision.explanation);
    }

    fn vault(&mut self, request: &'t VaultRequest) {
        (self.method, self.path) = (text(&request.method), text(&request.path));
        self.status = request.status.and_then(status);
        let jwt = request.jwt().map(|login| login.role.as_str());
        let aws = || request.aws().and_then(|login| login.role.as_deref());
        self.role = jwt.or_else(aws).and_then(text);
    }

    fn gateway(&mut self, told: &'t Told) {
        match told {
            Told::GatewayRequest(request) => {
                (self.method, self.path) = (text(&request.method), text(&request.path));
            }
            Told::Route(route) => match route {
                gateway::Route::NoRoute { method, path, .. } => {
                    (self.method, self.path) = (text(method), text(path));
                }
                gateway::Route::OtherReading { path, .. }
                | gateway::Route::Unmapped { path, .. }
                | gateway::Route::Nowhere { path, .. }
                | gateway::Route::Unclear { path, .. } => self.path = text(path),
                gateway::Route::Taken { .. }
                | gateway::Route::EndpointDisabled { .. }
                | gateway::Route::EndpointMismatch { .. } => {}
            },
            Told::LambdaAuthorizer(authorizer) => {
                self.function = authorizer.function.as_deref().and_then(text);
            }
            Told::Authorization(gateway::Authorization::Simple { resource, .. }) => {
                self.resource = text(resource);
            }
            Told::Authorization(gateway::Authorization::Invoke(invoke)) => {
                self.action = text(&invoke.action);
                self.resource = invoke.resource.as_deref().and_then(text);
            }
            Told::Integration(gateway::Integration::Function { function, .. }) => {
                self.function = text(function);
            }
            Told::IntegrationResponse(response) => self.status = status(response.status),
            Told::Response(response) => self.status = status(response.status),
            Told::Trace(trace) => self.status = status(trace.status),
            _ => {}
        }
    }

    fn aws(&mut self, told: &'t Told) {
        match told {
            Told::AwsRequest(request) => {
                self.service = request.service.as_deref().and_then(text);
                self.operation = request.operation.as_deref().and_then(text);
                self.principal = request.principal.as_deref().and_then(text);
            }
            Told::AwsAuthentication(authentication) => {
                self.principal = authentication.principal.as_deref().and_then(text);
            }
            Told::Answer(answer) => self.status = status(answer.status),
            Told::Credential(credential) => {
                self.operation = text(&credential.operation);
                self.principal = text(&credential.principal);
            }
            Told::Unchecked(unchecked) => {
                (self.method, self.service) = (text(&unchecked.method), text(&unchecked.service));
            }
            Told::Authorizer(authorizer) => self.issuer = text(&authorizer.issuer),
            Told::Invoke(invoke) => {
                self.function = text(&invoke.function);
                self.role = invoke.role.as_deref().and_then(text);
            }
            Told::Return(done) => self.function = text(&done.function),
            Told::Rotation(rotation) => self.function = text(&rotation.function),
            Told::WebIdentity(looked_at) => {
                if let aws::WebIdentity::Issued { role, .. } = &**looked_at {
                    self.role = text(role);
                }
            }
            _ => {}
        }
    }
}
