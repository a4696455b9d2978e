//! The gateway: what callers of an API send, and what its owner wrote into it.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;

use serde_json::{Value, json};

use super::lab::{Lab, REGION, Request, send};
use super::{Ends, Scan, Secret, Texts};

/// A URI with a secret in it.
type Uris = fn(&str) -> String;

/// Members of a stage with a secret in them.
type Members = fn(&str) -> Value;

const LOG_GROUP: &str = "access";

/// An upstream that answers 200 to everything, for as long as the process lives.
fn upstream() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            std::thread::spawn(move || {
                let mut buffer = [0; 65_536];
                // One request a connection: its head is enough to answer.
                drop(stream.read(&mut buffer));
                drop(stream.write_all(
                    b"HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 2\r\n\r\nok",
                ));
            });
        }
    });
    address
}

fn make(lab: &Lab, path: &str, body: &Value) -> Value {
    let answer = lab.call("apigateway", Request::new("POST", path).json(body));
    assert!(
        answer.status < 300,
        "{path}: {} {}",
        answer.status,
        answer.body
    );
    answer.json()
}

fn id(made: &Value, name: &str) -> String {
    made[name].as_str().unwrap().to_owned()
}

/// An API with a route for each kind of integration and of access.
fn api(scan: &mut Scan) -> String {
    let lab = &scan.lab;
    let upstream = upstream();
    let group = json!({ "logGroupName": LOG_GROUP });
    let request = Request::new("POST", "/")
        .header("content-type", "application/x-amz-json-1.1")
        .header("x-amz-target", "Logs_20140328.CreateLogGroup")
        .body(group.to_string());
    let answer = lab.call("logs", request);
    assert_eq!(answer.status, 200, "{}", answer.body);
    let made = make(
        lab,
        "/v2/apis",
        &json!({"name": "scan", "protocolType": "HTTP"}),
    );
    let api = id(&made, "apiId");
    let authorizer = json!({
        "name": "jwt", "authorizerType": "JWT",
        "identitySource": ["$request.header.Authorization"],
        "jwtConfiguration": {"issuer": lab.issuer, "audience": ["a"]},
    });
    let made = make(lab, &format!("/v2/apis/{api}/authorizers"), &authorizer);
    let authorizer = id(&made, "authorizerId");
    let route = |key: &str, uri: String, more: &Value| {
        let made = make(
            lab,
            &format!("/v2/apis/{api}/integrations"),
            &json!({
                "integrationType": "HTTP_PROXY", "integrationMethod": "ANY",
                "payloadFormatVersion": "1.0", "integrationUri": uri,
            }),
        );
        let mut body = json!({
            "routeKey": key, "target": format!("integrations/{}", id(&made, "integrationId")),
        });
        body.as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        make(lab, &format!("/v2/apis/{api}/routes"), &body);
    };
    route(
        "ANY /open/{proxy+}",
        format!("http://{upstream}/{{proxy}}"),
        &json!({}),
    );
    route(
        "ANY /down/{proxy+}",
        "http://127.0.0.1:9/{proxy}".to_owned(),
        &json!({}),
    );
    route(
        "GET /iam",
        format!("http://{upstream}/"),
        &json!({"authorizationType": "AWS_IAM"}),
    );
    let jwt = json!({"authorizationType": "JWT", "authorizerId": authorizer});
    route("GET /jwt", format!("http://{upstream}/"), &jwt);
    let keyed = format!("http://{upstream}/?key=${{stageVariables.key}}");
    route("GET /variable", keyed, &json!({}));
    let down = "http://127.0.0.1:9/?key=${stageVariables.key}".to_owned();
    route("GET /down-variable", down, &json!({}));
    let format = [
        "requestId",
        "path",
        "integrationErrorMessage",
        "integration.error",
        "authorizer.error",
        "error.message",
        "identity.userAgent",
        "routeKey",
        "identity.caller",
        "authorizer.claims.sub",
    ];
    let format: Vec<String> = format
        .iter()
        .map(|name| format!("\"{name}\":\"$context.{name}\""))
        .collect();
    let destination = format!(
        "arn:aws:logs:{REGION}:{}:log-group:{LOG_GROUP}",
        lab.account
    );
    let stage = json!({
        "stageName": "$default", "autoDeploy": true,
        "accessLogSettings": {
            "destinationArn": destination,
            "format": format!("{{{}}}", format.join(",")),
        },
    });
    make(lab, &format!("/v2/apis/{api}/stages"), &stage);
    api
}

/// Everything in the access log.
pub fn access_log(lab: &Lab) -> String {
    let mut all = String::new();
    let mut next = Value::Null;
    loop {
        let mut body = json!({ "logGroupName": LOG_GROUP });
        if !next.is_null() {
            body["nextToken"] = next;
        }
        let request = Request::new("POST", "/")
            .header("content-type", "application/x-amz-json-1.1")
            .header("x-amz-target", "Logs_20140328.FilterLogEvents")
            .body(body.to_string());
        let answer = lab.call("logs", request);
        assert_eq!(answer.status, 200, "{}", answer.body);
        all += &answer.body;
        next = answer.json()["nextToken"].clone();
        if next.is_null() {
            return all;
        }
    }
}

pub fn plant(scan: &mut Scan) {
    let api = api(scan);
    let host = format!("{api}.execute-api.{REGION}.localhost");
    callers(scan, &host);
    signed(scan, &host);
    owners(scan, &api, &host);
}

/// An open route, one whose integration is down, and no route at all.
const PATHS: [(&str, Ends); 3] = [
    ("/open/x", Ends::Accepted),
    ("/down/x", Ends::Refused),
    ("/nowhere", Ends::Refused),
];

fn callers(scan: &mut Scan, host: &str) {
    let headers: [(&str, &'static str, Texts); 9] = [
        ("authorization", "authorization header", |secret| {
            format!("Bearer {}", secret.plain())
        }),
        ("authorization", "basic authentication", |secret| {
            format!(
                "Basic {}",
                secret.in_base64(&format!("a:{}", secret.plain()))
            )
        }),
        ("proxy-authorization", "proxy authorization", |secret| {
            format!("Basic {}", secret.plain())
        }),
        ("cookie", "cookie", |secret| {
            format!("session={}", secret.plain())
        }),
        ("x-api-key", "key header", Secret::plain),
        ("x-vault-token", "token header", Secret::vault_token),
        ("x-something-new", "unknown header", Secret::plain),
        ("x-amzn-trace-id", "trace header", |secret| {
            format!("Root={}", secret.plain())
        }),
        ("user-agent", "agent's name", Secret::token),
    ];
    for (path, ends) in PATHS {
        for (name, place, value) in headers {
            scan.plant(("gateway", place, ends), |_, secret| {
                Request::new("GET", path)
                    .host(host)
                    .header(name, value(secret))
            });
        }
        scan.plant(("gateway", "query", ends), |_, secret| {
            Request::new("GET", format!("{path}?password={}&{0}", secret.plain())).host(host)
        });
        let shapes: [Texts; 3] = [Secret::vault_token, Secret::token, Secret::access_key];
        for shape in shapes {
            scan.plant(("gateway", "path segment", ends), |_, secret| {
                Request::new("GET", format!("{path}/{}/y", shape(secret))).host(host)
            });
        }
        let bodies: [(&'static str, &str, Texts); 6] = [
            ("JSON", "application/json", |secret| {
                json!({"password": secret.plain()}).to_string()
            }),
            ("nested JSON", "application/json", |secret| {
                json!({"a": [{"b": {"password": secret.plain()}}]}).to_string()
            }),
            ("form", "application/x-www-form-urlencoded", |secret| {
                format!("password={}", secret.plain())
            }),
            ("XML", "text/xml", |secret| {
                format!("<a password=\"{0}\">{0}</a>", secret.plain())
            }),
            ("multipart", "multipart/form-data; boundary=b", |secret| {
                format!(
                    "--b\r\ncontent-disposition: form-data; name=\"p\"\r\n\r\n{}\r\n--b--\r\n",
                    secret.plain()
                )
            }),
            ("base64", "text/plain", |secret| {
                secret.in_base64(&secret.plain())
            }),
        ];
        for (place, kind, content) in bodies {
            scan.plant(("gateway", place, ends), |_, secret| {
                Request::new("POST", path)
                    .host(host)
                    .header("content-type", kind)
                    .body(content(secret))
            });
        }
    }
    for (ends, target) in [(Ends::Either, "/open/x"), (Ends::Either, "/nowhere")] {
        scan.plant(("gateway", "user information", ends), |_, secret| {
            Request::new(
                "GET",
                format!("http://user:{}@{host}{target}", secret.plain()),
            )
            .host(host)
        });
    }
    // Claims are evidence; a credential among them is none, also where an access log names the claim.
    for shape in [
        Secret::vault_token as Texts,
        Secret::access_key,
        Secret::token,
    ] {
        scan.plant(
            ("gateway", "claim of a believed token", Ends::Accepted),
            |lab, secret| {
                let claims =
                    json!({"aud": "a", "sub": shape(secret), "list": [{"key": shape(secret)}]});
                let mint =
                    Request::new("POST", "/_lab/oidc/token").json(&json!({ "claims": claims }));
                let token = send(&lab.control, &mint).text("/token");
                Request::new("GET", "/jwt")
                    .host(host)
                    .header("authorization", format!("Bearer {token}"))
            },
        );
    }
    for token in [Secret::token as Texts, Secret::plain] {
        scan.plant(
            ("gateway", "JWT, not believed", Ends::Refused),
            |_, secret| {
                Request::new("GET", "/jwt")
                    .host(host)
                    .header("authorization", format!("Bearer {}", token(secret)))
            },
        );
    }
}

/// Requests whose signature does not stand: what was rebuilt of them is evidence.
fn signed(scan: &mut Scan, host: &str) {
    for name in [
        "cookie",
        "x-api-key",
        "x-vault-token",
        "proxy-authorization",
        "x-something-new",
        "content-type",
        "x-amz-target",
        "content-md5",
    ] {
        for (ends, key) in [(Ends::Refused, "wrong"), (Ends::Accepted, "test")] {
            scan.plant(("gateway", "signed header", ends), |lab, secret| {
                let value = match name {
                    "content-type" => format!("text/plain; x={}", secret.plain()),
                    "x-amz-target" => format!("a b {}", secret.plain()),
                    _ => secret.plain(),
                };
                Request::new("GET", "/iam")
                    .host(host)
                    .header(name, value)
                    .signed(&lab.account, key, None, "execute-api")
            });
        }
    }
    for (ends, key) in [(Ends::Refused, "wrong"), (Ends::Accepted, "test")] {
        scan.plant(("gateway", "signed query", ends), |lab, secret| {
            Request::new("GET", format!("/iam?password={}&b=c", secret.plain()))
                .host(host)
                .signed(&lab.account, key, None, "execute-api")
        });
    }
    scan.plant(
        ("gateway", "session token", Ends::Refused),
        |lab, secret| {
            Request::new("GET", "/iam").host(host).signed(
                &lab.account,
                "test",
                Some(&secret.plain()),
                "execute-api",
            )
        },
    );
    scan.plant(("gateway", "presigned URL", Ends::Refused), |lab, secret| {
        let target = format!(
            "/iam?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential={}%2F20260115%2F{REGION}%2Fexecute-api%2Faws4_request&X-Amz-Date=20260115T120000Z&X-Amz-Expires=60&X-Amz-SignedHeaders=host&X-Amz-Signature={}&X-Amz-Security-Token={1}",
            lab.account, secret.plain()
        );
        Request::new("GET", target).host(host)
    });
    scan.plant(
        ("gateway", "unreadable signature", Ends::Refused),
        |lab, secret| {
            let value = format!(
                "AWS4-HMAC-SHA256 Credential={}, Signature={}",
                lab.account,
                secret.plain()
            );
            Request::new("GET", "/iam")
                .host(host)
                .header("authorization", value)
        },
    );
}

/// What the owner of an API wrote into it.
fn owners(scan: &mut Scan, api: &str, host: &str) {
    let apigateway = format!("apigateway.{REGION}.amazonaws.com");
    let uris: [(&'static str, Uris); 4] = [
        ("integration URI, user information", |secret| {
            format!("http://user:{secret}@127.0.0.1:9/x")
        }),
        ("integration URI, query", |secret| {
            format!("http://127.0.0.1:9/x?key={secret}")
        }),
        ("integration URI, fragment", |secret| {
            format!("http://127.0.0.1:9/x#{secret}")
        }),
        ("integration URI that is none", |secret| {
            format!("http://[{secret}")
        }),
    ];
    for (number, (place, uri)) in uris.into_iter().enumerate() {
        let answer = scan.plant(("gateway", place, Ends::Either), |lab, secret| {
            let body = json!({
                "integrationType": "HTTP_PROXY", "integrationMethod": "ANY",
                "payloadFormatVersion": "1.0", "integrationUri": uri(&secret.plain()),
            });
            Request::new("POST", format!("/v2/apis/{api}/integrations"))
                .host(apigateway.as_str())
                .json(&body)
                .signed(&lab.account, "test", None, "apigateway")
        });
        if answer.status < 300 {
            let target = format!("integrations/{}", answer.text("/integrationId"));
            let route = json!({"routeKey": format!("GET /owner/{number}"), "target": target});
            make(&scan.lab, &format!("/v2/apis/{api}/routes"), &route);
            let called = Request::new("GET", format!("/owner/{number}")).host(host);
            let called = send(&scan.lab.aws, &called);
            assert!(called.status >= 400, "{place}: {}", called.status);
        }
    }
    let bodies: [(&'static str, Ends, Members); 3] = [
        (
            "stage variable",
            Ends::Accepted,
            |secret| json!({"stageVariables": {"key": secret}}),
        ),
        (
            "stage variable of a wrong type",
            Ends::Refused,
            |secret| json!({"stageVariables": {"key": [secret]}}),
        ),
        (
            "access log format",
            Ends::Either,
            |secret| json!({"accessLogSettings": {"format": secret}}),
        ),
    ];
    for (place, ends, content) in bodies {
        scan.plant(("gateway", place, ends), |lab, secret| {
            Request::new("PATCH", format!("/v2/apis/{api}/stages/$default"))
                .host(apigateway.as_str())
                .json(&content(&secret.plain()))
                .signed(&lab.account, "test", None, "apigateway")
        });
    }
    for (path, ends) in [
        ("/variable", Ends::Accepted),
        ("/down-variable", Ends::Refused),
    ] {
        scan.plant(("gateway", "beside a stage variable", ends), |_, secret| {
            Request::new("GET", format!("{path}?own={}", secret.plain())).host(host)
        });
    }
    let document = "openapi: 3.0.1\ninfo: {title: scan, version: 1.0}\npaths:\n  /a:\n    get:\n      x-amazon-apigateway-integration:\n        type: http_proxy\n        httpMethod: GET\n        payloadFormatVersion: 1.0\n        uri: ";
    for (end, ends) in [
        ("'http://127.0.0.1:9/?key={}'", Ends::Accepted),
        ("'http://a:{}@127.0.0.1:9/'", Ends::Either),
        ("[ '{}' ]", Ends::Refused),
        ("'{}", Ends::Refused),
        ("!Secret {}", Ends::Refused),
    ] {
        scan.plant(("gateway", "YAML", ends), |lab, secret| {
            let document = format!("{document}{}\n", end.replace("{}", &secret.plain()));
            Request::new("PUT", "/v2/apis")
                .host(apigateway.as_str())
                .json(&json!({ "body": document }))
                .signed(&lab.account, "test", None, "apigateway")
        });
    }
}
