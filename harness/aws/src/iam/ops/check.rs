//! What a call of IAM needs: the operation's own action, on the thing that it names (Service
//! Authorization Reference, AWS Identity and Access Management).

use authlab_policy::Principal;
use authlab_wire::{Value, WireError};

use super::super::{provider, role};
use crate::cloud::Cloud;
use crate::operation::{Call, Check};

/// `iam:{operation}` on the role, user, policy or provider of the input.
pub(super) fn of(cloud: &Cloud, call: &Call, input: &Value) -> Result<Vec<Check>, WireError> {
    let text = |member: &str| input.get(member).and_then(Value::as_text);
    let (resource, tags) = resource(cloud, call, input);
    let mut check = Check::new(
        format!("iam:{}", call.operation),
        resource,
        call.account().clone(),
    );
    for (key, value) in tags {
        check = check
            .with(format!("aws:ResourceTag/{key}"), value.as_str())
            .with(format!("iam:ResourceTag/{key}"), value.as_str());
    }
    if call.operation.starts_with("Attach") || call.operation.starts_with("Detach") {
        check = check.with("iam:PolicyARN", text("PolicyArn").unwrap_or_default());
    }
    if let Some(boundary) = text("PermissionsBoundary") {
        check = check.with("iam:PermissionsBoundary", boundary);
    }
    let requested: Vec<(&str, &str)> = input
        .get("Tags")
        .and_then(Value::as_list)
        .unwrap_or_default()
        .iter()
        .filter_map(|tag| Some((tag.get("Key")?.as_text()?, tag.get("Value")?.as_text()?)))
        .collect();
    for (key, value) in &requested {
        check = check.with(format!("aws:RequestTag/{key}"), *value);
    }
    let removed = input
        .get("TagKeys")
        .and_then(Value::as_list)
        .unwrap_or_default();
    let keys: Vec<String> = requested
        .iter()
        .map(|(key, _)| (*key).to_owned())
        .chain(
            removed
                .iter()
                .filter_map(|key| key.as_text().map(str::to_owned)),
        )
        .collect();
    if !keys.is_empty() {
        check = check.with_all("aws:TagKeys", keys);
    }
    Ok(vec![check])
}

type Tags = Vec<(String, String)>;

/// The ARN of what the input names, as it is or as it will be, and its tags.
fn resource(cloud: &Cloud, call: &Call, input: &Value) -> (String, Tags) {
    let account = call.account();
    let text = |member: &str| input.get(member).and_then(Value::as_text);
    let path = text("Path").unwrap_or("/");
    let list = |tags: &std::collections::BTreeMap<String, String>| {
        tags.iter()
            .map(|(key, value)| (key.clone(), value.clone()))
            .collect()
    };
    if let Some(name) = text("RoleName") {
        return match cloud.iam.role(account, name) {
            Some(role) => (role.arn.clone(), list(&role.grants.tags)),
            None => (role::arn(account, "role", path, name), Vec::new()),
        };
    }
    if let Some(name) = text("UserName").or_else(|| own_user_name(call)) {
        return match cloud.iam.user(account, name) {
            Some(user) => (user.arn.clone(), list(&user.grants.tags)),
            None => (role::arn(account, "user", path, name), Vec::new()),
        };
    }
    for member in ["PolicyArn", "OpenIDConnectProviderArn", "PolicySourceArn"] {
        if let Some(arn) = text(member) {
            return (arn.to_owned(), Vec::new());
        }
    }
    if let Some(name) = text("PolicyName") {
        return (role::arn(account, "policy", path, name), Vec::new());
    }
    if let Some(url) = text("Url") {
        return (provider::arn(account, url), Vec::new());
    }
    ("*".to_owned(), Vec::new())
}

/// Operations on users and keys are about the caller when they name nobody.
fn own_user_name(call: &Call) -> Option<&str> {
    let about_caller = [
        "GetUser",
        "CreateAccessKey",
        "ListAccessKeys",
        "UpdateAccessKey",
        "DeleteAccessKey",
    ];
    match &call.caller.principal {
        Principal::User { name, .. } if about_caller.contains(&call.operation) => Some(name),
        _ => None,
    }
}
