//! Lambda authorizers: what is asked, what is kept, and what each failure is answered.

mod http;
mod kept;

use std::sync::Arc;

use authlab_vtl::pattern::{Extent, Pattern};
use bytes::Bytes;
use serde_json::{Value, json};

use super::bench::{Answer, Bench};
use super::rest_policy::{API, DENIED, NOT_ALLOWED, Rest};
use crate::deployment::{Authorization, AuthorizerFormat, FunctionAuthorizer, RequestSource};
use crate::needs::FunctionFailure;
use crate::uri_template::UriTemplate;

const UNAUTHORIZED: &str = r#"{"message":"Unauthorized"}"#;
const NOTHING: &str = r#"{"message":null}"#;
const CONFIGURATION: &str = "AuthorizerConfigurationException";

fn token(expression: Option<&str>) -> AuthorizerFormat {
    AuthorizerFormat::Token {
        expression: expression.map(|it| Pattern::parse(it, Extent::Whole).expect("a pattern")),
    }
}

/// An authorizer with these sources.
fn authorizer(format: AuthorizerFormat, sources: &[&str], ttl_seconds: u32) -> Authorization {
    let read = |source: &&str| {
        let of_method = RequestSource::of_method(source);
        of_method
            .or_else(|| RequestSource::of_request(source))
            .expect("a source")
    };
    // The HTTP API of the bench has no such variable.
    let is_of_http = sources.iter().any(|source| source.starts_with('$'));
    let function = match is_of_http {
        true => "authz",
        false => "${stageVariables.gate}",
    };
    Authorization::Function(Arc::new(FunctionAuthorizer {
        id: "auth01".to_owned(),
        name: "gate".to_owned(),
        function: UriTemplate::parse(&format!(
            "arn:aws:lambda:us-east-1:222222222222:function:{function}"
        )),
        format,
        identity_sources: sources.iter().map(read).collect(),
        ttl_seconds,
    }))
}

fn allow(resource: &str) -> Value {
    policy("Allow", resource)
}

fn policy(effect: &str, resource: &str) -> Value {
    json!({ "Version": "2012-10-17", "Statement": [
        { "Effect": effect, "Action": "execute-api:Invoke", "Resource": resource },
    ]})
}

fn says(bench: &Bench, answer: &Value) {
    let bytes = Bytes::from(answer.to_string());
    *bench.ledger.authorizer.lock() = Some(Ok(bytes));
}

fn fails(bench: &Bench, failure: FunctionFailure) {
    *bench.ledger.authorizer.lock() = Some(Err(failure));
}

fn raises(text: &str) -> FunctionFailure {
    FunctionFailure::Function {
        error: json!({ "errorMessage": text, "errorType": "Error" }),
    }
}

/// The events that the authorizer's function was sent.
fn asked(bench: &Bench) -> Vec<Value> {
    let invocations = bench.ledger.invocations.lock();
    let of_authorizer = invocations
        .iter()
        .filter(|it| it.function_arn.ends_with(":authz"));
    of_authorizer
        .map(|it| serde_json::from_slice(&it.payload).expect("JSON"))
        .collect()
}

async fn get(bench: &Bench, path: &str, headers: &[(&str, &str)]) -> Answer {
    bench.rest("GET", path, headers).await
}

fn told(answer: &Answer) -> (u16, &str, &str, Option<&str>) {
    let error_type = answer.header("x-amzn-errortype").unwrap_or_default();
    (answer.status(), error_type, answer.body(), answer.reason())
}

#[tokio::test]
async fn a_token_that_is_not_there_or_does_not_match_asks_nobody() {
    let bench = Bench::start().await;
    let good = json!({ "principalId": "u", "policyDocument": allow("*") });
    for (format, headers, reason) in [
        (token(None), vec![], Some("identity-source-missing")),
        (
            token(None),
            vec![("authorization", "")],
            Some("identity-source-missing"),
        ),
        (
            token(None),
            vec![("authorization", "a"), ("authorization", "b")],
            Some("token-repeated"),
        ),
        (token(None), vec![("authorization", "Bearer abc")], None),
        (
            token(Some("^Bearer [a-z]+$")),
            vec![("authorization", "Bearer abc")],
            None,
        ),
        (
            token(Some("^Bearer [a-z]+$")),
            vec![("authorization", "Bearer 123")],
            Some("identity-expression-mismatch"),
        ),
        (
            token(Some("abc")),
            vec![("authorization", "xabcx")],
            Some("identity-expression-mismatch"),
        ),
    ] {
        bench.ledger.invocations.lock().clear();
        let source = "method.request.header.Authorization";
        bench.publish_rest(Rest::of(authorizer(format, &[source], 300)));
        says(&bench, &good);
        let answer = get(&bench, "/a", &headers).await;
        let expected = match reason {
            Some(_) => (401, "UnauthorizedException", UNAUTHORIZED, reason),
            None => (200, "", "", None),
        };
        assert_eq!(told(&answer), expected, "{headers:?}");
        assert_eq!(asked(&bench).len(), usize::from(reason.is_none()));
    }
}

#[tokio::test]
async fn a_function_is_told_of_the_request_as_its_format_has_it() {
    let bench = Bench::start().await;
    let arn = format!("arn:aws:execute-api:us-east-1:222222222222:{API}/prod/GET/c/42");
    let source = "method.request.header.Authorization";
    bench.publish_rest(Rest::of(authorizer(token(None), &[source], 0)));
    says(
        &bench,
        &json!({ "principalId": "u", "policyDocument": allow("*") }),
    );
    let headers = [("authorization", "Bearer abc")];
    assert_eq!(get(&bench, "/c/42", &headers).await.status(), 200);
    let expected = json!({
        "type": "TOKEN", "methodArn": arn, "authorizationToken": "Bearer abc",
    });
    assert_eq!(asked(&bench), [expected]);
    let invocation = bench.ledger.invocations.lock().pop().expect("one");
    let expected = format!("arn:aws:execute-api:us-east-1:222222222222:{API}/authorizers/auth01");
    assert_eq!(
        (invocation.source_arn, invocation.budget_ms),
        (expected, 10_000)
    );

    bench.publish_rest(Rest::of(authorizer(AuthorizerFormat::Request, &[], 0)));
    let answer = bench.rest("GET", "/c/42?q=1&q=2", &headers).await;
    assert_eq!(answer.status(), 200);
    let event = asked(&bench).pop().expect("an event");
    for (pointer, expected) in [
        ("/type", json!("REQUEST")),
        ("/methodArn", json!(arn)),
        ("/resource", json!("/c/{id}")),
        ("/httpMethod", json!("GET")),
        ("/pathParameters", json!({ "id": "42" })),
        ("/queryStringParameters", json!({ "q": "2" })),
        (
            "/multiValueQueryStringParameters",
            json!({ "q": ["1", "2"] }),
        ),
        ("/stageVariables/gate", json!("authz")),
        ("/headers/Authorization", json!("Bearer abc")),
        ("/requestContext/resourceId", json!("res1")),
    ] {
        assert_eq!(event.pointer(pointer), Some(&expected), "{pointer}");
    }
    for absent in [
        "/body",
        "/isBase64Encoded",
        "/version",
        "/requestContext/authorizer",
    ] {
        assert_eq!(event.pointer(absent), None, "{absent}");
    }
    get(&bench, "/a", &[]).await;
    let event = asked(&bench).pop().expect("an event");
    for member in ["pathParameters", "queryStringParameters"] {
        assert_eq!(event[member], json!({}), "{member}");
    }
}

/// A change to an answer of a function, and whether it is one then.
type Change = (&'static str, fn(&mut Value), bool);

const CHANGES: [Change; 22] = [
    ("nothing", |_| {}, true),
    ("no principal", |it| drop(member(it, "principalId")), false),
    (
        "an empty principal",
        |it| it["principalId"] = json!(""),
        false,
    ),
    (
        "a number as principal",
        |it| it["principalId"] = json!(1),
        false,
    ),
    ("no policy", |it| drop(member(it, "policyDocument")), false),
    (
        "a text as policy",
        |it| it["policyDocument"] = json!("{}"),
        false,
    ),
    (
        "null as policy",
        |it| it["policyDocument"] = json!(null),
        false,
    ),
    (
        "an empty policy",
        |it| it["policyDocument"] = json!({}),
        false,
    ),
    (
        "an effect in small letters",
        |it| statement(it)["Effect"] = json!("allow"),
        false,
    ),
    (
        "no effect",
        |it| drop(member(statement(it), "Effect")),
        false,
    ),
    (
        "no action",
        |it| drop(member(statement(it), "Action")),
        false,
    ),
    (
        "no resource",
        |it| drop(member(statement(it), "Resource")),
        false,
    ),
    (
        "a principal",
        |it| statement(it)["Principal"] = json!("*"),
        false,
    ),
    (
        "a long resource",
        |it| statement(it)["Resource"] = json!(format!("arn:{}", "a".repeat(509))),
        false,
    ),
    (
        "a flat context",
        |it| it["context"] = json!({ "s": "v", "n": 42, "b": true }),
        true,
    ),
    ("no context", |it| it["context"] = json!(null), true),
    (
        "an object in the context",
        |it| it["context"] = json!({ "o": { "k": "v" } }),
        false,
    ),
    (
        "a list in the context",
        |it| it["context"] = json!({ "o": [1] }),
        false,
    ),
    ("a text as context", |it| it["context"] = json!("v"), false),
    ("a key", |it| it["usageIdentifierKey"] = json!("k"), true),
    (
        "a number as key",
        |it| it["usageIdentifierKey"] = json!(1),
        false,
    ),
    (
        "very much",
        |it| it["context"] = json!({ "s": "v".repeat(8 * 1024) }),
        false,
    ),
];

fn member(value: &mut Value, name: &str) -> Option<Value> {
    value.as_object_mut().expect("an object").remove(name)
}

fn statement(answer: &mut Value) -> &mut Value {
    &mut answer["policyDocument"]["Statement"][0]
}

#[tokio::test]
async fn an_answer_is_read_strictly() {
    let bench = Bench::start().await;
    let source = "method.request.header.Authorization";
    bench.publish_rest(Rest::of(authorizer(token(None), &[source], 0)));
    let send = || get(&bench, "/a", &[("authorization", "good")]);
    let malformed = (
        500,
        CONFIGURATION,
        NOTHING,
        Some("authorizer-answer-malformed"),
    );
    for (name, change, is_one) in CHANGES {
        let mut answer = json!({ "principalId": "u", "policyDocument": allow("*") });
        change(&mut answer);
        says(&bench, &answer);
        let expected = if is_one {
            (200, "", "", None)
        } else {
            malformed
        };
        assert_eq!(told(&send().await), expected, "{name}");
    }
    for answer in [
        "null",
        "{}",
        "\"Allow\"",
        "[]",
        "nothing",
        r#"{"statusCode":401}"#,
        r#"{"isAuthorized":true}"#,
        r#"{"principalId":"u","principalId":"v","policyDocument":{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}}"#,
    ] {
        *bench.ledger.authorizer.lock() = Some(Ok(Bytes::from_static(answer.as_bytes())));
        assert_eq!(told(&send().await), malformed, "{answer}");
    }
}

#[tokio::test]
async fn each_failure_of_the_function_has_its_answer_and_none_is_kept() {
    let bench = Bench::start().await;
    let source = "method.request.header.Authorization";
    bench.publish_rest(Rest::of(authorizer(token(None), &[source], 300)));
    let (reason, message) = ("x".to_owned(), "no".to_owned());
    let internal = "InternalServerErrorException";
    let cases = [
        (
            raises("Unauthorized"),
            (
                401,
                "UnauthorizedException",
                UNAUTHORIZED,
                "authorizer-unauthorized",
            ),
        ),
        (
            raises("unauthorized"),
            (500, internal, NOTHING, "authorizer-failed"),
        ),
        (
            raises("Invalid token"),
            (500, internal, NOTHING, "authorizer-failed"),
        ),
        (
            FunctionFailure::Timeout,
            (500, internal, NOTHING, "authorizer-timeout"),
        ),
        (
            FunctionFailure::NotPermitted {
                reason: reason.clone(),
                message: message.clone(),
            },
            (500, CONFIGURATION, NOTHING, "authorizer-not-permitted"),
        ),
        (
            FunctionFailure::Invoke { reason, message },
            (500, CONFIGURATION, NOTHING, "authorizer-not-invoked"),
        ),
    ];
    for (failure, (status, error_type, body, reason)) in cases {
        fails(&bench, failure);
        let answer = get(&bench, "/a", &[("authorization", "good")]).await;
        assert_eq!(told(&answer), (status, error_type, body, Some(reason)));
    }
    says(
        &bench,
        &json!({ "principalId": "u", "policyDocument": allow("*") }),
    );
    let answer = get(&bench, "/a", &[("authorization", "good")]).await;
    assert_eq!((answer.status(), asked(&bench).len()), (200, 7));
}

#[tokio::test]
async fn the_policy_of_the_function_decides_by_method() {
    let bench = Bench::start().await;
    let source = "method.request.header.Authorization";
    bench.publish_rest(Rest::of(authorizer(token(None), &[source], 0)));
    let api = format!("arn:aws:execute-api:us-east-1:222222222222:{API}");
    let arn = |rest: &str| format!("{api}/{rest}");
    let cases = [
        ("Allow", arn("prod/GET/a"), 200, ""),
        ("Allow", arn("prod/*/a"), 200, ""),
        ("Allow", arn("*/GET/?"), 200, ""),
        ("Allow", "arn:aws:execute-api:*:*:*".to_owned(), 200, ""),
        ("Allow", arn("prod/GET/b"), 403, NOT_ALLOWED),
        ("Allow", arn("prod/POST/a"), 403, NOT_ALLOWED),
        ("Allow", arn("beta/*"), 403, NOT_ALLOWED),
        (
            "Allow",
            arn("prod/*").replace("222", "333"),
            403,
            NOT_ALLOWED,
        ),
        ("Deny", "*".to_owned(), 403, DENIED),
    ];
    for (effect, resource, status, text) in cases {
        let answer = json!({ "principalId": "u", "policyDocument": policy(effect, &resource) });
        says(&bench, &answer);
        let answer = get(&bench, "/a", &[("authorization", "good")]).await;
        let expected = match status {
            200 => String::new(),
            _ => json!({ "Message": text }).to_string(),
        };
        assert_eq!(
            (answer.status(), answer.body()),
            (status, expected.as_str()),
            "{resource}"
        );
    }
}

#[tokio::test]
async fn sources_beside_the_request_count_as_well() {
    let bench = Bench::start().await;
    for (source, expected) in [
        ("stageVariables.gate", 200),
        ("stageVariables.none", 401),
        ("context.httpMethod", 200),
        ("context.identity.userArn", 401),
    ] {
        bench.publish_rest(Rest::of(authorizer(
            AuthorizerFormat::Request,
            &[source],
            300,
        )));
        says(
            &bench,
            &json!({ "principalId": "u", "policyDocument": allow("*") }),
        );
        assert_eq!(get(&bench, "/a", &[]).await.status(), expected, "{source}");
    }
}

#[tokio::test]
async fn who_the_function_lets_in_is_seen_behind_it() {
    let bench = Bench::start().await;
    let source = "method.request.header.Authorization";
    let mut rest = Rest::of(authorizer(token(None), &[source], 0));
    rest.is_of_function = true;
    bench.publish_rest(rest);
    let context = json!({ "s": "v", "n": 42, "b": true, "absent": null });
    let answer = json!({
        "principalId": "user1", "policyDocument": allow("*"), "context": context,
    });
    says(&bench, &answer);
    *bench.ledger.function.lock() = Some(Ok(Bytes::from_static(b"{\"statusCode\":200}")));
    let answer = get(&bench, "/a", &[("authorization", "t")]).await;
    assert_eq!(answer.status(), 200);
    let event: Value = {
        let invocations = bench.ledger.invocations.lock();
        serde_json::from_slice(&invocations.last().expect("one").payload).expect("JSON")
    };
    let expected = json!({
        "principalId": "user1", "s": "v", "n": "42", "b": "true", "integrationLatency": 0,
    });
    assert_eq!(event["requestContext"]["authorizer"], expected);
    assert_eq!(answer.log()["principal"], "user1");
}
