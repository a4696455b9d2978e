//! The numbers that the tree holds itself to: `ci/numbers.toml`.
//!
//! Each has what was measured, the most that it may be, when and by which command. What can be
//! counted here is counted, and may not be more than stands there; what needs a build has to stand
//! there. A limit above the one that was agreed on needs its reason beside it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use jiff::civil::Date;
use serde::Deserialize;

use super::shape::{LENGTH_LONG, Shape};
use super::source::{Finding, Source};

/// The file, from the root of the tree.
pub const FILE: &str = "ci/numbers.toml";

/// The numbers and the limit of each that was agreed on.
const AGREED: [(&str, f64); 7] = [
    (LARGEST_CIRCLE, 8.0),
    (LONG_FILES, 35.0),
    (POINTERS, 0.0),
    (PACKAGES, 240.0),
    ("first-build-seconds", 180.0),
    ("release-binary-megabytes", 40.0),
    ("step-edit-seconds", 10.0),
];

const LARGEST_CIRCLE: &str = "largest-circle";
const LONG_FILES: &str = "files-over-500-lines";
const POINTERS: &str = "pointers-on-evidence";
const PACKAGES: &str = "packages-behind-scenarios";

/// One number.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Number {
    /// What was measured.
    measured: f64,
    /// The most that it may be.
    limit: f64,
    /// When it was measured: a day, `2026-01-31`.
    date: String,
    /// What measures it.
    command: String,
    /// Why the limit is above the one that was agreed on.
    reason: Option<String>,
    /// The files that are counted, where no new one may come.
    files: Option<Vec<PathBuf>>,
}

/// What was counted in the tree.
pub struct Counted<'a> {
    /// Circles and lengths of files.
    pub shape: &'a Shape,
    /// Look-ups by text in what others record.
    pub pointers: usize,
    /// The packages that a build of the scenarios compiles.
    pub packages: usize,
}

/// Checks the file against what was counted.
pub fn check(sources: &[Source], counted: &Counted<'_>) -> Vec<Finding> {
    let source = sources.iter().find(|source| source.path == Path::new(FILE));
    let Some(source) = source else {
        return vec![finding(format!(
            "`{FILE}` is not there: the numbers stand there"
        ))];
    };
    let numbers: BTreeMap<String, Number> = match toml::from_str(&source.text) {
        Ok(numbers) => numbers,
        Err(error) => return vec![finding(error.to_string())],
    };
    let mut findings = Vec::new();
    for name in numbers.keys() {
        if !AGREED.iter().any(|(known, _)| known == name) {
            findings.push(finding(format!(
                "nobody knows the number `{name}`: take it out"
            )));
        }
    }
    for (name, agreed) in AGREED {
        match numbers.get(name) {
            Some(number) => findings.extend(number.check(name, agreed).into_iter().map(finding)),
            None => findings.push(finding(format!(
                "the number `{name}` is missing: measure it"
            ))),
        }
    }
    let of_tree = [
        (LARGEST_CIRCLE, counted.shape.largest_circle()),
        (LONG_FILES, counted.shape.long_files().count()),
        (POINTERS, counted.pointers),
        (PACKAGES, counted.packages),
    ];
    for (name, count) in of_tree {
        let number = numbers.get(name);
        findings.extend(
            number
                .and_then(|number| number.count(name, count))
                .map(finding),
        );
    }
    if let Some(number) = numbers.get(LONG_FILES) {
        findings.extend(long_files(
            counted.shape,
            number.files.as_deref().unwrap_or_default(),
        ));
    }
    findings
}

impl Number {
    /// What is wrong with the entry itself.
    fn check(&self, name: &str, agreed: f64) -> Vec<String> {
        let mut wrong = Vec::new();
        let Self {
            measured, limit, ..
        } = self;
        if measured > limit {
            wrong.push(format!("`{name}` is {measured} and may be {limit} at most"));
        }
        let reason = self.reason.as_deref().unwrap_or_default().trim();
        if *limit > agreed && reason.is_empty() {
            wrong.push(format!(
                "the limit of `{name}` is {limit} and {agreed} was agreed on: give the `reason`"
            ));
        }
        if self.date.parse::<Date>().is_err() {
            wrong.push(format!(
                "the date of `{name}` is no day: write it as 2026-01-31"
            ));
        }
        if self.command.trim().is_empty() {
            wrong.push(format!("`{name}` does not say which `command` measures it"));
        }
        if self.files.is_some() && name != LONG_FILES {
            wrong.push(format!("`{name}` counts no files: take `files` out"));
        }
        wrong
    }

    /// What is wrong with the entry now that the tree was counted.
    #[expect(clippy::cast_precision_loss, reason = "files and packages are few")]
    fn count(&self, name: &str, count: usize) -> Option<String> {
        let Self { measured, .. } = self;
        if count as f64 > *measured {
            return Some(format!(
                "`{name}` is {count} and was {measured}: it may only shrink"
            ));
        }
        if (count as f64) < *measured {
            println!("numbers: `{name}` is {count} by now: write it into {FILE}");
        }
        None
    }
}

/// Files that are too long and no old ones, and old ones that are short by now.
fn long_files(shape: &Shape, known: &[PathBuf]) -> Vec<Finding> {
    let long: BTreeMap<&Path, usize> = shape.long_files().collect();
    let new = long
        .iter()
        .filter(|(path, _)| !known.iter().any(|it| it == *path));
    let new = new.map(|(path, lines)| {
        let what = format!("{lines} lines, {LENGTH_LONG} at most in a new file: split it");
        Finding::of_file(*path, what)
    });
    let short = known
        .iter()
        .filter(|path| !long.contains_key(path.as_path()));
    let short = short.map(|path| {
        let path = path.display();
        finding(format!(
            "`{path}` has no more than {LENGTH_LONG} lines: take it out of the list"
        ))
    });
    new.chain(short).collect()
}

fn finding(what: String) -> Finding {
    Finding::of_file(FILE, what)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A number file in which every number is as good as can be.
    fn numbers() -> String {
        AGREED
            .iter()
            .map(|(name, limit)| {
                format!(
                    "[{name}]\nmeasured = {limit:?}\nlimit = {limit:?}\ndate = \"2026-01-31\"\ncommand = \"x\"\n"
                )
            })
            .collect()
    }

    /// What is found in this number file, in a tree with files of these lengths.
    fn found(numbers: &str, lengths: &[usize], pointers: usize) -> Vec<String> {
        let file = |path: String, text: String| Source {
            path: path.into(),
            text,
        };
        let mut sources = vec![file(FILE.to_owned(), numbers.to_owned())];
        for (at, length) in lengths.iter().enumerate() {
            sources.push(file(format!("x/tests/t{at}.rs"), "//\n".repeat(*length)));
        }
        let shape = Shape::of(&sources);
        let counted = Counted {
            shape: &shape,
            pointers,
            packages: 240,
        };
        let findings = check(&sources, &counted).into_iter();
        findings.map(|finding| finding.what).collect()
    }

    #[test]
    fn a_number_that_is_missing_too_large_or_raised_without_a_reason_is_told() {
        assert_eq!(found(&numbers(), &[500], 0), Vec::<String>::new());
        for (from, to, expected) in [
            (
                "[pointers-on-evidence]",
                "[pointers]",
                "nobody knows the number `pointers`",
            ),
            (
                "[step-edit-seconds]",
                "[x]",
                "`step-edit-seconds` is missing",
            ),
            (
                "measured = 180.0",
                "measured = 181.0",
                "is 181 and may be 180 at most",
            ),
            (
                "limit = 180.0",
                "limit = 200.0",
                "180 was agreed on: give the `reason`",
            ),
            (
                "limit = 180.0",
                "limit = 200.0\nreason = \" \"",
                "give the `reason`",
            ),
            ("measured = 240.0", "measured = 239.0", "is 240 and was 239"),
            ("2026-01-31", "soon", "is no day"),
            ("\"x\"", "\"\"", "which `command`"),
            ("measured = 180.0", "value = 180.0", "unknown field"),
            (
                "measured = 180.0",
                "files = []\nmeasured = 180.0",
                "counts no files",
            ),
        ] {
            let changed = numbers().replacen(from, to, 1);
            let found = found(&changed, &[], 0);
            assert!(
                found.iter().any(|what| what.contains(expected)),
                "{to}: {found:?}"
            );
        }
        let raised = "limit = 200.0\nreason = \"REST has more to compile\"";
        let raised = numbers().replacen("limit = 180.0", raised, 1);
        assert_eq!(found(&raised, &[], 0), Vec::<String>::new());
        assert!(found("", &[], 0).len() >= AGREED.len());
    }

    #[test]
    fn what_the_tree_counts_may_only_shrink_and_no_long_file_is_new() {
        let files = |names: &str| {
            let named = format!("[{LONG_FILES}]\nfiles = [{names}]");
            numbers().replacen(&format!("[{LONG_FILES}]"), &named, 1)
        };
        for (names, lengths, pointers, expected) in [
            ("", &[500_usize][..], 0, None),
            ("\"x/tests/t0.rs\"", &[501], 0, None),
            ("", &[501], 0, Some("501 lines, 500 at most in a new file")),
            (
                "\"x/tests/t0.rs\"",
                &[500],
                0,
                Some("take it out of the list"),
            ),
            ("", &[], 1, Some("`pointers-on-evidence` is 1 and was 0")),
        ] {
            let found = found(&files(names), lengths, pointers);
            assert_eq!(found.len(), usize::from(expected.is_some()), "{found:?}");
            if let (Some(found), Some(expected)) = (found.first(), expected) {
                assert!(found.contains(expected), "{found}");
            }
        }
    }
}
