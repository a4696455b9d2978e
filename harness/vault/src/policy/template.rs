//! `{{identity...}}` in the paths of policies.

use super::document::{Policy, Rule};
use crate::evidence::{Templated, Unresolved};
use crate::identity::View;

/// Whether every `{{` of a path has its `}}`, as the reference counts them: between two `{{`, and
/// after the last, there is exactly one.
pub(crate) fn is_balanced(path: &str) -> bool {
    let mut pieces = path.split("{{");
    let start = pieces.next().unwrap_or_default();
    !start.contains("}}") && pieces.all(|piece| piece.matches("}}").count() == 1)
}

/// Fills in a policy for one entity. A rule whose template has no value is dropped, and so is every
/// rule with a template when the token has no entity; those are given beside, as of the policy of
/// this name.
pub(crate) fn fill(name: &str, policy: &Policy, view: Option<&View<'_>>) -> Filled {
    let mut dropped = Vec::new();
    let mut wild = Vec::new();
    let mut rules = Vec::new();
    for rule in &policy.rules {
        if !rule.path.contains("{{") {
            rules.push(rule.clone());
            continue;
        }
        match view.and_then(|view| fill_path(&rule.path, view)) {
            Some(path) => {
                if is_wilder(&rule.path, &path) {
                    wild.push(Templated {
                        policy: name.to_owned(),
                        path: rule.path.clone(),
                        filled: path.clone(),
                    });
                }
                rules.push(Rule {
                    path,
                    ..rule.clone()
                });
            }
            None => dropped.push(Unresolved {
                policy: name.to_owned(),
                path: rule.path.clone(),
                template: missing(&rule.path, view),
                has_entity: view.is_some(),
            }),
        }
    }
    let filled = Policy {
        text: policy.text.clone(),
        rules,
        ..Policy::default()
    };
    Filled {
        policy: filled,
        dropped,
        wild,
    }
}

/// A policy for one entity.
pub(crate) struct Filled {
    pub(crate) policy: Policy,
    /// The rules without a value.
    pub(crate) dropped: Vec<Unresolved>,
    /// The rules whose values are read as more than a name.
    pub(crate) wild: Vec<Templated>,
}

/// Whether the values have brought a wildcard or a slash into a path.
fn is_wilder(template: &str, filled: &str) -> bool {
    let count = |text: &str| text.matches(['+', '*', '/']).count();
    let outside: usize = template
        .split("{{")
        .map(|piece| piece.split_once("}}").map_or(piece, |(_, after)| after))
        .map(count)
        .sum();
    count(filled) > outside
}

/// The first template of a path that has no value.
fn missing(path: &str, view: Option<&View<'_>>) -> Option<String> {
    let templates = path.split("{{").skip(1);
    let mut names = templates.filter_map(|tail| Some(tail.split_once("}}")?.0.trim()));
    let found = names.find(|name| view.and_then(|view| value(name, view)).is_none());
    found.map(str::to_owned)
}

fn fill_path(path: &str, view: &View<'_>) -> Option<String> {
    let mut filled = String::with_capacity(path.len());
    let mut rest = path;
    while let Some((before, tail)) = rest.split_once("{{") {
        let (name, after) = tail.split_once("}}")?;
        filled.push_str(before);
        filled.push_str(&value(name.trim(), view)?);
        rest = after;
    }
    filled.push_str(rest);
    Some(filled)
}

fn value(name: &str, view: &View<'_>) -> Option<String> {
    if let Some(field) = name.strip_prefix("identity.entity.") {
        return entity_value(field, view);
    }
    let groups = name.strip_prefix("identity.groups.")?;
    let (by, rest) = groups.split_once('.')?;
    let (key, field) = rest.split_once('.')?;
    let group = view.groups.iter().find(|group| match by {
        "ids" => group.id == key,
        "names" => group.name == key,
        _ => false,
    })?;
    match field.strip_prefix("metadata.") {
        Some(key) => group.metadata.get(key).cloned(),
        None if field == "id" => Some(group.id.clone()),
        None if field == "name" => Some(group.name.clone()),
        None => None,
    }
}

fn entity_value(field: &str, view: &View<'_>) -> Option<String> {
    let entity = view.entity;
    if let Some(key) = field.strip_prefix("metadata.") {
        return entity.metadata.get(key).cloned();
    }
    if let Some(rest) = field.strip_prefix("aliases.") {
        let (accessor, field) = rest.split_once('.')?;
        let alias = entity
            .aliases
            .iter()
            .find(|alias| alias.mount_accessor == accessor)?;
        if let Some(key) = field.strip_prefix("metadata.") {
            return alias.metadata.get(key).cloned();
        }
        if let Some(key) = field.strip_prefix("custom_metadata.") {
            return alias.custom_metadata.as_ref()?.get(key).cloned();
        }
        return match field {
            "id" => Some(alias.id.clone()),
            "name" => Some(alias.name.clone()),
            _ => None,
        };
    }
    match field {
        "id" => Some(entity.id.clone()),
        "name" => Some(entity.name.clone()),
        _ => None,
    }
}
