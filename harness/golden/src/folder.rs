//! The files of a table.

use std::fs;
use std::path::Path;

use crate::row::Row;
use crate::table::Read;

/// What stands beside the rows in a table's folder.
const BESIDE: [&str; 2] = ["README.md", crate::known::FILE];

/// A row and its topic: the name of its file without the suffix.
#[derive(Debug)]
pub struct Found {
    /// The topic.
    pub topic: String,
    /// The row.
    pub row: Row,
}

/// Every row of the table in `folder`; what is no file of a table is a row that fails.
///
/// # Errors
/// When the folder cannot be read.
pub fn rows(folder: &Path, read: Read) -> Result<Vec<Found>, String> {
    let unreadable = |error: std::io::Error| format!("`{}`: {error}", folder.display());
    let mut names = Vec::new();
    for entry in fs::read_dir(folder).map_err(unreadable)? {
        names.push(entry.map_err(unreadable)?.file_name());
    }
    names.sort();
    let mut found = Vec::new();
    for name in names {
        let shown = name.to_string_lossy().into_owned();
        if BESIDE.contains(&shown.as_str()) {
            continue;
        }
        let topic = shown.strip_suffix(".json").unwrap_or(&shown).to_owned();
        let path = folder.join(&name);
        let read = if shown.ends_with(".json") {
            let text = fs::read_to_string(&path).map_err(|error| error.to_string());
            text.and_then(|text| read(&topic, &text))
        } else {
            Err("no file of a table: it has JSON files, `README.md` and its list".to_owned())
        };
        let rows = read.unwrap_or_else(|error| vec![Row::wrong("the file", error)]);
        found.extend(rows.into_iter().map(|row| Found {
            topic: topic.clone(),
            row,
        }));
    }
    Ok(found)
}
