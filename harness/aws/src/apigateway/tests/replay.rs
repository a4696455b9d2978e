//! The calls of a row, made in a lab of its own.

use std::collections::BTreeMap;
use std::sync::Arc;

use authlab_wire::{Models, Value, to_value};
use serde_json::{Value as Json, json};

use super::fixture;
use super::golden::{Answered, Placeholders, Row, Step};
use crate::front::FrontDoor;
use crate::front::testing::{MANAGEMENT, door};

/// Where the rows were recorded; the account is that of the lab's management.
pub(super) const REGION: &str = "us-east-1";

/// Texts of a row that mean another row's made-up name: row, text, replayed text.
const TEXTS: [(&str, &str, &str); 4] = [
    ("CPR-050", "apiid123{uid}", "fake-api-id"),
    ("CPR-099", "test-key-{uid}", "test-key-2"),
    ("CPR-100", "test-key-{uid}", "test-key-1"),
    (
        "CPR-124",
        "{lambda_uri}",
        "arn:aws:lambda:us-east-1:111111111111:function:authz",
    ),
];

/// A lab, and what the calls of one row left.
pub(super) struct Replay {
    door: Arc<FrontDoor>,
    row: String,
    /// Answers by label, and what steps save.
    known: BTreeMap<String, Json>,
    /// How many names were made up.
    names: usize,
    placeholders: Placeholders,
}

impl Replay {
    pub(super) fn of(row: &Row) -> Self {
        Self {
            door: door(),
            row: row.id.clone(),
            known: BTreeMap::new(),
            names: 0,
            placeholders: Placeholders::default(),
        }
    }

    /// One call.
    pub(super) async fn call(&self, operation: &str, input: &Json) -> Answered {
        let model = Models::service("apigateway").unwrap();
        let Some(row) = model.operation(operation) else {
            panic!("{}: no operation `{operation}`", self.row);
        };
        // A document to be imported is a text.
        let mut input = input.clone();
        if let Some(body) = input.get_mut("body").filter(|body| body.is_object()) {
            *body = Json::String(body.to_string());
        }
        let input = match to_value(&input).unwrap() {
            Value::Null => Value::empty(),
            input => input,
        };
        let answer = self
            .door
            .perform_as(MANAGEMENT, REGION, "apigateway", operation, input);
        match answer.await {
            Ok(answer) => {
                let mut body = serde_json::to_value(&answer).unwrap();
                // A document that is exported is bytes.
                if let Some(Value::Blob(bytes)) = answer.get("body") {
                    body["body"] = serde_json::from_slice(bytes).unwrap();
                }
                Answered {
                    status: row.status,
                    code: None,
                    body,
                }
            }
            Err(error) => Answered {
                status: error.status,
                code: Some(error.code.clone()),
                body: json!({"message": error.message}),
            },
        }
    }

    /// Replays a recorded sequence, after what its original makes before.
    pub(super) async fn sequence(&mut self, row: &Row) -> Result<(), String> {
        let found = fixture::FIXTURES.iter().find(|(id, _)| *id == row.id);
        if let Some((_, before)) = found {
            let texts = fixture::TEXTS;
            let texts = texts.map(|(name, text)| (name.to_owned(), json!(text)));
            self.known.extend(texts);
            for steps in *before {
                let steps: Vec<Step> = serde_json::from_str(steps).unwrap();
                self.steps(&steps).await?;
            }
        }
        self.steps(&row.steps).await
    }

    async fn steps(&mut self, steps: &[Step]) -> Result<(), String> {
        for (index, step) in steps.iter().enumerate() {
            let mut params = self.filled(&step.op, &step.params);
            self.complete(&step.op, &mut params, false);
            let answered = self.call(&step.op, &params).await;
            let place = format!("step {index}, {}", step.op);
            match &step.expected {
                Some(expected) => {
                    let found = self.placeholders.compare(expected, &answered);
                    found.map_err(|error| format!("{place} {params}: {error}"))?;
                }
                None if answered.code.is_some() => {
                    return Err(format!("{place} {params}: {answered:?}"));
                }
                None => {}
            }
            self.keep(
                &step.op,
                &params,
                answered.body,
                step.label.as_deref(),
                &step.saves,
            );
        }
        Ok(())
    }

    fn keep(
        &mut self,
        operation: &str,
        params: &Json,
        body: Json,
        label: Option<&str>,
        saves: &BTreeMap<String, String>,
    ) {
        let own = self.known.clone();
        if operation == "CreateRestApi" {
            for name in ["root_id", "root_resource_id", "root_res_id"] {
                self.known
                    .insert(name.to_owned(), body["rootResourceId"].clone());
            }
        }
        for (name, member) in saves {
            // A list's only id is that of its first entry.
            let found = body
                .get(member)
                .or_else(|| body.pointer(&format!("/items/0/{member}")));
            self.known
                .insert(name.clone(), found.cloned().unwrap_or_default());
        }
        if operation == "CreateResource" {
            self.known.insert("resource".to_owned(), body.clone());
        }
        if operation == "CreateApiKey" && !own.contains_key("api_key_name") {
            self.known
                .insert("api_key_name".to_owned(), params["name"].clone());
        }
        if body.get("position").is_some_and(Json::is_string) {
            self.known.insert("api_keys_page".to_owned(), body.clone());
        }
        if let Some(label) = label {
            self.known.insert(label.replace('-', "_"), body);
        }
    }

    /// The input with what is known in place of `{name}`, and names in place of `n-{uid}`.
    fn filled(&mut self, operation: &str, params: &Json) -> Json {
        match params {
            Json::String(text) => Json::String(self.text(operation, text)),
            Json::Array(items) => items
                .iter()
                .map(|item| self.filled(operation, item))
                .collect(),
            Json::Object(members) => {
                let filled = members
                    .iter()
                    .map(|(name, value)| (name.clone(), self.filled(operation, value)));
                filled.collect()
            }
            other => other.clone(),
        }
    }

    fn text(&mut self, operation: &str, text: &str) -> String {
        let mut text = text.to_owned();
        for (row, given, meant) in TEXTS {
            if self.row == row {
                text = text.replace(given, meant);
            }
        }
        if text.contains("{uid}") {
            self.names += usize::from(operation.starts_with("Create"));
            let start = if operation == "CreateApiKey" {
                "test-key-"
            } else {
                "n-"
            };
            let name = if operation == "CreateApiKey" {
                let keys = self
                    .known
                    .keys()
                    .filter(|name| name.starts_with("create_api_key"));
                keys.count() + 1
            } else {
                self.names
            };
            text = text.replace("n-{uid}", &format!("{start}{name}"));
            text = text.replace("{uid}", "none");
        }
        text = text.replace("{region_name}", REGION);
        let mut filled = String::new();
        let mut rest = text.as_str();
        while let Some((before, behind)) = rest.split_once('{') {
            filled.push_str(before);
            let known = behind.split_once('}').and_then(|(name, after)| {
                let is_variable = before.ends_with('$');
                Some((self.named(name).filter(|_| !is_variable)?, after))
            });
            match known {
                Some((value, after)) => {
                    filled.push_str(&value);
                    rest = after;
                }
                None => {
                    filled.push('{');
                    rest = behind;
                }
            }
        }
        filled + rest
    }

    /// What an expression stands for: `name`, `name['member']`, `name[_8]` (the first eight), `.upper_`.
    fn named(&self, expression: &str) -> Option<String> {
        if let Some(lower) = expression.strip_suffix(".upper_") {
            return self.named(lower).map(|text| text.to_uppercase());
        }
        let (name, part) = match expression.split_once('[') {
            Some((name, part)) => (name, Some(part.strip_suffix(']')?)),
            None => (expression, None),
        };
        let value = self.known.get(name)?;
        let Some(part) = part else {
            return value.as_str().map(str::to_owned);
        };
        if let Some((from, to)) = part.split_once('_') {
            let text = value.as_str()?;
            let from = from.parse().unwrap_or(0);
            return text
                .get(from..to.parse().unwrap_or(text.len()))
                .map(str::to_owned);
        }
        value[part.trim_matches('\'')].as_str().map(str::to_owned)
    }

    /// Members that a row leaves out because any value does, or only one is meant.
    fn complete(&self, operation: &str, params: &mut Json, with_api: bool) {
        let model = Models::service("apigateway").unwrap();
        let shape = model.operation(operation).and_then(|it| it.input_shape());
        let Some(shape) = shape else {
            return;
        };
        if !params.is_object() {
            *params = json!({});
        }
        for member in shape.members().iter().filter(|member| member.is_required) {
            let value = match member.name {
                "name" => json!("a"),
                "restApiId" if with_api => self.known["api"].clone(),
                "resourceId" if with_api => self.resource(params),
                "authorizerId" if with_api => self.known["last"].clone(),
                _ => continue,
            };
            if params.get(member.name).is_none() {
                params[member.name] = value;
            }
        }
        // The path stood for the resource.
        if let (None, Some(params)) = (shape.member("path"), params.as_object_mut()) {
            params.remove("path");
        }
    }

    /// The resource that a row names by its path, or the root.
    fn resource(&self, params: &Json) -> Json {
        let path = params["path"].as_str().unwrap_or_default();
        self.known
            .get(path)
            .unwrap_or(&self.known["root_id"])
            .clone()
    }

    /// Learns the ids of an API's resources by their paths.
    async fn learn_resources(&mut self) {
        let of = json!({"restApiId": self.known["api"]});
        let resources = self.call("GetResources", &of).await.body;
        for resource in resources["items"].as_array().into_iter().flatten() {
            let path = resource["path"].as_str().unwrap_or_default();
            self.known.insert(path.to_owned(), resource["id"].clone());
        }
    }

    /// Makes the calls of a row of the other table, in an API where none is made, and looks at the
    /// answer of the last.
    pub(super) async fn calls(&mut self, row: &Row) -> Result<(), String> {
        let calls = row.given["calls"].as_array().cloned().unwrap_or_default();
        let api = self.call("CreateRestApi", &json!({"name": "a"})).await.body;
        self.known.insert("api".to_owned(), api["id"].clone());
        self.known
            .insert("root_id".to_owned(), api["rootResourceId"].clone());
        let mut last = None;
        for mut call in calls {
            let Some(operation) = call["op"].as_str().map(str::to_owned) else {
                return Err(format!("no call of the control plane: {call}"));
            };
            if let Some(members) = call.as_object_mut() {
                members.remove("op");
            }
            let mut params = self.filled(&operation, &call);
            self.complete(&operation, &mut params, true);
            let answered = self.call(&operation, &params).await;
            if answered.body["id"].is_string() {
                let name = if operation == "CreateRestApi" || operation == "ImportRestApi" {
                    "api"
                } else {
                    "last"
                };
                self.known
                    .insert(name.to_owned(), answered.body["id"].clone());
            }
            if operation.ends_with("RestApi") {
                self.learn_resources().await;
            }
            last = Some((params, answered));
        }
        let (params, answered) = last.ok_or("no call")?;
        let id = self.known["api"].as_str().unwrap_or_default().to_owned();
        for expected in &row.expected {
            let expected = expected.to_string().replace("{api}", &id);
            let expected = serde_json::from_str(&expected).unwrap();
            let found = self.placeholders.compare(&expected, &answered);
            found.map_err(|error| format!("{params}: {error}"))?;
        }
        Ok(())
    }
}
