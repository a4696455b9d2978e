//! A role that is deleted and made again.

use authlab_wire::Value;
use serde_json::{Value as Json, json};

use super::make;
use crate::{
    World,
    client::{
        AwsClient, AwsOutput,
        aws::{member, percent_decoded},
    },
    error::StepResult,
    things::role::Role,
    when,
};

/// Deletes a role and makes it again with the same trust policy and the same policies: name and ARN are the
/// old ones, the unique id is another.
///
/// Example: When the role "operator" is deleted and made again
#[when("the role {string} is deleted and made again")]
async fn role_is_made_again(world: &mut World, name: String) -> StepResult {
    world.acts();
    let account = world.things.get::<Role>(&name)?.account.clone();
    let iam = world.aws_account(&account)?;
    let found = iam.call("iam:GetRole", json!({ "RoleName": name })).await?;
    // IAM answers with the document percent-encoded (RFC 3986).
    let trust = percent_decoded(found.text("Role.AssumeRolePolicyDocument")?);
    let kept = taken_off(&iam, &name, &found).await?;
    iam.call("iam:DeleteRole", json!({ "RoleName": name }))
        .await?;
    make(world, &name, &account, trust).await?;
    for (operation, input) in kept {
        iam.call(operation, input).await?;
    }
    Ok(())
}

/// Takes everything off a role that keeps it from being deleted; gives back the calls that put it on again.
async fn taken_off(
    iam: &AwsClient,
    name: &str,
    role: &AwsOutput,
) -> StepResult<Vec<(&'static str, Json)>> {
    let of_role = json!({ "RoleName": name });
    let mut kept = Vec::new();
    let inline = iam.call("iam:ListRolePolicies", of_role.clone()).await?;
    for policy in inline.list("PolicyNames").iter().filter_map(Value::as_text) {
        let one = json!({ "RoleName": name, "PolicyName": policy });
        let stored = iam.call("iam:GetRolePolicy", one.clone()).await?;
        let document = percent_decoded(stored.text("PolicyDocument")?);
        let again = json!({ "RoleName": name, "PolicyName": policy, "PolicyDocument": document });
        kept.push(("iam:PutRolePolicy", again));
        iam.call("iam:DeleteRolePolicy", one).await?;
    }
    let attached = iam.call("iam:ListAttachedRolePolicies", of_role).await?;
    for policy in attached.list("AttachedPolicies") {
        let one = json!({ "RoleName": name, "PolicyArn": member(policy, "PolicyArn") });
        iam.call("iam:DetachRolePolicy", one.clone()).await?;
        kept.push(("iam:AttachRolePolicy", one));
    }
    if let Ok(arn) = role.text("Role.PermissionsBoundary.PermissionsBoundaryArn") {
        let boundary = json!({ "RoleName": name, "PermissionsBoundary": arn });
        kept.push(("iam:PutRolePermissionsBoundary", boundary));
    }
    Ok(kept)
}
