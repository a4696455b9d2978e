//! Managed policies of an account.

use serde_json::json;

use super::{Kind, Reading, Section, Thing, section::statements};
use crate::{
    client::{AwsClient, Clients, aws::percent_decoded},
    error::StepResult,
};

/// A managed policy.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ManagedPolicy {
    /// The name of its account.
    pub account: String,
    /// Its name.
    pub name: String,
    /// Its ARN.
    pub arn: String,
}

impl Thing for ManagedPolicy {
    fn kind() -> Kind {
        Kind::shown("managed policy", 17)
    }

    fn name(&self) -> &str {
        &self.name
    }

    fn group(&self) -> &str {
        &self.account
    }

    /// Its default version.
    fn section<'a>(&'a self, clients: &'a Clients) -> Reading<'a> {
        Box::pin(async {
            let iam = clients.aws_account(&self.account)?;
            let document = document(&iam, &self.arn).await?;
            let (name, account) = (&self.name, &self.account);
            let title = format!("managed policy {name} of the account {account}");
            Ok(Some(Section::new(title, statements(&document).join("\n"))))
        })
    }
}

/// The document of a managed policy's default version.
pub(crate) async fn document(iam: &AwsClient, arn: &str) -> StepResult<String> {
    let stored = iam
        .call("iam:GetPolicy", json!({ "PolicyArn": arn }))
        .await?;
    let version = stored.text("Policy.DefaultVersionId")?;
    let input = json!({ "PolicyArn": arn, "VersionId": version });
    let stored = iam.call("iam:GetPolicyVersion", input).await?;
    Ok(percent_decoded(stored.text("PolicyVersion.Document")?))
}
