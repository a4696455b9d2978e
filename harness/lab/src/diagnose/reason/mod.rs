//! What is known of a refusal by its reason alone: every reason has a title, who can mend it, and how.
//! It speaks where no class of cause is computed from the evidence.

mod aws;
mod gateway;
mod oidc;
mod shared;
mod vault;

use authlab_kernel::journal::Event;
use serde::Serialize;

use super::{Diagnosis, text};

/// Members of a refusal's detail in which its producer says what was wrong, the best first.
const CAUSES: [&str; 5] = [
    "/problem",
    "/error",
    "/message",
    "/evidence",
    "/explanation",
];

/// Who can mend what went wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Mender {
    /// Who sent the request: it has to be another one.
    Caller,
    /// Who owns the configuration that refused: a policy, a role, an authorizer, an issuer.
    Owner,
    /// Who starts the lab.
    Lab,
    /// Nobody: it is as it should be, or not to be had.
    Nobody,
}

impl Mender {
    /// In words.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Caller => "the caller",
            Self::Owner => "the owner of what refused",
            Self::Lab => "who starts the lab",
            Self::Nobody => "nobody",
        }
    }
}

/// A reason code and what is known of it.
pub(super) struct Reason {
    code: &'static str,
    title: &'static str,
    mender: Mender,
    fix: &'static str,
}

const fn reason(
    code: &'static str,
    title: &'static str,
    mender: Mender,
    fix: &'static str,
) -> Reason {
    Reason {
        code,
        title,
        mender,
        fix,
    }
}

/// The tables, by component; the last is everybody's.
const TABLES: [(Option<&str>, &[Reason]); 5] = [
    (Some("gateway"), gateway::REASONS),
    (Some("aws"), aws::REASONS),
    (Some("vault"), vault::REASONS),
    (Some("oidc"), oidc::REASONS),
    (None, shared::REASONS),
];

fn known(component: &str, code: &str) -> Option<&'static Reason> {
    let of_component = |(of, _): &&(Option<&str>, _)| of.is_none_or(|of| of == component);
    let mut tables = TABLES.iter().filter(of_component);
    tables.find_map(|(_, table)| table.iter().find(|reason| reason.code == code))
}

/// One that another component's row explains: a function's reasons reach the gateway.
fn by_others(event: &Event, code: &str) -> Option<&'static Reason> {
    if event.component == "aws" {
        // A service's own code may be spelled as a reason of another system.
        return None;
    }
    let mut rows = TABLES.iter().flat_map(|(_, table)| table.iter());
    rows.find(|reason| reason.code == code)
}

/// What is to be said of a refusal of which no more is known than its reason: of one of the lab's
/// own, or of a service's own error code.
pub(super) fn by_code(event: &Event) -> Option<Diagnosis> {
    let code = event.reason.as_deref()?;
    let cause = CAUSES.iter().find_map(|pointer| text(event, pointer));
    if let Some(reason) = known(&event.component, code).or_else(|| by_others(event, code)) {
        let cause = cause.unwrap_or("the evidence below is all that is known");
        return Some(Diagnosis {
            class: reason.code,
            title: reason.title,
            cause: cause.to_owned(),
            fix: reason.fix.to_owned(),
            mender: reason.mender,
        });
    }
    let service_code = text(event, "/code").filter(|_| event.component == "aws")?;
    Some(Diagnosis {
        class: "service-error",
        title: "the service does not take the request",
        cause: format!("{service_code}: {}", cause.unwrap_or("it says no more")),
        fix: "change the request as the message says".to_owned(),
        mender: Mender::Caller,
    })
}

#[cfg(test)]
mod tests;
