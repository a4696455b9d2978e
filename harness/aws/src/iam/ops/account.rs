//! Alias and password policy of an account on the wire, and when a key was last used.

use authlab_wire::Value;
use serde::Deserialize;
use serde_json::json;

use super::wire;
use crate::cloud::Cloud;
use crate::iam::{Error, PasswordPolicy};
use crate::operation::{Answer, Call, Nothing, Reply, read};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Input {
    #[serde(default)]
    account_alias: String,
    #[serde(default)]
    access_key_id: String,
}

pub(super) fn create_alias(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let asked: Input = read(input)?;
    cloud
        .shared
        .iam
        .create_alias(call.account(), &asked.account_alias)
        .map_err(wire)?;
    Ok(Reply::empty())
}

pub(super) fn list_aliases(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let _nothing: Nothing = read(input)?;
    let aliases: Vec<&str> = cloud.shared.iam.alias(call.account()).into_iter().collect();
    Reply::to(&json!({"AccountAliases": aliases}))
}

pub(super) fn delete_alias(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let asked: Input = read(input)?;
    cloud
        .shared
        .iam
        .delete_alias(call.account(), &asked.account_alias)
        .map_err(wire)?;
    Ok(Reply::empty())
}

pub(super) fn summary(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let _nothing: Nothing = read(input)?;
    Reply::to(&json!({"SummaryMap": cloud.shared.iam.summary(call.account())}))
}

pub(super) fn update_password_policy(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let asked: PasswordPolicy = read(input)?;
    cloud.shared.iam.set_password_policy(call.account(), asked);
    Ok(Reply::empty())
}

pub(super) fn get_password_policy(cloud: &mut Cloud, call: &Call, _input: Value) -> Answer {
    let policy = cloud
        .shared
        .iam
        .password_policy(call.account())
        .map_err(wire)?;
    Reply::to(&json!({"PasswordPolicy": {
        "MinimumPasswordLength": policy.minimum_length,
        "RequireSymbols": policy.requires_symbols,
        "RequireNumbers": policy.requires_numbers,
        "RequireUppercaseCharacters": policy.requires_uppercase,
        "RequireLowercaseCharacters": policy.requires_lowercase,
        "AllowUsersToChangePassword": policy.users_change,
        "ExpirePasswords": policy.maximum_age_days.is_some_and(|days| days > 0),
        "MaxPasswordAge": policy.maximum_age_days,
        "PasswordReusePrevention": policy.reuse_prevention,
        "HardExpiry": policy.hard_expiry,
    }}))
}

pub(super) fn delete_password_policy(cloud: &mut Cloud, call: &Call, _input: Value) -> Answer {
    cloud
        .shared
        .iam
        .delete_password_policy(call.account())
        .map_err(wire)?;
    Ok(Reply::empty())
}

/// A key that was never used says `N/A`.
pub(super) fn access_key_last_used(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let asked: Input = read(input)?;
    let found = cloud.shared.iam.access_key(&asked.access_key_id);
    let Some((user, key)) = found.filter(|(user, _)| user.account == *call.account()) else {
        return Err(wire(Error::NoKeyToTell {
            caller: call.caller.principal.label().into_owned(),
            id: asked.access_key_id,
        }));
    };
    let used = key.last_used.as_ref();
    Reply::to(&json!({
        "UserName": user.name,
        "AccessKeyLastUsed": {
            "LastUsedDate": used.map(|used| used.at),
            "ServiceName": used.map_or("N/A", |used| used.service.as_str()),
            "Region": used.map_or("N/A", |used| used.region.as_str()),
        },
    }))
}
