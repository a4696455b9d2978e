//! Roles that trust more than they name.

use super::super::entry::Entry;

/// The classes, the most specific first.
pub(super) const ENTRIES: &[Entry] = &[];
