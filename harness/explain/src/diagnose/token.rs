//! Tokens that are not believed, for a cause that is the same whoever reads them.

use authlab_aws::evidence as aws;
use authlab_gateway::evidence as gateway;
use authlab_kernel::Component;
use authlab_token::evidence::{Described, SignatureSize};
use authlab_vault::evidence as vault;

use super::entry::Entry;
use super::finding::{Finding, Mender, System};
use super::gateway::judged;
use super::sts;
use super::words::{self, is_same_but_for_slash};
use crate::case::Case;
use crate::told::Told;

/// The classes, the most specific first.
pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        system: System::Token,
        class: "issuer-trailing-slash",
        mender: Mender::Owner,
        title: "the issuers differ by a trailing slash",
        find: |case| {
            if let Some((configured, token)) = super::gateway::issuers(case) {
                let differ_by_slash = is_same_but_for_slash(&configured, &token);
                return differ_by_slash.then(|| super::gateway::other_issuer(&configured, &token));
            }
            let (issuer, providers) = sts::unknown_issuer(case)?;
            let known = providers
                .iter()
                .find(|known| is_same_but_for_slash(known, &issuer))?;
            Some(Finding::certain(
                format!("the token's `iss` is `{issuer}`, the account's provider is `{known}`"),
                format!("create the provider with the URL that the tokens carry: `{issuer}`"),
            ))
        },
    },
    Entry {
        system: System::Token,
        class: "token-expired",
        mender: Mender::Caller,
        title: "the token has expired",
        find: |case| {
            if super::gateway::ended_by_clock(case).is_some() {
                return None;
            }
            if let Some(judged) = judged(case, gateway::Reason::TokenExpired) {
                let times = judged.times?;
                let expiry = times.exp?.as_i64()?;
                let lived = times.iat.and_then(|issued| issued.as_i64());
                let lived = lived.map(|issued| {
                    format!(", {} s after it was made", expiry.saturating_sub(issued))
                });
                return Some(Finding::certain(
                    format!(
                        "it expired {} s before the gateway's time: at {}{}",
                        times.now.saturating_sub(expiry),
                        super::gateway::moment(expiry),
                        lived.unwrap_or_default()
                    ),
                    "get a new token before the old one ends, or once on this answer, and not only when the client \
                     starts",
                ));
            }
            let told = case.refused(Component::Aws, aws::Reason::Expired)?;
            Some(Finding::certain(
                told.problem().unwrap_or("it ended before STS's time"),
                "get a new token before each AssumeRoleWithWebIdentity",
            ))
        },
    },
    Entry {
        system: System::Token,
        class: "signature-cut-off",
        mender: Mender::Caller,
        title: "the end of the token's signature is lacking",
        find: |case| {
            let (size, algorithm, kid) = signature(case).filter(|(size, ..)| size.is_cut_off())?;
            let bytes = match size.bytes {
                0 => "no bytes".to_owned(),
                bytes => format!("{bytes} bytes"),
            };
            Some(Finding::certain(
                format!(
                    "the token is cut off: its signature has {bytes}, one of {} by the key {} has {}; header \
                     and claims are whole",
                    words::text(algorithm.as_deref()),
                    words::text(kid.as_deref()),
                    size.expected
                ),
                "send the whole token, to the end of its third part: it was shortened on the way, by a field, a \
                 variable or a header that has a limit of size, or when it was copied",
            ))
        },
    },
    Entry {
        system: System::Token,
        class: "key-replaced",
        mender: Mender::Owner,
        title: "the issuer has another key under the name of the one that is kept",
        find: |case| {
            let judged = judged(case, gateway::Reason::SignatureInvalid)?;
            super::gateway::replaced(&judged)
        },
    },
    Entry {
        system: System::Token,
        class: "signature-forged",
        mender: Mender::Nobody,
        title: "the token was altered, or signed with another key",
        find: |case| {
            let kid = match judged(case, gateway::Reason::SignatureInvalid) {
                Some(judged) => words::text(judged.key.and_then(|key| key.kid).as_deref()),
                None => {
                    let token = sts::refused_token(case, aws::Reason::Signature)?;
                    words::text(token.as_ref().and_then(Described::kid))
                }
            };
            Some(Finding::certain(
                format!("the key {kid} of the issuer does not verify the signature"),
                "get a new token from the issuer, and send it unchanged: nobody with the issuer's key made this one",
            ))
        },
    },
];

/// How long the signature is that was refused, with the algorithm and the key that the token names.
type Signature = (SignatureSize, Option<String>, Option<String>);

fn signature(case: &Case<'_>) -> Option<Signature> {
    let named = |size, token: Option<Described>| {
        let token = token.as_ref();
        let text = |text: Option<&str>| text.map(str::to_owned);
        let algorithm = text(token.and_then(Described::algorithm));
        (size, algorithm, text(token.and_then(Described::kid)))
    };
    if let Some(judged) = judged(case, gateway::Reason::SignatureInvalid) {
        let size = judged.signature.as_ref()?.size?;
        return Some(named(size, Described::read(&judged.token)));
    }
    if let Some((token, size)) = sts::signed(case) {
        return Some(named(size, token));
    }
    match case.refused(Component::Vault, vault::Reason::JwtSignature)? {
        Told::VaultRequest(request) => {
            let login = request.jwt()?;
            let size = login.keys.as_ref()?.signature?;
            Some(named(size, Described::read(&login.token)))
        }
        _ => None,
    }
}
