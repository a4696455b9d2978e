//! How a REST API reads slashes that follow one another, and one at the end (recorded).
//!
//! Those before the stage are not there; those behind it are shown by `$context.path` and seen by no
//! route; those further on are empty segments. A slash at the end is shown, and no route sees it.

use std::borrow::Cow;

use super::{PathError, RequestPath, Segment};
use crate::kind::ApiKind;

impl RequestPath {
    /// Reads the path of a request to an API of a kind.
    ///
    /// # Errors
    /// The path has no one safe reading.
    pub(crate) fn read_of(kind: ApiKind, sent: &str) -> Result<Self, PathError> {
        match kind {
            ApiKind::Http => Self::read(sent),
            ApiKind::Rest => Self::read_of_rest(sent),
        }
    }

    /// Reads the path of a request to a REST API, as [`Self::read`], but for slashes.
    ///
    /// # Errors
    /// The path has no one safe reading.
    pub fn read_of_rest(sent: &str) -> Result<Self, PathError> {
        let inner = sent.trim_start_matches('/');
        let slashes = sent.len().saturating_sub(inner.len() + 1);
        let segments: Result<Vec<_>, _> = inner.split('/').map(Segment::read).collect();
        Ok(Self {
            slashes,
            ..Self::of(format!("/{inner}"), segments?)
        })
    }

    /// The path as `$context.path` shows it behind the stage.
    pub fn shown(&self) -> Cow<'_, str> {
        if self.slashes == 0 {
            return Cow::Borrowed(&self.text);
        }
        Cow::Owned(format!("{}{}", "/".repeat(self.slashes), self.text))
    }

    /// The path as it was sent, with the slashes that no route sees.
    pub(crate) fn sent_shown(&self) -> String {
        format!("{}{}", "/".repeat(self.slashes), self.sent)
    }

    /// The path as the routes of a REST API see it: without slashes at its end.
    #[must_use]
    pub fn without_end(&self) -> Cow<'_, Self> {
        let is_empty = |segment: &Segment| segment.decoded.is_empty();
        let whole = self.segments.iter().rposition(|segment| !is_empty(segment));
        let kept = whole.map_or(1, |last| last + 1);
        if kept == self.segments.len() {
            return Cow::Borrowed(self);
        }
        let segments = self.segments.iter().take(kept).cloned().collect();
        let sent = self.sent.trim_end_matches('/');
        let sent = if sent.is_empty() { "/" } else { sent };
        Cow::Owned(Self {
            slashes: self.slashes,
            ..Self::of(sent.to_owned(), segments)
        })
    }

    /// Whether a segment before the last is empty.
    pub(super) fn has_empty_inside(&self) -> bool {
        let mut before_last = self.segments.iter().rev().skip(1);
        before_last.any(|segment| segment.decoded.is_empty())
    }

    /// The path behind its first segment, whose first slashes no route sees.
    pub(super) fn behind_first_of_rest(&self) -> Self {
        let rest = self.segments.iter().skip(1);
        let empty = rest
            .clone()
            .take_while(|segment| segment.decoded.is_empty());
        // A path of slashes alone keeps one.
        let slashes = empty.count().min(self.segments.len().saturating_sub(2));
        let segments: Vec<Segment> = rest.skip(slashes).cloned().collect();
        let inner = self.sent.trim_start_matches('/');
        let behind = inner.split_once('/').map_or("", |(_, rest)| rest);
        let sent = behind.get(slashes..).unwrap_or_default();
        Self {
            slashes,
            ..Self::of(format!("/{sent}"), segments)
        }
    }

    /// How the path is read by who sees every slash, and by who takes several for one.
    pub(super) fn readings_of_slashes(&self) -> Vec<String> {
        let merged = |text: &str| {
            let mut merged = String::with_capacity(text.len());
            for character in text.chars() {
                if character != '/' || !merged.ends_with('/') {
                    merged.push(character);
                }
            }
            merged
        };
        let mut readings = Vec::new();
        if self.slashes > 0 {
            readings.push(self.shown().into_owned());
        }
        if self.has_empty_inside() || self.sent.ends_with("//") {
            let decoded = super::joined(self.decoded_segments());
            readings.extend([merged(&self.text), merged(&self.sent), merged(&decoded)]);
        }
        readings
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slashes_are_kept_where_a_rest_api_keeps_them() {
        // What was sent; behind the stage: text, shown, and as routes see it.
        let cases = [
            ("/prod/a", "/a", "/a", "/a"),
            ("//prod/a", "/a", "/a", "/a"),
            ("///prod//a", "/a", "//a", "/a"),
            ("/prod/a/", "/a/", "/a/", "/a"),
            ("/prod/a//", "/a//", "/a//", "/a"),
            ("/prod/a//b", "/a//b", "/a//b", "/a//b"),
            ("/prod//a//b/", "/a//b/", "//a//b/", "/a//b"),
            ("/prod", "/", "/", "/"),
            ("/prod/", "/", "/", "/"),
            ("/prod//", "/", "//", "/"),
            ("/prod///", "/", "///", "/"),
            ("/prod/a%2Fb/", "/a%2Fb/", "/a%2Fb/", "/a%2Fb"),
        ];
        for (sent, text, shown, routed) in cases {
            let path = RequestPath::read_of_rest(sent).unwrap().behind_first();
            let found = (path.as_text(), &*path.shown());
            assert_eq!(found, (text, shown), "{sent}");
            assert_eq!(path.without_end().as_text(), routed, "{sent}");
        }
        for sent in ["/prod/../a", "/prod/a%2f%2fb", "/prod/%252e", "/prod//%00"] {
            assert!(RequestPath::read_of_rest(sent).is_err(), "{sent}");
        }
    }

    #[test]
    fn every_reading_of_slashes_is_told() {
        let cases: [(&str, &[&str]); 5] = [
            ("/prod/a", &["/a"]),
            ("/prod//a", &["/a", "//a"]),
            ("/prod/a//b", &["/a//b", "/a/b"]),
            ("/prod/a/", &["/a/", "/a"]),
            (
                "/prod/a//%62/",
                &[
                    "/a//b/", "/a//%62/", "/a//%62", "/a//b", "/a/b/", "/a/b", "/a/%62/", "/a/%62",
                ],
            ),
        ];
        for (sent, expected) in cases {
            let path = RequestPath::read_of_rest(sent).unwrap().behind_first();
            assert_eq!(path.readings(), expected, "{sent}");
        }
    }
}
