//! One path, with real policies behind the gateway: what is decided is what is routed, forwarded and
//! logged, and what may be read in two ways is refused where the readings would be decided
//! differently.

use authlab_wire::sigv4::{self, Options, Signer};
use http::{HeaderMap, HeaderValue, Method};
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use super::{lab, upstream};
use crate::front::testing::{TestDoor, WORKLOAD};

/// Sends a GET whose target stands on the wire as it is, signed over another path where one is given.
async fn send(
    lab: &TestDoor,
    api_id: &str,
    key: &(String, String),
    path: &str,
    signed_path: Option<&str>,
) -> (u16, String) {
    let host = format!("{api_id}.execute-api.eu-central-1.localhost");
    let mut headers = HeaderMap::new();
    headers.insert("host", HeaderValue::from_str(&host).unwrap());
    let signer = Signer {
        access_key: &key.0,
        secret: &key.1,
        session_token: None,
        region: "eu-central-1",
        service: "execute-api",
        now: lab.now(),
        options: Options::STANDARD,
    };
    let signed = signed_path.unwrap_or(path);
    sigv4::sign(&signer, &Method::GET, signed, "", &mut headers, b"").unwrap();
    let mut text = format!("GET {path} HTTP/1.1\r\nconnection: close\r\n");
    for (name, value) in &headers {
        text.push_str(&format!("{name}: {}\r\n", value.to_str().unwrap()));
    }
    text.push_str("\r\n");
    let address = lab.door.address().unwrap();
    let mut stream = tokio::net::TcpStream::connect(address).await.unwrap();
    stream.write_all(text.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    let answer = String::from_utf8_lossy(&answer).into_owned();
    let status = answer.split(' ').nth(1).unwrap().parse().unwrap();
    let body = answer.split("\r\n\r\n").nth(1).unwrap_or_default();
    (status, body.to_owned())
}

/// A user who may call every path of the API, but those that are denied.
async fn caller(lab: &TestDoor, name: &str, api_id: &str, denied: &[&str]) -> (String, String) {
    let iam = aws_sdk_iam::Client::new(&lab.root(WORKLOAD));
    iam.create_user().user_name(name).send().await.unwrap();
    let key = iam
        .create_access_key()
        .user_name(name)
        .send()
        .await
        .unwrap();
    let key = key.access_key.unwrap();
    let api = format!("arn:aws:execute-api:eu-central-1:{WORKLOAD}:{api_id}");
    let denied: Vec<String> = denied.iter().map(|end| format!("{api}/*/{end}")).collect();
    let mut statements = vec![json!({
        "Effect": "Allow", "Action": "execute-api:Invoke", "Resource": format!("{api}/*"),
    })];
    if !denied.is_empty() {
        statements.push(json!({
            "Effect": "Deny", "Action": "execute-api:Invoke", "Resource": denied,
        }));
    }
    let policy = json!({"Version": "2012-10-17", "Statement": statements});
    let put = iam.put_user_policy().user_name(name).policy_name("invoke");
    put.policy_document(policy.to_string())
        .send()
        .await
        .unwrap();
    (key.access_key_id, key.secret_access_key)
}

async fn api(client: &aws_sdk_apigatewayv2::Client, upstream: &str) -> String {
    let http = |path: &str| {
        json!({ "type": "http_proxy", "httpMethod": "ANY", "payloadFormatVersion": "1.0",
                "uri": format!("{upstream}{path}") })
    };
    let iam = json!({ "type": "AWS_IAM" });
    let signed = |path: &str| json!({ "x-amazon-apigateway-auth": iam, "x-amazon-apigateway-integration": http(path) });
    let document = json!({
        "openapi": "3.0.1", "info": { "title": "paths" },
        "paths": {
            "/admin": { "get": signed("/admin") },
            "/item/{id}": { "get": signed("/item/{id}") },
            "/iam/{proxy+}": { "x-amazon-apigateway-any-method": signed("/p/{proxy}") },
        },
    });
    let made = client.import_api().body(document.to_string());
    let api_id = made.send().await.unwrap().api_id.unwrap();
    let stage = client.create_stage().api_id(&api_id).stage_name("$default");
    stage.auto_deploy(true).send().await.unwrap();
    api_id
}

#[tokio::test]
async fn a_denied_path_is_denied_in_every_spelling() {
    let (lab, client) = lab().await;
    let upstream = upstream().await;
    let api_id = api(&client, &upstream.uri()).await;
    let denied = [
        "GET/admin",
        "*/iam/secret",
        "GET/item/a b",
        "GET/item/x:y",
        "*/iam/a/b",
    ];
    let ann = caller(&lab, "ann", &api_id, &denied).await;
    let bob = caller(&lab, "bob", &api_id, &[]).await;
    // What is denied, in spellings that mean it or might mean it, and what the upstream sees of the
    // twin without the Deny.
    let denied = [
        ("/admin", "/admin"),
        ("/%61dmin", "/admin"),
        ("/adm%69n", "/admin"),
        ("/%61%64%6D%69%6e", "/admin"),
        ("/iam/secret", "/p/secret"),
        ("/iam/s%65cret", "/p/secret"),
        ("/iam/%73%65%63%72%65%74", "/p/secret"),
        ("/%69am/secret", "/p/secret"),
        ("/iam/secret/", "/p/secret/"),
        ("/iam/s%65cret/", "/p/secret/"),
        ("/iam/secret;v=1", "/p/secret;v=1"),
        ("/iam/secret%3bv=1", "/p/secret%3Bv=1"),
        ("/item/a%20b", "/item/a%20b"),
        ("/item/x:y", "/item/x:y"),
        ("/item/x%3ay", "/item/x%3Ay"),
        ("/iam/a/b", "/p/a/b"),
        ("/iam/a%2fb", "/p/a%2Fb"),
    ];
    for (path, forwarded) in denied {
        let answer = send(&lab, &api_id, &ann, path, None).await;
        assert_eq!(
            answer,
            (403, r#"{"message":"Forbidden"}"#.to_owned()),
            "{path}"
        );
        let answer = send(&lab, &api_id, &bob, path, None).await;
        assert_eq!(answer, (200, forwarded.to_owned()), "{path}");
    }
    // What is not denied passes for both, in every spelling.
    for (path, forwarded) in [
        ("/iam/other", "/p/other"),
        ("/iam/%6fther", "/p/other"),
        ("/iam/secrets", "/p/secrets"),
        ("/iam/caf%c3%a9", "/p/caf%C3%A9"),
        ("/item/7", "/item/7"),
        ("/item/%37", "/item/7"),
    ] {
        for key in [&ann, &bob] {
            let answer = send(&lab, &api_id, key, path, None).await;
            assert_eq!(answer, (200, forwarded.to_owned()), "{path}");
        }
    }
    let reasons = lab.events();
    let reasons = reasons.iter().filter(|event| event.kind == "authorization");
    let found: std::collections::BTreeSet<&str> = reasons
        .filter_map(|event| event.reason.as_deref())
        .collect();
    assert_eq!(
        found.into_iter().collect::<Vec<_>>(),
        ["explicit-deny", "path-ambiguous"]
    );
}

#[tokio::test]
async fn what_is_signed_is_what_is_routed() {
    let (lab, client) = lab().await;
    let upstream = upstream().await;
    let api_id = api(&client, &upstream.uri()).await;
    let bob = caller(&lab, "bob", &api_id, &[]).await;
    // The signature would stand: it is over the normalised path.
    let refused = [
        ("/iam/x/../y", "/iam/y"),
        ("/iam/./y", "/iam/y"),
        ("/iam//y", "/iam/y"),
        ("//iam/y", "/iam/y"),
        ("/x/../iam/y", "/iam/y"),
        ("/iam/y/.", "/iam/y/"),
        ("/iam/y/z/..", "/iam/y/"),
    ];
    for (path, signed) in refused {
        for signed in [None, Some(signed)] {
            let answer = send(&lab, &api_id, &bob, path, signed).await;
            assert_eq!(
                answer,
                (400, r#"{"message":"Bad Request"}"#.to_owned()),
                "{path} {signed:?}"
            );
        }
    }
    // And where it would not, it does not.
    for (path, signed) in [
        ("/iam/%79", "/iam/y"),
        ("/iam/y", "/iam/%79"),
        ("/iam/y/", "/iam/y"),
    ] {
        let answer = send(&lab, &api_id, &bob, path, Some(signed)).await;
        assert_eq!(answer.0, 403, "{path} {signed}");
    }
    let answer = send(&lab, &api_id, &bob, "/iam/y", None).await;
    assert_eq!(answer, (200, "/p/y".to_owned()));
}
