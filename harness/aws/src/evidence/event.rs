//! The kinds of event, each with what it tells.

use std::collections::BTreeMap;

use authlab_kernel::evidence::Evidence;
use authlab_kernel::{LetThrough, Timestamp};
use authlab_policy::{self as policy, evidence};
use authlab_token::evidence::SignatureSize;
use authlab_token::is_cut_off;
use authlab_wire::sigv4::Inspected;
use serde::{Deserialize, Serialize};

use super::fault::{Fault, Notice};

/// What makes a struct the evidence of a kind.
macro_rules! kinds {
    ($( $evidence:ty = $kind:literal, )*) => {
        $( impl Evidence for $evidence {
            const KIND: &'static str = $kind;
        } )*
    };
}

kinds! {
    Request = "request",
    Authentication = "authentication",
    Decision = "decision",
    Answer = "answer",
    Credential = "credential",
    Unchecked = "unchecked",
    Authorizer = "authorizer",
    Invoke = "invoke",
    Return = "return",
    Rotation = "rotation",
    RotationDue = "rotation-due",
    WebIdentity = "web-identity",
    UserTokens = "user-tokens",
}

/// A request came: what it shows of itself before anything is proven.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Request {
    /// The service, `sts`, by its model, else as the signature names it.
    pub service: Option<String>,
    /// The operation, `AssumeRole`, where the service has such a one.
    pub operation: Option<String>,
    /// The access key id of its signature.
    pub access_key_id: Option<String>,
    /// The ARN of whom the key belongs to.
    pub principal: Option<String>,
    /// The caller's address.
    pub source_ip: String,
}

/// The caller proved who they are, or did not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Authentication {
    /// The caller's ARN; none when nothing was proven.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub principal: Option<String>,
    /// The access key id, if one was given.
    pub access_key_id: Option<String>,
    /// The code of the answer in the JSON family; none when the caller proved who they are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// The text of the answer; none when the caller proved who they are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// What was found of the signature.
    #[serde(flatten)]
    pub signature: Signature,
}

/// What was found of a signature that proves nothing: both clocks, or the rebuilt canonical request.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signature {
    /// When the credentials ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expired: Option<Timestamp>,
    /// When it was signed, as the signature says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signed: Option<Timestamp>,
    /// The server's time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub now: Option<Timestamp>,
    /// The canonical request as the server rebuilt it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub canonical_request: Option<String>,
    /// What stood there, what was expected, and the mistake that gives the signature that was sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inspected: Option<Box<Inspected>>,
}

/// One check was decided.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    /// What was asked and what came out.
    #[serde(flatten)]
    pub decision: evidence::Decision,
    /// Said of a refusal that went through.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub enforcement: Option<LetThrough>,
    /// Said of a refusal over a resource whose account shares telemetry with the caller's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub telemetry: Option<Telemetry>,
}

/// What a link of CloudWatch Observability Access Manager shares.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Telemetry {
    /// The account that shares.
    pub account: String,
    /// The link's ARN.
    pub link: String,
    /// The types that it shares.
    pub types: Vec<String>,
}

impl Decision {
    /// What came out of a request, and what was compared.
    pub fn new(
        request: &policy::Request,
        decision: &policy::Decision,
        compared: &policy::Compared,
    ) -> Self {
        Self {
            decision: evidence::Decision::new(request, decision, compared),
            enforcement: None,
            telemetry: None,
        }
    }

    /// The same of a refusal with what a link shares of the resource's account.
    #[must_use]
    pub fn beside(self, telemetry: Option<Telemetry>) -> Self {
        Self { telemetry, ..self }
    }

    /// The same of a refusal that went through, if it did.
    #[must_use]
    pub fn let_through(self, is_let_through: bool) -> Self {
        Self {
            enforcement: is_let_through.then_some(LetThrough::Audit),
            ..self
        }
    }
}

/// The request was answered by a service.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The error's code: `NoSuchEntity`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// The error's text, without what the model calls sensitive.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// What the lab knows beyond the service's words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub evidence: Option<String>,
    /// What stood against what; none where the code says all that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fault: Option<Fault>,
    /// The short members of an input that was refused, without what the model calls sensitive.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub asked: BTreeMap<String, String>,
    /// The Region of a call that was refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// What an allowed call does that it may not be meant to do.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notices: Vec<Notice>,
}

/// Temporary credentials were issued: requests that use them follow from this.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Credential {
    /// The operation that issued them.
    pub operation: String,
    /// The ARN of whom they are.
    pub principal: String,
    /// Their access key id.
    pub access_key_id: String,
    /// When they end.
    pub expires: Timestamp,
}

/// A user pool issued tokens: requests that use them follow from this.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct UserTokens {
    /// The pool's id.
    pub pool: String,
    /// The app client's id.
    pub client: String,
    /// The user's name; none where a client asked for itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// The flow or the grant: `USER_PASSWORD_AUTH`, `client_credentials`.
    pub flow: String,
    /// The tokens without their signatures.
    pub tokens: Vec<serde_json::Value>,
}

/// A call was sent on to a backend without being decided.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unchecked {
    /// The service's signing name.
    pub service: String,
    /// The HTTP method.
    pub method: String,
}

/// A JWT authorizer was not made: its issuer's discovery document cannot be had.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Authorizer {
    /// The authorizer's name.
    pub authorizer: String,
    /// The issuer.
    pub issuer: String,
    /// What is wrong.
    pub problem: String,
}

/// A function was invoked, or was not.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invoke {
    /// The function's ARN; as the invoker named it where nothing ran.
    pub function: String,
    /// The handler; none where nothing ran, as all but `invoked_by` and `error`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub handler: Option<String>,
    /// The caller's ARN, or the service's principal.
    pub invoked_by: String,
    /// The execution role's ARN.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
    /// The ARN of the role's session.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session: Option<String>,
    /// The access key id of that session.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub access_key_id: Option<String>,
    /// Why nothing ran.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// What is there in place of the function, where that is not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub missing: Option<Box<MissingFunction>>,
}

/// A function that an invocation names and that is not there.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MissingFunction {
    /// Its name alone.
    pub name: String,
    /// The account in which it was looked for.
    pub account: String,
    /// The Region.
    pub region: String,
    /// The Region of the call, where the name is of another: Lambda looks in its own alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub called_in: Option<String>,
    /// The version or the alias, if one was named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub qualifier: Option<String>,
    /// Whether the function is there, without that version or alias.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_there: bool,
    /// The versions and aliases that it has, where the function is there.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub qualifiers: Vec<String>,
    /// The names of functions there that are nearly that.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub near: Vec<String>,
    /// The ARNs of functions of that name in other accounts and Regions.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub elsewhere: Vec<String>,
}

/// A function was done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Return {
    /// The function's ARN.
    pub function: String,
    /// How long it took, in milliseconds of lab time.
    pub duration_ms: i64,
    /// Whether its log was written, and why not.
    pub log: String,
    /// The type of the error that it raised.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error_type: Option<String>,
    /// The text of that error.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error_message: Option<String>,
}

/// A secret was rotated, or was not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rotation {
    /// The secret's ARN.
    pub secret: String,
    /// The function's ARN.
    pub function: String,
    /// The id of the version under way.
    pub version: String,
    /// The steps that were to be done.
    pub steps: Vec<String>,
    /// The step that failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step: Option<String>,
    /// Why it failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

/// A rotation window began.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RotationDue {
    /// The secret's ARN.
    pub secret: String,
    /// When the window began.
    pub window_start: Timestamp,
}

/// What a text looks like that is no token, without a word of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shape {
    /// How many parts it has between dots; a signed token has three.
    pub segments: usize,
    /// Its length.
    pub bytes: usize,
    /// Whether there is white space in it, which no token has.
    pub has_space: bool,
    /// Whether its signature is shorter than any of its algorithm.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_cut_off: bool,
}

impl Shape {
    /// What `text` looks like.
    pub fn of(text: &str) -> Self {
        Self {
            segments: text.split('.').count(),
            bytes: text.len(),
            has_space: text.contains(char::is_whitespace),
            is_cut_off: is_cut_off(text),
        }
    }
}

/// What the times of a token are held against.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TimesHeld {
    /// STS's time, in seconds since 1970.
    pub now: i64,
    /// What is forgiven, in seconds.
    pub leeway_seconds: i64,
}

/// A token of an OpenID Connect provider was taken for a session, or was not.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum WebIdentity {
    /// It was not.
    Refused {
        /// The token's kind, header, claims and fingerprint; none for what is no token.
        token: Option<serde_json::Value>,
        /// What it looks like, where it is no token.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        shape: Option<Shape>,
        /// STS's text.
        message: String,
        /// What lies behind it.
        evidence: String,
        /// The issuers that the account trusts.
        providers: Vec<String>,
        /// The audiences that the token's issuer has there; none when it is no provider.
        client_ids: Option<Vec<String>>,
        /// How long the signature is, where it is none of the key's.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        signature: Option<SignatureSize>,
        /// What the times were held against, where they do not fit.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        times: Option<TimesHeld>,
        /// What is there in place of the role, where that is not.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        fault: Option<Box<Fault>>,
    },
    /// It was.
    Issued {
        /// The token's kind, header, claims and fingerprint.
        token: serde_json::Value,
        /// The provider's ARN.
        provider: String,
        /// The role's ARN.
        role: String,
    },
}
