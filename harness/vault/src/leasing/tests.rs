use std::net::SocketAddr;
use std::sync::Arc;

use authlab_http::{Client, Incoming, Service as _};
use authlab_kernel::{Clock, Component, Faults, Ids, Journal, Secret};
use bytes::Bytes;
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use http::{HeaderMap, Method};
use parking_lot::Mutex;
use serde_json::{Value, json};

use crate::effect::{Effect, Elsewhere};
use crate::flavour::Flavour;
use crate::offline::{Server, object};
use crate::request::Operation;
use crate::vault::{MountConfig, Vault, VaultConfig};

/// A server with the engine at `lab/`.
struct Lab(Server);

impl Lab {
    fn start(flavour: Flavour) -> Self {
        let mut lab = Self(Server::start(flavour));
        lab.write("sys/mounts/lab", r#"{"type": "leasing"}"#, 204);
        lab
    }

    fn ask(&mut self, token: &str, operation: Operation, path: &str, body: &str) -> (u16, Value) {
        let data = object(body);
        self.0.ask(Some(token), operation, path, &data, None)
    }

    fn write(&mut self, path: &str, body: &str, expected: u16) -> Value {
        let (status, answer) = self.ask("root", Operation::Update, path, body);
        assert_eq!(status, expected, "{path} {body}: {answer}");
        answer
    }

    /// Issues a secret for a token, and returns the id of its lease.
    fn issue(&mut self, token: &str, name: &str, ttl: i64) -> String {
        let path = format!("lab/creds/{name}");
        let (status, answer) = self.ask(
            token,
            Operation::Update,
            &path,
            &format!("{{\"ttl\": {ttl}}}"),
        );
        assert_eq!(status, 200, "{answer}");
        let id = answer["lease_id"].as_str().unwrap().to_owned();
        assert!(id.starts_with(&format!("{path}/")), "{id}");
        id
    }

    fn live(&mut self) -> Value {
        let (_, answer) = self.ask("root", Operation::Read, "lab/live", "{}");
        answer["data"]["live"].clone()
    }

    fn lookup(&mut self, id: &str) -> (u16, Value) {
        let body = json!({ "lease_id": id }).to_string();
        self.ask("root", Operation::Update, "sys/leases/lookup", &body)
    }

    fn is_there(&mut self, id: &str) -> bool {
        self.lookup(id).0 == 200
    }

    /// A token that may do everything, by root.
    fn token(&mut self, body: &str) -> String {
        let answer = self.write("auth/token/create", body, 200);
        answer["auth"]["client_token"].as_str().unwrap().to_owned()
    }
}

const FLAVOURS: [Flavour; 2] = [Flavour::Vault, Flavour::OpenBao];

#[test]
fn an_issue_makes_a_lease_within_its_bounds() {
    for flavour in FLAVOURS {
        let mut lab = Lab::start(flavour);
        for (ttl, duration, warns) in [(60, 60, false), (300, 300, false), (400, 300, true)] {
            let body = format!("{{\"ttl\": {ttl}}}");
            let answer = lab.write("lab/creds/app", &body, 200);
            assert_eq!(answer["lease_duration"], duration, "{ttl}");
            assert_eq!(answer["renewable"], true);
            assert_eq!(answer["warnings"].is_array(), warns, "{answer}");
            let id = answer["lease_id"].as_str().unwrap();
            let (_, found) = lab.lookup(id);
            assert_eq!(found["data"]["ttl"], duration);
            assert_eq!(found["data"]["last_renewal"], Value::Null);
        }
        let path = "sys/leases/lookup/lab/creds/";
        let (_, listed) = lab.ask("root", Operation::List, path, "{}");
        assert_eq!(listed["data"]["keys"], json!(["app/"]));
        // What only names a duration has no lease.
        lab.write("kv1/a", r#"{"ttl": "1m"}"#, 204);
        let (_, read) = lab.ask("root", Operation::Read, "kv1/a", "{}");
        assert_eq!(
            (&read["lease_id"], &read["lease_duration"]),
            (&json!(""), &json!(60))
        );
        let (status, _) = lab.ask("root", Operation::List, "sys/leases/lookup/kv1/", "{}");
        assert_eq!(status, 404);
    }
}

#[test]
fn a_lease_is_renewed_up_to_its_maximum_and_ends_by_the_clock() {
    let mut lab = Lab::start(Flavour::Vault);
    let id = lab.issue("root", "app", 60);
    let renewal = json!({ "lease_id": id, "increment": 250 }).to_string();
    lab.0.advance(59);
    let renewed = lab.write("sys/leases/renew", &renewal, 200);
    assert_eq!(renewed["lease_id"], json!(id));
    assert_eq!(renewed["lease_duration"], 241, "300 s from the issue");
    assert_eq!(lab.live(), json!(["app"]));
    lab.0.advance(240);
    assert!(lab.is_there(&id));
    lab.0.advance(1);
    assert!(!lab.is_there(&id));
    assert_eq!(lab.live(), json!([]));
    lab.write("sys/leases/renew", &renewal, 400);
    // One that is not renewed ends at its own time.
    let id = lab.issue("root", "app", 60);
    lab.0.advance(59);
    assert!(lab.is_there(&id));
    lab.0.advance(1);
    assert!(!lab.is_there(&id));
}

/// What ends a token.
type Ends = fn(&mut Lab, &str);

#[test]
fn what_a_token_owns_ends_with_it_and_nothing_else() {
    let cases: [(&str, Ends); 4] = [
        ("{}", |lab, token| {
            let body = json!({ "token": token }).to_string();
            lab.write("auth/token/revoke", &body, 204);
        }),
        ("{}", |lab, token| {
            let body = json!({ "token": token }).to_string();
            lab.write("auth/token/revoke-orphan", &body, 204);
        }),
        (r#"{"ttl": "30s"}"#, |lab, _| lab.0.advance(30)),
        (r#"{"num_uses": 2}"#, |lab, token| {
            lab.ask(token, Operation::Read, "auth/token/lookup-self", "{}");
        }),
    ];
    for (made, end) in cases {
        let mut lab = Lab::start(Flavour::OpenBao);
        let token = lab.token(made);
        let owned = lab.issue(&token, "owned", 60);
        let other = lab.issue("root", "other", 60);
        assert!(lab.is_there(&owned), "{made}");
        end(&mut lab, &token);
        assert!(!lab.is_there(&owned), "{made}");
        assert!(lab.is_there(&other), "{made}");
        assert_eq!(lab.live(), json!(["other"]), "{made}");
    }
}

#[test]
fn a_child_ends_with_its_parent_and_with_it_what_it_owns() {
    let mut lab = Lab::start(Flavour::Vault);
    let parent = lab.token("{}");
    let (_, made) = lab.ask(&parent, Operation::Update, "auth/token/create", "{}");
    let child = made["auth"]["client_token"].as_str().unwrap().to_owned();
    let owned = lab.issue(&child, "owned", 60);
    let body = json!({ "token": parent }).to_string();
    lab.write("auth/token/revoke", &body, 204);
    assert!(!lab.is_there(&owned));
    assert_eq!(lab.live(), json!([]));
}

#[test]
fn a_revocation_ends_what_it_names() {
    for (path, body, status) in [
        ("sys/leases/revoke", "lease_id", 204),
        ("sys/leases/revoke-prefix/lab/creds/one", "", 204),
        ("sys/leases/revoke-force/lab/creds/one", "", 204),
    ] {
        let mut lab = Lab::start(Flavour::Vault);
        let one = lab.issue("root", "one", 60);
        let two = lab.issue("root", "two", 60);
        let body = match body {
            "" => json!({}),
            name => json!({ name: one }),
        };
        lab.write(path, &body.to_string(), status);
        assert!(!lab.is_there(&one), "{path}");
        assert!(lab.is_there(&two), "{path}");
        assert_eq!(lab.live(), json!(["two"]), "{path}");
    }
    let mut lab = Lab::start(Flavour::Vault);
    let one = lab.issue("root", "one", 60);
    let (status, _) = lab.ask("root", Operation::Delete, "sys/mounts/lab", "{}");
    assert_eq!(status, 204);
    assert!(!lab.is_there(&one));
}

#[test]
fn what_cannot_be_ended_stays_until_it_can() {
    let text = "failed to revoke entry: it cannot be ended";
    for path in ["sys/leases/revoke", "sys/leases/revoke-prefix/lab/creds"] {
        let mut lab = Lab::start(Flavour::Vault);
        let id = lab.issue("root", "app", 60);
        lab.write("lab/config", r#"{"fails": true}"#, 204);
        let body = json!({ "lease_id": id }).to_string();
        let refused = lab.write(path, &body, 400);
        assert_eq!(refused["errors"], json!([text]), "{path}");
        assert!(lab.is_there(&id), "{path}");
        // It is tried again by itself, with a pause that grows.
        lab.write("lab/config", r#"{"fails": false}"#, 204);
        lab.0.advance(9);
        assert!(lab.is_there(&id), "{path}");
        lab.0.advance(1);
        assert!(!lab.is_there(&id), "{path}");
        assert_eq!(lab.live(), json!([]), "{path}");
    }
    // Whoever does not wait is not told.
    let mut lab = Lab::start(Flavour::Vault);
    let id = lab.issue("root", "app", 60);
    lab.write("lab/config", r#"{"fails": true}"#, 204);
    let body = json!({ "lease_id": id, "sync": false }).to_string();
    lab.write("sys/leases/revoke", &body, 202);
    assert!(lab.is_there(&id));
    let (status, _) = lab.ask("root", Operation::Delete, "sys/mounts/lab", "{}");
    assert_eq!(status, 400, "the mount stays with what it has issued");
    lab.write("sys/leases/revoke-force/lab/creds", "{}", 204);
    assert!(!lab.is_there(&id));
    assert_eq!(lab.live(), json!(["app"]), "it is only forgotten");
}

/// What was done elsewhere.
#[derive(Default)]
struct Recorded {
    done: Mutex<Vec<String>>,
    fails: Mutex<bool>,
}

impl Elsewhere for Recorded {
    fn perform<'a>(&'a self, effect: &'a Effect) -> BoxFuture<'a, Result<(), String>> {
        async move {
            if *self.fails.lock() {
                return Err("the database is away".to_owned());
            }
            let said = format!("{}: {}", effect.target, effect.statements.join("; "));
            self.done.lock().push(said);
            Ok(())
        }
        .boxed()
    }
}

struct Running {
    clock: Clock,
    journal: Journal,
    vault: Arc<Vault>,
    elsewhere: Arc<Recorded>,
}

impl Running {
    fn start() -> Self {
        let clock = Clock::standing("2026-01-01T00:00:00Z".parse().unwrap());
        let journal = Journal::new(clock.clone());
        let elsewhere = Arc::new(Recorded::default());
        let config = VaultConfig {
            root_token: Some(Secret::new("root")),
            mounts: vec![MountConfig {
                path: "lab".to_owned(),
                kind: "leasing".to_owned(),
                ..MountConfig::default()
            }],
            ..VaultConfig::default()
        };
        let outbound = Arc::new(Client::new(journal.clone(), Faults::default()));
        let of_vault = clock.component(Component::Vault);
        let vault = Vault::reaching(
            config,
            of_vault,
            Ids::new(1),
            journal.clone(),
            outbound,
            elsewhere.clone(),
        );
        Self {
            clock,
            journal,
            vault: vault.unwrap(),
            elsewhere,
        }
    }

    async fn write(&self, path: &str, body: Value) -> (u16, Value) {
        let mut headers = HeaderMap::new();
        headers.insert("x-vault-token", "root".parse().unwrap());
        let incoming = Incoming {
            method: Method::POST,
            uri: format!("/v1/{path}").parse().unwrap(),
            headers,
            spelling: None,
            body: Bytes::from(body.to_string()),
            peer: SocketAddr::from(([127, 0, 0, 1], 1)),
            cause: None,
            hop: None,
        };
        let answer = self.vault.call(incoming).await;
        let body = serde_json::from_slice(answer.body()).unwrap_or_default();
        (answer.status().as_u16(), body)
    }

    async fn issue(&self, name: &str, ttl: i64) -> String {
        let path = format!("lab/creds/{name}");
        let (_, answer) = self.write(&path, json!({ "ttl": ttl })).await;
        answer["lease_id"].as_str().unwrap().to_owned()
    }

    async fn is_there(&self, id: &str) -> bool {
        let looked_up = self.write("sys/leases/lookup", json!({ "lease_id": id }));
        looked_up.await.0 == 200
    }

    fn done(&self) -> Vec<String> {
        std::mem::take(&mut *self.elsewhere.done.lock())
    }

    fn events(&self, kind: &str) -> usize {
        let events = self.journal.events_since(0);
        events.iter().filter(|event| event.kind == kind).count()
    }

    async fn advance(&self, seconds: i64) {
        self.clock.advance_seconds(seconds).await.unwrap();
    }
}

#[tokio::test]
async fn what_is_done_elsewhere_is_done_in_order_by_requests_and_timers_alike() {
    let lab = Running::start();
    lab.write("lab/config", json!({"elsewhere": true})).await;
    let (one, two) = (lab.issue("one", 60).await, lab.issue("two", 60).await);
    lab.issue("three", 30).await;
    let three = lab.issue("four", 60).await;
    // By a request, each of what it ends, in the order of their ids.
    let (status, _) = lab
        .write("sys/leases/revoke", json!({ "lease_id": two }))
        .await;
    assert_eq!(status, 204);
    assert_eq!(lab.done(), ["db: DROP ROLE two"]);
    assert!(!lab.is_there(&two).await);
    // By a timer, without any request.
    lab.advance(30).await;
    assert_eq!(lab.done(), ["db: DROP ROLE three"]);
    assert_eq!(lab.events("lease-expired"), 1);
    let (status, _) = lab
        .write("sys/leases/revoke-prefix/lab/creds", json!({}))
        .await;
    assert_eq!(status, 204);
    assert_eq!(lab.done(), ["db: DROP ROLE four", "db: DROP ROLE one"]);
    for id in [&one, &three] {
        assert!(!lab.is_there(id).await, "{id}");
    }
    lab.advance(60).await;
    assert_eq!(lab.done(), Vec::<String>::new(), "nothing is done twice");
}

#[tokio::test]
async fn what_was_not_done_elsewhere_is_tried_again() {
    let lab = Running::start();
    lab.write("lab/config", json!({"elsewhere": true})).await;
    let id = lab.issue("one", 30).await;
    *lab.elsewhere.fails.lock() = true;
    lab.advance(30).await;
    assert!(lab.is_there(&id).await);
    assert_eq!(lab.events("lease-revocation"), 1);
    lab.advance(10).await;
    assert_eq!(lab.events("lease-revocation"), 2);
    *lab.elsewhere.fails.lock() = false;
    lab.advance(19).await;
    assert!(lab.is_there(&id).await, "the pause has doubled");
    lab.advance(1).await;
    assert!(!lab.is_there(&id).await);
    assert_eq!(lab.done(), ["db: DROP ROLE one"]);
}

#[tokio::test]
async fn without_a_way_nothing_is_said_to_be_done() {
    let effect = Effect {
        mount: "db/".to_owned(),
        lease_id: "db/creds/a/1".to_owned(),
        target: "main".to_owned(),
        statements: vec!["DROP ROLE a".to_owned()],
    };
    let refused = crate::effect::Nowhere.perform(&effect).await;
    assert_eq!(
        refused,
        Err("no system is reached as `main`: start the server with the way to it".to_owned())
    );
}
