//! The long poll.

use authlab_kernel::{Component, Event, EventDraft};
use http::StatusCode;
use serde_json::json;

use super::{ask, lab};

#[tokio::test]
async fn a_wait_ends_with_the_next_event_or_with_a_reset() {
    let lab = lab().await;
    let last = lab.journal().last();
    let path = format!("/_lab/journal?since={last}&wait_ms=60000");
    // Whichever comes first to the server, the answer is the event.
    let (waited, moved) = tokio::join!(
        ask(&lab, "GET", &path, &[], ""),
        ask(&lab, "POST", "/_lab/clock", &[], r#"{"advance_seconds":5}"#),
    );
    assert_eq!(
        (waited.status, moved.status),
        (StatusCode::OK, StatusCode::OK)
    );
    let event = waited.json();
    assert_eq!(event["kind"], "clock");
    assert_eq!(event["detail"], json!({ "advance_seconds": 5 }));

    // An event far beyond the last one never comes; the reset ends the wait all the same.
    let path = "/_lab/journal?since=4000000000&wait_ms=60000";
    let wait = ask(&lab, "GET", path, &[], "");
    let reset = async {
        // Until the server has begun to wait, a reset is before it: again and again, then.
        loop {
            ask(&lab, "POST", "/_lab/reset", &[], "").await;
            tokio::task::yield_now().await;
        }
    };
    let waited = tokio::select! {
        waited = wait => waited,
        () = reset => unreachable!("it goes on until the wait ends"),
    };
    assert_eq!((waited.status, waited.body.as_str()), (StatusCode::OK, ""));
}

#[tokio::test]
async fn what_is_there_is_answered_at_once_and_bounded() {
    let lab = lab().await;
    for _ in 0..3 {
        ask(&lab, "POST", "/_lab/clock", &[], r#"{"advance_seconds":1}"#).await;
    }
    let good = [
        ("?since=0&wait_ms=60000", 3),
        ("?since=1&limit=1&wait_ms=60000", 1),
        ("?limit=2", 2),
        ("?limit=0", 0),
        ("?since=3", 0),
        ("?since=3&wait_ms=1", 0),
    ];
    for (query, lines) in good {
        let asked = ask(&lab, "GET", &format!("/_lab/journal{query}"), &[], "").await;
        assert_eq!(asked.status, StatusCode::OK, "{query}");
        assert_eq!(asked.body.lines().count(), lines, "{query}");
    }
    for (query, named) in [
        ("?wait_ms=60001", "wait_ms: "),
        ("?wait_ms=-1", "wait_ms: "),
        ("?wait_ms=soon", "wait_ms: "),
        ("?limit=-1", "limit: "),
        ("?wait_ms=1&wait_ms=2", "wait_ms: is given twice"),
        ("?wait=1", "`wait` is not known"),
    ] {
        let asked = ask(&lab, "GET", &format!("/_lab/journal{query}"), &[], "").await;
        assert_eq!(asked.status, StatusCode::BAD_REQUEST, "{query}");
        assert!(asked.error().contains(named), "{query}: {}", asked.error());
    }
}

/// A journal in which the vault refused one request of a trace, which an event of the lab caused.
async fn with_a_refusal() -> crate::Lab {
    let lab = lab().await;
    ask(&lab, "POST", "/_lab/clock", &[], r#"{"advance_seconds":1}"#).await;
    let draft = |kind: &'static str| EventDraft::new(Component::Vault, kind);
    let first = draft("request")
        .request_id("v-1")
        .trace_id(Some("t-1".to_owned()));
    let first = lab.journal().record(first.allowed());
    let second = draft("request").request_id("v-2").cause(Some(first));
    lab.journal().record(second.refused("policy-denied"));
    let third = draft("hop").request_id("v-2");
    lab.journal().record(third.failed("unreachable"));
    lab
}

#[tokio::test]
async fn only_what_is_asked_for_is_answered() {
    let lab = with_a_refusal().await;
    for (query, numbers) in [
        ("", vec![1, 2, 3, 4]),
        ("?component=vault", vec![2, 3, 4]),
        ("?component=oidc", vec![]),
        ("?outcome=refused", vec![3]),
        ("?outcome=refused,failed", vec![3, 4]),
        ("?outcome=refused,failed&last=1", vec![4]),
        ("?last=2", vec![3, 4]),
        ("?last=0", vec![]),
        ("?last=9", vec![1, 2, 3, 4]),
        ("?trace_id=t-1", vec![2]),
        ("?trace_id=t-2", vec![]),
        ("?request_id=v-2", vec![3, 4]),
        ("?chain_of=v-2", vec![2, 3, 4]),
        ("?chain_of=v-1&since=2", vec![3]),
        ("?chain_of=none", vec![]),
    ] {
        let asked = ask(&lab, "GET", &format!("/_lab/journal{query}"), &[], "").await;
        assert_eq!(asked.status, StatusCode::OK, "{query}");
        let found: Vec<u64> = asked
            .body
            .lines()
            .map(|line| serde_json::from_str::<Event>(line).unwrap().seq)
            .collect();
        assert_eq!(found, numbers, "{query}");
    }
    for (query, named) in [
        (
            "?component=redis",
            "component: `redis` is none: give one of lab, aws",
        ),
        ("?component=", "component: `` is none"),
        (
            "?outcome=denied",
            "outcome: `denied` is none: give one of allowed",
        ),
        ("?outcome=refused,", "outcome: `` is none"),
        (
            "?request_id=a&chain_of=a",
            "request_id: stands beside chain_of",
        ),
        ("?limit=1&last=1", "limit: stands beside last"),
        ("?last=-1", "last: "),
        ("?last=1&last=1", "last: is given twice"),
    ] {
        let asked = ask(&lab, "GET", &format!("/_lab/journal{query}"), &[], "").await;
        assert_eq!(asked.status, StatusCode::BAD_REQUEST, "{query}");
        assert!(asked.error().contains(named), "{query}: {}", asked.error());
    }
}

#[tokio::test]
async fn too_many_waits_are_refused_and_one_that_ended_makes_room() {
    let lab = lab().await;
    let path = "/_lab/journal?since=9&wait_ms=60000";
    let places: Vec<_> = (0..100)
        .map_while(|_| lab.core.recorded().place())
        .collect();
    assert_eq!(places.len(), 64);
    let refused = ask(&lab, "GET", path, &[], "").await;
    assert_eq!(refused.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(refused.error().contains("too many requests wait"));
    drop(places);
    let taken = ask(&lab, "GET", "/_lab/journal?since=9&wait_ms=1", &[], "").await;
    assert_eq!(taken.status, StatusCode::OK);
}

#[tokio::test]
async fn another_method_is_told_which_there_are() {
    let lab = lab().await;
    for (method, path, allow) in [
        ("PUT", "/_lab/clock", "GET, POST"),
        ("POST", "/_lab/journal", "GET"),
        ("PATCH", "/_lab/faults", "GET, POST, DELETE"),
        ("GET", "/_lab/session", "POST"),
    ] {
        let url = format!("{}{path}", lab.endpoints().control);
        let request = super::http_client().request(method.parse().unwrap(), url);
        let answer = request.send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::METHOD_NOT_ALLOWED, "{path}");
        assert_eq!(answer.headers()["allow"], allow, "{path}");
    }
    let listed = ask(&lab, "GET", "/_lab", &[], "").await;
    assert_eq!(listed.status, StatusCode::OK);
    assert!(
        listed.body.contains("`DELETE /_lab/faults`"),
        "{}",
        listed.body
    );
    let nowhere = ask(&lab, "GET", "/_lab/clocks", &[], "").await;
    assert_eq!(nowhere.status, StatusCode::NOT_FOUND);
    assert!(
        nowhere.error().contains("/_lab/session"),
        "{}",
        nowhere.error()
    );
}
