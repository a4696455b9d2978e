//! A REST API beside the bench's HTTP API: `rest000001`, published as `prod` and `beta`.

use std::collections::BTreeMap;
use std::sync::Arc;

use authlab_kernel::Scope;
use serde_json::Value;

use super::bench::{Answer, Bench};
use super::method as integration;
use crate::Deployment;
use crate::access_log::LogFormat;
use crate::deployment::rest::{
    BodyModels, GatewayResponse, Method, MethodSetting, RequiredParameter, Validation,
};
use crate::deployment::{
    AccessLog, AccountUsage, Api, ApiKind, Authorization, Outline, RestApi, StageFacts,
};
use crate::refusal::ResponseType;
use crate::schema::Schemas;

pub const API: &str = "rest000001";

pub fn scope() -> Scope {
    Scope::new(
        "222222222222".parse().expect("an account"),
        "us-east-1".parse().expect("a Region"),
    )
}

/// A method that answers by itself.
pub fn method(key: &str) -> Method {
    Method {
        key: key.parse().expect("a key"),
        resource_id: "r1".to_owned(),
        authorization: Authorization::None,
        api_key_required: false,
        validation: Validation::default(),
        integration: Arc::new(integration::mock()),
        setting: MethodSetting::default(),
    }
}

/// The same, for callers with a key.
pub fn keyed(key: &str) -> Method {
    Method {
        api_key_required: true,
        ..method(key)
    }
}

/// The same, with what it asks of a request; one model for bodies of JSON.
pub fn validated(key: &str, parameters: Vec<RequiredParameter>, model: Option<Value>) -> Method {
    let body = model.map(|model| BodyModels {
        schemas: Arc::new(Schemas::compile(&BTreeMap::from([("M".to_owned(), model)]))),
        by_type: BTreeMap::from([("application/json".to_owned(), "M".to_owned())]),
    });
    Method {
        validation: Validation { parameters, body },
        ..method(key)
    }
}

/// An answer of the API's own.
pub fn own(
    status: Option<u16>,
    parameters: &[(&str, &str)],
    template: Option<&str>,
) -> GatewayResponse {
    let parameters = parameters.iter();
    let parameters =
        parameters.map(|(to, from)| (format!("gatewayresponse.header.{to}"), (*from).to_owned()));
    let templates = template.iter();
    let templates =
        templates.map(|template| ("application/json".to_owned(), (*template).to_owned()));
    GatewayResponse {
        status,
        parameters: parameters.collect(),
        templates: templates.collect(),
    }
}

impl Bench {
    /// Publishes an API of what `methods` makes, as both stages, with its own answers.
    pub fn publish_methods(
        &self,
        methods: &dyn Fn(&str) -> Vec<Method>,
        own: &[(ResponseType, GatewayResponse)],
    ) {
        let outline = Outline {
            kind: ApiKind::Rest,
            name: "pets".to_owned(),
            region: "us-east-1".to_owned(),
            undeployed: Vec::new(),
        };
        self.gateway.know_api(API, Some(outline));
        for stage in ["prod", "beta"] {
            let facts = StageFacts {
                import_warnings: Vec::new(),
                draft: None,
                scope: scope(),
                api_id: API.to_owned(),
                name: stage.to_owned(),
                domain_name: StageFacts::execute_api_domain(&scope(), API),
                variables: BTreeMap::from([("a".to_owned(), "v1".to_owned())]),
                access_log: Some(AccessLog {
                    scope: scope(),
                    group: "access".to_owned(),
                    stream: "stream".to_owned(),
                    format: LogFormat::parse(
                        "$context.identity.apiKey $context.identity.apiKeyId $context.requestId",
                    ),
                }),
            };
            let mut api = RestApi::new("pets", &facts, methods(stage));
            api.gateway_responses = own.iter().cloned().collect();
            let deployment = Deployment {
                stage: facts,
                api: Api::Rest(api),
            };
            self.gateway.publish(API, stage, Some(Arc::new(deployment)));
        }
    }

    pub fn publish_usage(&self, usage: AccountUsage) {
        self.gateway.publish_usage(&scope(), Arc::new(usage));
    }

    /// A request to the API's host.
    pub async fn call_rest(&self, method: &str, target: &str, headers: &[(&str, &str)]) -> Answer {
        self.rest_with(method, target, headers, b"").await
    }

    /// The same with a body.
    pub async fn rest_with(
        &self,
        method: &str,
        target: &str,
        headers: &[(&str, &str)],
        body: &'static [u8],
    ) -> Answer {
        let host = format!("{API}.execute-api.us-east-1.localhost:4566");
        self.send(&host, method, target, headers, body).await
    }
}
