//! The relay, in front of a server that is not the lab's own: another provider with another journal.

use std::sync::Arc;

use authlab_http::{Client, Limits, Listener, Running};
use authlab_kernel::{Component, Faults, Journal, Outcome};
use authlab_oidc::{IssuerConfig, OidcConfig, OidcRelay};
use serde_json::Value;

use crate::bench::{Bench, CORP, http_client, start};

const PARTNER: &str = "https://sso.corp.example/partner";

/// A foreign provider and a relay to it, which share nothing but the clock.
struct Relayed {
    _foreign: Bench,
    journal: Journal,
    relay: Arc<OidcRelay>,
    url: String,
    _running: Running,
}

async fn relayed(is_there: bool) -> Relayed {
    let issuers = || vec![IssuerConfig::named("partner").url(PARTNER)];
    let foreign = start(issuers()).await;
    let server_url = if is_there {
        foreign.base_url.clone()
    } else {
        "http://127.0.0.1:1".to_owned()
    };
    let journal = Journal::new(foreign.clock.clone());
    let outbound = Arc::new(Client::new(journal.clone(), Faults::default()));
    let any = "127.0.0.1:0".parse().unwrap();
    let listener = Listener::bind("oidc", any, "--oidc-port").await.unwrap();
    let url = format!("http://{}", listener.address());
    let mut config = OidcConfig {
        base_url: url.clone(),
        issuers: issuers(),
    };
    config.issuers.push(IssuerConfig::named("corp").url(CORP));
    let clock = foreign.clock.component(Component::Oidc);
    let ids = foreign.ids.clone();
    let relay = OidcRelay::new(config, &server_url, clock, ids, journal.clone(), outbound);
    let relay = Arc::new(relay.unwrap());
    let running = listener.serve(Limits::default(), relay.clone());
    Relayed {
        _foreign: foreign,
        journal,
        relay,
        url,
        _running: running,
    }
}

impl Relayed {
    async fn get(&self, path: &str) -> (u16, Value) {
        let client = http_client().build().unwrap();
        let answer = client.get(format!("{}{path}", self.url)).send().await;
        let answer = answer.unwrap();
        (answer.status().as_u16(), answer.json().await.unwrap())
    }

    async fn token(&self, secret: &str) -> (u16, Value) {
        let client = http_client().build().unwrap();
        let form = format!("grant_type=client_credentials&client_id=a&client_secret={secret}");
        let request = client.post(format!("{}/partner/token", self.url));
        let request = request.header("content-type", "application/x-www-form-urlencoded");
        let answer = request.body(form).send().await.unwrap();
        (answer.status().as_u16(), answer.json().await.unwrap())
    }
}

#[tokio::test]
async fn an_issuer_keeps_its_url_and_its_endpoints_lead_to_the_lab() {
    let lab = relayed(true).await;
    let (status, document) = lab.get("/partner/.well-known/openid-configuration").await;
    assert_eq!((status, &document["issuer"]), (200, &Value::from(PARTNER)));
    for (name, end) in [("token_endpoint", "token"), ("jwks_uri", "jwks")] {
        assert_eq!(document[name], format!("{}/partner/{end}", lab.url));
    }
    let (status, keys) = lab.get("/partner/jwks").await;
    assert_eq!((status, keys["keys"].as_array().unwrap().len()), (200, 1));
    let endpoint = lab.relay.server_endpoint("partner", "/jwks").await;
    assert_eq!(endpoint.as_deref(), Ok("/partner/jwks"));
}

#[tokio::test]
async fn tokens_pass_and_the_journal_knows_who_issued_them() {
    let lab = relayed(true).await;
    let (status, answer) = lab.token("test").await;
    assert_eq!(status, 200, "{answer}");
    let token = answer["access_token"].as_str().unwrap();
    let events = lab.journal.events_since(0);
    let issued = events.iter().find(|event| event.kind == "token").unwrap();
    assert_eq!(issued.outcome, Outcome::Allowed);
    assert_eq!(issued.detail["token"]["claims"]["iss"], PARTNER);
    assert_eq!(lab.journal.issuer_of(token), Some(issued.seq));
    assert!(!serde_json::to_string(&**issued).unwrap().contains(token));

    let since = lab.journal.last();
    let (status, _) = lab.token("wrong").await;
    assert_eq!(status, 401);
    let events = lab.journal.events_since(since);
    let refused = events.iter().find(|event| event.kind == "token").unwrap();
    assert_eq!(refused.outcome, Outcome::Refused);
    assert_eq!(refused.reason.as_deref(), Some("invalid-client"));
}

#[tokio::test]
async fn what_cannot_be_answered_says_why() {
    let lab = relayed(true).await;
    let (status, answer) = lab.get("/corp/.well-known/openid-configuration").await;
    assert_eq!(status, 501);
    let said = answer["error_description"].as_str().unwrap();
    assert!(
        said.contains("`corp`") && said.contains("one segment"),
        "{said}"
    );

    let lab = relayed(false).await;
    let (status, answer) = lab.get("/partner/jwks").await;
    assert_eq!(status, 502, "{answer}");
    let events = lab.journal.events_since(0);
    let failed = events.iter().find(|event| event.kind == "backend").unwrap();
    assert_eq!(failed.outcome, Outcome::Failed);
    assert_eq!(failed.reason.as_deref(), Some("backend-unavailable"));
}
