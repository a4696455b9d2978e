//! What a refusal by policies was decided by: the statement, and what of it stood in the way.

use authlab_policy::evidence::Decision;
use authlab_policy::{CheckTrace, ConditionTrace, Layer, Outcome, StatementTrace};

use super::document;
use crate::case::Case;
use crate::told::Told;

/// A refusal by policies.
pub(super) struct Refused {
    pub(super) decision: Decision,
    /// What was compared; without layers where the journal has cut it.
    pub(super) check: CheckTrace,
}

/// A statement and where it stands.
#[derive(Clone, Copy)]
pub(super) struct At<'r> {
    pub(super) layer: Layer,
    pub(super) policy: &'r str,
    pub(super) statement: &'r StatementTrace,
}

impl Refused {
    /// The decision that the refusal is, or that the gateway asked for.
    pub(super) fn of(case: &Case<'_>) -> Option<Self> {
        let event = case.refusal()?;
        let decision = Told::of(event)?.decision()?.clone();
        let is_refusal = decision.decision != Outcome::Allow;
        is_refusal.then(|| Self::new(decision))
    }

    fn new(decision: Decision) -> Self {
        let check = match &decision.trace {
            Some(check) => CheckTrace::clone(check),
            None => CheckTrace {
                action: decision.action.clone(),
                resource: decision.resource.clone(),
                same_account: true,
                caller: authlab_policy::CallerTrace::default(),
                layers: Vec::new(),
            },
        };
        Self { decision, check }
    }

    /// Whether a statement denies; none allows otherwise.
    pub(super) fn is_explicit(&self) -> bool {
        self.decision.decision == Outcome::ExplicitDeny
    }

    /// The layer that decided.
    pub(super) fn layer(&self) -> Layer {
        self.decision.layer().unwrap_or(Layer::Identity)
    }

    /// Whether this layer lacks an Allow.
    pub(super) fn is_silent(&self, layer: Layer) -> bool {
        !self.is_explicit() && self.layer() == layer
    }

    /// What was asked, in words.
    pub(super) fn asked(&self) -> String {
        format!("`{}` on `{}`", self.check.action, self.check.resource)
    }

    /// Whom policies may name: the role of a session, else the caller itself.
    pub(super) fn who(&self) -> &str {
        let parent = self.check.caller.parent.as_deref();
        parent.unwrap_or(&self.decision.principal)
    }

    /// The statement that denies, or the one that nearly allowed.
    pub(super) fn at(&self) -> Option<At<'_>> {
        let layer = self.layer();
        if let Some(by) = self.decision.decided_by.statement() {
            let found = self
                .check
                .statement(layer, &by.policy, by.level, by.statement);
            return found.map(|statement| At {
                layer,
                policy: &by.policy,
                statement,
            });
        }
        self.nearest().into_iter().next()
    }

    /// The statements that nearly allowed, nearest first.
    pub(super) fn nearest(&self) -> Vec<At<'_>> {
        let level = match &self.decision.decided_by {
            authlab_policy::evidence::DecidedBy::Missing { level, .. } => *level,
            _ => None,
        };
        let layer = self.layer();
        let found = self.check.nearest(layer, level).into_iter();
        found
            .map(|(policy, statement)| At {
                layer,
                policy: &policy.name,
                statement,
            })
            .collect()
    }

    /// The conditions that stood in the way: those of the statement that denies; those of the nearest
    /// Allow that do not hold, where nothing else keeps it from allowing.
    pub(super) fn conditions(&self) -> Vec<(At<'_>, &ConditionTrace)> {
        let Some(at) = self.at() else {
            return Vec::new();
        };
        let statement = at.statement;
        let is_all_else_met = statement.action.matches
            && statement.principal != Some(false)
            && statement
                .resource
                .as_ref()
                .is_none_or(|found| found.matches);
        if !is_all_else_met {
            return Vec::new();
        }
        let is_meant = |condition: &&ConditionTrace| condition.holds == self.is_explicit();
        let conditions = statement.conditions.iter().filter(is_meant);
        conditions.map(|condition| (at, condition)).collect()
    }
}

impl At<'_> {
    /// ``statement `Acme` of the trust policy of role ...``.
    pub(super) fn place(&self) -> String {
        let statement = match &self.statement.sid {
            Some(sid) => format!("statement `{sid}`"),
            None => format!("statement {}", self.statement.index),
        };
        format!("{statement} of {}", self.document())
    }

    /// The document, by its ARN where it has one.
    pub(super) fn document(&self) -> String {
        document::named(self.layer, self.policy)
    }
}
