//! Statements that have no effect or more than meant.

use super::Findings;
use super::overlap::covers;
use crate::document::{Document, Effect, Statement};

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
    let others = document.statements().iter().enumerate();
    for (other_index, other) in others {
        if other_index != index && other.effect == Effect::Deny && swallows(other, statement) {
            let message =
                format!("the statement never counts: Statement[{other_index}] denies all of it");
            findings.warning(path, "unreachable", message);
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
        findings.warning(path, "pass-any-role", message);
    }
    if statement.action.negated && statement.principal.is_none() && statement.conditions.is_empty()
    {
        let message =
            "Allow with NotAction grants every other action of every service, future ones included";
        findings.warning(path, "allow-not-action", message);
    }
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
