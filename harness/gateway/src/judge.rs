//! The rules of the gateway, apart from what it fetches: whether a token is believed.
//!
//! Rules: API Gateway developer guide, `http-api-jwt-authorizer.html` and
//! `http-api-troubleshooting-jwt.html`.

use authlab_kernel::Timestamp;
use authlab_token::{
    KeySet, KeySourceError, Keys, SignatureError, TimeError, Token, Verdict, check_audience,
    check_issuer, check_times, verify,
};
use serde_json::Value;

use crate::deployment::JwtAuthorizer;
use crate::evidence::Reason;

mod rest;

pub use rest::with_keys as of_rest_with_keys;

/// Why a token is not believed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Disbelief {
    /// Its algorithm is not accepted.
    Algorithm {
        /// What its header names; empty where it names none.
        named: String,
    },
    /// It is another issuer's.
    Issuer,
    /// The key set cannot be had, or has no such key.
    Keys(KeySourceError),
    /// Its signature does not stand.
    Signature(SignatureError),
    /// It is for another audience.
    Audience,
    /// It has no `exp`.
    WithoutExpiry,
    /// It is not its time.
    Times(TimeError),
    /// It is no ID token, or no access token, where that is asked for.
    Use {
        /// `id`, `access`.
        expected: &'static str,
    },
    /// A claim is absent, no text, or another.
    Claim {
        /// Its name.
        name: String,
    },
}

impl Disbelief {
    /// The reason in the journal.
    pub fn reason(&self) -> Reason {
        match self {
            Self::Algorithm { .. } => Reason::AlgorithmUnsupported,
            Self::Issuer => Reason::IssuerMismatch,
            Self::Keys(error) => match error {
                KeySourceError::DiscoveryUnreachable { .. } => Reason::DiscoveryUnreachable,
                KeySourceError::DiscoveryStatus { .. } => Reason::DiscoveryStatus,
                KeySourceError::DiscoveryDocument { .. } => Reason::DiscoveryDocument,
                KeySourceError::IssuerMismatch { .. } => Reason::DiscoveryIssuerMismatch,
                KeySourceError::JwksUnreachable { .. } => Reason::JwksUnreachable,
                KeySourceError::JwksStatus { .. } => Reason::JwksStatus,
                KeySourceError::JwksDocument { .. } => Reason::JwksDocument,
                KeySourceError::UnknownKid { .. } => Reason::KeyUnknown,
            },
            Self::Signature(error) => match error {
                SignatureError::Mismatch(_) => Reason::SignatureInvalid,
                SignatureError::UnknownKid { .. } | SignatureError::NoKey => Reason::KeyUnknown,
                SignatureError::KeyType { .. } => Reason::AlgorithmDoesNotFitKey,
                SignatureError::KeyAlgorithm { .. } => Reason::KeyForOtherAlgorithm,
                SignatureError::KeyUse => Reason::KeyNotForSignatures,
                SignatureError::KeySize { .. } => Reason::KeySize,
                SignatureError::Critical => Reason::CriticalExtension,
                SignatureError::UnknownAlgorithm(_)
                | SignatureError::Unsigned
                | SignatureError::NotAccepted { .. }
                | SignatureError::Unsupported(_) => Reason::AlgorithmUnsupported,
            },
            Self::Audience => Reason::AudienceMismatch,
            Self::WithoutExpiry => Reason::TokenWithoutExpiry,
            Self::Times(error) => match error {
                TimeError::Expired { .. } => Reason::TokenExpired,
                TimeError::NotYetValid { .. } | TimeError::IssuedInFuture { .. } => {
                    Reason::TokenNotYetValid
                }
                TimeError::NotNumber { .. } => Reason::TokenMalformed,
            },
            Self::Use { .. } => Reason::TokenUseMismatch,
            Self::Claim { .. } => Reason::ClaimMismatch,
        }
    }

    /// What the authorizer says.
    pub fn description(&self) -> String {
        let text = match self {
            // The wording is that of one observed answer.
            Self::Algorithm { named } => return format!("signing method {named} is invalid"),
            // The wording is that of one observed access log.
            Self::Issuer => "issuer does not match",
            Self::Keys(error) if error.is_discovery() => {
                "OIDC discovery endpoint communication error"
            }
            Self::Keys(error) if error.is_jwks() => "JWKS communication error",
            // Unverified.
            Self::Keys(_) => "the token's key is not in the issuer's key set",
            // Unverified: the wording of the library that the other texts are from.
            Self::Signature(_) => "signature is invalid",
            Self::Audience => "the token does not have a valid audience",
            // Required by the authorizer; the wording is unverified.
            Self::WithoutExpiry => "the token does not have an expiry",
            // Unverified: that an authorizer words them so, and that it prints no times.
            Self::Times(error) => match error {
                TimeError::Expired { .. } => "the token has expired",
                TimeError::NotYetValid { .. } => "the token is not valid yet",
                TimeError::IssuedInFuture { .. } => "the token was issued in the future",
                TimeError::NotNumber { claim } => {
                    return format!("the token's {claim} is not a number");
                }
            },
            // Of REST APIs alone, whose answers do not say it.
            Self::Use { expected } => return format!("the token is no {expected} token"),
            Self::Claim { name } => return format!("the token's {name} is not as it must be"),
        };
        text.to_owned()
    }
}

/// Whether an HTTP API's authorizer believes a token: algorithm, issuer, key, signature, audience,
/// times; the first that fails counts. (The order of issuer and signature is unverified; an issuer that
/// differs is named before its key is looked for in another issuer's set.)
///
/// Without keys a token of another algorithm or issuer is disbelieved all the same; everything else is
/// [`Verdict::Unknown`], with what refuses the token even if its signature stands.
pub fn token(
    authorizer: &JwtAuthorizer,
    token: &Token,
    keys: Keys<'_>,
    now: Timestamp,
) -> Verdict<Disbelief> {
    if let Err(disbelief) = before_keys(authorizer, token) {
        return Verdict::Disbelieved(disbelief);
    }
    Verdict::of(
        keys,
        |keys| with_keys(authorizer, token, keys, now),
        || claims(authorizer, token, now),
    )
}

/// [`token`] for who has the keys.
///
/// # Errors
/// The token is not believed: the first that fails.
pub fn with_keys(
    authorizer: &JwtAuthorizer,
    token: &Token,
    keys: &KeySet,
    now: Timestamp,
) -> Result<(), Disbelief> {
    before_keys(authorizer, token)?;
    signature(authorizer, token, keys)?;
    claims(authorizer, token, now)
}

/// What is looked at before keys are fetched: algorithm and issuer.
///
/// # Errors
/// The token is not believed, whatever the keys are.
pub fn before_keys(authorizer: &JwtAuthorizer, token: &Token) -> Result<(), Disbelief> {
    let accepted = &authorizer.keys.algorithms;
    if !token.alg().is_ok_and(|named| accepted.contains(&named)) {
        let named = algorithm(token).to_owned();
        return Err(Disbelief::Algorithm { named });
    }
    check_issuer(token, &authorizer.issuer).map_err(|_| Disbelief::Issuer)
}

/// The algorithm that a token's header names; empty where it names none.
pub(crate) fn algorithm(token: &Token) -> &str {
    let named = token.header().get("alg").and_then(Value::as_str);
    named.unwrap_or_default()
}

fn signature(authorizer: &JwtAuthorizer, token: &Token, keys: &KeySet) -> Result<(), Disbelief> {
    let kid = token.kid().unwrap_or_default();
    let key = keys.find(kid).ok_or_else(|| {
        Disbelief::Keys(KeySourceError::unknown_kid(&authorizer.issuer, kid, keys))
    })?;
    verify(token, key, &authorizer.keys.algorithms).map_err(Disbelief::Signature)
}

fn claims(authorizer: &JwtAuthorizer, token: &Token, now: Timestamp) -> Result<(), Disbelief> {
    if !is_for(authorizer, token) {
        return Err(Disbelief::Audience);
    }
    if token.claim("exp").is_none() {
        return Err(Disbelief::WithoutExpiry);
    }
    check_times(token, now, authorizer.keys.leeway).map_err(Disbelief::Times)
}

/// `aud`; `client_id` only where `aud` is absent.
fn is_for(authorizer: &JwtAuthorizer, token: &Token) -> bool {
    if token.claim("aud").is_some() {
        return check_audience(token, &authorizer.audiences).is_ok();
    }
    let client = token.claim("client_id").and_then(Value::as_str);
    client.is_some_and(|client| authorizer.audiences.iter().any(|one| one == client))
}
