//! One row in a lab of its own.

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json, json};

use super::backend::Backends;
use super::bench::{ACCOUNT, Answered, Bench};
use super::case::{Case, Members};
use super::function::{self, Events};
use super::given::{self, Built};
use super::judge::{self, Came};
use super::{caller, fact, send, token};

/// What differs.
pub(super) async fn run(case: &Case) -> Vec<String> {
    if let Some(missing) = fact(case) {
        return vec![missing.to_owned()];
    }
    match replay(case).await {
        Ok(differences) => differences,
        Err(error) => vec![error],
    }
}

/// What is missing where a row is a fact about a setting.
fn fact(case: &Case) -> Option<&'static str> {
    let given = &case.given;
    let facts = [
        (
            &given.response_type,
            "no catalogue of gateway responses is judged yet",
        ),
        (&given.request, "events are not judged side by side yet"),
    ];
    let mut facts = facts.into_iter().filter(|_| case.requests.is_empty());
    facts
        .find(|(member, _)| member.is_some())
        .map(|(_, missing)| missing)
}

async fn replay(case: &Case) -> Result<Vec<String>, String> {
    let bench = Bench::start(case.given.clock.as_deref(), &token::issuers(case)).await?;
    let found = in_lab(&bench, case).await;
    bench.lab.stop().await;
    found
}

async fn in_lab(bench: &Bench, case: &Case) -> Result<Vec<String>, String> {
    if let Some(found) = fact::judge(bench, case).await {
        return found;
    }
    if let Some(found) = fact::conversion(bench, case).await {
        return found;
    }
    let given = &case.given;
    let backends = Backends::start(&given.backends).await?;
    let events = Events::default();
    let mut functions = given.functions.clone();
    let source_arn = case
        .expected
        .iter()
        .find_map(|it| it.get("sourceArn")?.as_str());
    if source_arn.is_some() {
        for behaviour in functions.values_mut() {
            behaviour.insert("noPermission".to_owned(), json!(true));
        }
    }
    function::make(bench, &functions, &events).await?;
    let is_signed = case.requests.iter().any(|request| request.sign.is_some());
    let signer = if is_signed {
        Some(caller::make(bench, given.caller.as_ref()).await?)
    } else {
        None
    };
    let (mut built, last) = given::build(bench, given, &backends).await?;
    events.name_api(&built.api);
    if case.requests.is_empty() {
        let last = last.ok_or("the row makes no request and no call")?;
        return Ok(of_call(case, &last));
    }
    if built.api.is_empty() {
        let refused = last.map(|last| last.body.to_string()).unwrap_or_default();
        return Err(format!("there is no API: {refused}"));
    }
    if let Some(source) = source_arn {
        permit(bench, case, &named(source, &built)).await?;
    }
    if case.expected.len() != case.requests.len() {
        let (expected, requests) = (case.expected.len(), case.requests.len());
        return Err(format!("{expected} expectations for {requests} requests"));
    }
    let mut differences = Vec::new();
    for (at, (request, expected)) in case.requests.iter().zip(&case.expected).enumerate() {
        if let Some(seconds) = request.after_seconds {
            let moved = bench.lab.clock().advance_seconds(seconds).await;
            moved.map_err(|error| error.to_string())?;
        }
        for operation in &request.after_calls {
            let call: Members = [("op".to_owned(), json!(operation))].into_iter().collect();
            must(built.call(bench, given, &call).await?)?;
        }
        let answer = send::send(bench, Some(case), request, (&built.api, signer.as_ref())).await?;
        let sent = backends.take_seen();
        let came = Came {
            answer: &answer,
            events: &events,
            sent: &sent,
        };
        let expected = renamed(expected, &built);
        let found = judge::differences(&expected, &case.ignore, &came);
        let place = format!("request {}: ", at + 1);
        differences.extend(found.into_iter().map(|found| format!("{place}{found}")));
        let after = json!(at + 1);
        for call in given
            .between
            .iter()
            .filter(|call| call.get("after") == Some(&after))
        {
            must(built.call(bench, given, call).await?)?;
        }
    }
    let functions = functions
        .into_iter()
        .map(|(name, behaviour)| (name, renamed(&behaviour, &built)));
    let functions: BTreeMap<String, Members> = functions.collect();
    differences.extend(function::differences(&functions, &events));
    Ok(differences)
}

fn must(answered: Answered) -> Result<(), String> {
    if answered.status < 300 {
        return Ok(());
    }
    let Answered { status, body } = answered;
    Err(format!("a call was answered {status}: {body}"))
}

/// Lets API Gateway call the functions for this source only.
async fn permit(bench: &Bench, case: &Case, source: &str) -> Result<(), String> {
    for name in case.given.functions.keys() {
        let permission = json!({"FunctionName": name, "StatementId": "source",
            "Action": "lambda:InvokeFunction", "Principal": "apigateway.amazonaws.com",
            "SourceArn": source, "SourceAccount": ACCOUNT});
        bench.call("lambda:AddPermission", permission).await?;
    }
    Ok(())
}

/// What differs where a row is about its last call.
fn of_call(case: &Case, last: &Answered) -> Vec<String> {
    let mut differences = Vec::new();
    for (member, wanted) in case.expected.iter().flatten() {
        let is_same = match member.as_str() {
            "status" => *wanted == json!(last.status),
            "headers" => {
                let code = wanted.get("x-amzn-ErrorType");
                wanted.as_object().map(Map::len) == Some(1) && code == last.body.get("code")
            }
            "json" => {
                let text = |value: &Json| value.get("message")?.as_str().map(str::to_owned);
                match (text(wanted), text(&last.body)) {
                    // An import tells of several errors at once, each with its place.
                    (Some(wanted), Some(own)) if own.starts_with(given::IMPORT_ERRORS) => {
                        own.ends_with(&format!(": {wanted}"))
                    }
                    (wanted, own) => wanted == own,
                }
            }
            _ => false,
        };
        if !is_same && !case.ignore.contains(member) {
            differences.push(format!(
                "{member} {wanted}: answered {} {}",
                last.status, last.body
            ));
        }
    }
    differences
}

fn named(text: &str, built: &Built) -> String {
    let mut text = text.to_owned();
    for (name, own) in &built.names {
        text = text.replace(name, own);
    }
    text
}

/// Members with the lab's names in place of the row's, and its addresses.
fn renamed(members: &Members, built: &Built) -> Members {
    let renamed = members
        .iter()
        .map(|(name, value)| (name.clone(), value_renamed(value, built)));
    renamed.collect()
}

fn value_renamed(value: &Json, built: &Built) -> Json {
    match value {
        Json::String(text) => {
            let text = super::document::with_own_addresses(text);
            Json::String(named(&text, built))
        }
        Json::Array(items) => items
            .iter()
            .map(|item| value_renamed(item, built))
            .collect(),
        Json::Object(members) => Json::Object(renamed(members, built)),
        other => other.clone(),
    }
}
