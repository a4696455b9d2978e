//! Statements that let in more than they name.

use authlab_aws::evidence as aws;
use authlab_kernel::Component;
use authlab_policy::ConditionTrace;
use authlab_policy::evidence::Statement;

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
        let decisions = case.allowed()?.told::<aws::Decision>(Component::Aws);
        let statements = decisions.filter_map(|decided| {
            let statement = decided.decision.decided_by.statement();
            statement.cloned()
        });
        statements
            .into_iter()
            .find_map(|statement| held_by_absence(&statement))
    },
}];

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
