//! How somebody signs other than they should, as clients and proxies do in production.

use authlab::Secret;
use http::{HeaderMap, HeaderName, HeaderValue};
use jiff::{SignedDuration, Timestamp};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::error::StepResult;

/// What Signature Version 4 leaves as it is in a path.
const PATH: AsciiSet = NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~')
    .remove(b'/');

/// The headers that a proxy puts into a request: they come after the signature.
const ADDED_BY_PROXIES: [&str; 10] = [
    "forwarded",
    "via",
    "x-forwarded-for",
    "x-forwarded-host",
    "x-forwarded-port",
    "x-forwarded-prefix",
    "x-forwarded-proto",
    "x-original-host",
    "x-original-uri",
    "x-original-url",
];

/// How somebody signs, and whom they call.
#[derive(Clone, Debug, Default)]
pub struct Habit {
    /// The Region of the scope.
    pub region: Option<String>,
    /// The service of the scope.
    pub service: Option<String>,
    /// The host that is signed; the one that is sent is another.
    pub signed_host: Option<String>,
    /// The host under which AWS is called, and which is signed.
    pub called_host: Option<String>,
    /// The path is percent-encoded once more when it is signed.
    pub encodes_path_again: bool,
    /// A `+` of the query is signed as the blank that a form means by it.
    pub signs_plus_as_blank: bool,
    /// The session token stays away.
    pub leaves_token_out: bool,
    /// Another secret.
    pub secret: Option<Secret>,
    /// Headers that are signed and changed afterwards.
    pub changed: Vec<HeaderName>,
    /// How far the signer's clock is ahead of the lab's, in seconds.
    pub clock_seconds: i64,
}

impl Habit {
    /// The signer's time.
    pub(super) fn time(&self, now: Timestamp) -> Timestamp {
        let off = SignedDuration::from_secs(self.clock_seconds);
        now.saturating_add(off).unwrap_or(now)
    }

    /// The path as it is signed.
    pub(super) fn signed_path(&self, path: &str) -> String {
        match self.encodes_path_again {
            true => utf8_percent_encode(path, &PATH).to_string(),
            false => path.to_owned(),
        }
    }

    /// The query as it is signed.
    pub(super) fn signed_query(&self, query: &str) -> String {
        match self.signs_plus_as_blank {
            true => query.replace('+', "%20"),
            false => query.to_owned(),
        }
    }

    /// Takes out what proxies put in later, and puts in what will be changed.
    pub(super) fn before(&self, headers: &mut HeaderMap) -> HeaderMap {
        let mut later = HeaderMap::new();
        for name in ADDED_BY_PROXIES.map(HeaderName::from_static) {
            if !self.changed.contains(&name)
                && let Some(value) = headers.remove(&name)
            {
                later.insert(name, value);
            }
        }
        for name in &self.changed {
            if !headers.contains_key(name) {
                headers.insert(name, HeaderValue::from_static(as_signed(name.as_str())));
            }
        }
        later
    }

    /// Changes the headers on the way, and puts in what proxies do.
    ///
    /// # Errors
    /// When a header cannot hold what it becomes.
    pub(super) fn after(&self, headers: &mut HeaderMap, later: HeaderMap) -> StepResult {
        for name in &self.changed {
            let signed = headers.get(name).map(HeaderValue::to_str).transpose()?;
            let changed = on_the_way(name.as_str(), signed.unwrap_or_default());
            headers.insert(name, HeaderValue::from_str(&changed)?);
        }
        headers.extend(later);
        Ok(())
    }
}

/// What a client signs in a header, where the call does not say it.
fn as_signed(name: &str) -> &'static str {
    match name {
        "accept-encoding" => "gzip, deflate",
        "connection" => "keep-alive",
        "content-type" => "application/json",
        "user-agent" => "client/1.0",
        "x-forwarded-for" => "192.0.2.1",
        _ => "signed",
    }
}

/// What becomes of it on the way.
fn on_the_way(name: &str, signed: &str) -> String {
    match name {
        "accept-encoding" => "br".to_owned(),
        "connection" => "close".to_owned(),
        "content-type" => format!("{signed}; charset=utf-8"),
        "x-forwarded-for" => format!("{signed}, 10.0.0.1"),
        _ => format!("{signed}-changed"),
    }
}
