//! Sinks of CloudWatch Observability Access Manager, and the links to them.

use serde_json::json;

use super::{
    Kind, Reading, Section, Thing,
    section::{entry, sorted},
};
use crate::client::{
    Clients,
    aws::{member, texts},
};

/// A sink.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Sink {
    /// Its name.
    pub name: String,
    /// The name of its account.
    pub account: String,
    /// Its ARN.
    pub arn: String,
}

impl Thing for Sink {
    fn kind() -> Kind {
        Kind::shown("sink", 30)
    }

    fn name(&self) -> &str {
        &self.name
    }

    /// Its policy and the links to it.
    fn section<'a>(&'a self, clients: &'a Clients) -> Reading<'a> {
        Box::pin(async {
            let oam = clients.aws_account(&self.account)?;
            let input = json!({ "SinkIdentifier": self.arn });
            let policy = oam.call("oam:GetSinkPolicy", input.clone()).await?;
            let mut body = String::new();
            entry(
                &mut body,
                "policy",
                policy.text("Policy").unwrap_or_default(),
            );
            let attached = oam.call("oam:ListAttachedLinks", input).await?;
            let links = attached.list("Items").iter().map(|link| {
                let types = texts(link, "ResourceTypes").join(", ");
                format!("link of {}: {types}\n", member(link, "Label"))
            });
            body.push_str(&sorted(links));
            let title = format!("sink {} of the account {}", self.name, self.account);
            Ok(Some(Section::new(title, body)))
        })
    }
}

/// A link to a sink; the sink's section shows it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Link {
    /// The name of the source account.
    pub account: String,
    /// The name of the sink.
    pub sink: String,
    /// Its ARN.
    pub arn: String,
}

impl Thing for Link {
    fn kind() -> Kind {
        Kind::unseen("link to the sink")
    }

    fn name(&self) -> &str {
        &self.sink
    }

    fn group(&self) -> &str {
        &self.account
    }
}
