//! What is told of requests that lack something, or are too large.

use authlab_kernel::Evidence;
use serde::{Deserialize, Serialize};

use super::Text;

/// Whether a request has what the method asks for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Validation<'a> {
    /// The parameters that are not there: `header x-a`, `query q`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub missing: Vec<Text<'a>>,
    /// Those of them that are there in other letters.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub misspelt: Vec<Text<'a>>,
    /// The media type by which the body's model was chosen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub media_type: Option<Text<'a>>,
    /// The body's model, where it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<Text<'a>>,
    /// Where the body does not fit.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub problems: Vec<Text<'a>>,
}

impl Evidence for Validation<'_> {
    const KIND: &'static str = "validation";
}

/// A request is larger than what takes it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Size {
    /// The length of the body.
    pub bytes: usize,
    /// The most that is taken.
    pub bytes_max: usize,
    /// Whether that is what a function takes; else it is what API Gateway takes.
    pub is_of_function: bool,
}

impl Evidence for Size {
    const KIND: &'static str = "size";
}
