//! `cargo ci models`: extracts the facts of AWS service models out of an installed botocore.
//!
//! botocore ships one `service-2.json` per service (Apache-2.0). What is kept is what a server needs
//! to speak the protocol: operation names, HTTP methods and paths, shapes with their types, members,
//! locations and bounds, error codes and statuses. Prose is left out. The result is one file per
//! service in `harness/wire/models/`, sorted, with **one operation or shape per line**: the
//! interpreter in `authlab-wire` finds a line by its name and decodes only those that a lab uses,
//! and a difference between two botocore versions reads well.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use jiff::civil::Date;
use serde_json::{Value, json};

/// The services whose models stand in the tree.
const SERVICES: &[&str] = &[
    "apigateway",
    "apigatewayv2",
    "cloudwatch",
    "iam",
    "kms",
    "lambda",
    "logs",
    "oam",
    "organizations",
    "secretsmanager",
    "sts",
];

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

/// Arguments of `cargo ci models`.
#[derive(Debug, Default, clap::Args)]
pub struct Arguments {
    /// Folder of the installed botocore package (the one that holds `data/`); python3 is asked when absent
    #[arg(long, value_name = "DIR")]
    pub botocore: Option<PathBuf>,
    /// Change nothing; fail when a file in the tree differs from what botocore says
    #[arg(long)]
    pub check: bool,
    /// Day on which that botocore was released, as its package's files are dated; needed when its
    /// version is another than the tree's
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub released: Option<Date>,
    /// Services to extract; all of the tree's when none is named
    #[arg(value_name = "SERVICE")]
    pub services: Vec<String>,
}

/// Where the models in the tree come from, as their NOTICE says.
#[derive(Debug, PartialEq, Eq)]
pub struct Source {
    /// Version of botocore.
    pub version: String,
    /// The day of its release.
    pub released: Date,
}

/// After how many days the tree should have newer models.
const OLD_AFTER_DAYS: i32 = 120;

impl Source {
    /// Reads the NOTICE of a folder of models.
    ///
    /// # Errors
    /// There is none, or it does not say version and day.
    pub fn read(folder: &Path) -> Result<Self> {
        let path = folder.join("NOTICE");
        let text = std::fs::read_to_string(&path)
            .with_context(|| format!("reading `{}`", path.display()))?;
        Self::parse(&text).with_context(|| {
            format!(
                "`{}` does not say which botocore of which day the models are of; run `cargo ci models --released DAY`",
                path.display()
            )
        })
    }

    fn parse(text: &str) -> Option<Self> {
        let version = text.split_once("botocore ")?.1.split(',').next()?;
        let day = text
            .split_once("was released on ")?
            .1
            .split(['.', '\n'])
            .next()?;
        Some(Self {
            version: version.to_owned(),
            released: day.parse().ok()?,
        })
    }

    /// How old the models are, in words, and what to do about it. That time passes makes no run
    /// fail: the same tree would be good today and bad tomorrow.
    #[must_use]
    pub fn age(&self, today: Date) -> String {
        let days = today
            .since((jiff::Unit::Day, self.released))
            .map_or(0, |span| span.get_days());
        let advice = if days > OLD_AFTER_DAYS {
            format!(
                "; warning: older than {OLD_AFTER_DAYS} days, install a newer botocore and run `cargo ci models`"
            )
        } else {
            String::new()
        };
        format!(
            "models: botocore {} of {}, {days} days old{advice}",
            self.version, self.released
        )
    }
}

/// Extracts the models into `harness/wire/models/` of the workspace at `root`.
///
/// # Errors
/// Fails when botocore or one of its models is not found, when a model says something that the
/// extraction does not know how to read, and, with `--check`, when a file differs.
pub fn run(root: &Path, arguments: &Arguments) -> Result<()> {
    let botocore = match &arguments.botocore {
        Some(folder) => folder.clone(),
        None => locate_botocore()?,
    };
    let version = botocore_version(&botocore)?;
    let folder = root.join("harness/wire/models");
    let released = release_day(&folder, &version, arguments.released)?;
    let services: Vec<&str> = match arguments.services.as_slice() {
        [] => SERVICES.to_vec(),
        named => named.iter().map(String::as_str).collect(),
    };
    let mut files = vec![(folder.join("NOTICE"), notice(&version, released))];
    for service in services {
        let text = extract(&botocore, service)
            .with_context(|| format!("extracting the model of `{service}`"))?;
        files.push((folder.join(format!("{service}.json")), text));
    }
    if arguments.check {
        compare(&files)
    } else {
        write(&files)
    }
}

fn write(files: &[(PathBuf, String)]) -> Result<()> {
    for (path, text) in files {
        std::fs::write(path, text).with_context(|| format!("writing `{}`", path.display()))?;
        println!("{:>8} bytes  {}", text.len(), path.display());
    }
    Ok(())
}

fn compare(files: &[(PathBuf, String)]) -> Result<()> {
    let stale: Vec<String> = files
        .iter()
        .filter(|(path, text)| std::fs::read_to_string(path).ok().as_ref() != Some(text))
        .map(|(path, _)| path.display().to_string())
        .collect();
    if stale.is_empty() {
        return Ok(());
    }
    bail!(
        "not what botocore says, run `cargo ci models`: {}",
        stale.join(", ")
    )
}

fn locate_botocore() -> Result<PathBuf> {
    let output = Command::new("python3")
        .args([
            "-c",
            "import botocore, os; print(os.path.dirname(botocore.__file__))",
        ])
        .output()
        .context("python3 was asked for botocore; install it or pass --botocore DIR")?;
    if !output.status.success() {
        bail!("python3 knows no botocore; `pip install botocore` or pass --botocore DIR");
    }
    Ok(PathBuf::from(String::from_utf8(output.stdout)?.trim()))
}

fn botocore_version(botocore: &Path) -> Result<String> {
    let path = botocore.join("__init__.py");
    let text =
        std::fs::read_to_string(&path).with_context(|| format!("reading `{}`", path.display()))?;
    text.lines()
        .find_map(|line| line.strip_prefix("__version__ = "))
        .map(|version| version.trim_matches(['\'', '"']).to_owned())
        .with_context(|| format!("`{}` states no __version__", path.display()))
}

/// The day that was given, or the tree's where the version is the tree's.
fn release_day(folder: &Path, version: &str, given: Option<Date>) -> Result<Date> {
    if let Some(day) = given {
        return Ok(day);
    }
    let source = Source::read(folder)?;
    if source.version != version {
        bail!(
            "the tree has the models of botocore {}, this is {version}: say with --released on which day it came out",
            source.version
        );
    }
    Ok(source.released)
}

fn notice(version: &str, released: Date) -> String {
    format!(
        "The files in this folder hold facts about AWS APIs (names, types, locations, bounds, codes)\n\
         extracted from the service models of botocore {version}, without their documentation.\n\
         That botocore was released on {released}.\n\
         \n\
         botocore: https://github.com/boto/botocore\n\
         Copyright Amazon.com, Inc. or its affiliates. All Rights Reserved.\n\
         Licensed under the Apache License, Version 2.0: https://www.apache.org/licenses/LICENSE-2.0\n\
         \n\
         Made by `cargo ci models`; not edited by hand.\n"
    )
}

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

fn extract(botocore: &Path, service: &str) -> Result<String> {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_notice_says_how_old_the_models_are() {
        let released: Date = "2026-11-20".parse().unwrap();
        let source = Source::parse(&notice("1.44.8", released)).unwrap();
        assert_eq!(source.version, "1.44.8");
        assert_eq!(source.released, released);
        for (today, days, is_old) in [
            ("2026-11-20", "0 days old", false),
            ("2026-11-27", "7 days old", false),
            ("2027-03-20", "120 days old", false),
            ("2027-03-21", "121 days old", true),
        ] {
            let age = source.age(today.parse().unwrap());
            assert!(age.contains(days), "{age}");
            assert_eq!(age.contains("warning"), is_old, "{age}");
        }
        assert_eq!(Source::parse("models of botocore 1.43.11, undated"), None);
    }
}
