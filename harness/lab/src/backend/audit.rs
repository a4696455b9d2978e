//! The audit log of a Vault in a container, followed into the journal.
//!
//! The server writes to its standard output. Its engine hands that on a little later, so the lab asks
//! for something that nobody else asks for, and reads until that line.

use std::sync::atomic::{AtomicU64, Ordering};

use authlab_kernel::{Component, EventDraft, Journal};
use authlab_vault::VaultRelay;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use tokio::sync::Mutex;

use super::places::Places;
use crate::evidence::{Audit, AuditCaller, AuditRequest, AuditResponse};

/// How far the log was read.
#[derive(Debug, Default)]
pub(crate) struct AuditTail {
    read_count: Mutex<usize>,
    mark_count: AtomicU64,
}

impl AuditTail {
    /// Journals the lines of the lab's own namespace that came since the last time, each as an event
    /// `audit` of Vault whose detail is the line.
    ///
    /// # Errors
    /// The words for why the log cannot be read.
    pub(crate) async fn follow(
        &self,
        journal: &Journal,
        relay: &VaultRelay,
        places: &Places,
    ) -> Result<(), String> {
        let Some(container) = places.vault_container() else {
            return Ok(());
        };
        let mut read_count = self.read_count.lock().await;
        let mark = self.mark_count.fetch_add(1, Ordering::Relaxed);
        let mark = format!("{}-{mark}", container.scenario());
        let mark = relay.mark_audit(&mark).await;
        let mark = mark.map_err(|error| error.to_string())?;
        let lines = container.output_until(&mark).await;
        let lines = lines.map_err(|error| error.to_string())?;
        let namespace = relay.namespace().unwrap_or_default();
        for line in lines.iter().skip(*read_count) {
            if let Some(entry) = entry(line, &namespace) {
                journal.record(EventDraft::of(Component::Vault, &entry));
            }
        }
        *read_count = lines.len();
        Ok(())
    }

    /// Begins with the whole log again: lines of another namespace are left out anyway.
    /// Waits while the log is followed, so that the count of that reading is not left behind.
    pub(crate) async fn restart(&self) {
        *self.read_count.lock().await = 0;
    }
}

/// What is read of a line of the audit log.
#[derive(Deserialize)]
struct Line {
    r#type: Option<String>,
    error: Option<String>,
    auth: Option<AuditCaller>,
    request: Option<Asked>,
    response: Option<Answered>,
}

#[derive(Default, Deserialize)]
struct Asked {
    operation: Option<String>,
    path: Option<String>,
    namespace: Option<Namespace>,
}

#[derive(Deserialize)]
struct Namespace {
    path: Option<String>,
}

#[derive(Deserialize)]
struct Answered {
    data: Option<Map<String, Value>>,
}

impl Answered {
    /// Whether its data is an error and nothing else.
    fn is_refusal(&self) -> bool {
        let data = self.data.as_ref();
        data.is_some_and(|data| data.keys().eq(["error"]))
    }
}

/// A line of the audit log, if it is one and of this namespace. What in it may be a secret is a keyed
/// digest already; the tokens' digests are left out all the same.
fn entry(line: &str, namespace: &str) -> Option<Audit> {
    let line: Line = serde_json::from_str(line).ok()?;
    let request = line.request.unwrap_or_default();
    let path = request.namespace.and_then(|namespace| namespace.path);
    if path.unwrap_or_default().trim_end_matches('/') != namespace {
        return None;
    }
    let refused = line.response.is_some_and(|response| response.is_refusal());
    Some(Audit {
        r#type: line.r#type,
        error: line.error,
        auth: line.auth.unwrap_or(AuditCaller {
            policies: None,
            display_name: None,
        }),
        request: AuditRequest {
            operation: request.operation,
            path: request.path,
        },
        response: AuditResponse {
            data: if refused {
                json!({ "error": "" })
            } else {
                Value::Null
            },
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_restart_waits_for_whoever_reads_and_is_not_lost() {
        let tail = AuditTail::default();
        let mut reading = tail.read_count.lock().await;
        let mut restart = std::pin::pin!(tail.restart());
        assert!(futures_util::poll!(restart.as_mut()).is_pending());
        *reading = 7;
        drop(reading);
        restart.await;
        assert_eq!(*tail.read_count.lock().await, 0);
    }

    #[test]
    fn a_line_counts_in_its_own_namespace_and_loses_its_digests() {
        let line = r#"{"type":"response","error":"1 error","auth":{"client_token":"hmac-sha256:aa","policies":["root"]},"request":{"operation":"read","path":"secret/data/a","client_token":"hmac-sha256:bb","namespace":{"id":"x","path":"s1-lab/"}}}"#;
        let entry = entry(line, "s1-lab").unwrap();
        assert_eq!(entry.request.path.as_deref(), Some("secret/data/a"));
        assert_eq!(
            entry.auth.policies.as_deref(),
            Some(&["root".to_owned()][..])
        );
        assert!(!format!("{entry:?}").contains("hmac-sha256"), "{entry:?}");
        assert_eq!(super::entry(line, "s2-lab"), None);
        assert_eq!(
            super::entry("2026-01-15 [INFO] core: started", "s1-lab"),
            None
        );
    }
}
