//! Exchanges over HTTP: the table `vault`. Each case stands alone, with a server of its own whose clock
//! stands.
//!
//! - [`case`]: a case and its steps, read strictly.
//! - [`replay`]: a case against a fresh server.
//! - [`answer`]: an answer beside what was recorded.
//! - [`context`]: the values of a case; [`matching`]: whether a value is what was recorded;
//!   [`placeholder`]: what stands for what differs between two runs.
//! - [`token`]: the tokens that a case signs.
//! - [`upstream`]: the stub for STS, IAM and identity providers.

mod answer;
mod audit;
mod case;
pub mod context;
mod matching;
mod placeholder;
mod replay;
pub mod token;
mod upstream;
pub use std::sync::Arc;

use authlab_vault::Flavour;
use serde::Deserialize;
use serde_json::{Map, Value};

use self::case::Case;
use crate::row::Row;

/// A file of the table.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    topic: String,
    /// What was recorded, for people.
    #[serde(rename = "reference")]
    _reference: String,
    /// The keys that sign the tokens, by name.
    #[serde(default)]
    keys: Map<String, Value>,
    cases: Vec<Value>,
}

/// Reads the cases of a file, which are replayed against a server of this flavour.
pub fn read(topic: &str, text: &str, flavour: Flavour) -> Result<Vec<Row>, String> {
    let mut reader = serde_json::Deserializer::from_str(text);
    // Bodies that are nested too deeply are cases.
    reader.disable_recursion_limit();
    let file = File::deserialize(&mut reader);
    let file = file.and_then(|file| reader.end().map(|()| file));
    let file = file.map_err(|error| format!("no file of cases: {error}"))?;
    if file.topic != topic {
        let told = file.topic;
        return Err(format!(
            "the topic of the file is `{told}`: it is called by its topic"
        ));
    }
    let keys = Arc::new(file.keys);
    let cases = file.cases.into_iter().enumerate();
    Ok(cases
        .map(|(at, case)| row(at, case, &keys, flavour))
        .collect())
}

fn row(at: usize, value: Value, keys: &Arc<Map<String, Value>>, flavour: Flavour) -> Row {
    let name = value.get("name").and_then(Value::as_str);
    let id = name.map_or_else(|| format!("case {}", at + 1), str::to_owned);
    let case = match Case::read(value, flavour) {
        Ok(case) => case,
        Err(error) => return Row::wrong(id, error),
    };
    let keys = Arc::clone(keys);
    let grade = case.grade.clone();
    Row::new(id, grade.as_deref(), move || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build();
        let replayed = runtime.map(|runtime| runtime.block_on(replay::run(&case, &keys, flavour)));
        match replayed {
            Ok(Ok(differences)) => differences,
            Ok(Err(error)) => vec![error.to_string()],
            Err(error) => vec![format!("no runtime: {error}")],
        }
    })
}
