//! What is told of a Lambda authorizer.

use authlab_kernel::{Evidence, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Text;
use crate::deployment::AuthorizationType;

/// What a Lambda authorizer was asked and said, or why it was not asked.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Authorizer<'a> {
    /// `CUSTOM`.
    pub r#type: AuthorizationType,
    /// Its name.
    pub authorizer: Text<'a>,
    /// What a request has to show.
    pub identity_sources: Vec<Text<'a>>,
    /// The function's ARN, where it came to that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub function: Option<Text<'a>>,
    /// The ARN of the method that the function was asked about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asked_about: Option<Text<'a>>,
    /// As whom the gateway invokes the function, where it may not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source_arn: Option<Text<'a>>,
    /// Which source is absent, empty, or does not match.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub identity_source: Option<Text<'a>>,
    /// What is wrong.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub problem: Option<Text<'a>>,
    /// What the function raised.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<Value>,
    /// Who calls, in the function's words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub principal_id: Option<Text<'a>>,
    /// Since when the answer is kept, where the function was not asked again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kept: Option<Kept>,
}

/// An answer that is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    /// When the function gave it.
    pub answered: Timestamp,
    /// How long it is kept, in seconds.
    pub ttl_seconds: u32,
}

impl Evidence for Authorizer<'_> {
    const KIND: &'static str = "lambda-authorizer";
}
