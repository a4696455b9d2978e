//! Resource policies.

use authlab_wire::{Value, WireError};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::wire;
use crate::cloud::Cloud;
use crate::lambda::error::Error;
use crate::lambda::name::FunctionName;
use crate::lambda::permission::{Grant, Permissions};
use crate::operation::{Answer, Call, Reply, read, read_both};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct NameInput {
    function_name: String,
    #[serde(default)]
    qualifier: Option<String>,
    #[serde(default)]
    revision_id: Option<String>,
    #[serde(default)]
    statement_id: String,
}

impl NameInput {
    fn name(&self, call: &Call) -> Result<FunctionName, WireError> {
        let name = FunctionName::read(&self.function_name, self.qualifier.as_deref(), &call.scope);
        name.map_err(wire)
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct GrantInput {
    statement_id: String,
    action: String,
    principal: String,
    #[serde(default)]
    source_arn: Option<String>,
    #[serde(default)]
    source_account: Option<String>,
    #[serde(default, rename = "PrincipalOrgID")]
    principal_org_id: Option<String>,
    #[serde(default)]
    event_source_token: Option<String>,
    #[serde(default)]
    function_url_auth_type: Option<String>,
    #[serde(default)]
    invoked_via_function_url: Option<bool>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct StatementOutput {
    statement: String,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct PolicyOutput<'a> {
    policy: String,
    revision_id: &'a str,
}

pub(crate) fn add_permission(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let (named, input): (NameInput, GrantInput) = read_both(input)?;
    if input.invoked_via_function_url.is_some() {
        return Err(WireError::not_implemented("InvokedViaFunctionUrl"));
    }
    let grant = Grant {
        statement_id: input.statement_id,
        action: input.action,
        principal: input.principal,
        source_arn: input.source_arn,
        source_account: input.source_account,
        principal_org_id: input.principal_org_id,
        event_source_token: input.event_source_token,
        function_url_auth_type: input.function_url_auth_type,
    };
    let name = named.name(call)?;
    check_principals(cloud, &name, &grant.principal)?;
    let (lambda, ctx) = cloud.lambda(call);
    let statement = lambda
        .grant(&name, &grant, named.revision_id.as_deref(), &ctx)
        .map_err(wire)?;
    Reply::to(&StatementOutput { statement })
}

/// The whole policy must name users and roles that are there: one that names somebody who is gone takes
/// no further statement (as observed).
fn check_principals(cloud: &Cloud, name: &FunctionName, principal: &str) -> Result<(), WireError> {
    let added = json!({"Statement": {"Principal": {"AWS": principal}}});
    let permissions = cloud.lambda.permissions(name);
    let policy = permissions.and_then(Permissions::policy);
    let documents = policy.map(|policy| policy.document.source());
    documents
        .into_iter()
        .chain([&added])
        .try_for_each(|document| cloud.shared.iam.check_principals(document))
        .map_err(|_| wire(Error::Principal))
}

pub(crate) fn remove_permission(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let input: NameInput = read(input)?;
    let name = input.name(call)?;
    let (lambda, ctx) = cloud.lambda(call);
    let revision_id = input.revision_id.as_deref();
    lambda
        .revoke(&name, &input.statement_id, revision_id, &ctx)
        .map_err(wire)?;
    Ok(Reply::empty())
}

pub(crate) fn get_policy(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let input: NameInput = read(input)?;
    let name = input.name(call)?;
    let permissions = cloud.lambda.permissions(&name);
    let permissions =
        permissions.ok_or_else(|| wire(Error::NoSuchFunction(name.qualified_arn())))?;
    let policy = permissions
        .document()
        .ok_or_else(|| wire(Error::NoPolicy))?;
    Reply::to(&PolicyOutput {
        policy,
        revision_id: cloud.lambda.policy_revision(&name).unwrap_or_default(),
    })
}
