//! OpenAPI documents with API Gateway's extensions: Swagger 2.0 and OpenAPI 3.0, in JSON or YAML.
//!
//! Source: API Gateway developer guide, `api-gateway-swagger-extensions.html`,
//! `import-edge-optimized-api.html`, `api-gateway-import-api-basePath.html`, and what was recorded.
//! What is built goes through the same rules as the single operations. A document that cannot be read
//! names the line or the member in what the journal says of it; of an extension that is not simulated
//! the error says the name.
//!
//! - [`parameters`]: what a caller says beside the document.
//! - [`document`]: a document as a tree whose places are known.
//! - [`api`]: what a document says of the API itself.
//! - [`security`]: its schemes, and who may call a method.
//! - [`schema`]: its schemas, which become models.
//! - [`method`]: its operations; [`integration`]: what answers them.
//! - [`build`]: an API of it.
//! - [`export`]: a document of an API.

mod api;
mod build;
mod document;
mod export;
mod integration;
mod method;
mod parameters;
mod schema;
mod security;

pub(super) use build::Mode;
pub(super) use export::{Wanted, text as exported, version as exported_version};
pub(super) use parameters::Parameters;

use self::document::Document;
use super::error::Error;
use super::resource::{Authorizer, GatewayResponse, Method, RequestValidator};

/// How long a document may be (API Gateway developer guide, `limits.html`).
pub(super) const DOCUMENT_BYTES_MAX: usize = 6 * 1024 * 1024;

/// A document that was read: what an API becomes of it.
#[derive(Clone, Debug)]
pub(super) struct Imported {
    facts: api::Facts,
    authorizers: Vec<Authorizer>,
    validators: Vec<RequestValidator>,
    models: Vec<schema::Schema>,
    gateway_responses: Vec<GatewayResponse>,
    /// Methods by path, in the order of the document.
    paths: Vec<(String, Vec<ImportedMethod>)>,
    warnings: Vec<String>,
}

/// A method with what it names that has no id yet.
#[derive(Clone, Debug)]
struct ImportedMethod {
    method: Method,
    /// The name of its authorizer.
    authorizer: Option<String>,
    /// The name of its request validator.
    validator: Option<String>,
    /// Schemas that stand where they are used.
    inline: Vec<schema::Inline>,
    /// Where it stands in the document.
    place: String,
}

/// Reads a document.
///
/// # Errors
/// [`Error::NoDocument`], [`Error::Import`] with what is wrong and where, [`Error::Warnings`] when
/// warnings are to fail it, [`Error::NotImplemented`] for an extension that is not simulated.
pub(super) fn read(text: &str, parameters: &Parameters) -> Result<Imported, Error> {
    if text.len() > DOCUMENT_BYTES_MAX {
        // Unverified.
        return Err(Error::Quota {
            of: "bytes of the document",
            limit: DOCUMENT_BYTES_MAX,
        });
    }
    let document = Document::read(text)?;
    let mut warnings = Vec::new();
    let facts = api::facts(&document, parameters)?;
    let schemes = security::Schemes::of(&document)?;
    let validators = api::validators(&document)?;
    let gateway_responses = api::gateway_responses(&document)?;
    let models = schema::all(&document)?;
    let base = parameters.base(&document, &mut warnings)?;
    let paths = method::paths(&document, &schemes, &base, &mut warnings)?;
    if parameters.fail_on_warnings && !warnings.is_empty() {
        return Err(Error::Warnings(warnings));
    }
    Ok(Imported {
        facts,
        authorizers: schemes.into_authorizers(),
        validators,
        models,
        gateway_responses,
        paths,
        warnings,
    })
}

impl Imported {
    /// The authorizers that would be made; an issuer's keys are looked up by whoever can.
    pub(super) fn authorizers_mut(&mut self) -> &mut [Authorizer] {
        &mut self.authorizers
    }

    /// What can be read and means nothing.
    pub(super) fn warnings(&self) -> &[String] {
        &self.warnings
    }
}
