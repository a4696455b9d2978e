//! The audit log of a Vault in a container, followed into the journal.
//!
//! The server writes to its standard output. Its engine hands that on a little later, so the lab asks
//! for something that nobody else asks for, and reads until that line.

use std::sync::atomic::{AtomicU64, Ordering};

use authlab_kernel::{Component, EventDraft, Journal};
use authlab_vault::VaultRelay;
use serde_json::{Value, json};
use tokio::sync::Mutex;

use super::place::Places;
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

/// A line of the audit log, if it is one and of this namespace. What in it may be a secret is a keyed
/// digest already; the tokens' digests are left out all the same.
fn entry(line: &str, namespace: &str) -> Option<Audit> {
    let entry: Value = serde_json::from_str(line).ok()?;
    let text = |pointer: &str| Some(entry.pointer(pointer)?.as_str()?.to_owned());
    let path = text("/request/namespace/path");
    if path.unwrap_or_default().trim_end_matches('/') != namespace {
        return None;
    }
    let refused = entry
        .pointer("/response/data")
        .and_then(Value::as_object)
        .is_some_and(|data| data.len() == 1 && data.contains_key("error"));
    let policies = entry.pointer("/auth/policies").cloned();
    Some(Audit {
        r#type: text("/type"),
        error: text("/error"),
        auth: AuditCaller {
            policies: policies.and_then(|policies| serde_json::from_value(policies).ok()),
            display_name: text("/auth/display_name"),
        },
        request: AuditRequest {
            operation: text("/request/operation"),
            path: text("/request/path"),
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
