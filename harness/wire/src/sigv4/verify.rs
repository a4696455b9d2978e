//! Whether a signature is right, in time, and for this service.

use jiff::{SignedDuration, Timestamp};
use ring::hmac;

use super::DATE_FORMAT;
use super::canonical::{Canonical, Options, Parts, sha256_hex, signing_key, string_to_sign};
use super::parse::{Form, Signed};
use crate::Incoming;

/// What stands for the hash of a payload that is not signed.
pub(super) const UNSIGNED_PAYLOAD: &str = "UNSIGNED-PAYLOAD";

/// A signature is not that of the request: `InvalidSignatureException`, `SignatureDoesNotMatch`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details."
)]
pub struct SignatureError {
    /// The canonical request as it was rebuilt, without what may be a secret: for explanations.
    pub canonical_request: String,
    /// What should have been signed.
    pub string_to_sign: String,
}

/// A signature is too old or too new, or was made for another day, Region or service:
/// `InvalidSignatureException`, `SignatureDoesNotMatch`. `Display` is AWS's message (unverified, K).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TimeError {
    /// Made too long ago.
    #[error(
        "Signature expired: {signed} is now earlier than {limit} ({now} - {window_minutes} min.)"
    )]
    Expired {
        /// The signed time.
        signed: String,
        /// The earliest time that would have been taken.
        limit: String,
        /// The service's time.
        now: String,
        /// The service's window.
        window_minutes: i64,
    },
    /// Made in the future.
    #[error(
        "Signature not yet current: {signed} is still later than {limit} ({now} + {window_minutes} min.)"
    )]
    NotYetCurrent {
        /// The signed time.
        signed: String,
        /// The latest time that would have been taken.
        limit: String,
        /// The service's time.
        now: String,
        /// The service's window.
        window_minutes: i64,
    },
    /// A presigned URL that is older than it says it may be.
    #[error(
        "Signature expired: {signed} is now earlier than {limit} ({now} - {expires_seconds} sec.)"
    )]
    UrlExpired {
        /// The signed time.
        signed: String,
        /// The earliest time that would have been taken.
        limit: String,
        /// The service's time.
        now: String,
        /// `X-Amz-Expires`.
        expires_seconds: u32,
    },
    /// The scope's day is not that of the signed time.
    #[error(
        "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '{scope}' != '{day}', from '{signed}'."
    )]
    ScopeDate {
        /// The scope's day.
        scope: String,
        /// The signed day.
        day: String,
        /// The signed time.
        signed: String,
    },
    /// The scope is for another Region.
    #[error("Credential should be scoped to a valid region, not '{0}'. ")]
    Region(String),
    /// The scope is for another service.
    #[error("Credential should be scoped to correct service: '{expected}'. ")]
    Model {
        /// The service that was called.
        expected: String,
    },
    /// The scope does not end in `aws4_request`.
    #[error("Credential should be scoped with a valid terminator: 'aws4_request', not '{0}'. ")]
    Terminator(String),
}

/// Rebuilds the canonical request and compares its signature, in constant time.
///
/// `Incoming` must be what was sent: the raw path and query, the original Host. A payload counts as
/// it is, whatever `x-amz-content-sha256` says, unless `options` takes `UNSIGNED-PAYLOAD`.
///
/// # Errors
/// Fails when the signature is another one; the rebuilt canonical request is told.
pub fn verify(
    signed: &Signed,
    incoming: &Incoming<'_>,
    secret: &str,
    options: Options,
) -> Result<(), SignatureError> {
    let canonical = canonical(signed, incoming, options);
    let string = string_to_sign(&signed.date_text, &signed.scope, &canonical.text());
    let key = signing_key(secret, &signed.scope);
    // AWS compares texts: upper-case digits are another one. A header that is signed and not there
    // is not the same as an empty one.
    let given = hex::decode(&signed.signature)
        .ok()
        .filter(|given| hex::encode(given) == signed.signature);
    let are_there = absent_headers(signed, incoming).is_empty();
    let is_right = given
        .is_some_and(|given| are_there && hmac::verify(&key, string.as_bytes(), &given).is_ok());
    if is_right {
        return Ok(());
    }
    Err(SignatureError {
        canonical_request: canonical.shown().text(),
        string_to_sign: string,
    })
}

/// What the service signs of a request.
pub(super) fn canonical(signed: &Signed, incoming: &Incoming<'_>, options: Options) -> Canonical {
    let is_unsigned = options.allow_unsigned_payload
        && (incoming.header("x-amz-content-sha256") == Some(UNSIGNED_PAYLOAD)
            || signed.form != Form::Header);
    let payload_hash = if is_unsigned {
        UNSIGNED_PAYLOAD.to_owned()
    } else {
        sha256_hex(incoming.body)
    };
    let parts = Parts {
        method: incoming.method.as_str(),
        path: incoming.path,
        query: incoming.query,
        headers: incoming.headers,
        signed_headers: &signed.signed_headers,
        payload_hash: &payload_hash,
    };
    Canonical::of(&parts, options)
}

/// The headers that are signed and not there.
#[must_use]
pub fn absent_headers(signed: &Signed, incoming: &Incoming<'_>) -> Vec<String> {
    let names = signed.signed_headers.iter();
    names
        .filter(|name| !incoming.headers.contains_key(name.as_str()))
        .cloned()
        .collect()
}

/// Whether a signature was made within `window` of `now`, or a presigned URL is still valid, and the
/// scope's day is that of the signed time.
///
/// # Errors
/// Fails with the sentence that AWS says, which carries both clocks.
pub fn check_time(
    signed: &Signed,
    now: Timestamp,
    window: SignedDuration,
) -> Result<(), TimeError> {
    let text = |instant: Timestamp| instant.strftime(DATE_FORMAT).to_string();
    let day = signed.date.strftime("%Y%m%d").to_string();
    if signed.scope.date != day {
        return Err(TimeError::ScopeDate {
            scope: signed.scope.date.clone(),
            day,
            signed: signed.date_text.clone(),
        });
    }
    let window_minutes = window.as_mins();
    let latest = now.saturating_add(window).unwrap_or(Timestamp::MAX);
    if signed.date > latest {
        return Err(TimeError::NotYetCurrent {
            signed: text(signed.date),
            limit: text(latest),
            now: text(now),
            window_minutes,
        });
    }
    let age_max = match signed.form {
        Form::Header => window,
        Form::Presigned { expires_seconds } => SignedDuration::from_secs(expires_seconds.into()),
    };
    let earliest = now.saturating_sub(age_max).unwrap_or(Timestamp::MIN);
    if signed.date >= earliest {
        return Ok(());
    }
    let (signed_text, limit, now) = (text(signed.date), text(earliest), text(now));
    Err(match signed.form {
        Form::Header => TimeError::Expired {
            signed: signed_text,
            limit,
            now,
            window_minutes,
        },
        Form::Presigned { expires_seconds } => TimeError::UrlExpired {
            signed: signed_text,
            limit,
            now,
            expires_seconds,
        },
    })
}

/// Whether a signature's scope is for this service and, where the service lives in one, this Region.
///
/// # Errors
/// Fails with the sentence that AWS says.
pub fn check_scope(signed: &Signed, service: &str, region: Option<&str>) -> Result<(), TimeError> {
    let scope = &signed.scope;
    if let Some(region) = region
        && scope.region != region
    {
        return Err(TimeError::Region(scope.region.clone()));
    }
    if scope.service != service {
        return Err(TimeError::Model {
            expected: service.to_owned(),
        });
    }
    if scope.terminator != "aws4_request" {
        return Err(TimeError::Terminator(scope.terminator.clone()));
    }
    Ok(())
}
