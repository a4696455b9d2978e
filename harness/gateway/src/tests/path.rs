//! One path: what is routed, decided, forwarded and logged is one value, and what has no one reading
//! goes nowhere.

use serde_json::json;

use super::bench::{Answer, Bench};
use super::upstream_calls;

const HOST: &str = "api0000001.execute-api.us-east-1.localhost:4566";

/// The path that the upstream was sent last, behind the integration's own.
async fn forwarded(bench: &Bench) -> String {
    let requests = bench.upstream.received_requests().await.expect("recorded");
    let path = requests.last().expect("a request").url.path().to_owned();
    path.strip_prefix("/upstream").expect("a path").to_owned()
}

async fn open(bench: &Bench, path: &str) -> Answer {
    bench.call("GET", path, &[]).await
}

#[tokio::test]
async fn a_path_is_forwarded_and_logged_as_it_is_routed() {
    let bench = Bench::start().await;
    let cases = [
        ("/open/a", "/a"),
        ("/open/%61", "/a"),
        ("/%6fpen/a%2Db", "/a-b"),
        ("/open/a%20b/c", "/a%20b/c"),
        ("/open/a%2fb", "/a%2Fb"),
        ("/open/a;v=1", "/a;v=1"),
        ("/open/a:b@c,d", "/a:b@c,d"),
        ("/open/a%3Ab", "/a%3Ab"),
        ("/open/caf%c3%a9", "/caf%C3%A9"),
        ("/open/a/", "/a/"),
        ("/open/100%25", "/100%25"),
    ];
    for (sent, expected) in cases {
        let answer = open(&bench, sent).await;
        assert_eq!(answer.status(), 200, "{sent}");
        assert_eq!(forwarded(&bench).await, expected, "{sent}");
        assert_eq!(answer.log()["path"], format!("/open{expected}"), "{sent}");
        let request = answer.event("request").expect("an event");
        assert_eq!(request.detail["path"], format!("/open{expected}"), "{sent}");
    }
}

#[tokio::test]
async fn a_path_without_one_reading_goes_nowhere() {
    let bench = Bench::start().await;
    let paths = [
        "/open/%ff",
        "/open/%c0%ae%c0%ae/x",
        "/open/%",
        "/open/%4",
        "/open/%zz",
        "/open/a%00b",
        "/open/a%0ab",
        "/open/a%5cb",
        "/open/../any",
        "/open/./a",
        "/open/%2e%2e/any",
        "/open/.%2E/any",
        "/open/..;/any",
        "/open/..%3b/any",
        "/open/..%2f..%2fadmin",
        "/open/a%2f%2e%2e",
        "/open//a",
        "//open/a",
        "/open/a//",
        "/open/a/%2fb",
        "/open/%252e%252e/a",
        "/open/%2561",
    ];
    for path in paths {
        for target in [
            path.to_owned(),
            format!("/prod{path}"),
            format!("/_aws/execute-api/api0000001/$default{path}"),
            format!("/_aws/execute-api/api0000001/prod{path}"),
        ] {
            let answer = bench.send(HOST, "GET", &target, &[], b"").await;
            assert_eq!(
                (answer.status(), answer.body()),
                (400, r#"{"message":"Bad Request"}"#),
                "{target}"
            );
            assert_eq!(answer.reason(), Some("path-ambiguous"), "{target}");
            assert!(answer.header("apigw-requestid").is_some());
        }
    }
    assert_eq!(upstream_calls(&bench).await, 0);
    assert_eq!(open(&bench, "/open/a").await.status(), 200);
}

#[tokio::test]
async fn readings_that_lead_to_other_routes_or_stages_go_nowhere() {
    let bench = Bench::start().await;
    // `/%70rod/…` is a path of the stage `$default` for who does not decode; behind `/%24default` the
    // path goes on at once, or it is a segment of it.
    for path in [
        "/%70rod/open/a",
        "/prod;x/open/a",
        "/prod%2Fopen/a",
        "/%24default/open/a",
        "/$default;x/open/a",
    ] {
        let answer = open(&bench, path).await;
        assert_eq!(
            (answer.status(), answer.reason()),
            (400, Some("path-ambiguous")),
            "{path}"
        );
    }
    assert_eq!(open(&bench, "/prod/open/a").await.status(), 200);
    // A route that takes the rest: what one reading gives to it, another gives to a route of its own.
    let cases = [
        ("/limited", 200),
        ("/any/thing", 200),
        ("/%6cimited", 400),
        ("/limited/", 400),
        ("/limited;x", 400),
        ("/%61nything", 200),
    ];
    for (path, status) in cases {
        let target = format!("/rest{path}");
        let answer = bench.send(HOST, "GET", &target, &[], b"").await;
        assert_eq!(answer.status(), status, "{path}");
    }
}

#[tokio::test]
async fn a_host_that_is_not_one_goes_nowhere() {
    let bench = Bench::start().await;
    let other = "other.execute-api.us-east-1.localhost:4566";
    let absolute = |host: &str| format!("http://{host}/open/a");
    let cases = [
        (HOST, absolute(HOST), vec![], 200),
        (HOST, absolute(&HOST.to_uppercase()), vec![], 200),
        (other, absolute(HOST), vec![], 400),
        ("127.0.0.1:4566", absolute(HOST), vec![], 400),
        (HOST, absolute(&format!("user@{HOST}")), vec![], 400),
        (HOST, "/open/a".to_owned(), vec![("host", HOST)], 400),
        (HOST, "/open/a".to_owned(), vec![("host", other)], 400),
    ];
    for (host, target, more, status) in cases {
        let answer = bench.send(host, "GET", &target, &more, b"").await;
        assert_eq!(answer.status(), status, "{host} {target} {more:?}");
        if status == 400 {
            assert_eq!(answer.reason(), Some("host-ambiguous"), "{host} {target}");
        }
    }
}

#[tokio::test]
async fn every_reading_of_a_path_is_asked_for() {
    let bench = Bench::start().await;
    let headers = [("authorization", "owner")];
    let arn = "arn:aws:execute-api:us-east-1:222222222222:api0000001/$default/GET/iam";
    let cases: [(&str, &[&str]); 4] = [
        ("/iam/7", &["/7"]),
        ("/iam/%37", &["/7", "/%37"]),
        ("/iam/a%2fb", &["/a%2Fb", "/a%2fb", "/a/b"]),
        ("/iam/7;v=1", &["/7;v=1", "/7"]),
    ];
    for (path, expected) in cases {
        let answer = bench.call("GET", path, &headers).await;
        assert_eq!(answer.status(), 200, "{path}");
        let asked = bench.ledger.signed.lock().pop().expect("asked");
        let expected: Vec<String> = expected.iter().map(|end| format!("{arn}{end}")).collect();
        assert_eq!(asked, expected, "{path}");
        let decided = answer.event("authorization").expect("an event");
        assert_eq!(decided.detail["resource"], json!(expected[0]));
    }
}

/// A generator whose numbers are the same in every run.
struct Draws(u64);

impl Draws {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % 1_000_000_007).expect("small") % limit
    }
}

#[tokio::test]
async fn whatever_is_sent_one_path_is_decided_forwarded_and_logged() {
    const PIECES: [&str; 34] = [
        "a", "b", "admin", "secret", "/", "/", "/", ".", "..", ";", "%61", "%2e", "%2E", "%2f",
        "%2F", "%5c", "%00", "%ff", "%c3%a9", "%20", "%25", "%2561", "%3B", "+", ":", "@", "=",
        "~", "%7e", "%", "%4", "-", "%2B", "%40",
    ];
    let bench = Bench::start().await;
    let mut draws = Draws(0x5eed);
    let (mut passed, mut refused) = (0, 0);
    let headers = [("authorization", "owner")];
    for _ in 0..600 {
        let count = 1 + draws.below(6);
        let tail: String = (0..count)
            .map(|_| PIECES[draws.below(PIECES.len())])
            .collect();
        let sent = format!("/signed/{tail}");
        if sent.parse::<http::Uri>().is_err() {
            continue;
        }
        let before = upstream_calls(&bench).await;
        let answer = bench.call("GET", &sent, &headers).await;
        if answer.status() != 200 {
            assert!(matches!(answer.status(), 400 | 404), "{sent}");
            assert_eq!(upstream_calls(&bench).await, before, "{sent}");
            refused += 1;
            continue;
        }
        passed += 1;
        let arns = bench.ledger.signed.lock().pop().expect("asked");
        let (_, decided) = arns[0].split_once("/GET").expect("an ARN");
        let forwarded = format!("/signed{}", forwarded(&bench).await);
        assert_eq!(decided, forwarded, "{sent}");
        assert_eq!(answer.log()["path"], forwarded, "{sent}");
        let route = answer.event("route").expect("an event");
        let routed = route.detail["path_parameters"]["proxy"]
            .as_str()
            .expect("text");
        // The parameter is the decoded one: it encodes to what was forwarded, slash by slash.
        let decoded = percent_encoding::percent_decode_str(&forwarded).decode_utf8();
        assert_eq!(
            format!("/signed/{routed}"),
            decoded.expect("text"),
            "{sent}"
        );
    }
    assert!(passed > 100 && refused > 100, "{passed} {refused}");
}
