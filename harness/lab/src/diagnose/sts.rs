//! What STS refuses of web-identity tokens before the trust policy is asked.

use authlab_kernel::journal::Event;

use super::gateway::list;
use super::{Entry, Mender, reason, text};

/// The classes, the most specific first.
pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        class: "issuer-trailing-slash",
        mender: Mender::Owner,
        title: "the issuers differ by a trailing slash",
        find: |event| {
            let issuer = issuer(event)?;
            let bare = issuer.trim_end_matches('/');
            let near = providers(event).find(|known| known.trim_end_matches('/') == bare)?;
            Some((
                format!("the token's `iss` is `{issuer}`, the account's provider is `{near}`"),
                format!("create the provider with the URL that the tokens carry: `{issuer}`"),
            ))
        },
    },
    Entry {
        class: "provider-missing",
        mender: Mender::Owner,
        title: "the role's account has no OpenID Connect provider for the token's issuer",
        find: |event| {
            let issuer = issuer(event)?;
            let bare = issuer.trim_end_matches('/');
            if providers(event).any(|known| known.trim_end_matches('/') == bare) {
                return None;
            }
            Some((
                format!(
                    "the token's `iss` is `{issuer}`, the account's providers are {}",
                    list(event, "/providers")
                ),
                "create an IAM OpenID Connect provider for that URL in the role's account".into(),
            ))
        },
    },
    Entry {
        class: "provider-audience-missing",
        mender: Mender::Owner,
        title: "the token's audience is no client id of the provider",
        find: |event| {
            reason(event, "aws", "audience").then(|| {
                (
                    format!(
                        "the token's `aud` is {}, the provider's client ids are {}",
                        list(event, "/token/claims/aud"),
                        list(event, "/client_ids"),
                    ),
                    "add the audience to the provider, or ask for the token with the right one"
                        .into(),
                )
            })
        },
    },
    Entry {
        class: "token-expired",
        mender: Mender::Caller,
        title: "the token has expired",
        find: |event| {
            reason(event, "aws", "expired").then(|| {
                (
                    text(event, "/message")
                        .unwrap_or("it ended before STS's time")
                        .to_owned(),
                    "get a new token before each AssumeRoleWithWebIdentity".into(),
                )
            })
        },
    },
    Entry {
        class: "signature-forged",
        mender: Mender::Nobody,
        title: "the token was altered, or signed with another key",
        find: |event| {
            reason(event, "aws", "signature").then(|| {
                (
                    format!(
                        "the key {} of the issuer does not verify the signature",
                        list(event, "/token/header/kid")
                    ),
                    "look at where the token comes from: nobody with the issuer's key made it"
                        .into(),
                )
            })
        },
    },
];

/// The token's issuer, when the account has no provider for it.
fn issuer(event: &Event) -> Option<&str> {
    text(event, "/token/claims/iss").filter(|_| reason(event, "aws", "provider-unknown"))
}

fn providers(event: &Event) -> impl Iterator<Item = &str> {
    let known = event
        .detail
        .pointer("/providers")
        .and_then(|known| known.as_array());
    known.into_iter().flatten().filter_map(|url| url.as_str())
}
