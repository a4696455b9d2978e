//! The server in the lab: real clients, the journal, the clock, both flavours, bad input.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod audit;
mod aws;
mod bench;
mod concurrent;
mod enforcement;
mod limits;
mod relay;

use authlab_kernel::{Outcome, Secret};
use authlab_vault::{AuditFile, Flavour, MountConfig, SetupError, Vault, VaultConfig};
use serde_json::{Value, json};
use vaultrs::client::{VaultClient, VaultClientSettingsBuilder};

use bench::Bench;

#[tokio::test]
async fn the_real_client_writes_reads_logs_in_and_is_refused() {
    let bench = Bench::start(Flavour::Vault).await;
    let client = |token: &str| {
        let settings = VaultClientSettingsBuilder::default()
            .address(bench.url())
            .token(token)
            .build()
            .unwrap();
        VaultClient::new(settings).unwrap()
    };
    let root = client(&bench.root);
    vaultrs::kv2::set(&root, "secret", "app/db", &json!({"password": "s3cret"}))
        .await
        .unwrap();
    let read: Value = vaultrs::kv2::read(&root, "secret", "app/db").await.unwrap();
    assert_eq!(read["password"], "s3cret");
    let policy = r#"path "secret/data/app/*" { capabilities = ["read"] }"#;
    vaultrs::sys::policy::set(&root, "app", policy)
        .await
        .unwrap();
    vaultrs::sys::auth::enable(&root, "userpass", "userpass", None)
        .await
        .unwrap();
    bench
        .ok(
            "POST",
            "auth/userpass/users/bob",
            json!({"password": "pw", "token_policies": "app", "token_ttl": "1h"}),
        )
        .await;
    let login = vaultrs::auth::userpass::login(&root, "userpass", "bob", "pw")
        .await
        .unwrap();
    let bob = client(&login.client_token);
    let read: Value = vaultrs::kv2::read(&bob, "secret", "app/db").await.unwrap();
    assert_eq!(read["password"], "s3cret");
    assert!(
        vaultrs::kv2::set(&bob, "secret", "app/db", &json!({"a": "b"}))
            .await
            .is_err()
    );
    let own = vaultrs::token::lookup_self(&bob).await.unwrap();
    assert_eq!((own.ttl, own.display_name.as_str()), (3600, "userpass-bob"));

    bench.clock.advance_seconds(3601).await.unwrap();
    assert!(vaultrs::token::lookup_self(&bob).await.is_err());
    let expired = bench.events("token-expired");
    assert_eq!(expired.len(), 1, "the end of the token is an event");
    assert_eq!(expired[0]["detail"]["policies"], json!(["app", "default"]));
    let refused = bench.last_request();
    assert_eq!(refused["reason"], "token-expired");
    assert_eq!(
        refused["detail"]["expired_at"],
        expired[0]["detail"]["expired_at"]
    );
}

#[tokio::test]
async fn a_refusal_of_a_policy_says_which_rule_decided_and_leads_back_to_the_login() {
    let bench = Bench::start(Flavour::Vault).await;
    bench
        .ok(
            "PUT",
            "sys/policies/acl/staging",
            json!({"policy": "path \"secret/data/staging/*\" { capabilities = [\"read\"] }"}),
        )
        .await;
    bench
        .ok(
            "POST",
            "secret/data/production/db",
            json!({"data": {"a": "b"}}),
        )
        .await;
    bench
        .ok(
            "POST",
            "secret/data/staging/db",
            json!({"data": {"a": "b"}}),
        )
        .await;
    let made = bench
        .ok(
            "POST",
            "auth/token/create",
            json!({"policies": ["staging"]}),
        )
        .await;
    let issued = bench.last_request();
    let token = made["auth"]["client_token"].as_str().unwrap().to_owned();
    let (status, _) = bench
        .request("GET", "secret/data/staging/db", &token, None)
        .await;
    assert_eq!(status, 200);
    assert_eq!(bench.last_request()["outcome"], json!(Outcome::Allowed));
    let (status, _) = bench
        .request("GET", "secret/data/production/db", &token, None)
        .await;
    assert_eq!(status, 403);
    let refused = bench.last_request();
    assert_eq!(refused["outcome"], json!(Outcome::Refused));
    assert_eq!(refused["reason"], "policy-denied");
    assert_eq!(refused["cause"], issued["seq"]);
    let detail = &refused["detail"];
    assert_eq!(
        (&detail["why"], &detail["rule"]),
        (&json!("no-rule-matches"), &Value::Null)
    );
    assert_eq!(detail["policies"], json!(["default", "staging"]));
    let (status, _) = bench
        .request(
            "POST",
            "secret/data/staging/db",
            &token,
            Some(json!({"data": {}})),
        )
        .await;
    assert_eq!(status, 403);
    let detail = &bench.last_request()["detail"];
    assert_eq!(
        (&detail["lacking"], &detail["rule"]),
        (&json!("update"), &json!("secret/data/staging/*"))
    );
    let everything: String = bench.all_events().iter().map(ToString::to_string).collect();
    assert!(!everything.contains(&token), "a token stands in no event");
}

#[tokio::test]
async fn both_flavours_word_what_they_word_differently() {
    for (flavour, bad_token, tidy) in [
        (
            Flavour::Vault,
            "2 errors occurred:\n\t* permission denied\n\t* invalid token\n\n",
            "Vault's server logs",
        ),
        (
            Flavour::OpenBao,
            "permission denied",
            "OpenBao's server logs",
        ),
    ] {
        let bench = Bench::start(flavour).await;
        let (status, body) = bench
            .request("GET", "secret/data/a", "hvs.bogus", None)
            .await;
        assert_eq!(
            (status, &body["errors"]),
            (403, &json!([bad_token])),
            "{flavour:?}"
        );
        let (status, body) = bench.request("GET", "secret/data/a", "", None).await;
        assert_eq!(
            (status, &body["errors"]),
            (403, &json!(["permission denied"]))
        );
        let body = bench.ok("POST", "auth/token/tidy", json!({})).await;
        assert!(body["warnings"][0].as_str().unwrap().contains(tidy));
        let root = bench.root.clone();
        let (_, body) = bench.request("GET", "secret/a", &root, None).await;
        let command = if flavour == Flavour::Vault {
            "'vault kv get'"
        } else {
            "'bao kv get'"
        };
        assert!(body["warnings"][0].as_str().unwrap().contains(command));
        let headers = [("X-Vault-Namespace", "team-a")];
        let (status, _) = bench
            .request_with("GET", "sys/mounts", &root, None, &headers)
            .await;
        assert_eq!(
            status,
            if flavour == Flavour::Vault { 501 } else { 200 },
            "{flavour:?}"
        );
    }
}

#[tokio::test]
async fn bad_input_is_refused_and_nothing_breaks() {
    let bench = Bench::start(Flavour::Vault).await;
    let root = bench.root.clone();
    for (body, status) in [
        (vec![0xff, 0x00, 0x9f], 400),
        (b"{\"data\":".to_vec(), 400),
        (b"[1]".to_vec(), 400),
        (vec![b'['; 200_000], 400),
        (vec![b'a'; 11 * 1024 * 1024], 413),
        (b"{}".to_vec(), 400),
    ] {
        let (actual, answer) = bench.raw("POST", "/v1/secret/data/a", &root, body).await;
        assert_eq!(actual, status);
        assert!(answer["errors"].is_array());
    }
    for (path, status) in [
        ("/v1/%zz", 400),
        ("/v1/a%00b", 400),
        ("/v1/%ff", 400),
        ("/", 404),
    ] {
        assert_eq!(
            bench.raw("GET", path, &root, Vec::new()).await.0,
            status,
            "{path}"
        );
    }
    for kind in ["database", "transit", "pki"] {
        let (status, body) = bench
            .request("POST", "sys/mounts/x", &root, Some(json!({"type": kind})))
            .await;
        assert_eq!(status, 501);
        assert!(body["errors"][0].as_str().unwrap().contains(kind));
    }
    let (status, _) = bench.request("GET", "sys/health", "", None).await;
    assert_eq!(status, 200);
}

#[tokio::test]
async fn the_same_seed_gives_the_same_answers_and_a_reset_starts_again() {
    async fn story(bench: &Bench) -> Vec<Value> {
        let made = bench
            .ok(
                "POST",
                "auth/token/create",
                json!({"policies": ["default"], "ttl": "1h"}),
            )
            .await;
        let wrapped = bench
            .request_with(
                "GET",
                "sys/policies/acl/default",
                &bench.root,
                None,
                &[("X-Vault-Wrap-TTL", "60s")],
            )
            .await;
        let mut story = vec![made, wrapped.1];
        story.extend(bench.all_events());
        story
    }
    let one = Bench::start(Flavour::Vault).await;
    let first = story(&one).await;
    let other = Bench::start(Flavour::Vault).await;
    assert_eq!(first, story(&other).await);
    one.clock
        .reset("2026-01-01T00:00:00Z".parse().unwrap())
        .await;
    one.ids.reset();
    one.journal.reset();
    one.vault.reset().unwrap();
    assert_eq!(first, story(&one).await);
    let seeded = Bench::with(VaultConfig::default(), 2).await;
    assert_ne!(seeded.root, one.root);
}

#[tokio::test]
async fn a_configuration_mounts_and_audits_from_the_start() {
    let folder = std::env::temp_dir().join(format!("authlab-vault-start-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let file = folder.join("audit.log");
    let config = VaultConfig {
        root_token: Some(Secret::new("hvs.given")),
        mounts: vec![
            MountConfig {
                path: "old".to_owned(),
                kind: "kv".to_owned(),
                ..MountConfig::default()
            },
            MountConfig {
                path: "auth/aws".to_owned(),
                kind: "aws".to_owned(),
                ..MountConfig::default()
            },
        ],
        audit: vec![AuditFile {
            path: "file".to_owned(),
            file: file.clone(),
            log_raw: false,
        }],
        ..VaultConfig::default()
    };
    let bench = Bench::with(config, 1).await;
    assert_eq!(bench.root, "hvs.given");
    bench
        .ok("PUT", "old/a", json!({"password": "s3cret"}))
        .await;
    let lines = std::fs::read_to_string(&file).unwrap();
    std::fs::remove_dir_all(&folder).unwrap();
    assert_eq!(lines.lines().count(), 2);
    assert!(!lines.contains("s3cret") && !lines.contains("hvs.given"));
    let wrong = VaultConfig {
        mounts: vec![MountConfig {
            path: "x".to_owned(),
            kind: "database".to_owned(),
            ..MountConfig::default()
        }],
        ..VaultConfig::default()
    };
    let error = bench.try_new(wrong).unwrap_err();
    assert!(
        matches!(&error, SetupError::Mount { path, .. } if path == "x"),
        "{error}"
    );
    assert!(error.to_string().contains("`database`"));
}

#[tokio::test]
async fn an_offset_of_vaults_clock_moves_the_end_of_its_tokens() {
    let bench = Bench::start(Flavour::Vault).await;
    let made = bench
        .ok(
            "POST",
            "auth/token/create",
            json!({"policies": ["default"], "ttl": "10m"}),
        )
        .await;
    let token = made["auth"]["client_token"].as_str().unwrap().to_owned();
    let (status, _) = bench
        .request("GET", "auth/token/lookup-self", &token, None)
        .await;
    assert_eq!(status, 200);
    bench
        .clock
        .set_offset_seconds(authlab_kernel::Component::Vault, 601)
        .unwrap();
    let (status, _) = bench
        .request("GET", "auth/token/lookup-self", &token, None)
        .await;
    assert_eq!(status, 403);
    assert_eq!(bench.last_request()["reason"], "token-expired");
}

/// STS as far as a login needs it: says who signed, to whoever asks.
async fn sts(arn: &'static str) -> wiremock::MockServer {
    let server = wiremock::MockServer::start().await;
    let body = format!(
        "<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>{arn}</Arn>\
         <UserId>AROAEXAMPLE:fn</UserId><Account>111111111111</Account>\
         </GetCallerIdentityResult></GetCallerIdentityResponse>"
    );
    let answer = wiremock::ResponseTemplate::new(200).set_body_raw(body, "text/xml");
    wiremock::Mock::given(wiremock::matchers::method("POST"))
        .respond_with(answer)
        .mount(&server)
        .await;
    server
}

/// The header that ties a login to one Vault has to be signed, in the reading of who verifies the
/// signature: no other list in the same header counts.
#[tokio::test]
async fn the_server_id_has_to_be_signed() {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    let bench = Bench::start(Flavour::Vault).await;
    let sts = sts("arn:aws:sts::111111111111:assumed-role/app/fn").await;
    bench
        .ok("POST", "sys/auth/aws", json!({"type": "aws"}))
        .await;
    let client = json!({
        "sts_endpoint": sts.uri(), "iam_server_id_header_value": "vault.example",
    });
    bench.ok("POST", "auth/aws/config/client", client).await;
    let role = json!({
        "auth_type": "iam", "bound_iam_principal_arn": "arn:aws:iam::111111111111:role/app",
        "resolve_aws_unique_ids": false,
    });
    bench.ok("POST", "auth/aws/role/app", role).await;
    let credential = "Credential=ASIAEXAMPLE/20260101/us-east-1/sts/aws4_request";
    let right = "SignedHeaders=host;x-amz-date;x-vault-aws-iam-server-id";
    let without = "SignedHeaders=host;x-amz-date";
    let one = |fields: String| json!([format!("AWS4-HMAC-SHA256 {fields}")]);
    let good = one(format!("{credential}, {right}, Signature=00"));
    let refused = [
        one(format!("{credential}, {without}, Signature=00")),
        one(format!("{right}, {credential}, {without}, Signature=00")),
        one(format!("{credential}, {without}, Signature=00, {right}")),
        one(format!("X={right}, {credential}, {without}, Signature=00")),
        one(format!("{credential}, x{right}, {without}, Signature=00")),
        one(format!(
            "{credential}, {}, Signature=00",
            right.replace(';', "; ")
        )),
        one(format!(
            "{credential}, {}, Signature=00",
            right.to_uppercase()
        )),
        json!([format!("Bearer {right}")]),
        json!([good[0], good[0]]),
        json!(["", good[0]]),
        json!([]),
    ];
    let login = |authorization: &Value| {
        let headers = json!({
            "Authorization": authorization,
            "X-Amz-Date": ["20260101T000000Z"],
            "X-Vault-AWS-IAM-Server-ID": ["vault.example"],
        });
        json!({
            "role": "app",
            "iam_http_request_method": "POST",
            "iam_request_url": STANDARD.encode("https://sts.amazonaws.com/"),
            "iam_request_body": STANDARD.encode("Action=GetCallerIdentity&Version=2011-06-15"),
            "iam_request_headers": STANDARD.encode(headers.to_string()),
        })
    };
    for authorization in &refused {
        let (status, body) = bench
            .request("POST", "auth/aws/login", "", Some(login(authorization)))
            .await;
        assert_eq!(status, 400, "{authorization}: {body}");
        assert_eq!(
            bench.last_request()["reason"],
            "aws-server-id",
            "{authorization}"
        );
    }
    let (status, body) = bench
        .request("POST", "auth/aws/login", "", Some(login(&good)))
        .await;
    assert_eq!(status, 200, "{body}");
}

#[tokio::test]
async fn an_aws_login_is_caused_by_what_issued_its_credentials() {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    let bench = Bench::start(Flavour::Vault).await;
    let sts = sts("arn:aws:sts::111111111111:assumed-role/app/fn").await;
    bench
        .ok("POST", "sys/auth/aws", json!({"type": "aws"}))
        .await;
    bench
        .ok(
            "POST",
            "auth/aws/config/client",
            json!({"sts_endpoint": sts.uri()}),
        )
        .await;
    for (role, bound) in [("app", "app"), ("other", "other")] {
        let bound = format!("arn:aws:iam::111111111111:role/{bound}");
        let role_body = json!({
            "auth_type": "iam", "bound_iam_principal_arn": bound,
            "resolve_aws_unique_ids": false, "token_ttl": "15m",
        });
        bench
            .ok("POST", &format!("auth/aws/role/{role}"), role_body)
            .await;
    }
    let issuer =
        authlab_kernel::EventDraft::new(authlab_kernel::Component::Aws, "request").allowed();
    let issuer = bench.journal.record(issuer);
    bench.journal.credential_issued("ASIAEXAMPLE", issuer, None);
    let headers = json!({
        "Authorization": ["AWS4-HMAC-SHA256 Credential=ASIAEXAMPLE/20260101/us-east-1/sts/aws4_request, \
                           SignedHeaders=host;x-amz-date, Signature=abc"],
        "X-Amz-Date": ["20260101T000000Z"],
    });
    let login = |role: &str| {
        json!({
            "role": role,
            "iam_http_request_method": "POST",
            "iam_request_url": STANDARD.encode("https://sts.amazonaws.com/"),
            "iam_request_body": STANDARD.encode("Action=GetCallerIdentity&Version=2011-06-15"),
            "iam_request_headers": STANDARD.encode(headers.to_string()),
        })
    };
    let (status, body) = bench
        .request("POST", "auth/aws/login", "", Some(login("app")))
        .await;
    assert_eq!(
        (status, &body["auth"]["lease_duration"]),
        (200, &json!(900))
    );
    let allowed = bench.last_request();
    assert_eq!(
        (&allowed["outcome"], &allowed["cause"]),
        (&json!("allowed"), &json!(issuer))
    );
    let (status, _) = bench
        .request("POST", "auth/aws/login", "", Some(login("other")))
        .await;
    assert_eq!(status, 400);
    let refused = bench.last_request();
    assert_eq!(refused["reason"], "aws-principal-not-bound");
    assert_eq!(refused["cause"], json!(issuer));
    assert_eq!(
        refused["detail"]["canonical_arn"],
        "arn:aws:iam::111111111111:role/app"
    );
    assert_eq!(
        refused["detail"]["bound_iam_principal_arn"],
        json!(["arn:aws:iam::111111111111:role/other"])
    );
    let token = body["auth"]["client_token"].as_str().unwrap();
    let (status, _) = bench
        .request("GET", "auth/token/lookup-self", token, None)
        .await;
    assert_eq!(status, 200);
    assert_eq!(
        bench.last_request()["cause"],
        allowed["seq"],
        "the token leads back to its login"
    );
}

/// The server is shared between tasks and behind a trait object.
#[test]
fn the_server_is_a_service() {
    fn service<T: authlab_http::Service>() {}
    service::<Vault>();
}

#[tokio::test]
async fn a_chosen_token_id_and_a_path_suffix_must_have_their_form() {
    let bench = Bench::start(Flavour::Vault).await;
    for (id, error) in [
        (
            "hvs.chosen",
            "custom token ID cannot have the 'hvs.' prefix",
        ),
        ("s.chosen", "custom token ID cannot have the 's.' prefix"),
        ("a.b", "custom token ID cannot have a '.' in the value"),
    ] {
        let body = Some(json!({"policies": ["default"], "id": id}));
        let (status, answer) = bench
            .request("POST", "auth/token/create", &bench.root, body)
            .await;
        assert_eq!((status, &answer["errors"]), (400, &json!([error])), "{id}");
    }
    let body = json!({"policies": ["default"], "id": "chosen"});
    let answer = bench.ok("POST", "auth/token/create", body).await;
    assert_eq!(answer["auth"]["client_token"], "chosen");

    for (suffix, expected) in [
        ("", 204),
        ("ci", 400),
        ("..", 400),
        ("a/b c", 400),
        ("ci-1", 204),
        ("team/deploy", 204),
    ] {
        let body = Some(json!({"path_suffix": suffix}));
        let (status, answer) = bench
            .request("POST", "auth/token/roles/deploy", &bench.root, body)
            .await;
        assert_eq!(status, expected, "`{suffix}`: {answer}");
    }
}
