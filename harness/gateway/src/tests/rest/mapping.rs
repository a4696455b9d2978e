//! Templates, the choice of a response, and what is told where a mapping fails.

use serde_json::{Value, json};

use super::bench::{Answer, RestBench, Sent};

fn get(content_type: &str, body: &str) -> Sent<'static> {
    Sent {
        method: "POST",
        target: "/a?q=1",
        headers: vec![("Content-Type".to_owned(), content_type.to_owned())],
        body: body.as_bytes().to_vec(),
    }
}

async fn mock(bench: &RestBench, of: Value, sent: Sent<'_>) -> Answer {
    let mut of = of;
    of["type"] = json!("mock");
    bench.ask(("POST", "/a"), &of, sent).await
}

#[tokio::test]
async fn a_body_without_a_template_passes_or_is_refused() {
    let bench = RestBench::start().await;
    let one = json!({ "application/json": "{\"statusCode\": 201}" });
    let none = json!({});
    // The body passes as it is: a mock reads the status in it.
    let cases = [
        ("when_no_match", &one, "application/json", 201),
        (
            "when_no_match",
            &one,
            "Application/JSON; charset=utf-8",
            201,
        ),
        ("when_no_match", &one, "text/plain", 202),
        ("when_no_match", &none, "text/plain", 202),
        ("when_no_templates", &one, "application/json", 201),
        ("when_no_templates", &one, "text/plain", 415),
        ("when_no_templates", &none, "text/plain", 202),
        ("never", &one, "application/json", 201),
        ("never", &one, "text/plain", 415),
        ("never", &none, "application/json", 415),
    ];
    for (behavior, templates, content_type, expected) in cases {
        let of = json!({
            "passthroughBehavior": behavior, "requestTemplates": templates,
            "responses": {
                "201": { "statusCode": "201" }, "202": { "statusCode": "202" },
            },
        });
        let answer = mock(&bench, of, get(content_type, "{\"statusCode\": 202}")).await;
        assert_eq!(answer.status(), expected, "{behavior} {content_type}");
        if expected == 415 {
            assert_eq!(answer.json()["message"], "Unsupported Media Type");
            assert_eq!(
                answer.header("x-amzn-errortype").as_deref(),
                Some("BadRequestException")
            );
            let told = answer.told("passthrough").expect("told");
            assert_eq!(told["content_type"], content_type);
            assert_eq!(told["passthrough_behavior"], behavior.to_uppercase());
        } else {
            assert_eq!(answer.reason(), None);
        }
    }
}

#[tokio::test]
async fn what_fails_says_where() {
    let bench = RestBench::start().await;
    let ok = "{\"statusCode\": 200}";
    let cases = [
        (
            "{\"statusCode\": 200}\n#if(true)",
            "",
            "template-malformed",
            json!({"template": "request", "line": 2}),
        ),
        (
            "{\"statusCode\": 200}\n#set($x = $util.parseJson('{'))",
            "no",
            "template-failed",
            json!({"template": "request", "line": 2}),
        ),
        (
            ok,
            "\n$util.nothing()",
            "template-malformed",
            json!({"template": "response", "line": 2}),
        ),
        (
            ok,
            "$util.parseJson('{')",
            "template-failed",
            json!({"template": "response", "line": 1}),
        ),
        (
            "{\"statusCode\": \"200\"}",
            "",
            "mock-status-missing",
            json!({"body": "request template"}),
        ),
        (
            "{\"statusCode\": 404}",
            "",
            "integration-response-missing",
            json!({"value": "404", "patterns": ["200"]}),
        ),
    ];
    for (request, response, reason, expected) in cases {
        let of = json!({
            "requestTemplates": { "application/json": request },
            "responses": { "200": {
                "statusCode": "200", "responseTemplates": { "application/json": response },
            }},
        });
        let answer = mock(&bench, of, get("application/json", "no JSON")).await;
        assert_eq!(answer.status(), 500, "{request}");
        assert_eq!(answer.json(), json!({ "message": "Internal server error" }));
        assert_eq!(answer.reason(), Some(reason), "{request} {response}");
        let refused = answer.events.iter().find(|event| event.reason.is_some());
        let told: Value =
            serde_json::from_str(&refused.expect("an event").detail.to_string()).expect("JSON");
        for (name, value) in expected.as_object().expect("an object") {
            assert_eq!(&told[name], value, "{reason} {told}");
        }
    }
    // The same without what is wrong.
    let of = json!({
        "requestTemplates": { "application/json": ok },
        "responses": { "200": { "statusCode": "200" } },
    });
    let answer = mock(&bench, of, get("application/json", "no JSON")).await;
    assert_eq!((answer.status(), answer.reason()), (200, None));
    let selected = answer.told("response-selection").expect("told");
    assert_eq!(
        selected,
        json!({"value": "200", "status_code": 200, "selection_pattern": "200"})
    );
}

#[tokio::test]
async fn templates_read_the_request_and_override_the_answer() {
    let mut bench = RestBench::start().await;
    bench
        .stage_variables
        .insert("v".to_owned(), "sv".to_owned());
    let request = "#set($context.responseOverride.header.One = 'a')\n\
                   #set($context.responseOverride.status = 201)\n{\"statusCode\": 200}";
    let response = "#set($context.responseOverride.header.Two = 'b')\n\
                    {\"q\": \"$input.params('q')\", \"h\": \"$input.params('X-Own')\", \
                    \"none\": \"$input.params('x-own')\", \"v\": \"$stageVariables.v\", \
                    \"s\": \"$context.responseOverride.status\", \"r\": \"$context.resourcePath\", \
                    \"ip\": \"$context.identity.sourceIp\", \"d\": \"$context.deploymentId\"}";
    let of = json!({
        "requestTemplates": { "application/json": request },
        "responses": { "default": {
            "statusCode": "200",
            "responseTemplates": { "application/json": response },
            "responseParameters": { "method.response.header.One": "'mapped'",
                "method.response.header.Three": "context.httpMethod" },
        }},
    });
    let mut sent = get("application/json", "{}");
    sent.headers.push(("X-Own".to_owned(), "own".to_owned()));
    let answer = mock(&bench, of, sent).await;
    assert_eq!(answer.status(), 201, "{}", answer.body());
    let expected = json!({
        "q": "1", "h": "own", "none": "", "v": "sv", "s": "201", "r": "/a", "ip": "127.0.0.1",
        "d": "dep001",
    });
    assert_eq!(answer.json(), expected);
    for (name, expected) in [("One", "a"), ("Two", "b"), ("Three", "POST")] {
        assert_eq!(answer.header(name).as_deref(), Some(expected), "{name}");
    }
}
