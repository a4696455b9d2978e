//! Signatures in every spelling: a header, a query, and what neither is.

#[path = "../../../kernel/tests/support/mutate.rs"]
mod mutate;

use http::HeaderValue;

use super::Request;
use crate::sigv4::{Options, parse, signed_headers, verify};

#[test]
fn mutated_signatures_never_panic_and_none_is_right() {
    let seeds = [
        "AWS4-HMAC-SHA256 Credential=AKID/20260115/us-east-1/sts/aws4_request, SignedHeaders=host;x-amz-date, Signature=0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
        "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKID%2F20260115%2Fus-east-1%2Fsts%2Faws4_request&X-Amz-Date=20260115T120000Z&X-Amz-Expires=60&X-Amz-SignedHeaders=host&X-Amz-Signature=0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
    ];
    let pieces = [
        "AWS4-HMAC-SHA256",
        " ",
        ",",
        "=",
        "/",
        ";",
        "&",
        "%",
        "%2F",
        "%zz",
        "Credential=",
        "SignedHeaders=",
        "Signature=",
        "X-Amz-Signature=",
        "X-Amz-Date=",
        "X-Amz-Expires=",
        "20260115",
        "T120000Z",
        "-1",
        "+300",
        "99999999999999999999",
        "host",
        "x-amz-date",
        "A",
        "0",
        "\u{e9}",
        "\t",
    ];
    let (accepted, refused) = mutate::run(&seeds, &pieces, |text| {
        let mut read = false;
        for as_query in [false, true] {
            let mut request = Request::new("GET", "/")
                .header("host", "sts.amazonaws.com")
                .header("x-amz-date", "20260115T120000Z");
            if as_query {
                request.query = text.to_owned();
            } else if let Ok(value) = HeaderValue::from_str(text) {
                request.headers.insert("authorization", value);
            }
            let incoming = request.incoming();
            let _names = signed_headers(text);
            if let Ok(Some(signed)) = parse(&incoming) {
                read = true;
                let verified = verify(&signed, &incoming, "secret", Options::STANDARD);
                assert!(verified.is_err(), "{text}");
            }
        }
        read
    });
    assert!(accepted > 50 && refused > 100, "{accepted} and {refused}");
}
