//! Which reasons each class speaks of, read from the entries as they are written, and what is still said
//! in general terms.
//!
//! An entry finds by code, so that the reasons that it looks at stand in its source: in its own text, and
//! in that of the functions and lists that it names.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use regex::Regex;

use super::*;

/// How many reasons a class may speak of: more, and its one title and fix are too general for them.
const REASONS_MAX: usize = 3;

/// The classes that speak of more, and why one title and one fix are right for all of them.
const BROAD: &[(&str, &str)] = &[
    (
        "issuer-unreachable",
        "discovery document and key set, each unreachable, refused or unreadable: whatever it is, the keys are not to be had, and the cause says which",
    ),
    (
        "change-not-deployed",
        "whatever the stage refuses by an old deployment is mended by deploying the change, which the cause shows",
    ),
    (
        "issuer-answer-broken",
        "discovery document and key set by two codes each: the answer broke off, and the cause says which",
    ),
    (
        "issuer-document-unusable",
        "discovery document and key set by two codes each: what came is no such document, and the cause says which",
    ),
    (
        "issuer-status",
        "discovery document and key set by two codes each: an error was answered, and the cause says which",
    ),
    (
        "vault-discovery-issuer",
        "a login and the mount's configuration fail by codes of their own over the same document",
    ),
    (
        "vault-keys-not-json",
        "a login and the mount's configuration fail by codes of their own over the same answer",
    ),
    (
        "vault-keys-unusable",
        "a login and the mount's configuration fail by codes of their own over the same key set",
    ),
];

/// Rows whose fix begins with looking for the cause, of reasons that no class speaks of. The list only
/// shrinks: where a class speaks, or the row says what to change, its reason goes.
const VAGUE: &[&str] = &[
    "accessor-unknown",
    "answer",
    "backend-unreadable",
    "bad-answer",
    "credential-unknown",
    "function-error",
    "function-not-found",
    "internal-error",
    "lease-not-revoked",
    "not-found",
    "not-yet-valid",
    "permission-denied",
    "role-not-found",
];

/// Words with which a fix begins that tells what to look at in place of what to change.
const LOOKING: [&str; 5] = [
    "look ",
    "compare ",
    "see ",
    "check ",
    "change the request as",
];

/// A file of the classes, without comments.
struct Source {
    /// The path below `diagnose`, without its ending: `gateway/mod`.
    name: String,
    text: String,
    /// Its functions and lists by name.
    items: BTreeMap<String, String>,
}

impl Source {
    fn read(path: &Path, root: &Path) -> Self {
        let text = std::fs::read_to_string(path).unwrap();
        let is_comment = |line: &&str| line.trim_start().starts_with("//");
        let lines: Vec<&str> = text.lines().filter(|line| !is_comment(line)).collect();
        let head =
            Regex::new(r"^(?:pub(?:\([a-z:_ ]+\))? )?(const fn|fn|const|static) (\w+)").unwrap();
        let mut items = BTreeMap::new();
        for (index, line) in lines.iter().enumerate() {
            let Some(found) = head.captures(line) else {
                continue;
            };
            let is_function = found[1].ends_with("fn");
            let is_end = |line: &&&str| {
                if is_function {
                    **line == "}"
                } else {
                    line.ends_with(';')
                }
            };
            let length = lines[index..]
                .iter()
                .take_while(|line| !is_end(line))
                .count();
            let end = (index + length + 1).min(lines.len());
            if &found[2] != "ENTRIES" {
                items.insert(found[2].to_owned(), lines[index..end].join("\n"));
            }
        }
        let name = path.strip_prefix(root).unwrap().with_extension("");
        Self {
            name: name.to_str().unwrap().to_owned(),
            text: lines.join("\n"),
            items,
        }
    }

    /// Whether this is the module of that name.
    fn is_module(&self, name: &str) -> bool {
        let mut parts = self.name.rsplit('/').filter(|part| *part != "mod");
        parts.next() == Some(name)
    }

    /// Whether it imports a name from a file beside it.
    fn imports(&self, name: &str) -> bool {
        let mut imports = self.text.split("\nuse super::").skip(1);
        imports.any(|import| {
            let import = import.split(';').next().unwrap_or_default();
            import
                .split(|character: char| !character.is_alphanumeric() && character != '_')
                .any(|word| word == name)
        })
    }
}

fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/diagnose");
    let mut found = Vec::new();
    files(&root, &mut found);
    found.sort();
    found.iter().map(|path| Source::read(path, &root)).collect()
}

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        if path.is_dir() && name != "reason" && name != "tests" {
            files(&path, found);
        } else if name.ends_with(".rs") && !["tests.rs", "coverage.rs"].contains(&name) {
            found.push(path);
        }
    }
}

/// What was found in the texts that were followed.
#[derive(Default)]
struct Followed {
    seen: BTreeSet<String>,
    reasons: BTreeSet<String>,
}

impl Followed {
    /// Takes the reasons that a text names, itself and by the functions and lists that it names.
    fn follow(&mut self, text: &str, home: &Source, all: &[Source]) {
        let name = Regex::new(r"(?:(\w+)::)?\b(\w+)\b").unwrap();
        let reason = Regex::new(r"\bReason::(\w+)").unwrap();
        let named = reason.captures_iter(text).map(|found| found[1].to_owned());
        self.reasons.extend(named);
        for found in name.captures_iter(text) {
            let (of, name) = (found.get(1).map(|of| of.as_str()), &found[2]);
            let has = |source: &&Source| source.items.contains_key(name);
            let source = match of {
                None if has(&home) => Some(home),
                None if home.imports(name) => all.iter().find(has),
                None => None,
                Some(of) => all.iter().filter(|source| source.is_module(of)).find(has),
            };
            if let Some(source) = source
                && self.seen.insert(format!("{}::{name}", source.name))
            {
                self.follow(&source.items[name], source, all);
            }
        }
    }
}

/// Each class with the reasons that its entry looks at.
fn covered() -> BTreeMap<String, BTreeSet<String>> {
    let all = sources();
    let class = Regex::new(r#"class: "([a-z0-9-]+)""#).unwrap();
    // A table may have a short way to write its entries: the class comes first.
    let short = Regex::new(r#"\b(?:entry!?|class)\(\s*("[a-z0-9-]+")"#).unwrap();
    let mut covered = BTreeMap::new();
    for home in &all {
        let text = short.replace_all(&home.text, "Entry { class: $1");
        for entry in text.split("Entry {").skip(1) {
            // The last entry ends with its list.
            let entry = entry.split("\n];").next().unwrap_or(entry);
            let Some(class) = class.captures(entry) else {
                continue;
            };
            let mut followed = Followed::default();
            followed.follow(entry, home, &all);
            covered.insert(class[1].to_owned(), followed.reasons);
        }
    }
    covered
}

#[test]
fn a_class_speaks_of_few_reasons_or_says_why() {
    let covered = covered();
    // What policies refuse is told apart by what was compared, and not by a reason's code.
    let computed = entries()
        .filter(|entry| entry.system != System::Policy)
        .count();
    let suspicious = suspicion::REGISTRY.into_iter().flatten().count();
    assert!(
        covered.len() * 10 >= (computed + suspicious) * 9,
        "{} classes were read of {}",
        covered.len(),
        computed + suspicious
    );
    let broad: BTreeMap<_, _> = BROAD.iter().copied().collect();
    let wide: Vec<String> = covered
        .iter()
        .filter(|(class, reasons)| {
            let has_why = broad.get(class.as_str()).is_some_and(|why| why.len() > 40);
            reasons.len() > REASONS_MAX && !has_why
        })
        .map(|(class, reasons)| {
            format!("`{class}` speaks of {} reasons, {reasons:?}", reasons.len())
        })
        .collect();
    assert!(
        wide.is_empty(),
        "tell them apart, or say in BROAD why not:\n{}",
        wide.join("\n")
    );
}

#[test]
fn a_fix_says_what_to_change() {
    let spoken_of: BTreeSet<String> = covered()
        .into_values()
        .flatten()
        .map(|name| kebab(&name))
        .collect();
    let is_vague = |fix: &str| LOOKING.iter().any(|word| fix.starts_with(word));
    let vague: BTreeSet<&str> = reason::rows()
        .filter(|row| is_vague(row.fix) && !spoken_of.contains(row.code))
        .map(|row| row.code)
        .collect();
    let known: BTreeSet<&str> = VAGUE.iter().copied().collect();
    let new: Vec<&&str> = vague.difference(&known).collect();
    assert!(
        new.is_empty(),
        "{new:?}: a fix says what to change, not what to look at"
    );
}

/// The code of a variant, as nearly all are spelled.
fn kebab(variant: &str) -> String {
    let mut code = String::new();
    for character in variant.chars() {
        if character.is_ascii_uppercase() && !code.is_empty() {
            code.push('-');
        }
        code.push(character.to_ascii_lowercase());
    }
    code
}
