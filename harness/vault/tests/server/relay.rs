//! The relay, in front of a server that is not the lab's own: another Vault with another journal.

use std::sync::Arc;

use authlab_http::{Client, Limits, Listener, Running};
use authlab_kernel::{Component, Faults, Journal, Outcome, Secret};
use authlab_vault::{Flavour, RelayConfig, RelayError, VaultRelay};
use serde_json::{Value, json};

use crate::bench::Bench;

/// A foreign server and a relay to it, which share nothing but the clock.
struct Relayed {
    foreign: Bench,
    journal: Journal,
    relay: Arc<VaultRelay>,
    url: String,
    _running: Running,
}

impl Relayed {
    async fn start(change: impl FnOnce(&mut RelayConfig)) -> Self {
        let foreign = Bench::start(Flavour::OpenBao).await;
        let mut config = RelayConfig {
            base_url: foreign.url(),
            root_token: Some(Secret::new(foreign.root.as_str())),
            namespace: None,
            allow_writes: true,
        };
        change(&mut config);
        let journal = Journal::new(foreign.clock.clone());
        let outbound = Arc::new(Client::new(journal.clone(), Faults::default()));
        let clock = foreign.clock.component(Component::Vault);
        let ids = foreign.ids.clone();
        let relay = Arc::new(VaultRelay::new(
            config,
            clock,
            ids,
            journal.clone(),
            outbound,
        ));
        let local = "127.0.0.1:0".parse().unwrap();
        let listener = Listener::bind("vault", local, "--vault-port").await;
        let listener = listener.unwrap();
        let url = format!("http://{}", listener.address());
        let running = listener.serve(Limits::default(), relay.clone());
        Self {
            foreign,
            journal,
            relay,
            url,
            _running: running,
        }
    }

    async fn ask(&self, method: &str, path: &str, token: &str, body: Value) -> (u16, Value) {
        let method = reqwest::Method::from_bytes(method.as_bytes()).unwrap();
        let mut request = reqwest::Client::new().request(method, format!("{}/v1/{path}", self.url));
        if !token.is_empty() {
            request = request.header("X-Vault-Token", token);
        }
        if !body.is_null() {
            request = request.json(&body);
        }
        let answer = request.send().await.unwrap();
        let status = answer.status().as_u16();
        let text = answer.text().await.unwrap();
        (status, serde_json::from_str(&text).unwrap_or_default())
    }

    /// Outcome, reason and evidence of the last request that the relay journalled.
    fn last(&self) -> (Outcome, Option<String>, Value) {
        let events = self.journal.events_since(0);
        let last = events.iter().rev().find(|event| event.kind == "request");
        let last = last.unwrap();
        (
            last.outcome,
            last.reason.clone(),
            Value::clone(&last.detail),
        )
    }

    /// A user of `userpass` with a policy that reads `secret/data/app/*`, logged in for a minute.
    async fn login(&self) -> String {
        let policy = r#"path "secret/data/app/*" { capabilities = ["read"] }"#;
        for (path, body) in [
            ("sys/policies/acl/app", json!({"policy": policy})),
            (
                "secret/data/app/db",
                json!({"data": {"password": "s3cret"}}),
            ),
            ("sys/auth/userpass", json!({"type": "userpass"})),
            (
                "auth/userpass/users/bob",
                json!({"password": "pw", "token_policies": "app", "token_ttl": "60s"}),
            ),
        ] {
            self.foreign.ok("POST", path, body).await;
        }
        let body = json!({"password": "pw"});
        let (status, answer) = self.ask("POST", "auth/userpass/login/bob", "", body).await;
        assert_eq!(status, 200, "{answer}");
        answer["auth"]["client_token"].as_str().unwrap().to_owned()
    }
}

#[tokio::test]
async fn answers_pass_and_the_journal_says_which_rule_decided() {
    let lab = Relayed::start(|_| {}).await;
    let token = lab.login().await;
    let (outcome, _, detail) = lab.last();
    assert_eq!(outcome, Outcome::Allowed);
    assert_eq!(detail["login"]["policies"], json!(["app", "default"]));

    let (status, answer) = lab
        .ask("GET", "secret/data/app/db", &token, Value::Null)
        .await;
    assert_eq!(
        (status, &answer["data"]["data"]),
        (200, &json!({"password": "s3cret"}))
    );
    let (outcome, reason, detail) = lab.last();
    assert_eq!((outcome, reason), (Outcome::Allowed, None));
    assert_eq!(detail["rule"], "secret/data/app/*");
    assert_eq!(detail["rule_policies"], json!(["app"]));

    let (status, answer) = lab
        .ask("GET", "secret/data/other", &token, Value::Null)
        .await;
    assert_eq!(status, 403, "{answer}");
    let (outcome, reason, detail) = lab.last();
    assert_eq!(
        (outcome, reason.as_deref()),
        (Outcome::Refused, Some("policy-denied"))
    );
    assert_eq!(detail["why"], "no-rule-matches");
    assert_eq!(detail["message"], "permission denied");

    let text: String = lab
        .journal
        .events_since(0)
        .iter()
        .map(|event| serde_json::to_string(&**event).unwrap())
        .collect();
    assert!(
        !text.contains(&token) && !text.contains("s3cret") && !text.contains(&lab.foreign.root)
    );
}

#[tokio::test]
async fn an_ended_token_is_told_by_how_it_ended() {
    for (end, reason) in [
        ("expire", "token-expired"),
        ("revoke", "token-revoked"),
        ("never was", "token-unknown"),
        ("none", "token-missing"),
    ] {
        let lab = Relayed::start(|_| {}).await;
        let mut token = lab.login().await;
        let path = "secret/data/app/db";
        let (status, _) = lab.ask("GET", path, &token, Value::Null).await;
        assert_eq!(status, 200);
        match end {
            "expire" => {
                lab.foreign.clock.advance_seconds(61).await.unwrap();
            }
            "revoke" => {
                let revoked = lab.ask("POST", "auth/token/revoke-self", &token, Value::Null);
                assert_eq!(revoked.await.0, 204);
            }
            "never was" => token = "s.never".to_owned(),
            _ => token.clear(),
        }
        let (status, _) = lab.ask("GET", path, &token, Value::Null).await;
        assert_eq!(status, 403, "{end}");
        assert_eq!(lab.last().1.as_deref(), Some(reason), "{end}");
    }
}

#[tokio::test]
async fn a_server_elsewhere_is_only_read_unless_it_may_be_changed() {
    for (allow_writes, status) in [(false, 403), (true, 200)] {
        let lab = Relayed::start(|config| config.allow_writes = allow_writes).await;
        let token = lab.foreign.root.clone();
        let body = json!({"data": {"a": "b"}});
        let (found, answer) = lab.ask("POST", "secret/data/x", &token, body).await;
        assert_eq!(found, status, "{answer}");
        if !allow_writes {
            assert!(
                answer.to_string().contains("--allow-writes vault"),
                "{answer}"
            );
            assert_eq!(lab.last().1.as_deref(), Some("external-read-only"));
            let (found, _) = lab
                .foreign
                .request("GET", "secret/data/x", &token, None)
                .await;
            assert_eq!(found, 404, "nothing was written");
        }
        let (found, _) = lab.ask("GET", "sys/mounts", &token, Value::Null).await;
        assert_eq!(found, 200);
        // Without a login nobody could read.
        let own = lab.login().await;
        let (found, _) = lab
            .ask("GET", "secret/data/app/db", &own, Value::Null)
            .await;
        assert_eq!(found, 200);
    }
}

#[tokio::test]
async fn a_server_that_is_gone_is_said_to_be() {
    let lab = Relayed::start(|config| config.base_url = "http://127.0.0.1:1".to_owned()).await;
    let (status, answer) = lab.ask("GET", "sys/mounts", "any", Value::Null).await;
    assert_eq!(status, 502, "{answer}");
    let (outcome, reason, _) = lab.last();
    assert_eq!(
        (outcome, reason.as_deref()),
        (Outcome::Failed, Some("backend-unavailable"))
    );
    let error = lab.relay.prepare(&[]).await.unwrap_err();
    assert!(matches!(error, RelayError::Setup { .. }), "{error}");
    assert!(error.to_string().contains("http://127.0.0.1:1"), "{error}");
}
