//! Signature algorithms by their registered names.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

use crate::key::KeyType;

/// A JSON Web Signature algorithm (RFC 7518, section 3.1; RFC 8037, section 3.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Algorithm {
    /// RSASSA-PKCS1-v1_5 with SHA-256.
    RS256,
    /// RSASSA-PKCS1-v1_5 with SHA-384.
    RS384,
    /// RSASSA-PKCS1-v1_5 with SHA-512.
    RS512,
    /// RSASSA-PSS with SHA-256.
    PS256,
    /// RSASSA-PSS with SHA-384.
    PS384,
    /// RSASSA-PSS with SHA-512.
    PS512,
    /// ECDSA on P-256 with SHA-256.
    ES256,
    /// ECDSA on P-384 with SHA-384.
    ES384,
    /// ECDSA on P-521 with SHA-512: named, and answered as unsupported when a signature is to be
    /// made or checked.
    ES512,
    /// Ed25519.
    EdDSA,
    /// HMAC with SHA-256.
    HS256,
    /// HMAC with SHA-384.
    HS384,
    /// HMAC with SHA-512.
    HS512,
    /// No signature: never accepted by [`crate::verify`] (RFC 8725, section 3.2).
    None,
}

/// A name that no algorithm has.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error(
    "`{0}` is no signature algorithm: give one of RS256, RS384, RS512, PS256, PS384, PS512, ES256, ES384, EdDSA, HS256, HS384, HS512"
)]
pub struct UnknownAlgorithm(pub String);

impl Algorithm {
    /// Every algorithm, `none` included.
    pub const ALL: [Self; 14] = [
        Self::RS256,
        Self::RS384,
        Self::RS512,
        Self::PS256,
        Self::PS384,
        Self::PS512,
        Self::ES256,
        Self::ES384,
        Self::ES512,
        Self::EdDSA,
        Self::HS256,
        Self::HS384,
        Self::HS512,
        Self::None,
    ];

    /// RS256, RS384 and RS512: what an HTTP API's JWT authorizer takes.
    pub const RSA: [Self; 3] = [Self::RS256, Self::RS384, Self::RS512];

    /// The registered name, as in the `alg` header.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::RS256 => "RS256",
            Self::RS384 => "RS384",
            Self::RS512 => "RS512",
            Self::PS256 => "PS256",
            Self::PS384 => "PS384",
            Self::PS512 => "PS512",
            Self::ES256 => "ES256",
            Self::ES384 => "ES384",
            Self::ES512 => "ES512",
            Self::EdDSA => "EdDSA",
            Self::HS256 => "HS256",
            Self::HS384 => "HS384",
            Self::HS512 => "HS512",
            Self::None => "none",
        }
    }

    /// How many bytes a signature has at least: of RSA that of the shortest key that is taken, 2048 bits (RFC
    /// 7518, section 3).
    pub fn signature_bytes_min(self) -> usize {
        match self {
            Self::RS256 | Self::RS384 | Self::RS512 | Self::PS256 | Self::PS384 | Self::PS512 => {
                256
            }
            Self::ES256 | Self::EdDSA | Self::HS512 => 64,
            Self::ES384 => 96,
            Self::ES512 => 132,
            Self::HS256 => 32,
            Self::HS384 => 48,
            Self::None => 0,
        }
    }

    /// The only type of key that the algorithm works with; `None` for `none`.
    pub fn key_type(self) -> Option<KeyType> {
        match self {
            Self::RS256 | Self::RS384 | Self::RS512 | Self::PS256 | Self::PS384 | Self::PS512 => {
                Some(KeyType::Rsa)
            }
            Self::ES256 => Some(KeyType::P256),
            Self::ES384 => Some(KeyType::P384),
            Self::ES512 => Some(KeyType::P521),
            Self::EdDSA => Some(KeyType::Ed25519),
            Self::HS256 | Self::HS384 | Self::HS512 => Some(KeyType::Secret),
            Self::None => None,
        }
    }
}

impl FromStr for Algorithm {
    type Err = UnknownAlgorithm;

    /// Names are case-sensitive (RFC 7515, section 4.1.1).
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|algorithm| algorithm.as_str() == text)
            .ok_or_else(|| UnknownAlgorithm(text.to_owned()))
    }
}

impl fmt::Display for Algorithm {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_exactly() {
        for algorithm in Algorithm::ALL {
            assert_eq!(algorithm.as_str().parse(), Ok(algorithm));
        }
        for text in ["", "rs256", "NONE", "None", "RS255", "RS256 "] {
            assert_eq!(
                text.parse::<Algorithm>(),
                Err(UnknownAlgorithm(text.to_owned()))
            );
        }
    }
}
