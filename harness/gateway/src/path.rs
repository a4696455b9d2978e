//! The path of a request, read once: what is routed, decided, forwarded and logged is this value.
//!
//! AWS does not publish how API Gateway reads a path that can be read in two ways. So a spelling
//! without one safe reading is refused, and where a path still has several [`RequestPath::readings`]
//! (percent-encoding, parameters after `;`, a slash at the end), each of them is asked for: the
//! request goes on only where all are answered alike.

mod rest;

use std::fmt;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use thiserror::Error;

/// What needs no encoding anywhere (RFC 3986, section 2.3).
const UNRESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// What may stand in a segment as it is, beside the unreserved characters (RFC 3986, section 3.3).
const IN_SEGMENT: &[u8] = b"!$&'()*+,;=:@";

/// Why a path is refused before any route is looked for.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum PathError {
    /// `%` without two hexadecimal digits.
    #[error("`%` is not followed by two hexadecimal digits: send `%25` for a percent sign")]
    Escape,
    /// The decoded path is no UTF-8.
    #[error("the decoded path is no UTF-8: percent-encode its UTF-8 bytes")]
    Encoding,
    /// A character that no path has, plain or encoded.
    #[error(
        "a control character, a backslash or a character beyond ASCII stands in the path: leave the former out, and percent-encode the UTF-8 bytes of the latter"
    )]
    Character,
    /// `.` or `..`, plain, encoded or with parameters.
    #[error("a segment is `.` or `..`: send the path without it")]
    DotSegment,
    /// Two slashes without anything between them, plain or encoded.
    #[error("two slashes follow one another: send one")]
    EmptySegment,
    /// What is decoded is encoded once more.
    #[error("a segment is percent-encoded twice: encode it once")]
    DoubleEncoding,
}

/// A path with one reading: unreserved characters are plain, everything else that a segment cannot
/// hold is encoded, in upper-case digits (RFC 3986, section 6.2.2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestPath {
    /// As it was sent.
    sent: String,
    /// The one reading.
    text: String,
    segments: Vec<Segment>,
    /// Slashes before the first that no route sees; only paths to REST APIs have them.
    slashes: usize,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Segment {
    normal: String,
    decoded: String,
}

impl RequestPath {
    /// Reads a path, without query, as it was sent. An empty one is `/`.
    ///
    /// # Errors
    /// The path has no one safe reading.
    pub fn read(sent: &str) -> Result<Self, PathError> {
        let sent = if sent.is_empty() { "/" } else { sent };
        let inner = sent.strip_prefix('/').unwrap_or(sent);
        let parts: Vec<&str> = inner.split('/').collect();
        let mut segments = Vec::with_capacity(parts.len());
        for (index, part) in parts.iter().enumerate() {
            // Only the last may be empty: a slash at the end.
            if part.is_empty() && index + 1 < parts.len() {
                return Err(PathError::EmptySegment);
            }
            segments.push(Segment::read(part)?);
        }
        Ok(Self::of(sent.to_owned(), segments))
    }

    /// A path whose segments mean what they spell: one of the [`Self::readings`] of another.
    pub(crate) fn plain(text: &str) -> Self {
        let inner = text.strip_prefix('/').unwrap_or(text);
        let segment = |part: &str| Segment {
            normal: part.to_owned(),
            decoded: part.to_owned(),
        };
        Self::of(text.to_owned(), inner.split('/').map(segment).collect())
    }

    fn of(sent: String, segments: Vec<Segment>) -> Self {
        let text = joined(segments.iter().map(|segment| segment.normal.as_str()));
        Self {
            sent,
            text,
            segments,
            slashes: 0,
        }
    }

    /// The one reading, with its leading slash.
    pub fn as_text(&self) -> &str {
        &self.text
    }

    /// As it was sent.
    pub fn sent(&self) -> &str {
        &self.sent
    }

    /// The segments, decoded; the last is empty where the path ends with a slash.
    pub fn decoded_segments(&self) -> impl Iterator<Item = &str> {
        self.segments.iter().map(|segment| segment.decoded.as_str())
    }

    /// The segments as they stand in [`Self::as_text`].
    pub fn normal_segments(&self) -> impl Iterator<Item = &str> {
        self.segments.iter().map(|segment| segment.normal.as_str())
    }

    /// The path behind its first segment: `/b` of `/a/b`, and `/` of `/a`.
    #[must_use]
    pub fn behind_first(&self) -> Self {
        if self.slashes > 0 || self.has_empty_inside() {
            return self.behind_first_of_rest();
        }
        let inner = self.sent.strip_prefix('/').unwrap_or(&self.sent);
        let sent = inner.split_once('/').map_or("", |(_, rest)| rest);
        let segments = match self.segments.get(1..) {
            Some(rest) if !rest.is_empty() => rest.to_vec(),
            _ => vec![Segment {
                normal: String::new(),
                decoded: String::new(),
            }],
        };
        Self::of(format!("/{sent}"), segments)
    }

    /// Every way in which the path might be read by somebody, each once, the one reading first: as
    /// it was sent, decoded, and each of these without parameters and without a slash at the end.
    pub fn readings(&self) -> Vec<String> {
        let mut readings = vec![self.text.clone()];
        readings.extend(self.other_readings());
        readings
    }

    /// Every reading but the one.
    pub fn other_readings(&self) -> Vec<String> {
        // Most paths spell themselves in one way.
        let ends_plainly = self.sent.len() == 1 || !self.sent.ends_with('/');
        let is_plain = self.slashes == 0 && !self.sent.contains("//");
        if self.sent == self.text && !self.sent.contains(['%', ';']) && ends_plainly && is_plain {
            return Vec::new();
        }
        let decoded = joined(self.decoded_segments());
        let bare = joined(self.decoded_segments().map(without_parameters));
        let mut others: Vec<String> = Vec::new();
        let mut spelled = vec![self.sent.clone(), decoded, bare];
        spelled.extend(self.readings_of_slashes());
        for reading in spelled {
            let trimmed = reading.strip_suffix('/').filter(|rest| !rest.is_empty());
            let trimmed = trimmed.map(str::to_owned);
            for one in [Some(reading), trimmed].into_iter().flatten() {
                if one != self.text && !others.contains(&one) {
                    others.push(one);
                }
            }
        }
        others
    }
}

impl fmt::Display for RequestPath {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.text)
    }
}

impl Segment {
    fn read(part: &str) -> Result<Self, PathError> {
        let mut normal = String::with_capacity(part.len());
        let mut bytes = part.bytes();
        while let Some(byte) = bytes.next() {
            if byte != b'%' {
                push(&mut normal, byte, IN_SEGMENT.contains(&byte));
                continue;
            }
            let (high, low) = (hex(bytes.next())?, hex(bytes.next())?);
            push(&mut normal, high * 16 + low, false);
        }
        let decoded = percent_decode_str(&normal)
            .decode_utf8()
            .map_err(|_| PathError::Encoding)?
            .into_owned();
        if !part.is_ascii() || decoded.chars().any(|one| one.is_control() || one == '\\') {
            return Err(PathError::Character);
        }
        // As a server reads it that decodes before it splits.
        for (index, piece) in decoded.split('/').enumerate() {
            if piece.is_empty() && (index > 0 || decoded.starts_with('/')) {
                return Err(PathError::EmptySegment);
            }
            if matches!(without_parameters(piece), "." | "..") {
                return Err(PathError::DotSegment);
            }
        }
        if is_encoded(&decoded) {
            return Err(PathError::DoubleEncoding);
        }
        Ok(Self { normal, decoded })
    }
}

/// A byte as it stands in the one reading.
fn push(normal: &mut String, byte: u8, may_be_plain: bool) {
    let is_unreserved = byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    if is_unreserved || may_be_plain {
        normal.push(char::from(byte));
    } else {
        normal.push_str(&format!("%{byte:02X}"));
    }
}

fn hex(digit: Option<u8>) -> Result<u8, PathError> {
    let digit = digit.and_then(|digit| char::from(digit).to_digit(16));
    let value = digit.and_then(|digit| u8::try_from(digit).ok());
    value.ok_or(PathError::Escape)
}

/// Whether a text holds an escape: `%` with two digits.
fn is_encoded(text: &str) -> bool {
    text.as_bytes().windows(3).any(|three| {
        three[0] == b'%' && three[1].is_ascii_hexdigit() && three[2].is_ascii_hexdigit()
    })
}

/// A segment as servers read it that know parameters (RFC 2396): `a` of `a;v=1`.
fn without_parameters(segment: &str) -> &str {
    segment.split(';').next().unwrap_or_default()
}

fn joined<'a>(segments: impl Iterator<Item = &'a str>) -> String {
    let mut text = String::new();
    for segment in segments {
        text.push('/');
        text.push_str(segment);
    }
    text
}

/// Everything but unreserved characters encoded, for places that are no path.
pub(crate) fn encoded(text: &str) -> String {
    utf8_percent_encode(text, UNRESERVED).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_has_one_reading_or_none() {
        let cases = [
            ("", Ok("/")),
            ("/", Ok("/")),
            ("/admin", Ok("/admin")),
            ("/%61dmin", Ok("/admin")),
            ("/%61%64%6D%69%6e", Ok("/admin")),
            ("/a%2db%7e%5F%2Ec", Ok("/a-b~_.c")),
            ("/a%20b", Ok("/a%20b")),
            ("/caf%c3%a9", Ok("/caf%C3%A9")),
            ("/a%3ab:c", Ok("/a%3Ab:c")),
            ("/a;v=1/b", Ok("/a;v=1/b")),
            ("/a%2fb", Ok("/a%2Fb")),
            ("/a/", Ok("/a/")),
            ("/a|b^{c}", Ok("/a%7Cb%5E%7Bc%7D")),
            ("/100%25", Ok("/100%25")),
            ("/...", Ok("/...")),
            ("/a..b/.c", Ok("/a..b/.c")),
            ("/a%", Err(PathError::Escape)),
            ("/a%4", Err(PathError::Escape)),
            ("/a%zz", Err(PathError::Escape)),
            ("/%u0061", Err(PathError::Escape)),
            ("/open/%ff", Err(PathError::Encoding)),
            ("/%c0%ae%c0%ae/x", Err(PathError::Encoding)),
            ("/%c3", Err(PathError::Encoding)),
            ("/%c3/%a9", Err(PathError::Encoding)),
            ("/caf\u{e9}", Err(PathError::Character)),
            ("/a%00", Err(PathError::Character)),
            ("/a%0d%0ab", Err(PathError::Character)),
            ("/a\\b", Err(PathError::Character)),
            ("/a%5cb", Err(PathError::Character)),
            ("/a%C2%85", Err(PathError::Character)),
            ("/./a", Err(PathError::DotSegment)),
            ("/a/..", Err(PathError::DotSegment)),
            ("/a/../b", Err(PathError::DotSegment)),
            ("/a/%2e%2e/b", Err(PathError::DotSegment)),
            ("/a/.%2E/b", Err(PathError::DotSegment)),
            ("/a/..;x/b", Err(PathError::DotSegment)),
            ("/a/..%3bx/b", Err(PathError::DotSegment)),
            ("/a/..%2f..%2fb", Err(PathError::DotSegment)),
            ("/a/b%2f..", Err(PathError::DotSegment)),
            ("//a", Err(PathError::EmptySegment)),
            ("/a//b", Err(PathError::EmptySegment)),
            ("/a//", Err(PathError::EmptySegment)),
            ("/a/%2fb", Err(PathError::EmptySegment)),
            ("/a%2f/b", Err(PathError::EmptySegment)),
            ("/a%2f%2fb", Err(PathError::EmptySegment)),
            ("/%2561dmin", Err(PathError::DoubleEncoding)),
            ("/a%252fb", Err(PathError::DoubleEncoding)),
            ("/%252e%252e", Err(PathError::DoubleEncoding)),
        ];
        for (sent, expected) in cases {
            let found = RequestPath::read(sent).map(|path| path.as_text().to_owned());
            assert_eq!(found.as_deref(), expected.as_deref(), "{sent}");
        }
    }

    #[test]
    fn every_reading_is_told_and_the_one_comes_first() {
        let cases: [(&str, &[&str]); 8] = [
            ("/a/b", &["/a/b"]),
            ("/", &["/"]),
            ("/%61", &["/a", "/%61"]),
            ("/a%20b", &["/a%20b", "/a b"]),
            ("/a%2fb", &["/a%2Fb", "/a%2fb", "/a/b"]),
            ("/a/", &["/a/", "/a"]),
            ("/a;v=1/b", &["/a;v=1/b", "/a/b"]),
            ("/a:b", &["/a:b"]),
        ];
        for (sent, expected) in cases {
            assert_eq!(
                RequestPath::read(sent).unwrap().readings(),
                expected,
                "{sent}"
            );
        }
    }

    #[test]
    fn a_stage_in_front_is_no_part_of_the_path() {
        for (sent, expected) in [
            ("/prod/a/b", "/a/b"),
            ("/prod/", "/"),
            ("/prod", "/"),
            ("/%70rod/%61", "/a"),
        ] {
            let path = RequestPath::read(sent).unwrap().behind_first();
            assert_eq!(path.as_text(), expected);
        }
    }
}
