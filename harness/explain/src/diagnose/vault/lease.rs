//! What was issued and could not be ended.

use authlab_kernel::Component;
use authlab_vault::evidence::{Because, LeaseNotRevoked, Reason};

use super::super::entry::Entry;
use super::super::finding::{Finding, Mender};
use super::super::words;
use super::asked::entry;
use crate::case::Case;
use crate::told::Told;

/// The classes.
pub(in super::super) const ENTRIES: &[Entry] = &[
    entry(
        "vault-lease-system-refused",
        Mender::Owner,
        "the system for which a credential was issued did not take it back",
        |case| {
            let failed = failed(case)?;
            let target = failed.target.as_deref()?;
            Some(Finding::certain(
                format!(
                    "{}, by its connection `{target}`: {}",
                    what(&failed),
                    failed.error
                ),
                format!(
                    "make the system of the connection `{target}` reachable, and its user one that may take \
                     back what it gave; {}",
                    then(&failed)
                ),
            ))
        },
    ),
    entry(
        "vault-lease-engine-refused",
        Mender::Owner,
        "the engine that issued a credential does not end it",
        |case| {
            let failed = failed(case)?;
            Some(Finding::certain(
                format!("{}: {}", what(&failed), failed.error),
                format!(
                    "mend the configuration of the engine at `{}` by what it says; {}",
                    failed.mount,
                    then(&failed)
                ),
            ))
        },
    ),
];

/// The revocation that has failed: Vault's own, or one that was asked for.
fn failed(case: &Case<'_>) -> Option<LeaseNotRevoked> {
    match case.refused(Component::Vault, Reason::LeaseNotRevoked)? {
        Told::LeaseNotRevoked(failed) => Some(failed),
        Told::VaultRequest(request) => match request.because? {
            Because::Revocation(failed) => Some(failed),
            _ => None,
        },
        _ => None,
    }
}

fn what(failed: &LeaseNotRevoked) -> String {
    format!(
        "the engine {} at `{}` was to end the lease `{}`, issued at {}, and failed for the {} time",
        words::text(failed.engine.as_deref()),
        failed.mount,
        failed.lease_id,
        words::text(failed.creation_path.as_deref()),
        ordinal(failed.attempts),
    )
}

/// What happens once it is mended.
fn then(failed: &LeaseNotRevoked) -> String {
    let again = match failed.again_at {
        Some(at) => format!("Vault tries again at {at} by itself"),
        None => "Vault does not try again by itself".to_owned(),
    };
    format!(
        "{again}, and `sys/leases/revoke` with `sync` does at once; until then the credential works, and \
         `sys/leases/revoke-force` would only forget it"
    )
}

fn ordinal(count: u32) -> String {
    let ending = match (count % 100, count % 10) {
        (11..=13, _) => "th",
        (_, 1) => "st",
        (_, 2) => "nd",
        (_, 3) => "rd",
        _ => "th",
    };
    format!("{count}{ending}")
}
