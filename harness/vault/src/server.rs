//! HTTP in and out.

use authlab_http::{Incoming, Rejection, Service};
use authlab_kernel::{Component, EventDraft, Timestamp};
use bytes::Bytes;
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use http::{HeaderValue, Response as HttpResponse, StatusCode, header};
use percent_encoding::percent_decode_str;
use serde_json::{Map, Value, json};

use crate::duration;
use crate::event;
use crate::evidence;
use crate::field::parse_bool;
use crate::flavour::Flavour;
use crate::request::{Answers, Operation, Request, WrapWish};
use crate::response::{Fault, Response, error_body, one_error};
use crate::router::{self, Ending};
use crate::sys::status;
use crate::vault::Vault;

/// How deeply JSON may be nested.
const DEPTH_MAX: usize = 1_000;
/// How many calls to other systems one request may wait for.
const CALLS_MAX: usize = 16;

/// Carries the id of the request, also of a refusal: `authlab explain` takes it.
const REQUEST_ID_HEADER: &str = "x-authlab-request-id";

type Answer = HttpResponse<Bytes>;

impl Service for Vault {
    fn call(&self, incoming: Incoming) -> BoxFuture<'_, Answer> {
        async move { self.answer(incoming).await }.boxed()
    }

    fn reject(&self, rejection: Rejection) -> Answer {
        // The reference's texts come from its HTTP library; these say what happened.
        json_answer(
            rejection.status().as_u16(),
            Some(&error_body(Some(&rejection.to_string()))),
        )
    }

    fn now(&self) -> Option<Timestamp> {
        Some(self.clock.now())
    }
}

impl Vault {
    async fn answer(&self, incoming: Incoming) -> Answer {
        self.expire().await;
        let target = match target_of(&incoming, self.config.flavour) {
            Ok(target) => target,
            Err(answer) => return *answer,
        };
        let body = if target.path.starts_with("sys/") {
            json_or_null(&incoming.body)
        } else {
            Value::Null
        };
        let method = incoming.method.as_str();
        let found = {
            let state = self.state.lock();
            status::find(
                &state,
                method,
                &target.path,
                &target.query,
                &body,
                self.clock.now(),
            )
        };
        if let Some(found) = found {
            return json_answer(found.code, found.body.as_ref());
        }
        if let Err(answer) = one_reading(&incoming) {
            return *answer;
        }
        if let Some((status, text)) = namespace_refusal(&incoming, self.config.flavour) {
            return self.refuse_namespace(&incoming, &target.path, status, &text);
        }
        let mut request = match read_request(&incoming, target, self.config.flavour) {
            Ok(request) => request,
            Err(answer) => return *answer,
        };
        request.id = self.request_id(method, &request);
        self.run(request, incoming.cause).await
    }

    /// Answers a request for a namespace, which nothing here has, and journals it.
    fn refuse_namespace(&self, incoming: &Incoming, path: &str, status: u16, text: &str) -> Answer {
        let given = incoming.header("x-vault-namespace").unwrap_or_default();
        let seen = evidence::Request {
            method: incoming.method.to_string(),
            path: crate::shown::path(path).into_owned(),
            status: Some(status),
            // A header may hold anything, a token in the wrong one included.
            message: Some(text.replace(given, authlab_kernel::redaction::HIDDEN)),
            namespace: Some(authlab_kernel::redaction::value(given)),
            ..evidence::Request::default()
        };
        let draft =
            EventDraft::of(Component::Vault, &seen).refused(evidence::Reason::NamespaceRefused);
        self.journal.record(draft);
        *refused(status, text)
    }

    /// An id whose name is what is asked and by whom, whatever else is in flight.
    fn request_id(&self, method: &str, request: &Request) -> String {
        let accessor = request.token.as_ref().and_then(|token| {
            self.state
                .lock()
                .tokens
                .find(token)
                .map(|entry| entry.accessor.clone())
        });
        let accessor = accessor.unwrap_or_default();
        self.ids
            .request_id("vault", &format!("{method} {} {accessor}", request.path))
    }

    async fn run(&self, request: Request, given: Option<u64>) -> Answer {
        let cause = event::cause_of(&self.journal, &request, given);
        let request_id = request.id.clone();
        let (admitted, handed) = {
            let mut state = self.state.lock();
            let admitted = router::admit(&mut state, self.environment(), request);
            (admitted, state.audit.take_handed())
        };
        // Nothing is held while an audit device writes.
        let written = handed.are_written().await;
        let mut admitted = match admitted {
            Ok(admitted) if written => admitted,
            Ok(admitted) => return self.conclude(&router::unhandled(admitted), cause),
            Err(ending) if written => return self.conclude(&ending, cause),
            Err(ending) => return self.conclude(&router::unwritten(ending), cause),
        };
        let mut answers = Answers::default();
        let outcome = loop {
            let outcome = {
                let mut state = self.state.lock();
                let outcome = router::handle(&mut state, self.environment(), &admitted, &answers);
                // Taken out before the lock goes: another request must not find them.
                admitted.issued.append(&mut state.issued);
                outcome
            };
            match outcome {
                Err(Fault::Fetch(mut wanted)) if answers.len() < CALLS_MAX => {
                    wanted.cause = cause;
                    wanted.request_id = Some(request_id.clone());
                    let answer = self.outbound.send((*wanted).clone()).await;
                    answers.add(&wanted, answer);
                }
                outcome => break outcome,
            }
        };
        let (ending, handed) = {
            let mut state = self.state.lock();
            let ending = router::finish(&mut state, self.environment(), admitted, outcome);
            (Box::new(ending), state.audit.take_handed())
        };
        self.perform().await;
        self.schedule();
        let ending = if handed.are_written().await {
            ending
        } else {
            router::unwritten(ending)
        };
        self.conclude(&ending, cause)
    }

    /// Words the answer, and journals it.
    fn conclude(&self, ending: &Ending, cause: Option<u64>) -> Answer {
        let (status, body) = worded(ending, self.config.flavour);
        let draft = event::of_request(ending, status, cause, self.clock.now());
        let sequence = self.journal.record(draft);
        for token in &ending.issued {
            self.journal
                .credential_issued(token.expose_secret(), sequence, None);
        }
        let mut answer = json_answer(status, body.as_ref());
        // A refusal has no place for its id in the body.
        if let Ok(id) = HeaderValue::from_str(&ending.request.id) {
            answer.headers_mut().insert(REQUEST_ID_HEADER, id);
        }
        answer
    }
}

/// Where a request goes.
pub(crate) struct Target {
    /// Without `/v1/`, decoded.
    path: String,
    query: Vec<(String, String)>,
}

pub(crate) fn target_of(incoming: &Incoming, flavour: Flavour) -> Result<Target, Box<Answer>> {
    let raw = incoming.uri.path();
    if !escapes_are_sound(raw) {
        let mut answer = HttpResponse::new(Bytes::from_static(b"400 Bad Request"));
        *answer.status_mut() = StatusCode::BAD_REQUEST;
        let text = HeaderValue::from_static("text/plain; charset=utf-8");
        answer.headers_mut().insert(header::CONTENT_TYPE, text);
        return Err(Box::new(answer));
    }
    let decoded = percent_decode_str(raw).decode_utf8().ok();
    let Some(decoded) = decoded.filter(|path| path.chars().all(is_printable)) else {
        let mut answer = HttpResponse::new(Bytes::new());
        *answer.status_mut() = StatusCode::BAD_REQUEST;
        return Err(Box::new(answer));
    };
    if let Some(clean) = cleaned(raw) {
        return Err(Box::new(moved(incoming, &clean, flavour)));
    }
    let Some(path) = decoded.strip_prefix("/v1/") else {
        let page = decoded == "/"
            || decoded == "/ui"
            || decoded.starts_with("/ui/")
            || decoded == "/robots.txt";
        return Err(Box::new(if page {
            no_page()
        } else {
            json_answer(404, Some(&error_body(None)))
        }));
    };
    let query = incoming.uri.query().unwrap_or_default();
    let query = url::form_urlencoded::parse(query.as_bytes())
        .into_owned()
        .collect();
    Ok(Target {
        path: path.to_owned(),
        query,
    })
}

/// Whether a character may stand in a path: those that Go counts as printable (as the reference checks).
fn is_printable(character: char) -> bool {
    let hidden = matches!(character,
        '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
        | '\u{feff}' | '\u{e000}'..='\u{f8ff}');
    character == ' ' || !(character.is_control() || character.is_whitespace() || hidden)
}

fn escapes_are_sound(path: &str) -> bool {
    let bytes = path.as_bytes();
    bytes
        .iter()
        .enumerate()
        .filter(|(_, byte)| **byte == b'%')
        .all(|(index, _)| {
            bytes
                .get(index + 1..index + 3)
                .is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit))
        })
}

/// The path without doubled slashes and dot segments, if it has any.
fn cleaned(path: &str) -> Option<String> {
    let segments: Vec<&str> = path.split('/').collect();
    let inner = segments
        .get(1..segments.len().saturating_sub(1))
        .unwrap_or_default();
    let last = segments.last().copied().unwrap_or_default();
    let odd = |segment: &&str| matches!(*segment, "." | "..");
    if !inner
        .iter()
        .any(|segment| segment.is_empty() || odd(segment))
        && !odd(&last)
    {
        return None;
    }
    let mut clean: Vec<&str> = Vec::new();
    for segment in &segments {
        match *segment {
            "" | "." => {}
            ".." => {
                clean.pop();
            }
            other => clean.push(other),
        }
    }
    let slash = if last.is_empty() && !clean.is_empty() {
        "/"
    } else {
        ""
    };
    let clean = format!("/{}{slash}", clean.join("/"));
    // The top of the API is only there with its slash.
    Some(if clean == "/v1" {
        "/v1/".to_owned()
    } else {
        clean
    })
}

fn moved(incoming: &Incoming, clean: &str, flavour: Flavour) -> Answer {
    let (status, title) = match flavour.core().moved_status {
        307 => (StatusCode::TEMPORARY_REDIRECT, "Temporary Redirect"),
        _ => (StatusCode::MOVED_PERMANENTLY, "Moved Permanently"),
    };
    let location = match incoming.uri.query() {
        Some(query) => format!("{clean}?{query}"),
        None => clean.to_owned(),
    };
    let page = incoming.method == http::Method::GET;
    let body = if page {
        format!("<a href=\"{location}\">{title}</a>.\n\n")
    } else {
        String::new()
    };
    let mut answer = HttpResponse::new(Bytes::from(body));
    *answer.status_mut() = status;
    let headers = answer.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if let Ok(location) = HeaderValue::from_str(&location) {
        headers.insert(header::LOCATION, location);
    }
    if page {
        let html = HeaderValue::from_static("text/html; charset=utf-8");
        headers.insert(header::CONTENT_TYPE, html);
    }
    answer
}

fn no_page() -> Answer {
    let mut answer = HttpResponse::new(Bytes::from_static(b"404 page not found\n"));
    *answer.status_mut() = StatusCode::NOT_FOUND;
    let headers = answer.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("text/plain; charset=utf-8"),
    );
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    answer
}

fn refused(status: u16, message: &str) -> Box<Answer> {
    Box::new(json_answer(status, Some(&error_body(Some(message)))))
}

pub(crate) fn read_request(
    incoming: &Incoming,
    target: Target,
    flavour: Flavour,
) -> Result<Request, Box<Answer>> {
    let Target { mut path, query } = target;
    one_reading(incoming)?;
    let relative = || path.split('/').any(|segment| matches!(segment, "." | ".."));
    if flavour.core().refuses_relative_paths && relative() {
        return Err(refused(400, "relative paths not supported"));
    }
    let (operation, data, from_query) = read_operation(incoming, &path, &query, flavour)?;
    let listing = matches!(operation, Operation::List | Operation::Scan);
    if listing && !path.ends_with('/') {
        path.push('/');
    }
    let over_policy = incoming
        .header("x-vault-policy-override")
        .unwrap_or_default();
    if !over_policy.is_empty() && parse_bool(over_policy).is_none() {
        let text = duration::quoted(over_policy);
        return Err(refused(
            400,
            &format!(
                "failed to parse X-Vault-Policy-Override header: cannot parse '' as bool: \
                 strconv.ParseBool: parsing {text}: invalid syntax"
            ),
        ));
    }
    Ok(Request {
        id: String::new(),
        operation,
        path,
        data,
        from_query,
        token: token_of(incoming),
        headers: headers_of(incoming),
        wrap: wrap_of(incoming)?,
        peer: incoming.peer,
    })
}

/// Headers that decide something are there once and are text: of two `Authorization` headers neither
/// counts, and what cannot be read is not absent. (Of two tokens in `X-Vault-Token` the first counts:
/// recorded.)
fn one_reading(incoming: &Incoming) -> Result<(), Box<Answer>> {
    for name in [
        "authorization",
        "x-vault-namespace",
        "x-vault-policy-override",
        "x-vault-wrap-format",
        "x-vault-wrap-ttl",
    ] {
        if let Err(why) = incoming.field(name).text() {
            return Err(refused(400, &format!("the header {name} {why}")));
        }
    }
    Ok(())
}

/// The refusal of a request for a namespace. There is none but the root: that of HashiCorp's Enterprise
/// is named as not simulated, OpenBao 2.7 says that it is not there, and 2.2 did not look.
fn namespace_refusal(incoming: &Incoming, flavour: Flavour) -> Option<(u16, String)> {
    let namespace = incoming.header("x-vault-namespace").unwrap_or_default();
    if matches!(namespace.trim_matches('/'), "" | "root") {
        return None;
    }
    if flavour.core().namespaces_are_missing {
        return Some((404, "namespace not found".to_owned()));
    }
    // The name is not repeated: what a client sends in a header may be a secret.
    flavour.rules().refuses_namespaces.then(|| {
        let text =
            "namespaces are not simulated by authlab: leave the header X-Vault-Namespace out";
        (501, text.to_owned())
    })
}

fn token_of(incoming: &Incoming) -> Option<String> {
    let own = incoming
        .headers
        .get("x-vault-token")
        .map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned());
    let bearer = incoming.header(header::AUTHORIZATION).and_then(|value| {
        let (scheme, token) = value.split_once(' ')?;
        scheme
            .eq_ignore_ascii_case("bearer")
            .then(|| token.trim().to_owned())
    });
    own.or(bearer).filter(|token| !token.is_empty())
}

fn headers_of(incoming: &Incoming) -> Vec<(String, String)> {
    let headers = incoming.headers.iter();
    headers
        .map(|(name, value)| {
            (
                name.as_str().to_owned(),
                String::from_utf8_lossy(value.as_bytes()).into_owned(),
            )
        })
        .collect()
}

fn wrap_of(incoming: &Incoming) -> Result<Option<WrapWish>, Box<Answer>> {
    let text = incoming.header("x-vault-wrap-ttl").unwrap_or_default();
    if text.is_empty() {
        return Ok(None);
    }
    let complain = |error: &str| {
        refused(
            400,
            &format!("error parsing X-Vault-Wrap-TTL header: {error}"),
        )
    };
    let ttl_nanoseconds = duration::parse_nanoseconds(text).map_err(|error| complain(&error))?;
    if ttl_nanoseconds < 0 {
        return Err(complain("requested wrap ttl cannot be negative"));
    }
    let jwt = incoming.header("x-vault-wrap-format") == Some("jwt");
    Ok(Some(WrapWish {
        ttl_nanoseconds,
        jwt,
    }))
}

type Read = (Operation, Map<String, Value>, bool);

fn read_operation(
    incoming: &Incoming,
    path: &str,
    query: &[(String, String)],
    flavour: Flavour,
) -> Result<Read, Box<Answer>> {
    let from_query = |without: &str| query_data(query, without);
    match incoming.method.as_str() {
        "GET" => {
            let flag = |name: &str| -> Result<bool, Box<Answer>> {
                let value = query
                    .iter()
                    .find(|(key, _)| key == name)
                    .map(|(_, value)| value);
                match value.map(String::as_str) {
                    None | Some("") => Ok(false),
                    Some(text) => parse_bool(text)
                        .ok_or_else(|| Box::new(json_answer(400, Some(&error_body(None))))),
                }
            };
            if flag("help")? {
                return Ok((Operation::Help, Map::new(), true));
            }
            if flag("list")? {
                return Ok((Operation::List, from_query("list"), true));
            }
            if flag("scan")? {
                return Ok((Operation::Scan, from_query("scan"), true));
            }
            Ok((Operation::Read, from_query(""), true))
        }
        "LIST" => Ok((Operation::List, from_query(""), true)),
        "SCAN" => Ok((Operation::Scan, from_query(""), true)),
        "DELETE" => Ok((Operation::Delete, from_query(""), true)),
        "POST" | "PUT" => {
            if path.ends_with('/') {
                return Err(refused(400, "cannot write to a path ending in '/'"));
            }
            Ok((Operation::Update, body_data(incoming, flavour)?, false))
        }
        "PATCH" => {
            let content_type = incoming.header(header::CONTENT_TYPE).unwrap_or_default();
            let media = content_type
                .split(';')
                .next()
                .unwrap_or_default()
                .trim()
                .to_lowercase();
            if media.is_empty() {
                return Err(refused(400, "mime: no media type"));
            }
            if media != "application/merge-patch+json" {
                return Err(refused(
                    415,
                    &format!(
                        "PATCH requires Content-Type of application/merge-patch+json, provided \
                         {media}"
                    ),
                ));
            }
            Ok((Operation::Patch, body_data(incoming, flavour)?, false))
        }
        "HEAD" | "OPTIONS" => Ok((Operation::Other, Map::new(), true)),
        _ => Err(Box::new(json_answer(405, Some(&error_body(None))))),
    }
}

fn query_data(query: &[(String, String)], without: &str) -> Map<String, Value> {
    let mut data = Map::new();
    for (name, value) in query
        .iter()
        .filter(|(name, _)| name != without && name != "help")
    {
        match data.get_mut(name) {
            None => {
                data.insert(name.clone(), Value::from(value.clone()));
            }
            Some(Value::Array(values)) => values.push(Value::from(value.clone())),
            Some(first) => *first = json!([first.clone(), value]),
        }
    }
    data
}

fn body_data(incoming: &Incoming, flavour: Flavour) -> Result<Map<String, Value>, Box<Answer>> {
    let content_type = incoming.header(header::CONTENT_TYPE).unwrap_or_default();
    if content_type.starts_with("application/x-www-form-urlencoded")
        && !incoming.body.trim_ascii_start().starts_with(b"{")
    {
        let pairs: Vec<(String, String)> = url::form_urlencoded::parse(&incoming.body)
            .into_owned()
            .collect();
        return Ok(query_data(&pairs, ""));
    }
    if flavour.core().json_errors
        && let Some(error) = json_error(&incoming.body)
    {
        let text = format!("failed to decode JSON input: {error}");
        return Err(refused(400, &text));
    }
    match first_json(&incoming.body) {
        Ok(None | Some(Value::Null)) => Ok(Map::new()),
        Ok(Some(Value::Object(members))) => Ok(members),
        _ => Err(refused(400, "error parsing JSON")),
    }
}

/// What the newer reference says is wrong with a body, as far as its words are known (recorded for
/// the cases of the differential test; the others get its general form).
fn json_error(body: &[u8]) -> Option<String> {
    if depth(body) > DEPTH_MAX {
        return Some("exceeded max depth".to_owned());
    }
    let mut reader = serde_json::Deserializer::from_slice(body);
    reader.disable_recursion_limit();
    let mut values = reader.into_iter::<Value>();
    let at = |error: &serde_json::Error| {
        let text = String::from_utf8_lossy(body);
        let line = text.lines().nth(error.line().saturating_sub(1))?;
        let characters: Vec<char> = line.chars().collect();
        let mut start = error.column().saturating_sub(1).min(characters.len());
        // The word that the character stands in says which literal was begun.
        while start > 0 && characters[start - 1].is_ascii_alphabetic() {
            start -= 1;
        }
        Some(characters[start..].iter().collect::<String>())
    };
    match values.next()? {
        Ok(Value::Object(_) | Value::Null) => {}
        Ok(other) => {
            let kind = crate::field::json_type(&other);
            return Some(format!(
                "json: cannot unmarshal {kind} into Go value of type map[string]interface {{}}"
            ));
        }
        Err(error) if error.is_eof() => return Some("unexpected EOF".to_owned()),
        Err(error) if error.to_string().starts_with("trailing comma") => {
            return Some("invalid character ',' looking for beginning of value".to_owned());
        }
        Err(error) => {
            let rest = at(&error).unwrap_or_default();
            if rest.starts_with('}') {
                return Some("missing value after object key".to_owned());
            }
            return Some(crate::field::go_json_error(&rest));
        }
    }
    match values.next()? {
        // A second document is not looked at.
        Ok(_) => None,
        Err(error) => Some(crate::field::go_json_error(&at(&error).unwrap_or_default())),
    }
}

fn json_or_null(body: &[u8]) -> Value {
    first_json(body).ok().flatten().unwrap_or_default()
}

/// The first JSON value of a body; what follows it is not looked at.
fn first_json(body: &[u8]) -> Result<Option<Value>, ()> {
    if depth(body) > DEPTH_MAX {
        return Err(());
    }
    let mut reader = serde_json::Deserializer::from_slice(body);
    // The depth was checked: it is more than the parser's own limit, and less than the stack.
    reader.disable_recursion_limit();
    match reader.into_iter::<Value>().next() {
        None => Ok(None),
        Some(Ok(value)) => Ok(Some(value)),
        Some(Err(_)) => Err(()),
    }
}

/// How deeply a JSON text is nested, brackets in texts left out.
fn depth(body: &[u8]) -> usize {
    let (mut depth, mut deepest, mut quoted, mut escaped) = (0usize, 0usize, false, false);
    for byte in body {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            b'[' | b'{' if !quoted => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            b']' | b'}' if !quoted => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}

/// Endpoints that repeat the content of `data` beside it, for old clients.
fn is_flat(path: &str) -> bool {
    const EXACT: [&str; 7] = [
        "sys/mounts",
        "sys/auth",
        "sys/audit",
        "sys/policy",
        "sys/key-status",
        "sys/ha-status",
        "sys/remount",
    ];
    const BELOW: [&str; 7] = [
        "sys/mounts/",
        "sys/auth/",
        "sys/audit/",
        "sys/audit-hash/",
        "sys/policy/",
        "sys/capabilities",
        "sys/config/",
    ];
    EXACT.contains(&path) || BELOW.iter().any(|prefix| path.starts_with(prefix))
}

/// The status and the body of an answer.
pub(crate) fn worded(ending: &Ending, flavour: Flavour) -> (u16, Option<Value>) {
    let request = &ending.request;
    let empty = || (404, Some(error_body(None)));
    match &ending.result {
        Err(refusal) => {
            let message = refusal.message.as_ref().map(|message| {
                if refusal.wrapped && !ending.login {
                    one_error(message)
                } else {
                    message.clone()
                }
            });
            (refusal.status, Some(error_body(message.as_deref())))
        }
        Ok(None) => match request.operation {
            Operation::Read | Operation::List | Operation::Scan => empty(),
            _ => (204, None),
        },
        Ok(Some(response)) => {
            let status = response.status.unwrap_or(200);
            if response.bodiless {
                return (status, None);
            }
            if let Some(raw) = &response.raw {
                return (status, Some(raw.clone()));
            }
            let nothing = response.data.as_ref().is_none_or(Map::is_empty);
            let bare = nothing && response.warnings.is_empty() && response.wrap_info.is_none();
            if request.operation == Operation::List && bare && response.status.is_none() {
                return empty();
            }
            (status, Some(envelope(ending, response, flavour)))
        }
    }
}

fn envelope(ending: &Ending, response: &Response, flavour: Flavour) -> Value {
    let mut envelope = response.envelope(&ending.request.id);
    let Some(members) = envelope.as_object_mut() else {
        return envelope;
    };
    if flavour.rules().mount_type {
        // Recent versions name the type of the mount (grade P).
        members.insert("mount_type".to_owned(), json!(ending.mount_kind));
    }
    if let (true, Some(data)) = (is_flat(&ending.request.path), &response.data) {
        for (name, value) in data {
            members.insert(name.clone(), value.clone());
        }
    }
    envelope
}

pub(crate) fn json_answer(status: u16, body: Option<&Value>) -> Answer {
    let bytes = body
        .map(|body| Bytes::from(format!("{body}\n")))
        .unwrap_or_default();
    let mut answer = HttpResponse::new(bytes);
    *answer.status_mut() =
        StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers = answer.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/json"),
    );
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    answer
}
