//! The models in the tree can be read to the last line.

use super::{Request, form, service, target};
use crate::{Kind, Models, Protocol};

#[test]
fn every_operation_and_shape_is_readable() {
    let mut operations = 0;
    let mut shapes = 0;
    for name in Models::names() {
        let service = service(name);
        for operation in service.operation_names() {
            assert!(
                service.operation(operation).is_some(),
                "{name}: {operation} cannot be read"
            );
            operations += 1;
        }
        for id in service.shape_ids() {
            let shape = service.shape(id);
            assert_ne!(
                shape.name, "unreadable",
                "{name}: shape {id:?} cannot be read"
            );
            // The one shape that the models themselves leave open: what a branding holds.
            let is_open = name == "cognito-idp" && shape.name == "Document";
            assert!(
                is_open || !matches!(shape.kind, Kind::Document),
                "{name}: {} has no known type",
                shape.name
            );
            shapes += 1;
        }
    }
    assert!(operations > 750, "{operations} operations");
    assert!(shapes > 3000, "{shapes} shapes");
}

/// These patterns are not enforced: they use look-around, which the regex crate does not offer.
#[test]
fn patterns_that_cannot_be_enforced_are_known() {
    let mut unread = Vec::new();
    for name in Models::names() {
        let service = service(name);
        for id in service.shape_ids() {
            let shape = service.shape(id);
            if shape.bounds.pattern.is_some() && shape.bounds.regex().is_none() {
                unread.push(format!("{name}.{}", shape.name));
            }
        }
    }
    let known = [
        "cognito-idp.S3BucketType",
        "iam.accountAliasType",
        "lambda.Alias",
        "lambda.CollectionName",
        "lambda.FunctionUrlFunctionName",
        "lambda.FunctionUrlQualifier",
        "lambda.S3Bucket",
    ];
    assert_eq!(unread, known);
}

#[test]
fn metadata_tells_the_protocols() {
    let cases: &[(&str, &str, &[Protocol])] = &[
        ("sts", "sts", &[Protocol::Query]),
        ("iam", "iam", &[Protocol::Query]),
        ("organizations", "organizations", &[Protocol::Json11]),
        ("apigatewayv2", "apigateway", &[Protocol::RestJson]),
        ("logs", "logs", &[Protocol::Json11]),
        (
            "cloudwatch",
            "monitoring",
            &[Protocol::RpcV2Cbor, Protocol::Json10, Protocol::Query],
        ),
        ("oam", "oam", &[Protocol::RestJson]),
        ("kms", "kms", &[Protocol::Json11]),
        ("lambda", "lambda", &[Protocol::RestJson]),
        ("secretsmanager", "secretsmanager", &[Protocol::Json11]),
        ("cognito-idp", "cognito-idp", &[Protocol::Json11]),
    ];
    for (name, signing_name, protocols) in cases {
        let service = service(name);
        assert_eq!(service.signing_name, *signing_name, "{name}");
        assert_eq!(service.protocols, *protocols, "{name}");
        assert!(
            Models::by_signing_name(signing_name).any(|found| found.name == *name),
            "{name}"
        );
    }
    assert!(Models::service("s3").is_none());
    assert_eq!(Models::by_signing_name("s3").count(), 0);
}

#[test]
fn a_request_tells_its_service() {
    let sts = form("Action=AssumeRoleWithWebIdentity&Version=2011-06-15");
    let iam = form("Action=ListRoles&Version=2010-05-08");
    let cloudwatch = Request::new(
        "POST",
        "/service/GraniteServiceVersion20100801/operation/ListMetrics",
    );
    let by_host = Request::new("POST", "/").header("host", "sts.eu-central-1.amazonaws.com");
    let foreign_host = Request::new("POST", "/").header("host", "sts.corp.example");
    let v2 = Request::new("GET", "/v2/apis");
    let v1 = Request::new("GET", "/restapis");
    let cases: &[(Option<&str>, &Request, Option<&str>)] = &[
        (None, &sts, Some("sts")),
        (None, &iam, Some("iam")),
        (None, &cloudwatch, Some("cloudwatch")),
        (
            None,
            &target("Logs_20140328.PutLogEvents", "{}"),
            Some("logs"),
        ),
        (None, &by_host, Some("sts")),
        (None, &foreign_host, None),
        (Some("apigateway"), &v2, Some("apigatewayv2")),
        (Some("apigateway"), &v1, Some("apigateway")),
        (Some("sts"), &v1, Some("sts")),
        (Some("s3"), &sts, None),
    ];
    for (signing_name, request, expected) in cases {
        let found =
            Models::of_request(*signing_name, &request.incoming()).map(|service| service.name);
        assert_eq!(
            found, *expected,
            "{signing_name:?} {} {}",
            request.method, request.path
        );
    }
}

#[test]
fn errors_are_found_by_name_and_by_code() {
    let iam = service("iam");
    for code in ["NoSuchEntity", "NoSuchEntityException"] {
        let shape = iam.error_shape(code).unwrap();
        let error = shape.error.unwrap();
        assert_eq!(
            (shape.name, error.code, error.status),
            ("NoSuchEntityException", "NoSuchEntity", 404)
        );
    }
    assert!(iam.error_shape("NoSuchThing").is_none());
    assert!(
        iam.error_shape("Role").is_none(),
        "a shape that is no error"
    );
    let logs = service("logs")
        .error_shape("ResourceNotFoundException")
        .unwrap();
    assert_eq!(logs.error.unwrap().status, 400);
}
