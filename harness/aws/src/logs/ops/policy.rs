//! Resource policies of an account and Region: kept as documents.

use authlab_wire::{Value, WireError};
use serde::{Deserialize, Serialize};

use super::wire;
use crate::cloud::Cloud;
use crate::logs::error::Error;
use crate::logs::state::ResourcePolicy;
use crate::operation::{Answer, Call, Reply, page, read};

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct PolicyInput {
    policy_name: Option<String>,
    policy_document: Option<String>,
    resource_arn: Option<String>,
    expected_revision_id: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct ListInput {
    limit: Option<usize>,
    next_token: Option<String>,
    policy_scope: Option<String>,
    resource_arn: Option<String>,
}

impl PolicyInput {
    /// Policies on single log groups are not simulated.
    fn name(&self) -> Result<&str, WireError> {
        if self.resource_arn.is_some() || self.expected_revision_id.is_some() {
            return Err(on_groups());
        }
        let missing = || wire(Error::Parameter("`policyName` is missing".to_owned()));
        self.policy_name.as_deref().ok_or_else(missing)
    }
}

fn on_groups() -> WireError {
    WireError::not_implemented("resource policies with `resourceArn`")
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PutOutput<'a> {
    resource_policy: PolicyOutput<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct DescribeOutput<'a> {
    resource_policies: Vec<PolicyOutput<'a>>,
    next_token: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PolicyOutput<'a> {
    policy_name: &'a str,
    policy_document: &'a str,
    policy_scope: &'static str,
    last_updated_time: i64,
}

impl<'a> PolicyOutput<'a> {
    fn of(name: &'a str, policy: &'a ResourcePolicy) -> Self {
        Self {
            policy_name: name,
            policy_document: &policy.text,
            policy_scope: "ACCOUNT",
            last_updated_time: policy.updated.as_millisecond(),
        }
    }
}

pub(crate) fn put_resource_policy(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let input: PolicyInput = read(input)?;
    let name = input.name()?;
    let missing = || wire(Error::Parameter("`policyDocument` is missing".to_owned()));
    let text = input.policy_document.as_deref().ok_or_else(missing)?;
    let (logs, ctx) = cloud.logs(call);
    let policy = logs.put_policy(name, text.to_owned(), &ctx);
    // As it was given; what is kept is written anew (recorded for both).
    Reply::to(&PutOutput {
        resource_policy: PolicyOutput {
            policy_document: text,
            ..PolicyOutput::of(name, policy.map_err(wire)?)
        },
    })
}

pub(crate) fn describe_resource_policies(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let input: ListInput = read(input)?;
    if input.resource_arn.is_some() {
        return Err(on_groups());
    }
    // Policies on single log groups are not simulated: there are none.
    let is_wanted = input.policy_scope.as_deref() != Some("RESOURCE");
    let policies = cloud.logs.policies(&call.scope).filter(|_| is_wanted);
    let (place, size) = (input.next_token.as_deref(), input.limit.unwrap_or(50));
    let (policies, next_token) = page::named(policies, place, size, |(name, _)| (*name).clone());
    let resource_policies = policies
        .into_iter()
        .map(|(name, policy)| PolicyOutput::of(name, policy))
        .collect();
    Reply::to(&DescribeOutput {
        resource_policies,
        next_token,
    })
}

pub(crate) fn delete_resource_policy(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let input: PolicyInput = read(input)?;
    let (logs, ctx) = cloud.logs(call);
    logs.delete_policy(input.name()?, &ctx).map_err(wire)?;
    Ok(Reply::empty())
}
