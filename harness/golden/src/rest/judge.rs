//! What of an answer is compared. A member of an expectation that nobody knows is a difference.

use std::collections::{BTreeMap, BTreeSet};

use regex::Regex;
use serde_json::{Value as Json, json};

use super::case::Members;
use super::function::Events;
use crate::wire::{Answer, Request};

/// What stands for a text that the table does not know.
const OPEN: &str = "?";
/// How much of a body is shown.
const SHOWN_CHARACTERS: usize = 400;

/// What came of a request.
pub(super) struct Came<'c> {
    pub(super) answer: &'c Answer,
    pub(super) events: &'c Events,
    /// What the backends were sent.
    pub(super) sent: &'c [Request],
}

/// What differs from an expectation, but for the members that are not to be compared.
pub(super) fn differences(expected: &Members, ignore: &[String], came: &Came<'_>) -> Vec<String> {
    let mut found = Vec::new();
    for (member, wanted) in expected {
        if !ignore.contains(member) {
            let mut wanted = wanted.clone();
            // `json.key`: one key of the member.
            let inner = ignore.iter().filter_map(|it| it.split_once('.'));
            for (_, key) in inner.filter(|(own, _)| own == member) {
                if let Some(value) = wanted.get_mut(key) {
                    *value = json!(OPEN);
                }
            }
            member_differs(member, &wanted, came, &mut found);
        }
    }
    if !found.is_empty() {
        let answer = came.answer;
        let body: String = answer.body.chars().take(SHOWN_CHARACTERS).collect();
        found.push(format!(
            "answered {} {:?}: {body}",
            answer.status, answer.fields
        ));
    }
    found
}

fn member_differs(member: &str, wanted: &Json, came: &Came<'_>, found: &mut Vec<String>) {
    let answer = came.answer;
    match member {
        "status" => {
            if !is_status(wanted, answer.status) {
                found.push(format!("status {} instead of {wanted}", answer.status));
            }
        }
        "headers" => headers(wanted, answer, found),
        "absentHeaders" | "hasHeaders" => {
            for name in texts(wanted) {
                let is_there = answer.headers.contains_key(&name.to_lowercase());
                if is_there != (member == "hasHeaders") {
                    let what = if is_there { "is there" } else { "is not there" };
                    found.push(format!("the header `{name}` {what}"));
                }
            }
        }
        "json" | "jsonSubset" | "jsonPattern" | "jsonPrefix" => match answer.json() {
            None => found.push("the body is no JSON".to_owned()),
            Some(body) => json_differs(member, wanted, &body, found),
        },
        "body" => {
            if *wanted != json!(answer.body) {
                found.push(format!("body instead of {wanted}"));
            }
        }
        "event" | "eventKeys" | "eventKeysOf" | "eventHasHeaders" | "eventHasNotHeaders" => {
            let event = came.events.last_of_proxy().or_else(|| came.events.last());
            match event {
                None => found.push("no function was called".to_owned()),
                Some(event) => event_differs(member, wanted, &event, found),
            }
        }
        "backendReceives" => match came.sent.last() {
            None => found.push("no backend was called".to_owned()),
            Some(request) => backend_differs(wanted, request, found),
        },
        // The function has a permission for this ARN only.
        "sourceArn" => {
            if came.events.last().is_none() {
                found.push(format!("no function was called for the source {wanted}"));
            }
        }
        "decision" => {
            let is_explicit = answer.body.contains("explicit deny");
            if answer.status != 403 || is_explicit != (wanted == "explicit deny") {
                found.push(format!("the decision is not the {wanted}"));
            }
        }
        other => found.push(format!("nobody compares `{other}`")),
    }
}

/// A number, or texts such as `200 or 500` where the table does not know.
fn is_status(wanted: &Json, status: u16) -> bool {
    match wanted {
        Json::String(text) => text.split(" or ").any(|it| it.trim() == status.to_string()),
        wanted => *wanted == json!(status),
    }
}

fn texts(value: &Json) -> Vec<&str> {
    let list = value.as_array().into_iter().flatten();
    list.filter_map(Json::as_str).collect()
}

fn headers(wanted: &Json, answer: &Answer, found: &mut Vec<String>) {
    for (name, value) in wanted.as_object().into_iter().flatten() {
        let own = answer.fields.iter();
        let own = own.filter(|(own, _)| own.eq_ignore_ascii_case(name));
        let own: Vec<&str> = own.map(|(_, value)| value.as_str()).collect();
        let wanted: Vec<&str> = match value {
            Json::Array(_) => texts(value),
            value => value.as_str().into_iter().collect(),
        };
        // `?`: the table does not know it.
        let is_open = wanted == [OPEN];
        let is_same = own == wanted || [",", ", "].iter().any(|by| *value == json!(own.join(by)));
        if !is_open && !is_same {
            found.push(format!("the header `{name}` is {own:?} instead of {value}"));
        }
    }
}

/// Whether they are equal, but for what the table does not know.
fn is_same(wanted: &Json, own: &Json) -> bool {
    match (wanted, own) {
        (Json::Object(wanted), Json::Object(own)) => {
            wanted.len() == own.len()
                && wanted
                    .iter()
                    .all(|(name, wanted)| own.get(name).is_some_and(|own| is_same(wanted, own)))
        }
        (Json::String(open), _) if open == OPEN => true,
        (wanted, own) => wanted == own,
    }
}

fn json_differs(member: &str, wanted: &Json, body: &Json, found: &mut Vec<String>) {
    match member {
        "json" => {
            if !is_same(wanted, body) {
                found.push(format!("the body is not {wanted}"));
            }
        }
        "jsonSubset" => subset("the body", wanted, body, found),
        _ => {
            for (name, wanted) in wanted.as_object().into_iter().flatten() {
                let wanted = wanted.as_str().unwrap_or_default();
                let own = match body.get(name) {
                    Some(Json::String(text)) => text.clone(),
                    Some(other) => other.to_string(),
                    None => {
                        found.push(format!("the body has no `{name}`"));
                        continue;
                    }
                };
                let fits = if member == "jsonPrefix" {
                    own.starts_with(wanted)
                } else {
                    Regex::new(wanted).is_ok_and(|pattern| pattern.is_match(&own))
                };
                if !fits {
                    found.push(format!("`{name}` does not fit `{wanted}`"));
                }
            }
        }
    }
}

/// Adds what of `wanted` is not in `own`. `<number>` stands for any.
pub(super) fn subset(place: &str, wanted: &Json, own: &Json, found: &mut Vec<String>) {
    match (wanted, own) {
        (Json::Object(wanted), Json::Object(own)) => {
            for (name, wanted) in wanted {
                let own = own.get(name).unwrap_or(&Json::Null);
                subset(&format!("{place}.{name}"), wanted, own, found);
            }
        }
        (Json::String(any), own) if any == "<number>" => {
            let is_number =
                own.is_number() || own.as_str().is_some_and(|it| it.parse::<f64>().is_ok());
            if !is_number {
                found.push(format!("{place} is {own}, which is no number"));
            }
        }
        (wanted, own) if wanted == own => {}
        _ => found.push(format!("{place} is {own} instead of {wanted}")),
    }
}

/// What stands at a dotted path.
fn at<'e>(event: &'e Json, path: &str) -> &'e Json {
    path.split('.')
        .try_fold(event, |value, name| value.get(name))
        .unwrap_or(&Json::Null)
}

fn event_differs(member: &str, wanted: &Json, event: &Json, found: &mut Vec<String>) {
    let keys = |value: &Json| -> BTreeSet<String> {
        value
            .as_object()
            .into_iter()
            .flat_map(|it| it.keys().cloned())
            .collect()
    };
    let compare_keys = |place: &str, wanted: &Json, own: &Json, found: &mut Vec<String>| {
        let wanted: BTreeSet<String> = texts(wanted).into_iter().map(str::to_owned).collect();
        let own = keys(own);
        if own != wanted {
            let missing: Vec<_> = wanted.difference(&own).collect();
            let more: Vec<_> = own.difference(&wanted).collect();
            found.push(format!(
                "keys of {place}: {missing:?} missing, {more:?} too many"
            ));
        }
    };
    match member {
        "eventKeys" => compare_keys("the event", wanted, event, found),
        "eventKeysOf" => {
            for (path, wanted) in wanted.as_object().into_iter().flatten() {
                compare_keys(path, wanted, at(event, path), found);
            }
        }
        "event" => {
            for (path, wanted) in wanted.as_object().into_iter().flatten() {
                let own = at(event, path);
                let is_placeholder = wanted.to_string().contains("<number>");
                if is_placeholder {
                    subset(path, wanted, own, found);
                } else if wanted != own {
                    found.push(format!("{path} of the event is {own} instead of {wanted}"));
                }
            }
        }
        _ => {
            let own = keys(at(event, "headers"));
            for name in texts(wanted) {
                let is_there = own.iter().any(|own| own.eq_ignore_ascii_case(name));
                if is_there != (member == "eventHasHeaders") {
                    let what = if is_there { "a" } else { "no" };
                    found.push(format!("the event has {what} header `{name}`"));
                }
            }
        }
    }
}

fn backend_differs(wanted: &Json, request: &Request, found: &mut Vec<String>) {
    let (path, query) = request
        .target
        .split_once('?')
        .unwrap_or((&request.target, ""));
    for (member, wanted) in wanted.as_object().into_iter().flatten() {
        match member.as_str() {
            "method" if *wanted == json!(request.method) => {}
            "path" if *wanted == json!(path) => {}
            "body" if *wanted == json!(String::from_utf8_lossy(&request.body)) => {}
            "method" | "path" | "body" => {
                let target = &request.target;
                found.push(format!(
                    "the backend got {} {target} instead of the {member} {wanted}",
                    request.method
                ));
            }
            "query" => {
                let mut own: BTreeMap<String, Vec<String>> = BTreeMap::new();
                for (name, value) in form_urlencoded::parse(query.as_bytes()) {
                    own.entry(name.into_owned())
                        .or_default()
                        .push(value.into_owned());
                }
                for (name, wanted) in wanted.as_object().into_iter().flatten() {
                    let own = own.get(name).map(|values| values.join(","));
                    if Some(wanted.as_str().unwrap_or_default()) != own.as_deref() {
                        found.push(format!(
                            "the backend got {name}={own:?} instead of {wanted}"
                        ));
                    }
                }
            }
            "headers" => {
                for (name, wanted) in wanted.as_object().into_iter().flatten() {
                    let own = request.headers.iter();
                    let own = own.filter(|(own, _)| own.eq_ignore_ascii_case(name));
                    let own: Vec<&str> = own.map(|(_, value)| value.as_str()).collect();
                    if json!(own.join(",")) != *wanted {
                        found.push(format!(
                            "the backend got `{name}` {own:?} instead of {wanted}"
                        ));
                    }
                }
            }
            "hasHeaders" | "absentHeaders" => {
                for name in texts(wanted) {
                    if request.header(name).is_some() != (member == "hasHeaders") {
                        let own = request.header(name);
                        found.push(format!("the backend got the header `{name}`: {own:?}"));
                    }
                }
            }
            other => found.push(format!(
                "nobody compares `{other}` of what a backend received"
            )),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(status: u16, body: &str) -> Answer {
        let fields = vec![
            ("X-A".to_owned(), "1".to_owned()),
            ("x-a".to_owned(), "2".to_owned()),
        ];
        Answer {
            status,
            headers: [("x-a".to_owned(), "2".to_owned())].into(),
            fields,
            body: body.to_owned(),
            bytes: body.as_bytes().to_vec(),
        }
    }

    /// Each member passes on what it wants and fails on what it does not.
    #[test]
    fn every_member_can_fail() {
        for (member, fits, other) in [
            ("status", json!(403), json!(200)),
            ("status", json!("200 or 403"), json!("200 or 500")),
            ("headers", json!({"X-a": ["1", "2"]}), json!({"X-a": "1"})),
            ("headers", json!({"X-a": "1,2"}), json!({"X-b": "1"})),
            ("absentHeaders", json!(["x-b"]), json!(["X-A"])),
            ("hasHeaders", json!(["X-A"]), json!(["x-b"])),
            (
                "json",
                json!({"m": "explicit deny", "n": 1}),
                json!({"m": "explicit deny"}),
            ),
            ("json", json!({"m": "?", "n": 1}), json!({"m": "?", "n": 2})),
            ("headers", json!({"X-a": "1, 2"}), json!({"X-a": "2, 1"})),
            ("jsonSubset", json!({"n": 1}), json!({"n": 2})),
            (
                "jsonSubset",
                json!({"n": "<number>"}),
                json!({"m": "<number>"}),
            ),
            ("jsonPattern", json!({"m": "^e"}), json!({"m": "^x"})),
            ("jsonPrefix", json!({"m": "exp"}), json!({"m": "x"})),
            (
                "body",
                json!("{\"m\":\"explicit deny\",\"n\":1}"),
                json!(""),
            ),
            ("event", json!({"a.b": 1, "c": null}), json!({"a": 1})),
            (
                "eventKeys",
                json!(["a", "headers", "isBase64Encoded"]),
                json!(["a"]),
            ),
            ("eventKeysOf", json!({"a": ["b"]}), json!({"a": ["c"]})),
            ("eventHasHeaders", json!(["h"]), json!(["i"])),
            ("eventHasNotHeaders", json!(["i"]), json!(["H"])),
            (
                "backendReceives",
                json!({"method": "GET", "path": "/p", "query": {"q": "1,2"}}),
                json!({"query": {"q": "1"}}),
            ),
            (
                "backendReceives",
                json!({"headers": {"Y": "1"}, "hasHeaders": ["y"], "absentHeaders": ["z"]}),
                json!({"hasHeaders": ["z"]}),
            ),
            ("decision", json!("explicit deny"), json!("implicit deny")),
            ("ignored", Json::Null, Json::Null),
        ] {
            let events = Events::default();
            events.note(
                "f",
                json!({"a": {"b": 1}, "headers": {"H": "1"}, "isBase64Encoded": false}),
            );
            let answer = answer(403, "{\"m\":\"explicit deny\",\"n\":1}");
            let sent = [Request {
                method: "GET".to_owned(),
                target: "/p?q=1&q=2".to_owned(),
                headers: vec![("y".to_owned(), "1".to_owned())],
                body: Vec::new(),
            }];
            let came = Came {
                answer: &answer,
                events: &events,
                sent: &sent,
            };
            let differs = |wanted: Json, ignore: &[String]| {
                let expected: Members = [(member.to_owned(), wanted)].into_iter().collect();
                !differences(&expected, ignore, &came).is_empty()
            };
            let is_known = member != "ignored";
            assert_eq!(differs(fits.clone(), &[]), !is_known, "{member} {fits}");
            assert!(differs(other.clone(), &[]), "{member} {other}");
            assert!(!differs(other, &[member.to_owned()]), "{member}");
        }
    }
}
