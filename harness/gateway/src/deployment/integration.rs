//! What answers.

use serde::{Deserialize, Serialize};

use crate::uri_template::UriTemplate;

/// What answers a route.
#[derive(Debug)]
pub struct Integration {
    /// How it answers.
    pub target: Target,
    /// How long the gateway waits, in milliseconds (`TimeoutInMillis`).
    pub timeout_ms: u32,
}

/// The ways to answer.
#[derive(Debug)]
pub enum Target {
    /// `HTTP_PROXY`: the request goes on to an HTTP endpoint.
    HttpProxy {
        /// Where to, with `${stageVariables.x}` and `{path parameters}`.
        uri: UriTemplate,
        /// The method; `None` keeps that of the request (`ANY`).
        method: Option<http::Method>,
    },
    /// `AWS_PROXY`: a function gets the request as an event.
    Function {
        /// The function's ARN, with `${stageVariables.x}`.
        arn: UriTemplate,
        /// The shape of the event and of the answer.
        payload: PayloadFormat,
    },
}

impl Target {
    /// Its type.
    pub fn kind(&self) -> IntegrationType {
        match self {
            Self::HttpProxy { .. } => IntegrationType::HttpProxy,
            Self::Function { .. } => IntegrationType::AwsProxy,
        }
    }
}

/// `IntegrationType`, as the control plane and the journal spell it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum IntegrationType {
    /// An HTTP endpoint gets the request as it came.
    #[serde(rename = "HTTP_PROXY")]
    HttpProxy,
    /// A function gets it as an event.
    #[serde(rename = "AWS_PROXY")]
    AwsProxy,
    /// An HTTP endpoint gets a mapped request.
    #[serde(rename = "HTTP")]
    Http,
    /// A function gets a mapped event.
    #[serde(rename = "AWS")]
    Aws,
    /// The gateway answers by itself.
    #[serde(rename = "MOCK")]
    Mock,
}

/// `PayloadFormatVersion` of a function integration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PayloadFormat {
    /// `1.0`, the shape of REST APIs.
    V1,
    /// `2.0`.
    V2,
}
