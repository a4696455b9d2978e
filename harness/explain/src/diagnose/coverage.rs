//! Which reasons each class speaks of, read from the entries as they are written, and what is still said
//! in general terms.
//!
//! What an entry finds by stands in its source. Reasons, kinds of faults and codes of errors stand in its own
//! text and in that of the functions and lists that it names; of refusals by policies its own text names the
//! layer that decided, or what a condition is about and how it stands.

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
        "input-refused",
        "each service has codes of its own for a value that it does not take, and the cause has its words, which name the value",
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
    /// Its functions and lists by name, those of a type as `Type::name`.
    items: BTreeMap<String, String>,
}

impl Source {
    fn read(path: &Path, root: &Path) -> Self {
        let text = std::fs::read_to_string(path).unwrap();
        let is_comment = |line: &&str| line.trim_start().starts_with("//");
        let lines: Vec<&str> = text.lines().filter(|line| !is_comment(line)).collect();
        let head =
            Regex::new(r"^( {4})?(?:pub(?:\([a-z:_ ]+\))? )?(const fn|fn|const|static) (\w+)")
                .unwrap();
        let of_type = Regex::new(r"^impl.*?\b(\w+)(?:<[^{]*>)? \{$").unwrap();
        let mut items = BTreeMap::new();
        let mut owner = String::new();
        for (index, line) in lines.iter().enumerate() {
            if let Some(found) = of_type.captures(line) {
                found[1].clone_into(&mut owner);
            }
            let Some(found) = head.captures(line) else {
                continue;
            };
            let is_function = found[2].ends_with("fn");
            let last = if found.get(1).is_some() { "    }" } else { "}" };
            let is_end = |line: &&&str| {
                if is_function {
                    **line == last
                } else {
                    line.ends_with(';')
                }
            };
            let length = lines[index..]
                .iter()
                .take_while(|line| !is_end(line))
                .count();
            let end = (index + length + 1).min(lines.len());
            let name = match found.get(1) {
                Some(_) => format!("{owner}::{}", &found[3]),
                None => found[3].to_owned(),
            };
            if name != "ENTRIES" {
                items.insert(name, lines[index..end].join("\n"));
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

    /// Whether it is in the same folder.
    fn is_beside(&self, other: &Self) -> bool {
        let folder = |name: &str| name.rsplit_once('/').map(|(folder, _)| folder.to_owned());
        folder(&self.name) == folder(&other.name)
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

/// What is looked for in the texts.
struct Patterns {
    /// A name, with the module or the type that it is looked for in.
    name: Regex,
    reason: Regex,
    /// A reason, or the kind of a service's fault.
    fault: Regex,
    /// The code of an error.
    code: Regex,
}

impl Patterns {
    fn new() -> Self {
        let pattern = |text| Regex::new(text).unwrap();
        Self {
            name: pattern(r"(?:(\w+)::)?\b(\w+)\b"),
            reason: pattern(r"\bReason::([A-Z]\w+)"),
            fault: pattern(r"\b(?:Reason|Fault)::([A-Z]\w+)"),
            code: pattern(r#""([A-Z][A-Za-z]+)""#),
        }
    }
}

/// What was found in the texts that were followed.
struct Followed<'p> {
    patterns: &'p Patterns,
    seen: BTreeSet<String>,
    reasons: BTreeSet<String>,
}

impl Followed<'_> {
    /// Takes the reasons that a text names, itself and by the functions and lists that it names.
    fn follow(&mut self, text: &str, home: &Source, all: &[Source]) {
        let patterns = self.patterns;
        let of_home: &[&Regex] = match home.name.as_str() {
            "service/code" => &[&patterns.fault, &patterns.code],
            name if name.starts_with("service/") => &[&patterns.fault],
            _ => &[&patterns.reason],
        };
        for pattern in of_home {
            let named = pattern.captures_iter(text);
            self.reasons.extend(named.map(|found| found[1].to_owned()));
        }
        for found in patterns.name.captures_iter(text) {
            let of = found.get(1).map(|of| of.as_str());
            let is_of_type = of.is_some_and(|of| of.starts_with(char::is_uppercase));
            let name = &found[if is_of_type { 0 } else { 2 }];
            let has = |source: &&Source| source.items.contains_key(name);
            let beside = || all.iter().filter(|source| source.is_beside(home)).find(has);
            let source = match of {
                _ if is_of_type => Some(home).filter(has).or_else(beside),
                None if has(&home) => Some(home),
                None if home.imports(name) => {
                    let common = all.iter().filter(|one| !one.name.contains('/'));
                    let mut common = common.filter(has);
                    beside().or_else(|| common.next())
                }
                None => None,
                Some(of) => {
                    let named = || all.iter().filter(|one| one.is_module(of)).filter(has);
                    let mut near = named().filter(|one| one.is_beside(home));
                    near.next().or_else(|| named().next())
                }
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
    let row = Regex::new(r#"(?m)^    ("[a-z0-9-]+"), (?:Caller|Lab|Nobody|Owner),"#).unwrap();
    let word = Regex::new(r"\b[a-z_]+\b").unwrap();
    let of_policy = Regex::new(r"\b(?:Layer|Standing|Topic)::([A-Z]\w+)").unwrap();
    let end = Regex::new(r"\n[\]}];").unwrap();
    let patterns = Patterns::new();
    let mut covered = BTreeMap::new();
    for home in &all {
        let text = short.replace_all(&home.text, "Entry { class: $1");
        let text = row.replace_all(&text, "Entry { class: $1");
        for entry in text.split("Entry {").skip(1) {
            // The last entry ends with its list.
            let entry = end.split(entry).next().unwrap_or(entry);
            let Some(class) = class.captures(entry) else {
                continue;
            };
            let mut followed = Followed {
                patterns: &patterns,
                seen: BTreeSet::new(),
                reasons: BTreeSet::new(),
            };
            followed.follow(entry, home, &all);
            // The helpers of policies have words for every layer: where the entry names none, its finder's own
            // text counts.
            let named = |text: &str| -> BTreeSet<String> {
                let found = of_policy.captures_iter(text);
                found.map(|found| found[1].to_owned()).collect()
            };
            let own = named(entry);
            if own.is_empty() {
                let finder = word.find_iter(entry);
                let finder = finder.filter_map(|name| home.items.get(name.as_str()));
                followed.reasons.extend(finder.flat_map(|text| named(text)));
            }
            followed.reasons.extend(own);
            covered.insert(class[1].to_owned(), followed.reasons);
        }
    }
    covered
}

#[test]
fn a_class_speaks_of_few_reasons_or_says_why() {
    let covered = covered();
    let suspicious = suspicion::REGISTRY.into_iter().flatten();
    let unread: Vec<&str> = entries()
        .chain(suspicious)
        .map(|entry| entry.class)
        .filter(|class| !covered.contains_key(*class))
        .collect();
    assert!(unread.is_empty(), "classes that were not read: {unread:?}");
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
    let is_vague = |fix: &str| LOOKING.iter().any(|word| fix.starts_with(word));
    let vague: Vec<&str> = reason::rows()
        .filter(|row| is_vague(row.fix))
        .map(|row| row.code)
        .collect();
    assert!(
        vague.is_empty(),
        "{vague:?}: a fix says what to change, not what to look at"
    );
    let text = Regex::new(r#""([a-z]+ [^"]*)""#).unwrap();
    for source in sources() {
        for found in text.captures_iter(&source.text) {
            let is_vague = is_vague(&found[1]);
            assert!(
                !is_vague,
                "{}: `{}` says what to look at",
                source.name, &found[1]
            );
        }
    }
}
