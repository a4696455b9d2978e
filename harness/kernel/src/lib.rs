//! What every component of a lab shares: the clock and its timers, ids from the seed, the scope of a
//! call, the journal with its causes, faults, and the trait through which components reach one
//! another. Of the outside it touches the machine's clock, and files that are named to it such as the
//! journal's; no network.
//!
//! One lab = one seed, one clock, one journal. With one request in flight at a time, the same seed
//! and the same steps give the same ids and the same journal, byte for byte.
//!
//! - [`clock`]: the lab's [`Clock`]; each component reads it through a [`ComponentClock`].
//! - [`timer`]: [`Timers`], everything that falls due.
//! - [`id`]: [`Ids`], every identifier in its real shape.
//! - [`scope`]: account and Region.
//! - [`journal`]: [`Journal`], every decision with its reason and its cause.
//! - [`evidence`]: what an event tells, typed at both ends, and reasons as closed lists.
//! - [`enforcement`]: [`Enforcement`], what a refusal for want of a permission means.
//! - [`trace`]: [`TraceHeader`], the trace that a request belongs to.
//! - [`fault`]: [`Faults`], what the lab was told to break on a link.
//! - [`outbound`]: [`Outbound`], the only way from one component to another. [`answer`]: what is wrong with
//!   an answer on that way.
//! - [`folder`]: [`Folder`], where files lie that a client may name.
//! - [`redaction`]: what may be seen of a value that somebody sent.
//! - [`text_file`]: files that somebody names, read with a bound.
//! - [`printable`]: what of a text a terminal gets.
//! - [`near`]: what was perhaps meant by a name that is none.
//! - [`secret`]: [`Secret`], text that never shows in output and compares in constant time.

pub mod answer;
pub mod clock;
pub mod enforcement;
pub mod evidence;
pub mod fault;
pub mod folder;
pub mod id;
pub mod journal;
pub mod near;
pub mod outbound;
pub mod printable;
pub mod redaction;
pub mod scope;
pub mod secret;
pub mod text_file;
pub mod timer;
pub mod trace;

pub use answer::AnswerFault;
pub use clock::{Clock, ClockError, Component, ComponentClock};
pub use enforcement::{Enforcement, EnforcementSetting, LetThrough};
pub use evidence::{Evidence, Reason};
pub use fault::{Fault, Faults};
pub use folder::{Folder, FolderError};
pub use id::{Draw, Ids};
pub use journal::{Event, EventDraft, Journal, Outcome, Sequence};
pub use outbound::{
    AwsService, Destination, Outbound, OutboundError, OutboundFuture, OutboundRequest,
    OutboundResponse,
};
pub use scope::{AccountId, Region, Scope, ScopeError};
pub use secret::Secret;
pub use timer::{TimerId, Timers};
pub use trace::TraceHeader;

pub use jiff::{SignedDuration, Timestamp};
