//! What of an X.509 certificate a server says of it: until when it is good, and whose it is (RFC 5280,
//! section 4.1). Nobody checks its signature.

use authlab_kernel::Timestamp;

use crate::SigningKey;
use crate::der::{SEQUENCE, element_of, take};
use crate::key::pem_block;

/// The tags of the two forms of time, and of the version.
const UTC_TIME: u8 = 0x17;
const GENERALIZED_TIME: u8 = 0x18;
const VERSION: u8 = 0xa0;

/// A certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Certificate {
    /// Until when it is good.
    pub not_after: Timestamp,
    /// The SubjectPublicKeyInfo.
    public: Vec<u8>,
}

impl Certificate {
    /// Reads one PEM block `CERTIFICATE`; `None` if it is none.
    pub fn from_pem(pem: &str) -> Option<Self> {
        let (label, der) = pem_block(pem)?;
        if label != "CERTIFICATE" {
            return None;
        }
        let (certificate, _) = take(&der, SEQUENCE)?;
        let (content, _) = take(certificate, SEQUENCE)?;
        // Version, serial number, algorithm, issuer, validity, subject, key.
        let mut rest = match take(content, VERSION) {
            Some((_, rest)) => rest,
            None => content,
        };
        for _ in 0..3 {
            rest = element_of(rest)?.1;
        }
        let (validity, rest) = take(rest, SEQUENCE)?;
        let (_, after) = element_of(validity)?;
        let (_, rest) = element_of(rest)?;
        let (public, _) = element_of(rest)?;
        take(public, SEQUENCE)?;
        Some(Self {
            not_after: time(after)?,
            public: public.to_vec(),
        })
    }

    /// Whether it is the certificate of this key.
    pub fn is_of(&self, key: &SigningKey) -> bool {
        let pem = key.jwk().to_public_pem();
        let block = pem.as_deref().and_then(pem_block);
        block.is_some_and(|(_, der)| der == self.public)
    }
}

/// A time: with a century (`20260115120000Z`), or of 1950 to 2049 without one.
fn time(der: &[u8]) -> Option<Timestamp> {
    let (digits, century) = match take(der, UTC_TIME) {
        Some((digits, _)) => (digits, false),
        None => (take(der, GENERALIZED_TIME)?.0, true),
    };
    let text = std::str::from_utf8(digits).ok()?.strip_suffix('Z')?;
    let year = match text.get(..2)?.parse::<u8>().ok()? {
        _ if century => "",
        0..=49 => "20",
        _ => "19",
    };
    let text = format!("{year}{text}");
    let part = |from: usize, to: usize| text.get(from..to);
    let (day, clock) = (
        [part(0, 4)?, part(4, 6)?, part(6, 8)?].join("-"),
        [part(8, 10)?, part(10, 12)?, part(12, 14)?].join(":"),
    );
    format!("{day}T{clock}Z").parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The certificates of the test keys of index 0 and 1, each signed by its own.
    const OWN: &str = include_str!("certificate/own.pem");
    const OTHER: &str = include_str!("certificate/other.pem");

    #[test]
    fn a_certificate_says_until_when_and_whose_it_is() {
        let [own, other] = [0, 1].map(|index| SigningKey::test_key(index).unwrap());
        for (pem, not_after, key, foreign) in [
            (OWN, "2036-01-13T12:00:00Z", own, other),
            (OTHER, "2056-01-08T12:00:00Z", other, own),
        ] {
            let certificate = Certificate::from_pem(pem).unwrap();
            assert_eq!(certificate.not_after.to_string(), not_after);
            assert!(certificate.is_of(key) && !certificate.is_of(foreign));
        }
    }

    #[test]
    fn what_is_no_certificate_is_none() {
        let cut = OWN.replacen("MII", "AII", 1);
        let label = OWN.replace("CERTIFICATE", "PUBLIC KEY");
        for text in ["", "certbody", cut.as_str(), label.as_str()] {
            assert_eq!(Certificate::from_pem(text), None, "{text}");
        }
    }

    #[test]
    fn times_have_two_forms() {
        for (tag, text, expected) in [
            (UTC_TIME, "491231235959Z", Some("2049-12-31T23:59:59Z")),
            (UTC_TIME, "500101000000Z", Some("1950-01-01T00:00:00Z")),
            (
                GENERALIZED_TIME,
                "20500101000000Z",
                Some("2050-01-01T00:00:00Z"),
            ),
            (UTC_TIME, "491331235959Z", None),
            (UTC_TIME, "4912312359Z", None),
            (UTC_TIME, "491231235959+0100", None),
        ] {
            let length = u8::try_from(text.len()).unwrap();
            let der = [&[tag, length], text.as_bytes()].concat();
            let found = time(&der).map(|time| time.to_string());
            assert_eq!(found.as_deref(), expected, "{text}");
        }
    }
}
