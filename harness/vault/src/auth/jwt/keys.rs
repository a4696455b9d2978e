//! Keys: from the configuration, from a JWKS, from discovery; and the signature.

use authlab_kernel::{Component, Destination, OutboundError, OutboundRequest};
use authlab_token::{Algorithm, Jwk, KeySet, SignatureError, Token, verify};
use serde_json::Value;

use super::{Cached, Config, Jwt};
use crate::evidence::{JwtKeys, KeySource, Provider};
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

/// Why keys cannot be had: what the reference's client says, and what was seen.
pub(super) struct Unusable {
    pub(super) error: String,
    pub(super) seen: Box<Provider>,
}

impl Unusable {
    fn of(url: &str, error: impl Into<String>) -> Self {
        let error = error.into();
        Self {
            seen: Box::new(Provider {
                url: url.to_owned(),
                problem: error.clone(),
                ..Provider::default()
            }),
            error,
        }
    }
}

/// How much of an answer that is none is kept, in characters.
const PROBLEM_CHARACTERS_MAX: usize = 200;

/// Whether an answer is a page for people.
fn is_html(body: &str) -> bool {
    let start = body.trim_start().get(..9).unwrap_or_default();
    start.eq_ignore_ascii_case("<!doctype") || start.to_ascii_lowercase().starts_with("<html")
}

/// Fetches a document.
fn fetch(
    call: &Call<'_>,
    purpose: &'static str,
    url: &str,
) -> Result<Result<bytes::Bytes, Unusable>, Fault> {
    let answer = call.fetch(OutboundRequest {
        destination: Destination::Issuer,
        ..OutboundRequest::get(Component::Vault, purpose, url)
    })?;
    Ok(match answer {
        Ok(response) if response.status() == http::StatusCode::OK => Ok(response.into_body()),
        Ok(response) => {
            let body = String::from_utf8_lossy(response.body()).into_owned();
            let status = response.status();
            let mut unusable = Unusable::of(url, format!("get keys failed: {status} {body}"));
            unusable.seen.status = Some(status.as_u16());
            unusable.seen.is_html = is_html(&body);
            let start: String = body.chars().take(PROBLEM_CHARACTERS_MAX).collect();
            unusable.seen.problem = format!("get keys failed: {status} {start}");
            Err(unusable)
        }
        Err(error) => {
            let reason = reason(&error);
            let text = format!("get keys failed Get \"{url}\": {reason}");
            Err(Unusable::of(url, text))
        }
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
pub(super) fn fetch_keys(call: &Call<'_>, url: &str) -> Result<Result<KeySet, Unusable>, Fault> {
    Ok(fetch(call, "jwks", url)?.and_then(|body| {
        KeySet::parse(&body).map_err(|error| {
            let mut unusable = Unusable::of(url, format!("failed to decode keys: {error}"));
            unusable.seen.status = Some(200);
            unusable.seen.is_html = is_html(&String::from_utf8_lossy(&body));
            unusable
        })
    }))
}

/// Reads the discovery document of an issuer; the answer is the URL of its keys. The document must
/// name the issuer exactly (OpenID Connect Discovery 1.0, section 4.3).
pub(super) fn discover(call: &Call<'_>, issuer: &str) -> Result<Result<String, Unusable>, Fault> {
    let url = format!(
        "{}/.well-known/openid-configuration",
        issuer.trim_end_matches('/')
    );
    let unusable = |error: &str| {
        let mut unusable = Unusable::of(&url, error);
        unusable.seen.issuer_expected = Some(issuer.to_owned());
        unusable.seen.status = Some(200);
        unusable
    };
    let fetched = fetch(call, "oidc-discovery", &url)?.map_err(|mut unusable| {
        unusable.seen.issuer_expected = Some(issuer.to_owned());
        unusable
    });
    Ok(fetched.and_then(|body| {
        let document: Value = serde_json::from_slice(&body).map_err(|_| {
            let mut unusable = unusable("failed to decode provider discovery object");
            unusable.seen.is_html = is_html(&String::from_utf8_lossy(&body));
            unusable
        })?;
        let found = document["issuer"].as_str();
        if found != Some(issuer) {
            let mut unusable = unusable("issuer did not match the issuer returned by provider");
            unusable.seen.issuer_found = found.map(str::to_owned);
            return Err(unusable);
        }
        let keys = document["jwks_uri"]
            .as_str()
            .filter(|keys| !keys.is_empty());
        keys.map(str::to_owned)
            .ok_or_else(|| unusable("the provider names no keys"))
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

/// The keys that a token was held against, for the evidence.
pub(super) fn seen(
    method: &Jwt,
    config: &Config,
    token: &Token,
    provider: Option<Box<Provider>>,
) -> JwtKeys {
    let source = if !config.public_keys.keys().is_empty() {
        KeySource::Configuration
    } else if config.jwks_url.is_empty() {
        KeySource::Discovery
    } else {
        KeySource::KeySet
    };
    let cached = method.cache.as_ref().map(|cached| cached.keys.keys());
    let cached = cached.unwrap_or_default().iter();
    let known = cached.clone();
    let size = |key: &Jwk| match verify(token, key, &ASYMMETRIC) {
        Err(SignatureError::Mismatch(size)) => Some(size),
        _ => None,
    };
    JwtKeys {
        source,
        kid: token.kid().map(str::to_owned),
        known_kids: known
            .filter_map(|key| key.kid().map(str::to_owned))
            .collect(),
        provider: provider.map(|provider| *provider),
        signature: cached.chain(config.public_keys.keys()).find_map(size),
    }
}

/// Verifies the signature of a token, by keys that are fetched where they are not there; what was wrong
/// with fetching them stands beside.
pub(super) fn verify_signature(
    method: &mut Jwt,
    call: &Call<'_>,
    config: &Config,
    token: &Token,
) -> Result<(Signature, Option<Box<Provider>>), Fault> {
    let cached = method.cache.as_ref().map(|cached| &cached.keys);
    let known = signature_by(config, cached, token);
    if known == Signature::Good || !config.public_keys.keys().is_empty() {
        return Ok((known, None));
    }
    let known_url = method.cache.as_ref().map(|cached| cached.jwks_url.clone());
    let failed = |unusable: Unusable| {
        let error = format!("fetching keys oidc: {}", unusable.error);
        Ok((Signature::Bad(error), Some(unusable.seen)))
    };
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
    Ok((seen, None))
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
