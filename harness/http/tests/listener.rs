//! The listener over real sockets: limits, panics, dates, stopping.

#![cfg(test)]

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use authlab_http::{
    BindError, Client, Gate, Guests, Incoming, Limits, Listener, Rejection, Running, Service,
};
use authlab_kernel::{Clock, Component, Faults, Journal, Outcome, Timestamp};
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
    start_behind(Gate::open(), limits).await
}

async fn start_behind(gate: Gate, limits: Limits) -> (Running, Arc<Echo>) {
    let echo = Arc::new(Echo::default());
    let listener = Listener::bind("echo", any_port(), "--echo-port")
        .await
        .unwrap();
    (
        listener.serve_behind(gate, limits, Arc::clone(&echo) as Arc<dyn Service>),
        echo,
    )
}

fn journal() -> Journal {
    Journal::new(Clock::standing("2031-02-03T04:05:06Z".parse().unwrap()))
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
            "GET / 0 None None",
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
async fn a_body_has_one_length_and_one_coding() {
    let (running, _) = start(limits()).await;
    let chunks = "1\r\nx\r\n0\r\n\r\n";
    for (framing, body, status) in [
        ("content-length: 1", "x", "200"),
        ("transfer-encoding: chunked", chunks, "200"),
        ("Transfer-Encoding: Chunked ", chunks, "200"),
        ("transfer-encoding: gzip, chunked", chunks, "400"),
        ("transfer-encoding: chunked, chunked", chunks, "400"),
        (
            "transfer-encoding: chunked\r\ntransfer-encoding: chunked",
            chunks,
            "400",
        ),
        (
            "transfer-encoding: gzip\r\ntransfer-encoding: chunked",
            chunks,
            "400",
        ),
        ("transfer-encoding: chunked, identity", chunks, "400"),
        ("transfer-encoding: identity", "", "400"),
        ("transfer-encoding: \u{b}chunked", chunks, "400"),
        ("transfer-encoding : chunked", chunks, "400"),
        ("content-length: 1\r\ncontent-length: 2", "xy", "400"),
        ("content-length: +1", "x", "400"),
        ("content-length: 1, 1", "x", "400"),
        ("content-length: 0x1", "x", "400"),
        ("content-length: 18446744073709551616", "x", "400"),
        ("transfer-encoding: chunked", "-1\r\nx", "400"),
        (
            "transfer-encoding: chunked",
            "1ffffffffffffffff\r\nx",
            "400",
        ),
        ("transfer-encoding: chunked", "0\r\nx y: z\r\n\r\n", "400"),
    ] {
        let request =
            format!("POST / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n{framing}\r\n\r\n{body}");
        let answer = exchange(running.address(), request.as_bytes()).await;
        let expected = format!("HTTP/1.1 {status}");
        assert!(
            answer.starts_with(&expected),
            "{framing:?} {body:?}: {answer}"
        );
        assert_eq!(
            answer.matches("HTTP/1.1 ").count(),
            1,
            "{framing:?}: {answer}"
        );
    }
    running.stop().await;
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
        let is_expected = match expected {
            "" => answer.is_empty(),
            _ => answer.starts_with(expected),
        };
        assert!(is_expected, "{answer}");
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
async fn stopping_waits_for_no_client_that_holds_a_request_back() {
    let limits = Limits {
        stop_timeout: Duration::from_millis(50),
        ..limits()
    };
    let (running, echo) = start(limits).await;
    let mut held = Vec::new();
    for sent in [
        "",
        "GET / HT",
        "GET / HTTP/1.1\r\nhost: h\r\n",
        "POST / HTTP/1.1\r\nhost: h\r\ncontent-length: 9\r\n\r\nab",
        "POST / HTTP/1.1\r\nhost: h\r\ntransfer-encoding: chunked\r\n\r\n5\r\nab",
        "GET /wait HTTP/1.1\r\nhost: h\r\n\r\n",
    ] {
        let mut stream = TcpStream::connect(running.address()).await.unwrap();
        stream.write_all(sent.as_bytes()).await.unwrap();
        held.push(stream);
    }
    echo.entered.notified().await;
    // The stop itself takes 50 ms; the rest is for a machine that is busy.
    let stopped = tokio::time::timeout(Duration::from_secs(3), running.stop()).await;
    assert!(stopped.is_ok());
    let most = Limits::default().stop_timeout;
    assert!(most < Duration::from_secs(3), "{most:?}");
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

/// A port with one mapped name, one guest host and one guest origin.
async fn start_gated() -> (Running, Journal) {
    let journal = journal();
    let client = Client::new(journal.clone(), Faults::default());
    let guests = Guests::default();
    guests.allow_host("Guest.Example").unwrap();
    guests.allow_origin("https://app.example").unwrap();
    let gate = Gate::own()
        .of_aws()
        .mapped_by(client.clone())
        .with_guests(guests)
        .recorded(journal.clone(), Component::Aws);
    let (running, _) = start_behind(gate, limits()).await;
    let port = running.address().port();
    for (name, target) in [
        (
            "https://login.corp.example/tenant",
            format!("http://127.0.0.1:{port}/t"),
        ),
        ("ported.example:8443", format!("http://127.0.0.1:{port}")),
        ("elsewhere.example", "http://127.0.0.1:1/".to_owned()),
    ] {
        client.map_name(name, &target).unwrap();
    }
    (running, journal)
}

#[tokio::test]
async fn a_port_answers_its_own_names_and_no_other() {
    let (running, journal) = start_gated().await;
    let own = [
        "127.0.0.1",
        "127.0.0.1:4566",
        "127.1.2.3",
        "localhost",
        "LOCALHOST:1",
        "localhost.",
        "x.localhost",
        "a.execute-api.us-east-1.localhost:4566",
        "[::1]:8200",
        "[::ffff:127.0.0.1]",
        "sts.amazonaws.com",
        "sts.eu-west-1.amazonaws.com:443",
        "sts.cn-north-1.amazonaws.com.cn",
        "sts.eu-west-1.api.aws",
        "login.corp.example",
        "login.corp.example:443",
        "LOGIN.corp.example.",
        "ported.example:8443",
        "guest.example:80",
    ];
    for host in own {
        let request = format!("GET / HTTP/1.1\r\nhost: {host}\r\n\r\n");
        let answer = exchange(running.address(), request.as_bytes()).await;
        assert!(answer.starts_with("HTTP/1.1 200"), "{host}: {answer}");
        let request = format!("GET http://{host}/ HTTP/1.1\r\nhost: {host}\r\n\r\n");
        let answer = exchange(running.address(), request.as_bytes()).await;
        assert!(
            answer.starts_with("HTTP/1.1 200"),
            "absolute {host}: {answer}"
        );
    }
    assert_eq!(journal.last(), 0);
    let foreign = [
        "rebound.evil.example",
        "evil.example:4566",
        "localhost.evil.example",
        "127.0.0.1.nip.io",
        "127.0.0.1.evil.example",
        "notlocalhost",
        "amazonaws.com",
        "evilamazonaws.com",
        "sts.amazonaws.com.evil.example",
        "10.0.0.1",
        "169.254.169.254",
        "0.0.0.0",
        "[::]",
        "2130706433",
        "ported.example",
        "ported.example:1",
        "elsewhere.example",
        "corp.example",
        "sub.guest.example",
        "login.corp.example.evil.example",
    ];
    for host in foreign {
        let request = format!("GET / HTTP/1.1\r\nhost: {host}\r\n\r\n");
        let answer = exchange(running.address(), request.as_bytes()).await;
        assert!(answer.starts_with("HTTP/1.1 403"), "{host}: {answer}");
        assert!(answer.contains("--allow-host"), "{host}: {answer}");
        let request = format!("GET http://{host}/ HTTP/1.1\r\nhost: {host}\r\n\r\n");
        let answer = exchange(running.address(), request.as_bytes()).await;
        assert!(
            answer.starts_with("HTTP/1.1 403"),
            "absolute {host}: {answer}"
        );
    }
    let events = journal.events_since(0);
    assert_eq!(events.len(), foreign.len() * 2);
    assert!(events.iter().all(|event| event.outcome == Outcome::Refused
        && event.reason.as_deref() == Some("foreign-host")));
    running.stop().await;
}

#[tokio::test]
async fn a_host_of_two_readings_is_refused() {
    let (running, _) = start_gated().await;
    let cases: [&[u8]; 11] = [
        b"GET / HTTP/1.1\r\nhost: 127.0.0.1\r\nhost: evil.example\r\n\r\n",
        b"GET / HTTP/1.1\r\nhost: evil.example\r\nhost: 127.0.0.1\r\n\r\n",
        b"GET / HTTP/1.1\r\nhost: 127.0.0.1\r\nhost: 127.0.0.1\r\n\r\n",
        b"GET http://127.0.0.1/ HTTP/1.1\r\nhost: evil.example\r\n\r\n",
        b"GET http://evil.example/ HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n",
        b"GET / HTTP/1.1\r\nhost: me@127.0.0.1\r\n\r\n",
        b"GET / HTTP/1.1\r\nhost: 127.0.0.1:port\r\n\r\n",
        b"GET / HTTP/1.1\r\nhost: 127.0.0.1 evil.example\r\n\r\n",
        b"GET / HTTP/1.1\r\nhost: ev\xc3\xadl.example\r\n\r\n",
        b"GET / HTTP/1.1\r\nhost: \r\n\r\n",
        b"GET / HTTP/1.1\r\n\r\n",
    ];
    for request in cases {
        let answer = exchange(running.address(), request).await;
        let shown = String::from_utf8_lossy(request);
        assert!(answer.starts_with("HTTP/1.1 400"), "{shown}: {answer}");
    }
    running.stop().await;
}

#[tokio::test]
async fn a_page_of_a_foreign_origin_gets_nothing() {
    let (running, journal) = start_gated().await;
    let own: [&[u8]; 11] = [
        b"",
        b"origin: http://127.0.0.1:4566\r\n",
        b"origin: HTTP://127.0.0.1:4566\r\n",
        b"sec-fetch-site: none\r\n",
        b"sec-fetch-site: same-origin\r\n",
        b"origin: http://127.0.0.1:4566\r\nsec-fetch-site: same-origin\r\n",
        b"origin: https://app.example\r\n",
        b"origin: https://app.example:443\r\nsec-fetch-site: cross-site\r\n",
        b"origin: https://app.example\r\nsec-fetch-site: same-site\r\n",
        b"referer: https://evil.example/\r\n",
        b"sec-fetch-mode: cors\r\n",
    ];
    let foreign: [&[u8]; 20] = [
        b"origin: https://evil.example\r\n",
        b"origin: null\r\n",
        b"origin: \r\n",
        b"origin: http://127.0.0.1\r\n",
        b"origin: http://127.0.0.1:4567\r\n",
        b"origin: https://127.0.0.1:4566\r\n",
        b"origin: http://localhost:4566\r\n",
        b"origin: http://127.0.0.1:4566.evil.example\r\n",
        b"origin: http://ev\xc3\xadl.example\r\n",
        b"origin: http://127.0.0.1:4566\r\norigin: https://evil.example\r\n",
        b"origin: https://evil.example\r\norigin: http://127.0.0.1:4566\r\n",
        b"origin: http://127.0.0.1:4566, https://evil.example\r\n",
        b"origin: http://app.example\r\n",
        b"origin: https://sub.app.example\r\n",
        b"sec-fetch-site: cross-site\r\n",
        b"sec-fetch-site: same-site\r\n",
        b"sec-fetch-site: CROSS-SITE\r\n",
        b"sec-fetch-site: none\r\nsec-fetch-site: cross-site\r\n",
        b"sec-fetch-site: new-word\r\n",
        b"origin: http://127.0.0.1:4566\r\nsec-fetch-site: cross-site\r\n",
    ];
    let request = |headers: &[u8], method: &str| {
        let line = format!("{method} / HTTP/1.1\r\nhost: 127.0.0.1:4566\r\n");
        let body = "content-length: 3\r\n\r\nabc";
        [line.as_bytes(), headers, body.as_bytes()].concat()
    };
    for method in ["GET", "POST", "OPTIONS"] {
        for headers in own {
            let answer = exchange(running.address(), &request(headers, method)).await;
            let shown = String::from_utf8_lossy(headers);
            assert!(
                answer.starts_with("HTTP/1.1 200"),
                "{method} {shown}: {answer}"
            );
        }
        for headers in foreign {
            let answer = exchange(running.address(), &request(headers, method)).await;
            let shown = String::from_utf8_lossy(headers);
            assert!(
                answer.starts_with("HTTP/1.1 403"),
                "{method} {shown}: {answer}"
            );
        }
    }
    assert_eq!(journal.events_since(0).len(), 3 * foreign.len());
    running.stop().await;
}

/// The headers of an answer whose names begin so, in lower case.
fn cross_origin_headers(answer: &str) -> Vec<String> {
    let (head, _) = answer.split_once("\r\n\r\n").unwrap_or((answer, ""));
    let mut found: Vec<String> = head
        .split("\r\n")
        .filter(|line| line.starts_with("access-control-") || line.starts_with("vary"))
        .map(str::to_owned)
        .collect();
    found.sort();
    found
}

#[tokio::test]
async fn a_page_of_a_guest_can_read_its_answers_and_no_other_page_can() {
    let (running, _) = start_gated().await;
    let ask = async |line: &str, headers: &str| {
        let rest = "content-length: 0\r\nconnection: close\r\n\r\n";
        let request = format!("{line} HTTP/1.1\r\nhost: 127.0.0.1:4566\r\n{headers}{rest}");
        exchange(running.address(), request.as_bytes()).await
    };
    let guest = "origin: https://app.example\r\n";
    let origin = "access-control-allow-origin: https://app.example";
    for (line, status) in [
        ("GET /", "200"),
        ("DELETE /", "200"),
        ("OPTIONS /", "200"),
        ("GET /panic", "500"),
        ("GET /large", "413"),
    ] {
        let more = match line {
            "GET /large" => format!("{guest}content-length: 99999999\r\nexpect: 100-continue\r\n"),
            _ => guest.to_owned(),
        };
        let answer = match line {
            "GET /large" => {
                let request = format!("{line} HTTP/1.1\r\nhost: 127.0.0.1\r\n{more}\r\n");
                exchange(running.address(), request.as_bytes()).await
            }
            _ => ask(line, &more).await,
        };
        assert!(
            answer.starts_with(&format!("HTTP/1.1 {status}")),
            "{line}: {answer}"
        );
        let expected = [
            "access-control-allow-origin: https://app.example",
            "access-control-expose-headers: *",
            "vary: origin",
        ];
        assert_eq!(cross_origin_headers(&answer), expected, "{line}: {answer}");
    }
    let preflights = [
        (
            "access-control-request-method: DELETE\r\n",
            &["methods: DELETE"][..],
        ),
        (
            "access-control-request-method: LIST\r\naccess-control-request-headers: x-vault-token, content-type\r\n",
            &["headers: x-vault-token, content-type", "methods: LIST"],
        ),
        (
            "access-control-request-method: GET\r\naccess-control-request-private-network: true\r\n",
            &["methods: GET", "private-network: true"],
        ),
        // What cannot be read is not granted.
        ("access-control-request-method: G T\r\n", &[]),
        (
            "access-control-request-method: GET\r\naccess-control-request-method: PUT\r\n",
            &[],
        ),
        (
            "access-control-request-method: GET\r\naccess-control-request-headers: a b\r\n",
            &["methods: GET"],
        ),
    ];
    for (headers, allowed) in preflights {
        let answer = ask("OPTIONS /panic", &format!("{guest}{headers}")).await;
        assert!(answer.starts_with("HTTP/1.1 204"), "{headers}: {answer}");
        let found = cross_origin_headers(&answer);
        assert!(found.iter().any(|line| line == origin), "{answer}");
        let found: Vec<&str> = found
            .iter()
            .filter_map(|line| line.strip_prefix("access-control-allow-"))
            .filter(|line| !line.starts_with("origin"))
            .collect();
        assert_eq!(found, allowed, "{headers}: {answer}");
    }
    // Nobody else: other origins, no origin, the port's own page, a guest under a foreign name.
    for headers in [
        "",
        "origin: https://evil.example\r\n",
        "origin: null\r\n",
        "origin: http://127.0.0.1:4566\r\n",
        "origin: https://app.example\r\norigin: https://app.example\r\n",
    ] {
        for line in ["GET /", "OPTIONS /"] {
            let asks = format!("{headers}access-control-request-method: GET\r\n");
            let answer = ask(line, &asks).await;
            assert_eq!(
                cross_origin_headers(&answer),
                [""; 0],
                "{line} {headers}: {answer}"
            );
        }
    }
    let rebound = format!("GET / HTTP/1.1\r\nhost: evil.example\r\n{guest}\r\n");
    let answer = exchange(running.address(), rebound.as_bytes()).await;
    assert!(answer.starts_with("HTTP/1.1 403"), "{answer}");
    assert_eq!(cross_origin_headers(&answer), [""; 0], "{answer}");
    running.stop().await;
}

#[test]
fn guests_are_hosts_and_origins_and_nothing_wider() {
    let guests = Guests::default();
    for host in ["lab.corp.example", "10.0.0.1", "[2001:db8::1]"] {
        assert!(guests.allow_host(host).is_ok(), "{host}");
    }
    for host in [
        "",
        "*",
        "*.example",
        "a:80",
        "a/b",
        "me@a",
        "http://a",
        "a b",
        "a:",
    ] {
        assert!(guests.allow_host(host).is_err(), "{host}");
    }
    for origin in [
        "http://localhost:3000",
        "https://app.example",
        "tauri://localhost",
    ] {
        assert!(guests.allow_origin(origin).is_ok(), "{origin}");
    }
    for origin in [
        "",
        "*",
        "null",
        "app.example",
        "https://",
        "https://a/",
        "https://*.a",
        "https://me@a",
        "https://a:",
        "https://a:65536",
    ] {
        assert!(guests.allow_origin(origin).is_err(), "{origin}");
    }
}

/// Holds its thread while it answers a large body, until a small one was answered.
struct Holding {
    small: std::sync::Mutex<std::sync::mpsc::Receiver<()>>,
    answered: std::sync::mpsc::Sender<()>,
    entered: Notify,
}

impl Service for Holding {
    fn call(&self, incoming: Incoming) -> BoxFuture<'_, Response<Bytes>> {
        async move {
            if incoming.body.is_empty() {
                self.answered.send(()).unwrap();
            } else {
                self.entered.notify_one();
                self.small.lock().unwrap().recv().unwrap();
            }
            Response::new(Bytes::new())
        }
        .boxed()
    }

    fn reject(&self, rejection: Rejection) -> Response<Bytes> {
        Response::new(Bytes::from(rejection.to_string()))
    }

    fn now(&self) -> Option<Timestamp> {
        None
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn whoever_reads_a_large_body_holds_no_other_request() {
    let (answered, small) = std::sync::mpsc::channel();
    let holding = Arc::new(Holding {
        small: std::sync::Mutex::new(small),
        answered,
        entered: Notify::new(),
    });
    let listener = Listener::bind("holding", any_port(), "--port")
        .await
        .unwrap();
    let service = Arc::clone(&holding) as Arc<dyn Service>;
    let running = listener.serve_behind(Gate::open(), Limits::default(), service);
    let address = running.address();
    let large = tokio::spawn(async move {
        let body = "x".repeat(100_000);
        let head = format!(
            "POST / HTTP/1.1\r\nhost: a\r\ncontent-length: {}\r\n\r\n",
            body.len()
        );
        exchange(address, (head + &body).as_bytes()).await
    });
    // The only worker is in the server now.
    holding.entered.notified().await;
    let small = exchange(address, b"GET / HTTP/1.1\r\nhost: a\r\n\r\n").await;
    assert!(small.starts_with("HTTP/1.1 200"), "{small}");
    assert!(large.await.unwrap().starts_with("HTTP/1.1 200"));
}
