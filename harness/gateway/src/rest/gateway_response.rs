//! What an API answers in place of the gateway's own words (`GatewayResponse`).
//!
//! Templates are no mapping templates: variables are filled in and everything else is text. Source: API
//! Gateway developer guide, `api-gateway-gatewayResponse-definition.html`; order and headers as observed.

use std::borrow::Cow;

use bytes::Bytes;
use http::header::{ACCEPT, CONTENT_TYPE};
use http::{HeaderName, HeaderValue, Response, StatusCode};

use super::media_type;
use crate::access_log::variable_name;
use crate::deployment::RestApi;
use crate::deployment::rest::GatewayResponse;
use crate::exchange::Exchange;
use crate::query;
use crate::refusal::ResponseType;
use crate::variable::Variables;

/// The template of a request that asks for no other.
const JSON: &str = "application/json";

/// The API's own answer of a type, else that of its class; nothing of the one is taken into the other (as
/// observed).
pub(super) fn own(
    api: &RestApi,
    response_type: ResponseType,
    status: StatusCode,
) -> Option<&GatewayResponse> {
    let class = if status.is_server_error() {
        ResponseType::Default5xx
    } else {
        ResponseType::Default4xx
    };
    let own = &api.gateway_responses;
    own.get(&response_type).or_else(|| own.get(&class))
}

/// The API's own answer, over that of the gateway.
pub(super) fn over(
    own: &GatewayResponse,
    exchange: &Exchange<'_>,
    mut response: Response<Bytes>,
) -> Response<Bytes> {
    let status = own.status.and_then(|it| StatusCode::from_u16(it).ok());
    if let Some(status) = status {
        *response.status_mut() = status;
    }
    if let Some((media_type, template)) = template(own, exchange) {
        *response.body_mut() = filled(template, media_type, exchange).into();
        if let Ok(media_type) = HeaderValue::from_str(media_type) {
            response.headers_mut().insert(CONTENT_TYPE, media_type);
        }
    }
    for (target, source) in &own.parameters {
        // Paths and query strings can be mapped too, and an answer has neither.
        let name = target.strip_prefix("gatewayresponse.header.");
        let name = name.and_then(|name| HeaderName::from_bytes(name.as_bytes()).ok());
        let value = mapped(source, exchange);
        let value = value.and_then(|value| HeaderValue::from_bytes(value.as_bytes()).ok());
        if let Some((name, value)) = name.zip(value) {
            response.headers_mut().insert(name, value);
        }
    }
    response
}

/// The template of the first media type that the request accepts, else of that of its body, else of JSON,
/// else the first (unverified but for JSON).
fn template<'o>(own: &'o GatewayResponse, exchange: &Exchange<'_>) -> Option<(&'o str, &'o str)> {
    let templates = &own.templates;
    let of = |wanted: &str| {
        let mut all = templates.iter();
        all.find(|(media_type, _)| media_type::is_same(media_type, wanted))
    };
    let accepted = exchange.incoming.header(ACCEPT).unwrap_or_default();
    let sent = exchange.incoming.header(CONTENT_TYPE).unwrap_or_default();
    let mut wanted = accepted.split(',').chain([sent, JSON]);
    let found = wanted.find_map(of).or_else(|| templates.iter().next());
    found.map(|(media_type, template)| (media_type.as_str(), template.as_str()))
}

/// What a header is mapped from: a text in quotes, or a part of the request, the context or the stage.
fn mapped(source: &str, exchange: &Exchange<'_>) -> Option<String> {
    if let Some(text) = source.strip_prefix('\'') {
        return Some(text.strip_suffix('\'').unwrap_or(text).to_owned());
    }
    let (place, name) = source.split_once('.')?;
    match place {
        "method" => of_request(name.strip_prefix("request.")?, exchange),
        "stageVariables" => exchange.stage.variables.get(name).cloned(),
        "context" => context(name, exchange).map(Cow::into_owned),
        _ => None,
    }
}

fn of_request(source: &str, exchange: &Exchange<'_>) -> Option<String> {
    let (place, name) = source.split_once('.')?;
    match place {
        "header" => exchange.incoming.header(name).map(str::to_owned),
        "querystring" => {
            // Of several values the last counts, as for mappings.
            let pairs = query::pairs(exchange.raw_query()).filter(|(own, _)| own == name);
            pairs.last().map(|(_, value)| value)
        }
        "path" => exchange.parameters()?.decoded.get(name).cloned(),
        _ => None,
    }
}

fn context<'e>(name: &str, exchange: &'e Exchange<'_>) -> Option<Cow<'e, str>> {
    let variables = Variables {
        exchange,
        answered: None,
    };
    variables.value(name)
}

/// What variables begin with.
const CONTEXT: &str = "$context.";
const STAGE_VARIABLES: &str = "$stageVariables.";

/// A template with its variables filled in. Values are escaped where the answer is JSON: the texts of
/// validation hold quotes. What has no value is nothing (unverified), but a message's text is `null`.
fn filled(template: &str, media_type: &str, exchange: &Exchange<'_>) -> String {
    let is_json = media_type::bare(Some(media_type)).ends_with("json");
    let mut text = String::with_capacity(template.len() * 2);
    let mut rest = template;
    while let Some(start) = rest.find('$') {
        let (before, behind) = rest.split_at(start);
        text.push_str(before);
        let variable = [CONTEXT, STAGE_VARIABLES].into_iter().find_map(|prefix| {
            let name = variable_name(behind.strip_prefix(prefix)?);
            (!name.is_empty()).then_some((prefix, name))
        });
        let Some((prefix, name)) = variable else {
            text.push('$');
            rest = behind.strip_prefix('$').unwrap_or_default();
            continue;
        };
        let value = match prefix {
            CONTEXT => context(name, exchange),
            _ => exchange.stage.variables.get(name).map(Cow::from),
        };
        match value {
            // It brings its own quotes.
            Some(value) if name == "error.messageString" => text.push_str(&value),
            None if name == "error.messageString" => text.push_str("null"),
            Some(value) if is_json => {
                let quoted = serde_json::Value::from(value).to_string();
                let inner = quoted.strip_prefix('"').and_then(|it| it.strip_suffix('"'));
                text.push_str(inner.unwrap_or_default());
            }
            Some(value) => text.push_str(&value),
            None => {}
        }
        rest = behind.get(prefix.len() + name.len()..).unwrap_or_default();
    }
    text + rest
}
