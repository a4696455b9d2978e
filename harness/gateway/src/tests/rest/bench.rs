//! A REST API with one method, whose integration is written as in an OpenAPI document.

use std::collections::BTreeMap;
use std::sync::Arc;

use authlab_http::{Incoming, Service as _, Spelling};
use authlab_kernel::{Event, Scope};
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Response};
use serde_json::{Value, json};
use wiremock::matchers::{any, path_regex};
use wiremock::{Mock, MockServer, Request, ResponseTemplate};

use crate::Deployment;
use crate::deployment::rest::mapping::{
    BodyTemplates, ContentHandling, Message, Passthrough, Source, Target,
};
use crate::deployment::rest::{
    Function, HttpEndpoint, IntegrationResponse, Method as RestMethod, MethodBackend,
    MethodIntegration, MethodSetting, SelectionPattern, Validation,
};
use crate::deployment::{Api, Authorization, RestApi, StageFacts};
use crate::tests::bench::Bench;
use crate::uri_template::UriTemplate;

/// Where the upstream is, by its name: it answers with what it was sent.
pub const UPSTREAM: &str = "http://reports.internal.example";

/// A bench, and what the API is.
pub struct RestBench {
    pub bench: Bench,
    pub binary_media_types: Vec<String>,
    pub stage_variables: BTreeMap<String, String>,
}

/// A request.
#[derive(Default)]
pub struct Sent<'s> {
    pub method: &'s str,
    /// Path and query string, without the stage.
    pub target: &'s str,
    /// Names as they are sent.
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

/// What came back, and what the journal was told.
pub struct Answer {
    pub response: Response<Bytes>,
    pub events: Vec<Arc<Event>>,
}

impl Answer {
    pub fn status(&self) -> u16 {
        self.response.status().as_u16()
    }

    pub fn body(&self) -> String {
        String::from_utf8_lossy(self.response.body()).into_owned()
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(self.response.body()).unwrap_or(Value::Null)
    }

    /// All values of a header.
    pub fn header(&self, name: &str) -> Option<String> {
        let values = self.response.headers().get_all(name).iter();
        let values: Vec<_> = values.map(|it| it.to_str().expect("text")).collect();
        (!values.is_empty()).then(|| values.join(", "))
    }

    pub fn reason(&self) -> Option<&str> {
        self.events.iter().find_map(|event| event.reason.as_deref())
    }

    /// What the first event of a kind tells.
    pub fn told(&self, kind: &str) -> Option<Value> {
        let event = self.events.iter().find(|event| event.kind == kind)?;
        serde_json::from_str(&event.detail.to_string()).ok()
    }
}

impl RestBench {
    pub async fn start() -> Self {
        Self {
            bench: Bench::start().await,
            binary_media_types: Vec::new(),
            stage_variables: BTreeMap::new(),
        }
    }

    /// Asks a method of `resource` whose integration this is.
    pub async fn ask(&self, (verb, resource): (&str, &str), of: &Value, sent: Sent<'_>) -> Answer {
        self.publish(&[(&format!("{verb} {resource}"), of)]);
        self.send(sent).await
    }

    /// Publishes an API with these methods.
    pub fn publish(&self, methods: &[(&str, &Value)]) {
        let scope = Scope::new(
            "222222222222".parse().expect("an account"),
            "us-east-1".parse().expect("a Region"),
        );
        let facts = StageFacts {
            scope: scope.clone(),
            api_id: "rest000001".to_owned(),
            name: "prod".to_owned(),
            domain_name: StageFacts::execute_api_domain(&scope, "rest000001"),
            variables: self.stage_variables.clone(),
            access_log: None,
            import_warnings: Vec::new(),
            draft: None,
        };
        let method = |(key, of): &(&str, &Value)| RestMethod {
            key: key.parse().expect("a key"),
            resource_id: "res001".to_owned(),
            authorization: Authorization::None,
            api_key_required: false,
            validation: Validation::default(),
            integration: Arc::new(integration(of)),
            setting: MethodSetting::default(),
        };
        let mut api = RestApi::new("rest", &facts, methods.iter().map(method).collect());
        api.deployment_id = "dep001".to_owned();
        api.binary_media_types.clone_from(&self.binary_media_types);
        let deployment = Deployment {
            stage: facts,
            api: Api::Rest(api),
        };
        let deployment = Some(Arc::new(deployment));
        self.bench.gateway.publish("rest000001", "prod", deployment);
    }

    /// Sends a request to the API.
    pub async fn send(&self, sent: Sent<'_>) -> Answer {
        let host = ("Host", "rest000001.execute-api.us-east-1.localhost:4566");
        let names = sent.headers.iter().map(|(name, _)| name.as_str());
        let spelling = Some(Spelling::of(std::iter::once(host.0).chain(names)));
        let mut headers = HeaderMap::new();
        headers.insert("host", HeaderValue::from_static(host.1));
        for (name, value) in &sent.headers {
            let name = HeaderName::from_bytes(name.as_bytes()).expect("a name");
            headers.append(name, HeaderValue::from_str(value).expect("a value"));
        }
        let since = self.bench.journal.last();
        let incoming = Incoming {
            method: Method::from_bytes(sent.method.as_bytes()).expect("a method"),
            uri: format!("/prod{}", sent.target).parse().expect("a target"),
            headers,
            spelling,
            body: Bytes::from(sent.body),
            peer: ([127, 0, 0, 1], 50_000).into(),
            cause: None,
            hop: None,
        };
        let response = self.bench.gateway.call(incoming).await;
        let events = self.bench.journal.events_since(since);
        Answer { response, events }
    }

    /// Makes the upstream answer with what it is sent, in JSON.
    pub async fn echo(&self) {
        self.bench.upstream.reset().await;
        Mock::given(any())
            .respond_with(|request: &Request| {
                ResponseTemplate::new(200).set_body_json(echoed(request))
            })
            .mount(&self.bench.upstream)
            .await;
    }

    /// Makes the upstream answer with the status in its path.
    pub async fn echo_status(&self) {
        self.bench.upstream.reset().await;
        Mock::given(path_regex("^.*/[0-9]{3}$"))
            .respond_with(|request: &Request| {
                let status = request.url.path().rsplit('/').next().expect("a segment");
                ResponseTemplate::new(status.parse::<u16>().expect("a status"))
            })
            .mount(&self.bench.upstream)
            .await;
    }

    /// Makes the upstream answer this.
    pub async fn answer(&self, status: u16, headers: &[(&str, &str)], body: &[u8]) {
        let upstream: &MockServer = &self.bench.upstream;
        upstream.reset().await;
        let mut answer = ResponseTemplate::new(status).set_body_bytes(body.to_vec());
        for (name, value) in headers {
            answer = answer.append_header(*name, *value);
        }
        Mock::given(any())
            .respond_with(answer)
            .mount(upstream)
            .await;
    }

    /// What the upstream was sent last.
    pub async fn received(&self) -> Value {
        let received = self
            .bench
            .upstream
            .received_requests()
            .await
            .expect("recorded");
        received.last().map_or(Value::Null, echoed)
    }
}

fn echoed(request: &Request) -> Value {
    let mut query: BTreeMap<String, String> = BTreeMap::new();
    for (name, value) in request.url.query_pairs() {
        let joined = query.entry(name.into_owned()).or_default();
        if !joined.is_empty() {
            joined.push(',');
        }
        joined.push_str(&value);
    }
    let headers: BTreeMap<&str, &str> = request
        .headers
        .iter()
        .map(|(name, value)| (name.as_str(), value.to_str().expect("text")))
        .collect();
    json!({
        "method": request.method.as_str(),
        "path": request.url.path(),
        "query": query,
        "headers": headers,
        "body": String::from_utf8_lossy(&request.body),
    })
}

/// Reads an integration as `x-amazon-apigateway-integration` has it.
fn integration(of: &Value) -> MethodIntegration {
    let text = |name: &str| of[name].as_str();
    let uri = text("uri").unwrap_or_default();
    let endpoint = || HttpEndpoint {
        uri: UriTemplate::parse(uri),
        method: text("httpMethod")
            .filter(|verb| *verb != "ANY")
            .map(|verb| verb.parse().expect("a method")),
    };
    let function = || Function {
        arn: UriTemplate::parse(
            uri.split_once("functions/")
                .expect("a function")
                .1
                .trim_end_matches("/invocations"),
        ),
        method: text("httpMethod").unwrap_or("POST").to_owned(),
    };
    let mut integration = MethodIntegration::new(match text("type").expect("a type") {
        "mock" => MethodBackend::Mock,
        "http" => MethodBackend::Http(endpoint()),
        "http_proxy" => MethodBackend::HttpProxy(endpoint()),
        "aws" => MethodBackend::Function(function()),
        "aws_proxy" => MethodBackend::FunctionProxy(function()),
        other => MethodBackend::NotSimulated(other.to_owned()),
    });
    integration.content_handling = content_handling(of);
    integration.templates = templates(&of["requestTemplates"]);
    integration.passthrough = match text("passthroughBehavior") {
        Some("never") => Passthrough::Never,
        Some("when_no_templates") => Passthrough::WhenNoTemplates,
        _ => Passthrough::WhenNoMatch,
    };
    integration.parameters = pairs(&of["requestParameters"])
        .map(|(key, expression)| {
            let source = Source::parse(expression, Message::Request).expect("a source");
            (Target::parse(key).expect("a target"), source)
        })
        .collect();
    let responses = of["responses"].as_object().into_iter().flatten();
    integration.responses = responses
        .map(|(pattern, of)| response(pattern, of))
        .collect();
    integration
        .responses
        .sort_by_key(|response| response.status);
    integration
}

fn response(pattern: &str, of: &Value) -> IntegrationResponse {
    let parameters = pairs(&of["responseParameters"]).map(|(key, expression)| {
        let name = key
            .strip_prefix("method.response.header.")
            .expect("a header");
        let source = Source::parse(expression, Message::Response).expect("a source");
        (name.to_owned(), source)
    });
    IntegrationResponse {
        status: of["statusCode"]
            .as_str()
            .expect("a status")
            .parse()
            .expect("a number"),
        pattern: (pattern != "default")
            .then(|| SelectionPattern::parse(pattern).expect("a pattern")),
        content_handling: content_handling(of),
        parameters: parameters.collect(),
        templates: templates(&of["responseTemplates"]),
    }
}

fn pairs(of: &Value) -> impl Iterator<Item = (&str, &str)> {
    let members = of.as_object().into_iter().flatten();
    members.map(|(name, value)| (name.as_str(), value.as_str().unwrap_or_default()))
}

fn templates(of: &Value) -> BodyTemplates {
    BodyTemplates::parse(pairs(of).map(|(name, text)| (name, Some(text))))
}

fn content_handling(of: &Value) -> Option<ContentHandling> {
    match of["contentHandling"].as_str()? {
        "CONVERT_TO_BINARY" => Some(ContentHandling::ToBinary),
        "CONVERT_TO_TEXT" => Some(ContentHandling::ToText),
        other => panic!("{other}"),
    }
}
