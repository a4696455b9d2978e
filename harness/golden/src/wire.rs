//! HTTP exchanges as plain bytes: paths and headers go out as they are written in a case, and a server of
//! a test reads what it was sent as it came.

use std::collections::BTreeMap;
use std::io;
use std::net::{IpAddr, SocketAddr};

use serde::Deserialize as _;
use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpSocket, TcpStream};

/// An answer.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// By the name in lower case.
    pub headers: BTreeMap<String, String>,
    /// Every header as it came.
    pub fields: Vec<(String, String)>,
    /// The body.
    pub body: String,
    /// The same, byte by byte.
    pub bytes: Vec<u8>,
}

impl Answer {
    /// The body as JSON, null for none; nothing where it is no JSON.
    pub fn json(&self) -> Option<Value> {
        if self.body.trim().is_empty() {
            return Some(Value::Null);
        }
        let mut reader = serde_json::Deserializer::from_str(&self.body);
        reader.disable_recursion_limit();
        Value::deserialize(&mut reader).ok()
    }
}

/// Sends a request, and reads the answer to the end of the connection.
///
/// # Errors
/// When there is no connection, or what comes is no answer.
pub async fn exchange(
    address: SocketAddr,
    method: &str,
    path: &str,
    headers: &[(String, String)],
    body: Option<Vec<u8>>,
) -> io::Result<Answer> {
    exchange_from(None, address, method, path, headers, body).await
}

/// The same from an address of this machine. The Host is that of the server, unless it is a header.
///
/// # Errors
/// As [`exchange`]; and when the address is not this machine's.
pub async fn exchange_from(
    from: Option<IpAddr>,
    address: SocketAddr,
    method: &str,
    path: &str,
    headers: &[(String, String)],
    body: Option<Vec<u8>>,
) -> io::Result<Answer> {
    let mut request = format!("{method} {path} HTTP/1.1\r\n");
    let mut names = headers.iter().map(|(name, _)| name);
    if !names.any(|name| name.eq_ignore_ascii_case("host")) {
        request.push_str(&format!("Host: {address}\r\n"));
    }
    for (name, value) in headers {
        request.push_str(&format!("{name}: {value}\r\n"));
    }
    let mut names = headers.iter().map(|(name, _)| name);
    if !names.any(|name| name.eq_ignore_ascii_case("connection")) {
        request.push_str("Connection: close\r\n");
    }
    if let Some(body) = &body {
        request.push_str(&format!("Content-Length: {}\r\n", body.len()));
    }
    request.push_str("\r\n");
    let mut bytes = request.into_bytes();
    bytes.extend(body.unwrap_or_default());
    let mut stream = match from {
        None => TcpStream::connect(address).await?,
        Some(from) => {
            let socket = TcpSocket::new_v4()?;
            socket.bind(SocketAddr::new(from, 0))?;
            socket.connect(address).await?
        }
    };
    stream.write_all(&bytes).await?;
    let mut received = Vec::new();
    stream.read_to_end(&mut received).await?;
    parse(&received).ok_or_else(|| {
        let text = String::from_utf8_lossy(&received).into_owned();
        io::Error::new(
            io::ErrorKind::InvalidData,
            format!("no answer of HTTP: `{text}`"),
        )
    })
}

/// Where the head of a message ends and its content begins.
fn head_end(received: &[u8]) -> Option<(usize, usize)> {
    let end = received
        .windows(4)
        .position(|window| window == b"\r\n\r\n")?;
    Some((end, end + 4))
}

/// A request, as a server reads it.
#[derive(Clone, Debug)]
pub struct Request {
    /// The method.
    pub method: String,
    /// Path and query.
    pub target: String,
    /// Every header as it came.
    pub headers: Vec<(String, String)>,
    /// The body; in chunks or with its length.
    pub body: Vec<u8>,
}

impl Request {
    /// A header's value, whatever the case of its name.
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut headers = self.headers.iter();
        let found = headers.find(|(own, _)| own.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }
}

/// Reads a request from a connection; nothing where there is none.
pub async fn received(stream: &mut TcpStream) -> Option<Request> {
    let mut received = Vec::new();
    let mut buffer = [0_u8; 4096];
    loop {
        if let Some((end, start)) = head_end(&received) {
            let head = String::from_utf8_lossy(received.get(..end)?).into_owned();
            let mut lines = head.split("\r\n");
            let mut first = lines.next()?.split(' ');
            let (method, target) = (first.next()?.to_owned(), first.next()?.to_owned());
            let headers = lines
                .filter_map(|line| line.split_once(':'))
                .map(|(name, value)| (name.to_owned(), value.trim().to_owned()));
            let mut request = Request {
                method,
                target,
                headers: headers.collect(),
                body: Vec::new(),
            };
            let is_in_chunks = request.header("transfer-encoding").is_some();
            let length = request.header("content-length");
            let length: usize = length.map_or(Some(0), |value| value.parse().ok())?;
            loop {
                let content = received.get(start..)?;
                let whole = if is_in_chunks {
                    without_chunks(content)
                } else {
                    content.get(..length).map(<[u8]>::to_vec)
                };
                if let Some(body) = whole {
                    request.body = body;
                    return Some(request);
                }
                more(stream, &mut buffer, &mut received).await?;
            }
        }
        more(stream, &mut buffer, &mut received).await?;
    }
}

/// Reads on; nothing at the end of the connection.
async fn more(stream: &mut TcpStream, buffer: &mut [u8], received: &mut Vec<u8>) -> Option<()> {
    let count = stream.read(buffer).await.ok().filter(|count| *count > 0)?;
    received.extend_from_slice(buffer.get(..count)?);
    Some(())
}

fn parse(received: &[u8]) -> Option<Answer> {
    let (end, start) = head_end(received)?;
    let head = String::from_utf8_lossy(received.get(..end)?).into_owned();
    let mut lines = head.split("\r\n");
    let status = lines.next()?.split(' ').nth(1)?.parse().ok()?;
    let fields: Vec<(String, String)> = lines
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.to_owned(), value.trim().to_owned()))
        .collect();
    let headers: BTreeMap<String, String> = fields
        .iter()
        .map(|(name, value)| (name.to_lowercase(), value.clone()))
        .collect();
    let content = received.get(start..)?;
    let content = if headers.contains_key("transfer-encoding") {
        without_chunks(content)?
    } else {
        content.to_vec()
    };
    Some(Answer {
        status,
        headers,
        fields,
        body: String::from_utf8_lossy(&content).into_owned(),
        bytes: content,
    })
}

/// The content of a body in chunks (RFC 9112, section 7.1).
fn without_chunks(mut rest: &[u8]) -> Option<Vec<u8>> {
    let mut content = Vec::new();
    loop {
        let end = rest.windows(2).position(|pair| pair == b"\r\n")?;
        let length = std::str::from_utf8(rest.get(..end)?).ok()?;
        let length = usize::from_str_radix(length, 16).ok()?;
        if length == 0 {
            return Some(content);
        }
        let start = end + 2;
        content.extend_from_slice(rest.get(start..start.checked_add(length)?)?);
        rest = rest.get(start + length + 2..)?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_read_with_its_length_in_chunks_or_not_at_all() {
        for (received, body) in [
            ("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}", Some("{}")),
            ("HTTP/1.1 204 X\r\n\r\n", Some("")),
            (
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n{\r\n1\r\n}\r\n0\r\n\r\n",
                Some("{}"),
            ),
            (
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\n{",
                None,
            ),
            ("HTTP/1.1 200 OK\r\n", None),
            ("", None),
        ] {
            let answer = parse(received.as_bytes());
            assert_eq!(
                answer.map(|answer| answer.body).as_deref(),
                body,
                "{received}"
            );
        }
    }
}
