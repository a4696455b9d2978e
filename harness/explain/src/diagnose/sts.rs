//! What STS refuses of web-identity tokens before the trust policy is asked.

use authlab_aws::evidence::{Reason, WebIdentity};
use authlab_kernel::Component;
use authlab_token::evidence::Described;

use super::entry::Entry;
use super::finding::{Finding, Mender, System};
use super::words;
use super::words::is_same_but_for_slash;
use crate::case::Case;
use crate::told::Told;

/// The classes, the most specific first.
pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        system: System::Sts,
        class: "provider-missing",
        mender: Mender::Owner,
        title: "the role's account has no OpenID Connect provider for the token's issuer",
        find: |case| {
            let (issuer, providers) = unknown_issuer(case)?;
            if providers
                .iter()
                .any(|known| is_same_but_for_slash(known, &issuer))
            {
                return None;
            }
            Some(Finding::certain(
                format!(
                    "the token's `iss` is `{issuer}`, the account's providers are {}",
                    words::texts(&providers)
                ),
                "create an IAM OpenID Connect provider for that URL in the role's account",
            ))
        },
    },
    Entry {
        system: System::Sts,
        class: "provider-audience-missing",
        mender: Mender::Owner,
        title: "the token's audience is no client id of the provider",
        find: |case| {
            let refused = refused(case, Reason::Audience)?;
            let token = refused.token.as_ref();
            Some(Finding::certain(
                format!(
                    "the token's `aud` is {}, the provider's client ids are {}",
                    words::claim(token.and_then(|token| token.claim("aud"))),
                    words::texts(&refused.client_ids),
                ),
                "add the audience to the provider, or ask for the token with the right one",
            ))
        },
    },
];

/// A web identity that was refused.
struct Refused {
    token: Option<Described>,
    providers: Vec<String>,
    client_ids: Vec<String>,
}

fn refused(case: &Case<'_>, reason: Reason) -> Option<Refused> {
    let Some(Told::WebIdentity(looked_at)) = case.refused(Component::Aws, reason) else {
        return None;
    };
    match *looked_at {
        WebIdentity::Refused {
            token,
            providers,
            client_ids,
            ..
        } => Some(Refused {
            token: token.as_ref().and_then(Described::read),
            providers,
            client_ids: client_ids.unwrap_or_default(),
        }),
        WebIdentity::Issued { .. } => None,
    }
}

/// The token's issuer, when the account has no provider for it, and those that it has.
pub(super) fn unknown_issuer(case: &Case<'_>) -> Option<(String, Vec<String>)> {
    let refused = refused(case, Reason::ProviderUnknown)?;
    Some((refused.token?.issuer()?.to_owned(), refused.providers))
}

/// The token that was refused for this reason, if that could be read.
pub(super) fn refused_token(case: &Case<'_>, reason: Reason) -> Option<Option<Described>> {
    Some(refused(case, reason)?.token)
}
