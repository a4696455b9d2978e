//! A gateway with one API, an upstream and an issuer, and ports that remember what they were given.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::ledger::Ledger;
use crate::access_log::LogFormat;
use crate::deployment::{
    AccessLog, Api, Authorization, AuthorizerFormat, Bucket, Cors, DEFAULT_STAGE,
    FunctionAuthorizer, HttpApi, IdentitySource, Integration, JwtAuthorizer, Limit, PayloadFormat,
    Route, StageFacts, Target, Throttle,
};
use crate::uri_template::UriTemplate;
use crate::{Deployment, Gateway, Needs};
use authlab_http::{Client, Incoming, Service as _};
use authlab_kernel::{Clock, Component, Event, Faults, Ids, Journal, Scope, Timestamp};
use authlab_token::{Algorithm, CachePolicy, KeySet, SigningKey};
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Response};
use serde_json::{Map, Value, json};
use wiremock::matchers::{any, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

/// The issuer under its own name; it lives on loopback.
pub const ISSUER: &str = "https://login.corp.example/";

/// What the access log prints of each request.
pub const LOG_FORMAT: &str = r#"{"route":"$context.routeKey","status":"$context.status","error":"$context.authorizer.error","type":"$context.error.responseType","message":"$context.error.message","sub":"$context.authorizer.claims.sub","user":"$context.identity.userArn","integration":"$context.integrationStatus","path":"$context.path"}"#;

/// The whole.
pub struct Bench {
    pub clock: Clock,
    pub journal: Journal,
    pub faults: Faults,
    pub ledger: Arc<Ledger>,
    pub gateway: Arc<Gateway>,
    pub upstream: MockServer,
    pub issuer: MockServer,
}

impl Bench {
    /// A bench at noon, whose API `api0000001` is published as `$default` and as `prod`.
    pub async fn start() -> Self {
        let clock = Clock::standing("2026-01-15T12:00:00Z".parse().expect("a time"));
        let (journal, faults) = (Journal::new(clock.clone()), Faults::default());
        let client = Client::new(journal.clone(), faults.clone());
        let (upstream, issuer) = (MockServer::start().await, MockServer::start().await);
        client.map_name(ISSUER, &issuer.uri()).expect("a name");
        client
            .map_name("http://reports.internal.example", &upstream.uri())
            .expect("a name");
        serve_upstream(&upstream).await;
        serve_issuer(&issuer, &[0]).await;
        let ledger = Arc::new(Ledger::default());
        let needs = Needs {
            identity: ledger.clone(),
            functions: ledger.clone(),
            logs: ledger.clone(),
            metrics: ledger.clone(),
            traces: ledger.clone(),
            quotas: ledger.quotas.clone(),
            enforcement: ledger.enforcement.clone(),
        };
        let gateway = Arc::new(Gateway::new(
            clock.component(Component::Gateway),
            Ids::new(1),
            journal.clone(),
            Arc::new(client),
            needs,
        ));
        let scope = scope();
        for stage in [DEFAULT_STAGE, "prod", "rest"] {
            let deployment = Arc::new(deployment(&scope, stage, None));
            gateway.publish("api0000001", stage, Some(deployment));
        }
        Self {
            clock,
            journal,
            faults,
            ledger,
            gateway,
            upstream,
            issuer,
        }
    }

    /// Publishes the HTTP API again, with this for who may pass `/gated` and `/admin`.
    pub fn publish_gated(&self, gated: Authorization) {
        let deployment = deployment(&scope(), DEFAULT_STAGE, Some(gated));
        let deployment = Some(Arc::new(deployment));
        self.gateway
            .publish("api0000001", DEFAULT_STAGE, deployment);
    }

    /// A request by the API's host.
    pub async fn call(&self, method: &str, target: &str, headers: &[(&str, &str)]) -> Answer {
        self.send(
            "api0000001.execute-api.us-east-1.localhost:4566",
            method,
            target,
            headers,
            b"",
        )
        .await
    }

    /// A request with everything chosen.
    pub async fn send(
        &self,
        host: &str,
        method: &str,
        target: &str,
        headers: &[(&str, &str)],
        body: &'static [u8],
    ) -> Answer {
        let mut map = HeaderMap::new();
        for (name, value) in [("host", host)].iter().chain(headers) {
            let name = HeaderName::from_bytes(name.as_bytes()).expect("a name");
            map.append(name, HeaderValue::from_str(value).expect("a value"));
        }
        let since = self.journal.last();
        let lines = self.ledger.lines.lock().len();
        let incoming = Incoming {
            method: Method::from_bytes(method.as_bytes()).expect("a method"),
            uri: target.parse().expect("a target"),
            headers: map,
            spelling: None,
            body: Bytes::from_static(body),
            peer: ([127, 0, 0, 1], 50_000).into(),
            cause: None,
            hop: None,
        };
        let response = self.gateway.call(incoming).await;
        let line = self
            .ledger
            .lines
            .lock()
            .get(lines)
            .map(|line| line.message.clone());
        Answer {
            response,
            line,
            events: self.journal.events_since(since),
        }
    }

    /// A good token, with some claims replaced (null removes one).
    pub fn claims(&self, changes: Value) -> Map<String, Value> {
        let now = self.clock.now().as_second();
        let mut claims = json!({
            "iss": ISSUER, "aud": "reports", "sub": "looker", "scope": "other reports/read",
            "iat": now, "nbf": now, "exp": now + 3600, "jti": "token-1",
        });
        let whole = claims.as_object_mut().expect("an object");
        for (name, value) in changes.as_object().expect("an object") {
            if value.is_null() {
                whole.remove(name)
            } else {
                whole.insert(name.clone(), value.clone())
            };
        }
        whole.clone()
    }

    /// The `Authorization` header of a token with these changes.
    pub fn bearer(&self, changes: Value) -> String {
        format!("Bearer {}", signed(0, &self.claims(changes)))
    }
}

/// The account and Region of all APIs.
pub fn scope() -> Scope {
    Scope::new(
        "222222222222".parse().expect("an account"),
        "us-east-1".parse().expect("a Region"),
    )
}

/// A token that the RSA test key of this index signs.
pub fn signed(key: usize, claims: &Map<String, Value>) -> String {
    let key = SigningKey::test_key(key).expect("a key");
    key.sign(&key.header(Algorithm::RS256), claims)
        .expect("a token")
}

/// What came back.
pub struct Answer {
    pub response: Response<Bytes>,
    pub line: Option<String>,
    pub events: Vec<Arc<Event>>,
}

impl Answer {
    pub fn status(&self) -> u16 {
        self.response.status().as_u16()
    }

    pub fn body(&self) -> &str {
        std::str::from_utf8(self.response.body()).expect("text")
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.response
            .headers()
            .get(name)
            .map(|value| value.to_str().expect("text"))
    }

    /// The access-log line, read.
    pub fn log(&self) -> Value {
        serde_json::from_str(self.line.as_deref().expect("a line")).expect("JSON")
    }

    /// The reason of the first event that refused or failed.
    pub fn reason(&self) -> Option<&str> {
        self.events.iter().find_map(|event| event.reason.as_deref())
    }

    /// The first event of a kind.
    pub fn event(&self, kind: &str) -> Option<&Event> {
        self.events
            .iter()
            .find(|event| event.kind == kind)
            .map(|event| &**event)
    }
}

async fn serve_upstream(upstream: &MockServer) {
    let answer = ResponseTemplate::new(200)
        .insert_header("x-upstream", "yes")
        .set_body_raw(r#"{"report":"daily"}"#, "application/json");
    Mock::given(any())
        .respond_with(answer)
        .mount(upstream)
        .await;
}

/// Serves discovery, and the public halves of these test keys.
pub async fn serve_issuer(issuer: &MockServer, keys: &[usize]) {
    issuer.reset().await;
    let discovery = json!({ "issuer": ISSUER, "jwks_uri": format!("{ISSUER}keys") });
    let keys = keys
        .iter()
        .map(|key| SigningKey::test_key(*key).expect("a key").jwk());
    let set = KeySet::of(keys.collect()).to_value();
    let documents = [
        ("/.well-known/openid-configuration", discovery),
        ("/keys", set),
    ];
    for (at, document) in documents {
        let answer = ResponseTemplate::new(200).set_body_json(document);
        Mock::given(path(at))
            .respond_with(answer)
            .mount(issuer)
            .await;
    }
}

/// An authorizer that asks for nothing, and answers without a policy.
fn simple() -> Authorization {
    Authorization::Function(Arc::new(FunctionAuthorizer {
        id: "auth01".to_owned(),
        name: "gate".to_owned(),
        function: UriTemplate::parse("arn:aws:lambda:us-east-1:222222222222:function:authz"),
        format: AuthorizerFormat::V2 { is_simple: true },
        identity_sources: Vec::new(),
        ttl_seconds: 0,
    }))
}

/// `gated` is who may pass `/gated` and `/admin`.
fn deployment(scope: &Scope, stage: &str, gated: Option<Authorization>) -> Deployment {
    let authorizer = Arc::new(JwtAuthorizer {
        name: "corp".to_owned(),
        issuer: ISSUER.to_owned(),
        audiences: vec!["reports".to_owned()],
        identity_sources: vec![IdentitySource::Header("Authorization".to_owned())],
        keys: CachePolicy::http_api_authorizer(),
    });
    let jwt = |scopes: &[&str]| Authorization::Jwt {
        authorizer: Arc::clone(&authorizer),
        scopes: scopes.iter().map(|scope| (*scope).to_owned()).collect(),
    };
    let http = |uri: &str| Target::HttpProxy {
        uri: UriTemplate::parse(uri),
        method: None,
    };
    let function = |payload| Target::Function {
        arn: UriTemplate::parse(
            "arn:aws:lambda:us-east-1:222222222222:function:${stageVariables.fn}",
        ),
        payload,
    };
    let upstream = "http://reports.internal.example/upstream";
    let limited = Limit {
        bucket: Bucket::Method {
            api_id: "api0000001".to_owned(),
            stage: stage.to_owned(),
            method: "GET /limited".to_owned(),
        },
        throttle: Throttle {
            rate_per_second: 1.0,
            burst: 2,
        },
    };
    let mut routes = vec![
        route(
            "GET /daily",
            jwt(&["reports/read", "reports/all"]),
            Some(http(upstream)),
            None,
        ),
        route("GET /any", jwt(&[]), Some(http(upstream)), None),
        route(
            "GET /iam/{id}",
            Authorization::AwsIam,
            Some(http(upstream)),
            None,
        ),
        route(
            "GET /open/{proxy+}",
            Authorization::None,
            Some(http(&format!("{upstream}/{{proxy}}"))),
            None,
        ),
        route(
            "GET /signed/{proxy+}",
            Authorization::AwsIam,
            Some(http(&format!("{upstream}/{{proxy}}"))),
            None,
        ),
        route(
            "GET /limited",
            Authorization::None,
            Some(http(upstream)),
            Some(limited),
        ),
        route(
            "ANY /function/{id}",
            jwt(&["reports/read"]),
            Some(function(PayloadFormat::V2)),
            None,
        ),
        route(
            "GET /function1",
            Authorization::AwsIam,
            Some(function(PayloadFormat::V1)),
            None,
        ),
        route(
            "GET /gone",
            Authorization::None,
            Some(http("http://127.0.0.1:9/")),
            None,
        ),
        route(
            "GET /outside",
            Authorization::None,
            Some(http("http://example.com/")),
            None,
        ),
        route(
            "GET /unset",
            Authorization::None,
            Some(http("http://${stageVariables.no}/")),
            None,
        ),
        route("GET /bare", Authorization::None, None, None),
    ];
    let gated = gated.unwrap_or_else(simple);
    for key in ["GET /gated", "GET /admin"] {
        routes.push(route(key, gated.clone(), Some(http(upstream)), None));
    }
    if stage == "rest" {
        routes.push(route(
            "$default",
            Authorization::None,
            Some(http(upstream)),
            None,
        ));
    }
    let facts = StageFacts {
        import_warnings: Vec::new(),
        draft: None,
        scope: scope.clone(),
        api_id: "api0000001".to_owned(),
        name: stage.to_owned(),
        domain_name: StageFacts::execute_api_domain(scope, "api0000001"),
        variables: BTreeMap::from([("fn".to_owned(), "reporter".to_owned())]),
        access_log: Some(AccessLog {
            scope: scope.clone(),
            group: "reports-access".to_owned(),
            stream: "stream".to_owned(),
            format: LogFormat::parse(LOG_FORMAT),
        }),
    };
    let mut api = HttpApi::new(&facts, routes);
    api.cors = (stage == "prod").then(|| Cors {
        allow_origins: vec!["https://app.example".to_owned()],
        allow_methods: vec!["GET".to_owned()],
        ..Cors::default()
    });
    Deployment {
        stage: facts,
        api: Api::Http(api),
    }
}

fn route(
    key: &str,
    authorization: Authorization,
    target: Option<Target>,
    limit: Option<Limit>,
) -> Route {
    Route {
        key: key.parse().expect("a key"),
        authorization,
        integration: target.map(|target| {
            Arc::new(Integration {
                target,
                timeout_ms: 30_000,
            })
        }),
        limit,
        detailed_metrics: key == "GET /limited",
    }
}

/// Noon of the bench.
pub fn noon() -> Timestamp {
    "2026-01-15T12:00:00Z".parse().expect("a time")
}
