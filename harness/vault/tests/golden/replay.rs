//! One case against one fresh server.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use authlab_http::{Client, Limits, Listener};
use authlab_kernel::{Clock, Component, Faults, Folder as Files, Ids, Journal};
use authlab_vault::{Flavour, Vault, VaultConfig};
use serde_json::{Value, json};

use crate::matching::Context;
use crate::signing;
use crate::upstream::Upstream;
use crate::wire::exchange;

static COUNT: AtomicU64 = AtomicU64::new(0);

/// A folder that goes with its case.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        let nth = COUNT.fetch_add(1, Ordering::Relaxed);
        let path =
            std::env::temp_dir().join(format!("authlab-vault-golden-{}-{nth}", std::process::id()));
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// The differences of a case.
pub async fn run(case: &Value, keys: &Value, flavour: Flavour) -> Vec<String> {
    let folder = Folder::new();
    let clock = Clock::standing("2026-01-01T00:00:00Z".parse().unwrap());
    let journal = Journal::new(clock.clone());
    let outbound = Arc::new(Client::new(journal.clone(), Faults::default()));
    let config = VaultConfig {
        flavour,
        files: Some(Files::at(&folder.0)),
        ..VaultConfig::default()
    };
    let vault = Vault::new(
        config,
        clock.component(Component::Vault),
        Ids::new(1),
        journal,
        outbound,
    )
    .unwrap();
    // That of the initialisation: one that was chosen is another kind of token in some flavours.
    let root_token = vault.root_token().expose_secret().to_owned();
    let listener = Listener::bind("vault", "127.0.0.1:0".parse().unwrap(), "--vault-port")
        .await
        .unwrap();
    let address = listener.address();
    let limits = Limits {
        body_bytes_max: 32 * 1024 * 1024,
        ..Limits::default()
    };
    let running = listener.serve(limits, vault);
    // The reference was a production server: nothing is mounted at `secret/`.
    let root = [("X-Vault-Token".to_owned(), root_token.clone())];
    exchange(address, "DELETE", "/v1/sys/mounts/secret", &root, None).await;

    let upstream = if case.get("upstream").is_some() {
        Some(Upstream::start().await)
    } else {
        None
    };
    let mut context = Context {
        env: BTreeMap::from([
            ("ADDR".to_owned(), format!("http://{address}")),
            ("AUDIT_DIR".to_owned(), folder.0.display().to_string()),
        ]),
        vars: BTreeMap::from([("root".to_owned(), json!(root_token))]),
        ..Context::default()
    };
    if let Some(upstream) = &upstream {
        upstream.set_routes(&case["upstream"]);
        context.env.insert("UPSTREAM".to_owned(), upstream.url());
        context
            .env
            .insert("UPSTREAM_HOST".to_owned(), upstream.address.to_string());
    }
    let mut offsets: BTreeMap<String, usize> = BTreeMap::new();
    let mut differences = Vec::new();
    for (index, step) in case["steps"].as_array().unwrap().iter().enumerate() {
        if let Some(seconds) = step["advance_seconds"].as_i64() {
            clock.advance_seconds(seconds).await.unwrap();
        }
        if let (Some(upstream), Some(routes)) = (&upstream, step.get("upstream")) {
            upstream.set_routes(routes);
        }
        if step.get("sql").is_some() {
            differences.push("SQL is not replayed".to_owned());
            continue;
        }
        let Some(method) = step["method"].as_str() else {
            continue;
        };
        if let Some(upstream) = &upstream {
            upstream.take_forwarded();
        }
        let now = clock.now().as_second();
        let filled = context.clone();
        let jwt = |name: &str| {
            let specification = filled.filled(&case["jwts"][name], &|_| String::new());
            signing::sign(&specification, keys, now)
        };
        let path = filled.text(step["path"].as_str().unwrap(), &jwt);
        let headers = headers_of(step, &filled, &jwt);
        let body = body_of(step, &filled, &jwt);
        let answer = exchange(address, method, &path, &headers, body).await;
        assert!(
            !answer.headers.contains_key("transfer-encoding"),
            "answers have a length"
        );
        let parsed: Option<Value> = if answer.body.trim().is_empty() {
            Some(Value::Null)
        } else {
            let mut reader = serde_json::Deserializer::from_str(&answer.body);
            reader.disable_recursion_limit();
            serde::Deserialize::deserialize(&mut reader).ok()
        };
        if let Some(parsed) = &parsed {
            for (name, pointer) in step["capture"].as_object().into_iter().flatten() {
                if let Some(value) = parsed.pointer(pointer.as_str().unwrap()) {
                    context.vars.insert(name.clone(), value.clone());
                }
            }
        }
        let place = format!("step {} {method} {path}", index + 1);
        let mut found = compare(&mut context, &step["expect"], &answer, parsed.as_ref());
        if let (Some(upstream), Some(expected)) =
            (&upstream, step["expect"].get("upstream_requests"))
        {
            let expected: Vec<Value> = expected
                .as_array()
                .unwrap()
                .iter()
                .filter(|one| one.get("headers").is_some())
                .cloned()
                .collect();
            let mut distinct: Vec<Value> = Vec::new();
            for one in expected {
                if !distinct.contains(&one) {
                    distinct.push(one);
                }
            }
            let actual = Value::Array(upstream.take_forwarded());
            found.extend(context.differences(&Value::Array(distinct), &actual, "upstream"));
        }
        if let Some(expected) = step["expect"].get("audit") {
            let actual = audit_lines(case, &folder, &mut offsets);
            found.extend(context.differences(expected, &actual, "audit"));
        } else {
            audit_lines(case, &folder, &mut offsets);
        }
        differences.extend(
            found
                .into_iter()
                .map(|difference| format!("{place}: {difference}")),
        );
    }
    running.stop().await;
    differences
}

fn headers_of(
    step: &Value,
    context: &Context,
    jwt: &dyn Fn(&str) -> String,
) -> Vec<(String, String)> {
    let mut headers = Vec::new();
    if let Some(name) = step["as"].as_str() {
        let token = context
            .vars
            .get(name)
            .and_then(Value::as_str)
            .unwrap_or_default();
        headers.push(("X-Vault-Token".to_owned(), token.to_owned()));
    }
    for (name, value) in step["headers"].as_object().into_iter().flatten() {
        if name.eq_ignore_ascii_case("x-vault-token") {
            headers.clear();
        }
        let values = match context.filled(value, jwt) {
            Value::Array(values) => values,
            single => vec![single],
        };
        for value in values {
            headers.push((name.clone(), value.as_str().unwrap().to_owned()));
        }
    }
    headers
}

fn body_of(step: &Value, context: &Context, jwt: &dyn Fn(&str) -> String) -> Option<Vec<u8>> {
    if let Some(raw) = step["body_raw"].as_str() {
        return Some(context.text(raw, jwt).into_bytes());
    }
    if let Some(repeat) = step.get("body_repeat") {
        let text = |name: &str| repeat[name].as_str().unwrap().to_owned();
        let count = usize::try_from(repeat["count"].as_u64().unwrap()).unwrap();
        return Some(
            format!(
                "{}{}{}",
                text("prefix"),
                text("unit").repeat(count),
                text("suffix")
            )
            .into_bytes(),
        );
    }
    let body = step.get("body").filter(|body| !body.is_null())?;
    Some(context.filled(body, jwt).to_string().into_bytes())
}

fn compare(
    context: &mut Context,
    expected: &Value,
    answer: &crate::wire::Answer,
    parsed: Option<&Value>,
) -> Vec<String> {
    let mut differences = Vec::new();
    if let Some(status) = expected["status"].as_u64()
        && status != u64::from(answer.status)
    {
        let body: String = answer.body.chars().take(200).collect();
        differences.push(format!(
            "status {status} expected, got {} {body}",
            answer.status
        ));
    }
    if differences.is_empty() {
        if let Some(body) = expected.get("body") {
            match parsed {
                Some(parsed) => differences.extend(context.differences(body, parsed, "")),
                None => differences.push(format!("no JSON: {}", answer.body)),
            }
        }
        if let Some(text) = expected.get("body_text") {
            let actual = Value::String(answer.body.clone());
            differences.extend(context.differences(text, &actual, "text"));
        }
    }
    for (name, value) in expected["headers"].as_object().into_iter().flatten() {
        let actual = answer.headers.get(&name.to_lowercase());
        match (value, actual) {
            (Value::Null, None) => {}
            (Value::Null, Some(actual)) => {
                differences.push(format!("header {name}: none expected, got {actual}"));
            }
            (_, None) => differences.push(format!("header {name}: missing")),
            (value, Some(actual)) => {
                let actual = Value::String(actual.clone());
                differences.extend(context.differences(value, &actual, name));
            }
        }
    }
    differences
}

/// The lines that each file of the case got since the last call.
fn audit_lines(case: &Value, folder: &Folder, offsets: &mut BTreeMap<String, usize>) -> Value {
    let mut files = serde_json::Map::new();
    for file in case["audit_files"].as_array().into_iter().flatten() {
        let name = file.as_str().unwrap();
        let Ok(text) = std::fs::read_to_string(folder.0.join(name)) else {
            continue;
        };
        let offset = offsets.insert(name.to_owned(), text.len()).unwrap_or(0);
        let lines = text[offset..]
            .lines()
            .filter(|line| !line.trim().is_empty())
            .map(|line| {
                serde_json::from_str(line).unwrap_or_else(|_| {
                let (prefix, rest) = line.split_at(line.find('{').unwrap());
                json!({"(prefix)": prefix, "(line)": serde_json::from_str::<Value>(rest).unwrap()})
            })
            });
        files.insert(name.to_owned(), lines.collect());
    }
    Value::Object(files)
}
