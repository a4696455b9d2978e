//! Checks of the registered claims (RFC 7519, section 4.1).

use authlab_kernel::Timestamp;
use serde_json::Value;
use thiserror::Error;

use crate::token::Token;

/// How far a consumer's clock may be off, in seconds, per claim.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Leeway {
    /// A token is accepted this much after `exp`.
    pub exp_seconds: i64,
    /// A token is accepted this much before `nbf`.
    pub nbf_seconds: i64,
    /// A token is accepted this much before `iat`.
    pub iat_seconds: i64,
}

/// Why a token's times refuse it.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum TimeError {
    /// `exp` is now or was before (RFC 7519, section 4.1.4).
    #[error("the token expired {by_seconds} s ago: `exp` is {at}, and it is {now}")]
    Expired {
        /// The claim, in epoch seconds.
        at: i64,
        /// The consumer's time, in epoch seconds.
        now: i64,
        /// How long ago, the leeway not counted.
        by_seconds: i64,
    },
    /// `nbf` lies ahead (RFC 7519, section 4.1.5).
    #[error("the token is not valid for another {by_seconds} s: `nbf` is {at}, and it is {now}")]
    NotYetValid {
        /// The claim, in epoch seconds.
        at: i64,
        /// The consumer's time, in epoch seconds.
        now: i64,
        /// How long until then, the leeway not counted.
        by_seconds: i64,
    },
    /// `iat` lies ahead.
    #[error("the token was issued {by_seconds} s in the future: `iat` is {at}, and it is {now}")]
    IssuedInFuture {
        /// The claim, in epoch seconds.
        at: i64,
        /// The consumer's time, in epoch seconds.
        now: i64,
        /// How long until then, the leeway not counted.
        by_seconds: i64,
    },
    /// A time is a number (RFC 7519, section 2, NumericDate).
    #[error("the token's `{claim}` is not a number")]
    NotNumber {
        /// Which claim.
        claim: &'static str,
    },
}

impl TimeError {
    /// The claim that refuses the token.
    pub fn claim(&self) -> &'static str {
        match self {
            Self::Expired { .. } => "exp",
            Self::NotYetValid { .. } => "nbf",
            Self::IssuedInFuture { .. } => "iat",
            Self::NotNumber { claim } => claim,
        }
    }
}

/// `iss` is not the issuer that is trusted.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("the token's issuer is {}, not `{expected}`", quoted(.found.as_deref()))]
pub struct IssuerError {
    /// What is trusted.
    pub expected: String,
    /// What the token says.
    pub found: Option<String>,
}

/// `aud` holds nothing that is accepted.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("the token is for {found:?}, not for any of {accepted:?}")]
pub struct AudienceError {
    /// What is accepted.
    pub accepted: Vec<String>,
    /// What the token says.
    pub found: Vec<String>,
}

fn quoted(text: Option<&str>) -> String {
    text.map_or_else(|| "missing".to_owned(), |text| format!("`{text}`"))
}

/// Checks `exp`, then `nbf`, then `iat`, each if it is there. Fractions of a second are cut off.
///
/// # Errors
/// [`TimeError`] of the first claim that refuses the token.
pub fn check_times(token: &Token, now: Timestamp, leeway: Leeway) -> Result<(), TimeError> {
    let now = now.as_second();
    if let Some(at) = seconds(token, "exp")?
        && now >= at.saturating_add(leeway.exp_seconds)
    {
        return Err(TimeError::Expired {
            at,
            now,
            by_seconds: now.saturating_sub(at),
        });
    }
    if let Some(at) = seconds(token, "nbf")?
        && now.saturating_add(leeway.nbf_seconds) < at
    {
        return Err(TimeError::NotYetValid {
            at,
            now,
            by_seconds: at.saturating_sub(now),
        });
    }
    if let Some(at) = seconds(token, "iat")?
        && now.saturating_add(leeway.iat_seconds) < at
    {
        return Err(TimeError::IssuedInFuture {
            at,
            now,
            by_seconds: at.saturating_sub(now),
        });
    }
    Ok(())
}

/// Checks that `iss` is exactly `expected`: a slash more or less is another issuer (RFC 8725,
/// section 3.8; OpenID Connect Core, section 3.1.3.7).
///
/// # Errors
/// [`IssuerError`] with both.
pub fn check_issuer(token: &Token, expected: &str) -> Result<(), IssuerError> {
    if token.issuer() == Some(expected) {
        return Ok(());
    }
    let found = token.issuer().map(str::to_owned);
    Err(IssuerError {
        expected: expected.to_owned(),
        found,
    })
}

/// Checks that `aud` holds one of `accepted`, exactly (RFC 7519, section 4.1.3).
///
/// # Errors
/// [`AudienceError`] with both.
pub fn check_audience<A: AsRef<str>>(token: &Token, accepted: &[A]) -> Result<(), AudienceError> {
    let found = token.audience();
    if accepted
        .iter()
        .any(|accepted| found.contains(&accepted.as_ref()))
    {
        return Ok(());
    }
    Err(AudienceError {
        accepted: accepted
            .iter()
            .map(|accepted| accepted.as_ref().to_owned())
            .collect(),
        found: found.into_iter().map(str::to_owned).collect(),
    })
}

fn seconds(token: &Token, claim: &'static str) -> Result<Option<i64>, TimeError> {
    let Some(value) = token.claim(claim) else {
        return Ok(None);
    };
    let number = match value {
        Value::Number(number) => number,
        _ => return Err(TimeError::NotNumber { claim }),
    };
    if let Some(whole) = number.as_i64() {
        return Ok(Some(whole));
    }
    #[expect(
        clippy::cast_possible_truncation,
        reason = "fractions are cut off, and what lies beyond 64 bits saturates: it is never or always"
    )]
    let cut = number.as_f64().map(|seconds| seconds.floor() as i64);
    cut.map(Some).ok_or(TimeError::NotNumber { claim })
}
