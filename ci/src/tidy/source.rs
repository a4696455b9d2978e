//! The files that are checked, and what is found in them.

use std::fmt;
use std::path::{Path, PathBuf};

use crate::tree::listed;

/// Something that breaks a rule.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Finding {
    /// The file, from the root of the tree.
    pub file: PathBuf,
    /// The line, from 1; none where the whole file is meant.
    pub line: Option<usize>,
    /// What is wrong and what to do.
    pub what: String,
}

impl Finding {
    /// A finding of a whole file.
    pub fn of_file(file: impl Into<PathBuf>, what: impl Into<String>) -> Self {
        Self {
            file: file.into(),
            line: None,
            what: what.into(),
        }
    }

    /// A finding of one line.
    pub fn of_line(file: impl Into<PathBuf>, line: usize, what: impl Into<String>) -> Self {
        Self {
            file: file.into(),
            line: Some(line),
            what: what.into(),
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let file = self.file.display();
        match self.line {
            Some(line) => write!(formatter, "{file}:{line}: {}", self.what),
            None => write!(formatter, "{file}: {}", self.what),
        }
    }
}

/// A tracked file that is text.
pub struct Source {
    /// From the root of the tree.
    pub path: PathBuf,
    /// Its text.
    pub text: String,
}

impl Source {
    /// Whether the file's name ends so.
    pub fn has_extension(&self, extension: &str) -> bool {
        self.path
            .extension()
            .is_some_and(|found| found == extension)
    }
}

/// What git tracks or would track: new files count before they are committed.
pub fn tracked(root: &Path) -> anyhow::Result<Vec<Source>> {
    let mut sources = Vec::new();
    for path in listed(root)? {
        // A file that was deleted and not yet committed is listed still; binaries are no sources.
        if let Ok(text) = std::fs::read_to_string(root.join(&path)) {
            sources.push(Source { path, text });
        }
    }
    Ok(sources)
}
