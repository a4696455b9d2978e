//! Keys that the kept key set lacks, or has otherwise than the issuer by now.

use authlab_gateway::evidence::{Key, Reason, TokenJudged};
use authlab_kernel::{Component, SignedDuration, Timestamp};
use authlab_oidc::evidence::Token;
use authlab_token::evidence::Described;

use super::super::entry::Entry;
use super::super::finding::{Certainty, Finding, Mender};
use super::super::words;
use super::told::{class, judged};
use crate::case::Case;

pub(super) const WINDOW: Entry = class(
    "key-cache-window",
    Mender::Owner,
    "the issuer publishes the key, and the gateway still keeps the key set of before",
    |case| {
        let refused = Refused::of(case)?;
        let now = refused.key.now.as_ref()?;
        now.has_kid.then(|| {
            Finding::certain(
                format!(
                    "the token names the key {}, which the issuer publishes by now; the key set that counts is that of \
                     {}, holds {}, and is kept until {}",
                    refused.kid(),
                    fetched(&refused.key),
                    refused.known(),
                    until(&refused.key)
                ),
                format!(
                    "sign with an old key until {}, or wait; from then on publish a new key {} before it signs",
                    until(&refused.key),
                    window(&refused.key)
                ),
            )
        })
    },
);

pub(super) const WITHDRAWN: Entry = class(
    "key-withdrawn",
    Mender::Owner,
    "the issuer has withdrawn the key before its tokens ended",
    |case| {
        let refused = Refused::of(case)?;
        (refused.is_issued && refused.key.now.is_none()).then(|| {
            Finding::certain(
                format!(
                    "the issuer made the token with the key {}, and publishes it no more: the key set of {} holds {}",
                    refused.kid(),
                    fetched(&refused.key),
                    refused.known()
                ),
                "keep an old key in the key set until the last of its tokens has ended; callers get a new one",
            )
        })
    },
);

pub(super) const SPELLING: Entry = class(
    "key-name-spelling",
    Mender::Owner,
    "the key set has the key under another spelling of its name",
    |case| {
        let refused = Refused::of(case)?;
        let kid = refused.key.kid.as_deref()?;
        let known = refused.key.known_kids.as_ref()?;
        let same = known
            .iter()
            .find(|known| known.trim().eq_ignore_ascii_case(kid.trim()))?;
        Some(Finding::certain(
            format!(
                "the token names the key `{kid}`, the key set holds `{same}`: names of keys are compared with capitals"
            ),
            format!(
                "let the issuer write the name alike in the header of its tokens and in its key set: `{same}`"
            ),
        ))
    },
);

pub(super) const UNNAMED: Entry = class(
    "key-unnamed",
    Mender::Owner,
    "the token names no key",
    |case| {
        let refused = Refused::of(case)?;
        refused.key.kid.is_none().then(|| {
            Finding::certain(
                format!(
                    "the token's header has no `kid`, and the key set holds {}",
                    refused.known()
                ),
                "let the issuer put `kid`, as its key set spells it, into the header of its tokens",
            )
        })
    },
);

pub(super) const UNKNOWN: Entry = class(
    "key-unknown",
    Mender::Owner,
    "the token is signed with a key that the issuer does not publish",
    |case| {
        let refused = Refused::of(case)?;
        let found = Finding::certain(
            format!(
                "the token names the key {}, the key set of {} holds {}",
                refused.kid(),
                fetched(&refused.key),
                refused.known()
            ),
            "publish a new key before signing with it, and keep the old one until its tokens have ended; nobody else \
             can sign for the issuer",
        );
        Some(found.with_doubt(
            Certainty::Likely,
            &["the issuer's own list of its keys at the time of the token: anybody can name a key"],
        ))
    },
);

/// A signature that the kept key does not verify, because the issuer has another under its name by now.
pub(in crate::diagnose) fn replaced(judged: &TokenJudged<'_>) -> Option<Finding> {
    let key = judged.key.as_ref()?;
    let now = key.now.as_ref()?;
    now.has_kid.then(|| {
        Finding::certain(
            format!(
                "the key {} was fetched at {} and is kept until {}; the issuer publishes another key under this name by \
                 now",
                words::text(key.kid.as_deref()),
                fetched(key),
                until(key)
            ),
            format!(
                "give the new key a name of its own: the old one counts under this name until {}, whatever the issuer \
                 publishes",
                until(key)
            ),
        )
    })
}

/// A key that the set lacks.
struct Refused {
    key: Key<'static>,
    /// Whether the token is one that the issuer made: the chain has it.
    is_issued: bool,
}

impl Refused {
    fn of(case: &Case<'_>) -> Option<Self> {
        let judged = judged(case, Reason::KeyUnknown)?;
        let refused = Described::read(&judged.token).map(|token| token.fingerprint);
        let mut issued = case.before::<Token>(Component::Oidc).filter_map(|issued| {
            let genuine = issued.token.filter(|_| issued.forge.is_none())?;
            Described::read(&genuine).map(|token| token.fingerprint)
        });
        let is_issued = refused.is_some() && issued.any(|fingerprint| Some(fingerprint) == refused);
        Some(Self {
            key: judged.key?,
            is_issued,
        })
    }

    fn kid(&self) -> String {
        words::text(self.key.kid.as_deref())
    }

    fn known(&self) -> String {
        words::texts(self.key.known_kids.as_deref().unwrap_or_default())
    }
}

/// When the key set was fetched.
pub(in crate::diagnose) fn fetched(key: &Key<'_>) -> String {
    let fetched = key.fetched.as_ref().map(Timestamp::to_string);
    fetched.unwrap_or_else(|| "this request".to_owned())
}

/// When it is fetched again.
pub(in crate::diagnose) fn until(key: &Key<'_>) -> String {
    let window = SignedDuration::from_secs(key.window_seconds);
    let until = key
        .fetched
        .and_then(|fetched| fetched.checked_add(window).ok());
    let until = until.map(|until| until.to_string());
    until.unwrap_or_else(|| format!("{} later", self::window(key)))
}

fn window(key: &Key<'_>) -> String {
    match key.window_seconds {
        seconds if seconds % 3_600 == 0 && seconds > 0 => format!("{} h", seconds / 3_600),
        seconds => format!("{seconds} s"),
    }
}
