//! Signatures: who may have made them, and with what (RFC 8725, sections 3.1 and 3.2).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::hmac;
use ring::signature as primitive;
use thiserror::Error;

use crate::algorithm::Algorithm;
use crate::evidence::{Reason, SignatureSize};
use crate::key::{Jwk, KeySet, KeyType, Material};
use crate::token::Token;

/// The shortest RSA modulus (RFC 7518, section 3.3), and the longest that the library checks.
const RSA_BITS: std::ops::RangeInclusive<usize> = 2048..=8192;

/// Why a signature is not believed.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum SignatureError {
    /// The header names no algorithm that is known.
    #[error("the token's algorithm `{0}` is unknown")]
    UnknownAlgorithm(String),
    /// `alg` is `none`.
    #[error("the token is not signed: its algorithm is `none`")]
    Unsigned,
    /// The consumer does not accept the algorithm.
    #[error(
        "the token's algorithm {found} is not accepted: sign with one of {accepted}",
        accepted = accepted.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
    )]
    NotAccepted {
        /// What the header says.
        found: Algorithm,
        /// What the consumer accepts.
        accepted: Vec<Algorithm>,
    },
    /// The algorithm does not work with this type of key: a public key is never a shared secret.
    #[error("the token's algorithm {algorithm} does not fit a key of type {key}")]
    KeyType {
        /// What the header says.
        algorithm: Algorithm,
        /// The key.
        key: KeyType,
    },
    /// The key is bound to another algorithm.
    #[error("the token's algorithm is {algorithm}, its key is for `{key}`")]
    KeyAlgorithm {
        /// What the header says.
        algorithm: Algorithm,
        /// What the key says.
        key: String,
    },
    /// The key is for encryption.
    #[error("the token's key is not for signatures")]
    KeyUse,
    /// The key is too small to be trusted, or larger than what is checked.
    #[error("the token's key has {bits} bits: RSA keys have 2048 to 8192")]
    KeySize {
        /// Its size.
        bits: usize,
    },
    /// The header demands an extension (RFC 7515, section 4.1.11), and none is known.
    #[error("the token's header has critical extensions")]
    Critical,
    /// No key of the set has the header's `kid`.
    #[error("no key `{kid}` in the key set; it has {known:?}")]
    UnknownKid {
        /// What the header says.
        kid: String,
        /// The keys that there are.
        known: Vec<String>,
    },
    /// The key set has no key.
    #[error("the key set is empty")]
    NoKey,
    /// ES512 is named, and not checked.
    #[error("signatures of algorithm {0} cannot be checked: authlab does not implement it")]
    Unsupported(Algorithm),
    /// The signature was not made over this token with this key.
    #[error("the token's signature does not match")]
    Mismatch(SignatureSize),
}

impl SignatureError {
    /// The reason in the journal.
    pub fn reason(&self) -> Reason {
        match self {
            Self::UnknownAlgorithm(_) => Reason::UnknownAlgorithm,
            Self::Unsigned => Reason::Unsigned,
            Self::NotAccepted { .. } => Reason::AlgorithmNotAccepted,
            Self::KeyType { .. } => Reason::AlgorithmDoesNotFitKey,
            Self::KeyAlgorithm { .. } => Reason::KeyForOtherAlgorithm,
            Self::KeyUse => Reason::KeyNotForSignatures,
            Self::KeySize { .. } => Reason::KeySize,
            Self::Critical => Reason::CriticalExtension,
            Self::UnknownKid { .. } => Reason::UnknownKid,
            Self::NoKey => Reason::NoKey,
            Self::Unsupported(_) => Reason::AlgorithmUnsupported,
            Self::Mismatch(_) => Reason::SignatureMismatch,
        }
    }

    /// Its code.
    pub fn code(&self) -> &'static str {
        self.reason().as_str()
    }
}

/// Checks the signature of `token` with `key`, if its algorithm is one of `algorithms`.
///
/// The header's algorithm alone decides nothing: it must be accepted, it must fit the type of the
/// key, and the key must not be bound to another. `none` is never accepted.
///
/// # Errors
/// [`SignatureError`], the first that applies in the order algorithm, key, signature.
pub fn verify(token: &Token, key: &Jwk, algorithms: &[Algorithm]) -> Result<(), SignatureError> {
    let algorithm = accepted_algorithm(token, algorithms)?;
    check_key(algorithm, key)?;
    if token.header().contains_key("crit") {
        return Err(SignatureError::Critical);
    }
    let (message, signature) = (token.signing_input().as_bytes(), token.signature());
    let size = SignatureSize {
        bytes: signature.len(),
        expected: signature_bytes(algorithm, key),
    };
    let matches = match &key.material {
        Material::Rsa { n, e } => {
            let bits = bit_length(n);
            if !RSA_BITS.contains(&bits) {
                return Err(SignatureError::KeySize { bits });
            }
            let parameters = rsa_parameters(algorithm)?;
            let key = primitive::RsaPublicKeyComponents { n, e };
            key.verify(parameters, message, signature).is_ok()
        }
        Material::P256(point) => public(
            &primitive::ECDSA_P256_SHA256_FIXED,
            point,
            message,
            signature,
        ),
        Material::P384(point) => public(
            &primitive::ECDSA_P384_SHA384_FIXED,
            point,
            message,
            signature,
        ),
        Material::Ed25519(bytes) => public(&primitive::ED25519, bytes, message, signature),
        Material::P521(_) => return Err(SignatureError::Unsupported(algorithm)),
        Material::Secret(secret) => {
            // It was decoded when the key was read.
            let secret = URL_SAFE_NO_PAD.decode(secret.expose_secret().trim_end_matches('='));
            let secret = secret.map_err(|_| SignatureError::Mismatch(size))?;
            let key = hmac::Key::new(hmac_algorithm(algorithm)?, &secret);
            hmac::verify(&key, message, signature).is_ok()
        }
    };
    if matches {
        Ok(())
    } else {
        Err(SignatureError::Mismatch(size))
    }
}

/// Checks the signature with the key of the set that the header's `kid` names, or, when it names
/// none, with every key that fits; answers the key that did.
///
/// # Errors
/// [`SignatureError`]: a signature that does not match one of the keys says more than a key of another
/// type, else that of the last key tried.
pub fn verify_with_set<'a>(
    token: &Token,
    keys: &'a KeySet,
    algorithms: &[Algorithm],
) -> Result<&'a Jwk, SignatureError> {
    accepted_algorithm(token, algorithms)?;
    if let Some(kid) = token.kid() {
        let key = keys.find(kid).ok_or_else(|| SignatureError::UnknownKid {
            kid: kid.to_owned(),
            known: keys.kids().into_iter().map(str::to_owned).collect(),
        })?;
        return verify(token, key, algorithms).map(|()| key);
    }
    let mut last = SignatureError::NoKey;
    for key in keys.keys() {
        match verify(token, key, algorithms) {
            Ok(()) => return Ok(key),
            // A signature that does not match says more than a key of another type.
            Err(error) if !matches!(last, SignatureError::Mismatch(_)) => last = error,
            Err(_) => {}
        }
    }
    Err(last)
}

/// How many bytes a signature by this key has.
fn signature_bytes(algorithm: Algorithm, key: &Jwk) -> usize {
    match &key.material {
        Material::Rsa { n, .. } => n.len(),
        Material::Secret(_) => algorithm.signature_bytes_min(),
        Material::P256(_) | Material::Ed25519(_) => 64,
        Material::P384(_) => 96,
        Material::P521(_) => 132,
    }
}

fn accepted_algorithm(token: &Token, accepted: &[Algorithm]) -> Result<Algorithm, SignatureError> {
    let found = token
        .alg()
        .map_err(|error| SignatureError::UnknownAlgorithm(error.0))?;
    if found == Algorithm::None {
        return Err(SignatureError::Unsigned);
    }
    if !accepted.contains(&found) {
        return Err(SignatureError::NotAccepted {
            found,
            accepted: accepted.to_vec(),
        });
    }
    Ok(found)
}

fn check_key(algorithm: Algorithm, key: &Jwk) -> Result<(), SignatureError> {
    if algorithm.key_type() != Some(key.key_type()) {
        return Err(SignatureError::KeyType {
            algorithm,
            key: key.key_type(),
        });
    }
    if let Some(bound) = key.alg().filter(|bound| *bound != algorithm.as_str()) {
        return Err(SignatureError::KeyAlgorithm {
            algorithm,
            key: bound.to_owned(),
        });
    }
    if key.is_for_signatures() {
        Ok(())
    } else {
        Err(SignatureError::KeyUse)
    }
}

fn public(
    algorithm: &'static dyn primitive::VerificationAlgorithm,
    key: &[u8],
    message: &[u8],
    signature: &[u8],
) -> bool {
    primitive::UnparsedPublicKey::new(algorithm, key)
        .verify(message, signature)
        .is_ok()
}

fn rsa_parameters(
    algorithm: Algorithm,
) -> Result<&'static primitive::RsaParameters, SignatureError> {
    match algorithm {
        Algorithm::RS256 => Ok(&primitive::RSA_PKCS1_2048_8192_SHA256),
        Algorithm::RS384 => Ok(&primitive::RSA_PKCS1_2048_8192_SHA384),
        Algorithm::RS512 => Ok(&primitive::RSA_PKCS1_2048_8192_SHA512),
        Algorithm::PS256 => Ok(&primitive::RSA_PSS_2048_8192_SHA256),
        Algorithm::PS384 => Ok(&primitive::RSA_PSS_2048_8192_SHA384),
        Algorithm::PS512 => Ok(&primitive::RSA_PSS_2048_8192_SHA512),
        other => Err(SignatureError::Unsupported(other)),
    }
}

/// The primitive of an HMAC algorithm.
pub(crate) fn hmac_algorithm(algorithm: Algorithm) -> Result<hmac::Algorithm, SignatureError> {
    match algorithm {
        Algorithm::HS256 => Ok(hmac::HMAC_SHA256),
        Algorithm::HS384 => Ok(hmac::HMAC_SHA384),
        Algorithm::HS512 => Ok(hmac::HMAC_SHA512),
        other => Err(SignatureError::Unsupported(other)),
    }
}

/// The number of significant bits of a big-endian number without leading zero bytes.
fn bit_length(number: &[u8]) -> usize {
    let first = number
        .first()
        .map_or(0, |byte| 8 - byte.leading_zeros() as usize);
    number.len().saturating_sub(1) * 8 + first
}
