//! Sessions that the lab gives.

use authlab_wire::sigv4::{Options, Signer, sign};
use http::{HeaderMap, Method, StatusCode};
use serde_json::{Value, json};

use super::{Asked, ask, lab};
use crate::Lab;

const ROLE: &str = "arn:aws:iam::111111111111:role/looker";

async fn give(lab: &Lab, body: &Value) -> Asked {
    ask(lab, "POST", "/_lab/session", &[], &body.to_string()).await
}

/// A role that trusts nobody.
async fn lab_with_role() -> Lab {
    let lab = lab().await;
    let trust = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Principal":"*","Action":"sts:AssumeRole"}]}"#;
    let form = form_urlencoded(&[
        ("Action", "CreateRole"),
        ("Version", "2010-05-08"),
        ("RoleName", "looker"),
        ("AssumeRolePolicyDocument", trust),
    ]);
    let answer = signed(&lab, "iam", &form, ("111111111111", "test", None)).await;
    assert_eq!(answer.0, 200, "{}", answer.1);
    lab
}

fn form_urlencoded(members: &[(&str, &str)]) -> String {
    url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(members)
        .finish()
}

/// Sends a query call that these credentials sign.
async fn signed(
    lab: &Lab,
    service: &str,
    form: &str,
    (access_key, secret, session_token): (&str, &str, Option<&str>),
) -> (u16, String) {
    let host = lab.endpoints().aws.replace("http://", "");
    let mut headers = HeaderMap::new();
    headers.insert("host", host.parse().unwrap());
    let kind = "application/x-www-form-urlencoded".parse().unwrap();
    headers.insert("content-type", kind);
    let signer = Signer {
        access_key,
        secret,
        session_token,
        region: "us-east-1",
        service,
        now: lab.clock().now(),
        options: Options::default(),
    };
    sign(
        &signer,
        &Method::POST,
        "/",
        "",
        &mut headers,
        form.as_bytes(),
    )
    .unwrap();
    headers.remove("host");
    let request = super::http_client()
        .post(&lab.endpoints().aws)
        .headers(headers);
    let answer = request.body(form.to_owned()).send().await.unwrap();
    (answer.status().as_u16(), answer.text().await.unwrap())
}

#[tokio::test]
async fn a_session_of_a_role_that_trusts_nobody_is_a_session_like_any_other() {
    let lab = lab_with_role().await;
    let policy = json!({
        "Version": "2012-10-17",
        "Statement": [{ "Effect": "Allow", "Action": "sts:*", "Resource": "*" }],
    });
    let given = give(
        &lab,
        &json!({
            "role_arn": ROLE,
            "session_name": "night",
            "duration_seconds": 900,
            "tags": { "team": "bi" },
            "policy": policy,
            "source_identity": "ana",
        }),
    )
    .await;
    assert_eq!(given.status, StatusCode::OK, "{}", given.body);
    let session = given.json();
    assert_eq!(
        session["arn"],
        "arn:aws:sts::111111111111:assumed-role/looker/night"
    );
    assert_eq!(session["expires"], "2026-01-15T12:15:00Z");
    let text = |member: &str| session[member].as_str().unwrap().to_owned();
    let (key, secret, token) = (
        text("access_key_id"),
        text("secret_access_key"),
        text("session_token"),
    );
    let ask_who = form_urlencoded(&[("Action", "GetCallerIdentity"), ("Version", "2011-06-15")]);
    let credentials = (key.as_str(), secret.as_str(), Some(token.as_str()));
    let (status, body) = signed(&lab, "sts", &ask_who, credentials).await;
    assert_eq!(status, 200, "{body}");
    assert!(body.contains("assumed-role/looker/night"), "{body}");
    // It was issued by what the lab did, and ends by the lab's clock.
    let issued = lab.journal().issuer_of(&key).unwrap();
    let events = lab.journal().events_since(issued - 1);
    assert_eq!(events[0].kind, "credential");
    lab.clock().advance_seconds(901).await.unwrap();
    let (status, body) = signed(&lab, "sts", &ask_who, credentials).await;
    assert_eq!(status, 403, "{body}");
    assert!(body.contains("ExpiredToken"), "{body}");
}

#[tokio::test]
async fn what_no_session_can_have_is_refused() {
    let lab = lab_with_role().await;
    for (more, status, named) in [
        (json!({ "role_arn": "looker" }), 400, "role"),
        (
            json!({ "role_arn": "arn:aws:iam::111111111111:role/nobody" }),
            404,
            "`arn:aws:iam::111111111111:role/nobody`",
        ),
        (
            json!({ "role_arn": "arn:aws:iam::AKIAEXAMPLE:role/looker" }),
            400,
            "invalid",
        ),
        (json!({ "duration_seconds": 899 }), 400, "durationSeconds"),
        (json!({ "duration_seconds": 3_601 }), 400, "DurationSeconds"),
        (json!({ "session_name": "a b" }), 400, "roleSessionName"),
        (json!({ "policy": "no document" }), 400, ""),
        (json!({ "tags": { "": "x" } }), 400, ""),
        (json!({ "tags": "bi" }), 400, "tags: "),
        (json!({ "external_id": "x" }), 400, "external_id"),
    ] {
        let mut body = json!({ "role_arn": ROLE });
        for (name, value) in more.as_object().unwrap() {
            body[name.as_str()] = value.clone();
        }
        let asked = give(&lab, &body).await;
        assert_eq!(asked.status.as_u16(), status, "{body}: {}", asked.body);
        assert!(asked.error().contains(named), "{body}: {}", asked.error());
    }
    let nothing = give(&lab, &json!({})).await;
    assert!(nothing.error().contains("role_arn"), "{}", nothing.error());
    let plain = give(&lab, &json!({ "role_arn": ROLE })).await;
    assert_eq!(plain.status, StatusCode::OK, "{}", plain.body);
    assert!(
        plain.json()["arn"]
            .as_str()
            .unwrap()
            .ends_with("/looker/authlab")
    );
}
