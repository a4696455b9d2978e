//! `{{identity...}}` in the paths of policies.

use super::document::{Policy, Rule};
use crate::identity::View;

/// Fills in a policy for one entity. A rule whose template has no value is dropped, and so is every
/// rule with a template when the token has no entity.
pub(crate) fn fill(policy: &Policy, view: Option<&View<'_>>) -> Policy {
    let rules = policy.rules.iter().filter_map(|rule| {
        if !rule.path.contains("{{") {
            return Some(rule.clone());
        }
        let path = fill_path(&rule.path, view?)?;
        Some(Rule {
            path,
            ..rule.clone()
        })
    });
    Policy {
        text: policy.text.clone(),
        rules: rules.collect(),
    }
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
            return alias.custom_metadata.get(key).cloned();
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
