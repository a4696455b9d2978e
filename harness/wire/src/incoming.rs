//! A request as it came from the network.

use bytes::Bytes;
use http::{HeaderMap, Method};

/// A request as it came from the network, nothing decoded: signatures are made over these bytes.
#[derive(Debug, Clone, Copy)]
pub struct Incoming<'a> {
    /// The HTTP method.
    pub method: &'a Method,
    /// The path, still percent-encoded, with its leading slash.
    pub path: &'a str,
    /// The query string, still percent-encoded, without the question mark; empty when there is none.
    pub query: &'a str,
    /// All headers.
    pub headers: &'a HeaderMap,
    /// The whole body.
    pub body: &'a Bytes,
}

impl<'a> Incoming<'a> {
    /// A header's value, when it is there and is text. The first one when it is repeated.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&'a str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// What a header says, for everything that is done because of it. Unreadable is not absent, and
    /// of several none counts.
    ///
    /// # Errors
    /// What is wrong with it: that it is unreadable, or there several times.
    pub(crate) fn field(&self, name: &str) -> Result<Option<&'a str>, &'static str> {
        let mut values = self.headers.get_all(name).iter();
        match (values.next(), values.next()) {
            (None, _) => Ok(None),
            (Some(_), Some(_)) => Err("is there more than once"),
            (Some(value), None) => value.to_str().map(Some).map_err(|_| "cannot be read"),
        }
    }

    /// The media type of the body in lower case, without its parameters.
    #[must_use]
    pub fn media_type(&self) -> Option<String> {
        let value = self.header("content-type")?;
        Some(
            value
                .split(';')
                .next()
                .unwrap_or(value)
                .trim()
                .to_ascii_lowercase(),
        )
    }
}
