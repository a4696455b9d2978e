//! Secrets that a backend keeps: what the checks need to know of them.

use std::collections::BTreeMap;

use authlab_kernel::AccountId;
use authlab_wire::{Value, WireError};
use futures_util::future::BoxFuture;
use serde::Deserialize;

use super::identifier::Identifier;
use super::ops::key_refusal;
use super::state::Learned;
use crate::cloud::Cloud;
use crate::front::pass::{self as passing, Asking, Passable, error_code, unreadable};
use crate::operation::{Call, Tag};

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

/// Secrets that a backend keeps.
pub struct Secrets;

impl Passable for Secrets {
    fn passes(&self, operation: &str) -> bool {
        // Its answer holds many secrets, each of which has a decision of its own.
        operation != "BatchGetSecretValue"
    }

    fn resource<'i>(&self, input: &'i Value) -> Option<&'i str> {
        input.get("SecretId").and_then(Value::as_text)
    }

    fn owner(&self, id: &str, call: &Call) -> AccountId {
        Identifier::parse(id).scope(&call.scope).account
    }

    fn learn<'a>(
        &'a self,
        asking: &'a Asking<'a>,
        id: &'a str,
    ) -> BoxFuture<'a, Result<passing::Keeping, WireError>> {
        Box::pin(async move {
            let learned = facts(asking, id).await?;
            let (id, service) = (id.to_owned(), asking.call.service);
            let keep: passing::Keeping = Box::new(move |cloud, call| {
                let secrets = &mut cloud.secretsmanager;
                let kept = secrets.learn(&id, &call.scope, learned, call.now);
                kept.map(|_| ())
                    .map_err(|error| unreadable(service, &error))
            });
            Ok(keep)
        })
    }

    /// Whether the key of the secret opens it for the caller: the same rule as in the lab's own
    /// Secrets Manager.
    fn check(&self, cloud: &Cloud, call: &Call, input: &Value) -> Result<(), WireError> {
        match key_refusal(cloud, call, input) {
            Some(error) => Err(error),
            None => Ok(()),
        }
    }
}

/// A secret's facts; `None` when there is no such secret.
async fn facts(asking: &Asking<'_>, id: &str) -> Result<Option<Learned>, WireError> {
    const PURPOSE: &str = "pass-read-secret";
    let unreadable = |problem: &dyn std::fmt::Display| unreadable(asking.call.service, problem);
    let ask =
        async |operation: &str, id: &str| asking.ask(PURPOSE, operation, ("SecretId", id)).await;
    let (status, answer) = ask("DescribeSecret", id).await?;
    if error_code(&answer) == Some("ResourceNotFoundException") && status == 400 {
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
