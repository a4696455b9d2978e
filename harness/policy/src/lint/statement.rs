//! Statements that have no effect or more than meant.

use super::finding::Findings;
use super::overlap::covers;
use crate::condition::{Condition, Family};
use crate::document::{Document, DocumentKind, Effect, Statement};
use crate::pattern::matches_pattern;

pub(super) fn check(
    document: &Document,
    index: usize,
    path: &str,
    statement: &Statement,
    findings: &mut Findings,
) {
    if statement.effect != Effect::Allow {
        return;
    }
    if document.kind() == DocumentKind::OamSink {
        check_sink(document, path, statement, findings);
    }
    check_not_resource(document.kind(), path, statement, findings);
    let others = document.statements().iter().enumerate();
    for (other_index, other) in others {
        if other_index != index && other.effect == Effect::Deny && swallows(other, statement) {
            let message =
                format!("the statement never counts: Statement[{other_index}] denies all of it");
            findings.add(path, "unreachable", message);
            break;
        }
    }
    let passes_any_role = statement
        .action
        .source
        .iter()
        .any(|action| action.eq_ignore_ascii_case("iam:PassRole"))
        && !statement.action.negated
        && statement.conditions.is_empty()
        && statement.resource.as_ref().is_some_and(|element| {
            !element.negated && element.source.iter().any(|resource| **resource == *"*")
        });
    if passes_any_role {
        let message = "iam:PassRole on every role hands out every right of the account: name the roles or add iam:PassedToService";
        findings.add(path, "pass-any-role", message);
    }
    if statement.action.negated && statement.principal.is_none() && statement.conditions.is_empty()
    {
        let message =
            "Allow with NotAction grants every other action of every service, future ones included";
        findings.add(path, "allow-not-action", message);
    }
}

/// Who may name every resource but some.
fn check_not_resource(
    kind: DocumentKind,
    path: &str,
    statement: &Statement,
    findings: &mut Findings,
) {
    let negated = statement
        .resource
        .as_ref()
        .is_some_and(|element| element.negated);
    // A service control policy gives nothing: it leaves what it does not list.
    let grants = !matches!(
        kind,
        DocumentKind::ServiceControl | DocumentKind::Boundary | DocumentKind::Session
    );
    if negated && grants && statement.conditions.is_empty() {
        let message = "Allow with NotResource grants the actions on every other resource, future ones included";
        let path = format!("{path}.NotResource");
        findings.add(&path, "allow-not-resource", message);
    }
}

/// Who may link to a sink, and change what a link shares.
fn check_sink(document: &Document, path: &str, statement: &Statement, findings: &mut Findings) {
    if statement.action.negated {
        let message =
            "Allow with NotAction lets links be made and changed, whatever else it leaves out";
        let path = format!("{path}.NotAction");
        findings.add(&path, "sink-not-action", message);
    }
    let open = statement
        .principal
        .as_ref()
        .is_some_and(|element| element.everyone || element.aws_everyone);
    if open && !statement.conditions.iter().any(bounds_caller) {
        let message = "accounts of anybody may link to the sink: what is shared and who shares are different things";
        findings.add(&format!("{path}.Principal"), "sink-open", message);
    }
    if !allows(statement, "oam:updatelink") {
        return;
    }
    let limits = |other: &Statement| {
        let keys = other
            .conditions
            .iter()
            .map(|condition| condition.key.to_ascii_lowercase());
        keys.collect::<std::collections::BTreeSet<String>>()
    };
    let own = limits(statement);
    let limited = document.statements().iter().any(|other| {
        let wanted = limits(other);
        other.effect == Effect::Allow
            && allows(other, "oam:createlink")
            && !wanted.is_empty()
            && !wanted.is_subset(&own)
    });
    let creates = allows(statement, "oam:createlink");
    if limited && !creates {
        let message = "oam:CreateLink is bound by conditions that oam:UpdateLink lacks: a link is made within them and changed without";
        findings.add(&format!("{path}.Action"), "sink-update-open", message);
    }
}

/// Whether a condition says who the caller is.
fn bounds_caller(condition: &Condition) -> bool {
    let keys = [
        "aws:principalorgid",
        "aws:principalorgpaths",
        "aws:principalaccount",
        "aws:principalarn",
        "aws:sourceaccount",
    ];
    let key = condition.key.to_ascii_lowercase();
    let operator = condition.operator;
    let names = condition.values.iter().all(|value| {
        let literal = value.trim_end_matches(['*', '?']);
        !matches!(literal, "" | "o-" | "arn:") && !literal.starts_with('*')
    });
    let is_known = keys.contains(&key.as_str()) || key.starts_with("aws:principaltag/");
    is_known && names && !operator.negated && !operator.if_exists && operator.family != Family::Null
}

fn allows(statement: &Statement, action: &str) -> bool {
    let named = statement
        .action
        .source
        .iter()
        .any(|source| matches_pattern(&source.to_ascii_lowercase(), action));
    named != statement.action.negated
}

/// Whether `deny`, without conditions, covers everything that `allow` speaks of.
fn swallows(deny: &Statement, allow: &Statement) -> bool {
    let everyone = match (&deny.principal, &allow.principal) {
        (None, None) => true,
        (Some(deny), _) => deny.everyone && !deny.negated,
        (None, Some(_)) => false,
    };
    if !everyone || !deny.conditions.is_empty() || deny.action.negated || allow.action.negated {
        return false;
    }
    let all_covered = |wide: &[Box<str>], narrow: &[Box<str>], fold: bool| {
        narrow.iter().all(|narrow| {
            wide.iter().any(|wide| {
                if fold {
                    covers(&wide.to_ascii_lowercase(), &narrow.to_ascii_lowercase())
                } else {
                    covers(wide, narrow)
                }
            })
        })
    };
    let resources = match (&deny.resource, &allow.resource) {
        (None, None) => true,
        (Some(deny), Some(allow)) if !deny.negated && !allow.negated => {
            all_covered(&deny.source, &allow.source, false)
        }
        _ => false,
    };
    resources && all_covered(&deny.action.source, &allow.action.source, true)
}
