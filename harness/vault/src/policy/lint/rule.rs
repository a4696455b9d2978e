//! The rules of a text, with their places.

use super::finding::Findings;
use crate::flavour::Flavour;
use crate::policy::document::{Capability, RULE_KEYS};
use crate::policy::hcl::{Item, Literal, Node};
use crate::policy::scan::Position;

/// One `path` block, as it is written.
pub(super) struct Rule<'i> {
    /// As written.
    pub(super) written: &'i str,
    /// Without the slash at its beginning, as it counts.
    pub(super) path: &'i str,
    /// Where the path stands.
    pub(super) place: Position,
    /// The names under `capabilities`, each with its place.
    pub(super) capabilities: Vec<(&'i str, Position)>,
    /// What the block says.
    pub(super) members: &'i [Item],
}

impl<'i> Rule<'i> {
    /// The rule of an item that is one.
    pub(super) fn read(item: &'i Item) -> Option<Self> {
        if item.keys.first().map(String::as_str) != Some("path") {
            return None;
        }
        let written = item.keys.get(1)?.as_str();
        let Node::Object(members, _) = &item.value else {
            return None;
        };
        let mut rule = Self {
            written,
            path: written.strip_prefix('/').unwrap_or(written),
            place: item.places.get(1).copied().unwrap_or_default(),
            capabilities: Vec::new(),
            members,
        };
        for member in members {
            match member.keys.first().map(String::as_str) {
                Some("capabilities") => rule.add_capabilities(member),
                Some("policy") => rule.add_old(member),
                _ => {}
            }
        }
        Some(rule)
    }

    fn add_capabilities(&mut self, member: &'i Item) {
        let Node::List(nodes, _) = &member.value else {
            return;
        };
        let of_member = member.places.first().copied().unwrap_or_default();
        for node in nodes {
            if let Node::Literal(Literal::Text(name), place) = node {
                // Texts of JSON have no place in the tree.
                let place = if place.line == 0 { of_member } else { *place };
                self.capabilities.push((name, place));
            }
        }
    }

    fn add_old(&mut self, member: &'i Item) {
        let Node::Literal(Literal::Text(name), _) = &member.value else {
            return;
        };
        let meant: &[&str] = match name.as_str() {
            "deny" => &["deny"],
            "read" => &["read", "list"],
            "write" => &["create", "read", "update", "delete", "list"],
            "sudo" => &["create", "read", "update", "delete", "list", "sudo"],
            _ => &[],
        };
        let place = member.places.first().copied().unwrap_or_default();
        let meant = meant.iter().map(|name| (*name, place));
        self.capabilities.extend(meant);
    }

    /// Where a capability stands, if the rule gives it.
    pub(super) fn gives(&self, capability: Capability) -> Option<Position> {
        let found = self
            .capabilities
            .iter()
            .find(|(name, _)| *name == capability.as_str());
        found.map(|(_, place)| *place)
    }

    pub(super) fn denies(&self) -> bool {
        self.gives(Capability::Deny).is_some()
    }

    /// The path with each template as one character that is in no other path, and what Terraform fills
    /// in as another.
    pub(super) fn flat_path(&self) -> String {
        flat(self.path)
    }
}

/// Stands for a template.
pub(super) const TEMPLATE: char = '\u{1}';

/// Stands for `${...}`, which Terraform fills in before Vault sees the text.
const INTERPOLATION: char = '\u{2}';

fn flat(path: &str) -> String {
    let mut text = String::with_capacity(path.len());
    let mut rest = path;
    while let Some(at) = rest.find(['{', '$']) {
        let (before, after) = rest.split_at(at);
        text.push_str(before);
        let (close, sign) = if after.starts_with("{{") {
            ("}}", TEMPLATE)
        } else if after.starts_with("${") {
            ("}", INTERPOLATION)
        } else {
            text.extend(after.chars().next());
            rest = after.get(1..).unwrap_or_default();
            continue;
        };
        let Some(end) = after.find(close) else {
            text.push_str(after);
            return text;
        };
        text.push(sign);
        rest = after.get(end + close.len()..).unwrap_or_default();
    }
    text.push_str(rest);
    text
}

/// Keys that neither policies nor rules have in any flavour.
pub(super) fn check_keys(items: &[Item], findings: &mut Findings) {
    let flavours = [Flavour::Vault, Flavour::OpenBao, Flavour::OpenBao27];
    for item in items {
        let place = item.places.first().copied().unwrap_or_default();
        let key = item.keys.first().map(String::as_str).unwrap_or_default();
        if !matches!(key, "path" | "name") {
            let message = format!("`{key}`: a policy has `path` blocks, and may have a `name`");
            findings.add(place, "unknown-key", message);
        }
        let Node::Object(members, _) = &item.value else {
            continue;
        };
        for member in members.iter().filter(|_| key == "path") {
            let key = member.keys.first().map(String::as_str).unwrap_or_default();
            let more = flavours.iter().flat_map(|it| it.core().more_rule_keys);
            let is_known = RULE_KEYS.contains(&key) || more.into_iter().any(|known| *known == key);
            if !is_known {
                let place = member.places.first().copied().unwrap_or_default();
                let message = format!("`{key}` is no key of a rule");
                findings.add(place, "unknown-key", message);
            }
        }
    }
}
