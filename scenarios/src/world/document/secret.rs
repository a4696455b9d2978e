//! Secrets as Secrets Manager describes them: everything but what they hold.

use aws_sdk_secretsmanager::{Client, error::SdkError};

use super::{Section, policy};
use crate::{error::StepResult, world::World};

/// A secret's key, tags, versions and policy. A version is shown by its staging labels: its id is
/// the backend's business.
pub(super) async fn secret(world: &World, name: &str) -> StepResult<Section> {
    let entry = world.named.secrets.get(name)?;
    let client = Client::new(&world.aws_account(&entry.account)?);
    let title = format!("secret {name} of the account {}", entry.account);
    let described = client.describe_secret().secret_id(&entry.arn).send().await;
    let described = match described {
        Ok(described) => described,
        Err(SdkError::ServiceError(refused)) if refused.err().is_resource_not_found_exception() => {
            return Ok(Section::new(title, "gone"));
        }
        Err(error) => return Err(error.into()),
    };
    let mut body = String::new();
    if let Some(key) = described.kms_key_id() {
        body.push_str(&format!("key: {key}\n"));
    }
    let tags = described.tags().iter().map(|tag| {
        let (key, value) = (
            tag.key().unwrap_or_default(),
            tag.value().unwrap_or_default(),
        );
        format!("tag {key}: {value}\n")
    });
    body.push_str(&sorted(tags));
    let versions = described.version_ids_to_stages().into_iter().flatten();
    let versions = versions.filter(|(_, stages)| !stages.is_empty());
    body.push_str(&sorted(versions.map(|(_, stages)| {
        let mut stages = stages.clone();
        stages.sort();
        format!("version: {}\n", stages.join(", "))
    })));
    if described.deleted_date().is_some() {
        // Its policy is not shown to anybody before it is restored.
        body.push_str("marked for deletion\n");
        return Ok(Section::new(title, body));
    }
    let request = client.get_resource_policy().secret_id(&entry.arn);
    if let Some(text) = request.send().await?.resource_policy() {
        policy::entry(&mut body, "policy", text);
    }
    Ok(Section::new(title, body))
}

fn sorted(lines: impl Iterator<Item = String>) -> String {
    let mut lines: Vec<_> = lines.collect();
    lines.sort();
    lines.concat()
}
