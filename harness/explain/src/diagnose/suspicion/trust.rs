//! Statements that let in more than they name.

use authlab_aws::evidence as aws;
use authlab_kernel::Component;
use authlab_policy::evidence::{Decision, Statement};
use authlab_policy::{ConditionTrace, Layer};

use super::super::entry::Entry;
use super::super::finding::{Finding, Mender, System};
use super::super::policy;
use super::super::words;

/// The classes, the most specific first.
pub(super) const ENTRIES: &[Entry] = &[Entry {
    system: System::Policy,
    class: "condition-held-by-absence",
    mender: Mender::Owner,
    title: "a condition held because the request has no such key",
    find: |case| {
        let mut decisions = case.allowed()?.told::<aws::Decision>(Component::Aws);
        decisions.find_map(|decided| needed(&decided.decision).find_map(held_by_absence))
    },
}];

/// The statements without which the request would not have been let in: the deciding one, and of layers that
/// have to allow the only one. Beside an identity policy a resource policy may be a second grant.
fn needed(decision: &Decision) -> impl Iterator<Item = &Statement> {
    let is_needed = |statement: &&Statement| {
        let may_be_second = matches!(statement.layer, Layer::Identity | Layer::Resource);
        let place = |other: &Statement| (other.layer, other.level, other.action.clone());
        let beside = decision
            .statements()
            .filter(|other| place(other) == place(statement));
        !may_be_second && beside.count() == 1
    };
    let others = decision.also.iter().filter(is_needed);
    decision.decided_by.statement().into_iter().chain(others)
}

/// `ForAllValues` holds where the key is not there (IAM user guide,
/// `reference_policies_condition-single-vs-multi-valued-context-keys.html`).
fn held_by_absence(statement: &Statement) -> Option<Finding> {
    let is_absent = |condition: &&ConditionTrace| {
        let had = condition.request.as_deref().unwrap_or_default();
        condition.holds && condition.operator.starts_with("ForAllValues:") && had.is_empty()
    };
    let condition = statement.conditions.iter().find(is_absent)?;
    let ConditionTrace { operator, key, .. } = condition;
    let document = policy::document_named(statement.layer, &statement.policy);
    let place = match &statement.sid {
        Some(sid) => format!("statement `{sid}` of {document}"),
        None => format!("statement {} of {document}", statement.statement),
    };
    let single = operator.trim_start_matches("ForAllValues:");
    let wanted = words::texts(&condition.policy);
    Some(Finding::certain(
        format!(
            "{place} let the request in, whose condition {operator} wants `{key}` to be {wanted}: the \
             request has no `{key}`, and ForAllValues holds without one"
        ),
        format!(
            "write {single} for {operator} in {place}, which a request without `{key}` does not meet; where \
             the key has several values, add the condition Null of `{key}` with `false`"
        ),
    ))
}
