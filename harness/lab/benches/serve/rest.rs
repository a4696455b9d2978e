//! A REST API whose methods answer by themselves, and its rows.

use serde_json::{Value, json};

use crate::lab::{ACCOUNT, AUTHORIZER, Bench, ISSUER, LOG_GROUP, REGION};
use crate::wire::Request;
use crate::{Row, bare};

/// What an access log prints of each request.
const LOG_FORMAT: &str = r#"{"requestId":"$context.requestId","ip":"$context.identity.sourceIp","requestTime":"$context.requestTime","httpMethod":"$context.httpMethod","resourcePath":"$context.resourcePath","status":"$context.status","protocol":"$context.protocol","responseLength":"$context.responseLength"}"#;

impl Bench {
    /// What is measured of the REST API.
    pub async fn rest_rows(&self, jwk: &Value) -> Vec<Row> {
        let (host, key) = &self.rest;
        let get = |path: &str| Request::new("GET", &format!("/prod{path}")).header("host", host);
        let open = get("/open");
        let keyed = get("/key").header("x-api-key", key);
        let token = get("/jwt").header("authorization", self.bearer());
        let kept = get("/function").header("authorization", "allow");
        let signed = self.signed("execute-api", host, "GET", "/prod/iam", b"");
        let signed = signed.by_header();
        let body = self.answer_of(&open, &self.aws).await;
        let mut rows = Vec::new();
        for (name, request) in [
            ("REST open, MOCK", &open),
            ("REST API key, MOCK", &keyed),
            ("REST kept decision, MOCK", &kept),
        ] {
            self.answer_of(request, &self.aws).await;
            let fixed = bare::fixed(body.clone()).await;
            let row = Row::new("gateway", name, &self.aws);
            rows.push(row.against(request, "hyper, same bytes", fixed));
        }
        self.answer_of(&token, &self.aws).await;
        let verifying = bare::jwt(jwk, body.clone()).await;
        let row = Row::new("gateway", "REST JWT, MOCK", &self.aws);
        rows.push(row.against(&token, "hyper, RS256 once", verifying));
        self.answer_of(&signed, &self.aws).await;
        let verifying = bare::sigv4("test".to_owned(), body).await;
        let row = Row::new("gateway", "REST IAM, MOCK", &self.aws);
        rows.push(row.against(&signed, "hyper, SigV4 once", verifying));
        rows
    }

    async fn gateway(&self, method: &str, path: &str, body: Value) -> Value {
        self.json("apigateway", method, path, &body).await
    }

    /// The API with a method for each row, its stage with an access log, and a key under a plan that
    /// limits nothing.
    pub async fn make_rest_api(&mut self) {
        let made = self
            .gateway("POST", "/restapis", json!({"name": "bench"}))
            .await;
        let api = made["id"].as_str().unwrap().to_owned();
        let root = made["rootResourceId"].as_str().unwrap().to_owned();
        let authorizers = format!("/restapis/{api}/authorizers");
        let jwt = json!({"name": "jwt", "type": "JWT",
            "identitySource": "method.request.header.Authorization",
            "jwtConfiguration": {"issuers": [{"issuer": ISSUER, "audiences": ["bench"]}]}});
        let jwt = self.gateway("POST", &authorizers, jwt).await;
        let function = format!("arn:aws:lambda:{REGION}:{ACCOUNT}:function:{AUTHORIZER}");
        let uri = format!(
            "arn:aws:apigateway:{REGION}:lambda:path/2015-03-31/functions/{function}/invocations"
        );
        let token = json!({"name": "function", "type": "TOKEN", "authorizerUri": uri,
            "identitySource": "method.request.header.Authorization"});
        let token = self.gateway("POST", &authorizers, token).await;
        for (part, method) in [
            ("open", json!({"authorizationType": "NONE"})),
            (
                "key",
                json!({"authorizationType": "NONE", "apiKeyRequired": true}),
            ),
            ("iam", json!({"authorizationType": "AWS_IAM"})),
            (
                "jwt",
                json!({"authorizationType": "JWT", "authorizerId": jwt["id"]}),
            ),
            (
                "function",
                json!({"authorizationType": "CUSTOM", "authorizerId": token["id"]}),
            ),
        ] {
            self.make_method(&api, &root, part, method).await;
        }
        self.make_stage(&api).await;
        let key = self.make_key(&api).await;
        self.rest = (format!("{api}.execute-api.{REGION}.amazonaws.com"), key);
    }

    async fn make_method(&self, api: &str, root: &str, part: &str, method: Value) {
        let path = format!("/restapis/{api}/resources/{root}");
        let made = self.gateway("POST", &path, json!({"pathPart": part})).await;
        let resource = made["id"].as_str().unwrap();
        let at = format!("/restapis/{api}/resources/{resource}/methods/GET");
        self.gateway("PUT", &at, method).await;
        self.gateway("PUT", &format!("{at}/responses/200"), json!({}))
            .await;
        let template = json!({"application/json": "{\"statusCode\": 200}"});
        let mock = json!({"type": "MOCK", "requestTemplates": template});
        self.gateway("PUT", &format!("{at}/integration"), mock)
            .await;
        let answer = json!({"responseTemplates": {"application/json": "{\"ok\":true}"}});
        let path = format!("{at}/integration/responses/200");
        self.gateway("PUT", &path, answer).await;
    }

    async fn make_stage(&self, api: &str) {
        let role = format!("arn:aws:iam::{ACCOUNT}:role/{}", crate::lab::FUNCTION);
        let patch =
            |path: &str, value: &str| json!({"op": "replace", "path": path, "value": value});
        let role = json!({"patchOperations": [patch("/cloudwatchRoleArn", &role)]});
        self.gateway("PATCH", "/account", role).await;
        let deployment = json!({"stageName": "prod"});
        let path = format!("/restapis/{api}/deployments");
        self.gateway("POST", &path, deployment).await;
        let group = format!("arn:aws:logs:{REGION}:{ACCOUNT}:log-group:{LOG_GROUP}");
        let log = json!({"patchOperations": [
            patch("/accessLogSettings/destinationArn", &group),
            patch("/accessLogSettings/format", LOG_FORMAT),
        ]});
        self.gateway("PATCH", &format!("/restapis/{api}/stages/prod"), log)
            .await;
    }

    async fn make_key(&self, api: &str) -> String {
        let key = json!({"name": "bench", "enabled": true, "value": "benchbenchbenchbenchbench"});
        let key = self.gateway("POST", "/apikeys", key).await;
        let plan = json!({"name": "bench", "apiStages": [{"apiId": api, "stage": "prod"}],
            "throttle": {"rateLimit": 1e9, "burstLimit": 2_000_000_000}});
        let plan = self.gateway("POST", "/usageplans", plan).await;
        let path = format!("/usageplans/{}/keys", plan["id"].as_str().unwrap());
        let member = json!({"keyId": key["id"], "keyType": "API_KEY"});
        self.gateway("POST", &path, member).await;
        "benchbenchbenchbenchbench".to_owned()
    }
}
