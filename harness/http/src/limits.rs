//! How much and for how long a listener reads.

use std::time::Duration;

/// The limits of a listener. Times are transport time, measured by the machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The longest body, in bytes.
    pub body_bytes_max: usize,
    /// The largest header section (request line, names and values), in bytes. Up to twice as much is
    /// answered by the server itself; beyond that the connection is closed with a bare 431.
    pub headers_bytes_max: usize,
    /// The most header fields.
    pub headers_count_max: usize,
    /// How long a client may take to send a header section; also how long a connection may idle.
    pub header_read_timeout: Duration,
    /// How long a client may take to send a body.
    pub body_read_timeout: Duration,
    /// How many connections are open at once; further ones wait to be accepted.
    pub connections_max: usize,
    /// How long [`crate::Running::stop`] waits for requests in flight before it cuts them off.
    pub stop_timeout: Duration,
}

impl Default for Limits {
    /// Bodies of 10 MiB (API Gateway's own payload limit), header sections of 64 KiB.
    fn default() -> Self {
        Self {
            body_bytes_max: 10 * 1024 * 1024,
            headers_bytes_max: 64 * 1024,
            headers_count_max: 256,
            header_read_timeout: Duration::from_secs(60),
            body_read_timeout: Duration::from_secs(30),
            connections_max: 1024,
            stop_timeout: Duration::from_secs(2),
        }
    }
}
