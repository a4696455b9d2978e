//! Roles of IAM.

use authlab_wire::Value;
use serde_json::json;

use super::{
    Kind, Reading, Section, Thing, managed_policy,
    section::{Trusted, attachment, entry, sorted, tag, trusted},
};
use crate::client::{Clients, aws::percent_decoded};

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
            let trust = percent_decoded(trust);
            let mut title = format!("role {} of the account {}", self.name, self.account);
            match trusted(&trust) {
                Some(Trusted::Account(id)) => {
                    let name = clients.account_name(&id).unwrap_or(&id);
                    title = format!("{title}: trusted by the account {name}");
                }
                Some(Trusted::Service(service)) => {
                    title = format!("{title}: trusted by the service {service}");
                }
                None => entry(&mut body, "trust policy", &trust),
            }
            let tags = role.list("Role.Tags").iter();
            body.push_str(&sorted(tags.map(tag)));
            let attached = iam
                .call("iam:ListAttachedRolePolicies", of_role.clone())
                .await?;
            let attached = attached.list("AttachedPolicies").iter();
            body.push_str(&sorted(attached.map(attachment)));
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
                let document = managed_policy::document(&iam, arn).await?;
                entry(&mut body, &format!("permissions boundary {arn}"), &document);
            }
            Ok(Some(Section::new(title, body)))
        })
    }
}
