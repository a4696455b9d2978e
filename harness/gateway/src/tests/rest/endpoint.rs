//! `HTTP` and `HTTP_PROXY`.

use serde_json::{Value, json};

use super::bench::{RestBench, Sent, UPSTREAM};

fn post(target: &'static str, headers: &[(&str, &str)]) -> Sent<'static> {
    let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    Sent {
        method: "POST",
        target,
        headers: headers.iter().map(owned).collect(),
        body: b"{\"pets\":[{\"name\":\"n1\"},{\"tag\":{\"a\":1}}]}".to_vec(),
    }
}

#[tokio::test]
async fn each_source_is_mapped_where_there_is_a_value() {
    let mut bench = RestBench::start().await;
    bench
        .stage_variables
        .insert("v".to_owned(), "sv".to_owned());
    bench.echo().await;
    let cases = [
        ("method.request.path.p", Some("p%20v")),
        ("method.request.querystring.q", Some("2")),
        ("method.request.multivaluequerystring.q", Some("1,2")),
        ("method.request.querystring.Q", None),
        ("method.request.header.X-Many", Some("b")),
        ("method.request.multivalueheader.X-Many", Some("a,b")),
        ("method.request.header.x-many", None),
        ("method.request.body.pets[0].name", Some("n1")),
        ("method.request.body.pets[1].tag", Some("{\"a\":1}")),
        ("method.request.body.none", None),
        ("context.httpMethod", Some("POST")),
        ("context.identity.userAgent", Some("agent/1")),
        ("context.none", None),
        ("stageVariables.v", Some("sv")),
        ("'text'", Some("text")),
    ];
    for (source, expected) in cases {
        let of = json!({
            "type": "http_proxy", "httpMethod": "POST", "uri": format!("{UPSTREAM}/x"),
            "requestParameters": { "integration.request.header.mapped": source },
        });
        let headers = [("X-Many", "a"), ("X-Many", "b"), ("User-Agent", "agent/1")];
        let answer = bench
            .ask(("POST", "/a/{p}"), &of, post("/a/p%20v?q=1&q=2", &headers))
            .await;
        assert_eq!(answer.status(), 200, "{source}");
        let received = bench.received().await;
        assert_eq!(received["headers"]["mapped"].as_str(), expected, "{source}");
    }
}

#[tokio::test]
async fn a_mapped_request_has_what_is_mapped_and_no_more() {
    let bench = RestBench::start().await;
    bench.echo().await;
    let headers = [
        ("Content-Type", "application/json"),
        ("X-Own", "1"),
        ("Via", "me"),
    ];
    for (kind, own, agent) in [
        ("http", Value::Null, "AmazonAPIGateway_rest000001"),
        ("http_proxy", json!("1"), "me/1"),
    ] {
        let of = json!({
            "type": kind, "httpMethod": "PUT", "uri": format!("{UPSTREAM}/{{at}}/{{no}}?a=1"),
            "requestParameters": {
                "integration.request.path.at": "method.request.path.proxy",
                "integration.request.querystring.b": "'x y'",
                "integration.request.header.Accept": "'text/html'",
                "integration.request.header.TE": "'trailers'",
            },
            "responses": { "default": { "statusCode": "200" } },
        });
        let mut headers = headers.to_vec();
        headers.push(("User-Agent", "me/1"));
        let answer = bench
            .ask(("POST", "/{proxy+}"), &of, post("/x/y%20z?c=2", &headers))
            .await;
        assert_eq!(answer.status(), 200, "{kind}");
        let received = bench.received().await;
        assert_eq!(received["method"], "PUT");
        assert_eq!(received["path"], "/x/y%20z/%7Bno%7D", "{kind}");
        let mut query = json!({ "a": "1", "b": "x y" });
        if kind == "http_proxy" {
            query["c"] = json!("2");
        }
        assert_eq!(received["query"], query);
        let sent = &received["headers"];
        assert_eq!(sent["x-own"], own, "{kind}");
        assert_eq!(sent["user-agent"], agent);
        assert_eq!(sent["accept"], "text/html");
        assert_eq!(sent["content-type"], "application/json");
        assert_eq!(sent["x-amzn-apigateway-api-id"], "rest000001");
        assert_eq!((&sent["te"], &sent["via"]), (&Value::Null, &Value::Null));
    }
}

#[tokio::test]
async fn what_a_client_says_stays_where_it_is_mapped_to() {
    let bench = RestBench::start().await;
    bench.echo().await;
    let of = json!({
        "type": "http_proxy", "httpMethod": "POST", "uri": format!("{UPSTREAM}/in/{{at}}"),
        "requestParameters": { "integration.request.path.at": "method.request.querystring.at" },
    });
    for (target, path) in [
        ("/a?at=b", "/in/b"),
        ("/a?at=../b", "/in/..%2Fb"),
        ("/a?at=b%3Fc%3D1%23d", "/in/b%3Fc%3D1%23d"),
    ] {
        bench.ask(("POST", "/a"), &of, post(target, &[])).await;
        let received = bench.received().await;
        assert_eq!(
            (&received["path"], &received["query"]["c"]),
            (&json!(path), &Value::Null)
        );
    }
}

#[tokio::test]
async fn headers_that_the_gateway_keeps_may_not_be_mapped() {
    let bench = RestBench::start().await;
    bench.echo().await;
    for (kind, name, status) in [
        ("http", "Content-Length", 500),
        ("http_proxy", "transfer-encoding", 500),
        ("http", "Authorization", 200),
        ("http_proxy", "X-Own", 200),
    ] {
        let of = json!({
            "type": kind, "httpMethod": "POST", "uri": UPSTREAM,
            "requestParameters": { format!("integration.request.header.{name}"): "'1'" },
            "responses": { "default": { "statusCode": "200" } },
        });
        let answer = bench.ask(("POST", "/a"), &of, post("/a", &[])).await;
        assert_eq!(answer.status(), status, "{kind} {name}");
        let reason = (status == 500).then_some("mapped-header-forbidden");
        assert_eq!(answer.reason(), reason);
    }
}

/// The endpoint's type, what the client accepts, the content handling, and the body before and after.
type Conversion<'c> = (&'c str, &'c str, Value, &'c [u8], &'c [u8]);

#[tokio::test]
async fn bodies_are_converted_on_both_ways() {
    let mut bench = RestBench::start().await;
    bench.binary_media_types.push("image/png".to_owned());
    let png: &[u8] = b"\x89PNG";
    let cases: [Conversion<'_>; 7] = [
        ("image/png", "image/png", Value::Null, png, png),
        ("image/png", "text/plain", Value::Null, png, b"iVBORw=="),
        (
            "image/png",
            "image/png",
            json!("CONVERT_TO_TEXT"),
            png,
            b"iVBORw==",
        ),
        (
            "text/plain",
            "text/plain",
            Value::Null,
            png,
            "\u{fffd}PNG".as_bytes(),
        ),
        (
            "text/plain",
            "text/plain",
            json!("CONVERT_TO_BINARY"),
            b"iVBORw==",
            png,
        ),
        ("text/plain", "image/png", Value::Null, b"iVBORw==", png),
        (
            "text/plain",
            "image/png",
            json!("CONVERT_TO_TEXT"),
            b"iVBORw==",
            b"iVBORw==",
        ),
    ];
    for (content_type, accept, handling, body, expected) in cases {
        bench
            .answer(200, &[("Content-Type", content_type)], body)
            .await;
        let of = json!({
            "type": "http", "httpMethod": "POST", "uri": UPSTREAM,
            "responses": { "default": { "statusCode": "200", "contentHandling": handling } },
        });
        let answer = bench
            .ask(("POST", "/a"), &of, post("/a", &[("Accept", accept)]))
            .await;
        assert_eq!(
            answer.response.body(),
            expected,
            "{content_type} {accept} {handling}"
        );
    }
    // What is to be decoded and is no Base64 is no body.
    let of = json!({
        "type": "http", "httpMethod": "POST", "uri": UPSTREAM, "contentHandling": "CONVERT_TO_BINARY",
        "responses": { "default": { "statusCode": "200" } },
    });
    let answer = bench.ask(("POST", "/a"), &of, post("/a", &[])).await;
    assert_eq!(
        (answer.status(), answer.reason()),
        (500, Some("body-unreadable"))
    );
}

#[tokio::test]
async fn a_timeout_and_an_address_that_is_none_are_told_apart() {
    let bench = RestBench::start().await;
    let internal = "Internal server error";
    let unreachable = "Network error communicating with endpoint";
    let cases = [
        (
            "https://${stageVariables.no}",
            500,
            internal,
            "integration-uri",
        ),
        (
            "http://127.0.0.1:9/",
            504,
            unreachable,
            "integration-unreachable",
        ),
        (
            "http://example.com/",
            500,
            internal,
            "integration-not-allowed",
        ),
    ];
    for (uri, status, message, reason) in cases {
        let of = json!({ "type": "http_proxy", "httpMethod": "GET", "uri": uri });
        let answer = bench.ask(("POST", "/a"), &of, post("/a", &[])).await;
        assert_eq!(answer.status(), status, "{uri}");
        assert_eq!(answer.json()["message"], message, "{uri}");
        assert!(
            answer
                .events
                .iter()
                .any(|event| event.reason.as_deref() == Some(reason)),
            "{uri}"
        );
    }
    let of = json!({ "type": "teleport" });
    let answer = bench.ask(("POST", "/a"), &of, post("/a", &[])).await;
    assert_eq!(
        (answer.status(), answer.reason()),
        (501, Some("not-simulated"))
    );
}

#[tokio::test]
async fn the_status_of_an_endpoint_selects_the_response_or_passes() {
    let bench = RestBench::start().await;
    bench.echo_status().await;
    let cases = [
        ("http", "/200", 200),
        ("http", "/400", 200),
        ("http", "/404", 404),
        ("http", "/503", 502),
        ("http_proxy", "/400", 400),
        ("http_proxy", "/503", 503),
    ];
    for (kind, target, expected) in cases {
        let of = json!({
            "type": kind, "httpMethod": "GET", "uri": format!("{UPSTREAM}/{{c}}"),
            "requestParameters": { "integration.request.path.c": "method.request.path.c" },
            "responses": {
                "default": { "statusCode": "200" }, "404": { "statusCode": "404" },
                "5\\d{2}": { "statusCode": "502" },
            },
        });
        let answer = bench.ask(("POST", "/{c}"), &of, post(target, &[])).await;
        assert_eq!(answer.status(), expected, "{kind} {target}");
    }
}
