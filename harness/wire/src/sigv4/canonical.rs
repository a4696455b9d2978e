//! The canonical request, the string to sign, and the key that signs it.

use std::borrow::Cow;

use authlab_kernel::redaction;
use http::HeaderMap;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use ring::{digest, hmac};

use super::ALGORITHM;
use super::evidence::CredentialScope;

/// What SigV4 leaves as it is: RFC 3986's unreserved characters.
pub(crate) const UNRESERVED: AsciiSet = NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');
/// In a path the slash too.
pub(super) const PATH: AsciiSet = UNRESERVED.remove(b'/');

/// How a service canonicalises requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Options {
    /// Dot segments and doubled slashes are removed from the path (all services but S3).
    pub normalise_path: bool,
    /// The path, percent-encoded as sent, is encoded once more (all services but S3).
    pub double_encode_path: bool,
    /// `x-amz-content-sha256: UNSIGNED-PAYLOAD` is taken (S3); else the body counts always.
    pub allow_unsigned_payload: bool,
}

impl Options {
    /// Every service but S3.
    pub const STANDARD: Self = Self {
        normalise_path: true,
        double_encode_path: true,
        allow_unsigned_payload: false,
    };
    /// S3: paths as they are, payloads may be unsigned.
    pub const S3: Self = Self {
        normalise_path: false,
        double_encode_path: false,
        allow_unsigned_payload: true,
    };
}

impl Default for Options {
    fn default() -> Self {
        Self::STANDARD
    }
}

/// The parts of a request that are signed.
pub(super) struct Parts<'a> {
    pub(super) method: &'a str,
    pub(super) path: &'a str,
    pub(super) query: &'a str,
    pub(super) headers: &'a HeaderMap,
    /// Lower case, sorted.
    pub(super) signed_headers: &'a [String],
    pub(super) payload_hash: &'a str,
}

/// The lines of a canonical request, each by itself.
#[derive(Clone)]
pub(super) struct Canonical {
    pub(super) method: String,
    pub(super) path: String,
    pub(super) query: String,
    /// Name and value, by name.
    pub(super) headers: Vec<(String, String)>,
    pub(super) payload_hash: String,
}

impl Canonical {
    /// As the service reads the request.
    pub(super) fn of(parts: &Parts<'_>, options: Options) -> Self {
        let headers = parts.signed_headers.iter();
        Self {
            method: parts.method.to_owned(),
            path: path(parts.path, options),
            query: query(parts.query),
            headers: headers
                .map(|name| (name.clone(), header_value(parts.headers, name)))
                .collect(),
            payload_hash: parts.payload_hash.to_owned(),
        }
    }

    /// The text that is hashed.
    pub(super) fn text(&self) -> String {
        let lines = self.headers.iter();
        let lines: String = lines
            .map(|(name, value)| format!("{name}:{value}\n"))
            .collect();
        let names: Vec<&str> = self.headers.iter().map(|(name, _)| name.as_str()).collect();
        format!(
            "{}\n{}\n{}\n{lines}\n{}\n{}",
            self.method,
            self.path,
            self.query,
            names.join(";"),
            self.payload_hash,
        )
    }

    /// The same as evidence may show it: values that can be secrets stand as their length and digest, so
    /// that the signer can still tell which line is another.
    pub(super) fn shown(&self) -> Self {
        let headers = self.headers.iter();
        Self {
            path: redaction::request_path(&self.path).into_owned(),
            query: redaction::query(&self.query),
            headers: headers
                .map(|(name, value)| (name.clone(), redaction::header(name, value).into_owned()))
                .collect(),
            ..self.clone()
        }
    }
}

/// All values of a header joined by commas, each trimmed, runs of blanks as one.
fn header_value(headers: &HeaderMap, name: &str) -> String {
    let values = headers.get_all(name).iter().map(|value| {
        let text = String::from_utf8_lossy(value.as_bytes());
        text.split_ascii_whitespace().collect::<Vec<_>>().join(" ")
    });
    values.collect::<Vec<_>>().join(",")
}

pub(super) fn path(raw: &str, options: Options) -> String {
    let raw = if raw.is_empty() { "/" } else { raw };
    let path = if options.normalise_path {
        normalised(raw)
    } else {
        raw.to_owned()
    };
    if options.double_encode_path {
        return utf8_percent_encode(&path, &PATH).to_string();
    }
    let plain = percent_decode_str(&path).collect::<Vec<u8>>();
    percent_encoding::percent_encode(&plain, &PATH).to_string()
}

/// RFC 3986 5.2.4, and doubled slashes as one; a trailing slash stays.
pub(super) fn normalised(path: &str) -> String {
    let mut segments: Vec<&str> = Vec::new();
    for segment in path.split('/') {
        match segment {
            "" | "." => {}
            ".." => {
                segments.pop();
            }
            other => segments.push(other),
        }
    }
    let ends_open = path.ends_with('/') || path.ends_with("/.") || path.ends_with("/..");
    let trailing = if ends_open && !segments.is_empty() {
        "/"
    } else {
        ""
    };
    format!("/{}{trailing}", segments.join("/"))
}

/// Parameters decoded, encoded again as SigV4 does, sorted by name and value; the signature itself
/// is left out.
fn query(raw: &str) -> String {
    let mut pairs: Vec<(String, String)> = raw
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (encoded_again(name), encoded_again(value))
        })
        .filter(|(name, _)| name != "X-Amz-Signature")
        .collect();
    pairs.sort();
    let joined = pairs.iter().map(|(name, value)| format!("{name}={value}"));
    joined.collect::<Vec<_>>().join("&")
}

/// A plus is a plus: SigV4 knows no blanks spelled so.
pub(super) fn encoded_again(text: &str) -> String {
    let plain: Cow<'_, [u8]> = percent_decode_str(text).into();
    percent_encoding::percent_encode(&plain, &UNRESERVED).to_string()
}

/// SHA-256 in lower-case hexadecimal.
pub(super) fn sha256_hex(bytes: &[u8]) -> String {
    hex::encode(digest::digest(&digest::SHA256, bytes))
}

/// What is signed: algorithm, time, scope, and the hash of the canonical request.
pub(super) fn string_to_sign(
    date: &str,
    scope: &CredentialScope,
    canonical_request: &str,
) -> String {
    format!(
        "{ALGORITHM}\n{date}\n{scope}\n{}",
        sha256_hex(canonical_request.as_bytes())
    )
}

/// The key of a day, Region and service.
pub(super) fn signing_key(secret: &str, scope: &CredentialScope) -> hmac::Key {
    let step = |key: &[u8], text: &str| {
        let key = hmac::Key::new(hmac::HMAC_SHA256, key);
        hmac::sign(&key, text.as_bytes())
    };
    let day = step(format!("AWS4{secret}").as_bytes(), &scope.date);
    let region = step(day.as_ref(), &scope.region);
    let service = step(region.as_ref(), &scope.service);
    let key = step(service.as_ref(), &scope.terminator);
    hmac::Key::new(hmac::HMAC_SHA256, key.as_ref())
}
