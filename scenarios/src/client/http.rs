//! Plain HTTP from a scenario to the lab, without TLS.

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, Request, Response, Uri, header};
use http_body_util::{BodyExt as _, Full};
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::TokioExecutor,
};
use serde_json::Value;

use crate::error::{StepError, StepResult};

/// A client for loopback addresses. It sends a path as it is given, which a signature needs.
#[derive(Clone, Debug)]
pub struct HttpClient(Client<HttpConnector, Full<Bytes>>);

/// One request.
#[derive(Clone, Debug)]
pub struct HttpRequest {
    /// The method.
    pub method: Method,
    /// Where the connection goes: `http://127.0.0.1:4566`.
    pub endpoint: String,
    /// Path and query, as they are sent.
    pub target: String,
    /// The headers; `host` is that of the endpoint when absent.
    pub headers: HeaderMap,
    /// The body.
    pub body: Bytes,
}

impl HttpRequest {
    /// A request without headers and body.
    pub fn new(method: Method, endpoint: impl Into<String>, target: impl Into<String>) -> Self {
        Self {
            method,
            endpoint: endpoint.into(),
            target: target.into(),
            headers: HeaderMap::new(),
            body: Bytes::new(),
        }
    }

    /// With this header.
    ///
    /// # Errors
    /// When no header can hold `value`.
    pub fn header(mut self, name: &'static str, value: &str) -> StepResult<Self> {
        self.headers.insert(name, HeaderValue::from_str(value)?);
        Ok(self)
    }

    /// With a body of JSON.
    #[must_use]
    pub fn json(mut self, body: &Value) -> Self {
        let kind = HeaderValue::from_static("application/json");
        self.headers.insert(header::CONTENT_TYPE, kind);
        self.body = Bytes::from(body.to_string());
        self
    }

    /// With the fields of a form.
    #[must_use]
    pub fn form(mut self, fields: &[(&str, &str)]) -> Self {
        let kind = HeaderValue::from_static("application/x-www-form-urlencoded");
        self.headers.insert(header::CONTENT_TYPE, kind);
        let form = form_urlencoded::Serializer::new(String::new())
            .extend_pairs(fields)
            .finish();
        self.body = Bytes::from(form);
        self
    }
}

impl HttpClient {
    pub(crate) fn new() -> Self {
        let mut connector = HttpConnector::new();
        connector.set_nodelay(true);
        Self(Client::builder(TokioExecutor::new()).build(connector))
    }

    /// Sends a request and reads the whole answer.
    ///
    /// # Errors
    /// When the address is none, or nothing answers there. A status is no error.
    pub async fn send(&self, request: HttpRequest) -> StepResult<Response<Bytes>> {
        let uri: Uri = format!("{}{}", request.endpoint, request.target).parse()?;
        let mut wire = Request::new(Full::new(request.body));
        *wire.method_mut() = request.method;
        *wire.uri_mut() = uri;
        *wire.headers_mut() = request.headers;
        let (head, body) = self.0.request(wire).await?.into_parts();
        Ok(Response::from_parts(head, body.collect().await?.to_bytes()))
    }

    /// Sends a request that must succeed with a JSON body.
    ///
    /// # Errors
    /// As [`HttpClient::send`]; and when the status is no success or the body is not JSON.
    pub async fn send_for_json(&self, request: HttpRequest) -> StepResult<Value> {
        let what = format!("{} {}", request.method, request.target);
        let response = self.send(request).await?;
        let (status, body) = (response.status(), text(response.body()));
        if !status.is_success() {
            return Err(StepError::new(format!(
                "{what} was answered {status}: {body}"
            )));
        }
        serde_json::from_str(&body).map_err(|error| {
            StepError::new(format!("{what}: the answer is no JSON: {error}: {body}"))
        })
    }
}

/// A body as text.
pub(crate) fn text(body: &[u8]) -> String {
    String::from_utf8_lossy(body).into_owned()
}
