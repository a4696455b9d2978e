//! The file of a service: what is there, what it asks for, what it does not read, what is missing; and
//! the file of all: how many operations of each model are there.
//!
//! The files only grow: they are not written anew without an operation that stood there. Whoever means to
//! take one away takes its line away by hand, where a review sees it.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::{Path, PathBuf};

use authlab_wire::Models;

use super::bench::Permission;
use super::sample::Operation;
use crate::operation::{Authorization, Row, Service};

/// Set by `cargo ci coverage`: the files are written instead of compared.
const WRITE: &str = "AUTHLAB_COVERAGE_WRITE";

/// How many operations of each model are there.
const SUMMARY: &str = "operations.txt";

/// What comes before the operations that are not there.
const MISSING: &str = "not there, answered with 501:";

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

/// A file of `coverage/`.
fn file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("coverage")
        .join(name)
}

/// Holds what was tried against `coverage/<service>.txt`, or writes it.
pub(super) fn compare(service: &Service, lines: Vec<Line>) {
    let path = file(&format!("{}.txt", service.name));
    let now = text(service, &lines);
    let reviewed = std::fs::read_to_string(&path).unwrap_or_default();
    if std::env::var_os(WRITE).is_some() {
        let lost = lost(&reviewed, &now);
        assert!(
            lost.is_empty(),
            "operations that stood in coverage/{}.txt are gone: {lost:?}: give them back, or take \
             their lines away by hand",
            service.name,
        );
        std::fs::write(&path, now).unwrap_or_else(|error| panic!("{path:?}: {error}"));
        return;
    }
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
        let _infallible = writeln!(text, "\n{MISSING}\n  {names}");
    }
    text
}

/// The operations that a text says are there.
fn operations(text: &str) -> Vec<&str> {
    let there = text.lines().take_while(|line| *line != MISSING);
    let named = there.filter_map(|line| line.strip_prefix("  ")?.split_once(": "));
    named.map(|(name, _)| name).collect()
}

/// The operations that were there, and are no more.
fn lost<'t>(before: &'t str, now: &str) -> Vec<&'t str> {
    let now = operations(now);
    let before = operations(before).into_iter();
    before.filter(|name| !now.contains(name)).collect()
}

/// `oam: 15 of 15 operations` for each model, with those that have no service yet.
fn summary() -> String {
    let mut text = String::new();
    let (mut there, mut all) = (0, 0);
    for name in Models::names() {
        let of_model = Models::service(name).map_or(0, |model| model.operation_names().count());
        let mut services = crate::SERVICES.iter();
        let service = services.find(|service| service.name == name);
        let rows = service.map_or(0, |service| service.rows.len());
        let _infallible = writeln!(text, "{name}: {rows} of {of_model} operations");
        there += rows;
        all += of_model;
    }
    let _infallible = writeln!(text, "all: {there} of {all} operations");
    text
}

/// How many operations each line says are there.
fn counts(summary: &str) -> BTreeMap<&str, usize> {
    let counted = |line: &'_ str| -> Option<usize> { line.split(' ').next()?.parse().ok() };
    let lines = summary.lines().filter_map(|line| line.split_once(": "));
    lines
        .filter_map(|(name, rest)| Some((name, counted(rest)?)))
        .collect()
}

/// The services that have fewer operations than before.
fn shrunk<'t>(before: &'t str, now: &str) -> Vec<&'t str> {
    let now = counts(now);
    let before = counts(before).into_iter();
    before
        .filter(|(name, count)| now.get(name).is_none_or(|now| now < count))
        .map(|(name, _)| name)
        .collect()
}

#[test]
fn the_summary_says_what_is_there() {
    let (path, now) = (file(SUMMARY), summary());
    let reviewed = std::fs::read_to_string(&path).unwrap_or_default();
    let shrunk = shrunk(&reviewed, &now);
    assert!(
        shrunk.is_empty(),
        "there are fewer operations than coverage/{SUMMARY} says of {shrunk:?}: give them back, or \
         lower the number by hand"
    );
    if std::env::var_os(WRITE).is_some() {
        std::fs::write(&path, now).unwrap_or_else(|error| panic!("{path:?}: {error}"));
        return;
    }
    assert_eq!(
        reviewed, now,
        "write coverage/{SUMMARY} anew with `cargo ci coverage`"
    );
}

#[test]
fn an_operation_that_stood_there_is_missed() {
    let before = format!(
        "oam: 2 of 3 operations\n\nwith these:\n  GetSink: oam:GetSink\n  ListSinks: oam:ListSinks; answered with 501: A\n\n{MISSING}\n  GetLink\n"
    );
    for (now, missed) in [
        (before.as_str(), vec![]),
        (
            "  GetSink: oam:GetSink\n  ListSinks: x\n  GetLink: y\n",
            vec![],
        ),
        ("  ListSinks: oam:ListSinks\n", vec!["GetSink"]),
        ("", vec!["GetSink", "ListSinks"]),
    ] {
        assert_eq!(lost(&before, now), missed, "{now}");
    }
    let before = "oam: 2 of 3 operations\nkms: 1 of 9 operations\n";
    for (now, missed) in [
        (before, vec![]),
        (
            "oam: 3 of 3 operations\nkms: 1 of 10 operations\nsts: 1 of 1 operations\n",
            vec![],
        ),
        (
            "oam: 1 of 3 operations\nkms: 1 of 9 operations\n",
            vec!["oam"],
        ),
        ("oam: 2 of 3 operations\n", vec!["kms"]),
    ] {
        assert_eq!(shrunk(before, now), missed, "{now}");
    }
}
