//! Feature files become cases.

use std::{
    collections::BTreeSet,
    fmt, fs, io,
    path::{Path, PathBuf},
};

use authlab::text_file;
use cucumber::feature::Ext as _;
use gherkin::{Background, Feature, GherkinEnv, ParseFileError, Scenario};

use super::{
    case::{Case, CaseStep, FreeLine, UniqueNames, slug},
    trap::{self, Source},
};

/// A feature file that cannot be read as Gherkin.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Malformed {
    /// The file as it is shown.
    pub file: String,
    /// The line, from 1; 1 when the whole file is unreadable.
    pub line: usize,
    /// What is wrong.
    pub message: String,
    name: String,
}

impl fmt::Display for Malformed {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}:{}: {}", self.file, self.line, self.message)
    }
}

impl Malformed {
    /// The malformed file as a case that fails, for a run that goes on with the others.
    #[must_use]
    pub fn into_case(self) -> Case {
        file_case(
            &self.name,
            Path::new(&self.file),
            &self.file,
            self.line,
            self.message,
        )
    }
}

/// One feature file among the others.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct FeatureFile {
    /// Its name in tests and reports: `gateway/jwt`.
    pub name: String,
    /// The file as it can be opened.
    pub path: PathBuf,
    /// The file as it is shown: `features/gateway/jwt.feature`.
    pub shown: String,
}

impl FeatureFile {
    /// The file `path`; its name and the path that is shown start at the folder `root`, or, for a
    /// file elsewhere, at the folder of the file.
    #[must_use]
    pub fn new(path: &Path, root: &Path) -> Self {
        let canonical = |path: &Path| path.canonicalize().unwrap_or_else(|_| path.to_owned());
        let (full, full_root) = (canonical(path), canonical(root));
        let (relative, shown) = match full.strip_prefix(&full_root) {
            Ok(relative) => {
                let folder = full_root.file_name().map(PathBuf::from).unwrap_or_default();
                (relative.to_owned(), folder.join(relative))
            }
            Err(_) => (
                PathBuf::from(path.file_name().unwrap_or_default()),
                path.to_owned(),
            ),
        };
        let slashes = |path: &Path| path.to_string_lossy().replace('\\', "/");
        Self {
            name: slashes(&relative.with_extension("")),
            path: path.to_owned(),
            shown: slashes(&shown),
        }
    }

    /// Reads the file.
    ///
    /// # Errors
    /// [`Malformed`] when it is not Gherkin, or an outline uses a placeholder that no column has.
    pub fn load(&self) -> Result<Vec<Case>, Malformed> {
        let malformed = |line: usize, message: String| Malformed {
            file: self.shown.clone(),
            line: line.max(1),
            message,
            name: self.name.clone(),
        };
        let text = text_file::read_text(&self.path, text_file::WRITTEN_BYTES_MAX)
            .map_err(|error| malformed(1, format!("cannot be read: {error}")))?;
        let feature = Feature::parse_path(&self.path, GherkinEnv::default())
            .map_err(|error| parse_problem(&error, &text))
            .map_err(|(line, message)| malformed(line, message))?;
        let source = &Source::new(&text);
        let mut drafts = vanished_examples(source, &feature);
        let expanded = feature.expand_examples().map_err(|error| {
            let message = format!("no column of the examples is called `<{}>`", error.name);
            malformed(error.pos.line, message)
        })?;
        if let Some((line, trap)) = section_trap(source, &expanded) {
            return Ok(vec![file_case(
                &self.name,
                &self.path,
                &self.shown,
                line,
                trap,
            )]);
        }
        drafts.extend(drafts_of(source, &expanded));
        Ok(self.named(drafts))
    }

    /// Gives every draft its name, in the order of the file.
    fn named(&self, mut drafts: Vec<Draft>) -> Vec<Case> {
        drafts.sort_by_key(|draft| draft.line);
        let (mut names, mut ids) = (UniqueNames::default(), UniqueNames::default());
        drafts
            .into_iter()
            .map(|draft| {
                let rule = draft.rule.as_deref();
                let prefix = rule.map(|rule| format!("{rule}::")).unwrap_or_default();
                let folder = rule
                    .map(|rule| format!("{}/", slug(rule)))
                    .unwrap_or_default();
                let name = format!("{}::{prefix}{}", self.name, draft.scenario);
                let id = format!("{}/{folder}{}", self.name, slug(&draft.scenario));
                Case {
                    name: names.unique(name, " #"),
                    id: ids.unique(id, "-"),
                    scenario: draft.scenario,
                    feature_file: self.path.clone(),
                    shown_file: self.shown.clone(),
                    line: draft.line,
                    tags: draft.tags,
                    steps: draft.steps,
                    trap: draft.trap,
                    is_file: false,
                    free_lines: draft.free_lines,
                }
            })
            .collect()
    }
}

/// The feature files below `path`, or `path` itself, in order of their names.
///
/// # Errors
/// When the path does not exist or cannot be read.
pub fn find(path: &Path, root: &Path) -> io::Result<BTreeSet<FeatureFile>> {
    let mut found = BTreeSet::new();
    if path.is_dir() {
        let inside = root.canonicalize().ok().zip(path.canonicalize().ok());
        let root = match inside {
            Some((root, path)) if path.starts_with(&root) => root,
            _ => path.to_owned(),
        };
        collect(path, &root, &mut found)?;
    } else {
        fs::metadata(path)?;
        found.insert(FeatureFile::new(path, root));
    }
    Ok(found)
}

fn collect(folder: &Path, root: &Path, found: &mut BTreeSet<FeatureFile>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let (path, hidden) = (
            entry.path(),
            entry.file_name().to_string_lossy().starts_with('.'),
        );
        if hidden {
            continue;
        }
        if entry.file_type()?.is_dir() {
            collect(&path, root, found)?;
        } else if path
            .extension()
            .is_some_and(|extension| extension == "feature")
        {
            found.insert(FeatureFile::new(&path, root));
        }
    }
    Ok(())
}

/// A case before it has its name.
struct Draft {
    line: usize,
    rule: Option<String>,
    scenario: String,
    tags: Vec<String>,
    steps: Vec<CaseStep>,
    trap: Option<String>,
    free_lines: Vec<FreeLine>,
}

/// A case that stands for a whole file.
fn file_case(name: &str, path: &Path, shown: &str, line: usize, trap: String) -> Case {
    Case {
        name: name.to_owned(),
        scenario: String::new(),
        id: name.to_owned(),
        feature_file: path.to_owned(),
        shown_file: shown.to_owned(),
        line,
        tags: Vec::new(),
        steps: Vec::new(),
        trap: Some(trap),
        is_file: true,
        free_lines: Vec::new(),
    }
}

/// What makes the file as a whole worthless: scenarios that are not there.
fn section_trap(source: &Source<'_>, feature: &Feature) -> Option<(usize, String)> {
    let line = source.line_at(feature.span.start);
    let free = source.free_lines(feature.description.as_deref(), feature.span.start);
    if let Some(trap) = trap::misspelt_section(&free) {
        return Some(trap);
    }
    for rule in &feature.rules {
        let free = source.free_lines(rule.description.as_deref(), rule.span.start);
        if let Some(trap) = trap::misspelt_section(&free) {
            return Some(trap);
        }
    }
    let backgrounds = feature.rules.iter().map(|rule| &rule.background);
    for background in backgrounds.chain([&feature.background]).flatten() {
        let free = source.free_lines(background.description.as_deref(), background.span.start);
        if let Some(problem) = trap::misspelt_step(&free) {
            return Some((source.line_at(background.span.start), problem));
        }
    }
    let no_scenario =
        feature.count_scenarios() == 0 && vanished_examples(source, feature).is_empty();
    if no_scenario {
        return Some((line, "the feature has no scenario".to_owned()));
    }
    let empty_rule = feature
        .rules
        .iter()
        .find(|rule| rule.scenarios.is_empty())?;
    let reason = format!("the rule `{}` has no scenario", empty_rule.name);
    Some((source.line_at(empty_rule.span.start), reason))
}

/// One failing draft for each block of examples that makes no scenario: expanding loses it.
fn vanished_examples(source: &Source<'_>, feature: &Feature) -> Vec<Draft> {
    let in_rules = feature.rules.iter().flat_map(|rule| {
        rule.scenarios
            .iter()
            .map(|scenario| (Some((rule.name.clone(), &rule.tags)), scenario))
    });
    let scenarios = feature
        .scenarios
        .iter()
        .map(|scenario| (None, scenario))
        .chain(in_rules);
    let mut drafts = Vec::new();
    for (rule, scenario) in scenarios {
        for examples in &scenario.examples {
            let Some((line, reason)) = trap::of_examples(source, examples) else {
                continue;
            };
            let rule_tags = rule
                .as_ref()
                .map(|(_, tags)| tags.as_slice())
                .unwrap_or_default();
            drafts.push(Draft {
                line,
                rule: rule.as_ref().map(|(name, _)| name.clone()),
                scenario: shown_name(scenario),
                tags: [&feature.tags, rule_tags, &scenario.tags, &examples.tags].concat(),
                steps: Vec::new(),
                trap: Some(reason),
                free_lines: Vec::new(),
            });
        }
    }
    drafts
}

/// The drafts of a feature whose outlines are expanded.
fn drafts_of(source: &Source<'_>, feature: &Feature) -> Vec<Draft> {
    let background = feature.background.as_ref();
    let mut drafts = Vec::new();
    for scenario in &feature.scenarios {
        drafts.push(draft(
            source,
            scenario,
            None,
            &[background],
            feature.tags.clone(),
        ));
    }
    for rule in &feature.rules {
        let backgrounds = [background, rule.background.as_ref()];
        let tags = [feature.tags.as_slice(), &rule.tags].concat();
        for scenario in &rule.scenarios {
            let name = Some(rule.name.clone());
            drafts.push(draft(source, scenario, name, &backgrounds, tags.clone()));
        }
    }
    drafts
}

fn draft(
    source: &Source<'_>,
    scenario: &Scenario,
    rule: Option<String>,
    backgrounds: &[Option<&Background>],
    mut tags: Vec<String>,
) -> Draft {
    let free_lines = source.free_lines(scenario.description.as_deref(), scenario.span.start);
    let trap = trap::of_scenario(source, scenario, &free_lines);
    let before = backgrounds
        .iter()
        .flatten()
        .flat_map(|background| &background.steps);
    let steps = before
        .chain(&scenario.steps)
        .map(|step| CaseStep {
            step: step.clone(),
            line: source.line_at(step.span.start),
        })
        .collect();
    tags.extend(scenario.tags.iter().cloned());
    Draft {
        line: scenario_line(source, scenario),
        rule,
        scenario: shown_name(scenario),
        tags,
        steps,
        trap,
        free_lines,
    }
}

/// The scenario's name, or what it is called when it has none (and fails for that).
fn shown_name(scenario: &Scenario) -> String {
    match scenario.name.trim() {
        "" => "(without a name)".to_owned(),
        name => name.to_owned(),
    }
}

/// The line of a scenario; of an outline's row, the line of the row. Expanding leaves one block of
/// examples in a row's scenario and says by the position how many rows it is below the block.
fn scenario_line(source: &Source<'_>, scenario: &Scenario) -> usize {
    let row = scenario.examples.first().and_then(|examples| {
        let index = scenario
            .position
            .line
            .checked_sub(examples.position.line + 2)?;
        source.row_line(examples, index)
    });
    row.unwrap_or_else(|| source.line_at(scenario.span.start))
}

/// Where and why a file is not Gherkin.
fn parse_problem(error: &ParseFileError, text: &str) -> (usize, String) {
    let ParseFileError::Parsing {
        error: reason,
        source,
        ..
    } = error
    else {
        return (1, error.to_string());
    };
    // The position is private; the text of the error starts with `Error at LINE:COLUMN: `.
    let source = source.to_string();
    let line = source
        .strip_prefix("Error at ")
        .and_then(|rest| rest.split(':').next())
        .and_then(|line| line.parse::<usize>().ok())
        .unwrap_or(1);
    let content = text
        .lines()
        .nth(line.saturating_sub(1))
        .unwrap_or_default()
        .trim();
    if text.trim().is_empty() {
        return (1, "the file is empty".to_owned());
    }
    let reason = match reason {
        Some(gherkin::EnvError::UnsupportedLanguage(language)) => {
            let directive = text.lines().position(|line| line.contains("language"));
            let reason = format!("the language `{language}` is not one of Gherkin's");
            return (directive.unwrap_or_default() + 1, reason);
        }
        Some(gherkin::EnvError::InconsistentCellCount(_)) => {
            "a table's rows have different numbers of cells".to_owned()
        }
        Some(gherkin::EnvError::UnknownKeyword(_)) | None => match content {
            "" => "Gherkin ends too early; is a keyword or a scenario missing?".to_owned(),
            content => format!("`{content}` is not Gherkin here{}", hint(content)),
        },
    };
    (line, reason)
}

/// The keyword that a line was meant to start with, if one is near.
fn hint(content: &str) -> String {
    const KEYWORDS: [&str; 10] = [
        "Feature:",
        "Scenario:",
        "Background:",
        "Rule:",
        "Examples:",
        "Given",
        "When",
        "Then",
        "And",
        "But",
    ];
    let word = content.split_whitespace().next().unwrap_or_default();
    KEYWORDS
        .into_iter()
        .map(|keyword| (strsim::osa_distance(word, keyword), keyword))
        .filter(|(distance, _)| (1..=2).contains(distance))
        .min()
        .map(|(_, keyword)| format!("; did you mean `{keyword}`?"))
        .unwrap_or_default()
}
