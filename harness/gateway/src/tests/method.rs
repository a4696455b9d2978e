//! Integrations of methods, for every bench of REST APIs.

use crate::deployment::rest::mapping::BodyTemplates;
use crate::deployment::rest::{Function, IntegrationResponse, MethodBackend, MethodIntegration};
use crate::uri_template::UriTemplate;

/// One that answers 200 by itself.
pub fn mock() -> MethodIntegration {
    let template = |content_type| (content_type, Some(r#"{"statusCode": 200}"#));
    let mut mock = MethodIntegration::new(MethodBackend::Mock);
    mock.templates = BodyTemplates::parse(["application/json", "text/plain"].map(template));
    mock.responses = vec![IntegrationResponse {
        status: 200,
        pattern: None,
        content_handling: None,
        parameters: Vec::new(),
        templates: BodyTemplates::default(),
    }];
    mock
}

/// A function of this name, which gets the request as an event.
pub fn function(name: &str) -> MethodIntegration {
    let arn = format!("arn:aws:lambda:us-east-1:222222222222:function:{name}");
    MethodIntegration::new(MethodBackend::FunctionProxy(Function {
        arn: UriTemplate::parse(&arn),
        method: "POST".to_owned(),
    }))
}
