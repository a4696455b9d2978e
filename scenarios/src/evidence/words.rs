//! Events in a few words: what was asked, by whom, and what came of it.

use authlab::Event;
use authlab::evidence::{Clock, Enforcement, Evidence, Fault, aws, gateway, http, oidc, vault};

/// What an event says of itself.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Words {
    /// What was asked: service and operation, method and path.
    pub(crate) asked: Vec<String>,
    /// By whom, once that is known.
    pub(crate) by: Option<String>,
    /// What was answered.
    pub(crate) end: Option<End>,
    /// What the scenario did to the lab itself.
    pub(crate) own: Option<String>,
}

/// What was answered.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct End {
    /// The status, and the code of a refusal.
    pub(crate) text: String,
    /// Whether the request was let through.
    pub(crate) is_success: bool,
}

impl End {
    fn of(status: u16, code: Option<&str>) -> Self {
        let code = code.map_or_else(String::new, |code| format!(" {code}"));
        Self {
            text: format!("{status}{code}"),
            is_success: status < 400,
        }
    }
}

impl Words {
    fn asked<'a>(parts: impl IntoIterator<Item = &'a str>) -> Self {
        let parts = parts.into_iter().map(str::to_owned);
        Self {
            asked: parts.collect(),
            ..Self::default()
        }
    }

    fn by(by: Option<impl ToString>) -> Self {
        Self {
            by: by.map(|by| by.to_string()),
            ..Self::default()
        }
    }

    fn ended(mut self, status: Option<u16>, code: Option<&str>) -> Self {
        self.end = status.map(|status| End::of(status, code));
        self
    }

    fn own(text: String) -> Self {
        Self {
            own: Some(text),
            ..Self::default()
        }
    }
}

/// Reads an event. Of a kind that nobody here knows nothing is said.
pub(crate) fn of(event: &Event) -> Words {
    let of_component = match event.component.as_str() {
        "gateway" => of_gateway(event),
        "vault" => told::<vault::Request>(event, |told| {
            Words::asked([&*told.method, &*told.path]).ended(told.status, None)
        }),
        "oidc" => told::<oidc::Request>(event, |told| Words::asked([&*told.method, &*told.path])),
        "lab" => told::<Clock>(event, of_clock)
            .or_else(|| told::<Fault>(event, of_fault))
            .or_else(|| told::<Enforcement>(event, of_enforcement)),
        _ => of_aws(event),
    };
    of_component
        .or_else(|| of_outgoing(event))
        .unwrap_or_default()
}

fn told<E: Evidence>(event: &Event, words: impl FnOnce(E) -> Words) -> Option<Words> {
    event.read::<E>().map(words)
}

fn of_clock(told: Clock) -> Words {
    Words::own(match told {
        Clock::Advanced { advance_seconds } => format!("{advance_seconds} seconds pass"),
        Clock::Set { set } => format!("it is {set}"),
        Clock::Offset {
            component,
            offset_seconds,
        } => format!("the clock of {component} is off by {offset_seconds} seconds"),
    })
}

fn of_fault(told: Fault) -> Words {
    Words::own(match told {
        Fault::Added { to_host, path, .. } => {
            let to = to_host.unwrap_or_else(|| "everybody".to_owned());
            format!("the link to {to}{} is broken", path.unwrap_or_default())
        }
        Fault::Mended { mended } => format!("links are mended: {mended}"),
    })
}

fn of_enforcement(told: Enforcement) -> Words {
    Words::own(match told.enforcement {
        authlab::Enforcement::Enforce => "permissions are enforced".to_owned(),
        authlab::Enforcement::Audit => "permissions are audited".to_owned(),
    })
}

/// Calls between components, and what a port turns away.
fn of_outgoing(event: &Event) -> Option<Words> {
    told::<http::HopAnswer>(event, |told| Words::asked([&*told.method]))
        .or_else(|| told::<http::Hop>(event, |told| Words::asked([&*told.method])))
        .or_else(|| told::<http::TurnedAway>(event, |told| Words::asked([&*told.method])))
}

fn of_aws(event: &Event) -> Option<Words> {
    told::<aws::Request>(event, |told| {
        let asked = [told.service.as_deref(), told.operation.as_deref()];
        Words::asked(asked.into_iter().flatten())
    })
    .or_else(|| {
        told::<aws::Answer>(event, |told| {
            Words::default().ended(Some(told.status), told.code.as_deref())
        })
    })
    .or_else(|| told::<aws::Authentication>(event, |told| Words::by(told.principal)))
    .or_else(|| told::<aws::Unchecked>(event, |told| Words::asked([&*told.service, &*told.method])))
}

fn of_gateway(event: &Event) -> Option<Words> {
    told::<gateway::Request<'_>>(event, |told| Words::asked([&*told.method, &*told.path]))
        .or_else(|| {
            told::<gateway::Authentication<'_>>(event, |told| match told {
                gateway::Authentication::Signer { user_arn, .. } => Words::by(Some(user_arn)),
                _ => Words::default(),
            })
        })
        .or_else(|| {
            told::<gateway::Response>(event, |told| {
                Words::default().ended(Some(told.status), None)
            })
        })
}
