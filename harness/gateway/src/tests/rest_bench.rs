//! A REST API at the bench's gateway.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::bench::{Answer, Bench};
use super::method as integration;
use crate::Deployment;
use crate::access_log::LogFormat;
use crate::deployment::rest::{Method, MethodIntegration, MethodSetting, Validation};
use crate::deployment::{AccessLog, Api, ApiKind, Authorization, Outline, RestApi, StageFacts};
use authlab_kernel::Scope;

/// The API's id.
pub const API: &str = "rest000001";

/// The host of the API.
pub const HOST: &str = "rest000001.execute-api.us-east-1.localhost:4566";

/// The facts of a stage, whose access log has this format.
pub fn stage(name: &str, format: Option<&str>) -> StageFacts {
    let scope = Scope::new(
        "222222222222".parse().expect("an account"),
        "us-east-1".parse().expect("a Region"),
    );
    StageFacts {
        domain_name: StageFacts::execute_api_domain(&scope, API),
        access_log: format.map(|format| AccessLog {
            scope: scope.clone(),
            group: "access".to_owned(),
            stream: "stream".to_owned(),
            format: LogFormat::parse(format),
        }),
        scope,
        api_id: API.to_owned(),
        name: name.to_owned(),
        variables: BTreeMap::new(),
        import_warnings: Vec::new(),
        draft: None,
    }
}

/// A method that a function answers, which gets the event.
pub fn function(key: &str, authorization: Authorization) -> Method {
    method(key, authorization, integration::function("echo"))
}

/// A method that the gateway answers.
pub fn mock(key: &str, authorization: Authorization) -> Method {
    method(key, authorization, integration::mock())
}

fn method(key: &str, authorization: Authorization, integration: MethodIntegration) -> Method {
    let key: crate::route::RouteKey = key.parse().expect("a key");
    Method {
        resource_id: format!("id-of-{}", key.resource()),
        key,
        authorization,
        api_key_required: false,
        validation: Validation::default(),
        integration: Arc::new(integration),
        setting: MethodSetting::default(),
    }
}

impl Bench {
    /// Publishes these methods as a stage of the REST API.
    pub fn serve(&self, facts: StageFacts, methods: Vec<Method>) {
        let outline = Outline {
            kind: ApiKind::Rest,
            name: "pets".to_owned(),
            region: "us-east-1".to_owned(),
            undeployed: Vec::new(),
        };
        self.gateway.know_api(API, Some(outline));
        let (name, rest) = (facts.name.clone(), RestApi::new("pets", &facts, methods));
        let deployment = Deployment {
            stage: facts,
            api: Api::Rest(rest),
        };
        self.gateway.publish(API, &name, Some(Arc::new(deployment)));
    }

    /// A request to the REST API's host.
    pub async fn ask(&self, method: &str, target: &str, headers: &[(&str, &str)]) -> Answer {
        self.send(HOST, method, target, headers, b"").await
    }

    /// The event that the last function got.
    pub fn event(&self) -> serde_json::Value {
        let invocations = self.ledger.invocations.lock();
        let last = invocations.last().expect("an invocation");
        serde_json::from_slice(&last.payload).expect("JSON")
    }
}
