//! A REST API of the bench, with methods of one kind.

use std::sync::Arc;

use authlab_policy::{Document, DocumentKind, Policy};
use serde_json::Value;

use super::bench::{Answer, Bench, scope};
use super::method;
use crate::Deployment;
use crate::access_log::LogFormat;
use crate::deployment::rest::{Endpoint, Method, MethodSetting, Validation};
use crate::deployment::{AccessLog, Api, ApiKind, Authorization, Outline, RestApi, StageFacts};

/// Its id.
pub const API: &str = "rest000001";

/// Its paths with a method `GET`, each as a request may have it; those for other methods have the same.
pub const METHODS: [&str; 3] = ["/a", "/b", "/c/42"];

/// What AWS says where the policy of an authorizer allows nothing.
pub const NOT_ALLOWED: &str = "User is not authorized to access this resource because no identity-based \
                               policy allows the execute-api:Invoke action";
/// What AWS says where the policy of an authorizer denies.
pub const DENIED: &str = "User is not authorized to access this resource with an explicit deny in an \
                          identity-based policy";

/// What the API is made of.
pub struct Rest {
    pub authorization: Authorization,
    pub policy: Option<Value>,
    pub endpoint: Endpoint,
    /// Whether a function answers, and not the gateway by itself.
    pub is_of_function: bool,
}

impl Rest {
    /// One that answers by itself and has no policy.
    pub fn of(authorization: Authorization) -> Self {
        Self {
            authorization,
            policy: None,
            endpoint: Endpoint::Regional,
            is_of_function: false,
        }
    }

    /// The same with a policy.
    pub fn with_policy(mut self, policy: Value) -> Self {
        self.policy = Some(policy);
        self
    }
}

impl Bench {
    /// Publishes a REST API as `prod`.
    pub fn publish_rest(&self, rest: Rest) {
        let outline = Outline {
            kind: ApiKind::Rest,
            name: "rest".to_owned(),
            region: "us-east-1".to_owned(),
            undeployed: Vec::new(),
        };
        self.gateway.know_api(API, Some(outline));
        let deployment = Some(Arc::new(deployment(rest)));
        self.gateway.publish(API, "prod", deployment);
    }

    /// A request to its stage `prod`.
    pub async fn rest(&self, method: &str, target: &str, headers: &[(&str, &str)]) -> Answer {
        let host = format!("{API}.execute-api.us-east-1.localhost:4566");
        let target = format!("/prod{target}");
        self.send(&host, method, &target, headers, b"").await
    }
}

fn deployment(rest: Rest) -> Deployment {
    let stage = StageFacts {
        scope: scope(),
        api_id: API.to_owned(),
        name: "prod".to_owned(),
        domain_name: StageFacts::execute_api_domain(&scope(), API),
        variables: [("gate".to_owned(), "authz".to_owned())].into(),
        access_log: Some(AccessLog {
            scope: scope(),
            group: "rest-access".to_owned(),
            stream: "stream".to_owned(),
            format: LogFormat::parse(
                r#"{"principal":"$context.authorizer.principalId","sub":"$context.authorizer.claims.sub"}"#,
            ),
        }),
        import_warnings: Vec::new(),
        draft: None,
    };
    let integration = if rest.is_of_function {
        method::function("reporter")
    } else {
        method::mock()
    };
    let integration = Arc::new(integration);
    let keys = ["GET /a", "GET /b", "POST /b", "GET /c/{id}"];
    let methods = keys.map(|key| Method {
        key: key.parse().expect("a key"),
        resource_id: "res1".to_owned(),
        authorization: rest.authorization.clone(),
        api_key_required: false,
        validation: Validation::default(),
        integration: Arc::clone(&integration),
        setting: MethodSetting::default(),
    });
    let mut api = RestApi::new("rest", &stage, methods.into());
    api.endpoint = rest.endpoint;
    api.resource_policy = rest.policy.map(|policy| {
        let document = Document::parse(DocumentKind::ExecuteApi, &policy.to_string());
        let name = "the resource policy of the API";
        Arc::new(Policy::new(name, document.expect("a policy")))
    });
    Deployment {
        stage,
        api: Api::Rest(api),
    }
}
