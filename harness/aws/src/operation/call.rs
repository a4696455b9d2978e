//! One call: who calls, from where and when, and what it is answered.

use std::collections::BTreeMap;
use std::sync::Arc;

use authlab_kernel::journal::Sequence;
use authlab_kernel::{AccountId, Ids, Scope, Timestamp};
use authlab_policy::{Policy, Principal};
use authlab_wire::{Protocol, Value, WireError, to_value};
use serde::Serialize;

use super::effect::Effect;
use crate::evidence::Notice;

/// One authenticated call.
#[derive(Clone)]
pub struct Call {
    /// `oam`.
    pub service: &'static str,
    /// `CreateLink`.
    pub operation: &'static str,
    /// The protocol in which it came, and in which a refusal is worded.
    pub protocol: Protocol,
    /// The caller's account, and the Region of the credential scope.
    pub scope: Scope,
    /// Who calls.
    pub caller: Arc<Caller>,
    /// The id in `x-amzn-RequestId`.
    pub request_id: Arc<str>,
    /// The trace, if the request carried one.
    pub trace_id: Option<Arc<str>>,
    /// The journal's event of this request: the cause of what the handler records.
    pub cause: Sequence,
    /// The service's time.
    pub now: Timestamp,
    /// The lab's ids.
    pub ids: Ids,
    /// The caller's address.
    pub source_ip: String,
    /// The caller's `User-Agent`.
    pub user_agent: Option<String>,
}

impl Call {
    /// The caller's account.
    pub fn account(&self) -> &AccountId {
        &self.scope.account
    }
}

/// Who calls: the principal of the credential, with everything that authorization needs to know.
#[derive(Clone, Debug)]
pub struct Caller {
    /// The principal, in the shape that policies see.
    pub principal: Principal,
    /// Its ARN, as GetCallerIdentity answers it.
    pub arn: String,
    /// `aws:userid`: the unique id, `AROA…:session` for a role session, the account id for root.
    pub user_id: String,
    /// The account.
    pub account: AccountId,
    /// The access key id of the credential; empty for an unsigned call.
    pub access_key_id: String,
    /// Tags of the principal; session tags replace those of the role.
    pub tags: BTreeMap<String, String>,
    /// For temporary credentials: the session.
    pub session: Option<Arc<Session>>,
}

impl Caller {
    /// A service of AWS that acts for itself on behalf of an account: `lambda.amazonaws.com`.
    pub fn of_service(principal: &str, account: AccountId) -> Self {
        Self {
            principal: Principal::service(principal),
            arn: principal.to_owned(),
            user_id: String::new(),
            account,
            access_key_id: String::new(),
            tags: BTreeMap::new(),
            session: None,
        }
    }
}

/// A session that STS issued.
#[derive(Clone, Debug)]
pub struct Session {
    /// `arn:aws:iam::A:role/path/R`.
    pub role_arn: String,
    /// The session's name.
    pub name: String,
    /// When it was issued.
    pub issued: Timestamp,
    /// When it ends.
    pub expires: Timestamp,
    /// Session policies: the inline one, then the managed ones.
    pub policies: Vec<Policy>,
    /// Keys that later sessions inherit.
    pub transitive_tag_keys: Vec<String>,
    /// `aws:SourceIdentity`, set once and inherited.
    pub source_identity: Option<String>,
    /// `aws:FederatedProvider` for a session from web identity.
    pub federated_provider: Option<String>,
    /// Whether the session was assumed with the credentials of another session.
    pub chained: bool,
    /// When the user proved to hold an MFA device, for a session of GetSessionToken.
    pub mfa: Option<Timestamp>,
}

/// The answer of a handler.
pub type Answer = Result<Reply, WireError>;

/// What an operation answers, and what it sets in motion.
#[derive(Debug, Default)]
pub struct Reply {
    /// The output, with the model's member names.
    pub output: Value,
    /// Performed by the front door after unlocking, in order, before the answer is sent.
    pub effects: Vec<Effect>,
    /// What the call does that it may not be meant to do, for the journal.
    pub notices: Vec<Notice>,
}

impl Reply {
    /// A plain answer.
    pub fn of(output: Value) -> Self {
        Self {
            output,
            ..Self::default()
        }
    }

    /// The answer that a serde type with the model's member names stands for.
    ///
    /// # Errors
    /// The type holds what no model holds, which is a fault of the service: 500.
    pub fn to<T: Serialize>(output: &T) -> Answer {
        let output = to_value(output)
            .map_err(|error| WireError::new(500, "InternalFailure", error.to_string()))?;
        Ok(Self::of(output))
    }

    /// An answer without members.
    pub fn empty() -> Self {
        Self::of(Value::Map(BTreeMap::new()))
    }

    /// With what the call does that it may not be meant to do.
    #[must_use]
    pub fn noticing(mut self, notice: Option<Notice>) -> Self {
        self.notices.extend(notice);
        self
    }

    /// With one more effect.
    #[must_use]
    pub fn and(mut self, effect: Effect) -> Self {
        self.effects.push(effect);
        self
    }
}
