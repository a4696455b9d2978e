//! There is one reading of a signature: every spelling of it that two readers could take for two
//! things is refused, and each refusal has a twin that differs in that alone and is taken.

use std::time::Duration;

use jiff::Timestamp;

use super::Request;
use crate::sigv4::{Options, Signer, parse, presigned_headers, sign, signed_headers, verify};

const SECRET: &str = "test-only-secret";

/// A request that is signed in its headers, `x-extra` among them.
fn signed() -> Request {
    let mut request = Request::new("POST", "/prod/pets?b=2&a=1")
        .header("host", "a1.execute-api.localhost:4566")
        .header("x-extra", "1")
        .body("{}");
    let signer = Signer {
        access_key: "AKIDEXAMPLE",
        secret: SECRET,
        session_token: Some("token"),
        region: "eu-central-1",
        service: "execute-api",
        now: Timestamp::UNIX_EPOCH + Duration::from_secs(1_795_176_000),
        options: Options::STANDARD,
    };
    let Request {
        method,
        path,
        query,
        headers,
        body,
    } = &mut request;
    sign(&signer, method, path, query, headers, body).unwrap();
    request
}

fn accepted(request: &Request) -> bool {
    let Ok(Some(signed)) = parse(&request.incoming()) else {
        return false;
    };
    verify(&signed, &request.incoming(), SECRET, Options::STANDARD).is_ok()
}

fn authorization(request: &Request) -> String {
    let value = request.headers.get("authorization").unwrap();
    value.to_str().unwrap().to_owned()
}

/// What somebody does to the value of an Authorization header.
type Edit = Box<dyn Fn(&str) -> String>;

fn with_authorization(change: impl Fn(&str) -> String) -> Request {
    let mut request = signed();
    let value = change(&authorization(&request));
    request
        .headers
        .insert("authorization", value.parse().unwrap());
    request
}

fn part<'a>(authorization: &'a str, name: &str) -> &'a str {
    let (_, rest) = authorization.split_once(&format!("{name}=")).unwrap();
    rest.split(',').next().unwrap()
}

#[test]
fn an_authorization_value_is_read_in_one_way() {
    assert!(accepted(&signed()));
    // The spellings of separators that clients use.
    for (from, to) in [(", ", ","), (", ", ",  ")] {
        let request = with_authorization(|text| text.replace(from, to));
        assert!(accepted(&request), "{}", authorization(&request));
    }
    let list = "SignedHeaders=host;x-amz-date";
    let refused: Vec<(&str, Edit)> = vec![
        (
            "the list twice, first",
            Box::new(move |text| text.replace("Credential=", &format!("{list}, Credential="))),
        ),
        (
            "the list twice, last",
            Box::new(move |text| format!("{text}, {list}")),
        ),
        (
            "the same list twice",
            Box::new(|text| format!("{text}, SignedHeaders={}", part(text, "SignedHeaders"))),
        ),
        (
            "the credential twice",
            Box::new(|text| format!("{text}, Credential={}", part(text, "Credential"))),
        ),
        (
            "the signature twice",
            Box::new(|text| format!("{text}, Signature={}", part(text, "Signature"))),
        ),
        (
            "an empty signature twice",
            Box::new(|text| format!("{text}, Signature=")),
        ),
        (
            "an unknown field",
            Box::new(|text| format!("{text}, Foo=1")),
        ),
        (
            "a field inside a field",
            Box::new(move |text| text.replace("Credential=", &format!("X={list}, Credential="))),
        ),
        (
            "a field in another case",
            Box::new(move |text| format!("{text}, signedheaders=host")),
        ),
        (
            "a field before a blank",
            Box::new(|text| text.replace("Signature=", "Signature =")),
        ),
        (
            "a blank before a value",
            Box::new(|text| text.replace("Signature=", "Signature= ")),
        ),
        (
            "a tab between fields",
            Box::new(|text| text.replace(", ", ",\t")),
        ),
        (
            "semicolons between fields",
            Box::new(|text| text.replace(", ", "; ")),
        ),
        (
            "an empty field",
            Box::new(|text| text.replace(", ", ", , ")),
        ),
        ("a trailing comma", Box::new(|text| format!("{text},"))),
        (
            "a leading comma",
            Box::new(|text| text.replace(" Credential", " , Credential")),
        ),
        (
            "the scheme twice",
            Box::new(|text| {
                text.replace("AWS4-HMAC-SHA256 ", "AWS4-HMAC-SHA256 AWS4-HMAC-SHA256 ")
            }),
        ),
        (
            "another scheme",
            Box::new(|text| text.replace("AWS4-HMAC", "aws4-hmac")),
        ),
        (
            "two values in one header",
            Box::new(|text| format!("{text}, {text}")),
        ),
        (
            "a bearer behind it",
            Box::new(|text| format!("{text}, Bearer x")),
        ),
        (
            "upper-case digits",
            Box::new(|text| {
                let signature = part(text, "Signature");
                text.replace(signature, &signature.to_uppercase())
            }),
        ),
        (
            "a signature that is too long",
            Box::new(|text| format!("{text}00")),
        ),
        (
            "a quoted signature",
            Box::new(|text| {
                let signature = part(text, "Signature");
                text.replace(signature, &format!("\"{signature}\""))
            }),
        ),
        (
            "an unsorted list",
            Box::new(|text| text.replace("host;x-amz-date", "x-amz-date;host")),
        ),
        (
            "a list with a repetition",
            Box::new(|text| text.replace("=host;", "=host;host;")),
        ),
        (
            "a list in upper case",
            Box::new(|text| text.replace("=host;", "=Host;")),
        ),
        (
            "a list with an empty name",
            Box::new(|text| text.replace("=host;", "=host;;")),
        ),
        (
            "a list that ends open",
            Box::new(|text| text.replace("x-extra", "x-extra;")),
        ),
        (
            "a list parted by commas",
            Box::new(|text| text.replace("=host;", "=host,")),
        ),
        (
            "a list with blanks",
            Box::new(|text| text.replace("=host;", "=host; ")),
        ),
        (
            "a list without the host",
            Box::new(|text| text.replace("=host;", "=")),
        ),
        (
            "a list that names what is not there",
            Box::new(|text| text.replace("x-extra", "x-extra;x-other")),
        ),
        (
            "a credential of six parts",
            Box::new(|text| text.replace("/aws4_request", "/aws4_request/")),
        ),
        (
            "a credential of four parts",
            Box::new(|text| text.replace("/aws4_request", "")),
        ),
        (
            "an encoded credential",
            Box::new(|text| text.replace('/', "%2F")),
        ),
    ];
    for (what, change) in refused {
        let request = with_authorization(change);
        assert!(!accepted(&request), "{what}: {}", authorization(&request));
    }
}

#[test]
fn a_signed_header_that_is_absent_is_not_an_empty_one() {
    let mut request = signed();
    let with_empty = {
        let mut request = Request::new("GET", "/")
            .header("host", "h")
            .header("x-extra", "");
        let signer = Signer {
            access_key: "AKIDEXAMPLE",
            secret: SECRET,
            session_token: None,
            region: "eu-central-1",
            service: "execute-api",
            now: Timestamp::UNIX_EPOCH,
            options: Options::STANDARD,
        };
        let Request {
            method,
            path,
            query,
            headers,
            body,
        } = &mut request;
        sign(&signer, method, path, query, headers, body).unwrap();
        request
    };
    assert!(accepted(&with_empty));
    let mut absent = with_empty;
    absent.headers.remove("x-extra");
    assert!(!accepted(&absent));
    request.headers.remove("x-extra");
    assert!(!accepted(&request));
}

#[test]
fn what_stands_twice_in_a_request_is_refused() {
    type Change = fn(Request) -> Request;
    let changes: &[(&str, Change)] = &[
        ("two equal Authorization headers", |request| {
            let value = authorization(&request);
            request.header("authorization", &value)
        }),
        ("a bearer behind the signature", |request| {
            request.header("authorization", "Bearer x")
        }),
        ("two dates", |request| {
            request.header("x-amz-date", "20261120T120000Z")
        }),
        ("two tokens", |request| {
            request.header("x-amz-security-token", "token")
        }),
        ("two hosts", |request| {
            request.header("host", "a1.execute-api.localhost:4566")
        }),
        ("a signature in the query too", |request| {
            with_query(request, "X-Amz-Signature=0")
        }),
        ("its name encoded", |request| {
            with_query(request, "X-%41mz-Signature=0")
        }),
        ("in lower case", |request| {
            with_query(request, "x-amz-signature=0")
        }),
        ("a credential in the query", |request| {
            with_query(request, "X-Amz-Credential=A")
        }),
        ("a token in the query", |request| {
            with_query(request, "X-Amz-Security-Token=token")
        }),
        ("an expiry in the query", |request| {
            with_query(request, "X-Amz-Expires=300")
        }),
        ("a date in the query", |request| {
            with_query(request, "X-Amz-Date=20261120T120000Z")
        }),
    ];
    for (what, change) in changes {
        let request = change(signed());
        assert!(parse(&request.incoming()).is_err(), "{what}");
    }
    // The query is signed, so nothing else may be added; an unsigned header may.
    assert!(!accepted(&with_query(signed(), "c=3")));
    assert!(accepted(&signed().header("x-unsigned", "1")));
}

fn with_query(mut request: Request, pair: &str) -> Request {
    request.query = format!("{}&{pair}", request.query);
    request
}

#[test]
fn a_date_has_one_spelling() {
    let dated = |date: &str| {
        let mut request = signed();
        request.headers.insert("x-amz-date", date.parse().unwrap());
        parse(&request.incoming()).is_ok()
    };
    assert!(dated("20261120T120000Z"));
    for date in [
        "2026-11-20T12:00:00Z",
        "20261120T120000",
        "20261120T120000z",
        "20261120t120000Z",
        "+20261120T120000Z",
        "20261120T1200Z",
        "20261120T120000.0Z",
        "20261120T120000Z0",
        "20261120T126000Z",
        "20261320T120000Z",
        "20261120T120000+0000",
        "Fri, 20 Nov 2026 12:00:00 GMT",
        "1795176000",
        "",
        "00000000T000000Z",
    ] {
        assert!(!dated(date), "{date}");
    }
    // Without `X-Amz-Date` the `Date` header counts, in either of its two formats; one that cannot
    // be read is not absent.
    let with = |amz: Option<&[u8]>, date: Option<&str>| {
        let mut request = signed();
        request.headers.remove("x-amz-date");
        if let Some(amz) = amz {
            let value = http::HeaderValue::from_bytes(amz).unwrap();
            request.headers.insert("x-amz-date", value);
        }
        if let Some(date) = date {
            request.headers.insert("date", date.parse().unwrap());
        }
        parse(&request.incoming()).is_ok()
    };
    assert!(with(None, Some("Fri, 20 Nov 2026 12:00:00 GMT")));
    assert!(with(None, Some("20261120T120000Z")));
    assert!(!with(Some(b"2026\xff"), Some("20261120T120000Z")));
    assert!(!with(None, None));
}

#[test]
fn a_presigned_query_is_read_in_one_way() {
    let good = "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=A%2F20261120%2Fr%2Fs%2Faws4_request\
                &X-Amz-Date=20261120T120000Z&X-Amz-Expires=300&X-Amz-SignedHeaders=host\
                &X-Amz-Security-Token=token&X-Amz-Signature=00";
    let read = |query: &str| {
        let request = Request::new("GET", &format!("/?{query}")).header("host", "h");
        parse(&request.incoming()).map(|signed| signed.is_some())
    };
    assert_eq!(read(good), Ok(true));
    assert_eq!(read("a=1&x=X-Amz-Signature"), Ok(false));
    for (from, to) in [
        ("Expires=300", "Expires=%2B300"),
        ("Expires=300", "Expires=+300"),
        ("Expires=300", "Expires=0300"),
        ("Expires=300", "Expires=300.0"),
        ("Expires=300", "Expires=3e2"),
        ("Expires=300", "Expires=0"),
        ("Expires=300", "Expires=-1"),
        ("Expires=300", "Expires="),
        ("Expires=300", "Expires=604801"),
        ("Expires=300", "Expires=4294967596"),
        ("Expires=300", "Expires=%33%30%30%ff"),
        (
            "Date=20261120T120000Z",
            "Date=Fri%2C%2020%20Nov%202026%2012%3A00%3A00%20GMT",
        ),
        ("SignedHeaders=host", "SignedHeaders=x-amz-date%3Bhost"),
        ("SignedHeaders=host", "SignedHeaders=host%3Bhost"),
        ("SignedHeaders=host", "SignedHeaders=HOST"),
        ("SignedHeaders=host", "SignedHeaders=host%3B"),
        ("SignedHeaders=host", "SignedHeaders="),
        ("AWS4-HMAC-SHA256", "AWS4-ECDSA-P256-SHA256"),
        ("AWS4-HMAC-SHA256", "aws4-hmac-sha256"),
        (
            "X-Amz-Signature=00",
            "X-Amz-Signature=00&X-Amz-Signature=01",
        ),
        (
            "X-Amz-Signature=00",
            "X-Amz-Signature=00&x-amz-signature=01",
        ),
        ("X-Amz-Signature=00", "x-amz-signature=00"),
        (
            "X-Amz-Signature=00",
            "X-Amz-Signature=00&X-%41mz-Signature=00",
        ),
        (
            "X-Amz-Signature=00",
            "X-Amz-Signature=00&X-Amz-Credential=B%2F20261120%2Fr%2Fs%2Faws4_request",
        ),
        (
            "X-Amz-Signature=00",
            "X-Amz-Signature=00&X-Amz-Date=20261120T120000Z",
        ),
        (
            "X-Amz-Signature=00",
            "X-Amz-Signature=00&X-Amz-Expires=604800",
        ),
        (
            "X-Amz-Signature=00",
            "X-Amz-Signature=00&X-Amz-SignedHeaders=host%3Bx",
        ),
        (
            "X-Amz-Signature=00",
            "X-Amz-Signature=00&X-Amz-Security-Token=other",
        ),
        (
            "X-Amz-Signature=00",
            "X-Amz-Signature=00&X-Amz-Algorithm=AWS4-HMAC-SHA256",
        ),
        ("X-Amz-Security-Token=token", "x-amz-security-token=token"),
        ("X-Amz-Credential=A%2F", "X-Amz-Credential=%ff%2F"),
        ("&X-Amz-Date=20261120T120000Z", ""),
        ("&X-Amz-Expires=300", ""),
    ] {
        let query = good.replace(from, to);
        assert!(read(&query).is_err(), "{query}");
    }
    for (name, value) in [
        ("x-amz-security-token", "token"),
        ("x-amz-date", "20261120T120000Z"),
        (
            "authorization",
            "AWS4-HMAC-SHA256 Credential=A/20261120/r/s/aws4_request, SignedHeaders=host, Signature=00",
        ),
        ("authorization", "Bearer x"),
        ("authorization", ""),
    ] {
        let request = Request::new("GET", &format!("/?{good}"))
            .header("host", "h")
            .header(name, value);
        assert!(parse(&request.incoming()).is_err(), "{name}: {value}");
    }
}

#[test]
fn who_asks_what_was_signed_gets_the_reading_of_the_verifier() {
    let request = signed();
    let value = authorization(&request);
    let names = parse(&request.incoming()).unwrap().unwrap().signed_headers;
    assert_eq!(signed_headers(&value), Ok(names));
    let list = "SignedHeaders=host;x-vault-aws-iam-server-id";
    for refused in [
        value.replace("Credential=", &format!("{list}, Credential=")),
        format!("{value}, {list}"),
        value.replace("Credential=", &format!("X={list}, Credential=")),
        value.replace("SignedHeaders=host", "SignedHeaders=HOST"),
        value.replace("SignedHeaders=", "signedheaders="),
        format!("Bearer {list}"),
        list.to_owned(),
        String::new(),
    ] {
        assert!(signed_headers(&refused).is_err(), "{refused}");
    }
    let query = "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=A&X-Amz-Date=d&X-Amz-Expires=1\
                 &X-Amz-SignedHeaders=host%3Bx-one&X-Amz-Signature=00";
    let names = vec!["host".to_owned(), "x-one".to_owned()];
    assert_eq!(presigned_headers(query), Ok(names));
    let twice = format!("{query}&X-Amz-SignedHeaders=host%3Bx-two");
    assert!(presigned_headers(&twice).is_err());
}
