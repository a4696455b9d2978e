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
    /// Values that the model alone does not give away, by the member's name.
    #[serde(default)]
    pub(super) values: BTreeMap<String, Vec<Value>>,
    /// Each operation with its call.
    pub(super) operations: Vec<Operation>,
}

/// One operation with its call.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Operation {
    /// The operation; a variant has its operation's.
    #[serde(default)]
    pub(super) name: String,
    /// Who calls, when it is not the file's account.
    pub(super) account: Option<String>,
    /// What is made before it, beside what the file makes; a variant's comes after its operation's.
    #[serde(default)]
    pub(super) prepare: Vec<Step>,
    /// Where the permission is not the caller's policies' to give, but stands in what was prepared (a
    /// grant, a trust policy): the preparation that lacks it.
    pub(super) without: Option<Vec<Step>>,
    /// The input.
    #[serde(default)]
    pub(super) input: Value,
    /// A part that is refused stands in the answer, which is a success: BatchGetSecretValue.
    #[serde(default)]
    pub(super) refuses_in_part: bool,
    /// The code with which a caller is answered who has all permissions, where this lab cannot
    /// perform the operation.
    pub(super) answers: Option<String>,
    /// Names for what the answer holds at a JSON pointer; `${name}` in `then`.
    #[serde(default)]
    pub(super) capture: BTreeMap<String, String>,
    /// Calls that show what the operation led to, beside the reading operations of its service.
    #[serde(default)]
    pub(super) then: Vec<Step>,
    /// Further calls, in which members show that they are read.
    #[serde(default)]
    pub(super) variants: Vec<Operation>,
    /// A call of a list that has several entries.
    pub(super) several: Option<Box<Operation>>,
    /// Why a list never has several entries.
    pub(super) single: Option<String>,
    /// Members that change nothing that can be seen, with the reason.
    #[serde(default)]
    pub(super) inert: BTreeMap<String, String>,
}

/// One call of the preparation.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Step {
    /// `oam:CreateSink`.
    pub(super) call: String,
    /// Which account's root user makes it.
    pub(super) account: Option<String>,
    /// Whose access key makes it, where it is not a root user's.
    pub(super) key: Option<String>,
    /// The input.
    #[serde(default)]
    pub(super) input: Value,
    /// Names for what the answer holds at a JSON pointer; `${name}` in later inputs.
    #[serde(default)]
    pub(super) capture: BTreeMap<String, String>,
    /// Names for the codes of an MFA device whose seed the answer holds at a JSON pointer: `${name4}`
    /// is that of now, `${name3}` the one before, down to `${name0}`.
    #[serde(default)]
    pub(super) codes: BTreeMap<String, String>,
}

impl Operation {
    /// A further call of this operation.
    fn further(&self, call: &mut Self) {
        call.name.clone_from(&self.name);
        call.account = call.account.take().or_else(|| self.account.clone());
        call.refuses_in_part |= self.refuses_in_part;
        let own = std::mem::take(&mut call.prepare);
        call.prepare = self.prepare.iter().cloned().chain(own).collect();
    }
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
        for operation in &mut samples.operations {
            let whole = operation.clone();
            let further = operation.variants.iter_mut();
            for call in further.chain(operation.several.as_deref_mut()) {
                whole.further(call);
            }
        }
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
