//! What the checks of Secrets Manager need to know of a secret that a backend keeps.

use std::collections::BTreeMap;

use authlab_kernel::AccountId;
use authlab_wire::sigv4::Options;
use authlab_wire::{Value, WireError};
use serde::Deserialize;
use serde_json::json;

use super::hop::{self, Backend, Hop};
use super::unavailable;
use crate::cloud::Cloud;
use crate::evidence::Reason;
use crate::front::door::FrontDoor;
use crate::front::trail::Trail;
use crate::operation::{Call, Tag};
use crate::secretsmanager::{Identifier, Learned, key_refusal};

/// The account that owns the secret that a caller means: the ARN's, else their own.
pub(super) fn owner(id: Option<&str>, call: &Call) -> AccountId {
    match id {
        Some(id) => Identifier::parse(id).scope(&call.scope).account,
        None => call.account().clone(),
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Described {
    #[serde(rename = "ARN")]
    arn: String,
    name: String,
    #[serde(default)]
    kms_key_id: Option<String>,
    #[serde(default)]
    tags: Option<Vec<Tag>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct PolicyOf {
    #[serde(default)]
    resource_policy: Option<String>,
}

/// Reads a secret's facts as the root of its account; `None` when there is no such secret. Nothing
/// else counts as an answer: what is not known cannot be decided.
///
/// # Errors
/// 503 on every answer but these two.
pub(super) async fn learn(
    door: &FrontDoor,
    backend: &Backend,
    call: &Call,
    id: &str,
    trail: &Trail,
) -> Result<Option<Learned>, WireError> {
    let account = owner(Some(id), call);
    let hop = Hop {
        service: call.service,
        region: &call.scope.region,
        account: &account,
        purpose: "pass-read-secret",
        options: Options::STANDARD,
    };
    let ask = async |operation: &str, id: &str| {
        let target = format!("{}.{operation}", call.service);
        door.ask(backend, &hop, &target, &json!({ "SecretId": id }), trail)
            .await
    };
    let unreadable = |problem: &dyn std::fmt::Display| {
        unavailable(call.service, problem, Reason::BackendUnreadable)
    };
    let (status, answer) = ask("DescribeSecret", id).await?;
    if hop::error_code(&answer) == Some("ResourceNotFoundException") && status == 400 {
        return Ok(None);
    }
    if status != 200 {
        return Err(unreadable(&format!("DescribeSecret answered {status}")));
    }
    let described: Described =
        serde_json::from_value(answer).map_err(|error| unreadable(&error))?;
    // By its ARN, so that both answers are about one secret.
    let (status, answer) = ask("GetResourcePolicy", &described.arn).await?;
    if status != 200 {
        return Err(unreadable(&format!("GetResourcePolicy answered {status}")));
    }
    let policy: PolicyOf = serde_json::from_value(answer).map_err(|error| unreadable(&error))?;
    let tags = described.tags.unwrap_or_default().into_iter();
    let tags: BTreeMap<String, String> = tags.map(|tag| (tag.key, tag.value)).collect();
    Ok(Some(Learned {
        arn: described.arn,
        name: described.name,
        kms_key_id: described.kms_key_id,
        tags,
        policy_text: policy.resource_policy.filter(|text| !text.is_empty()),
    }))
}

/// Whether the key of the secret opens it for the caller: the same rule as in the lab's own Secrets
/// Manager.
///
/// # Errors
/// It does not.
pub(super) fn check_key(cloud: &Cloud, call: &Call, input: &Value) -> Result<(), WireError> {
    match key_refusal(cloud, call, input) {
        Some(error) => Err(error),
        None => Ok(()),
    }
}
