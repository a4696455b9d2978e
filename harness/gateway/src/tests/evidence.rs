//! Each kind of event as its line has it, and read back.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt::Debug;

use authlab_kernel::{
    Clock, Component, Event, EventDraft, Evidence, Journal, LetThrough, Timestamp,
};
use authlab_wire::sigv4::Inspected;
use serde_json::json;

use crate::deployment::{AuthorizationType, IntegrationType};
use crate::evidence::{
    AccessLog, AlgorithmRefused, Audience, Authentication, Authorization, Bucketed, Decided,
    Document, DocumentRefused, Failing, Integration, IntegrationResponse, Invoke, Issuer, Key,
    KeysNow, Malformed, Request, Response, Route, Shape, Signature, SignatureRefused, Throttle,
    Times, TokenJudged, Trace,
};

mod answer;

/// The evidence is written as this line, and the journal gives it back.
fn stands<E: Evidence + PartialEq + Debug>(evidence: &E, kind: &str, line: &str) {
    assert_eq!(E::KIND, kind);
    assert_eq!(serde_json::to_string(evidence).unwrap(), line);
    let event = recorded(evidence);
    assert_eq!(event.detail.to_string(), line);
    assert_eq!(event.read::<E>().as_ref(), Some(evidence), "{line}");
}

pub(super) fn recorded(evidence: &impl Evidence) -> Event {
    let journal = Journal::new(Clock::standing(noon()));
    journal.record(EventDraft::of(Component::Gateway, evidence));
    Event::clone(&journal.events_since(0)[0])
}

fn noon() -> Timestamp {
    "2026-01-15T12:00:00Z".parse().unwrap()
}

#[test]
fn a_request_and_its_route() {
    let mut request = Request {
        api: "a1".into(),
        stage: None,
        method: "GET".into(),
        path: "/a".into(),
        host: None,
        source_ip: [127, 0, 0, 1].into(),
        path_as_sent: None,
        preflight_for: None,
    };
    let line = r#"{"api":"a1","stage":null,"method":"GET","path":"/a","host":null,"source_ip":"127.0.0.1""#;
    stands(&request, "request", &format!("{line}}}"));
    request.path_as_sent = Some("/%61".into());
    let line = format!(r#"{line},"path_as_sent":"/%61"}}"#);
    stands(&request, "request", &line);
    request.preflight_for = Some("PUT".into());
    let line = line.replace('}', r#","preflight_for":"PUT"}"#);
    stands(&request, "request", &line);
    let parameters = BTreeMap::from([("id".to_owned(), "7".to_owned())]);
    let rows = [
        (
            Route::Taken {
                route_key: "GET /items/{id}".into(),
                authorization: AuthorizationType::AwsIam,
                path_parameters: Cow::Owned(parameters),
            },
            r#"{"route_key":"GET /items/{id}","authorization":"AWS_IAM","path_parameters":{"id":"7"}}"#,
        ),
        (
            Route::EndpointDisabled {
                api: "a1".into(),
                disable_execute_api_endpoint: true,
            },
            r#"{"api":"a1","disable_execute_api_endpoint":true}"#,
        ),
        (
            Route::OtherReading {
                path: "/a%20b".into(),
                reading: "/a b".into(),
                routes: vec!["GET /{one}".into(), "$default".into()],
            },
            r#"{"path":"/a%20b","reading":"/a b","routes":["GET /{one}","$default"]}"#,
        ),
        (
            Route::NoRoute {
                method: "GET".into(),
                path: "/a".into(),
                routes: vec!["GET /b".into()],
                import_warnings: vec!["left out".to_owned()].into(),
            },
            r#"{"method":"GET","path":"/a","routes":["GET /b"],"import_warnings":["left out"]}"#,
        ),
        (
            Route::Nowhere {
                api: "a1".into(),
                region: Some("us-east-1".into()),
                stage: None,
                path: "/a".into(),
                stages: Some(vec!["prod".into()]),
                would_take: vec!["prod".into()],
                undeployed: Some(vec!["beta".into()]),
                api_region: Some("eu-west-1".into()),
                meant: None,
            },
            r#"{"api":"a1","region":"us-east-1","stage":null,"path":"/a","stages":["prod"],"would_take":["prod"],"undeployed":["beta"],"api_region":"eu-west-1"}"#,
        ),
        (
            Route::Nowhere {
                api: "a1".into(),
                region: None,
                stage: Some("prod".into()),
                path: "/a".into(),
                stages: None,
                would_take: Vec::new(),
                undeployed: None,
                api_region: None,
                meant: Some("a2".into()),
            },
            r#"{"api":"a1","region":null,"stage":"prod","path":"/a","stages":null,"meant":"a2"}"#,
        ),
        (
            Route::Unclear {
                path: "/a%".into(),
                problem: "odd".into(),
            },
            r#"{"path":"/a%","problem":"odd"}"#,
        ),
    ];
    for (evidence, line) in rows {
        stands(&evidence, "route", line);
    }
}

/// A token in which nothing but its own members stands.
pub(super) fn judged() -> TokenJudged<'static> {
    TokenJudged {
        r#type: AuthorizationType::Jwt,
        authorizer: "corp".into(),
        token: json!({"kind": "jwt", "claims": {"iss": "https://login.example/"}}),
        issuer: Issuer {
            configured: "https://login.example/".into(),
            token: Some(Cow::Owned(json!("https://login.example/"))),
        },
        audience: Audience {
            configured: vec!["reports".to_owned()].into(),
            token: None,
            client_id: Some(Cow::Owned(json!(7))),
        },
        algorithm: None,
        key: None,
        signature: None,
        times: None,
        claim: None,
    }
}

#[test]
fn a_token_as_far_as_it_was_compared() {
    let line = concat!(
        r#"{"type":"JWT","authorizer":"corp","token":{"kind":"jwt","claims":{"iss":"https://login.example/"}},"#,
        r#""issuer":{"configured":"https://login.example/","token":"https://login.example/"},"#,
        r#""audience":{"configured":["reports"],"token":null,"client_id":7}"#,
    );
    let key = Key {
        kid: Some("k1".into()),
        fetched: Some(noon()),
        window_seconds: 7_200,
        problem: None,
        known_kids: None,
        now: None,
        document: None,
    };
    let rows = [
        (judged(), ""),
        (
            TokenJudged {
                algorithm: Some(AlgorithmRefused {
                    token: "none".into(),
                    accepted: vec!["RS256".into()],
                }),
                ..judged()
            },
            r#","algorithm":{"token":"none","accepted":["RS256"]}"#,
        ),
        (
            TokenJudged {
                key: Some(Key {
                    fetched: None,
                    problem: Some("no key".into()),
                    known_kids: Some(vec!["k2".into()]),
                    now: Some(KeysNow {
                        kids: vec!["k1".to_owned()],
                        has_kid: true,
                    }),
                    document: Some(DocumentRefused {
                        document: Document::KeySet,
                        url: "https://login.example/jwks".into(),
                        failing: Failing::Slow,
                        status: None,
                        budget_ms: Some(1_500),
                        issuer: None,
                    }),
                    ..key.clone()
                }),
                ..judged()
            },
            r#","key":{"kid":"k1","fetched":null,"window_seconds":7200,"problem":"no key","known_kids":["k2"],"now":{"kids":["k1"],"has_kid":true},"document":{"document":"key-set","url":"https://login.example/jwks","failing":"slow","budget_ms":1500}}"#,
        ),
        (
            TokenJudged {
                key: Some(key.clone()),
                signature: Some(SignatureRefused {
                    algorithm: "RS256".into(),
                    problem: "the token's signature does not match".into(),
                    size: None,
                }),
                ..judged()
            },
            concat!(
                r#","key":{"kid":"k1","fetched":"2026-01-15T12:00:00Z","window_seconds":7200},"#,
                r#""signature":{"algorithm":"RS256","problem":"the token's signature does not match"}"#
            ),
        ),
        (
            TokenJudged {
                key: Some(Key { kid: None, ..key }),
                times: Some(Times {
                    now: 1_768_478_400,
                    exp: Some(Cow::Owned(json!(1_768_482_000))),
                    nbf: None,
                    iat: Some(Cow::Owned(json!("soon"))),
                    clock_ahead_seconds: Some(-90),
                }),
                ..judged()
            },
            concat!(
                r#","key":{"kid":null,"fetched":"2026-01-15T12:00:00Z","window_seconds":7200},"#,
                r#""times":{"now":1768478400,"exp":1768482000,"nbf":null,"iat":"soon","clock_ahead_seconds":-90}"#
            ),
        ),
    ];
    for (evidence, rest) in rows {
        let evidence = Authentication::Token(Box::new(evidence));
        stands(&evidence, "authentication", &format!("{line}{rest}}}"));
    }
}

#[test]
fn who_calls_and_who_does_not() {
    let signature = Signature {
        access_key_id: Some("AKIDEXAMPLE".to_owned()),
        code: "InvalidSignatureException".to_owned(),
        expired: None,
        signed: Some(noon()),
        now: Some(noon()),
        canonical_request: None,
        inspected: None,
    };
    let not_signed = |evidence: Option<Signature>| Authentication::NotSigned {
        r#type: AuthorizationType::AwsIam,
        message: "no".into(),
        evidence: evidence.map(Box::new),
        scheme: None,
    };
    let rows = [
        (
            Authentication::TokenAbsent {
                r#type: AuthorizationType::Jwt,
                authorizer: "corp".into(),
                identity_sources: vec!["$request.header.Authorization".into()],
                elsewhere: vec!["$request.header.token".into()],
            },
            r#"{"type":"JWT","authorizer":"corp","identity_sources":["$request.header.Authorization"],"elsewhere":["$request.header.token"]}"#,
        ),
        (
            Authentication::TokenUnclear {
                r#type: AuthorizationType::Jwt,
                authorizer: "corp".into(),
                identity_source: "$request.querystring.t".into(),
                problem: "it is given more than once".into(),
            },
            r#"{"type":"JWT","authorizer":"corp","identity_source":"$request.querystring.t","problem":"it is given more than once"}"#,
        ),
        (
            Authentication::TokenMalformed(Malformed {
                problem: "token contains an invalid number of segments".into(),
                shape: Some(Shape::OtherScheme),
                scheme: Some("token".into()),
                segments: None,
            }),
            r#"{"problem":"token contains an invalid number of segments","shape":"other-scheme","scheme":"token"}"#,
        ),
        (
            Authentication::Signer {
                r#type: AuthorizationType::AwsIam,
                access_key_id: "AKIDEXAMPLE".into(),
                account: "222222222222".into(),
                user_arn: "arn:aws:iam::222222222222:user/ann".into(),
                user_id: "AIDAEXAMPLE".into(),
            },
            r#"{"type":"AWS_IAM","access_key_id":"AKIDEXAMPLE","account":"222222222222","user_arn":"arn:aws:iam::222222222222:user/ann","user_id":"AIDAEXAMPLE"}"#,
        ),
        (
            not_signed(None),
            r#"{"type":"AWS_IAM","message":"no","evidence":null}"#,
        ),
        (
            not_signed(Some(signature.clone())),
            r#"{"type":"AWS_IAM","message":"no","evidence":{"access_key_id":"AKIDEXAMPLE","code":"InvalidSignatureException","signed":"2026-01-15T12:00:00Z","now":"2026-01-15T12:00:00Z"}}"#,
        ),
        (
            not_signed(Some(Signature {
                expired: Some(noon()),
                signed: None,
                ..signature.clone()
            })),
            r#"{"type":"AWS_IAM","message":"no","evidence":{"access_key_id":"AKIDEXAMPLE","code":"InvalidSignatureException","expired":"2026-01-15T12:00:00Z","now":"2026-01-15T12:00:00Z"}}"#,
        ),
        (
            not_signed(Some(Signature {
                signed: None,
                now: None,
                canonical_request: Some("GET\n/".to_owned()),
                ..signature.clone()
            })),
            r#"{"type":"AWS_IAM","message":"no","evidence":{"access_key_id":"AKIDEXAMPLE","code":"InvalidSignatureException","canonical_request":"GET\n/"}}"#,
        ),
        (
            not_signed(Some(Signature {
                signed: None,
                now: None,
                inspected: Some(Box::new(Inspected {
                    absent_headers: vec!["x-a".to_owned()],
                    tried: Some(7),
                    ..Inspected::default()
                })),
                ..signature
            })),
            r#"{"type":"AWS_IAM","message":"no","evidence":{"access_key_id":"AKIDEXAMPLE","code":"InvalidSignatureException","inspected":{"absent_headers":["x-a"],"tried":7}}}"#,
        ),
    ];
    for (evidence, line) in rows {
        stands(&evidence, "authentication", line);
    }
}

#[test]
fn who_may_and_who_may_not() {
    let decision = concat!(
        r#""action":"execute-api:Invoke","resource":"arn:x","principal":"ann","decision":"ImplicitDeny","#,
        r#""decided_by":{"layer":"identity","level":null},"missing_keys":[],"near_misses":[],"explanation":"no""#,
    );
    let decided = |enforcement| Decided {
        decision: serde_json::from_str(&format!("{{{decision}}}")).unwrap(),
        enforcement,
    };
    let invoke = |decision, readings: Option<Vec<String>>, message: Option<&'static str>| {
        Authorization::Invoke(Box::new(Invoke {
            action: "execute-api:Invoke".into(),
            resource: Some("arn:x".into()),
            decision,
            readings: readings.map(Cow::Owned),
            message: message.map(Cow::Borrowed),
        }))
    };
    let begun = r#"{"action":"execute-api:Invoke","resource":"arn:x","decision":"#;
    let rows = [
        (
            Authorization::Scopes {
                scopes_required: vec!["a".to_owned()].into(),
                scopes_present: vec!["b".into()],
                enforcement: None,
            },
            r#"{"scopes_required":["a"],"scopes_present":["b"]}"#.to_owned(),
        ),
        (
            Authorization::Scopes {
                scopes_required: vec!["a".to_owned()].into(),
                scopes_present: Vec::new(),
                enforcement: Some(LetThrough::Audit),
            },
            r#"{"scopes_required":["a"],"scopes_present":[],"enforcement":"audit"}"#.to_owned(),
        ),
        (invoke(None, None, None), format!("{begun}null}}")),
        (
            invoke(
                Some(decided(None)),
                Some(vec!["arn:x".to_owned(), "arn:y".to_owned()]),
                Some("not authorized"),
            ),
            format!(
                r#"{begun}{{{decision}}},"readings":["arn:x","arn:y"],"message":"not authorized"}}"#
            ),
        ),
        (
            invoke(Some(decided(Some(LetThrough::Audit))), None, None),
            format!(r#"{begun}{{{decision},"enforcement":"audit"}}}}"#),
        ),
        (
            Authorization::Audited(Box::new(decided(Some(LetThrough::Audit)))),
            format!(r#"{{{decision},"enforcement":"audit"}}"#),
        ),
    ];
    for (evidence, line) in rows {
        stands(&evidence, "authorization", &line);
    }
}
