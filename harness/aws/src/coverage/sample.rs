//! Samples: for each operation a call that succeeds, and what has to be there before.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;
use serde_json::Value;

/// The file `coverage/<service>.json`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Samples {
    /// The service's name, from the file's.
    #[serde(skip)]
    pub(super) service: String,
    /// Who calls where an operation says nothing: an account.
    pub(super) account: String,
    /// What is made before each operation, by the root user of an account.
    #[serde(default)]
    pub(super) prepare: Vec<Step>,
    /// Each operation with its call.
    pub(super) operations: Vec<Operation>,
}

/// One operation with its call.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Operation {
    /// The operation.
    pub(super) name: String,
    /// Who calls, when it is not the file's account.
    pub(super) account: Option<String>,
    /// What is made before it, beside what the file makes.
    #[serde(default)]
    pub(super) prepare: Vec<Step>,
    /// The input.
    #[serde(default)]
    pub(super) input: Value,
    /// A part that is refused stands in the answer, which is a success: BatchGetSecretValue.
    #[serde(default)]
    pub(super) refuses_in_part: bool,
}

/// One call of the preparation.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Step {
    /// `oam:CreateSink`.
    pub(super) call: String,
    /// Which account's root user makes it.
    pub(super) account: Option<String>,
    /// The input.
    #[serde(default)]
    pub(super) input: Value,
    /// Names for what the answer holds at a JSON pointer; `${name}` in later inputs.
    #[serde(default)]
    pub(super) capture: BTreeMap<String, String>,
}

impl Samples {
    /// Reads the samples of a service.
    pub(super) fn read(service: &str) -> Self {
        let path = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("coverage")
            .join(format!("{service}.json"));
        let text =
            std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path:?}: {error}"));
        let mut samples: Self =
            serde_json::from_str(&text).unwrap_or_else(|error| panic!("{path:?}: {error}"));
        service.clone_into(&mut samples.service);
        samples.operations.sort_by(|a, b| a.name.cmp(&b.name));
        samples
    }
}

/// `input` with every `${name}` replaced by what was captured under it. A text that is nothing else
/// becomes what was captured as it is: bytes are a list of numbers.
pub(super) fn filled(input: &Value, captured: &BTreeMap<String, Value>) -> Value {
    match input {
        Value::String(text) => {
            let mut text = text.clone();
            for (name, value) in captured {
                let place = format!("${{{name}}}");
                match value {
                    Value::String(value) => text = text.replace(&place, value),
                    whole if text == place => return whole.clone(),
                    _ => {}
                }
            }
            Value::String(text)
        }
        Value::Array(items) => items.iter().map(|item| filled(item, captured)).collect(),
        Value::Object(members) => members
            .iter()
            .map(|(name, value)| (name.clone(), filled(value, captured)))
            .collect(),
        other => other.clone(),
    }
}
