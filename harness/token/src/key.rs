//! Public keys and key sets, as JSON (RFC 7517, 7518, 8037) and as PEM.

use std::collections::BTreeMap;
use std::fmt;

use authlab_kernel::Secret;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use ring::digest;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};
use thiserror::Error;

use crate::algorithm::Algorithm;
use crate::der::{self, PublicKey};
use crate::once::{Once, REPEATED};

/// The type of a key, with its curve.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum KeyType {
    /// `kty` RSA.
    Rsa,
    /// `kty` EC, `crv` P-256.
    P256,
    /// `kty` EC, `crv` P-384.
    P384,
    /// `kty` EC, `crv` P-521.
    P521,
    /// `kty` OKP, `crv` Ed25519.
    Ed25519,
    /// `kty` oct: a shared secret.
    Secret,
}

impl fmt::Display for KeyType {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Rsa => "RSA",
            Self::P256 => "EC P-256",
            Self::P384 => "EC P-384",
            Self::P521 => "EC P-521",
            Self::Ed25519 => "OKP Ed25519",
            Self::Secret => "oct",
        })
    }
}

/// Why a text is no key or key set.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum KeyError {
    /// A key set is a JSON object with a list `keys` (RFC 7517, section 5).
    #[error("not a key set: give a JSON object with a list `keys`")]
    Set,
    /// A key set names a member twice, at some depth.
    #[error("the key set names a member twice: give each name once")]
    Repeated,
    /// A member is missing or of the wrong kind.
    #[error("the key's `{0}` is missing or malformed: give {kind}", kind = kind_of(.0))]
    Member(&'static str),
    /// A type or curve that is not known.
    #[error("keys of type `{0}` are not supported")]
    Type(String),
    /// Not one PEM block.
    #[error("not a PEM text: give a block that begins with `-----BEGIN PUBLIC KEY-----`")]
    Pem,
    /// A PEM block with something else in it.
    #[error(
        "a PEM block `{0}` is not supported: give `PUBLIC KEY` with an RSA, P-256, P-384 or Ed25519 key"
    )]
    PemLabel(String),
}

/// The numbers of a key.
#[derive(Clone, Debug)]
pub(crate) enum Material {
    /// Big-endian, without leading zeros.
    Rsa { n: Vec<u8>, e: Vec<u8> },
    /// The uncompressed point, `04 || x || y`.
    P256(Vec<u8>),
    /// The uncompressed point.
    P384(Vec<u8>),
    /// The uncompressed point: read so that a set with such keys can be shown, not used.
    P521(Vec<u8>),
    /// 32 bytes.
    Ed25519(Vec<u8>),
    /// Base64url of the shared secret.
    Secret(Secret),
}

/// A key to verify signatures with.
#[derive(Clone, Debug)]
pub struct Jwk {
    pub(crate) material: Material,
    kid: Option<String>,
    alg: Option<String>,
    key_use: Option<String>,
    key_operations: Option<Vec<String>>,
}

impl Jwk {
    /// Reads one key of a set. A member that is `null` counts as absent (unverified); one of another
    /// type than RFC 7517 gives it makes a key that nothing is believed of.
    ///
    /// # Errors
    /// [`KeyError::Type`] for an unknown type or curve, [`KeyError::Member`] for a malformed key.
    pub fn parse(key: &Value) -> Result<Self, KeyError> {
        let text = |name: &str| key.get(name).and_then(Value::as_str);
        let kty = text("kty").ok_or(KeyError::Member("kty"))?;
        let material = match (kty, text("crv")) {
            ("RSA", _) => Material::Rsa {
                n: number(key, "n")?,
                e: number(key, "e")?,
            },
            ("EC", Some("P-256")) => Material::P256(point(key, 32)?),
            ("EC", Some("P-384")) => Material::P384(point(key, 48)?),
            ("EC", Some("P-521")) => Material::P521(point(key, 66)?),
            ("OKP", Some("Ed25519")) => Material::Ed25519(exactly(key, "x", 32)?),
            ("oct", _) => {
                bytes(key, "k")?;
                Material::Secret(Secret::new(text("k").unwrap_or_default()))
            }
            ("EC" | "OKP", Some(crv)) => return Err(KeyError::Type(format!("{kty} {crv}"))),
            ("EC" | "OKP", None) => return Err(KeyError::Member("crv")),
            (other, _) => return Err(KeyError::Type(other.to_owned())),
        };
        Ok(Self {
            material,
            kid: optional(key, "kid")?,
            alg: optional(key, "alg")?,
            key_use: optional(key, "use")?,
            key_operations: optional(key, "key_ops")?,
        })
    }

    /// Reads one PEM block `PUBLIC KEY` (a SubjectPublicKeyInfo, "PKIX"). The key has no `kid`.
    ///
    /// # Errors
    /// [`KeyError::Pem`], or [`KeyError::PemLabel`] for another kind of block or key.
    pub fn from_public_pem(pem: &str) -> Result<Self, KeyError> {
        let (label, der) = pem_block(pem).ok_or(KeyError::Pem)?;
        if label != "PUBLIC KEY" {
            return Err(KeyError::PemLabel(label));
        }
        let material = match der::public_key(&der) {
            Some(PublicKey::Rsa { n, e }) => Material::Rsa {
                n: n.to_vec(),
                e: e.to_vec(),
            },
            Some(PublicKey::P256(point)) if is_point(point, 32) => Material::P256(point.to_vec()),
            Some(PublicKey::P384(point)) if is_point(point, 48) => Material::P384(point.to_vec()),
            Some(PublicKey::Ed25519(key)) if key.len() == 32 => Material::Ed25519(key.to_vec()),
            _ => return Err(KeyError::PemLabel(label)),
        };
        Ok(Self::of(material, None))
    }

    /// A shared secret, for HS256, HS384 and HS512.
    pub fn shared_secret(secret: &[u8], kid: Option<&str>) -> Self {
        let material = Material::Secret(Secret::new(URL_SAFE_NO_PAD.encode(secret)));
        Self::of(material, kid.map(str::to_owned))
    }

    pub(crate) fn of(material: Material, kid: Option<String>) -> Self {
        Self {
            material,
            kid,
            alg: None,
            key_use: None,
            key_operations: None,
        }
    }

    /// The key bound to one algorithm, for signatures only.
    #[must_use]
    pub fn for_signatures(mut self, algorithm: Algorithm) -> Self {
        self.alg = Some(algorithm.as_str().to_owned());
        self.key_use = Some("sig".to_owned());
        self
    }

    /// The key under another name.
    #[must_use]
    pub fn named(mut self, kid: &str) -> Self {
        self.kid = Some(kid.to_owned());
        self
    }

    /// Its name within its set.
    pub fn kid(&self) -> Option<&str> {
        self.kid.as_deref()
    }

    /// The algorithm that the key is bound to, as its set spells it.
    pub fn alg(&self) -> Option<&str> {
        self.alg.as_deref()
    }

    /// Its type and curve.
    pub fn key_type(&self) -> KeyType {
        match self.material {
            Material::Rsa { .. } => KeyType::Rsa,
            Material::P256(_) => KeyType::P256,
            Material::P384(_) => KeyType::P384,
            Material::P521(_) => KeyType::P521,
            Material::Ed25519(_) => KeyType::Ed25519,
            Material::Secret(_) => KeyType::Secret,
        }
    }

    /// Whether the key says that it may verify signatures (RFC 7517, sections 4.2 and 4.3).
    pub fn is_for_signatures(&self) -> bool {
        let operations = self.key_operations.as_deref();
        self.key_use
            .as_deref()
            .is_none_or(|key_use| key_use == "sig")
            && operations.is_none_or(|operations| operations.iter().any(|one| one == "verify"))
    }

    /// The public key as a member of a set. A shared secret shows its type and `kid` only.
    pub fn to_value(&self) -> Value {
        let mut members = self.public_members();
        let named = [
            ("kid", &self.kid),
            ("alg", &self.alg),
            ("use", &self.key_use),
        ];
        for (name, value) in named {
            if let Some(value) = value {
                members.insert(name.to_owned(), value.clone().into());
            }
        }
        if let Some(operations) = &self.key_operations {
            members.insert("key_ops".to_owned(), operations.clone().into());
        }
        Value::Object(members)
    }

    /// The public key as a PEM block `PUBLIC KEY`; `None` for a shared secret and for P-521.
    pub fn to_public_pem(&self) -> Option<String> {
        let key = match &self.material {
            Material::Rsa { n, e } => PublicKey::Rsa { n, e },
            Material::P256(point) => PublicKey::P256(point),
            Material::P384(point) => PublicKey::P384(point),
            Material::Ed25519(bytes) => PublicKey::Ed25519(bytes),
            Material::P521(_) | Material::Secret(_) => return None,
        };
        let base64 = STANDARD.encode(der::subject_public_key_info(&key));
        // Base64 is ASCII: every 64 bytes are a line (RFC 7468, section 2).
        let lines = base64.as_bytes().chunks(64).map(String::from_utf8_lossy);
        let body: String = lines.map(|line| format!("{line}\n")).collect();
        Some(format!(
            "-----BEGIN PUBLIC KEY-----\n{body}-----END PUBLIC KEY-----\n"
        ))
    }

    /// The SHA-256 thumbprint, base64url (RFC 7638); `None` for a shared secret.
    pub fn thumbprint(&self) -> Option<String> {
        if matches!(self.material, Material::Secret(_)) {
            return None;
        }
        // The required members alone, in the order of their names.
        let members: BTreeMap<String, Value> = self.public_members().into_iter().collect();
        let text = json!(members).to_string();
        Some(URL_SAFE_NO_PAD.encode(digest::digest(&digest::SHA256, text.as_bytes())))
    }

    /// `kty` and the numbers.
    fn public_members(&self) -> Map<String, Value> {
        let encode = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        let curve = |crv: &str, point: &[u8]| {
            let (x, y) = point.split_at(1 + point.len() / 2);
            json!({"kty": "EC", "crv": crv, "x": encode(x.get(1..).unwrap_or_default()), "y": encode(y)})
        };
        let members = match &self.material {
            Material::Rsa { n, e } => json!({"kty": "RSA", "n": encode(n), "e": encode(e)}),
            Material::P256(point) => curve("P-256", point),
            Material::P384(point) => curve("P-384", point),
            Material::P521(point) => curve("P-521", point),
            Material::Ed25519(x) => json!({"kty": "OKP", "crv": "Ed25519", "x": encode(x)}),
            Material::Secret(_) => json!({"kty": "oct"}),
        };
        match members {
            Value::Object(members) => members,
            _ => Map::new(),
        }
    }
}

/// A set of keys. What cannot be used stands in [`KeySet::skipped`] (RFC 7517, section 5).
#[derive(Clone, Debug, Default)]
pub struct KeySet {
    keys: Vec<Jwk>,
    skipped: Vec<(Option<String>, KeyError)>,
}

impl KeySet {
    /// Reads a set; keys of unknown type and malformed keys are skipped.
    ///
    /// # Errors
    /// [`KeyError::Set`] if it is no set at all, [`KeyError::Repeated`] if it can be read in two ways.
    pub fn parse(json: &[u8]) -> Result<Self, KeyError> {
        let set: Result<Once, _> = serde_json::from_slice(json);
        let Once(set) = set.map_err(|error| match error.to_string() {
            text if text.starts_with(REPEATED) => KeyError::Repeated,
            _ => KeyError::Set,
        })?;
        let members = set
            .get("keys")
            .and_then(Value::as_array)
            .ok_or(KeyError::Set)?;
        let mut read = Self::default();
        for member in members {
            match Jwk::parse(member) {
                Ok(key) => read.keys.push(key),
                Err(error) => {
                    let kid = member.get("kid").and_then(Value::as_str).map(str::to_owned);
                    read.skipped.push((kid, error));
                }
            }
        }
        Ok(read)
    }

    /// A set of public keys as PEM (Vault's `jwt_validation_pubkeys`).
    ///
    /// # Errors
    /// [`KeyError`] of the first text that is none.
    pub fn from_public_pems<P: AsRef<str>>(pems: &[P]) -> Result<Self, KeyError> {
        let keys = pems.iter().map(|pem| Jwk::from_public_pem(pem.as_ref()));
        Ok(Self::of(keys.collect::<Result<_, _>>()?))
    }

    /// A set of these keys.
    pub fn of(keys: Vec<Jwk>) -> Self {
        Self {
            keys,
            skipped: Vec::new(),
        }
    }

    /// The keys, in the order of the document.
    pub fn keys(&self) -> &[Jwk] {
        &self.keys
    }

    /// What was skipped: its `kid` and why.
    pub fn skipped(&self) -> &[(Option<String>, KeyError)] {
        &self.skipped
    }

    /// The first key of this name.
    pub fn find(&self, kid: &str) -> Option<&Jwk> {
        self.keys.iter().find(|key| key.kid() == Some(kid))
    }

    /// The names of the keys.
    pub fn kids(&self) -> Vec<&str> {
        self.keys.iter().filter_map(Jwk::kid).collect()
    }

    /// The set as a document.
    pub fn to_value(&self) -> Value {
        json!({"keys": self.keys.iter().map(Jwk::to_value).collect::<Vec<_>>()})
    }
}

/// What a member of a key is.
fn kind_of(member: &str) -> &'static str {
    match member {
        "kty" | "crv" | "kid" | "alg" | "use" => "a text",
        "key_ops" => "a list of texts",
        _ => "base64url of as many bytes as the type of the key has",
    }
}

/// A member that may be absent, but not of another type.
fn optional<T: DeserializeOwned>(key: &Value, name: &'static str) -> Result<Option<T>, KeyError> {
    match key.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(value) => T::deserialize(value)
            .map(Some)
            .map_err(|_| KeyError::Member(name)),
    }
}

/// The label and content of the first PEM block (RFC 7468). Text before the block is skipped.
pub(crate) fn pem_block(pem: &str) -> Option<(String, Vec<u8>)> {
    let (_, rest) = pem.split_once("-----BEGIN ")?;
    let (label, rest) = rest.split_once("-----")?;
    let (body, _) = rest.split_once(&format!("-----END {label}-----"))?;
    let base64: String = body
        .chars()
        .filter(|character| !character.is_ascii_whitespace())
        .collect();
    Some((label.to_owned(), STANDARD.decode(base64).ok()?))
}

fn bytes(key: &Value, name: &'static str) -> Result<Vec<u8>, KeyError> {
    let text = key
        .get(name)
        .and_then(Value::as_str)
        .ok_or(KeyError::Member(name))?;
    // Some issuers pad, against RFC 7515, section 2.
    let decoded = URL_SAFE_NO_PAD.decode(text.trim_end_matches('='));
    decoded
        .ok()
        .filter(|bytes| !bytes.is_empty())
        .ok_or(KeyError::Member(name))
}

fn number(key: &Value, name: &'static str) -> Result<Vec<u8>, KeyError> {
    let bytes = bytes(key, name)?;
    let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
    match bytes.get(zeros..) {
        Some(digits) if !digits.is_empty() => Ok(digits.to_vec()),
        _ => Err(KeyError::Member(name)),
    }
}

fn exactly(key: &Value, name: &'static str, length: usize) -> Result<Vec<u8>, KeyError> {
    let bytes = bytes(key, name)?;
    if bytes.len() == length {
        Ok(bytes)
    } else {
        Err(KeyError::Member(name))
    }
}

fn point(key: &Value, length: usize) -> Result<Vec<u8>, KeyError> {
    let mut point = vec![4];
    point.extend(exactly(key, "x", length)?);
    point.extend(exactly(key, "y", length)?);
    Ok(point)
}

fn is_point(point: &[u8], length: usize) -> bool {
    point.len() == 1 + 2 * length && point.first() == Some(&4)
}
