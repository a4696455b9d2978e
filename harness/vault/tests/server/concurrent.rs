//! Many requests at once: each finds its own cause.

use std::collections::BTreeMap;
use std::sync::Arc;

use authlab_http::{Incoming, Service as _};
use authlab_vault::{Flavour, Vault};
use serde_json::{Value, json};

use super::bench::Bench;

const THREADS: usize = 8;
const PAIRS: usize = 125;

fn ask(vault: &Vault, path: &str, token: &str, body: &Value) -> Value {
    let reads = path == "auth/token/lookup-self";
    let request = http::Request::builder()
        .method(if reads { "GET" } else { "POST" })
        .uri(format!("/v1/{path}"))
        .header("x-vault-token", token);
    let (parts, ()) = request.body(()).unwrap().into_parts();
    let incoming = Incoming {
        method: parts.method,
        uri: parts.uri,
        headers: parts.headers,
        spelling: None,
        body: body.to_string().into(),
        peer: "127.0.0.1:1".parse().unwrap(),
        cause: None,
        hop: None,
    };
    let answer = futures_util::FutureExt::now_or_never(vault.call(incoming));
    // Nothing of this waits for another system.
    let answer = answer.unwrap();
    assert!(answer.status().is_success(), "{path}: {answer:?}");
    serde_json::from_slice(answer.body()).unwrap()
}

/// A thousand logins, and creations of child tokens, each with a use of what it made.
fn pairs(vault: &Vault, thread: usize) {
    for pair in 0..PAIRS {
        let path = format!("auth/userpass/login/user-{thread}");
        let made = ask(vault, &path, "", &json!({"password": "pw"}));
        let token = made["auth"]["client_token"].as_str().unwrap().to_owned();
        ask(vault, "auth/token/lookup-self", &token, &json!({}));
        if pair % 5 == 0 {
            let made = ask(vault, "auth/token/create", &token, &json!({}));
            let child = made["auth"]["client_token"].as_str().unwrap().to_owned();
            ask(vault, "auth/token/lookup-self", &child, &json!({}));
        }
    }
}

#[tokio::test]
async fn a_use_is_journalled_as_the_effect_of_its_own_login() {
    let bench = Bench::start(Flavour::Vault).await;
    bench
        .ok("POST", "sys/auth/userpass", json!({"type": "userpass"}))
        .await;
    let policy = "path \"auth/token/*\" { capabilities = [\"create\", \"update\"] }";
    bench
        .ok("POST", "sys/policy/p", json!({"policy": policy}))
        .await;
    for thread in 0..THREADS {
        let path = format!("auth/userpass/users/user-{thread}");
        let user = json!({"password": "pw", "token_policies": "p"});
        bench.ok("POST", &path, user).await;
    }
    let threads: Vec<_> = (0..THREADS)
        .map(|thread| {
            let vault = Arc::clone(&bench.vault);
            std::thread::spawn(move || pairs(&vault, thread))
        })
        .collect();
    for thread in threads {
        thread.join().unwrap();
    }
    let events = bench.events("request");
    let mut makers: BTreeMap<&str, &Value> = BTreeMap::new();
    for event in &events {
        let detail = &event["detail"];
        let made = detail["login"]["accessor"].as_str();
        if let Some(accessor) = made.or(detail["issued"]["accessor"].as_str()) {
            makers.insert(accessor, &event["seq"]);
        }
    }
    let uses: Vec<&Value> = events
        .iter()
        .filter(|event| event["detail"]["path"] == "auth/token/lookup-self")
        .collect();
    assert_eq!(uses.len(), THREADS * (PAIRS + PAIRS / 5));
    let strangers: Vec<&Value> = uses
        .into_iter()
        .filter(|event| {
            let accessor = event["detail"]["accessor"].as_str().unwrap();
            event["cause"] != **makers.get(accessor).unwrap()
        })
        .collect();
    assert!(
        strangers.is_empty(),
        "{} of another's cause, such as {}",
        strangers.len(),
        strangers[0]
    );
}
