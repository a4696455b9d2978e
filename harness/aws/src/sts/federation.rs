//! GetFederationToken: a session of a name that the caller gives, with what both the caller's own
//! policies and the session policies allow.

use authlab_policy::Principal;
use authlab_wire::{Value, WireError};
use serde::{Deserialize, Serialize};

use super::ops::{CredentialsOutput, cannot_call, issued, wire};
use super::session::{self, PolicyArn};
use super::state::Federation;
use crate::cloud::Cloud;
use crate::operation::{Answer, Call, Check, Reply, Tag, read};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Input {
    name: String,
    policy: Option<String>,
    #[serde(default)]
    policy_arns: Vec<PolicyArn>,
    duration_seconds: Option<i64>,
    #[serde(default)]
    tags: Vec<Tag>,
}

/// `sts:GetFederationToken` on the federated user, and `sts:TagSession` when tags are passed.
pub(super) fn checks(_cloud: &Cloud, call: &Call, input: &Value) -> Result<Vec<Check>, WireError> {
    let asked: Input = read(input.clone())?;
    check_caller(call)?;
    let arn = arn(call, &asked.name);
    let check = |action: &str| {
        Check::new(action, arn.as_str(), call.account().clone()).requests(&asked.tags)
    };
    let mut checks = vec![check("sts:GetFederationToken")];
    if !asked.tags.is_empty() {
        checks.push(check("sts:TagSession"));
    }
    Ok(checks)
}

fn arn(call: &Call, name: &str) -> String {
    format!("arn:aws:sts::{}:federated-user/{name}", call.account())
}

/// Only long-term credentials of a user or of root may ask.
fn check_caller(call: &Call) -> Result<(), WireError> {
    let is_long_term = call.caller.session.is_none()
        && matches!(
            call.caller.principal,
            Principal::User { .. } | Principal::Root { .. }
        );
    if is_long_term {
        Ok(())
    } else {
        Err(cannot_call(call))
    }
}

pub(super) fn get_federation_token(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let asked: Input = read(input)?;
    check_caller(call)?;
    let policies = session::policies(
        cloud,
        call.account(),
        asked.policy.as_deref(),
        &asked.policy_arns,
    );
    let tags = session::tags(&asked.tags, &[], None).map_err(|error| wire(&error))?;
    // Twelve hours, and an hour at most for the root user (STS, GetFederationToken).
    let seconds = match call.caller.principal {
        Principal::Root { .. } => asked.duration_seconds.unwrap_or(3_600).min(3_600),
        _ => asked.duration_seconds.unwrap_or(43_200),
    };
    // Nothing that was packed has no size (recorded on AWS); that of a policy is not known.
    let is_bare = asked.policy.is_none() && asked.policy_arns.is_empty() && asked.tags.is_empty();
    let federation = Federation {
        name: asked.name.clone(),
        policies: policies.map_err(|error| wire(&error))?,
        tags: tags.all,
        duration_seconds: seconds,
    };
    let credentials = cloud
        .sts
        .issue_federated(&call.caller, federation, call.now, &call.ids);
    let arn = arn(call, &asked.name);
    let effect = issued(call, &arn, call.account(), &credentials);
    #[derive(Serialize)]
    #[serde(rename_all = "PascalCase")]
    struct FederatedUser {
        federated_user_id: String,
        arn: String,
    }
    #[derive(Serialize)]
    #[serde(rename_all = "PascalCase")]
    struct Output {
        credentials: CredentialsOutput,
        federated_user: FederatedUser,
        packed_policy_size: Option<u8>,
    }
    let output = Output {
        credentials: (&credentials).into(),
        federated_user: FederatedUser {
            federated_user_id: format!("{}:{}", call.account(), asked.name),
            arn,
        },
        packed_policy_size: is_bare.then_some(0),
    };
    Ok(Reply::to(&output)?.and(effect))
}
