//! What is asked: one request and the policies that apply to it.

use std::sync::Arc;

use crate::context::Context;
use crate::document::Document;
use crate::principal::{Organization, Principal};

/// One request, as the services see it when they ask for a decision.
#[derive(Debug, Clone)]
pub struct Request {
    /// Who calls.
    pub principal: Principal,
    /// Organization of the caller's account.
    pub principal_organization: Option<Organization>,
    /// `service:Operation`.
    pub action: String,
    /// ARN of the resource, or `*` for an action without resource-level support.
    pub resource: String,
    /// Owner of the resource, because many ARNs do not tell. `None` means the caller's account.
    pub resource_account: Option<String>,
    /// Organization of the resource's account.
    pub resource_organization: Option<Organization>,
    /// All condition keys, those of the caller included (see [`Context::for_principal`]).
    pub context: Context,
    /// Set for calls of an API's methods, `execute-api:*`.
    pub api: Option<ApiRequest>,
    /// Further permission checks that the same call needs (`iam:PassRole`, `sts:TagSession`,
    /// `kms:Decrypt`, ...); the call is allowed only if all checks allow.
    pub additional: Vec<AdditionalCheck>,
}

impl Request {
    /// A request with an empty context on a resource of the caller's own account; the other
    /// members are set as they apply.
    #[must_use]
    pub fn new(
        principal: Principal,
        action: impl Into<String>,
        resource: impl Into<String>,
    ) -> Self {
        Self {
            principal,
            principal_organization: None,
            action: action.into(),
            resource: resource.into(),
            resource_account: None,
            resource_organization: None,
            context: Context::new(),
            api: None,
            additional: Vec::new(),
        }
    }
}

/// One more permission that a call needs.
#[derive(Debug, Clone)]
pub struct AdditionalCheck {
    /// `service:Operation`.
    pub action: String,
    /// ARN of the resource, or `*`. The resource policy takes part only if the check names the
    /// same resource as the request.
    pub resource: String,
    /// Owner of that resource; `None` means the caller's account.
    pub resource_account: Option<String>,
    /// The complete context of this check.
    pub context: Context,
}

/// How a method of an API authorizes its callers (API Gateway developer guide,
/// `apigateway-authorization-flow.html`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiRequest {
    /// The method's authorization type.
    pub authorization: ApiAuthorization,
    /// Id of the API, the first part of the resource.
    pub api_id: String,
    /// A private API needs a resource policy.
    pub private: bool,
}

impl ApiRequest {
    /// A method of a public API.
    #[must_use]
    pub fn new(authorization: ApiAuthorization, api_id: impl Into<String>) -> Self {
        Self {
            authorization,
            api_id: api_id.into(),
            private: false,
        }
    }
}

/// Authorization type of a method or route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ApiAuthorization {
    /// `NONE`: the resource policy alone, or open.
    None,
    /// `AWS_IAM`: a signed caller.
    Iam,
    /// `CUSTOM`: the policy that the Lambda authorizer returned stands in
    /// [`PolicySet::identity`].
    Custom,
    /// `COGNITO_USER_POOLS`: the token was found valid.
    Cognito,
    /// `JWT`: the token was found valid.
    Jwt,
}

/// A document and the name that explanations call it by.
#[derive(Debug, Clone)]
pub struct Policy {
    /// An ARN, or words such as ``inline policy `x` of role `y` ``.
    pub name: Arc<str>,
    /// The parsed document.
    pub document: Document,
}

impl Policy {
    /// Names `document`.
    #[must_use]
    pub fn new(name: impl Into<Arc<str>>, document: Document) -> Self {
        Self {
            name: name.into(),
            document,
        }
    }
}

impl PolicySet {
    /// What speaks for the resource: its own policy, then the grants.
    pub(crate) fn of_resource(&self) -> impl Iterator<Item = &Policy> {
        self.resource.iter().chain(&self.grants)
    }
}

/// Every policy that has a say in one request.
#[derive(Debug, Clone, Default)]
pub struct PolicySet {
    /// Attached to the principal or inherited from its groups; for a federated user those of the
    /// user who federated; for a Lambda authorizer the policy that it returned.
    pub identity: Vec<Policy>,
    /// The resource's own policy.
    pub resource: Option<Policy>,
    /// Grants on the resource, a document of Allow statements each: what the Key Management Service
    /// holds beside a key's policy. They speak for the resource as its policy does.
    pub grants: Vec<Policy>,
    /// The role's trust policy, for `sts:AssumeRole*`, `sts:TagSession`, `sts:SetSourceIdentity`.
    pub trust: Option<Policy>,
    /// Permissions boundary of the user, the role or the federating user.
    pub boundary: Option<Policy>,
    /// Session policies; empty = none passed. Several unite before they cap.
    pub session: Vec<Policy>,
    /// Levels from the root down to the principal's account; empty = no organization.
    pub service_control: Vec<Vec<Policy>>,
    /// Levels from the root down to the resource's account; empty = no organization.
    pub resource_control: Vec<Vec<Policy>>,
    /// Policy of the VPC endpoint that the call came through.
    pub endpoint: Option<Policy>,
}
