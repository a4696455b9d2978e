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

/// Makes a constructor for each system whose classes are written as calls.
macro_rules! constructors {
    ($($(#[$doc:meta])* $name:ident => $system:ident,)*) => {$(
        $(#[$doc])*
        pub(super) const fn $name(
            class: &'static str,
            mender: Mender,
            title: &'static str,
            find: fn(&Case<'_>) -> Option<Finding>,
        ) -> Entry {
            Entry {
                system: System::$system,
                class,
                mender,
                title,
                find,
            }
        }
    )*};
}

constructors! {
    /// A class of AWS's services.
    aws => Aws,
    /// A class of calls from one component to another.
    http => Http,
    /// A class of STS.
    sts => Sts,
    /// A class of Vault.
    vault => Vault,
}
