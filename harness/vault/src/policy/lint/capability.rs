//! What rules give: names that are none, what counts for nothing, what is missing.

use super::finding::Findings;
use super::rule::Rule;
use crate::duration;
use crate::mount::{SYSTEM_SUDO, TOKEN_SUDO};
use crate::policy::document::Capability;
use crate::policy::hcl::{Item, Literal, Node};

pub(super) fn check(rule: &Rule<'_>, findings: &mut Findings) {
    for (name, place) in &rule.capabilities {
        if Capability::named(name).is_none() {
            let message = format!("`{name}` is no capability");
            match meant(name) {
                Some(meant) => {
                    let fix = format!("write {meant}");
                    findings.add_with_fix(*place, "unknown-capability", message, fix);
                }
                None => findings.add(*place, "unknown-capability", message),
            }
        }
    }
    for member in rule.members {
        if member.keys.first().map(String::as_str) == Some("policy") {
            let place = member.places.first().copied().unwrap_or_default();
            let message = "`policy` is the form of Vault 0.2 for capabilities";
            findings.add(place, "old-policy", message);
        }
    }
    if rule.capabilities.is_empty() {
        let message = format!("`{}` gives nothing", rule.written);
        findings.add(rule.place, "no-capability", message);
    }
    if let Some(place) = rule.gives(Capability::Deny)
        && rule.capabilities.iter().any(|(name, _)| *name != "deny")
    {
        let message = format!("`{}` denies, whatever stands beside `deny`", rule.written);
        findings.add(place, "deny-with-others", message);
    }
    check_wrapping(rule, findings);
    if !rule.denies() && !rule.capabilities.is_empty() {
        check_sudo(rule, findings);
        check_create(rule, findings);
    }
}

/// What was probably meant by a name.
fn meant(name: &str) -> Option<&'static str> {
    let lower = name.trim().to_ascii_lowercase();
    Some(match lower.as_str() {
        "write" | "put" | "post" | "insert" => "\"create\" and \"update\"",
        "get" => "\"read\"",
        "modify" | "edit" => "\"update\"",
        "remove" | "destroy" => "\"delete\"",
        "root" | "admin" => "\"sudo\"",
        "*" | "all" => "each capability by its name",
        other => Capability::named(other).map(Capability::as_str)?,
    })
}

/// The path below a mount whose protected paths are known.
fn check_sudo(rule: &Rule<'_>, findings: &mut Findings) {
    let path = rule.flat_path();
    let guarded = [("sys/", SYSTEM_SUDO), ("auth/token/", TOKEN_SUDO)];
    let needs = guarded.iter().any(|(mount, protected)| {
        path.strip_prefix(mount)
            .is_some_and(|rest| protected.iter().any(|one| is_within(rest, one)))
    });
    if needs && rule.gives(Capability::Sudo).is_none() {
        let message = format!("`{}`: every request there needs sudo", rule.written);
        findings.add(rule.place, "sudo-missing", message);
    }
}

/// Whether all that a rule's path matches is protected.
fn is_within(path: &str, protected: &str) -> bool {
    match protected.strip_suffix('*') {
        Some(prefix) => path.starts_with(prefix),
        None => path == protected,
    }
}

/// Endpoints without a test for existence take every write for an update.
fn check_create(rule: &Rule<'_>, findings: &mut Findings) {
    let path = rule.flat_path();
    let only_updates =
        path.starts_with("sys/") || path.starts_with("auth/token/") || path.ends_with("/login");
    let Some(place) = rule.gives(Capability::Create) else {
        return;
    };
    if only_updates && rule.gives(Capability::Update).is_none() {
        let message = format!("`{}`: every write there is an update", rule.written);
        findings.add(place, "create-never", message);
    }
}

fn check_wrapping(rule: &Rule<'_>, findings: &mut Findings) {
    let of = |name: &str| {
        let is_it = |member: &&Item| member.keys.first().map(String::as_str) == Some(name);
        rule.members.iter().find(is_it)
    };
    let (Some(least), Some(most)) = (of("min_wrapping_ttl"), of("max_wrapping_ttl")) else {
        return;
    };
    if let (Some(from), Some(to)) = (nanoseconds(&least.value), nanoseconds(&most.value))
        && from > 0
        && to > 0
        && to < from
    {
        let place = least.places.first().copied().unwrap_or_default();
        let message = format!("`{}`: the minimum is above the maximum", rule.written);
        findings.add(place, "wrapping-ttl-order", message);
    }
}

fn nanoseconds(value: &Node) -> Option<i64> {
    match value {
        Node::Literal(Literal::Int(seconds), _) => seconds.checked_mul(1_000_000_000),
        Node::Literal(Literal::Text(text), _) => duration::parse_nanoseconds(text).ok(),
        _ => None,
    }
}
