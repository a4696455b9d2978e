//! There is one reading of an input: what two readers could take for two things, or what nobody reads
//! below a member that is known, is refused, and each refusal has a twin that is taken.

use http::HeaderValue;

use super::{Request, call, form, service, target};
use crate::{decode, route};

const RPC: &str = "/service/GraniteServiceVersion20100801/operation/";

fn is_taken(name: &str, request: &Request) -> bool {
    route(service(name), &request.incoming())
        .ok()
        .is_some_and(|call| decode(&call, &request.incoming()).is_ok())
}

#[test]
fn a_member_is_named_once() {
    let logs = |body: &str| target("Logs_20140328.PutLogEvents", body);
    let cbor = |body: &[u8]| Request::new("POST", &format!("{RPC}ListMetrics")).body(body);
    let rest = |body: &str| Request::new("POST", "/v2/apis/a1b2/authorizers").body(body);
    let assume = |more: &str| form(&format!("Action=AssumeRole&RoleArn=a{more}"));
    let apis = |query: &str| Request::new("GET", &format!("/v2/apis?{query}"));
    let tags = |query: &str| Request::new("GET", &format!("/v2/tags/arn?{query}"));
    let cases = [
        ("logs", logs(r#"{"logGroupName":"a"}"#), true),
        (
            "logs",
            logs(r#"{"logGroupName":"a","logGroupName":"a"}"#),
            false,
        ),
        (
            "logs",
            logs(r#"{"logGroupName":"a","logGroupName":"b"}"#),
            false,
        ),
        ("logs", logs(r#"{"x":1,"x":2}"#), false),
        ("logs", logs(r#"{"logEvents":[{"message":"a"}]}"#), true),
        (
            "logs",
            logs(r#"{"logEvents":[{"message":"a","message":"b"}]}"#),
            false,
        ),
        // {"a": 1} and {"a": 1, "a": 1}
        ("cloudwatch", cbor(&[0xa1, 0x61, 0x61, 1]), true),
        (
            "cloudwatch",
            cbor(&[0xa2, 0x61, 0x61, 1, 0x61, 0x61, 1]),
            false,
        ),
        ("apigatewayv2", rest(r#"{"name":"a"}"#), true),
        ("apigatewayv2", rest(r#"{"name":"a","name":"b"}"#), false),
        ("sts", assume("&RoleSessionName=s&Unknown=1"), true),
        ("sts", assume("&RoleArn=b"), false),
        ("sts", assume("&Unknown=1&Unknown=1"), false),
        ("sts", assume("&Action=AssumeRole"), false),
        ("sts", form("Action=GetCallerIdentity"), true),
        (
            "sts",
            form("Action=GetCallerIdentity&Action=AssumeRole"),
            false,
        ),
        ("apigatewayv2", apis("maxResults=1&nextToken=a"), true),
        ("apigatewayv2", apis("maxResults=1&maxResults=2"), false),
        ("apigatewayv2", tags("tagKeys=a"), true),
    ];
    for (name, request, expected) in cases {
        assert_eq!(is_taken(name, &request), expected, "{request:?}");
    }
    // The URL and the form are one list of parameters.
    let twice = Request::new("POST", "/?RoleArn=b")
        .header("content-type", "application/x-www-form-urlencoded");
    let body = "Action=AssumeRole&RoleSessionName=s";
    assert!(is_taken("sts", &twice.clone().body(body)));
    assert!(!is_taken("sts", &twice.body(format!("{body}&RoleArn=a"))));
}

#[test]
fn what_stands_below_a_member_of_a_form_is_read_or_refused() {
    for (parameter, expected) in [
        ("Tags.member.1.Key=k", true),
        ("Tags.member.7.Key=k", true),
        ("Tags=", true),
        ("Tags.member=", true),
        ("Tags.member.x.Key=k", false),
        ("Tags.member..Key=k", false),
        ("Tags.member.0.Key=k", false),
        ("Tags.member.01.Key=k", false),
        ("Tags.member.%2B1.Key=k", false),
        ("Tags.member.-1.Key=k", false),
        ("Tags.member.1a.Key=k", false),
        ("Tags.member.99999999999.Key=k", false),
        ("Tags.1.Key=k", false),
        ("Tags.Member.1.Key=k", false),
        ("Tags=k", false),
        ("Tags.member=k", false),
        ("Tags.member.1=k", false),
        ("TransitiveTagKeys.member.1=k", true),
        ("TransitiveTagKeys.member.1.x=k", false),
        ("TransitiveTagKeys.entry.1=k", false),
        ("RoleSessionName=s", true),
        ("RoleSessionName.x=s", false),
        ("Unknown.member.x=1", true),
    ] {
        let request = form(&format!("Action=AssumeRole&RoleArn=a&{parameter}"));
        assert_eq!(is_taken("sts", &request), expected, "{parameter}");
    }
    // Beside a good one, too, and each is told by its name.
    let request = form("Action=AssumeRole&Tags.member.1.Key=k&Tags.member.x.Key=k");
    let refused = decode(&call("sts", &request), &request.incoming()).unwrap_err();
    assert_eq!(
        refused.to_string(),
        "`Tags.member.x` is no number of an element: give 1 and so on"
    );
}

#[test]
fn a_header_is_absent_or_a_text() {
    let invoke = || Request::new("POST", "/2015-03-31/functions/f/invocations");
    let name = "x-amz-invocation-type";
    assert!(is_taken("lambda", &invoke()));
    assert!(is_taken("lambda", &invoke().header(name, "Event")));
    for other in ["Event", "RequestResponse"] {
        let twice = invoke().header(name, "Event").header(name, other);
        assert!(!is_taken("lambda", &twice), "{other}");
    }
    let mut unreadable = invoke();
    let value = HeaderValue::from_bytes(b"Event\xff").unwrap();
    unreadable.headers.insert(name, value.clone());
    assert!(!is_taken("lambda", &unreadable));

    let events = || target("Logs_20140328.PutLogEvents", "{}");
    assert!(is_taken("logs", &events()));
    let twice = events().header("x-amz-target", "Logs_20140328.CreateLogGroup");
    assert!(!is_taken("logs", &twice));
    let mut unreadable = events();
    unreadable.headers.insert("x-amz-target", value);
    assert!(!is_taken("logs", &unreadable));
}
