//! What is told of mappings: templates, responses of integrations, and bodies that are none.

use authlab_kernel::Evidence;
use serde::{Deserialize, Serialize};

use super::Text;

/// A template that cannot be read, or that ends before its end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TemplateFailed<'a> {
    /// `request` or `response`.
    pub template: Text<'a>,
    /// Its content type.
    pub content_type: Text<'a>,
    /// Where, from 1.
    pub line: usize,
    /// Where, from 1.
    pub column: usize,
    /// What is wrong.
    pub problem: Text<'a>,
}

impl Evidence for TemplateFailed<'_> {
    const KIND: &'static str = "template";
}

/// No template fits a body, and it may not pass without one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PassthroughRefused<'a> {
    /// The media type of the request.
    pub content_type: Text<'a>,
    /// The content types that have a template.
    pub templates: Vec<Text<'a>>,
    /// `NEVER` or `WHEN_NO_TEMPLATES`.
    pub passthrough_behavior: Text<'a>,
}

impl Evidence for PassthroughRefused<'_> {
    const KIND: &'static str = "passthrough";
}

/// Which response of an integration takes its answer, or that none does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResponseSelected<'a> {
    /// What is matched: the integration's status, or the error message of a function.
    pub value: Text<'a>,
    /// The status of the response that takes it; absent where none does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status_code: Option<u16>,
    /// The pattern of that response; absent where it is the default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub selection_pattern: Option<Text<'a>>,
    /// The patterns that there are, where none takes it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub patterns: Vec<Text<'a>>,
}

impl Evidence for ResponseSelected<'_> {
    const KIND: &'static str = "response-selection";
}

/// A body that is not what it has to be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BodyUnreadable<'a> {
    /// Whose: `request`, `integration response`, `request template`.
    pub body: Text<'a>,
    /// What is wrong with it.
    pub problem: Text<'a>,
}

impl Evidence for BodyUnreadable<'_> {
    const KIND: &'static str = "body";
}
