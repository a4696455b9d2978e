//! Bare servers: hyper, one thing that costs something, and the bytes of the answer.

use std::convert::Infallible;
use std::future::Future;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;
use http::{Request, Response, StatusCode, Uri};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::client::legacy::Client;
use hyper_util::rt::{TokioExecutor, TokioIo};
use ring::signature::{RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents};
use ring::{digest, hmac};
use tokio::net::TcpListener;

/// Serves on a free port of loopback, and tells the address.
async fn serve<F>(answer: impl Fn(Request<Incoming>) -> F + Send + Sync + 'static) -> String
where
    F: Future<Output = Response<Full<Bytes>>> + Send + 'static,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let answer = Arc::new(answer);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let answer = Arc::clone(&answer);
            tokio::spawn(async move {
                stream.set_nodelay(true).unwrap();
                let service = service_fn(move |request| {
                    let answered = answer(request);
                    async move { Ok::<_, Infallible>(answered.await) }
                });
                // A client that went away concerns nobody.
                drop(
                    hyper::server::conn::http1::Builder::new()
                        .serve_connection(TokioIo::new(stream), service)
                        .await,
                );
            });
        }
    });
    address
}

/// Answers the same to everything.
pub async fn fixed(body: Bytes) -> String {
    serve(move |request: Request<Incoming>| {
        let body = body.clone();
        async move {
            // A body is read as every server reads it.
            drop(request.into_body().collect().await);
            Response::new(Full::new(body))
        }
    })
    .await
}

/// Verifies the RS256 signature of the bearer's token.
pub async fn jwt(jwk: &serde_json::Value, body: Bytes) -> String {
    let part = |name: &str| URL_SAFE_NO_PAD.decode(jwk[name].as_str().unwrap()).unwrap();
    let key = Arc::new((part("n"), part("e")));
    serve(move |request: Request<Incoming>| {
        let (key, body) = (Arc::clone(&key), body.clone());
        async move {
            let token = request.headers()["authorization"].to_str().unwrap();
            let token = token.strip_prefix("Bearer ").unwrap();
            let (signed, signature) = token.rsplit_once('.').unwrap();
            let signature = URL_SAFE_NO_PAD.decode(signature).unwrap();
            let key = RsaPublicKeyComponents {
                n: &key.0,
                e: &key.1,
            };
            let verified = key.verify(&RSA_PKCS1_2048_8192_SHA256, signed.as_bytes(), &signature);
            answered(verified.is_ok(), body)
        }
    })
    .await
}

fn answered(is_verified: bool, body: Bytes) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(body));
    if !is_verified {
        *response.status_mut() = StatusCode::FORBIDDEN;
    }
    response
}

/// Verifies the SigV4 signature of a request without query that is signed in its headers.
pub async fn sigv4(secret: String, body: Bytes) -> String {
    let secret = Arc::new(secret);
    serve(move |request: Request<Incoming>| {
        let (secret, body) = (Arc::clone(&secret), body.clone());
        async move {
            let (head, sent) = request.into_parts();
            let sent = sent.collect().await.unwrap().to_bytes();
            answered(is_signed(&head, &sent, &secret), body)
        }
    })
    .await
}

fn is_signed(head: &http::request::Parts, body: &[u8], secret: &str) -> bool {
    let header = |name: &str| head.headers[name].to_str().unwrap();
    let authorization = header("authorization");
    let part = |name: &str| {
        let (_, rest) = authorization.split_once(name).unwrap();
        rest.split(',').next().unwrap()
    };
    let (credential, names) = (part("Credential="), part("SignedHeaders="));
    let (_, scope) = credential.split_once('/').unwrap();
    let lines: String = names
        .split(';')
        .map(|name| format!("{name}:{}\n", header(name)))
        .collect();
    let hash = |bytes: &[u8]| hex::encode(digest::digest(&digest::SHA256, bytes));
    let canonical = format!(
        "{}\n{}\n\n{lines}\n{names}\n{}",
        head.method,
        head.uri.path(),
        hash(body)
    );
    let text = format!(
        "AWS4-HMAC-SHA256\n{}\n{scope}\n{}",
        header("x-amz-date"),
        hash(canonical.as_bytes())
    );
    let sign = |key: &[u8], text: &str| {
        hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), text.as_bytes())
    };
    let mut key = format!("AWS4{secret}").into_bytes();
    for step in scope.split('/') {
        key = sign(&key, step).as_ref().to_vec();
    }
    let key = hmac::Key::new(hmac::HMAC_SHA256, &key);
    let given = hex::decode(part("Signature=")).unwrap();
    hmac::verify(&key, text.as_bytes(), &given).is_ok()
}

/// Hands every request on to `upstream`.
pub async fn proxy(upstream: String) -> String {
    let client: Client<_, Incoming> = Client::builder(TokioExecutor::new()).build_http();
    serve(move |request: Request<Incoming>| {
        let (client, upstream) = (client.clone(), upstream.clone());
        async move {
            let (mut head, body) = request.into_parts();
            let path = head.uri.path_and_query().map_or("/", |path| path.as_str());
            head.uri = format!("http://{upstream}{path}").parse::<Uri>().unwrap();
            let answer = client
                .request(Request::from_parts(head, body))
                .await
                .unwrap();
            let (head, body) = answer.into_parts();
            let body = body.collect().await.unwrap().to_bytes();
            Response::from_parts(head, Full::new(body))
        }
    })
    .await
}
