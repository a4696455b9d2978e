//! What is known of a refusal by its reason alone: every reason has a title, who can mend it, and how.
//! It speaks where no class of cause is computed from the case.

mod row;

mod aws;
mod gateway;
mod http;
mod oidc;
mod token;
mod vault;

use authlab_aws::evidence::Denial;
use authlab_kernel::{Component, Event};

use super::finding::{Ask, Certainty, Class, Diagnosis, Mender, System};
use crate::case::Case;
use crate::render::summary;
use crate::told::Told;

use row::Row;

/// The tables of those who refuse.
const TABLES: [(System, &[Row]); 4] = [
    (System::Gateway, gateway::ROWS),
    (System::Aws, aws::ROWS),
    (System::Vault, vault::ROWS),
    (System::Oidc, oidc::ROWS),
];

/// The tables of what they all stand on.
const EVERYBODYS: [(System, &[Row]); 2] =
    [(System::Token, token::ROWS), (System::Http, http::ROWS)];

/// Every row as a class.
pub(super) fn classes() -> impl Iterator<Item = Class> {
    let tables = TABLES.into_iter().chain(EVERYBODYS);
    tables.flat_map(|(system, rows)| {
        rows.iter().map(move |row| Class {
            system,
            class: row.code,
            title: row.title,
            mender: row.mender,
            is_suspicion: false,
        })
    })
}

/// Every row.
pub(super) fn rows() -> impl Iterator<Item = &'static Row> {
    let tables = TABLES.into_iter().chain(EVERYBODYS);
    tables.flat_map(|(_, rows)| rows)
}

type Known = (System, &'static Row);

fn find(tables: impl IntoIterator<Item = (System, &'static [Row])>, code: &str) -> Option<Known> {
    tables.into_iter().find_map(|(system, rows)| {
        let row = rows.iter().find(|row| row.code == code)?;
        Some((system, row))
    })
}

/// Whose table speaks first of what an event of this component refuses.
fn system_of(event: &Event) -> Option<System> {
    let systems = [
        (Component::Gateway, System::Gateway),
        (Component::Aws, System::Aws),
        (Component::Lambda, System::Aws),
        (Component::Vault, System::Vault),
        (Component::Oidc, System::Oidc),
    ];
    let found = systems
        .into_iter()
        .find(|(component, _)| event.is_by(*component));
    found.map(|(_, system)| system)
}

/// The row of a reason: the component's own, everybody's, or another's: a function's reasons reach the
/// gateway.
fn known(event: &Event, code: &str) -> Option<Known> {
    let own = system_of(event);
    let own_table = TABLES
        .into_iter()
        .filter(|(system, _)| Some(*system) == own);
    let found = find(own_table.chain(EVERYBODYS), code);
    // A service's own code may be spelled as a reason of another system.
    let by_others = || find(TABLES, code).filter(|_| !event.is_by(Component::Aws));
    found.or_else(by_others)
}

/// What is to be said of a refusal of which no more is known than its reason: of one of the lab's
/// own, of one by policies whose evidence was cut, or of a service's own error code.
pub(super) fn by_itself(case: &Case<'_>) -> Option<Diagnosis> {
    let event = case.refusal()?;
    let code = event.reason.as_deref()?;
    let told = Told::of(event);
    let problem = told.as_ref().and_then(Told::problem);
    if let Some((system, row)) = known(event, code) {
        let wants: Vec<Ask> = row.wants.into_iter().map(Ask::from).collect();
        return Some(Diagnosis {
            system,
            class: row.code,
            title: row.title,
            cause: problem.map_or_else(|| seen(event, told.as_ref()), str::to_owned),
            fix: row.fix.to_owned(),
            mender: row.mender,
            certainty: if wants.is_empty() {
                Certainty::Certain
            } else {
                Certainty::Possible
            },
            wants,
            is_suspicion: false,
        });
    }
    if let Some(denial) = Denial::parse(code) {
        return Some(denied(denial));
    }
    let Some(Told::Answer(answer)) = told else {
        return None;
    };
    let message = answer.message.or(answer.evidence);
    Some(Diagnosis {
        system: System::Aws,
        class: "service-error",
        title: "the service does not take the request",
        cause: format!(
            "{}: {}",
            answer.code?,
            message.as_deref().unwrap_or("it says no more")
        ),
        fix: "change the request as the message says".to_owned(),
        mender: Mender::Caller,
        certainty: Certainty::Certain,
        wants: Vec::new(),
        is_suspicion: false,
    })
}

/// What a refusal is about, where its producer does not say what was wrong.
fn seen(event: &Event, told: Option<&Told>) -> String {
    let about = told.map(summary::of).filter(|about| !about.is_empty());
    match about {
        Some(about) => format!("{} refused this: {about}", event.component),
        None => format!(
            "{} refused a request, and tells no more of it than that",
            event.component
        ),
    }
}

/// What is known of a decision whose evidence cannot be read.
fn denied(denial: Denial) -> Diagnosis {
    let layer = denial.layer.as_str();
    let (title, fix) = if denial.is_explicit {
        ("a statement denies the action", "change that statement")
    } else {
        (
            "no statement of the layer allows the action",
            "allow the action there",
        )
    };
    Diagnosis {
        system: System::Policy,
        class: denial.as_str(),
        title,
        cause: format!("the {layer} layer decided, and its evidence was cut"),
        fix: fix.to_owned(),
        mender: Mender::Owner,
        certainty: Certainty::Certain,
        wants: Vec::new(),
        is_suspicion: false,
    }
}

#[cfg(test)]
mod tests;
