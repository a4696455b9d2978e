//! What the gateway's events tell: one struct for each kind, and every reason.
//!
//! The members stand in the order of the journal's lines. Where a kind has several shapes, they are an
//! enum that is told apart by its members. Texts are borrowed where an event is recorded and owned
//! where it is read.

mod authorizer;
mod mapping;
mod reason;
mod stage;
mod token;
mod usage;
mod validation;

pub use authorizer::{Authorizer, Kept};
pub use mapping::{BodyUnreadable, PassthroughRefused, ResponseSelected, TemplateFailed};
pub use reason::Reason;
pub use stage::{Bucketed, Difference, Draft, Hidden, Part};
pub use token::{
    AlgorithmRefused, Audience, ClaimRefused, Document, DocumentRefused, Failing, Issuer, Key,
    KeysNow, Malformed, Shape, Signature, SignatureRefused, Times, TokenJudged,
};
pub use usage::{ApiKey, KeyLikeness, Quota};
pub use validation::{Size, Validation};

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::net::IpAddr;

use authlab_kernel::{Evidence, LetThrough, Timestamp};
use authlab_policy::evidence::Decision;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::deployment::{AuthorizationType, IntegrationType};

/// A text of an event.
type Text<'a> = Cow<'a, str>;

/// A request has come.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Request<'a> {
    /// The id of the API that it is addressed to.
    pub api: Text<'a>,
    /// The stage that takes it, if one does.
    pub stage: Option<Text<'a>>,
    /// The method.
    pub method: Text<'a>,
    /// The path in its one reading, the stage included, where it has one.
    pub path: Text<'a>,
    /// The host that it names.
    pub host: Option<Text<'a>>,
    /// The client's end of the connection.
    pub source_ip: IpAddr,
    /// The path as it was sent, where it was spelled in another way.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path_as_sent: Option<Text<'a>>,
    /// The method that a browser asks leave for, where it is a preflight (`Access-Control-Request-Method`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub preflight_for: Option<Text<'a>>,
}

impl Evidence for Request<'_> {
    const KIND: &'static str = "request";
}

/// Which route takes a request, or why none does.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Route<'a> {
    /// The route that takes it.
    Taken {
        /// `GET /items/{id}`.
        route_key: Text<'a>,
        /// Who may pass.
        authorization: AuthorizationType,
        /// The variables of the path, decoded.
        path_parameters: Cow<'a, BTreeMap<String, String>>,
    },
    /// The API does not answer at its `execute-api` host.
    EndpointDisabled {
        /// The API's id.
        api: Text<'a>,
        /// True.
        disable_execute_api_endpoint: bool,
    },
    /// The request comes through an endpoint of a VPC and the API is not private, or the other way round.
    EndpointMismatch {
        /// The API's id.
        api: Text<'a>,
        /// Whether the API is private.
        is_private: bool,
        /// The VPC that the request comes from.
        vpc: Option<Text<'a>>,
        /// The endpoint that it comes through.
        vpc_endpoint: Option<Text<'a>>,
    },
    /// Another reading of the path leads to another route.
    OtherReading {
        /// The one reading.
        path: Text<'a>,
        /// The other.
        reading: Text<'a>,
        /// The keys of both routes.
        routes: Vec<Text<'a>>,
    },
    /// No mapping of the custom domain name takes it.
    Unmapped {
        /// The name.
        domain_name: Text<'a>,
        /// The path.
        path: Text<'a>,
        /// The paths that are mapped; empty for the mapping that takes the rest.
        base_paths: Vec<Text<'a>>,
    },
    /// No route takes it.
    NoRoute {
        /// The method.
        method: Text<'a>,
        /// The path, without the stage.
        path: Text<'a>,
        /// The keys of the routes that there are.
        routes: Vec<Text<'a>>,
        /// What the last import of the API warned of: it may have left the route out.
        #[serde(default, skip_serializing_if = "<[_]>::is_empty")]
        import_warnings: Cow<'a, [String]>,
    },
    /// There is no such API, or no such stage.
    Nowhere {
        /// The API's id.
        api: Text<'a>,
        /// The Region of the host, where the request is addressed by one.
        region: Option<Text<'a>>,
        /// The stage that the address names.
        stage: Option<Text<'a>>,
        /// The path as it was sent.
        path: Text<'a>,
        /// The stages of the API that run something; absent where there is none.
        stages: Option<Vec<Text<'a>>>,
        /// The stages that have a route for it.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        would_take: Vec<Text<'a>>,
        /// The stages that run nothing, where the API is there; absent where it is not.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        undeployed: Option<Vec<Text<'a>>>,
        /// The Region where the API is, where that is another than the host's.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        api_region: Option<Text<'a>>,
        /// An API that may be meant: of that name, or of an id that is nearly the same.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        meant: Option<Text<'a>>,
    },
    /// The path or the Host can be read in two ways.
    Unclear {
        /// The path as it was sent.
        path: Text<'a>,
        /// What is wrong.
        problem: Text<'a>,
    },
}

impl Evidence for Route<'_> {
    const KIND: &'static str = "route";
}

/// Who calls, or why that is not believed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Authentication<'a> {
    /// A token was looked at.
    Token(Box<TokenJudged<'a>>),
    /// There is no token.
    TokenAbsent {
        /// `JWT`.
        r#type: AuthorizationType,
        /// The authorizer's name.
        authorizer: Text<'a>,
        /// Where one was looked for.
        identity_sources: Vec<Text<'a>>,
        /// Where the request has one all the same, in the spelling of an identity source.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        elsewhere: Vec<Text<'a>>,
    },
    /// An identity source does not say one thing.
    TokenUnclear {
        /// `JWT`.
        r#type: AuthorizationType,
        /// The authorizer's name.
        authorizer: Text<'a>,
        /// Which source.
        identity_source: Text<'a>,
        /// What is wrong with it.
        problem: Text<'a>,
    },
    /// A signed caller.
    Signer {
        /// `AWS_IAM`.
        r#type: AuthorizationType,
        /// The access key id of the signature.
        access_key_id: Text<'a>,
        /// The caller's account.
        account: Text<'a>,
        /// The caller's ARN.
        user_arn: Text<'a>,
        /// `aws:userid`.
        user_id: Text<'a>,
    },
    /// The signature does not stand.
    NotSigned {
        /// `AWS_IAM`.
        r#type: AuthorizationType,
        /// The text that AWS has for it.
        message: Text<'a>,
        /// What was found.
        evidence: Option<Box<Signature>>,
        /// The scheme of `Authorization`, where it is none of a signature: `Bearer`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        scheme: Option<Text<'a>>,
    },
    /// What was given is no token.
    TokenMalformed(Malformed<'a>),
}

impl Evidence for Authentication<'_> {
    const KIND: &'static str = "authentication";
}

/// Whether a known caller may pass.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Authorization<'a> {
    /// The scopes of a token.
    Scopes {
        /// Those of the route: one of them is enough.
        scopes_required: Cow<'a, [String]>,
        /// Those of the token.
        scopes_present: Vec<Text<'a>>,
        /// Said of a refusal that is let through.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        enforcement: Option<LetThrough>,
    },
    /// What a Lambda authorizer says without a policy.
    Simple {
        /// The authorizer's name.
        authorizer: Text<'a>,
        /// What it says.
        is_authorized: bool,
        /// The ARN of the method that is called.
        resource: Text<'a>,
        /// The ARN of the method that its function was asked about.
        asked_about: Text<'a>,
        /// Since when that is kept, where the function was not asked again.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        kept: Option<Kept>,
        /// Said of a refusal that is let through.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        enforcement: Option<LetThrough>,
    },
    /// `execute-api:Invoke`, decided by policies.
    Invoke(Box<Invoke<'a>>),
    /// A refusal that is let through.
    Audited(Box<Decided>),
}

impl Evidence for Authorization<'_> {
    const KIND: &'static str = "authorization";
}

/// What was asked of the policies that have a say.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Invoke<'a> {
    /// `execute-api:Invoke`.
    pub action: Text<'a>,
    /// The resource in the path's one reading.
    pub resource: Option<Text<'a>>,
    /// The decision, where one was reached.
    pub decision: Option<Decided>,
    /// The resource in every reading of the path, where there are several.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub readings: Option<Cow<'a, [String]>>,
    /// The text that AWS has for the refusal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<Text<'a>>,
}

/// A decision of the policy engine, and whether it was heeded.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Decided {
    /// The decision.
    #[serde(flatten)]
    pub decision: Decision,
    /// Said of a refusal that is let through.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub enforcement: Option<LetThrough>,
}

/// What the API asks for and the lab does not simulate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NotSimulated<'a> {
    /// What: `the authorization type `CUSTOM``.
    pub what: Text<'a>,
}

impl Evidence for NotSimulated<'_> {
    const KIND: &'static str = "not-simulated";
}

/// Whether a bucket has a token left.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Throttle {
    /// How fast it fills, in tokens a second.
    pub rate_per_second: f64,
    /// Its size.
    pub burst: u32,
    /// What was in it.
    pub tokens: f64,
    /// Which bucket it is, where it was empty.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bucket: Option<Bucketed>,
}

impl Evidence for Throttle {
    const KIND: &'static str = "throttle";
}

/// What is to answer, or why it does not.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Integration<'a> {
    /// It is asked.
    Begun {
        /// How it answers.
        r#type: IntegrationType,
        /// Where it is: a URL without what it may hide, or an ARN.
        target: Text<'a>,
    },
    /// Its address asks for a value that the request does not have.
    Unfilled {
        /// The address, with its variables.
        target: Text<'a>,
        /// The variable.
        variable: Text<'a>,
        /// What happened.
        message: Text<'a>,
    },
    /// A function did not answer.
    Function {
        /// Its ARN.
        function: Text<'a>,
        /// As whom the gateway invokes it, where it may not.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        source_arn: Option<Text<'a>>,
        /// What it raised.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        error: Option<Value>,
        /// What happened.
        message: Text<'a>,
    },
    /// An HTTP endpoint did not answer.
    Endpoint {
        /// Its URL, without what it may hide.
        target: Text<'a>,
        /// What happened.
        message: Text<'a>,
    },
    /// The route has none.
    Missing {
        /// The route.
        route_key: Text<'a>,
    },
}

impl Evidence for Integration<'_> {
    const KIND: &'static str = "integration";
}

/// A value that is mapped to where it cannot stand.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MappingFailed<'a> {
    /// Where: `header.x`, `path`, `statuscode`.
    pub place: Text<'a>,
    /// What is wrong.
    pub problem: Text<'a>,
}

impl Evidence for MappingFailed<'_> {
    const KIND: &'static str = "mapping";
}

/// What the integration answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IntegrationResponse {
    /// The status.
    pub status: u16,
    /// The length of the body.
    pub bytes: usize,
}

impl Evidence for IntegrationResponse {
    const KIND: &'static str = "integration-response";
}

/// What the client gets.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Response {
    /// The status.
    pub status: u16,
    /// The length of the body.
    pub bytes: usize,
}

impl Evidence for Response {
    const KIND: &'static str = "response";
}

/// The line of an access log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccessLog<'a> {
    /// The log group.
    pub log_group: Text<'a>,
    /// The line.
    pub line: Text<'a>,
    /// The variables that would have said why the request was turned away, where the format has none of
    /// them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lacks: Vec<Text<'a>>,
}

impl Evidence for AccessLog<'_> {
    const KIND: &'static str = "access-log";
}

/// What stands in the execution log of a request to a REST API.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExecutionLog<'a> {
    /// The log group.
    pub log_group: Text<'a>,
    /// How many lines.
    pub lines: usize,
    /// The role by which API Gateway writes; none where the account has none, and nothing was written.
    pub role: Option<Text<'a>>,
    /// The permission that the role lacks: nothing was written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lacks: Option<Text<'a>>,
}

impl Evidence for ExecutionLog<'_> {
    const KIND: &'static str = "execution-log";
}

/// What the gateway knows of a request that is over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trace<'a> {
    /// `api/stage`.
    pub name: Text<'a>,
    /// When it came.
    pub start: Timestamp,
    /// When it was answered.
    pub end: Timestamp,
    /// The status of the answer.
    pub status: u16,
}

impl Evidence for Trace<'_> {
    const KIND: &'static str = "trace";
}
