//! What an integration is sent: parameters that are mapped, and a body that a template makes.

use std::collections::BTreeMap;

use authlab_kernel::redaction;
use authlab_vtl::Overrides;
use bytes::Bytes;
use http::header;

use super::binary;
use super::header::may_be_mapped;
use super::reading::{Content, Pair, Reading};
use super::template::{self, Named};
use crate::deployment::RestApi;
use crate::deployment::rest::MethodIntegration;
use crate::deployment::rest::mapping::{Passthrough, Source, Target};
use crate::evidence::{BodyUnreadable, MappingFailed, PassthroughRefused, Reason};
use crate::exchange::Exchange;
use crate::path::encoded;
use crate::refusal::{Refusal, ResponseType};

/// The content type that a request has which names none.
const JSON: &str = "application/json";

/// A request to an integration, before it is addressed.
#[derive(Debug, Default)]
pub(super) struct Mapped {
    /// What stands for the names in braces of the address, as it would in the path of a request.
    pub path: BTreeMap<String, String>,
    /// Pairs of the query string.
    pub query: Vec<Pair>,
    /// Headers.
    pub header: Vec<Pair>,
    /// The body.
    pub body: Bytes,
    /// What the template overrode of the answer.
    pub overrides: Overrides,
}

/// The content type of the request.
pub(super) fn content_type<'e>(exchange: &Exchange<'e>) -> &'e str {
    exchange
        .incoming
        .header(header::CONTENT_TYPE)
        .unwrap_or(JSON)
}

/// Maps the parameters, each where there is a value.
pub(super) fn parameters(
    exchange: &Exchange<'_>,
    integration: &MethodIntegration,
    reading: &Reading,
) -> Result<Mapped, Box<Refusal>> {
    use crate::deployment::IntegrationType::{Aws, AwsProxy};
    let is_of_aws = matches!(integration.backend.kind(), Some(Aws | AwsProxy));
    let text = String::from_utf8_lossy(&exchange.incoming.body);
    let content = Content {
        header: &reading.header,
        is_spelled: reading.is_spelled,
        body: Some(if text.is_empty() { "{}" } else { &text }),
    };
    let mut mapped = Mapped::default();
    for (target, source) in &integration.parameters {
        let Some(value) = reading.value(exchange, source, &content) else {
            continue;
        };
        match target {
            Target::Header(name) if !may_be_mapped(name, is_of_aws) => {
                return Err(not_mapped(name));
            }
            Target::Header(name) => mapped.header.push((name.clone(), value)),
            Target::Query(name) => mapped.query.push((name.clone(), value)),
            Target::Path(name) => {
                let value = in_path(exchange, source, value);
                mapped.path.insert(name.clone(), value);
            }
        }
    }
    Ok(mapped)
}

/// A header that no mapping may set: 500 (recorded).
fn not_mapped(name: &str) -> Box<Refusal> {
    let told = MappingFailed {
        place: format!("header.{name}").into(),
        problem: "API Gateway sets this header by itself, or never sends it".into(),
    };
    let broken = ResponseType::ApiConfigurationError;
    Refusal::failed(Reason::MappedHeaderForbidden, broken, &told)
}

/// A value as it stands in a path. A parameter of the path goes on as it was sent, and what the API itself
/// states is taken as it is; what a client says elsewhere is encoded, so that it cannot lead to another
/// place of the endpoint. (What AWS encodes is unverified.)
fn in_path(exchange: &Exchange<'_>, source: &Source, value: String) -> String {
    match source {
        Source::Path(name) => {
            let normal = exchange.parameters().and_then(|it| it.normal.get(name));
            normal.cloned().unwrap_or_else(|| encoded(&value))
        }
        Source::Text(_) | Source::StageVariable(_) => value,
        _ => encoded(&value),
    }
}

/// Makes the body: by the template of the request's content type, else the body itself where it may pass.
pub(super) fn body(
    exchange: &Exchange<'_>,
    api: &RestApi,
    integration: &MethodIntegration,
    reading: &mut Reading,
    mapped: &mut Mapped,
) -> Result<(), Box<Refusal>> {
    let content_type = content_type(exchange);
    let found = integration.templates.find(content_type);
    if found.is_none() {
        let refused = match integration.passthrough {
            Passthrough::WhenNoMatch => None,
            Passthrough::WhenNoTemplates => {
                (!integration.templates.is_empty()).then_some("WHEN_NO_TEMPLATES")
            }
            Passthrough::Never => Some("NEVER"),
        };
        if let Some(behavior) = refused {
            return Err(no_template(content_type, integration, behavior));
        }
    }
    let is_binary = binary::is_binary(content_type, &api.binary_media_types);
    let conversion = binary::of_request(is_binary, integration.content_handling);
    let converted = conversion.apply(&exchange.incoming.body);
    let converted = converted.map_err(|problem| unreadable("request", problem))?;
    let Some((key, Some(template))) = found else {
        mapped.body = converted;
        return Ok(());
    };
    let Ok(text) = std::str::from_utf8(&converted) else {
        let problem = "a template reads text, and the body is bytes".to_owned();
        return Err(unreadable("request", problem));
    };
    let named = Named {
        side: "request",
        content_type: key,
    };
    let rendered = template::render(template, named, reading, text)?;
    mapped.body = Bytes::from(rendered.output);
    let overrides = rendered.overrides;
    for (name, value) in &overrides.request_path {
        mapped.path.insert(name.clone(), encoded(value));
    }
    replace(&mut mapped.query, &overrides.request_query, |one, other| {
        one == other
    });
    replace(
        &mut mapped.header,
        &overrides.request_header,
        str::eq_ignore_ascii_case,
    );
    mapped.overrides = overrides;
    Ok(())
}

/// Puts pairs in the place of those of the same name.
pub(super) fn replace(pairs: &mut Vec<Pair>, with: &[Pair], is_same: fn(&str, &str) -> bool) {
    pairs.retain(|(name, _)| !with.iter().any(|(other, _)| is_same(name, other)));
    pairs.extend(with.iter().cloned());
}

fn no_template(
    content_type: &str,
    integration: &MethodIntegration,
    behavior: &'static str,
) -> Box<Refusal> {
    let told = PassthroughRefused {
        content_type: redaction::text(content_type).into_owned().into(),
        templates: integration
            .templates
            .content_types()
            .map(Into::into)
            .collect(),
        passthrough_behavior: behavior.into(),
    };
    let unsupported = ResponseType::UnsupportedMediaType;
    Refusal::refused(Reason::PassthroughRefused, unsupported, &told)
}

/// A body that cannot be converted or mapped: 500 (recorded for what is no Base64).
pub(super) fn unreadable(body: &'static str, problem: String) -> Box<Refusal> {
    let told = BodyUnreadable {
        body: body.into(),
        problem: problem.into(),
    };
    let broken = ResponseType::ApiConfigurationError;
    Refusal::failed(Reason::BodyUnreadable, broken, &told)
}
