//! Keys that sign, and the pool of test keys.

use std::fmt;
use std::sync::OnceLock;

use authlab_kernel::Secret;
use ring::rand::SystemRandom;
use ring::signature::KeyPair as _;
use ring::{hmac, rsa, signature as primitive};
use serde_json::{Map, Value, json};
use thiserror::Error;

use crate::algorithm::Algorithm;
use crate::key::{Jwk, KeyType, Material, pem_block};
use crate::signature::hmac_algorithm;
use crate::token::{compact, signing_input};

mod test_key;

pub use test_key::{count_of_test_keys, test_key};

/// Why nothing was signed.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum SignError {
    /// The text is no private key that can be used.
    #[error(
        "not a private key: give an unencrypted PEM block `PRIVATE KEY` (PKCS #8) with an RSA, P-256, P-384 or Ed25519 key"
    )]
    Key,
    /// The header's `alg` is missing or unknown.
    #[error("the header's `alg` is missing or unknown")]
    Algorithm,
    /// The key is of another type.
    #[error("a key of type {key} cannot sign with {algorithm}")]
    KeyType {
        /// What the header says.
        algorithm: Algorithm,
        /// The key.
        key: KeyType,
    },
    /// The library refused.
    #[error("the signature could not be made")]
    Failed,
    /// The pool has no such key.
    #[error("there are {available} test keys of type {key}, and one more was asked for")]
    Exhausted {
        /// The type.
        key: KeyType,
        /// How many there are.
        available: usize,
    },
}

enum Private {
    Rsa(Box<rsa::KeyPair>),
    P256(primitive::EcdsaKeyPair),
    P384(primitive::EcdsaKeyPair),
    Ed25519(primitive::Ed25519KeyPair),
    Shared(Secret),
}

/// A private key with the name of its public half.
///
/// RS256, RS384, RS512, EdDSA and the HMACs make the same signature each time; the others (PS*,
/// ES*) do not, by their definition.
pub struct SigningKey {
    private: Private,
    kid: String,
}

impl SigningKey {
    /// Reads a private key (PEM, PKCS #8, unencrypted). Its `kid` is its thumbprint (RFC 7638).
    ///
    /// # Errors
    /// [`SignError::Key`].
    pub fn from_pkcs8_pem(pem: &str) -> Result<Self, SignError> {
        let (label, der) = pem_block(pem).ok_or(SignError::Key)?;
        if label != "PRIVATE KEY" {
            return Err(SignError::Key);
        }
        let private = private_key(&der).ok_or(SignError::Key)?;
        let mut key = Self {
            private,
            kid: String::new(),
        };
        key.kid = key.jwk().thumbprint().ok_or(SignError::Key)?;
        Ok(key)
    }

    /// A shared secret, for HS256, HS384 and HS512.
    pub fn shared_secret(secret: impl Into<std::sync::Arc<str>>, kid: &str) -> Self {
        Self {
            private: Private::Shared(Secret::new(secret)),
            kid: kid.to_owned(),
        }
    }

    /// The RSA-2048 test key of this index. Every checkout has the same keys: they are public, and
    /// worth nothing outside a test bench.
    ///
    /// # Errors
    /// [`SignError::Exhausted`] beyond the pool.
    pub fn test_key(index: usize) -> Result<&'static Self, SignError> {
        test_key(KeyType::Rsa, index)
    }

    /// The name of the key.
    pub fn kid(&self) -> &str {
        &self.kid
    }

    /// The type of the key.
    pub fn key_type(&self) -> KeyType {
        match self.private {
            Private::Rsa(_) => KeyType::Rsa,
            Private::P256(_) => KeyType::P256,
            Private::P384(_) => KeyType::P384,
            Private::Ed25519(_) => KeyType::Ed25519,
            Private::Shared(_) => KeyType::Secret,
        }
    }

    /// The public half, named; for a shared secret, the secret.
    pub fn jwk(&self) -> Jwk {
        let kid = (!self.kid.is_empty()).then(|| self.kid.clone());
        let point = |pair: &primitive::EcdsaKeyPair| pair.public_key().as_ref().to_vec();
        let material = match &self.private {
            Private::Rsa(pair) => {
                let public = rsa::PublicKeyComponents::<Vec<u8>>::from(pair.public());
                Material::Rsa {
                    n: public.n,
                    e: public.e,
                }
            }
            Private::P256(pair) => Material::P256(point(pair)),
            Private::P384(pair) => Material::P384(point(pair)),
            Private::Ed25519(pair) => Material::Ed25519(pair.public_key().as_ref().to_vec()),
            Private::Shared(secret) => {
                return Jwk::shared_secret(secret.expose_secret().as_bytes(), Some(&self.kid));
            }
        };
        Jwk::of(material, kid)
    }

    /// The header of a token that this key signs: `alg`, `kid`, `typ`.
    pub fn header(&self, algorithm: Algorithm) -> Map<String, Value> {
        match json!({"alg": algorithm.as_str(), "kid": self.kid, "typ": "JWT"}) {
            Value::Object(members) => members,
            _ => Map::new(),
        }
    }

    /// Signs a token with the algorithm that its header names and answers its compact form.
    ///
    /// # Errors
    /// [`SignError::Algorithm`], [`SignError::KeyType`], [`SignError::Failed`].
    pub fn sign(
        &self,
        header: &Map<String, Value>,
        claims: &Map<String, Value>,
    ) -> Result<String, SignError> {
        let name = header
            .get("alg")
            .and_then(Value::as_str)
            .ok_or(SignError::Algorithm)?;
        let algorithm: Algorithm = name.parse().map_err(|_| SignError::Algorithm)?;
        if algorithm.key_type() != Some(self.key_type()) {
            return Err(SignError::KeyType {
                algorithm,
                key: self.key_type(),
            });
        }
        let input = signing_input(header, claims);
        let signature = self.signature(algorithm, input.as_bytes())?;
        Ok(compact(&input, &signature))
    }

    fn signature(&self, algorithm: Algorithm, message: &[u8]) -> Result<Vec<u8>, SignError> {
        let random = blinding();
        match &self.private {
            Private::Rsa(pair) => {
                let mut signature = vec![0; pair.public().modulus_len()];
                let padding = rsa_padding(algorithm)?;
                pair.sign(padding, &random, message, &mut signature)
                    .map_err(|_| SignError::Failed)?;
                Ok(signature)
            }
            Private::P256(pair) | Private::P384(pair) => {
                let signature = pair.sign(&random, message).map_err(|_| SignError::Failed)?;
                Ok(signature.as_ref().to_vec())
            }
            Private::Ed25519(pair) => Ok(pair.sign(message).as_ref().to_vec()),
            Private::Shared(secret) => {
                let primitive = hmac_algorithm(algorithm).map_err(|_| SignError::Failed)?;
                let key = hmac::Key::new(primitive, secret.expose_secret().as_bytes());
                Ok(hmac::sign(&key, message).as_ref().to_vec())
            }
        }
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "SigningKey({} {})", self.key_type(), self.kid)
    }
}

/// A token without signature (RFC 7519, section 6): its header's `alg` becomes `none`.
pub fn unsigned(header: &Map<String, Value>, claims: &Map<String, Value>) -> String {
    let mut header = header.clone();
    header.insert("alg".to_owned(), "none".into());
    compact(&signing_input(&header, claims), &[])
}

fn private_key(der: &[u8]) -> Option<Private> {
    let ecdsa = |algorithm| primitive::EcdsaKeyPair::from_pkcs8(algorithm, der, &blinding()).ok();
    if let Ok(pair) = rsa::KeyPair::from_pkcs8(der) {
        return Some(Private::Rsa(Box::new(pair)));
    }
    if let Some(pair) = ecdsa(&primitive::ECDSA_P256_SHA256_FIXED_SIGNING) {
        return Some(Private::P256(pair));
    }
    if let Some(pair) = ecdsa(&primitive::ECDSA_P384_SHA384_FIXED_SIGNING) {
        return Some(Private::P384(pair));
    }
    // Without the public half, as OpenSSL writes it.
    primitive::Ed25519KeyPair::from_pkcs8_maybe_unchecked(der)
        .ok()
        .map(Private::Ed25519)
}

fn rsa_padding(algorithm: Algorithm) -> Result<&'static dyn primitive::RsaEncoding, SignError> {
    match algorithm {
        Algorithm::RS256 => Ok(&primitive::RSA_PKCS1_SHA256),
        Algorithm::RS384 => Ok(&primitive::RSA_PKCS1_SHA384),
        Algorithm::RS512 => Ok(&primitive::RSA_PKCS1_SHA512),
        Algorithm::PS256 => Ok(&primitive::RSA_PSS_SHA256),
        Algorithm::PS384 => Ok(&primitive::RSA_PSS_SHA384),
        Algorithm::PS512 => Ok(&primitive::RSA_PSS_SHA512),
        _ => Err(SignError::Failed),
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the library asks for randomness to blind its arithmetic; PKCS #1 and Ed25519 \
              signatures do not depend on it, and no id or key is drawn from it"
)]
fn blinding() -> SystemRandom {
    SystemRandom::new()
}

/// A key that is parsed when it is first used.
pub(crate) struct LazyKey {
    pem: &'static str,
    parsed: OnceLock<Option<SigningKey>>,
}

impl LazyKey {
    pub(crate) const fn new(pem: &'static str) -> Self {
        Self {
            pem,
            parsed: OnceLock::new(),
        }
    }

    pub(crate) fn get(&'static self) -> Option<&'static SigningKey> {
        self.parsed
            .get_or_init(|| SigningKey::from_pkcs8_pem(self.pem).ok())
            .as_ref()
    }
}
