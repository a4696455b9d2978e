//! What the OpenID Connect provider does not have.

use authlab_kernel::Component;
use authlab_oidc::evidence::{Missing, Reason};

use super::entry::Entry;
use super::finding::{Finding, Mender, System};
use super::words;
use crate::case::Case;
use crate::told::Told;

/// The classes.
pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        system: System::Oidc,
        class: "oidc-issuer-unknown",
        mender: Mender::Caller,
        title: "no issuer of the provider has the path",
        find: |case| {
            let missing = missing(case).filter(|missing| missing.issuer.is_none())?;
            let cause = format!(
                "`{}` was asked for, which begins with the name of no issuer; there are {}",
                missing.path,
                words::texts(&missing.known)
            );
            let fix = match missing.near.as_slice() {
                [] => format!(
                    "ask below an issuer that is there, {}, or give the lab file one of that name",
                    words::texts(&missing.known)
                ),
                near => format!(
                    "ask below {}, if that is meant: the path begins with the issuer's name",
                    words::texts(near)
                ),
            };
            Some(Finding::certain(cause, fix))
        },
    },
    Entry {
        system: System::Oidc,
        class: "oidc-path-unknown",
        mender: Mender::Caller,
        title: "the issuer has nothing at the path",
        find: |case| {
            let missing = missing(case)?;
            let issuer = missing.issuer.as_deref()?;
            let cause = format!(
                "the issuer `{issuer}` was asked for `{}`, and has {}",
                missing.path,
                words::texts(&missing.known)
            );
            let fix = match missing.near.as_slice() {
                [near, ..] => format!(
                    "ask for `{near}`; clients take the addresses from the discovery document, and \
                     other providers have other paths"
                ),
                [] => "take the addresses from the issuer's `/.well-known/openid-configuration` \
                       (`jwks_uri`, `token_endpoint`) in place of another provider's"
                    .to_owned(),
            };
            Some(Finding::certain(cause, fix))
        },
    },
];

/// What is there in place of what was asked for.
fn missing(case: &Case<'_>) -> Option<Missing> {
    match case.refused(Component::Oidc, Reason::NotFound)? {
        Told::OidcRequest(request) => request.missing,
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use authlab_kernel::{Clock, EventDraft, Journal};
    use authlab_oidc::evidence::Request;

    use super::*;
    use crate::diagnose::{Diagnosis, all};

    fn diagnosis(missing: Option<Missing>) -> Diagnosis {
        let request = Request {
            method: "GET".to_owned(),
            path: "/x".to_owned(),
            issuer: None,
            kids: None,
            error: Some("there is nothing".to_owned()),
            missing,
        };
        let journal = Journal::new(Clock::standing("2026-01-01T00:00:00Z".parse().unwrap()));
        journal.record(EventDraft::of(Component::Oidc, &request).refused(Reason::NotFound));
        let event = (*journal.events_since(0)[0]).clone();
        all(&Case::new(&[event], Some(1))).remove(0)
    }

    #[test]
    fn what_is_not_there_is_told_with_what_is() {
        let texts = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
        for (issuer, path, near, class, shown) in [
            (
                None,
                "/crop/jwks",
                vec!["corp"],
                "oidc-issuer-unknown",
                "ask below `corp`",
            ),
            (
                None,
                "/",
                vec![],
                "oidc-issuer-unknown",
                "there are `corp`, `partner`",
            ),
            (
                Some("corp"),
                "/.well-known/jwks.json",
                vec!["/jwks"],
                "oidc-path-unknown",
                "ask for `/jwks`",
            ),
            (
                Some("corp"),
                "/keys",
                vec![],
                "oidc-path-unknown",
                "`jwks_uri`",
            ),
        ] {
            let found = diagnosis(Some(Missing {
                issuer: issuer.map(str::to_owned),
                path: path.to_owned(),
                near: texts(&near),
                known: texts(&["corp", "partner"]),
            }));
            assert_eq!(found.class, class);
            let said = format!("{} {}", found.cause, found.fix);
            assert!(said.contains(shown) && said.contains(path), "{said}");
        }
        assert_eq!(diagnosis(None).class, "not-found");
    }
}
