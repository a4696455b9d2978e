//! Bounds, and that whatever can be written is written as others write it.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Map, json};

use super::*;

fn keep(detail: &Value) -> Value {
    serde_json::from_str(&written(detail).unwrap()).unwrap()
}

#[derive(Serialize)]
enum Kind {
    Unit,
    New(u8),
    Tuple(i64, bool),
    Struct { a: Option<char>, b: () },
}

#[derive(Serialize)]
struct Pair(f32, f64);

#[derive(Serialize)]
struct Everything<'a> {
    kinds: Vec<Kind>,
    pair: Pair,
    bytes: &'a [u8],
    by_number: BTreeMap<u16, &'a str>,
    by_answer: BTreeMap<bool, ()>,
    #[serde(flatten)]
    more: BTreeMap<String, Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    absent: Option<u8>,
    nothing: Vec<u8>,
}

fn everything() -> Everything<'static> {
    Everything {
        kinds: vec![
            Kind::Unit,
            Kind::New(1),
            Kind::Tuple(-2, true),
            Kind::Struct {
                a: Some('\u{202e}'),
                b: (),
            },
        ],
        pair: Pair(0.5, f64::NAN),
        bytes: b"ab",
        by_number: [(7, "\"\n\u{1b}")].into(),
        by_answer: [(true, ())].into(),
        more: [("z".to_owned(), json!({"deep": [1.25, {}]}))].into(),
        absent: None,
        nothing: Vec::new(),
    }
}

#[test]
fn whatever_can_be_written_is_written_as_others_write_it() {
    let everything = everything();
    let expected = serde_json::to_string(&everything).unwrap();
    assert_eq!(written(&everything).unwrap(), expected);
    assert_eq!(written(&()).unwrap(), "null");
    let no_text: BTreeMap<Vec<u8>, u8> = [(vec![1], 1)].into();
    assert!(written(&no_text).is_err());
}

#[test]
fn long_texts_are_cut_and_tell_their_length() {
    let long = "a".repeat(9_500_000);
    let kept = written(&json!({"text": long, "list": [long], long.as_str(): 1})).unwrap();
    assert!(kept.len() < 3 * TEXT_BYTES_MAX, "{}", kept.len());
    assert!(kept.contains("a … (9,500,000 bytes)"), "{kept}");
}

#[test]
fn what_is_searched_is_charged_whether_it_is_kept_or_not() {
    // What is kept of each, at most, and how much of it is searched for that.
    let text = "=".repeat(10_000);
    let numbered = |n: u32| format!("{n}{text}");
    let name_max = DETAIL_BYTES_MAX / (2 * NAME_BYTES_MAX) + 2;
    let text_max = DETAIL_BYTES_MAX / (2 * TEXT_BYTES_MAX) + 2;
    let names: Map<String, Value> = (0..400).map(|n| (numbered(n), n.into())).collect();
    let texts: Vec<Value> = (0..400).map(|n| numbered(n).into()).collect();
    let nested = json!({"list": texts});
    for (what, detail, kept_max) in [
        ("names", Value::Object(names), name_max),
        ("texts", Value::Array(texts), text_max),
        ("nested texts", nested, text_max),
    ] {
        let kept = match keep(&detail) {
            Value::Object(members) if what == "names" => members.len(),
            Value::Object(members) => members["list"].as_array().unwrap().len(),
            Value::Array(items) => items.len(),
            other => panic!("{other}"),
        };
        assert!(kept > 4 && kept <= kept_max, "{what}: {kept} of {kept_max}");
    }
    // The twin: short names are all kept.
    let short: Map<String, Value> = (0..400).map(|n| (n.to_string(), n.into())).collect();
    assert_eq!(keep(&short.into()).as_object().unwrap().len(), 400);
}

#[test]
fn depth_and_breadth_are_bounded_and_told() {
    #[derive(Serialize)]
    enum Nested {
        Bottom,
        Within { of: Vec<Nested> },
    }
    let (mut deep, mut variants) = (json!("bottom"), Nested::Bottom);
    for _ in 0..1_000 {
        let list = Value::Array(vec![deep]);
        deep = Value::Object([("a".to_owned(), list)].into_iter().collect());
    }
    for _ in 0..100 {
        variants = Nested::Within { of: vec![variants] };
    }
    for kept in [written(&deep).unwrap(), written(&variants).unwrap()] {
        assert!(kept.contains("… (nested deeper than 64 levels)"), "{kept}");
        serde_json::from_str::<Value>(&kept).unwrap();
    }
    let kept = keep(&json!({"n": vec![1; 1_000_000]}));
    assert!(kept["n"].as_array().unwrap().len() < 10_000);
    assert_eq!(
        kept["n"].as_array().unwrap().last().unwrap(),
        "… (1,000,000 of them)"
    );
    let many: Map<String, Value> = (0..100_000).map(|n| (n.to_string(), n.into())).collect();
    let kept = keep(&many.into());
    assert_eq!(kept["…"], "(100,000 members)");
    assert!(kept.to_string().len() < DETAIL_BYTES_MAX);
}

#[test]
fn names_and_texts_are_without_credentials_and_ports() {
    let token = "hvs.CAESIJabcdefghijklmnop";
    let kept = written(&json!({token: token, "at": "http://127.0.0.1:8200/"})).unwrap();
    assert_eq!(
        kept,
        r#"{"…(vault token)":"…(vault token)","at":"http://127.0.0.1:{port}/"}"#
    );
}
