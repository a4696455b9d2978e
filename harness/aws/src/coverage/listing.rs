//! The file of a service: what is there, what it asks for, what it does not read, what is missing.

use std::fmt::Write;
use std::path::Path;

use authlab_wire::Models;

use super::bench::Permission;
use super::sample::Operation;
use crate::operation::{Authorization, Row, Service};

/// Set by `cargo ci coverage`: the files are written instead of compared.
const WRITE: &str = "AUTHLAB_COVERAGE_WRITE";

/// One operation that was tried.
pub(super) struct Line(String);

impl Line {
    /// `CreateSink  oam:CreateSink; unread: A, B`.
    pub(super) fn new(
        row: &Row,
        sample: &Operation,
        permissions: &[Permission],
        unread: &[&str],
    ) -> Self {
        let mut actions: Vec<&str> = permissions
            .iter()
            .map(|(action, _)| action.as_str())
            .collect();
        actions.dedup();
        let permissions = match row.authorization {
            _ if sample.without.is_some() => "granted by what it names".to_owned(),
            Authorization::Unsigned => "unsigned".to_owned(),
            Authorization::Always => "always allowed".to_owned(),
            Authorization::Checks(_) if actions.is_empty() => "asks for nothing".to_owned(),
            Authorization::Checks(_) => actions.join(", "),
        };
        let mut text = format!("{}: {permissions}", row.name);
        if !unread.is_empty() {
            let _infallible = write!(text, "; answered with 501: {}", unread.join(", "));
        }
        for (member, reason) in &sample.inert {
            let _infallible = write!(text, "; without effect: {member} ({reason})");
        }
        if let Some(code) = &sample.answers {
            let _infallible = write!(text, "; not performed: {code}");
        }
        Self(text)
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
    let only = |these: &str, those: &str| -> Vec<String> {
        let lines = these.lines();
        let only = lines.filter(|line| !those.lines().any(|other| other == *line));
        only.map(str::to_owned).collect()
    };
    let (lost, new) = (only(&reviewed, &now), only(&now, &reviewed));
    assert!(
        reviewed == now,
        "coverage/{}.txt does not say what is there: only in the file {lost:#?}, only in the lab \
         {new:#?}: write it anew with `cargo ci coverage`, and read the difference",
        service.name,
    );
}

fn text(service: &Service, lines: &[Line]) -> String {
    let model = Models::service(service.name).expect("a model");
    let mut rows: Vec<&str> = service.rows.iter().map(|row| row.name).collect();
    rows.sort_unstable();
    let missing: Vec<&str> = model
        .operation_names()
        .filter(|name| !rows.contains(name))
        .collect();
    let mut text = format!(
        "{}: {} of {} operations\n\nwith exactly these permissions allowed, with one less refused:\n",
        service.name,
        rows.len(),
        rows.len() + missing.len(),
    );
    for line in lines {
        let _infallible = writeln!(text, "  {}", line.0);
    }
    if !missing.is_empty() {
        let names = missing.join("\n  ");
        let _infallible = writeln!(text, "\nnot there, answered with 501:\n  {names}");
    }
    text
}
