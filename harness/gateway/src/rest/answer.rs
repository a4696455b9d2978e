//! How a REST API words what the gateway answers by itself: by the type of the answer, unless one
//! refusal says something else.
//!
//! Source: API Gateway developer guide, `supported-gateway-response-types.html`, and recorded answers.

use authlab_kernel::TraceHeader;
use authlab_kernel::trace::TRACE_HEADER;
use bytes::Bytes;
use http::{HeaderName, HeaderValue, Response, StatusCode, header};

use super::gateway_response;
use crate::deployment::RestApi;
use crate::exchange::Exchange;
use crate::refusal::{Refused, ResponseType, Said, Wording};

/// The header with the request's id, on every answer of a REST API (recorded).
const REQUEST_ID_HEADER: HeaderName = HeaderName::from_static("x-amzn-requestid");
/// The header with the request's extended id, on every answer of a REST API (recorded).
const EXTENDED_REQUEST_ID_HEADER: HeaderName = HeaderName::from_static("x-amz-apigw-id");
/// The header with the type of an error.
const ERROR_TYPE_HEADER: HeaderName = HeaderName::from_static("x-amzn-errortype");

/// What the gateway says of a type where the refusal says nothing else.
struct OfType {
    status: StatusCode,
    message: Option<&'static str>,
    error_type: &'static str,
}

/// Status, message and error type of each response type.
fn of_type(response_type: ResponseType) -> OfType {
    use ResponseType as Type;
    const INTERNAL: &str = "InternalServerErrorException";
    const BAD_REQUEST: &str = "BadRequestException";
    let says = |status, message, error_type| OfType {
        status,
        message: Some(message),
        error_type,
    };
    let (bad, forbidden) = (StatusCode::BAD_REQUEST, StatusCode::FORBIDDEN);
    let (internal, too_many) = (
        StatusCode::INTERNAL_SERVER_ERROR,
        StatusCode::TOO_MANY_REQUESTS,
    );
    match response_type {
        Type::AccessDenied => says(forbidden, "Forbidden", "AccessDeniedException"),
        // The error type is unverified. For integrations that cannot be reached the table of the guide
        // says 504; what is answered is 500 (recorded).
        Type::ApiConfigurationError | Type::Default5xx | Type::IntegrationFailure => {
            says(internal, "Internal server error", INTERNAL)
        }
        // Without a message (as observed); the error type of a failure is unverified.
        Type::AuthorizerConfigurationError => OfType {
            status: internal,
            message: None,
            error_type: "AuthorizerConfigurationException",
        },
        Type::AuthorizerFailure => OfType {
            status: internal,
            message: None,
            error_type: INTERNAL,
        },
        Type::BadRequestParameters | Type::Default4xx => says(bad, "Bad Request", BAD_REQUEST),
        Type::BadRequestBody => says(bad, "Invalid request body", BAD_REQUEST),
        Type::ExpiredToken => says(
            forbidden,
            "The security token included in the request is expired",
            "ExpiredTokenException",
        ),
        Type::IntegrationTimeout => says(
            StatusCode::GATEWAY_TIMEOUT,
            "Endpoint request timed out",
            INTERNAL,
        ),
        Type::InvalidSignature => says(
            forbidden,
            "The request signature we calculated does not match the signature you provided.",
            "InvalidSignatureException",
        ),
        Type::MissingAuthenticationToken => says(
            forbidden,
            "Missing Authentication Token",
            "MissingAuthenticationTokenException",
        ),
        Type::QuotaExceeded => says(too_many, "Limit Exceeded", "LimitExceededException"),
        Type::RequestTooLarge => says(
            StatusCode::PAYLOAD_TOO_LARGE,
            "Request Too Long",
            BAD_REQUEST,
        ),
        // Text and error type are unverified.
        Type::ResourceNotFound => says(StatusCode::NOT_FOUND, "Not Found", "NotFoundException"),
        Type::Throttled => says(too_many, "Too Many Requests", "TooManyRequestsException"),
        Type::Unauthorized => says(
            StatusCode::UNAUTHORIZED,
            "Unauthorized",
            "UnauthorizedException",
        ),
        // The text is unverified.
        Type::UnsupportedMediaType => says(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "Unsupported Media Type",
            BAD_REQUEST,
        ),
        // The error type of a firewall's block is unverified.
        Type::InvalidApiKey | Type::WafFiltered => {
            says(forbidden, "Forbidden", "ForbiddenException")
        }
    }
}

/// Status, message and response type of a refusal.
pub(crate) fn wording(refused: &Refused) -> Wording<'_> {
    let of_type = of_type(refused.response_type);
    Wording {
        status: refused.said.status.unwrap_or(of_type.status),
        message: refused.said.message.as_deref().or(of_type.message),
        response_type: refused.response_type.as_str(),
    }
}

/// The answer to a request that was turned away, without its ids.
pub(crate) fn refusal(
    api: &RestApi,
    exchange: &Exchange<'_>,
    refused: &Refused,
) -> Response<Bytes> {
    let response = by_gateway(refused);
    // What the lab cannot do is told as it is, whatever the API would say.
    if response.status() == StatusCode::NOT_IMPLEMENTED {
        return response;
    }
    match gateway_response::own(api, refused.response_type, response.status()) {
        Some(own) => gateway_response::over(own, exchange, response),
        None => response,
    }
}

/// The answer to a request that reaches no stage: 403 `Forbidden` where there is none (unverified).
pub(crate) fn nowhere(refused: &Refused) -> Response<Bytes> {
    if refused.response_type != ResponseType::ResourceNotFound {
        return by_gateway(refused);
    }
    let said = Said::forbidden();
    let error_type = said.error_type.as_deref().unwrap_or_default();
    worded(StatusCode::FORBIDDEN, said.message.as_deref(), error_type)
}

/// The gateway's own words.
fn by_gateway(refused: &Refused) -> Response<Bytes> {
    let wording = wording(refused);
    let error_type = refused.said.error_type.as_deref();
    let error_type = error_type.unwrap_or(of_type(refused.response_type).error_type);
    worded(wording.status, wording.message, error_type)
}

/// `{"message":…}`, the body of every refusal; the member has a capital where access is denied (as
/// observed).
fn worded(status: StatusCode, message: Option<&str>, error_type: &str) -> Response<Bytes> {
    let member = if error_type == "AccessDeniedException" {
        "Message"
    } else {
        "message"
    };
    let body = serde_json::json!({ member: message }).to_string();
    let mut response = Response::new(Bytes::from(body));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    let json = HeaderValue::from_static("application/json");
    headers.insert(header::CONTENT_TYPE, json);
    if let Ok(error_type) = HeaderValue::from_str(error_type) {
        headers.insert(ERROR_TYPE_HEADER, error_type);
    }
    response
}

/// Names the trace in an answer.
pub(crate) fn name_trace(response: &mut Response<Bytes>, trace: &TraceHeader) {
    if let Ok(trace) = HeaderValue::from_str(&trace.to_string()) {
        let name = HeaderName::from_static(TRACE_HEADER);
        response.headers_mut().insert(name, trace);
    }
}

/// Names a request in its answer, by both of its ids.
pub(crate) fn name(response: &mut Response<Bytes>, request_id: &str, extended_request_id: &str) {
    let ids = [
        (REQUEST_ID_HEADER, request_id),
        (EXTENDED_REQUEST_ID_HEADER, extended_request_id),
    ];
    for (header, id) in ids {
        if let Ok(id) = HeaderValue::from_str(id) {
            response.headers_mut().insert(header, id);
        }
    }
}
