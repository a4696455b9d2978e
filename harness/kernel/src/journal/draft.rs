//! An event as those who record it write it.

use std::sync::Arc;

use serde_json::Value;

use super::detail::Detail;
use super::event::{Outcome, Sequence};
use crate::clock::Component;
use crate::evidence::Evidence;

/// An event before it has a number and a time.
#[derive(Clone, Debug)]
pub struct EventDraft {
    pub(super) component: Component,
    pub(super) kind: &'static str,
    pub(super) outcome: Outcome,
    pub(super) reason: Option<String>,
    pub(super) request_id: Option<Arc<str>>,
    pub(super) trace_id: Option<Arc<str>>,
    pub(super) cause: Option<Sequence>,
    pub(super) account: Option<Arc<str>>,
    pub(super) detail: Detail,
}

impl EventDraft {
    /// An event of outcome `info` without detail.
    pub fn new(component: Component, kind: &'static str) -> Self {
        Self {
            component,
            kind,
            outcome: Outcome::Info,
            reason: None,
            request_id: None,
            trace_id: None,
            cause: None,
            account: None,
            detail: Detail::empty(),
        }
    }

    /// An event of outcome `info` that tells this. Evidence is an object; what cannot be written as JSON
    /// (a map whose keys are no texts) stands as its error.
    pub fn of<E: Evidence>(component: Component, evidence: &E) -> Self {
        Self::new(component, E::KIND).telling(evidence)
    }

    /// Tells this, and is of its kind.
    #[must_use]
    pub fn telling<E: Evidence>(mut self, evidence: &E) -> Self {
        self.kind = E::KIND;
        self.detail = Detail::of(evidence);
        self
    }

    /// Let through.
    #[must_use]
    pub fn allowed(mut self) -> Self {
        self.outcome = Outcome::Allowed;
        self
    }

    /// Turned away, for this reason (kebab case).
    #[must_use]
    pub fn refused(mut self, reason: impl Into<String>) -> Self {
        self.outcome = Outcome::Refused;
        self.reason = Some(reason.into());
        self
    }

    /// Broken, for this reason (kebab case).
    #[must_use]
    pub fn failed(mut self, reason: impl Into<String>) -> Self {
        self.outcome = Outcome::Failed;
        self.reason = Some(reason.into());
        self
    }

    /// In the course of this request.
    #[must_use]
    pub fn request_id(mut self, id: impl Into<Arc<str>>) -> Self {
        self.request_id = Some(id.into());
        self
    }

    /// As part of this trace, if there is one.
    #[must_use]
    pub fn trace_id(mut self, id: Option<impl Into<Arc<str>>>) -> Self {
        self.trace_id = id.map(Into::into);
        self
    }

    /// Because of this event, if one is known.
    #[must_use]
    pub fn cause(mut self, cause: Option<Sequence>) -> Self {
        self.cause = cause;
        self
    }

    /// In this account.
    #[must_use]
    pub fn account(mut self, account: impl Into<Arc<str>>) -> Self {
        self.account = Some(account.into());
        self
    }

    /// With this evidence, an object.
    #[must_use]
    pub fn detail(mut self, detail: Value) -> Self {
        self.detail = Detail::of(&detail);
        self
    }
}
