//! Redaction by the place where a value stands.

use std::borrow::Cow;

use super::shape::text_within;
use super::{HIDDEN, text};
use crate::secret::fingerprint;

/// A value shorter than this could be guessed from its digest.
const DIGEST_LENGTH_MIN: usize = 16;

/// The longest text that is shown of a header or a parameter, in bytes.
const SHOWN_BYTES_MAX: usize = 256;

/// What a value must be made of to be shown.
#[derive(Clone, Copy, Debug)]
enum Form {
    /// Digits, `T` and `Z`: `20260101T000000Z`.
    Instant,
    /// Decimal digits.
    Number,
    /// Lower-case hexadecimal digits of a SHA-256, or one of SigV4's words for none.
    PayloadHash,
    /// A host with its port.
    Host,
    /// Letters, digits, `-`, `_` and `.`: an operation, a version, an algorithm.
    Word,
    /// Header names with semicolons between.
    Names,
    /// `type/subtype`; parameters are left out.
    MediaType,
    /// An access key id and the scope behind it.
    CredentialScope,
    /// `attempt=1; max=3`: the SDKs' own counting.
    Attempt,
}

/// The headers whose values are shown.
const HEADERS: [(&str, Form); 11] = [
    ("amz-sdk-request", Form::Attempt),
    ("content-length", Form::Number),
    ("content-type", Form::MediaType),
    ("date", Form::Instant),
    ("host", Form::Host),
    ("x-amz-api-version", Form::Word),
    ("x-amz-content-sha256", Form::PayloadHash),
    ("x-amz-date", Form::Instant),
    ("x-amz-target", Form::Word),
    ("x-amzn-query-mode", Form::Word),
    ("accept", Form::MediaType),
];

/// The query parameters whose values are shown: those of SigV4 that are no secret, and the names of
/// what is asked for.
const PARAMETERS: [(&str, Form); 11] = [
    ("Action", Form::Word),
    ("Version", Form::Word),
    ("X-Amz-Algorithm", Form::Word),
    ("X-Amz-Content-Sha256", Form::PayloadHash),
    ("X-Amz-Credential", Form::CredentialScope),
    ("X-Amz-Date", Form::Instant),
    ("X-Amz-Expires", Form::Number),
    ("X-Amz-SignedHeaders", Form::Names),
    ("list", Form::Word),
    ("help", Form::Word),
    ("version", Form::Number),
];

impl Form {
    /// The value as it may be shown, if it has the form.
    fn shown(self, value: &str) -> Option<Cow<'_, str>> {
        if value.len() > SHOWN_BYTES_MAX {
            return None;
        }
        let of = |allowed: fn(u8) -> bool| value.bytes().all(allowed).then_some(value.into());
        match self {
            Self::Instant => (value.len() <= 20)
                .then(|| of(|byte| byte.is_ascii_digit() || matches!(byte, b'T' | b'Z')))
                .flatten(),
            Self::Number => (value.len() <= 20)
                .then(|| of(|byte| byte.is_ascii_digit()))
                .flatten(),
            Self::PayloadHash => {
                let is_digest = value.len() == 64
                    && value
                        .bytes()
                        .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
                let is_word = value == "UNSIGNED-PAYLOAD" || value.starts_with("STREAMING-");
                (is_digest || is_word).then_some(value.into())
            }
            Self::Host => of(|byte| byte.is_ascii_alphanumeric() || b"-._:[]".contains(&byte)),
            Self::Word => (value.len() <= 128)
                .then(|| of(|byte| byte.is_ascii_alphanumeric() || b"-._".contains(&byte)))
                .flatten(),
            Self::Names => of(|byte| byte.is_ascii_alphanumeric() || b"-;_%".contains(&byte)),
            Self::MediaType => {
                let (media, rest) = value.split_once(';').unwrap_or((value, ""));
                let is_media = media
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || b"/*+-. ,".contains(&byte));
                let shown = match rest {
                    "" => Cow::Borrowed(media),
                    _ if rest
                        .trim()
                        .to_ascii_lowercase()
                        .starts_with("charset=utf-8") =>
                    {
                        value.into()
                    }
                    _ => format!("{media};{HIDDEN}").into(),
                };
                (is_media && media.len() <= 128).then_some(shown)
            }
            Self::CredentialScope => {
                of(|byte| byte.is_ascii_alphanumeric() || b"-/_%".contains(&byte))
            }
            Self::Attempt => of(|byte| {
                byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"=; ".contains(&byte)
            }),
        }
    }
}

fn by_form<'a>(
    known: &[(&str, Form)],
    name: &str,
    value: &'a str,
    exact: bool,
) -> Option<Cow<'a, str>> {
    let (_, form) = known.iter().find(|(known, _)| {
        if exact {
            *known == name
        } else {
            known.eq_ignore_ascii_case(name)
        }
    })?;
    let shown = form.shown(value)?;
    // A token in the wrong place is still a token.
    Some(match text(&shown) {
        Cow::Borrowed(_) => shown,
        Cow::Owned(hidden) => hidden.into(),
    })
}

/// A value that may be a secret: its length, and its digest where that gives nothing away, so that
/// two sides can compare what they have.
pub fn value(value: &str) -> String {
    let length = value.len();
    if length < DIGEST_LENGTH_MIN {
        return format!("{HIDDEN}({length} bytes)");
    }
    format!("{HIDDEN}(sha256 {}, {length} bytes)", fingerprint(value))
}

/// The value of a header as evidence may show it.
pub fn header<'a>(name: &str, value: &'a str) -> Cow<'a, str> {
    match name {
        // Random for each request, by the SDK: no evidence, and different in every run.
        "amz-sdk-invocation-id" => "{invocation-id}".into(),
        _ => by_form(&HEADERS, name, value, false).unwrap_or_else(|| self::value(value).into()),
    }
}

/// A query string as evidence may show it: every name, and the values of SigV4's own parameters.
/// What `=` does not divide is a value.
pub fn query(query: &str) -> String {
    query_within(query, 0)
}

fn query_within(query: &str, depth: usize) -> String {
    let shown = query.split('&').map(|pair| {
        let Some((name, value)) = pair.split_once('=') else {
            return if pair.is_empty() { "" } else { HIDDEN }.to_owned();
        };
        let shown = match value {
            "" => Cow::Borrowed(""),
            _ => by_form(&PARAMETERS, name, value, true).unwrap_or(HIDDEN.into()),
        };
        format!("{}={shown}", text_within(name, depth))
    });
    shown.collect::<Vec<_>>().join("&")
}

/// A URL as evidence may show it: without user information and fragment, its query as [`query`]
/// shows it, and its path without what looks like a credential.
pub fn url(url: &str) -> String {
    url_within(url, 1)
}

/// As [`url`], where the URL is the `depth`th of those that stand within one another.
pub(super) fn url_within(url: &str, depth: usize) -> String {
    let (url, fragment) = url
        .split_once('#')
        .map_or((url, ""), |(url, _)| (url, "#…"));
    let (before, parameters) = match url.split_once('?') {
        Some((before, parameters)) => (before, format!("?{}", query_within(parameters, depth))),
        None => (url, String::new()),
    };
    let (scheme, rest) = match before.find("://") {
        Some(end) => before.split_at(end + 3),
        None => ("", before),
    };
    let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let (user, host) = match authority.rsplit_once('@') {
        Some((_, host)) => ("…@", host),
        None => ("", authority),
    };
    let host = format!("{user}{}", if is_host(host) { host } else { HIDDEN });
    format!(
        "{}{}{}{parameters}{fragment}",
        text_within(scheme, depth),
        text_within(&host, depth),
        text_within(path, depth)
    )
}

/// A host with its port, also with the variables of a template in it. What is none may be anything.
fn is_host(text: &str) -> bool {
    match text.strip_prefix('[') {
        Some(rest) => rest.split_once(']').is_some_and(|(address, port)| {
            address
                .bytes()
                .all(|byte| byte.is_ascii_hexdigit() || b":.".contains(&byte))
                && port
                    .bytes()
                    .all(|byte| byte.is_ascii_digit() || byte == b':')
        }),
        None => text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-._:${}".contains(&byte)),
    }
}

/// The path of a request, as evidence may show it: as it is, but for what looks like a credential.
/// What follows a question mark is a query.
pub fn request_path(path: &str) -> Cow<'_, str> {
    if path.contains(['?', '#']) || path.contains("://") {
        return url(path).into();
    }
    text(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_headers_known_to_be_no_secret_and_in_their_form_are_shown() {
        let shown = [
            ("host", "abc.execute-api.us-east-1.amazonaws.com:4566"),
            ("Host", "localhost"),
            ("x-amz-date", "20260101T000000Z"),
            ("content-type", "application/x-amz-json-1.1"),
            (
                "content-type",
                "application/x-www-form-urlencoded; charset=utf-8",
            ),
            ("x-amz-content-sha256", "UNSIGNED-PAYLOAD"),
            ("x-amz-target", "Logs_20140328.PutLogEvents"),
            ("amz-sdk-request", "attempt=1; max=3"),
        ];
        for (name, value) in shown {
            assert_eq!(header(name, value), value, "{name}");
        }
        for (name, value) in [
            ("cookie", "session=0123456789abcdef"),
            ("x-api-key", "short"),
            ("x-vault-token", "hvs.0123456789abcdef"),
            ("authorization", "Bearer x"),
            ("proxy-authorization", "Basic dXNlcjpwYXNz"),
            ("x-anything-else", "hunter2"),
            ("user-agent", "hunter2"),
            // Known, but not in the form.
            ("host", "user:password@host"),
            ("x-amz-date", "my password"),
            ("content-length", "12 hunter2"),
            ("x-amz-content-sha256", "hunter2"),
        ] {
            let shown = header(name, value);
            assert!(shown.starts_with(HIDDEN), "{name}: {shown}");
            assert!(!shown.contains(value), "{name}: {shown}");
        }
        assert_eq!(
            header("content-type", "multipart/form-data; boundary=hunter2"),
            "multipart/form-data;…"
        );
        assert_eq!(header("cookie", "hunter2"), "…(7 bytes)");
        assert_eq!(
            header("cookie", "0123456789abcdef"),
            "…(sha256 9f9f5111f7b27a78, 16 bytes)"
        );
    }

    #[test]
    fn urls_keep_what_leads_to_the_place_and_lose_what_opens_it() {
        for (given, shown) in [
            (
                "http://127.0.0.1:1//a%2Fb?x=1",
                "http://127.0.0.1:1//a%2Fb?x=…",
            ),
            ("http://a:b@host/p", "http://…@host/p"),
            ("http://a:b@c@host/p", "http://…@host/p"),
            (
                "http://h/p?X-Amz-Signature=abc&Action=GetUser&X-Amz-Expires=60",
                "http://h/p?X-Amz-Signature=…&Action=GetUser&X-Amz-Expires=60",
            ),
            (
                "http://h/?X-Amz-Expires=hunter2&action=hunter2",
                "http://h/?X-Amz-Expires=…&action=…",
            ),
            (
                "http://h/?flag&empty=#access_token=x",
                "http://h/?…&empty=#…",
            ),
            (
                "http://h/reset/hvs.0123456789abc/now",
                "http://h/reset/…(vault token)/now",
            ),
            ("no url at all", "…"),
            ("http://[hunter2", "http://…"),
            ("http://[::1]:80/x", "http://[::1]:80/x"),
        ] {
            assert_eq!(url(given), shown, "{given}");
        }
    }
}
