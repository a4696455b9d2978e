//! The lab, with all ways open to those who may.

use std::collections::BTreeMap;

use authlab::Lab;
use authlab_token::{KeySet, SigningKey};
use serde_json::{Value, json};

use crate::wire::{Plan, Request, encoded, serve};

/// The issuer whose tokens are good.
pub const ISSUER: &str = "https://login.forge.example";
/// The account of everything.
pub const ACCOUNT: &str = "222222222222";
/// An account of somebody else.
pub const STRANGER: &str = "999999999999";
/// What Vault's AWS logins must show.
pub const SERVER_ID: &str = "vault.forge.example";
const REGION: &str = "us-east-1";

/// Who signs.
#[derive(Clone, Default)]
pub struct Credentials {
    pub key: String,
    pub secret: String,
    pub token: Option<String>,
}

/// The lab.
pub struct Bench {
    lab: Lab,
    /// Where AWS and the gateway answer.
    pub aws: String,
    /// Where Vault answers.
    pub vault: String,
    /// The API's host.
    pub host: String,
    /// The REST API's host.
    pub rest_host: String,
    /// The host of an API of a stranger that answers as STS would.
    pub impostor: String,
    /// A user who may call the API but for `secret`.
    pub user: Credentials,
    /// A user without permissions.
    pub pauper: Credentials,
    /// A session of the role `app`.
    pub session: Credentials,
    /// Another session of it.
    pub other: Credentials,
}

impl Bench {
    pub async fn start() -> Self {
        let lab = Lab::builder().start().await.expect("a lab");
        let address = |url: &str| url.split("://").nth(1).unwrap_or_default().to_owned();
        let (aws, vault) = (
            address(&lab.endpoints().aws),
            address(&lab.endpoints().vault),
        );
        let mut bench = Self {
            lab,
            aws,
            vault,
            host: String::new(),
            rest_host: String::new(),
            impostor: String::new(),
            user: Credentials::default(),
            pauper: Credentials::default(),
            session: Credentials::default(),
            other: Credentials::default(),
        };
        bench.start_issuer().await;
        bench.make_principals().await;
        bench.make_apis().await;
        bench.make_rest_api().await;
        bench.make_vault().await;
        bench
    }

    /// The class of what is said about the last request.
    pub fn diagnosis(&self) -> Option<&'static str> {
        let events = self
            .lab
            .journal()
            .events_since(authlab::Sequence::default());
        let id = events
            .iter()
            .rev()
            .find_map(|event| event.request_id.clone())?;
        let chain = self.lab.explain(&id).ok()?;
        let refused = chain.diagnosis.filter(|found| !found.is_suspicion)?;
        Some(refused.class)
    }

    /// The lab's time in seconds.
    pub fn now(&self) -> i64 {
        self.lab.clock().now().as_second()
    }

    /// The lab's time, moved by so many seconds, as signatures write it.
    pub fn date(&self, seconds: i64) -> String {
        let moved = self.now() + seconds;
        let time = authlab_kernel::Timestamp::from_second(moved).expect("a time");
        time.strftime("%Y%m%dT%H%M%SZ").to_string()
    }

    /// A plan for a service: `POST /` to its host.
    pub fn plan(&self, who: &Credentials, service: &str) -> Plan {
        let date = self.date(0);
        Plan {
            key: who.key.clone(),
            secret: who.secret.clone(),
            token: who.token.clone(),
            region: REGION.to_owned(),
            service: service.to_owned(),
            day: date.chars().take(8).collect(),
            date,
            terminator: "aws4_request".to_owned(),
            method: "POST".to_owned(),
            path: "/".to_owned(),
            signed_path: "/".to_owned(),
            query: Vec::new(),
            host: format!("{service}.{REGION}.amazonaws.com"),
            more: Vec::new(),
            body: Vec::new(),
            signed_body: Vec::new(),
            expires: "300".to_owned(),
            unsorted: false,
        }
    }

    /// A call of an account's root user in the form of awsQuery.
    async fn query(&self, account: &str, service: &str, form: &[(&str, &str)]) -> String {
        let root = Credentials {
            key: account.to_owned(),
            secret: "test".to_owned(),
            token: None,
        };
        let pairs: Vec<String> = form
            .iter()
            .map(|(name, value)| format!("{name}={}", encoded(value)))
            .collect();
        let mut plan = self.plan(&root, service);
        if service == "iam" {
            plan.host = "iam.amazonaws.com".to_owned();
        }
        let kind = (
            "content-type".to_owned(),
            "application/x-www-form-urlencoded".to_owned(),
        );
        plan.more.push(kind);
        plan.body = pairs.join("&").into_bytes();
        plan.signed_body = plan.body.clone();
        let (status, body) = plan.by_header().send(&self.aws).await;
        assert_eq!(status, 200, "{form:?}: {body}");
        body
    }

    async fn rest(&self, account: &str, method: &str, path: &str, body: &Value) -> Value {
        let root = Credentials {
            key: account.to_owned(),
            secret: "test".to_owned(),
            token: None,
        };
        let mut plan = self.plan(&root, "apigateway");
        plan.method = method.to_owned();
        plan.path = path.to_owned();
        plan.signed_path = path.to_owned();
        plan.more
            .push(("content-type".to_owned(), "application/json".to_owned()));
        plan.body = body.to_string().into_bytes();
        plan.signed_body = plan.body.clone();
        let (status, answer) = plan.by_header().send(&self.aws).await;
        assert_eq!(status, 201, "{path}: {answer}");
        serde_json::from_str(&answer).expect("JSON")
    }

    async fn start_issuer(&self) {
        let key = SigningKey::test_key(0).expect("a key").jwk();
        let discovery = json!({
            "issuer": ISSUER, "jwks_uri": format!("{ISSUER}/keys"),
            "authorization_endpoint": format!("{ISSUER}/authorize"),
            "token_endpoint": format!("{ISSUER}/token"),
            "response_types_supported": ["id_token"], "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
        });
        let documents = BTreeMap::from([
            (
                "/.well-known/openid-configuration".to_owned(),
                discovery.to_string(),
            ),
            (
                "/keys".to_owned(),
                KeySet::of(vec![key]).to_value().to_string(),
            ),
        ]);
        let address = serve(documents, "{}".to_owned()).await;
        self.lab
            .map_name(ISSUER, &format!("http://{address}"))
            .expect("a name");
    }

    async fn make_principals(&mut self) {
        let provider = format!("arn:aws:iam::{ACCOUNT}:oidc-provider/login.forge.example");
        let create = [
            ("Action", "CreateOpenIDConnectProvider"),
            ("Version", "2010-05-08"),
            ("Url", ISSUER),
            ("ClientIDList.member.1", "reports"),
            (
                "ThumbprintList.member.1",
                "0123456789012345678901234567890123456789",
            ),
        ];
        self.query(ACCOUNT, "iam", &create).await;
        let trust = json!({"Version": "2012-10-17", "Statement": [{
            "Effect": "Allow", "Action": "sts:AssumeRoleWithWebIdentity",
            "Principal": {"Federated": provider},
            "Condition": {"StringEquals": {
                "login.forge.example:aud": "reports", "login.forge.example:sub": "looker",
            }},
        }]});
        let role = [
            ("Action", "CreateRole"),
            ("Version", "2010-05-08"),
            ("RoleName", "app"),
            ("AssumeRolePolicyDocument", &trust.to_string()),
        ];
        self.query(ACCOUNT, "iam", &role).await;
        self.user = self.make_user("ann").await;
        self.pauper = self.make_user("bob").await;
        self.session = self.assume().await;
        self.other = self.assume().await;
    }

    async fn make_user(&self, name: &str) -> Credentials {
        let user = [
            ("Action", "CreateUser"),
            ("Version", "2010-05-08"),
            ("UserName", name),
        ];
        self.query(ACCOUNT, "iam", &user).await;
        let key = [
            ("Action", "CreateAccessKey"),
            ("Version", "2010-05-08"),
            ("UserName", name),
        ];
        let answer = self.query(ACCOUNT, "iam", &key).await;
        Credentials {
            key: between(&answer, "AccessKeyId"),
            secret: between(&answer, "SecretAccessKey"),
            token: None,
        }
    }

    async fn assume(&self) -> Credentials {
        let token = crate::jwt::good(self);
        let (status, body) = self.web_identity(&token).send(&self.aws).await;
        assert_eq!(status, 200, "{body}");
        Credentials {
            key: between(&body, "AccessKeyId"),
            secret: between(&body, "SecretAccessKey"),
            token: Some(between(&body, "SessionToken")),
        }
    }

    async fn make_apis(&mut self) {
        let upstream = serve(BTreeMap::new(), "{}".to_owned()).await;
        let integration = |path: &str| {
            json!({
                "type": "http_proxy", "httpMethod": "ANY", "payloadFormatVersion": "1.0",
                "uri": format!("http://{upstream}{path}"),
            })
        };
        let document = json!({
            "openapi": "3.0.1", "info": {"title": "forge"},
            "components": {"securitySchemes": {"forge": {
                "type": "oauth2",
                "x-amazon-apigateway-authorizer": {
                    "type": "jwt", "identitySource": "$request.header.Authorization",
                    "jwtConfiguration": {"issuer": ISSUER, "audience": ["reports"]},
                },
            }}},
            "paths": {
                "/jwt": {"get": {
                    "security": [{"forge": ["read"]}],
                    "x-amazon-apigateway-integration": integration("/jwt"),
                }},
                "/iam/{proxy+}": {"x-amazon-apigateway-any-method": {
                    "x-amazon-apigateway-auth": {"type": "AWS_IAM"},
                    "x-amazon-apigateway-integration": integration("/{proxy}"),
                }},
            },
        });
        let api_id = self.make_api(ACCOUNT, &document).await;
        self.host = format!("{api_id}.execute-api.{REGION}.amazonaws.com");
        let api = format!("arn:aws:execute-api:{REGION}:{ACCOUNT}:{api_id}");
        let policy = json!({"Version": "2012-10-17", "Statement": [
            {"Effect": "Allow", "Action": "execute-api:Invoke", "Resource": format!("{api}/*")},
            {"Effect": "Deny", "Action": "execute-api:Invoke",
             "Resource": [format!("{api}/*/*/iam/secret"), format!("{api}/*/DELETE/*")]},
        ]})
        .to_string();
        for (action, name, who) in [
            ("PutUserPolicy", "UserName", "ann"),
            ("PutRolePolicy", "RoleName", "app"),
        ] {
            let put = [
                ("Action", action),
                ("Version", "2010-05-08"),
                (name, who),
                ("PolicyName", "invoke"),
                ("PolicyDocument", policy.as_str()),
            ];
            self.query(ACCOUNT, "iam", &put).await;
        }

        // An API of a stranger, whose integration answers what STS would answer about the role.
        let claim = format!(
            "<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>arn:aws:sts::{ACCOUNT}:\
             assumed-role/app/x</Arn><UserId>AROA:x</UserId><Account>{ACCOUNT}</Account>\
             </GetCallerIdentityResult></GetCallerIdentityResponse>"
        );
        let liar = serve(BTreeMap::new(), claim).await;
        let document = json!({
            "openapi": "3.0.1", "info": {"title": "impostor"},
            "paths": {"/$default": {"x-amazon-apigateway-any-method": {
                "x-amazon-apigateway-integration": {
                    "type": "http_proxy", "httpMethod": "ANY", "payloadFormatVersion": "1.0",
                    "uri": format!("http://{liar}/"),
                },
            }}},
        });
        let api_id = self.make_api(STRANGER, &document).await;
        self.impostor = format!("{api_id}.execute-api.{REGION}.amazonaws.com");
    }

    /// A REST API whose method `GET /jwt` answers by itself to bearers of a token.
    async fn make_rest_api(&mut self) {
        let post = |path: String, body: Value| {
            let bench = &*self;
            async move { bench.rest(ACCOUNT, "POST", &path, &body).await }
        };
        let put = |path: String, body: Value| {
            let bench = &*self;
            async move { bench.rest(ACCOUNT, "PUT", &path, &body).await }
        };
        let text = |value: &Value| value.as_str().expect("text").to_owned();
        let made = post("/restapis".to_owned(), json!({"name": "forge"})).await;
        let api = format!("/restapis/{}", text(&made["id"]));
        let authorizer = json!({
            "name": "forge", "type": "JWT",
            "identitySource": "method.request.header.Authorization",
            "jwtConfiguration": {
                "issuers": [{"issuer": ISSUER, "audiences": ["reports"]}],
                "defaultAlgorithms": ["RS256", "RS384", "RS512"],
            },
        });
        let authorizer = post(format!("{api}/authorizers"), authorizer).await;
        let root = text(&made["rootResourceId"]);
        let child = json!({"pathPart": "jwt"});
        let child = post(format!("{api}/resources/{root}"), child).await;
        let method = format!("{api}/resources/{}/methods/GET", text(&child["id"]));
        let template = json!({"application/json": "{\"statusCode\": 200}"});
        let calls = [
            (
                "",
                json!({
                    "authorizationType": "JWT", "authorizerId": authorizer["id"],
                    "authorizationScopes": ["read"],
                }),
            ),
            (
                "/integration",
                json!({"type": "MOCK", "requestTemplates": template}),
            ),
            ("/responses/200", json!({})),
            ("/integration/responses/200", json!({})),
        ];
        for (path, body) in calls {
            put(format!("{method}{path}"), body).await;
        }
        post(format!("{api}/deployments"), json!({"stageName": "prod"})).await;
        let host = format!("{}.execute-api.{REGION}.amazonaws.com", text(&made["id"]));
        self.rest_host = host;
    }

    async fn make_api(&self, account: &str, document: &Value) -> String {
        let import = json!({"body": document.to_string()});
        let made = self.rest(account, "PUT", "/v2/apis", &import).await;
        let api_id = made["apiId"].as_str().expect("an id").to_owned();
        let stage = json!({"stageName": "$default", "autoDeploy": true});
        self.rest(
            account,
            "POST",
            &format!("/v2/apis/{api_id}/stages"),
            &stage,
        )
        .await;
        api_id
    }

    async fn make_vault(&self) {
        let arn = format!("arn:aws:iam::{ACCOUNT}:role/app");
        for (path, body) in [
            ("sys/auth/jwt", json!({"type": "jwt"})),
            (
                "auth/jwt/config",
                json!({"oidc_discovery_url": ISSUER, "bound_issuer": ISSUER}),
            ),
            (
                "auth/jwt/role/app",
                json!({
                    "role_type": "jwt", "user_claim": "sub", "bound_audiences": ["reports"],
                    "bound_subject": "looker", "policies": ["default"],
                }),
            ),
            ("sys/auth/aws", json!({"type": "aws"})),
            (
                "auth/aws/config/client",
                json!({"iam_server_id_header_value": SERVER_ID}),
            ),
            (
                "auth/aws/role/app",
                json!({
                    "auth_type": "iam", "bound_iam_principal_arn": arn, "resolve_aws_unique_ids": false,
                }),
            ),
        ] {
            let request = Request::new("POST", &format!("/v1/{path}"))
                .header("host", &self.vault)
                .header("x-vault-token", self.lab.vault_root_token())
                .body(body.to_string());
            let (status, answer) = request.send(&self.vault).await;
            assert!((200..300).contains(&status), "{path}: {status} {answer}");
        }
    }

    /// `AssumeRoleWithWebIdentity` with a token.
    pub fn web_identity(&self, token: &[u8]) -> Request {
        let token: String = token.iter().map(|byte| format!("%{byte:02X}")).collect();
        let role = encoded(&format!("arn:aws:iam::{ACCOUNT}:role/app"));
        let body = format!(
            "Action=AssumeRoleWithWebIdentity&Version=2011-06-15&RoleArn={role}\
             &RoleSessionName=forge&WebIdentityToken={token}"
        );
        Request::new("POST", "/")
            .header("host", "sts.amazonaws.com")
            .header("content-type", "application/x-www-form-urlencoded")
            .body(body)
    }
}

/// The text of the first element of a name.
fn between(xml: &str, name: &str) -> String {
    let open = format!("<{name}>");
    let rest = xml
        .split_once(&open)
        .map(|(_, rest)| rest)
        .unwrap_or_default();
    rest.split('<').next().unwrap_or_default().to_owned()
}
