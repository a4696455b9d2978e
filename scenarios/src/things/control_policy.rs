//! Policies of the organization: service control policies and resource control policies.

use serde_json::json;

use super::{Kind, Reading, Section, Thing, section::statements};
use crate::client::Clients;

/// A service or resource control policy.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ControlPolicy {
    /// Its name.
    pub name: String,
    /// Its id.
    pub id: String,
}

impl Thing for ControlPolicy {
    fn kind() -> Kind {
        Kind::shown("control policy", 20)
    }

    fn name(&self) -> &str {
        &self.name
    }

    /// Its content.
    fn section<'a>(&'a self, clients: &'a Clients) -> Reading<'a> {
        Box::pin(async {
            let organizations = clients.aws_account(&clients.management_account()?)?;
            let input = json!({ "PolicyId": self.id });
            let policy = organizations
                .call("organizations:DescribePolicy", input)
                .await?;
            let kind = match policy.text("Policy.PolicySummary.Type")? {
                "SERVICE_CONTROL_POLICY" => "service control policy",
                "RESOURCE_CONTROL_POLICY" => "resource control policy",
                _ => "policy",
            };
            let content = statements(policy.text("Policy.Content")?).join("\n");
            Ok(Some(Section::new(format!("{kind} {}", self.name), content)))
        })
    }
}
