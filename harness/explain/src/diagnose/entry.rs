//! An entry of the registry.

use super::finding::{Finding, Mender, System};
use crate::case::Case;

/// One class of cause.
pub(super) struct Entry {
    pub(super) system: System,
    pub(super) class: &'static str,
    pub(super) mender: Mender,
    pub(super) title: &'static str,
    /// The cause and the fix, when the case is of this class.
    pub(super) find: fn(&Case<'_>) -> Option<Finding>,
}
