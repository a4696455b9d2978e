//! Answers and errors of each protocol.

use bytes::Bytes;
use http::Response;
use serde_json::json;

use super::{Request, call, form, service, target, value};
use crate::{Protocol, Value, WireError, encode, encode_error, try_encode};

fn body(response: &Response<Bytes>) -> &str {
    std::str::from_utf8(response.body()).unwrap()
}

fn header<'a>(response: &'a Response<Bytes>, name: &str) -> Option<&'a str> {
    response
        .headers()
        .get(name)
        .map(|value| value.to_str().unwrap())
}

fn with(mut output: Value, name: &str, member: Value) -> Value {
    if let Value::Map(members) = &mut output {
        members.insert(name.to_owned(), member);
    }
    output
}

fn rpc(operation: &str) -> Request {
    Request::new(
        "POST",
        &format!("/service/GraniteServiceVersion20100801/operation/{operation}"),
    )
}

#[test]
fn query_answers_xml() {
    let output = value(json!({
        "AssumedRoleUser": {"Arn": "arn:aws:sts::1:assumed-role/r/s", "AssumedRoleId": "AROA:s"},
        "Credentials": {"AccessKeyId": "ASIA", "SecretAccessKey": "a<b&c", "SessionToken": "t",
                        "Expiration": "2026-11-20T12:00:00Z"},
        "PackedPolicySize": 6,
        "SourceIdentity": null,
    }));
    let answer = encode(&call("sts", &form("Action=AssumeRole")), "rid", &output);
    assert_eq!(answer.status(), 200);
    assert_eq!(header(&answer, "content-type"), Some("text/xml"));
    assert_eq!(header(&answer, "x-amzn-requestid"), Some("rid"));
    assert_eq!(
        body(&answer),
        "<AssumeRoleResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><AssumeRoleResult>\
         <AssumedRoleUser><Arn>arn:aws:sts::1:assumed-role/r/s</Arn><AssumedRoleId>AROA:s</AssumedRoleId></AssumedRoleUser>\
         <Credentials><AccessKeyId>ASIA</AccessKeyId><Expiration>2026-11-20T12:00:00Z</Expiration>\
         <SecretAccessKey>a&lt;b&amp;c</SecretAccessKey><SessionToken>t</SessionToken></Credentials>\
         <PackedPolicySize>6</PackedPolicySize></AssumeRoleResult>\
         <ResponseMetadata><RequestId>rid</RequestId></ResponseMetadata></AssumeRoleResponse>"
    );
}

#[test]
fn query_answers_lists_maps_and_nothing() {
    let users =
        value(json!({"Users": [{"UserName": "a"}, {"UserName": "b\u{1}"}], "IsTruncated": false}));
    let answer = encode(&call("iam", &form("Action=ListUsers")), "r", &users);
    assert!(body(&answer).contains(
        "<ListUsersResult><IsTruncated>false</IsTruncated><Users><member><UserName>a</UserName></member>\
         <member><UserName>b\u{FFFD}</UserName></member></Users></ListUsersResult>"
    ));
    let summary = value(json!({"SummaryMap": {"Users": 2}}));
    let answer = encode(
        &call("iam", &form("Action=GetAccountSummary")),
        "r",
        &summary,
    );
    assert!(
        body(&answer)
            .contains("<SummaryMap><entry><key>Users</key><value>2</value></entry></SummaryMap>")
    );
    let answer = encode(
        &call("iam", &form("Action=DeleteUser&UserName=a")),
        "r",
        &Value::Null,
    );
    assert_eq!(
        body(&answer),
        "<DeleteUserResponse xmlns=\"https://iam.amazonaws.com/doc/2010-05-08/\">\
         <ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></DeleteUserResponse>"
    );
}

#[test]
fn json_answers_seconds_and_base64() {
    let get = call(
        "secretsmanager",
        &target("secretsmanager.GetSecretValue", "{}"),
    );
    let output = value(json!({"Name": "app"}));
    let output = with(output, "SecretBinary", Value::Blob(vec![0, 1, 2].into()));
    let whole = with(
        output.clone(),
        "CreatedDate",
        Value::Timestamp("2026-11-20T12:00:00Z".parse().unwrap()),
    );
    let answer = encode(&get, "r", &whole);
    assert_eq!(
        header(&answer, "content-type"),
        Some("application/x-amz-json-1.1")
    );
    assert_eq!(
        body(&answer),
        r#"{"CreatedDate":1795176000,"Name":"app","SecretBinary":"AAEC"}"#
    );
    // Text, integers and floats are taken for a timestamp too.
    for (given, expected) in [
        (Value::from("2026-11-20T12:00:00.25Z"), "1795176000.25"),
        (Value::Integer(1_795_176_000), "1795176000"),
        (Value::Float(1_795_176_000.5), "1795176000.5"),
    ] {
        let answer = encode(&get, "r", &with(Value::empty(), "CreatedDate", given));
        assert_eq!(body(&answer), format!("{{\"CreatedDate\":{expected}}}"));
    }
    let nothing = call("logs", &target("Logs_20140328.CreateLogGroup", "{}"));
    assert_eq!(body(&encode(&nothing, "r", &Value::empty())), "{}");
}

#[test]
fn rest_answers_statuses_headers_and_payloads() {
    let create = Request::new("POST", "/v2/apis");
    let output = value(
        json!({"ApiId": "a1", "CreatedDate": "2026-11-20T12:00:00Z", "CorsConfiguration": {"AllowOrigins": ["*"]}}),
    );
    let answer = encode(&call("apigatewayv2", &create), "r", &output);
    assert_eq!(answer.status(), 201);
    assert_eq!(
        body(&answer),
        r#"{"apiId":"a1","corsConfiguration":{"allowOrigins":["*"]},"createdDate":"2026-11-20T12:00:00Z"}"#
    );
    let delete = Request::new("DELETE", "/v2/apis/a1");
    let answer = encode(&call("apigatewayv2", &delete), "r", &Value::empty());
    assert_eq!((answer.status().as_u16(), body(&answer)), (204, ""));
    let invoke = call(
        "lambda",
        &Request::new("POST", "/2015-03-31/functions/f/invocations"),
    );
    let output = value(
        json!({"StatusCode": 202, "FunctionError": "Unhandled", "ExecutedVersion": "$LATEST"}),
    );
    let output = with(output, "Payload", Value::Blob("{\"a\":1}".into()));
    let answer = encode(&invoke, "r", &output);
    assert_eq!(
        (answer.status().as_u16(), body(&answer)),
        (202, "{\"a\":1}")
    );
    assert_eq!(header(&answer, "x-amz-function-error"), Some("Unhandled"));
    assert_eq!(header(&answer, "x-amz-executed-version"), Some("$LATEST"));
}

#[test]
fn cbor_answers_maps_and_tags() {
    use ciborium::Value as Cbor;
    let output = value(
        json!({"MetricDataResults": [{"Id": "m1", "Values": [1, 2.5], "Timestamps": ["2026-11-20T12:00:00Z"]}]}),
    );
    let answer = encode(&call("cloudwatch", &rpc("GetMetricData")), "r", &output);
    assert_eq!(header(&answer, "smithy-protocol"), Some("rpc-v2-cbor"));
    assert_eq!(header(&answer, "content-type"), Some("application/cbor"));
    let read: Cbor = ciborium::from_reader(answer.body().as_ref()).unwrap();
    let result = Cbor::Map(vec![
        ("Id".into(), "m1".into()),
        (
            "Timestamps".into(),
            Cbor::Array(vec![Cbor::Tag(1, Box::new(Cbor::Float(1_795_176_000.0)))]),
        ),
        (
            "Values".into(),
            Cbor::Array(vec![Cbor::Float(1.0), Cbor::Float(2.5)]),
        ),
    ]);
    assert_eq!(
        read,
        Cbor::Map(vec![(
            "MetricDataResults".into(),
            Cbor::Array(vec![result])
        )])
    );
    let put = encode(
        &call("cloudwatch", &rpc("PutMetricData")),
        "r",
        &Value::empty(),
    );
    assert_eq!((put.status().as_u16(), put.body().len()), (200, 0));
}

#[test]
fn errors_have_their_protocols_envelope() {
    let iam = service("iam");
    let missing = WireError::modelled(iam, "NoSuchEntity", "The role with name x cannot be found.");
    let answer = encode_error(Some(iam), Protocol::Query, "rid", &missing);
    assert_eq!(answer.status(), 404);
    assert_eq!(
        body(&answer),
        "<ErrorResponse xmlns=\"https://iam.amazonaws.com/doc/2010-05-08/\"><Error><Type>Sender</Type>\
         <Code>NoSuchEntity</Code><Message>The role with name x cannot be found.</Message></Error>\
         <RequestId>rid</RequestId></ErrorResponse>"
    );
    let organizations = service("organizations");
    let constraint = WireError::modelled(organizations, "ConstraintViolationException", "no")
        .with_field("Reason", "ACCOUNT_NUMBER_LIMIT_EXCEEDED")
        .with_field("Unmodelled", "x");
    let answer = encode_error(Some(organizations), Protocol::Json11, "r", &constraint);
    assert_eq!(answer.status(), 400);
    assert_eq!(
        body(&answer),
        r#"{"Message":"no","Reason":"ACCOUNT_NUMBER_LIMIT_EXCEEDED","__type":"ConstraintViolationException"}"#
    );
    let gateway = service("apigatewayv2");
    let missing = WireError::modelled(
        gateway,
        "NotFoundException",
        "Invalid API identifier specified",
    );
    let answer = encode_error(Some(gateway), Protocol::RestJson, "r", &missing);
    assert_eq!(
        (
            answer.status().as_u16(),
            header(&answer, "x-amzn-errortype")
        ),
        (404, Some("NotFoundException"))
    );
    assert_eq!(
        body(&answer),
        r#"{"message":"Invalid API identifier specified"}"#
    );
    let lambda = service("lambda");
    let throttled = WireError::modelled(lambda, "TooManyRequestsException", "slow")
        .with_field("retryAfterSeconds", "7");
    let answer = encode_error(Some(lambda), Protocol::RestJson, "r", &throttled);
    assert_eq!(
        (answer.status().as_u16(), header(&answer, "retry-after")),
        (429, Some("7"))
    );
}

#[test]
fn cloudwatch_tells_its_old_codes_beside_the_new() {
    let cloudwatch = service("cloudwatch");
    let error = WireError::modelled(cloudwatch, "InvalidParameterValueException", "bad period");
    let answer = encode_error(Some(cloudwatch), Protocol::RpcV2Cbor, "r", &error);
    assert_eq!(answer.status(), 400);
    assert_eq!(
        header(&answer, "x-amzn-query-error"),
        Some("InvalidParameterValue;Sender")
    );
    let read: ciborium::Value = ciborium::from_reader(answer.body().as_ref()).unwrap();
    let expected = ciborium::Value::Map(vec![
        ("__type".into(), "InvalidParameterValueException".into()),
        ("message".into(), "bad period".into()),
    ]);
    assert_eq!(read, expected);
    let query = encode_error(Some(cloudwatch), Protocol::Query, "r", &error);
    assert!(body(&query).contains("<Code>InvalidParameterValue</Code>"));
    assert_eq!(header(&query, "x-amzn-query-error"), None);
    let json = encode_error(Some(cloudwatch), Protocol::Json10, "r", &error);
    assert_eq!(
        header(&json, "x-amzn-query-error"),
        Some("InvalidParameterValue;Sender")
    );
}

#[test]
fn a_handlers_mistake_is_seen() {
    let calls = [
        call("sts", &form("Action=GetCallerIdentity")),
        call("logs", &target("Logs_20140328.DescribeLogGroups", "{}")),
        call("apigatewayv2", &Request::new("GET", "/v2/apis")),
        call("cloudwatch", &rpc("ListMetrics")),
    ];
    for call in calls {
        let wrong = value(json!({"Nothing": 1}));
        assert!(try_encode(&call, "r", &Value::empty()).is_ok());
        let error = try_encode(&call, "r", &wrong).unwrap_err().to_string();
        assert!(error.contains("has no member `Nothing`"), "{error}");
        assert_eq!(encode(&call, "r", &wrong).status(), 500);
    }
    let typed = call("sts", &form("Action=GetCallerIdentity"));
    assert!(try_encode(&typed, "r", &value(json!({"Account": "1"}))).is_ok());
    assert_eq!(
        try_encode(&typed, "r", &value(json!({"Account": 1})))
            .unwrap_err()
            .to_string(),
        "`accountType` cannot hold a integer"
    );
}
