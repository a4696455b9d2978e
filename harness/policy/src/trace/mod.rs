//! The full account of a decision: every layer, statement, element and condition key.
//!
//! The text form leaves out what speaks of other actions; the JSON form leaves out nothing, unless it is
//! what a journal keeps ([`CheckTrace::of_interest`]).
//!
//! - `told`: what is told of a check, as a journal keeps it.
//! - `look`: looking again at everything that was compared. `nearest`: which statement nearly allowed;
//!   `allowing`: which ones did.
//! - `text`: the account in words, the same wherever it is printed.

mod told;

mod allowing;
mod look;
mod nearest;
mod text;

use serde::Serialize;

use crate::decide::{Decision, decide};
use crate::request::{PolicySet, Request};

pub use allowing::Allowing;
pub use told::{
    CallerTrace, CheckTrace, ConditionTrace, Effect, ElementTrace, Further, LayerTrace, NamesTrace,
    PolicyTrace, Says, StatementTrace,
};

/// How a decision came about.
#[derive(Debug, Clone, Serialize)]
pub struct Trace {
    /// The caller as messages name it.
    pub principal: String,
    /// The result.
    pub decision: Decision,
    /// [`Decision::explain`].
    pub summary: String,
    /// The request itself and the additional checks.
    pub checks: Vec<CheckTrace>,
}

/// What was compared on the way to a decision, as far as evidence of it is kept.
#[derive(Debug, Clone, Default)]
pub struct Compared {
    /// The conditions of the statement that decided, where one did.
    pub conditions: Vec<ConditionTrace>,
    /// Of an allow: the other statements that let it through, one of each document.
    pub also: Vec<Allowing>,
    /// Of an allow: how many more did so, of layers with many documents.
    pub further: Vec<Further>,
    /// Of a refusal: everything.
    pub trace: Option<Trace>,
}

impl Compared {
    /// What was compared on the way to `decision`, which is that on `request` under `policies`.
    #[must_use]
    pub fn of(request: &Request, policies: &PolicySet, decision: &Decision) -> Self {
        if decision.is_allowed() {
            return allowing::allowed(request, policies, decision);
        }
        let statement = decision.statement();
        let deciding =
            statement.map(|found| look::conditions(request, policies, decision.check, found));
        Self {
            conditions: deciding.unwrap_or_default(),
            trace: Some(trace(request, policies)),
            ..Self::default()
        }
    }
}

/// Decides `request` like [`decide`] and tells everything that was compared.
#[must_use]
pub fn trace(request: &Request, policies: &PolicySet) -> Trace {
    let decision = decide(request, policies);
    Trace {
        principal: request.principal.label().into_owned(),
        summary: decision.explain(),
        decision,
        checks: (0..=request.additional.len())
            .map(|number| look::trace_check(request, policies, number))
            .collect(),
    }
}
