//! Roles of IAM.

use authlab_wire::Value;
use serde_json::json;

use super::{Kind, Reading, Section, Thing, section::entry};
use crate::client::Clients;

/// A role.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Role {
    /// The name of its account.
    pub account: String,
    /// Its name in IAM.
    pub name: String,
    /// Its ARN.
    pub arn: String,
}

impl Thing for Role {
    fn kind() -> Kind {
        Kind::shown("role", 10)
    }

    fn name(&self) -> &str {
        &self.name
    }

    fn group(&self) -> &str {
        &self.account
    }

    /// Its trust policy, inline policies and boundary.
    fn section<'a>(&'a self, clients: &'a Clients) -> Reading<'a> {
        Box::pin(async {
            let iam = clients.aws_account(&self.account)?;
            let of_role = json!({ "RoleName": self.name });
            let role = iam.call("iam:GetRole", of_role.clone()).await?;
            let mut body = String::new();
            let trust = role.text("Role.AssumeRolePolicyDocument")?;
            entry(&mut body, "trust policy", &percent_decoded(trust));
            let policies = iam.call("iam:ListRolePolicies", of_role).await?;
            let policies = policies.list("PolicyNames").iter();
            let mut policies: Vec<_> = policies.filter_map(Value::as_text).collect();
            policies.sort_unstable();
            for policy in policies {
                let input = json!({ "RoleName": self.name, "PolicyName": policy });
                let stored = iam.call("iam:GetRolePolicy", input).await?;
                let document = percent_decoded(stored.text("PolicyDocument")?);
                entry(&mut body, &format!("policy {policy}"), &document);
            }
            if let Ok(arn) = role.text("Role.PermissionsBoundary.PermissionsBoundaryArn") {
                let stored = iam
                    .call("iam:GetPolicy", json!({ "PolicyArn": arn }))
                    .await?;
                let version = stored.text("Policy.DefaultVersionId")?;
                let input = json!({ "PolicyArn": arn, "VersionId": version });
                let stored = iam.call("iam:GetPolicyVersion", input).await?;
                let document = percent_decoded(stored.text("PolicyVersion.Document")?);
                entry(&mut body, &format!("permissions boundary {arn}"), &document);
            }
            let title = format!("role {} of the account {}", self.name, self.account);
            Ok(Some(Section::new(title, body)))
        })
    }
}

/// IAM gives documents percent-encoded (RFC 3986).
fn percent_decoded(text: &str) -> String {
    percent_encoding::percent_decode_str(text)
        .decode_utf8_lossy()
        .into_owned()
}
