//! What a key does to bytes: AES-256-GCM under material from the seed.
//!
//! A ciphertext names its key and the generation of its material, as AWS's do, and is opaque beyond
//! that: five bytes that say what it is, the digest of the key's ARN, the generation, the nonce, then
//! what the cipher made. The encryption context is authenticated with it and not part of it.

use std::collections::BTreeMap;

use ring::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use ring::{digest, hmac};

use super::error::Error;

/// Whether bytes are a ciphertext of this service.
const MAGIC: [u8; 5] = [1, 2, 2, 0, 0x78];

/// Bytes of a nonce.
pub(super) const NONCE_LENGTH: usize = 12;

/// Name and value of each part of an encryption context.
pub type EncryptionContext = BTreeMap<String, String>;

/// The bytes that all generations of a key's material are made of.
#[derive(Clone)]
pub(super) struct Root(pub(super) [u8; 32]);

/// Not even their digest.
impl std::fmt::Debug for Root {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Root(…)")
    }
}

impl Root {
    /// The bytes of a draw.
    pub(super) fn of(bytes: &[u8]) -> Self {
        let mut root = [0; 32];
        root.iter_mut()
            .zip(bytes)
            .for_each(|(to, from)| *to = *from);
        Self(root)
    }

    fn material(&self, generation: u32) -> Option<LessSafeKey> {
        let key = hmac::Key::new(hmac::HMAC_SHA256, &self.0);
        let bytes = hmac::sign(&key, &generation.to_be_bytes());
        UnboundKey::new(&AES_256_GCM, bytes.as_ref())
            .ok()
            .map(LessSafeKey::new)
    }

    /// The id of a generation's material: 64 hexadecimal digits that tell nothing of it.
    pub(super) fn material_id(&self, generation: u32) -> String {
        let key = hmac::Key::new(hmac::HMAC_SHA256, &self.0);
        let label = [b"id".as_slice(), &generation.to_be_bytes()].concat();
        hex(hmac::sign(&key, &label).as_ref())
    }
}

/// A ciphertext, taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Sealed<'a> {
    /// Digest of the ARN of the key.
    pub(super) key: [u8; 32],
    /// Which of its materials.
    pub(super) generation: u32,
    head: &'a [u8],
    nonce: [u8; NONCE_LENGTH],
    body: &'a [u8],
}

impl<'a> Sealed<'a> {
    /// Takes a ciphertext apart.
    ///
    /// # Errors
    /// The bytes are none.
    pub(super) fn parse(bytes: &'a [u8]) -> Result<Self, Error> {
        Self::try_parse(bytes).ok_or(Error::Ciphertext)
    }

    fn try_parse(bytes: &'a [u8]) -> Option<Self> {
        let (head, body) = bytes.split_at_checked(MAGIC.len() + 32 + 4 + NONCE_LENGTH)?;
        let rest = head.strip_prefix(&MAGIC)?;
        let (key, rest) = rest.split_first_chunk::<32>()?;
        let (generation, rest) = rest.split_first_chunk::<4>()?;
        let (nonce, _) = rest.split_first_chunk::<NONCE_LENGTH>()?;
        Some(Self {
            key: *key,
            generation: u32::from_be_bytes(*generation),
            head,
            nonce: *nonce,
            body,
        })
    }

    /// What was encrypted.
    ///
    /// # Errors
    /// It was changed, or encrypted with another context.
    pub(super) fn open(&self, root: &Root, context: &EncryptionContext) -> Result<Vec<u8>, Error> {
        let key = root.material(self.generation).ok_or(Error::Ciphertext)?;
        let nonce = Nonce::assume_unique_for_key(self.nonce);
        let mut text = self.body.to_vec();
        let opened = key
            .open_in_place(
                nonce,
                Aad::from(authenticated(self.head, context)),
                &mut text,
            )
            .map_err(|_| Error::Ciphertext)?;
        Ok(opened.to_vec())
    }
}

/// Encrypts; `nonce` is never used twice for a key.
///
/// # Errors
/// Nothing that a caller could do: the bounds of the cipher are far above those of the service.
pub(super) fn seal(
    (arn, root, generation): (&str, &Root, u32),
    plaintext: &[u8],
    context: &EncryptionContext,
    nonce: &[u8],
) -> Result<Vec<u8>, Error> {
    let mut fixed = [0; NONCE_LENGTH];
    fixed
        .iter_mut()
        .zip(nonce)
        .for_each(|(to, from)| *to = *from);
    let mut sealed = MAGIC.to_vec();
    sealed.extend(digest_of(arn));
    sealed.extend(generation.to_be_bytes());
    sealed.extend(fixed);
    let aad = Aad::from(authenticated(&sealed, context));
    let mut body = plaintext.to_vec();
    let key = root.material(generation).ok_or(Error::Ciphertext)?;
    key.seal_in_place_append_tag(Nonce::assume_unique_for_key(fixed), aad, &mut body)
        .map_err(|_| Error::Ciphertext)?;
    sealed.extend(body);
    Ok(sealed)
}

/// What stands for a key in its ciphertexts.
pub(super) fn digest_of(arn: &str) -> [u8; 32] {
    let digest = digest::digest(
        &digest::SHA256,
        format!("kms ciphertext of {arn}").as_bytes(),
    );
    let mut fixed = [0; 32];
    fixed
        .iter_mut()
        .zip(digest.as_ref())
        .for_each(|(to, from)| *to = *from);
    fixed
}

/// The head of the ciphertext and the context, each part with its length before it, so that no two
/// contexts are spelled alike.
fn authenticated(head: &[u8], context: &EncryptionContext) -> Vec<u8> {
    let mut bytes = head.to_vec();
    for text in context.iter().flat_map(|(name, value)| [name, value]) {
        bytes.extend((text.len() as u64).to_be_bytes());
        bytes.extend(text.as_bytes());
    }
    bytes
}

/// Lower-case hexadecimal digits.
fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn context(pairs: &[(&str, &str)]) -> EncryptionContext {
        let pairs = pairs.iter();
        pairs
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect()
    }

    #[test]
    fn a_ciphertext_opens_with_its_key_its_material_and_its_context_only() {
        let root = Root::of(&[7; 32]);
        let with = context(&[("tenant", "a"), ("use", "b")]);
        let sealed = seal(("arn", &root, 3), b"text", &with, &[1; NONCE_LENGTH]).unwrap();
        assert!(!sealed.windows(4).any(|four| four == b"text"));
        let parsed = Sealed::parse(&sealed).unwrap();
        assert_eq!((parsed.key, parsed.generation), (digest_of("arn"), 3));
        assert_eq!(parsed.open(&root, &with).unwrap(), b"text");

        for other in [
            context(&[]),
            context(&[("tenant", "a")]),
            context(&[("tenant", "b"), ("use", "b")]),
            context(&[("tenant", "a"), ("use", "b"), ("more", "c")]),
            context(&[("tenan", "ta"), ("use", "b")]),
        ] {
            assert_eq!(
                parsed.open(&root, &other),
                Err(Error::Ciphertext),
                "{other:?}"
            );
        }
        assert!(parsed.open(&Root::of(&[8; 32]), &with).is_err());
        // Every byte counts: that of the head, of the generation, of the nonce, of the tag.
        for position in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[position] ^= 1;
            let opened = Sealed::parse(&changed).and_then(|it| it.open(&root, &with));
            assert_eq!(opened, Err(Error::Ciphertext), "{position}");
            let cut = Sealed::parse(&sealed[..position]).and_then(|it| it.open(&root, &with));
            assert_eq!(cut, Err(Error::Ciphertext), "{position}");
        }
    }
}
