//! Resource policies of an account and Region: kept as documents.

use authlab_wire::{Value, WireError};
use serde::{Deserialize, Serialize};

use super::wire;
use crate::cloud::Cloud;
use crate::logs::error::Error;
use crate::logs::state::ResourcePolicy;
use crate::operation::{Answer, Call, Reply, read};

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct PolicyInput {
    policy_name: Option<String>,
    policy_document: Option<String>,
    resource_arn: Option<String>,
}

impl PolicyInput {
    /// Policies on single log groups are not simulated.
    fn name(&self) -> Result<&str, WireError> {
        if self.resource_arn.is_some() {
            return Err(WireError::not_implemented(
                "resource policies with `resourceArn`",
            ));
        }
        let missing = || wire(Error::Parameter("`policyName` is missing".to_owned()));
        self.policy_name.as_deref().ok_or_else(missing)
    }
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
    let text = input.policy_document.clone().ok_or_else(missing)?;
    let (logs, ctx) = cloud.logs(call);
    let policy = logs.put_policy(name, text, &ctx).map_err(wire)?;
    Reply::to(&PutOutput {
        resource_policy: PolicyOutput::of(name, policy),
    })
}

pub(crate) fn describe_resource_policies(cloud: &mut Cloud, call: &Call, _: Value) -> Answer {
    let policies = cloud.logs.policies(&call.scope);
    let resource_policies = policies
        .map(|(name, policy)| PolicyOutput::of(name, policy))
        .collect();
    Reply::to(&DescribeOutput { resource_policies })
}

pub(crate) fn delete_resource_policy(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let input: PolicyInput = read(input)?;
    let (logs, ctx) = cloud.logs(call);
    logs.delete_policy(input.name()?, &ctx).map_err(wire)?;
    Ok(Reply::empty())
}
