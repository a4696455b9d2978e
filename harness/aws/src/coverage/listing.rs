//! The file of a service: what is there, what it asks for, what it does not read, what is missing.

use std::fmt::Write;
use std::path::Path;

use authlab_wire::Models;

use super::bench::Permission;
use crate::operation::{Authorization, Row, Service};

/// Set by `cargo ci coverage`: the files are written instead of compared.
const WRITE: &str = "AUTHLAB_COVERAGE_WRITE";

/// One operation that was tried.
pub(super) struct Line {
    name: &'static str,
    text: String,
}

impl Line {
    /// `CreateSink  oam:CreateSink; unread: A, B`.
    pub(super) fn new(row: &Row, permissions: &[Permission], unread: &[&str]) -> Self {
        let mut actions: Vec<&str> = permissions
            .iter()
            .map(|(action, _)| action.as_str())
            .collect();
        actions.dedup();
        let permissions = match row.authorization {
            Authorization::Unsigned => "unsigned".to_owned(),
            Authorization::Always => "always allowed".to_owned(),
            Authorization::Checks(_) if actions.is_empty() => "asks for nothing".to_owned(),
            Authorization::Checks(_) => actions.join(", "),
        };
        let mut text = format!("{}: {permissions}", row.name);
        if !unread.is_empty() {
            let _infallible = write!(text, "; answered with 501: {}", unread.join(", "));
        }
        Self {
            name: row.name,
            text,
        }
    }
}

/// Holds what was tried against `coverage/<service>.txt`, or writes it.
pub(super) fn compare(service: &Service, lines: Vec<Line>) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("coverage")
        .join(format!("{}.txt", service.name));
    let now = text(service, &lines);
    if std::env::var_os(WRITE).is_some() {
        std::fs::write(&path, now).unwrap_or_else(|error| panic!("{path:?}: {error}"));
        return;
    }
    let reviewed = std::fs::read_to_string(&path).unwrap_or_default();
    let of_operations = |line: &&str| line.starts_with("  ") && line.contains(": ");
    let lost: Vec<&str> = reviewed
        .lines()
        .filter(of_operations)
        .filter(|line| !now.contains(line))
        .collect();
    assert!(
        lost.is_empty(),
        "what coverage/{}.txt says is true no more: {lost:#?}: where that is meant, write it anew \
         with `cargo ci coverage`",
        service.name,
    );
}

fn text(service: &Service, lines: &[Line]) -> String {
    let model = Models::service(service.name).expect("a model");
    let tried = |name: &str| lines.iter().any(|line| line.name == name);
    let mut rows: Vec<&str> = service.rows.iter().map(|row| row.name).collect();
    rows.sort_unstable();
    let untried: Vec<&str> = rows.iter().copied().filter(|name| !tried(name)).collect();
    let missing: Vec<&str> = model
        .operation_names()
        .filter(|name| !rows.contains(name))
        .collect();
    let mut text = format!(
        "{}: {} of {} operations, {} tried\n\nwith exactly these permissions allowed, with one less refused:\n",
        service.name,
        rows.len(),
        rows.len() + missing.len(),
        lines.len(),
    );
    for line in lines {
        let _infallible = writeln!(text, "  {}", line.text);
    }
    for (title, names) in [
        ("there, and not tried", untried),
        ("not there, answered with 501", missing),
    ] {
        if !names.is_empty() {
            let _infallible = writeln!(text, "\n{title}:\n  {}", names.join("\n  "));
        }
    }
    text
}
