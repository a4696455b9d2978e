//! One row of a table.

use std::fmt;

/// The grades of what nobody has confirmed.
const HYPOTHESES: [&str; 5] = ["K", "?", "T", "U", "V"];

/// The grades of what was recorded or read: documentation, models, recordings, real answers, a real second
/// system, source.
const CONFIRMED: [&str; 7] = ["D", "M", "L", "O", "R", "S", "MV"];

/// Judges a row: what differs, nothing where all is as it should be.
type Judge = Box<dyn FnOnce() -> Vec<String> + Send>;

/// One row of a table.
pub struct Row {
    /// Its name in its file.
    pub id: String,
    /// How far it can be trusted.
    pub trust: Trust,
    /// Whether nothing runs it yet.
    pub is_waiting: bool,
    judge: Judge,
}

/// How far a row can be trusted, by its grade.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trust {
    /// Recorded or read: it counts.
    Confirmed,
    /// Known and not confirmed: it runs and counts for nothing.
    Hypothesis,
}

impl Row {
    /// A row with the grade that stands in it, if it has one: what has none was observed.
    pub fn new(
        id: impl Into<String>,
        grade: Option<&str>,
        judge: impl FnOnce() -> Vec<String> + Send + 'static,
    ) -> Self {
        let id = id.into();
        match grade.map(trust).unwrap_or(Some(Trust::Confirmed)) {
            Some(trust) => Self {
                id,
                trust,
                is_waiting: false,
                judge: Box::new(judge),
            },
            None => {
                let grade = grade.unwrap_or_default();
                Self::wrong(id, format!("nobody knows the grade `{grade}`"))
            }
        }
    }

    /// A row that is no row: it fails, whatever its grade.
    pub fn wrong(id: impl Into<String>, what: impl Into<String>) -> Self {
        let what = what.into();
        Self {
            id: id.into(),
            trust: Trust::Confirmed,
            is_waiting: false,
            judge: Box::new(move || vec![what]),
        }
    }

    /// A row that nothing runs yet: it is skipped, and the report says so.
    pub fn waiting(id: impl Into<String>) -> Self {
        Self {
            is_waiting: true,
            ..Self::wrong(id, "nothing runs it yet")
        }
    }

    /// What differs.
    pub fn judge(self) -> Vec<String> {
        (self.judge)()
    }
}

impl fmt::Debug for Row {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Row({}, {:?})", self.id, self.trust)
    }
}

fn trust(grade: &str) -> Option<Trust> {
    if HYPOTHESES.contains(&grade) {
        Some(Trust::Hypothesis)
    } else {
        CONFIRMED.contains(&grade).then_some(Trust::Confirmed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_grade_says_how_far_a_row_can_be_trusted() {
        for (grade, trust, differs) in [
            (None, Trust::Confirmed, false),
            (Some("D"), Trust::Confirmed, false),
            (Some("K"), Trust::Hypothesis, false),
            (Some("?"), Trust::Hypothesis, false),
            (Some("V"), Trust::Hypothesis, false),
            (Some("Z"), Trust::Confirmed, true),
            (Some(""), Trust::Confirmed, true),
        ] {
            let row = Row::new("a", grade, Vec::new);
            assert_eq!(row.trust, trust, "{grade:?}");
            assert_eq!(!row.judge().is_empty(), differs, "{grade:?}");
        }
    }
}
