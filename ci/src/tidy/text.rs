//! File sizes, banned calls and attributes, paths of one machine.

use super::source::{Finding, Source};

/// The most lines of a source file. A file over it is split, unless it is one table, says so in
/// its first lines with [`TABLE_MARK`], and holds nothing else.
const LINES_MAX: usize = 1000;

/// What a file that is one long table says in its module doc.
const TABLE_MARK: &str = "tidy: one table";

/// Calls and attributes that the design bans, and what to do instead. Clippy refuses most of the
/// calls already; here they are found in macros, examples and build scripts too.
const BANNED: [(&str, &str); 12] = [
    ("SystemTime::now(", "time comes from the lab's clock"),
    ("Instant::now(", "time comes from the lab's clock"),
    ("Timestamp::now(", "time comes from the lab's clock"),
    ("Utc::now(", "time comes from the lab's clock"),
    ("Uuid::new_v4(", "ids come from the lab's seed"),
    (
        "thread::sleep(",
        "wait for a condition, or advance the lab's clock",
    ),
    (
        "park_timeout(",
        "wait for a condition, or advance the lab's clock",
    ),
    (
        "time::sleep(",
        "wait for a condition, or advance the lab's clock",
    ),
    ("#[allow(", "use #[expect(lint, reason = \"…\")]"),
    ("#![allow(", "use #![expect(lint, reason = \"…\")]"),
    ("#[ignore", "a test that does not run is no test"),
    ("todo!(", "say what is missing with an error that names it"),
];

/// Where a banned call may stand: next to an expectation that gives the reason.
const EXPECTED: &str = "disallowed_methods";

/// How many lines above a banned call its expectation may stand.
const EXPECTED_WITHIN_LINES: usize = 8;

/// Folders that exist on one machine only.
const MACHINE_PATHS: [&str; 4] = ["/work/", "/root/", "/home/", "/tmp/"];

/// Checks every source.
pub fn check(sources: &[Source]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for source in sources {
        if source.has_extension("rs") {
            length(source, &mut findings);
            banned(source, &mut findings);
        }
        machine_paths(source, &mut findings);
    }
    findings
}

fn length(source: &Source, findings: &mut Vec<Finding>) {
    let lines = source.text.lines().count();
    let is_table = source
        .text
        .lines()
        .take(20)
        .any(|line| line.contains(TABLE_MARK));
    if lines > LINES_MAX && !is_table {
        let what = format!("{lines} lines, {LINES_MAX} at most: split it");
        findings.push(Finding::of_file(&source.path, what));
    }
}

fn banned(source: &Source, findings: &mut Vec<Finding>) {
    // This file has to name what it bans.
    if source.path.ends_with("tidy/text.rs") {
        return;
    }
    let lines: Vec<&str> = source.text.lines().collect();
    if whole_file_expects(&lines) {
        return;
    }
    for (index, line) in lines.iter().enumerate() {
        let code = line.trim_start();
        if code.starts_with("//") {
            continue;
        }
        for (call, instead) in BANNED {
            let above = &lines[index.saturating_sub(EXPECTED_WITHIN_LINES)..index];
            let expected = above.iter().any(|line| line.contains(EXPECTED));
            if code.contains(call) && !expected {
                let what = format!("`{call}` is banned: {instead}");
                findings.push(Finding::of_line(&source.path, index + 1, what));
            }
        }
    }
}

/// Whether an inner attribute expects banned calls in the whole file: a bench measures wall time.
fn whole_file_expects(lines: &[&str]) -> bool {
    let attribute = lines.iter().position(|line| line.starts_with("#![expect("));
    attribute.is_some_and(|start| {
        lines[start..]
            .iter()
            .take_while(|line| !line.starts_with(")]"))
            .any(|line| line.contains(EXPECTED))
    })
}

fn machine_paths(source: &Source, findings: &mut Vec<Finding>) {
    if source.path.ends_with("tidy/text.rs") {
        return;
    }
    for (index, line) in source.text.lines().enumerate() {
        if let Some(path) = MACHINE_PATHS.iter().find(|path| holds_path(line, path)) {
            let what = format!("`{path}` is a path of one machine");
            findings.push(Finding::of_line(&source.path, index + 1, what));
        }
    }
}

/// Whether `line` holds `path` as the beginning of an absolute path, not inside a longer one.
fn holds_path(line: &str, path: &str) -> bool {
    line.match_indices(path).any(|(start, _)| {
        let before = line[..start].chars().next_back();
        before
            .is_none_or(|character| !(character.is_alphanumeric() || "_-.}/*".contains(character)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(text: &str) -> Source {
        Source {
            path: "harness/x/src/lib.rs".into(),
            text: text.to_owned(),
        }
    }

    #[test]
    fn long_files_are_found_and_tables_are_not() {
        assert_eq!(check(&[source(&"x\n".repeat(1001))]).len(), 1);
        assert!(check(&[source(&"x\n".repeat(1000))]).is_empty());
        let table = format!("//! Codes (tidy: one table).\n{}", "x\n".repeat(1001));
        assert!(check(&[source(&table)]).is_empty());
    }

    #[test]
    fn banned_calls_are_found_unless_expected_with_a_reason() {
        assert_eq!(check(&[source("let now = SystemTime::now();")]).len(), 1);
        assert!(check(&[source("// SystemTime::now() is banned")]).is_empty());
        let expected = "#[expect(clippy::disallowed_methods, reason = \"x\")]\nSystemTime::now();";
        assert!(check(&[source(expected)]).is_empty());
        let bench = "#![expect(\n    clippy::disallowed_methods,\n    reason = \"x\"\n)]\n";
        assert!(
            check(&[source(&format!(
                "{bench}{}Instant::now();",
                "x;\n".repeat(20)
            ))])
            .is_empty()
        );
    }

    #[test]
    fn machine_paths_are_found_at_the_beginning_of_a_path_only() {
        assert_eq!(check(&[source("// see /work/main/x")]).len(), 1);
        assert!(check(&[source("let path = \"sys/work/x\"; // a/tmp/b")]).is_empty());
    }
}
