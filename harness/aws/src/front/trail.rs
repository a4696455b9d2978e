//! What a request leaves in the journal: `request`, `authentication`, `decision` for each check,
//! and `answer`, each caused by the one before it. No secret is among the evidence.

use authlab_kernel::journal::Sequence;
use authlab_kernel::{AccountId, Component, EventDraft, Journal, redaction};
use authlab_wire::WireError;

use super::authentication::AuthenticationFailure;
use super::ruling::Ruled;
use crate::evidence::{Answer, Authentication, Reason, Signature, error_code};
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
        let proven = Authentication {
            principal: Some(caller.arn.clone()),
            access_key_id: Some(caller.access_key_id.clone()),
            code: None,
            message: None,
            signature: Signature::default(),
        };
        self.record(EventDraft::of(Component::Aws, &proven).allowed());
    }

    /// They did not.
    pub fn not_authenticated(&mut self, failure: &AuthenticationFailure) {
        let failed = Authentication {
            principal: None,
            access_key_id: failure.access_key_id.clone(),
            code: Some(failure.code.to_owned()),
            message: Some(failure.message.clone()),
            signature: failure.signature.clone(),
        };
        self.record(EventDraft::of(Component::Aws, &failed).refused(failure.reason));
    }

    /// Checks were decided. A refusal that goes through because the lab only watches says so.
    pub fn ruled(&mut self, ruled: &Ruled) {
        for judged in ruled.judged() {
            let denial = judged.denial();
            let goes_through = ruled.is_let_through() && denial.is_some();
            let decision = judged.evidence().let_through(goes_through);
            let draft = EventDraft::of(Component::Aws, &decision);
            self.record(match denial {
                None => draft.allowed(),
                Some(denial) => draft.refused(denial),
            });
        }
    }

    /// The request was answered with a success.
    pub fn answered(&mut self, status: u16) {
        let answer = Answer {
            status,
            code: None,
            message: None,
            evidence: None,
        };
        let draft = EventDraft::of(Component::Aws, &answer);
        self.record(if status < 400 {
            draft.allowed()
        } else {
            draft.failed(Reason::AnsweredWithError)
        });
    }

    /// The request was answered with an error.
    pub fn answered_with(&mut self, error: &WireError) {
        let own = error.cause.reason().map(str::to_owned);
        let reason = own.unwrap_or_else(|| error_code(&error.code));
        let message = self
            .hidden
            .iter()
            .fold(error.message.clone(), |message, hidden| {
                message.replace(hidden, redaction::HIDDEN)
            });
        let answer = Answer {
            status: error.status,
            code: Some(error.code.clone()),
            message: Some(message),
            evidence: error.cause.evidence().map(str::to_owned),
        };
        let draft = EventDraft::of(Component::Aws, &answer);
        self.record(if error.status >= 500 {
            draft.failed(reason)
        } else {
            draft.refused(reason)
        });
    }
}
