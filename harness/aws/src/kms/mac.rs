//! Keys that make and check message authentication codes.
//!
//! Source: developer guide, `hmac.html`: a key has one algorithm, that of its spec. HMAC_224 is not
//! there: the library has no SHA-224.

use ring::hmac;

use super::cipher::Root;

/// The spec of such a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MacSpec {
    /// `HMAC_256`.
    Hmac256,
    /// `HMAC_384`.
    Hmac384,
    /// `HMAC_512`.
    Hmac512,
}

impl MacSpec {
    /// Those that there are.
    const ALL: [Self; 3] = [Self::Hmac256, Self::Hmac384, Self::Hmac512];

    /// The spec of a name on the wire.
    pub(super) fn read(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|spec| spec.name() == name)
    }

    /// The name on the wire.
    pub fn name(self) -> &'static str {
        match self {
            Self::Hmac256 => "HMAC_256",
            Self::Hmac384 => "HMAC_384",
            Self::Hmac512 => "HMAC_512",
        }
    }

    /// The algorithm of its keys.
    pub fn algorithm(self) -> &'static str {
        match self {
            Self::Hmac256 => "HMAC_SHA_256",
            Self::Hmac384 => "HMAC_SHA_384",
            Self::Hmac512 => "HMAC_SHA_512",
        }
    }

    fn key(self, root: &Root) -> hmac::Key {
        let algorithm = match self {
            Self::Hmac256 => hmac::HMAC_SHA256,
            Self::Hmac384 => hmac::HMAC_SHA384,
            Self::Hmac512 => hmac::HMAC_SHA512,
        };
        hmac::Key::new(algorithm, &root.0)
    }

    /// The code of a message.
    pub(super) fn sign(self, root: &Root, message: &[u8]) -> Vec<u8> {
        hmac::sign(&self.key(root), message).as_ref().to_vec()
    }

    /// Whether a code is that of a message.
    pub(super) fn is_valid(self, root: &Root, message: &[u8], code: &[u8]) -> bool {
        hmac::verify(&self.key(root), message, code).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_of_its_message_its_key_and_its_algorithm() {
        let root = Root::of(&[7; 32]);
        for (spec, length) in [
            (MacSpec::Hmac256, 32),
            (MacSpec::Hmac384, 48),
            (MacSpec::Hmac512, 64),
        ] {
            let code = spec.sign(&root, b"message");
            assert_eq!(code.len(), length, "{spec:?}");
            assert!(spec.is_valid(&root, b"message", &code));
            assert!(!spec.is_valid(&root, b"massage", &code));
            assert!(!spec.is_valid(&Root::of(&[8; 32]), b"message", &code));
            for other in MacSpec::ALL.into_iter().filter(|other| *other != spec) {
                assert!(!other.is_valid(&root, b"message", &code), "{other:?}");
            }
        }
    }
}
