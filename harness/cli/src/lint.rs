//! `authlab lint`: what policy documents say that they do not do, of AWS and of Vault.

use std::fmt::Write as _;
use std::path::Path;

use anyhow::{Context as _, anyhow};
use authlab::vault_lint::{self, Mounts};
use authlab::{printable, text_file};
use authlab_policy::DocumentKind;
use authlab_policy::lint as aws_lint;
use serde_json::{Value, json};

use crate::arguments::{Format, Lint};
use crate::end::{End, Stop, Usage};
use crate::output;

/// The kind of Vault's policies, and those of AWS by the names that the option takes.
const VAULT: &str = "vault";
const KINDS: [(&str, DocumentKind); 13] = [
    ("identity", DocumentKind::Identity),
    ("resource", DocumentKind::Resource),
    ("trust", DocumentKind::Trust),
    ("boundary", DocumentKind::Boundary),
    ("session", DocumentKind::Session),
    ("scp", DocumentKind::ServiceControl),
    ("rcp", DocumentKind::ResourceControl),
    ("endpoint", DocumentKind::VpcEndpoint),
    ("execute-api", DocumentKind::ExecuteApi),
    ("oam-sink", DocumentKind::OamSink),
    ("lambda", DocumentKind::LambdaPermission),
    ("secretsmanager", DocumentKind::SecretsManager),
    ("kms", DocumentKind::KmsKey),
];

/// What a document is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Aws(DocumentKind),
    Vault,
}

/// One finding, of either linter.
struct Finding {
    is_error: bool,
    code: &'static str,
    line: usize,
    column: usize,
    /// Of AWS's documents, the path of the element.
    path: Option<String>,
    message: String,
    fix: String,
}

/// The findings of one file.
struct Looked<'a> {
    file: &'a Path,
    kind: Kind,
    findings: Vec<Finding>,
}

/// Prints the findings. Status 1 when one is an error, 2 when a file is none that can be looked at.
pub fn run(arguments: &Lint) -> Result<End, Stop> {
    if arguments.list {
        output::print(&list(arguments.format))?;
        return Ok(End::Success);
    }
    let kind = arguments.kind.as_deref().map(named).transpose()?;
    let mounts = Mounts {
        kv1: arguments.kv1.clone(),
        kv2: arguments.kv2.clone(),
    };
    let mut looked = Vec::new();
    for file in &arguments.files {
        let text = text_file::read_text(file, text_file::WRITTEN_BYTES_MAX)
            .with_context(|| format!("`{}` cannot be read", file.display()))
            .map_err(Usage)?;
        let kind = match kind.or_else(|| recognised(file, &text)) {
            Some(kind) => kind,
            None => return Err(unknown(file).into()),
        };
        let findings = look(kind, &text, &mounts);
        looked.push(Looked {
            file,
            kind,
            findings,
        });
    }
    let shown = match arguments.format {
        Format::Text => text(&looked),
        Format::Json => lines(&looked),
    };
    output::print(&shown)?;
    let is_wrong = looked
        .iter()
        .any(|looked| looked.findings.iter().any(|finding| finding.is_error));
    Ok(if is_wrong { End::Failed } else { End::Success })
}

fn names() -> String {
    let names: Vec<_> = KINDS.iter().map(|(name, _)| *name).collect();
    format!("{}, {VAULT}", names.join(", "))
}

fn named(name: &str) -> Result<Kind, Usage> {
    if name == VAULT {
        return Ok(Kind::Vault);
    }
    let known = KINDS.iter().find(|(known, _)| *known == name);
    known.map(|(_, kind)| Kind::Aws(*kind)).ok_or_else(|| {
        Usage(anyhow!(
            "`{name}` is no kind of policy: give one of {}",
            names()
        ))
    })
}

fn unknown(file: &Path) -> Usage {
    Usage(anyhow!(
        "`{}` is neither a policy document of AWS nor a policy of Vault by its content: say what it is, with --kind and one of {}",
        file.display(),
        names()
    ))
}

/// The kind by the ending and the content; of a text that is broken, by what it begins like.
fn recognised(file: &Path, text: &str) -> Option<Kind> {
    if file.extension().is_some_and(|ending| ending == "hcl") {
        return Some(Kind::Vault);
    }
    if let Some(kind) = aws_lint::recognised(text) {
        return Some(Kind::Aws(kind));
    }
    if vault_lint::is_policy(text) {
        return Some(Kind::Vault);
    }
    let is_document = text.trim_start().starts_with('{') && text.contains("\"Statement\"");
    is_document.then_some(Kind::Aws(DocumentKind::Identity))
}

fn look(kind: Kind, text: &str, mounts: &Mounts) -> Vec<Finding> {
    match kind {
        Kind::Vault => vault_lint::lint(text, mounts)
            .into_iter()
            .map(|found| Finding {
                is_error: found.severity == vault_lint::Severity::Error,
                code: found.code,
                line: found.line,
                column: found.column,
                path: None,
                message: found.message,
                fix: found.fix,
            })
            .collect(),
        Kind::Aws(kind) => aws_lint::lint_text(kind, text)
            .into_iter()
            .map(|found| Finding {
                is_error: found.severity == aws_lint::Severity::Error,
                code: found.code,
                line: found.place.map_or(1, |place| place.line),
                column: found.place.map_or(1, |place| place.column),
                path: Some(found.path),
                message: found.message,
                fix: found.fix,
            })
            .collect(),
    }
}

impl Kind {
    fn name(self) -> &'static str {
        match self {
            Self::Vault => VAULT,
            Self::Aws(kind) => KINDS
                .iter()
                .find(|(_, known)| *known == kind)
                .map_or("identity", |(name, _)| name),
        }
    }
}

impl Finding {
    fn severity(&self) -> &'static str {
        if self.is_error { "error" } else { "warning" }
    }
}

/// Two lines for a finding, and one for the whole. What a document says stays on its line.
fn text(looked: &[Looked<'_>]) -> String {
    let mut shown = String::new();
    let (mut errors, mut warnings) = (0usize, 0usize);
    for one in looked {
        for finding in &one.findings {
            if finding.is_error {
                errors += 1;
            } else {
                warnings += 1;
            }
            let path = finding
                .path
                .as_ref()
                .map_or_else(String::new, |path| format!("{path}: "));
            let message = format!("{path}{}", finding.message);
            let message = printable::one_line(&message);
            // Writing to a String cannot fail.
            let _ = writeln!(
                shown,
                "{}:{}:{}: {}: {message} ({})\n    fix: {}",
                one.file.display(),
                finding.line,
                finding.column,
                finding.severity(),
                finding.code,
                printable::one_line(&finding.fix)
            );
        }
    }
    let kinds: Vec<String> = looked
        .iter()
        .map(|one| format!("{} ({})", one.file.display(), one.kind.name()))
        .collect();
    let _ = writeln!(
        shown,
        "{}: {}, {}",
        kinds.join(", "),
        counted(errors, "error"),
        counted(warnings, "warning")
    );
    shown
}

fn counted(count: usize, what: &str) -> String {
    match count {
        0 => format!("no {what}s"),
        1 => format!("1 {what}"),
        _ => format!("{count} {what}s"),
    }
}

/// One line for a file.
fn lines(looked: &[Looked<'_>]) -> String {
    let line = |one: &Looked<'_>| {
        let findings: Vec<Value> = one.findings.iter().map(Finding::to_json).collect();
        json!({
            "file": one.file.display().to_string(),
            "kind": one.kind.name(),
            "findings": findings,
        })
    };
    looked
        .iter()
        .map(|one| format!("{}\n", line(one)))
        .collect()
}

impl Finding {
    fn to_json(&self) -> Value {
        json!({
            "severity": self.severity(),
            "code": self.code,
            "line": self.line,
            "column": self.column,
            "path": self.path,
            "message": self.message,
            "fix": self.fix,
        })
    }
}

/// Every code with what it is about.
fn list(format: Format) -> String {
    let aws = aws_lint::codes().map(|code| {
        let severity = code.severity == aws_lint::Severity::Error;
        ("aws", code.name, severity, code.about, code.fix)
    });
    let vault = vault_lint::CODES.iter().map(|code| {
        let severity = code.severity == vault_lint::Severity::Error;
        (VAULT, code.name, severity, code.about, code.fix)
    });
    aws.chain(vault)
        .map(|(of, name, is_error, about, fix)| {
            let severity = if is_error { "error" } else { "warning" };
            match format {
                Format::Text => format!("{of:<6}{severity:<8} {name:<24} {about}\n"),
                Format::Json => {
                    let line = json!({"of": of, "code": name, "severity": severity, "about": about, "fix": fix});
                    format!("{line}\n")
                }
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_is_known_by_its_ending_and_its_content() {
        let trust =
            r#"{"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole"}]}"#;
        for (file, text, expected) in [
            ("a.hcl", "", Some("vault")),
            ("a.txt", "# x\npath \"a\" {}", Some("vault")),
            ("a.json", r#"{"path": {"a": {}}}"#, Some("vault")),
            ("a.json", trust, Some("trust")),
            ("a.json", r#"{"Statement": ["#, Some("identity")),
            ("a.json", "{}", None),
            ("a.toml", "[lab]", None),
        ] {
            let found = recognised(Path::new(file), text).map(Kind::name);
            assert_eq!(found, expected, "{file} {text}");
        }
    }

    #[test]
    fn a_finding_is_shown_with_place_code_and_fix() {
        let file = Path::new("p.hcl");
        let of = |text: &str| Looked {
            file,
            kind: Kind::Vault,
            findings: look(Kind::Vault, text, &Mounts::default()),
        };
        let found = of("path \"secret/db\" {\n  capabilities = [\"read\"]\n}");
        let shown = text(&[found]);
        assert!(
            shown.starts_with("p.hcl:1:6: error: `secret/db` gives nothing"),
            "{shown}"
        );
        assert!(
            shown.contains("(kv2-data)\n    fix: write `secret/data/db`"),
            "{shown}"
        );
        assert!(
            shown.ends_with("p.hcl (vault): 1 error, no warnings\n"),
            "{shown}"
        );
        let hostile = of("path \"secret/a\u{1b}[2J\\nb\" { capabilities = [\"read\"] }");
        let shown = text(&[hostile]);
        assert_eq!(shown.lines().count(), 3, "{shown:?}");
        let clean = of("path \"kv/db\" { capabilities = [\"read\"] }");
        assert_eq!(text(&[clean]), "p.hcl (vault): no errors, no warnings\n");
        let list = list(Format::Text);
        assert!(list.contains("secret-suffix") && list.contains("kv2-data"));
    }
}
