//! The requests of a row.

use std::net::IpAddr;

use authlab::Credentials;
use authlab_gateway::network::{SOURCE_VPC_ENDPOINT_HEADER, SOURCE_VPC_HEADER};
use authlab_kernel::SignedDuration;
use authlab_wire::sigv4::{self, Options, Signer};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use serde_json::Value as Json;

use super::bench::{Bench, REGION};
use super::case::{Case, Members, Request};
use super::document::with_own_addresses;
use super::given::STAGE;
use super::token;
use crate::wire::{Answer, exchange_from};

/// What can be wrong about a signature.
const WRONG: [&str; 5] = ["accessKey", "ageSeconds", "region", "secret", "service"];

/// Sends a request to an API.
pub(super) async fn send(
    bench: &Bench,
    case: Option<&Case>,
    request: &Request,
    (api, signer): (&str, Option<&Credentials>),
) -> Result<Answer, String> {
    if request.private_dns == Some(false) {
        return Err("nobody knows how a request comes without private DNS".to_owned());
    }
    let own_host = || format!("{api}.execute-api.{REGION}.amazonaws.com");
    let mut outgoing = Outgoing {
        method: request.method.clone(),
        target: target(request),
        headers: vec![(
            "Host".to_owned(),
            request
                .host
                .as_ref()
                .map_or_else(own_host, |host| host.replace("{api}", api)),
        )],
        body: body(request)?,
    };
    let own = headers(request)?.into_iter();
    outgoing
        .headers
        .extend(own.map(|(name, value)| (name, value.replace("{api}", api))));
    for (name, value) in [
        (SOURCE_VPC_ENDPOINT_HEADER, &request.vpce),
        (SOURCE_VPC_HEADER, &request.vpc),
    ] {
        if let Some(value) = value {
            outgoing.headers.push((name.to_owned(), value.clone()));
        }
    }
    if let Some(claims) = &request.token {
        let case = case.ok_or("a request has a token, and no row says of whom")?;
        let token = token::header(bench, case, claims).await?;
        outgoing.headers.push(("Authorization".to_owned(), token));
    }
    if let Some(wrong) = &request.sign {
        let signer = signer.ok_or("a request is signed, and nobody signs it")?;
        outgoing.sign(bench, signer, wrong)?;
    }
    match request.tamper.as_deref() {
        None => {}
        Some("query") => {
            let mark = if outgoing.target.contains('?') {
                '&'
            } else {
                '?'
            };
            outgoing.target.push(mark);
            outgoing.target.push_str("tampered=1");
        }
        Some("body") => outgoing.body.get_or_insert_default().push(b'x'),
        Some("path") => outgoing.target.push('x'),
        Some(other) => return Err(format!("nobody knows how to tamper with `{other}`")),
    }
    let from = request.source_ip.as_deref().map(|address| {
        let own = with_own_addresses(address);
        own.parse::<IpAddr>()
            .map_err(|_| format!("no address: `{address}`"))
    });
    let Outgoing {
        method,
        target,
        headers,
        body,
    } = outgoing;
    let sent = exchange_from(
        from.transpose()?,
        bench.address,
        &method,
        &target,
        &headers,
        body,
    );
    sent.await.map_err(|error| error.to_string())
}

struct Outgoing {
    method: String,
    target: String,
    headers: Vec<(String, String)>,
    body: Option<Vec<u8>>,
}

fn target(request: &Request) -> String {
    if let Some(url) = &request.raw_url {
        return url.clone();
    }
    let stage = request.stage.as_deref().unwrap_or(STAGE);
    let path = request.path.as_deref().unwrap_or_default();
    match &request.query {
        Some(query) => format!("/{stage}{path}?{query}"),
        None => format!("/{stage}{path}"),
    }
}

fn body(request: &Request) -> Result<Option<Vec<u8>>, String> {
    if let Some(text) = &request.body_base64 {
        let bytes = BASE64.decode(text).map_err(|error| error.to_string())?;
        return Ok(Some(bytes));
    }
    if let Some(size) = request.body_size {
        return Ok(Some(vec![b'x'; size]));
    }
    Ok(request.body.as_ref().map(|body| match body {
        Json::String(text) => text.clone().into_bytes(),
        other => other.to_string().into_bytes(),
    }))
}

/// A map, or a list of pairs.
fn headers(request: &Request) -> Result<Vec<(String, String)>, String> {
    let text = |value: &Json| match value {
        Json::String(text) => Ok(text.clone()),
        other => Err(format!("a header is no text: {other}")),
    };
    match &request.headers {
        None => Ok(Vec::new()),
        Some(Json::Object(headers)) => {
            let headers = headers.iter();
            headers
                .map(|(name, value)| Ok((name.clone(), text(value)?)))
                .collect()
        }
        Some(Json::Array(pairs)) => {
            let pairs = pairs
                .iter()
                .map(|pair| match pair.as_array().map(Vec::as_slice) {
                    Some([name, value]) => Ok((text(name)?, text(value)?)),
                    _ => Err(format!("no pair of name and value: {pair}")),
                });
            pairs.collect()
        }
        Some(other) => Err(format!("no headers: {other}")),
    }
}

impl Outgoing {
    /// Signs, wrongly where the row says so.
    fn sign(&mut self, bench: &Bench, signer: &Credentials, wrong: &Members) -> Result<(), String> {
        let text = |name: &str| wrong.get(name).and_then(Json::as_str);
        if let Some(other) = wrong.keys().find(|name| !WRONG.contains(&name.as_str())) {
            return Err(format!(
                "nobody knows what is wrong about a signature by `{other}`"
            ));
        }
        let age = wrong.get("ageSeconds").and_then(Json::as_i64).unwrap_or(0);
        let now = bench.lab.clock().now();
        let now = now.checked_sub(SignedDuration::from_secs(age));
        let unsignable = |error: &dyn std::fmt::Display| format!("cannot be signed: {error}");
        let mut headers = HeaderMap::new();
        for (name, value) in &self.headers {
            let name: HeaderName = name.parse().map_err(|error| unsignable(&error))?;
            let value = HeaderValue::from_str(value).map_err(|error| unsignable(&error))?;
            headers.append(name, value);
        }
        let given: Vec<HeaderName> = headers.keys().cloned().collect();
        let signer = Signer {
            access_key: text("accessKey").unwrap_or(&signer.access_key_id),
            secret: text("secret").unwrap_or_else(|| signer.secret_access_key.expose_secret()),
            session_token: signer.session_token.as_ref().map(|it| it.expose_secret()),
            region: text("region").unwrap_or(REGION),
            service: text("service").unwrap_or("execute-api"),
            now: now.map_err(|error| unsignable(&error))?,
            options: Options::STANDARD,
        };
        let method: Method = self.method.parse().map_err(|error| unsignable(&error))?;
        let (path, query) = self.target.split_once('?').unwrap_or((&self.target, ""));
        let body = self.body.as_deref().unwrap_or_default();
        let signed = sigv4::sign(&signer, &method, path, query, &mut headers, body);
        signed.map_err(|error| unsignable(&error))?;
        for (name, value) in headers.iter().filter(|(name, _)| !given.contains(name)) {
            let value = String::from_utf8_lossy(value.as_bytes()).into_owned();
            self.headers.push((name.as_str().to_owned(), value));
        }
        Ok(())
    }
}
