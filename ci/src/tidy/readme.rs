//! The README shows what a failing scenario looks like: the lines that it names are that scenario's.

use super::source::{Finding, Source};

/// Checks each `features/….feature:LINE` of the README.
pub fn check(sources: &[Source]) -> Vec<Finding> {
    let readme = sources
        .iter()
        .find(|source| source.path.as_os_str() == "README.md");
    let Some(readme) = readme else {
        return Vec::new();
    };
    let mut findings = Vec::new();
    let mut before = "";
    for (index, line) in readme.text.lines().enumerate() {
        if let Some((file, number)) = place(line) {
            let feature = sources
                .iter()
                .find(|source| source.path.as_os_str() == file);
            let text = feature.map_or("", |feature| feature.text.as_str());
            let there = number.checked_sub(1).and_then(|at| text.lines().nth(at));
            let there = there.unwrap_or_default().trim();
            if !is_shown(before, line, there) {
                let what = format!("line {number} of `{file}` is another: `{there}`");
                findings.push(Finding::of_line(&readme.path, index + 1, what));
            }
        }
        before = line;
    }
    findings
}

/// A feature file and the line, from 1, that a line of the README names.
fn place(line: &str) -> Option<(&str, usize)> {
    let start = line.find("features/")?;
    let (file, rest) = line.get(start..)?.split_once(".feature:")?;
    let digits = rest.find(|sign: char| !sign.is_ascii_digit());
    let number = rest.get(..digits.unwrap_or(rest.len()))?.parse().ok()?;
    let end = start + file.len() + ".feature".len();
    Some((line.get(start..end)?, number))
}

/// Whether that is the step beside the place or the scenario above it. The step shown is one that
/// fails: it counts up to the value that it expects.
fn is_shown(before: &str, line: &str, there: &str) -> bool {
    let up_to_value = |text: &str| {
        let value = text.find(|sign: char| sign.is_ascii_digit() || sign == '"');
        text.get(..value.unwrap_or(text.len())).map(str::to_owned)
    };
    if let Some((_, step)) = line.split_once("step: ") {
        return !there.is_empty() && up_to_value(step) == up_to_value(there);
    }
    let scenario = before.split_once("::").map(|(_, name)| name.trim());
    scenario.is_some() && scenario == there.strip_prefix("Scenario: ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_that_moved_is_told() {
        let feature =
            "Feature: F\n  Scenario: S\n    When it is asked\n    Then the status is 401\n";
        let readme = |scenario: usize, step: usize| {
            format!(
                "FAILED a/b::S\n  features/a/b.feature:{scenario}\n  step: Then the status is 200 (features/a/b.feature:{step})\n"
            )
        };
        for (scenario, step, count) in [(2, 4, 0), (1, 4, 1), (2, 3, 1), (3, 9, 2), (0, 0, 2)] {
            let sources = [
                ("README.md", readme(scenario, step)),
                ("features/a/b.feature", feature.to_owned()),
            ]
            .map(|(path, text)| Source {
                path: path.into(),
                text,
            });
            let found = check(&sources);
            assert_eq!(found.len(), count, "{scenario} {step}: {found:?}");
        }
    }
}
