//! What is told of the stage that runs: its buckets, and what was changed since and is not deployed.

use authlab_kernel::{Evidence, Timestamp};
use serde::{Deserialize, Serialize};

/// Which bucket was empty.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Bucketed {
    /// That of all requests to an account in a Region.
    Account {
        /// The account.
        account: String,
        /// The Region.
        region: String,
    },
    /// That of all requests to a stage.
    Stage {
        /// The stage.
        stage: String,
    },
    /// That of one route of a stage.
    Route {
        /// The stage.
        stage: String,
        /// The route's key.
        route_key: String,
    },
    /// That of one method of a stage of a REST API.
    Method {
        /// The stage.
        stage: String,
        /// The method's key.
        method: String,
    },
    /// That of one API key under a usage plan.
    Plan {
        /// The plan.
        plan: String,
        /// The key's id.
        key: String,
        /// The method, where the plan limits it by itself.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        method: Option<String>,
    },
}

/// The API was changed, and the stage runs what it was before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Draft {
    /// The stage.
    pub stage: String,
    /// What it runs.
    pub deployment: String,
    /// When that was made.
    pub deployed: Option<Timestamp>,
    /// What was changed since, as far as it concerns the request.
    pub changed: Vec<Difference>,
}

impl Evidence for Draft {
    const KIND: &'static str = "draft";
}

/// A refusal that a page's script cannot read: the answer names no origin that may (Fetch standard, "CORS
/// check"). The page sees a CORS error in its place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hidden {
    /// The page's.
    pub origin: String,
}

impl Evidence for Hidden {
    const KIND: &'static str = "hidden-answer";
}

/// A value that is deployed, and the one that is not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Difference {
    /// The route.
    pub route_key: String,
    /// What of it.
    pub part: Part,
    /// What the stage runs; none where it has none.
    pub deployed: Option<String>,
    /// What the API has by now; none where it has none.
    pub draft: Option<String>,
}

/// What can differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Part {
    /// The route itself.
    Route,
    /// `AuthorizationType`.
    AuthorizationType,
    /// `AuthorizationScopes`.
    Scopes,
    /// The authorizer.
    Authorizer,
    /// The authorizer's issuer.
    Issuer,
    /// The authorizer's audiences.
    Audience,
    /// Where the authorizer looks for a token.
    IdentitySource,
    /// Where the integration is.
    Integration,
    /// Whether an API key is asked for.
    ApiKey,
    /// The function or the user pools that an authorizer asks.
    AuthorizerTarget,
    /// The API's resource policy.
    ResourcePolicy,
}

impl Part {
    /// In words.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Route => "the route",
            Self::AuthorizationType => "the authorization type",
            Self::Scopes => "the scopes",
            Self::Authorizer => "the authorizer",
            Self::Issuer => "the issuer",
            Self::Audience => "the audience",
            Self::IdentitySource => "the identity source",
            Self::Integration => "the integration",
            Self::ApiKey => "whether an API key is asked for",
            Self::AuthorizerTarget => "what the authorizer asks",
            Self::ResourcePolicy => "the resource policy",
        }
    }
}

#[cfg(test)]
mod tests {
    use authlab_kernel::{Clock, Component, EventDraft, Journal};

    use super::*;

    #[test]
    fn a_draft_is_read_back() {
        let draft = Draft {
            stage: "prod".to_owned(),
            deployment: "d1".to_owned(),
            deployed: Some("2026-01-15T12:00:00Z".parse().unwrap()),
            changed: vec![Difference {
                route_key: "GET /a".to_owned(),
                part: Part::Audience,
                deployed: None,
                draft: Some("reports".to_owned()),
            }],
        };
        let line = r#"{"stage":"prod","deployment":"d1","deployed":"2026-01-15T12:00:00Z","changed":[{"route_key":"GET /a","part":"audience","deployed":null,"draft":"reports"}]}"#;
        let journal = Journal::new(Clock::standing("2026-01-15T12:00:00Z".parse().unwrap()));
        journal.record(EventDraft::of(Component::Gateway, &draft));
        let event = journal.events_since(0).remove(0);
        assert_eq!(event.kind, "draft");
        assert_eq!(event.detail.to_string(), line);
        assert_eq!(event.read::<Draft>().as_ref(), Some(&draft));
    }
}
