//! Every row of a table.

use std::fs;
use std::num::NonZeroUsize;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::Mutex;
use std::thread;

use crate::folder::{Found, rows};
use crate::known::{self, Known};
use crate::report::Report;
use crate::row::Trust;
use crate::table::Table;

/// How many differences of a row are shown.
const DIFFERENCES_SHOWN: usize = 4;

/// Which rows to run: those whose `topic: row` holds this text.
pub type Only<'a> = Option<&'a str>;

/// Runs a table of the tree whose root is `root`, with the list of what is known to differ.
///
/// # Errors
/// When the table or its list cannot be read.
pub fn of_tree(root: &Path, table: &Table, only: Only<'_>) -> Result<Report, String> {
    let folder = root.join(table.folder);
    let list = folder.join(known::FILE);
    let text =
        fs::read_to_string(&list).map_err(|error| format!("`{}`: {error}", list.display()))?;
    let known = Known::read(&text)?;
    let judged = judge(rows(&folder, table.read)?, only);
    let mut report = count(&judged, Some(&known), only)?;
    if only.is_none() {
        report.failures.extend(stale(&judged, &known));
        let (skipped, all) = (report.skipped, judged.len());
        if skipped * 100 > table.known_percent_max * all {
            report.failures.push(format!(
                "{}: {skipped} of {all} rows are known to differ, {} of a hundred at most",
                table.name, table.known_percent_max
            ));
        }
    }
    Ok(report)
}

/// Runs a table of the same format in a folder; no list applies.
///
/// # Errors
/// When the folder cannot be read, or holds no row.
pub fn from_elsewhere(folder: &Path, table: &Table, only: Only<'_>) -> Result<Report, String> {
    count(&judge(rows(folder, table.read)?, only), None, only)
}

/// What came of a row.
struct Judged {
    /// `topic: row`.
    name: String,
    trust: Trust,
    /// The topic, where nothing runs the row yet.
    waiting_topic: Option<String>,
    differences: Vec<String>,
}

/// Judges every row, on as many threads as the machine has processors, in the order of the table.
fn judge(found: Vec<Found>, only: Only<'_>) -> Vec<Judged> {
    let chosen = found
        .into_iter()
        .map(|found| (format!("{}: {}", found.topic, found.row.id), found));
    let chosen: Vec<_> = chosen
        .filter(|(name, _)| only.is_none_or(|only| name.contains(only)))
        .enumerate()
        .collect();
    let threads = thread::available_parallelism().map_or(1, NonZeroUsize::get);
    let waiting = Mutex::new(chosen.into_iter());
    let done = Mutex::new(Vec::new());
    // A poisoned lock would be one of these lines that panicked: a row that does is caught.
    let take = || waiting.lock().ok().and_then(|mut waiting| waiting.next());
    thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                while let Some((at, (name, Found { topic, row }))) = take() {
                    let trust = row.trust;
                    let waiting_topic = row.is_waiting.then_some(topic);
                    let differences = catch_unwind(AssertUnwindSafe(|| row.judge()));
                    let differences = differences
                        .unwrap_or_else(|_| vec!["the embedded part panicked".to_owned()]);
                    let judged = Judged {
                        name,
                        trust,
                        waiting_topic,
                        differences,
                    };
                    if let Ok(mut done) = done.lock() {
                        done.push((at, judged));
                    }
                }
            });
        }
    });
    let mut done = done.into_inner().unwrap_or_default();
    done.sort_by_key(|(at, _)| *at);
    done.into_iter().map(|(_, judged)| judged).collect()
}

fn count(judged: &[Judged], known: Option<&Known>, only: Only<'_>) -> Result<Report, String> {
    if judged.is_empty() {
        return Err(match only {
            Some(only) => format!("no row has `{only}` in its name"),
            None => "the table has no row".to_owned(),
        });
    }
    let mut report = Report::default();
    for row in judged {
        if let Some(topic) = &row.waiting_topic {
            report.skipped += 1;
            *report.waiting.entry(topic.clone()).or_default() += 1;
            continue;
        }
        let is_known = known.is_some_and(|known| known.has(&row.name));
        match (row.differences.is_empty(), row.trust) {
            (true, _) if is_known => {
                let what = format!("{}: it passes now: take it off the list", row.name);
                report.failures.push(what);
            }
            (false, _) if is_known => report.skipped += 1,
            (true, Trust::Confirmed) => report.passed += 1,
            (true, Trust::Hypothesis) => report.held += 1,
            (false, Trust::Confirmed) => report.failures.push(shown(row)),
            (false, Trust::Hypothesis) => report.unheld.push(shown(row)),
        }
    }
    Ok(report)
}

/// The lines of the list that name no row.
fn stale<'a>(judged: &'a [Judged], known: &'a Known) -> impl Iterator<Item = String> + 'a {
    let gone = known
        .rows()
        .filter(|row| !judged.iter().any(|judged| judged.name == **row));
    gone.map(|row| format!("{row}: the list names a row that is not there"))
}

fn shown(row: &Judged) -> String {
    let mut shown = row.name.clone();
    for difference in row.differences.iter().take(DIFFERENCES_SHOWN) {
        shown.push_str(&format!("\n    {difference}"));
    }
    if let Some(more) = row
        .differences
        .len()
        .checked_sub(DIFFERENCES_SHOWN)
        .filter(|more| *more > 0)
    {
        shown.push_str(&format!("\n    and {more} more"));
    }
    shown
}
