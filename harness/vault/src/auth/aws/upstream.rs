//! The calls to STS and IAM.

use std::collections::BTreeMap;

use authlab_kernel::{
    AwsService, Component, Destination, OutboundError, OutboundRequest, OutboundResponse,
};
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use quick_xml::Reader;
use quick_xml::events::Event;

use super::AwsCaller;
use super::arn::Principal;
use super::sign::Credentials;
use super::{Aws, Client, account, sign};
use crate::evidence::Sts;
use crate::request::Call;
use crate::response::Fault;

/// A principal as IAM knows it.
#[derive(Clone, Debug)]
pub(super) struct Found {
    pub(super) unique_id: String,
    pub(super) arn: String,
}

/// A call that is for this service of AWS, whatever its URL, its path and its Host say: all three
/// can be the client's.
fn request(
    (service, purpose): (AwsService, &'static str),
    url: String,
    headers: HeaderMap,
    body: String,
) -> OutboundRequest {
    OutboundRequest {
        destination: Destination::Aws(service),
        method: Method::POST,
        headers,
        body: Bytes::from(body),
        ..OutboundRequest::get(Component::Vault, purpose, url)
    }
}

/// Forwards the signed request to STS. The path is put behind the endpoint and a slash, so that STS
/// sees `//` (recorded); the host is that which was signed.
pub(super) fn get_caller_identity(
    call: &Call<'_>,
    endpoint: &str,
    (method, host, path): (Method, &str, &str),
    headers: &BTreeMap<String, Vec<String>>,
    body: &str,
    attempts: i64,
) -> Result<Result<AwsCaller, String>, Fault> {
    let url = format!("{endpoint}/{path}");
    let mut sent = HeaderMap::new();
    for (name, values) in headers {
        let Ok(name) = HeaderName::from_bytes(name.as_bytes()) else {
            continue;
        };
        for value in values {
            if let Ok(value) = HeaderValue::from_str(value) {
                sent.append(name.clone(), value);
            }
        }
    }
    sent.remove(http::header::CONTENT_LENGTH);
    // The host is that of the URL that was signed; the reference's client never sends one that
    // stands among the headers (Go's `http.Request.Host`).
    sent.remove(http::header::HOST);
    if let (false, Ok(host)) = (host.is_empty(), HeaderValue::from_str(host)) {
        sent.insert(http::header::HOST, host);
    }
    let outbound = request(
        (AwsService::Sts, "sts-get-caller-identity"),
        url.clone(),
        sent,
        body.to_owned(),
    );
    let (verb, word) = if method == Method::GET {
        ("GET", "Get")
    } else {
        ("POST", "Post")
    };
    let outbound = OutboundRequest { method, ..outbound };
    Ok(match call.fetch(outbound)? {
        Ok(response) => read_caller(&response),
        Err(error) => {
            let reason = transport_error(&url, &error);
            Err(format!(
                "error making request: {verb} {url} giving up after {attempts} attempt(s): {word} \
                 \"{url}\": {reason}"
            ))
        }
    })
}

fn transport_error(url: &str, error: &OutboundError) -> String {
    let authority = url
        .split("//")
        .nth(1)
        .and_then(|rest| rest.split('/').next());
    match error {
        OutboundError::Unreachable { .. } => {
            format!(
                "dial tcp {}: connect: connection refused",
                authority.unwrap_or_default()
            )
        }
        OutboundError::Timeout { .. } => "context deadline exceeded".to_owned(),
        other => other.to_string(),
    }
}

fn read_caller(response: &OutboundResponse) -> Result<AwsCaller, String> {
    let body = String::from_utf8_lossy(response.body()).into_owned();
    if response.status() != http::StatusCode::OK {
        return Err(format!(
            "received error code {} from STS: {body}",
            response.status().as_u16()
        ));
    }
    let content_type = response.headers().get(http::header::CONTENT_TYPE);
    if content_type.and_then(|value| value.to_str().ok()) != Some("text/xml") {
        return Err("body of GetCallerIdentity is invalid".to_owned());
    }
    let texts = texts_of(&body, "GetCallerIdentityResult")
        .ok_or_else(|| "error parsing STS response".to_owned())?;
    let text = |name: &str| texts.get(name).cloned().unwrap_or_default();
    Ok(AwsCaller {
        arn: text("Arn"),
        user_id: text("UserId"),
        account: text("Account"),
    })
}

/// What is known of a refusal by STS, out of the text that repeats its answer.
pub(super) fn sts_seen(endpoint: &str, error: &str) -> Sts {
    let body = error.split_once("from STS: ").map(|(_, body)| body);
    let texts = body.and_then(|body| texts_of(body, "Error"));
    let text = |name: &str| texts.as_ref().and_then(|texts| texts.get(name).cloned());
    Sts {
        endpoint: endpoint.to_owned(),
        code: text("Code"),
        message: text("Message").or_else(|| body.is_none().then(|| error.to_owned())),
        ..Sts::default()
    }
}

/// Looks a principal up in IAM.
pub(super) fn get_principal(
    method: &Aws,
    call: &Call<'_>,
    principal: &Principal,
) -> Result<Result<Found, String>, Fault> {
    let default = Client::default();
    let client = method.client.as_ref().unwrap_or(&default);
    let name = &principal.name;
    let (body, element, id) = match principal.kind.as_str() {
        "user" => (
            format!("Action=GetUser&UserName={name}&Version=2010-05-08"),
            "User",
            "UserId",
        ),
        "role" | "assumed-role" => (
            format!("Action=GetRole&RoleName={name}&Version=2010-05-08"),
            "Role",
            "RoleId",
        ),
        other => {
            let other = crate::duration::quoted(other);
            return Ok(Err(format!("unrecognized error type {other}")));
        }
    };
    let credentials = match account::credentials(method, call, &principal.account)? {
        Ok(credentials) => credentials,
        Err(error) => return Ok(Err(error)),
    };
    if let Some(error) = account::foreign(method, call, &principal.account)? {
        return Ok(Err(error));
    }
    let purpose = if element == "User" {
        "iam-get-user"
    } else {
        "iam-get-role"
    };
    let answer = ask_iam(call, client, credentials.as_ref(), purpose, body)?;
    Ok(answer.and_then(|response| read_principal(&response, element, id)))
}

/// A call of Vault's own to IAM, signed if there is anything to sign with. The inner error is what
/// the reference's client says when nobody answers.
pub(super) fn ask_iam(
    call: &Call<'_>,
    client: &Client,
    credentials: Option<&Credentials>,
    purpose: &'static str,
    body: String,
) -> Result<Result<OutboundResponse, String>, Fault> {
    let endpoint = first_given(
        &client.iam_endpoint,
        &client.endpoint,
        "https://iam.amazonaws.com",
    );
    let scope = (AwsService::Iam, "us-east-1");
    ask(call, endpoint, scope, credentials, purpose, body)
}

/// A call of Vault's own to STS.
pub(super) fn ask_sts(
    call: &Call<'_>,
    client: &Client,
    credentials: Option<&Credentials>,
    purpose: &'static str,
    body: String,
) -> Result<Result<OutboundResponse, String>, Fault> {
    let region = first_given(&client.sts_region, "", "us-east-1");
    let of_region = format!("https://sts.{region}.amazonaws.com");
    let global = "https://sts.amazonaws.com";
    let fallback = if client.sts_region.is_empty() {
        global
    } else {
        &of_region
    };
    let endpoint = first_given(&client.sts_endpoint, &client.endpoint, fallback);
    let scope = (AwsService::Sts, region);
    ask(call, endpoint, scope, credentials, purpose, body)
}

fn ask(
    call: &Call<'_>,
    endpoint: &str,
    (service, region): (AwsService, &str),
    credentials: Option<&Credentials>,
    purpose: &'static str,
    body: String,
) -> Result<Result<OutboundResponse, String>, Fault> {
    let url = format!("{}/", endpoint.trim_end_matches('/'));
    let host = url
        .split("//")
        .nth(1)
        .and_then(|rest| rest.split('/').next())
        .unwrap_or_default();
    let path = url.split_once(host).map_or("/", |(_, path)| path);
    let mut headers = HeaderMap::new();
    headers.insert(
        http::header::CONTENT_TYPE,
        HeaderValue::from_static("application/x-www-form-urlencoded; charset=utf-8"),
    );
    if let Some(credentials) = credentials {
        let target = (host, path);
        let scope = (service.as_str(), region);
        sign::sign(&mut headers, credentials, scope, target, &body, call.now);
    }
    let answer = call.fetch(request((service, purpose), url.clone(), headers, body))?;
    Ok(answer.map_err(|error| {
        format!(
            "RequestError: send request failed\ncaused by: Post \"{url}\": {}",
            transport_error(&url, &error)
        )
    }))
}

/// The first of three texts that is not empty.
pub(super) fn first_given<'t>(one: &'t str, other: &'t str, last: &'t str) -> &'t str {
    [one, other]
        .into_iter()
        .find(|text| !text.is_empty())
        .unwrap_or(last)
}

fn read_principal(response: &OutboundResponse, element: &str, id: &str) -> Result<Found, String> {
    let texts = read_element(response, element)?;
    let text = |name: &str| texts.get(name).cloned().unwrap_or_default();
    Ok(Found {
        unique_id: text(id),
        arn: text("Arn"),
    })
}

/// The texts of an element of an answer; the error is that of the service, as its client prints it.
pub(super) fn read_element(
    response: &OutboundResponse,
    element: &str,
) -> Result<BTreeMap<String, String>, String> {
    let body = String::from_utf8_lossy(response.body()).into_owned();
    if response.status() != http::StatusCode::OK {
        let error = texts_of(&body, "Error").unwrap_or_default();
        let text = |name: &str| error.get(name).cloned().unwrap_or_default();
        let request_id = texts_of(&body, "ErrorResponse").unwrap_or_default();
        return Err(format!(
            "{}: {}\n\tstatus code: {}, request id: {}",
            text("Code"),
            text("Message"),
            response.status().as_u16(),
            request_id.get("RequestId").cloned().unwrap_or_default()
        ));
    }
    texts_of(&body, element)
        .ok_or_else(|| "SerializationError: failed decoding Query response".to_owned())
}

/// The texts of the elements directly below the first element of that name, in a document that is
/// well-formed to its end. `None` when it is not, or has no such element.
fn texts_of(xml: &str, name: &str) -> Option<BTreeMap<String, String>> {
    let mut reader = Reader::from_str(xml);
    let mut path: Vec<String> = Vec::new();
    let mut texts: Option<BTreeMap<String, String>> = None;
    let mut inside = false;
    let mut elements = 0usize;
    loop {
        match reader.read_event().ok()? {
            Event::Start(start) => {
                elements += 1;
                let local = start.local_name().as_ref().to_owned();
                if local == name && texts.is_none() {
                    texts = Some(BTreeMap::new());
                    inside = true;
                }
                path.push(local);
            }
            Event::End(_) => inside = path.pop().as_deref() != Some(name) && inside,
            Event::Text(text) => {
                let parent = path.iter().rev().nth(1);
                if let (true, Some(texts), Some(element)) = (inside, texts.as_mut(), path.last())
                    && parent.map(String::as_str) == Some(name)
                {
                    texts
                        .entry(element.clone())
                        .or_default()
                        .push_str(text.trim());
                }
            }
            Event::Eof => break,
            _ => {}
        }
    }
    if !path.is_empty() || elements == 0 {
        return None;
    }
    texts
}
