//! What is known to differ: one list a service, with a reason for each line. It may only shrink.

use std::collections::{BTreeMap, BTreeSet};

use crate::case::Verdict;

/// The list of one service.
///
/// `differs: CASE | REASON` is a case that is answered otherwise than on AWS;
/// `not there: SERVICE:OPERATION` an operation without which cases end.
pub struct Known {
    differs: BTreeMap<String, String>,
    not_there: BTreeSet<String>,
}

impl Known {
    /// Reads a list.
    pub fn read(text: &str) -> Self {
        let mut known = Self {
            differs: BTreeMap::new(),
            not_there: BTreeSet::new(),
        };
        let lines = text.lines().map(str::trim);
        for line in lines.filter(|line| !line.is_empty() && !line.starts_with('#')) {
            if let Some(operation) = line.strip_prefix("not there: ") {
                assert!(
                    known.not_there.insert(operation.to_owned()),
                    "twice: {line}"
                );
            } else {
                let entry = line.strip_prefix("differs: ");
                let (case, reason) = entry
                    .and_then(|entry| entry.split_once(" | "))
                    .unwrap_or_else(|| panic!("neither `differs: CASE | REASON` nor `not there: SERVICE:OPERATION`: {line}"));
                let before = known.differs.insert(case.to_owned(), reason.to_owned());
                assert!(before.is_none(), "twice: {line}");
            }
        }
        known
    }

    /// What the verdicts say that the list does not, and the other way. With `partly` not every case
    /// was run, so that lines without a case say nothing.
    pub fn problems(&self, verdicts: &[(String, Verdict)], partly: bool) -> Vec<String> {
        let mut problems = Vec::new();
        let mut missing = BTreeSet::new();
        let mut met = BTreeSet::new();
        for (id, verdict) in verdicts {
            met.insert(id.as_str());
            let listed = self.differs.contains_key(id);
            match verdict {
                Verdict::Same if listed => {
                    problems.push(format!("{id}: is as on AWS now: take it off the list"));
                }
                Verdict::Same => {}
                Verdict::NotThere(operation) => {
                    if listed {
                        problems.push(format!(
                            "{id}: differed, and now `{operation}` is not there"
                        ));
                    }
                    if missing.insert(operation.as_str()) && !self.not_there.contains(operation) {
                        problems.push(format!("not there: {operation}"));
                    }
                }
                Verdict::Differs(_) if listed => {}
                Verdict::Differs(why) => {
                    let shown: Vec<&str> = why.iter().take(6).map(String::as_str).collect();
                    problems.push(format!("differs: {id} | {}", shown.join("\n    ")));
                }
            }
        }
        if !partly {
            let gone = self.differs.keys().filter(|id| !met.contains(id.as_str()));
            problems
                .extend(gone.map(|id| format!("{id}: the list names a case that is not there")));
            let there = self.not_there.iter();
            let there = there.filter(|operation| !missing.contains(operation.as_str()));
            problems.extend(there.map(|operation| {
                format!("{operation}: no case ends there any more: take it off the list")
            }));
        }
        problems
    }
}
