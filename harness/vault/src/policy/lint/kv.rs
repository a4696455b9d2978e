//! Rules of the key/value engine, whose version 2 has paths of its own (`secrets/kv/kv-v2`).

use std::collections::BTreeSet;

use super::Mounts;
use super::finding::Findings;
use super::rule::Rule;
use crate::policy::document::Capability;
use crate::policy::hcl::{Item, Literal, Node};
use crate::policy::scan::Position;

/// What follows the mount in the paths of version 2.
const WORDS: [&str; 8] = [
    "config",
    "data",
    "delete",
    "destroy",
    "detailed-metadata",
    "metadata",
    "subkeys",
    "undelete",
];

/// The mount that a development server has at version 2.
const DEFAULT_MOUNT: &str = "secret";

/// Mounts whose paths have the same words with another meaning.
const OTHERS: [&str; 5] = ["sys", "auth", "identity", "cubbyhole", "transit"];

/// How many segments a mount has that is looked for.
const MOUNT_SEGMENTS_MAX: usize = 16;

/// Where version 2 stands, and what the policy gives there beside secrets.
pub(super) struct Engines {
    mounts: BTreeSet<String>,
    /// Mounts whose `metadata/` some rule lists.
    listed: BTreeSet<String>,
    /// Mounts of which some rule deletes older versions.
    deleted: BTreeSet<String>,
}

impl Engines {
    /// As the mounts say, and the paths of the policy itself.
    pub(super) fn of(rules: &[Rule<'_>], mounts: &Mounts) -> Self {
        let bare = |mount: &String| mount.trim_matches('/').to_owned();
        let first: BTreeSet<String> = mounts.kv1.iter().map(bare).collect();
        let mut found: BTreeSet<String> = mounts.kv2.iter().map(bare).collect();
        found.insert(DEFAULT_MOUNT.to_owned());
        for rule in rules {
            let path = rule.flat_path();
            let segments: Vec<&str> = path.split('/').collect();
            let at = segments
                .iter()
                .position(|segment| matches!(*segment, "data" | "metadata"));
            let Some(before) = at.and_then(|at| segments.get(..at)) else {
                continue;
            };
            let plain = before.iter().all(|segment| {
                !segment.is_empty() && !segment.contains(['+', '*', super::rule::TEMPLATE])
            });
            let is_other = before.first().is_none_or(|first| OTHERS.contains(first));
            if plain && !is_other {
                found.insert(before.join("/"));
            }
        }
        found.retain(|mount| !first.contains(mount));
        let mut engines = Self {
            mounts: found,
            listed: BTreeSet::new(),
            deleted: BTreeSet::new(),
        };
        for rule in rules {
            engines.note(rule);
        }
        engines
    }

    fn note(&mut self, rule: &Rule<'_>) {
        let path = rule.flat_path();
        let Some((mount, rest)) = self.split(&path) else {
            return;
        };
        let mount = mount.to_owned();
        let word = rest.split('/').next().unwrap_or(rest);
        let whole = word == "+" || word.ends_with('*');
        let of = |words: &[&str]| whole || words.contains(&word);
        let gives = |capability| rule.gives(capability).is_some();
        if gives(Capability::List) && of(&["metadata", "detailed-metadata"]) {
            self.listed.insert(mount.clone());
        }
        if (gives(Capability::Update) && of(&["delete", "destroy"]))
            || (gives(Capability::Delete) && of(&["metadata"]))
        {
            self.deleted.insert(mount);
        }
    }

    /// The mount of version 2 that a path is below, the longest of several, and what follows it.
    fn split<'p>(&self, path: &'p str) -> Option<(&'p str, &'p str)> {
        let slashes = path.match_indices('/').take(MOUNT_SEGMENTS_MAX);
        let slashes: Vec<usize> = slashes.map(|(at, _)| at).collect();
        slashes
            .iter()
            .rev()
            .filter_map(|at| Some((path.get(..*at)?, path.get(at + 1..)?)))
            .find(|(mount, _)| self.mounts.contains(*mount))
    }
}

pub(super) fn check(rule: &Rule<'_>, engines: &Engines, findings: &mut Findings) {
    let flat = rule.flat_path();
    let Some((mount, rest)) = engines.split(&flat) else {
        return;
    };
    let word = rest.split('/').next().unwrap_or(rest);
    if word == "+" || could_begin(word, rest) {
        return;
    }
    if !WORDS.contains(&word) {
        // What follows is taken from what is written, where templates still stand.
        let below = rule.path.get(mount.len() + 1..).unwrap_or(rest);
        missing_word(rule, mount, below, findings);
        return;
    }
    match word {
        "data" => check_data(rule, engines, mount, findings),
        "delete" | "undelete" | "destroy"
            if !rule.denies()
                && !rule.capabilities.is_empty()
                && rule.gives(Capability::Update).is_none() =>
        {
            let message = format!(
                "`{}` gives nothing: versions are named in a POST, an update",
                rule.written
            );
            findings.add(rule.place, "kv2-version", message);
        }
        _ => {}
    }
    check_parameters(rule, word, findings);
}

/// Whether a path that ends in a glob within its first segment covers one of the words.
fn could_begin(word: &str, rest: &str) -> bool {
    let is_last = !rest.contains('/');
    match word.strip_suffix('*') {
        Some(start) if is_last => WORDS.iter().any(|known| known.starts_with(start)),
        _ => false,
    }
}

fn missing_word(rule: &Rule<'_>, mount: &str, below: &str, findings: &mut Findings) {
    let outcome = if rule.denies() {
        "denies nothing"
    } else {
        "gives nothing"
    };
    let message = format!(
        "`{}` {outcome}: `{mount}/` is a mount of KV version 2, whose secrets are read below `{mount}/data/`",
        rule.written
    );
    let lists = rule.gives(Capability::List).is_some();
    let only_lists = lists && rule.capabilities.len() == 1;
    let mut fix = match only_lists {
        true => format!("write `{mount}/metadata/{below}`"),
        false => format!("write `{mount}/data/{below}`"),
    };
    if lists && !only_lists {
        fix.push_str(&format!(
            ", and give \"list\" to `{mount}/metadata/{below}`"
        ));
    }
    fix.push_str(&format!(
        "; for a mount of version 1 say so (`--kv1 {mount}`)"
    ));
    findings.add_with_fix(rule.place, "kv2-data", message, fix);
}

fn check_data(rule: &Rule<'_>, engines: &Engines, mount: &str, findings: &mut Findings) {
    if rule.denies() {
        return;
    }
    let written = rule.written;
    if let Some(place) = rule.gives(Capability::List) {
        let below = rule.path.get(mount.len() + "/data/".len()..).unwrap_or("*");
        let fix = format!("give \"list\" to `{mount}/metadata/{below}`");
        if engines.listed.contains(mount) {
            let message = format!("`{written}`: nothing is listed below `data/`");
            findings.add(place, "kv2-list-useless", message);
        } else {
            let message = format!(
                "`{written}`: nothing is listed below `data/`, and no rule lists `{mount}/metadata/`"
            );
            findings.add_with_fix(place, "kv2-list", message, fix);
        }
    }
    if let Some(place) = rule.gives(Capability::Delete)
        && !engines.deleted.contains(mount)
    {
        let message = format!("`{written}`: delete marks the latest version only");
        findings.add(place, "kv2-delete-latest", message);
    }
    if let Some(place) = rule.gives(Capability::Create)
        && rule.gives(Capability::Update).is_none()
    {
        let message = format!("`{written}`: a secret that is there cannot be written again");
        findings.add(place, "create-without-update", message);
    }
}

/// The parameters that requests have at the top, by what follows the mount.
fn parameters_of(word: &str) -> Option<&'static [&'static str]> {
    Some(match word {
        "data" => &["data", "options", "version"],
        "metadata" => &[
            "max_versions",
            "cas_required",
            "delete_version_after",
            "custom_metadata",
            "limit",
            "after",
        ],
        "delete" | "undelete" | "destroy" => &["versions"],
        _ => return None,
    })
}

fn check_parameters(rule: &Rule<'_>, word: &str, findings: &mut Findings) {
    let Some(known) = parameters_of(word) else {
        return;
    };
    for member in rule.members {
        let name = member.keys.first().map(String::as_str).unwrap_or_default();
        let bounds = matches!(
            name,
            "allowed_parameters" | "denied_parameters" | "required_parameters"
        );
        if !bounds {
            continue;
        }
        for (parameter, place) in parameters(member) {
            let lower = parameter.to_lowercase();
            if lower == "*" || known.contains(&lower.as_str()) {
                continue;
            }
            let outcome = match name {
                "denied_parameters" => "and is never denied",
                "required_parameters" => "and is always missing",
                _ => "and nothing else is let through",
            };
            let message = format!(
                "`{parameter}` is no parameter of `{}` ({}), {outcome}",
                rule.written,
                known.join(", ")
            );
            findings.add(place, "kv2-parameter", message);
        }
    }
}

/// The names that a member speaks of.
fn parameters(member: &Item) -> Vec<(&str, Position)> {
    let place = member.places.first().copied().unwrap_or_default();
    if let Some(label) = member.keys.get(1) {
        return vec![(label, member.places.get(1).copied().unwrap_or(place))];
    }
    match &member.value {
        Node::Object(members, _) => members
            .iter()
            .filter_map(|one| Some((one.keys.first()?.as_str(), one.places.first().copied()?)))
            .collect(),
        Node::List(nodes, _) => nodes
            .iter()
            .filter_map(|node| match node {
                Node::Literal(Literal::Text(name), at) if at.line > 0 => Some((name.as_str(), *at)),
                Node::Literal(Literal::Text(name), _) => Some((name.as_str(), place)),
                _ => None,
            })
            .collect(),
        Node::Literal(..) => Vec::new(),
    }
}
