//! What a request leaves in the journal: `request`, `authentication`, `decision` for each check,
//! and `answer`, each caused by the one before it. No secret is among the evidence.

use std::collections::BTreeMap;
use std::sync::Arc;

use authlab_kernel::journal::Sequence;
use authlab_kernel::{AccountId, Component, EventDraft, Journal, redaction};
use authlab_wire::{Value, WireError};

use super::authentication::AuthenticationFailure;
use super::ruling::Ruled;
use crate::evidence::{Answer, Authentication, Fault, Notice, Signature, error_code};
use crate::operation::{Call, Caller};

/// Whether a text of the input is short and names something: a document may hold whatever its author put
/// into it, and stays out.
fn is_name(text: &str) -> bool {
    let is_of_document = |character: char| {
        character.is_whitespace() || character.is_control() || "{}[]\"'".contains(character)
    };
    text.len() <= ASKED_BYTES_MAX && !text.contains(is_of_document)
}

/// The events of one request.
pub struct Trail {
    journal: Journal,
    request_id: Arc<str>,
    trace_id: Option<Arc<str>>,
    account: Option<AccountId>,
    last: Option<Sequence>,
    /// Texts of the input that the service's model calls sensitive: no answer's text shows them here.
    hidden: Vec<String>,
    /// The short members of the input, for a refusal.
    asked: BTreeMap<String, String>,
    /// The Region of the call.
    region: Option<String>,
    /// What the call does that it may not be meant to do.
    notices: Vec<Notice>,
}

/// The longest value of an input that a refusal shows, in bytes: names and ARNs, no documents (an ARN
/// has 2048 at most, and those of the services here far less).
const ASKED_BYTES_MAX: usize = 256;

/// How many members of an input a refusal shows.
const ASKED_MAX: usize = 16;

/// The longest text of a fault, in bytes.
const FAULT_BYTES_MAX: usize = 1024;

impl Trail {
    /// The trail of a request that was caused by `cause`.
    pub fn new(
        journal: Journal,
        request_id: Arc<str>,
        trace_id: Option<Arc<str>>,
        cause: Option<Sequence>,
    ) -> Self {
        Self {
            journal,
            request_id,
            trace_id,
            account: None,
            last: cause,
            hidden: Vec::new(),
            asked: BTreeMap::new(),
            region: None,
            notices: Vec::new(),
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
            asked: BTreeMap::new(),
            region: None,
            notices: Vec::new(),
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

    /// What a refusal shows of the input: its short members. Lists and structures are left out.
    pub fn ask(&mut self, input: &Value) {
        let Value::Map(members) = input else {
            return;
        };
        let short = members.iter().filter_map(|(name, value)| {
            let text = match value {
                Value::Text(text) if is_name(text) => text.clone(),
                Value::Integer(number) => number.to_string(),
                Value::Bool(is_so) => is_so.to_string(),
                _ => return None,
            };
            Some((name.clone(), self.without_hidden(&text)))
        });
        self.asked = short.take(ASKED_MAX).collect();
    }

    /// The Region of the call, once that is known.
    pub fn set_region(&mut self, region: &str) {
        self.region = Some(region.to_owned());
    }

    /// What the call does that it may not be meant to do.
    pub fn notice(&mut self, notices: Vec<Notice>) {
        self.notices.extend(notices);
    }

    fn without_hidden(&self, text: &str) -> String {
        let hidden = self.hidden.iter().filter(|hidden| !hidden.is_empty());
        hidden.fold(text.to_owned(), |text, hidden| {
            text.replace(hidden.as_str(), redaction::HIDDEN)
        })
    }

    /// The fault of an error, as the journal has it.
    fn fault(&self, facts: &serde_json::Value) -> Option<Fault> {
        let mut facts = facts.clone();
        let members = facts.as_object_mut()?;
        for value in members.values_mut() {
            self.shorten(value);
        }
        serde_json::from_value(facts).ok()
    }

    fn shorten(&self, value: &mut serde_json::Value) {
        match value {
            serde_json::Value::String(text) => {
                let mut short = self.without_hidden(text);
                short.truncate(short.floor_char_boundary(FAULT_BYTES_MAX));
                *text = short;
            }
            serde_json::Value::Array(values) => {
                values.truncate(ASKED_MAX);
                values.iter_mut().for_each(|value| self.shorten(value));
            }
            _ => {}
        }
    }

    /// The last event of the trail: the cause of what follows.
    pub fn last(&self) -> Sequence {
        self.last.unwrap_or(0)
    }

    /// The trace, if there is one.
    pub fn trace_id(&self) -> Option<&Arc<str>> {
        self.trace_id.as_ref()
    }

    /// The id of the request.
    pub fn request_id(&self) -> &Arc<str> {
        &self.request_id
    }

    /// Puts an event at the end of the trail.
    pub fn record(&mut self, draft: EventDraft) -> Sequence {
        let mut draft = draft
            .request_id(Arc::clone(&self.request_id))
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
            notices: std::mem::take(&mut self.notices),
            ..Answer::default()
        };
        self.record(EventDraft::of(Component::Aws, &answer).allowed());
    }

    /// The request was answered with an error.
    pub fn answered_with(&mut self, error: &WireError) {
        let own = error.cause.reason().map(str::to_owned);
        let reason = own.unwrap_or_else(|| error_code(&error.code));
        let message = self.without_hidden(&error.message);
        let answer = Answer {
            status: error.status,
            code: Some(error.code.clone()),
            message: Some(message),
            evidence: error.cause.evidence().map(str::to_owned),
            fault: error.cause.facts().and_then(|facts| self.fault(facts)),
            asked: std::mem::take(&mut self.asked),
            region: self.region.clone(),
            notices: Vec::new(),
        };
        let draft = EventDraft::of(Component::Aws, &answer);
        self.record(if error.status >= 500 {
            draft.failed(reason)
        } else {
            draft.refused(reason)
        });
    }
}
