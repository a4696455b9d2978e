//! Issuers that are not the same text: `iss` is compared byte for byte.

use authlab_gateway::evidence::Reason;

use super::super::entry::Entry;
use super::super::finding::{Certainty, Finding, Mender};
use super::super::words;
use super::super::words::is_same_but_for_slash;
use super::parting::parting;
use super::told::{class, described, judged};
use crate::case::Case;

/// Where Entra ID gives out tokens of version 1 and of version 2 (Microsoft identity platform, "Access
/// tokens", claim `iss`).
const ENTRA: [&str; 2] = [
    "https://sts.windows.net/",
    "https://login.microsoftonline.com/",
];

/// The segments of Entra ID's shared endpoints, which no token of a tenant names.
const SHARED: [&str; 3] = ["common", "organizations", "consumers"];

pub(super) const ENTRA_VERSION: Entry = class(
    "issuer-entra-version",
    Mender::Owner,
    "an Entra ID token of version 1 meets an authorizer of version 2, or the reverse",
    |case| {
        let (configured, token) = issuers(case)?;
        let version = |issuer: &str| ENTRA.iter().position(|begins| issuer.starts_with(begins));
        let (wanted, is) = (version(&configured)?, version(&token)?);
        let judged = judged(case, Reason::IssuerMismatch)?;
        let claim = described(&judged).and_then(|token| token.claim("ver").cloned());
        let (wanted_version, is_version) = (wanted + 1, is + 1);
        (wanted != is).then(|| Finding {
            cause: format!(
                "the token's `iss` is `{token}` (`ver` {}), which is version {is_version}; the authorizer's issuer is \
                 `{configured}`, version {wanted_version}",
                words::claim(claim.as_ref())
            ),
            fix: format!(
                "set `requestedAccessTokenVersion` to {wanted_version} in the manifest of the API's app registration; \
                 or configure the issuer as the tokens carry it: `{token}`"
            ),
            ..other_issuer(&configured, &token)
        })
    },
);

pub(super) const MULTI_TENANT: Entry = class(
    "issuer-multi-tenant",
    Mender::Owner,
    "the authorizer's issuer is an endpoint that tenants share, and no token names it",
    |case| {
        let (configured, token) = issuers(case)?;
        let is_shared = configured
            .split('/')
            .any(|segment| SHARED.contains(&segment));
        let is_templated = configured.contains('{');
        (is_shared || is_templated).then(|| Finding {
            fix: format!("configure the tenant's own issuer, one authorizer for each: `{token}`"),
            ..other_issuer(&configured, &token)
        })
    },
);

pub(super) const ABSENT: Entry = class(
    "issuer-absent",
    Mender::Owner,
    "the token names no issuer",
    |case| {
        let issuer = judged(case, Reason::IssuerMismatch)?.issuer;
        let is_text = issuer.token.as_ref().is_some_and(|token| token.is_string());
        (!is_text).then(|| {
            Finding::certain(
                format!(
                    "the token's `iss` is {}, the authorizer's issuer is `{}`",
                    words::claim(issuer.token.as_deref()),
                    issuer.configured
                ),
                format!(
                    "let whoever makes the tokens put `{}` into `iss`",
                    issuer.configured
                ),
            )
        })
    },
);

pub(super) const TEST_TOKEN: Entry = class(
    "issuer-of-test-environment",
    Mender::Lab,
    "a token of a test server meets the issuer of production, or the reverse",
    |case| {
        let (configured, token) = issuers(case)?;
        let (configured_is_local, token_is_local) = (is_local(&configured), is_local(&token));
        (configured_is_local != token_is_local).then(|| {
            let (local, public) = if token_is_local { (&token, &configured) } else { (&configured, &token) };
            Finding {
                fix: format!(
                    "let the test server give its tokens the issuer `{public}`: state it as `url` of the `[[issuer]]` in \
                     the lab file; outside a lab make the issuer a parameter of the template, instead of `{}`",
                    shown(local)
                ),
                ..other_issuer(&configured, &token)
            }
        })
    },
);

pub(super) const SCHEME: Entry = class(
    "issuer-scheme",
    Mender::Owner,
    "the issuers differ in their scheme",
    |case| {
        let (configured, token) = apart(case)?;
        let bare = |issuer: &str| {
            issuer
                .split_once("://")
                .map_or(issuer, |(_, rest)| rest)
                .to_owned()
        };
        let has_scheme = token.contains("://");
        is_same_but_for_slash(&bare(&configured), &bare(&token)).then(|| Finding {
            fix: if has_scheme {
                format!("configure the issuer as the tokens carry it: `{token}`")
            } else {
                format!(
                    "get tokens from an endpoint that names itself by a URL: an authorizer takes `https://` issuers \
                     only, so `{token}` cannot be configured"
                )
            },
            ..other_issuer(&configured, &token)
        })
    },
);

pub(super) const CASE: Entry = class(
    "issuer-capitals",
    Mender::Owner,
    "the issuers differ in capitals",
    |case| {
        let (configured, token) = apart(case)?;
        let is_same = configured.eq_ignore_ascii_case(&token);
        is_same.then(|| other_issuer(&configured, &token))
    },
);

pub(super) const PORT: Entry = class(
    "issuer-port",
    Mender::Owner,
    "the issuers differ in their port",
    |case| {
        let (configured, token) = apart(case)?;
        let is_same = host(&configured)? == host(&token)? && path(&configured) == path(&token);
        is_same.then(|| other_issuer(&configured, &token))
    },
);

pub(super) const PATH: Entry = class(
    "issuer-path",
    Mender::Owner,
    "the issuers are of one host, and differ in their path",
    |case| {
        let (configured, token) = apart(case)?;
        let is_same = host(&configured)? == host(&token)?;
        is_same.then(|| {
            let found = other_issuer(&configured, &token);
            found.with_doubt(
                Certainty::Likely,
                &["whether both paths are one tenant, realm or pool of that server"],
            )
        })
    },
);

pub(super) const DRIFT: Entry = class(
    "issuer-drift",
    Mender::Owner,
    "the token comes from another issuer than the authorizer trusts",
    |case| {
        let (configured, token) = apart(case)?;
        Some(Finding {
            fix: format!(
                "get the token from `{configured}`; where the issuer has moved, configure it as the tokens carry it: \
                 `{}`",
                shown(&token)
            ),
            ..other_issuer(&configured, &token)
        })
    },
);

/// The configured issuer and the token's, when they were compared and differ.
pub(in crate::diagnose) fn issuers(case: &Case<'_>) -> Option<(String, String)> {
    let issuer = judged(case, Reason::IssuerMismatch)?.issuer;
    let token = issuer.token?.as_str()?.to_owned();
    Some((issuer.configured.into_owned(), token))
}

/// The same, where they differ in more than a slash at the end.
fn apart(case: &Case<'_>) -> Option<(String, String)> {
    issuers(case).filter(|(configured, token)| !is_same_but_for_slash(configured, token))
}

pub(in crate::diagnose) fn other_issuer(configured: &str, token: &str) -> Finding {
    let (configured, token) = (shown(configured), shown(token));
    Finding::certain(
        format!(
            "the token's `iss` is `{token}`, the authorizer's issuer is `{configured}`: {}",
            parting(&token, &configured)
        ),
        format!("configure the issuer as the tokens carry it: `{token}`"),
    )
}

/// Without the port of a loopback address, for which the journal has a placeholder.
fn shown(issuer: &str) -> String {
    issuer.replace(":{port}", "")
}

/// Whether an issuer lives on the machine itself.
fn is_local(issuer: &str) -> bool {
    host(issuer).is_some_and(|host| {
        host == "localhost"
            || host.ends_with(".localhost")
            || host.starts_with("127.")
            || host == "[::1]"
    })
}

fn host(issuer: &str) -> Option<&str> {
    let (_, rest) = issuer.split_once("://")?;
    let authority = rest.split('/').next()?;
    let bare = authority
        .rsplit_once(':')
        .map_or(authority, |(host, _)| host);
    Some(if authority.ends_with(']') {
        authority
    } else {
        bare
    })
}

fn path(issuer: &str) -> &str {
    let rest = issuer.split_once("://").map_or(issuer, |(_, rest)| rest);
    rest.split_once('/')
        .map_or("", |(_, path)| path)
        .trim_end_matches('/')
}
