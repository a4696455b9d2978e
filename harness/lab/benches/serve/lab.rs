//! The lab with what the routes need, and the rows that are measured.

use std::collections::BTreeMap;
use std::sync::Arc;

use authlab::{ClockStart, FunctionError, InvocationContext, Lab};
use authlab_token::{KeySet, SigningKey};
use bytes::Bytes;
use serde_json::{Value, json};

use crate::wire::{Plan, Request, serve};
use crate::{Row, Target, bare};

pub(crate) const ISSUER: &str = "https://login.bench.example";
pub(crate) const ACCOUNT: &str = "222222222222";
pub(crate) const REGION: &str = "us-east-1";
pub(crate) const FUNCTION: &str = "answer";
pub(crate) const AUTHORIZER: &str = "authorizer";
pub(crate) const LOG_GROUP: &str = "/bench/access";
pub(crate) const LOG_FORMAT: &str = r#"{"requestId":"$context.requestId","ip":"$context.identity.sourceIp","requestTime":"$context.requestTime","httpMethod":"$context.httpMethod","routeKey":"$context.routeKey","status":"$context.status","protocol":"$context.protocol","responseLength":"$context.responseLength"}"#;

/// A running lab.
pub struct Bench {
    lab: Lab,
    pub(crate) aws: String,
    vault: String,
    host: String,
    /// The REST API's host and the API key of its plan.
    pub(crate) rest: (String, String),
    upstream: String,
    key: &'static SigningKey,
}

impl Bench {
    pub async fn start() -> Self {
        let lab = Lab::builder()
            .clock(ClockStart::test())
            .start()
            .await
            .unwrap();
        let address = |url: &str| url.split("://").nth(1).unwrap().to_owned();
        let mut bench = Self {
            aws: address(&lab.endpoints().aws),
            vault: address(&lab.endpoints().vault),
            host: String::new(),
            rest: Default::default(),
            upstream: bare::fixed(Bytes::from_static(b"{\"ok\":true}")).await,
            key: SigningKey::test_key(0).unwrap(),
            lab,
        };
        bench.start_issuer().await;
        bench.make_functions().await;
        bench.make_api().await;
        bench.make_rest_api().await;
        bench.make_secret().await;
        bench
    }

    pub async fn stop(self) {
        self.lab.stop().await;
    }

    /// What is measured, each with the bare server that it is compared with.
    pub async fn rows(&self) -> Vec<Row> {
        let open = self.api_request("/open");
        let token = self
            .api_request("/jwt")
            .header("authorization", self.bearer());
        let signed = self
            .signed("execute-api", &self.host, "GET", "/iam", b"")
            .by_header();
        let identity = self.identity();
        let read = Request::new("GET", "/v1/secret/data/bench")
            .header("host", &self.vault)
            .header("x-vault-token", self.lab.vault_root_token());
        let jwk = KeySet::of(vec![self.key.jwk()]).to_value()["keys"][0].clone();
        let body = self.answer_of(&open, &self.aws).await;
        assert_eq!(body, "{\"ok\":true}");
        let of_gateway = |name| Row::new("gateway", name, &self.aws);
        let mut rows = Vec::new();
        let proxy = bare::proxy(self.upstream.clone()).await;
        let row = of_gateway("open, HTTP proxy");
        rows.push(row.against(&open, "hyper reverse proxy", proxy));
        let body = self.answer_of(&token, &self.aws).await;
        let verifying = bare::jwt(&jwk, body).await;
        let row = of_gateway("JWT, closure");
        rows.push(row.against(&token, "hyper, RS256 once", verifying));
        let body = self.answer_of(&signed, &self.aws).await;
        let verifying = bare::sigv4("test".to_owned(), body).await;
        let row = of_gateway("IAM, closure");
        rows.push(row.against(&signed, "hyper, SigV4 once", verifying));
        rows.extend(self.rest_rows(&jwk).await);
        let body = self.answer_of(&identity, &self.aws).await;
        let of_front = || Row::new("front", "GetCallerIdentity", &self.aws);
        let fixed = bare::fixed(body.clone()).await;
        rows.push(of_front().against(&identity, "hyper, same bytes", fixed));
        let verifying = bare::sigv4("test".to_owned(), body).await;
        rows.push(of_front().against(&identity, "hyper, SigV4 once", verifying));
        let body = self.answer_of(&read, &self.vault).await;
        let fixed = bare::fixed(body).await;
        let row = Row::new("vault", "read of KV", &self.vault);
        rows.push(row.against(&read, "hyper, same bytes", fixed));
        rows
    }

    /// The body of a successful answer.
    pub(crate) async fn answer_of(&self, request: &Request, address: &str) -> Bytes {
        let (status, body) = request.send(address).await;
        assert_eq!(status, 200, "{} {}: {body}", request.method, request.target);
        body.into()
    }

    fn api_request(&self, path: &str) -> Request {
        Request::new("GET", path).header("host", self.host.as_str())
    }

    pub(crate) fn bearer(&self) -> String {
        let now = self.lab.clock().now().as_second();
        let claims = json!({
            "iss": ISSUER, "aud": "bench", "sub": "looker", "scope": "read",
            "iat": now, "nbf": now, "exp": now + 3600,
        });
        let header = json!({"alg": "RS256", "typ": "JWT", "kid": self.key.jwk().kid()});
        let (header, claims) = (header.as_object().unwrap(), claims.as_object().unwrap());
        format!("Bearer {}", self.key.sign(header, claims).unwrap())
    }

    fn identity(&self) -> Request {
        let host = format!("sts.{REGION}.amazonaws.com");
        let body = b"Action=GetCallerIdentity&Version=2011-06-15";
        let mut plan = self.signed("sts", &host, "POST", "/", body);
        let kind = "application/x-www-form-urlencoded".to_owned();
        plan.more.push(("content-type".to_owned(), kind));
        plan.by_header()
    }

    /// Signed by the account's root user.
    pub(crate) fn signed(
        &self,
        service: &str,
        host: &str,
        method: &str,
        path: &str,
        body: &[u8],
    ) -> Plan {
        let now = self.lab.clock().now();
        let date = now.strftime("%Y%m%dT%H%M%SZ").to_string();
        Plan {
            key: ACCOUNT.to_owned(),
            secret: "test".to_owned(),
            token: None,
            region: REGION.to_owned(),
            service: service.to_owned(),
            day: date.chars().take(8).collect(),
            date,
            terminator: "aws4_request".to_owned(),
            method: method.to_owned(),
            path: path.to_owned(),
            signed_path: path.to_owned(),
            query: Vec::new(),
            host: host.to_owned(),
            more: Vec::new(),
            body: body.to_vec(),
            signed_body: body.to_vec(),
            expires: "300".to_owned(),
            unsorted: false,
        }
    }

    pub(crate) async fn json(
        &self,
        service: &str,
        method: &str,
        path: &str,
        body: &Value,
    ) -> Value {
        let host = format!("{service}.{REGION}.amazonaws.com");
        let body = body.to_string();
        let mut plan = self.signed(service, &host, method, path, body.as_bytes());
        let kind = "application/json".to_owned();
        plan.more.push(("content-type".to_owned(), kind));
        let (status, answer) = plan.by_header().send(&self.aws).await;
        assert!((200..300).contains(&status), "{path}: {status} {answer}");
        serde_json::from_str(&answer).unwrap_or_default()
    }

    async fn start_issuer(&self) {
        let discovery = json!({
            "issuer": ISSUER, "jwks_uri": format!("{ISSUER}/keys"),
            "id_token_signing_alg_values_supported": ["RS256"],
        });
        let keys = KeySet::of(vec![self.key.jwk()]).to_value();
        let documents = BTreeMap::from([
            (
                "/.well-known/openid-configuration".to_owned(),
                discovery.to_string(),
            ),
            ("/keys".to_owned(), keys.to_string()),
        ]);
        let address = serve(documents, "{}".to_owned()).await;
        self.lab
            .map_name(ISSUER, &format!("http://{address}"))
            .unwrap();
    }

    /// Two closures that the gateway may invoke: one answers requests, the other lets everybody in.
    async fn make_functions(&self) {
        let answer = |_: Value, _: InvocationContext| async {
            Ok::<_, FunctionError>(json!({"statusCode": 200, "body": "{\"ok\":true}"}))
        };
        self.lab.register_function(FUNCTION, Arc::new(answer));
        let allow = |event: Value, _: InvocationContext| async move {
            let statement = json!({
                "Effect": "Allow", "Action": "execute-api:Invoke", "Resource": event["methodArn"],
            });
            let document = json!({"Version": "2012-10-17", "Statement": [statement]});
            Ok::<_, FunctionError>(json!({"principalId": "looker", "policyDocument": document}))
        };
        self.lab.register_function(AUTHORIZER, Arc::new(allow));
        let trust = json!({"Version": "2012-10-17", "Statement": {
            "Effect": "Allow", "Action": "sts:AssumeRole",
            "Principal": {"Service": "lambda.amazonaws.com"}}});
        let trust = crate::wire::encoded(&trust.to_string());
        let form = format!(
            "Action=CreateRole&Version=2010-05-08&RoleName={FUNCTION}&AssumeRolePolicyDocument={trust}"
        );
        let mut plan = self.signed("iam", "iam.amazonaws.com", "POST", "/", form.as_bytes());
        let kind = "application/x-www-form-urlencoded".to_owned();
        plan.more.push(("content-type".to_owned(), kind));
        let (status, answer) = plan.by_header().send(&self.aws).await;
        assert_eq!(status, 200, "{answer}");
        for name in [FUNCTION, AUTHORIZER] {
            self.make_function(name).await;
        }
    }

    async fn make_function(&self, name: &str) {
        let package = base64::Engine::encode(
            &base64::engine::general_purpose::STANDARD,
            authlab::function_package(name),
        );
        let create = json!({
            "FunctionName": name, "Role": format!("arn:aws:iam::{ACCOUNT}:role/{FUNCTION}"),
            "Handler": name, "Runtime": "provided.al2023", "Code": {"ZipFile": package},
        });
        self.json("lambda", "POST", "/2015-03-31/functions", &create)
            .await;
        let permit = json!({
            "StatementId": "bench", "Action": "lambda:InvokeFunction",
            "Principal": "apigateway.amazonaws.com",
        });
        let path = format!("/2015-03-31/functions/{name}/policy");
        self.json("lambda", "POST", &path, &permit).await;
    }

    async fn make_api(&mut self) {
        let function = json!({
            "type": "aws_proxy", "httpMethod": "POST", "payloadFormatVersion": "2.0",
            "uri": format!("arn:aws:lambda:{REGION}:{ACCOUNT}:function:{FUNCTION}"),
        });
        let document = json!({
            "openapi": "3.0.1", "info": {"title": "bench"},
            "components": {"securitySchemes": {"bench": {
                "type": "oauth2",
                "x-amazon-apigateway-authorizer": {
                    "type": "jwt", "identitySource": "$request.header.Authorization",
                    "jwtConfiguration": {"issuer": ISSUER, "audience": ["bench"]},
                },
            }}},
            "paths": {
                "/open": {"get": {"x-amazon-apigateway-integration": {
                    "type": "http_proxy", "httpMethod": "GET", "payloadFormatVersion": "1.0",
                    "uri": format!("http://{}/open", self.upstream),
                }}},
                "/jwt": {"get": {
                    "security": [{"bench": ["read"]}],
                    "x-amazon-apigateway-integration": function,
                }},
                "/iam": {"get": {
                    "x-amazon-apigateway-auth": {"type": "AWS_IAM"},
                    "x-amazon-apigateway-integration": function,
                }},
            },
        });
        let import = json!({"body": document.to_string()});
        let made = self.json("apigateway", "PUT", "/v2/apis", &import).await;
        let api_id = made["apiId"].as_str().unwrap();
        self.make_log_group().await;
        let stage = json!({
            "stageName": "$default", "autoDeploy": true,
            "accessLogSettings": {
                "destinationArn": format!("arn:aws:logs:{REGION}:{ACCOUNT}:log-group:{LOG_GROUP}"),
                "format": LOG_FORMAT,
            },
        });
        let path = format!("/v2/apis/{api_id}/stages");
        self.json("apigateway", "POST", &path, &stage).await;
        self.host = format!("{api_id}.execute-api.{REGION}.amazonaws.com");
    }

    async fn make_log_group(&self) {
        let body = json!({"logGroupName": LOG_GROUP}).to_string();
        let host = format!("logs.{REGION}.amazonaws.com");
        let mut plan = self.signed("logs", &host, "POST", "/", body.as_bytes());
        let target = "Logs_20140328.CreateLogGroup".to_owned();
        plan.more.push((
            "content-type".to_owned(),
            "application/x-amz-json-1.1".to_owned(),
        ));
        plan.more.push(("x-amz-target".to_owned(), target));
        let (status, answer) = plan.by_header().send(&self.aws).await;
        assert_eq!(status, 200, "{answer}");
    }

    async fn make_secret(&self) {
        let body = json!({"data": {"user": "looker", "password": "correct horse"}});
        let write = Request::new("POST", "/v1/secret/data/bench")
            .header("host", &self.vault)
            .header("x-vault-token", self.lab.vault_root_token())
            .body(body.to_string());
        self.answer_of(&write, &self.vault).await;
    }
}

impl Row {
    pub(crate) fn new(group: &'static str, name: &'static str, address: &str) -> Self {
        let target = |address: &str| Target {
            address: address.to_owned(),
            request: Vec::new(),
        };
        Self {
            group,
            name,
            lab: target(address),
            bare_name: "",
            bare: target(""),
        }
    }

    /// The request that both get, and the bare server.
    pub(crate) fn against(
        mut self,
        request: &Request,
        bare_name: &'static str,
        bare: String,
    ) -> Self {
        self.lab.request = bytes_of(request);
        self.bare.request = bytes_of(request);
        self.bare.address = bare;
        self.bare_name = bare_name;
        self
    }
}

/// The request with keep-alive.
fn bytes_of(request: &Request) -> Vec<u8> {
    let mut text = format!("{} {} HTTP/1.1\r\n", request.method, request.target);
    for (name, value) in &request.headers {
        text.push_str(&format!("{name}: {value}\r\n"));
    }
    text.push_str(&format!("content-length: {}\r\n\r\n", request.body.len()));
    let mut bytes = text.into_bytes();
    bytes.extend(&request.body);
    bytes
}
