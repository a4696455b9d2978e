//! As much DER (X.690) as a SubjectPublicKeyInfo and a certificate need (RFC 5280, section 4.1; RFC 8017, appendix
//! A.1.1; RFC 5480; RFC 8410).

/// The tags that a public key is made of.
const INTEGER: u8 = 0x02;
const BIT_STRING: u8 = 0x03;
const NULL: u8 = 0x05;
const OBJECT_IDENTIFIER: u8 = 0x06;
pub(crate) const SEQUENCE: u8 = 0x30;

const RSA_ENCRYPTION: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01];
const EC_PUBLIC_KEY: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01];
const P256: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07];
const P384: &[u8] = &[0x2b, 0x81, 0x04, 0x00, 0x22];
const ED25519: &[u8] = &[0x2b, 0x65, 0x70];

/// A public key as it lies in a SubjectPublicKeyInfo.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum PublicKey<'a> {
    /// Modulus and exponent, without leading zeros.
    Rsa { n: &'a [u8], e: &'a [u8] },
    /// An uncompressed point on P-256.
    P256(&'a [u8]),
    /// An uncompressed point on P-384.
    P384(&'a [u8]),
    /// 32 bytes.
    Ed25519(&'a [u8]),
}

/// Reads a SubjectPublicKeyInfo; `None` if it is none, or holds another kind of key.
pub(crate) fn public_key(der: &[u8]) -> Option<PublicKey<'_>> {
    let (info, []) = take(der, SEQUENCE)? else {
        return None;
    };
    let (algorithm, rest) = take(info, SEQUENCE)?;
    let (bits, []) = take(rest, BIT_STRING)? else {
        return None;
    };
    // The first byte counts the unused bits: none in a key.
    let (0, key) = bits.split_first().map(|(unused, key)| (*unused, key))? else {
        return None;
    };
    let (identifier, parameters) = take(algorithm, OBJECT_IDENTIFIER)?;
    match identifier {
        RSA_ENCRYPTION => {
            let (pair, []) = take(key, SEQUENCE)? else {
                return None;
            };
            let (n, rest) = take(pair, INTEGER)?;
            let (e, []) = take(rest, INTEGER)? else {
                return None;
            };
            Some(PublicKey::Rsa {
                n: positive(n),
                e: positive(e),
            })
        }
        EC_PUBLIC_KEY => match take(parameters, OBJECT_IDENTIFIER)? {
            (P256, []) => Some(PublicKey::P256(key)),
            (P384, []) => Some(PublicKey::P384(key)),
            _ => None,
        },
        ED25519 => Some(PublicKey::Ed25519(key)),
        _ => None,
    }
}

/// The element at the start, whatever it is, with its head; and what follows it.
pub(crate) fn element_of(der: &[u8]) -> Option<(&[u8], &[u8])> {
    let (_, rest) = take(der, *der.first()?)?;
    der.split_at_checked(der.len() - rest.len())
}

/// The content of the element at the start, and what follows it.
pub(crate) fn take(der: &[u8], tag: u8) -> Option<(&[u8], &[u8])> {
    let (found, rest) = der.split_first()?;
    let (first, rest) = rest.split_first()?;
    if *found != tag {
        return None;
    }
    let (length, rest) = match *first {
        short @ 0..=0x7f => (usize::from(short), rest),
        0x81 => (usize::from(*rest.first()?), rest.get(1..)?),
        0x82 => {
            let [high, low] = rest.first_chunk::<2>()?;
            (usize::from(*high) << 8 | usize::from(*low), rest.get(2..)?)
        }
        _ => return None,
    };
    rest.split_at_checked(length)
}

fn positive(integer: &[u8]) -> &[u8] {
    let zeros = integer.iter().take_while(|byte| **byte == 0).count();
    integer.get(zeros..).unwrap_or_default()
}

/// Writes a SubjectPublicKeyInfo.
pub(crate) fn subject_public_key_info(key: &PublicKey<'_>) -> Vec<u8> {
    let with_parameters = |identifier: &[u8], parameters: Vec<u8>| {
        let mut content = element(OBJECT_IDENTIFIER, identifier);
        content.extend(parameters);
        element(SEQUENCE, &content)
    };
    let curve = |identifier| with_parameters(EC_PUBLIC_KEY, element(OBJECT_IDENTIFIER, identifier));
    let (mut info, bits) = match key {
        PublicKey::Rsa { n, e } => {
            let pair = [unsigned(n), unsigned(e)].concat();
            (
                with_parameters(RSA_ENCRYPTION, element(NULL, &[])),
                element(SEQUENCE, &pair),
            )
        }
        PublicKey::P256(point) => (curve(P256), point.to_vec()),
        PublicKey::P384(point) => (curve(P384), point.to_vec()),
        PublicKey::Ed25519(bytes) => (with_parameters(ED25519, Vec::new()), bytes.to_vec()),
    };
    info.extend(element(BIT_STRING, &[&[0], bits.as_slice()].concat()));
    element(SEQUENCE, &info)
}

fn element(tag: u8, content: &[u8]) -> Vec<u8> {
    // Keys are shorter than 64 KiB: three bytes of length at most.
    let [high, low] = u16::try_from(content.len())
        .unwrap_or(u16::MAX)
        .to_be_bytes();
    let head: &[u8] = match (high, low) {
        (0, 0..=0x7f) => &[tag, low],
        (0, _) => &[tag, 0x81, low],
        _ => &[tag, 0x82, high, low],
    };
    [head, content].concat()
}

/// An integer that begins with a set bit would be negative: a zero goes before it.
fn unsigned(integer: &[u8]) -> Vec<u8> {
    let negative = integer.first().is_some_and(|byte| *byte >= 0x80);
    let zero: &[u8] = if negative { &[0] } else { &[] };
    element(INTEGER, &[zero, integer].concat())
}
