//! How a client spelled the names of its headers: `http` knows them in lower case alone, and who hands a
//! request on in words (an event, a template) shows them as they were sent.
//!
//! Names are equal whatever their case (RFC 9110, section 5.1): nothing here decides anything.

use std::collections::BTreeMap;
use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use http::{HeaderMap, HeaderName, Request};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// The names of the headers of a request as they were sent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Spelling(BTreeMap<String, Vec<String>>);

impl Spelling {
    /// Names in the order in which they come.
    pub fn of<'n>(names: impl IntoIterator<Item = &'n str>) -> Self {
        let mut spelled: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for name in names {
            let of_name = spelled.entry(name.to_ascii_lowercase()).or_default();
            of_name.push(name.to_owned());
        }
        Self(spelled)
    }

    /// The name of the header's value of this index.
    pub fn of_value(&self, name: &HeaderName, index: usize) -> Option<&str> {
        let spelled = self.0.get(name.as_str())?;
        // What was added later is spelled as the last one.
        let spelled = spelled.get(index).or_else(|| spelled.last());
        spelled.map(String::as_str)
    }

    /// The names of a head whose lines stand for these headers; `None` where they do not.
    fn of_lines(lines: &[u8], headers: &HeaderMap) -> Option<Self> {
        let mut names = Vec::with_capacity(headers.len());
        let mut counts: BTreeMap<String, usize> = BTreeMap::new();
        for line in lines.split_inclusive(|byte| *byte == b'\n') {
            // What does not end is no line yet.
            let line = line.strip_suffix(b"\n")?;
            let line = line.strip_suffix(b"\r").unwrap_or(line);
            if line.is_empty() {
                return (names.len() == headers.len()).then(|| Self::of(names));
            }
            let colon = line.iter().position(|byte| *byte == b':')?;
            let name = std::str::from_utf8(line.get(..colon)?).ok()?;
            let value = line.get(colon + 1..)?.trim_ascii();
            let count = counts.entry(name.to_ascii_lowercase()).or_default();
            let sent = headers.get_all(name).iter().nth(*count)?;
            *count += 1;
            if sent.as_bytes().trim_ascii() != value {
                return None;
            }
            names.push(name);
        }
        None
    }
}

/// The last bytes that a connection read.
#[derive(Debug)]
pub(crate) struct Seen {
    bytes: Vec<u8>,
    bytes_max: usize,
}

impl Seen {
    fn push(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
        if self.bytes.len() > self.bytes_max.saturating_mul(2) {
            let excess = self.bytes.len() - self.bytes_max;
            self.bytes.drain(..excess);
        }
    }

    /// How the names of a request's headers were spelled, once its head has been read. What came before it
    /// is forgotten. `None` where the head is not found again.
    fn spelling<B>(&mut self, request: &Request<B>) -> Option<Spelling> {
        let line = format!("{} {}", request.method(), request.uri());
        let mut from = 0;
        while let Some(at) = find(self.bytes.get(from..)?, VERSION) {
            let (before, behind) = self.bytes.split_at_checked(from + at)?;
            let lines = behind.get(VERSION.len()..)?;
            let lines = lines
                .strip_prefix(b"1")
                .or_else(|| lines.strip_prefix(b"0"));
            let lines = lines.and_then(|it| it.strip_prefix(b"\r\n").or(it.strip_prefix(b"\n")));
            if let Some(lines) = lines.filter(|_| before.ends_with(line.as_bytes()))
                && let Some(spelling) = Spelling::of_lines(lines, request.headers())
            {
                self.bytes.drain(..from + at + VERSION.len());
                return Some(spelling);
            }
            from += at + VERSION.len();
        }
        None
    }
}

/// What ends the first line of a head, before the last digit.
const VERSION: &[u8] = b" HTTP/1.";

/// Where `sought` begins.
fn find(bytes: &[u8], sought: &[u8]) -> Option<usize> {
    bytes
        .windows(sought.len())
        .position(|window| window == sought)
}

/// A connection whose last bytes are seen.
pub(crate) struct Watched<S> {
    stream: S,
    seen: Arc<Mutex<Seen>>,
}

/// The eye on a connection.
#[derive(Clone)]
pub(crate) struct Eye(Arc<Mutex<Seen>>);

impl Eye {
    /// How the names of a request's headers were spelled.
    pub(crate) fn spelling<B>(&self, request: &Request<B>) -> Option<Spelling> {
        let mut seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        seen.spelling(request)
    }
}

impl<S> Watched<S> {
    /// Watches a connection whose heads are no longer than this.
    pub(crate) fn new(stream: S, head_bytes_max: usize) -> (Self, Eye) {
        let seen = Arc::new(Mutex::new(Seen {
            bytes: Vec::new(),
            bytes_max: head_bytes_max,
        }));
        let eye = Eye(Arc::clone(&seen));
        (Self { stream, seen }, eye)
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Watched<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let polled = Pin::new(&mut self.stream).poll_read(context, buffer);
        if let Some(read) = buffer
            .filled()
            .get(before..)
            .filter(|read| !read.is_empty())
        {
            let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
            seen.push(read);
        }
        polled
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Watched<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(context, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(bytes: &[u8]) -> Seen {
        let mut seen = Seen {
            bytes: Vec::new(),
            bytes_max: 1 << 16,
        };
        seen.push(bytes);
        seen
    }

    fn request(target: &str, headers: &[(&str, &str)]) -> Request<()> {
        let mut request = Request::builder().uri(target);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        request.body(()).unwrap()
    }

    #[test]
    fn names_are_found_as_they_were_sent() {
        let head = b"GET /a?b=c HTTP/1.1\r\nHost: x\r\ntEsT-A: 1\r\nTEST-a:  2 \r\n\r\nbody";
        let sent = request("/a?b=c", &[("host", "x"), ("test-a", "1"), ("test-a", "2")]);
        let mut seen = seen(head);
        let spelling = seen.spelling(&sent).unwrap();
        assert_eq!(spelling, Spelling::of(["Host", "tEsT-A", "TEST-a"]));
        let name = HeaderName::from_static("test-a");
        assert_eq!(spelling.of_value(&name, 1), Some("TEST-a"));
        assert_eq!(spelling.of_value(&HeaderName::from_static("no"), 0), None);
        // A second request on the connection is not taken for the first.
        seen.push(b"GET /a?b=c HTTP/1.1\r\nHOST: x\r\n\r\n");
        let again = seen.spelling(&request("/a?b=c", &[("host", "x")]));
        assert_eq!(again, Some(Spelling::of(["HOST"])));
    }

    #[test]
    fn what_stands_for_other_headers_is_no_head() {
        let sent = request("/a", &[("host", "x")]);
        for head in [
            "GET /a HTTP/1.1\r\nHost: y\r\n\r\n",
            "GET /a HTTP/1.1\r\nHost: x\r\nMore: 1\r\n\r\n",
            "GET /a HTTP/1.1\r\n\r\n",
            "GET /a HTTP/1.1\r\nHost: x\r\n",
            "GET /b HTTP/1.1\r\nHost: x\r\n\r\n",
            "GET /a HTTP/1.1 \r\nHost: x\r\n\r\n",
            "",
        ] {
            assert_eq!(seen(head.as_bytes()).spelling(&sent), None, "{head}");
        }
        // One in the body before it does not hide it.
        let both = b"GET /a HTTP/1.1\r\nHost: y\r\n\r\nGET /a HTTP/1.1\r\nHOST: x\r\n\r\n";
        assert_eq!(seen(both).spelling(&sent), Some(Spelling::of(["HOST"])));
    }

    #[test]
    fn no_more_is_kept_than_a_head_may_take() {
        let mut seen = Seen {
            bytes: Vec::new(),
            bytes_max: 8,
        };
        for _ in 0..100 {
            seen.push(b"12345");
            assert!(seen.bytes.len() <= 16 + 5);
        }
    }
}
