//! Whether an authorizer of a REST API believes a token.
//!
//! Rules: API Gateway developer guide, `apigateway-integrate-with-cognito.html` and
//! `rest-api-jwt-authorizer.html`. The order of what is looked at, and that `exp` has to be there, is
//! unverified.

use authlab_kernel::Timestamp;
use authlab_token::{KeySet, Token, check_audience, check_times};
use serde_json::Value;

use super::{Disbelief, before_keys, signature};
use crate::deployment::{ClaimRule, TokenIssuer, TokenRule};

/// Whether an issuer's token is believed; `for_scopes` where the method asks for scopes.
///
/// # Errors
/// The token is not believed: the first that fails.
pub fn with_keys(
    issuer: &TokenIssuer,
    token: &Token,
    for_scopes: bool,
    keys: &KeySet,
    now: Timestamp,
) -> Result<(), Disbelief> {
    before_keys(&issuer.jwt, token)?;
    signature(&issuer.jwt, token, keys)?;
    if token.claim("exp").is_none() {
        return Err(Disbelief::WithoutExpiry);
    }
    check_times(token, now, issuer.jwt.keys.leeway).map_err(Disbelief::Times)?;
    match &issuer.rule {
        TokenRule::Claims(claims) => {
            // `client_id` does not stand in for `aud`, as it does for HTTP APIs.
            check_audience(token, &issuer.jwt.audiences).map_err(|_| Disbelief::Audience)?;
            claims.iter().try_for_each(|rule| claim(rule, token))
        }
        TokenRule::Pool { audience } => {
            let expected = if for_scopes { "access" } else { "id" };
            if token.claim("token_use").and_then(Value::as_str) != Some(expected) {
                return Err(Disbelief::Use { expected });
            }
            // That access tokens, which have no `aud`, match no expression is unverified.
            let matches = audience.as_ref().is_none_or(|pattern| {
                let mut audiences = token.audience().into_iter();
                audiences.any(|audience| pattern.is_match(audience))
            });
            matches.then_some(()).ok_or(Disbelief::Audience)
        }
    }
}

fn claim(rule: &ClaimRule, token: &Token) -> Result<(), Disbelief> {
    let is_as_it_must_be = match token.claim(&rule.name) {
        None => !rule.is_required,
        Some(Value::String(text)) => rule.expected.is_empty() || rule.expected.contains(text),
        // `SINGLE_STRING` is one text.
        Some(_) => false,
    };
    is_as_it_must_be
        .then_some(())
        .ok_or_else(|| Disbelief::Claim {
            name: rule.name.clone(),
        })
}
