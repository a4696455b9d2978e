//! The journal's line as a JSON schema, made from the structs that are written into it, and held against
//! the file: a member, a kind or a reason that comes, goes or changes its type is seen in review.
//!
//! After a change that is meant, `AUTHLAB_ACCEPT=1 cargo nextest run -p authlab-explain journal_schema`
//! writes the file anew. One that takes a member away, or gives it another meaning, raises
//! `LINE_VERSION` of the kernel as well.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "what the sources do not have as it is expected ends the test"
)]

mod shape;
mod source;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use authlab_kernel::Component;
use authlab_kernel::journal::{LINE_VERSION, Outcome};
use serde_json::{Map, Value, json};

use self::source::Source;

/// Where the structs are, below `harness`, by the name under which the schema has them: a file without its
/// end, or a folder. What is known of a type that stands elsewhere is said in `shape.rs`.
const SOURCES: [(&str, &[&str]); 10] = [
    (
        "kernel",
        &[
            "kernel/src/answer",
            "kernel/src/journal/event",
            "kernel/src/fault",
            "kernel/src/enforcement",
        ],
    ),
    ("http", &["http/src/evidence"]),
    ("token", &["token/src/evidence"]),
    ("wire", &["wire/src/sigv4/evidence"]),
    (
        "policy",
        &[
            "policy/src/evidence",
            "policy/src/near_miss",
            "policy/src/trace/told",
        ],
    ),
    ("gateway", &["gateway/src/evidence"]),
    ("aws", &["aws/src/evidence"]),
    ("vault", &["vault/src/evidence"]),
    ("oidc", &["oidc/src/evidence"]),
    ("lab", &["lab/src/evidence"]),
];

fn harness() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The texts of a place, without its tests.
fn texts(place: &str) -> Vec<String> {
    let place = harness().join(place);
    let mut files = match std::fs::read_dir(&place) {
        Ok(folder) => folder.map(|entry| entry.unwrap().path()).collect(),
        Err(_) => vec![place.with_extension("rs")],
    };
    files.sort();
    files.retain(|file| !file.ends_with("tests.rs"));
    let read = |file: &PathBuf| {
        std::fs::read_to_string(file)
            .unwrap_or_else(|error| panic!("{}: {error}: see SOURCES", file.display()))
    };
    files.iter().map(read).collect()
}

fn sources() -> Vec<(&'static str, Source)> {
    let read = |(name, places): (&'static str, &[&str])| {
        let sources = places.iter().flat_map(|place| texts(place));
        (name, Source::parse(sources))
    };
    SOURCES.into_iter().map(read).collect()
}

fn schema() -> Value {
    let sources = sources();
    let mut definitions = Map::new();
    let mut kinds: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    let mut reasons = Map::new();
    for (name, source) in &sources {
        for item in &source.items {
            let shape = shape::of(item, name, &sources);
            definitions.insert(format!("{name}.{}", item.name()), shape);
        }
        for (item, kind) in &source.kinds {
            let reference = json!({"$ref": format!("#/$defs/{name}.{item}")});
            kinds.entry(kind.clone()).or_default().push(reference);
        }
        if !source.reasons.is_empty() {
            reasons.insert((*name).to_owned(), json!(source.reasons));
        }
    }
    let line = definitions.remove("kernel.Event").unwrap();
    let by_kind: Vec<Value> = kinds
        .iter()
        .map(|(kind, shapes)| {
            json!({
                "if": {"properties": {"kind": {"const": kind}}},
                "then": {"properties": {"detail": {"anyOf": shapes}}},
            })
        })
        .collect();
    let mut schema = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A line of authlab's journal",
        "version": LINE_VERSION,
    });
    let members = schema.as_object_mut().unwrap();
    members.extend(line.as_object().unwrap().clone());
    let about = "The journal cuts what is long or deep: a detail may lack members, and a text may stand in place of a value. A reason is one of `reasons`, or the code in kebab case of an error that a service or a foreign server has.";
    members.insert("$comment".to_owned(), json!(about));
    members["properties"]["component"]["enum"] = json!(Component::ALL.map(Component::as_str));
    members["properties"]["outcome"] = json!({
        "description": members["properties"]["outcome"]["description"],
        "enum": Outcome::ALL.map(Outcome::as_str),
    });
    members.insert("allOf".to_owned(), json!(by_kind));
    members.insert("reasons".to_owned(), Value::Object(reasons));
    members.insert("$defs".to_owned(), Value::Object(definitions));
    schema
}

#[test]
fn the_journal_schema_is_that_of_the_structs() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("journal.schema.json");
    let made = serde_json::to_string_pretty(&schema()).unwrap() + "\n";
    if std::env::var_os("AUTHLAB_ACCEPT").is_some() {
        std::fs::write(&file, &made).unwrap();
    }
    let kept = std::fs::read_to_string(&file).unwrap_or_default();
    let differs = kept
        .lines()
        .zip(made.lines())
        .position(|(kept, made)| kept != made);
    assert!(
        kept == made,
        "`journal.schema.json` is not that of the structs, first at line {:?}: accept it by \
         `AUTHLAB_ACCEPT=1 cargo nextest run -p authlab-explain journal_schema`",
        differs.map(|index| index + 1)
    );
}

#[test]
fn every_reference_of_the_schema_leads_somewhere() {
    fn walk(value: &Value, seen: &mut Vec<String>) {
        match value {
            Value::Object(members) => {
                if let Some(Value::String(reference)) = members.get("$ref") {
                    seen.push(reference.clone());
                }
                members.values().for_each(|value| walk(value, seen));
            }
            Value::Array(items) => items.iter().for_each(|value| walk(value, seen)),
            _ => {}
        }
    }
    let schema = schema();
    let mut seen = Vec::new();
    walk(&schema, &mut seen);
    assert!(seen.len() > 30, "{seen:?}");
    for reference in seen {
        let pointer = reference.trim_start_matches('#');
        assert!(schema.pointer(pointer).is_some(), "{reference}");
    }
    let kinds = schema["allOf"].as_array().unwrap();
    assert!(kinds.len() >= 20, "{} kinds", kinds.len());
    let reasons = schema["reasons"].as_object().unwrap();
    let count: usize = reasons
        .values()
        .map(|codes| codes.as_array().unwrap().len())
        .sum();
    assert!(count > 200, "{count} reasons");
}
