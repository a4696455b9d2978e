//! Tokens that a test needs and no provider gives.

use std::fmt;
use std::str::FromStr;

use authlab_kernel::{Ids, Sequence, Timestamp};
use authlab_token::signing::{SigningKey, unsigned};
use authlab_token::{Algorithm, SignError};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use thiserror::Error;

use crate::issuer::{Issuer, PublishedKey, foreign_key};

/// The `kid` that no key has.
pub const UNKNOWN_KID: &str = "unknown-kid";

/// How a token is forged. Everything else about it is as in a good one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Forge {
    /// Signed by a key that is not the issuer's, under the issuer's `kid`.
    ForeignKey,
    /// Signed by the issuer, under a `kid` that its key set does not have.
    UnknownKid,
    /// Not signed (RFC 8725, section 2.1).
    AlgNone,
    /// Signed by HMAC with the text of the issuer's public key as the secret (RFC 8725, section 2.1).
    Hs256PublicKey,
    /// Signed by the issuer, and changed afterwards.
    AlteredPayload,
}

impl Forge {
    /// Every way.
    pub const ALL: [Self; 5] = [
        Self::ForeignKey,
        Self::UnknownKid,
        Self::AlgNone,
        Self::Hs256PublicKey,
        Self::AlteredPayload,
    ];

    /// The name in the control API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ForeignKey => "foreign-key",
            Self::UnknownKid => "unknown-kid",
            Self::AlgNone => "alg-none",
            Self::Hs256PublicKey => "hs256-public-key",
            Self::AlteredPayload => "altered-payload",
        }
    }
}

impl fmt::Display for Forge {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

impl FromStr for Forge {
    type Err = MintError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let found = Self::ALL.into_iter().find(|forge| forge.as_str() == text);
        found.ok_or_else(|| MintError::Forge(text.to_owned()))
    }
}

/// Why no token was made. Each names the field of the request.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum MintError {
    /// The request is no object.
    #[error(
        "the request must be a JSON object with `claims`, and may have `issuer`, `ttl_seconds`, `forge`"
    )]
    Body,
    /// `claims` is required.
    #[error("`claims` is missing: give an object, empty if need be")]
    ClaimsMissing,
    /// A field is of another type.
    #[error("`{field}` must be {expected}")]
    Type {
        /// The field.
        field: &'static str,
        /// What belongs there.
        expected: &'static str,
    },
    /// A field that there is not.
    #[error("`{0}` is no field: give `issuer`, `claims`, `ttl_seconds` or `forge`")]
    UnknownField(String),
    /// No such issuer.
    #[error("`issuer`: there is no issuer `{issuer}`: give the name or URL of one of {known:?}")]
    Issuer {
        /// What was asked for.
        issuer: String,
        /// The names that there are.
        known: Vec<String>,
    },
    /// No such way of forging.
    #[error(
        "`forge`: there is no `{0}`: give foreign-key, unknown-kid, alg-none, hs256-public-key or altered-payload"
    )]
    Forge(String),
    /// The expiry is no number.
    #[error("`ttl_seconds`: {0} seconds from now is no time")]
    Lifetime(i64),
    /// The issuers are a foreign server's.
    #[error(
        "the issuers are a foreign server's, which mints no claims on request: use its token endpoint, or the embedded provider"
    )]
    Foreign,
    /// The library refused.
    #[error("the token cannot be signed: {0}")]
    Sign(#[from] SignError),
}

/// What to mint.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct MintRequest {
    /// An issuer's name or URL; the default issuer when absent.
    pub issuer: Option<String>,
    /// Claims. They stand instead of the usual ones (`iss`, `iat`, `nbf`, `exp`, `jti`); null takes
    /// one away; nothing else is added.
    pub claims: Map<String, Value>,
    /// The lifetime in seconds; the issuer's when absent. Not positive: expired already.
    pub ttl_seconds: Option<i64>,
    /// How to forge it.
    pub forge: Option<Forge>,
}

impl MintRequest {
    /// Reads the body of `POST /_lab/oidc/token`.
    ///
    /// # Errors
    /// [`MintError`] names the field.
    pub fn parse(body: &Value) -> Result<Self, MintError> {
        let members = body.as_object().ok_or(MintError::Body)?;
        let mut request = Self::default();
        let mut has_claims = false;
        for (name, value) in members {
            match name.as_str() {
                "issuer" => request.issuer = optional_text(value, "issuer")?.map(str::to_owned),
                "claims" => {
                    let claims = value.as_object().cloned();
                    let expected = "an object";
                    request.claims = claims.ok_or(MintError::Type {
                        field: "claims",
                        expected,
                    })?;
                    has_claims = true;
                }
                "ttl_seconds" if value.is_null() => {}
                "ttl_seconds" => {
                    let (field, expected) = ("ttl_seconds", "a whole number of seconds");
                    let seconds = value.as_i64().ok_or(MintError::Type { field, expected })?;
                    request.ttl_seconds = Some(seconds);
                }
                "forge" => {
                    request.forge = optional_text(value, "forge")?.map(str::parse).transpose()?;
                }
                other => return Err(MintError::UnknownField(other.to_owned())),
            }
        }
        if has_claims {
            Ok(request)
        } else {
            Err(MintError::ClaimsMissing)
        }
    }
}

/// A token that was made.
#[derive(Clone)]
pub struct Minted {
    /// The compact form.
    pub token: String,
    /// Its claims.
    pub claims: Map<String, Value>,
    /// The event in the journal.
    pub seq: Sequence,
}

impl fmt::Debug for Minted {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Minted({})", Value::Object(self.claims.clone()))
    }
}

/// The usual claims with `given` in their place. `expires_in_seconds` counts from `now`.
pub(crate) fn complete_claims(
    issuer: &Issuer,
    given: &Map<String, Value>,
    expires_in_seconds: i64,
    now: Timestamp,
    ids: &Ids,
) -> Result<Map<String, Value>, MintError> {
    let now = now.as_second();
    let expiry = now.checked_add(expires_in_seconds);
    let expiry = expiry.ok_or(MintError::Lifetime(expires_in_seconds))?;
    let subject = given.get("sub").and_then(Value::as_str).unwrap_or_default();
    let mut claims = Map::new();
    claims.insert("iss".to_owned(), issuer.url.clone().into());
    claims.insert("iat".to_owned(), now.into());
    claims.insert("nbf".to_owned(), now.into());
    claims.insert("exp".to_owned(), expiry.into());
    claims.insert(
        "jti".to_owned(),
        ids.draw("jti", &issuer.config.name, subject).uuid().into(),
    );
    claims.extend(given.clone());
    claims.retain(|_, value| !value.is_null());
    Ok(claims)
}

/// Signs the claims as the issuer does, or forges that.
pub(crate) fn sign(
    issuer: &Issuer,
    claims: &Map<String, Value>,
    forge: Option<Forge>,
) -> Result<String, MintError> {
    let algorithm = issuer.algorithm();
    let PublishedKey { key, kid } = issuer.signing_key()?;
    let mut header = key.header(algorithm);
    header.insert("kid".to_owned(), kid.as_str().into());
    let signed = match forge {
        None => key.sign(&header, claims)?,
        Some(Forge::ForeignKey) => foreign_key(algorithm)?.sign(&header, claims)?,
        Some(Forge::UnknownKid) => {
            header.insert("kid".to_owned(), UNKNOWN_KID.into());
            key.sign(&header, claims)?
        }
        Some(Forge::AlgNone) => unsigned(&header, claims),
        Some(Forge::Hs256PublicKey) => {
            let pem = key.jwk().to_public_pem().ok_or(SignError::Key)?;
            header.insert("alg".to_owned(), Algorithm::HS256.as_str().into());
            SigningKey::shared_secret(pem, kid).sign(&header, claims)?
        }
        Some(Forge::AlteredPayload) => altered(key, &header, claims)?,
    };
    Ok(signed)
}

/// The claims as asked for, under the signature of others.
fn altered(
    key: &SigningKey,
    header: &Map<String, Value>,
    claims: &Map<String, Value>,
) -> Result<String, SignError> {
    let mut before = claims.clone();
    before.insert("altered".to_owned(), false.into());
    let (honest, wanted) = (key.sign(header, &before)?, key.sign(header, claims)?);
    let signature = honest.rsplit('.').next().unwrap_or_default();
    let said = wanted.rsplit_once('.').map_or("", |(said, _)| said);
    Ok(format!("{said}.{signature}"))
}

fn optional_text<'a>(value: &'a Value, field: &'static str) -> Result<Option<&'a str>, MintError> {
    match value {
        Value::Null => Ok(None),
        Value::String(text) => Ok(Some(text)),
        _ => Err(MintError::Type {
            field,
            expected: "text",
        }),
    }
}
