//! The lines that are written, byte for byte, and what is read back from them.

use authlab_kernel::evidence::Evidence;
use authlab_kernel::{Clock, Component, Event, EventDraft, Journal, Timestamp};
use authlab_policy::{Outcome, Principal};
use serde_json::json;

use super::*;

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

#[test]
fn the_tokens_of_a_pool() {
    let issued = UserTokens {
        pool: "eu-west-1_abc".to_owned(),
        client: "c1".to_owned(),
        user: None,
        flow: "client_credentials".to_owned(),
        tokens: vec![json!({"kind": "jwt"})],
    };
    let line = r#"{"pool":"eu-west-1_abc","client":"c1","flow":"client_credentials","tokens":[{"kind":"jwt"}]}"#;
    check(issued, "user-tokens", line);
}

/// The event that a draft becomes.
fn event(draft: EventDraft) -> Event {
    let journal = Journal::new(Clock::standing(at("2026-01-01T00:00:00Z")));
    journal.record(draft);
    Event::clone(&journal.events_since(0).remove(0))
}

#[track_caller]
fn check<E: Evidence + PartialEq + std::fmt::Debug>(evidence: E, kind: &str, line: &str) {
    let event = event(EventDraft::of(Component::Aws, &evidence));
    assert_eq!(
        (event.kind.as_str(), event.detail.to_string()),
        (kind, line.to_owned())
    );
    let text = serde_json::to_string(&event).unwrap();
    let read: Event = serde_json::from_str(&text).unwrap();
    assert_eq!(read.read::<E>(), Some(evidence), "{text}");
}

fn some(text: &str) -> Option<String> {
    Some(text.to_owned())
}

#[test]
fn a_request_and_its_proof() {
    let request = Request {
        service: some("sts"),
        operation: some("AssumeRole"),
        access_key_id: some("AKIA1"),
        principal: some("arn:aws:iam::111111111111:user/ana"),
        source_ip: "127.0.0.1".to_owned(),
    };
    let line = r#"{"service":"sts","operation":"AssumeRole","access_key_id":"AKIA1","principal":"arn:aws:iam::111111111111:user/ana","source_ip":"127.0.0.1"}"#;
    check(request, "request", line);
    let bare = Request {
        service: None,
        operation: None,
        access_key_id: None,
        principal: None,
        source_ip: "::1".to_owned(),
    };
    let line = r#"{"service":null,"operation":null,"access_key_id":null,"principal":null,"source_ip":"::1"}"#;
    check(bare, "request", line);

    let proven = Authentication {
        principal: some("arn:aws:iam::111111111111:root"),
        access_key_id: some("111111111111"),
        code: None,
        message: None,
        signature: Signature::default(),
    };
    let line = r#"{"principal":"arn:aws:iam::111111111111:root","access_key_id":"111111111111"}"#;
    check(proven, "authentication", line);
    let now = Some(at("2026-01-01T00:20:00Z"));
    for (signature, found) in [
        (Signature::default(), ""),
        (
            Signature {
                expired: Some(at("2026-01-01T00:00:00Z")),
                now,
                ..Signature::default()
            },
            r#","expired":"2026-01-01T00:00:00Z","now":"2026-01-01T00:20:00Z""#,
        ),
        (
            Signature {
                signed: Some(at("2026-01-01T00:00:00Z")),
                now,
                ..Signature::default()
            },
            r#","signed":"2026-01-01T00:00:00Z","now":"2026-01-01T00:20:00Z""#,
        ),
        (
            Signature {
                canonical_request: some("POST\n/\n"),
                ..Signature::default()
            },
            r#","canonical_request":"POST\n/\n""#,
        ),
        (
            Signature {
                inspected: Some(Box::new(Inspected {
                    scope: Some(CredentialScope {
                        date: "20260101".to_owned(),
                        region: "eu-west-1".to_owned(),
                        service: "sts".to_owned(),
                        terminator: "aws4_request".to_owned(),
                    }),
                    expected: Some(Expected {
                        service: "sts".to_owned(),
                        region: some("us-east-1"),
                    }),
                    ..Inspected::default()
                })),
                ..Signature::default()
            },
            r#","inspected":{"scope":{"date":"20260101","region":"eu-west-1","service":"sts","terminator":"aws4_request"},"expected":{"service":"sts","region":"us-east-1"}}"#,
        ),
        (
            Signature {
                inspected: Some(Box::new(Inspected {
                    is_presigned: true,
                    tried: Some(3),
                    fit: Some(Fit {
                        suspect: Suspect::HeaderChanged,
                        name: some("accept"),
                        signed: some("*/*"),
                        arrived: some("text/html"),
                    }),
                    ..Inspected::default()
                })),
                ..Signature::default()
            },
            r#","inspected":{"is_presigned":true,"tried":3,"fit":{"suspect":"header-changed","name":"accept","signed":"*/*","arrived":"text/html"}}"#,
        ),
    ] {
        let failed = Authentication {
            principal: None,
            access_key_id: None,
            code: some("InvalidSignatureException"),
            message: some("no"),
            signature,
        };
        let line = format!(
            r#"{{"access_key_id":null,"code":"InvalidSignatureException","message":"no"{found}}}"#
        );
        check(failed, "authentication", &line);
    }
}

#[test]
fn a_decision_and_an_answer() {
    let ana = Principal::user("arn:aws:iam::111111111111:user/ana", "AIDA1");
    let request = authlab_policy::Request::new(ana, "oam:ListLinks", "*");
    let none = authlab_policy::PolicySet::default();
    let decision = authlab_policy::decide(&request, &none);
    let written = Decision::new(&request, &decision, &authlab_policy::Compared::default());
    let line = r#"{"action":"oam:ListLinks","resource":"*","principal":"arn:aws:iam::111111111111:user/ana","decision":"ImplicitDeny","decided_by":{"layer":"identity","level":null},"missing_keys":[],"near_misses":[],"explanation":"implicitly denied: no identity-based policy allows it"}"#;
    check(written.clone(), "decision", line);
    let audited = line.replace(r#"it"}"#, r#"it","enforcement":"audit"}"#);
    check(written.clone().let_through(true), "decision", &audited);
    assert_eq!(written.clone().let_through(false), written);

    let mut answer = Answer {
        status: 200,
        ..Answer::default()
    };
    check(answer.clone(), "answer", r#"{"status":200}"#);
    answer.status = 404;
    answer.code = some("NoSuchEntity");
    answer.message = some("gone");
    let line = r#"{"status":404,"code":"NoSuchEntity","message":"gone"}"#;
    check(answer.clone(), "answer", line);
    answer.evidence = some("why");
    let line = r#"{"status":404,"code":"NoSuchEntity","message":"gone","evidence":"why"}"#;
    check(answer.clone(), "answer", line);
    answer.evidence = None;
    answer.fault = Some(Fault::quota("AccessKeysPerUser", 2, None));
    answer.asked = [("UserName".to_owned(), "ana".to_owned())].into();
    answer.region = some("us-east-1");
    answer.notices = vec![Notice::LinkedAccountsLeftOut {
        member: "IncludeLinkedAccounts".to_owned(),
        accounts: vec!["222222222222".to_owned()],
    }];
    let line = r#"{"status":404,"code":"NoSuchEntity","message":"gone","fault":{"kind":"quota","of":"AccessKeysPerUser","limit":2},"asked":{"UserName":"ana"},"region":"us-east-1","notices":[{"kind":"linked-accounts-left-out","member":"IncludeLinkedAccounts","accounts":["222222222222"]}]}"#;
    check(answer, "answer", line);
}

#[test]
fn what_services_tell() {
    let credential = Credential {
        operation: "AssumeRole".to_owned(),
        principal: "arn:aws:sts::1:assumed-role/r/s".to_owned(),
        access_key_id: "ASIA1".to_owned(),
        expires: at("2026-01-01T01:00:00Z"),
    };
    let line = r#"{"operation":"AssumeRole","principal":"arn:aws:sts::1:assumed-role/r/s","access_key_id":"ASIA1","expires":"2026-01-01T01:00:00Z"}"#;
    check(credential, "credential", line);
    let unchecked = Unchecked {
        service: "sqs".to_owned(),
        method: "POST".to_owned(),
    };
    check(
        unchecked,
        "unchecked",
        r#"{"service":"sqs","method":"POST"}"#,
    );
    let authorizer = Authorizer {
        authorizer: "a".to_owned(),
        issuer: "https://issuer.example.com".to_owned(),
        problem: "the document is answered 404".to_owned(),
    };
    let line = r#"{"authorizer":"a","issuer":"https://issuer.example.com","problem":"the document is answered 404"}"#;
    check(authorizer, "authorizer", line);
    let mut rotation = Rotation {
        secret: "s".to_owned(),
        function: "f".to_owned(),
        version: "v".to_owned(),
        steps: vec!["createSecret".to_owned(), "testSecret".to_owned()],
        step: None,
        error: None,
    };
    let line =
        r#"{"secret":"s","function":"f","version":"v","steps":["createSecret","testSecret"]}"#;
    check(rotation.clone(), "rotation", line);
    (rotation.step, rotation.error) = (some("testSecret"), some("no"));
    let line = line.replace("]}", r#"],"step":"testSecret","error":"no"}"#);
    check(rotation, "rotation", &line);
    let due = RotationDue {
        secret: "s".to_owned(),
        window_start: at("2026-01-01T01:00:00Z"),
    };
    let line = r#"{"secret":"s","window_start":"2026-01-01T01:00:00Z"}"#;
    check(due, "rotation-due", line);
}

#[test]
fn functions_and_tokens() {
    let not_run = Invoke {
        function: "f".to_owned(),
        invoked_by: "apigateway.amazonaws.com".to_owned(),
        error: some("no"),
        ..Invoke::default()
    };
    let line = r#"{"function":"f","invoked_by":"apigateway.amazonaws.com","error":"no"}"#;
    check(not_run.clone(), "invoke", line);
    let missing = MissingFunction {
        name: "f".to_owned(),
        account: "1".to_owned(),
        region: "r".to_owned(),
        near: vec!["g".to_owned()],
        ..MissingFunction::default()
    };
    let missing = Invoke {
        missing: Some(Box::new(missing)),
        ..not_run
    };
    let line = r#"{"function":"f","invoked_by":"apigateway.amazonaws.com","error":"no","missing":{"name":"f","account":"1","region":"r","near":["g"]}}"#;
    check(missing, "invoke", line);
    let run = Invoke {
        function: "arn:f".to_owned(),
        handler: some("h"),
        invoked_by: "ana".to_owned(),
        role: some("arn:r"),
        session: some("arn:s"),
        access_key_id: some("ASIA1"),
        ..Invoke::default()
    };
    let line = r#"{"function":"arn:f","handler":"h","invoked_by":"ana","role":"arn:r","session":"arn:s","access_key_id":"ASIA1"}"#;
    check(run, "invoke", line);
    let mut returned = Return {
        function: "arn:f".to_owned(),
        duration_ms: 7,
        log: "written".to_owned(),
        error_type: None,
        error_message: None,
    };
    let line = r#"{"function":"arn:f","duration_ms":7,"log":"written"}"#;
    check(returned.clone(), "return", line);
    (returned.error_type, returned.error_message) = (some("Oops"), some("no"));
    let line = r#"{"function":"arn:f","duration_ms":7,"log":"written","error_type":"Oops","error_message":"no"}"#;
    check(returned, "return", line);

    let refused = |token, client_ids| WebIdentity::Refused {
        token,
        shape: None,
        message: "no".to_owned(),
        evidence: "why".to_owned(),
        providers: vec!["https://a".to_owned()],
        client_ids,
        signature: None,
        times: None,
        fault: None,
    };
    let line = r#"{"token":null,"message":"no","evidence":"why","providers":["https://a"],"client_ids":null}"#;
    check(refused(None, None), "web-identity", line);
    let token =
        json!({"kind": "jwt", "header": {"alg": "RS256"}, "claims": {}, "fingerprint": "f"});
    let line = r#"{"token":{"kind":"jwt","header":{"alg":"RS256"},"claims":{},"fingerprint":"f"},"message":"no","evidence":"why","providers":["https://a"],"client_ids":["c"]}"#;
    check(
        refused(Some(token.clone()), Some(vec!["c".to_owned()])),
        "web-identity",
        line,
    );
    let issued = WebIdentity::Issued {
        token,
        provider: "arn:p".to_owned(),
        role: "arn:r".to_owned(),
    };
    let line = r#"{"token":{"kind":"jwt","header":{"alg":"RS256"},"claims":{},"fingerprint":"f"},"provider":"arn:p","role":"arn:r"}"#;
    check(issued, "web-identity", line);
}

#[test]
fn a_reason_is_read_as_it_was_meant() {
    let why = |code: &str| {
        let event = event(EventDraft::new(Component::Aws, "answer").refused(code));
        let why = Why::of(&event).unwrap();
        assert_eq!(why.as_str(), code);
        match why {
            Why::Denied(denial) => format!("{:?} {}", denial.layer, denial.is_explicit),
            Why::Rule(reason) => format!("{reason:?}"),
            Why::Code(_) => why.is_error("NoSuchEntity").to_string(),
        }
    };
    for (code, meant) in [
        ("scp-implicit-deny", "ServiceControl false"),
        ("identity-explicit-deny", "Identity true"),
        ("clock-skew", "ClockSkew"),
        ("explicit-deny", "ExplicitDeny"),
        ("no-such-entity", "true"),
        ("entity-already-exists", "false"),
        ("firewall-implicit-deny", "false"),
    ] {
        assert_eq!(why(code), meant, "{code}");
    }
    let calm = event(EventDraft::new(Component::Aws, "request"));
    assert_eq!(Why::of(&calm), None);
}

#[test]
fn every_reason_has_a_code_of_its_own() {
    let denials = Denial::all().map(Denial::as_str);
    let codes: Vec<&str> = Reason::ALL
        .iter()
        .map(|reason| reason.as_str())
        .chain(denials)
        .collect();
    for (index, code) in codes.iter().enumerate() {
        assert!(!codes[..index].contains(code), "{code}");
        let is_kebab = code
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte == b'-');
        assert!(is_kebab, "{code}");
        assert!(!matches!(Why::parse(code), Why::Code(_)), "{code}");
    }
    assert_eq!(Denial::all().count(), 16);
    let event = event(EventDraft::new(Component::Aws, "answer").refused(Reason::MfaCode));
    assert!(event.is(Reason::MfaCode) && !event.is(Reason::RoleNotFound));
}

#[test]
fn an_error_goes_by_its_code_in_kebab_case() {
    for (code, kebab) in [
        ("NoSuchEntity", "no-such-entity"),
        ("KMSAccessDeniedException", "kmsaccess-denied-exception"),
        ("ValidationError", "validation-error"),
        ("S3Error", "s3-error"),
    ] {
        assert_eq!(error_code(code), kebab);
    }
}

#[test]
fn what_allows_is_no_denial() {
    let root = Principal::root("111111111111");
    let request = authlab_policy::Request::new(root, "oam:ListLinks", "*");
    let allowed = authlab_policy::decide(&request, &authlab_policy::PolicySet::default());
    assert_eq!(allowed.outcome, Outcome::Allow);
    assert_eq!(Denial::of(&allowed), None);
}

/// Whether what an event of the front door, of a service or of Lambda tells is read back as it was
/// written; events of others pass.
pub(crate) fn is_readable(event: &Event) -> bool {
    fn reads<E: Evidence>(event: &Event) -> bool {
        let read = event.read::<E>();
        read.is_some_and(|read| event.detail == serde_json::to_value(read).unwrap())
    }
    if !["aws", "lambda"].contains(&event.component.as_str()) {
        return true;
    }
    match event.kind.as_str() {
        Request::KIND => reads::<Request>(event),
        Authentication::KIND => reads::<Authentication>(event),
        Decision::KIND => reads::<Decision>(event),
        Answer::KIND => reads::<Answer>(event),
        Credential::KIND => reads::<Credential>(event),
        Unchecked::KIND => reads::<Unchecked>(event),
        Authorizer::KIND => reads::<Authorizer>(event),
        Invoke::KIND => reads::<Invoke>(event),
        Return::KIND => reads::<Return>(event),
        Rotation::KIND => reads::<Rotation>(event),
        RotationDue::KIND => reads::<RotationDue>(event),
        WebIdentity::KIND => reads::<WebIdentity>(event),
        UserTokens::KIND => reads::<UserTokens>(event),
        _ => true,
    }
}
