//! Inputs that their model refuses, in AWS's words.

use serde_json::json;

use super::{service, value};
use crate::validate;

fn message(service_name: &str, operation: &str, input: serde_json::Value) -> Option<String> {
    let operation = service(service_name).operation(operation).unwrap();
    validate(operation, &value(input))
        .err()
        .map(|failure| failure.to_string())
}

#[test]
fn violations_are_told_as_aws_tells_them() {
    let role = "arn:aws:iam::111111111111:role/looker";
    let cases = [
        (
            "sts",
            "AssumeRole",
            json!({"RoleArn": role, "RoleSessionName": "session"}),
            None,
        ),
        (
            "sts",
            "AssumeRole",
            json!({"RoleArn": role, "RoleSessionName": "a b"}),
            Some(
                r"1 validation error detected: Value 'a b' at 'roleSessionName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\w+=,.@-]*",
            ),
        ),
        (
            "sts",
            "AssumeRole",
            json!({"RoleArn": "short"}),
            Some(
                "2 validation errors detected: Value 'short' at 'roleArn' failed to satisfy constraint: Member must have length greater than or equal to 20; Value null at 'roleSessionName' failed to satisfy constraint: Member must not be null",
            ),
        ),
        (
            "sts",
            "AssumeRole",
            json!({"RoleArn": role, "RoleSessionName": "session", "DurationSeconds": 60}),
            Some(
                "1 validation error detected: Value '60' at 'durationSeconds' failed to satisfy constraint: Member must have value greater than or equal to 900",
            ),
        ),
        (
            "sts",
            "AssumeRole",
            json!({"RoleArn": role, "RoleSessionName": "session", "PolicyArns": [{"arn": "x"}]}),
            Some(
                "1 validation error detected: Value 'x' at 'policyArns.1.member.arn' failed to satisfy constraint: Member must have length greater than or equal to 20",
            ),
        ),
        (
            "logs",
            "PutLogEvents",
            json!({"logGroupName": "g", "logStreamName": "s", "logEvents": []}),
            Some(
                "1 validation error detected: Value '[]' at 'logEvents' failed to satisfy constraint: Member must have length greater than or equal to 1",
            ),
        ),
        (
            "oam",
            "CreateLink",
            json!({"LabelTemplate": "x", "SinkIdentifier": "arn:aws:oam:eu-central-1:111111111111:sink/a", "ResourceTypes": ["AWS::Nothing"]}),
            Some(""),
        ),
    ];
    for (service, operation, input, expected) in cases {
        let found = message(service, operation, input);
        if expected == Some("") {
            let found = found.unwrap();
            assert!(found.starts_with("1 validation error detected: Value '[AWS::Nothing]' at 'resourceTypes' failed to satisfy constraint: Member must satisfy constraint: [Member must satisfy enum value set: ["), "{found}");
        } else {
            assert_eq!(found.as_deref(), expected, "{operation}");
        }
    }
}

#[test]
fn secrets_are_not_repeated() {
    let found = message(
        "iam",
        "CreateLoginProfile",
        json!({"UserName": "u", "Password": "p".repeat(200)}),
    )
    .unwrap();
    assert_eq!(
        found,
        "1 validation error detected: Value at 'password' failed to satisfy constraint: Member must have length less than or equal to 128"
    );
    let long = "s".repeat(70_000);
    let found = message(
        "secretsmanager",
        "PutSecretValue",
        json!({"SecretId": "a", "SecretString": long}),
    );
    assert!(found.is_some_and(|text| !text.contains("sss")));
}

#[test]
fn patterns_are_those_of_java() {
    let name = |text: &str| {
        let input = json!({"RoleArn": "arn:aws:iam::111111111111:role/r", "RoleSessionName": text});
        message("sts", "AssumeRole", input).is_none()
    };
    for (text, is_valid) in [
        ("abc", true),
        ("a-b.c@d", true),
        ("ümlaut", false),
        ("ab\n", false),
        ("", false),
    ] {
        assert_eq!(name(text), is_valid, "{text:?}");
    }
}

#[test]
fn a_null_in_a_map_breaks_its_model_but_in_templates() {
    let put = |templates: serde_json::Value| {
        let input = json!({
            "restApiId": "a", "resourceId": "r", "httpMethod": "GET", "statusCode": "200",
            "responseTemplates": templates,
        });
        message("apigateway", "PutIntegrationResponse", input)
    };
    assert_eq!(put(json!({"application/json": null})), None);
    assert_eq!(put(json!({"application/json": "x"})), None);
    let parameters = json!({
        "restApiId": "a", "resourceId": "r", "httpMethod": "GET", "statusCode": "200",
        "responseParameters": {"method.response.header.x": null},
    });
    let told = message("apigateway", "PutMethodResponse", parameters);
    assert!(told.is_some_and(|text| text.contains("Member must not be null")));
}
