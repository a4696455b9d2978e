//! Which part of `harness/aws` may import which: what holds between crates holds inside the largest
//! of them too.
//!
//! A service is two parts: its rules (`state.rs` and what they call), and its surface (the table, the
//! checks and the handlers of its operations, and what speaks to other servers). Rules know the
//! contract of an operation and what services may know of each other, and neither the state of all
//! services nor the front door. No service names another's module.

use std::path::Path;

use super::source::{Finding, Source};

/// Where the crate's files are.
const CRATE: &str = "harness/aws/src/";

/// What is no service.
const SHARED_PARTS: [&str; 10] = [
    "cloud",
    "evidence",
    "front",
    "judge",
    "lib",
    "operation",
    "ports",
    "row",
    "services",
    "shared",
];

/// What belongs to a service's surface, in its folder: a file, or a folder where it ends in `/`.
const SURFACE: [&str; 18] = [
    "assume.rs",
    "check.rs",
    "checks.rs",
    "discovery.rs",
    "federation.rs",
    "given.rs",
    "invoke.rs",
    "invoke/",
    "key.rs",
    "mfa.rs",
    "mod.rs",
    "ops.rs",
    "ops/",
    "passing.rs",
    "session.rs",
    "via.rs",
    "web_identity.rs",
    "judge.rs",
];

/// The names of the contract that only tables need: they know the state of all services.
const OF_TABLES: [&str; 5] = ["Authorization", "Handler", "Row", "Service", "Validation"];

/// Each part and what it may import beside itself. `rules` and `surface` are those of every service;
/// `services` are all of them.
const EDGES: [(&str, &[&str]); 11] = [
    ("evidence", &[]),
    ("operation", &["evidence"]),
    ("shared", &["operation", "services"]),
    ("rules", &["operation", "shared", "evidence"]),
    ("cloud", &["operation", "shared", "services"]),
    ("row", &["operation", "cloud", "front"]),
    (
        "front",
        &[
            "operation",
            "row",
            "shared",
            "evidence",
            "cloud",
            "lib",
            "sts",
        ],
    ),
    (
        "surface",
        &["operation", "row", "shared", "evidence", "cloud", "front"],
    ),
    (
        "ports",
        &["operation", "shared", "evidence", "front", "lambda"],
    ),
    ("judge", &["front", "sts"]),
    ("lib", &["operation", "row", "services"]),
];

/// Checks the crate's files; those of tests may import what they want.
pub fn check(sources: &[Source]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for source in sources {
        let Some((path, part)) = inside(&source.path).and_then(|path| Some((path, part(path)?)))
        else {
            continue;
        };
        for (number, import) in imports(&source.text) {
            if let Some(what) = refuse(path, part, &import) {
                findings.push(Finding::of_line(&source.path, number, what));
            }
        }
    }
    findings
}

/// A file's path in the crate.
fn inside(path: &Path) -> Option<&str> {
    let path = path.to_str()?.strip_prefix(CRATE)?;
    let is_test = path.split('/').any(|part| {
        let stem = part.strip_suffix(".rs").unwrap_or(part);
        matches!(stem, "tests" | "testing" | "coverage")
    });
    (path.ends_with(".rs") && !is_test).then_some(path)
}

/// The part that a file is of.
fn part(path: &str) -> Option<&'static str> {
    if path == "operation/row.rs" {
        return Some("row");
    }
    let (folder, rest) = path.split_once('/').unwrap_or((path, ""));
    let folder = folder.strip_suffix(".rs").unwrap_or(folder);
    if let Some(part) = SHARED_PARTS.iter().find(|part| **part == folder) {
        return Some(part);
    }
    let is_surface = SURFACE.iter().any(|of| match of.strip_suffix('/') {
        Some(_) => rest.starts_with(of),
        None => rest == *of,
    });
    Some(if is_surface { "surface" } else { "rules" })
}

/// What is wrong with an import, if anything.
fn refuse(path: &str, part: &str, import: &[String]) -> Option<String> {
    let own = path.split('/').next().unwrap_or_default();
    let own = own.strip_suffix(".rs").unwrap_or(own);
    let first = import.first()?.as_str();
    let named = match (first, import.get(1).map(String::as_str)) {
        ("operation", Some("row")) => "row",
        ("operation", Some(name)) if OF_TABLES.contains(&name) => "row",
        // A constant of the crate's root: the list of services.
        (name, _) if name.chars().all(|it| it.is_ascii_uppercase()) => "lib",
        (name, _) => name,
    };
    if named == own && part != "row" && named != "row" {
        return None;
    }
    let (_, allowed) = EDGES.iter().find(|(known, _)| *known == part)?;
    let is_service = !SHARED_PARTS.contains(&named);
    let is_allowed = allowed.contains(&named) || (is_service && allowed.contains(&"services"));
    if is_allowed || (part == "operation" && path == "operation/mod.rs" && named == "row") {
        return None;
    }
    let of_service = matches!(part, "rules" | "surface");
    Some(match (of_service, is_service) {
        (true, true) => format!(
            "`{own}` names the module of `{named}`: what services may know of each other stands in `shared`"
        ),
        (true, false) if part == "rules" => format!(
            "the rules of `{own}` know `{named}`: only the table, the checks and the handlers of a service do"
        ),
        _ => format!(
            "`{part}` imports `{named}`, which `EDGES` of ci does not draw inside harness/aws"
        ),
    })
}

/// The paths below `crate::` that a text names outside its tests and comments, with their lines.
fn imports(text: &str) -> Vec<(usize, Vec<String>)> {
    let text = text.split("#[cfg(test)]\nmod tests {").next();
    let mut code = String::new();
    for line in text.unwrap_or_default().lines() {
        code.push_str(line.split("//").next().unwrap_or_default());
        code.push('\n');
    }
    let mut found = Vec::new();
    for (at, _) in code.match_indices("crate::") {
        let before = code.get(..at).unwrap_or_default();
        // `in crate::oam` says how far something is seen.
        if before.ends_with("in ") || before.ends_with('$') {
            continue;
        }
        // What stands in a test's own line is the test's.
        if before.ends_with("#[cfg(test)]\n    ") || before.ends_with("#[cfg(test)]\n") {
            continue;
        }
        let line = before.matches('\n').count() + 1;
        let rest = code.get(at + "crate::".len()..).unwrap_or_default();
        found.extend(paths(rest).into_iter().map(|path| (line, path)));
    }
    found
}

/// The paths that a text begins with, two names deep: `a::b`, `{a, b::c}`, `a::{b, c}`.
fn paths(text: &str) -> Vec<Vec<String>> {
    if let Some(group) = text.strip_prefix('{') {
        return items(group).iter().flat_map(|item| paths(item)).collect();
    }
    let is_name = |it: char| it.is_alphanumeric() || it == '_';
    let end = text.find(|it| !is_name(it)).unwrap_or(text.len());
    let (name, rest) = text.split_at(end);
    if name.is_empty() {
        return Vec::new();
    }
    let below = rest
        .strip_prefix("::")
        .map(|rest| match rest.strip_prefix('{') {
            Some(group) => items(group),
            None => vec![rest.to_owned()],
        });
    let names = below.unwrap_or_default().into_iter().map(|item| {
        let end = item.find(|it| !is_name(it)).unwrap_or(item.len());
        item.get(..end).unwrap_or_default().to_owned()
    });
    let with: Vec<Vec<String>> = names
        .filter(|below| !below.is_empty())
        .map(|below| vec![name.to_owned(), below])
        .collect();
    if with.is_empty() {
        return vec![vec![name.to_owned()]];
    }
    with
}

/// What stands between commas up to the brace that ends a group.
fn items(group: &str) -> Vec<String> {
    let (mut items, mut item, mut depth) = (Vec::new(), String::new(), 0);
    for character in group.chars() {
        match character {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                items.push(std::mem::take(&mut item).trim().to_owned());
                continue;
            }
            _ => {}
        }
        item.push(character);
    }
    items.push(item.trim().to_owned());
    items.retain(|item| !item.is_empty());
    items
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(path: &str, text: &str) -> Vec<String> {
        let source = Source {
            path: format!("{CRATE}{path}").into(),
            text: text.to_owned(),
        };
        let findings = check(&[source]).into_iter();
        findings.map(|finding| finding.what).collect()
    }

    #[test]
    fn parts_import_what_the_table_draws_and_nothing_else() {
        for (path, text, is_allowed) in [
            (
                "logs/state.rs",
                "use crate::operation::{Call, Effect};",
                true,
            ),
            (
                "logs/state.rs",
                "use crate::shared::{Ctx, ResourceType};",
                true,
            ),
            ("logs/state.rs", "use crate::logs::group::Group;", true),
            ("logs/state.rs", "use crate::cloud::Cloud;", false),
            ("logs/state.rs", "use crate::operation::{Call, Row};", false),
            ("logs/state.rs", "use crate::operation::row::Row;", false),
            (
                "logs/state.rs",
                "let it = crate::front::first_refused;",
                false,
            ),
            (
                "logs/state.rs",
                "use crate::{\n    cloud::Cloud,\n    shared,\n};",
                false,
            ),
            ("logs/state.rs", "// crate::cloud is not known here\n", true),
            (
                "logs/state.rs",
                "#[cfg(test)]\nmod tests {\n    use crate::cloud::Cloud;\n}",
                true,
            ),
            ("logs/state.rs", "pub(in crate::logs) fn f() {}", true),
            ("logs/tests.rs", "use crate::oam::testing::link;", true),
            ("logs/ops/group.rs", "use crate::cloud::Cloud;", true),
            ("logs/ops/group.rs", "use crate::front::Desk;", true),
            ("logs/ops/group.rs", "use crate::kms::via;", false),
            ("logs/key.rs", "use crate::shared::via;", true),
            ("logs/key.rs", "use crate::{operation, kms::via};", false),
            ("logs/mod.rs", "use crate::operation::{Row, Service};", true),
            ("kms/via.rs", "use crate::front::first_refused;", true),
            ("operation/check.rs", "use crate::evidence::Reason;", true),
            ("operation/check.rs", "use crate::cloud::Cloud;", false),
            ("operation/check.rs", "use crate::shared::Ctx;", false),
            ("operation/row.rs", "use crate::cloud::Cloud;", true),
            ("operation/row.rs", "use crate::iam::State;", false),
            ("shared/mod.rs", "pub use crate::iam::Role;", true),
            ("shared/mod.rs", "use crate::cloud::Cloud;", false),
            ("cloud.rs", "use crate::{iam, kms};", true),
            ("cloud.rs", "use crate::front::Desk;", false),
            ("front/walk.rs", "let it = crate::SERVICES.iter();", true),
            (
                "front/walk.rs",
                "use crate::secretsmanager::Identifier;",
                false,
            ),
            ("ports.rs", "use crate::lambda;", true),
            ("ports.rs", "use crate::iam::Role;", false),
            ("evidence/event.rs", "use crate::front::Judged;", false),
        ] {
            let found = found(path, text);
            assert_eq!(found.is_empty(), is_allowed, "{path}: {text}: {found:?}");
        }
    }

    #[test]
    fn the_crate_is_as_the_table_draws_it() {
        let root = crate::tree::root().unwrap();
        let sources = crate::tidy::source::tracked(&root).unwrap();
        assert_eq!(check(&sources), []);
    }
}
