//! What the lab itself tells the journal; beside it, what each component does.

pub use authlab_aws::evidence as aws;
pub use authlab_gateway::evidence as gateway;
pub use authlab_http::evidence as http;
pub use authlab_kernel::evidence::Evidence;
pub use authlab_oidc::evidence as oidc;
pub use authlab_policy::evidence as policy;
pub use authlab_token::evidence as token;
pub use authlab_vault::evidence as vault;

use authlab_kernel::Timestamp;
use authlab_kernel::enforcement;
use authlab_kernel::fault::{Calls, Effect};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The clock was moved, or a component's own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Clock {
    /// On by so many seconds.
    Advanced {
        /// How many.
        advance_seconds: i64,
    },
    /// To a time.
    Set {
        /// Which.
        set: Timestamp,
    },
    /// A component's own clock was set apart from the lab's.
    Offset {
        /// Whose.
        component: String,
        /// By how much.
        offset_seconds: i64,
    },
}

impl Evidence for Clock {
    const KIND: &'static str = "clock";
}

/// What a refusal for want of a permission means was changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Enforcement {
    /// What it means from then on.
    pub enforcement: enforcement::Enforcement,
}

impl Evidence for Enforcement {
    const KIND: &'static str = "enforcement";
}

/// A link was broken, or all were mended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Fault {
    /// Broken so.
    Added {
        /// Who calls; absent for everybody.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        from: Option<String>,
        /// Whom; absent for everybody.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        to_host: Option<String>,
        /// Which path; absent for every one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        path: Option<String>,
        /// Which calls.
        calls: Calls,
        /// What happens.
        effect: Effect,
    },
    /// Mended, so many.
    Mended {
        /// How many.
        mended: usize,
    },
}

impl Evidence for Fault {
    const KIND: &'static str = "fault";
}

/// A line of the audit log of a Vault in a container, of which all that may be a secret is left out. What
/// the line does not have is null.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Audit {
    /// `request` or `response`.
    pub r#type: Option<String>,
    /// The error's text.
    pub error: Option<String>,
    /// The caller.
    pub auth: AuditCaller,
    /// What was asked for.
    pub request: AuditRequest,
    /// What was answered.
    pub response: AuditResponse,
}

impl Evidence for Audit {
    const KIND: &'static str = "audit";
}

/// The caller, as an audit log names it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditCaller {
    /// The policies of its token.
    pub policies: Option<Vec<String>>,
    /// Its name.
    pub display_name: Option<String>,
}

/// What was asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditRequest {
    /// `read`, `update`, ...
    pub operation: Option<String>,
    /// The path below `/v1/`.
    pub path: Option<String>,
}

/// What was answered.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AuditResponse {
    /// `{"error":""}` of a refusal, else null.
    #[serde(default)]
    pub data: Value,
}

impl AuditResponse {
    /// Whether an engine or a method refused in the answer: an error is all that it holds.
    pub fn is_refusal(&self) -> bool {
        let data = self.data.as_object();
        data.is_some_and(|data| data.keys().eq(["error"]))
    }
}

#[cfg(test)]
mod tests {
    use authlab_kernel::{Component, EventDraft, Journal};
    use serde_json::json;

    use super::*;

    fn stands<E: Evidence + PartialEq + std::fmt::Debug>(evidence: &E, line: &str) {
        let clock = authlab_kernel::Clock::standing("2026-01-15T12:00:00Z".parse().unwrap());
        let journal = Journal::new(clock);
        journal.record(EventDraft::of(Component::Lab, evidence));
        let event = journal.events_since(0).remove(0);
        assert_eq!(event.detail.to_string(), line);
        assert_eq!(event.read::<E>().as_ref(), Some(evidence), "{line}");
    }

    #[test]
    fn what_is_written_is_read_back() {
        stands(
            &Clock::Advanced { advance_seconds: 5 },
            r#"{"advance_seconds":5}"#,
        );
        stands(
            &Clock::Set {
                set: Timestamp::UNIX_EPOCH,
            },
            r#"{"set":"1970-01-01T00:00:00Z"}"#,
        );
        stands(
            &Clock::Offset {
                component: "vault".to_owned(),
                offset_seconds: -3,
            },
            r#"{"component":"vault","offset_seconds":-3}"#,
        );
        let enforcement = enforcement::Enforcement::Audit;
        stands(&Enforcement { enforcement }, r#"{"enforcement":"audit"}"#);
        let added = |from, path| Fault::Added {
            from,
            to_host: Some("login.corp.example".to_owned()),
            path,
            calls: Calls::First(2),
            effect: Effect::Status(503),
        };
        stands(
            &added(None, None),
            r#"{"to_host":"login.corp.example","calls":{"first":2},"effect":{"status":503}}"#,
        );
        stands(
            &added(Some("vault".to_owned()), Some("/jwks".to_owned())),
            r#"{"from":"vault","to_host":"login.corp.example","path":"/jwks","calls":{"first":2},"effect":{"status":503}}"#,
        );
        stands(&Fault::Mended { mended: 2 }, r#"{"mended":2}"#);
        let audit = Audit {
            r#type: Some("response".to_owned()),
            error: None,
            auth: AuditCaller {
                policies: Some(vec!["root".to_owned()]),
                display_name: None,
            },
            request: AuditRequest {
                operation: Some("read".to_owned()),
                path: Some("secret/data/a".to_owned()),
            },
            response: AuditResponse {
                data: json!({"error": ""}),
            },
        };
        stands(
            &audit,
            r#"{"type":"response","error":null,"auth":{"policies":["root"],"display_name":null},"request":{"operation":"read","path":"secret/data/a"},"response":{"data":{"error":""}}}"#,
        );
    }
}
