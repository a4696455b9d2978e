//! Refusals by policies of which a rule nearly lets the request through.

use authlab_vault::evidence::{Miss, NearRule, Reason, Request, Why};

use super::super::entry::Entry;
use super::super::finding::{Finding, Mender};
use super::super::words;
use super::asked::{entry, refused};
use super::path;
use crate::case::Case;

/// The classes, the most specific first.
pub(in super::super) const ENTRIES: &[Entry] = &[
    entry(
        "vault-kv-list-on-data",
        Mender::Caller,
        "a list of KV version 2 asks below `data/`, where there are no lists",
        |case| {
            let (request, near) = near(case, &[Miss::OtherKvPath])?;
            let (mount, rest) = below(&request, "data")?;
            (request.method == "list" && near.seen.rule.contains("metadata")).then(|| {
                Finding::certain(
                    cause(&request, &near, "names are listed below `metadata/`"),
                    format!("list `{mount}metadata/{rest}` (`vault kv list` does so by itself)"),
                )
            })
        },
    ),
    entry(
        "vault-kv-list-without-metadata",
        Mender::Owner,
        "a list of KV version 2 needs a rule below `metadata/`",
        |case| {
            let (request, near) = near(case, &[Miss::OtherKvPath, Miss::RuleWithoutData])?;
            (request.method == "list").then_some(())?;
            below(&request, "metadata")?;
            let rule = rewritten(&request, &near, "metadata");
            Some(Finding::certain(
                cause(&request, &near, "KV version 2 lists below `metadata/`"),
                format!(
                    "write a rule of {} for `{rule}` with `list`",
                    words::texts(&near.seen.policies)
                ),
            ))
        },
    ),
    entry(
        "vault-kv-rule-without-data",
        Mender::Owner,
        "the policy names the secret's path without `data/`",
        |case| {
            let (request, near) = near(case, &[Miss::RuleWithoutData])?;
            let of = kv_path(&request.path)?;
            let rule = rewritten(&request, &near, of);
            Some(Finding::certain(
                cause(
                    &request,
                    &near,
                    &format!("KV version 2 has it below `{of}/`"),
                ),
                format!(
                    "write the rule of {} for `{rule}`",
                    words::texts(&near.seen.policies)
                ),
            ))
        },
    ),
    entry(
        "vault-kv-request-without-data",
        Mender::Caller,
        "the request names the secret's path without `data/`",
        |case| {
            let (request, near) = near(case, &[Miss::RequestWithoutData])?;
            let to = if request.method == "list" {
                "metadata"
            } else {
                "data"
            };
            let path = request.mount.clone().flatten().and_then(|mount| {
                let rest = request.path.strip_prefix(&mount)?;
                Some(format!("{mount}{to}/{rest}"))
            });
            let path = words::text(path.as_deref());
            Some(Finding::certain(
                cause(
                    &request,
                    &near,
                    "KV version 2 has no secrets right below its mount",
                ),
                format!("ask for {path}, as `vault kv` does by itself"),
            ))
        },
    ),
    entry(
        "vault-kv-other-path",
        Mender::Owner,
        "the policy is for another part of KV version 2",
        |case| {
            let (request, near) = near(case, &[Miss::OtherKvPath])?;
            let of = kv_path(&request.path)?;
            let rule = rewritten(&request, &near, of);
            Some(Finding::certain(
                cause(
                    &request,
                    &near,
                    "values are below `data/`, names and versions below `metadata/`, and each \
                     needs a rule",
                ),
                format!(
                    "write a rule of {} for `{rule}` with {}",
                    words::texts(&near.seen.policies),
                    path::asked(&request)
                ),
            ))
        },
    ),
    entry(
        "vault-rule-wildcard-inside",
        Mender::Owner,
        "a wildcard of the rule stands where it is a character like any other",
        |case| {
            let (request, near) = near(case, &[Miss::StarInside, Miss::PlusInside])?;
            let what = match near.miss {
                Miss::StarInside => "a `*` counts at the end of a rule only",
                _ => "a `+` counts only where it is a whole segment",
            };
            Some(Finding::certain(
                cause(&request, &near, what),
                format!(
                    "write the rule of {} with `+` for a whole segment, and with `*` at its end",
                    words::texts(&near.seen.policies)
                ),
            ))
        },
    ),
    entry(
        "vault-rule-exact",
        Mender::Owner,
        "the rule is for another depth of the path",
        |case| {
            let (request, near) = near(case, &[Miss::BelowExact, Miss::OnlyBelow, Miss::Slash])?;
            let (what, rule) = match near.miss {
                Miss::BelowExact => (
                    "the rule is for that one path, and the request for one below it",
                    format!("{}/*", near.seen.rule.trim_end_matches('/')),
                ),
                Miss::OnlyBelow => (
                    "the rule is for what lies below, and the request for the path itself",
                    near.seen.rule.trim_end_matches(['*', '/']).to_owned(),
                ),
                _ => ("they differ in a slash", request.path.clone()),
            };
            Some(Finding::certain(
                cause(&request, &near, what),
                format!(
                    "write a rule of {} for `{rule}` as well, if that is meant",
                    words::texts(&near.seen.policies)
                ),
            ))
        },
    ),
    entry(
        "vault-rule-segment",
        Mender::Owner,
        "a rule of the token differs from the path in one place",
        |case| {
            let (request, near) = near(case, &[Miss::Case, Miss::OneSegment])?;
            let what = if near.miss == Miss::Case {
                "they differ in upper and lower case".to_owned()
            } else {
                let (rule, path) = differing(&near.seen.rule, &request.path)?;
                format!("the rule says `{rule}` where the path has `{path}`")
            };
            Some(Finding::certain(
                cause(&request, &near, &what),
                "ask for the path that the policy is for, log in by the role of this one, or let \
                 a policy of the token name it",
            ))
        },
    ),
];

/// The refused request with the nearest rule, if it misses by one of these. Where another rule
/// decided by denying, the denial is the cause.
fn near(case: &Case<'_>, misses: &[Miss]) -> Option<(Request, NearRule)> {
    let request = refused(case, Reason::PolicyDenied)?;
    let decision = request.decision.as_ref()?;
    let refused = decision.refused.as_ref()?;
    let counts = match refused.why {
        Why::NoRule => true,
        // A rule for something else matches as well: that of the nearer rule was meant.
        Why::CapabilityMissing => refused.lacking.as_deref() != Some("sudo"),
        _ => false,
    };
    let gives = |rule: &&NearRule| {
        let wanted = refused.lacking.as_deref().unwrap_or(&request.method);
        let wanted = if wanted == "create" { "update" } else { wanted };
        let given = &rule.seen.capabilities;
        given
            .iter()
            .any(|one| one == wanted || (wanted == "update" && one == "create"))
    };
    let mut near = decision.near.iter().filter(|_| counts).filter(gives);
    let found = near.find(|rule| misses.contains(&rule.miss))?.clone();
    Some((request.clone(), found))
}

fn cause(request: &Request, near: &NearRule, what: &str) -> String {
    format!(
        "the token asks for {} of `{}`, and the rule `{}` of {} does not match it: {what}",
        path::asked(request),
        request.path,
        near.seen.rule,
        words::texts(&near.seen.policies),
    )
}

/// Which part of KV version 2 a path is of.
fn kv_path(path: &str) -> Option<&'static str> {
    const PARTS: [&str; 6] = [
        "data", "metadata", "delete", "undelete", "destroy", "subkeys",
    ];
    path.split('/')
        .find_map(|segment| PARTS.into_iter().find(|part| *part == segment))
}

/// The mount, and what stands behind this part of it.
fn below<'r>(request: &'r Request, part: &str) -> Option<(&'r str, &'r str)> {
    let at = request.path.find(&format!("{part}/"))?;
    let mount = request.path.get(..at)?;
    let rest = request.path.get(at + part.len() + 1..)?;
    (mount.is_empty() || mount.ends_with('/')).then_some((mount, rest))
}

/// The rule for this part of KV version 2.
fn rewritten(request: &Request, near: &NearRule, part: &str) -> String {
    let rule = &near.seen.rule;
    let asked = kv_path(&request.path).unwrap_or(part);
    let mount = below(request, asked).map_or("", |(mount, _)| mount);
    let rest = rule.strip_prefix(mount).unwrap_or(rule);
    let rest = match rest.split_once('/') {
        Some((first, rest)) if kv_path(first).is_some() => rest,
        _ => rest,
    };
    format!("{mount}{part}/{rest}")
}

/// The first segments in which a rule and a path differ.
fn differing<'t>(rule: &'t str, path: &'t str) -> Option<(&'t str, &'t str)> {
    let mut pairs = rule.split('/').zip(path.split('/'));
    pairs.find(|(rule, path)| {
        *rule != "+"
            && rule != path
            && !rule
                .strip_suffix('*')
                .is_some_and(|start| path.starts_with(start))
    })
}
