//! Lambda functions.

use serde_json::json;

use super::{Kind, Reading, Section, Thing, section::statements};
use crate::client::Clients;

/// A Lambda function.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Function {
    /// Its name.
    pub name: String,
    /// The name of its account.
    pub account: String,
    /// Its ARN.
    pub arn: String,
}

impl Thing for Function {
    fn kind() -> Kind {
        Kind::shown("function", 50)
    }

    fn name(&self) -> &str {
        &self.name
    }

    fn group(&self) -> &str {
        &self.account
    }

    /// Its resource policy, once it has one.
    fn section<'a>(&'a self, clients: &'a Clients) -> Reading<'a> {
        Box::pin(async {
            let lambda = clients.aws_account(&self.account)?;
            let input = json!({ "FunctionName": self.name });
            let policy = match lambda.ask("lambda:GetPolicy", input).await? {
                Ok(policy) => policy,
                Err(refused) if refused.code == "ResourceNotFoundException" => return Ok(None),
                Err(refused) => return Err(refused.into()),
            };
            let title = format!("function {} of the account {}", self.name, self.account);
            let policy = statements(policy.text("Policy")?).join("\n");
            Ok(Some(Section::new(title, policy)))
        })
    }
}
