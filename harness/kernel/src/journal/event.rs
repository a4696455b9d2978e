//! A line of the journal.

use std::mem::size_of;
use std::sync::Arc;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::detail::Detail;
use super::word::Word;
use crate::clock::Component;
use crate::evidence::{Evidence, Reason};

/// The number of an event, from 1 in the order of recording.
pub type Sequence = u64;

/// The version of a line of the journal: it changes when a member goes or means something else.
pub const LINE_VERSION: u32 = 1;

/// How a step ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// Let through.
    Allowed,
    /// Turned away by a rule; the reason says which.
    Refused,
    /// Broken: no decision was reached.
    Failed,
    /// Something happened; nobody was asked.
    Info,
}

impl Outcome {
    /// Every outcome.
    pub const ALL: [Self; 4] = [Self::Allowed, Self::Refused, Self::Failed, Self::Info];

    /// The word in the journal.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Allowed => "allowed",
            Self::Refused => "refused",
            Self::Failed => "failed",
            Self::Info => "info",
        }
    }
}

/// One line of the journal.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// Its number.
    pub seq: Sequence,
    /// The lab that recorded it, as a number from its seed: what tells two labs in one file apart. None where
    /// nobody said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run: Option<u32>,
    /// The lab's time.
    pub time: Timestamp,
    /// Who recorded it: `aws`, `gateway`, `lambda`, `vault`, `oidc`, `lab`.
    pub component: Word,
    /// What it is about: `request`, `authentication`, `decision`, `hop`, `invoke`, ...
    pub kind: Word,
    /// How it ended.
    pub outcome: Outcome,
    /// Why it was refused or failed: a code in kebab case, `audience-mismatch`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The request in whose course it happened.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_id: Option<Arc<str>>,
    /// The trace that it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trace_id: Option<Arc<str>>,
    /// The event before it in the chain.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cause: Option<Sequence>,
    /// The twelve digits of the account where it happened.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<Arc<str>>,
    /// Evidence. Never a secret: a token stands as its kind, claims and fingerprint.
    pub detail: Detail,
}

impl Event {
    /// What the event tells, if it is of that kind. `None` also where the journal has cut what it needs.
    pub fn read<E: Evidence>(&self) -> Option<E> {
        (self.kind == E::KIND).then(|| self.detail.read()).flatten()
    }

    /// Whether this component recorded it.
    pub fn is_by(&self, component: Component) -> bool {
        self.component == component.as_str()
    }

    /// Whether it was refused, or failed, for this reason.
    pub fn is(&self, reason: impl Reason) -> bool {
        self.reason.as_deref() == Some(reason.as_str())
    }

    /// The memory that the event takes, in bytes.
    pub(super) fn weight(&self) -> usize {
        // Ids may be shared with other events: each counts them as if they were its own.
        let ids = [&self.request_id, &self.trace_id, &self.account];
        let ids: usize = ids.into_iter().flatten().map(|id| id.len()).sum();
        let texts = ids + self.reason.as_ref().map_or(0, String::capacity);
        let words = self.component.weight() + self.kind.weight();
        size_of::<Self>() + texts + words + self.detail.weight()
    }
}
