//! What answers a method, and how requests and answers are mapped.

use authlab_vtl::pattern::{Extent, Pattern};

use super::mapping::{BodyTemplates, ContentHandling, Passthrough, Source, Target};
use crate::deployment::IntegrationType;
use crate::uri_template::UriTemplate;

/// What answers a method, and how requests and answers are mapped.
#[derive(Debug)]
pub struct MethodIntegration {
    /// What answers.
    pub backend: MethodBackend,
    /// How long the gateway waits, in milliseconds (`timeoutInMillis`).
    pub timeout_ms: u32,
    /// What becomes of the body of a request.
    pub content_handling: Option<ContentHandling>,
    /// Where the parameters of the integration's request come from, in the order of their keys.
    pub parameters: Vec<(Target, Source)>,
    /// What becomes of the body of a request, by content type.
    pub templates: BodyTemplates,
    /// What becomes of a body that no template fits.
    pub passthrough: Passthrough,
    /// The responses, in the order of their status codes.
    pub responses: Vec<IntegrationResponse>,
}

impl MethodIntegration {
    /// An integration without mappings, which waits for 29 seconds.
    pub fn new(backend: MethodBackend) -> Self {
        Self {
            backend,
            timeout_ms: 29_000,
            content_handling: None,
            parameters: Vec::new(),
            templates: BodyTemplates::default(),
            passthrough: Passthrough::default(),
            responses: Vec::new(),
        }
    }
}

/// The ways to answer a method.
#[derive(Debug)]
pub enum MethodBackend {
    /// `MOCK`: the gateway answers by itself.
    Mock,
    /// `HTTP`: an endpoint gets a mapped request.
    Http(Endpoint),
    /// `HTTP_PROXY`: an endpoint gets the request with what is mapped, and its answer goes back.
    HttpProxy(Endpoint),
    /// `AWS`: a function gets a mapped event.
    Function(Function),
    /// `AWS_PROXY`: a function gets the request as an event, and its answer is the response.
    FunctionProxy(Function),
    /// What the lab does not simulate: what it is.
    NotSimulated(String),
}

/// An HTTP endpoint.
#[derive(Debug)]
pub struct Endpoint {
    /// Where, with `${stageVariables.x}` and `{mapped path parameters}`.
    pub uri: UriTemplate,
    /// The method; `None` keeps that of the request (`ANY`).
    pub method: Option<http::Method>,
}

/// A function.
#[derive(Debug)]
pub struct Function {
    /// Its ARN, with `${stageVariables.x}`.
    pub arn: UriTemplate,
    /// The method of the invocation (`httpMethod`): Lambda takes `POST` alone.
    pub method: String,
}

impl MethodBackend {
    /// Its type; `None` for what is not simulated.
    pub fn kind(&self) -> Option<IntegrationType> {
        match self {
            Self::Mock => Some(IntegrationType::Mock),
            Self::Http(_) => Some(IntegrationType::Http),
            Self::HttpProxy(_) => Some(IntegrationType::HttpProxy),
            Self::Function(_) => Some(IntegrationType::Aws),
            Self::FunctionProxy(_) => Some(IntegrationType::AwsProxy),
            Self::NotSimulated(_) => None,
        }
    }

    /// Whether its answers name the trace: those of services and of `HTTP` do, those of `MOCK` and
    /// `HTTP_PROXY` do not (recorded; reference section 3.11).
    pub(crate) fn names_trace(&self) -> bool {
        matches!(
            self,
            Self::Http(_) | Self::Function(_) | Self::FunctionProxy(_)
        )
    }
}

/// What an answer of an integration becomes (`IntegrationResponse`).
#[derive(Debug)]
pub struct IntegrationResponse {
    /// The status of the method's response.
    pub status: u16,
    /// What the integration's status, or a function's error message, has to match as a whole; without one
    /// the response is the default.
    pub pattern: Option<SelectionPattern>,
    /// What becomes of the body.
    pub content_handling: Option<ContentHandling>,
    /// Where headers come from, by their names.
    pub parameters: Vec<(String, Source)>,
    /// What becomes of the body, by content type.
    pub templates: BodyTemplates,
}

/// `selectionPattern`.
#[derive(Debug)]
pub struct SelectionPattern {
    /// As it was written.
    pub text: String,
    /// Compiled.
    pub compiled: Pattern,
}

impl SelectionPattern {
    /// Compiles a pattern, which has to match all of a text; `None` where it is none, is too large, or has
    /// what only Java's engine has.
    pub fn parse(text: &str) -> Option<Self> {
        let compiled = Pattern::parse(text, Extent::Whole)?;
        Some(Self {
            text: text.to_owned(),
            compiled,
        })
    }
}
