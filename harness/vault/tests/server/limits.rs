//! What is stored as a limit is heeded: ends by the clock, uses, addresses; and a zero is no limit.

use authlab_vault::Flavour;
use serde_json::{Value, json};

use super::bench::Bench;

const LOGIN: &str = "auth/approle/login";

async fn with_role(flavour: Flavour, settings: Value) -> (Bench, Value) {
    let bench = Bench::start(flavour).await;
    bench
        .ok("POST", "sys/auth/approle", json!({"type": "approle"}))
        .await;
    bench.ok("POST", "auth/approle/role/r", settings).await;
    let read = bench
        .request("GET", "auth/approle/role/r/role-id", &bench.root, None)
        .await;
    let role_id = read.1["data"]["role_id"].clone();
    (bench, role_id)
}

async fn status(bench: &Bench, path: &str, body: &Value) -> u16 {
    let root = if path == LOGIN { "" } else { &bench.root };
    bench
        .request("POST", path, root, Some(body.clone()))
        .await
        .0
}

#[tokio::test]
async fn a_secret_id_ends_by_the_clock_in_every_place_that_asks_for_it() {
    // What the role and the secret id say of the time to live, and when its last second is.
    let lives = [
        (json!("10m"), json!({}), Some(600)),
        (json!(600), json!({"ttl": "2m"}), Some(120)),
        (json!(0), json!({"ttl": "90"}), Some(90)),
        (json!("0s"), json!({}), None),
        (json!(""), json!({"ttl": 0, "num_uses": 0}), None),
    ];
    for (of_role, of_secret, last) in lives {
        let (bench, role_id) =
            with_role(Flavour::Vault, json!({"secret_id_ttl": of_role.clone()})).await;
        let place = format!("{of_role} {of_secret}");
        let made = bench
            .ok("POST", "auth/approle/role/r/secret-id", of_secret)
            .await;
        let login = json!({"role_id": role_id, "secret_id": made["data"]["secret_id"]});
        let by_id = json!({"secret_id": made["data"]["secret_id"]});
        let by_accessor = json!({"secret_id_accessor": made["data"]["secret_id_accessor"]});
        let places = [
            (LOGIN, login, 200, 400),
            ("auth/approle/role/r/secret-id/lookup", by_id, 200, 204),
            (
                "auth/approle/role/r/secret-id-accessor/lookup",
                by_accessor,
                200,
                204,
            ),
        ];
        bench
            .clock
            .advance_seconds(last.map_or(86_400, |last| last - 1))
            .await
            .unwrap();
        for (path, body, before, _) in &places {
            assert_eq!(status(&bench, path, body).await, *before, "{place} {path}");
        }
        bench.clock.advance_seconds(1).await.unwrap();
        for (path, body, before, after) in &places {
            let expected = if last.is_some() { after } else { before };
            assert_eq!(
                status(&bench, path, body).await,
                *expected,
                "{place} {path}"
            );
        }
        // It is listed until it is swept away: by a tidy at once, or within a minute.
        let list = "auth/approle/role/r/secret-id";
        let listed = |answer: (u16, Value)| answer.0 == 200;
        assert!(listed(bench.request("LIST", list, &bench.root, None).await));
        bench
            .ok("POST", "auth/approle/tidy/secret-id", json!({}))
            .await;
        let after = bench.request("LIST", list, &bench.root, None).await;
        assert_eq!(listed(after), last.is_none(), "{place}");
    }
}

#[tokio::test]
async fn the_older_server_sweeps_an_ended_secret_id_away_within_a_minute() {
    for (flavour, late) in [(Flavour::OpenBao, 200), (Flavour::OpenBao27, 400)] {
        let (bench, role_id) = with_role(flavour, json!({"secret_id_ttl": "10m"})).await;
        let made = bench
            .ok("POST", "auth/approle/role/r/secret-id", json!({}))
            .await;
        let login = json!({"role_id": role_id, "secret_id": made["data"]["secret_id"]});
        for (seconds, expected) in [(599, 200), (2, late), (60, 400)] {
            bench.clock.advance_seconds(seconds).await.unwrap();
            assert_eq!(status(&bench, LOGIN, &login).await, expected, "{flavour:?}");
        }
    }
}

#[tokio::test]
async fn a_secret_id_binds_no_more_than_its_role_does() {
    // What the role binds, what the secret id binds, and whether it is made.
    let rows = [
        ("token_bound_cidrs", "127.0.0.0/8", "127.1.0.0/16", 200),
        ("token_bound_cidrs", "127.0.0.0/8", "127.0.0.0/8", 200),
        ("token_bound_cidrs", "127.0.0.0/8", "126.0.0.0/7", 500),
        ("token_bound_cidrs", "127.0.0.0/8", "0.0.0.0/0", 500),
        ("token_bound_cidrs", "127.0.0.0/8", "10.0.0.0/8", 500),
        ("token_bound_cidrs", "127.0.0.0/8", "::1/128", 500),
        ("token_bound_cidrs", "", "10.0.0.0/8", 200),
        ("cidr_list", "127.0.0.0/8", "127.1.0.0/16", 200),
        ("cidr_list", "127.0.0.0/8", "126.0.0.0/7", 500),
        ("cidr_list", "127.0.0.0/8", "10.0.0.0/8", 500),
        ("cidr_list", "127.0.0.0/8", "127.0.0.1/32,10.0.0.1/32", 500),
        ("cidr_list", "", "10.0.0.0/8", 200),
    ];
    for (field, of_role, of_secret, expected) in rows {
        let setting = if field == "cidr_list" {
            "secret_id_bound_cidrs"
        } else {
            field
        };
        let (bench, _) = with_role(Flavour::Vault, json!({setting: of_role})).await;
        for path in ["secret-id", "custom-secret-id"] {
            let path = format!("auth/approle/role/r/{path}");
            let body = json!({field: of_secret, "secret_id": "x"});
            let got = status(&bench, &path, &body).await;
            assert_eq!(got, expected, "{path} {field} {of_role} {of_secret}");
        }
    }
}

#[tokio::test]
async fn the_zero_of_every_field_is_no_wish() {
    let bench = Bench::start(Flavour::Vault).await;
    for kind in ["approle", "userpass", "aws", "jwt"] {
        let body = json!({"type": kind});
        bench.ok("POST", &format!("sys/auth/{kind}"), body).await;
    }
    let token = json!({
        "period": "0s", "explicit_max_ttl": "0s", "ttl": "0s", "num_uses": 0, "renewable": true,
        "display_name": "", "no_default_policy": false, "no_parent": false, "meta": null,
        "id": "", "entity_alias": "", "lease": "",
    });
    let settings = json!({
        "token_bound_cidrs": "", "token_explicit_max_ttl": 0, "token_max_ttl": "0s",
        "token_no_default_policy": false, "token_num_uses": 0, "token_period": "0",
        "token_policies": [], "token_ttl": 0, "token_type": "",
    });
    let with = |base: &Value, more: Value| {
        let mut body = base.clone();
        for (name, value) in more.as_object().unwrap() {
            body[name] = value.clone();
        }
        body
    };
    let rows = [
        ("auth/token/create", with(&token, json!({"type": ""}))),
        (
            "auth/token/create",
            with(&token, json!({"type": "service", "policies": ["p"]})),
        ),
        (
            "auth/token/create",
            with(&token, json!({"type": "batch", "policies": ["p"]})),
        ),
        (
            "auth/token/create-orphan",
            with(&token, json!({"type": "batch", "policies": "p"})),
        ),
        (
            "auth/token/roles/r",
            json!({
                "allowed_policies": "", "allowed_policies_glob": "", "disallowed_policies": "",
                "disallowed_policies_glob": "", "allowed_entity_aliases": "", "orphan": false,
                "renewable": true, "path_suffix": "", "token_period": 0, "token_num_uses": 0,
                "token_explicit_max_ttl": "0s", "token_bound_cidrs": "",
                "token_no_default_policy": false, "token_type": "default-service",
            }),
        ),
        (
            "auth/token/create/r",
            with(&token, json!({"type": "batch", "policies": ["p"]})),
        ),
        (
            "auth/approle/role/r",
            with(
                &settings,
                json!({
                    "bind_secret_id": true, "secret_id_bound_cidrs": "", "secret_id_num_uses": 0,
                    "secret_id_ttl": "0s", "local_secret_ids": false,
                }),
            ),
        ),
        (
            "auth/approle/role/r/secret-id",
            json!({"metadata": "", "cidr_list": "", "token_bound_cidrs": [], "num_uses": 0, "ttl": "0"}),
        ),
        (
            "auth/userpass/users/u",
            with(&settings, json!({"password": "pw"})),
        ),
        (
            "auth/jwt/role/r",
            with(
                &settings,
                json!({
                    "role_type": "jwt", "user_claim": "sub", "bound_audiences": "a", "bound_subject": "",
                    "bound_claims": {}, "claim_mappings": {}, "groups_claim": "", "expiration_leeway": 0,
                    "not_before_leeway": "0s", "clock_skew_leeway": 0, "max_age": 0,
                    "allowed_redirect_uris": "", "oidc_scopes": "", "verbose_oidc_logging": false,
                }),
            ),
        ),
        (
            "auth/aws/config/client",
            json!({
                "access_key": "", "secret_key": "", "endpoint": "", "iam_endpoint": "",
                "sts_endpoint": "", "sts_region": "", "use_sts_region_from_client": false,
                "iam_server_id_header_value": "", "allowed_sts_header_values": "", "max_retries": 0,
            }),
        ),
        (
            "auth/aws/role/r",
            with(
                &settings,
                json!({
                    "auth_type": "iam", "bound_iam_principal_arn": "arn:aws:iam::111111111111:role/x",
                    "resolve_aws_unique_ids": false, "bound_account_id": "", "bound_region": [],
                    "inferred_entity_type": "", "inferred_aws_region": "", "role_tag": "",
                    "allow_instance_migration": false, "disallow_reauthentication": false,
                }),
            ),
        ),
    ];
    for (path, body) in rows {
        let (status, answer) = bench
            .request("POST", path, &bench.root, Some(body.clone()))
            .await;
        assert!((200..300).contains(&status), "{path} {body}: {answer}");
    }
}

#[tokio::test]
async fn a_batch_token_is_none_of_what_it_cannot_be() {
    let bench = Bench::start(Flavour::Vault).await;
    let rows = [
        (json!({"period": "1h", "policies": ["p"]}), "period"),
        (json!({"num_uses": 1, "policies": ["p"]}), "num_uses"),
        (
            json!({"explicit_max_ttl": 1, "policies": ["p"]}),
            "explicit_max_ttl",
        ),
        (json!({"policies": ["root"]}), "cannot be root"),
        (json!({}), "cannot be root"),
    ];
    for (mut body, why) in rows {
        body["type"] = json!("batch");
        let (status, answer) = bench
            .request("POST", "auth/token/create", &bench.root, Some(body))
            .await;
        assert_eq!(status, 400, "{answer}");
        assert!(answer["errors"][0].as_str().unwrap().contains(why));
    }
}

#[tokio::test]
async fn the_type_of_a_role_and_of_a_mount_beats_what_is_asked_for() {
    let bench = Bench::start(Flavour::Vault).await;
    let kind = |answer: &Value| answer["auth"]["token_type"].as_str().unwrap().to_owned();
    // The role's type, the asked one, and which it becomes.
    for (of_role, asked, expected) in [
        ("batch", "service", "batch"),
        ("batch", "", "batch"),
        ("service", "batch", "service"),
        ("default-batch", "", "batch"),
        ("default-batch", "service", "service"),
        ("default-service", "", "service"),
        ("default-service", "batch", "batch"),
    ] {
        let role = json!({"token_type": of_role, "orphan": true, "renewable": false});
        bench.ok("POST", "auth/token/roles/r", role).await;
        let wish = json!({"type": asked, "policies": ["p"]});
        let made = bench.ok("POST", "auth/token/create/r", wish).await;
        assert_eq!(kind(&made), expected, "{of_role} {asked}");
    }
    bench
        .ok("POST", "sys/auth/userpass", json!({"type": "userpass"}))
        .await;
    // The mount's type, the user's, and which it becomes.
    for (of_mount, of_user, expected) in [
        ("batch", "service", "batch"),
        ("batch", "default", "batch"),
        ("service", "batch", "service"),
        ("default-service", "batch", "batch"),
        ("default-service", "default", "service"),
        ("default-batch", "service", "service"),
        ("default-batch", "default", "batch"),
    ] {
        let tune = json!({"token_type": of_mount});
        bench.ok("POST", "sys/auth/userpass/tune", tune).await;
        let user = json!({"password": "pw", "token_type": of_user});
        bench.ok("POST", "auth/userpass/users/u", user).await;
        let login = json!({"password": "pw"});
        let made = bench.ok("POST", "auth/userpass/login/u", login).await;
        assert_eq!(kind(&made), expected, "{of_mount} {of_user}");
    }
}

#[tokio::test]
async fn a_list_with_metadata_is_named_where_the_server_has_one() {
    for (flavour, listed, read) in [
        (Flavour::OpenBao27, 501, 405),
        (Flavour::OpenBao, 404, 404),
        (Flavour::Vault, 404, 404),
    ] {
        let bench = Bench::start(flavour).await;
        for (method, path, status) in [
            ("LIST", "secret/detailed-metadata/", listed),
            ("LIST", "secret/detailed-metadata/a/", listed),
            ("GET", "secret/detailed-metadata/a", read),
            ("LIST", "secret/metadata/", 404),
        ] {
            let (given, answer) = bench.request(method, path, &bench.root, None).await;
            assert_eq!(given, status, "{flavour:?} {method} {path} {answer}");
            let named = answer.to_string().contains("`detailed-metadata/`");
            assert_eq!(named, status == 501, "{answer}");
        }
    }
}
