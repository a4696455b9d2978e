//! Which API a request is addressed to.
//!
//! By host, `{api}.execute-api.{region}.localhost:{port}` or `….amazonaws.com`; or by path,
//! `/_aws/execute-api/{api}/{stage}/…`, for clients that cannot choose a host.

use authlab_http::{Field, Incoming};
use percent_encoding::percent_decode_str;

use crate::deployment::DEFAULT_STAGE;
use crate::reached::Reached;

/// The first segments of the path form.
const PATH_FORM: &str = "/_aws/execute-api/";

/// The end of the host of a VPC endpoint, which is that of several APIs: [`API_ID_HEADER`] names one (API
/// Gateway developer guide, `apigateway-private-api-test-invoke-url.html`).
const ENDPOINT_HOST_END: &str = ".vpce.amazonaws.com";
/// The header that names the API behind a VPC endpoint.
const API_ID_HEADER: &str = "x-apigw-api-id";

/// The ends of a host, after the Region.
const HOST_ENDS: [&str; 3] = [".localhost", ".amazonaws.com", ".amazonaws.com.cn"];

/// What a request is addressed to, before the stage is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Address {
    /// The API's id.
    pub api_id: String,
    /// The Region of the host; the path form has none.
    pub region: Option<String>,
    /// The stage that the path form names.
    pub stage: Option<String>,
    /// The path: behind the host, or what follows the stage in the path form.
    pub path: String,
    /// The custom domain name, where one is called.
    pub reached: Option<Reached>,
}

impl Address {
    /// `None` for requests that are not for the gateway.
    pub(crate) fn of(incoming: &Incoming) -> Option<Self> {
        Self::of_path(incoming.uri.path()).or_else(|| Self::of_host(incoming))
    }

    fn of_path(path: &str) -> Option<Self> {
        let rest = path.strip_prefix(PATH_FORM)?;
        let (api_id, rest) = rest.split_once('/').unwrap_or((rest, ""));
        let (stage, path) = match rest.split_once('/') {
            Some((stage, path)) => (stage, format!("/{path}")),
            None if rest.is_empty() => (DEFAULT_STAGE, "/".to_owned()),
            None => (rest, "/".to_owned()),
        };
        // `$` is often percent-encoded. What is no text names no stage.
        let stage = percent_decode_str(stage)
            .decode_utf8()
            .map_or_else(|_| stage.to_owned(), std::borrow::Cow::into_owned);
        Some(Self {
            api_id: api_id.to_owned(),
            region: None,
            stage: Some(stage),
            path,
            reached: None,
        })
    }

    fn of_host(incoming: &Incoming) -> Option<Self> {
        let name = incoming.host_name()?;
        let (api_id, rest) = name.split_once(".execute-api.")?;
        let (api_id, rest) = match rest.strip_suffix(ENDPOINT_HOST_END) {
            Some(region) => (
                Field::of(&incoming.headers, API_ID_HEADER).text().ok()??,
                format!("{region}.amazonaws.com"),
            ),
            None => (api_id, rest.to_owned()),
        };
        let region = HOST_ENDS.iter().find_map(|end| rest.strip_suffix(end))?;
        if api_id.is_empty() || region.is_empty() {
            return None;
        }
        let path = match incoming.uri.path() {
            "" => "/",
            path => path,
        };
        Some(Self {
            api_id: api_id.to_owned(),
            region: Some(region.to_owned()),
            stage: None,
            path: path.to_owned(),
            reached: None,
        })
    }
}

/// Why it is not clear which host or which API a request names: two headers, a header that is no text,
/// a request target with another authority than the header (what is signed would not be what is
/// routed), user information, or a path of another API than the host's. `None` when it is clear.
pub(crate) fn host_problem(incoming: &Incoming) -> Option<String> {
    let of_path = Address::of_path(incoming.uri.path());
    if let (Some(path), Some(host)) = (of_path, Address::of_host(incoming))
        && path.api_id != host.api_id
    {
        let (path, host) = (path.api_id, host.api_id);
        return Some(format!(
            "the path names the API `{path}`, the host `{host}`"
        ));
    }
    let mut values = incoming.headers.get_all(http::header::HOST).iter();
    let header = values.next().map(http::HeaderValue::to_str);
    if values.next().is_some() {
        return Some("the Host header is given more than once".to_owned());
    }
    let header = match header {
        Some(Err(_)) => return Some("the Host header is no text".to_owned()),
        Some(Ok(text)) => Some(text),
        None => None,
    };
    let authority = incoming.uri.authority().map(http::uri::Authority::as_str);
    let (authority, header) = match (authority, header) {
        (Some(authority), Some(header)) => (authority, header),
        (Some(one), None) | (None, Some(one)) => (one, one),
        (None, None) => return None,
    };
    if authority.contains('@') || header.contains('@') {
        return Some("the host holds user information".to_owned());
    }
    let differ = !authority.eq_ignore_ascii_case(header);
    differ.then(|| format!("the request target names `{authority}`, the Host header `{header}`"))
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use http::{HeaderMap, HeaderValue, Method, Uri};

    use super::*;

    fn incoming(host: &str, target: &str) -> Incoming {
        let mut headers = HeaderMap::new();
        headers.insert("host", HeaderValue::from_str(host).expect("a host"));
        Incoming {
            method: Method::GET,
            uri: target.parse::<Uri>().expect("a target"),
            headers,
            spelling: None,
            body: Bytes::new(),
            peer: ([127, 0, 0, 1], 1).into(),
            cause: None,
            hop: None,
        }
    }

    #[test]
    fn hosts_and_paths_name_an_api() {
        let cases = [
            (
                "abc.execute-api.eu-west-1.localhost:4566",
                "/x",
                Some("abc eu-west-1 - /x"),
            ),
            (
                "abc.execute-api.eu-west-1.amazonaws.com",
                "/x/y?z",
                Some("abc eu-west-1 - /x/y"),
            ),
            (
                "ABC.execute-api.us-east-1.localhost",
                "/",
                Some("abc us-east-1 - /"),
            ),
            (
                "127.0.0.1:4566",
                "/_aws/execute-api/abc/prod/x",
                Some("abc - prod /x"),
            ),
            (
                "127.0.0.1:4566",
                "/_aws/execute-api/abc/%24default/x/",
                Some("abc - $default /x/"),
            ),
            (
                "127.0.0.1:4566",
                "/_aws/execute-api/abc",
                Some("abc - $default /"),
            ),
            ("127.0.0.1:4566", "/v2/apis", None),
            ("sts.amazonaws.com", "/", None),
            ("abc.execute-api.evil.example", "/", None),
            (".execute-api.us-east-1.localhost", "/", None),
            (
                "abc.execute-api.us-east-1.amazonaws.com.",
                "/",
                Some("abc us-east-1 - /"),
            ),
            (
                "abc.execute-api.us-east-1.localhost.:4566",
                "/",
                Some("abc us-east-1 - /"),
            ),
            ("abc.execute-api.us-east-1.localhost..", "/", None),
        ];
        for (host, target, expected) in cases {
            let found = Address::of(&incoming(host, target)).map(|address| {
                let dash = || "-".to_owned();
                let (region, stage) = (
                    address.region.unwrap_or_else(dash),
                    address.stage.unwrap_or_else(dash),
                );
                format!("{} {region} {stage} {}", address.api_id, address.path)
            });
            assert_eq!(found.as_deref(), expected, "{host} {target}");
        }
    }

    #[test]
    fn a_path_and_a_host_name_one_api() {
        let path = "/_aws/execute-api/abc/prod/x";
        for (host, target, is_clear) in [
            ("127.0.0.1:4566", path, true),
            ("sts.amazonaws.com", path, true),
            ("abc.execute-api.us-east-1.localhost:4566", path, true),
            ("ABC.execute-api.us-east-1.amazonaws.com.", path, true),
            ("xyz.execute-api.us-east-1.localhost:4566", path, false),
            ("xyz.execute-api.us-east-1.amazonaws.com", path, false),
            ("XYZ.execute-api.us-east-1.localhost.", path, false),
            ("xyz.execute-api.us-east-1.localhost", "/x", true),
        ] {
            let problem = host_problem(&incoming(host, target));
            assert_eq!(problem.is_none(), is_clear, "{host} {target}: {problem:?}");
        }
    }
}
