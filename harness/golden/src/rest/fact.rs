//! Rows that are facts about a setting: each becomes an API and requests to it, and is compared with what
//! comes of them.

use authlab_gateway::access_log::LogFormat;
use authlab_gateway::deployment::ApiKind;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde_json::{Value as Json, json};

use super::backend::Backends;
use super::bench::Bench;
use super::case::{Case, Given, Request};
use super::document::invocation_of;
use super::function::{self, Events};
use super::{given, send};

/// Bodies that tell every conversion from every other: bytes that are no text, and text that is Base64.
const BODIES: [&[u8]; 2] = [b"\xffa", b"aGk="];

/// What differs, where the row is a fact that can be tried.
pub(super) async fn judge(bench: &Bench, case: &Case) -> Option<Result<Vec<String>, String>> {
    let given = &case.given;
    if !case.requests.is_empty() {
        return None;
    }
    let expected = case.expected.first()?;
    if let Some(variable) = given.variable.as_ref().and_then(Json::as_str) {
        return Some(is_variable(bench, given, variable).await);
    }
    let (uri, wanted) = (text(&given.uri)?, expected.get("uri")?.as_str()?);
    Some(uri_becomes(bench, given, uri, wanted).await)
}

/// What differs of a conversion, where the row is about one.
pub(super) async fn conversion(bench: &Bench, case: &Case) -> Option<Result<Vec<String>, String>> {
    let given = &case.given;
    if !case.requests.is_empty() || given.openapi.is_some() {
        return None;
    }
    let wanted = case.expected.first()?.get("body")?.as_str()?;
    let converted = match (&given.accept, &given.integration) {
        (Some(accept), _) => response_converts(bench, given, accept, wanted).await,
        (None, Some(_)) => request_converts(bench, given, wanted).await,
        (None, None) => return None,
    };
    Some(converted)
}

fn text(value: &Option<Json>) -> Option<&str> {
    value.as_ref().and_then(Json::as_str)
}

/// A variable is one of the access logs of the kinds of API that have it and of no other, and templates
/// print it where it is always there.
async fn is_variable(bench: &Bench, given: &Given, variable: &str) -> Result<Vec<String>, String> {
    let variable = variable.replace("<name>", "name");
    let kinds = given.api_types.as_ref().and_then(Json::as_array);
    let has = |kind: &str| kinds.is_some_and(|kinds| kinds.contains(&json!(kind)));
    let places = text(&given.usable_in).unwrap_or_default();
    let is_logged = places.contains("access-log");
    let mut differences = Vec::new();
    for (kind, name) in [(ApiKind::Rest, "REST"), (ApiKind::Http, "HTTP")] {
        let format = format!("$context.requestId {variable}");
        let checked = LogFormat::parse(&format).check(kind);
        if checked.is_ok() != (is_logged && has(name)) {
            differences.push(format!("in the access log of {name} APIs: {checked:?}"));
        }
    }
    let place = places.split([',', ';']).next().unwrap_or_default();
    let is_always = text(&given.when).is_some_and(|when| when.starts_with("always"));
    if place != "template" || !is_always {
        return Ok(differences);
    }
    let document = document(json!({"type": "mock",
        "requestTemplates": {"application/json": "{\"statusCode\": 200}"},
        "responses": {"default": {"statusCode": "200",
            "responseTemplates": {"application/json": format!("[{variable}]")}}}}));
    let answered = answered(bench, given, &document, &request("GET", None)).await?;
    if answered.status != 200 || answered.body.len() < 3 {
        let (status, body) = (answered.status, &answered.body);
        differences.push(format!(
            "a template prints {status} {body} of what is always there"
        ));
    }
    Ok(differences)
}

/// What stands for the variables of a URI. The host of the backend comes first, since no other is called: the
/// row's own host is the first part of the path.
async fn uri_becomes(
    bench: &Bench,
    given: &Given,
    uri: &str,
    wanted: &str,
) -> Result<Vec<String>, String> {
    if uri.starts_with("arn:") {
        return function_becomes(bench, given, uri, wanted).await;
    }
    let strip = |uri: &str| uri.strip_prefix("https://").map(str::to_owned);
    let (Some(own), Some(wanted)) = (strip(uri), strip(wanted)) else {
        return Err(format!("nobody knows how to call `{uri}`"));
    };
    let backends = Backends::start(&[].into()).await?;
    let echo = backends.urls.get("echo").ok_or("no backend")?;
    let mut integration = json!({"type": "http", "httpMethod": "GET", "uri": format!("{echo}/{own}"),
        "responses": {"default": {"statusCode": "200"}}});
    for name in given
        .path_parameters
        .iter()
        .flat_map(|it| it.as_object())
        .flatten()
    {
        let (name, value) = (name.0, name.1.as_str().unwrap_or_default());
        integration["requestParameters"][format!("integration.request.path.{name}")] =
            json!(format!("'{value}'"));
    }
    let answered = answered(bench, given, &document(integration), &request("GET", None)).await?;
    let sent = backends.take_seen();
    let own = sent
        .first()
        .map(|it| it.target.trim_start_matches('/').to_owned());
    if own.as_deref() == Some(&wanted) {
        return Ok(Vec::new());
    }
    let (status, body) = (answered.status, &answered.body);
    Ok(vec![format!(
        "called {own:?} instead of `{wanted}`: {status} {body}"
    )])
}

/// The function of an ARN with variables is the one that is called.
async fn function_becomes(
    bench: &Bench,
    given: &Given,
    uri: &str,
    wanted: &str,
) -> Result<Vec<String>, String> {
    let name = wanted
        .rsplit(':')
        .next()
        .and_then(|it| it.strip_suffix("/invocations"));
    let name = name.ok_or_else(|| format!("no function: `{wanted}`"))?;
    if wanted != invocation_of(name) {
        return Err(format!("nobody knows how to call `{wanted}`"));
    }
    let events = Events::default();
    let behaviour = [("echoesEvent".to_owned(), json!(true))]
        .into_iter()
        .collect();
    function::make(bench, &[(name.to_owned(), behaviour)].into(), &events).await?;
    let document = document(json!({"type": "aws_proxy", "httpMethod": "POST", "uri": uri}));
    let answered = answered(bench, given, &document, &request("GET", None)).await?;
    if events.of(name).len() == 1 {
        return Ok(Vec::new());
    }
    Ok(vec![format!(
        "`{name}` is not called: {} {}",
        answered.status, answered.body
    )])
}

/// A conversion by the name that the table has for it; nothing where the body cannot be converted.
fn converted(how: &str, body: &[u8]) -> Result<Option<Vec<u8>>, String> {
    Ok(match how {
        "as it is" => Some(body.to_vec()),
        "utf8" => Some(String::from_utf8_lossy(body).into_owned().into_bytes()),
        "b64-encoded" => Some(BASE64.encode(body).into_bytes()),
        "b64-decoded" => BASE64.decode(body).ok(),
        other => return Err(format!("nobody knows the conversion `{other}`")),
    })
}

async fn request_converts(
    bench: &Bench,
    given: &Given,
    wanted: &str,
) -> Result<Vec<String>, String> {
    let backends = Backends::start(&[].into()).await?;
    let echo = backends.urls.get("echo").ok_or("no backend")?;
    let mut integration = json!({"type": "http", "httpMethod": "POST", "uri": echo,
        "responses": {"default": {"statusCode": "200"}}});
    if let Some(handling) = &given.content_handling {
        integration["contentHandling"] = handling.clone();
    }
    let document = document(integration);
    let mut differences = Vec::new();
    for body in BODIES {
        let mut request = request("POST", Some(body));
        if let Some(kind) = &given.content_type {
            request.headers = Some(json!({"Content-Type": kind}));
        }
        let answered = answered(bench, given, &document, &request).await?;
        let sent = backends.take_seen();
        let own = sent.first().map(|it| it.body.clone());
        let wanted = converted(wanted, body)?;
        if own != wanted || (wanted.is_none() && answered.status != 500) {
            let (status, text) = (answered.status, &answered.body);
            differences.push(format!(
                "{body:?}: sent {own:?} instead of {wanted:?}: {status} {text}"
            ));
        }
    }
    Ok(differences)
}

async fn response_converts(
    bench: &Bench,
    given: &Given,
    accept: &Json,
    wanted: &str,
) -> Result<Vec<String>, String> {
    let mut differences = Vec::new();
    for body in BODIES {
        let fixed = json!({"status": 200, "headers": {"Content-Type": given.content_type},
            "bodyBase64": BASE64.encode(body)});
        let backends = Backends::start(&[("backend".to_owned(), fixed)].into()).await?;
        let url = backends.urls.get("backend").ok_or("no backend")?;
        let mut response = json!({"statusCode": "200"});
        if let Some(handling) = &given.content_handling {
            response["contentHandling"] = handling.clone();
        }
        let document = document(json!({"type": "http", "httpMethod": "GET", "uri": url,
            "responses": {"default": response}}));
        let mut request = request("GET", None);
        request.headers = Some(json!({"Accept": accept}));
        let answered = answered(bench, given, &document, &request).await?;
        let is_same = match converted(wanted, body)? {
            Some(wanted) => answered.status == 200 && answered.bytes == wanted,
            None => answered.status == 500,
        };
        if !is_same {
            let (status, text) = (answered.status, &answered.body);
            differences.push(format!(
                "{body:?} is answered {status} {text:?}, not {wanted}"
            ));
        }
    }
    Ok(differences)
}

fn document(integration: Json) -> Json {
    json!({"openapi": "3.0.1", "info": {"title": "t", "version": "1"}, "paths": {"/a": {
        "x-amazon-apigateway-any-method": {"responses": {"200": {"description": "ok"}},
            "x-amazon-apigateway-integration": integration}}}})
}

fn request(method: &str, body: Option<&[u8]>) -> Request {
    Request {
        method: method.to_owned(),
        path: Some("/a".to_owned()),
        body_base64: body.map(|body| BASE64.encode(body)),
        ..Request::default()
    }
}

/// What an API of this document, with what else the row gives, answers a request.
async fn answered(
    bench: &Bench,
    row: &Given,
    document: &Json,
    request: &Request,
) -> Result<crate::wire::Answer, String> {
    let mut given = Given::default();
    given.openapi = Some(document.clone());
    given.binary_media_types.clone_from(&row.binary_media_types);
    given.stage_variables.clone_from(&row.stage_variables);
    let nowhere = Backends::default();
    let (built, refused) = given::build(bench, &given, &nowhere).await?;
    if let Some(refused) = refused.filter(|_| built.api.is_empty()) {
        return Err(format!("there is no API: {}", refused.body));
    }
    send::send(bench, None, request, (&built.api, None)).await
}
