//! Which method takes the request.

use std::borrow::Cow;

use authlab_kernel::redaction;

use super::entrance;
use crate::deployment::rest::Method;
use crate::deployment::{AuthorizationType, RestApi};
use crate::evidence::{self, Reason};
use crate::exchange::{Exchange, Matched};
use crate::path::RequestPath;
use crate::plane::Plane;
use crate::refusal::{Refusal, ResponseType, Said};
use crate::route::Parameters;
use crate::stage::draft;

/// Finds the method, or says that there is none.
pub(crate) fn take<'a>(
    plane: &Plane,
    exchange: &mut Exchange<'a>,
    api: &'a RestApi,
) -> Result<&'a Method, Box<Refusal>> {
    if api.execute_api_endpoint_disabled && exchange.reached.is_none() {
        return Err(endpoint_disabled(exchange));
    }
    entrance::take(exchange, api)?;
    entrance::take(exchange, api)?;
    let verb = &exchange.incoming.method;
    let path = exchange.path.without_end().into_owned();
    let found = api.methods.find(verb, &path);
    let key = found.as_ref().map(|(method, _)| &method.key);
    if let Some(draft) = draft::of(exchange, key, &path) {
        exchange.told(&plane.journal, &draft);
    }
    let Some((method, parameters)) = found else {
        return Err(no_method(exchange, api));
    };
    if let Some((reading, other)) = other_method(exchange, api, method) {
        let told = evidence::Route::OtherReading {
            path: redaction::request_path(exchange.path.as_text()),
            reading: redaction::request_path(&reading),
            routes: vec![method.key.as_str().into(), other.key.as_str().into()],
        };
        let bad = ResponseType::BadRequestParameters;
        return Err(Refusal::refused(Reason::PathAmbiguous, bad, &told));
    }
    let parameters = as_in_path(parameters);
    let told = evidence::Route::Taken {
        route_key: method.key.as_str().into(),
        authorization: method.authorization.kind(),
        path_parameters: Cow::Borrowed(&parameters.decoded),
    };
    exchange.allowed(&plane.journal, &told);
    exchange.route = Some(Matched {
        key: &method.key,
        resource_id: Some(&method.resource_id),
        parameters,
    });
    Ok(method)
}

/// The variables of the path, which a REST API gives on as they stand there (recorded).
fn as_in_path(parameters: Parameters) -> Parameters {
    Parameters {
        decoded: parameters.normal.clone(),
        normal: parameters.normal,
    }
}

/// No method takes it, and what there are.
fn no_method(exchange: &Exchange<'_>, api: &RestApi) -> Box<Refusal> {
    let known = api.methods.iter().map(|method| method.key.as_str().into());
    let told = evidence::Route::NoRoute {
        method: exchange.incoming.method.as_str().into(),
        path: redaction::request_path(exchange.path.as_text()),
        routes: known.collect(),
        import_warnings: exchange.stage.import_warnings.as_slice().into(),
    };
    let (untaken, said) = entrance::untaken(exchange);
    Refusal::refused(Reason::NoRoute, untaken, &told).saying(said)
}

/// Another method that some reading of the path leads to and that asks for something else of its caller. A
/// reading that leads nowhere lets nobody in, so it does not count.
fn other_method<'a>(
    exchange: &Exchange<'_>,
    api: &'a RestApi,
    method: &Method,
) -> Option<(String, &'a Method)> {
    let verb = &exchange.incoming.method;
    exchange.path.other_readings().into_iter().find_map(|text| {
        // Each reading stands for itself: what it decodes to has been decoded already. No route sees the
        // first slashes (recorded).
        let reading = RequestPath::plain(text.trim_start_matches('/'));
        let (other, _) = api.methods.find(verb, &reading.without_end())?;
        (!asks_alike(method, other)).then_some((text, other))
    })
}

/// Whether two methods ask for the same of their callers.
fn asks_alike(one: &Method, other: &Method) -> bool {
    if one.key == other.key {
        return true;
    }
    let kinds = (one.authorization.kind(), other.authorization.kind());
    let is_alike = matches!(
        kinds,
        (AuthorizationType::None, AuthorizationType::None)
            | (AuthorizationType::AwsIam, AuthorizationType::AwsIam)
    );
    is_alike && one.api_key_required == other.api_key_required
}

/// The `execute-api` host is shut: 403 `Forbidden` (API Gateway developer guide,
/// `rest-api-disable-default-endpoint.html`).
fn endpoint_disabled(exchange: &Exchange<'_>) -> Box<Refusal> {
    let told = evidence::Route::EndpointDisabled {
        api: exchange.stage.api_id.as_str().into(),
        disable_execute_api_endpoint: true,
    };
    let denied = ResponseType::AccessDenied;
    Refusal::refused(Reason::EndpointDisabled, denied, &told).saying(Said::forbidden())
}
