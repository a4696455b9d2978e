//! `auth/aws` as Vault 1.21 has it, against stubs of STS and IAM.

use authlab_vault::Flavour;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use wiremock::matchers::{body_string_contains, method};
use wiremock::{Mock, MockServer, Request, ResponseTemplate};

use super::bench::Bench;

const OTHER: &str = "222222222222";

fn xml(body: &str) -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_raw(body.to_owned(), "text/xml")
}

async fn answering(action: &str, body: String) -> MockServer {
    let server = MockServer::start().await;
    add(&server, action, body).await;
    server
}

async fn add(server: &MockServer, action: &str, body: String) {
    Mock::given(method("POST"))
        .and(body_string_contains(format!("Action={action}&")))
        .respond_with(xml(&body))
        .mount(server)
        .await;
}

fn caller_is(arn: &str) -> String {
    format!(
        "<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>{arn}</Arn>\
         <UserId>AROAX:s</UserId><Account>{OTHER}</Account></GetCallerIdentityResult>\
         </GetCallerIdentityResponse>"
    )
}

async fn with_stub(flavour: Flavour, stub: &MockServer) -> Bench {
    let bench = Bench::start(flavour).await;
    bench
        .ok("POST", "sys/auth/aws", json!({"type": "aws"}))
        .await;
    let client = json!({
        "access_key": "AKIAOWN", "secret_key": "secret",
        "sts_endpoint": stub.uri(), "iam_endpoint": stub.uri(),
    });
    bench.ok("POST", "auth/aws/config/client", client).await;
    bench
}

fn signed(method: &str, url: &str, body: &str) -> Value {
    json!({
        "role": "r",
        "iam_http_request_method": method,
        "iam_request_url": STANDARD.encode(url),
        "iam_request_body": STANDARD.encode(body),
        "iam_request_headers": {"X-Vault-AWS-IAM-Server-ID": "vault.example"},
    })
}

fn headers_of(requests: &[Request], action: &str) -> (String, Option<String>) {
    let found = requests.iter().find(|request| {
        String::from_utf8_lossy(&request.body).contains(&format!("Action={action}&"))
    });
    let found = found.unwrap();
    let token = found.headers.get("x-amz-security-token");
    (
        String::from_utf8_lossy(&found.body).into_owned(),
        token.map(|token| token.to_str().unwrap().to_owned()),
    )
}

#[tokio::test]
async fn a_principal_of_another_account_is_looked_up_through_the_role_that_is_configured_for_it() {
    let role = format!("arn:aws:iam::{OTHER}:role/path/app");
    let stub = answering(
        "AssumeRole",
        "<AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>ASIA1</AccessKeyId>\
         <SecretAccessKey>s</SecretAccessKey><SessionToken>session-token</SessionToken>\
         </Credentials></AssumeRoleResult></AssumeRoleResponse>"
            .to_owned(),
    )
    .await;
    add(
        &stub,
        "GetRole",
        format!(
            "<GetRoleResponse><GetRoleResult><Role><Arn>{role}</Arn><RoleId>AROAX</RoleId></Role>\
             </GetRoleResult></GetRoleResponse>"
        ),
    )
    .await;
    let session = format!("arn:aws:sts::{OTHER}:assumed-role/app/s");
    add(&stub, "GetCallerIdentity", caller_is(&session)).await;
    let bench = with_stub(Flavour::Vault, &stub).await;
    let path = format!("auth/aws/config/sts/{OTHER}");
    let (status, _) = bench.request("GET", &path, &bench.root, None).await;
    assert_eq!(status, 404);
    let (status, _) = bench
        .request("POST", &path, &bench.root, Some(json!({})))
        .await;
    assert_eq!(status, 400, "a role must be named");
    let sts_role = format!("arn:aws:iam::{OTHER}:role/vault");
    let access = json!({"sts_role": sts_role, "external_id": "a b&c"});
    bench.ok("POST", &path, access.clone()).await;
    let (_, read) = bench.request("GET", &path, &bench.root, None).await;
    assert_eq!(read["data"], access);
    let (_, listed) = bench
        .request("LIST", "auth/aws/config/sts", &bench.root, None)
        .await;
    assert_eq!(listed["data"]["keys"], json!([OTHER]));

    let bound = json!({"auth_type": "iam", "bound_iam_principal_arn": format!("{role}*")});
    bench.ok("POST", "auth/aws/role/r", bound).await;
    let login = signed(
        "POST",
        "https://sts.amazonaws.com/",
        "Action=GetCallerIdentity&Version=2011-06-15",
    );
    bench.ok("POST", "auth/aws/login", login).await;
    let requests = stub.received_requests().await.unwrap();
    let (assumed, no_token) = headers_of(&requests, "AssumeRole");
    assert!(assumed.contains("ExternalId=a+b%26c"), "{assumed}");
    assert!(assumed.contains("role%2Fvault"), "{assumed}");
    assert_eq!(no_token, None);
    let (_, token) = headers_of(&requests, "GetRole");
    assert_eq!(token.as_deref(), Some("session-token"));

    // Without the role the client's own credentials are used.
    bench.request("DELETE", &path, &bench.root, None).await;
    stub.reset().await;
    add(&stub, "GetCallerIdentity", caller_is(&session)).await;
    let login = signed(
        "POST",
        "https://sts.amazonaws.com/",
        "Action=GetCallerIdentity&Version=2011-06-15",
    );
    let (status, answer) = bench
        .request("POST", "auth/aws/login", "", Some(login))
        .await;
    assert_eq!(status, 400, "IAM is asked again: {answer}");
}

#[tokio::test]
async fn the_root_key_is_rotated_through_iam() {
    let stub = answering(
        "GetUser",
        "<GetUserResponse><GetUserResult><User><UserName>vault</UserName></User></GetUserResult>\
         </GetUserResponse>"
            .to_owned(),
    )
    .await;
    add(
        &stub,
        "CreateAccessKey",
        "<CreateAccessKeyResponse><CreateAccessKeyResult><AccessKey>\
         <AccessKeyId>AKIANEW</AccessKeyId><SecretAccessKey>new</SecretAccessKey></AccessKey>\
         </CreateAccessKeyResult></CreateAccessKeyResponse>"
            .to_owned(),
    )
    .await;
    add(
        &stub,
        "DeleteAccessKey",
        "<DeleteAccessKeyResponse><ResponseMetadata><RequestId>r</RequestId></ResponseMetadata>\
         </DeleteAccessKeyResponse>"
            .to_owned(),
    )
    .await;
    let bench = with_stub(Flavour::Vault, &stub).await;
    let rotated = bench
        .ok("POST", "auth/aws/config/rotate-root", json!({}))
        .await;
    assert_eq!(rotated["data"], json!({"access_key": "AKIANEW"}));
    let (_, read) = bench
        .request("GET", "auth/aws/config/client", &bench.root, None)
        .await;
    assert_eq!(read["data"]["access_key"], "AKIANEW");
    let requests = stub.received_requests().await.unwrap();
    let (deleted, _) = headers_of(&requests, "DeleteAccessKey");
    assert!(
        deleted.contains("AccessKeyId=AKIAOWN&UserName=vault"),
        "{deleted}"
    );
    assert_eq!(requests.len(), 3, "each is called once");

    bench
        .request("DELETE", "auth/aws/config/client", &bench.root, None)
        .await;
    let (status, _) = bench
        .request(
            "POST",
            "auth/aws/config/rotate-root",
            &bench.root,
            Some(json!({})),
        )
        .await;
    assert_eq!(status, 400, "there is nothing to rotate");
}

#[tokio::test]
async fn a_signed_get_says_who_one_is_and_nothing_else() {
    let stub = MockServer::start().await;
    let role = format!("arn:aws:iam::{OTHER}:role/app");
    Mock::given(method("GET"))
        .respond_with(xml(&caller_is(&format!(
            "arn:aws:sts::{OTHER}:assumed-role/app/s"
        ))))
        .mount(&stub)
        .await;
    let base = "https://sts.amazonaws.com/?Action=GetCallerIdentity&Version=2011-06-15";
    let signature = "&X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIA%2F20260101%2Fus-east-1\
                     %2Fsts%2Faws4_request&X-Amz-Date=20260101T000000Z&X-Amz-SignedHeaders=host%3B\
                     x-vault-aws-iam-server-id&X-Amz-Signature=00";
    let good = format!("{base}{signature}");
    let rows = [
        (good.clone(), "", 200),
        (base.to_owned(), "", 400),
        (good.replace("Action=GetCallerIdentity&", ""), "", 400),
        (
            good.replace("GetCallerIdentity", "GetSessionToken"),
            "",
            400,
        ),
        (format!("{good}&Action=GetCallerIdentity"), "", 400),
        (format!("{good}&Action=AssumeRole"), "", 400),
        (format!("{good}&X-Amz-Signature=11"), "", 400),
        (format!("{good}&Other=1"), "", 400),
        (format!("{good}#x"), "", 400),
        (good.replace("%3Bx-vault-aws-iam-server-id", ""), "", 400),
        (good.clone(), "Action=AssumeRole", 400),
    ];
    for (url, body, expected) in rows {
        let bench = with_stub(Flavour::Vault, &stub).await;
        let client = json!({"iam_server_id_header_value": "vault.example"});
        bench.ok("POST", "auth/aws/config/client", client).await;
        let bound = json!({
            "auth_type": "iam", "bound_iam_principal_arn": role, "resolve_aws_unique_ids": false,
        });
        bench.ok("POST", "auth/aws/role/r", bound).await;
        let login = signed("GET", &url, body);
        let (status, answer) = bench
            .request("POST", "auth/aws/login", "", Some(login.clone()))
            .await;
        assert_eq!(status, expected, "{url} {body}: {answer}");
        // The plug-in of OpenBao takes no GET at all.
        let older = with_stub(Flavour::OpenBao, &stub).await;
        let (status, _) = older
            .request("POST", "auth/aws/login", "", Some(login))
            .await;
        assert_eq!(status, 400);
    }
}

#[tokio::test]
async fn a_session_is_bound_by_no_role_and_its_role_is() {
    let bench = Bench::start(Flavour::Vault).await;
    bench
        .ok("POST", "sys/auth/aws", json!({"type": "aws"}))
        .await;
    for (arn, expected) in [
        (format!("arn:aws:sts::{OTHER}:assumed-role/app/s"), 400),
        (format!("arn:aws:sts::{OTHER}:assumed-role/app/*"), 400),
        (format!("arn:aws:sts::{OTHER}:*"), 400),
        (format!("arn:aws:iam::{OTHER}:assumed-role/app/s"), 400),
        (format!("arn:aws:iam::{OTHER}:role/app"), 204),
        (format!("arn:aws:iam::{OTHER}:user/bob"), 204),
        (format!("arn:aws:iam::{OTHER}:role/*"), 204),
    ] {
        let bound = json!({
            "auth_type": "iam", "bound_iam_principal_arn": arn, "resolve_aws_unique_ids": false,
        });
        let (status, answer) = bench
            .request("POST", "auth/aws/role/r", &bench.root, Some(bound))
            .await;
        assert_eq!(status, expected, "{arn}: {answer}");
    }
}

#[tokio::test]
async fn what_is_not_built_says_so_by_name() {
    let bench = Bench::start(Flavour::Vault).await;
    bench
        .ok("POST", "sys/auth/aws", json!({"type": "aws"}))
        .await;
    for path in [
        "tidy/identity-accesslist",
        "tidy/roletag-denylist",
        "config/tidy/identity-accesslist",
        "config/tidy/roletag-denylist",
        "identity-accesslist/i-1",
        "roletag-denylist/dGFn",
        "role/r/tag",
        "config/certificate/c",
    ] {
        let path = format!("auth/aws/{path}");
        let (status, answer) = bench
            .request("POST", &path, &bench.root, Some(json!({"a": 1})))
            .await;
        assert_eq!(status, 501, "{path}");
        assert!(answer["errors"][0].as_str().unwrap().contains(&path));
    }
    let aliases = [("canonical_arn", 204), ("full_arn", 204), ("nonsense", 400)];
    for (alias, expected) in aliases {
        let body = json!({"iam_alias": alias});
        let (status, _) = bench
            .request("POST", "auth/aws/config/identity", &bench.root, Some(body))
            .await;
        assert_eq!(status, expected, "{alias}");
    }
}

#[tokio::test]
async fn what_of_the_method_is_not_built_is_named_where_vault_would_heed_it() {
    let user = "arn:aws:iam::222222222222:user/u";
    let bound = json!({"auth_type": "iam", "bound_iam_principal_arn": user, "resolve_aws_unique_ids": false});
    let ec2 = json!({"auth_type": "ec2", "bound_ami_id": "ami-1"});
    let inferring = json!({
        "auth_type": "iam", "bound_ami_id": "ami-1",
        "inferred_entity_type": "ec2_instance", "inferred_aws_region": "us-east-1",
    });
    let client = "config/client";
    let rows = [
        (
            client,
            json!({"identity_token_audience": "vault.example"}),
            "`identity_token_audience`",
        ),
        (
            client,
            json!({"identity_token_ttl": 60}),
            "`identity_token_ttl`",
        ),
        (
            client,
            json!({"role_arn": "arn:aws:iam::222222222222:role/r"}),
            "`role_arn`",
        ),
        (
            client,
            json!({"rotation_period": "1h"}),
            "`rotation_period`",
        ),
        (
            client,
            json!({"rotation_schedule": "0 0 * * *"}),
            "`rotation_schedule`",
        ),
        (
            client,
            json!({"rotation_window": "1h"}),
            "`rotation_window`",
        ),
        (
            client,
            json!({"disable_automated_rotation": true}),
            "`disable_automated_rotation`",
        ),
        (
            client,
            json!({"identity_token_audience": "", "rotation_period": 0, "role_arn": null}),
            "",
        ),
        ("role/r", ec2, "`ec2`"),
        ("role/r", inferring, "`inferred_entity_type`"),
        ("role/bound", bound, ""),
    ];
    for (flavour, built) in [(Flavour::Vault, false), (Flavour::OpenBao, true)] {
        let bench = Bench::start(flavour).await;
        bench
            .ok("POST", "sys/auth/aws", json!({"type": "aws"}))
            .await;
        for (path, body, named) in &rows {
            let path = format!("auth/aws/{path}");
            let (status, answer) = bench
                .request("POST", &path, &bench.root, Some(body.clone()))
                .await;
            if built || named.is_empty() {
                assert_eq!(status, 204, "{flavour:?} {body} {answer}");
            } else {
                assert_eq!(status, 501, "{flavour:?} {body} {answer}");
                assert!(answer.to_string().contains(named), "{answer}");
            }
        }
    }
}
