//! Requests of each protocol: which operation, and what input.

use jiff::Timestamp;
use serde_json::json;

use super::{Request, call, decoded, form, service, target, value};
use crate::{DecodeError, Protocol, RouteError, Value, decode, guess_protocol, route};

const RPC: &str = "/service/GraniteServiceVersion20100801/operation/";

fn rpc(operation: &str, body: &ciborium::Value) -> Request {
    let mut bytes = Vec::new();
    ciborium::into_writer(body, &mut bytes).unwrap();
    Request::new("POST", &format!("{RPC}{operation}"))
        .header("smithy-protocol", "rpc-v2-cbor")
        .header("content-type", "application/cbor")
        .body(bytes)
}

#[test]
fn query_reads_members_lists_and_structures() {
    let request = form(
        "Action=AssumeRole&Version=2011-06-15&RoleArn=arn%3Aaws%3Aiam%3A%3A111111111111%3Arole%2Flooker\
         &RoleSessionName=a+b&DurationSeconds=900&Tags.member.10.Key=ten&Tags.member.10.Value=10\
         &Tags.member.2.Key=two&Tags.member.2.Value=2&PolicyArns.member.1.arn=arn%3Ax\
         &TransitiveTagKeys.member.1=two&Unknown=1",
    );
    let (call, input) = decoded("sts", &request);
    assert_eq!(
        (call.operation.name, call.protocol),
        ("AssumeRole", Protocol::Query)
    );
    assert_eq!(
        input,
        value(json!({
            "RoleArn": "arn:aws:iam::111111111111:role/looker",
            "RoleSessionName": "a b",
            "DurationSeconds": 900,
            "Tags": [{"Key": "two", "Value": "2"}, {"Key": "ten", "Value": "10"}],
            "PolicyArns": [{"arn": "arn:x"}],
            "TransitiveTagKeys": ["two"],
        }))
    );
}

#[test]
fn query_takes_its_action_from_the_url_too() {
    let (call, input) = decoded(
        "sts",
        &Request::new("GET", "/?Action=GetCallerIdentity&Version=2011-06-15"),
    );
    assert_eq!(
        (call.operation.name, input),
        ("GetCallerIdentity", Value::empty())
    );
    let empty_list = decoded("iam", &form("Action=CreateUser&UserName=u&Tags=")).1;
    assert_eq!(empty_list.get("Tags"), Some(&Value::List(vec![])));
}

#[test]
fn query_reads_timestamps_numbers_and_flags() {
    let request = form(
        "Action=GetMetricData&StartTime=2026-11-20T12%3A00%3A00Z&EndTime=1795176060\
         &MetricDataQueries.member.1.Id=m1&MetricDataQueries.member.1.AccountId=111111111111\
         &MetricDataQueries.member.1.MetricStat.Period=60\
         &MetricDataQueries.member.1.ReturnData=true\
         &MetricDataQueries.member.1.MetricStat.Metric.Dimensions.member.1.Name=ApiId",
    );
    let (call, input) = decoded("cloudwatch", &request);
    assert_eq!(call.protocol, Protocol::Query);
    let at = |text: &str| Some(Value::Timestamp(text.parse().unwrap()));
    assert_eq!(input.get("StartTime").cloned(), at("2026-11-20T12:00:00Z"));
    assert_eq!(input.get("EndTime").cloned(), at("2026-11-20T12:01:00Z"));
    assert_eq!(
        input.get("MetricDataQueries"),
        Some(&value(json!([{
            "Id": "m1", "AccountId": "111111111111", "ReturnData": true,
            "MetricStat": {"Period": 60, "Metric": {"Dimensions": [{"Name": "ApiId"}]}},
        }])))
    );
}

#[test]
fn json_reads_a_document() {
    let request = target(
        "Logs_20140328.PutLogEvents",
        r#"{"logGroupName":"g","logStreamName":"s","logEvents":[{"timestamp":1795176000000,"message":"m"}],
            "sequenceToken":null,"unknown":[1]}"#,
    );
    let (call, input) = decoded("logs", &request);
    assert_eq!(
        (call.operation.name, call.protocol),
        ("PutLogEvents", Protocol::Json11)
    );
    assert_eq!(
        input,
        value(json!({
            "logGroupName": "g", "logStreamName": "s",
            "logEvents": [{"timestamp": 1_795_176_000_000_i64, "message": "m"}],
        }))
    );
    assert_eq!(
        decoded(
            "organizations",
            &target("AWSOrganizationsV20161128.ListAccounts", "")
        )
        .1,
        Value::empty()
    );
    let blob = decoded(
        "secretsmanager",
        &target(
            "secretsmanager.PutSecretValue",
            r#"{"SecretBinary":"AAEC"}"#,
        ),
    )
    .1;
    assert_eq!(
        blob.get("SecretBinary"),
        Some(&Value::Blob(vec![0, 1, 2].into()))
    );
}

#[test]
fn rest_reads_labels_query_headers_and_bodies() {
    let create = Request::new("POST", "/v2/apis/a1b2/authorizers").body(
        r#"{"name":"jwt","authorizerType":"JWT","identitySource":["$request.header.Authorization"],
            "jwtConfiguration":{"issuer":"https://i/","audience":["a"]}}"#,
    );
    let (call, input) = decoded("apigatewayv2", &create);
    assert_eq!(
        (call.operation.name, call.protocol),
        ("CreateAuthorizer", Protocol::RestJson)
    );
    assert_eq!(
        input,
        value(json!({
            "ApiId": "a1b2", "Name": "jwt", "AuthorizerType": "JWT",
            "IdentitySource": ["$request.header.Authorization"],
            "JwtConfiguration": {"Issuer": "https://i/", "Audience": ["a"]},
        }))
    );
    let import = Request::new("PUT", "/v2/apis?basepath=prepend&failOnWarnings=true")
        .body(r#"{"body":"{}"}"#);
    let (call, input) = decoded("apigatewayv2", &import);
    assert_eq!(call.operation.name, "ImportApi");
    assert_eq!(
        input,
        value(json!({"Basepath": "prepend", "FailOnWarnings": true, "Body": "{}"}))
    );
    let tags = Request::new(
        "DELETE",
        "/v2/tags/arn%3Aaws%3Aapigateway%3Aus-east-1%3A%3A%2Fapis%2Fx?tagKeys=a&tagKeys=b",
    );
    let (call, input) = decoded("apigatewayv2", &tags);
    assert_eq!(call.operation.name, "UntagResource");
    assert_eq!(
        input,
        value(
            json!({"ResourceArn": "arn:aws:apigateway:us-east-1::/apis/x", "TagKeys": ["a", "b"]})
        )
    );
}

#[test]
fn rest_reads_a_payload_as_it_is() {
    let invoke = Request::new("POST", "/2015-03-31/functions/f/invocations?Qualifier=live")
        .header("x-amz-invocation-type", "RequestResponse")
        .body("{not json");
    let (call, input) = decoded("lambda", &invoke);
    assert_eq!(call.operation.name, "Invoke");
    assert_eq!(input.get("Payload"), Some(&Value::Blob("{not json".into())));
    assert_eq!(input.get("FunctionName"), Some(&Value::from("f")));
    assert_eq!(input.get("Qualifier"), Some(&Value::from("live")));
    assert_eq!(
        input.get("InvocationType"),
        Some(&Value::from("RequestResponse"))
    );
}

#[test]
fn cbor_reads_numbers_and_timestamps() {
    use ciborium::Value as Cbor;
    let text = |text: &str| Cbor::Text(text.to_owned());
    let datum = Cbor::Map(vec![
        (text("MetricName"), text("Count")),
        (text("Value"), Cbor::Integer(3.into())),
        (
            text("Timestamp"),
            Cbor::Tag(1, Box::new(Cbor::Float(1_795_176_000.5))),
        ),
        (text("Counts"), Cbor::Array(vec![Cbor::Float(1.5)])),
    ]);
    let request = rpc(
        "PutMetricData",
        &Cbor::Map(vec![
            (text("Namespace"), text("N")),
            (text("MetricData"), Cbor::Array(vec![datum])),
        ]),
    );
    let (call, input) = decoded("cloudwatch", &request);
    assert_eq!(
        (call.operation.name, call.protocol),
        ("PutMetricData", Protocol::RpcV2Cbor)
    );
    let datum = &input.get("MetricData").unwrap().as_list().unwrap()[0];
    assert_eq!(datum.get("Value"), Some(&Value::Float(3.0)));
    let at: Timestamp = "2026-11-20T12:00:00.5Z".parse().unwrap();
    assert_eq!(datum.get("Timestamp"), Some(&Value::Timestamp(at)));
    assert_eq!(
        datum.get("Counts"),
        Some(&Value::List(vec![Value::Float(1.5)]))
    );
}

#[test]
fn cloudwatch_speaks_all_its_protocols() {
    let json10 = Request::new("POST", "/")
        .header("content-type", "application/x-amz-json-1.0")
        .header("x-amz-target", "GraniteServiceVersion20100801.ListMetrics")
        .body(r#"{"Namespace":"N","IncludeLinkedAccounts":true}"#);
    let query = form("Action=ListMetrics&Namespace=N&IncludeLinkedAccounts=true");
    let cbor = rpc(
        "ListMetrics",
        &ciborium::Value::Map(vec![
            ("Namespace".into(), "N".into()),
            ("IncludeLinkedAccounts".into(), true.into()),
        ]),
    );
    for (request, protocol) in [
        (json10, Protocol::Json10),
        (query, Protocol::Query),
        (cbor, Protocol::RpcV2Cbor),
    ] {
        let (call, input) = decoded("cloudwatch", &request);
        assert_eq!(
            (call.operation.name, call.protocol),
            ("ListMetrics", protocol)
        );
        assert_eq!(
            input,
            value(json!({"Namespace": "N", "IncludeLinkedAccounts": true}))
        );
    }
}

#[test]
fn paths_find_the_most_literal_operation() {
    let cases = [
        ("apigatewayv2", "GET", "/v2/apis", "GetApis"),
        ("apigatewayv2", "GET", "/v2/apis/", "GetApis"),
        ("apigatewayv2", "GET", "/v2/apis/x", "GetApi"),
        (
            "apigatewayv2",
            "GET",
            "/v2/apis/x/exports/OAS30?outputType=JSON",
            "ExportApi",
        ),
        ("lambda", "GET", "/2015-03-31/functions/", "ListFunctions"),
        (
            "lambda",
            "GET",
            "/2019-09-30/functions/f/provisioned-concurrency?Qualifier=1",
            "GetProvisionedConcurrencyConfig",
        ),
        (
            "lambda",
            "GET",
            "/2019-09-30/functions/f/provisioned-concurrency?List=ALL",
            "ListProvisionedConcurrencyConfigs",
        ),
        ("apigateway", "POST", "/restapis", "CreateRestApi"),
        (
            "apigateway",
            "POST",
            "/restapis?mode=import",
            "ImportRestApi",
        ),
        ("oam", "POST", "/CreateLink", "CreateLink"),
    ];
    for (service, method, uri, expected) in cases {
        assert_eq!(
            call(service, &Request::new(method, uri)).operation.name,
            expected,
            "{method} {uri}"
        );
    }
}

#[test]
fn what_is_not_there_is_named() {
    let cases = [
        (
            "sts",
            form("Action=Nothing"),
            "`sts` has no operation `Nothing`",
        ),
        (
            "sts",
            form("Nothing=1"),
            "the request names no operation of `sts`: no `Action`",
        ),
        (
            "logs",
            target("Logs_20140328.Nothing", "{}"),
            "`logs` has no operation `Nothing`",
        ),
        (
            "logs",
            target("Other.PutLogEvents", "{}"),
            "`logs` has no operation `Other.PutLogEvents`",
        ),
        (
            "logs",
            Request::new("POST", "/"),
            "the request names no operation of `logs`: no `X-Amz-Target`",
        ),
        (
            "oam",
            Request::new("GET", "/CreateLink"),
            "`oam` has no operation `GET /CreateLink`",
        ),
        (
            "apigatewayv2",
            Request::new("GET", "/v2/apis/x/y/z"),
            "`apigatewayv2` has no operation `GET /v2/apis/x/y/z`",
        ),
        (
            "cloudwatch",
            Request::new("POST", "/service/Other/operation/ListMetrics"),
            "`cloudwatch` has no operation `Other.ListMetrics`",
        ),
        (
            "cloudwatch",
            Request::new("POST", &format!("{RPC}Nothing")),
            "`cloudwatch` has no operation `Nothing`",
        ),
    ];
    for (name, request, expected) in cases {
        let error = route(service(name), &request.incoming()).unwrap_err();
        assert_eq!(error.to_string(), expected);
        assert_eq!(
            matches!(error, RouteError::Malformed { .. }),
            expected.contains("names no"),
            "{expected}"
        );
    }
}

#[test]
fn what_cannot_be_read_is_refused_with_its_place() {
    let logs = |body: &str| target("Logs_20140328.PutLogEvents", body);
    let deep = format!("{}1{}", "[".repeat(1000), "]".repeat(1000));
    let long_name = format!("Action=AssumeRole&{}x=1", "Tags.".repeat(100));
    let cases = [
        (
            "logs",
            logs("{"),
            "the body cannot be read: EOF while parsing an object at line 1 column 1",
        ),
        ("logs", logs("[]"), "`body` must be a structure, not a list"),
        (
            "logs",
            logs(r#"{"logGroupName":1}"#),
            "`logGroupName` must be a string, not a integer",
        ),
        (
            "logs",
            logs(r#"{"logEvents":[{"timestamp":"x"}]}"#),
            "`logEvents.1.timestamp` must be a 64-bit integer, not a string",
        ),
        (
            "logs",
            logs(&deep),
            "the body cannot be read: recursion limit exceeded at line 1 column 128",
        ),
        (
            "sts",
            form("Action=AssumeRole&DurationSeconds=many"),
            "`DurationSeconds` must be a 32-bit integer, not a string",
        ),
        (
            "sts",
            form("Action=AssumeRole&DurationSeconds=9999999999"),
            "`DurationSeconds` must be a 32-bit integer, not a string",
        ),
        (
            "sts",
            form(&long_name),
            "values are nested more than 64 deep",
        ),
        (
            "cloudwatch",
            Request::new("POST", &format!("{RPC}ListMetrics")).body(vec![0x81; 500]),
            "values are nested more than 64 deep",
        ),
        (
            "cloudwatch",
            Request::new("POST", &format!("{RPC}ListMetrics")).body(vec![0xa0, 0x00]),
            "the body cannot be read: bytes follow the document",
        ),
        (
            "secretsmanager",
            target("secretsmanager.PutSecretValue", r#"{"SecretBinary":"*"}"#),
            "`SecretBinary` must be a blob, not a string",
        ),
    ];
    for (name, request, expected) in cases {
        let call = call(name, &request);
        let error = decode(&call, &request.incoming()).unwrap_err();
        assert_eq!(error.to_string(), expected);
        assert!(["SerializationException", "MalformedInput"].contains(&error.code(call.protocol)));
    }
    assert_eq!(
        DecodeError::Nesting.code(Protocol::Json11),
        "SerializationException"
    );
}

#[test]
fn a_protocol_is_guessed_from_what_is_seen() {
    let cases = [
        (form(""), Protocol::Query),
        (Request::new("POST", "/").body("Action=X"), Protocol::Query),
        (target("X.Y", "{}"), Protocol::Json11),
        (
            Request::new("POST", "/").header("content-type", "application/x-amz-json-1.0"),
            Protocol::Json10,
        ),
        (
            Request::new("POST", "/service/X/operation/Y"),
            Protocol::RpcV2Cbor,
        ),
        (
            Request::new("POST", "/").header("smithy-protocol", "rpc-v2-cbor"),
            Protocol::RpcV2Cbor,
        ),
        (
            Request::new("GET", "/2015-03-31/functions"),
            Protocol::RestJson,
        ),
    ];
    for (request, expected) in cases {
        assert_eq!(
            guess_protocol(&request.headers, &request.path, &request.body),
            expected
        );
    }
}

#[test]
fn api_gateway_tells_a_number_for_a_text_in_its_own_words() {
    let number = "class com.amazon.coral.value.json.numbers.TruncatingBigNumber can not be converted \
                  to an String";
    for (body, expected) in [
        (r#"{"responseTemplates":{"application/json":123}}"#, number),
        (r#"{"selectionPattern":1.5}"#, number),
        (
            r#"{"selectionPattern":true}"#,
            "`selectionPattern` must be a string, not a boolean",
        ),
        (
            r#"{"responseTemplates":"x"}"#,
            "`responseTemplates` must be a map, not a string",
        ),
    ] {
        let path = "/restapis/a/resources/r/methods/GET/integration/responses/200";
        let request = Request::new("PUT", path).body(body.as_bytes().to_vec());
        let call = call("apigateway", &request);
        let error = decode(&call, &request.incoming()).unwrap_err();
        assert_eq!(error.told_by("apigateway"), expected);
        assert_eq!(error.told_by("lambda"), error.to_string());
    }
}
