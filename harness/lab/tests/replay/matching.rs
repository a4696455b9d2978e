//! Whether an answer is what AWS sent.
//!
//! `<<any>>` is anything; `<<name>>` is bound at first sight and must be equal afterwards; a JSON
//! object matches a text that holds one; lists are compared without order, but with length.

use std::collections::BTreeMap;

use serde_json::Value;

/// What `<<name>>` stands for so far.
pub type Holes = BTreeMap<String, String>;

/// A part of a text with holes.
enum Part<'a> {
    Text(&'a str),
    Any,
    Hole(&'a str),
}

fn parts(text: &str) -> Vec<Part<'_>> {
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("<<") {
        let Some((name, after)) = after.split_once(">>") else {
            break;
        };
        if !before.is_empty() {
            parts.push(Part::Text(before));
        }
        parts.push(if name == "any" {
            Part::Any
        } else {
            Part::Hole(name)
        });
        rest = after;
    }
    if !rest.is_empty() {
        parts.push(Part::Text(rest));
    }
    parts
}

fn has_holes(text: &str) -> bool {
    !matches!(parts(text).as_slice(), [] | [Part::Text(_)])
}

fn is_hole(text: &str) -> bool {
    matches!(parts(text).as_slice(), [Part::Hole(_)])
}

/// Whether a text fills the parts; what it binds is in `holes` only when it does.
fn fills(parts: &[Part<'_>], text: &str, holes: &mut Holes) -> bool {
    let Some((first, rest)) = parts.split_first() else {
        return text.is_empty();
    };
    let ends = |text: &str| -> Vec<usize> {
        let ends = text.char_indices().map(|(at, _)| at);
        ends.chain([text.len()]).collect()
    };
    match first {
        Part::Text(wanted) => text
            .strip_prefix(wanted)
            .is_some_and(|left| fills(rest, left, holes)),
        Part::Any => ends(text)
            .into_iter()
            .any(|end| fills(rest, &text[end..], holes)),
        Part::Hole(name) => {
            if let Some(bound) = holes.get(*name).cloned() {
                return text
                    .strip_prefix(bound.as_str())
                    .is_some_and(|left| fills(rest, left, holes));
            }
            for end in ends(text).into_iter().filter(|end| *end > 0) {
                let mut tried = holes.clone();
                tried.insert((*name).to_owned(), text[..end].to_owned());
                if fills(rest, &text[end..], &mut tried) {
                    *holes = tried;
                    return true;
                }
            }
            false
        }
    }
}

/// Where the answer is otherwise.
pub fn differences(
    wanted: &Value,
    got: &Value,
    at: &str,
    holes: &mut Holes,
    out: &mut Vec<String>,
) {
    match wanted {
        Value::String(wanted) => text(wanted, got, at, holes, out),
        Value::Object(members) => match held(got) {
            Value::Object(found) => structure(members, &found, at, holes, out),
            other => out.push(format!("{at}: want an object, got {}", short(&other))),
        },
        Value::Array(elements) => match held(got) {
            Value::Array(found) => list(elements, found, at, holes, out),
            other => out.push(format!("{at}: want a list, got {}", short(&other))),
        },
        Value::Null => {}
        Value::Number(number) if number.as_f64() == got.as_f64() => {}
        wanted if wanted == got => {}
        wanted => out.push(format!("{at}: want {}, got {}", short(wanted), short(got))),
    }
}

/// A text that holds a document is that document.
fn held(got: &Value) -> Value {
    let document = got.as_str().filter(|text| text.starts_with(['{', '[']));
    let document = document.and_then(|text| serde_json::from_str(text).ok());
    document.unwrap_or_else(|| got.clone())
}

fn text(wanted: &str, got: &Value, at: &str, holes: &mut Holes, out: &mut Vec<String>) {
    if wanted == "<<any>>" {
        return;
    }
    let given = match got {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(flag) => Some(flag.to_string()),
        Value::Object(object) if object.len() == 1 => object
            .get("$bytes")
            .and_then(Value::as_str)
            .map(str::to_owned),
        _ => None,
    };
    if !given.is_some_and(|given| fills(&parts(wanted), &given, holes)) {
        out.push(format!("{at}: want {wanted:?}, got {}", short(got)));
    }
}

fn structure(
    members: &serde_json::Map<String, Value>,
    found: &serde_json::Map<String, Value>,
    at: &str,
    holes: &mut Holes,
    out: &mut Vec<String>,
) {
    // Holes that are whole values bind first.
    let mut ordered: Vec<_> = members.iter().collect();
    ordered.sort_by_key(|(_, value)| !value.as_str().is_some_and(is_hole));
    for (name, wanted) in ordered {
        if name == "$absent" {
            let absent = wanted.as_array().into_iter().flatten();
            for name in absent.filter_map(Value::as_str) {
                if let Some(got) = found.get(name) {
                    out.push(format!("{at}/{name}: want absent, got {}", short(got)));
                }
            }
            continue;
        }
        match found.get(name) {
            Some(got) => differences(wanted, got, &format!("{at}/{name}"), holes, out),
            None if has_holes(name) => {
                let key = found.keys().find(|key| {
                    !members.contains_key(*key) && fills(&parts(name), key, &mut holes.clone())
                });
                match key {
                    Some(key) => {
                        fills(&parts(name), key, holes);
                        differences(wanted, &found[key], &format!("{at}/{key}"), holes, out);
                    }
                    None => out.push(format!("{at}/{name}: absent")),
                }
            }
            None => out.push(format!("{at}/{name}: absent, want {}", short(wanted))),
        }
    }
}

fn list(
    elements: &[Value],
    mut found: Vec<Value>,
    at: &str,
    holes: &mut Holes,
    out: &mut Vec<String>,
) {
    if elements.len() != found.len() {
        let (wanted, got) = (elements.len(), found.len());
        out.push(format!("{at}: want {wanted} items, got {got}"));
        return;
    }
    for (position, wanted) in elements.iter().enumerate() {
        let hit = found.iter().position(|got| {
            let mut tried = Vec::new();
            differences(wanted, got, "", &mut holes.clone(), &mut tried);
            tried.is_empty()
        });
        match hit {
            Some(hit) => {
                let got = found.remove(hit);
                differences(wanted, &got, &format!("{at}/{position}"), holes, out);
            }
            None => {
                let first = found.first().map(short).unwrap_or_default();
                out.push(format!(
                    "{at}/{position}: no item like {}, got {first}",
                    short(wanted)
                ));
            }
        }
    }
}

/// A value, cut.
pub fn short(value: &Value) -> String {
    let text = value.to_string();
    match text.char_indices().nth(240) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

#[test]
fn holes_bind_once() {
    let case = |wanted: Value, got: Value| {
        let mut out = Vec::new();
        differences(&wanted, &got, "", &mut Holes::new(), &mut out);
        out.is_empty()
    };
    use serde_json::json;
    assert!(case(
        json!({"a": "<<x>>", "b": "k/<<x>>"}),
        json!({"a": "1", "b": "k/1", "c": 2})
    ));
    assert!(!case(
        json!({"a": "<<x>>", "b": "k/<<x>>"}),
        json!({"a": "1", "b": "k/2"})
    ));
    assert!(case(
        json!({"a": {"b": [1, 2]}}),
        json!({"a": "{\"b\": [2, 1]}"})
    ));
    assert!(!case(json!({"$absent": ["a"]}), json!({"a": 1})));
    assert!(case(json!("a<<any>>c"), json!("abbc")));
    assert!(!case(json!("a<<any>>c"), json!("abb")));
}
