//! The pass-through, against a server that plays LocalStack: it lets everybody do everything.

use authlab_kernel::Outcome;
use authlab_wire::sigv4::{self, Options, Signer};
use authlab_wire::{Incoming, Models};
use aws_sdk_secretsmanager::Client;
use aws_sdk_secretsmanager::operation::RequestId;
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method};
use serde_json::{Value, json};
use wiremock::matchers::any;
use wiremock::{Mock, MockServer, Request, ResponseTemplate};

use super::{PassError, PassTarget};
use crate::front::testing::{MONITORING, TestDoor, WORKLOAD, code, refusal};

const ARN: &str = "arn:aws:secretsmanager:eu-central-1:222222222222:secret:db-a1B2c3";
const VALUE: &str = "kept elsewhere";
const ALLOW: &str = r#"{"Effect":"Allow","Action":"secretsmanager:GetSecretValue","Resource":"arn:aws:secretsmanager:*:222222222222:secret:db-*"}"#;

/// What the backend says of its only secret.
#[derive(Clone, Default)]
struct Kept {
    policy: Option<String>,
    kms_key_id: Option<&'static str>,
    is_deleted: bool,
    /// The operation that breaks.
    broken: Option<&'static str>,
}

fn answer(kept: &Kept, request: &Request) -> ResponseTemplate {
    let target = header(request, "x-amz-target");
    let operation = target.rsplit('.').next().unwrap_or_default();
    let input: Value = serde_json::from_slice(&request.body).unwrap_or_default();
    let id = input["SecretId"].as_str().unwrap_or_default();
    let json = |status: u16, body: Value| {
        ResponseTemplate::new(status)
            .insert_header("x-amzn-requestid", "theirs")
            .insert_header("date", "Thu, 01 Jan 1970 00:00:00 GMT")
            .set_body_raw(body.to_string(), "application/x-amz-json-1.1")
    };
    if kept.broken == Some(operation) {
        return json(
            500,
            json!({"__type": "InternalServiceError", "message": "broken"}),
        );
    }
    if !id.is_empty() && id != "db" && id != ARN {
        let message = "Secrets Manager can't find the specified secret.";
        return json(
            400,
            json!({"__type": "ResourceNotFoundException", "message": message}),
        );
    }
    match operation {
        "DescribeSecret" => json(
            200,
            json!({
                "ARN": ARN, "Name": "db", "KmsKeyId": kept.kms_key_id,
                "Tags": [{"Key": "team", "Value": "reports"}],
            }),
        ),
        "GetResourcePolicy" => json(
            200,
            json!({"ARN": ARN, "Name": "db", "ResourcePolicy": kept.policy}),
        ),
        "GetSecretValue" if kept.is_deleted => json(
            400,
            json!({
                "__type": "InvalidRequestException",
                "message": "You can't perform this operation on the secret because it was marked for deletion.",
            }),
        ),
        "GetSecretValue" => json(
            200,
            json!({"ARN": ARN, "Name": "db", "SecretString": VALUE}),
        ),
        _ => json(200, json!({"ARN": ARN, "Name": "db"})),
    }
}

fn header<'a>(request: &'a Request, name: &str) -> &'a str {
    request
        .headers
        .get(name)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default()
}

async fn backend(kept: Kept) -> MockServer {
    let server = MockServer::start().await;
    Mock::given(any())
        .respond_with(move |request: &Request| answer(&kept, request))
        .mount(&server)
        .await;
    server
}

/// The requests for an operation that reached the backend.
async fn received(server: &MockServer, operation: &str) -> Vec<Request> {
    let all = server.received_requests().await.unwrap();
    all.into_iter()
        .filter(|request| header(request, "x-amz-target").ends_with(operation))
        .collect()
}

/// A door that passes Secrets Manager to a backend that keeps this.
async fn passing(kept: Kept) -> (TestDoor, MockServer) {
    let door = TestDoor::start(|_| {}).await;
    let server = backend(kept).await;
    door.door
        .pass("secretsmanager", Some(PassTarget::at(server.uri())))
        .unwrap();
    (door, server)
}

/// A user with one inline policy of these statements.
async fn user(door: &TestDoor, account: &str, name: &str, statements: &str) -> Client {
    let iam = aws_sdk_iam::Client::new(&door.root(account));
    iam.create_user().user_name(name).send().await.unwrap();
    if !statements.is_empty() {
        let put = iam.put_user_policy().user_name(name).policy_name("own");
        put.policy_document(document(statements))
            .send()
            .await
            .unwrap();
    }
    let key = iam
        .create_access_key()
        .user_name(name)
        .send()
        .await
        .unwrap()
        .access_key
        .unwrap();
    Client::new(&door.sdk(&key.access_key_id, &key.secret_access_key, None))
}

fn document(statements: &str) -> String {
    format!(r#"{{"Version":"2012-10-17","Statement":[{statements}]}}"#)
}

fn policy_for(effect: &str, principal: &str) -> Option<String> {
    Some(document(&format!(
        r#"{{"Effect":"{effect}","Principal":{{"AWS":"{principal}"}},"Action":"secretsmanager:*","Resource":"*"}}"#
    )))
}

#[tokio::test]
async fn the_backend_gains_the_enforcement_that_it_lacks() {
    let tagged = |team: &str| {
        format!(
            r#"{{"Effect":"Allow","Action":"secretsmanager:GetSecretValue","Resource":"*",
            "Condition":{{"StringEquals":{{"secretsmanager:ResourceTag/team":"{team}"}}}}}}"#
        )
    };
    let denied = Some("AccessDeniedException");
    let deny_root = policy_for("Deny", "arn:aws:iam::222222222222:root");
    for (statements, policy, id, expected) in [
        ("", None, "db", denied),
        (ALLOW, None, "db", None),
        (ALLOW, None, ARN, None),
        (ALLOW, deny_root, "db", denied),
        (&tagged("reports"), None, "db", None),
        (&tagged("billing"), None, "db", denied),
        ("", None, "none", denied),
    ] {
        let (door, server) = passing(Kept {
            policy,
            ..Kept::default()
        })
        .await;
        let reader = user(&door, WORKLOAD, "reader", statements).await;
        let read = reader.get_secret_value().secret_id(id).send().await;
        let asked = received(&server, ".GetSecretValue").await.len();
        match expected {
            None => {
                assert_eq!(read.unwrap().secret_string(), Some(VALUE));
                assert_eq!(asked, 1);
            }
            Some(expected) => {
                assert_eq!(code(read), expected, "{statements} {id}");
                assert_eq!(asked, 0, "what is refused never reaches the backend");
            }
        }
        assert!(!format!("{:?}", door.events()).contains(VALUE));
    }
}

#[tokio::test]
async fn the_request_arrives_as_the_owner_account_and_as_it_was_sent() {
    let (door, server) = passing(Kept::default()).await;
    let reader = user(&door, WORKLOAD, "reader", ALLOW).await;
    let answered = reader
        .get_secret_value()
        .secret_id("db")
        .version_stage("AWSCURRENT")
        .send()
        .await;
    let answered = answered.unwrap();
    let journal = door.events();
    let ours = journal
        .iter()
        .rev()
        .find_map(|event| event.request_id.clone());
    assert_eq!(
        answered.request_id(),
        ours.as_deref(),
        "the request id is the door's"
    );

    let sent = received(&server, ".GetSecretValue").await;
    let body: Value = serde_json::from_slice(&sent[0].body).unwrap();
    assert_eq!(
        body,
        json!({"SecretId": "db", "VersionStage": "AWSCURRENT"})
    );
    for request in server.received_requests().await.unwrap() {
        let path = request.url.path();
        let body = Bytes::from(request.body.clone());
        let wire = Incoming {
            method: &request.method,
            path,
            query: "",
            headers: &request.headers,
            body: &body,
        };
        let signed = sigv4::parse(&wire).unwrap().unwrap();
        assert_eq!(signed.access_key, WORKLOAD);
        assert_eq!(
            signed.scope.to_string(),
            "20260101/eu-central-1/secretsmanager/aws4_request"
        );
        sigv4::verify(&signed, &wire, "test", Options::STANDARD).unwrap();
    }
    let hops: Vec<_> = journal
        .iter()
        .filter(|event| event.kind == "hop")
        .filter_map(|event| event.detail["purpose"].as_str())
        .collect();
    assert_eq!(hops, ["pass-read-secret", "pass-read-secret", "pass"]);
    let hop = journal.iter().rfind(|event| event.kind == "hop").unwrap();
    let cause = journal
        .iter()
        .find(|event| Some(event.seq) == hop.cause)
        .unwrap();
    assert_eq!(
        (cause.kind.as_str(), cause.outcome),
        ("decision", Outcome::Allowed)
    );
}

#[tokio::test]
async fn another_account_needs_both_sides_here_too() {
    // Secrets of a backend are under keys of the lab's.
    let key = Some("arn:aws:kms:eu-central-1:222222222222:alias/shared");
    let shared = || policy_for("Allow", "333333333333");
    let with_key = format!(r#"{ALLOW},{{"Effect":"Allow","Action":"kms:Decrypt","Resource":"*"}}"#);
    for (statements, policy, kms_key_id, expected) in [
        (with_key.as_str(), shared(), key, None),
        (ALLOW, shared(), key, Some("AccessDeniedException")),
        (with_key.as_str(), None, key, Some("AccessDeniedException")),
        ("", shared(), key, Some("AccessDeniedException")),
        (
            with_key.as_str(),
            shared(),
            None,
            Some("InvalidRequestException"),
        ),
    ] {
        let (door, server) = passing(Kept {
            policy,
            kms_key_id,
            ..Kept::default()
        })
        .await;
        crate::kms::tests::shared_key(&door, MONITORING).await;
        let reader = user(&door, MONITORING, "reader", statements).await;
        let read = reader.get_secret_value().secret_id(ARN).send().await;
        let sent = received(&server, ".GetSecretValue").await;
        match expected {
            Some(expected) => {
                assert_eq!(code(read), expected);
                assert!(sent.is_empty());
            }
            None => {
                read.unwrap();
                let owner = format!("Credential={WORKLOAD}/");
                assert!(
                    header(&sent[0], "authorization").contains(&owner),
                    "as the owner's root"
                );
            }
        }
    }
}

#[tokio::test]
async fn an_error_of_the_backend_is_relayed_under_its_own_name() {
    let (door, _server) = passing(Kept {
        is_deleted: true,
        ..Kept::default()
    })
    .await;
    let reader = user(&door, WORKLOAD, "reader", ALLOW).await;
    let (found, message) = refusal(reader.get_secret_value().secret_id("db").send().await);
    assert_eq!(found, "InvalidRequestException");
    assert!(message.ends_with("because it was marked for deletion."));
    assert_eq!(door.refusals(), ["answer: invalid-request-exception"]);
    let missing = reader.get_secret_value().secret_id("db-none").send().await;
    assert_eq!(code(missing), "ResourceNotFoundException");
}

#[tokio::test]
async fn what_cannot_be_decided_is_not_sent_on() {
    for (kept, reason) in [
        (
            Kept {
                broken: Some("DescribeSecret"),
                ..Kept::default()
            },
            "backend-unreadable",
        ),
        (
            Kept {
                broken: Some("GetResourcePolicy"),
                ..Kept::default()
            },
            "backend-unreadable",
        ),
        (
            Kept {
                policy: Some("{".to_owned()),
                ..Kept::default()
            },
            "backend-unreadable",
        ),
    ] {
        let (door, server) = passing(kept).await;
        let reader = user(&door, WORKLOAD, "reader", ALLOW).await;
        let (found, message) = refusal(reader.get_secret_value().secret_id("db").send().await);
        assert_eq!(found, "ServiceUnavailable");
        assert!(
            message.contains("the backend of `secretsmanager`"),
            "{message}"
        );
        assert!(received(&server, ".GetSecretValue").await.is_empty());
        let events = door.events();
        let last = events.last().unwrap();
        assert_eq!(
            (last.outcome, last.reason.as_deref()),
            (Outcome::Failed, Some(reason))
        );
    }
    let (door, server) = passing(Kept::default()).await;
    let reader = user(&door, WORKLOAD, "reader", ALLOW).await;
    let nowhere = server.uri();
    drop(server);
    // Another server may be given the same port, which is not the backend: name one that is closed.
    let closed = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    assert_ne!(nowhere, format!("http://{closed}"));
    door.door
        .pass(
            "secretsmanager",
            Some(PassTarget::at(format!("http://{closed}"))),
        )
        .unwrap();
    assert_eq!(
        code(reader.get_secret_value().secret_id("db").send().await),
        "ServiceUnavailable"
    );
    let events = door.events();
    let last = events.last().unwrap();
    assert_eq!(last.reason.as_deref(), Some("backend-unavailable"));

    door.door.pass("secretsmanager", None).unwrap();
    let read = reader.get_secret_value().secret_id("db").send().await;
    assert_eq!(
        code(read),
        "ResourceNotFoundException",
        "the lab's own has no such secret"
    );
}

#[tokio::test]
async fn only_operations_with_a_row_pass() {
    let (door, server) = passing(Kept::default()).await;
    let root = Client::new(&door.root(WORKLOAD));
    let (found, message) = refusal(
        root.stop_replication_to_replica()
            .secret_id("db")
            .send()
            .await,
    );
    assert_eq!(found, "NotImplemented");
    assert!(
        message.contains("`secretsmanager:StopReplicationToReplica`"),
        "{message}"
    );
    assert!(message.contains("does not pass"), "{message}");
    let batch = root
        .batch_get_secret_value()
        .secret_id_list("db")
        .send()
        .await;
    assert_eq!(code(batch), "NotImplemented");
    assert!(server.received_requests().await.unwrap().is_empty());
    root.create_secret()
        .name("new")
        .secret_string("x")
        .send()
        .await
        .unwrap();
    root.list_secrets().send().await.unwrap();
    assert_eq!(
        server.received_requests().await.unwrap().len(),
        2,
        "nothing is read for these"
    );
}

/// A request for a queue, signed with this secret.
async fn send_message(door: &TestDoor, secret: &str) -> (u16, String) {
    send_by(door, secret, Method::POST).await
}

async fn send_by(door: &TestDoor, secret: &str, method: Method) -> (u16, String) {
    let host = door.door.endpoint().replace("http://", "");
    let mut headers = HeaderMap::new();
    headers.insert("host", HeaderValue::from_str(&host).unwrap());
    headers.insert(
        "x-amz-target",
        HeaderValue::from_static("AmazonSQS.SendMessage"),
    );
    headers.insert(
        "content-type",
        HeaderValue::from_static("application/x-amz-json-1.0"),
    );
    let signer = Signer {
        access_key: WORKLOAD,
        secret,
        session_token: None,
        region: "eu-central-1",
        service: "sqs",
        now: door.now(),
        options: Options::STANDARD,
    };
    let body = Bytes::from_static(b"{}");
    sigv4::sign(&signer, &method, "/", "", &mut headers, &body).unwrap();
    let sent = crate::front::testing::http_client()
        .request(method, door.door.endpoint())
        .headers(headers)
        .body(body);
    let answered = sent.send().await.unwrap();
    assert_ne!(answered.headers()["x-amzn-requestid"], "theirs");
    (answered.status().as_u16(), answered.text().await.unwrap())
}

#[tokio::test]
async fn unchecked_services_are_authenticated_journalled_and_counted() {
    let door = TestDoor::start(|_| {}).await;
    let server = backend(Kept::default()).await;
    let (status, body) = send_message(&door, "test").await;
    assert_eq!(status, 501, "{body}");
    assert!(body.contains("sqs"), "{body}");

    door.door
        .pass_unchecked("sqs", Some(PassTarget::at(server.uri())))
        .unwrap();
    let (status, body) = send_message(&door, "test").await;
    assert_eq!(status, 200, "{body}");
    assert!(body.contains("ARN"), "the backend's body");
    assert_eq!(door.door.unchecked_calls(), 1);
    let unchecked = |door: &TestDoor| {
        door.events()
            .iter()
            .filter(|event| event.kind == "unchecked")
            .count()
    };
    assert_eq!(unchecked(&door), 1);

    let (status, body) = send_message(&door, "guess").await;
    assert_eq!(status, 400, "{body}");
    assert!(body.contains("InvalidSignatureException"), "{body}");
    assert_eq!((door.door.unchecked_calls(), unchecked(&door)), (1, 1));
    assert_eq!(received(&server, "SendMessage").await.len(), 1);
}

#[tokio::test]
async fn what_cannot_be_guarded_is_not_passed() {
    let door = TestDoor::start(|_| {}).await;
    let url = || Some(PassTarget::at("http://127.0.0.1:4566"));
    let lambda = door.door.pass("lambda", url());
    let unguarded = PassError::Unguarded {
        service: "lambda".to_owned(),
        passable: "secretsmanager".to_owned(),
    };
    assert_eq!(lambda, Err(unguarded));
    let unchecked = |service: &str| door.door.pass_unchecked(service, url());
    let signing_names = crate::SERVICES
        .iter()
        .map(|service| Models::service(service.name).unwrap().signing_name);
    let names = crate::SERVICES.iter().map(|service| service.name);
    for simulated in names.chain(signing_names).chain(["execute-api"]) {
        let expected = Err(PassError::Simulated(simulated.to_owned()));
        assert_eq!(unchecked(simulated), expected);
    }
    for wrong in ["", "SQS", " sqs", "s3 ", "sqs,s3", "arn:aws:s3"] {
        assert_eq!(unchecked(wrong), Err(PassError::Name(wrong.to_owned())));
    }
    for right in ["s3", "sqs", "cognito-identity"] {
        assert_eq!(unchecked(right), Ok(()));
    }
    for wrong in ["", "127.0.0.1:4566", "/", "ftp://127.0.0.1"] {
        let passed = door
            .door
            .pass("secretsmanager", Some(PassTarget::at(wrong)));
        assert_eq!(passed, Err(PassError::Url(wrong.to_owned())));
    }
}

#[tokio::test]
async fn the_backend_sees_accounts_of_its_own_and_nobody_else_does() {
    const THERE: &str = "900000001001";
    let door = TestDoor::start(|_| {}).await;
    // It answers with the ARN that it was asked for, and under whose name.
    let server = MockServer::start().await;
    let echo = |request: &Request| {
        let input: Value = serde_json::from_slice(&request.body).unwrap_or_default();
        let by = header(request, "authorization");
        assert!(by.contains(&format!("Credential={THERE}/")), "{by}");
        let body = json!({"ARN": input["SecretId"], "Name": "db", "SecretString": VALUE});
        ResponseTemplate::new(200).set_body_raw(body.to_string(), "application/x-amz-json-1.1")
    };
    Mock::given(any()).respond_with(echo).mount(&server).await;
    let pair = (WORKLOAD.parse().unwrap(), THERE.parse().unwrap());
    let target = PassTarget {
        accounts: crate::front::AccountMap::new([pair]),
        ..PassTarget::at(server.uri())
    };
    door.door.pass("secretsmanager", Some(target)).unwrap();
    let root = Client::new(&door.root(WORKLOAD));
    let read = root.get_secret_value().secret_id(ARN).send().await.unwrap();
    assert_eq!(read.arn(), Some(ARN));
    for request in server.received_requests().await.unwrap() {
        let body = String::from_utf8(request.body).unwrap();
        assert!(body.contains(THERE) && !body.contains(WORKLOAD), "{body}");
    }
}

#[tokio::test]
async fn what_is_external_is_changed_in_accounts_that_may_be() {
    let door = TestDoor::start(|_| {}).await;
    let server = backend(Kept::default()).await;
    let target = |writable: &[&str]| PassTarget {
        writable: Some(writable.iter().map(|id| id.parse().unwrap()).collect()),
        ..PassTarget::at(server.uri())
    };
    let root = Client::new(&door.root(WORKLOAD));
    door.door
        .pass("secretsmanager", Some(target(&[MONITORING])))
        .unwrap();
    root.get_secret_value()
        .secret_id("db")
        .send()
        .await
        .unwrap();
    let refused = root.delete_secret().secret_id("db").send().await;
    let (code, message) = refusal(refused);
    assert_eq!(code, "AccessDeniedException");
    assert!(message.contains("--allow-writes 222222222222"), "{message}");
    assert_eq!(door.refusals(), ["answer: external-read-only"]);
    assert!(received(&server, "DeleteSecret").await.is_empty());

    door.door
        .pass("secretsmanager", Some(target(&[MONITORING, WORKLOAD])))
        .unwrap();
    root.delete_secret().secret_id("db").send().await.unwrap();
    assert_eq!(received(&server, "DeleteSecret").await.len(), 1);

    // Of somebody else's secret, the owner's account counts.
    door.door
        .pass("secretsmanager", Some(target(&[MONITORING])))
        .unwrap();
    let other = Client::new(&door.root(MONITORING));
    let refused = other.delete_secret().secret_id(ARN).send().await;
    let (_, message) = refusal(refused);
    assert!(message.contains("--allow-writes 222222222222"), "{message}");
    assert_eq!(received(&server, "DeleteSecret").await.len(), 1);
}

#[tokio::test]
async fn what_passes_unchecked_passes_in_accounts_that_may_be_changed() {
    for (writable, status, count) in [(MONITORING, 403, 0), (WORKLOAD, 200, 2)] {
        let door = TestDoor::start(|_| {}).await;
        let server = backend(Kept::default()).await;
        let target = PassTarget {
            writable: Some(vec![writable.parse().unwrap()]),
            ..PassTarget::at(server.uri())
        };
        door.door.pass_unchecked("sqs", Some(target)).unwrap();
        // A GET is no safer: the query protocol deletes by it.
        for method in [Method::POST, Method::GET] {
            let (found, body) = send_by(&door, "test", method).await;
            assert_eq!(found, status, "{body}");
        }
        assert_eq!(door.door.unchecked_calls(), count);
        let received = server.received_requests().await.unwrap();
        assert_eq!(u64::try_from(received.len()), Ok(count));
    }
}
