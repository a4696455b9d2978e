//! What Gherkin lets vanish without a word, found before anything runs.
//!
//! A misspelt keyword turns a step, or a whole scenario, into a line of free text; an outline
//! without rows is no scenario at all; a cell too many in a table is dropped.

use gherkin::{Examples, Scenario, Table};

use super::case::FreeLine;

/// The text of a feature file, to find lines in.
#[derive(Clone, Debug)]
pub(crate) struct Source<'a> {
    text: &'a str,
    line_starts: Vec<usize>,
}

impl<'a> Source<'a> {
    pub(crate) fn new(text: &'a str) -> Self {
        let ends = text.match_indices('\n').map(|(offset, _)| offset + 1);
        Self {
            text,
            line_starts: std::iter::once(0).chain(ends).collect(),
        }
    }

    /// The line, from 1, of a byte.
    fn line_of(&self, offset: usize) -> usize {
        self.line_starts.partition_point(|start| *start <= offset)
    }

    /// The line, from 1, of the first thing at or after a byte that is neither white space nor a
    /// comment. The parser's own positions may stand before comments.
    pub(crate) fn line_at(&self, offset: usize) -> usize {
        let mut offset = offset.min(self.text.len());
        loop {
            let Some(rest) = self.text.get(offset..) else {
                return 1;
            };
            let trimmed = rest.trim_start();
            offset += rest.len() - trimmed.len();
            if !trimmed.starts_with('#') {
                break;
            }
            offset += trimmed.find('\n').unwrap_or(trimmed.len());
        }
        self.line_of(offset)
    }

    /// The rows of a table as they are written, with their lines.
    fn rows(&self, table: &Table) -> Vec<(usize, &'a str)> {
        let first = table.span.start.min(self.text.len());
        let first_line = self.line_of(first);
        let text = self
            .text
            .get(first..table.span.end.min(self.text.len()))
            .unwrap_or_default();
        text.lines()
            .enumerate()
            .map(|(index, line)| (first_line + index, line.trim()))
            .filter(|(_, line)| line.starts_with('|'))
            .collect()
    }

    /// The line of row `index` below the header of an outline's examples.
    pub(crate) fn row_line(&self, examples: &Examples, index: usize) -> Option<usize> {
        let rows = self.rows(examples.table.as_ref()?);
        rows.get(index + 1).map(|(line, _)| *line)
    }

    /// The lines of a description, looked for from a byte on.
    pub(crate) fn free_lines(&self, description: Option<&str>, offset: usize) -> Vec<FreeLine> {
        let start = self.line_at(offset);
        let mut lines = self.text.lines().enumerate().skip(start);
        let mut found = Vec::new();
        for text in description.unwrap_or_default().lines().map(str::trim) {
            if let Some((index, _)) = lines.find(|(_, line)| line.trim() == text) {
                found.push(FreeLine {
                    line: index + 1,
                    text: text.to_owned(),
                });
            }
        }
        found
    }
}

/// Why a scenario must fail without being run, looking at what Gherkin made of it.
pub(crate) fn of_scenario(
    source: &Source<'_>,
    scenario: &Scenario,
    free_lines: &[FreeLine],
) -> Option<String> {
    if scenario.name.trim().is_empty() {
        return Some("a scenario needs a name: its test and its snapshot are called by it".into());
    }
    if let Some(problem) = misspelt_step(free_lines) {
        return Some(problem);
    }
    if scenario.steps.is_empty() {
        return Some("the scenario has no steps, so it would pass whatever happens".into());
    }
    if is_outline(scenario) && scenario.examples.is_empty() {
        return Some("the outline has no `Examples:`, so none of it would run".into());
    }
    let tables = scenario.steps.iter().filter_map(|step| step.table.as_ref());
    let examples = scenario
        .examples
        .iter()
        .filter_map(|examples| examples.table.as_ref());
    tables
        .chain(examples)
        .find_map(|table| ragged(source, table))
}

/// The line and the reason of examples that make no scenario at all.
pub(crate) fn of_examples(source: &Source<'_>, examples: &Examples) -> Option<(usize, String)> {
    let rows = examples.table.as_ref().map_or(0, |table| table.rows.len());
    (rows < 2).then(|| {
        let reason = "the examples have no row below their header, so nothing would run";
        (source.line_at(examples.span.start), reason.to_owned())
    })
}

/// A line of a feature's or rule's free text that was meant as a keyword line: all up to the next
/// real one would vanish.
pub(crate) fn misspelt_section(free_lines: &[FreeLine]) -> Option<(usize, String)> {
    free_lines.iter().find_map(|line| {
        let (word, _) = line.text.split_once(':')?;
        let near = |keyword: &&str| strsim::osa_distance(word, keyword) <= 2;
        let keyword = ["Scenario", "Scenario Outline", "Background"]
            .into_iter()
            .find(near)?;
        let reason = format!(
            "`{}` is read as free text; did you mean `{keyword}:`?",
            line.text.trim()
        );
        Some((line.line, reason))
    })
}

/// A line of a scenario's free text that starts almost like a step.
pub(crate) fn misspelt_step(free_lines: &[FreeLine]) -> Option<String> {
    /// Words of plain English that are one letter from a keyword.
    const PLAIN: [&str; 8] = [
        "The", "They", "Them", "Than", "Thin", "Gives", "Giver", "Hen",
    ];
    free_lines.iter().find_map(|line| {
        let word = line.text.split_whitespace().next()?;
        // In lower case it is a word of a sentence, unless its rest is a step, which the plan sees.
        if PLAIN.contains(&word) || !word.starts_with(char::is_uppercase) {
            return None;
        }
        let near = |keyword: &&str| strsim::osa_distance(word, keyword) == 1;
        let keyword = ["Given", "When", "Then"].into_iter().find(near)?;
        Some(format!(
            "line {}: `{}` is read as free text; did you mean `{keyword}`?",
            line.line, line.text
        ))
    })
}

/// A row with more or fewer cells than the header; the parser drops what is too much.
fn ragged(source: &Source<'_>, table: &Table) -> Option<String> {
    let rows = source.rows(table);
    let (_, header) = rows.first()?;
    let width = bars(header);
    let (line, _) = rows.iter().find(|(_, row)| bars(row) != width)?;
    Some(format!(
        "line {line}: the row has another number of cells than the table's first"
    ))
}

/// How many `|` separate cells.
fn bars(row: &str) -> usize {
    let mut escaped = false;
    row.chars()
        .filter(|character| {
            let counts = *character == '|' && !escaped;
            escaped = *character == '\\' && !escaped;
            counts
        })
        .count()
}

fn is_outline(scenario: &Scenario) -> bool {
    ["Scenario Outline", "Scenario Template"].contains(&scenario.keyword.as_str())
}
