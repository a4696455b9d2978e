//! What is shared across accounts, and not asked for.

use super::super::entry::Entry;

/// The classes, the most specific first.
pub(super) const ENTRIES: &[Entry] = &[];
