//! One scenario, or one row of an outline, ready to run.

use std::{collections::BTreeMap, path::PathBuf, time::Duration};

use authlab_snapshots::{Mismatch, MismatchKind};

/// A step with its line in the feature file.
#[derive(Clone, Debug)]
pub struct CaseStep {
    /// The step as Gherkin reads it, placeholders filled in.
    pub step: gherkin::Step,
    /// Its line, counted from 1.
    pub line: usize,
}

impl CaseStep {
    /// The step as it stands in the file: `When the client calls "/orders"`.
    #[must_use]
    pub fn text(&self) -> String {
        format!("{} {}", self.step.keyword.trim(), self.step.value)
    }
}

/// A line of free text that could be a step with a misspelt keyword.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct FreeLine {
    pub(crate) line: usize,
    pub(crate) text: String,
}

/// One scenario or outline row.
#[derive(Clone, Debug)]
pub struct Case {
    /// The name as a test: `gateway/jwt::[rule::]scenario`; the second of a name gets ` #2`. A
    /// case that stands for a whole file has the file's name alone.
    pub name: String,
    /// The scenario's own name.
    pub scenario: String,
    /// Its path among the snapshots.
    pub id: String,
    /// The feature file as it can be opened.
    pub feature_file: PathBuf,
    /// The feature file as it is shown: `features/gateway/jwt.feature`.
    pub shown_file: String,
    /// The line of the scenario, or of the outline's row.
    pub line: usize,
    /// The tags of feature, rule, scenario and examples, without `@`.
    pub tags: Vec<String>,
    /// The steps of the backgrounds and of the scenario, in order.
    pub steps: Vec<CaseStep>,
    /// Why it fails without being run: something that Gherkin would let vanish.
    pub trap: Option<String>,
    /// Whether it stands for a whole file, which no filter leaves out.
    pub is_file: bool,
    pub(crate) free_lines: Vec<FreeLine>,
}

impl Case {
    /// The name of the file, as the reports group by it: `gateway/jwt`.
    #[must_use]
    pub fn file_name(&self) -> &str {
        self.name.split("::").next().unwrap_or(&self.name)
    }

    /// The name within the file.
    #[must_use]
    pub fn short_name(&self) -> &str {
        self.name
            .split_once("::")
            .map_or(&self.name, |(_, rest)| rest)
    }

    /// `file:line` of the case.
    #[must_use]
    pub fn place(&self) -> String {
        format!("{}:{}", self.shown_file, self.line)
    }
}

/// Why a case failed.
#[derive(Clone, Debug, Default)]
pub struct Failure {
    /// The step that failed and its line; none when it was not a step.
    pub step: Option<(String, usize)>,
    /// The panic, the error, or what else is wrong.
    pub message: String,
    /// `file:line` of the panic.
    pub location: Option<String>,
    /// The chain of what led to the last refusal, as the World tells it.
    pub explanation: Option<String>,
    /// How the document differs from its snapshot.
    pub snapshot: Option<Mismatch>,
}

impl Failure {
    /// A failure of no particular step.
    #[must_use]
    pub fn of(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            ..Self::default()
        }
    }

    /// Whether every step passed, and nobody has accepted the document yet.
    #[must_use]
    pub fn is_new(&self) -> bool {
        let kind = self.snapshot.as_ref().map(|mismatch| mismatch.kind);
        self.step.is_none() && kind == Some(MismatchKind::New)
    }

    /// The failure as text: place, step, error, explanation, difference of the snapshot.
    #[must_use]
    pub fn render(&self, case: &Case) -> String {
        let mut lines = vec![case.place()];
        if let Some((text, line)) = &self.step {
            lines.push(format!("step: {text} ({}:{line})", case.shown_file));
        }
        lines.push(format!(
            "error: {}",
            self.message.trim_end().replace('\n', "\n  ")
        ));
        if let Some(location) = &self.location {
            lines.push(format!("  at {location}"));
        }
        if let Some(explanation) = &self.explanation {
            lines.push(format!("explanation:\n{}", indented(explanation)));
        }
        if let Some(mismatch) = &self.snapshot {
            lines.push(indented(&mismatch.to_string()).trim_start().to_owned());
            lines.extend(how_to_accept(mismatch.kind).map(str::to_owned));
        }
        lines.join("\n")
    }
}

/// What to do about a mismatch that is right.
fn how_to_accept(kind: MismatchKind) -> Option<&'static str> {
    match kind {
        MismatchKind::New | MismatchKind::Differs => {
            Some("if that is right, accept it: `authlab run --accept` or `cargo insta review`")
        }
        MismatchKind::Missing => {
            Some("if that is right, delete the snapshot: `authlab run --accept` does it")
        }
        MismatchKind::Unusable => None,
    }
}

fn indented(text: &str) -> String {
    text.trim_end()
        .lines()
        .map(|line| format!("  {line}"))
        .collect::<Vec<_>>()
        .join("\n")
}

/// How a case ended.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// Every step passed and the snapshot agrees.
    Passed,
    /// Something is wrong.
    Failed(Box<Failure>),
    /// It was not run to its end, with the reason.
    Skipped(String),
}

/// A case and how it ended.
#[derive(Clone, Debug)]
pub struct CaseResult {
    /// The case.
    pub case: std::sync::Arc<Case>,
    /// How it ended.
    pub outcome: Outcome,
    /// How long it took, in wall time.
    pub duration: Duration,
}

/// Makes names unique: the second of a name gets a suffix, the third the next.
#[derive(Debug, Default)]
pub(crate) struct UniqueNames {
    seen: BTreeMap<String, usize>,
}

impl UniqueNames {
    /// `name`, or `name` with `separator` and a number.
    pub(crate) fn unique(&mut self, name: String, separator: &str) -> String {
        let count = self.seen.entry(name.clone()).or_default();
        *count += 1;
        if *count == 1 {
            return name;
        }
        let numbered = format!("{name}{separator}{count}");
        self.unique(numbered, separator)
    }
}

/// A name as part of a path: lower-case letters, digits and `-`.
pub(crate) fn slug(name: &str) -> String {
    const LONGEST: usize = 96;
    let mut slug = String::new();
    for character in name.chars().map(|character| character.to_ascii_lowercase()) {
        if character.is_ascii_alphanumeric() {
            slug.push(character);
        } else if !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
    }
    slug.truncate(LONGEST);
    let slug = slug.trim_end_matches('-');
    if slug.is_empty() {
        "scenario".to_owned()
    } else {
        slug.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::{UniqueNames, slug};

    #[test]
    fn slugs_and_numbers() {
        for (name, expected) in [
            ("A good token passes", "a-good-token-passes"),
            ("  401 -- `aud` is wrong! ", "401-aud-is-wrong"),
            ("é", "scenario"),
        ] {
            assert_eq!(slug(name), expected);
        }
        let mut names = UniqueNames::default();
        let made: Vec<_> = ["a", "a", "a #2", "b", "a"]
            .map(|name| names.unique(name.to_owned(), " #"))
            .into();
        assert_eq!(made, ["a", "a #2", "a #2 #2", "b", "a #3"]);
    }
}
