//! A row of a table of reasons.

use super::super::finding::Mender;

/// A reason and what is known of it.
pub(in crate::diagnose) struct Row {
    pub(in crate::diagnose) code: &'static str,
    pub(super) title: &'static str,
    pub(super) mender: Mender,
    pub(in crate::diagnose) fix: &'static str,
    /// What would tell more, where the reason leaves several causes open.
    pub(super) wants: Option<&'static str>,
}

pub(super) const fn row(
    code: &'static str,
    title: &'static str,
    mender: Mender,
    fix: &'static str,
) -> Row {
    Row {
        code,
        title,
        mender,
        fix,
        wants: None,
    }
}

impl Row {
    /// The reason leaves several causes open; this would tell.
    pub(super) const fn in_doubt(mut self, wants: &'static str) -> Self {
        self.wants = Some(wants);
        self
    }
}
