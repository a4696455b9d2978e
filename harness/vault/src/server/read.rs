//! Reading requests.

use authlab_http::Incoming;
use http::header;
use serde_json::{Map, Value, json};

use super::Answer;
use super::answer::{json_answer, refused};
use super::target::Target;
use crate::duration;
use crate::field::parse_bool;
use crate::flavour::Flavour;
use crate::request::{Operation, Request, WrapWish};
use crate::response::error_body;

/// How deeply JSON may be nested.
const DEPTH_MAX: usize = 1_000;

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
pub(super) fn one_reading(incoming: &Incoming) -> Result<(), Box<Answer>> {
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
pub(super) fn namespace_refusal(incoming: &Incoming, flavour: Flavour) -> Option<(u16, String)> {
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

pub(super) fn json_or_null(body: &[u8]) -> Value {
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
