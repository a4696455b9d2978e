//! An issuer's documents and keys, as Vault sees them.

use authlab_vault::evidence::{Because, JwtKeys, KeySource, Provider, Reason};

use super::super::entry::Entry;
use super::super::finding::{Certainty, Finding, Mender};
use super::super::words;
use super::super::words::is_same_but_for_slash;
use super::asked::{because, entry};
use super::jwt::login;
use crate::case::Case;

/// The classes, the most specific first.
pub(in super::super) const ENTRIES: &[Entry] = &[
    entry(
        "vault-discovery-issuer",
        Mender::Owner,
        "the discovery document is that of another issuer than its URL says",
        |case| {
            let provider = provider(case)?;
            let expected = provider.issuer_expected?;
            let found = provider.issuer_found?;
            let fix = if found.contains('{') {
                "use the URL of the tenant itself: the document of an endpoint for all of them \
                 names a placeholder"
                    .to_owned()
            } else {
                format!("set `oidc_discovery_url` to the issuer as it names itself: `{found}`")
            };
            let slash = if is_same_but_for_slash(&expected, &found) {
                "; they differ in a slash at the end, and are compared letter by letter"
            } else {
                ""
            };
            Some(Finding::certain(
                format!(
                    "`oidc_discovery_url` is `{expected}`, the `issuer` of the document there is \
                     `{found}`{slash}"
                ),
                fix,
            ))
        },
    ),
    entry(
        "vault-keys-not-json",
        Mender::Owner,
        "the address of the issuer's keys answers with a page for people",
        |case| {
            let provider = provider(case).filter(|provider| provider.is_html)?;
            Some(Finding::certain(
                format!(
                    "`{}` answers {} with HTML: the document is not there (any more), or a portal \
                     stands before it",
                    provider.url,
                    status(&provider),
                ),
                keys_fix(&provider),
            ))
        },
    ),
    entry(
        "vault-keys-unusable",
        Mender::Owner,
        "Vault cannot fetch or read the issuer's documents",
        |case| {
            let provider = provider(case)?;
            Some(Finding::certain(
                format!("`{}`: {}", provider.url, provider.problem),
                keys_fix(&provider),
            ))
        },
    ),
    entry(
        "vault-jwt-key-fixed",
        Mender::Owner,
        "none of the keys that the mount has for good verifies the token",
        |case| {
            let keys = keys(case).filter(|keys| keys.source == KeySource::Configuration)?;
            let kid = words::text(keys.kid.as_deref());
            let found = Finding::certain(
                format!(
                    "the mount has `jwt_validation_pubkeys`, which it never fetches anew, and the \
                     token names the key {kid}"
                ),
                "after the issuer has changed its key write the new one, or let the mount fetch \
                 keys (`oidc_discovery_url`, `jwks_url`)",
            );
            let wants = ["the issuer's key set, and whether it has changed its key"];
            Some(found.with_doubt(Certainty::Likely, &wants))
        },
    ),
    entry(
        "vault-jwt-key-unknown",
        Mender::Owner,
        "the token names a key that the fetched key set does not have",
        |case| {
            let keys = keys(case)?;
            let kid = keys
                .kid
                .clone()
                .filter(|kid| !keys.known_kids.contains(kid))?;
            let found = Finding::certain(
                format!(
                    "the token names the key `{kid}`, the key set was fetched for this login and \
                     holds {}",
                    words::texts(&keys.known_kids),
                ),
                "publish a new key before signing with it, and keep the old one until its tokens \
                 have ended; look whether the token is of this issuer at all",
            );
            let wants = ["the issuer's key set when it made the token"];
            Some(found.with_doubt(Certainty::Likely, &wants))
        },
    ),
    entry(
        "vault-jwt-forged",
        Mender::Caller,
        "the key that the token names did not sign it",
        |case| {
            let keys = keys(case)?;
            Some(Finding::certain(
                format!(
                    "the token names the key {}, the key set, fetched for this login, holds {}, \
                     and none of these verifies the signature",
                    words::text(keys.kid.as_deref()),
                    words::texts(&keys.known_kids),
                ),
                "send the token as the issuer gave it: it was altered, or signed by somebody else",
            ))
        },
    ),
];

/// What is wrong with the documents: at the configuration, or at a login.
fn provider(case: &Case<'_>) -> Option<Provider> {
    let reasons = [Reason::DiscoveryUnusable, Reason::JwksUnusable];
    if let Some((_, Because::Provider(provider))) = because(case, &reasons) {
        return Some(provider);
    }
    keys(case)?.provider
}

fn keys(case: &Case<'_>) -> Option<JwtKeys> {
    login(case, Reason::JwtSignature)?.0.keys
}

fn status(provider: &Provider) -> String {
    let status = provider.status.map(|status| status.to_string());
    words::text(status.as_deref())
}

fn keys_fix(provider: &Provider) -> String {
    if provider.issuer_expected.is_some() {
        "set `oidc_discovery_url` to the issuer's present address: its document is at \
         `/.well-known/openid-configuration` below it, and has to be reachable for Vault"
            .to_owned()
    } else {
        "set `jwks_url` to the `jwks_uri` of the issuer's discovery document as it is now, or use \
         `oidc_discovery_url`, which follows it"
            .to_owned()
    }
}
