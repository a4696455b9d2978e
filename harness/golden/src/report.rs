//! What came of the rows of a table.

use std::collections::BTreeMap;
use std::fmt;

/// What came of a table, or of several.
#[derive(Debug, Default)]
pub struct Report {
    /// How many rows are as they should be.
    pub passed: usize,
    /// How many rows were skipped, as they are known to differ or nothing runs them yet.
    pub skipped: usize,
    /// Of the skipped ones those that nothing runs yet: how many of each topic.
    pub waiting: BTreeMap<String, usize>,
    /// What failed, each with what differs.
    pub failures: Vec<String>,
    /// How many hypotheses hold.
    pub held: usize,
    /// The hypotheses that do not hold, each with what differs.
    pub unheld: Vec<String>,
}

impl Report {
    /// Whether nothing failed. A hypothesis that does not hold is no failure.
    pub fn is_success(&self) -> bool {
        self.failures.is_empty()
    }

    /// The report of a table that could not be run.
    pub fn of_failure(failure: String) -> Self {
        Self {
            failures: vec![failure],
            ..Self::default()
        }
    }

    /// The last line: `N passed, N failed, N skipped`.
    pub fn counts(&self) -> String {
        let (passed, failed, skipped) = (self.passed, self.failures.len(), self.skipped);
        format!("{passed} passed, {failed} failed, {skipped} skipped")
    }

    /// Adds what came of another table.
    pub fn add(&mut self, other: Self) {
        self.passed += other.passed;
        self.skipped += other.skipped;
        for (topic, count) in other.waiting {
            *self.waiting.entry(topic).or_default() += count;
        }
        self.failures.extend(other.failures);
        self.held += other.held;
        self.unheld.extend(other.unheld);
    }
}

impl fmt::Display for Report {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for failure in &self.failures {
            writeln!(formatter, "FAILED {failure}")?;
        }
        for hypothesis in &self.unheld {
            writeln!(formatter, "hypothesis that does not hold: {hypothesis}")?;
        }
        for (topic, count) in &self.waiting {
            writeln!(formatter, "not run yet: {topic}, {count} rows")?;
        }
        if self.held + self.unheld.len() > 0 {
            let (held, unheld) = (self.held, self.unheld.len());
            writeln!(
                formatter,
                "hypotheses: {held} hold, {unheld} do not; they count for nothing"
            )?;
        }
        formatter.write_str(&self.counts())
    }
}
