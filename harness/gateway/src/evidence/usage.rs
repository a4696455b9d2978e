//! What is told of API keys and the quotas of usage plans. A key stands as its id, never as its value.

use authlab_kernel::Evidence;
use serde::{Deserialize, Serialize};

use super::Text;
use crate::deployment::rest::ApiKeySource;

/// Whether the request shows an API key of a usage plan of the stage.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApiKey<'a> {
    /// Where it was looked for.
    pub source: ApiKeySource,
    /// The key's id; where what was given is no key, that of the one that it is like.
    pub api_key: Option<Text<'a>>,
    /// The plan by which it opens the stage.
    pub usage_plan: Option<Text<'a>>,
    /// How what was given is like a key, where it is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub likeness: Option<KeyLikeness>,
    /// Where one stands that is not looked at, where none was found.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub elsewhere: Option<Text<'a>>,
    /// The plans of the key, where none of them has the stage.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub plans_of_key: Vec<Text<'a>>,
    /// The plans of the stage, where none of them has the key.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub plans_of_stage: Vec<Text<'a>>,
}

impl Evidence for ApiKey<'_> {
    const KIND: &'static str = "api-key";
}

/// How a text is like an API key without being its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum KeyLikeness {
    /// It is the key's id.
    Id,
    /// It is the key's name.
    Name,
    /// It is the value in other letters.
    Case,
    /// It is the value with quotes or blanks around it.
    Quoted,
}

/// Whether something is left of a usage plan's quota.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quota<'a> {
    /// The plan.
    pub usage_plan: Text<'a>,
    /// The key's id.
    pub api_key: Text<'a>,
    /// How many requests it has in a period.
    pub limit: u64,
    /// `DAY`, `WEEK`, `MONTH`.
    pub period: Text<'a>,
    /// How many were let through in this one.
    pub used: u64,
    /// How many are left.
    pub remaining: u64,
    /// The day on which the next begins, at 00:00 UTC.
    pub renewed: Text<'a>,
}

impl Evidence for Quota<'_> {
    const KIND: &'static str = "quota";
}
