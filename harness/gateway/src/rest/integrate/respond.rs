//! What the client gets of an integration's answer: one of the integration's responses.

use std::borrow::Cow;

use authlab_kernel::redaction;
use authlab_vtl::Overrides;
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode, header};

use super::binary;
use super::header::on_its_way_back;
use super::reading::{Content, Pair, Reading};
use super::request::{replace, unreadable};
use super::template::{self, Named};
use crate::deployment::RestApi;
use crate::deployment::rest::IntegrationResponse;
use crate::deployment::rest::mapping::BodyTemplate;
use crate::evidence::{MappingFailed, Reason, ResponseSelected};
use crate::exchange::Exchange;
use crate::plane::Plane;
use crate::refusal::{Refusal, ResponseType};

/// What an integration answered.
pub(super) struct Answer {
    /// What patterns are matched against: the status, or the error message of a function.
    pub value: String,
    /// Its status.
    pub status: u16,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body.
    pub body: Bytes,
}

/// Makes the response. `overrides` is what the request's template overrode of it.
pub(super) fn respond(
    plane: &Plane,
    exchange: &mut Exchange<'_>,
    (api, responses): (&RestApi, &[IntegrationResponse]),
    reading: &mut Reading,
    answer: &Answer,
    overrides: &Overrides,
) -> Result<Response<Bytes>, Box<Refusal>> {
    let selected = select(responses, answer)?;
    exchange.told(
        &plane.journal,
        &ResponseSelected {
            value: redaction::text(&answer.value),
            status_code: Some(selected.status),
            selection_pattern: selected.pattern.as_ref().map(|it| it.text.as_str().into()),
            patterns: Vec::new(),
        },
    );
    let answered_type = answer.headers.get(header::CONTENT_TYPE);
    let answered_type = answered_type.and_then(|value| value.to_str().ok());
    let converted = convert(exchange, api, selected, answer, answered_type)?;
    let mut header = mapped(exchange, selected, reading, answer, &converted);
    let mut status = overrides.response_status;
    replace(
        &mut header,
        &overrides.response_header,
        str::eq_ignore_ascii_case,
    );
    let template = template_of(exchange, selected, answered_type);
    let mut content_type = answered_type.map(str::to_owned);
    let body = match template {
        Some((key, Some(template))) => {
            let Ok(text) = std::str::from_utf8(&converted) else {
                let problem = "a template reads text, and the body is bytes".to_owned();
                return Err(unreadable("integration response", problem));
            };
            let named = Named {
                side: "response",
                content_type: key,
            };
            let rendered = template::render(template, named, reading, text)?;
            status = rendered.overrides.response_status.or(status);
            let of_template = &rendered.overrides.response_header;
            replace(&mut header, of_template, str::eq_ignore_ascii_case);
            content_type = Some(key.to_owned());
            Bytes::from(rendered.output)
        }
        Some((_, None)) | None => converted,
    };
    let mut response = Response::new(body);
    *response.status_mut() = sendable(status.unwrap_or(selected.status))
        .or_else(|| sendable(selected.status))
        .unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    for (name, value) in &header {
        put(response.headers_mut(), name, value)?;
    }
    let content_type = content_type.as_deref().unwrap_or("application/json");
    if let Ok(content_type) = HeaderValue::from_str(content_type) {
        let headers = response.headers_mut();
        headers.entry(header::CONTENT_TYPE).or_insert(content_type);
    }
    Ok(response)
}

/// A status that an answer can have at its end. A number that is none is passed over (recorded for 99).
fn sendable(status: u16) -> Option<StatusCode> {
    let status = Some(status).filter(|status| (200..=599).contains(status));
    status.and_then(|status| StatusCode::from_u16(status).ok())
}

/// Adds a header under the name by which it comes back.
pub(super) fn put(headers: &mut HeaderMap, name: &str, value: &str) -> Result<(), Box<Refusal>> {
    let Some(name) = on_its_way_back(name) else {
        return Ok(());
    };
    let (Ok(parsed), Ok(value)) = (
        HeaderName::try_from(name.as_bytes()),
        HeaderValue::from_str(value),
    ) else {
        let told = MappingFailed {
            place: format!("header.{name}").into(),
            problem: "the name, or the value that is mapped to it, cannot be sent as a header"
                .into(),
        };
        let broken = ResponseType::ApiConfigurationError;
        return Err(Refusal::failed(Reason::MappedValue, broken, &told));
    };
    headers.append(parsed, value);
    Ok(())
}

/// The response that takes an answer. Of several whose patterns match, the one whose own status is the
/// integration's (as observed), else the one of the lowest status; where none matches, the default.
fn select<'r>(
    responses: &'r [IntegrationResponse],
    answer: &Answer,
) -> Result<&'r IntegrationResponse, Box<Refusal>> {
    let matching: Vec<&IntegrationResponse> = responses
        .iter()
        .filter(|response| {
            let pattern = response.pattern.as_ref();
            pattern.is_some_and(|pattern| pattern.compiled.is_match(&answer.value))
        })
        .collect();
    let own = matching.iter().find(|it| it.status == answer.status);
    let own = own.or_else(|| matching.first()).copied();
    let default = || responses.iter().find(|response| response.pattern.is_none());
    own.or_else(default).ok_or_else(|| {
        let patterns = responses.iter().filter_map(|it| it.pattern.as_ref());
        let told = ResponseSelected {
            value: redaction::text(&answer.value).into_owned().into(),
            status_code: None,
            selection_pattern: None,
            patterns: patterns.map(|it| it.text.as_str().into()).collect(),
        };
        let broken = ResponseType::ApiConfigurationError;
        Refusal::failed(Reason::IntegrationResponseMissing, broken, &told)
    })
}

/// The body, as bytes or text, as the client takes it.
fn convert(
    exchange: &Exchange<'_>,
    api: &RestApi,
    selected: &IntegrationResponse,
    answer: &Answer,
    answered_type: Option<&str>,
) -> Result<Bytes, Box<Refusal>> {
    if answer.body.is_empty() {
        return Ok(Bytes::new());
    }
    let types = &api.binary_media_types;
    let is_binary = binary::is_binary(answered_type.unwrap_or("application/json"), types);
    let takes_binary = takes_binary(exchange, api);
    let conversion = binary::of_response(is_binary, takes_binary, selected.content_handling);
    let converted = conversion.apply(&answer.body);
    converted.map_err(|problem| unreadable("integration response", problem))
}

/// Whether the client takes bytes: by the first media type that it accepts, as the guide says.
pub(super) fn takes_binary(exchange: &Exchange<'_>, api: &RestApi) -> bool {
    let accepted = accepted(exchange).next().unwrap_or_default();
    binary::is_binary(accepted, &api.binary_media_types)
}

/// The media types that the client accepts, in their order.
fn accepted<'e>(exchange: &Exchange<'e>) -> impl Iterator<Item = &'e str> {
    let accept = exchange.incoming.header(header::ACCEPT).unwrap_or_default();
    accept.split(',').map(str::trim)
}

/// The template of a media type that the client accepts, else of the integration's, else the one that is
/// preferred (the last two are recorded; that `Accept` counts is as in the guide).
fn template_of<'s>(
    exchange: &Exchange<'_>,
    selected: &'s IntegrationResponse,
    answered_type: Option<&str>,
) -> Option<(&'s str, Option<&'s BodyTemplate>)> {
    let templates = &selected.templates;
    let mut accepted = accepted(exchange);
    let by_client = accepted.find_map(|accepted| templates.find(accepted));
    let by_integration = || templates.find(answered_type?);
    by_client
        .or_else(by_integration)
        .or_else(|| templates.preferred())
}

/// The headers that are mapped, each where there is a value.
fn mapped(
    exchange: &Exchange<'_>,
    selected: &IntegrationResponse,
    reading: &Reading,
    answer: &Answer,
    body: &Bytes,
) -> Vec<Pair> {
    let pair = |(name, value): (&HeaderName, &HeaderValue)| {
        let value = String::from_utf8_lossy(value.as_bytes()).into_owned();
        (name.as_str().to_owned(), value)
    };
    let header: Vec<Pair> = answer.headers.iter().map(pair).collect();
    let text: Cow<'_, str> = String::from_utf8_lossy(body);
    let content = Content {
        header: &header,
        is_spelled: false,
        body: Some(&*text).filter(|text| !text.is_empty()),
    };
    let parameters = selected.parameters.iter();
    let value = |(name, source): &(String, _)| {
        let value = reading.value(exchange, source, &content)?;
        Some((name.clone(), value))
    };
    parameters.filter_map(value).collect()
}
