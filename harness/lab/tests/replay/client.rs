//! A client of AWS that is driven by the service models, as botocore is.

use authlab::Lab;
use authlab_kernel::Clock;
use authlab_wire::{Model, Models, Operation, Protocol, sigv4};
use bytes::Bytes;
use http::{HeaderValue, Request as HttpRequest};
use http_body_util::{BodyExt as _, Full};
use hyper_util::client::legacy::{Client as Connections, connect::HttpConnector};
use hyper_util::rt::TokioExecutor;
use serde_json::Value;

use crate::decode::{self, Answer};
use crate::encode::{self, Request};

/// Who calls.
#[derive(Clone, Debug)]
pub struct Key {
    /// The access key id.
    pub id: String,
    /// The secret.
    pub secret: String,
    /// The session's token.
    pub token: Option<String>,
}

/// Calls one lab.
pub struct Client {
    connections: Connections<HttpConnector, Full<Bytes>>,
    endpoint: String,
    clock: Clock,
}

/// Services with one endpoint for all Regions: clients sign for its Region.
const GLOBAL: [&str; 2] = ["iam", "organizations"];

impl Client {
    /// A client of this lab.
    pub fn new(lab: &Lab) -> Self {
        Self {
            connections: Connections::builder(TokioExecutor::new()).build(HttpConnector::new()),
            endpoint: lab.endpoints().aws.clone(),
            clock: lab.clock().clone(),
        }
    }

    /// The lab's time.
    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// The operation that botocore calls `name`, as in `create_role`; `None` when the model is not in
    /// the tree.
    pub fn operation(service: &str, name: &str) -> Option<&'static Operation> {
        let service: &'static Model = Models::service(service)?;
        let wanted = name.replace('_', "");
        let found = service
            .operation_names()
            .find(|name| name.to_lowercase() == wanted);
        let found = found.unwrap_or_else(|| panic!("{} has no operation {name}", service.name));
        service.operation(found)
    }

    /// Calls an operation.
    pub async fn call(
        &self,
        operation: &'static Operation,
        params: &Value,
        key: &Key,
        region: &str,
        sequence: &str,
    ) -> Answer {
        let service = operation.service;
        let protocol = service.protocol();
        // botocore prefers CBOR where a service speaks it; JSON says the same.
        let protocol = match protocol {
            Protocol::RpcV2Cbor if service.protocols.contains(&Protocol::Json10) => {
                Protocol::Json10
            }
            other => other,
        };
        let mut params = params.clone();
        if let (Some(input), Value::Object(given)) = (operation.input_shape(), &mut params) {
            for member in input.members().iter().filter(|it| it.is_idempotency_token) {
                let token = || Value::from(format!("00000000-0000-4000-8000-{sequence:0>12}"));
                given.entry(member.name).or_insert_with(token);
            }
        }
        let request = encode::request(operation, protocol, &params);
        let is_plain = matches!(service.name, "iam" | "organizations")
            && !region.contains("-gov-")
            && !region.starts_with("cn-");
        let region = if GLOBAL.contains(&service.name) && is_plain {
            "us-east-1"
        } else {
            region
        };
        let key = (!operation.is_unsigned).then_some(key);
        let (status, headers, body) = self.send(request, service.signing_name, key, region).await;
        decode::answer(operation, protocol, status, &headers, &body)
    }

    /// Sends a request, signed unless there is no key.
    pub async fn send(
        &self,
        mut request: Request,
        signing_name: &str,
        key: Option<&Key>,
        region: &str,
    ) -> (u16, http::HeaderMap, Bytes) {
        let host = self.endpoint.trim_start_matches("http://");
        request
            .headers
            .insert("host", HeaderValue::from_str(host).unwrap());
        if let Some(key) = key {
            let options = match signing_name {
                "s3" => sigv4::Options::S3,
                _ => sigv4::Options::STANDARD,
            };
            let signer = sigv4::Signer {
                access_key: &key.id,
                secret: &key.secret,
                session_token: key.token.as_deref(),
                region,
                service: signing_name,
                now: self.clock.now(),
                options,
            };
            sigv4::sign(
                &signer,
                &request.method,
                &request.path,
                &request.query,
                &mut request.headers,
                &request.body,
            )
            .unwrap();
        }
        let question = if request.query.is_empty() { "" } else { "?" };
        let uri = format!(
            "{}{}{question}{}",
            self.endpoint, request.path, request.query
        );
        let mut wire = HttpRequest::new(Full::new(Bytes::from(request.body)));
        *wire.method_mut() = request.method;
        *wire.uri_mut() = uri.parse().unwrap();
        *wire.headers_mut() = request.headers;
        let (head, body) = self.connections.request(wire).await.unwrap().into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        (head.status.as_u16(), head.headers, body)
    }
}
