//! The rules of the tree that no compiler checks.
//!
//! Each check reads the tracked files and returns its findings; one finding fails the run. How old the
//! service models are is printed beside them and fails nothing.
//!
//! - [`text`]: file sizes, banned calls and attributes, paths of one machine.
//! - [`edge`]: which of our crates may depend on which, as the design draws it.
//! - [`module`]: which part of harness/aws may import which.
//! - [`feature`]: feature files without scenarios, snapshots that nobody refers to.
//! - [`readme`]: lines of scenarios that the README names.

mod edge;
mod feature;
mod module;
mod readme;
mod text;

use std::path::{Path, PathBuf};

use anyhow::bail;

use crate::models::Source as Models;

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
    fn of_file(file: impl Into<PathBuf>, what: impl Into<String>) -> Self {
        Self {
            file: file.into(),
            line: None,
            what: what.into(),
        }
    }

    fn of_line(file: impl Into<PathBuf>, line: usize, what: impl Into<String>) -> Self {
        Self {
            file: file.into(),
            line: Some(line),
            what: what.into(),
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
    fn has_extension(&self, extension: &str) -> bool {
        self.path
            .extension()
            .is_some_and(|found| found == extension)
    }
}

/// Runs every check over the tracked files.
pub fn run(root: &Path) -> anyhow::Result<()> {
    let sources = tracked(root)?;
    let mut findings = text::check(&sources);
    findings.extend(edge::check(&sources)?);
    findings.extend(module::check(&sources));
    findings.extend(feature::check(root, &sources));
    findings.extend(readme::check(&sources));
    findings.sort();
    println!(
        "{}",
        Models::read(&root.join("harness/wire/models"))?.age(today())
    );
    for finding in &findings {
        match finding.line {
            Some(line) => println!("{}:{line}: {}", finding.file.display(), finding.what),
            None => println!("{}: {}", finding.file.display(), finding.what),
        }
    }
    if findings.is_empty() {
        println!("tidy: {} files, nothing to mend", sources.len());
        return Ok(());
    }
    bail!("tidy found {} things to mend", findings.len())
}

/// The day, of which only a printed age is made.
#[expect(
    clippy::disallowed_methods,
    reason = "the age of the models is told by the machine's calendar"
)]
fn today() -> jiff::civil::Date {
    jiff::Timestamp::now()
        .to_zoned(jiff::tz::TimeZone::UTC)
        .date()
}

/// What git tracks or would track: new files count before they are committed.
fn tracked(root: &Path) -> anyhow::Result<Vec<Source>> {
    let mut sources = Vec::new();
    for path in crate::listed(root)? {
        // A file that was deleted and not yet committed is listed still; binaries are no sources.
        if let Ok(text) = std::fs::read_to_string(root.join(&path)) {
            sources.push(Source { path, text });
        }
    }
    Ok(sources)
}
