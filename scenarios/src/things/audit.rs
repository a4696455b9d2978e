//! Vault's audit log, a line a request and one an answer.

use std::{
    fs,
    path::{Path, PathBuf},
};

use authlab::Event;
use authlab::evidence::{Audit, AuditCaller, AuditRequest, AuditResponse};
use serde::Deserialize;
use serde_json::Value;

use super::{Kind, Reading, Section, Thing};
use crate::{
    client::Clients,
    error::{StepError, StepResult},
};

/// Where Vault's audit log is.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum AuditLog {
    /// In a file of the scenario's own.
    File(PathBuf),
    /// In the lab's journal, into which it is followed.
    Journal,
}

impl AuditLog {
    /// The one name that there is.
    pub const NAME: &str = "audit";

    /// What Vault audited since it audits for this scenario.
    ///
    /// # Errors
    /// When the log cannot be read.
    pub async fn lines(&self, clients: &Clients) -> StepResult<Vec<AuditLine>> {
        match self {
            Self::File(file) => of_file(file),
            Self::Journal => Ok(of_journal(&clients.journal().await?)),
        }
    }
}

impl Thing for AuditLog {
    fn kind() -> Kind {
        Kind::shown("audit log of Vault", 120)
    }

    fn name(&self) -> &str {
        Self::NAME
    }

    fn section<'a>(&'a self, clients: &'a Clients) -> Reading<'a> {
        Box::pin(async {
            let lines = render(&self.lines(clients).await?);
            Ok(Some(Section::new("Vault's audit log", lines)))
        })
    }
}

/// One request as Vault's audit log shows it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct AuditLine {
    /// `request` or `response`.
    pub kind: String,
    /// `read`, `update`, ...
    pub operation: String,
    /// The path, without `v1/`.
    pub path: String,
    /// Whether Vault's root token asked, as it does for what a scenario prepares.
    pub by_root: bool,
    /// What went wrong, in Vault's words.
    pub error: Option<String>,
}

/// Reads an audit file.
///
/// # Errors
/// When it cannot be read, or a line is no JSON.
fn of_file(file: &Path) -> StepResult<Vec<AuditLine>> {
    let text = fs::read_to_string(file)
        .map_err(|error| StepError::new(format!("Vault's audit file cannot be read: {error}")))?;
    text.lines()
        .filter(|line| !line.trim().is_empty())
        .map(line)
        .collect()
}

/// The lines that the lab followed into its journal, as it does where Vault is a container.
fn of_journal(events: &[Event]) -> Vec<AuditLine> {
    let followed = events.iter().filter_map(Event::read::<Audit>);
    followed.map(AuditLine::of).collect()
}

fn line(text: &str) -> StepResult<AuditLine> {
    let entry: Entry = serde_json::from_str(text).map_err(|error| {
        StepError::new(format!(
            "a line of Vault's audit log cannot be read: {error}"
        ))
    })?;
    Ok(AuditLine::of(entry.into()))
}

/// A line as Vault writes it, as far as it is shown.
#[derive(Deserialize)]
struct Entry {
    r#type: Option<String>,
    error: Option<String>,
    #[serde(default)]
    auth: Option<AuditCaller>,
    #[serde(default)]
    request: Option<AuditRequest>,
    #[serde(default)]
    response: Option<EntryResponse>,
}

/// What Vault answered; of what it did not answer with data there is none.
#[derive(Default, Deserialize)]
struct EntryResponse {
    #[serde(default)]
    data: Value,
}

impl From<Entry> for Audit {
    fn from(entry: Entry) -> Self {
        Self {
            r#type: entry.r#type,
            error: entry.error,
            auth: entry.auth.unwrap_or(AuditCaller {
                policies: None,
                display_name: None,
            }),
            request: entry.request.unwrap_or(AuditRequest {
                operation: None,
                path: None,
            }),
            response: AuditResponse {
                data: entry.response.unwrap_or_default().data,
            },
        }
    }
}

impl AuditLine {
    fn of(entry: Audit) -> Self {
        let policies = entry.auth.policies.unwrap_or_default();
        let error = entry.error.map(|error| error_messages(&error));
        // What an engine or a method refuses stands in the answer, as a keyed digest.
        let refused = entry.response.is_refusal();
        let error = error.or(refused.then(|| "refused in the answer".to_owned()));
        Self {
            kind: entry.r#type.unwrap_or_default(),
            operation: entry.request.operation.unwrap_or_default(),
            path: entry.request.path.unwrap_or_default(),
            by_root: policies.iter().any(|policy| policy == "root"),
            error: error.filter(|error| !error.is_empty()),
        }
    }
}

/// The messages of an error alone, separated by `; `: Vault counts several in a first line, and
/// lists them below.
#[must_use]
pub fn error_messages(error: &str) -> String {
    let listed: Vec<_> = error
        .lines()
        .filter_map(|line| line.trim().strip_prefix("* "))
        .collect();
    if listed.is_empty() {
        error.trim().to_owned()
    } else {
        listed.join("; ")
    }
}

/// The log for the document: what Vault was asked and answered, in order, on one line where the answer
/// follows. What the scenario prepared
/// with the root token is left out: how much of that is audited depends on when auditing began.
fn render(lines: &[AuditLine]) -> String {
    let of_scenario = |line: &&AuditLine| !line.by_root && !line.path.starts_with("sys/audit/");
    let mut lines = lines.iter().filter(of_scenario).peekable();
    let mut text = String::new();
    while let Some(line) = lines.next() {
        let outcome = |line: &AuditLine| line.error.clone().unwrap_or_else(|| "ok".to_owned());
        let asked = outcome(line);
        let answers = |answer: &&AuditLine| {
            let is_same = (&answer.operation, &answer.path) == (&line.operation, &line.path);
            line.kind == "request" && answer.kind == "response" && is_same
        };
        let answered = lines.next_if(answers).map(outcome);
        let outcome = match (line.kind.as_str(), answered) {
            ("request", Some(answered)) if answered == asked => asked,
            ("request", Some(answered)) => format!("{asked}, {answered}"),
            ("request", None) => format!("{asked}, not answered"),
            (kind, _) => format!("{kind} {asked}"),
        };
        text.push_str(&format!("{:<6} {}: {outcome}\n", line.operation, line.path));
    }
    text
}
