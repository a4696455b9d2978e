//! The facts of one service's model, taken out of botocore's file.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

/// What a shape says that is copied as it stands.
const SHAPE_FACTS: &[&str] = &[
    "type",
    "min",
    "max",
    "pattern",
    "enum",
    "flattened",
    "sensitive",
    "streaming",
    "payload",
    "timestampFormat",
    "union",
    "eventstream",
    "document",
    "exception",
    "fault",
];

/// What a reference to a shape (a member, an element, a key) says that is copied as it stands.
const MEMBER_FACTS: &[&str] = &[
    "shape",
    "location",
    "locationName",
    "flattened",
    "streaming",
    "timestampFormat",
    "jsonvalue",
    "idempotencyToken",
    "eventpayload",
    "enum",
];

/// A JSON object whose members are sorted, whatever features serde_json was built with.
type Facts = BTreeMap<String, Value>;

/// The newest model of a service, unpacked.
fn load(botocore: &Path, service: &str) -> Result<Value> {
    let folder = botocore.join("data").join(service);
    let mut versions: Vec<PathBuf> = std::fs::read_dir(&folder)
        .with_context(|| format!("botocore has no `data/{service}`"))?
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.is_dir())
        .collect();
    versions.sort();
    let newest = versions
        .last()
        .with_context(|| format!("`data/{service}` is empty"))?;
    let plain = newest.join("service-2.json");
    if plain.exists() {
        return Ok(serde_json::from_slice(&std::fs::read(plain)?)?);
    }
    let packed = newest.join("service-2.json.gz");
    let output = Command::new("gzip")
        .arg("-dc")
        .arg(&packed)
        .output()
        .context("running gzip")?;
    if !output.status.success() {
        bail!("gzip could not unpack `{}`", packed.display());
    }
    Ok(serde_json::from_slice(&output.stdout)?)
}

/// The facts of a service's model, one operation or shape a line.
///
/// # Errors
/// There is no model, or it says something that is not known.
pub(super) fn extract(botocore: &Path, service: &str) -> Result<String> {
    let model = load(botocore, service)?;
    let shapes = model["shapes"].as_object().context("no `shapes`")?;
    let mut operations = BTreeMap::new();
    let mut wanted = Vec::new();
    for (name, operation) in model["operations"].as_object().context("no `operations`")? {
        let facts = operation_facts(operation).with_context(|| format!("operation `{name}`"))?;
        wanted.extend(
            ["input", "output"]
                .iter()
                .filter_map(|key| text(facts.get(*key))),
        );
        wanted.extend(
            facts
                .get("errors")
                .and_then(Value::as_array)
                .into_iter()
                .flatten()
                .filter_map(|error| text(Some(error))),
        );
        operations.insert(name.clone(), facts);
    }
    let mut reached = BTreeMap::new();
    let mut seen = BTreeSet::new();
    while let Some(name) = wanted.pop() {
        if !seen.insert(name.clone()) {
            continue;
        }
        let shape = shapes
            .get(&name)
            .with_context(|| format!("shape `{name}` is not in the model"))?;
        let facts = shape_facts(shape).with_context(|| format!("shape `{name}`"))?;
        wanted.extend(references(shape));
        reached.insert(name, facts);
    }
    render(
        &metadata_facts(service, &model["metadata"])?,
        &operations,
        &reached,
    )
}

fn text(value: Option<&Value>) -> Option<String> {
    value.and_then(Value::as_str).map(str::to_owned)
}

fn metadata_facts(service: &str, metadata: &Value) -> Result<Facts> {
    let mut facts = Facts::from([("name".to_owned(), json!(service))]);
    for key in [
        "apiVersion",
        "endpointPrefix",
        "jsonVersion",
        "targetPrefix",
        "xmlNamespace",
        "serviceId",
    ] {
        if let Some(value) = metadata.get(key) {
            facts.insert(key.to_owned(), value.clone());
        }
    }
    let signing_name = metadata
        .get("signingName")
        .or_else(|| metadata.get("endpointPrefix"));
    facts.insert(
        "signingName".to_owned(),
        signing_name.context("no `endpointPrefix`")?.clone(),
    );
    let protocols = match metadata.get("protocols") {
        Some(protocols) => protocols.clone(),
        None => json!([metadata["protocol"]]),
    };
    facts.insert("protocols".to_owned(), protocols);
    if metadata.get("awsQueryCompatible").is_some() {
        facts.insert("queryCompatible".to_owned(), json!(true));
    }
    Ok(facts)
}

fn operation_facts(operation: &Value) -> Result<Facts> {
    let http = &operation["http"];
    let mut facts = Facts::new();
    facts.insert(
        "method".to_owned(),
        json!(text(http.get("method")).context("no http method")?),
    );
    facts.insert(
        "uri".to_owned(),
        json!(text(http.get("requestUri")).context("no requestUri")?),
    );
    if let Some(status) = http.get("responseCode") {
        facts.insert("status".to_owned(), status.clone());
    }
    for key in ["input", "output"] {
        if let Some(shape) = operation.get(key) {
            facts.insert(
                key.to_owned(),
                json!(text(shape.get("shape")).context("no shape")?),
            );
        }
    }
    if let Some(wrapper) = operation
        .get("output")
        .and_then(|output| output.get("resultWrapper"))
    {
        facts.insert("resultWrapper".to_owned(), wrapper.clone());
    }
    if operation.get("authtype").and_then(Value::as_str) == Some("none") {
        facts.insert("unsigned".to_owned(), json!(true));
    }
    let mut errors: Vec<String> = operation
        .get("errors")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(|error| text(error.get("shape")))
        .collect();
    errors.sort();
    if !errors.is_empty() {
        facts.insert("errors".to_owned(), json!(errors));
    }
    Ok(facts)
}

fn shape_facts(shape: &Value) -> Result<Facts> {
    let mut facts = picked(shape, SHAPE_FACTS);
    if let Some(members) = shape.get("members").and_then(Value::as_object) {
        let members: BTreeMap<&String, Facts> = members
            .iter()
            .map(|(name, member)| (name, picked(member, MEMBER_FACTS)))
            .collect();
        facts.insert("members".to_owned(), json!(members));
    }
    if let Some(required) = shape.get("required").and_then(Value::as_array)
        && !required.is_empty()
    {
        let required: BTreeSet<&str> = required.iter().filter_map(Value::as_str).collect();
        facts.insert("required".to_owned(), json!(required));
    }
    for key in ["member", "key", "value"] {
        if let Some(reference) = shape.get(key) {
            facts.insert(key.to_owned(), json!(picked(reference, MEMBER_FACTS)));
        }
    }
    if let Some(error) = shape.get("error") {
        let mut kept = Facts::new();
        for (from, to) in [
            ("code", "code"),
            ("httpStatusCode", "status"),
            ("senderFault", "sender"),
        ] {
            if let Some(value) = error.get(from) {
                kept.insert(to.to_owned(), value.clone());
            }
        }
        facts.insert("error".to_owned(), json!(kept));
    }
    Ok(facts)
}

/// The named facts of an object. A flag that is false says nothing and is left out.
fn picked(object: &Value, names: &[&str]) -> Facts {
    names
        .iter()
        .filter_map(|name| Some(((*name).to_owned(), object.get(*name)?.clone())))
        .filter(|(_, value)| *value != json!(false))
        .collect()
}

/// Names of the shapes that a shape is made of.
fn references(shape: &Value) -> Vec<String> {
    let members = shape.get("members").and_then(Value::as_object);
    members
        .into_iter()
        .flat_map(|members| members.values())
        .chain(
            ["member", "key", "value"]
                .iter()
                .filter_map(|key| shape.get(*key)),
        )
        .filter_map(|reference| text(reference.get("shape")))
        .collect()
}

fn render(
    metadata: &Facts,
    operations: &BTreeMap<String, Facts>,
    shapes: &BTreeMap<String, Facts>,
) -> Result<String> {
    let mut out = format!(
        "{{\"metadata\":{},\n\"operations\":{{\n",
        serde_json::to_string(metadata)?
    );
    lines(&mut out, operations)?;
    out.push_str("},\n\"shapes\":{\n");
    lines(&mut out, shapes)?;
    out.push_str("}}\n");
    Ok(out)
}

fn lines(out: &mut String, entries: &BTreeMap<String, Facts>) -> Result<()> {
    for (position, (name, facts)) in entries.iter().enumerate() {
        let comma = if position + 1 < entries.len() {
            ","
        } else {
            ""
        };
        out.push_str(&format!(
            "{}:{}{comma}\n",
            json!(name),
            serde_json::to_string(facts)?
        ));
    }
    Ok(())
}
