//! Lambda authorizers.

use authlab_vtl::pattern::Pattern;

use super::IdentitySource;
use crate::uri_template::UriTemplate;

/// A Lambda authorizer: a function that says who calls and what they may.
#[derive(Debug)]
pub struct FunctionAuthorizer {
    /// Its id, unique in the API.
    pub id: String,
    /// Its name.
    pub name: String,
    /// The function's ARN, with `${stageVariables.x}`.
    pub function: UriTemplate,
    /// What the function is sent and answers.
    pub format: AuthorizerFormat,
    /// What a request has to show before the function is asked; what it answered is kept by their values.
    pub identity_sources: Vec<RequestSource>,
    /// How long an answer is kept, in seconds of the gateway's time; 0 keeps none.
    pub ttl_seconds: u32,
}

/// What the function of an authorizer is sent and answers.
#[derive(Debug)]
pub enum AuthorizerFormat {
    /// `TOKEN` of a REST API: one token.
    Token {
        /// What the whole token has to match.
        expression: Option<Pattern>,
    },
    /// `REQUEST` of a REST API: the request without its body.
    Request,
    /// `REQUEST` of an HTTP API, payload format 1.0.
    V1,
    /// `REQUEST` of an HTTP API, payload format 2.0.
    V2 {
        /// Whether it answers `isAuthorized` in place of a policy (`EnableSimpleResponses`).
        is_simple: bool,
    },
}

/// A place in a request, or beside it, where an identity stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestSource {
    /// As the control plane has it.
    pub expression: String,
    /// Where it is.
    pub place: SourcePlace,
}

/// Where an identity stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SourcePlace {
    /// In the request.
    Request(IdentitySource),
    /// In a variable of the stage.
    StageVariable(String),
    /// In a variable of `$context`.
    Context(String),
}

impl RequestSource {
    /// Reads one of a REST API's: `method.request.header.NAME`, `method.request.querystring.NAME`, both also
    /// for several values, `stageVariables.NAME`, `context.NAME`.
    ///
    /// `None` for what is none of them.
    pub fn of_method(expression: &str) -> Option<Self> {
        let header = ["method.request.header.", "method.request.multivalueheader."];
        let query = [
            "method.request.querystring.",
            "method.request.multivaluequerystring.",
        ];
        Self::read(expression, &header, &query, "")
    }

    /// Reads one of an HTTP API's: `$request.header.NAME`, `$request.querystring.NAME`,
    /// `$stageVariables.NAME`, `$context.NAME`.
    ///
    /// `None` for what is none of them.
    pub fn of_request(expression: &str) -> Option<Self> {
        let (header, query) = (["$request.header."], ["$request.querystring."]);
        Self::read(expression, &header, &query, "$")
    }

    fn read(expression: &str, header: &[&str], query: &[&str], sign: &str) -> Option<Self> {
        let behind = |start: &str| {
            let name = expression.strip_prefix(start)?;
            (!name.is_empty()).then(|| name.to_owned())
        };
        let one_of = |starts: &[&str]| starts.iter().find_map(|start| behind(start));
        let beside = |start: &str| behind(&format!("{sign}{start}"));
        let place = one_of(header)
            .map(|name| SourcePlace::Request(IdentitySource::Header(name)))
            .or_else(|| {
                one_of(query).map(|name| SourcePlace::Request(IdentitySource::QueryString(name)))
            })
            .or_else(|| beside("stageVariables.").map(SourcePlace::StageVariable))
            .or_else(|| beside("context.").map(SourcePlace::Context))?;
        Some(Self {
            expression: expression.to_owned(),
            place,
        })
    }

    /// Where it stands in the request, if it does.
    pub fn in_request(&self) -> Option<&IdentitySource> {
        match &self.place {
            SourcePlace::Request(source) => Some(source),
            SourcePlace::StageVariable(_) | SourcePlace::Context(_) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_of_api_spells_sources_in_its_own_way() {
        let header = |name: &str| SourcePlace::Request(IdentitySource::Header(name.to_owned()));
        let query = |name: &str| SourcePlace::Request(IdentitySource::QueryString(name.to_owned()));
        let variable = |name: &str| SourcePlace::StageVariable(name.to_owned());
        let context = |name: &str| SourcePlace::Context(name.to_owned());
        let cases = [
            ("method.request.header.Auth", Some(header("Auth")), None),
            ("method.request.multivalueheader.A", Some(header("A")), None),
            ("method.request.querystring.q", Some(query("q")), None),
            (
                "method.request.multivaluequerystring.q",
                Some(query("q")),
                None,
            ),
            ("stageVariables.env", Some(variable("env")), None),
            ("context.httpMethod", Some(context("httpMethod")), None),
            ("$request.header.Auth", None, Some(header("Auth"))),
            ("$request.querystring.q", None, Some(query("q"))),
            ("$stageVariables.env", None, Some(variable("env"))),
            ("$context.routeKey", None, Some(context("routeKey"))),
            ("method.request.header.", None, None),
            ("$request.body.x", None, None),
            ("", None, None),
        ];
        let place = |source: Option<RequestSource>| source.map(|source| source.place);
        for (expression, of_method, of_request) in cases {
            let found = place(RequestSource::of_method(expression));
            assert_eq!(found, of_method, "{expression}");
            let found = place(RequestSource::of_request(expression));
            assert_eq!(found, of_request, "{expression}");
        }
    }
}
