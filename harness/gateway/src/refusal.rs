//! Why a request ends before its integration answered. A stage names a [`ResponseType`] and never words
//! it: the kind of API does, [`crate::deployment::Api::wording`].

use std::borrow::Cow;

use authlab_kernel::{Component, EventDraft, Evidence};
use http::StatusCode;

use crate::evidence::{self, Reason};

/// The types of answer that API Gateway gives by itself (API Gateway developer guide,
/// `supported-gateway-response-types.html`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ResponseType {
    /// The caller may not.
    AccessDenied,
    /// The API is configured to something that cannot be, or that the gateway may not do.
    ApiConfigurationError,
    /// The authorizer is configured to something that cannot be.
    AuthorizerConfigurationError,
    /// The authorizer failed.
    AuthorizerFailure,
    /// A parameter, or the request's own address, is not as it must be.
    BadRequestParameters,
    /// The body is not as it must be.
    BadRequestBody,
    /// Any other answer of 400 to 499.
    Default4xx,
    /// Any other answer of 500 to 599.
    Default5xx,
    /// The session of the signature has expired.
    ExpiredToken,
    /// The integration cannot be reached.
    IntegrationFailure,
    /// The integration did not answer in time.
    IntegrationTimeout,
    /// The API key is none of the method's.
    InvalidApiKey,
    /// The signature does not stand.
    InvalidSignature,
    /// There is no signature.
    MissingAuthenticationToken,
    /// The usage plan's quota is used up.
    QuotaExceeded,
    /// The request is too large.
    RequestTooLarge,
    /// No route, stage or API.
    ResourceNotFound,
    /// Over the rate.
    Throttled,
    /// The caller is not believed.
    Unauthorized,
    /// The body has a media type that the API does not take.
    UnsupportedMediaType,
    /// A web application firewall blocks it.
    WafFiltered,
}

impl ResponseType {
    /// Every type, in the order of the list.
    pub const ALL: [Self; 21] = [
        Self::AccessDenied,
        Self::ApiConfigurationError,
        Self::AuthorizerConfigurationError,
        Self::AuthorizerFailure,
        Self::BadRequestParameters,
        Self::BadRequestBody,
        Self::Default4xx,
        Self::Default5xx,
        Self::ExpiredToken,
        Self::IntegrationFailure,
        Self::IntegrationTimeout,
        Self::InvalidApiKey,
        Self::InvalidSignature,
        Self::MissingAuthenticationToken,
        Self::QuotaExceeded,
        Self::RequestTooLarge,
        Self::ResourceNotFound,
        Self::Throttled,
        Self::Unauthorized,
        Self::UnsupportedMediaType,
        Self::WafFiltered,
    ];

    /// The name, as the control plane spells it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::AccessDenied => "ACCESS_DENIED",
            Self::ApiConfigurationError => "API_CONFIGURATION_ERROR",
            Self::AuthorizerConfigurationError => "AUTHORIZER_CONFIGURATION_ERROR",
            Self::AuthorizerFailure => "AUTHORIZER_FAILURE",
            Self::BadRequestParameters => "BAD_REQUEST_PARAMETERS",
            Self::BadRequestBody => "BAD_REQUEST_BODY",
            Self::Default4xx => "DEFAULT_4XX",
            Self::Default5xx => "DEFAULT_5XX",
            Self::ExpiredToken => "EXPIRED_TOKEN",
            Self::IntegrationFailure => "INTEGRATION_FAILURE",
            Self::IntegrationTimeout => "INTEGRATION_TIMEOUT",
            Self::InvalidApiKey => "INVALID_API_KEY",
            Self::InvalidSignature => "INVALID_SIGNATURE",
            Self::MissingAuthenticationToken => "MISSING_AUTHENTICATION_TOKEN",
            Self::QuotaExceeded => "QUOTA_EXCEEDED",
            Self::RequestTooLarge => "REQUEST_TOO_LARGE",
            Self::ResourceNotFound => "RESOURCE_NOT_FOUND",
            Self::Throttled => "THROTTLED",
            Self::Unauthorized => "UNAUTHORIZED",
            Self::UnsupportedMediaType => "UNSUPPORTED_MEDIA_TYPE",
            Self::WafFiltered => "WAF_FILTERED",
        }
    }
}

/// How a kind of API words a refusal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Wording<'r> {
    /// The status.
    pub status: StatusCode,
    /// `$context.error.message`, which stands in the body; none where the API gives none.
    pub message: Option<&'r str>,
    /// `$context.error.responseType`.
    pub response_type: &'static str,
}

/// A stage's refusal, or its failure.
#[derive(Clone, Debug)]
pub(crate) struct Refusal {
    /// What the journal is told.
    pub event: EventDraft,
    /// What is answered.
    pub refused: Refused,
}

/// What the client and the access log are told, before it is worded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Refused {
    /// The type of answer.
    pub response_type: ResponseType,
    /// What is wrong with a token, where that is why.
    pub token: Option<TokenProblem>,
    /// What a REST API says of it, where that is another than its type's.
    pub said: Said,
}

/// What a REST API says of one refusal, where that is another than what it says of the type.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Said {
    /// The status.
    pub status: Option<StatusCode>,
    /// `x-amzn-ErrorType`.
    pub error_type: Option<Cow<'static, str>>,
    /// `$context.error.message`.
    pub message: Option<String>,
    /// `$context.error.validationErrorString`.
    pub validation_error: Option<String>,
}

/// What is wrong with a bearer token, by the codes of RFC 6750, section 3.1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum TokenProblem {
    /// There is none.
    Missing,
    /// It is not believed.
    Invalid {
        /// What the authorizer says.
        description: String,
        /// The scopes of the route.
        scopes: Vec<String>,
    },
    /// It has none of the route's scopes.
    InsufficientScope {
        /// Those.
        scopes: Vec<String>,
    },
}

impl Said {
    /// `Forbidden`, where no policy said so.
    pub(crate) fn forbidden() -> Self {
        Self {
            error_type: Some("ForbiddenException".into()),
            message: Some("Forbidden".to_owned()),
            ..Self::default()
        }
    }
}

impl Refusal {
    /// The request asks for what the lab does not simulate, which is named.
    pub(crate) fn not_simulated(what: &str) -> Box<Self> {
        let told = evidence::NotSimulated { what: what.into() };
        let said = Said {
            status: Some(StatusCode::NOT_IMPLEMENTED),
            error_type: Some("NotImplemented".into()),
            message: Some(format!("authlab does not simulate {what}")),
            validation_error: None,
        };
        Self::failed(Reason::NotSimulated, ResponseType::Default5xx, &told).saying(said)
    }

    /// Turned away by a rule.
    pub(crate) fn refused(
        reason: impl Into<String>,
        response_type: ResponseType,
        evidence: &impl Evidence,
    ) -> Box<Self> {
        let event = EventDraft::of(Component::Gateway, evidence);
        Self::of(event.refused(reason), response_type)
    }

    /// Something broke.
    pub(crate) fn failed(
        reason: impl Into<String>,
        response_type: ResponseType,
        evidence: &impl Evidence,
    ) -> Box<Self> {
        let event = EventDraft::of(Component::Gateway, evidence);
        Self::of(event.failed(reason), response_type)
    }

    fn of(event: EventDraft, response_type: ResponseType) -> Box<Self> {
        let refused = Refused {
            response_type,
            token: None,
            said: Said::default(),
        };
        Box::new(Self { event, refused })
    }

    /// A REST API says this of it.
    #[must_use]
    pub(crate) fn saying(mut self: Box<Self>, said: Said) -> Box<Self> {
        self.refused.said = said;
        self
    }

    /// Because of a token.
    #[must_use]
    pub(crate) fn for_token(mut self: Box<Self>, problem: TokenProblem) -> Box<Self> {
        self.refused.token = Some(problem);
        self
    }
}
