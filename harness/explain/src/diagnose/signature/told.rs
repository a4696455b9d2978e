//! What the verifier tells of a signature, whoever asked it.

use authlab_aws::evidence::{CredentialScope, Fit, Inspected, Reason};
use authlab_gateway::evidence as gateway;
use authlab_kernel::Timestamp;

use crate::case::Case;
use crate::told::Told;

/// A signature that was not taken.
pub(super) struct Refused {
    pub(super) access_key_id: Option<String>,
    /// The text of the answer; at the gateway it stands in the journal alone.
    pub(super) message: String,
    pub(super) expired: Option<Timestamp>,
    pub(super) signed: Option<Timestamp>,
    pub(super) now: Option<Timestamp>,
    pub(super) canonical_request: Option<String>,
    pub(super) inspected: Inspected,
    /// The lab's time.
    pub(super) time: Timestamp,
}

/// The signature of the refusal, if it was refused for this reason.
pub(super) fn refused(case: &Case<'_>, reason: Reason) -> Option<Refused> {
    let event = case.refusal().filter(|event| event.is(reason))?;
    let time = event.time;
    match Told::of(event)? {
        Told::AwsAuthentication(told) => Some(Refused {
            access_key_id: told.access_key_id,
            message: told.message.unwrap_or_default(),
            expired: told.signature.expired,
            signed: told.signature.signed,
            now: told.signature.now,
            canonical_request: told.signature.canonical_request,
            inspected: told
                .signature
                .inspected
                .map(|found| *found)
                .unwrap_or_default(),
            time,
        }),
        Told::GatewayAuthentication(gateway::Authentication::NotSigned {
            message,
            evidence,
            ..
        }) => {
            let found = evidence.map(|found| *found);
            let of =
                |read: fn(&gateway::Signature) -> Option<Timestamp>| found.as_ref().and_then(read);
            Some(Refused {
                message: message.into_owned(),
                expired: of(|found| found.expired),
                signed: of(|found| found.signed),
                now: of(|found| found.now),
                access_key_id: found.as_ref().and_then(|found| found.access_key_id.clone()),
                canonical_request: found
                    .as_ref()
                    .and_then(|found| found.canonical_request.clone()),
                inspected: found
                    .and_then(|found| found.inspected)
                    .map(|found| *found)
                    .unwrap_or_default(),
                time,
            })
        }
        _ => None,
    }
}

impl Refused {
    /// The access key in words.
    pub(super) fn key(&self) -> String {
        match &self.access_key_id {
            Some(id) => format!("the access key `{id}`"),
            None => "the access key".to_owned(),
        }
    }
}

/// The mistake that gives the signature, where there is one.
pub(super) fn fit(case: &Case<'_>) -> Option<Fit> {
    refused(case, Reason::SignatureMismatch)?.inspected.fit
}

/// A scope as it stands in a signature.
pub(super) fn scope(scope: &CredentialScope) -> String {
    let CredentialScope {
        date,
        region,
        service,
        terminator,
    } = scope;
    format!("{date}/{region}/{service}/{terminator}")
}

/// A length of time: `16 min 40 s`.
pub(super) fn span(seconds: i64) -> String {
    let seconds = seconds.unsigned_abs();
    let parts = [
        (seconds / 86_400, "d"),
        (seconds / 3_600 % 24, "h"),
        (seconds / 60 % 60, "min"),
        (seconds % 60, "s"),
    ];
    let parts: Vec<String> = parts
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, unit)| format!("{count} {unit}"))
        .collect();
    if parts.is_empty() {
        return "0 s".to_owned();
    }
    parts.join(" ")
}
