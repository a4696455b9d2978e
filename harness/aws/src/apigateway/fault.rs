//! What stood against what where the control plane of REST APIs refuses.

use super::error::Error;
use crate::evidence::Fault;

/// The fault of an error.
pub(super) fn of(error: &Error) -> Option<Fault> {
    Some(match error {
        Error::NoSuchApi { account, api_id } => {
            Fault::not_there("REST API", format!("{api_id} of the account {account}"))
        }
        Error::NoSuch { what, name } => Fault::not_there(what.noun(), name),
        Error::Taken { what, name, .. } => Fault::taken(what, name),
        Error::InUse { what, name, by, .. } => Fault::InUse {
            what: (*what).to_owned(),
            name: name.clone(),
            by: by.clone(),
        },
        Error::Quota { of, limit } => Fault::quota(*of, *limit, None),
        Error::Invalid { member, problem } => Fault::value(*member, None, problem),
        Error::NoDocument { problem } => document(problem.clone()),
        Error::Import(problems) | Error::Warnings(problems) => document(problems.join("; ")),
        Error::NotImplemented(what) => Fault::NotSimulated { what: what.clone() },
        Error::Stated(_) | Error::Conflict(_) => return None,
    })
}

fn document(problem: String) -> Fault {
    Fault::Document {
        what: "the OpenAPI document".to_owned(),
        problem,
    }
}
