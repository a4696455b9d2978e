//! The resource policy of a REST API, by type of authorization.

use std::sync::Arc;

use bytes::Bytes;
use serde_json::{Value, json};

use super::bench::{Answer, Bench};
use super::rest_policy::{API, Rest};
use crate::deployment::rest::Endpoint;
use crate::deployment::{Authorization, AuthorizerFormat, FunctionAuthorizer, RequestSource};
use crate::network::{SOURCE_IP_HEADER, SOURCE_VPC_ENDPOINT_HEADER, SOURCE_VPC_HEADER};
use crate::uri_template::UriTemplate;

type Headers = &'static [(&'static str, &'static str)];

/// How AWS begins what it says to somebody who did not sign.
const ANONYMOUS: &str = "User: anonymous is not authorized to perform: execute-api:Invoke on resource: \
                         arn:aws:execute-api:us-east-1:********2222:rest000001/prod/GET/a";
const SILENT: &str = " because no resource-based policy allows the execute-api:Invoke action";
const DENIED: &str = " with an explicit deny in a resource-based policy";
const NO_IDENTITY: &str = "User is not authorized to access this resource because no identity-based policy \
                           allows the execute-api:Invoke action";
const IDENTITY_DENIES: &str = "User is not authorized to access this resource with an explicit deny in an \
                               identity-based policy";

fn statement(effect: &str, resource: &str, condition: Value) -> Value {
    let mut statement = json!({
        "Effect": effect, "Principal": "*", "Action": "execute-api:Invoke", "Resource": resource,
    });
    if !condition.is_null() {
        statement["Condition"] = condition;
    }
    statement
}

fn policy(statements: &[Value]) -> Value {
    json!({ "Version": "2012-10-17", "Statement": statements })
}

/// A policy that allows, denies or says nothing of what is asked.
fn of(effect: &str) -> Value {
    match effect {
        "silent" => policy(&[statement("Allow", "execute-api:/*/POST/zzz", Value::Null)]),
        effect => policy(&[statement(effect, "execute-api:/*", Value::Null)]),
    }
}

/// Status, error type and what is said; the member has a capital where access is denied.
fn told(answer: &Answer) -> (u16, String, String) {
    let error_type = answer.header("x-amzn-errortype").unwrap_or_default();
    let body: Value = serde_json::from_str(answer.body()).unwrap_or_default();
    let said = ["Message", "message"].map(|name| body[name].as_str().unwrap_or_default());
    assert!(said.iter().any(|text| text.is_empty()));
    (answer.status(), error_type.to_owned(), said.concat())
}

#[tokio::test]
async fn without_authorization_the_policy_alone_decides() {
    let bench = Bench::start().await;
    let in_office = json!({ "IpAddress": { "aws:SourceIp": "203.0.113.0/24" } });
    let out_of_office = json!({ "NotIpAddress": { "aws:SourceIp": ["203.0.113.0/24"] } });
    let good_client = json!({ "StringLike": { "aws:UserAgent": "good/*" } });
    let from_page = json!({ "StringEquals": { "aws:Referer": "https://app.example/" } });
    let of_organization = json!({ "StringEquals": { "aws:PrincipalOrgID": "o-aaaaaaaaaa" } });
    let allow =
        |condition: &Value| policy(&[statement("Allow", "execute-api:/*", condition.clone())]);
    let but_for = policy(&[
        statement("Allow", "execute-api:/*", Value::Null),
        statement("Deny", "execute-api:/*", out_of_office),
    ]);
    let resource = |resource: &str| policy(&[statement("Allow", resource, Value::Null)]);
    let arn = format!("arn:aws:execute-api:us-east-1:222222222222:{API}/prod/GET/a");
    let office: Headers = &[(SOURCE_IP_HEADER, "203.0.113.9")];
    let elsewhere: Headers = &[
        (SOURCE_IP_HEADER, "198.51.100.1"),
        ("x-forwarded-for", "203.0.113.9"),
    ];
    let cases: [(Value, Headers, &str); 19] = [
        (of("Allow"), &[], ""),
        (of("silent"), &[], SILENT),
        (of("Deny"), &[], DENIED),
        (resource("execute-api:/prod/GET/a"), &[], ""),
        (resource("execute-api:/prod/*/a"), &[], ""),
        (resource(&arn), &[], ""),
        (resource("execute-api:/beta/*"), &[], SILENT),
        (resource("execute-api:/prod/GET/A"), &[], SILENT),
        (
            resource("arn:aws:execute-api:us-east-1:222222222222:other/*"),
            &[],
            SILENT,
        ),
        (allow(&in_office), office, ""),
        (allow(&in_office), elsewhere, SILENT),
        (but_for.clone(), office, ""),
        (but_for, elsewhere, DENIED),
        (allow(&good_client), &[("user-agent", "good/1")], ""),
        (allow(&good_client), &[("user-agent", "bad/1")], SILENT),
        (allow(&good_client), &[], SILENT),
        (
            allow(&from_page),
            &[("referer", "https://app.example/")],
            "",
        ),
        (allow(&from_page), &[], SILENT),
        (allow(&of_organization), &[], SILENT),
    ];
    for (policy, headers, expected) in cases {
        let case = format!("{policy} {headers:?}");
        bench.publish_rest(Rest::of(Authorization::None).with_policy(policy));
        let answer = bench.rest("GET", "/a", headers).await;
        if expected.is_empty() {
            assert_eq!(answer.status(), 200, "{case}");
        } else {
            let said = format!("{ANONYMOUS}{expected}");
            let denied = (403, "AccessDeniedException".to_owned(), said);
            assert_eq!(told(&answer), denied, "{case}");
        }
    }
}

#[tokio::test]
async fn a_method_that_is_not_there_is_answered_before_the_policy() {
    let bench = Bench::start().await;
    bench.publish_rest(Rest::of(Authorization::None).with_policy(of("Deny")));
    let missing = "MissingAuthenticationTokenException";
    let cases: [(Headers, &str, &str); 3] = [
        (&[], missing, "Missing Authentication Token"),
        (
            &[("authorization", "Bearer abc")],
            "IncompleteSignatureException",
            "Invalid key=value pair (missing equal-sign) in Authorization header (hashed with SHA-256 and \
             encoded with Base64): '",
        ),
        (
            &[("authorization", "AWS4-HMAC-SHA256 a=b")],
            "IncompleteSignatureException",
            "Authorization header requires 'Credential' parameter. Authorization header requires 'Signature' \
             parameter.",
        ),
    ];
    for (headers, error_type, said) in cases {
        let answer = bench.rest("GET", "/nope", headers).await;
        let (status, found, text) = told(&answer);
        assert_eq!((status, found.as_str()), (403, error_type));
        assert!(text.starts_with(said), "{text}");
        assert_eq!(answer.reason(), Some("no-route"));
    }
}

fn gate() -> Authorization {
    let source = "method.request.header.Authorization";
    Authorization::Function(Arc::new(FunctionAuthorizer {
        id: "auth01".to_owned(),
        name: "gate".to_owned(),
        function: UriTemplate::parse("arn:aws:lambda:us-east-1:222222222222:function:authz"),
        format: AuthorizerFormat::Token { expression: None },
        identity_sources: RequestSource::of_method(source).into_iter().collect(),
        ttl_seconds: 0,
    }))
}

/// Table A.
#[tokio::test]
async fn the_policy_of_an_authorizer_is_decided_with_that_of_the_api() {
    let bench = Bench::start().await;
    let resource_denies = format!("{ANONYMOUS}{DENIED}");
    let cases = [
        ("Allow", "Allow", ""),
        ("Allow", "silent", ""),
        ("Allow", "Deny", &resource_denies),
        ("silent", "Allow", ""),
        ("silent", "silent", NO_IDENTITY),
        ("silent", "Deny", &resource_denies),
        ("Deny", "Allow", IDENTITY_DENIES),
        ("Deny", "silent", IDENTITY_DENIES),
        ("Deny", "Deny", &resource_denies),
    ];
    for (authorizer, resource, expected) in cases {
        bench.ledger.invocations.lock().clear();
        bench.publish_rest(Rest::of(gate()).with_policy(of(resource)));
        let (effect, target) = match authorizer {
            "silent" => ("Allow", "arn:aws:execute-api:*:*:*/POST/zzz"),
            effect => (effect, "*"),
        };
        let answer = json!({ "principalId": "u", "policyDocument": {
            "Version": "2012-10-17",
            "Statement": [{ "Effect": effect, "Action": "execute-api:Invoke", "Resource": target }],
        }});
        *bench.ledger.authorizer.lock() = Some(Ok(Bytes::from(answer.to_string())));
        let answer = bench.rest("GET", "/a", &[("authorization", "t")]).await;
        let case = format!("{authorizer} {resource}");
        if expected.is_empty() {
            assert_eq!(answer.status(), 200, "{case}");
        } else {
            let denied = (403, "AccessDeniedException".to_owned(), expected.to_owned());
            assert_eq!(told(&answer), denied, "{case}");
        }
        // What the API's own policy denies is refused before anybody is asked, token or not.
        let is_asked = resource != "Deny";
        assert_eq!(
            bench.ledger.invocations.lock().len(),
            usize::from(is_asked),
            "{case}"
        );
        let bare = bench.rest("GET", "/a", &[]).await.status();
        assert_eq!(bare, if is_asked { 401 } else { 403 }, "{case}");
    }
}

#[tokio::test]
async fn a_private_api_is_reached_through_endpoints_and_needs_a_policy() {
    let bench = Bench::start().await;
    let endpoint = "vpce-0aaaaaaaaaaaaaaaa";
    let but_for = policy(&[
        statement("Allow", "execute-api:/*", Value::Null),
        statement(
            "Deny",
            "execute-api:/*",
            json!({ "StringNotEquals": { "aws:SourceVpce": endpoint } }),
        ),
    ]);
    let of_vpc = policy(&[statement(
        "Allow",
        "execute-api:/*",
        json!({ "StringEquals": { "aws:SourceVpc": "vpc-0aaaaaaaaaaaaaaaa" } }),
    )]);
    let (private, regional) = (Endpoint::Private, Endpoint::Regional);
    let one: Headers = &[(SOURCE_VPC_ENDPOINT_HEADER, "vpce-0aaaaaaaaaaaaaaaa")];
    let other: Headers = &[(SOURCE_VPC_ENDPOINT_HEADER, "vpce-0bbbbbbbbbbbbbbbb")];
    let in_vpc: Headers = &[
        (SOURCE_VPC_HEADER, "vpc-0aaaaaaaaaaaaaaaa"),
        (SOURCE_VPC_ENDPOINT_HEADER, "vpce-0bbbbbbbbbbbbbbbb"),
    ];
    let forbidden = (403, "ForbiddenException".to_owned(), "Forbidden".to_owned());
    let denied = |text: &str| {
        let said = format!("{ANONYMOUS}{text}");
        (403, "AccessDeniedException".to_owned(), said)
    };
    let allowed = (200, String::new(), String::new());
    let cases = [
        (private, Some(but_for.clone()), one, allowed.clone()),
        (private, Some(but_for), other, denied(DENIED)),
        (private, Some(of_vpc.clone()), in_vpc, allowed.clone()),
        (private, Some(of_vpc), one, denied(SILENT)),
        (private, None, one, denied(SILENT)),
        (private, Some(of("Allow")), &[], forbidden.clone()),
        (regional, None, one, forbidden),
        (regional, None, &[], allowed),
    ];
    for (endpoint, policy, headers, expected) in cases {
        let case = format!("{endpoint:?} {policy:?} {headers:?}");
        bench.publish_rest(Rest {
            endpoint,
            policy,
            ..Rest::of(Authorization::None)
        });
        let answer = bench.rest("GET", "/a", headers).await;
        assert_eq!(told(&answer), expected, "{case}");
    }
}

#[tokio::test]
async fn a_private_api_is_named_by_a_header_behind_the_host_of_an_endpoint() {
    let bench = Bench::start().await;
    bench.publish_rest(Rest {
        endpoint: Endpoint::Private,
        ..Rest::of(Authorization::None).with_policy(of("Allow"))
    });
    let host = "vpce-0aaaaaaaaaaaaaaaa-abcdefgh.execute-api.us-east-1.vpce.amazonaws.com";
    for (id, status) in [(API, 200), ("other", 404)] {
        let headers = [("x-apigw-api-id", id)];
        let answer = bench.send(host, "GET", "/prod/a", &headers, b"").await;
        assert_eq!(answer.status(), status, "{id}");
    }
}

#[tokio::test]
async fn an_address_that_cannot_be_read_or_is_too_long_is_refused() {
    let bench = Bench::start().await;
    bench.publish_rest(Rest::of(Authorization::None));
    let answer = bench.rest("GET", "/a", &[(SOURCE_IP_HEADER, "here")]).await;
    assert_eq!(
        (answer.status(), answer.reason()),
        (400, Some("source-unreadable"))
    );
    // `arn:aws:execute-api:us-east-1:222222222222:rest000001/prod/GET/` has 63 bytes.
    for (length, status, reason) in [
        (1_537, 403, "no-route"),
        (1_538, 414, "method-arn-too-long"),
    ] {
        let answer = bench
            .rest("GET", &format!("/{}", "a".repeat(length)), &[])
            .await;
        assert_eq!((answer.status(), answer.reason()), (status, Some(reason)));
    }
}
