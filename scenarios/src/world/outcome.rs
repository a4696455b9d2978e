//! What the last call of a scenario came to.

use http::{HeaderMap, StatusCode};
use serde_json::Value;

use crate::{
    client::{AwsRefusal, VaultAnswer},
    error::{StepError, StepResult},
    json_path,
    things::audit::error_messages,
};

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

    /// Whether the call was let through: by a status below 400, where there is one.
    #[must_use]
    pub fn is_allowed(&self) -> bool {
        match self {
            Self::Http(answer) => answer.status.as_u16() < 400,
            Self::Aws(answer) => answer.is_ok(),
            Self::Vault(answer) => answer.status.as_u16() < 400,
        }
    }

    /// The HTTP status; of an AWS service's success nobody asks.
    #[must_use]
    pub fn status(&self) -> Option<u16> {
        match self {
            Self::Http(answer) => Some(answer.status.as_u16()),
            Self::Aws(Ok(_)) => None,
            Self::Aws(Err(refusal)) => Some(refusal.status),
            Self::Vault(answer) => Some(answer.status.as_u16()),
        }
    }

    /// What a refusal says by which a client tells it from others: the code of an AWS service, the message
    /// of an API, the errors of Vault.
    #[must_use]
    pub fn code(&self) -> String {
        match self {
            Self::Http(answer) => {
                let body: Option<Value> = serde_json::from_str(&answer.body).ok();
                let message = body
                    .as_ref()
                    .and_then(|body| json_path::find(body, "message"));
                message.map_or_else(|| answer.body.clone(), json_path::text)
            }
            Self::Aws(Ok(_)) => String::new(),
            Self::Aws(Err(refusal)) => refusal.code.clone(),
            Self::Vault(answer) => {
                let errors: Vec<_> = answer.errors().map(error_messages).collect();
                errors.join("; ")
            }
        }
    }

    /// The answer as a document.
    ///
    /// # Errors
    /// When the call was refused by an AWS service, or the body is no JSON.
    pub fn answer(&self) -> StepResult<Value> {
        match self {
            Self::Http(answer) => serde_json::from_str(&answer.body).map_err(|error| {
                StepError::new(format!("the answer is no JSON: {error}: {}", answer.body))
            }),
            Self::Aws(Ok(answer)) => Ok(answer.output.clone()),
            Self::Aws(Err(_)) => Err(StepError::new(self.summary())),
            Self::Vault(answer) => Ok(answer.body.clone()),
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
            Self::Vault(answer) => format!("Vault answered {}: {}", answer.status, answer.shown()),
        }
    }
}
