//! The client side: what it refuses to send, what it sends unchecked, and what a person may write.

use serde_json::json;

use super::service;
use crate::request::{input, request, unchecked_request};
use crate::sigv4::{Options, Signer, parse, verify};
use crate::{Incoming, Routed, Value, decode};

fn call(name: &str, operation: &str) -> Routed {
    let service = service(name);
    Routed {
        operation: service.operation(operation).unwrap(),
        protocol: service.protocol(),
    }
}

#[test]
fn an_input_that_is_none_names_operation_and_member() {
    let role = json!({"RoleName": "reader", "AssumeRolePolicyDocument": "{}"});
    for (name, operation, given, expected) in [
        ("iam", "CreateRole", role, None),
        (
            "iam",
            "CreateRole",
            json!({"RoleName": "reader"}),
            Some("`iam:CreateRole` requires the member `AssumeRolePolicyDocument`"),
        ),
        (
            "iam",
            "GetRole",
            json!({"RoleName": "reader", "roleName": "x"}),
            Some("`iam:GetRole` has no member `roleName`; there it takes `RoleName`"),
        ),
        (
            "iam",
            "TagRole",
            json!({"RoleName": "reader", "Tags": [{"Key": "a", "Value": "b"}, {"Key": 7, "Value": ""}]}),
            Some("`Tags.2.Key` of `iam:TagRole` must be a string, not a integer"),
        ),
        (
            "iam",
            "TagRole",
            json!({"RoleName": "reader", "Tags": [{"Key": "a"}]}),
            Some("`iam:TagRole` requires the member `Tags.1.Value`"),
        ),
        (
            "iam",
            "ListRoles",
            json!({"MaxItems": "ten"}),
            Some("`MaxItems` of `iam:ListRoles` must be a 32-bit integer, not a string"),
        ),
        (
            "sts",
            "GetCallerIdentity",
            json!({"Who": "me"}),
            Some("`sts:GetCallerIdentity` has no member `Who`; there it takes none"),
        ),
        (
            "apigatewayv2",
            "GetApi",
            json!({}),
            Some("`apigatewayv2:GetApi` requires the member `ApiId`"),
        ),
        (
            "apigatewayv2",
            "GetApi",
            json!({"ApiId": ""}),
            Some("`ApiId` of `apigatewayv2:GetApi` stands in the path and must not be empty"),
        ),
        ("apigatewayv2", "GetApi", json!({"ApiId": "a1"}), None),
    ] {
        let call = call(name, operation);
        let told = request(&call, &input(call.operation, &given));
        let told = told.err().map(|error| error.to_string());
        assert_eq!(told.as_deref(), expected, "{operation} {given}");
    }
}

#[test]
fn null_is_an_absent_member_and_an_absent_input() {
    let call = call("iam", "GetRole");
    let given = input(call.operation, &json!({"RoleName": null}));
    assert!(request(&call, &given).is_err());
    assert!(request(&call, &Value::Null).is_err());
    let call = self::call("sts", "GetCallerIdentity");
    assert!(request(&call, &Value::Null).is_ok());
}

#[test]
fn unchecked_is_sent_as_it_stands() {
    for (name, operation, given, expected) in [
        (
            "iam",
            "GetRole",
            json!({"Rolename": "x", "Many": [1]}),
            "Action=GetRole&Version=2010-05-08&Many=%5B1%5D&Rolename=x",
        ),
        (
            "secretsmanager",
            "GetSecretValue",
            json!({"SecretId": 7, "Other": {"a": true}}),
            r#"{"SecretId":7,"Other":{"a":true}}"#,
        ),
        (
            "apigatewayv2",
            "CreateApi",
            json!({"Name": ["x"], "Nothing": 1}),
            r#"{"name":["x"],"Nothing":1}"#,
        ),
    ] {
        let call = call(name, operation);
        let given = input(call.operation, &given);
        assert!(request(&call, &given).is_err(), "{operation}");
        let sent = unchecked_request(&call, &given).unwrap();
        assert_eq!(sent.body, expected, "{operation}");
    }
    // Without its label a path would be that of another operation.
    let call = call("apigatewayv2", "GetApi");
    assert!(unchecked_request(&call, &Value::empty()).is_err());
}

#[test]
fn a_person_writes_documents_blobs_and_times_as_json() {
    let call = call("iam", "CreateRole");
    let given = json!({
        "RoleName": "reader",
        "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": []},
    });
    let read = input(call.operation, &given);
    let document = read.get("AssumeRolePolicyDocument").unwrap().as_text();
    // In the order in which it was written.
    assert_eq!(document, Some(r#"{"Version":"2012-10-17","Statement":[]}"#));

    let call = self::call("secretsmanager", "CreateSecret");
    let given = json!({"Name": "a", "SecretBinary": "AJ+Slg=="});
    let read = input(call.operation, &given);
    assert_eq!(
        read.get("SecretBinary"),
        Some(&Value::Blob(vec![0, 0x9f, 0x92, 0x96].into()))
    );

    let call = self::call("cloudwatch", "PutMetricData");
    let given = json!({"Namespace": "Shop", "MetricData": [
        {"MetricName": "Orders", "Value": 7, "Timestamp": "2026-01-15T12:00:00Z"},
    ]});
    let sent = request(&call, &input(call.operation, &given)).unwrap();
    let read = decode(&call, &incoming(&sent)).unwrap();
    let datum = &read.get("MetricData").unwrap().as_list().unwrap()[0];
    let instant = "2026-01-15T12:00:00Z".parse().unwrap();
    assert_eq!(datum.get("Timestamp"), Some(&Value::Timestamp(instant)));
    assert_eq!(datum.get("Value"), Some(&Value::Float(7.0)));
}

fn incoming(request: &crate::request::Outgoing) -> Incoming<'_> {
    Incoming {
        method: &request.method,
        path: &request.path,
        query: &request.query,
        headers: &request.headers,
        body: &request.body,
    }
}

#[test]
fn what_is_signed_verifies() {
    for (name, operation, given) in [
        ("iam", "GetRole", json!({"RoleName": "a b"})),
        ("secretsmanager", "GetSecretValue", json!({"SecretId": "a"})),
        ("apigatewayv2", "GetApi", json!({"ApiId": "a b/c"})),
        (
            "apigatewayv2",
            "GetApis",
            json!({"MaxResults": "5", "NextToken": "a+b="}),
        ),
        ("cloudwatch", "ListMetrics", json!({})),
    ] {
        let call = call(name, operation);
        let mut sent = request(&call, &input(call.operation, &given)).unwrap();
        let host = http::HeaderValue::from_static("127.0.0.1:4566");
        sent.headers.insert(http::header::HOST, host);
        let signer = Signer {
            access_key: "AKIAEXAMPLE",
            secret: "secret",
            session_token: None,
            region: "eu-central-1",
            service: call.operation.service.signing_name,
            now: "2026-01-15T12:00:00Z".parse().unwrap(),
            options: Options::STANDARD,
        };
        sent.sign(&signer).unwrap();
        let signed = parse(&incoming(&sent)).unwrap().unwrap();
        assert!(verify(&signed, &incoming(&sent), "secret", Options::STANDARD).is_ok());
        assert!(verify(&signed, &incoming(&sent), "other", Options::STANDARD).is_err());
    }
}
