//! What conditions say of requests that lack the key: set operators, `IfExists`, and a Deny by MFA.
//!
//! Source: IAM user guide, `reference_policies_condition-single-vs-multi-valued-context-keys.html` for
//! the set operators, `reference_policies_elements_condition_operators.html` for `IfExists`.

use super::finding::{Finding, Findings};
use super::issuer;
use crate::condition::{Condition, Family, Quantifier};
use crate::document::{Effect, Statement};

pub(super) fn check_quantifier(
    path: &str,
    statement: &Statement,
    condition: &Condition,
    multivalued: bool,
    findings: &mut Findings,
) {
    if condition.operator.family == Family::Null {
        return;
    }
    let key = &condition.key;
    match (condition.operator.quantifier, multivalued) {
        (Quantifier::Single, true) => {
            let message = format!(
                "`{key}` has several values: write ForAllValues: or ForAnyValue: before the operator"
            );
            findings.add(path, "missing-set-operator", message);
        }
        (Quantifier::Any, false) => {
            let message = format!("`{key}` has one value: write the operator without ForAnyValue");
            findings.add(path, "set-operator-single", message);
        }
        (Quantifier::All, _) if is_guarded(statement, condition) => {
            if !multivalued {
                let message = format!("`{key}` has one value: ForAllValues adds nothing");
                findings.add(path, "set-operator-single", message);
            }
        }
        (Quantifier::All, _) => check_all(path, statement, condition, multivalued, findings),
        (Quantifier::Single, false) | (Quantifier::Any, true) => {}
    }
}

/// `ForAllValues` without a test that the key is there.
fn check_all(
    path: &str,
    statement: &Statement,
    condition: &Condition,
    multivalued: bool,
    findings: &mut Findings,
) {
    let key = &condition.key;
    let base = without_set_operator(&condition.operator_name);
    match (statement.effect, multivalued) {
        (Effect::Allow, false) => {
            let message = format!(
                "ForAllValues holds when `{key}` is absent, so that requests without it are let in"
            );
            let finding = Finding::new("for-all-single", path, message);
            findings.push(finding.with_fix(format!("write {base}: the key has one value")));
        }
        (Effect::Allow, true) => {
            if !key.eq_ignore_ascii_case("oam:ResourceTypes") {
                let message = format!("ForAllValues holds when `{key}` is absent");
                let finding = Finding::new("for-all-without-null", path, message);
                findings.push(finding.with_fix(format!("add \"Null\": {{\"{key}\": \"false\"}}")));
            }
        }
        // A negated operator holds for absent keys with or without it.
        (Effect::Deny, false) if condition.operator.negated => {
            let message = format!("`{key}` has one value: ForAllValues adds nothing");
            findings.add(path, "set-operator-single", message);
        }
        (Effect::Deny, false) => {
            let message = format!(
                "ForAllValues holds when `{key}` is absent, so that requests without it are denied"
            );
            let finding = Finding::new("for-all-deny", path, message);
            findings.push(finding.with_fix(format!("write {base}: the key has one value")));
        }
        (Effect::Deny, true) => {
            let message = format!(
                "ForAllValues denies when `{key}` is absent, and no longer when one more value is not meant"
            );
            let finding = Finding::new("for-all-deny", path, message);
            findings.push(finding.with_fix(format!("write ForAnyValue:{base}")));
        }
    }
}

fn without_set_operator(name: &str) -> &str {
    name.split_once(':').map_or(name, |(_, base)| base)
}

/// Whether the statement demands that the condition's key is there.
fn is_guarded(statement: &Statement, condition: &Condition) -> bool {
    statement.conditions.iter().any(|other| {
        other.operator.family == Family::Null
            && other.key.eq_ignore_ascii_case(&condition.key)
            && other.values.iter().all(|value| &**value == "false")
    })
}

/// Keys by which an Allow protects what it gives, and which some requests lack.
const PROTECTING: [&str; 11] = [
    "aws:MultiFactorAuthPresent",
    "aws:PrincipalAccount",
    "aws:PrincipalArn",
    "aws:PrincipalOrgID",
    "aws:SourceAccount",
    "aws:SourceArn",
    "aws:SourceOrgID",
    "aws:SourceVpc",
    "aws:SourceVpce",
    "aws:TokenIssueTime",
    "sts:ExternalId",
];

pub(super) fn check_if_exists(
    path: &str,
    statement: &Statement,
    condition: &Condition,
    findings: &mut Findings,
) {
    check_mfa(path, statement, condition, findings);
    let operator = condition.operator;
    if !operator.if_exists || operator.negated || statement.effect != Effect::Allow {
        return;
    }
    let key = &condition.key;
    let protects = PROTECTING.iter().any(|name| name.eq_ignore_ascii_case(key))
        || issuer::Key::parse(key).is_some();
    // Of callers that the statement names, the keys of the principal are always there.
    let named = statement.principal.as_ref().is_none_or(|element| {
        !element.everyone && !element.aws_everyone && element.services.is_empty()
    });
    let of_caller = key.to_ascii_lowercase().starts_with("aws:principal") && named;
    let elsewhere = statement.conditions.iter().any(|other| {
        !other.operator.if_exists
            && !other.operator.negated
            && other.key.eq_ignore_ascii_case(key)
            && other.operator.quantifier != Quantifier::All
            && (other.operator.family != Family::Null
                || other.values.iter().all(|value| &**value == "false"))
    });
    // `"Bool...IfExists": "false"` lets nobody in whom its absence does not.
    let says_no =
        operator.family == Family::Bool && condition.values.iter().all(|value| &**value == "false");
    if protects && !of_caller && !elsewhere && !says_no {
        let name = &condition.operator_name;
        let message = format!("{name} holds when `{key}` is absent, so that it protects nothing");
        let base = name.replace("IfExists", "");
        let finding = Finding::new("if-exists-lets-in", path, message);
        findings.push(finding.with_fix(format!("write {base}")));
    }
}

/// Requests with the keys of a user have no `aws:MultiFactorAuthPresent` at all.
fn check_mfa(path: &str, statement: &Statement, condition: &Condition, findings: &mut Findings) {
    let says_no = condition.operator.family == Family::Bool
        && !condition.operator.if_exists
        && condition.values.iter().all(|value| &**value == "false");
    let is_mfa = condition
        .key
        .eq_ignore_ascii_case("aws:MultiFactorAuthPresent");
    if statement.effect == Effect::Deny && is_mfa && says_no {
        let message = "requests with the keys of a user lack `aws:MultiFactorAuthPresent`, and are not denied";
        findings.add(path, "mfa-deny-absent", message);
    }
}
