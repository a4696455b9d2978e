//! Each mistake, made by a signer of the test's own, is found; what is none of them is not, at a bounded
//! price, and nothing that is told holds a secret.

mod path;

use jiff::Timestamp;

use super::*;
use crate::sigv4::{Form, verify};
use crate::tests::Request;

const SECRET: &str = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
const NOW: &str = "2026-11-20T23:30:00Z";

/// What a mistake is made in.
struct Signing {
    canonical: Canonical,
    secret: String,
    /// The scope that the key is made for.
    key_scope: CredentialScope,
    /// The scope that stands in the string to sign.
    scope: CredentialScope,
}

fn scope() -> CredentialScope {
    CredentialScope {
        date: "20261120".to_owned(),
        region: "eu-central-1".to_owned(),
        service: "execute-api".to_owned(),
        terminator: "aws4_request".to_owned(),
    }
}

/// A request of the method and target, with a Host, a date and these headers.
fn request(method: &str, uri: &str, headers: &[(&str, &str)]) -> Request {
    let request = Request::new(method, uri)
        .header("host", "a1.execute-api.eu-central-1.amazonaws.com")
        .header("x-amz-date", "20261120T233000Z");
    headers.iter().fold(request, |request, (name, value)| {
        request.header(name, value)
    })
}

/// The request as it is signed by a signer that makes a mistake. All headers count as signed, but those
/// that a proxy adds.
fn signed(request: &Request, mistake: impl Fn(&mut Signing)) -> Signed {
    let names = request.headers.keys().map(|name| name.as_str().to_owned());
    let mut names: Vec<String> = names
        .filter(|name| !matches!(name.as_str(), "x-forwarded-host" | "x-original-uri"))
        .collect();
    names.sort();
    signed_with(request, names, mistake)
}

fn signed_with(
    request: &Request,
    signed_headers: Vec<String>,
    mistake: impl Fn(&mut Signing),
) -> Signed {
    let date: Timestamp = NOW.parse().unwrap();
    let mut signed = Signed {
        access_key: "AKIDEXAMPLE".to_owned(),
        date,
        scope: scope(),
        signed_headers,
        signature: String::new(),
        session_token: None,
        form: Form::Header,
        date_text: "20261120T233000Z".to_owned(),
    };
    let mut signing = Signing {
        canonical: canonical(&signed, &request.incoming(), Options::STANDARD),
        secret: SECRET.to_owned(),
        key_scope: scope(),
        scope: scope(),
    };
    mistake(&mut signing);
    let key = signing_key(&signing.secret, &signing.key_scope);
    let text = signing.canonical.text();
    let string = string_to_sign(&signed.date_text, &signing.scope, &text);
    signed.signature = hex::encode(hmac::sign(&key, string.as_bytes()));
    signed
}

fn found(request: &Request, signed: &Signed) -> (Option<Fit>, usize) {
    let (secret, others) = (
        Secret::new(SECRET),
        [("AKIDOTHER".to_owned(), Secret::new("other/secret"))],
    );
    let hosts = ["api.example.com".to_owned()];
    let known = Known {
        secret: &secret,
        others: &others,
        hosts: &hosts,
        service: "execute-api",
        region: Some("eu-central-1"),
        options: Options::STANDARD,
    };
    find_fit(signed, &request.incoming(), &known)
}

/// A request, what the signer does wrong, and the mistake that is found with the name that it is about.
type Case = (
    (
        &'static str,
        &'static str,
        &'static [(&'static str, &'static str)],
        &'static str,
    ),
    fn(&mut Signing),
    Suspect,
    Option<&'static str>,
);

#[track_caller]
fn check(cases: &[Case]) {
    for ((method, uri, headers, body), mistake, expected, name) in cases {
        let request = request(method, uri, headers).body(*body);
        let signed = signed(&request, mistake);
        let is_right = verify(&signed, &request.incoming(), SECRET, Options::STANDARD);
        assert!(
            is_right.is_err(),
            "{method} {uri} {expected:?} is no mistake"
        );
        let (fit, tries) = found(&request, &signed);
        let fit = fit.unwrap_or_else(|| panic!("{method} {uri} {expected:?} is not found"));
        assert_eq!(fit.suspect, *expected, "{method} {uri} {fit:?}");
        assert_eq!(fit.name.as_deref(), *name, "{method} {uri} {fit:?}");
        assert!(tries <= TRIES_MAX, "{tries}");
    }
}

fn set(signing: &mut Signing, name: &str, value: &str) {
    for (known, old) in &mut signing.canonical.headers {
        if known == name {
            value.clone_into(old);
        }
    }
}

fn drop_header(signing: &mut Signing, name: &str) {
    signing.canonical.headers.retain(|(known, _)| known != name);
}

#[test]
fn hosts_headers_and_bodies() {
    check(&[
        (
            ("GET", "/", &[], ""),
            |it| set(it, "host", "api.example.com"),
            Suspect::Host,
            Some("host"),
        ),
        (
            ("GET", "/", &[], ""),
            |it| set(it, "host", "execute-api.eu-central-1.amazonaws.com"),
            Suspect::Host,
            Some("host"),
        ),
        (
            ("GET", "/", &[], ""),
            |it| set(it, "host", "a1.execute-api.eu-central-1.amazonaws.com:443"),
            Suspect::Host,
            Some("host"),
        ),
        (
            (
                "GET",
                "/",
                &[("x-forwarded-host", "front.corp.example, edge")],
                "",
            ),
            |it| set(it, "host", "front.corp.example"),
            Suspect::Host,
            Some("host"),
        ),
        (
            ("GET", "/", &[("connection", "close")], ""),
            |it| set(it, "connection", "keep-alive"),
            Suspect::HeaderChanged,
            Some("connection"),
        ),
        (
            ("GET", "/", &[("accept-encoding", "br")], ""),
            |it| set(it, "accept-encoding", "gzip, deflate"),
            Suspect::HeaderChanged,
            Some("accept-encoding"),
        ),
        (
            (
                "GET",
                "/",
                &[("x-forwarded-for", "192.0.2.1, 10.0.0.1")],
                "",
            ),
            |it| set(it, "x-forwarded-for", "192.0.2.1"),
            Suspect::HeaderChanged,
            Some("x-forwarded-for"),
        ),
        (
            ("GET", "/", &[("x-amzn-trace-id", "Self=1-2;Root=1-3")], ""),
            |it| set(it, "x-amzn-trace-id", "Root=1-3"),
            Suspect::HeaderChanged,
            Some("x-amzn-trace-id"),
        ),
        (
            ("POST", "/", &[("content-type", "application/json")], "{}"),
            |it| set(it, "content-type", "application/json; charset=utf-8"),
            Suspect::HeaderChanged,
            Some("content-type"),
        ),
        (
            ("GET", "/", &[("x-own", "1")], ""),
            |it| drop_header(it, "x-own"),
            Suspect::HeaderNotSigned,
            Some("x-own"),
        ),
        (
            ("GET", "/", &[("x-own", "a   b")], ""),
            |it| set(it, "x-own", "a   b"),
            Suspect::HeaderSpacing,
            Some("x-own"),
        ),
        (
            ("GET", "/", &[("x-own", "a"), ("x-own", "b")], ""),
            |it| set(it, "x-own", "a, b"),
            Suspect::HeaderSpacing,
            Some("x-own"),
        ),
        (
            ("GET", "/", &[("x-own", "Aa")], ""),
            |it| set(it, "x-own", "aa"),
            Suspect::HeaderCase,
            Some("x-own"),
        ),
        (
            ("GET", "/", &[("x-amz-security-token", "t")], ""),
            |it| drop_header(it, "x-amz-security-token"),
            Suspect::TokenNotSigned,
            Some("x-amz-security-token"),
        ),
        (
            ("POST", "/", &[], "a=1"),
            |it| it.canonical.payload_hash = hash(""),
            Suspect::BodyEmpty,
            None,
        ),
        (
            ("POST", "/", &[], ""),
            |it| it.canonical.payload_hash = hash("{}"),
            Suspect::BodyOther,
            None,
        ),
        (
            ("POST", "/", &[], "a"),
            |it| it.canonical.payload_hash = "UNSIGNED-PAYLOAD".into(),
            Suspect::BodyUnsigned,
            None,
        ),
        (
            (
                "POST",
                "/",
                &[(
                    "x-amz-content-sha256",
                    "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb",
                )],
                "b",
            ),
            |it| it.canonical.payload_hash = hash("a"),
            Suspect::BodyOther,
            None,
        ),
        (
            ("POST", "/", &[], "a\n"),
            |it| it.canonical.payload_hash = hash("a"),
            Suspect::BodyLineEnds,
            None,
        ),
        (
            ("POST", "/", &[], "a\nb"),
            |it| it.canonical.payload_hash = hash("a\r\nb"),
            Suspect::BodyLineEnds,
            None,
        ),
        (
            ("POST", "/", &[], "a=b+c"),
            |it| it.canonical.payload_hash = hash("a=b%20c"),
            Suspect::BodyPlusAsBlank,
            None,
        ),
    ]);
}

fn hash(body: &str) -> String {
    super::super::canonical::sha256_hex(body.as_bytes())
}

#[test]
fn secrets_and_keys() {
    let get = ("GET", "/prod/x?a=1", &[][..], "");
    check(&[
        (
            get,
            |it| it.secret = "other/secret".into(),
            Suspect::SecretOfOtherKey,
            Some("AKIDOTHER"),
        ),
        (get, |it| it.secret.push('\n'), Suspect::SecretWrapped, None),
        (
            get,
            |it| it.secret = format!("\"{SECRET}\""),
            Suspect::SecretWrapped,
            None,
        ),
        (
            get,
            |it| it.secret = SECRET.replace('/', "%2F").replace('+', "%2B"),
            Suspect::SecretEncoded,
            None,
        ),
        (
            get,
            |it| it.secret = "AKIDEXAMPLE".into(),
            Suspect::SecretMistaken,
            None,
        ),
        (get, |it| it.secret.clear(), Suspect::SecretMistaken, None),
        (
            get,
            |it| it.key_scope.region = "us-east-1".into(),
            Suspect::KeyRegion,
            None,
        ),
        (
            get,
            |it| it.key_scope.service = "apigateway".into(),
            Suspect::KeyService,
            None,
        ),
        (
            get,
            |it| it.key_scope.date = "20261121".into(),
            Suspect::KeyDate,
            None,
        ),
        (
            get,
            |it| it.key_scope.date = "20261119".into(),
            Suspect::KeyDate,
            None,
        ),
        (
            get,
            |it| {
                it.key_scope.region = "us-east-1".into();
                it.scope.region = "us-east-1".into();
            },
            Suspect::KeyRegion,
            None,
        ),
    ]);
}

#[test]
fn a_header_that_did_not_arrive_and_a_signature_in_another_spelling() {
    let request = request("GET", "/", &[("x-own", "1")]);
    let mut names: Vec<String> = ["accept", "host", "x-amz-date"].map(str::to_owned).to_vec();
    let signed = signed_with(&request, names.clone(), |it| set(it, "accept", "*/*"));
    let fit = found(&request, &signed).0.unwrap();
    let told = (
        fit.suspect,
        fit.name.as_deref(),
        fit.signed.as_deref(),
        fit.arrived,
    );
    assert_eq!(
        told,
        (Suspect::HeaderAbsent, Some("accept"), Some("*/*"), None)
    );
    let empty = signed_with(&request, names.clone(), |_| ());
    let fit = found(&request, &empty).0.unwrap();
    assert_eq!(
        (fit.suspect, fit.name.as_deref()),
        (Suspect::HeaderAbsent, Some("accept"))
    );

    names.remove(0);
    let right = signed_with(&request, names, |_| ());
    assert!(verify(&right, &request.incoming(), SECRET, Options::STANDARD).is_ok());
    let bytes = hex::decode(&right.signature).unwrap();
    for (signature, expected) in [
        (
            right.signature.to_ascii_uppercase(),
            Suspect::SignatureCapitals,
        ),
        (BASE64.encode(bytes), Suspect::SignatureBase64),
    ] {
        let spelled = Signed {
            signature,
            ..right.clone()
        };
        let fit = found(&request, &spelled).0;
        assert_eq!(fit.map(|fit| fit.suspect), Some(expected));
    }
}

#[test]
fn what_is_none_of_them_is_not_found_at_a_bounded_price() {
    let plain = request("GET", "/prod/x", &[("x-own", "1")]);
    let many = (0..60).fold(String::new(), |query, count| {
        format!("{query}a{count}=%20+&")
    });
    let rich = request(
        "POST",
        &format!("/a%20b//c/../d?{many}"),
        &[
            ("x-forwarded-host", "a.example, b.example, c.example"),
            ("content-type", "application/json"),
            ("accept-encoding", "br"),
            ("connection", "close"),
            ("x-forwarded-for", "1, 2, 3, 4, 5"),
        ],
    )
    .body("a+b\r\n");
    let long = request("GET", &format!("/{}", "a".repeat(40_000)), &[]);
    for (request, tries_min) in [(&plain, 30), (&rich, 60), (&long, 0)] {
        let signed = signed(request, |it| it.secret = "nobody's".to_owned());
        let (fit, tries) = found(request, &signed);
        assert_eq!(fit, None);
        assert!((tries_min..=TRIES_MAX).contains(&tries), "{tries}");
    }
    assert_eq!(found(&long, &signed(&long, |_| ())).1, 0);
}

#[test]
fn no_secret_is_told() {
    let request = request("GET", "/?password=hunter2000&q=a+b", &[("x-own", "1")]);
    let mistakes: [fn(&mut Signing); 5] = [
        |it| it.secret.push('\n'),
        |it| it.secret = "other/secret".into(),
        |it| it.secret = SECRET.replace('/', "%2F").replace('+', "%2B"),
        |it| it.canonical.query = "password=hunter2000&q=a%20b".into(),
        |it| it.canonical.query = "q=a%2Bb".into(),
    ];
    for mistake in mistakes {
        let fit = found(&request, &signed(&request, mistake)).0.unwrap();
        let told = serde_json::to_string(&fit).unwrap();
        for secret in [SECRET, "other/secret", "hunter2000", "wJalrXUtnFEMI"] {
            assert!(!told.contains(secret), "{told}");
        }
    }
}
