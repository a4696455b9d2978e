//! Where a request goes: its path, and what its HTTP library does before the server sees it.

use authlab_http::Incoming;
use bytes::Bytes;
use http::{HeaderValue, Response as HttpResponse, StatusCode, header};
use percent_encoding::percent_decode_str;

use super::Answer;
use super::answer::json_answer;
use crate::flavour::Flavour;
use crate::response::error_body;

/// Where a request goes.
pub(crate) struct Target {
    /// Without `/v1/`, decoded.
    pub(super) path: String,
    pub(super) query: Vec<(String, String)>,
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
