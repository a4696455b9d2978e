//! Bodies that a signer may have signed instead.

use super::{Canonical, Fit, Suspect, Try};
use crate::Incoming;
use crate::sigv4::canonical::sha256_hex;
use crate::sigv4::verify::UNSIGNED_PAYLOAD;

/// The longest body that is changed and hashed, in bytes.
const BODY_BYTES_MAX: usize = 64 * 1024;

/// SigV4's other words for a payload that is not signed as a whole (Amazon S3 API reference).
const STREAMED: [&str; 3] = [
    "STREAMING-AWS4-HMAC-SHA256-PAYLOAD",
    "STREAMING-UNSIGNED-PAYLOAD-TRAILER",
    "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER",
];

pub(super) fn tries(incoming: &Incoming<'_>, base: &Canonical) -> Vec<Try> {
    let mut found = vec![
        (Suspect::BodyEmpty, sha256_hex(b"")),
        (Suspect::BodyUnsigned, UNSIGNED_PAYLOAD.to_owned()),
    ];
    if let Some(claimed) = incoming.header("x-amz-content-sha256") {
        found.push((Suspect::BodyOther, claimed.to_owned()));
    }
    let streamed = STREAMED.into_iter();
    found.extend(streamed.map(|word| (Suspect::BodyUnsigned, word.to_owned())));
    if incoming.body.is_empty() {
        // What clients send, or believe to send, where there is nothing to say.
        let nothing = ["{}", "null", "\"\""].into_iter();
        found.extend(nothing.map(|body| (Suspect::BodyOther, sha256_hex(body.as_bytes()))));
    }
    if !incoming.body.is_empty()
        && incoming.body.len() <= BODY_BYTES_MAX
        && let Ok(text) = std::str::from_utf8(incoming.body)
    {
        let changed = [
            (Suspect::BodyLineEnds, text.trim().to_owned()),
            (Suspect::BodyLineEnds, format!("{text}\n")),
            (Suspect::BodyLineEnds, text.replace("\r\n", "\n")),
            (Suspect::BodyLineEnds, text.replace('\n', "\r\n")),
            (Suspect::BodyPlusAsBlank, text.replace('+', "%20")),
            (Suspect::BodyPlusAsBlank, text.replace("%20", "+")),
        ];
        let changed = changed.into_iter();
        found.extend(changed.map(|(suspect, text)| (suspect, sha256_hex(text.as_bytes()))));
    }
    let mut seen = vec![base.payload_hash.clone()];
    let mut tries = Vec::new();
    for (suspect, payload_hash) in found {
        if !seen.contains(&payload_hash) {
            seen.push(payload_hash.clone());
            tries.push(Try {
                fit: Fit::of(suspect).showing(&payload_hash, &base.payload_hash),
                canonical: Canonical {
                    payload_hash,
                    ..base.clone()
                },
            });
        }
    }
    tries
}
