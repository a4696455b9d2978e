//! Rules of Vault that have no effect.

use super::super::entry::Entry;

/// The classes, the most specific first.
pub(super) const ENTRIES: &[Entry] = &[];
