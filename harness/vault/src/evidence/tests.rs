use authlab_kernel::evidence::Evidence;
use authlab_kernel::{Clock, Component, EventDraft, Journal, Timestamp};
use serde::de::DeserializeOwned;
use serde_json::json;

use super::*;

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// The line is this text, and read back from the journal it is what was written.
fn stands<E>(evidence: &E, line: &str)
where
    E: Evidence + PartialEq + std::fmt::Debug + DeserializeOwned,
{
    let journal = Journal::new(Clock::standing(at("2026-01-15T12:00:00Z")));
    journal.record(EventDraft::of(Component::Vault, evidence));
    let event = journal.events_since(0).remove(0);
    assert_eq!(event.kind, E::KIND);
    assert_eq!(event.detail.to_string(), line);
    assert_eq!(event.read::<E>().as_ref(), Some(evidence), "{line}");
}

fn of_server(method: &str, path: &str, mount: Option<&str>, status: u16) -> Request {
    Request {
        method: method.to_owned(),
        path: path.to_owned(),
        mount: Some(mount.map(str::to_owned)),
        status: Some(status),
        ..Request::default()
    }
}

fn of_relay(method: &str, path: &str, status: Option<u16>) -> Request {
    Request {
        method: method.to_owned(),
        path: path.to_owned(),
        status,
        ..Request::default()
    }
}

fn texts(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}

fn jwt(claim: Option<&str>) -> JwtLogin {
    JwtLogin {
        role: "app".to_owned(),
        now: 1_768_478_400,
        token: json!({"kind": "jwt", "claims": {"aud": "vault"}}),
        bound_issuer: Some("https://issuer".to_owned()),
        bound_audiences: Some(texts(&["vault"])),
        bound_subject: Some(String::new()),
        bound_claims: json!({"scope": ["a"]}),
        claim: claim.map(str::to_owned),
        ..JwtLogin::default()
    }
}

fn issued(display_name: Option<&str>) -> Issued {
    Issued {
        accessor: Some("a1".to_owned()),
        display_name: display_name.map(str::to_owned),
        policies: Some(texts(&["default"])),
        identity_policies: display_name.map(|_| Vec::new()),
        ttl_seconds: Some(60),
        renewable: Some(true),
        token: Some("sha256:abc".to_owned()),
        cap: None,
    }
}

#[test]
fn what_policies_decide_stands_after_the_caller() {
    let caller = Request {
        accessor: Some("a1".to_owned()),
        display_name: Some("token".to_owned()),
        policies: Some(texts(&["app"])),
        token_expires_at: Some(at("2026-01-15T13:00:00Z")),
        token_ttl_seconds: Some(3_600),
        ..of_server("read", "secret/data/a", Some("secret/"), 403)
    };
    let start = r#"{"method":"read","path":"secret/data/a","mount":"secret/","status":403,"accessor":"a1","display_name":"token","policies":["app"],"token_expires_at":"2026-01-15T13:00:00Z","token_ttl_seconds":3600,"#;
    let refused = |why, lacking: Option<&str>| PathDecision {
        rule: Some("secret/*".to_owned()),
        rule_policies: texts(&["app"]),
        capabilities: texts(&["list"]),
        refused: Some(PathRefused {
            lacking: lacking.map(str::to_owned),
            why,
        }),
        ..PathDecision::default()
    };
    let rule = r#""rule":"secret/*","rule_policies":["app"],"capabilities":["list"],"#;
    for (why, lacking, end) in [
        (
            Why::CapabilityMissing,
            Some("read"),
            r#""lacking":"read","why":"capability-missing""#,
        ),
        (
            Why::RuleDenies,
            None,
            r#""lacking":null,"why":"rule-denies""#,
        ),
        (
            Why::NoRule,
            None,
            r#""lacking":null,"why":"no-rule-matches""#,
        ),
        (
            Why::WrappingTtl,
            None,
            r#""lacking":null,"why":"wrapping-ttl-out-of-bounds""#,
        ),
        (
            Why::ParameterRequired("a:b".to_owned()),
            None,
            r#""lacking":null,"why":"required-parameter-missing:a:b""#,
        ),
        (
            Why::ParameterDenied("c".to_owned()),
            None,
            r#""lacking":null,"why":"parameter-denied:c""#,
        ),
        (
            Why::ParameterNotAllowed(String::new()),
            None,
            r#""lacking":null,"why":"parameter-not-allowed:""#,
        ),
        (
            Why::PaginationLimit(10),
            None,
            r#""lacking":null,"why":"pagination-limit-exceeded:10""#,
        ),
    ] {
        let seen = Request {
            decision: Some(refused(why, lacking)),
            ..caller.clone()
        };
        stands(&seen, &format!("{start}{rule}{end}}}"));
    }
    let unresolved = Request {
        decision: Some(PathDecision {
            unresolved: Some(vec![Unresolved {
                policy: "app".to_owned(),
                path: "secret/{{identity.entity.name}}".to_owned(),
                template: Some("identity.entity.name".to_owned()),
                has_entity: false,
            }]),
            refused: Some(PathRefused {
                lacking: None,
                why: Why::TemplateUnresolved,
            }),
            ..PathDecision::default()
        }),
        message: Some("permission denied".to_owned()),
        ..caller.clone()
    };
    stands(
        &unresolved,
        &format!(
            r#"{start}"rule":null,"rule_policies":[],"capabilities":[],"unresolved":[{{"policy":"app","path":"secret/{{{{identity.entity.name}}}}","template":"identity.entity.name","has_entity":false}}],"lacking":null,"why":"template-unresolved","message":"permission denied"}}"#
        ),
    );
    let wrapped = Request {
        decision: Some(PathDecision {
            rule_policies: texts(&["root"]),
            capabilities: texts(&["root"]),
            ..PathDecision::default()
        }),
        issued: Some(issued(Some("token-x"))),
        wrapped: Some(Wrapped {
            accessor: "w1".to_owned(),
            ttl_seconds: 60,
        }),
        ..of_server("update", "auth/token/create", Some("auth/token/"), 200)
    };
    stands(
        &wrapped,
        r#"{"method":"update","path":"auth/token/create","mount":"auth/token/","status":200,"rule":null,"rule_policies":["root"],"capabilities":["root"],"issued":{"accessor":"a1","display_name":"token-x","policies":["default"],"identity_policies":[],"ttl_seconds":60,"renewable":true,"token":"sha256:abc"},"wrapped":{"accessor":"w1","ttl_seconds":60}}"#,
    );
}

#[test]
fn what_is_known_of_a_token_that_is_none_stands_before_the_message() {
    let time = at("2026-01-15T12:00:00Z");
    let start = r#"{"method":"read","path":"nowhere","mount":null,"status":403,"#;
    for (end, member) in [
        (End::Expired(time), "expired_at"),
        (End::Revoked(time), "revoked_at"),
        (End::UsedUp(time), "used_up_at"),
    ] {
        let gone = Request {
            accessor: Some("a1".to_owned()),
            policies: Some(texts(&["app"])),
            ended: Some(Ended {
                creation_path: "auth/jwt/login".to_owned(),
                end: Some(end),
                life: None,
            }),
            message: Some("permission denied".to_owned()),
            ..of_server("read", "nowhere", None, 403)
        };
        let known = format!(
            r#""accessor":"a1","policies":["app"],"creation_path":"auth/jwt/login","{member}":"2026-01-15T12:00:00Z""#
        );
        let message = r#""message":"permission denied""#;
        stands(&gone, &format!("{start}{known},{message}}}"));
        let relayed = Request {
            mount: None,
            ..gone
        };
        let start = start.replace(r#""mount":null,"#, "");
        stands(&relayed, &format!("{start}{message},{known}}}"));
    }
    let elsewhere = Request {
        because: Some(Because::Address(Address {
            seen: "192.0.2.1".to_owned(),
            forwarded_for: None,
            bound: texts(&["10.0.0.0/8"]),
            of: BoundBy::Token,
        })),
        ..of_server("read", "nowhere", None, 403)
    };
    stands(
        &elsewhere,
        &format!(
            r#"{start}"because":{{"what":"address","seen":"192.0.2.1","bound":["10.0.0.0/8"],"of":"token"}}}}"#
        ),
    );
    let expired = TokenExpired {
        accessor: "a1".to_owned(),
        creation_path: "auth/jwt/login".to_owned(),
        policies: texts(&["app"]),
        expired_at: time,
    };
    stands(
        &expired,
        r#"{"accessor":"a1","creation_path":"auth/jwt/login","policies":["app"],"expired_at":"2026-01-15T12:00:00Z"}"#,
    );
}

#[test]
fn a_lease_is_named_as_it_ends() {
    stands(
        &LeaseExpired {
            lease_id: "db/creds/app/abc".to_owned(),
            mount: "db/".to_owned(),
            creation_path: "db/creds/app".to_owned(),
            expired_at: at("2026-01-15T12:00:00Z"),
        },
        r#"{"lease_id":"db/creds/app/abc","mount":"db/","creation_path":"db/creds/app","expired_at":"2026-01-15T12:00:00Z"}"#,
    );
    stands(
        &LeaseNotRevoked {
            lease_id: "db/creds/app/abc".to_owned(),
            mount: "db/".to_owned(),
            attempts: 2,
            error: "no such database".to_owned(),
            ..LeaseNotRevoked::default()
        },
        r#"{"lease_id":"db/creds/app/abc","mount":"db/","attempts":2,"error":"no such database"}"#,
    );
    stands(
        &LeaseNotRevoked {
            lease_id: "l".to_owned(),
            mount: "db/".to_owned(),
            attempts: 1,
            error: "no".to_owned(),
            engine: Some("database".to_owned()),
            creation_path: Some("db/creds/app".to_owned()),
            target: Some("pg".to_owned()),
            again_at: Some(at("2026-01-15T12:00:00Z")),
        },
        r#"{"lease_id":"l","mount":"db/","attempts":1,"error":"no","engine":"database","creation_path":"db/creds/app","target":"pg","again_at":"2026-01-15T12:00:00Z"}"#,
    );
}

#[test]
fn a_login_shows_what_it_brought() {
    let start =
        r#"{"method":"update","path":"auth/x/login","mount":"auth/x/","status":400,"#.to_owned();
    let login = |proof| Request {
        proof: Some(proof),
        ..of_server("update", "auth/x/login", Some("auth/x/"), 400)
    };
    let arn = "arn:aws:sts::111122223333:assumed-role/app/s";
    let bare = AwsLogin {
        arn: arn.to_owned(),
        ..AwsLogin::default()
    };
    for (proof, line) in [
        (
            Proof::Jwt(Box::new(jwt(Some("scope")))),
            r#""role":"app","now":1768478400,"token":{"kind":"jwt","claims":{"aud":"vault"}},"bound_issuer":"https://issuer","bound_audiences":["vault"],"bound_subject":"","bound_claims":{"scope":["a"]},"claim":"scope"}"#.to_owned(),
        ),
        (
            Proof::Aws(Box::new(bare.clone())),
            format!(r#""arn":"{arn}"}}"#),
        ),
        (
            Proof::Aws(Box::new(AwsLogin {
                role: Some("app".to_owned()),
                ..bare.clone()
            })),
            format!(r#""role":"app","arn":"{arn}"}}"#),
        ),
        (
            Proof::Aws(Box::new(AwsLogin {
                role: Some("app".to_owned()),
                canonical_arn: Some("arn:aws:iam::111122223333:role/app".to_owned()),
                account: Some("111122223333".to_owned()),
                ..bare.clone()
            })),
            format!(
                r#""role":"app","arn":"{arn}","canonical_arn":"arn:aws:iam::111122223333:role/app","account":"111122223333"}}"#
            ),
        ),
        (
            Proof::Aws(Box::new(AwsLogin {
                role: Some("app".to_owned()),
                canonical_arn: Some("arn:aws:iam::111122223333:role/app".to_owned()),
                unbound: Some(AwsUnbound {
                    full_arn: None,
                    unique_id: "AROAEXAMPLE".to_owned(),
                    bound_iam_principal_arn: texts(&["arn:aws:iam::111122223333:role/b"]),
                    bound_iam_principal_id: texts(&["AROAOTHER"]),
                    resolve_aws_unique_ids: true,
                }),
                ..bare
            })),
            format!(
                r#""role":"app","arn":"{arn}","canonical_arn":"arn:aws:iam::111122223333:role/app","full_arn":null,"unique_id":"AROAEXAMPLE","bound_iam_principal_arn":["arn:aws:iam::111122223333:role/b"],"bound_iam_principal_id":["AROAOTHER"],"resolve_aws_unique_ids":true}}"#
            ),
        ),
        (
            Proof::AwsServerId(AwsServerId {
                expected_server_id: "vault.example.com".to_owned(),
                given_server_id: None,
                signed_headers: None,
            }),
            r#""expected_server_id":"vault.example.com"}"#.to_owned(),
        ),
        (
            Proof::SecretId(EndedSecretId {
                secret_id_accessor: "s1".to_owned(),
                secret_id_expired_at: None,
            }),
            r#""secret_id_accessor":"s1","secret_id_expired_at":null}"#.to_owned(),
        ),
    ] {
        stands(&login(proof), &format!("{start}{line}"));
    }
    let good = Request {
        status: Some(200),
        login: Some(issued(Some("jwt-anna"))),
        ..login(Proof::Jwt(Box::new(jwt(None))))
    };
    assert_eq!(good.jwt(), Some(&jwt(None)));
    assert_eq!(good.aws(), None);
    stands(
        &good,
        r#"{"method":"update","path":"auth/x/login","mount":"auth/x/","status":200,"role":"app","now":1768478400,"token":{"kind":"jwt","claims":{"aud":"vault"}},"bound_issuer":"https://issuer","bound_audiences":["vault"],"bound_subject":"","bound_claims":{"scope":["a"]},"login":{"accessor":"a1","display_name":"jwt-anna","policies":["default"],"identity_policies":[],"ttl_seconds":60,"renewable":true,"token":"sha256:abc"}}"#,
    );
}

#[test]
fn a_relay_tells_what_it_could_find_out() {
    let read = Request {
        accessor: Some("a1".to_owned()),
        display_name: Some("jwt-anna".to_owned()),
        policies: Some(texts(&["app"])),
        decision: Some(PathDecision {
            rule: Some("secret/*".to_owned()),
            rule_policies: texts(&["app"]),
            capabilities: texts(&["read"]),
            ..PathDecision::default()
        }),
        ..of_relay("read", "secret/data/a", Some(200))
    };
    stands(
        &read,
        r#"{"method":"read","path":"secret/data/a","status":200,"accessor":"a1","display_name":"jwt-anna","policies":["app"],"rule":"secret/*","rule_policies":["app"],"capabilities":["read"]}"#,
    );
    let login = Request {
        proof: Some(Proof::Jwt(Box::new(JwtLogin {
            bound_issuer: None,
            bound_audiences: None,
            ..jwt(None)
        }))),
        login: Some(issued(None)),
        ..of_relay("update", "auth/jwt/login", Some(200))
    };
    stands(
        &login,
        r#"{"method":"update","path":"auth/jwt/login","status":200,"role":"app","token":{"kind":"jwt","claims":{"aud":"vault"}},"bound_issuer":null,"bound_audiences":null,"bound_subject":"","bound_claims":{"scope":["a"]},"now":1768478400,"claim":null,"login":{"accessor":"a1","policies":["default"],"identity_policies":null,"ttl_seconds":60,"renewable":true,"token":"sha256:abc"}}"#,
    );
    let unknown = Request {
        accessor: Some("a1".to_owned()),
        policies: Some(Vec::new()),
        ended: Some(Ended {
            creation_path: "auth/jwt/login".to_owned(),
            end: None,
            life: None,
        }),
        ..of_relay("read", "secret/data/a", Some(403))
    };
    stands(
        &unknown,
        r#"{"method":"read","path":"secret/data/a","status":403,"accessor":"a1","policies":[],"creation_path":"auth/jwt/login"}"#,
    );
    let silent = Request {
        error: Some("connection refused".to_owned()),
        ..of_relay("read", "secret/data/a", None)
    };
    stands(
        &silent,
        r#"{"method":"read","path":"secret/data/a","error":"connection refused"}"#,
    );
    let foreign = Request {
        message: Some("namespace not found".to_owned()),
        namespace: Some("…".to_owned()),
        ..of_relay("GET", "secret/data/a", Some(404))
    };
    stands(
        &foreign,
        r#"{"method":"GET","path":"secret/data/a","status":404,"message":"namespace not found","namespace":"…"}"#,
    );
}

#[test]
fn what_broke_is_told_from_what_was_refused() {
    for reason in Reason::ALL {
        assert_eq!(Reason::parse(reason.as_str()), Some(*reason));
    }
    let failures: Vec<&str> = Reason::ALL
        .iter()
        .filter(|reason| reason.is_failure())
        .map(|reason| reason.as_str())
        .collect();
    assert_eq!(
        failures,
        [
            "backend-unavailable",
            "not-implemented",
            "audit-failed",
            "internal-error"
        ]
    );
    assert_eq!(
        Why::try_from("no-reason".to_owned()),
        Err("`no-reason` is no reason of a rule".to_owned())
    );
}
