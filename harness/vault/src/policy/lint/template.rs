//! Templates that have no value for anybody.
//!
//! The selectors are those that the simulated server fills in (Vault documentation,
//! `concepts/policies#templated-policies`).

use super::finding::Findings;
use super::rule::Rule;
use crate::policy::template::is_balanced;

pub(super) fn check(rule: &Rule<'_>, findings: &mut Findings) {
    let path = rule.path;
    let place = rule.place;
    if !is_balanced(path) {
        let message = format!("`{path}`: each `{{{{` has one `}}}}`");
        findings.add(place, "template-syntax", message);
        return;
    }
    let mut outside = String::new();
    let mut rest = path;
    while let Some((before, tail)) = rest.split_once("{{") {
        outside.push_str(before);
        let Some((name, after)) = tail.split_once("}}") else {
            break;
        };
        check_selector(rule, name, findings);
        rest = after;
    }
    outside.push_str(rest);
    if let Some(at) = outside.find("{identity.") {
        let is_interpolated = outside.get(..at).is_some_and(|start| start.ends_with('$'));
        let sign = if is_interpolated { "${...}" } else { "{...}" };
        let message = format!("`{path}`: `{sign}` is plain text to Vault");
        findings.add(place, "template-braces", message);
    }
}

fn check_selector(rule: &Rule<'_>, written: &str, findings: &mut Findings) {
    // Terraform fills in its part before Vault sees the text.
    if written.contains("${") {
        return;
    }
    let name = written.trim();
    if name.is_empty() {
        let message = format!("`{}`: the template is empty", rule.path);
        findings.add(rule.place, "template-syntax", message);
        return;
    }
    let fault = match name.strip_prefix("identity.") {
        None => Some("begins with `identity.entity.` or `identity.groups.`".to_owned()),
        Some(rest) => match rest.split_once('.') {
            Some(("entity", field)) => entity_fault(field),
            Some(("groups", group)) => group_fault(group),
            _ => Some("goes on with `entity.` or `groups.`".to_owned()),
        },
    };
    if let Some(fault) = fault {
        let message = format!("`{{{{{written}}}}}` has no value for anybody: a selector {fault}");
        findings.add(rule.place, "template-selector", message);
        return;
    }
    let accessor = name
        .strip_prefix("identity.entity.aliases.")
        .and_then(|rest| rest.split('.').next());
    if let Some(accessor) = accessor.filter(|accessor| !is_accessor(accessor)) {
        let message =
            format!("`{accessor}` is no accessor of a mount, so that the template has no value");
        findings.add(rule.place, "template-accessor", message);
    }
}

/// A name of a field, or `metadata.KEY`.
fn field_fault(field: &str, names: &[&str], maps: &[&str]) -> Option<String> {
    let of_map = field
        .split_once('.')
        .is_some_and(|(map, key)| maps.contains(&map) && !key.is_empty());
    if names.contains(&field) || of_map {
        return None;
    }
    let maps: Vec<String> = maps.iter().map(|map| format!("{map}.KEY")).collect();
    Some(format!(
        "ends with {}, not `{field}`",
        [names.join(", "), maps.join(", ")].join(", ")
    ))
}

fn entity_fault(field: &str) -> Option<String> {
    let Some(alias) = field.strip_prefix("aliases.") else {
        return field_fault(field, &["id", "name"], &["metadata"]);
    };
    match alias.split_once('.') {
        Some((_, field)) => field_fault(field, &["id", "name"], &["metadata", "custom_metadata"]),
        None => Some("names the alias's field after the accessor: `.name`, `.id`".to_owned()),
    }
}

fn group_fault(group: &str) -> Option<String> {
    match group.split_once('.') {
        Some(("ids" | "names", rest)) => match rest.split_once('.') {
            Some((_, field)) => field_fault(field, &["id", "name"], &["metadata"]),
            None => Some("names the group's field: `.id`, `.name`".to_owned()),
        },
        _ => Some("names groups by `ids.` or `names.`".to_owned()),
    }
}

/// `auth_TYPE_` and digits: what Vault draws for a mount.
fn is_accessor(text: &str) -> bool {
    let Some(rest) = text.strip_prefix("auth_") else {
        return false;
    };
    rest.rsplit_once('_').is_some_and(|(kind, drawn)| {
        !kind.is_empty()
            && drawn.len() >= 6
            && drawn.bytes().all(|byte| byte.is_ascii_alphanumeric())
    })
}
