//! What STS refuses of web-identity tokens before the trust policy is asked.
//!
//! - [`role`]: roles that are not there. [`time`]: tokens of another time.

pub(super) mod role;
pub(super) mod time;

use authlab_aws::evidence::{Reason, Shape, WebIdentity};
use authlab_kernel::Component;
use authlab_kernel::near::nearest;
use authlab_token::evidence::{Described, SignatureSize};

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
        class: "provider-audience-misspelt",
        mender: Mender::Owner,
        title: "a client id of the provider is nearly the token's audience",
        find: |case| {
            let refused = refused(case, Reason::Audience)?;
            let audiences = audiences(refused.token.as_ref());
            let near = |id: &&String| audiences.iter().any(|audience| is_near(id, audience));
            let near = refused.client_ids.iter().find(near)?;
            let audience =
                words::claim(refused.token.as_ref().and_then(|token| token.claim("aud")));
            Some(Finding::certain(
                format!("the token's `aud` is {audience}, a client id of the provider is `{near}`"),
                format!(
                    "write the client id of the provider as the tokens carry it: {audience} for `{near}`"
                ),
            ))
        },
    },
    Entry {
        system: System::Sts,
        class: "provider-audience-missing",
        mender: Mender::Caller,
        title: "the token's audience is no client id of the provider",
        find: |case| {
            let refused = refused(case, Reason::Audience)?;
            let token = refused.token.as_ref();
            let ids = words::texts(&refused.client_ids);
            Some(Finding::certain(
                format!(
                    "the token's `aud` is {}, the provider's client ids are {ids}",
                    words::claim(token.and_then(|token| token.claim("aud"))),
                ),
                format!(
                    "ask the issuer for a token whose `aud` is a client id of the provider: {ids}"
                ),
            ))
        },
    },
    Entry {
        system: System::Sts,
        class: "web-identity-not-a-jwt",
        mender: Mender::Caller,
        title: "what was sent as the token is none",
        find: |case| {
            let shape = refused(case, Reason::NotAJwt)?.shape?;
            let (what, fix) = not_a_jwt(shape);
            Some(Finding::certain(
                format!(
                    "`WebIdentityToken` has {} bytes, and between dots {} of the three parts of a signed token: {what}",
                    shape.bytes, shape.segments
                ),
                fix,
            ))
        },
    },
    Entry {
        system: System::Sts,
        class: "role-chaining-hour",
        mender: Mender::Caller,
        title: "a session that assumes a role gets an hour at most",
        find: |case| {
            let cause = answered(case, Reason::DurationBeyondChainingLimit)?;
            Some(Finding::certain(
                cause,
                "pass `DurationSeconds` of 3600 or less, or assume the role with long-term keys or a web \
                 identity token, which is no chain",
            ))
        },
    },
    Entry {
        system: System::Sts,
        class: "role-maximum-duration",
        mender: Mender::Caller,
        title: "the session would last longer than the role allows",
        find: |case| {
            let cause = answered(case, Reason::DurationBeyondRoleMaximum)?;
            Some(Finding::certain(
                cause,
                "pass `DurationSeconds` of at most the role's MaxSessionDuration; only the owner of the role \
                 can raise that, to 43200 at most",
            ))
        },
    },
];

/// A web identity that was refused.
struct Refused {
    token: Option<Described>,
    shape: Option<Shape>,
    providers: Vec<String>,
    client_ids: Vec<String>,
    signature: Option<SignatureSize>,
}

fn refused(case: &Case<'_>, reason: Reason) -> Option<Refused> {
    let Some(Told::WebIdentity(looked_at)) = case.refused(Component::Aws, reason) else {
        return None;
    };
    match *looked_at {
        WebIdentity::Refused {
            token,
            shape,
            providers,
            client_ids,
            signature,
            ..
        } => Some(Refused {
            signature,
            shape,
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

/// The token whose signature was refused, with how long that is.
pub(super) fn signed(case: &Case<'_>) -> Option<(Option<Described>, SignatureSize)> {
    let refused = refused(case, Reason::Signature)?;
    Some((refused.token, refused.signature?))
}

/// What the lab knows of an answer that STS gave for this reason.
fn answered(case: &Case<'_>, reason: Reason) -> Option<String> {
    let told = case.refused(Component::Aws, reason)?;
    match &told {
        Told::Answer(answer) if answer.evidence.is_some() => answer.evidence.clone(),
        _ => told.problem().map(str::to_owned),
    }
}

/// What is wrong with a text that is no token, and what to do.
fn not_a_jwt(shape: Shape) -> (&'static str, &'static str) {
    if shape.bytes == 0 {
        return (
            "it is empty",
            "read the token file again once it is written, and send what stands in it",
        );
    }
    if shape.has_space {
        return (
            "there is white space in it, as where log text or a line end stands beside the token",
            "send the token alone: write nothing else to the file that it is read from, and cut the line end",
        );
    }
    if shape.is_cut_off {
        return (
            "the end of its signature is lacking",
            "send the whole token: let what copies it, and the longest header or field on its way, hold all of it",
        );
    }
    match shape.segments {
        5 => (
            "it has the shape of an encrypted token",
            "ask the issuer for a signed id token: STS reads none that is encrypted",
        ),
        0..3 => (
            "it is cut off, or an opaque access token",
            "send the whole id token, not an access token: three parts between dots",
        ),
        3 => (
            "its parts are no base64url JSON",
            "get a new token from the issuer, and send it unchanged",
        ),
        _ => (
            "it is longer than one token, as where one was written behind another",
            "send one token: let the file be replaced as a whole when the token is renewed",
        ),
    }
}

fn audiences(token: Option<&Described>) -> Vec<String> {
    match token.and_then(|token| token.claim("aud")) {
        Some(serde_json::Value::String(audience)) => vec![audience.clone()],
        Some(serde_json::Value::Array(listed)) => {
            let texts = listed.iter().filter_map(serde_json::Value::as_str);
            texts.map(str::to_owned).collect()
        }
        _ => Vec::new(),
    }
}

/// Whether two long texts are one but for a slip of the pen.
fn is_near(one: &str, other: &str) -> bool {
    const LENGTH_MIN: usize = 8;
    one.len() >= LENGTH_MIN && !nearest(one, [other], 1).is_empty()
}

#[cfg(test)]
mod tests;
