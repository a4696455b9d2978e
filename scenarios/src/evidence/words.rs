//! Events in a few words: what was asked, of whom, and what came out.

use super::spelled;
use authlab::Event;
use authlab::evidence::{Clock, Evidence, aws, gateway, http, oidc, policy::Decision, vault};

/// What an event says of itself.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Words {
    /// What was asked: service and operation, method and path.
    pub(crate) asked: Vec<String>,
    /// What came out, on what, by whom.
    pub(crate) said: Vec<String>,
    /// How far the lab's clock was moved on, in seconds.
    pub(crate) advanced: Option<i64>,
}

impl Words {
    fn asked<'a>(parts: impl IntoIterator<Item = &'a str>) -> Self {
        let parts = parts.into_iter().map(str::to_owned);
        Self {
            asked: parts.collect(),
            ..Self::default()
        }
    }

    /// With this word, if there is one.
    fn say(mut self, before: &str, word: Option<impl ToString>) -> Self {
        let word = word.map(|word| format!("{before}{}", word.to_string()));
        self.said.extend(word);
        self
    }
}

/// Reads an event. Of a kind that nobody here knows nothing is said.
pub(crate) fn of(event: &Event) -> Words {
    let of_component = match event.component.as_str() {
        "gateway" => of_gateway(event),
        "vault" => told::<vault::Request>(event, |told| {
            Words::asked([&*told.method, &*told.path]).say("", told.status)
        }),
        "oidc" => told::<oidc::Request>(event, |told| Words::asked([&*told.method, &*told.path])),
        "lab" => told::<Clock>(event, |told| match told {
            Clock::Advanced { advance_seconds } => Words {
                advanced: Some(advance_seconds),
                ..Words::default()
            },
            _ => Words::default(),
        }),
        _ => of_aws(event),
    };
    let of_all = || of_decision(event).or_else(|| of_outgoing(event));
    of_component.or_else(of_all).unwrap_or_default()
}

fn told<E: Evidence>(event: &Event, words: impl FnOnce(E) -> Words) -> Option<Words> {
    event.read::<E>().map(words)
}

/// A decision on an action, whoever asked for it.
fn of_decision(event: &Event) -> Option<Words> {
    let told = event.read::<aws::Decision>()?;
    Some(decided(Words::default(), &told.decision))
}

fn decided(words: Words, decision: &Decision) -> Words {
    words
        .say("", Some(&decision.action))
        .say("on ", Some(&decision.resource))
        .say("by ", Some(&decision.principal))
}

/// Calls between components, and what a port turns away.
fn of_outgoing(event: &Event) -> Option<Words> {
    told::<http::HopAnswer>(event, |told| {
        Words::asked([&*told.method])
            .say("", told.status)
            .say("", told.url)
    })
    .or_else(|| {
        told::<http::Hop>(event, |told| {
            Words::asked([&*told.method]).say("", told.url)
        })
    })
    .or_else(|| told::<http::TurnedAway>(event, |told| Words::asked([&*told.method])))
}

fn of_aws(event: &Event) -> Option<Words> {
    told::<aws::Request>(event, |told| {
        let asked = [told.service.as_deref(), told.operation.as_deref()];
        Words::asked(asked.into_iter().flatten()).say("by ", told.principal)
    })
    .or_else(|| {
        told::<aws::Authentication>(event, |told| {
            Words::default()
                .say("", told.code)
                .say("by ", told.principal)
        })
    })
    .or_else(|| {
        told::<aws::Answer>(event, |told| {
            Words::default()
                .say("", Some(told.status))
                .say("", told.code)
        })
    })
    .or_else(|| {
        told::<aws::Credential>(event, |told| {
            Words::asked([&*told.operation]).say("by ", Some(told.principal))
        })
    })
    .or_else(|| told::<aws::Unchecked>(event, |told| Words::asked([&*told.service, &*told.method])))
    .or_else(|| {
        told::<aws::Authorizer>(event, |told| {
            Words::default().say("", Some(told.authorizer))
        })
    })
}

fn of_gateway(event: &Event) -> Option<Words> {
    told::<gateway::Request<'_>>(event, |told| Words::asked([&*told.method, &*told.path]))
        .or_else(|| told(event, of_route))
        .or_else(|| told(event, of_authentication))
        .or_else(|| told(event, of_authorization))
        .or_else(|| {
            told::<gateway::Integration<'_>>(event, |told| match told {
                gateway::Integration::Begun { r#type, .. } => {
                    Words::default().say("", spelled(&r#type))
                }
                _ => Words::default(),
            })
        })
        .or_else(|| {
            told::<gateway::IntegrationResponse>(event, |told| {
                Words::default().say("", Some(told.status))
            })
        })
        .or_else(|| {
            told::<gateway::Response>(event, |told| Words::default().say("", Some(told.status)))
        })
}

fn of_route(route: gateway::Route<'_>) -> Words {
    use gateway::Route;
    match route {
        Route::NoRoute { method, path, .. } => Words::asked([&*method, &*path]),
        Route::OtherReading { path, .. }
        | Route::Nowhere { path, .. }
        | Route::Unclear { path, .. } => Words::asked([&*path]),
        Route::Taken { .. } | Route::EndpointDisabled { .. } => Words::default(),
    }
}

fn of_authentication(told: gateway::Authentication<'_>) -> Words {
    use gateway::Authentication;
    let words = Words::default();
    match told {
        Authentication::Token(told) => words
            .say("", spelled(&told.r#type))
            .say("", Some(told.authorizer)),
        Authentication::TokenAbsent {
            r#type, authorizer, ..
        }
        | Authentication::TokenUnclear {
            r#type, authorizer, ..
        } => words.say("", spelled(&r#type)).say("", Some(authorizer)),
        Authentication::Signer {
            r#type, user_arn, ..
        } => words.say("", spelled(&r#type)).say("by ", Some(user_arn)),
        Authentication::NotSigned { r#type, .. } => words.say("", spelled(&r#type)),
        Authentication::TokenMalformed { .. } => words,
    }
}

fn of_authorization(told: gateway::Authorization<'_>) -> Words {
    use gateway::Authorization;
    match told {
        Authorization::Scopes { .. } => Words::default(),
        Authorization::Invoke(invoke) => Words::default()
            .say("", Some(invoke.action))
            .say("on ", invoke.resource),
        Authorization::Audited(told) => decided(Words::default(), &told.decision),
    }
}
