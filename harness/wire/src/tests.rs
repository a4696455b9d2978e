//! Tests of the whole crate through its public functions.

mod answer;
mod client;
mod fuzz;
mod hostile;
mod models;
mod one_input;
mod one_reading;
mod request;
mod round_trip;
mod signature;
mod validation;
mod values;

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method};

use crate::{Incoming, Model, Models, Routed, Value, decode, route};

/// A request that owns its parts.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) query: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Request {
    pub(crate) fn new(method: &str, uri: &str) -> Self {
        let (path, query) = uri.split_once('?').unwrap_or((uri, ""));
        Self {
            method: method.parse().unwrap(),
            path: path.to_owned(),
            query: query.to_owned(),
            headers: HeaderMap::new(),
            body: Bytes::new(),
        }
    }

    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        let name: HeaderName = name.parse().unwrap();
        self.headers
            .append(name, HeaderValue::from_str(value).unwrap());
        self
    }

    pub(crate) fn body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into().into();
        self
    }

    pub(crate) fn incoming(&self) -> Incoming<'_> {
        Incoming {
            method: &self.method,
            path: &self.path,
            query: &self.query,
            headers: &self.headers,
            body: &self.body,
        }
    }
}

/// A form as awsQuery's clients send it.
pub(crate) fn form(body: &str) -> Request {
    Request::new("POST", "/")
        .header("content-type", "application/x-www-form-urlencoded")
        .body(body)
}

/// An awsJson1.1 request.
pub(crate) fn target(target: &str, body: &str) -> Request {
    Request::new("POST", "/")
        .header("content-type", "application/x-amz-json-1.1")
        .header("x-amz-target", target)
        .body(body)
}

pub(crate) fn service(name: &str) -> &'static Model {
    Models::service(name).unwrap()
}

pub(crate) fn call(service_name: &str, request: &Request) -> Routed {
    route(service(service_name), &request.incoming()).unwrap()
}

pub(crate) fn decoded(service_name: &str, request: &Request) -> (Routed, Value) {
    let call = call(service_name, request);
    let input = decode(&call, &request.incoming()).unwrap();
    (call, input)
}

/// A value from JSON, for expectations: numbers and text only.
pub(crate) fn value(json: serde_json::Value) -> Value {
    serde_json::from_value(json).unwrap()
}
