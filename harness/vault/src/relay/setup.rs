//! What a scenario finds in a foreign server: the same as in the embedded one after its start.

use std::time::Duration;

use authlab_kernel::Outbound;
use http::Method;
use serde_json::{Map, Value, json};
use thiserror::Error;

use super::{RelayConfig, VaultRelay};
use crate::vault::MountConfig;

/// The audit device of the lab on a server that logs to its standard output.
const AUDIT_PATH: &str = "authlab";
/// How often the key/value engine is asked whether it is ready: it turns to version 2 by itself,
/// shortly after it was mounted, and answers 400 until then.
const READY_TRIES_MAX: usize = 500;
/// How long to wait between two of these questions.
const READY_PAUSE: Duration = Duration::from_millis(20);

/// Why a foreign server is not what a lab needs.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum RelayError {
    /// The server refused a step of the preparation, or did not answer.
    #[error("the Vault at `{url}` refused `{path}`: {reason}")]
    Setup {
        /// The server.
        url: String,
        /// The path.
        path: String,
        /// Its words, or why there was no answer.
        reason: String,
    },
}

impl VaultRelay {
    /// Makes the namespace of the relay with the key/value engine, version 2, at `secret/` and these
    /// mounts.
    ///
    /// # Errors
    /// [`RelayError`] names the step that the server refused.
    pub async fn prepare(&self, mounts: &[MountConfig]) -> Result<(), RelayError> {
        if let Some(namespace) = self.namespace() {
            let path = format!("sys/namespaces/{namespace}");
            self.outside(Method::POST, &path, Some(&json!({}))).await?;
            let options = json!({ "type": "kv", "options": { "version": "2" } });
            self.write("sys/mounts/secret", &options).await?;
        }
        for mount in mounts {
            let options: Map<String, Value> = mount
                .options
                .iter()
                .map(|(name, value)| (name.clone(), json!(value)))
                .collect();
            let path = mount.path.trim_matches('/');
            let place = match path.strip_prefix("auth/") {
                Some(path) => format!("sys/auth/{path}"),
                None => format!("sys/mounts/{path}"),
            };
            let body = json!({ "type": mount.kind, "options": options });
            self.write(&place, &body).await?;
        }
        self.until_ready("secret").await
    }

    /// Lets the server write its audit log to its standard output: of a container the lab reads it
    /// from there. That it does so already is as well.
    ///
    /// # Errors
    /// [`RelayError`].
    pub async fn audit_to_output(&self) -> Result<(), RelayError> {
        let path = format!("sys/audit/{AUDIT_PATH}");
        let body = json!({ "type": "file", "options": { "file_path": "stdout" } });
        match self.outside(Method::POST, &path, Some(&body)).await {
            Err(RelayError::Setup { reason, .. }) if reason.contains("already in use") => Ok(()),
            other => other.map(|_| ()),
        }
    }

    /// Asks for something that no scenario asks for, so that its line ends what was audited before,
    /// and returns the text by which the line is known. `mark` tells one from another.
    ///
    /// # Errors
    /// [`RelayError`].
    pub async fn mark_audit(&self, mark: &str) -> Result<String, RelayError> {
        let path = format!("sys/policies/acl/audit-mark-{mark}");
        match self.outside(Method::DELETE, &path, None).await {
            Ok(_) => Ok(format!("audit-mark-{mark}")),
            Err(error) => Err(error),
        }
    }

    async fn until_ready(&self, mount: &str) -> Result<(), RelayError> {
        let path = format!("{mount}/config");
        for _ in 0..READY_TRIES_MAX {
            let answer = self.ask(Method::GET, &path, None, (None, "")).await;
            match answer {
                Some((200, _)) => return Ok(()),
                Some(_) => {}
                None => return Err(self.refused(&path, "no answer")),
            }
            // A foreign server lives by the machine's time, and says nothing when it gets ready.
            let never = std::future::pending::<()>();
            let _elapsed = tokio::time::timeout(READY_PAUSE, never).await;
        }
        Err(self.refused(&path, "the key/value engine does not get ready"))
    }

    async fn write(&self, path: &str, body: &Value) -> Result<(), RelayError> {
        let answer = self.ask(Method::POST, path, Some(body), (None, "")).await;
        self.expect_success(path, answer)
    }

    /// Asks outside the namespace of the relay.
    async fn outside(
        &self,
        method: Method,
        path: &str,
        body: Option<&Value>,
    ) -> Result<(), RelayError> {
        let config = RelayConfig {
            namespace: None,
            ..self.config.read().clone()
        };
        let outbound: std::sync::Arc<dyn Outbound> = self.outbound.clone();
        let root = VaultRelay::new(
            config,
            self.clock.clone(),
            self.ids.clone(),
            self.journal.clone(),
            outbound,
        );
        let answer = root.ask(method, path, body, (None, "")).await;
        self.expect_success(path, answer)
    }

    fn expect_success(&self, path: &str, answer: Option<(u16, Value)>) -> Result<(), RelayError> {
        match answer {
            Some((200..=299, _)) => Ok(()),
            Some((status, body)) => {
                let errors = body.get("errors").map(Value::to_string).unwrap_or_default();
                Err(self.refused(path, &format!("{status} {errors}")))
            }
            None => Err(self.refused(path, "no answer")),
        }
    }

    fn refused(&self, path: &str, reason: &str) -> RelayError {
        RelayError::Setup {
            url: self.config.read().base_url.clone(),
            path: path.to_owned(),
            reason: reason.to_owned(),
        }
    }
}
