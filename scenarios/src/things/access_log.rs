//! The access log of an API.

use serde_json::json;

use super::{Kind, Reading, Section, Thing, api::Api};
use crate::{
    client::{Clients, aws::member},
    error::{StepError, StepResult},
};

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
            let lines = self.lines(clients).await?;
            let title = format!("access log of the API {}", self.api);
            Ok(Some(Section::new(title, lines.join("\n"))))
        })
    }
}

impl AccessLog {
    /// The access log of an API, as one of its stages writes it.
    ///
    /// # Errors
    /// When none of them writes one.
    pub async fn of(clients: &Clients, api: &Api) -> StepResult<Self> {
        let gateway = clients.aws_account(&api.account)?;
        let input = json!({ "ApiId": api.id });
        let stages = gateway.call("apigatewayv2:GetStages", input).await?;
        let mut groups = stages.list("Items").iter().filter_map(|stage| {
            let settings = stage.get("AccessLogSettings")?;
            Some(Self::group(member(settings, "DestinationArn"))?.to_owned())
        });
        let group = groups.next().ok_or_else(|| {
            let name = &api.name;
            StepError::new(format!(
                "no stage of the API `{name}` writes an access log: give one of them AccessLogSettings"
            ))
        })?;
        Ok(Self {
            api: api.name.clone(),
            account: api.account.clone(),
            group,
        })
    }

    /// The log group in the ARN of a stage's settings.
    pub(crate) fn group(destination: &str) -> Option<&str> {
        let (_, group) = destination.split_once(":log-group:")?;
        Some(group.trim_end_matches(":*"))
    }

    /// Its lines, the oldest first.
    ///
    /// # Errors
    /// When they cannot be read.
    pub async fn lines(&self, clients: &Clients) -> StepResult<Vec<String>> {
        let logs = clients.aws_account(&self.account)?;
        let input = json!({ "logGroupName": self.group });
        let events = logs.call("logs:FilterLogEvents", input).await?;
        let events = events.list("events").iter();
        Ok(events
            .map(|event| member(event, "message").to_owned())
            .collect())
    }
}
