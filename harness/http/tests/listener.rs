//! The listener over real sockets: limits, panics, dates, stopping.

#![cfg(test)]

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use authlab_http::{BindError, Incoming, Limits, Listener, Rejection, Running, Service};
use authlab_kernel::Timestamp;
use bytes::Bytes;
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use http::{Response, StatusCode};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::Notify;

/// Answers with what it was asked, and breaks or waits on request.
#[derive(Default)]
struct Echo {
    entered: Notify,
    released: Notify,
}

impl Service for Echo {
    fn call(&self, incoming: Incoming) -> BoxFuture<'_, Response<Bytes>> {
        // Before any future exists: a panic must be caught here, too.
        assert!(incoming.uri.path() != "/panic-at-once", "asked for");
        async move {
            match incoming.uri.path() {
                "/panic" => panic!("asked for"),
                "/wait" => {
                    self.entered.notify_one();
                    self.released.notified().await;
                }
                _ => {}
            }
            let seen = format!(
                "{} {} {} {:?} {:?}",
                incoming.method,
                incoming.uri,
                incoming.body.len(),
                incoming.cause,
                incoming.header("x-authlab-cause"),
            );
            Response::new(Bytes::from(seen))
        }
        .boxed()
    }

    fn reject(&self, rejection: Rejection) -> Response<Bytes> {
        let mut response = Response::new(Bytes::from(format!("rejected: {rejection}")));
        *response.status_mut() = rejection.status();
        response
    }

    fn now(&self) -> Option<Timestamp> {
        "2031-02-03T04:05:06Z".parse().ok()
    }
}

fn any_port() -> SocketAddr {
    "127.0.0.1:0".parse().unwrap()
}

async fn start(limits: Limits) -> (Running, Arc<Echo>) {
    let echo = Arc::new(Echo::default());
    let listener = Listener::bind("echo", any_port(), "--echo-port")
        .await
        .unwrap();
    (
        listener.serve(limits, Arc::clone(&echo) as Arc<dyn Service>),
        echo,
    )
}

/// Sends bytes on a new connection, closes the sending half, and reads what comes until the end.
async fn exchange(address: SocketAddr, bytes: &[u8]) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(bytes).await.unwrap();
    stream.shutdown().await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    String::from_utf8_lossy(&answer).into_owned()
}

fn limits() -> Limits {
    Limits {
        body_bytes_max: 1_000,
        headers_bytes_max: 8_192,
        ..Limits::default()
    }
}

#[tokio::test]
async fn the_request_target_arrives_as_it_was_sent_and_the_cause_header_does_not() {
    let (running, _) = start(limits()).await;
    let cases = [
        ("POST // HTTP/1.1", "", "POST // 0 None None"),
        (
            "GET /a//b%2Fc/../d?x=%20&y HTTP/1.1",
            "",
            "GET /a//b%2Fc/../d?x=%20&y 0 None None",
        ),
        (
            "GET / HTTP/1.1",
            "x-authlab-cause: 17\r\n",
            "GET / 0 Some(17) None",
        ),
        (
            "GET / HTTP/1.1",
            "x-authlab-cause: me\r\n",
            "GET / 0 None None",
        ),
        (
            "GET http://other.example/x HTTP/1.1",
            "",
            "GET http://other.example/x 0 None None",
        ),
    ];
    for (line, headers, expected) in cases {
        let request = format!("{line}\r\nhost: h\r\n{headers}\r\n");
        let answer = exchange(running.address(), request.as_bytes()).await;
        assert!(answer.starts_with("HTTP/1.1 200"), "{line}: {answer}");
        assert!(answer.ends_with(expected), "{line}: {answer}");
    }
    running.stop().await;
}

#[tokio::test]
async fn the_date_is_the_servers_and_stands_once() {
    let (running, _) = start(limits()).await;
    let answer = exchange(running.address(), b"GET / HTTP/1.1\r\nhost: h\r\n\r\n").await;
    assert_eq!(answer.matches("date: ").count(), 1, "{answer}");
    assert!(
        answer.contains("date: Mon, 03 Feb 2031 04:05:06 GMT"),
        "{answer}"
    );
    let answer = exchange(running.address(), b"nonsense\r\n\r\n").await;
    assert!(!answer.contains("date: "), "{answer}");
}

#[tokio::test]
async fn limits_hold_and_what_is_just_within_them_passes() {
    let (running, _) = start(limits()).await;
    let body = |size: usize| "b".repeat(size);
    let with_length = |size: usize| {
        format!(
            "POST / HTTP/1.1\r\nhost: h\r\ncontent-length: {size}\r\n\r\n{}",
            body(size)
        )
    };
    let chunked = |size: usize| {
        let head = "POST / HTTP/1.1\r\nhost: h\r\ntransfer-encoding: chunked\r\n\r\n";
        format!("{head}{size:x}\r\n{}\r\n0\r\n\r\n", body(size))
    };
    let header = |size: usize| format!("GET / HTTP/1.1\r\nhost: h\r\nx: {}\r\n\r\n", body(size));
    let expecting =
        "POST / HTTP/1.1\r\nhost: h\r\nexpect: 100-continue\r\ncontent-length: 1001\r\n\r\n";
    let too_long = "rejected: the body is longer than 1000 bytes";
    let cases = [
        (with_length(1_000), "200 ", "POST / 1000"),
        (with_length(1_001), "413 ", too_long),
        (with_length(5_000_000), "413 ", too_long),
        (expecting.to_owned(), "413 ", too_long),
        (chunked(1_000), "200 ", "POST / 1000"),
        (chunked(1_001), "413 ", too_long),
        (chunked(3_000_000), "413 ", too_long),
        (header(8_000), "200 ", "GET / 0"),
        (header(8_500), "431 ", "rejected: the header section"),
        (header(40_000), "431 ", ""),
        (
            "POST / HTTP/1.1\r\nhost: h\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n".to_owned(),
            "400 ",
            "rejected: the request is malformed",
        ),
        (
            "POST / HTTP/1.1\r\nhost: h\r\ncontent-length: 9\r\n\r\nab".to_owned(),
            "400 ",
            "rejected",
        ),
    ];
    for (request, status, text) in cases {
        let answer = exchange(running.address(), request.as_bytes()).await;
        let shown: String = answer.chars().take(300).collect();
        assert!(
            shown.starts_with(&format!("HTTP/1.1 {status}")),
            "{status}: {shown}"
        );
        assert!(answer.contains(text), "{text}: {shown}");
    }
}

#[tokio::test]
async fn a_client_that_stalls_is_let_go() {
    let short = Duration::from_millis(50);
    let limits = Limits {
        header_read_timeout: short,
        body_read_timeout: short,
        ..limits()
    };
    let (running, _) = start(limits).await;
    for (sent, expected) in [
        ("GET / HT", ""),
        (
            "POST / HTTP/1.1\r\nhost: h\r\ncontent-length: 9\r\n\r\nab",
            "HTTP/1.1 408",
        ),
    ] {
        let mut stream = TcpStream::connect(running.address()).await.unwrap();
        stream.write_all(sent.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        assert!(answer.starts_with(expected), "{answer}");
    }
}

#[tokio::test]
async fn a_handler_that_panics_answers_500_and_the_connection_lives_on() {
    let (running, _) = start(limits()).await;
    let requests = b"GET /panic HTTP/1.1\r\nhost: h\r\n\r\n\
        GET /panic-at-once HTTP/1.1\r\nhost: h\r\n\r\nGET /fine HTTP/1.1\r\nhost: h\r\n\r\n";
    let answer = exchange(running.address(), requests).await;
    assert_eq!(answer.matches("HTTP/1.1 500").count(), 2, "{answer}");
    assert!(answer.ends_with("GET /fine 0 None None"), "{answer}");
}

#[tokio::test]
async fn random_bytes_never_take_the_server_down() {
    let (running, _) = start(limits()).await;
    for index in 0..200usize {
        let noise = authlab_kernel::Draw::of(&format!("noise {index}")).bytes(1 + index * 3);
        let answer = exchange(running.address(), &noise).await;
        assert!(
            answer.is_empty() || answer.starts_with("HTTP/1.1 4"),
            "{index}: {answer}"
        );
    }
    let answer = exchange(running.address(), b"GET / HTTP/1.1\r\nhost: h\r\n\r\n").await;
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
}

#[tokio::test]
async fn stopping_finishes_what_is_in_flight_and_closes_the_port() {
    let (running, echo) = start(limits()).await;
    let address = running.address();
    let idle = TcpStream::connect(address).await.unwrap();
    let request = b"GET /wait HTTP/1.1\r\nhost: h\r\n\r\n";
    let in_flight = tokio::spawn(async move { exchange(address, request).await });
    echo.entered.notified().await;
    let stopping = tokio::spawn(running.stop());
    tokio::task::yield_now().await;
    assert!(!stopping.is_finished());
    echo.released.notify_one();
    assert!(in_flight.await.unwrap().ends_with("GET /wait 0 None None"));
    stopping.await.unwrap();
    assert!(TcpStream::connect(address).await.is_err());
    drop(idle);
}

#[tokio::test]
async fn a_busy_port_is_named_together_with_the_option_that_chooses_another() {
    let (running, _) = start(limits()).await;
    let busy = Listener::bind("vault", running.address(), "--vault-port")
        .await
        .unwrap_err();
    assert!(matches!(busy, BindError::InUse { .. }));
    let text = busy.to_string();
    for part in [
        "vault port",
        &running.address().port().to_string(),
        "--vault-port PORT",
    ] {
        assert!(text.contains(part), "{text}");
    }
    // An address of a network for documentation (RFC 5737): this machine does not have it.
    let elsewhere = "192.0.2.1:0".parse().unwrap();
    let refused = Listener::bind("vault", elsewhere, "--vault-port")
        .await
        .unwrap_err();
    assert!(matches!(refused, BindError::Refused { .. }), "{refused}");
    assert_eq!(Rejection::BodyTimeout.status(), StatusCode::REQUEST_TIMEOUT);
}
