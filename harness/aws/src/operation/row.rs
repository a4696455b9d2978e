//! The table of a service: what it can do, what that asks for, and what does it.
//!
//! This is the only part of the contract that knows the [`Cloud`] and the front door; a service's
//! rules need none of it.

use authlab_wire::{ValidationFailure, Value, WireError};
use futures_util::future::BoxFuture;

use super::call::{Answer, Call};
use super::check::Check;
use crate::cloud::Cloud;
use crate::front::pass::Passable;
use crate::front::{Desk, FrontDoor};

/// One simulated service.
pub struct Service {
    /// The name of its model in `authlab-wire`, which is also the folder here: `oam`.
    pub name: &'static str,
    /// How far a signed date may lie from the service's clock, in seconds. `15 * 60` for most
    /// services, `5 * 60` for API Gateway's data plane and a few others.
    pub clock_skew_seconds: i64,
    /// How it tells that an input breaks its model.
    pub validation: Validation,
    /// What an operation answers to the token of a list that it did not give.
    pub token_refused: fn(&str) -> WireError,
    /// What lets a backend keep it, where the door can decide its calls then.
    pub passing: Option<&'static dyn Passable>,
    /// Its operations.
    pub rows: &'static [Row],
}

impl Service {
    /// The row of an operation.
    pub fn row(&self, operation: &str) -> Option<&'static Row> {
        self.rows.iter().find(|row| row.name == operation)
    }
}

/// How a service tells that an input breaks its model.
///
/// Whether it does is the model's question, and the common sentence (`1 validation error detected: …`)
/// is that of the wire; a service chooses the code, and has words of its own where AWS does.
pub struct Validation {
    /// The code of such an error.
    pub code: &'static str,
    /// What AWS says in other words: of the operation and what is wrong, or `None` for the sentence.
    pub in_other_words: fn(&str, &ValidationFailure) -> Option<WireError>,
    /// Whether values that were given are repeated in the sentence.
    pub repeats_values: bool,
}

impl Validation {
    /// The common sentence with this code.
    #[must_use]
    pub const fn with_code(code: &'static str) -> Self {
        Self {
            code,
            in_other_words: |_, _| None,
            repeats_values: true,
        }
    }

    /// With words of the service's own for some failures.
    #[must_use]
    pub const fn or(self, words: fn(&str, &ValidationFailure) -> Option<WireError>) -> Self {
        Self {
            in_other_words: words,
            ..self
        }
    }

    /// With a sentence that repeats no value.
    #[must_use]
    pub const fn without_values(self) -> Self {
        Self {
            repeats_values: false,
            ..self
        }
    }

    /// The error of a failure in an operation's input: a 400.
    #[must_use]
    pub fn error(&self, operation: &str, failure: ValidationFailure) -> WireError {
        if let Some(error) = (self.in_other_words)(operation, &failure) {
            return error;
        }
        let failure = if self.repeats_values {
            failure
        } else {
            failure.without_values()
        };
        WireError::new(400, self.code, failure.to_string())
    }
}

/// One operation.
pub struct Row {
    /// The operation's name in the model: `CreateLink`.
    pub name: &'static str,
    /// What the caller must be permitted. [`Authorization::Unsigned`] operations carry no
    /// signature; they authorize themselves.
    pub authorization: Authorization,
    /// What the operation does.
    pub handler: Handler,
}

/// How an operation is authorized.
pub enum Authorization {
    /// Every permission that the call needs, several where AWS asks for several.
    Checks(fn(&Cloud, &Call, &Value) -> Result<Vec<Check>, WireError>),
    /// Signed, but no policy can take it away: `sts:GetCallerIdentity`.
    Always,
    /// No signature: `sts:AssumeRoleWithWebIdentity`. The handler decides, and journals its
    /// decision.
    Unsigned,
}

/// What performs an operation.
pub enum Handler {
    /// Under the lab's one lock, never across an await.
    Locked(fn(&mut Cloud, &Call, Value) -> Answer),
    /// Under the same lock, of an operation that decides more than its row asks for, or answers where
    /// the lab is reached.
    AtDesk(fn(&mut Desk<'_>, Value) -> Answer),
    /// Two halves around I/O (a JWKS, a function), each of which takes the lock by itself; the
    /// second takes it by [`FrontDoor::again`], which asks the row's checks again, and looks again at
    /// what the first found.
    Halves(for<'a> fn(&'a FrontDoor, &'a Call, Value) -> BoxFuture<'a, Answer>),
}
