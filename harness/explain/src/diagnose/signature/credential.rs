//! Access keys and session tokens that prove nothing.

use authlab_aws::evidence::{KeptIn, KeyFound, KeyState, Reason, TokenFound, TokenState};

use super::told::{Refused, refused, span};
use crate::case::Case;
use crate::diagnose::finding::{Certainty, Finding};
use crate::diagnose::words;

/// A key that counts for nothing and stands in a secret.
fn kept(case: &Case<'_>) -> Option<(Refused, KeyFound, KeptIn)> {
    let told = refused(case, Reason::CredentialUnknown)?;
    let key = told.inspected.key.clone()?;
    let kept = key.kept_in.clone()?;
    Some((told, key, kept))
}

/// What became of a key.
fn fate(key: &KeyFound) -> String {
    let of = key.owner.as_deref();
    let of = of.map_or_else(String::new, |owner| format!(" of {owner}"));
    match key.state {
        KeyState::Inactive => format!("{of} has the status Inactive"),
        KeyState::Deleted => format!("{of} was deleted"),
        KeyState::Unknown => format!("{of} is not there"),
    }
}

/// The signer goes on with what a version held that is not current any more.
pub(super) fn of_earlier_version(case: &Case<'_>) -> Option<Finding> {
    let (told, key, kept) = kept(case)?;
    let current = kept.current.as_deref()?;
    let has = |label: &str| kept.labels.iter().any(|known| known == label);
    if has("AWSCURRENT") || has("AWSPENDING") {
        return None;
    }
    let labels = match kept.labels.as_slice() {
        [] => "no label".to_owned(),
        labels => words::texts(labels),
    };
    Some(Finding::certain(
        format!(
            "{}{}; it is that of the version `{}` of the secret `{}`, which has {labels}; AWSCURRENT is on \
             `{current}`: the secret was rotated, and the signer goes on with what it read before",
            told.key(),
            fate(&key),
            kept.version,
            kept.secret
        ),
        format!(
            "read the secret `{}` again when a call is refused like this, and keep what was read no longer \
             than a cache does (a caching client, the age of a pool's connections), instead of once at the \
             start",
            kept.secret
        ),
    ))
}

/// The current version of a secret has the key, and a rotation is to replace it.
pub(super) fn in_rotation(case: &Case<'_>) -> Option<Finding> {
    let (told, key, kept) = kept(case)?;
    let current = kept.current.as_deref()?;
    let pending = kept.pending.as_deref().filter(|it| *it != current)?;
    (kept.version == current).then(|| {
        Finding::certain(
            format!(
                "{}{}; it is that of the version `{current}` of the secret `{}`, which is AWSCURRENT still, \
                 while AWSPENDING is on `{pending}`: a rotation stands between setSecret and finishSecret",
                told.key(),
                fate(&key),
                kept.secret
            ),
            format!(
                "finish the rotation of `{}` (move `AWSCURRENT` to `{pending}`); so that there is no such \
                 window, let the rotation keep the old credential until `finishSecret` has moved the label: \
                 alternating users, or two keys of one user; who reads the secret tries again",
                kept.secret
            ),
        )
    })
}

/// Its owner made the key inactive.
pub(super) fn inactive(case: &Case<'_>) -> Option<Finding> {
    let told = refused(case, Reason::CredentialUnknown)?;
    let key = told.inspected.key.as_ref()?;
    (key.state == KeyState::Inactive).then(|| {
        let owner = key.owner.as_deref().unwrap_or("its user");
        Finding::certain(
            format!("{} of {owner} has the status Inactive", told.key()),
            format!(
                "sign with an active access key of {owner}; a key that was made inactive may be made \
                 active by who administers it (`UpdateAccessKey`), if it was not for a leak"
            ),
        )
    })
}

/// The key was deleted.
pub(super) fn deleted(case: &Case<'_>) -> Option<Finding> {
    let told = refused(case, Reason::CredentialUnknown)?;
    let key = told.inspected.key.as_ref()?;
    (key.state == KeyState::Deleted).then(|| {
        let owner = key.owner.as_deref().unwrap_or("its user");
        let at = words::text(key.deleted.map(|at| at.to_string()).as_deref());
        Finding::certain(
            format!("{} of {owner} was deleted at {at}", told.key()),
            format!(
                "sign with an access key of {owner} that is there (`ListAccessKeys`), or create one \
                 (`CreateAccessKey`): a deleted key does not come back"
            ),
        )
    })
}

/// Nobody has the key.
pub(super) fn unknown(case: &Case<'_>) -> Option<Finding> {
    let told = refused(case, Reason::CredentialUnknown)?;
    let key = told.inspected.key.as_ref();
    if let Some(near) = key.and_then(|key| key.near.as_deref()) {
        return Some(Finding::certain(
            format!(
                "nobody has {}; `{near}` is there, and differs in case",
                told.key()
            ),
            format!("sign as `{near}`: access key ids are compared with their case"),
        ));
    }
    let id = told.access_key_id.as_deref().unwrap_or_default();
    let (kind, fix) = match id.get(..4) {
        Some("ASIA") => (
            "it is that of a session, which this lab did not issue (one of another seed, of an earlier \
             lab, of real AWS) or has long forgotten",
            "get new temporary credentials here (AssumeRole, or the SDK's refresh), and sign with all \
             three of their values",
        ),
        Some("AKIA") => (
            "it is that of a user, of another seed, of another lab or of real AWS: this lab remembers those \
             that were deleted here",
            "sign with an access key that this lab made (`ListAccessKeys`), or create one; keys of a lab \
             hold for its seed alone",
        ),
        Some("AROA" | "AIDA" | "AGPA" | "AIPA" | "ANPA" | "APKA" | "ASCA") => (
            "it is the id of an entity, and no access key",
            "sign with an access key id: it begins with `AKIA` or `ASIA`",
        ),
        _ => (
            "it has not the form of one: `AKIA…` is a user's, `ASIA…` a session's, twelve digits are a \
             root user's in this lab",
            "give the signer an access key id: another variable, or a placeholder, is in its place \
             (`AWS_ACCESS_KEY_ID`, the profile, the file of credentials)",
        ),
    };
    Some(Finding::certain(
        format!("nobody has {}: {kind}", told.key()),
        fix,
    ))
}

fn token(case: &Case<'_>, state: TokenState) -> Option<(Refused, TokenFound)> {
    let told = refused(case, Reason::SessionTokenMismatch)?;
    let found = told.inspected.token.clone()?;
    (found.state == state).then_some((told, found))
}

/// Where a token is sent.
fn place(told: &Refused) -> &'static str {
    match told.inspected.is_presigned {
        true => "the query's parameter `X-Amz-Security-Token`",
        false => "the header `X-Amz-Security-Token`",
    }
}

/// The key is that of a session, and there is no token.
pub(super) fn token_missing(case: &Case<'_>) -> Option<Finding> {
    let (told, found) = token(case, TokenState::Missing)?;
    Some(Finding::certain(
        format!(
            "{} is that of the session {}, and the request has no `X-Amz-Security-Token`",
            told.key(),
            found.owner
        ),
        format!(
            "send the session token in {} and sign it: temporary credentials are three values, key id, \
             secret and session token (`AWS_SESSION_TOKEN`)",
            place(&told)
        ),
    ))
}

/// The token is another's.
pub(super) fn token_other(case: &Case<'_>) -> Option<Finding> {
    let (told, found) = token(case, TokenState::Other)?;
    let whose = match (&found.of, &found.of_access_key_id) {
        (Some(of), Some(id)) => format!("that of `{id}`, the session {of}"),
        _ => "that of no session that is known".to_owned(),
    };
    let sure = found.of.is_some();
    let finding = Finding::certain(
        format!(
            "{} is that of the session {}, and the session token is {whose}",
            told.key(),
            found.owner
        ),
        "take key id, secret and session token from one answer of STS, and replace all three together \
         when they are refreshed",
    );
    Some(match sure {
        true => finding,
        false => finding.with_doubt(
            Certainty::Likely,
            &["the fingerprint of the token that the signer was given: it may be cut off, or quoted"],
        ),
    })
}

/// The key is a user's, and a token came along.
pub(super) fn token_unexpected(case: &Case<'_>) -> Option<Finding> {
    let (told, found) = token(case, TokenState::NotExpected)?;
    let whose = match &found.of {
        Some(of) => format!("; the token is that of the session {of}"),
        None => String::new(),
    };
    Some(Finding::certain(
        format!(
            "{} is a long-term key of {}, and the request has a session token{whose}",
            told.key(),
            found.owner
        ),
        "leave the session token out (unset `AWS_SESSION_TOKEN`, which a session before may have left), \
         or sign with the key id and secret that belong to it",
    ))
}

/// The session has ended.
pub(super) fn expired(case: &Case<'_>) -> Option<Finding> {
    let told = refused(case, Reason::CredentialExpired)?;
    let session = match &told.inspected.session {
        Some(arn) => format!("the session {arn}"),
        None => "the session".to_owned(),
    };
    let (Some(expired), Some(now)) = (told.expired, told.now) else {
        return Some(Finding::certain(
            format!("{session} ended before the call"),
            EXPIRED_FIX,
        ));
    };
    let ago = now.duration_since(expired).as_secs();
    Some(Finding::certain(
        format!(
            "{session} ({}) ended at {expired}, {} before the call at {now}",
            told.key(),
            span(ago)
        ),
        EXPIRED_FIX,
    ))
}

const EXPIRED_FIX: &str = "get new credentials before the old ones end: assume the role again, or let the SDK refresh them \
     instead of handing it values that were copied";
