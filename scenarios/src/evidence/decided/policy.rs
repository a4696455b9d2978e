//! A decision by policies: the statements that decided, what they asked the request for, and the statement
//! that nearly allowed.

use authlab::evidence::policy::{DecidedBy, Decision, Statement};

use super::Title;
use crate::evidence::spelled;

/// How many statements that nearly allowed are shown.
const NEAR_MISSES: usize = 2;

/// A decision: what on, by which statements; below it what these asked for.
pub(super) fn lines(decision: &Decision, title: &Title) -> Vec<String> {
    let outcome = match decision.decided_by {
        DecidedBy::Missing { .. } => "refused",
        _ if spelled(&decision.decision).as_deref() == Some("Allow") => "allowed",
        _ => "denied",
    };
    let mut line = outcome.to_owned();
    if decision.action != title.action {
        line = format!("{line} {}", decision.action);
    }
    line = format!("{line} on {}", decision.resource);
    if title.by.as_deref() != Some(&decision.principal) {
        line = format!("{line} by {}", decision.principal);
    }
    let ground = ground(&decision.decided_by);
    let also = also(decision);
    let mut lines = vec![format!("{line}: {ground}{also}")];
    let near = decision.near_misses.iter().take(NEAR_MISSES);
    lines.extend(near.map(|near| {
        let named = near.sid.clone();
        let named = named.unwrap_or_else(|| near.statement.to_string());
        let failing: Vec<_> = near
            .failing
            .iter()
            .map(|failing| {
                let element = failing.element.as_str();
                wanted(
                    element,
                    failing.key.as_deref(),
                    &failing.policy,
                    failing.request.as_deref(),
                )
            })
            .collect();
        let failing = failing.join("; ");
        format!("  {}, statement {named}: {failing}", near.policy)
    }));
    let absent = absent(decision);
    if !absent.is_empty() {
        lines.push(format!("  absent: {}", absent.join(", ")));
    }
    lines
}

/// `trust: trust policy of role `looker`, statement 0`, or the layer whose Allow is lacking.
fn ground(decided_by: &DecidedBy) -> String {
    match decided_by {
        DecidedBy::Rule { rule } => spelled(rule).unwrap_or_default(),
        DecidedBy::Missing { layer, level } => {
            let level = level.map_or_else(String::new, |level| format!(" at level {level}"));
            format!("{}: no statement{level} allows it", layer.as_str())
        }
        DecidedBy::RootUser { layer, policy } => {
            let policy = spelled(policy).unwrap_or_default();
            format!("{}: {policy}", layer.as_str())
        }
        DecidedBy::Statement(statement) => named(statement, &statement.policy),
    }
}

/// ` + trust: statement 0 + scp: p-FullAWSAccess, statement 0, at 3 levels`: what let the request through beside
/// that. A document that stands at several levels of the organization is told once.
fn also(decision: &Decision) -> String {
    let mut told: Vec<(String, usize)> = Vec::new();
    for statement in &decision.also {
        let name = named(statement, short(statement, &decision.resource));
        let name = match &statement.action {
            Some(action) => format!("{name} for {action}"),
            None => name,
        };
        match told.iter_mut().find(|(known, _)| *known == name) {
            Some((_, count)) => *count += 1,
            None => told.push((name, 1)),
        }
    }
    let statements = told.into_iter().map(|(name, count)| match count {
        1 => format!(" + {name}"),
        _ => format!(" + {name}, at {count} levels"),
    });
    let further = decision.further.iter();
    let further = further.map(|more| format!(" + {}: {} more", more.layer.as_str(), more.count));
    statements.chain(further).collect()
}

/// What is short and names the document all the same: nothing where it is the resource's own, of a policy of the
/// organization its name or the end of its ARN.
fn short<'s>(statement: &'s Statement, resource: &str) -> &'s str {
    let policy = statement.policy.as_str();
    if statement.level.is_none() {
        let is_own = statement.principal_form.is_some() && policy.ends_with(resource);
        return if is_own { "" } else { policy };
    }
    let inside = policy
        .strip_suffix(')')
        .and_then(|text| text.rsplit_once(" ("));
    let end = inside.or_else(|| policy.rsplit_once('/'));
    end.map_or(policy, |(_, name)| name)
}

fn named(statement: &Statement, policy: &str) -> String {
    let position = || statement.statement.to_string();
    let sid = statement.sid.clone().unwrap_or_else(position);
    let layer = statement.layer.as_str();
    match policy {
        "" => format!("{layer}: statement {sid}"),
        _ => format!("{layer}: {policy}, statement {sid}"),
    }
}

/// What an element of a statement wants, and of a condition what the request has.
fn wanted(
    element: &str,
    key: Option<&str>,
    policy: &[String],
    request: Option<&[String]>,
) -> String {
    let policy = match policy {
        [] => "others".to_owned(),
        values => values.join(" or "),
    };
    match key {
        None => format!("{element} {policy}"),
        Some(key) => format!("{key} {element} {policy}, and is {}", found(key, request)),
    }
}

/// The request's values of a key. A time is another in each run on some backends.
fn found(key: &str, request: Option<&[String]>) -> String {
    match request {
        None => "absent".to_owned(),
        Some([]) => "empty".to_owned(),
        Some(_) if key.to_ascii_lowercase().ends_with("time") => "another time".to_owned(),
        Some(values) => values.join(", "),
    }
}

/// The keys that statements looked for in vain, but for those that are told of already.
fn absent(decision: &Decision) -> Vec<&str> {
    let told = decision.near_misses.iter().take(NEAR_MISSES);
    let told: Vec<_> = told
        .flat_map(|near| &near.failing)
        .filter_map(|failing| failing.key.as_deref())
        .collect();
    let keys = decision.missing_keys.iter().map(String::as_str);
    let is_told = |key: &&str| told.iter().any(|told| told.eq_ignore_ascii_case(key));
    keys.filter(|key| !is_told(key)).collect()
}
