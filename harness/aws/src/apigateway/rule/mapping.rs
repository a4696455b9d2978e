//! Mapping expressions: where a parameter of a request or a header of an answer goes to, and what it
//! comes from.
//!
//! Source: API Gateway developer guide, `request-response-data-mappings.html`; of gateway responses,
//! `api-gateway-gatewayResponse-definition.html`. Texts are unverified.

use crate::apigateway::error::Error;
use crate::apigateway::resource::Texts;

/// Whose parameters are mapped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mapped {
    /// Those of the request to the backend.
    IntegrationRequest,
    /// The headers of the answer to the caller.
    MethodResponse,
    /// The headers of what the gateway answers by itself.
    GatewayResponse,
}

/// Parameters of the caller's request, of which a source names one.
const REQUEST_PARAMETERS: &[&str] = &[
    "method.request.path.",
    "method.request.querystring.",
    "method.request.multivaluequerystring.",
    "method.request.header.",
    "method.request.multivalueheader.",
];

impl Mapped {
    /// What a target begins with.
    const fn targets(self) -> &'static [&'static str] {
        match self {
            Self::IntegrationRequest => &[
                "integration.request.path.",
                "integration.request.querystring.",
                "integration.request.header.",
            ],
            Self::MethodResponse => &["method.response.header."],
            Self::GatewayResponse => &["gatewayresponse.header."],
        }
    }

    /// What a source that names something begins with, beside `stageVariables.` and `context.`.
    const fn sources(self) -> &'static [&'static str] {
        match self {
            Self::IntegrationRequest | Self::GatewayResponse => REQUEST_PARAMETERS,
            Self::MethodResponse => &[
                "integration.response.header.",
                "integration.response.multivalueheader.",
            ],
        }
    }

    /// The body, whole or by a path of JSON.
    const fn body(self) -> &'static str {
        match self {
            Self::IntegrationRequest | Self::GatewayResponse => "method.request.body",
            Self::MethodResponse => "integration.response.body",
        }
    }

    fn is_target(self, target: &str) -> bool {
        names_one(target, self.targets())
    }

    fn is_source(self, source: &str) -> bool {
        let quoted = source.strip_prefix('\'').map(|it| it.strip_suffix('\''));
        if let Some(inner) = quoted {
            return inner.is_some();
        }
        let of_body = source.strip_prefix(self.body());
        of_body.is_some_and(|path| path.is_empty() || (path.starts_with(['.', '[']) && path != "."))
            || names_one(source, self.sources())
            || names_one(source, &["stageVariables.", "context."])
    }
}

/// Whether something is named behind one of these starts.
fn names_one(expression: &str, starts: &[&str]) -> bool {
    let mut named = starts
        .iter()
        .filter_map(|start| expression.strip_prefix(start));
    named.any(|name| !name.is_empty() && !name.contains(char::is_whitespace))
}

/// Whether every target and every source is one.
///
/// # Errors
/// One is none.
pub fn check(mapped: Mapped, parameters: &Texts) -> Result<(), Error> {
    for (target, source) in parameters {
        if !mapped.is_target(target) {
            return Err(no_expression(target));
        }
        if !mapped.is_source(source) {
            return Err(no_expression(source));
        }
    }
    Ok(())
}

fn no_expression(expression: &str) -> Error {
    Error::stated(format!(
        "Invalid mapping expression specified: Validation Result: warnings : [], errors : [Invalid \
         mapping expression specified: {expression}]"
    ))
}

/// What is said of an expression that names no parameter of the method.
pub fn no_parameter(expression: &str) -> Error {
    Error::stated(format!(
        "Invalid mapping expression specified: Validation Result: warnings : [], errors : \
         [Invalid mapping expression parameter specified: {expression}]"
    ))
}

/// Whether a source is a parameter of the caller's request, which the method has to declare.
pub fn is_request_parameter(source: &str) -> bool {
    names_one(source, REQUEST_PARAMETERS)
}

#[cfg(test)]
mod tests {
    use super::Mapped::{GatewayResponse, IntegrationRequest, MethodResponse};
    use super::*;

    #[test]
    fn an_expression_names_a_place_that_there_is() {
        for (mapped, target, source, refused) in [
            (
                IntegrationRequest,
                "integration.request.header.x",
                "'a b'",
                None,
            ),
            (IntegrationRequest, "integration.request.path.x", "''", None),
            (
                IntegrationRequest,
                "integration.request.querystring.x",
                "context.identity.sourceIp",
                None,
            ),
            (
                IntegrationRequest,
                "integration.request.header.x",
                "stageVariables.a",
                None,
            ),
            (
                IntegrationRequest,
                "integration.request.header.x",
                "method.request.body",
                None,
            ),
            (
                IntegrationRequest,
                "integration.request.header.x",
                "method.request.body.a[0].b",
                None,
            ),
            (
                IntegrationRequest,
                "integration.request.header.x",
                "method.request.body[0]",
                None,
            ),
            (
                IntegrationRequest,
                "integration.request.header.x",
                "method.request.multivalueheader.m",
                None,
            ),
            (
                IntegrationRequest,
                "integration.request.foo.x",
                "'a'",
                Some("integration.request.foo.x"),
            ),
            (
                IntegrationRequest,
                "integration.request.body",
                "'a'",
                Some("integration.request.body"),
            ),
            (
                IntegrationRequest,
                "integration.request.header.",
                "'a'",
                Some("integration.request.header."),
            ),
            (
                IntegrationRequest,
                "method.response.header.x",
                "'a'",
                Some("method.response.header.x"),
            ),
            (
                IntegrationRequest,
                "integration.request.header.x",
                "a",
                Some("a"),
            ),
            (
                IntegrationRequest,
                "integration.request.header.x",
                "'a",
                Some("'a"),
            ),
            (
                IntegrationRequest,
                "integration.request.header.x",
                "",
                Some(""),
            ),
            (
                IntegrationRequest,
                "integration.request.header.x",
                "method.request.foo.x",
                Some("method.request.foo.x"),
            ),
            (
                IntegrationRequest,
                "integration.request.header.x",
                "method.request.bodyx",
                Some("method.request.bodyx"),
            ),
            (
                IntegrationRequest,
                "integration.request.header.x",
                "method.request.header.",
                Some("method.request.header."),
            ),
            (
                IntegrationRequest,
                "integration.request.header.x",
                "integration.response.header.a",
                Some("integration.response.header.a"),
            ),
            (
                MethodResponse,
                "method.response.header.x",
                "integration.response.header.a",
                None,
            ),
            (
                MethodResponse,
                "method.response.header.x",
                "integration.response.body.a",
                None,
            ),
            (
                MethodResponse,
                "method.response.header.x",
                "method.request.header.a",
                Some("method.request.header.a"),
            ),
            (
                MethodResponse,
                "method.response.body",
                "'a'",
                Some("method.response.body"),
            ),
            (
                GatewayResponse,
                "gatewayresponse.header.x",
                "method.request.querystring.q",
                None,
            ),
            (GatewayResponse, "gatewayresponse.header.x", "'*'", None),
            (
                GatewayResponse,
                "gatewayresponse.foo.x",
                "'*'",
                Some("gatewayresponse.foo.x"),
            ),
        ] {
            let parameters = Texts::from([(target.to_owned(), source.to_owned())]);
            let expected = refused.map_or(Ok(()), |wrong| Err(no_expression(wrong)));
            assert_eq!(check(mapped, &parameters), expected, "{target} {source}");
        }
    }
}
