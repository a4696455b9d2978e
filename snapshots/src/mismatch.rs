//! How a document differs from its snapshot.

use std::fmt;

use similar::{ChangeTag, TextDiff};

/// Lines of context around each difference.
const CONTEXT_LINES: usize = 3;

/// Why a document and its snapshot are not the same.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum MismatchKind {
    /// There is a document and no snapshot yet.
    New,
    /// There is a snapshot, and the run made no document.
    Missing,
    /// Both are there and differ.
    Differs,
    /// The snapshot could not be read or written, or its path is not one.
    Unusable,
}

/// A document that is not what its snapshot says.
#[derive(Clone, Eq, PartialEq)]
pub struct Mismatch {
    /// The snapshot's path below the snapshots' root, without `.snap`.
    pub path: String,
    /// What is wrong.
    pub kind: MismatchKind,
    /// The difference, a line each: `-` only in the snapshot, `+` only in the document; for
    /// [`MismatchKind::Unusable`] the reason.
    pub diff: String,
}

impl Mismatch {
    /// The mismatch between what the snapshot holds and what the run made.
    pub(crate) fn between(path: &str, kind: MismatchKind, snapshot: &str, document: &str) -> Self {
        Self {
            path: path.to_owned(),
            kind,
            diff: difference(snapshot, document),
        }
    }

    pub(crate) fn unusable(path: &str, reason: impl fmt::Display) -> Self {
        Self {
            path: path.to_owned(),
            kind: MismatchKind::Unusable,
            diff: reason.to_string(),
        }
    }
}

impl std::error::Error for Mismatch {}

impl fmt::Display for Mismatch {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { path, kind, diff } = self;
        match kind {
            MismatchKind::New => write!(formatter, "snapshot `{path}` is new")?,
            MismatchKind::Missing => {
                write!(
                    formatter,
                    "snapshot `{path}` exists, but no document was made"
                )?;
            }
            MismatchKind::Differs => write!(formatter, "snapshot `{path}` differs")?,
            MismatchKind::Unusable => write!(formatter, "snapshot `{path}` cannot be used")?,
        }
        write!(formatter, "\n{}", diff.trim_end())
    }
}

/// Debug shows the difference, so that `check(..).unwrap()` in a test is readable.
impl fmt::Debug for Mismatch {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

/// The difference of two texts, with the line numbers of the snapshot at each gap.
fn difference(snapshot: &str, document: &str) -> String {
    let diff = TextDiff::from_lines(snapshot, document);
    let mut text = String::new();
    for (index, group) in diff.grouped_ops(CONTEXT_LINES).iter().enumerate() {
        if index > 0 {
            text.push_str("...\n");
        }
        for change in group
            .iter()
            .flat_map(|operation| diff.iter_changes(operation))
        {
            let sign = match change.tag() {
                ChangeTag::Delete => '-',
                ChangeTag::Insert => '+',
                ChangeTag::Equal => ' ',
            };
            text.push(sign);
            text.push_str(change.value().trim_end_matches(['\r', '\n']));
            text.push('\n');
        }
    }
    text
}
