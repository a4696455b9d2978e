//! Which method of a REST API takes a request, and what of its path is shown where.

use std::sync::Arc;

use serde_json::{Value, json};

use super::bench::{Bench, signed};
use super::rest_bench::{API, HOST, function, mock, stage};
use crate::deployment::Authorization::{self, AwsIam, None as Open};
use crate::domain::{CustomDomain, Mapping};
use crate::evidence::{Difference, Draft, Part};

/// A bench whose methods are functions that answer what they got.
async fn bench(methods: &[(&str, Authorization)]) -> Bench {
    let bench = Bench::start().await;
    let methods = methods.iter();
    let methods = methods.map(|(key, authorization)| function(key, authorization.clone()));
    bench.serve(
        stage("prod", Some("$context.requestId $context.path")),
        methods.collect(),
    );
    let answer = json!({ "statusCode": 200, "body": "ok" }).to_string();
    *bench.ledger.function.lock() = Some(Ok(answer.into_bytes().into()));
    bench
}

#[tokio::test]
async fn slashes_and_escapes_are_shown_as_recorded() {
    let bench = bench(&[
        ("ANY /{proxy+}", Open),
        ("GET /hardcoded", Open),
        ("PUT /foo/{param}", Open),
    ])
    .await;
    // Verb, target; resource, path, path of the context, the variable.
    let cases = [
        (
            "GET",
            "/prod/a//b",
            "/{proxy+}",
            "/a//b",
            "/prod/a//b",
            Some("a//b"),
        ),
        ("GET", "//prod/a", "/{proxy+}", "/a", "/prod/a", Some("a")),
        ("GET", "/prod//a", "/{proxy+}", "/a", "/prod//a", Some("a")),
        (
            "GET",
            "/prod/a/?q=1",
            "/{proxy+}",
            "/a/",
            "/prod/a/",
            Some("a"),
        ),
        (
            "GET",
            "/prod/hardcoded",
            "/hardcoded",
            "/hardcoded",
            "/prod/hardcoded",
            None,
        ),
        (
            "GET",
            "/prod/hardcoded/",
            "/hardcoded",
            "/hardcoded/",
            "/prod/hardcoded/",
            None,
        ),
        (
            "GET",
            "/prod//hardcoded",
            "/hardcoded",
            "/hardcoded",
            "/prod//hardcoded",
            None,
        ),
        (
            "GET",
            "/prod/x%2B@y/x+@y",
            "/{proxy+}",
            "/x%2B@y/x+@y",
            "/prod/x%2B@y/x+@y",
            Some("x%2B@y/x+@y"),
        ),
        (
            "PUT",
            "/prod/foo/foo%2Fbar/",
            "/foo/{param}",
            "/foo/foo%2Fbar/",
            "/prod/foo/foo%2Fbar/",
            Some("foo%2Fbar"),
        ),
        (
            "PUT",
            "/prod/foo/a%20b",
            "/foo/{param}",
            "/foo/a%20b",
            "/prod/foo/a%20b",
            Some("a%20b"),
        ),
    ];
    for (verb, target, resource, path, shown, variable) in cases {
        let answer = bench.ask(verb, target, &[]).await;
        assert_eq!((answer.status(), answer.reason()), (200, None), "{target}");
        let event = bench.event();
        assert_eq!(event["resource"], json!(resource), "{target}");
        assert_eq!(event["path"], json!(path), "{target}");
        assert_eq!(event["requestContext"]["path"], json!(shown), "{target}");
        let variables = event["pathParameters"].as_object();
        let found = variables
            .and_then(|all| all.values().next())
            .and_then(Value::as_str);
        assert_eq!(found, variable, "{target}");
        let line = answer.line.as_deref().expect("a line");
        assert!(line.ends_with(&format!(" {shown}")), "{line}");
    }
}

#[tokio::test]
async fn readings_that_would_be_decided_differently_go_nowhere() {
    let bench = bench(&[
        ("ANY /{proxy+}", Open),
        ("GET /admin", AwsIam),
        ("GET /open", Open),
    ])
    .await;
    for (target, status) in [
        ("/prod/open//", 200),
        ("/prod/op%65n", 200),
        ("/prod/open;x", 200),
        ("/prod/admin;x", 400),
        ("/prod/x//admin", 200),
        ("/prod/%61dmin", 400),
        ("/prod/admin/", 403),
        ("/prod//admin", 403),
        ("/prod/../admin", 400),
    ] {
        let answer = bench.ask("GET", target, &[]).await;
        assert_eq!(answer.status(), status, "{target}");
        if status == 400 {
            assert_eq!(answer.reason(), Some("path-ambiguous"), "{target}");
        }
    }
    // Each reading of it is decided.
    let owner = [("authorization", "owner")];
    assert_eq!(
        bench.ask("GET", "/prod//admin/", &owner).await.status(),
        200
    );
    let asked = bench.ledger.signed.lock().pop().expect("asked");
    let arn = "arn:aws:execute-api:us-east-1:222222222222:rest000001/prod/GET";
    let ends = ["/admin/", "/admin", "//admin/", "//admin"];
    let expected: Vec<String> = ends.iter().map(|end| format!("{arn}{end}")).collect();
    assert_eq!(asked, expected);
}

#[tokio::test]
async fn what_is_not_there_says_what_stands_in_place_of_a_signature() {
    let bench = bench(&[("GET /existing", Open)]).await;
    let missing = "Missing Authentication Token";
    let not_pairs = "Invalid key=value pair (missing equal-sign) in Authorization header (hashed with SHA-256 and encoded with Base64): '";
    let lacking = "Authorization header requires 'Credential' parameter. Authorization header requires 'Signature' parameter.";
    let token = format!("Bearer {}", signed(0, &bench.claims(json!({}))));
    for (verb, target, authorization, error_type, message) in [
        (
            "GET",
            "/prod/nope",
            None,
            "MissingAuthenticationTokenException",
            missing,
        ),
        (
            "POST",
            "/prod/existing",
            None,
            "MissingAuthenticationTokenException",
            missing,
        ),
        (
            "HEAD",
            "/prod/existing",
            None,
            "MissingAuthenticationTokenException",
            missing,
        ),
        (
            "OPTIONS",
            "/prod/existing",
            None,
            "MissingAuthenticationTokenException",
            missing,
        ),
        (
            "GET",
            "/prod/nope",
            Some("Bearer abc"),
            "IncompleteSignatureException",
            not_pairs,
        ),
        (
            "GET",
            "/prod/nope",
            Some(token.as_str()),
            "IncompleteSignatureException",
            not_pairs,
        ),
        (
            "GET",
            "/prod/nope",
            Some("AWS4-HMAC-SHA256 a=b"),
            "IncompleteSignatureException",
            lacking,
        ),
        (
            "GET",
            "/prod",
            None,
            "MissingAuthenticationTokenException",
            missing,
        ),
        (
            "GET",
            "/beta/existing",
            None,
            "ForbiddenException",
            "Forbidden",
        ),
        ("GET", "/", None, "ForbiddenException", "Forbidden"),
    ] {
        let headers: Vec<_> = authorization
            .iter()
            .map(|it| ("authorization", *it))
            .collect();
        let answer = bench.ask(verb, target, &headers).await;
        assert_eq!(answer.status(), 403, "{verb} {target}");
        assert_eq!(
            answer.header("x-amzn-errortype"),
            Some(error_type),
            "{verb} {target}"
        );
        let body: Value = serde_json::from_str(answer.body()).expect("JSON");
        let said = body["message"].as_str().expect("text");
        assert!(said.starts_with(message), "{verb} {target}: {said}");
    }
    let bearer = [("authorization", "Bearer abc")];
    assert_eq!(
        bench.ask("GET", "/prod/existing", &bearer).await.status(),
        200
    );
}

#[tokio::test]
async fn the_gateway_says_by_itself_that_it_is_there() {
    let bench = bench(&[("GET /ping", Open)]).await;
    for (verb, target, status, body) in [
        ("GET", "/ping", 200, "healthy"),
        ("GET", "/sping", 200, "healthy"),
        ("GET", "/prod/ping", 200, "ok"),
        ("POST", "/ping", 403, r#"{"message":"Forbidden"}"#),
    ] {
        let answer = bench.ask(verb, target, &[]).await;
        assert_eq!(
            (answer.status(), answer.body()),
            (status, body),
            "{verb} {target}"
        );
    }
}

#[tokio::test]
async fn a_custom_domain_name_leads_to_a_stage() {
    let bench = bench(&[("GET /pets/{id}", Open), ("GET /signed", AwsIam)]).await;
    let name = "api.example.com";
    let mapping = |base_path: &str, stage: Option<&str>| Mapping {
        base_path: base_path.to_owned(),
        api_id: API.to_owned(),
        stage: stage.map(str::to_owned),
    };
    let domain = |mappings| CustomDomain {
        name: name.to_owned(),
        mappings,
    };
    let some = vec![mapping("v1", Some("prod")), mapping("any", None)];
    bench
        .gateway
        .know_domain(name, Some(Arc::new(domain(some))));
    for (target, status, shown) in [
        ("/v1/pets/1", 200, Some("/v1/pets/1")),
        ("/v1//pets/1/", 200, Some("/v1//pets/1/")),
        ("/any/prod/pets/1", 200, Some("/any/pets/1")),
        ("/v1/prod/pets/1", 403, None),
        ("/pets/1", 403, None),
        ("/ping", 403, None),
    ] {
        let answer = bench.send(name, "GET", target, &[], b"").await;
        assert_eq!(answer.status(), status, "{target}");
        let Some(shown) = shown else { continue };
        let context = &bench.event()["requestContext"];
        assert_eq!(context["path"], json!(shown), "{target}");
        assert_eq!(context["domainName"], json!(name), "{target}");
        assert_eq!(context["domainPrefix"], json!("api"), "{target}");
    }
    let nowhere = bench.send(name, "GET", "/pets/1", &[], b"").await;
    assert_eq!(nowhere.body(), r#"{"message":"Forbidden"}"#);
    assert_eq!(nowhere.reason(), Some("no-mapping"));
    bench.gateway.know_domain(name, None);
    let gone = bench.send(name, "GET", "/v1/pets/1", &[], b"").await;
    assert_eq!(gone.status(), 404);
    assert_eq!(
        bench
            .send(HOST, "GET", "/prod/pets/1", &[], b"")
            .await
            .status(),
        200
    );
}

#[tokio::test]
async fn names_of_aws_and_of_this_machine_are_no_custom_ones() {
    let bench = bench(&[("GET /a", Open)]).await;
    for (name, is_custom) in [
        ("api.example.com", true),
        ("sts.amazonaws.com", false),
        ("sts.eu-west-1.localhost", false),
        ("localhost", false),
        ("127.0.0.1", false),
    ] {
        let domain = CustomDomain {
            name: name.to_owned(),
            mappings: Vec::new(),
        };
        bench.gateway.know_domain(name, Some(Arc::new(domain)));
        assert_eq!(bench.gateway.has_domain(name), is_custom, "{name}");
    }
}

#[tokio::test]
async fn what_is_not_deployed_is_told_of_the_request_it_concerns() {
    let bench = Bench::start().await;
    let mut facts = stage("prod", None);
    let changed = |key: &str, part, deployed: Option<&str>, draft: Option<&str>| Difference {
        route_key: key.to_owned(),
        part,
        deployed: deployed.map(str::to_owned),
        draft: draft.map(str::to_owned),
    };
    facts.draft = Some(Draft {
        stage: "prod".to_owned(),
        deployment: "d1".to_owned(),
        deployed: None,
        changed: vec![
            changed(
                "GET /a",
                Part::AuthorizationType,
                Some("NONE"),
                Some("AWS_IAM"),
            ),
            changed("GET /new", Part::Route, None, Some("NONE")),
        ],
    });
    bench.serve(facts, vec![mock("GET /a", Open), mock("GET /b", Open)]);
    for (target, told) in [
        ("/prod/a", Some("GET /a")),
        ("/prod/a/", Some("GET /a")),
        ("/prod/b", None),
        ("/prod/new/", Some("GET /new")),
        ("/prod/other", None),
    ] {
        let answer = bench.ask("GET", target, &[]).await;
        let draft = answer
            .event("draft")
            .map(|event| event.detail["changed"][0]["route_key"].clone());
        assert_eq!(draft, told.map(|key| json!(key)), "{target}");
    }
}
