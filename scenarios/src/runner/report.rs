//! What a person sees of a run.

use std::io::Write;

use authlab::printable;

use super::{
    case::{CaseResult, Outcome},
    run::RunSummary,
};

/// Learns of a run as it goes. Results come in the order of the files, whatever ran first.
pub trait Reporter {
    /// So many scenarios will run.
    fn started(&mut self, scenarios: usize) {
        let _ = scenarios;
    }

    /// One is done.
    fn finished(&mut self, result: &CaseResult);

    /// All are done.
    fn summary(&mut self, summary: &RunSummary);
}

/// Progress and summary as text: a line for each scenario as it ends, then every failure in full,
/// what was skipped and why, and the line `N passed, N failed, N skipped`.
#[derive(Debug)]
pub struct TextReporter<O> {
    output: O,
    color: bool,
    timing: bool,
    file: String,
}

/// The colors of a terminal, as the numbers of its escape sequences.
#[derive(Clone, Copy)]
enum Color {
    Red = 31,
    Green = 32,
    Yellow = 33,
    Bold = 1,
}

impl<O: Write> TextReporter<O> {
    /// Writes to `output`, in colors or without.
    pub fn new(output: O, color: bool) -> Self {
        Self {
            output,
            color,
            timing: true,
            file: String::new(),
        }
    }

    /// Leaves out how long it took, so that two runs read the same.
    #[must_use]
    pub fn without_timing(mut self) -> Self {
        self.timing = false;
        self
    }

    /// Who reads the report may have gone away; the run goes on.
    fn line(&mut self, text: &str) {
        let _ = writeln!(self.output, "{text}");
        let _ = self.output.flush();
    }

    /// Those that failed for want of a snapshot alone, or all others, in full.
    fn failures(&mut self, summary: &RunSummary, are_new: bool) {
        let (color, mark) = match are_new {
            true => (Color::Yellow, "NEW"),
            false => (Color::Red, "FAILED"),
        };
        for result in &summary.results {
            let Outcome::Failed(failure) = &result.outcome else {
                continue;
            };
            if failure.is_new() != are_new {
                continue;
            }
            let head = self.painted(color, &format!("{mark} {}", result.case.name));
            self.line(&format!("\n{head}"));
            for line in failure.render(&result.case).lines() {
                self.told(format!("  {line}").trim_end());
            }
        }
    }

    /// A line that holds texts of whatever origin: answers, journals, files.
    fn told(&mut self, text: &str) {
        self.line(&printable::lines(text));
    }

    fn painted(&self, color: Color, text: &str) -> String {
        let text = printable::lines(text);
        if self.color {
            format!("\u{1b}[{}m{text}\u{1b}[0m", color as u8)
        } else {
            text.into_owned()
        }
    }
}

impl<O: Write> Reporter for TextReporter<O> {
    fn finished(&mut self, result: &CaseResult) {
        let case = &result.case;
        if self.file != case.file_name() {
            self.file = case.file_name().to_owned();
            let head = self.painted(Color::Bold, &case.shown_file);
            self.line(&head);
        }
        let (color, mark, note) = match &result.outcome {
            Outcome::Passed => (Color::Green, "ok     ", String::new()),
            Outcome::Failed(failure) if failure.is_new() => {
                (Color::Yellow, "NEW    ", String::new())
            }
            Outcome::Failed(_) => (Color::Red, "FAILED ", String::new()),
            // The whole reason stands in the summary, once for all that have it.
            Outcome::Skipped(reason) => {
                let short = reason
                    .split_once(':')
                    .map_or(reason.as_str(), |(short, _)| short);
                (Color::Yellow, "skipped", format!(" ({short})"))
            }
        };
        let mark = self.painted(color, mark);
        let timing = match result.outcome {
            Outcome::Skipped(_) => String::new(),
            _ if !self.timing => String::new(),
            _ => format!(" [{} ms]", result.duration.as_millis()),
        };
        let rest = format!("{}{note}{timing}", case.short_name());
        self.line(&format!("  {mark} {}", printable::lines(&rest)));
    }

    fn summary(&mut self, summary: &RunSummary) {
        // What is wrong stands below what is merely new: it is nearer to the eye.
        self.failures(summary, true);
        self.failures(summary, false);
        let mut skipped: Vec<(&str, Vec<&str>)> = Vec::new();
        for result in &summary.results {
            if let Outcome::Skipped(reason) = &result.outcome {
                match skipped.iter_mut().find(|(known, _)| known == reason) {
                    Some((_, names)) => names.push(&result.case.name),
                    None => skipped.push((reason, vec![&result.case.name])),
                }
            }
        }
        if !skipped.is_empty() {
            self.line("\nskipped:");
        }
        for (reason, names) in skipped {
            self.told(&format!("  {} of them: {reason}", names.len()));
            names
                .iter()
                .for_each(|name| self.told(&format!("    {name}")));
        }
        if !summary.unreferenced.is_empty() {
            self.line("\nsnapshots that no scenario refers to:");
            for path in &summary.unreferenced {
                self.told(&format!("  {path}.snap"));
            }
        }
        self.line("");
        for note in &summary.notes {
            self.told(note);
        }
        for problem in &summary.problems {
            let problem = self.painted(Color::Red, &format!("error: {problem}"));
            self.line(&problem);
        }
        if self.timing {
            let (total, median) = (summary.duration.as_millis(), summary.median().as_millis());
            self.line(&format!("{total} ms, {median} ms a scenario at the median"));
        }
        self.line(&summary.to_string());
    }
}
