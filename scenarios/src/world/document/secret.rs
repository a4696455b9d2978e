//! Secrets as Secrets Manager describes them: everything but what they hold.

use authlab_wire::Value;
use serde_json::json;

use super::{Section, policy};
use crate::{
    client::aws::{member, texts},
    error::StepResult,
    world::World,
};

/// A secret's key, tags, versions and policy. A version is shown by its staging labels: its id is
/// the backend's business.
pub(super) async fn secret(world: &World, name: &str) -> StepResult<Section> {
    let entry = world.named.secrets.get(name)?;
    let client = world.aws_account(&entry.account)?;
    let title = format!("secret {name} of the account {}", entry.account);
    let input = json!({ "SecretId": entry.arn });
    let described = client
        .ask_by_sdk("secretsmanager:DescribeSecret", input.clone())
        .await?;
    let described = match described {
        Ok(described) => described,
        Err(refused) if refused.code == "ResourceNotFoundException" => {
            return Ok(Section::new(title, "gone"));
        }
        Err(refused) => return Err(refused.into()),
    };
    let mut body = String::new();
    if let Ok(key) = described.text("KmsKeyId") {
        body.push_str(&format!("key: {key}\n"));
    }
    let tags = described.list("Tags").iter();
    let tags = tags.map(|tag| format!("tag {}: {}\n", member(tag, "Key"), member(tag, "Value")));
    body.push_str(&sorted(tags));
    if let Some(versions @ Value::Map(ids)) = described.find("VersionIdsToStages") {
        let stages = ids.keys().map(|id| texts(versions, id));
        let stages = stages.filter(|stages| !stages.is_empty());
        body.push_str(&sorted(stages.map(|mut stages| {
            stages.sort_unstable();
            format!("version: {}\n", stages.join(", "))
        })));
    }
    if described.find("DeletedDate").is_some() {
        // Its policy is not shown to anybody before it is restored.
        body.push_str("marked for deletion\n");
        return Ok(Section::new(title, body));
    }
    let policy = client
        .call_by_sdk("secretsmanager:GetResourcePolicy", input)
        .await?;
    if let Ok(text) = policy.text("ResourcePolicy") {
        policy::entry(&mut body, "policy", text);
    }
    Ok(Section::new(title, body))
}

fn sorted(lines: impl Iterator<Item = String>) -> String {
    let mut lines: Vec<_> = lines.collect();
    lines.sort();
    lines.concat()
}
