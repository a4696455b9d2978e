//! What an event tells, by the structs of whoever recorded it.

use authlab_aws::evidence as aws;
use authlab_gateway::evidence as gateway;
use authlab_http::evidence as http;
use authlab_kernel::{Component, Event, Evidence};
use authlab_oidc::evidence as oidc;
use authlab_policy::evidence::Decision;
use authlab_vault::evidence as vault;

/// What an event tells.
#[derive(Clone, Debug, PartialEq)]
pub enum Told {
    /// A component calls another.
    Hop(http::Hop),
    /// What became of that.
    HopAnswer(http::HopAnswer),
    /// A port turned a request away.
    TurnedAway(http::TurnedAway),

    /// The gateway got a request.
    GatewayRequest(gateway::Request<'static>),
    /// It looked for a route.
    Route(gateway::Route<'static>),
    /// It asked who calls.
    GatewayAuthentication(gateway::Authentication<'static>),
    /// It asked a Lambda authorizer.
    LambdaAuthorizer(Box<gateway::Authorizer<'static>>),
    /// It asked whether that may be.
    Authorization(gateway::Authorization<'static>),
    /// A refusal of the gateway's that was let through.
    Audited(Box<gateway::Decided>),
    /// It asked a bucket.
    Throttle(gateway::Throttle),
    /// It asked for an API key.
    ApiKey(gateway::ApiKey<'static>),
    /// It counted a request.
    Quota(gateway::Quota<'static>),
    /// It validated a request.
    Validation(gateway::Validation<'static>),
    /// A request was too large.
    Size(gateway::Size),
    /// It asked the integration.
    Integration(gateway::Integration<'static>),
    /// What the integration answered.
    IntegrationResponse(gateway::IntegrationResponse),
    /// What the client got.
    Response(gateway::Response),
    /// The gateway's trace.
    Trace(gateway::Trace<'static>),

    /// The front door got a request.
    AwsRequest(aws::Request),
    /// It asked who signed.
    AwsAuthentication(aws::Authentication),
    /// Policies decided.
    Decision(Box<aws::Decision>),
    /// A service answered.
    Answer(aws::Answer),
    /// STS issued credentials.
    Credential(aws::Credential),
    /// A backend got a call undecided.
    Unchecked(aws::Unchecked),
    /// An authorizer was not made.
    Authorizer(aws::Authorizer),
    /// A function was invoked, or was not.
    Invoke(aws::Invoke),
    /// A function was done.
    Return(aws::Return),
    /// A secret was rotated, or was not.
    Rotation(aws::Rotation),
    /// STS looked at a web identity.
    WebIdentity(Box<aws::WebIdentity>),

    /// Vault answered a request.
    VaultRequest(Box<vault::Request>),
    /// A refusal of Vault's that was let through.
    VaultAudited(Box<vault::Authorization>),
    /// It could not end what an engine issued.
    LeaseNotRevoked(vault::LeaseNotRevoked),

    /// The provider got a request.
    OidcRequest(oidc::Request),
    /// It gave a token, or did not.
    Token(oidc::Token),
    /// Its keys were rotated.
    KeyRotation(oidc::KeyRotation),
    /// The server behind its relay did not answer.
    OidcBackend(oidc::Backend),
}

impl Told {
    /// What an event tells. `None` of a kind that tells nothing here, and where the journal has cut what
    /// its struct needs.
    pub fn of(event: &Event) -> Option<Self> {
        let of_everybody = match event.kind.as_str() {
            http::Hop::KIND => event.read().map(Self::Hop),
            http::HopAnswer::KIND => event.read().map(Self::HopAnswer),
            aws::Decision::KIND => event.read().map(|told| Self::Decision(Box::new(told))),
            // A port turns requests away in the name of the system behind it.
            http::TurnedAway::KIND if is_of_a_port(event) => event.read().map(Self::TurnedAway),
            _ => None,
        };
        of_everybody.or_else(|| {
            if event.is_by(Component::Gateway) {
                Self::by_gateway(event)
            } else if event.is_by(Component::Aws) || event.is_by(Component::Lambda) {
                Self::by_aws(event)
            } else if event.is_by(Component::Vault) {
                Self::by_vault(event)
            } else if event.is_by(Component::Oidc) {
                Self::by_oidc(event)
            } else {
                None
            }
        })
    }

    fn by_gateway(event: &Event) -> Option<Self> {
        match event.kind.as_str() {
            gateway::Request::KIND => event.read().map(Self::GatewayRequest),
            gateway::Route::KIND => event.read().map(Self::Route),
            gateway::Authentication::KIND => event.read().map(Self::GatewayAuthentication),
            gateway::Authorizer::KIND => event
                .read()
                .map(|told| Self::LambdaAuthorizer(Box::new(told))),
            gateway::Authorization::KIND => event.read().map(|told| match told {
                gateway::Authorization::Audited(decided) => Self::Audited(decided),
                other => Self::Authorization(other),
            }),
            gateway::Throttle::KIND => event.read().map(Self::Throttle),
            gateway::ApiKey::KIND => event.read().map(Self::ApiKey),
            gateway::Quota::KIND => event.read().map(Self::Quota),
            gateway::Validation::KIND => event.read().map(Self::Validation),
            gateway::Size::KIND => event.read().map(Self::Size),
            gateway::Integration::KIND => event.read().map(Self::Integration),
            gateway::IntegrationResponse::KIND => event.read().map(Self::IntegrationResponse),
            gateway::Response::KIND => event.read().map(Self::Response),
            gateway::Trace::KIND => event.read().map(Self::Trace),
            _ => None,
        }
    }

    fn by_aws(event: &Event) -> Option<Self> {
        match event.kind.as_str() {
            aws::Request::KIND => event.read().map(Self::AwsRequest),
            aws::Authentication::KIND => event.read().map(Self::AwsAuthentication),
            aws::Answer::KIND => event.read().map(Self::Answer),
            aws::Credential::KIND => event.read().map(Self::Credential),
            aws::Unchecked::KIND => event.read().map(Self::Unchecked),
            aws::Authorizer::KIND => event.read().map(Self::Authorizer),
            aws::Invoke::KIND => event.read().map(Self::Invoke),
            aws::Return::KIND => event.read().map(Self::Return),
            aws::Rotation::KIND => event.read().map(Self::Rotation),
            aws::WebIdentity::KIND => event.read().map(|told| Self::WebIdentity(Box::new(told))),
            _ => None,
        }
    }

    fn by_vault(event: &Event) -> Option<Self> {
        match event.kind.as_str() {
            vault::Request::KIND => event.read().map(|told| Self::VaultRequest(Box::new(told))),
            vault::Authorization::KIND => {
                event.read().map(|told| Self::VaultAudited(Box::new(told)))
            }
            vault::LeaseNotRevoked::KIND => event.read().map(Self::LeaseNotRevoked),
            _ => None,
        }
    }

    fn by_oidc(event: &Event) -> Option<Self> {
        match event.kind.as_str() {
            oidc::Request::KIND => event.read().map(Self::OidcRequest),
            oidc::Token::KIND => event.read().map(Self::Token),
            oidc::KeyRotation::KIND => event.read().map(Self::KeyRotation),
            oidc::Backend::KIND => event.read().map(Self::OidcBackend),
            _ => None,
        }
    }

    /// The decision of policies that it is, or that it rests on.
    pub fn decision(&self) -> Option<&Decision> {
        match self {
            Self::Decision(decided) => Some(&decided.decision),
            Self::Audited(decided) => Some(&decided.decision),
            Self::Authorization(gateway::Authorization::Invoke(invoke)) => {
                invoke.decision.as_ref().map(|decided| &decided.decision)
            }
            _ => None,
        }
    }

    /// What its producer says was wrong, in its own words.
    pub fn problem(&self) -> Option<&str> {
        match self {
            Self::Hop(hop) => hop.error.as_deref(),
            Self::HopAnswer(answer) => answer.error.as_deref(),
            Self::TurnedAway(turned_away) => Some(&turned_away.error),
            Self::Route(gateway::Route::Unclear { problem, .. }) => Some(problem),
            Self::GatewayAuthentication(authentication) => match authentication {
                gateway::Authentication::TokenUnclear { problem, .. }
                | gateway::Authentication::TokenMalformed(gateway::Malformed { problem, .. }) => {
                    Some(problem)
                }
                gateway::Authentication::NotSigned { message, .. } => Some(message),
                _ => None,
            },
            Self::LambdaAuthorizer(authorizer) => authorizer.problem.as_deref(),
            Self::Authorization(gateway::Authorization::Invoke(invoke)) => {
                invoke.message.as_deref()
            }
            Self::Audited(decided) => Some(&decided.decision.explanation),
            Self::Integration(
                gateway::Integration::Unfilled { message, .. }
                | gateway::Integration::Function { message, .. }
                | gateway::Integration::Endpoint { message, .. },
            ) => Some(message),
            Self::AwsAuthentication(authentication) => authentication.message.as_deref(),
            Self::Decision(decision) => Some(&decision.decision.explanation),
            Self::Answer(answer) => answer.message.as_deref().or(answer.evidence.as_deref()),
            Self::Authorizer(authorizer) => Some(&authorizer.problem),
            Self::Invoke(invoke) => invoke.error.as_deref(),
            Self::Rotation(rotation) => rotation.error.as_deref(),
            Self::WebIdentity(looked_at) => match &**looked_at {
                aws::WebIdentity::Refused { message, .. } => Some(message),
                aws::WebIdentity::Issued { .. } => None,
            },
            Self::LeaseNotRevoked(failed) => Some(&failed.error),
            Self::VaultRequest(request) => request.error.as_deref().or(request.message.as_deref()),
            Self::VaultAudited(told) => told.message.as_deref(),
            Self::OidcRequest(request) => request.error.as_deref(),
            Self::Token(token) => token.error.as_deref(),
            Self::OidcBackend(backend) => Some(&backend.error),
            _ => None,
        }
    }
}

fn is_of_a_port(event: &Event) -> bool {
    let reason = event.reason.as_deref().and_then(http::Reason::parse);
    reason.is_some()
}
