//! The API of a row, made by calls of the control plane.

use std::collections::BTreeMap;

use serde_json::{Value as Json, json};

use super::backend::Backends;
use super::bench::{Answered, Bench, blob};
use super::case::{Given, Members};
use super::document;

/// The stage where a row names none.
pub(super) const STAGE: &str = "prod";
/// How the refusal of an import begins.
pub(super) const IMPORT_ERRORS: &str = "Errors found during import";
/// What a MOCK answers where a row does not say.
const MOCKED: &str = "{\"ok\": true}";

/// An API, and the ids of what was made with it.
#[derive(Debug, Default)]
pub(super) struct Built {
    pub(super) api: String,
    root: String,
    authorizer: String,
    pub(super) usage_plan: String,
    /// Ids of API keys by value.
    pub(super) keys: BTreeMap<String, String>,
    /// Names of a row and the lab's own: `{api}`, ids of keys.
    pub(super) names: Vec<(String, String)>,
    /// The method that was put last: resource and verb.
    method: Option<(String, String)>,
    /// Methods that have no integration yet.
    open: Vec<(String, String)>,
    is_deployed: bool,
}

/// Makes the API, its stages, keys and plans; answers what the last of the row's calls was answered.
pub(super) async fn build(
    bench: &Bench,
    given: &Given,
    backends: &Backends,
) -> Result<(Built, Option<Answered>), String> {
    let mut built = Built::default();
    let mut last = None;
    if let Some(document) = &given.openapi {
        let document = document::completed(document, given, &backends.urls)?;
        if let Some(refused) = built.import(bench, given, &document).await? {
            return Ok((built, Some(refused)));
        }
    } else {
        let makes_own = |call: &Members| call.get("op").is_some_and(|op| op == "CreateRestApi");
        if !given.calls.iter().any(makes_own) {
            built.create(bench).await?;
        }
    }
    built.models(bench, given).await?;
    for call in &given.calls {
        last = Some(built.call(bench, given, call).await?);
    }
    if built.api.is_empty() {
        return Ok((built, last));
    }
    built.change_api(bench, given).await?;
    if !built.is_deployed {
        built.deploy(bench, given).await?;
    }
    built.set_methods(bench, given).await?;
    built.keys_and_plans(bench, given).await?;
    for call in &given.after_deployment {
        let answered = built.call(bench, given, call).await?;
        if answered.status >= 300 {
            return Err(format!("{call:?} was answered {}", answered.body));
        }
    }
    built.names.push(("{api}".to_owned(), built.api.clone()));
    for (name, value) in variables(given) {
        let stated = given.stage_variables.get(name);
        if let Some(stated) = stated.filter(|stated| **stated != value) {
            built.names.push((stated.clone(), value));
        }
    }
    Ok((built, last))
}

pub(super) fn text(value: &Json, name: &str) -> String {
    value
        .get(name)
        .and_then(Json::as_str)
        .unwrap_or_default()
        .to_owned()
}

impl Built {
    async fn create(&mut self, bench: &Bench) -> Result<(), String> {
        let made = bench.call("CreateRestApi", json!({"name": "t"})).await?;
        self.keep(&made);
        Ok(())
    }

    fn keep(&mut self, api: &Json) {
        self.api = text(api, "id");
        self.root = text(api, "rootResourceId");
    }

    /// Imports the document; answers the refusal where there is one.
    async fn import(
        &mut self,
        bench: &Bench,
        given: &Given,
        document: &Json,
    ) -> Result<Option<Answered>, String> {
        let mut parameters = given.import_parameters.clone();
        if let Some(endpoint) = &given.endpoint {
            parameters.insert("endpointConfigurationTypes".to_owned(), endpoint.clone());
        }
        let mut text = document.to_string();
        let mut input = json!({});
        let mut operation = "ImportRestApi";
        if text.contains("{api}") {
            // A document that names its API is one that is put over it.
            self.create(bench).await?;
            text = text.replace("{api}", &self.api);
            input = json!({"restApiId": self.api, "mode": "overwrite"});
            operation = "PutRestApi";
        }
        input["body"] = blob(text.as_bytes());
        if !parameters.is_empty() {
            input["parameters"] = json!(parameters);
        }
        let answered = bench.ask_own(operation, &input).await?;
        if answered.status >= 300 {
            return Ok(Some(answered));
        }
        self.keep(&answered.body);
        Ok(None)
    }

    async fn models(&self, bench: &Bench, given: &Given) -> Result<(), String> {
        let mut models = given.models.clone();
        for call in &given.calls {
            let named = call.get("requestModels").and_then(Json::as_object);
            for name in named
                .into_iter()
                .flatten()
                .filter_map(|(_, name)| name.as_str())
            {
                // A schema that the row does not need to say.
                models
                    .entry(name)
                    .or_insert_with(|| json!({"type": "object"}));
            }
        }
        for (name, schema) in models {
            // References are names of models of the same API.
            let base = format!(
                "https://apigateway.amazonaws.com/restapis/{}/models/",
                self.api
            );
            let schema = schema
                .to_string()
                .replace("\"$ref\":\"", &format!("\"$ref\":\"{base}"));
            let input = json!({"restApiId": self.api, "name": name, "schema": schema,
                "contentType": "application/json"});
            bench.call("CreateModel", input).await?;
        }
        Ok(())
    }

    /// The resource of a path, made where it is not there.
    async fn resource(&self, bench: &Bench, path: &str) -> Result<String, String> {
        let found = bench
            .call("GetResources", json!({"restApiId": self.api, "limit": 500}))
            .await?;
        let known = found
            .get("items")
            .and_then(Json::as_array)
            .cloned()
            .unwrap_or_default();
        let mut id = self.root.clone();
        let mut above = String::new();
        for part in path.split('/').filter(|part| !part.is_empty()) {
            above = format!("{above}/{part}");
            let own = known.iter().find(|it| text(it, "path") == above);
            id = match own {
                Some(own) => text(own, "id"),
                None => {
                    let input = json!({"restApiId": self.api, "parentId": id, "pathPart": part});
                    text(&bench.call("CreateResource", input).await?, "id")
                }
            };
        }
        Ok(id)
    }

    /// One of a row's calls, with what it leaves out.
    pub(super) async fn call(
        &mut self,
        bench: &Bench,
        given: &Given,
        call: &Members,
    ) -> Result<Answered, String> {
        let mut input = call.clone();
        let operation = input
            .remove("op")
            .and_then(|op| op.as_str().map(str::to_owned));
        let operation = operation.ok_or_else(|| format!("a call has no `op`: {call:?}"))?;
        input.remove("after");
        if operation == "CreateDeployment" {
            if self.method.is_none() && given.openapi.is_none() {
                // What is deployed has a method.
                let put = json!({"restApiId": self.api, "resourceId": self.root,
                    "httpMethod": "GET", "authorizationType": "NONE"});
                bench.call("PutMethod", put).await?;
                let place = (self.root.clone(), "GET".to_owned());
                self.open.push(place.clone());
                self.method = Some(place);
            }
            self.close_methods(bench, given).await?;
            self.is_deployed = true;
            input.entry("stageName").or_insert_with(|| json!(STAGE));
            if !given.stage_variables.is_empty() {
                input
                    .entry("variables")
                    .or_insert_with(|| json!(variables(given)));
            }
        }
        self.complete(bench, &operation, &mut input).await?;
        let input = Json::Object(input);
        let answered = bench.ask_own(&operation, &input).await?;
        if answered.status < 300 {
            match operation.as_str() {
                "CreateRestApi" => self.keep(&answered.body),
                "CreateAuthorizer" => self.authorizer = text(&answered.body, "id"),
                "PutMethod" => {
                    let place = (text(&input, "resourceId"), text(&input, "httpMethod"));
                    self.open.push(place.clone());
                    self.method = Some(place);
                }
                "PutIntegration" => {
                    let place = (text(&input, "resourceId"), text(&input, "httpMethod"));
                    self.open.retain(|open| *open != place);
                    if text(&input, "type") == "MOCK" {
                        self.mocked_response(bench, given, &place).await?;
                    }
                }
                _ => {}
            }
        }
        Ok(answered)
    }

    /// What is implied: the API, the resource, the authorizer and so on.
    async fn complete(
        &self,
        bench: &Bench,
        operation: &str,
        input: &mut Members,
    ) -> Result<(), String> {
        if operation == "CreateRestApi" {
            input.entry("name").or_insert_with(|| json!("t"));
            if let Some(size) = input.remove("policySize").and_then(|it| it.as_u64()) {
                input.insert("policy".to_owned(), json!(policy_of(size)));
            }
            return Ok(());
        }
        if !operation.contains("Usage") && !operation.contains("ApiKey") {
            input.entry("restApiId").or_insert_with(|| json!(self.api));
        }
        match operation {
            "UpdateUsage" => {
                input
                    .entry("usagePlanId")
                    .or_insert_with(|| json!(self.usage_plan));
                let key = self.keys.values().next().cloned().unwrap_or_default();
                input.entry("keyId").or_insert_with(|| json!(key));
            }
            "FlushStageAuthorizersCache" | "FlushStageCache" | "UpdateStage" => {
                input.entry("stageName").or_insert_with(|| json!(STAGE));
            }
            "CreateResource" => {
                input.entry("parentId").or_insert_with(|| json!(self.root));
            }
            _ => {}
        }
        if let Some(path) = input.remove("path") {
            let id = self
                .resource(bench, path.as_str().unwrap_or_default())
                .await?;
            input.insert("resourceId".to_owned(), json!(id));
        } else if operation.contains("Method") || operation.contains("Integration") {
            let (resource, verb) = self
                .method
                .clone()
                .unwrap_or_else(|| (self.root.clone(), "GET".to_owned()));
            input.entry("resourceId").or_insert_with(|| json!(resource));
            input.entry("httpMethod").or_insert_with(|| json!(verb));
        }
        if operation == "PutMethod" {
            let kind = input
                .entry("authorizationType")
                .or_insert_with(|| json!("NONE"));
            let kind = kind.as_str().unwrap_or_default();
            if ["CUSTOM", "JWT", "COGNITO_USER_POOLS"].contains(&kind) {
                input
                    .entry("authorizerId")
                    .or_insert_with(|| json!(self.authorizer));
            }
            if let Some(name) = input.remove("requestValidator") {
                let id = self
                    .validator(bench, name.as_str().unwrap_or_default())
                    .await?;
                input.insert("requestValidatorId".to_owned(), json!(id));
            }
        }
        if operation == "PutIntegration" && input.get("type").is_some_and(|it| it == "MOCK") {
            let template = json!({"application/json": "{\"statusCode\": 200}"});
            input.entry("requestTemplates").or_insert(template);
        }
        Ok(())
    }

    async fn validator(&self, bench: &Bench, name: &str) -> Result<String, String> {
        let (body, parameters) = match name {
            "all" => (true, true),
            "body" => (true, false),
            "params" => (false, true),
            other => return Err(format!("nobody knows the request validator `{other}`")),
        };
        let input = json!({"restApiId": self.api, "name": name,
            "validateRequestBody": body, "validateRequestParameters": parameters});
        Ok(text(
            &bench.call("CreateRequestValidator", input).await?,
            "id",
        ))
    }

    async fn mocked_response(
        &self,
        bench: &Bench,
        given: &Given,
        (resource, verb): &(String, String),
    ) -> Result<(), String> {
        let at = json!({"restApiId": self.api, "resourceId": resource, "httpMethod": verb,
            "statusCode": "200"});
        bench.call("PutMethodResponse", at.clone()).await?;
        let template = given.template.as_deref().unwrap_or(MOCKED);
        let mut response = at;
        response["responseTemplates"] = json!({"application/json": template});
        bench.call("PutIntegrationResponse", response).await?;
        Ok(())
    }

    /// Gives every method that has none an integration.
    async fn close_methods(&mut self, bench: &Bench, given: &Given) -> Result<(), String> {
        for place in std::mem::take(&mut self.open) {
            let (resource, verb) = &place;
            let input = json!({"restApiId": self.api, "resourceId": resource, "httpMethod": verb,
                "type": "MOCK", "requestTemplates": {"application/json": "{\"statusCode\": 200}"}});
            bench.call("PutIntegration", input).await?;
            self.mocked_response(bench, given, &place).await?;
        }
        Ok(())
    }

    async fn change_api(&self, bench: &Bench, given: &Given) -> Result<(), String> {
        let mut patch: Vec<Json> = Vec::new();
        for (member, value) in &given.rest_api {
            let value = value
                .as_str()
                .map_or_else(|| value.to_string(), str::to_owned);
            patch.push(json!({"op": "replace", "path": format!("/{member}"), "value": value}));
        }
        for kind in &given.binary_media_types {
            let kind = kind.replace('~', "~0").replace('/', "~1");
            patch.push(json!({"op": "add", "path": format!("/binaryMediaTypes/{kind}")}));
        }
        if given.endpoint_policy.is_some() {
            return Err("the lab has no VPC endpoints, whose policy could be set".to_owned());
        }
        if !patch.is_empty() {
            let input = json!({"restApiId": self.api, "patchOperations": patch});
            bench.call("UpdateRestApi", input).await?;
        }
        Ok(())
    }

    async fn deploy(&mut self, bench: &Bench, given: &Given) -> Result<(), String> {
        self.close_methods(bench, given).await?;
        let stages = if given.stages.is_empty() {
            vec![STAGE.to_owned()]
        } else {
            given.stages.clone()
        };
        for stage in stages {
            let mut input = json!({"restApiId": self.api, "stageName": stage});
            if !given.stage_variables.is_empty() {
                input["variables"] = json!(variables(given));
            }
            bench.call("CreateDeployment", input).await?;
        }
        self.is_deployed = true;
        Ok(())
    }

    async fn set_methods(&self, bench: &Bench, given: &Given) -> Result<(), String> {
        let mut patch = Vec::new();
        for (place, settings) in &given.method_settings {
            let (path, verb) = place.rsplit_once('/').unwrap_or(("*", place));
            let path = path.replace('~', "~0").replace('/', "~1");
            let path = if path == "*" {
                path
            } else {
                format!("~1{}", path.trim_start_matches("~1"))
            };
            for (name, value) in settings {
                let name = match name.as_str() {
                    "throttlingRateLimit" => "throttling/rateLimit",
                    "throttlingBurstLimit" => "throttling/burstLimit",
                    "loggingLevel" => "logging/loglevel",
                    "dataTraceEnabled" => "logging/dataTrace",
                    "metricsEnabled" => "metrics/enabled",
                    other => return Err(format!("nobody knows the setting `{other}`")),
                };
                let value = value
                    .as_str()
                    .map_or_else(|| value.to_string(), str::to_owned);
                patch.push(
                    json!({"op": "replace", "path": format!("/{path}/{verb}/{name}"),
                    "value": value}),
                );
            }
        }
        if !patch.is_empty() {
            let input =
                json!({"restApiId": self.api, "stageName": STAGE, "patchOperations": patch});
            bench.call("UpdateStage", input).await?;
        }
        Ok(())
    }
}

/// The stage variables. A blank, which no value of one has, is an underscore.
fn variables(given: &Given) -> BTreeMap<&str, String> {
    let variables = given.stage_variables.iter();
    variables
        .map(|(name, value)| (name.as_str(), value.replace(' ', "_")))
        .collect()
}

/// A resource policy of so many characters.
fn policy_of(size: u64) -> String {
    let with = |sid: &str| {
        json!({"Version": "2012-10-17", "Statement": [{"Sid": sid, "Effect": "Allow", "Principal": "*",
            "Action": "execute-api:Invoke", "Resource": "execute-api:/*"}]})
        .to_string()
    };
    let own = with("").len();
    let left = usize::try_from(size)
        .unwrap_or_default()
        .saturating_sub(own);
    with(&"a".repeat(left))
}
