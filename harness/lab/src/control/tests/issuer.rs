//! Keys in rotation.

use http::StatusCode;
use serde_json::{Value, json};

use super::{Asked, ask, lab};
use crate::Lab;

const PATH: &str = "/_lab/oidc/keys";

async fn rotate(lab: &Lab, body: &Value) -> Asked {
    ask(lab, "POST", PATH, &[], &body.to_string()).await
}

fn kids(asked: &Asked) -> Vec<String> {
    serde_json::from_value(asked.json()["kids"].clone()).unwrap()
}

#[tokio::test]
async fn each_step_is_answered_with_the_keys_that_there_are() {
    let lab = lab().await;
    let start = ask(&lab, "GET", PATH, &[], "").await;
    let first = kids(&start);
    assert_eq!(first.len(), 1);
    assert_eq!(start.json()["signing"], first[0]);

    let published = rotate(&lab, &json!({ "step": "publish" })).await;
    let both = kids(&published);
    assert_eq!(
        (both.len(), &published.json()["signing"]),
        (2, &json!(first[0]))
    );

    let signing = rotate(&lab, &json!({ "step": "sign" })).await;
    assert_eq!(
        (kids(&signing), &signing.json()["signing"]),
        (both.clone(), &json!(both[1]))
    );

    let replaced = rotate(&lab, &json!({ "step": "replace", "issuer": "default" })).await;
    assert_eq!(
        (kids(&replaced), &replaced.json()["signing"]),
        (both.clone(), &json!(both[1]))
    );

    let refused = rotate(&lab, &json!({ "step": "retire", "kid": both[1] })).await;
    assert_eq!(refused.status, StatusCode::BAD_REQUEST);
    assert!(refused.error().contains("signs"), "{}", refused.error());
    let retired = rotate(&lab, &json!({ "step": "retire", "kid": both[0] })).await;
    assert_eq!(kids(&retired), [both[1].clone()]);

    let events = ask(&lab, "GET", "/_lab/journal", &[], "").await;
    let steps: Vec<Value> = events
        .body
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap())
        .filter(|event| event["kind"] == "key-rotation")
        .map(|event| event["detail"]["step"].clone())
        .collect();
    assert_eq!(steps, ["publish", "sign", "replace", "retire"]);
    ask(&lab, "POST", "/_lab/reset", &[], "").await;
    assert_eq!(kids(&ask(&lab, "GET", PATH, &[], "").await), first);
}

#[tokio::test]
async fn what_is_no_step_is_refused_by_name() {
    let lab = lab().await;
    for (body, named) in [
        (json!({}), "step"),
        (json!({ "step": "turn" }), "step: "),
        (json!({ "step": "sign", "kid": "k" }), "kid: "),
        (
            json!({ "step": "retire", "kid": "k" }),
            "publishes no key `k`",
        ),
        (
            json!({ "step": "sign", "issuer": "nobody" }),
            "there is no issuer `nobody`",
        ),
        (json!({ "step": "sign", "when": "now" }), "when"),
        (json!({ "step": "sign", "issuer": 1 }), "issuer: "),
    ] {
        let asked = rotate(&lab, &body).await;
        assert_eq!(asked.status, StatusCode::BAD_REQUEST, "{body}");
        assert!(asked.error().contains(named), "{body}: {}", asked.error());
    }
    let asked = ask(&lab, "GET", "/_lab/oidc/keys?issuer=nobody", &[], "").await;
    assert_eq!(asked.status, StatusCode::BAD_REQUEST);
    assert!(asked.error().contains("`nobody`"), "{}", asked.error());
}
