//! The documentation of an API: parts that say what stands where in it, and versions.

use authlab_kernel::Timestamp;
use serde::{Deserialize, Serialize};

/// The documentation of an API. Deployments do not freeze it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Documentation {
    /// Parts, in the order in which they were made.
    pub parts: Vec<DocumentationPart>,
    /// Versions, in the order in which they were made. What the parts were then is not kept: only an
    /// export would show it.
    pub versions: Vec<DocumentationVersion>,
}

/// What is said of one place of an API.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct DocumentationPart {
    /// The id.
    pub id: String,
    /// Of what it is said.
    pub location: DocumentationLocation,
    /// What is said: a JSON object as a text.
    pub properties: String,
}

/// A place of an API.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct DocumentationLocation {
    /// `API`, `METHOD`, `RESPONSE_HEADER`, …
    #[serde(rename = "type")]
    pub kind: String,
    /// A resource's path; where none is given, the root's.
    pub path: Option<String>,
    /// A verb; where none is given, any.
    pub method: Option<String>,
    /// A status; where none is given, any.
    pub status_code: Option<String>,
    /// The name of a model, an authorizer or a parameter.
    pub name: Option<String>,
}

/// A version of the documentation.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct DocumentationVersion {
    /// The name.
    pub version: String,
    /// When it was made.
    pub created_date: Option<Timestamp>,
    /// A text for people.
    pub description: Option<String>,
}
