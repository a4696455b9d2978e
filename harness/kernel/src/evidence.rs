//! Evidence: what an event of the journal tells, typed at both ends.
//!
//! Who records an event has a struct for what it tells, in the `evidence.rs` of its crate, and records
//! it by [`EventDraft::of`](crate::EventDraft::of). Who reads it (a diagnosis, a document, a step)
//! imports that struct and asks by [`Event::read`](crate::Event::read): a member that is renamed does
//! not compile there. The line on disk is the struct's members in their order.
//!
//! A reason is a row of the crate's one enum, written by [`reasons!`](crate::reasons): the code in kebab
//! case is what the line holds, and `ALL` is what a test goes through.

use serde::Serialize;
use serde::de::DeserializeOwned;

/// What one kind of event tells.
///
/// The members are evidence and never a secret. They are read back from what the journal kept: long
/// texts are cut there, and what is nested too deeply is replaced by a text, so that a member whose
/// depth a stranger chooses (claims, a document) has the type [`serde_json::Value`].
pub trait Evidence: Serialize + DeserializeOwned {
    /// The kind of the event: `request`, `authentication`, `decision`, ...
    const KIND: &'static str;
}

/// Why something was refused or failed: a row of a closed list.
pub trait Reason: Copy {
    /// The code as the journal's line has it, kebab case: `audience-mismatch`.
    fn as_str(self) -> &'static str;
}

/// One enum of reasons: `as_str`, `ALL`, `parse`, and [`Reason`].
///
/// ```
/// authlab_kernel::reasons! {
///     /// Why the door stays shut.
///     pub enum Shut {
///         /// Nobody has the key.
///         KeyMissing = "key-missing",
///     }
/// }
/// assert_eq!(Shut::KeyMissing.as_str(), "key-missing");
/// assert_eq!(Shut::parse("key-missing"), Some(Shut::KeyMissing));
/// assert_eq!(Shut::ALL.len(), 1);
/// ```
#[macro_export]
macro_rules! reasons {
    (
        $(#[$outer:meta])*
        $visibility:vis enum $name:ident {
            $( $(#[$inner:meta])* $variant:ident = $code:literal, )*
        }
    ) => {
        $(#[$outer])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        $visibility enum $name {
            $( $(#[$inner])* $variant, )*
        }

        impl $name {
            /// Every reason, in the order of the list.
            pub const ALL: &'static [Self] = &[ $( Self::$variant, )* ];

            /// The code, as the journal's line has it.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $( Self::$variant => $code, )*
                }
            }

            /// The reason with this code.
            pub fn parse(code: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|reason| reason.as_str() == code)
            }
        }

        impl $crate::evidence::Reason for $name {
            fn as_str(self) -> &'static str {
                Self::as_str(self)
            }
        }

        impl ::core::fmt::Display for $name {
            fn fmt(&self, formatter: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                formatter.write_str(self.as_str())
            }
        }

        impl From<$name> for String {
            fn from(reason: $name) -> Self {
                reason.as_str().to_owned()
            }
        }
    };
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;
    use crate::{Clock, Component, EventDraft, Journal};

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Door {
        number: u32,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        key: Option<String>,
    }

    impl Evidence for Door {
        const KIND: &'static str = "door";
    }

    #[derive(Debug, Serialize, Deserialize)]
    struct Window {}

    impl Evidence for Window {
        const KIND: &'static str = "window";
    }

    reasons! {
        /// Why the door stays shut.
        enum Shut {
            /// Nobody has the key.
            KeyMissing = "key-missing",
            /// Somebody stands behind it.
            HeldShut = "held-shut",
        }
    }

    #[test]
    fn what_is_written_is_read_by_its_kind_and_by_no_other() {
        let journal = Journal::new(Clock::standing("2026-01-01T00:00:00Z".parse().unwrap()));
        let door = Door {
            number: 7,
            key: None,
        };
        journal.record(EventDraft::of(Component::Lab, &door).refused(Shut::KeyMissing));
        let event = journal.events_since(0).remove(0);
        assert_eq!(event.detail, serde_json::json!({"number": 7}));
        assert_eq!(event.read::<Door>(), Some(door));
        assert!(event.read::<Window>().is_none(), "another kind");
        assert!(event.is(Shut::KeyMissing));
        assert!(!event.is(Shut::HeldShut));
    }

    #[test]
    fn every_reason_is_found_by_its_code() {
        for reason in Shut::ALL {
            assert_eq!(Shut::parse(reason.as_str()), Some(*reason));
        }
        assert_eq!(Shut::parse("ajar"), None);
        assert_eq!(Shut::HeldShut.to_string(), "held-shut");
    }
}
