//! From the JSON of a case to a request and its policies.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use crate::context::Context;
use crate::document::{Document, DocumentKind};
use crate::principal::{Organization, Principal};
use crate::request::{AdditionalCheck, ApiAuthorization, ApiRequest, Policy, PolicySet, Request};

/// A decision case as written.
#[derive(Debug, Deserialize)]
pub(super) struct RawCase {
    request: RawRequest,
    policies: RawPolicies,
}

#[derive(Debug, Deserialize)]
struct RawRequest {
    principal: RawPrincipal,
    action: String,
    #[serde(default = "star")]
    resource: String,
    resource_account: Option<String>,
    #[serde(default)]
    context: BTreeMap<String, Vec<String>>,
    resource_org: Option<RawOrganization>,
    api: Option<RawApi>,
    #[serde(default)]
    additional: Option<Vec<RawCheck>>,
}

#[derive(Debug, Deserialize)]
struct RawPrincipal {
    #[serde(rename = "type")]
    kind: String,
    arn: Option<String>,
    account: Option<String>,
    unique_id: Option<String>,
    name: Option<String>,
    role_arn: Option<String>,
    session_name: Option<String>,
    user_arn: Option<String>,
    service: Option<String>,
    provider: Option<String>,
    org: Option<RawOrganization>,
    #[serde(default)]
    tags: BTreeMap<String, String>,
    #[serde(default)]
    session_tags: BTreeMap<String, String>,
    #[serde(default)]
    service_linked_role: bool,
}

#[derive(Debug, Deserialize)]
struct RawOrganization {
    id: String,
    #[serde(default)]
    path: String,
    #[serde(default)]
    management_account: bool,
}

#[derive(Debug, Deserialize)]
struct RawApi {
    authorization: String,
    #[serde(default)]
    api_id: String,
    endpoint_type: Option<String>,
}

#[derive(Debug, Deserialize)]
struct RawCheck {
    action: String,
    #[serde(default = "star")]
    resource: String,
    resource_account: Option<String>,
    #[serde(default)]
    context: BTreeMap<String, Vec<String>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct RawPolicies {
    identity: Option<Vec<Value>>,
    resource: Option<Value>,
    trust: Option<Value>,
    boundary: Option<Value>,
    session: Option<Vec<Value>>,
    scps: Option<Vec<Vec<Value>>>,
    rcps: Option<Vec<Vec<Value>>>,
    endpoint: Option<Value>,
}

fn star() -> String {
    "*".to_owned()
}

impl RawCase {
    pub(super) fn into_case(self) -> Result<(Request, PolicySet), String> {
        Ok((self.request.into_request()?, self.policies.into_policies()?))
    }
}

impl RawRequest {
    fn into_request(self) -> Result<Request, String> {
        let principal = self.principal.to_principal()?;
        let organization = self.principal.org.map(Organization::from);
        let mut tags: Vec<(String, String)> = self.principal.tags.into_iter().collect();
        tags.extend(self.principal.session_tags);
        let api = self.api.map(RawApi::into_api).transpose()?;
        // Methods without IAM authorization carry no keys of the caller.
        let signed = api
            .as_ref()
            .is_none_or(|api| api.authorization == ApiAuthorization::Iam);
        let derive = |given: BTreeMap<String, Vec<String>>| {
            let mut context = if signed {
                let tags = tags.iter().map(|(name, value)| (name, value.as_str()));
                Context::for_principal(&principal, tags, organization.as_ref())
            } else {
                Context::new()
            };
            for (key, values) in given {
                context.insert_many(key, values);
            }
            context
        };
        let context = derive(self.context);
        let additional = self
            .additional
            .unwrap_or_default()
            .into_iter()
            .map(|check| AdditionalCheck {
                action: check.action,
                resource: check.resource,
                resource_account: check.resource_account,
                context: derive(check.context),
            })
            .collect();
        Ok(Request {
            context,
            additional,
            principal_organization: organization,
            action: self.action,
            resource: self.resource,
            resource_account: self.resource_account,
            resource_organization: self.resource_org.map(Organization::from),
            api,
            principal,
        })
    }
}

impl RawPrincipal {
    fn to_principal(&self) -> Result<Principal, String> {
        let need = |field: &Option<String>, name: &str| {
            field
                .clone()
                .ok_or_else(|| format!("request.principal.{name} is missing for a `{}`", self.kind))
        };
        let id = || self.unique_id.clone().unwrap_or_default();
        Ok(match self.kind.as_str() {
            "user" => {
                let mut user = Principal::user(need(&self.arn, "arn")?, id());
                if let Principal::User { account, name, .. } = &mut user {
                    set(account, self.account.as_ref());
                    set(name, self.name.as_ref());
                }
                user
            }
            "role-session" => {
                let role_arn = need(&self.role_arn, "role_arn")?;
                let name = need(&self.session_name, "session_name")?;
                let mut session = Principal::role_session(role_arn, name, id());
                if let Principal::RoleSession {
                    arn,
                    account,
                    service_linked,
                    ..
                } = &mut session
                {
                    set(arn, self.arn.as_ref());
                    set(account, self.account.as_ref());
                    *service_linked |= self.service_linked_role;
                }
                session
            }
            "root" => Principal::root(need(&self.account, "account")?),
            "federated-user" => {
                let arn = need(&self.arn, "arn")?;
                let last = arn.rsplit('/').next().unwrap_or_default().to_owned();
                let name = self.name.clone().unwrap_or(last);
                let mut user = Principal::federated_user(need(&self.user_arn, "user_arn")?, name);
                if let Principal::FederatedUser {
                    arn: own, account, ..
                } = &mut user
                {
                    *own = arn;
                    set(account, self.account.as_ref());
                }
                user
            }
            "service" => Principal::service(need(&self.service, "service")?),
            "anonymous" => Principal::Anonymous,
            "web-identity" => Principal::WebIdentity {
                provider: need(&self.provider, "provider")?,
            },
            "saml" => Principal::Saml {
                provider: need(&self.provider, "provider")?,
            },
            other => return Err(format!("unknown request.principal.type `{other}`")),
        })
    }
}

fn set(field: &mut String, given: Option<&String>) {
    if let Some(given) = given {
        field.clone_from(given);
    }
}

impl From<RawOrganization> for Organization {
    fn from(raw: RawOrganization) -> Self {
        Self {
            id: raw.id,
            path: raw.path,
            management_account: raw.management_account,
        }
    }
}

impl RawApi {
    fn into_api(self) -> Result<ApiRequest, String> {
        let authorization = match self.authorization.as_str() {
            "NONE" => ApiAuthorization::None,
            "AWS_IAM" => ApiAuthorization::Iam,
            "CUSTOM" => ApiAuthorization::Custom,
            "COGNITO_USER_POOLS" => ApiAuthorization::Cognito,
            "JWT" => ApiAuthorization::Jwt,
            other => return Err(format!("unknown request.api.authorization `{other}`")),
        };
        let private = self.endpoint_type.as_deref() == Some("PRIVATE");
        Ok(ApiRequest {
            authorization,
            api_id: self.api_id,
            private,
        })
    }
}

impl RawPolicies {
    fn into_policies(self) -> Result<PolicySet, String> {
        use DocumentKind::{
            Boundary, Identity, Resource, ResourceControl, ServiceControl, Session, Trust,
            VpcEndpoint,
        };
        let one = |kind, name: &str, value: Option<Value>| {
            value
                .filter(|value| !value.is_null())
                .map(|value| policy(kind, name, &value))
                .transpose()
        };
        let list = |kind, name: &str, values: Option<Vec<Value>>| {
            let values = values.unwrap_or_default();
            let numbered = values.iter().enumerate();
            numbered
                .map(|(index, value)| policy(kind, &format!("{name}[{index}]"), value))
                .collect::<Result<Vec<_>, _>>()
        };
        let levels = |kind, name: &str, levels: Option<Vec<Vec<Value>>>| {
            let numbered = levels.unwrap_or_default().into_iter().enumerate();
            numbered
                .map(|(index, values)| list(kind, &format!("{name}[{index}]"), Some(values)))
                .collect::<Result<Vec<_>, _>>()
        };
        Ok(PolicySet {
            identity: list(Identity, "identity", self.identity)?,
            resource: one(Resource, "resource", self.resource)?,
            grants: Vec::new(),
            trust: one(Trust, "trust", self.trust)?,
            boundary: one(Boundary, "boundary", self.boundary)?,
            session: list(Session, "session", self.session)?,
            service_control: levels(ServiceControl, "scps", self.scps)?,
            resource_control: levels(ResourceControl, "rcps", self.rcps)?,
            endpoint: one(VpcEndpoint, "endpoint", self.endpoint)?,
        })
    }
}

/// Documents of a case are stored documents: they may be older than today's validation.
fn policy(kind: DocumentKind, name: &str, value: &Value) -> Result<Policy, String> {
    let parsed = match value {
        Value::String(text) => Document::parse(kind, text),
        value => Document::from_stored(kind, value),
    };
    let document = parsed.map_err(|error| format!("policies.{name}: {error}"))?;
    Ok(Policy::new(name, document))
}
