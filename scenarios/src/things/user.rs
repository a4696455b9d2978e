//! Users of IAM.

use authlab::Credentials;
use authlab_wire::Value;
use serde_json::json;

use super::{
    Kind, Reading, Section, Thing,
    section::{attachment, entry, sorted},
};
use crate::client::{Clients, aws::percent_decoded};

/// A user.
#[derive(Clone, Debug)]
pub struct User {
    /// The name of its account.
    pub account: String,
    /// Its name in IAM.
    pub name: String,
    /// Its access key, if it has one.
    pub credentials: Option<Credentials>,
}

impl Thing for User {
    fn kind() -> Kind {
        Kind::shown("user", 15)
    }

    fn name(&self) -> &str {
        &self.name
    }

    fn group(&self) -> &str {
        &self.account
    }

    /// Its inline policies, if it has any.
    fn section<'a>(&'a self, clients: &'a Clients) -> Reading<'a> {
        Box::pin(async {
            let iam = clients.aws_account(&self.account)?;
            let of_user = json!({ "UserName": self.name });
            let attached = iam
                .call("iam:ListAttachedUserPolicies", of_user.clone())
                .await?;
            let attached = attached.list("AttachedPolicies").iter();
            let mut body = sorted(attached.map(attachment));
            let policies = iam.call("iam:ListUserPolicies", of_user).await?;
            for policy in policies
                .list("PolicyNames")
                .iter()
                .filter_map(Value::as_text)
            {
                let input = json!({ "UserName": self.name, "PolicyName": policy });
                let stored = iam.call("iam:GetUserPolicy", input).await?;
                let document = percent_decoded(stored.text("PolicyDocument")?);
                entry(&mut body, &format!("policy {policy}"), &document);
            }
            let title = format!("user {} of the account {}", self.name, self.account);
            Ok((!body.is_empty()).then(|| Section::new(title, body)))
        })
    }
}
