//! Links that break.

use http::StatusCode;
use serde_json::{Value, json};

use super::{Asked, ask, lab};
use crate::Lab;

const PATH: &str = "/_lab/faults";

async fn add(lab: &Lab, body: &Value) -> Asked {
    ask(lab, "POST", PATH, &[], &body.to_string()).await
}

#[tokio::test]
async fn faults_are_added_told_and_mended() {
    let lab = lab().await;
    let stated = [
        json!({ "calls": "all", "effect": { "latency_ms": 900 } }),
        json!({ "from": "vault", "to_host": "login.corp.example", "calls": "all", "effect": "refused" }),
        json!({ "path": "/jwks", "calls": { "first": 2 }, "effect": { "status": 503 } }),
        json!({ "to_host": "127.0.0.1:8480", "calls": { "every": 3 }, "effect": { "broken_off": 10 } }),
        json!({ "calls": "all", "effect": { "truncated": 0 } }),
    ];
    for fault in &stated {
        let added = add(&lab, fault).await;
        assert_eq!(added.status, StatusCode::OK, "{fault}: {}", added.body);
    }
    let told: Vec<Value> = stated
        .iter()
        .map(|fault| {
            let mut told = fault.clone();
            told["calls_so_far"] = 0.into();
            told
        })
        .collect();
    let listed = ask(&lab, "GET", PATH, &[], "").await;
    assert_eq!(listed.json(), json!({ "faults": told }));
    assert_eq!(lab.faults().in_force().len(), stated.len());
    let mended = ask(&lab, "DELETE", PATH, &[], "").await;
    assert_eq!(mended.json(), json!({ "faults": [] }));
    let last = lab.journal().events_since(0).pop().unwrap();
    assert_eq!(
        last.read::<crate::evidence::Fault>(),
        Some(crate::evidence::Fault::Mended {
            mended: stated.len()
        })
    );
}

#[tokio::test]
async fn what_breaks_nothing_is_refused_by_name() {
    let lab = lab().await;
    for (body, named) in [
        (json!({}), "effect"),
        (json!({ "effect": "slow" }), "effect"),
        (json!({ "effect": { "latency_ms": -1 } }), "effect"),
        (json!({ "effect": { "status": 42 } }), "effect: "),
        (json!({ "effect": "refused", "from": "toaster" }), "from: "),
        (json!({ "effect": "refused", "path": "jwks" }), "path: "),
        (
            json!({ "effect": "refused", "to_host": "http://a/" }),
            "to_host: ",
        ),
        (
            json!({ "effect": "refused", "calls": { "first": 0 } }),
            "calls: ",
        ),
        (
            json!({ "effect": "refused", "calls": { "every": 0 } }),
            "calls: ",
        ),
        (json!({ "effect": "refused", "calls": "some" }), "calls"),
        (
            json!({ "effect": "refused", "calls_so_far": 3 }),
            "calls_so_far",
        ),
        (json!({ "effect": "refused", "until": "noon" }), "until"),
    ] {
        let asked = add(&lab, &body).await;
        assert_eq!(
            asked.status,
            StatusCode::BAD_REQUEST,
            "{body}: {}",
            asked.body
        );
        assert!(asked.error().contains(named), "{body}: {}", asked.error());
    }
    assert!(lab.faults().in_force().is_empty());
}
