//! What answers, and what is told of it.

use serde_json::json;

use super::*;

#[test]
fn what_answers() {
    let throttle = Throttle {
        rate_per_second: 0.5,
        burst: 2,
        tokens: 0.5,
        bucket: Some(Bucketed::Route {
            stage: "prod".to_owned(),
            route_key: "GET /a".to_owned(),
        }),
    };
    let line = r#"{"rate_per_second":0.5,"burst":2,"tokens":0.5,"bucket":{"route":{"stage":"prod","route_key":"GET /a"}}}"#;
    stands(&throttle, "throttle", line);
    let function = |source_arn: Option<&'static str>, error| Integration::Function {
        function: "arn:f".into(),
        source_arn: source_arn.map(Cow::Borrowed),
        error,
        message: "no".into(),
    };
    let rows = [
        (
            Integration::Begun {
                r#type: IntegrationType::HttpProxy,
                target: "https://a.example/".into(),
            },
            r#"{"type":"HTTP_PROXY","target":"https://a.example/"}"#,
        ),
        (
            Integration::Begun {
                r#type: IntegrationType::AwsProxy,
                target: "arn:f".into(),
            },
            r#"{"type":"AWS_PROXY","target":"arn:f"}"#,
        ),
        (
            Integration::Unfilled {
                target: "https://${stageVariables.a}/".into(),
                variable: "stageVariables.a".into(),
                message: "no".into(),
            },
            r#"{"target":"https://${stageVariables.a}/","variable":"stageVariables.a","message":"no"}"#,
        ),
        (
            function(None, None),
            r#"{"function":"arn:f","message":"no"}"#,
        ),
        (
            function(Some("arn:s"), None),
            r#"{"function":"arn:f","source_arn":"arn:s","message":"no"}"#,
        ),
        (
            function(None, Some(json!({"errorType": "E"}))),
            r#"{"function":"arn:f","error":{"errorType":"E"},"message":"no"}"#,
        ),
        (
            Integration::Endpoint {
                target: "https://a.example/".into(),
                message: "no".into(),
            },
            r#"{"target":"https://a.example/","message":"no"}"#,
        ),
        (
            Integration::Missing {
                route_key: "GET /".into(),
            },
            r#"{"route_key":"GET /"}"#,
        ),
    ];
    for (evidence, line) in rows {
        stands(&evidence, "integration", line);
    }
}

#[test]
fn what_is_told_at_the_end() {
    let (status, bytes) = (200, 12);
    let line = r#"{"status":200,"bytes":12}"#;
    let of_integration = IntegrationResponse { status, bytes };
    stands(&of_integration, "integration-response", line);
    stands(&Response { status, bytes }, "response", line);
    let log = AccessLog {
        log_group: "group".into(),
        line: "{\"a\":1}".into(),
        lacks: vec!["$context.authorizer.error".into()],
    };
    let line = r#"{"log_group":"group","line":"{\"a\":1}","lacks":["$context.authorizer.error"]}"#;
    stands(&log, "access-log", line);
    let trace = Trace {
        name: "a1/prod".into(),
        start: noon(),
        end: noon(),
        status,
    };
    let line = r#"{"name":"a1/prod","start":"2026-01-15T12:00:00Z","end":"2026-01-15T12:00:00Z","status":200}"#;
    stands(&trace, "trace", line);
}
