//! One case: its steps in order.

use std::collections::BTreeMap;

use authlab_kernel::SignedDuration;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderMap, HeaderName, HeaderValue};
use serde_json::{Map, Value, json};

use crate::archive;
use crate::client::{Client, Key};
use crate::decode::{self, Answer};
use crate::encode::Request;
use crate::matching::{Holes, differences};

/// How a case ended.
pub enum Verdict {
    /// As on AWS.
    Same,
    /// Otherwise, and where.
    Differs(Vec<String>),
    /// At an operation that the lab answers 501, with nothing amiss before.
    NotThere(String),
}

struct Run<'a> {
    client: &'a Client,
    names: BTreeMap<String, Value>,
    holes: Holes,
    calls: u32,
}

/// Replays a case in an account of its own.
pub async fn run(case: &Value, client: &Client, account: u64) -> Verdict {
    let region = case["region"].as_str().unwrap_or("us-east-1");
    let names = [
        ("account", account.to_string()),
        ("account2", (account + 1).to_string()),
        ("region", region.to_owned()),
        ("partition", "aws".to_owned()),
    ];
    let mut run = Run {
        client,
        names: names
            .into_iter()
            .map(|(name, value)| (name.to_owned(), Value::from(value)))
            .collect(),
        holes: Holes::new(),
        calls: 0,
    };
    let mut why = Vec::new();
    let steps = case["steps"].as_array().into_iter().flatten();
    for (number, step) in steps.enumerate() {
        match run.step(number + 1, step).await {
            Outcome::Same => {}
            Outcome::NotThere(operation) if why.is_empty() => return Verdict::NotThere(operation),
            Outcome::NotThere(operation) => {
                why.push(format!("step {}: `{operation}` is not there", number + 1));
                break;
            }
            Outcome::Differs { where_, ends } => {
                why.extend(where_);
                if ends {
                    break;
                }
            }
        }
    }
    if why.is_empty() {
        Verdict::Same
    } else {
        Verdict::Differs(why)
    }
}

enum Outcome {
    Same,
    NotThere(String),
    /// `ends`: later steps rest on this one.
    Differs {
        where_: Vec<String>,
        ends: bool,
    },
}

impl Run<'_> {
    async fn step(&mut self, number: usize, step: &Value) -> Outcome {
        let wrong = |text: String| Outcome::Differs {
            where_: vec![format!("step {number}: {text}")],
            ends: true,
        };
        if let Some(seconds) = step["advance"].as_i64() {
            let clock = self.client.clock();
            return match clock.advance_seconds(seconds).await {
                Ok(_) => Outcome::Same,
                Err(error) => wrong(error.to_string()),
            };
        }
        let call = &step["call"];
        let service = call["service"].as_str().unwrap_or_default();
        let operation = call["operation"].as_str().unwrap_or_default();
        let name = format!("{service}:{operation}");
        if let Some(missing) = self.missing(call) {
            return wrong(format!("{name}: nothing captured as {missing}"));
        }
        let expect = self.value(&step["expect"], false);
        let answer = match self.answer(call).await {
            Some(answer) => answer,
            None => return Outcome::NotThere(name),
        };
        let expects_501 = expect["status"] == 501;
        if answer.status == 501 && !expects_501 {
            return Outcome::NotThere(name);
        }
        let mut where_ = Vec::new();
        let ends = self.compare(&name, &expect, &answer, &mut where_);
        if let Some(until) = call["until"].as_object() {
            for (pointer, values) in until {
                let got = answer.members.pointer(pointer).unwrap_or(&Value::Null);
                if !values.as_array().is_some_and(|values| values.contains(got)) {
                    where_.push(format!("{name}: {pointer} is {got}, want one of {values}"));
                }
            }
        }
        for (as_name, pointer) in step["capture"].as_object().into_iter().flatten() {
            let found = answer.members.pointer(pointer.as_str().unwrap_or_default());
            if let Some(found) = found {
                self.names.insert(as_name.clone(), found.clone());
            }
        }
        if where_.is_empty() {
            return Outcome::Same;
        }
        let where_ = where_
            .into_iter()
            .map(|text| format!("step {number} {text}"));
        Outcome::Differs {
            where_: where_.collect(),
            ends,
        }
    }

    /// Compares, and tells whether the case ends here.
    fn compare(
        &mut self,
        name: &str,
        expect: &Value,
        answer: &Answer,
        out: &mut Vec<String>,
    ) -> bool {
        let status = expect["status"].as_u64();
        let wants_refusal =
            expect.get("code").is_some() || status.is_some_and(|status| status >= 300);
        match (&answer.refusal, wants_refusal) {
            (None, true) => {
                out.push(format!(
                    "{name}: accepted ({}), want {} {}: {}",
                    answer.status, expect["status"], expect["code"], expect["message"]
                ));
                return true;
            }
            (Some((code, message)), false) => {
                out.push(format!(
                    "{name}: {} {code}: {message}; want {}",
                    answer.status,
                    status.unwrap_or(200)
                ));
                return true;
            }
            _ => {}
        }
        if let Some(status) = status.filter(|status| *status != u64::from(answer.status)) {
            out.push(format!("{name}: status {}, want {status}", answer.status));
        }
        if let Some((code, message)) = &answer.refusal {
            match expect["code"].as_str() {
                Some(wanted) if wanted != code => {
                    out.push(format!("{name}: code {code} ({message}), want {wanted}"));
                }
                _ => {
                    if let Some(wanted) = expect.get("message").filter(|it| !it.is_null()) {
                        let at = format!("{name} message");
                        let got = Value::from(message.as_str());
                        differences(wanted, &got, &at, &mut self.holes, out);
                    }
                }
            }
        }
        if let Some(members) = expect.get("members") {
            differences(members, &answer.members, name, &mut self.holes, out);
        }
        false
    }

    /// The answer; `None` when the service has no model in the tree.
    async fn answer(&mut self, call: &Value) -> Option<Answer> {
        let key = self.key(&call["as"]);
        let region = call["region"].as_str().map(str::to_owned);
        let region = region.unwrap_or_else(|| self.text(&self.names["region"]));
        if let Some(raw) = call.get("http") {
            return Some(self.raw(raw, &key, &region).await);
        }
        let service = call["service"].as_str().unwrap_or_default();
        let operation = Client::operation(service, call["operation"].as_str().unwrap_or_default())?;
        let params = self.value(&call["params"], true);
        let params = if params.is_null() { json!({}) } else { params };
        self.calls += 1;
        let sequence = format!(
            "{}{:03}",
            self.text(&self.names["account"]).split_at(4).1,
            self.calls
        );
        Some(
            self.client
                .call(operation, &params, &key, &region, &sequence)
                .await,
        )
    }

    /// A request that no model in the tree describes.
    async fn raw(&self, raw: &Value, key: &Key, region: &str) -> Answer {
        let text = |name: &str| raw[name].as_str().unwrap_or_default().to_owned();
        let mut headers = HeaderMap::new();
        for (name, value) in raw["headers"].as_object().into_iter().flatten() {
            headers.insert(
                HeaderName::from_bytes(name.as_bytes()).unwrap(),
                HeaderValue::from_str(value.as_str().unwrap_or_default()).unwrap(),
            );
        }
        let target = text("target");
        let (path, query) = target.split_once('?').unwrap_or((&target, ""));
        let request = Request {
            method: text("method").parse().unwrap(),
            path: path.to_owned(),
            query: query.to_owned(),
            headers,
            body: self.fill(&text("body")).into_bytes(),
        };
        let (status, headers, body) = self
            .client
            .send(request, &text("scope"), Some(key), region)
            .await;
        if status >= 300 {
            return decode::refusal(status, &headers, &body);
        }
        let text = String::from_utf8_lossy(&body);
        Answer {
            status,
            refusal: None,
            members: serde_json::from_str(&text).unwrap_or_else(|_| json!({ "text": text })),
        }
    }

    fn key(&self, who: &Value) -> Key {
        let root = |account: &str| Key {
            id: self.text(&self.names[account]),
            secret: "test".to_owned(),
            token: None,
        };
        match who {
            Value::Object(parts) => {
                let part = |name: &str| Some(self.fill(parts.get(name)?.as_str()?));
                Key {
                    id: part("key").unwrap_or_default(),
                    secret: part("secret").unwrap_or_default(),
                    token: part("token"),
                }
            }
            Value::String(name) => root(name),
            _ => root("account"),
        }
    }

    /// A name of the call that nothing was captured as.
    fn missing(&self, call: &Value) -> Option<String> {
        let text = call.to_string();
        let mut rest = text.as_str();
        while let Some((_, after)) = rest.split_once("${") {
            let (name, after) = after.split_once('}')?;
            if !self.names.contains_key(name) {
                return Some(name.to_owned());
            }
            rest = after;
        }
        None
    }

    fn text(&self, value: &Value) -> String {
        match value {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        }
    }

    /// A text with what was captured.
    fn fill(&self, text: &str) -> String {
        let mut filled = String::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once("${") {
            filled.push_str(before);
            match after.split_once('}') {
                Some((name, after)) => {
                    match self.names.get(name) {
                        Some(value) => filled.push_str(&self.text(value)),
                        None => filled.push_str(&format!("${{{name}}}")),
                    }
                    rest = after;
                }
                None => {
                    filled.push_str("${");
                    rest = after;
                }
            }
        }
        filled + rest
    }

    /// A value with what was captured; of parameters also what stands for bytes and the like.
    fn value(&self, value: &Value, special: bool) -> Value {
        match value {
            Value::String(text) => {
                let whole = text.strip_prefix("${").and_then(|it| it.strip_suffix('}'));
                match whole.and_then(|name| self.names.get(name)) {
                    Some(value) => value.clone(),
                    None => Value::from(self.fill(text)),
                }
            }
            Value::Array(elements) => {
                let filled = elements.iter().map(|value| self.value(value, special));
                Value::Array(filled.collect())
            }
            Value::Object(members) => {
                if special && let Some(value) = self.special(members) {
                    return value;
                }
                let filled = members
                    .iter()
                    .map(|(name, value)| (self.fill(name), self.value(value, special)));
                Value::Object(filled.collect())
            }
            other => other.clone(),
        }
    }

    fn special(&self, members: &Map<String, Value>) -> Option<Value> {
        let (name, value) = members.iter().next().filter(|_| members.len() == 1)?;
        let bytes = |bytes: &[u8]| Some(json!({ "$bytes": STANDARD.encode(bytes) }));
        match name.as_str() {
            "$bytes" => Some(json!({ "$bytes": self.fill(value.as_str()?) })),
            "$text" => bytes(self.fill(value.as_str()?).as_bytes()),
            "$zip" => {
                let files = value.as_object()?.iter();
                let files = files.map(|(name, text)| {
                    (name.clone(), text.as_str().unwrap_or_default().to_owned())
                });
                bytes(&archive::zip(&files.collect::<Vec<_>>()))
            }
            "$repeat" => {
                let count = usize::try_from(value[1].as_u64()?).ok()?;
                Some(Value::from(value[0].as_str()?.repeat(count)))
            }
            "$ago" => {
                let now = self.client.clock().now();
                let then = now - SignedDuration::from_secs(value.as_i64()?);
                Some(Value::from(then.to_string()))
            }
            _ => None,
        }
    }
}
