//! Evidence that is read by text outside the crate that owns it: JSON pointers, members by name,
//! reasons compared with texts. Who renames a member or a reason would break such a reader, and no
//! compiler would tell.
//!
//! A crate of [`OWNERS`] records evidence and reads its own as it likes. Anywhere else a file handles
//! evidence when it names an event of the journal, what an event tells (`detail`, `evidence`), or a line
//! of Vault's audit log; an owner's file does when it names the evidence of another. In such a file
//! every look-up by text counts, whatever value it is of: what reads other JSON stands in a file of its
//! own. A comparison with the text of a reason counts in any file outside the owners.
//! Tests are left out: they hold the lines of the journal as a stranger sees them.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::rust::shipped::shipped;
use super::rust::token::{Kind, Token, closing, tokens};
use super::source::{Finding, Source};

/// The folders of the crates that record evidence.
const OWNERS: [&str; 9] = [
    "harness/kernel",
    "harness/policy",
    "harness/token",
    "harness/http",
    "harness/wire",
    "harness/gateway",
    "harness/aws",
    "harness/vault",
    "harness/oidc",
];

/// Words that a file has which handles evidence.
const HANDLING: [&str; 5] = ["Event", "EventDraft", "detail", "evidence", "AuditLine"];

/// Methods that look a member up by its name.
const LOOK_UPS: [&str; 5] = ["get", "get_mut", "remove", "contains_key", "get_key_value"];

/// Functions that compare, when one of their arguments is the text of a reason.
const COMPARING: [&str; 4] = ["reason", "is", "eq", "ne"];

/// Who records, as an event has it: no reason is called so.
const COMPONENTS: [&str; 6] = ["aws", "gateway", "lambda", "vault", "oidc", "lab"];

/// Beginnings of paths that are of HTTP and lead into no JSON.
const ROUTES: [&str; 2] = ["/_lab", "/v1"];

/// Every look-up and comparison in `files`, which are of no test.
pub fn found<'a>(sources: &[Source], files: impl Iterator<Item = &'a PathBuf>) -> Vec<Finding> {
    let reasons: BTreeSet<&str> = sources
        .iter()
        .filter(|source| source.has_extension("rs"))
        .flat_map(|source| reasons(&source.text))
        .collect();
    let mut findings = Vec::new();
    for file in files {
        let Some(source) = sources.iter().find(|source| source.path == *file) else {
            continue;
        };
        let code = Code {
            tokens: &shipped(&source.text),
            reasons: &reasons,
        };
        let owner = OWNERS.into_iter().find(|owner| file.starts_with(owner));
        let handles = match owner {
            Some(owner) => !is_evidence(file) && code.names_evidence_beside(owner),
            None => code.handles_evidence(),
        };
        for at in 0..code.tokens.len() {
            let by_text = handles.then(|| code.looked_up(at)).flatten();
            let compared = owner.is_none().then(|| code.compared(at)).flatten();
            if let Some(what) = by_text.or(compared) {
                findings.push(Finding::of_line(file, code.tokens[at].line, what));
            }
        }
    }
    findings
}

/// The codes of the lists of reasons that this source has.
fn reasons(text: &str) -> Vec<&str> {
    if !text.contains("reasons!") {
        return Vec::new();
    }
    let all = tokens(text);
    let mut codes = Vec::new();
    for at in 0..all.len() {
        let is_list =
            all[at].is_word("reasons") && all.get(at + 1).is_some_and(|it| it.is_sign("!"));
        let Some(open) = all.get(at + 2).filter(|_| is_list) else {
            continue;
        };
        if open.is_sign("{") {
            let list = &all[at + 2..closing(&all, at + 2)];
            let rows = list.windows(2).filter(|pair| pair[0].is_sign("="));
            codes.extend(
                rows.filter(|row| row[1].kind == Kind::Text)
                    .map(|row| row[1].text),
            );
        }
    }
    codes
}

/// Whether the file is where a crate has its evidence.
fn is_evidence(file: &Path) -> bool {
    file.ends_with("src/evidence.rs") || file.components().any(|it| it.as_os_str() == "evidence")
}

struct Code<'a> {
    tokens: &'a [Token<'a>],
    reasons: &'a BTreeSet<&'a str>,
}

impl Code<'_> {
    fn is_sign(&self, at: usize, sign: &str) -> bool {
        self.tokens.get(at).is_some_and(|token| token.is_sign(sign))
    }

    fn is_text(&self, at: usize) -> bool {
        self.tokens
            .get(at)
            .is_some_and(|token| token.kind == Kind::Text)
    }

    fn word(&self, at: usize) -> Option<&str> {
        let token = self.tokens.get(at)?;
        (token.kind == Kind::Word).then_some(token.text)
    }

    fn handles_evidence(&self) -> bool {
        let mut words = self.tokens.iter().filter(|token| token.kind == Kind::Word);
        words.any(|token| HANDLING.contains(&token.text))
    }

    /// Whether a path leads to the evidence of another crate than the one in this folder.
    fn names_evidence_beside(&self, owner: &str) -> bool {
        let own = owner.replace("harness/", "authlab_");
        (0..self.tokens.len()).any(|at| {
            let krate = self.word(at).filter(|word| word.starts_with("authlab_"));
            let is_other = krate.is_some_and(|krate| krate != own);
            // The kernel's module of this name has no evidence: it says what evidence is.
            is_other
                && krate != Some("authlab_kernel")
                && self.is_sign(at + 1, "::")
                && self.word(at + 2) == Some("evidence")
        })
    }

    /// What is looked up by text at this token.
    fn looked_up(&self, at: usize) -> Option<String> {
        let token = self.tokens.get(at)?;
        if token.kind == Kind::Text {
            let is_index = self.is_sign(at + 1, "]") && self.is_index(at.checked_sub(1)?);
            return if is_pointer(token.text) {
                Some(format!("the JSON pointer `{}`", token.text))
            } else {
                is_index.then(|| format!("the member `{}`", token.text))
            };
        }
        let name = self.word(at)?;
        let is_call = at > 0 && self.is_sign(at - 1, ".") && self.is_sign(at + 1, "(");
        let argument = at + 2 + usize::from(self.is_sign(at + 2, "&"));
        let text = self.tokens.get(argument).filter(|_| is_call)?;
        let is_constant = text.kind == Kind::Word && !text.text.contains(char::is_lowercase);
        let of_detail = at > 1 && matches!(self.word(at - 2), Some("detail" | "evidence"));
        match name {
            "pointer" | "pointer_mut" if text.kind != Kind::Text || !is_pointer(text.text) => {
                Some(format!("the JSON pointer of `{}`", text.text))
            }
            _ if !LOOK_UPS.contains(&name) => None,
            _ if text.kind == Kind::Text || is_constant || of_detail => {
                (!is_pointer(text.text)).then(|| format!("the member `{}`", text.text))
            }
            _ => None,
        }
    }

    /// Whether the bracket at `at` opens an index and no array.
    fn is_index(&self, at: usize) -> bool {
        let before = at.checked_sub(1).and_then(|before| self.tokens.get(before));
        self.is_sign(at, "[")
            && before.is_some_and(|before| match before.kind {
                Kind::Word => !matches!(before.text, "in" | "return" | "mut" | "match" | "else"),
                Kind::Sign => matches!(before.text, ")" | "]" | "?"),
                Kind::Text | Kind::Other => false,
            })
    }

    /// What reason is compared as a text at this token.
    fn compared(&self, at: usize) -> Option<String> {
        let code = self
            .tokens
            .get(at)
            .filter(|token| token.kind == Kind::Text)?
            .text;
        let is_reason = self.reasons.contains(code) || self.reason_is_near(at);
        let is_compared = self.is_operand(at)
            || self.is_pattern(at)
            || self.is_argument(at)
            || self.is_searched(at);
        (is_reason && is_code(code) && is_compared).then(|| format!("the reason `{code}`"))
    }

    fn reason_is_near(&self, at: usize) -> bool {
        let before = &self.tokens[at.saturating_sub(12)..at];
        let statement = before.iter().rposition(|token| token.is_sign(";"));
        let before = &before[statement.map_or(0, |end| end + 1)..];
        before.iter().any(|token| token.is_word("reason"))
    }

    /// `== "…"`, `!= "…"`, `== Some("…")`, and the other way about.
    fn is_operand(&self, at: usize) -> bool {
        let mut start = at;
        while start > 0 && (self.is_sign(start - 1, "(") || self.is_sign(start - 1, "&")) {
            start -= 1;
            start -= usize::from(start > 0 && matches!(self.word(start - 1), Some("Some" | "Ok")));
        }
        let before = start > 1
            && self.is_sign(start - 1, "=")
            && (self.is_sign(start - 2, "=") || self.is_sign(start - 2, "!"));
        let mut end = at + 1;
        while start < at && self.is_sign(end, ")") {
            end += 1;
        }
        let is_equal = self.is_sign(end, "=") || self.is_sign(end, "!");
        before || (is_equal && self.is_sign(end + 1, "="))
    }

    /// `"…" =>`, `"…" | "…"`, `Some("…") =>`, and the patterns of `matches!`.
    fn is_pattern(&self, at: usize) -> bool {
        let end = at + 1 + usize::from(self.is_sign(at + 1, ")"));
        let arm = self.is_sign(end, "=") && self.is_sign(end + 1, ">");
        let guarded = self.word(end) == Some("if");
        let either = self.is_sign(end, "|") || (at > 0 && self.is_sign(at - 1, "|"));
        let last = self.tokens[at.saturating_sub(24)..at].iter();
        let in_matches = last.rev().take_while(|token| !token.is_sign(";"));
        arm || guarded || either || in_matches.into_iter().any(|token| token.is_word("matches"))
    }

    /// An argument of something that compares.
    fn is_argument(&self, at: usize) -> bool {
        let mut depth = 0_usize;
        for before in (0..at).rev() {
            match self.tokens[before].text {
                ")" | "]" | "}" if self.tokens[before].kind == Kind::Sign => depth += 1,
                "(" if depth == 0 => {
                    let called = before.checked_sub(1).and_then(|name| self.word(name));
                    return called.is_some_and(|name| COMPARING.contains(&name));
                }
                "[" | "{" if depth == 0 => return false,
                "(" | "[" | "{" => depth -= 1,
                _ => {}
            }
        }
        false
    }

    /// An element of an array in which a reason is searched: `["…", "…"].contains(…)`.
    fn is_searched(&self, at: usize) -> bool {
        let mut end = at + 1;
        while self.is_sign(end, ",") || self.is_text(end) {
            end += 1;
        }
        self.is_sign(end, "]")
            && self.is_sign(end + 1, ".")
            && matches!(self.word(end + 2), Some("contains" | "iter" | "into_iter"))
    }
}

/// Whether a text leads into JSON: `/role`, `/token/claims/aud`.
fn is_pointer(text: &str) -> bool {
    let is_name = |name: &str| {
        !name.is_empty()
            && name
                .chars()
                .all(|sign| sign.is_ascii_alphanumeric() || "_~-".contains(sign))
    };
    let is_route = ROUTES.iter().any(|route| text.starts_with(route));
    let names = text.strip_prefix('/').filter(|_| !is_route);
    names.is_some_and(|names| names.split('/').all(is_name))
}

/// Whether a text is written as reasons are: kebab case.
fn is_code(text: &str) -> bool {
    !text.is_empty()
        && !COMPONENTS.contains(&text)
        && text
            .chars()
            .all(|sign| sign.is_ascii_lowercase() || sign == '-')
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How much is found in a file of this crate.
    fn count(folder: &str, text: &str) -> usize {
        let file = |path: String, text: &str| Source {
            path: path.into(),
            text: text.to_owned(),
        };
        let list = "reasons! { pub enum R { A = \"key-missing\", B = \"internal\", } }";
        let sources = [
            file("harness/vault/src/evidence.rs".to_owned(), list),
            file(format!("{folder}/src/a.rs"), text),
        ];
        let files = [sources[1].path.clone()];
        found(&sources, files.iter()).len()
    }

    #[test]
    fn evidence_is_not_read_by_text_outside_its_owner() {
        for (text, expected) in [
            (
                "fn f(event: &Event) { event.detail.pointer(\"/role\"); }",
                1,
            ),
            ("fn f(event: &Event) { event.detail.pointer(PLACE); }", 1),
            (
                "fn f(event: &Event) { event.detail.pointer(&format!(\"/{x}\")); }",
                1,
            ),
            (
                "fn f(event: &Event) { event.detail[\"role\"].as_str(); }",
                1,
            ),
            (
                "fn f(event: &Event) { let role = event.detail.get(\"role\"); }",
                1,
            ),
            ("fn f(event: &Event) { event.detail.get(name); }", 1),
            ("fn f(event: &Event) { (x)[\"a\"][\"b\"]; x.get(ROLE); }", 3),
            (
                "fn f(event: &Event) { text(event, \"/token/claims/aud\"); }",
                1,
            ),
            (
                "fn f(event: &Event) { for name in [\"/service\", \"/path\"] {} }",
                2,
            ),
            (
                "use authlab_token::evidence::Believed; fn f() { it.claims.get(\"aud\"); }",
                1,
            ),
            ("fn f(detail: &Value) { detail[\"a\"]; }", 1),
            // Typed, by another type's map, by a route, in a test, in a comment.
            (
                "fn f(event: &Event) { event.read::<Login>().map(|it| it.role); }",
                0,
            ),
            (
                "fn f(event: &Event) { names.get(name); [\"a\", \"b\"]; for x in [\"a\"] {} }",
                0,
            ),
            (
                "fn f(event: &Event) { get(\"/_lab/journal\"); get(\"/v1/sys/health\"); }",
                0,
            ),
            (
                "#[cfg(test)] mod tests { fn f(event: &Event) { event.detail[\"a\"]; } }",
                0,
            ),
            ("// event.detail[\"a\"]\nfn f(event: &Event) {}", 0),
            // Other JSON, in a file that handles no evidence.
            (
                "fn f(answer: &Value) { answer[\"data\"].pointer(\"/data/data\"); }",
                0,
            ),
        ] {
            assert_eq!(count("harness/lab", text), expected, "{text}");
            assert_eq!(count("harness/explain", text), expected, "{text}");
        }
        let own = "fn f(event: &Event) { event.detail[\"role\"]; }";
        assert_eq!(count("harness/vault", own), 0, "an owner reads its own");
        let others = "use authlab_policy::evidence::Decision; fn f() { it[\"sid\"]; }";
        assert_eq!(count("harness/vault", others), 1);
        assert_eq!(
            count("harness/policy", &others.replace("policy::", "x::")),
            1
        );
        assert_eq!(count("harness/policy", others), 0);
        let wrapped = "use authlab_kernel::evidence::Evidence; fn f() { it[\"sid\"]; }";
        assert_eq!(count("harness/vault", wrapped), 0);
    }

    #[test]
    fn no_reason_is_compared_as_a_text_outside_its_owner() {
        for (text, expected) in [
            ("if code == \"key-missing\" {}", 1),
            ("if \"key-missing\" != code {}", 1),
            ("if event.reason.as_deref() == Some(\"unlisted\") {}", 1),
            ("if Some(\"key-missing\") == reason {}", 1),
            (
                "match reason { \"key-missing\" | \"internal\" => 1, _ => 2 }",
                2,
            ),
            ("match code { Some(\"internal\") => 1, _ => 2 }", 1),
            ("matches!(code, \"key-missing\")", 1),
            ("reason(event, \"vault\", \"key-missing\")", 1),
            ("event.is(\"key-missing\")", 1),
            ("[\"key-missing\", \"other\"].contains(&code)", 1),
            // By the enum, what a person asks for, a text that only prints or names.
            ("event.is(vault::Reason::KeyMissing)", 0),
            ("if event.reason.as_deref() == Some(&wanted) {}", 0),
            (
                "let class = \"key-missing\"; print(\"internal\"); Entry { class: \"internal\" }",
                0,
            ),
            ("if name == \"somebody\" {}", 0),
        ] {
            let text = format!("fn f() {{ {text} }}");
            assert_eq!(count("harness/lab", &text), expected, "{text}");
            assert_eq!(count("harness/vault", &text), 0, "{text}");
        }
    }
}
