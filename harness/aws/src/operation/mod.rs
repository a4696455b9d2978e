//! The contract between the front door and a service.
//!
//! A service states its operations in one table of [`Row`]s. Dispatch, authorization and the
//! coverage files (`coverage/*.txt`) all read it; nothing else decides what exists.
//!
//! A service's rules (`state.rs` and what they call) need the first five of these and know neither the
//! state of all services nor the front door; only the table does.
//!
//! - [`call`]: one call, and what it is answered.
//! - [`input`]: the input, read into types.
//! - [`check`]: what a call must be permitted.
//! - [`effect`]: what one service asks of another.
//! - [`context`]: what the rules see beside their own state.
//! - [`page`]: lists in parts.
//! - [`part`]: the parts of what is kept as a whole.
//! - [`row`]: the table.
//! - [`tag`]: tags, as they are listed, kept and asked for.

pub mod call;
pub mod check;
pub mod context;
pub mod effect;
pub mod input;
pub mod page;
pub mod part;
pub mod row;
pub mod tag;

pub use call::{Answer, Call, Caller, Reply, Session};
pub use check::{Check, Refusal};
pub use context::Ctx;
pub use effect::{Effect, MetricDatum};
pub use input::{Nothing, member_not_implemented, read, read_both, read_part};
pub use row::{Authorization, Handler, Row, Service, Validation};
pub use tag::{Tag, Tags};
