//! What the last call of a scenario came to.

use http::{HeaderMap, StatusCode};
use serde_json::Value;

use crate::client::{AwsRefusal, VaultAnswer};

/// The answer to the last call, whichever system gave it.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// Of an API, over plain HTTP.
    Http(HttpAnswer),
    /// Of an AWS service.
    Aws(Result<AwsAnswer, AwsRefusal>),
    /// Of Vault.
    Vault(VaultAnswer),
}

/// An answer over plain HTTP.
#[derive(Clone, Debug)]
pub struct HttpAnswer {
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The body as text.
    pub body: String,
    /// What names the request in the journal: the header `apigw-requestid`.
    pub request_id: Option<String>,
}

/// What an AWS service answered.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AwsAnswer {
    /// What names the request in the journal.
    pub request_id: Option<String>,
    /// What the step kept of the output for later steps; null when nothing.
    pub output: Value,
}

impl Outcome {
    /// What names the request in the journal, where the answer says it.
    #[must_use]
    pub fn request_id(&self) -> Option<&str> {
        match self {
            Self::Http(answer) => answer.request_id.as_deref(),
            Self::Aws(Ok(answer)) => answer.request_id.as_deref(),
            Self::Aws(Err(refusal)) => refusal.request_id.as_deref(),
            Self::Vault(answer) => answer.request_id.as_deref(),
        }
    }

    /// The component that gave the answer, as the journal calls it.
    #[must_use]
    pub fn component(&self) -> &'static str {
        match self {
            Self::Http(_) => "gateway",
            Self::Aws(_) => "aws",
            Self::Vault(_) => "vault",
        }
    }

    /// One line for the message of a failed expectation.
    #[must_use]
    pub fn summary(&self) -> String {
        match self {
            Self::Http(answer) => format!("status {} with the body {}", answer.status, answer.body),
            Self::Aws(Ok(_)) => "AWS allowed it".to_owned(),
            Self::Aws(Err(refusal)) => {
                format!("AWS refused with {}: {}", refusal.code, refusal.message)
            }
            Self::Vault(answer) => format!("Vault answered {}: {}", answer.status, answer.body),
        }
    }
}
