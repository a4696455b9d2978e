//! What stood against what where IAM refuses. IAM's texts name the thing and the bound; the part of it
//! that a diagnosis shows is read here, beside those texts.

use super::error::Error;
use crate::evidence::Fault;

/// How IAM says that a quota is reached (recorded): the quota's name and its value follow.
const QUOTA: &str = "Cannot exceed quota for ";

/// The fault of an error.
pub(super) fn of(error: &Error) -> Option<Fault> {
    Some(match error {
        Error::NotFound(_) => Fault::not_there("", ""),
        Error::Exists(_) => Fault::taken("", ""),
        Error::InUse { by, .. } => Fault::InUse {
            what: String::new(),
            name: String::new(),
            by: by.join(", "),
        },
        Error::Quota(text) => quota(text)?,
        Error::Document(refused) => Fault::Document {
            what: "the policy document".to_owned(),
            problem: refused.why.clone(),
        },
        Error::Principal(name) => Fault::not_there("principal", name),
        Error::Unknown { why, .. } => Fault::NotSimulated { what: why.clone() },
        Error::ProviderUrl { why } => Fault::value("Url", None, *why),
        Error::Unmodifiable(_) => Fault::State {
            what: "the entity".to_owned(),
            is: "kept by AWS".to_owned(),
            wants: "one of the account's own".to_owned(),
        },
        Error::Invalid(_)
        | Error::Validation(_)
        | Error::Certificate(_)
        | Error::DuplicateCertificate(_)
        | Error::KeyPair
        | Error::NoKeyToTell { .. }
        | Error::AuthenticationCode(_)
        | Error::Password(_) => return None,
    })
}

/// How IAM says that inline policies are too long together (recorded): the bound and whose follow.
const INLINE: &str = "Maximum policy size of ";

/// How IAM says that there are as many tags as there may be (recorded), and how many that are.
const TAGS: (&str, usize) = ("The number of tags has reached the maximum limit.", 50);

fn quota(text: &str) -> Option<Fault> {
    if text == TAGS.0 {
        return Some(Fault::quota("tags of a resource", TAGS.1, None));
    }
    if let Some(rest) = text.strip_prefix(INLINE) {
        let (limit, owner) = rest.split_once(" bytes exceeded for ")?;
        return Some(Fault::Quota {
            of: format!("bytes of the inline policies of {owner} together"),
            limit: limit.parse().ok()?,
            wanted: None,
        });
    }
    let (of, limit) = text.strip_prefix(QUOTA)?.split_once(": ")?;
    Some(Fault::Quota {
        of: of.to_owned(),
        limit: limit.parse().ok()?,
        wanted: None,
    })
}
