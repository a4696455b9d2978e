//! Who could not prove who they are.

use authlab_aws::evidence as aws;

use super::entry::Entry;
use super::finding::{Finding, Mender, System};
use crate::case::Case;
use crate::told::Told;

/// The classes, the most specific first.
pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        system: System::Aws,
        class: "session-expired",
        mender: Mender::Caller,
        title: "the session has expired",
        find: |case| {
            refused_signature(case, aws::Reason::CredentialExpired).then(|| {
                Finding::certain(
                    "the temporary credentials ended before the call",
                    "assume the role again before the session ends; let the SDK refresh it",
                )
            })
        },
    },
    Entry {
        system: System::Aws,
        class: "signing-clock-skew",
        mender: Mender::Caller,
        title: "the signer's clock differs from the service's",
        find: |case| {
            refused_signature(case, aws::Reason::ClockSkew).then(|| {
                let told = case.refusal().and_then(Told::of);
                let message = told.as_ref().and_then(Told::problem);
                Finding::certain(
                    message.unwrap_or("the signed date is outside the service's window"),
                    "set the signer's clock right",
                )
            })
        },
    },
    Entry {
        system: System::Aws,
        class: "signature-mismatch",
        mender: Mender::Caller,
        title: "what was signed is not what arrived",
        find: |case| {
            refused_signature(case, aws::Reason::SignatureMismatch).then(|| {
                Finding::certain(
                    "the signature does not fit the request as it arrived, or the secret is another",
                    "compare the canonical request with what the client signed: a proxy that changes \
                     path, query or signed headers breaks it",
                )
            })
        },
    },
];

/// Whether a signature was refused for this reason, by the front door or by the gateway.
fn refused_signature(case: &Case<'_>, reason: aws::Reason) -> bool {
    case.refusal().is_some_and(|refusal| refusal.is(reason))
}
