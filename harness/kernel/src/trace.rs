//! The trace that a request belongs to, as X-Ray's header `X-Amzn-Trace-Id` names it.
//!
//! Source: X-Ray Developer Guide, "Tracing header": `Root=1-…;Parent=…;Sampled=1`, fields in any order,
//! more of them (`Self`, `Lineage`) allowed.

use std::fmt;
use std::sync::Arc;

/// The header's name, as it is compared.
pub const TRACE_HEADER: &str = "x-amzn-trace-id";

/// The longest trace id that is taken over from a header, in bytes.
const ROOT_BYTES_MAX: usize = 64;

/// The header as it was sent, with the parts that others go by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TraceHeader {
    root: Arc<str>,
    parent: Option<String>,
    sampled: Option<String>,
    text: String,
}

impl TraceHeader {
    /// A header that begins a trace.
    pub fn begin(root: String) -> Self {
        Self {
            text: format!("Root={root}"),
            root: root.into(),
            parent: None,
            sampled: None,
        }
    }

    /// Reads a header. `None` unless it names a root of the shape of a trace id: what names none is
    /// evidence of nothing, and may be anything.
    pub fn parse(text: &str) -> Option<Self> {
        let field = |name: &str| {
            text.split(';').find_map(|part| {
                let value = part.trim().strip_prefix(name)?.strip_prefix('=')?;
                Some(value.to_owned())
            })
        };
        let root = field("Root")?;
        let shape = |byte: u8| byte.is_ascii_hexdigit() || byte == b'-';
        let is_id =
            root.starts_with("1-") && root.len() <= ROOT_BYTES_MAX && root.bytes().all(shape);
        is_id.then(|| Self {
            parent: field("Parent"),
            sampled: field("Sampled"),
            text: text.to_owned(),
            root: root.into(),
        })
    }

    /// The header with a parent and a decision, where it has none: what is there stays as it was sent.
    #[must_use]
    pub fn completed(self, parent: impl FnOnce() -> String, sampled: &str) -> Self {
        if self.parent.is_some() {
            return self;
        }
        let parent = parent();
        let sampled = self.sampled.unwrap_or_else(|| sampled.to_owned());
        Self {
            text: format!("Root={};Parent={parent};Sampled={sampled}", self.root),
            root: self.root,
            parent: Some(parent),
            sampled: Some(sampled),
        }
    }

    /// The trace's id: `1-`, eight digits of time, `-`, 24 digits.
    pub fn root(&self) -> &Arc<str> {
        &self.root
    }

    /// The segment that called, 16 hexadecimal digits, as it was sent.
    pub fn parent(&self) -> Option<&str> {
        self.parent.as_deref()
    }

    /// Whether the trace is recorded, as it was sent: `1`, `0`, or `?` where the next one decides.
    pub fn sampled(&self) -> Option<&str> {
        self.sampled.as_deref()
    }
}

/// The header as it was sent: what an upstream gets.
impl fmt::Display for TraceHeader {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_header_lacks_is_completed() {
        let root = "1-5759e988-bd862e3fe1be46a994272793";
        for (text, expected) in [
            (format!("Root={root}"), "Parent=0f;Sampled=0"),
            (format!("Root={root};Sampled=1"), "Parent=0f;Sampled=1"),
            (
                format!("Root={root};Parent=53995c3f42cd8ad8"),
                "Parent=53995c3f42cd8ad8",
            ),
        ] {
            let header = TraceHeader::parse(&text).unwrap();
            let completed = header.completed(|| "0f".to_owned(), "0").to_string();
            assert_eq!(completed, format!("Root={root};{expected}"), "{text}");
        }
    }

    #[test]
    fn parts_stand_in_any_order_and_a_root_has_its_shape() {
        let root = "1-5759e988-bd862e3fe1be46a994272793";
        for (text, parent, sampled) in [
            (format!("Root={root}"), None, None),
            (
                format!("Root={root};Parent=53995c3f42cd8ad8;Sampled=1"),
                Some("53995c3f42cd8ad8"),
                Some("1"),
            ),
            (
                format!("Parent=53995c3f42cd8ad8; Root={root} ;Sampled=?"),
                Some("53995c3f42cd8ad8"),
                Some("?"),
            ),
            (
                format!("Root={root};Sampled=1;Lineage=a87bd80c:1|68fd508a:5"),
                None,
                Some("1"),
            ),
        ] {
            let header = TraceHeader::parse(&text).unwrap_or_else(|| panic!("{text}"));
            assert_eq!(&**header.root(), root, "{text}");
            assert_eq!(header.parent(), parent, "{text}");
            assert_eq!(header.sampled(), sampled, "{text}");
            assert_eq!(header.to_string(), text);
        }
        for text in [
            "",
            "hello",
            "Root=",
            "Root=1-zzzz",
            "Root=2-5759e988-bd862e3fe1be46a994272793",
            "Rooted=1-5759e988-bd862e3fe1be46a994272793",
        ] {
            assert_eq!(TraceHeader::parse(text), None, "{text}");
        }
        let long = format!("Root=1-{}", "a".repeat(100));
        assert_eq!(TraceHeader::parse(&long), None);
        let begun = TraceHeader::begin(root.to_owned());
        assert_eq!(TraceHeader::parse(&begun.to_string()), Some(begun));
    }
}
