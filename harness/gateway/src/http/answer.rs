//! How an HTTP API words what the gateway answers by itself: fixed, whatever the API.
//!
//! Sources for statuses and bodies: API Gateway developer guide, `http-api-jwt-authorizer.html` and
//! `http-api-troubleshooting-jwt.html`, and observed answers. Response types
//! (`$context.error.responseType`) have the names of REST APIs' gateway responses: unverified for
//! HTTP APIs.

use std::borrow::Cow;

use bytes::Bytes;
use http::{HeaderName, HeaderValue, Response, StatusCode, header};

use crate::refusal::{Refused, ResponseType, TokenProblem, Wording};

/// The header with the request's id, on every answer of an HTTP API.
const REQUEST_ID_HEADER: HeaderName = HeaderName::from_static("apigw-requestid");

/// Status, message and response type.
pub(crate) fn wording(response_type: ResponseType) -> Wording<'static> {
    use ResponseType as Type;
    let (status, message, shown) = match response_type {
        // For a path or a Host with more than one reading. (That AWS answers 400 is unverified.)
        Type::BadRequestParameters | Type::BadRequestBody | Type::Default4xx => {
            (StatusCode::BAD_REQUEST, "Bad Request", response_type)
        }
        Type::Unauthorized => (StatusCode::UNAUTHORIZED, "Unauthorized", response_type),
        // Every failure of a signature is the same (as observed).
        Type::AccessDenied
        | Type::ExpiredToken
        | Type::InvalidApiKey
        | Type::InvalidSignature
        | Type::MissingAuthenticationToken => {
            (StatusCode::FORBIDDEN, "Forbidden", Type::AccessDenied)
        }
        Type::WafFiltered => (StatusCode::FORBIDDEN, "Forbidden", response_type),
        Type::ResourceNotFound => {
            return Wording {
                status: StatusCode::NOT_FOUND,
                message: Some("Not Found"),
                response_type: "NOT_FOUND",
            };
        }
        Type::RequestTooLarge => (
            StatusCode::PAYLOAD_TOO_LARGE,
            "Request Entity Too Large",
            response_type,
        ),
        Type::UnsupportedMediaType => (
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "Unsupported Media Type",
            response_type,
        ),
        Type::Throttled | Type::QuotaExceeded => (
            StatusCode::TOO_MANY_REQUESTS,
            "Too Many Requests",
            response_type,
        ),
        // For what is configured to something that cannot be, and for a function that broke.
        Type::ApiConfigurationError | Type::Default5xx => (
            StatusCode::INTERNAL_SERVER_ERROR,
            "Internal Server Error",
            Type::IntegrationFailure,
        ),
        Type::AuthorizerConfigurationError | Type::AuthorizerFailure => (
            StatusCode::INTERNAL_SERVER_ERROR,
            "Internal Server Error",
            response_type,
        ),
        // 503 for unreachable endpoints and for timeouts alike is unverified.
        Type::IntegrationFailure | Type::IntegrationTimeout => (
            StatusCode::SERVICE_UNAVAILABLE,
            "Service Unavailable",
            Type::IntegrationTimeout,
        ),
    };
    Wording {
        status,
        message: Some(message),
        response_type: shown.as_str(),
    }
}

/// The answer to a request that was turned away, without its id.
pub(crate) fn refusal(refused: &Refused) -> Response<Bytes> {
    let Wording {
        status, message, ..
    } = wording(refused.response_type);
    let mut response = message_of(status, message.unwrap_or_default());
    let challenge = refused.token.as_ref().map(challenge);
    if let Some(challenge) = challenge.as_deref().and_then(as_header) {
        let headers = response.headers_mut();
        headers.insert(header::WWW_AUTHENTICATE, challenge);
    }
    response
}

/// Names the request in its answer.
pub(crate) fn name(response: &mut Response<Bytes>, request_id: &str) {
    if let Ok(id) = HeaderValue::from_str(request_id) {
        response.headers_mut().insert(REQUEST_ID_HEADER, id);
    }
}

/// `{"message":"…"}`, the body of every refusal.
pub(crate) fn message_of(status: StatusCode, text: &str) -> Response<Bytes> {
    let body = serde_json::json!({ "message": text }).to_string();
    let mut response = Response::new(Bytes::from(body));
    *response.status_mut() = status;
    response.headers_mut().insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/json"),
    );
    response
}

/// What is said of a token without a scope. (That a 403 carries a challenge, and this description, are
/// unverified.)
const INSUFFICIENT_SCOPE: &str = "the token does not have a required scope";

/// The `www-authenticate` header. Its parameters are parted by blanks, not by commas.
fn challenge(problem: &TokenProblem) -> String {
    let (scopes, error, description) = match problem {
        TokenProblem::Missing => return "Bearer".to_owned(),
        TokenProblem::Invalid {
            description,
            scopes,
        } => (scopes, "invalid_token", description.as_str()),
        TokenProblem::InsufficientScope { scopes } => {
            (scopes, "insufficient_scope", INSUFFICIENT_SCOPE)
        }
    };
    let scopes = scopes.join(" ");
    let description = description.replace('"', "'");
    format!(r#"Bearer scope="{scopes}" error="{error}" error_description="{description}""#)
}

/// `$context.authorizer.error`.
pub(crate) fn authorizer_error(problem: &TokenProblem) -> Cow<'static, str> {
    match problem {
        // The wording is that of one observed access log.
        TokenProblem::Missing => "missing: token not provided".into(),
        TokenProblem::Invalid { description, .. } => format!("invalid_token: {description}").into(),
        TokenProblem::InsufficientScope { .. } => {
            format!("insufficient_scope: {INSUFFICIENT_SCOPE}").into()
        }
    }
}

/// A challenge may quote what a client sent: what no header can hold is left out.
fn as_header(text: &str) -> Option<HeaderValue> {
    let printable: String = text
        .chars()
        .filter(|character| character.is_ascii() && !character.is_ascii_control())
        .collect();
    HeaderValue::from_str(&printable).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_response_type_has_its_words() {
        use ResponseType as Type;
        let cases = [
            (Type::AccessDenied, 403, "Forbidden", "ACCESS_DENIED"),
            (
                Type::ApiConfigurationError,
                500,
                "Internal Server Error",
                "INTEGRATION_FAILURE",
            ),
            (
                Type::BadRequestParameters,
                400,
                "Bad Request",
                "BAD_REQUEST_PARAMETERS",
            ),
            (
                Type::Default5xx,
                500,
                "Internal Server Error",
                "INTEGRATION_FAILURE",
            ),
            (Type::ExpiredToken, 403, "Forbidden", "ACCESS_DENIED"),
            (
                Type::IntegrationFailure,
                503,
                "Service Unavailable",
                "INTEGRATION_TIMEOUT",
            ),
            (
                Type::IntegrationTimeout,
                503,
                "Service Unavailable",
                "INTEGRATION_TIMEOUT",
            ),
            (Type::InvalidSignature, 403, "Forbidden", "ACCESS_DENIED"),
            (
                Type::MissingAuthenticationToken,
                403,
                "Forbidden",
                "ACCESS_DENIED",
            ),
            (Type::ResourceNotFound, 404, "Not Found", "NOT_FOUND"),
            (Type::Throttled, 429, "Too Many Requests", "THROTTLED"),
            (Type::Unauthorized, 401, "Unauthorized", "UNAUTHORIZED"),
        ];
        for (response_type, status, message, shown) in cases {
            let found = wording(response_type);
            let found = (found.status.as_u16(), found.message, found.response_type);
            assert_eq!(found, (status, Some(message), shown), "{response_type:?}");
        }
        for response_type in Type::ALL {
            let status = wording(response_type).status;
            assert!(status.is_client_error() || status.is_server_error());
        }
    }

    #[test]
    fn a_challenge_says_what_the_authorizer_says() {
        let scopes = vec!["a".to_owned(), "b".to_owned()];
        let invalid = TokenProblem::Invalid {
            description: "signing method \"x\" is invalid\u{e9}\n".to_owned(),
            scopes: scopes.clone(),
        };
        let cases = [
            (
                TokenProblem::Missing,
                "Bearer",
                "missing: token not provided",
            ),
            (
                invalid,
                r#"Bearer scope="a b" error="invalid_token" error_description="signing method 'x' is invalid""#,
                "invalid_token: signing method \"x\" is invalid\u{e9}\n",
            ),
            (
                TokenProblem::InsufficientScope { scopes },
                r#"Bearer scope="a b" error="insufficient_scope" error_description="the token does not have a required scope""#,
                "insufficient_scope: the token does not have a required scope",
            ),
        ];
        for (problem, expected, logged) in cases {
            assert_eq!(as_header(&challenge(&problem)).unwrap(), expected);
            assert_eq!(authorizer_error(&problem), logged);
        }
    }
}
