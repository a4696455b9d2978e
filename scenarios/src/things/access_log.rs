//! The access log of an API.

use serde_json::json;

use super::{Kind, Reading, Section, Thing};
use crate::client::{Clients, aws::member};

/// The access log of an API, which its stage writes into a log group.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct AccessLog {
    /// The name of the API.
    pub api: String,
    /// The name of its account.
    pub account: String,
    /// The log group.
    pub group: String,
}

impl Thing for AccessLog {
    fn kind() -> Kind {
        Kind::shown("access log of the API", 110)
    }

    fn name(&self) -> &str {
        &self.api
    }

    /// Its lines.
    fn section<'a>(&'a self, clients: &'a Clients) -> Reading<'a> {
        Box::pin(async {
            let logs = clients.aws_account(&self.account)?;
            let input = json!({ "logGroupName": self.group });
            let events = logs.call("logs:FilterLogEvents", input).await?;
            let events = events.list("events").iter();
            let lines: Vec<_> = events.map(|event| member(event, "message")).collect();
            let title = format!("access log of the API {}", self.api);
            Ok(Some(Section::new(title, lines.join("\n"))))
        })
    }
}
