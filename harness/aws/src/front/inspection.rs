//! What is told of a signature that is not taken: which value stood against which. No secret is among it.

use authlab_kernel::Secret;
use authlab_wire::Incoming;
use authlab_wire::sigv4::{
    self, AuthorizationError, Expected, Form, KeyFound, KeyState, Known, Signed, TimeError,
    TokenFound, TokenState,
};

use super::authentication::{Expectation, Identified, canonicalisation};
use super::door::FrontDoor;
use crate::cloud::Cloud;
use crate::evidence::Inspected;
use crate::operation::Caller;

/// How many other sessions of a signer are looked at.
const SESSIONS_MAX: usize = 4;

/// What cannot be read.
pub(super) fn of_unreadable(error: &AuthorizationError, incoming: &Incoming<'_>) -> Inspected {
    Inspected {
        unreadable: Some(sigv4::unreadable(error, incoming)),
        ..Inspected::default()
    }
}

/// Why an access key counts for nothing: it is inactive, or nobody has it.
pub(super) fn of_key(cloud: &Cloud, signed: &Signed) -> Inspected {
    let iam = &cloud.shared.iam;
    let kept_in = cloud.secretsmanager.keeping(&signed.access_key);
    let found = match iam.access_key(&signed.access_key) {
        Some((user, _)) => KeyFound {
            state: KeyState::Inactive,
            owner: Some(user.arn.clone()),
            deleted: None,
            near: None,
            kept_in,
        },
        None => match iam.deleted_access_key(&signed.access_key) {
            Some(deleted) => KeyFound {
                state: KeyState::Deleted,
                owner: Some(deleted.owner.clone()),
                deleted: Some(deleted.at),
                near: None,
                kept_in,
            },
            None => KeyFound {
                state: KeyState::Unknown,
                owner: None,
                deleted: None,
                near: iam
                    .access_key_in_other_case(&signed.access_key)
                    .map(str::to_owned),
                kept_in,
            },
        },
    };
    Inspected {
        is_presigned: is_presigned(signed),
        key: Some(found),
        ..Inspected::default()
    }
}

/// Why the session token and the access key do not fit: one of them is missing, or they are those of two
/// sessions.
pub(super) fn of_token(cloud: &Cloud, identified: &Identified, signed: &Signed) -> Inspected {
    let is_session = identified.session_token.is_some() || identified.is_ended();
    let (state, other) = match &signed.session_token {
        None => (TokenState::Missing, None),
        Some(given) => {
            let state = match is_session {
                true => TokenState::Other,
                false => TokenState::NotExpected,
            };
            (state, cloud.sts.session_of_token(given))
        }
    };
    Inspected {
        is_presigned: is_presigned(signed),
        token: Some(TokenFound {
            state,
            owner: identified.caller.arn.clone(),
            of: other.map(|issued| issued.caller.arn.clone()),
            of_access_key_id: other.map(|issued| issued.credentials.access_key_id.clone()),
        }),
        ..Inspected::default()
    }
}

/// Whose session has ended.
pub(super) fn of_session(arn: &str) -> Inspected {
    Inspected {
        session: Some(arn.to_owned()),
        ..Inspected::default()
    }
}

/// For what a signature is, for what it should be, and which host said so.
pub(super) fn of_scope(
    signed: &Signed,
    incoming: &Incoming<'_>,
    expect: &Expectation<'_>,
) -> Inspected {
    Inspected {
        is_presigned: is_presigned(signed),
        scope: Some(signed.scope.clone()),
        expected: Some(expected(expect)),
        host: incoming.header("host").map(str::to_owned),
        ..Inspected::default()
    }
}

/// How long a signature counts, or the day that its scope names.
pub(super) fn of_date(error: &TimeError, signed: &Signed, expect: &Expectation<'_>) -> Inspected {
    let is_of_scope = matches!(error, TimeError::ScopeDate { .. });
    Inspected {
        is_presigned: is_presigned(signed),
        scope: is_of_scope.then(|| signed.scope.clone()),
        window_seconds: match (error, signed.form) {
            (TimeError::ScopeDate { .. }, _) => None,
            (TimeError::UrlExpired { .. }, Form::Presigned { expires_seconds }) => {
                Some(expires_seconds.into())
            }
            _ => Some(expect.skew_seconds),
        },
        ..Inspected::default()
    }
}

/// Which of the usual mistakes gives the signature that was sent.
pub(super) fn of_mismatch(
    door: &FrontDoor,
    identified: &Identified,
    (signed, incoming): (&Signed, &Incoming<'_>),
    expect: &Expectation<'_>,
) -> Inspected {
    let others = other_secrets(&door.view(), &identified.caller, &signed.access_key);
    let known = Known {
        secret: &identified.secret,
        others: &others,
        hosts: expect.hosts,
        service: expect.service,
        region: expect.region,
        options: canonicalisation(expect.service),
    };
    let (fit, tried) = sigv4::find_fit(signed, incoming, &known);
    Inspected {
        is_presigned: is_presigned(signed),
        absent_headers: sigv4::absent_headers(signed, incoming),
        tried: Some(tried),
        fit,
        ..Inspected::default()
    }
}

/// The secrets of a user's other access keys, or of other sessions of the same name.
fn other_secrets(cloud: &Cloud, caller: &Caller, access_key_id: &str) -> Vec<(String, Secret)> {
    if caller.session.is_some() {
        let sessions = cloud.sts.sessions_of(&caller.arn);
        return sessions
            .filter(|issued| issued.credentials.access_key_id != access_key_id)
            .take(SESSIONS_MAX)
            .map(|issued| {
                let credentials = &issued.credentials;
                let id = credentials.access_key_id.clone();
                (id, credentials.secret_access_key.clone())
            })
            .collect();
    }
    let Some((user, _)) = cloud.shared.iam.access_key(access_key_id) else {
        return Vec::new();
    };
    let others = user.access_keys.values();
    others
        .filter(|key| key.id != access_key_id)
        .map(|key| (key.id.clone(), key.secret.clone()))
        .collect()
}

fn expected(expect: &Expectation<'_>) -> Expected {
    Expected {
        service: expect.service.to_owned(),
        region: expect.region.map(str::to_owned),
    }
}

fn is_presigned(signed: &Signed) -> bool {
    signed.form != Form::Header
}
