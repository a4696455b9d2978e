//! The audit files of a case.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use serde_json::{Map, Value, json};

/// Where the files are, and how far each was read.
pub struct AuditFiles<'a> {
    folder: PathBuf,
    names: &'a [String],
    read: BTreeMap<&'a str, usize>,
}

impl<'a> AuditFiles<'a> {
    /// The files of these names in a folder.
    pub fn new(folder: impl Into<PathBuf>, names: &'a [String]) -> Self {
        Self {
            folder: folder.into(),
            names,
            read: BTreeMap::new(),
        }
    }

    /// The lines that each file got since the last call.
    pub fn new_lines(&mut self) -> Value {
        let mut files = Map::new();
        for name in self.names {
            let Ok(text) = fs::read_to_string(self.folder.join(name)) else {
                continue;
            };
            let from = self.read.insert(name, text.len()).unwrap_or(0);
            let new = text.get(from..).unwrap_or_default().lines();
            let lines = new.filter(|line| !line.trim().is_empty()).map(line);
            files.insert(name.clone(), lines.collect());
        }
        Value::Object(files)
    }
}

/// A line is JSON, or JSON behind a prefix; any other is a text.
fn line(text: &str) -> Value {
    if let Ok(value) = serde_json::from_str(text) {
        return value;
    }
    let (prefix, rest) = text.split_at(text.find('{').unwrap_or(text.len()));
    match serde_json::from_str::<Value>(rest) {
        Ok(value) => json!({"(prefix)": prefix, "(line)": value}),
        Err(_) => json!(text),
    }
}
