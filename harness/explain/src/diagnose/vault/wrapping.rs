//! Wrapping tokens.

use authlab_vault::evidence::{Because, End, Reason, Wrapping};

use super::super::entry::Entry;
use super::super::finding::{Certainty, Finding, Mender};
use super::asked::{because, entry};
use super::token::end;
use crate::case::Case;

/// The classes, the most specific first.
pub(in super::super) const ENTRIES: &[Entry] = &[
    entry(
        "vault-wrapping-token-used",
        Mender::Caller,
        "the wrapping token was unwrapped before",
        |case| {
            let ended = wrapping(case)?.ended?;
            let (_, at) = end(ended.end).filter(|_| matches!(ended.end, Some(End::UsedUp(_))))?;
            Some(Finding::certain(
                format!("it was unwrapped at `{at}`, and opens once"),
                "wrap anew; if nobody of yours unwrapped it first, treat what it held as taken",
            ))
        },
    ),
    entry(
        "vault-wrapping-token-ended",
        Mender::Caller,
        "the wrapping token ended before it was unwrapped",
        |case| {
            let ended = wrapping(case)?.ended?;
            let (how, at) = end(ended.end)?;
            Some(Finding::certain(
                format!("it {how} at `{at}`, and was not unwrapped"),
                "wrap anew, for as long as the way to whoever unwraps it takes",
            ))
        },
    ),
    entry(
        "vault-wrapping-other-token",
        Mender::Caller,
        "what was given as a wrapping token is another token",
        |case| {
            wrapping(case)?.is_other_token.then(|| {
                Finding::certain(
                    "Vault knows the token, and nothing is wrapped behind it",
                    "give the token of `wrap_info`; a token of one's own goes into \
                     `X-Vault-Token`, the wrapping token beside it into the body as `token`",
                )
            })
        },
    ),
    entry(
        "vault-wrapping-token-unknown",
        Mender::Caller,
        "this Vault has never issued the wrapping token",
        |case| {
            wrapping(case)?;
            let found = Finding::certain(
                "nothing is known of the token here",
                "wrap anew at this Vault, and hand `wrap_info.token` on as it stands",
            );
            let wants = ["which Vault wrapped the answer"];
            Some(found.with_doubt(Certainty::Likely, &wants))
        },
    ),
];

fn wrapping(case: &Case<'_>) -> Option<Wrapping> {
    match because(case, &[Reason::WrappingTokenInvalid])?.1 {
        Because::Wrapping(wrapping) => Some(wrapping),
        _ => None,
    }
}
