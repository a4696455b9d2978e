//! What a request leaves in the journal: `request`, `authentication`, `decision` for each check,
//! and `answer`, each caused by the one before it. No secret is among the evidence.

use authlab_kernel::journal::Sequence;
use authlab_kernel::{AccountId, Component, EventDraft, Journal, redaction};
use authlab_policy::{DecidedBy, Decision};
use authlab_wire::WireError;
use serde_json::{Value, json};

use super::authentication::AuthenticationFailure;
use super::authorization::Judged;
use crate::operation::{Call, Caller};

/// The events of one request.
pub struct Trail {
    journal: Journal,
    request_id: String,
    trace_id: Option<String>,
    account: Option<AccountId>,
    last: Option<Sequence>,
    /// Texts of the input that the service's model calls sensitive: no answer's text shows them here.
    hidden: Vec<String>,
}

impl Trail {
    /// The trail of a request that was caused by `cause`.
    pub fn new(
        journal: Journal,
        request_id: String,
        trace_id: Option<String>,
        cause: Option<Sequence>,
    ) -> Self {
        Self {
            journal,
            request_id,
            trace_id,
            account: None,
            last: cause,
            hidden: Vec::new(),
        }
    }

    /// The trail of a call under way, for a handler that decides by itself.
    pub fn of_call(journal: &Journal, call: &Call) -> Self {
        Self {
            journal: journal.clone(),
            request_id: call.request_id.clone(),
            trace_id: call.trace_id.clone(),
            account: Some(call.account().clone()),
            last: Some(call.cause),
            hidden: Vec::new(),
        }
    }

    /// Where the request happens, once that is known.
    pub fn set_account(&mut self, account: AccountId) {
        self.account = Some(account);
    }

    /// What texts of answers must not show, once the input is read.
    pub fn hide(&mut self, texts: Vec<String>) {
        self.hidden = texts;
    }

    /// The last event of the trail: the cause of what follows.
    pub fn last(&self) -> Sequence {
        self.last.unwrap_or(0)
    }

    /// The trace, if there is one.
    pub fn trace_id(&self) -> Option<&str> {
        self.trace_id.as_deref()
    }

    /// The id of the request.
    pub fn request_id(&self) -> &str {
        &self.request_id
    }

    /// Puts an event at the end of the trail.
    pub fn record(&mut self, draft: EventDraft) -> Sequence {
        let mut draft = draft
            .request_id(self.request_id.as_str())
            .trace_id(self.trace_id.clone())
            .cause(self.last);
        if let Some(account) = &self.account {
            draft = draft.account(account.as_str());
        }
        let seq = self.journal.record(draft);
        self.last = Some(seq);
        seq
    }

    /// The caller proved who they are.
    pub fn authenticated(&mut self, caller: &Caller) {
        let detail = json!({"principal": caller.arn, "access_key_id": caller.access_key_id});
        self.record(
            EventDraft::new(Component::Aws, "authentication")
                .allowed()
                .detail(detail),
        );
    }

    /// They did not.
    pub fn not_authenticated(&mut self, failure: &AuthenticationFailure) {
        let mut detail = json!({
            "access_key_id": failure.access_key_id,
            "code": failure.code,
            "message": failure.message,
        });
        if let (Value::Object(detail), Value::Object(evidence)) = (&mut detail, &failure.evidence) {
            detail.extend(evidence.clone());
        }
        let draft = EventDraft::new(Component::Aws, "authentication");
        self.record(draft.refused(failure.reason).detail(detail));
    }

    /// A check was decided.
    pub fn decided(&mut self, judged: &Judged) {
        let draft = EventDraft::new(Component::Aws, "decision").detail(decision_detail(judged));
        let draft = match reason(&judged.decision) {
            None => draft.allowed(),
            Some(reason) => draft.refused(reason),
        };
        self.record(draft);
    }

    /// The request was answered with a success.
    pub fn answered(&mut self, status: u16) {
        let draft = EventDraft::new(Component::Aws, "answer").detail(json!({"status": status}));
        self.record(if status < 400 {
            draft.allowed()
        } else {
            draft.failed("answer")
        });
    }

    /// The request was answered with an error.
    pub fn answered_with(&mut self, error: &WireError) {
        let reason = super::answer::reason(error).map_or_else(|| kebab(&error.code), str::to_owned);
        let message = self
            .hidden
            .iter()
            .fold(error.message.clone(), |message, hidden| {
                message.replace(hidden, redaction::HIDDEN)
            });
        let mut detail = json!({"status": error.status, "code": error.code, "message": message});
        if let Some(evidence) = super::answer::evidence(error) {
            detail["evidence"] = evidence.into();
        }
        let draft = EventDraft::new(Component::Aws, "answer").detail(detail);
        self.record(if error.status >= 500 {
            draft.failed(reason)
        } else {
            draft.refused(reason)
        });
    }
}

/// What the journal shows of a decision.
pub fn decision_detail(judged: &Judged) -> Value {
    let (request, decision) = (&judged.request, &judged.decision);
    json!({
        "action": request.action,
        "resource": request.resource,
        "principal": request.principal.label(),
        "decision": decision.outcome,
        "decided_by": decided_by(&decision.decided_by),
        "missing_keys": decision.missing_keys,
        "near_misses": judged.near_misses,
        "explanation": decision.explain(),
    })
}

/// `identity-explicit-deny`, `scp-implicit-deny`; `None` when the check allows.
pub fn reason(decision: &Decision) -> Option<String> {
    let layer = decision
        .layer()
        .map_or("identity", authlab_policy::Layer::as_str);
    match decision.outcome {
        authlab_policy::Outcome::Allow => None,
        authlab_policy::Outcome::ExplicitDeny => Some(format!("{layer}-explicit-deny")),
        authlab_policy::Outcome::ImplicitDeny => Some(format!("{layer}-implicit-deny")),
    }
}

fn decided_by(decided_by: &DecidedBy) -> Value {
    match decided_by {
        DecidedBy::Statement(statement) => json!({
            "layer": statement.layer,
            "policy": statement.policy_name,
            "statement": statement.statement_index,
            "sid": statement.sid,
            "level": statement.level_index,
            "principal_form": statement.principal_form,
        }),
        DecidedBy::Missing { layer, level_index } => json!({"layer": layer, "level": level_index}),
        DecidedBy::RootUserDefault => json!({"layer": "identity", "policy": "root user"}),
        DecidedBy::AlwaysAllowed => json!({"rule": "always allowed"}),
        DecidedBy::Open => json!({"rule": "open"}),
    }
}

/// `NoSuchEntity` as `no-such-entity`.
pub fn kebab(code: &str) -> String {
    let mut kebab = String::with_capacity(code.len() + 4);
    let mut previous_is_lower = false;
    for character in code.chars() {
        if character.is_ascii_uppercase() && previous_is_lower {
            kebab.push('-');
        }
        previous_is_lower = character.is_ascii_lowercase() || character.is_ascii_digit();
        kebab.push(character.to_ascii_lowercase());
    }
    kebab
}
