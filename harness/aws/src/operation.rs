//! The contract between the front door and a service.
//!
//! A service states its operations in one table of [`Row`]s. Dispatch, authorization and the
//! coverage files (`coverage/*.txt`) all read it; nothing else decides what exists.

use std::sync::Arc;

use authlab_kernel::journal::Sequence;
use authlab_kernel::{AccountId, Ids, Scope, Timestamp};
use authlab_policy::{Layer, Policy, Principal};
use authlab_wire::{ValidationFailure, Value, WireError, from_value_noting_unread, to_value};
use futures_util::future::BoxFuture;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::cloud::{Cloud, Directory};
use crate::evidence::Credential;
use crate::front::FrontDoor;

/// One simulated service.
pub struct Service {
    /// The name of its model in `authlab-wire`, which is also the folder here: `oam`.
    pub name: &'static str,
    /// How far a signed date may lie from the service's clock, in seconds. `15 * 60` for most
    /// services, `5 * 60` for API Gateway's data plane and a few others.
    pub clock_skew_seconds: i64,
    /// How it tells that an input breaks its model.
    pub validation: Validation,
    /// What an operation answers to the token of a list that it did not give.
    pub token_refused: fn(&str) -> WireError,
    /// Its operations.
    pub rows: &'static [Row],
}

/// How a service tells that an input breaks its model.
///
/// Whether it does is the model's question, and the common sentence (`1 validation error detected: …`)
/// is that of the wire; a service chooses the code, and has words of its own where AWS does.
pub struct Validation {
    /// The code of such an error.
    pub code: &'static str,
    /// What AWS says in other words: of the operation and what is wrong, or `None` for the sentence.
    pub in_other_words: fn(&str, &ValidationFailure) -> Option<WireError>,
    /// Whether values that were given are repeated in the sentence.
    pub repeats_values: bool,
}

impl Validation {
    /// The common sentence with this code.
    #[must_use]
    pub const fn with_code(code: &'static str) -> Self {
        Self {
            code,
            in_other_words: |_, _| None,
            repeats_values: true,
        }
    }

    /// With words of the service's own for some failures.
    #[must_use]
    pub const fn or(self, words: fn(&str, &ValidationFailure) -> Option<WireError>) -> Self {
        Self {
            in_other_words: words,
            ..self
        }
    }

    /// With a sentence that repeats no value.
    #[must_use]
    pub const fn without_values(self) -> Self {
        Self {
            repeats_values: false,
            ..self
        }
    }

    /// The error of a failure in an operation's input: a 400.
    #[must_use]
    pub fn error(&self, operation: &str, failure: ValidationFailure) -> WireError {
        if let Some(error) = (self.in_other_words)(operation, &failure) {
            return error;
        }
        let failure = if self.repeats_values {
            failure
        } else {
            failure.without_values()
        };
        WireError::new(400, self.code, failure.to_string())
    }
}

/// One operation.
pub struct Row {
    /// The operation's name in the model: `CreateLink`.
    pub name: &'static str,
    /// What the caller must be permitted. [`Authorization::Unsigned`] operations carry no
    /// signature; they authorize themselves.
    pub authorization: Authorization,
    /// What the operation does.
    pub handler: Handler,
}

/// How an operation is authorized.
pub enum Authorization {
    /// Every permission that the call needs, several where AWS asks for several.
    Checks(fn(&Cloud, &Call, &Value) -> Result<Vec<Check>, WireError>),
    /// Signed, but no policy can take it away: `sts:GetCallerIdentity`.
    Always,
    /// No signature: `sts:AssumeRoleWithWebIdentity`. The handler decides, and journals its
    /// decision.
    Unsigned,
}

/// The answer of a handler.
pub type Answer = Result<Reply, WireError>;

/// Reads an operation's input into a serde type with the model's member names.
///
/// Nothing is accepted and ignored: a member that the request states and the type does not have is
/// answered with 501 that names it, unless it asks for nothing ([`Value::asks_nothing`]).
///
/// # Errors
/// A member has another type than the model says; required members and bounds were checked before.
pub fn read<T: DeserializeOwned>(input: Value) -> Result<T, WireError> {
    let (read, unread) = noting_unread(input)?;
    match unread.first() {
        None => Ok(read),
        Some(member) => Err(member_not_implemented(member)),
    }
}

/// The input of an operation that has no members, or none beside those that were taken out.
#[derive(Clone, Copy, Debug, serde::Deserialize)]
pub struct Nothing {}

/// Reads an operation's input into two types that share its members: what it is about, and the
/// rest. A member that neither has is refused as by [`read`].
///
/// # Errors
/// As [`read`].
pub fn read_both<A: DeserializeOwned, B: DeserializeOwned>(
    input: Value,
) -> Result<(A, B), WireError> {
    let (first, unread) = noting_unread(input.clone())?;
    let (second, unread_either) = noting_unread(input)?;
    let mut both = unread_either
        .iter()
        .filter(|member| unread.iter().any(|other| is_within(member, other)))
        .chain(
            unread
                .iter()
                .filter(|member| unread_either.iter().any(|other| is_within(member, other))),
        );
    match both.next() {
        None => Ok((first, second)),
        Some(member) => Err(member_not_implemented(member)),
    }
}

/// Whether the path `inner` is `outer`, or below it.
fn is_within(inner: &str, outer: &str) -> bool {
    inner
        .strip_prefix(outer)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
}

/// Reads what of an input is needed before the whole is read by [`read`] or [`read_both`].
///
/// # Errors
/// As [`read`], but for members that the type does not have: the other reading finds them.
pub fn read_part<T: DeserializeOwned>(input: &Value) -> Result<T, WireError> {
    noting_unread(input.clone()).map(|(read, _)| read)
}

fn noting_unread<T: DeserializeOwned>(input: Value) -> Result<(T, Vec<String>), WireError> {
    #[cfg(test)]
    crate::coverage::field::note::<T>();
    from_value_noting_unread(input)
        .map_err(|error| WireError::new(400, "SerializationException", error.to_string()))
}

/// The answer to a request that states a member which this lab does not read.
pub fn member_not_implemented(member: &str) -> WireError {
    WireError::new(
        501,
        "NotImplemented",
        format!("the member `{member}` is not implemented by this lab: leave it out"),
    )
}

/// What performs an operation.
pub enum Handler {
    /// Under the lab's one lock, never across an await.
    Locked(fn(&mut Cloud, &Call, Value) -> Answer),
    /// Two halves around I/O (a JWKS, a function), each of which takes the lock by itself; the
    /// second checks again what the first found.
    Halves(for<'a> fn(&'a FrontDoor, &'a Call, Value) -> BoxFuture<'a, Answer>),
}

/// What a caller is answered when a check refuses, where it is not the usual sentence.
#[derive(Clone, Debug)]
pub enum Refusal {
    /// Whatever refuses.
    Always(WireError),
    /// Where it is the resource's side that does not let the caller in.
    OfResource(WireError),
}

impl Refusal {
    /// The answer to a refusal of `layer`, if it is not the usual one.
    pub fn answer(&self, layer: Option<Layer>) -> Option<&WireError> {
        match self {
            Self::Always(error) => Some(error),
            Self::OfResource(error) => (layer == Some(Layer::Resource)).then_some(error),
        }
    }
}

/// One permission that a call needs.
#[derive(Clone)]
pub struct Check {
    /// `oam:CreateLink`.
    pub action: String,
    /// The resource's ARN; `*` for actions without resource-level permissions.
    pub resource: String,
    /// Who owns the resource.
    pub resource_account: AccountId,
    /// The resource's own policy, with the name under which an explanation shows it.
    pub resource_policy: Option<Policy>,
    /// Grants on the resource, which speak for it as its policy does.
    pub grants: Vec<Policy>,
    /// Another answer to a refusal than the usual one.
    pub refusal: Option<Refusal>,
    /// Who asks for this, where it is not the caller: a service for itself, as CloudWatch Logs asks
    /// for the key of a log group.
    pub caller: Option<Arc<Caller>>,
    /// A role's trust policy, for `sts:AssumeRole` and its kin.
    pub trust: Option<Policy>,
    /// Condition keys beside those that the front door adds for every call (principal, time,
    /// source address, requested Region, organization).
    pub context: Vec<(String, Vec<String>)>,
}

impl Check {
    /// A check of `action` on a resource that `owner` owns.
    pub fn new(action: impl Into<String>, resource: impl Into<String>, owner: AccountId) -> Self {
        Self {
            action: action.into(),
            resource: resource.into(),
            resource_account: owner,
            resource_policy: None,
            grants: Vec::new(),
            refusal: None,
            caller: None,
            trust: None,
            context: Vec::new(),
        }
    }

    /// A check of an action that takes no resource.
    pub fn unscoped(action: impl Into<String>, call: &Call) -> Self {
        Self::new(action, "*", call.scope.account.clone())
    }

    /// With the resource's own policy, if it has one.
    #[must_use]
    pub fn resource_policy(mut self, policy: Option<Policy>) -> Self {
        self.resource_policy = policy;
        self
    }

    /// With the role's trust policy.
    #[must_use]
    pub fn trust(mut self, policy: Policy) -> Self {
        self.trust = Some(policy);
        self
    }

    /// With a single-valued condition key.
    #[must_use]
    pub fn with(self, key: impl Into<String>, value: impl Into<String>) -> Self {
        self.with_all(key, vec![value.into()])
    }

    /// With a multivalued condition key; no values make a key that is present and empty.
    #[must_use]
    pub fn with_all(mut self, key: impl Into<String>, values: Vec<String>) -> Self {
        self.context.push((key.into(), values));
        self
    }
}

/// One authenticated call.
#[derive(Clone)]
pub struct Call {
    /// `oam`.
    pub service: &'static str,
    /// `CreateLink`.
    pub operation: &'static str,
    /// The caller's account, and the Region of the credential scope.
    pub scope: Scope,
    /// Who calls.
    pub caller: Arc<Caller>,
    /// The id in `x-amzn-RequestId`.
    pub request_id: String,
    /// The trace, if the request carried one.
    pub trace_id: Option<String>,
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

    /// The call as a service's rules see it.
    pub fn context<'a>(&'a self, directory: Directory<'a>) -> Ctx<'a> {
        Ctx {
            now: self.now,
            ids: &self.ids,
            scope: &self.scope,
            caller: &self.caller,
            directory,
        }
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
    pub tags: std::collections::BTreeMap<String, String>,
    /// For temporary credentials: the session.
    pub session: Option<Arc<Session>>,
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

/// The only source of time, identity and other services' facts for a service's rules.
pub struct Ctx<'a> {
    /// The service's time.
    pub now: Timestamp,
    /// The lab's ids.
    pub ids: &'a Ids,
    /// The account and Region of the call.
    pub scope: &'a Scope,
    /// Who calls.
    pub caller: &'a Caller,
    /// What the service may know of others.
    pub directory: Directory<'a>,
}

/// What an operation answers, and what it sets in motion.
#[derive(Debug, Default)]
pub struct Reply {
    /// The output, with the model's member names.
    pub output: Value,
    /// Performed by the front door after unlocking, in order, before the answer is sent.
    pub effects: Vec<Effect>,
}

impl Reply {
    /// A plain answer.
    pub fn of(output: Value) -> Self {
        Self {
            output,
            effects: Vec::new(),
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
        Self::of(Value::Map(std::collections::BTreeMap::new()))
    }

    /// With one more effect.
    #[must_use]
    pub fn and(mut self, effect: Effect) -> Self {
        self.effects.push(effect);
        self
    }
}

/// Something that one service asks of another. Services never import each other.
#[derive(Debug)]
pub enum Effect {
    /// Append to a log group; group and stream are made when they are missing.
    PutLogEvents {
        /// Where.
        scope: Scope,
        /// The log group's name.
        group: String,
        /// The stream's name.
        stream: String,
        /// The lines, with the time of each.
        events: Vec<(Timestamp, String)>,
    },
    /// Add data points.
    PutMetricData {
        /// Where.
        scope: Scope,
        /// `AWS/ApiGateway`.
        namespace: String,
        /// The data points.
        data: Vec<MetricDatum>,
    },
    /// Say that this request issued a credential: requests that use it are caused by it.
    CredentialIssued {
        /// The account that it is of.
        account: AccountId,
        /// What the journal shows: never the secret.
        credential: Credential,
    },
    /// Make a deployment what the gateway runs for a stage; `None` takes the stage away.
    PublishDeployment {
        /// The API's id, unique in the lab.
        api_id: String,
        /// The stage's name.
        stage: String,
        /// What to run.
        deployment: Option<Arc<authlab_gateway::Deployment>>,
    },
}

/// One data point of a metric.
#[derive(Clone, Debug, PartialEq)]
pub struct MetricDatum {
    /// The metric's name.
    pub name: String,
    /// Its dimensions, by name.
    pub dimensions: std::collections::BTreeMap<String, String>,
    /// When.
    pub time: Timestamp,
    /// How much.
    pub value: f64,
    /// CloudWatch's name of the unit: `Count`, `Milliseconds`, `None`.
    pub unit: String,
}
