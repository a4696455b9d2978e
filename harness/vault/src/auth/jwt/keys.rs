//! Keys: from the configuration, from a JWKS, from discovery; and the signature.

use authlab_kernel::{Component, Destination, OutboundError, OutboundRequest};
use authlab_token::{Algorithm, KeySet, Token, verify};
use serde_json::Value;

use super::{Cached, Config, Jwt};
use crate::request::Call;
use crate::response::Fault;

/// Every algorithm that a public key can have.
pub(super) const ASYMMETRIC: [Algorithm; 10] = [
    Algorithm::RS256,
    Algorithm::RS384,
    Algorithm::RS512,
    Algorithm::PS256,
    Algorithm::PS384,
    Algorithm::PS512,
    Algorithm::ES256,
    Algorithm::ES384,
    Algorithm::ES512,
    Algorithm::EdDSA,
];

/// Fetches a document. The inner error is what the reference's client says.
fn fetch(
    call: &Call<'_>,
    purpose: &'static str,
    url: &str,
) -> Result<Result<bytes::Bytes, String>, Fault> {
    let answer = call.fetch(OutboundRequest {
        destination: Destination::Issuer,
        ..OutboundRequest::get(Component::Vault, purpose, url)
    })?;
    Ok(match answer {
        Ok(response) if response.status() == http::StatusCode::OK => Ok(response.into_body()),
        Ok(response) => {
            let body = String::from_utf8_lossy(response.body()).into_owned();
            Err(format!("get keys failed: {} {body}", response.status()))
        }
        Err(error) => Err(format!("get keys failed Get \"{url}\": {}", reason(&error))),
    })
}

fn reason(error: &OutboundError) -> String {
    match error {
        OutboundError::Unreachable { .. } => "connect: connection refused".to_owned(),
        OutboundError::Timeout { .. } => "context deadline exceeded".to_owned(),
        other => other.to_string(),
    }
}

/// Fetches a key set.
pub(super) fn fetch_keys(call: &Call<'_>, url: &str) -> Result<Result<KeySet, String>, Fault> {
    Ok(fetch(call, "jwks", url)?.and_then(|body| {
        KeySet::parse(&body).map_err(|error| format!("failed to decode keys: {error}"))
    }))
}

/// Reads the discovery document of an issuer; the answer is the URL of its keys. The document must
/// name the issuer exactly (OpenID Connect Discovery 1.0, section 4.3).
pub(super) fn discover(call: &Call<'_>, issuer: &str) -> Result<Result<String, String>, Fault> {
    let url = format!(
        "{}/.well-known/openid-configuration",
        issuer.trim_end_matches('/')
    );
    Ok(fetch(call, "oidc-discovery", &url)?.and_then(|body| {
        let document: Value = serde_json::from_slice(&body)
            .map_err(|_| "failed to decode provider discovery object".to_owned())?;
        if document["issuer"].as_str() != Some(issuer) {
            return Err("issuer did not match the issuer returned by provider".to_owned());
        }
        let keys = document["jwks_uri"]
            .as_str()
            .filter(|keys| !keys.is_empty());
        keys.map(str::to_owned)
            .ok_or_else(|| "the provider names no keys".to_owned())
    }))
}

/// What the keys say of a token's signature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Signature {
    /// A key verifies it.
    Good,
    /// None does. The error stands behind `error verifying token signature: `.
    Bad(String),
    /// The keys are not known.
    Unknown,
}

fn signature(fits: bool, error: &str) -> Signature {
    if fits {
        Signature::Good
    } else {
        Signature::Bad(error.to_owned())
    }
}

/// What the configured keys say, or else those of the issuer.
pub(crate) fn signature_by(config: &Config, keys: Option<&KeySet>, token: &Token) -> Signature {
    if !config.public_keys.keys().is_empty() {
        // With configured keys the name of the key does not count.
        let mut configured = config.public_keys.keys().iter();
        return signature(
            configured.any(|key| verify(token, key, &ASYMMETRIC).is_ok()),
            "no known key successfully validated the token signature",
        );
    }
    match keys {
        Some(keys) => signature(fits_set(token, keys), "failed to verify id token signature"),
        None => Signature::Unknown,
    }
}

/// Verifies the signature of a token, by keys that are fetched where they are not there.
pub(super) fn verify_signature(
    method: &mut Jwt,
    call: &Call<'_>,
    config: &Config,
    token: &Token,
) -> Result<Signature, Fault> {
    let cached = method.cache.as_ref().map(|cached| &cached.keys);
    let known = signature_by(config, cached, token);
    if known == Signature::Good || !config.public_keys.keys().is_empty() {
        return Ok(known);
    }
    let known_url = method.cache.as_ref().map(|cached| cached.jwks_url.clone());
    let failed = |error: String| Ok(Signature::Bad(format!("fetching keys oidc: {error}")));
    let jwks_url = match known_url {
        Some(url) => url,
        None if config.jwks_url.is_empty() => match discover(call, &config.discovery_url)? {
            Ok(url) => url,
            Err(error) => return failed(error),
        },
        None => config.jwks_url.clone(),
    };
    let keys = match fetch_keys(call, &jwks_url)? {
        Ok(keys) => keys,
        Err(error) => return failed(error),
    };
    let seen = signature_by(config, Some(&keys), token);
    method.cache = Some(Cached { jwks_url, keys });
    Ok(seen)
}

/// With a key set, the name of the key counts if the token gives one.
fn fits_set(token: &Token, keys: &KeySet) -> bool {
    keys.keys()
        .iter()
        .filter(|key| {
            token
                .kid()
                .is_none_or(|kid| kid.is_empty() || key.kid() == Some(kid))
        })
        .any(|key| verify(token, key, &ASYMMETRIC).is_ok())
}
