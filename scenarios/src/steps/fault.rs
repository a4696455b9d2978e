//! Links that break, for some calls or for all. A URL with a path means the calls of that path alone.

use cucumber::gherkin::Step;
use http::Method;
use serde_json::{Map, Value, json};

use super::argument;
use crate::{
    World,
    error::{StepError, StepResult},
    given,
    params::Url,
};

/// Breaks the link to a host: nobody in the lab can connect to it any more.
///
/// Example: Given https://login.corp.example/ refuses every connection
#[given("{url} refuses every connection")]
async fn refuses_every_connection(world: &mut World, url: Url) -> StepResult {
    break_link(world, &url, json!("refused"), None).await
}

/// Lets calls be answered by a status without a body, and never reach the far end.
///
/// Example: Given calls to https://login.corp.example/ answer 503
#[given("calls to {url} answer {int}")]
async fn calls_answer(world: &mut World, url: Url, status: u16) -> StepResult {
    break_link(world, &url, json!({ "status": status }), None).await
}

/// The same for the first calls from now on; then the link is whole.
///
/// Example: Given the first 2 calls to https://login.corp.example/ answer 503
#[given("the first {int} call(s) to {url} answer {int}")]
async fn first_calls_answer(world: &mut World, count: u64, url: Url, status: u16) -> StepResult {
    let calls = json!({ "first": count });
    break_link(world, &url, json!({ "status": status }), Some(calls)).await
}

/// Lets answers take a time, which is compared with what the caller would wait, and never slept.
///
/// Example: Given calls to https://login.corp.example/ take 5001 ms
#[given("calls to {url} take {int} ms")]
async fn calls_take(world: &mut World, url: Url, latency_ms: u32) -> StepResult {
    break_link(world, &url, json!({ "latency_ms": latency_ms }), None).await
}

/// Lets the connection break off in the middle of each answer.
///
/// Example: Given answers of https://login.corp.example/ break off after 10 bytes
#[given("answers of {url} break off after {int} byte(s)")]
async fn answers_break_off(world: &mut World, url: Url, bytes: u64) -> StepResult {
    break_link(world, &url, json!({ "broken_off": bytes }), None).await
}

/// Lets each answer end too early, as if it were whole.
///
/// Example: Given answers of https://login.corp.example/ end after 10 bytes
#[given("answers of {url} end after {int} byte(s)")]
async fn answers_end(world: &mut World, url: Url, bytes: u64) -> StepResult {
    break_link(world, &url, json!({ "truncated": bytes }), None).await
}

/// Adds a fault by the members of `POST /_lab/faults`: `from`, `to_host`, `path`, `calls`, `effect`.
///
/// Example: Given the lab has the fault:
#[given("the lab has the fault:")]
async fn lab_has_fault(world: &mut World, step: &Step) -> StepResult {
    let fault = argument::object(world, step)?;
    add(world, fault).await
}

/// Mends every link.
///
/// Example: Given every link is mended
#[given("every link is mended")]
async fn links_are_mended(world: &mut World) -> StepResult {
    world.control(Method::DELETE, "/_lab/faults", None).await?;
    Ok(())
}

async fn break_link(world: &World, url: &str, effect: Value, calls: Option<Value>) -> StepResult {
    let uri: http::Uri = url.parse()?;
    let host = uri.authority().map(|authority| authority.as_str());
    let host = host.ok_or_else(|| StepError::new(format!("`{url}` has no host")))?;
    let mut fault = Map::new();
    fault.insert("to_host".to_owned(), host.into());
    if uri.path() != "/" {
        fault.insert("path".to_owned(), uri.path().into());
    }
    if let Some(calls) = calls {
        fault.insert("calls".to_owned(), calls);
    }
    fault.insert("effect".to_owned(), effect);
    add(world, fault).await
}

async fn add(world: &World, fault: Map<String, Value>) -> StepResult {
    let body = Value::Object(fault);
    world
        .control(Method::POST, "/_lab/faults", Some(&body))
        .await?;
    Ok(())
}
