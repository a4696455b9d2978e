//! A whole lab over its ports: who may talk to them, and where a component's call goes.

mod login;
mod stranger;

use authlab_wire::sigv4::{self, Options, Signer};
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, StatusCode};
use serde_json::Value;

use crate::Lab;

/// What a port answered.
#[derive(Debug)]
struct Asked {
    status: StatusCode,
    headers: HeaderMap,
    body: String,
}

impl Asked {
    fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_default()
    }
}

/// A signature for one service in one Region.
struct Signing<'a> {
    access_key: &'a str,
    service: &'a str,
    region: &'a str,
    host: &'a str,
}

/// The headers of a signed request, `Host` among them.
fn signed(
    lab: &Lab,
    signing: &Signing<'_>,
    (method, path): (&Method, &str),
    body: &str,
) -> HeaderMap {
    let mut headers = HeaderMap::new();
    headers.insert("host", signing.host.parse().unwrap());
    let signer = Signer {
        access_key: signing.access_key,
        secret: "test",
        session_token: None,
        region: signing.region,
        service: signing.service,
        now: lab.clock().now(),
        options: Options::STANDARD,
    };
    let bytes = Bytes::from(body.to_owned());
    sigv4::sign(&signer, method, path, "", &mut headers, &bytes).unwrap();
    headers
}

/// Sends a request; a `host` among the headers is sent as it stands there.
async fn ask(method: &Method, url: &str, headers: HeaderMap, body: &str) -> Asked {
    let _installed = rustls::crypto::ring::default_provider().install_default();
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let request = client.request(method.clone(), url).headers(headers);
    let answer = request.body(body.to_owned()).send().await.unwrap();
    Asked {
        status: answer.status(),
        headers: answer.headers().clone(),
        body: answer.text().await.unwrap(),
    }
}

/// A request to Vault with its root token.
async fn vault(lab: &Lab, method: &Method, path: &str, body: &Value) -> Asked {
    let mut headers = HeaderMap::new();
    let token = HeaderValue::from_str(&lab.vault_root_token()).unwrap();
    headers.insert("x-vault-token", token);
    let url = format!("{}/v1/{path}", lab.endpoints().vault);
    ask(method, &url, headers, &body.to_string()).await
}

/// Makes an HTTP API in an account outside the organization whose every path leads to `target`, and
/// gives its id.
async fn api_to(lab: &Lab, target: &str) -> String {
    let aws = &lab.endpoints().aws;
    let signing = Signing {
        access_key: "999999999999",
        service: "apigateway",
        region: "us-east-1",
        host: aws.strip_prefix("http://").unwrap(),
    };
    let body = format!(r#"{{"name":"anybody","protocolType":"HTTP","target":"{target}"}}"#);
    let mut headers = signed(lab, &signing, (&Method::POST, "/v2/apis"), &body);
    headers.insert("content-type", HeaderValue::from_static("application/json"));
    let made = ask(&Method::POST, &format!("{aws}/v2/apis"), headers, &body).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.body);
    made.json()["apiId"].as_str().unwrap().to_owned()
}
