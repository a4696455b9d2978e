//! The front door through real clients: each refusal with its allowed twin.

use authlab_kernel::Enforcement;
use authlab_wire::sigv4::{self, Signer};
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method};

use super::door::ClientClock;
use super::testing::{MANAGEMENT, OUTSIDER, START, TestDoor, WORKLOAD, code, refusal};

const ALLOW_LIST_ROLES: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"iam:ListRoles","Resource":"*"}]}"#;

/// A user with one inline policy, and an access key of theirs.
async fn user(door: &TestDoor, account: &str, policy: Option<&str>) -> (String, String) {
    let iam = aws_sdk_iam::Client::new(&door.root(account));
    iam.create_user().user_name("ada").send().await.unwrap();
    if let Some(policy) = policy {
        let put = iam
            .put_user_policy()
            .user_name("ada")
            .policy_name("own")
            .policy_document(policy);
        put.send().await.unwrap();
    }
    let key = iam
        .create_access_key()
        .user_name("ada")
        .send()
        .await
        .unwrap()
        .access_key
        .unwrap();
    (key.access_key_id, key.secret_access_key)
}

/// A signed GetCallerIdentity, altered before it is sent; status and body of the answer.
async fn caller_identity(
    door: &TestDoor,
    signer: Signer<'_>,
    alter: impl FnOnce(&mut HeaderMap, &mut String),
) -> (u16, String) {
    let mut headers = HeaderMap::new();
    let host = door.door.endpoint().replace("http://", "");
    headers.insert("host", HeaderValue::from_str(&host).unwrap());
    let form = "application/x-www-form-urlencoded";
    headers.insert("content-type", HeaderValue::from_static(form));
    let mut body = "Action=GetCallerIdentity&Version=2011-06-15".to_owned();
    sigv4::sign(
        &signer,
        &Method::POST,
        "/",
        "",
        &mut headers,
        &Bytes::from(body.clone()),
    )
    .unwrap();
    alter(&mut headers, &mut body);
    let client = crate::front::testing::http_client();
    let sent = client
        .post(door.door.endpoint())
        .headers(headers)
        .body(body)
        .send()
        .await
        .unwrap();
    (sent.status().as_u16(), sent.text().await.unwrap())
}

fn root(door: &TestDoor) -> Signer<'static> {
    Signer {
        access_key: WORKLOAD,
        secret: "test",
        session_token: None,
        region: "eu-central-1",
        service: "sts",
        now: door.now(),
        options: sigv4::Options::STANDARD,
    }
}

#[tokio::test]
async fn a_signature_holds_only_for_what_was_signed_by_whom_and_when() {
    let door = TestDoor::start(|_| {}).await;
    let (status, body) = caller_identity(&door, root(&door), |_, _| {}).await;
    assert_eq!(status, 200, "{body}");
    assert!(
        body.contains("<Arn>arn:aws:iam::222222222222:root</Arn>"),
        "{body}"
    );

    type Alter = fn(&mut HeaderMap, &mut String);
    let wrong_secret = Signer {
        secret: "best",
        ..root(&door)
    };
    let unknown = Signer {
        access_key: "AKIAIOSFODNN7EXAMPLE",
        ..root(&door)
    };
    let wrong_service = Signer {
        service: "sns",
        ..root(&door)
    };
    let late = Signer {
        now: "2026-01-01T00:15:01Z".parse().unwrap(),
        ..root(&door)
    };
    let early = Signer {
        now: "2025-12-31T23:44:59Z".parse().unwrap(),
        ..root(&door)
    };
    let keep: Alter = |_, _| {};
    let cases: [(&str, Signer<'_>, Alter, u16, &str, &str); 8] = [
        (
            "altered body",
            root(&door),
            |_, body| body.push_str("&x=1"),
            403,
            "SignatureDoesNotMatch",
            "signature-mismatch",
        ),
        (
            "wrong secret",
            wrong_secret,
            keep,
            403,
            "SignatureDoesNotMatch",
            "signature-mismatch",
        ),
        (
            "unknown key",
            unknown,
            keep,
            403,
            "InvalidClientTokenId",
            "credential-unknown",
        ),
        (
            "token with a root key",
            Signer {
                session_token: Some("x"),
                ..root(&door)
            },
            keep,
            403,
            "InvalidClientTokenId",
            "session-token-mismatch",
        ),
        (
            "too new",
            late,
            keep,
            403,
            "SignatureDoesNotMatch",
            "clock-skew",
        ),
        (
            "too old",
            early,
            keep,
            403,
            "SignatureDoesNotMatch",
            "clock-skew",
        ),
        (
            "unsigned",
            root(&door),
            |headers, _| drop(headers.remove("authorization")),
            403,
            "MissingAuthenticationToken",
            "signature-missing",
        ),
        (
            "a bearer token",
            root(&door),
            |headers, _| {
                drop(headers.insert("authorization", HeaderValue::from_static("Bearer abc")))
            },
            403,
            "IncompleteSignature",
            "signature-unreadable",
        ),
    ];
    for (name, signer, alter, status, code, reason) in cases {
        let (found, body) = caller_identity(&door, signer, alter).await;
        assert_eq!(found, status, "{name}: {body}");
        assert!(
            body.contains(&format!("<Code>{code}</Code>")),
            "{name}: {body}"
        );
        assert_eq!(
            door.refusals()[0],
            format!("authentication: {reason}"),
            "{name}"
        );
    }
    // A scope for a service without a model is that service's request.
    let (status, body) = caller_identity(&door, wrong_service, |_, _| {}).await;
    assert_eq!(status, 501, "{body}");
    assert!(body.contains("sns"), "{body}");
}

#[tokio::test]
async fn the_window_is_the_service_s_and_both_clocks_are_told() {
    let door = TestDoor::start(|_| {}).await;
    let at = |text: &str| Signer {
        now: text.parse().unwrap(),
        ..root(&door)
    };
    for inside in ["2026-01-01T00:15:00Z", "2025-12-31T23:45:00Z"] {
        assert_eq!(
            caller_identity(&door, at(inside), |_, _| {}).await.0,
            200,
            "{inside}"
        );
    }
    let (_, body) = caller_identity(&door, at("2025-12-31T23:44:59Z"), |_, _| {}).await;
    let text = "Signature expired: 20251231T234459Z is now earlier than 20251231T234500Z (20260101T000000Z - 15 min.)";
    assert!(body.contains(text), "{body}");
}

#[tokio::test]
async fn a_client_on_wall_time_still_fits_after_the_clock_was_advanced() {
    for (client_clock, is_taken) in [(ClientClock::Wall, true), (ClientClock::Lab, false)] {
        let door = TestDoor::start_with(client_clock, Enforcement::Enforce, |_| {}).await;
        let before = Signer {
            now: START.parse().unwrap(),
            ..root(&door)
        };
        door.clock.advance_seconds(86_400).await.unwrap();
        let wall = Signer {
            now: door.clock.wall_now(),
            ..root(&door)
        };
        let (status, body) = caller_identity(&door, wall, |_, _| {}).await;
        assert_eq!(status == 200, is_taken, "{client_clock:?} {body}");
        // What was signed in lab time before the jump has expired for everybody.
        assert_eq!(caller_identity(&door, before, |_, _| {}).await.0, 403);
        assert_eq!(caller_identity(&door, root(&door), |_, _| {}).await.0, 200);
    }
}

#[tokio::test]
async fn a_user_may_what_a_policy_allows_and_nothing_denies() {
    let door = TestDoor::start(|_| {}).await;
    let (key, secret) = user(&door, WORKLOAD, None).await;
    let ada = aws_sdk_iam::Client::new(&door.sdk(&key, &secret, None));
    let (code, message) = refusal(ada.list_roles().send().await);
    assert_eq!(code, "AccessDenied");
    assert_eq!(
        message,
        "User: arn:aws:iam::222222222222:user/ada is not authorized to perform: iam:ListRoles because no identity-based policy allows the iam:ListRoles action"
    );
    assert_eq!(
        door.refusals(),
        [
            "decision: identity-implicit-deny",
            "answer: identity-implicit-deny"
        ]
    );

    let root = aws_sdk_iam::Client::new(&door.root(WORKLOAD));
    let put = |text: &str| {
        root.put_user_policy()
            .user_name("ada")
            .policy_name("own")
            .policy_document(text)
            .send()
    };
    put(ALLOW_LIST_ROLES).await.unwrap();
    ada.list_roles().send().await.unwrap();

    let deny = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"iam:*","Resource":"*"},{"Sid":"NoRoles","Effect":"Deny","Action":"iam:ListRoles","Resource":"*"}]}"#;
    put(deny).await.unwrap();
    let (_, message) = refusal(ada.list_roles().send().await);
    assert!(
        message.ends_with("with an explicit deny in an identity-based policy"),
        "{message}"
    );
    assert_eq!(door.refusals()[0], "decision: identity-explicit-deny");

    root.update_access_key()
        .user_name("ada")
        .access_key_id(&key)
        .status("Inactive".into())
        .send()
        .await
        .unwrap();
    assert_eq!(
        refusal(ada.list_roles().send().await).0,
        "InvalidClientTokenId"
    );
}

#[tokio::test]
async fn audit_lets_a_call_without_permission_through_and_journals_the_refusal() {
    let door = TestDoor::start_with(ClientClock::Lab, Enforcement::Audit, |_| {}).await;
    let (key, secret) = user(&door, WORKLOAD, None).await;
    let ada = aws_sdk_iam::Client::new(&door.sdk(&key, &secret, None));
    ada.list_roles().send().await.unwrap();
    assert_eq!(door.refusals(), ["decision: identity-implicit-deny"]);
    let forged = aws_sdk_iam::Client::new(&door.sdk(&key, "wrong", None));
    assert_eq!(
        code(forged.list_roles().send().await),
        "SignatureDoesNotMatch"
    );
}

#[tokio::test]
async fn what_is_not_there_answers_501_and_names_itself() {
    let door = TestDoor::start(|_| {}).await;
    let iam = aws_sdk_iam::Client::new(&door.root(WORKLOAD));
    let (code, message) = refusal(iam.generate_credential_report().send().await);
    assert_eq!(
        (
            code.as_str(),
            message.contains("iam:GenerateCredentialReport")
        ),
        ("NotImplemented", true),
        "{message}"
    );

    let endpoint = door.door.endpoint();
    let client = crate::front::testing::http_client();
    let target = client
        .post(&endpoint)
        .header("x-amz-target", "DynamoDB_20120810.GetItem")
        .body("{}");
    let answer = target.send().await.unwrap();
    assert_eq!(answer.status(), 501);
    assert!(
        answer
            .text()
            .await
            .unwrap()
            .contains("DynamoDB_20120810:GetItem")
    );
}

#[tokio::test]
async fn garbage_gets_a_4xx_of_the_protocol_it_looks_like() {
    let door = TestDoor::start(|_| {}).await;
    let client = crate::front::testing::http_client();
    type Case = (
        &'static str,
        &'static [(&'static str, &'static str)],
        &'static [u8],
    );
    let cases: [Case; 6] = [
        ("/", &[], b"\x00\xff\xfe garbage"),
        (
            "/",
            &[("content-type", "application/x-www-form-urlencoded")],
            b"Action=%ZZ&&&==",
        ),
        (
            "/",
            &[
                ("content-type", "application/x-amz-json-1.1"),
                ("x-amz-target", "Logs_20140328.PutLogEvents"),
            ],
            b"{\"a\":",
        ),
        (
            "/service/GraniteServiceVersion20100801/operation/PutMetricData",
            &[
                ("smithy-protocol", "rpc-v2-cbor"),
                ("content-type", "application/cbor"),
            ],
            b"\xff\xff",
        ),
        (
            "/v2/apis",
            &[("authorization", "AWS4-HMAC-SHA256 Credential=a/b")],
            b"",
        ),
        ("/?Action=GetCallerIdentity&Version=2011-06-15", &[], b""),
    ];
    for (path, headers, body) in cases {
        let mut request = client
            .post(format!("{}{path}", door.door.endpoint()))
            .body(body.to_vec());
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let answer = request.send().await.unwrap();
        let status = answer.status().as_u16();
        assert!((400..500).contains(&status), "{path}: {status}");
        assert!(answer.headers().contains_key("x-amzn-requestid"), "{path}");
    }
}

#[tokio::test]
async fn answers_carry_the_lab_s_date_and_the_journal_no_secret() {
    let door = TestDoor::start(|_| {}).await;
    let client = crate::front::testing::http_client();
    let answer = client.get(door.door.endpoint()).send().await.unwrap();
    assert_eq!(answer.headers()["date"], "Thu, 01 Jan 2026 00:00:00 GMT");
    let (_, secret) = user(&door, WORKLOAD, Some(ALLOW_LIST_ROLES)).await;
    for event in door.events() {
        let line = serde_json::to_string(&*event).unwrap();
        assert!(!line.contains(&secret), "{line}");
    }
}

#[tokio::test]
async fn organizations_policies_bind_members_and_not_the_management_account() {
    let door = TestDoor::start(|_| {}).await;
    let management = aws_sdk_organizations::Client::new(&door.root(MANAGEMENT));
    let deny = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"iam:ListRoles","Resource":"*"}]}"#;
    let policy = management
        .create_policy()
        .name("no-roles")
        .description("")
        .content(deny)
        .r#type("SERVICE_CONTROL_POLICY".into())
        .send()
        .await
        .unwrap();
    let policy = policy
        .policy()
        .unwrap()
        .policy_summary()
        .unwrap()
        .id()
        .unwrap()
        .to_owned();
    let root = management.list_roots().send().await.unwrap().roots()[0]
        .id()
        .unwrap()
        .to_owned();
    management
        .attach_policy()
        .policy_id(&policy)
        .target_id(&root)
        .send()
        .await
        .unwrap();

    for (account, is_bound) in [(WORKLOAD, true), (MANAGEMENT, false), (OUTSIDER, false)] {
        let answer = aws_sdk_iam::Client::new(&door.root(account))
            .list_roles()
            .send()
            .await;
        if is_bound {
            let (_, message) = refusal(answer);
            assert!(
                message.ends_with("with an explicit deny in a service control policy"),
                "{message}"
            );
            assert_eq!(door.refusals()[0], "decision: scp-explicit-deny");
        } else {
            answer.unwrap();
        }
    }
    management
        .detach_policy()
        .policy_id(&policy)
        .target_id(&root)
        .send()
        .await
        .unwrap();
    aws_sdk_iam::Client::new(&door.root(WORKLOAD))
        .list_roles()
        .send()
        .await
        .unwrap();
}
