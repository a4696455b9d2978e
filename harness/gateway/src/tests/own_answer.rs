//! What a REST API validates, and what it answers in place of the gateway's own words.

use serde_json::json;

use super::bench::Bench;
use super::rest_api::{keyed, method, own, validated};
use crate::deployment::rest::{GatewayResponse, Method, Place, RequiredParameter};
use crate::refusal::ResponseType as Type;

/// Headers of a request.
type Headers<'h> = &'h [(&'h str, &'h str)];
/// A header of an answer.
type Header<'h> = (&'h str, Option<&'h str>);
/// The answers that an API has of its own.
type Own = Vec<(Type, GatewayResponse)>;

fn required(place: Place, name: &str) -> RequiredParameter {
    RequiredParameter {
        place,
        name: name.to_owned(),
    }
}

fn methods(_: &str) -> Vec<Method> {
    let parameters = vec![
        required(Place::Header, "x-header"),
        required(Place::Path, "issuer"),
        required(Place::Query, "q"),
    ];
    let model =
        json!({"type": "object", "required": ["b"], "properties": {"a": {"type": "number"}}});
    vec![
        method("GET /open"),
        keyed("GET /keyed"),
        validated(
            "POST /all/{issuer}",
            parameters.clone(),
            Some(model.clone()),
        ),
        validated("GET /none", parameters, None),
        validated("POST /body", Vec::new(), Some(model)),
        validated("POST /odd", Vec::new(), Some(json!({"pattern": "(?=a)"}))),
    ]
}

#[tokio::test]
async fn parameters_are_asked_for_before_the_body_in_the_recorded_order() {
    let bench = Bench::start().await;
    bench.publish_methods(&methods, &[]);
    let missing =
        |names: &str| format!("{{\"message\":\"Missing required request parameters: [{names}]\"}}");
    let both = [("x-header", "1")];
    let blank = [("x-header", " ")];
    let cases: [(&str, &str, Headers<'_>, String); 6] = [
        ("GET", "/prod/none", &[], missing("x-header, issuer, q")),
        ("GET", "/prod/none?q=1", &blank, missing("x-header, issuer")),
        ("POST", "/prod/all/1?Q=1", &both, missing("q")),
        ("POST", "/prod/all/1?q=", &both, missing("q")),
        ("POST", "/prod/all/1?q=1", &[], missing("x-header")),
        (
            "POST",
            "/prod/all/1?q=1",
            &both,
            r#"{"message":"Invalid request body"}"#.to_owned(),
        ),
    ];
    for (verb, target, headers, body) in cases {
        let answer = bench.rest_with(verb, target, headers, b"{}").await;
        assert_eq!(
            (answer.status(), answer.body()),
            (400, body.as_str()),
            "{target}"
        );
        assert_eq!(
            answer.header("x-amzn-errortype"),
            Some("BadRequestException")
        );
    }
    let good = bench.rest_with(
        "POST",
        "/prod/all/1?q=1",
        &[("X-Header", "1")],
        br#"{"b":1}"#,
    );
    assert_eq!(good.await.status(), 200);
}

#[tokio::test]
async fn a_body_is_held_against_the_model_of_its_type() {
    let bench = Bench::start().await;
    let told = own(
        None,
        &[],
        Some(r#"{"m": "$context.error.validationErrorString"}"#),
    );
    bench.publish_methods(&methods, &[(Type::BadRequestBody, told)]);
    let json = [("content-type", "Application/JSON; charset=utf-8")];
    let text = [("content-type", "text/plain")];
    let missing = r#"{"m": "[object has missing required properties ([\"b\"])]"}"#;
    let cases: [(Headers<'_>, &'static [u8], u16, &str); 7] = [
        (&json, br#"{"b": 1}"#, 200, ""),
        (&json, br#"{"a": 1}"#, 400, missing),
        (&[], br#"{"a": 1}"#, 400, missing),
        (&text, br#"{"a": 1}"#, 200, ""),
        (&json, b"", 400, missing),
        (&json, b"{", 400, "the body is no JSON"),
        (
            &json,
            br#"{"b": 1, "a": "1"}"#,
            400,
            r#"(string) does not match any allowed primitive type (allowed: [\"integer\",\"number\"])"#,
        ),
    ];
    for (headers, body, status, expected) in cases {
        let answer = bench.rest_with("POST", "/prod/body", headers, body).await;
        assert_eq!(answer.status(), status, "{headers:?} {body:?}");
        assert!(answer.body().contains(expected), "{}", answer.body());
        if status == 400 {
            let read = serde_json::from_str::<serde_json::Value>(answer.body());
            assert!(read.is_ok(), "{}", answer.body());
        }
    }
    let odd = bench.rest_with("POST", "/prod/odd", &json, b"1").await;
    assert_eq!((odd.status(), odd.reason()), (501, Some("not-simulated")));
    assert!(odd.body().contains("(?=a)"), "{}", odd.body());
}

/// A template that shows the type of the answer.
const SHOWN: &str =
    r#"{"error": $context.error.messageString, "type": "$context.error.responseType"}"#;

#[tokio::test]
async fn an_api_words_a_type_or_a_class_by_itself() {
    let bench = Bench::start().await;
    let family = own(
        Some(499),
        &[("x-family", "'yes'")],
        Some(r#"{"family": $context.error.messageString}"#),
    );
    let missing = |response: GatewayResponse| vec![(Type::MissingAuthenticationToken, response)];
    let specific = own(Some(404), &[("a", "'specific'")], None);
    let both = [
        missing(specific.clone()),
        vec![(Type::Default4xx, family.clone())],
    ]
    .concat();
    let by_status = own(None, &[("x-family", "'yes'")], None);
    let five = vec![(Type::Default5xx, own(Some(599), &[], None))];
    let plain = r#"{"message":"Missing Authentication Token"}"#;
    let cases: [(Own, u16, Header<'_>, &str); 6] = [
        (Vec::new(), 403, ("x-family", None), plain),
        (
            missing(own(Some(404), &[], Some(SHOWN))),
            404,
            ("x-family", None),
            r#"{"error": "Missing Authentication Token", "type": "MISSING_AUTHENTICATION_TOKEN"}"#,
        ),
        (
            vec![(Type::Default4xx, family)],
            499,
            ("x-family", Some("yes")),
            r#"{"family": "Missing Authentication Token"}"#,
        ),
        (
            vec![(Type::Default4xx, by_status)],
            403,
            ("x-family", Some("yes")),
            plain,
        ),
        (both, 404, ("x-family", None), plain),
        (five, 403, ("x-family", None), plain),
    ];
    for (own, status, (header, value), body) in cases {
        bench.publish_methods(&methods, &own);
        let answer = bench.call_rest("GET", "/prod/nope", &[]).await;
        assert_eq!((answer.status(), answer.body()), (status, body));
        assert_eq!(answer.header(header), value);
        assert_eq!(
            answer.header("x-amzn-errortype"),
            Some("MissingAuthenticationTokenException")
        );
        // What reaches no stage reaches none of it, and what is allowed needs none.
        assert_eq!(
            bench.call_rest("GET", "/gamma/nope", &[]).await.status(),
            403
        );
        assert_eq!(
            bench.call_rest("GET", "/prod/open", &[]).await.status(),
            200
        );
    }
}

#[tokio::test]
async fn headers_and_variables_come_from_the_request_the_context_and_the_stage() {
    let bench = Bench::start().await;
    let mapped = [
        ("x-accept", "method.request.header.Accept"),
        ("x-q", "method.request.querystring.q"),
        ("x-stage", "context.stage"),
        ("x-var", "stageVariables.a"),
        ("x-lit", "'a.b.c'"),
        ("x-none", "method.request.header.Absent"),
    ];
    let template = "#if(true)$context.stage $stageVariables.a $5 $context. $context.unknown|$end";
    let response = own(Some(404), &mapped, Some(template));
    bench.publish_methods(&methods, &[(Type::MissingAuthenticationToken, response)]);
    let answer = bench
        .call_rest("GET", "/prod/nope?q=w&q=x", &[("accept", "text/plain")])
        .await;
    assert_eq!(answer.status(), 404);
    let found = mapped.map(|(name, _)| answer.header(name));
    let expected = [
        Some("text/plain"),
        Some("x"),
        Some("prod"),
        Some("v1"),
        Some("a.b.c"),
        None,
    ];
    assert_eq!(found, expected);
    assert_eq!(answer.body(), "#if(true)prod v1 $5 $context. |$end");
}

#[tokio::test]
async fn the_template_is_that_of_a_type_that_is_accepted() {
    let bench = Bench::start().await;
    let mut several = own(None, &[], Some("json"));
    several
        .templates
        .insert("text/xml".to_owned(), "xml".to_owned());
    bench.publish_methods(&methods, &[(Type::MissingAuthenticationToken, several)]);
    let cases: [(Headers<'_>, &str, &str); 5] = [
        (&[], "json", "application/json"),
        (&[("accept", "*/*")], "json", "application/json"),
        (
            &[("accept", "text/html, TEXT/XML;q=0.9")],
            "xml",
            "text/xml",
        ),
        (&[("content-type", "text/xml")], "xml", "text/xml"),
        (&[("accept", "image/png")], "json", "application/json"),
    ];
    for (headers, body, media_type) in cases {
        let answer = bench.call_rest("GET", "/prod/nope", headers).await;
        assert_eq!(
            (answer.body(), answer.header("content-type")),
            (body, Some(media_type))
        );
    }
}
