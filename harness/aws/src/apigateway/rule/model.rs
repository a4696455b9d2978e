//! Models, request validators, gateway responses.

use crate::apigateway::error::{Error, Missing};
use crate::apigateway::resource::{Api, GatewayResponse, Model, RequestValidator, Texts};
use crate::apigateway::rule::mapping::{self, Mapped};
use crate::apigateway::state::PART_ID_LENGTH;
use crate::shared::Ctx;

/// The types of gateway responses with their statuses (recorded); those without stand for a class.
const GATEWAY_RESPONSES: [(&str, Option<&str>); 21] = [
    ("ACCESS_DENIED", Some("403")),
    ("API_CONFIGURATION_ERROR", Some("500")),
    ("AUTHORIZER_CONFIGURATION_ERROR", Some("500")),
    ("AUTHORIZER_FAILURE", Some("500")),
    ("BAD_REQUEST_BODY", Some("400")),
    ("BAD_REQUEST_PARAMETERS", Some("400")),
    ("DEFAULT_4XX", None),
    ("DEFAULT_5XX", None),
    ("EXPIRED_TOKEN", Some("403")),
    ("INTEGRATION_FAILURE", Some("504")),
    ("INTEGRATION_TIMEOUT", Some("504")),
    ("INVALID_API_KEY", Some("403")),
    ("INVALID_SIGNATURE", Some("403")),
    ("MISSING_AUTHENTICATION_TOKEN", Some("403")),
    ("QUOTA_EXCEEDED", Some("429")),
    ("REQUEST_TOO_LARGE", Some("413")),
    ("RESOURCE_NOT_FOUND", Some("404")),
    ("THROTTLED", Some("429")),
    ("UNAUTHORIZED", Some("401")),
    ("UNSUPPORTED_MEDIA_TYPE", Some("415")),
    ("WAF_FILTERED", Some("403")),
];

/// The template of every gateway response that has none of its own (recorded).
const TEMPLATE: (&str, &str) = (
    "application/json",
    r#"{"message":$context.error.messageString}"#,
);

impl Api {
    /// A model.
    ///
    /// # Errors
    /// There is none. (Recorded.)
    pub fn model(&self, name: &str) -> Result<&Model, Error> {
        let found = self.content.models.get(name);
        found.ok_or_else(|| Missing::Model.named(name))
    }

    /// Makes a model.
    ///
    /// # Errors
    /// The name is empty or taken, or there is no schema. (Recorded.)
    pub fn add_model(&mut self, mut model: Model, ctx: &Ctx<'_>) -> Result<Model, Error> {
        if model.name.is_empty() {
            return Err(Error::stated("Model name must be non-empty"));
        }
        if !model.name.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            // Unverified.
            let name = model.name;
            return Err(Error::stated(format!(
                "Model name must be alphanumeric: {name}"
            )));
        }
        if self.content.models.contains_key(&model.name) {
            return Err(Error::Taken {
                what: "model",
                name: model.name,
                text: "Model name already exists for this REST API".to_owned(),
            });
        }
        model.id = self.draw("model-id", &model.name, PART_ID_LENGTH, ctx);
        self.put_model(model)
    }

    /// Keeps a model that is new or changed.
    ///
    /// # Errors
    /// There is no schema (recorded), or it is none.
    pub fn put_model(&mut self, mut model: Model) -> Result<Model, Error> {
        model.description = model.description.filter(|text| !text.is_empty());
        let schema = model.schema.as_deref().unwrap_or_default();
        if schema.is_empty() {
            return Err(Error::stated(
                "Model schema must have at least 1 property or array items defined",
            ));
        }
        let is_json = model.content_type.contains("json");
        let is_schema =
            serde_json::from_str::<serde_json::Value>(schema).is_ok_and(|it| it.is_object());
        if is_json && !is_schema {
            // Unverified.
            return Err(Error::stated(
                "Invalid model specified: Validation Result: warnings : [], errors : [Invalid model \
                 schema specified]",
            ));
        }
        self.content
            .models
            .insert(model.name.clone(), model.clone());
        Ok(model)
    }

    /// Takes a model away that no method names.
    ///
    /// # Errors
    /// There is none, or a method names it (recorded; of a response's model the text is unverified).
    pub fn remove_model(&mut self, name: &str) -> Result<(), Error> {
        self.model(name)?;
        let mut users = Vec::new();
        for resource in self.resources() {
            for (verb, method) in &resource.methods {
                let place = format!("{}/{verb}", resource.path);
                if method.request_models.values().any(|it| it == name) {
                    users.push(format!("method request: {place}"));
                }
                let mut responses = method.method_responses.values();
                let models = |it: &Texts| it.values().any(|it| it == name);
                if responses.any(|it| it.response_models.as_ref().is_some_and(models)) {
                    users.push(format!("method response: {place}"));
                }
            }
        }
        if let Some(by) = users.pop() {
            return Err(Error::InUse {
                is_conflict: true,
                what: "model",
                name: name.to_owned(),
                text: format!("Cannot delete model '{name}', is referenced in {by}"),
                by,
            });
        }
        self.content.models.remove(name);
        Ok(())
    }

    /// A request validator.
    ///
    /// # Errors
    /// There is none. (Recorded.)
    pub fn request_validator(&self, id: &str) -> Result<&RequestValidator, Error> {
        let found = self.content.request_validators.get(id);
        found.ok_or_else(|| Missing::RequestValidator.named(id))
    }

    /// Makes a request validator.
    ///
    /// # Errors
    /// The name is blank.
    pub fn add_request_validator(
        &mut self,
        mut validator: RequestValidator,
        ctx: &Ctx<'_>,
    ) -> Result<RequestValidator, Error> {
        let name = validator.name.clone().unwrap_or_default();
        validator.id = self.draw("request-validator-id", &name, PART_ID_LENGTH, ctx);
        self.put_request_validator(validator)
    }

    /// Keeps a request validator that is new or changed.
    ///
    /// # Errors
    /// The name is blank. (Recorded for a change.)
    pub fn put_request_validator(
        &mut self,
        validator: RequestValidator,
    ) -> Result<RequestValidator, Error> {
        if validator
            .name
            .as_deref()
            .is_none_or(|name| name.trim().is_empty())
        {
            return Err(Error::stated("Request Validator name cannot be blank"));
        }
        let id = validator.id.clone();
        self.content
            .request_validators
            .insert(id, validator.clone());
        Ok(validator)
    }

    /// Takes a request validator away.
    ///
    /// # Errors
    /// There is none. (Recorded.)
    pub fn remove_request_validator(&mut self, id: &str) -> Result<(), Error> {
        self.request_validator(id)?;
        self.content.request_validators.remove(id);
        Ok(())
    }

    /// A gateway response: the API's own, or what it has without: what its own response for the class
    /// says (recorded), or what every API has.
    pub fn gateway_response(&self, kind: &str) -> GatewayResponse {
        let status = status_of(kind);
        if let Some(own) = self.content.gateway_responses.get(kind) {
            return shown(own.clone());
        }
        let class = match status.map(|status| status.starts_with('4')) {
            Some(true) => "DEFAULT_4XX",
            Some(false) => "DEFAULT_5XX",
            None => "",
        };
        let class = self
            .content
            .gateway_responses
            .get(class)
            .cloned()
            .map(shown);
        let class = class.as_ref();
        let (template_type, template) = TEMPLATE;
        let template = || Texts::from([(template_type.to_owned(), template.to_owned())]);
        GatewayResponse {
            response_type: kind.to_owned(),
            status_code: class
                .and_then(|class| class.status_code.clone())
                .or_else(|| status.map(str::to_owned)),
            response_parameters: class
                .map(|it| it.response_parameters.clone())
                .unwrap_or_default(),
            response_templates: class.map_or_else(template, |it| it.response_templates.clone()),
            default_response: true,
        }
    }

    /// All gateway responses, by type (recorded).
    pub fn gateway_responses(&self) -> Vec<GatewayResponse> {
        let kinds = GATEWAY_RESPONSES.iter();
        kinds.map(|(kind, _)| self.gateway_response(kind)).collect()
    }

    /// Keeps a gateway response as it is given: a status that is shown and was not given is not always what
    /// is answered (recorded for INTEGRATION_FAILURE). The answer is what is shown of it.
    ///
    /// # Errors
    /// The status, a header's name or its source is none. (Texts unverified.)
    pub fn put_gateway_response(
        &mut self,
        mut response: GatewayResponse,
    ) -> Result<GatewayResponse, Error> {
        if let Some(status) = response.status_code.as_deref()
            && !is_status(status)
        {
            let problem = format!("`{status}` is no status: give 100 to 599");
            return Err(Error::invalid("statusCode", problem));
        }
        mapping::check(Mapped::GatewayResponse, &response.response_parameters)?;
        response.default_response = false;
        let kind = response.response_type.clone();
        self.content
            .gateway_responses
            .insert(kind, response.clone());
        Ok(shown(response))
    }

    /// Keeps what a patch made of a gateway response: what was shown and never given is not given by it.
    ///
    /// # Errors
    /// As [`Self::put_gateway_response`].
    pub fn patch_gateway_response(
        &mut self,
        mut patched: GatewayResponse,
        with_status: bool,
    ) -> Result<GatewayResponse, Error> {
        let own = self.content.gateway_responses.get(&patched.response_type);
        let unsaid = shown(GatewayResponse {
            response_type: patched.response_type.clone(),
            ..GatewayResponse::default()
        });
        let had_status = own.is_some_and(|own| own.status_code.is_some());
        if !with_status && !had_status && patched.status_code == unsaid.status_code {
            patched.status_code = None;
        }
        if patched.response_templates == unsaid.response_templates {
            patched.response_templates.clear();
        }
        self.put_gateway_response(patched)
    }

    /// Takes a gateway response of the API's own away.
    ///
    /// # Errors
    /// It has none. (Recorded.)
    pub fn remove_gateway_response(&mut self, kind: &str) -> Result<(), Error> {
        let gone = self.content.gateway_responses.remove(kind);
        gone.map(|_| ())
            .ok_or_else(|| Missing::GatewayResponse.named(kind))
    }
}

/// Three digits, the first of them 1 to 5 (the model's pattern of a status).
fn is_status(text: &str) -> bool {
    matches!(text.as_bytes(), [b'1'..=b'5', b'0'..=b'9', b'0'..=b'9'])
}

/// What is shown of an API's own gateway response: what it does not say is as in every API (recorded).
fn shown(mut own: GatewayResponse) -> GatewayResponse {
    let status = status_of(&own.response_type);
    own.status_code = own.status_code.or_else(|| status.map(str::to_owned));
    if own.response_templates.is_empty() {
        let (kind, template) = TEMPLATE;
        own.response_templates
            .insert(kind.to_owned(), template.to_owned());
    }
    own
}

/// Whether there is a gateway response of this type.
pub(in crate::apigateway) fn is_gateway_response(kind: &str) -> bool {
    GATEWAY_RESPONSES.iter().any(|(name, _)| *name == kind)
}

fn status_of(kind: &str) -> Option<&'static str> {
    let found = GATEWAY_RESPONSES.iter().find(|(name, _)| *name == kind);
    found.and_then(|(_, status)| *status)
}
