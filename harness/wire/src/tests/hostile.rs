//! Whatever bytes arrive: an answer or an error, never a panic.

use super::{Request, form, service, target};
use crate::{
    Models, Protocol, WireError, decode, encode, encode_error, guess_protocol, route, sigv4,
    validate,
};

/// A generator that gives the same bytes in every run (xorshift64*).
struct Noise(u64);

impl Noise {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D)
    }

    fn below(&mut self, limit: usize) -> usize {
        usize::try_from(self.next() % limit as u64).unwrap()
    }

    fn pick<'a, T: ?Sized>(&mut self, from: &[&'a T]) -> &'a T {
        from[self.below(from.len())]
    }

    fn bytes(&mut self, length: usize) -> Vec<u8> {
        (0..length).map(|_| self.next().to_le_bytes()[3]).collect()
    }

    /// Text made of pieces that the parsers look for.
    fn pieces(&mut self, pieces: &[&str], count: usize) -> String {
        (0..count).map(|_| self.pick(pieces)).collect()
    }
}

/// What a front door does with a request.
fn serve(name: &str, request: &Request) {
    let incoming = request.incoming();
    let _ = Models::of_request(None, &incoming);
    let protocol = guess_protocol(&request.headers, &request.path, &request.body);
    if let Ok(Some(signed)) = sigv4::parse(&incoming) {
        assert!(sigv4::verify(&signed, &incoming, "test", sigv4::Options::STANDARD).is_err());
    }
    let error = match route(service(name), &incoming) {
        Err(error) => error.to_string(),
        Ok(call) => match decode(&call, &incoming) {
            Err(error) => error.to_string(),
            Ok(input) => {
                let _ = encode(&call, "id", &input);
                match validate(call.operation, &input) {
                    Ok(()) => return,
                    Err(failure) => failure.to_string(),
                }
            }
        },
    };
    let answer = encode_error(
        Some(service(name)),
        protocol,
        "id",
        &WireError::new(400, "Any", error),
    );
    assert_eq!(answer.status(), 400);
}

const FORM: &[&str] = &[
    "Tags",
    "member",
    ".",
    ".",
    "1",
    "2",
    "=",
    "&",
    "Key",
    "Value",
    "%",
    "%zz",
    "+",
    "entry",
    "key",
    "PolicyArns",
    "arn",
    "4294967296",
    "\u{0}",
    "DurationSeconds",
    "ü",
];
const JSON: &[&str] = &[
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    "\"logEvents\"",
    "\"logGroupName\"",
    "null",
    "1",
    "1e999",
    "-",
    "\"timestamp\"",
    "\"message\"",
    "\"\\ud800\"",
    "\"x\"",
    "true",
    " ",
];
const PATH: &[&str] = &[
    "/", "v2", "apis", "%2F", "%", "x", "routes", "..", ".", "tags", "?", "{apiId}", "é",
];
const AUTHORIZATION: &[&str] = &[
    "AWS4-HMAC-SHA256",
    " ",
    "Credential=",
    "SignedHeaders=",
    "Signature=",
    ",",
    "/",
    "a",
    "host",
    ";",
    "=",
    "20261120",
    "us-east-1",
    "sts",
    "aws4_request",
    "Bearer",
    "00",
];

#[test]
fn noise_never_panics() {
    let mut noise = Noise(0x5EED);
    for _ in 0..600 {
        let length = noise.below(60);
        serve(
            "sts",
            &form(&format!("Action=AssumeRole&{}", noise.pieces(FORM, length))),
        );
        serve(
            "logs",
            &target("Logs_20140328.PutLogEvents", &noise.pieces(JSON, length)),
        );
        let uri = noise.pieces(PATH, length % 12);
        let method = noise.pick(&["GET", "POST", "PUT", "DELETE"]);
        let authorization = noise.pieces(AUTHORIZATION, length % 20);
        let mut request = Request::new(method, &uri)
            .header("host", "localhost")
            .header("x-amz-date", "20261120T120000Z")
            .body(noise.pieces(JSON, length));
        if let Ok(value) = http::HeaderValue::from_str(&authorization) {
            request.headers.insert("authorization", value);
        }
        serve("apigatewayv2", &request);
        serve("lambda", &request);
        let path = "/service/GraniteServiceVersion20100801/operation/PutMetricData";
        let bytes = noise.bytes(length);
        serve(
            "cloudwatch",
            &Request::new("POST", path).body(bytes.clone()),
        );
        for (name, content_type) in [
            ("sts", "application/x-www-form-urlencoded"),
            ("logs", "application/x-amz-json-1.1"),
        ] {
            serve(
                name,
                &Request::new("POST", "/")
                    .header("content-type", content_type)
                    .body(bytes.clone()),
            );
        }
    }
}

/// A CBOR document may claim any length; memory is taken for what is there.
#[test]
fn claimed_lengths_are_not_believed() {
    let path = "/service/GraniteServiceVersion20100801/operation/PutMetricData";
    for head in [0x9b_u8, 0xbb, 0x5b, 0x7b] {
        let mut body = vec![head];
        body.extend([0x7f; 8]);
        serve("cloudwatch", &Request::new("POST", path).body(body));
    }
}

#[test]
fn an_unknown_service_is_answered_in_the_protocol_that_it_looks_like() {
    let error = WireError::not_implemented("kinesis");
    for protocol in [
        Protocol::Query,
        Protocol::Json10,
        Protocol::Json11,
        Protocol::RestJson,
        Protocol::RpcV2Cbor,
    ] {
        let answer = encode_error(None, protocol, "id", &error);
        assert_eq!(answer.status(), 501);
        let body = String::from_utf8_lossy(answer.body()).into_owned();
        assert!(body.contains("`kinesis` is not implemented"), "{body}");
    }
}
