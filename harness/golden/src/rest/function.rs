//! What the functions of a row do, and what they were given.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use authlab::{FunctionError, InvocationContext, function_package};
use serde_json::{Value as Json, json};

use super::bench::{ACCOUNT, Bench, blob};
use super::case::Members;

/// What a function can do; `calls`, `never`, `receives` and `receivesNot` are looked at afterwards.
const BEHAVIOURS: [&str; 15] = [
    "byInput",
    "calls",
    "echoesEvent",
    "never",
    "noPermission",
    "policyEffect",
    "raises",
    "receives",
    "receivesNot",
    "returns",
    "returnsPolicyForMethodArn",
    "returnsSize",
    "sleeps_ms",
    "throttled",
    "timesOut",
];

/// Longer than a function runs where nothing else is set, in milliseconds.
const TOO_LONG_MS: u64 = 4_000;

/// The events that functions were given, by name, in order; and what the API is called, once it is made.
#[derive(Clone, Debug, Default)]
pub(super) struct Events(Arc<Mutex<BTreeMap<String, Vec<Json>>>>, Arc<Mutex<String>>);

impl Events {
    pub(super) fn note(&self, name: &str, event: Json) {
        let mut events = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        events.entry(name.to_owned()).or_default().push(event);
    }

    /// The API is there: its id stands for `{api}` in what functions return.
    pub(super) fn name_api(&self, id: &str) {
        id.clone_into(&mut self.1.lock().unwrap_or_else(PoisonError::into_inner));
    }

    fn with_api(&self, value: &Json) -> Json {
        let id = self.1.lock().unwrap_or_else(PoisonError::into_inner);
        // Text for text: an id needs no escapes.
        let text = value.to_string().replace("{api}", &id);
        serde_json::from_str(&text).unwrap_or_else(|_| value.clone())
    }

    /// Those of a function.
    pub(super) fn of(&self, name: &str) -> Vec<Json> {
        let events = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        events.get(name).cloned().unwrap_or_default()
    }

    /// The last one of any function that is an event of a proxy integration.
    pub(super) fn last_of_proxy(&self) -> Option<Json> {
        let events = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut all = events.values().flatten().rev();
        let found = all.find(|event| event.get("isBase64Encoded").is_some());
        found.cloned()
    }

    /// The last one of any function.
    pub(super) fn last(&self) -> Option<Json> {
        let events = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        events.values().flatten().next_back().cloned()
    }
}

/// Registers and makes the functions, each with a permission for API Gateway.
pub(super) async fn make(
    bench: &Bench,
    functions: &BTreeMap<String, Members>,
    events: &Events,
) -> Result<(), String> {
    if functions.is_empty() {
        return Ok(());
    }
    let trust = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow",
        "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}]});
    let role = json!({"RoleName": "function", "AssumeRolePolicyDocument": trust.to_string()});
    bench.call("iam:CreateRole", role).await?;
    for (name, behaviour) in functions {
        register(bench, name, behaviour, events)?;
        let mut input = json!({
            "FunctionName": name,
            "Role": format!("arn:aws:iam::{ACCOUNT}:role/function"),
            "Handler": name,
            "Runtime": "provided.al2023",
            "Code": {"ZipFile": blob(&function_package(name))},
        });
        if behaviour.contains_key("sleeps_ms") {
            // What ends it is the caller's patience.
            input["Timeout"] = json!(900);
        }
        bench.call("lambda:CreateFunction", input).await?;
        if behaviour.get("noPermission") != Some(&Json::Bool(true)) {
            let permission = json!({"FunctionName": name, "StatementId": "gateway",
                "Action": "lambda:InvokeFunction", "Principal": "apigateway.amazonaws.com"});
            bench.call("lambda:AddPermission", permission).await?;
        }
        if behaviour.contains_key("throttled") {
            let none = json!({"FunctionName": name, "ReservedConcurrentExecutions": 0});
            bench.call("lambda:PutFunctionConcurrency", none).await?;
        }
    }
    Ok(())
}

fn register(bench: &Bench, name: &str, behaviour: &Members, events: &Events) -> Result<(), String> {
    for member in behaviour.keys() {
        if !BEHAVIOURS.contains(&member.as_str()) {
            return Err(format!("nobody knows what a function does that `{member}`"));
        }
    }
    let (own, behaviour, events) = (name.to_owned(), behaviour.clone(), events.clone());
    let clock = bench.lab.clock().clone();
    let function = move |event: Json, _: InvocationContext| {
        events.note(&own, event.clone());
        let result = answer(&behaviour, &event).map(|answer| events.with_api(&answer));
        let asleep_ms = match behaviour.get("sleeps_ms").and_then(Json::as_u64) {
            None if behaviour.contains_key("timesOut") => TOO_LONG_MS,
            asleep_ms => asleep_ms.unwrap_or(0),
        };
        let asleep_seconds = i64::try_from(asleep_ms.div_ceil(1_000)).unwrap_or(i64::MAX);
        let clock = clock.clone();
        async move {
            if asleep_seconds > 0 {
                // The lab's time, in whole seconds: that is how its clock moves.
                let moved = clock.advance_seconds(asleep_seconds).await;
                moved.map_err(|error| FunctionError::new("Clock", error.to_string()))?;
            }
            result
        }
    };
    bench.lab.register_function(name, Arc::new(function));
    Ok(())
}

/// What the function answers, or raises.
fn answer(behaviour: &Members, event: &Json) -> Result<Json, FunctionError> {
    let text = |name: &str| behaviour.get(name).and_then(Json::as_str);
    if let Some(inputs) = behaviour.get("byInput").and_then(Json::as_object) {
        // The input is whichever text of the event has a behaviour.
        let members = event.as_object().into_iter().flat_map(|it| it.values());
        let mut found = members.filter_map(|value| inputs.get(value.as_str()?)?.as_object());
        return match found.next() {
            Some(inner) => answer(inner, event),
            None => Err(FunctionError::new("NoSuchInput", event.to_string())),
        };
    }
    if let Some(message) = text("raises") {
        return Err(FunctionError::new("Exception", message));
    }
    if behaviour.contains_key("echoesEvent") {
        if event.get("isBase64Encoded").is_none() {
            // No event of a proxy integration: what a template made.
            return Ok(event.clone());
        }
        return Ok(json!({"statusCode": 200, "body": event.to_string()}));
    }
    if behaviour.contains_key("returnsPolicyForMethodArn") {
        let arn = event.get("methodArn").cloned().unwrap_or_default();
        return Ok(policy("Allow", &arn));
    }
    if let Some(effect) = text("policyEffect") {
        return Ok(match effect {
            "silent" => policy(
                "Allow",
                &json!("arn:aws:execute-api:us-east-1:111111111111:other/*"),
            ),
            effect => policy(effect, &json!("*")),
        });
    }
    if let Some(size) = behaviour.get("returnsSize").and_then(Json::as_u64) {
        let size = usize::try_from(size).unwrap_or(usize::MAX);
        return Ok(json!({"statusCode": 200, "body": "x".repeat(size)}));
    }
    Ok(behaviour.get("returns").cloned().unwrap_or_default())
}

fn policy(effect: &str, resource: &Json) -> Json {
    json!({"principalId": "user", "policyDocument": {"Version": "2012-10-17", "Statement": [
        {"Effect": effect, "Action": "execute-api:Invoke", "Resource": resource}]}})
}

/// What is different about how the functions were called.
pub(super) fn differences(functions: &BTreeMap<String, Members>, events: &Events) -> Vec<String> {
    let mut differences = Vec::new();
    for (name, behaviour) in functions {
        let seen = events.of(name);
        let calls = behaviour.get("calls").and_then(Json::as_u64);
        let calls = if behaviour.contains_key("never") {
            Some(0)
        } else {
            calls
        };
        if let Some(calls) = calls.filter(|calls| usize::try_from(*calls) != Ok(seen.len())) {
            differences.push(format!(
                "`{name}` was called {} times instead of {calls}",
                seen.len()
            ));
        }
        if let Some(wanted) = behaviour.get("receives") {
            match seen.last() {
                None => differences.push(format!("`{name}` was not called")),
                Some(event) => {
                    let place = format!("what `{name}` received");
                    super::judge::subset(&place, wanted, event, &mut differences);
                }
            }
        }
        let absent = behaviour.get("receivesNot").and_then(Json::as_array);
        for key in absent.into_iter().flatten().filter_map(Json::as_str) {
            if seen.last().is_some_and(|event| event.get(key).is_some()) {
                differences.push(format!("`{name}` received `{key}`"));
            }
        }
    }
    differences
}
