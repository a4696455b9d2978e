//! Signatures: against AWS's own signer, and every way in which they can be wrong.

use std::time::{Duration, UNIX_EPOCH};

use aws_credential_types::Credentials;
use aws_sigv4::http_request::{
    SignableBody, SignableRequest, SignatureLocation, SigningSettings, sign as sign_as_aws,
};
use aws_sigv4::sign::v4;
use jiff::{SignedDuration, Timestamp};

use super::Request;
use crate::Protocol;
use crate::sigv4::{
    Form, Options, Refusal, Signed, Signer, check_scope, check_time, parse, sign, verify,
};

const SECRET: &str = "test-only-secret";
const NOW: i64 = 1_795_176_000; // 2026-11-20T12:00:00Z

fn now() -> Timestamp {
    Timestamp::from_second(NOW).unwrap()
}

fn signer() -> Signer<'static> {
    Signer {
        access_key: "AKIDEXAMPLE",
        secret: SECRET,
        session_token: None,
        region: "eu-central-1",
        service: "execute-api",
        now: now(),
        options: Options::STANDARD,
    }
}

fn signed_by_us(mut request: Request, signer: &Signer<'_>) -> Request {
    let Request {
        method,
        path,
        query,
        headers,
        body,
    } = &mut request;
    sign(signer, method, path, query, headers, body).unwrap();
    request
}

/// The request signed by the `aws-sigv4` crate, as the Rust SDK does it.
fn signed_by_aws(mut request: Request, token: Option<&str>, presigned: bool) -> Request {
    let identity = Credentials::new(
        "AKIDEXAMPLE",
        SECRET,
        token.map(str::to_owned),
        None,
        "test",
    )
    .into();
    let mut settings = SigningSettings::default();
    if presigned {
        settings.signature_location = SignatureLocation::QueryParams;
        settings.expires_in = Some(Duration::from_secs(900));
    }
    let params = v4::SigningParams::builder()
        .identity(&identity)
        .region("eu-central-1")
        .name("execute-api")
        .time(UNIX_EPOCH + Duration::from_secs(NOW.unsigned_abs()))
        .settings(settings)
        .build()
        .unwrap()
        .into();
    let host = request
        .headers
        .get("host")
        .unwrap()
        .to_str()
        .unwrap()
        .to_owned();
    let query = if request.query.is_empty() {
        String::new()
    } else {
        format!("?{}", request.query)
    };
    let uri = format!("http://{host}{}{query}", request.path);
    let headers: Vec<(&str, &str)> = request
        .headers
        .iter()
        .map(|(name, value)| (name.as_str(), value.to_str().unwrap()))
        .collect();
    let signable = SignableRequest::new(
        request.method.as_str(),
        uri,
        headers.into_iter(),
        SignableBody::Bytes(&request.body),
    )
    .unwrap();
    let (instructions, _) = sign_as_aws(signable, &params).unwrap().into_parts();
    for (name, value) in instructions.headers() {
        request = request.header(name, value);
    }
    for (name, value) in instructions.params() {
        let encoded: String = form_urlencoded::byte_serialize(value.as_bytes()).collect();
        let separator = if request.query.is_empty() { "" } else { "&" };
        request.query.push_str(&format!(
            "{separator}{name}={}",
            encoded.replace('+', "%20")
        ));
    }
    request
}

fn requests() -> Vec<Request> {
    let request = |method: &str, uri: &str| {
        Request::new(method, uri).header("host", "a1.execute-api.localhost:4566")
    };
    vec![
        request("GET", "/"),
        request("GET", ""),
        request("GET", "/prod/pets?b=2&a=1&a=0&c"),
        request(
            "GET",
            "/prod/a%20b/%2Fslash/caf%C3%A9?name=a%20b&sign=%2B%26",
        ),
        request("GET", "/a/./b/../c//d/"),
        request("GET", "/v2/tags/arn%3Aaws%3Aapigateway%3A%3A%2Fapis%2Fx"),
        request("POST", "//").body("Action=GetCallerIdentity&Version=2011-06-15"),
        request("POST", "/")
            .header("x-blank", "  a   b  ")
            .header("x-amz-target", "X.Y")
            .body("{}"),
        request("PUT", "/~user/a,b;c=d(e)*'!").body(vec![0, 255, 10]),
    ]
}

/// What somebody does to a signed request.
type Change = fn(&mut Request);

fn outcome(request: &Request, secret: &str) -> bool {
    let signed = parse(&request.incoming()).unwrap().unwrap();
    verify(&signed, &request.incoming(), secret, Options::STANDARD).is_ok()
}

#[test]
fn what_the_sdk_signs_is_verified() {
    for request in requests() {
        for token in [None, Some("token/+=")] {
            for presigned in [false, true] {
                let what = format!(
                    "{} {}?{} {token:?} {presigned}",
                    request.method, request.path, request.query
                );
                let signed = signed_by_aws(request.clone(), token, presigned);
                let read = parse(&signed.incoming()).unwrap().unwrap();
                assert_eq!(
                    (read.access_key.as_str(), read.session_token.as_deref()),
                    ("AKIDEXAMPLE", token)
                );
                assert_eq!(
                    read.scope.to_string(),
                    "20261120/eu-central-1/execute-api/aws4_request"
                );
                assert_eq!(read.date, now());
                assert_eq!(read.form == Form::Header, !presigned);
                assert!(outcome(&signed, SECRET), "{what}");
                assert!(!outcome(&signed, "another"), "{what}");
            }
        }
    }
}

#[test]
fn what_we_sign_is_verified_and_is_what_the_sdk_signs() {
    for request in requests() {
        let ours = signed_by_us(request.clone(), &signer());
        assert!(outcome(&ours, SECRET), "{} {}", ours.method, ours.path);
        if request.path.is_empty() || request.headers.contains_key("x-blank") {
            continue; // the SDK signs the same set of headers only for plain requests
        }
        let theirs = signed_by_aws(request, None, false);
        assert_eq!(
            ours.headers.get("authorization"),
            theirs.headers.get("authorization"),
            "{}",
            ours.path
        );
    }
}

/// The example of the IAM User Guide's former "Signature Version 4 signing process" pages, whose
/// derived signature AWS published.
#[test]
fn the_published_example_is_met() {
    let request = Request::new("GET", "/?Action=ListUsers&Version=2010-05-08")
        .header("host", "iam.amazonaws.com")
        .header(
            "content-type",
            "application/x-www-form-urlencoded; charset=utf-8",
        );
    let signer = Signer {
        access_key: "AKIDEXAMPLE",
        secret: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
        session_token: None,
        region: "us-east-1",
        service: "iam",
        now: "2015-08-30T12:36:00Z".parse().unwrap(),
        options: Options::STANDARD,
    };
    let signed = parse(&signed_by_us(request, &signer).incoming())
        .unwrap()
        .unwrap();
    assert_eq!(
        signed.signature,
        "5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7"
    );
}

#[test]
fn what_was_altered_is_refused() {
    let original = || {
        Request::new("POST", "/prod/pets?b=2&a=1")
            .header("host", "a1.execute-api.localhost:4566")
            .header("x-signed", "one")
            .body("{\"a\":1}")
    };
    let signed = signed_by_us(original(), &signer());
    assert!(outcome(&signed, SECRET));
    let altered = |change: Change| {
        let mut request = signed.clone();
        change(&mut request);
        request
    };
    // Neither the order of parameters, nor doubled slashes, nor headers that were not signed count.
    for harmless in [
        altered(|request| request.query = "a=1&b=2".to_owned()),
        altered(|request| request.path = "//prod/./pets".to_owned()),
        altered(|request| drop(request.headers.insert("x-unsigned", "1".parse().unwrap()))),
        altered(|request| drop(request.headers.insert("x-signed", " one ".parse().unwrap()))),
    ] {
        assert!(
            outcome(&harmless, SECRET),
            "{} {}",
            harmless.path,
            harmless.query
        );
    }
    let refused: &[(&str, Change)] = &[
        ("body", |request| request.body = "{\"a\":2}".into()),
        ("method", |request| request.method = http::Method::PUT),
        ("path", |request| request.path = "/prod/pet".to_owned()),
        ("trailing slash", |request| {
            request.path = "/prod/pets/".to_owned()
        }),
        ("query", |request| request.query = "a=1&b=3".to_owned()),
        ("further parameter", |request| request.query.push_str("&c=")),
        ("header", |request| {
            drop(request.headers.insert("x-signed", "two".parse().unwrap()))
        }),
        ("repeated header", |request| {
            request.headers.append("x-signed", "one".parse().unwrap());
        }),
        ("absent header", |request| {
            drop(request.headers.remove("x-signed"))
        }),
        ("host", |request| {
            drop(request.headers.insert("host", "other".parse().unwrap()))
        }),
        ("date", |request| {
            drop(
                request
                    .headers
                    .insert("x-amz-date", "20261120T120001Z".parse().unwrap()),
            )
        }),
    ];
    for (what, change) in refused {
        assert!(!outcome(&altered(*change), SECRET), "{what}");
    }
    for (from, to) in [
        ("eu-central-1", "us-east-1"),
        ("execute-api", "sts"),
        ("20261120/", "20261121/"),
        ("aws4_request", "aws4"),
        ("Signature=", "Signature=0"),
    ] {
        let mut request = signed.clone();
        let text = request
            .headers
            .get("authorization")
            .unwrap()
            .to_str()
            .unwrap()
            .replace(from, to);
        request
            .headers
            .insert("authorization", text.parse().unwrap());
        assert!(!outcome(&request, SECRET), "{from} -> {to}");
    }
}

#[test]
fn an_unsigned_payload_counts_only_where_it_may() {
    let claim = Request::new("PUT", "/bucket/key")
        .header("host", "h")
        .header("x-amz-content-sha256", "UNSIGNED-PAYLOAD")
        .body("a");
    let signed = signed_by_us(claim, &signer());
    assert!(outcome(&signed, SECRET));
    let mut altered = signed;
    altered.body = "b".into();
    assert!(!outcome(&altered, SECRET));
}

#[test]
fn an_explanation_hides_the_session_token() {
    let with_token = Signer {
        session_token: Some("SECRETTOKEN"),
        ..signer()
    };
    let header = signed_by_us(Request::new("GET", "/").header("host", "h"), &with_token);
    let url = signed_by_aws(
        Request::new("GET", "/").header("host", "h"),
        Some("SECRETTOKEN"),
        true,
    );
    for request in [header, url] {
        let signed = parse(&request.incoming()).unwrap().unwrap();
        let error = verify(&signed, &request.incoming(), "wrong", Options::STANDARD).unwrap_err();
        let shown = format!("{error:?} {signed:?} {with_token:?}");
        assert!(
            shown.to_lowercase().contains("x-amz-security-token") && !shown.contains("SECRETTOKEN"),
            "{shown}"
        );
        assert!(
            error
                .to_string()
                .starts_with("The request signature we calculated does not match")
        );
    }
}

fn header_request(authorization: &str, date: Option<&str>) -> Request {
    let request = Request::new("GET", "/")
        .header("host", "h")
        .header("authorization", authorization);
    match date {
        Some(date) => request.header("x-amz-date", date),
        None => request,
    }
}

#[test]
fn what_cannot_be_read_is_told_as_aws_tells_it() {
    let date = Some("20261120T120000Z");
    let good =
        "AWS4-HMAC-SHA256 Credential=A/20261120/r/s/aws4_request, SignedHeaders=host, Signature=00";
    assert!(
        parse(&header_request(good, date).incoming())
            .unwrap()
            .is_some()
    );
    assert!(
        parse(&Request::new("GET", "/?a=1").incoming())
            .unwrap()
            .is_none()
    );
    let cases = [
        (
            "Bearer x",
            date,
            "Invalid key=value pair (missing equal-sign) in Authorization header (hashed with SHA-256 and encoded with Base64): '",
        ),
        (
            "Bearer",
            date,
            "Invalid key=value pair (missing equal-sign)",
        ),
        (
            "AWS4-HMAC-SHA256 Foo=1",
            None,
            "Authorization header requires 'Credential' parameter. Authorization header requires 'Signature' parameter. Authorization header requires 'SignedHeaders' parameter. Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. (Hashed",
        ),
        (
            &good.replace(", Signature=00", ""),
            date,
            "Authorization header requires 'Signature' parameter. (Hashed",
        ),
        (
            good,
            None,
            "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.",
        ),
        (
            &good.replace("/r/s", "/r"),
            date,
            "Credential must have exactly 5 slash-delimited elements",
        ),
        (
            good,
            Some("yesterday"),
            "Date must be in ISO-8601 'basic format'. Got 'yesterday'.",
        ),
        (
            &good.replace("=host", "=x-amz-date"),
            date,
            "'Host' or ':authority' must be a 'SignedHeader'",
        ),
        (
            &good.replace("HMAC", "ECDSA-P256"),
            date,
            "Unsupported AWS 'algorithm': 'AWS4-ECDSA-P256-SHA256'.",
        ),
    ];
    for (authorization, date, expected) in cases {
        let error = parse(&header_request(authorization, date).incoming()).unwrap_err();
        let text = error.to_string();
        assert!(text.starts_with(expected), "{text}");
        let refusal = Refusal::from(error).answer(Protocol::RestJson);
        assert_eq!(
            (refusal.status, refusal.code.as_str()),
            (403, "IncompleteSignatureException")
        );
    }
    let url = Request::new("GET", "/?X-Amz-Signature=0").header("host", "h");
    assert!(
        parse(&url.incoming())
            .unwrap_err()
            .to_string()
            .contains("X-Amz-Algorithm, X-Amz-Credential")
    );
}

fn signed_at(seconds: i64, form: Form) -> Signed {
    let at = Timestamp::from_second(seconds).unwrap();
    let request = signed_by_us(
        Request::new("GET", "/").header("host", "h"),
        &Signer {
            now: at,
            ..signer()
        },
    );
    let mut signed = parse(&request.incoming()).unwrap().unwrap();
    signed.form = form;
    signed
}

#[test]
fn the_clock_decides() {
    let window = SignedDuration::from_mins(5);
    let cases = [
        (NOW, Form::Header, None),
        (NOW - 300, Form::Header, None),
        (
            NOW - 301,
            Form::Header,
            Some(
                "Signature expired: 20261120T115459Z is now earlier than 20261120T115500Z (20261120T120000Z - 5 min.)",
            ),
        ),
        (NOW + 300, Form::Header, None),
        (
            NOW + 301,
            Form::Header,
            Some(
                "Signature not yet current: 20261120T120501Z is still later than 20261120T120500Z (20261120T120000Z + 5 min.)",
            ),
        ),
        (
            NOW - 900,
            Form::Presigned {
                expires_seconds: 900,
            },
            None,
        ),
        (
            NOW - 901,
            Form::Presigned {
                expires_seconds: 900,
            },
            Some(
                "Signature expired: 20261120T114459Z is now earlier than 20261120T114500Z (20261120T120000Z - 900 sec.)",
            ),
        ),
    ];
    for (at, form, expected) in cases {
        let found = check_time(&signed_at(at, form), now(), window)
            .err()
            .map(|error| error.to_string());
        assert_eq!(found.as_deref(), expected, "{at}");
    }
    let mut other_day = signed_at(NOW, Form::Header);
    other_day.scope.date = "20261119".to_owned();
    let text = check_time(&other_day, now(), window)
        .unwrap_err()
        .to_string();
    assert!(
        text.ends_with("'20261119' != '20261120', from '20261120T120000Z'."),
        "{text}"
    );
}

#[test]
fn the_scope_decides() {
    let signed = signed_at(NOW, Form::Header);
    assert!(check_scope(&signed, "execute-api", Some("eu-central-1")).is_ok());
    assert!(check_scope(&signed, "execute-api", None).is_ok());
    let region = check_scope(&signed, "execute-api", Some("us-east-1")).unwrap_err();
    assert_eq!(
        region.to_string(),
        "Credential should be scoped to a valid region, not 'eu-central-1'. "
    );
    let service = check_scope(&signed, "sts", None).unwrap_err();
    assert_eq!(
        service.to_string(),
        "Credential should be scoped to correct service: 'sts'. "
    );
    let answers = [
        (Protocol::Query, 403, "SignatureDoesNotMatch"),
        (Protocol::RestJson, 403, "InvalidSignatureException"),
        (Protocol::Json11, 400, "InvalidSignatureException"),
    ];
    for (protocol, status, code) in answers {
        let answer = Refusal::from(service.clone()).answer(protocol);
        assert_eq!((answer.status, answer.code.as_str()), (status, code));
    }
    let unsigned = Refusal::Unsigned.answer(Protocol::RestJson);
    assert_eq!(
        (unsigned.code.as_str(), unsigned.message.as_str()),
        (
            "MissingAuthenticationTokenException",
            "Missing Authentication Token"
        )
    );
}
