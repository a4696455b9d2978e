//! Secrets as Secrets Manager describes them: everything but what they hold.

use authlab_snapshots::Redactor;
use authlab_wire::Value;
use serde_json::json;

use super::{
    Kind, Reading, Section, Thing,
    section::{entry, sorted, tag},
};
use crate::{
    client::{AwsClient, AwsOutput, Clients, aws::texts},
    error::StepResult,
};

/// A secret of AWS Secrets Manager.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct SecretEntry {
    /// Its name.
    pub name: String,
    /// The name of its account.
    pub account: String,
    /// Its complete ARN.
    pub arn: String,
}

impl Thing for SecretEntry {
    fn kind() -> Kind {
        Kind::shown("secret", 40)
    }

    fn name(&self) -> &str {
        &self.name
    }

    /// Its key, tags, versions and policy. A version is shown by its staging labels: its id is the
    /// backend's business.
    fn section<'a>(&'a self, clients: &'a Clients) -> Reading<'a> {
        Box::pin(async {
            let client = clients.aws_account(&self.account)?;
            let title = format!("secret {} of the account {}", self.name, self.account);
            let input = json!({ "SecretId": self.arn });
            let described = client
                .ask_by_sdk("secretsmanager:DescribeSecret", input)
                .await?;
            let body = match described {
                Ok(described) => self.body(&client, &described).await?,
                Err(refused) if refused.code == "ResourceNotFoundException" => "gone".to_owned(),
                Err(refused) => return Err(refused.into()),
            };
            Ok(Some(Section::new(title, body)))
        })
    }

    /// Nothing shows the characters that Secrets Manager added to its name.
    fn redact(&self, redactor: Redactor) -> Redactor {
        redactor.secret(&self.arn)
    }
}

impl SecretEntry {
    async fn body(&self, client: &AwsClient, described: &AwsOutput) -> StepResult<String> {
        let mut body = String::new();
        if let Ok(key) = described.text("KmsKeyId") {
            body.push_str(&format!("key: {key}\n"));
        }
        let tags = described.list("Tags").iter();
        body.push_str(&sorted(tags.map(tag)));
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
            return Ok(body);
        }
        let policy = client
            .call_by_sdk(
                "secretsmanager:GetResourcePolicy",
                json!({ "SecretId": self.arn }),
            )
            .await?;
        if let Ok(text) = policy.text("ResourcePolicy") {
            entry(&mut body, "policy", text);
        }
        Ok(body)
    }
}
