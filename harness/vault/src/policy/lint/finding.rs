//! What is found in a policy, and the codes.

use serde::Serialize;

use crate::policy::scan::Position;

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// It works, but rarely as meant.
    Warning,
    /// Part of the policy cannot work, or lets in more than it says.
    Error,
}

/// One objection.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// How bad it is.
    pub severity: Severity,
    /// Its code, stable over versions: one of [`CODES`].
    pub code: &'static str,
    /// The line, from 1.
    pub line: usize,
    /// The character of the line, from 1.
    pub column: usize,
    /// What cannot work, or lets too much in.
    pub message: String,
    /// What to write instead.
    pub fix: String,
}

/// One code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Code {
    /// `kv2-data`; stable over versions.
    pub name: &'static str,
    /// How bad every finding of the code is.
    pub severity: Severity,
    /// What the code is about.
    pub about: &'static str,
    /// What to write instead, where the finding knows nothing closer.
    pub fix: &'static str,
}

const fn error(name: &'static str, about: &'static str, fix: &'static str) -> Code {
    Code {
        name,
        severity: Severity::Error,
        about,
        fix,
    }
}

const fn warning(name: &'static str, about: &'static str, fix: &'static str) -> Code {
    Code {
        name,
        severity: Severity::Warning,
        about,
        fix,
    }
}

/// Every code of ACL policies.
pub const CODES: [Code; 34] = [
    error(
        "syntax",
        "the text is neither HCL nor JSON",
        "mend the text at this place",
    ),
    error(
        "refused",
        "a server takes no such policy",
        "write what the message names",
    ),
    error(
        "unknown-key",
        "a key that policies and rules have not",
        "leave it out, or correct its spelling",
    ),
    error(
        "unknown-capability",
        "a capability that is not there",
        "write create, read, update, patch, delete, list, sudo or deny",
    ),
    warning(
        "no-capability",
        "a rule that gives nothing",
        "name capabilities; `deny` to refuse what another rule gives",
    ),
    warning(
        "old-policy",
        "the old form of capabilities",
        "write `capabilities = [...]`",
    ),
    warning(
        "deny-with-others",
        "deny beside other capabilities, which then count for nothing",
        "leave the others out, or the denial",
    ),
    error(
        "sudo-missing",
        "a path of `sys/` that needs sudo",
        "add \"sudo\" to the capabilities",
    ),
    error(
        "create-never",
        "create where every write is an update",
        "write \"update\"",
    ),
    warning(
        "create-without-update",
        "create alone: a secret can be written once",
        "add \"update\", unless a secret is never to change",
    ),
    error(
        "wrapping-ttl-order",
        "min_wrapping_ttl above max_wrapping_ttl",
        "make the minimum the smaller one",
    ),
    warning(
        "leading-slash",
        "a path that begins with a slash",
        "leave the slash out: paths begin with the mount",
    ),
    error(
        "double-slash",
        "a path with an empty segment",
        "write one slash",
    ),
    error(
        "api-prefix",
        "a path with the prefix of the HTTP API",
        "leave `v1/` out: paths begin with the mount",
    ),
    error(
        "trailing-slash",
        "a path that ends with a slash, which only lists ask for",
        "append `*`, or leave the slash out",
    ),
    error(
        "glob-in-middle",
        "a `*` that is not at the end, and a character like any other",
        "write `+` for one segment; `*` counts at the end only",
    ),
    error(
        "glob-plus-star",
        "`+*`, which is refused",
        "write `+/*`, or `*`",
    ),
    error(
        "plus-in-segment",
        "a `+` beside other characters of its segment, and a character like any other",
        "write `+` as a whole segment; `*` at the end for a beginning",
    ),
    error(
        "template-syntax",
        "a template that does not end, or says nothing",
        "write `{{identity.entity.id}}`",
    ),
    error(
        "template-selector",
        "a template that has no value for anybody",
        "write identity.entity.id, .name, .metadata.KEY, .aliases.ACCESSOR.name, or identity.groups.ids.ID.name",
    ),
    error(
        "template-accessor",
        "an alias by what is no accessor of a mount",
        "write the accessor that `vault auth list` shows, as in `auth_userpass_6671d643`",
    ),
    error(
        "template-braces",
        "a template in single braces, which is plain text",
        "write two braces",
    ),
    error(
        "kv2-data",
        "a path of KV version 2 without `data/`",
        "write `MOUNT/data/PATH`",
    ),
    error(
        "kv2-list",
        "list below `data/` of KV version 2, where nothing can be listed",
        "give \"list\" to `MOUNT/metadata/PATH`",
    ),
    warning(
        "kv2-list-useless",
        "list below `data/`, beside the rule of `metadata/` that lists",
        "leave \"list\" out here",
    ),
    warning(
        "kv2-delete-latest",
        "delete below `data/`, which marks the latest version only",
        "add update on `MOUNT/delete/PATH` for older versions, delete on `MOUNT/metadata/PATH` for all of them",
    ),
    error(
        "kv2-version",
        "a path of versions without update",
        "write \"update\": versions are deleted, restored and destroyed by POST",
    ),
    error(
        "kv2-parameter",
        "a parameter that requests of KV version 2 do not have at the top",
        "bound `data`, `options` or, below `metadata/`, its settings: the values of a secret stand in `data` and cannot be bounded one by one",
    ),
    warning(
        "duplicate-path",
        "two rules for one path, which count as one",
        "put the capabilities into one rule",
    ),
    error(
        "duplicate-deny",
        "two rules for one path, of which one denies: the other counts for nothing",
        "remove one of them",
    ),
    error(
        "deny-beaten",
        "a denial that a rule of higher rank beats where both match",
        "name the paths of the denial without wildcard, or as far as the other rule does",
    ),
    warning(
        "deny-carved",
        "a denial with an exception",
        "keep it if the exception is meant: the longer path decides",
    ),
    warning(
        "deny-useless",
        "a denial of what no rule gives",
        "leave it out unless another policy of the token gives it: what no rule gives is refused",
    ),
    warning(
        "not-compared",
        "so many rules that those that beat each other are not looked for",
        "split the policy",
    ),
];

fn find(name: &str) -> Option<&'static Code> {
    CODES.iter().find(|code| code.name == name)
}

/// The list while it grows.
#[derive(Debug, Default)]
pub(super) struct Findings(Vec<Finding>);

impl Findings {
    pub(super) fn add(&mut self, place: Position, code: &'static str, message: impl Into<String>) {
        let fix = find(code).map(|code| code.fix).unwrap_or_default();
        self.add_with_fix(place, code, message, fix);
    }

    pub(super) fn add_with_fix(
        &mut self,
        place: Position,
        code: &'static str,
        message: impl Into<String>,
        fix: impl Into<String>,
    ) {
        self.0.push(Finding {
            severity: find(code).map_or(Severity::Error, |code| code.severity),
            code,
            line: place.line.max(1),
            column: place.column.max(1),
            message: message.into(),
            fix: fix.into(),
        });
    }

    /// An error of the parser, which names its place in one of three forms.
    pub(super) fn refused(&mut self, code: &'static str, error: &str) {
        self.add(place_of(error).unwrap_or_default(), code, error.trim());
    }

    pub(super) fn has_error(&self) -> bool {
        self.0
            .iter()
            .any(|finding| finding.severity == Severity::Error)
    }

    pub(super) fn into_list(mut self) -> Vec<Finding> {
        self.0.sort_by_key(|finding| (finding.line, finding.column));
        self.0
    }
}

/// `At 3:7: ...`, `3:7: ...` or `... on line 3`.
fn place_of(error: &str) -> Option<Position> {
    let at = error.rsplit("At ").next().unwrap_or(error);
    let mut numbers = at.splitn(3, ':');
    let pair = (|| {
        Some(Position {
            line: numbers.next()?.trim().parse().ok()?,
            column: numbers.next()?.parse().ok()?,
        })
    })();
    let on_line = || {
        let (_, rest) = error.split_once(" on line ")?;
        let digits = rest.split(|end: char| !end.is_ascii_digit()).next()?;
        Some(Position {
            line: digits.parse().ok()?,
            column: 1,
        })
    };
    pair.or_else(on_line)
}
