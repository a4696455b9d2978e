//! Vault's AWS login: the call to STS goes to STS, whatever the login says of hosts and paths.

use std::sync::Arc;

use authlab_http::{Incoming, Limits, Listener, Rejection, Running, Service};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use http::Response;
use serde_json::{Map, json};

use super::*;

const BODY: &str = "Action=GetCallerIdentity&Version=2011-06-15";

/// A server of anybody that says who somebody is.
struct Forger;

impl Service for Forger {
    fn call(&self, _: Incoming) -> BoxFuture<'_, Response<Bytes>> {
        async move {
            let text = "<GetCallerIdentityResponse><GetCallerIdentityResult>\
                <Arn>arn:aws:sts::222222222222:assumed-role/app/x</Arn><UserId>A:x</UserId>\
                <Account>222222222222</Account>\
                </GetCallerIdentityResult></GetCallerIdentityResponse>";
            let mut response = Response::new(Bytes::from_static(text.as_bytes()));
            let kind = HeaderValue::from_static("text/xml");
            response.headers_mut().insert("content-type", kind);
            response
        }
        .boxed()
    }

    fn reject(&self, _: Rejection) -> Response<Bytes> {
        Response::new(Bytes::new())
    }
}

async fn forger() -> Running {
    let any = "127.0.0.1:0".parse().unwrap();
    let listener = Listener::bind("forger", any, "--port").await.unwrap();
    listener.serve(Limits::default(), Arc::new(Forger))
}

/// Vault with AWS logins, a role for the forged principal and one for a root user's account.
async fn prepare(lab: &Lab, client: Value) {
    let steps = [
        ("sys/auth/aws", json!({"type": "aws"})),
        ("auth/aws/config/client", client),
        (
            "auth/aws/role/app",
            json!({
                "auth_type": "iam", "resolve_aws_unique_ids": false, "policies": "prod",
                "bound_iam_principal_arn": "arn:aws:iam::222222222222:role/app",
            }),
        ),
        (
            "auth/aws/role/somebody",
            json!({
                "auth_type": "iam", "resolve_aws_unique_ids": false, "policies": "prod",
                "bound_iam_principal_arn": "arn:aws:iam::222222222222:user/ada",
            }),
        ),
    ];
    for (path, body) in steps {
        let made = vault(lab, &Method::POST, path, &body).await;
        assert!(made.status.is_success(), "{path}: {}", made.body);
    }
}

/// A user of the workload account, and its access key.
async fn user_key(lab: &Lab) -> (String, String) {
    let mut body = String::new();
    for form in [
        "Action=CreateUser&UserName=ada&Version=2010-05-08",
        "Action=CreateAccessKey&UserName=ada&Version=2010-05-08",
    ] {
        let aws = &lab.endpoints().aws;
        let signing = Signing {
            access_key: "222222222222",
            service: "iam",
            region: "us-east-1",
            host: aws.strip_prefix("http://").unwrap(),
        };
        let mut headers = signed(lab, &signing, (&Method::POST, "/"), form);
        let kind = HeaderValue::from_static("application/x-www-form-urlencoded");
        headers.insert("content-type", kind);
        let answer = ask(&Method::POST, &format!("{aws}/"), headers, form).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        body = answer.body;
    }
    let text = |name: &str| {
        let (_, rest) = body.split_once(&format!("<{name}>")).unwrap();
        rest.split('<').next().unwrap().to_owned()
    };
    (text("AccessKeyId"), text("SecretAccessKey"))
}

async fn log_in(lab: &Lab, role: &str, url: &str, headers: &Value) -> Asked {
    let body = json!({
        "role": role,
        "iam_http_request_method": "POST",
        "iam_request_url": STANDARD.encode(url),
        "iam_request_body": STANDARD.encode(BODY),
        "iam_request_headers": STANDARD.encode(headers.to_string()),
    });
    let url = format!("{}/v1/auth/aws/login", lab.endpoints().vault);
    ask(&Method::POST, &url, HeaderMap::new(), &body.to_string()).await
}

#[tokio::test]
async fn no_spelling_of_a_login_leads_to_somebodys_api() {
    let forger = forger().await;
    let lab = Lab::builder().start().await.unwrap();
    let id = api_to(&lab, &format!("http://{}/", forger.address())).await;
    // The API works: the same request from a client is answered by the forger.
    let own = format!("{}/_aws/execute-api/{id}/$default/", lab.endpoints().aws);
    let seen = ask(&Method::POST, &own, HeaderMap::new(), BODY).await;
    assert!(seen.body.contains("assumed-role/app"), "{}", seen.body);

    let named = |end: &str| format!("{id}.execute-api.us-east-1.{end}");
    let (amazon, local) = (named("amazonaws.com"), named("localhost"));
    let port = lab.endpoints().aws.rsplit(':').next().unwrap().to_owned();
    let content = json!(["application/x-www-form-urlencoded"]);
    let plain = json!({"Content-Type": content});
    let with = |name: &str, value: &str| json!({"Content-Type": content, name: [value]});
    let cases: Vec<(String, Value)> = vec![
        (format!("https://{amazon}/"), plain.clone()),
        (format!("https://{amazon}"), plain.clone()),
        (format!("http://{amazon}:{port}/"), plain.clone()),
        (format!("https://{local}/"), plain.clone()),
        (format!("https://{}/", amazon.to_uppercase()), plain.clone()),
        (format!("https://{amazon}./"), plain.clone()),
        (format!("https://user:secret@{amazon}/"), plain.clone()),
        (
            format!("https://sts.amazonaws.com@{amazon}/"),
            plain.clone(),
        ),
        (
            format!("https://{amazon}@sts.amazonaws.com/"),
            plain.clone(),
        ),
        (format!("_aws/execute-api/{id}/$default/x"), plain.clone()),
        (format!("/_aws/execute-api/{id}/$default/x"), plain.clone()),
        (format!("_aws/execute-api/{id}/%24default/x"), plain.clone()),
        (format!("./_aws/execute-api/{id}/$default/x"), plain.clone()),
        (
            format!("x/../_aws/execute-api/{id}/$default/x"),
            plain.clone(),
        ),
        (format!("%5faws/execute-api/{id}/$default/x"), plain.clone()),
        (
            format!("https://sts.amazonaws.com/_aws/execute-api/{id}/$default/x"),
            plain.clone(),
        ),
        (
            format!("https://sts.amazonaws.com//_aws/execute-api/{id}/$default/x"),
            plain.clone(),
        ),
        (
            format!("https://sts.amazonaws.com?/_aws/execute-api/{id}/$default/x"),
            plain.clone(),
        ),
        (
            format!("https://sts.amazonaws.com#/_aws/execute-api/{id}/$default/x"),
            plain.clone(),
        ),
        ("/".to_owned(), with("Host", &amazon)),
        ("/".to_owned(), with("host", &local)),
        (
            "/".to_owned(),
            json!({"Content-Type": content, "Host": ["sts.amazonaws.com", amazon]}),
        ),
        (
            "https://sts.amazonaws.com/".to_owned(),
            with("X-Forwarded-Host", &amazon),
        ),
        (
            "https://sts.amazonaws.com/".to_owned(),
            with("Forwarded", &format!("host={amazon}")),
        ),
        (
            "https://sts.amazonaws.com/".to_owned(),
            with("X-Authlab-Cause", "1"),
        ),
        (
            "https://sts.amazonaws.com/".to_owned(),
            with("X-HTTP-Method-Override", "GET"),
        ),
        (
            format!("https://127.0.0.1:{}/", forger.address().port()),
            plain.clone(),
        ),
        (format!("http://{}/", forger.address()), plain.clone()),
        (format!("https:///{amazon}/"), plain.clone()),
        (format!("//{amazon}/"), plain.clone()),
        (format!("https:{amazon}/"), plain.clone()),
        (
            format!("https://sts.amazonaws.com\\@{amazon}/"),
            plain.clone(),
        ),
    ];
    prepare(&lab, json!({})).await;
    for server_id in ["", "vault.example"] {
        let config = json!({"iam_server_id_header_value": server_id});
        let set = vault(&lab, &Method::POST, "auth/aws/config/client", &config).await;
        assert!(set.status.is_success(), "{}", set.body);
        for (url, headers) in &cases {
            let mut headers: Map<_, _> = headers.as_object().unwrap().clone();
            if !server_id.is_empty() {
                headers.insert("X-Vault-AWS-IAM-Server-ID".to_owned(), json!([server_id]));
                let signed = "AWS4-HMAC-SHA256 Credential=AKIA/20260115/us-east-1/sts/aws4_request, \
                    SignedHeaders=host;x-vault-aws-iam-server-id, Signature=00";
                headers.insert("Authorization".to_owned(), json!([signed]));
            }
            let headers = Value::Object(headers);
            let answer = log_in(&lab, "app", url, &headers).await;
            assert!(
                answer.status.is_client_error(),
                "{url} {headers}: {} {}",
                answer.status,
                answer.body
            );
            assert!(answer.json()["auth"].is_null(), "{url} {headers}");
        }
    }
    lab.stop().await;
}

/// The endpoint of STS that the mount calls, what the login's URL names, and the signed Region.
type RegionCase = (
    &'static str,
    &'static str,
    &'static str,
    Option<&'static str>,
);

#[tokio::test]
async fn a_login_counts_where_its_region_is_that_of_the_endpoint() {
    const ALIGNED: Option<&str> = None;
    let lab = Lab::builder().start().await.unwrap();
    prepare(&lab, json!({})).await;
    let (key, secret) = user_key(&lab).await;
    let cases: [RegionCase; 13] = [
        ("", "sts.amazonaws.com", "us-east-1", ALIGNED),
        ("", "sts.us-east-1.amazonaws.com", "us-east-1", ALIGNED),
        ("", "sts.amazonaws.com", "eu-west-1", Some("eu-west-1")),
        (
            "",
            "sts.eu-west-1.amazonaws.com",
            "us-east-1",
            Some("us-east-1"),
        ),
        (
            "",
            "sts.eu-west-1.amazonaws.com",
            "eu-west-1",
            Some("eu-west-1"),
        ),
        (
            "https://sts.eu-west-1.amazonaws.com",
            "sts.eu-west-1.amazonaws.com",
            "eu-west-1",
            ALIGNED,
        ),
        (
            "https://sts.eu-west-1.amazonaws.com",
            "sts.amazonaws.com",
            "us-east-1",
            Some("us-east-1"),
        ),
        (
            "https://sts.eu-west-1.amazonaws.com",
            "sts.eu-west-1.amazonaws.com",
            "us-east-1",
            Some("us-east-1"),
        ),
        (
            "https://sts-fips.us-west-2.amazonaws.com",
            "sts-fips.us-west-2.amazonaws.com",
            "us-west-2",
            ALIGNED,
        ),
        (
            "https://sts.ap-southeast-2.api.aws",
            "sts.ap-southeast-2.api.aws",
            "ap-southeast-2",
            ALIGNED,
        ),
        (
            "https://sts.cn-north-1.amazonaws.com.cn",
            "sts.cn-north-1.amazonaws.com.cn",
            "cn-north-1",
            ALIGNED,
        ),
        ("{aws}", "127.0.0.1", "ap-south-1", ALIGNED),
        ("{aws}", "sts.eu-west-1.amazonaws.com", "eu-west-1", ALIGNED),
    ];
    for (endpoint, host, region, refused) in cases {
        let endpoint = endpoint.replace("{aws}", &lab.endpoints().aws);
        let config = json!({"sts_endpoint": endpoint});
        let set = vault(&lab, &Method::POST, "auth/aws/config/client", &config).await;
        assert!(set.status.is_success(), "{}", set.body);
        let signer = Signer {
            access_key: &key,
            secret: &secret,
            session_token: None,
            region,
            service: "sts",
            now: lab.clock().now(),
            options: Options::STANDARD,
        };
        let mut headers = HeaderMap::new();
        headers.insert("host", host.parse().unwrap());
        let kind = HeaderValue::from_static("application/x-www-form-urlencoded");
        headers.insert("content-type", kind);
        let body = Bytes::from_static(BODY.as_bytes());
        sigv4::sign(&signer, &Method::POST, "/", "", &mut headers, &body).unwrap();
        let sent: Map<_, _> = headers
            .iter()
            .map(|(name, value)| (name.to_string(), json!([value.to_str().unwrap()])))
            .collect();
        let url = format!("https://{host}/");
        let answer = log_in(&lab, "somebody", &url, &Value::Object(sent)).await;
        let shown = format!("{endpoint} {host} {region}: {}", answer.body);
        if region.starts_with("cn-") {
            // The name leads to the lab, which says that it has no such partition.
            assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{shown}");
            let words = "`cn-north-1` is one of the partition `aws-cn`";
            assert!(answer.body.contains(words), "{shown}");
            continue;
        }
        match refused {
            None => assert_eq!(answer.status, StatusCode::OK, "{shown}"),
            Some(region) => {
                assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{shown}");
                let words =
                    format!("Credential should be scoped to a valid region, not '{region}'.");
                // In the XML of STS, inside the JSON of Vault.
                let plain = answer.body.replace("&apos;", "'").replace("&#39;", "'");
                assert!(
                    plain.contains("received error code 403 from STS"),
                    "{shown}"
                );
                assert!(plain.contains(&words), "{shown}");
            }
        }
    }
    lab.stop().await;
}

/// A wall-clock lab, as `authlab up` starts one: what was signed before a jump has expired with it.
#[tokio::test]
async fn a_login_that_was_signed_before_a_jump_has_expired() {
    let lab = Lab::builder()
        .clock(crate::ClockStart::Wall)
        .client_clock(crate::ClientClock::Wall)
        .start()
        .await
        .unwrap();
    prepare(&lab, json!({})).await;
    let (key, secret) = user_key(&lab).await;
    let sign = || {
        let signer = Signer {
            access_key: &key,
            secret: &secret,
            session_token: None,
            region: "us-east-1",
            service: "sts",
            now: lab.clock().wall_now(),
            options: Options::STANDARD,
        };
        let mut headers = HeaderMap::new();
        headers.insert("host", HeaderValue::from_static("sts.amazonaws.com"));
        let kind = HeaderValue::from_static("application/x-www-form-urlencoded");
        headers.insert("content-type", kind);
        let body = Bytes::from_static(BODY.as_bytes());
        sigv4::sign(&signer, &Method::POST, "/", "", &mut headers, &body).unwrap();
        let sent: Map<_, _> = headers
            .iter()
            .map(|(name, value)| (name.to_string(), json!([value.to_str().unwrap()])))
            .collect();
        Value::Object(sent)
    };
    let url = "https://sts.amazonaws.com/";
    for _ in 0..2 {
        let before = sign();
        let moved = json!({"advance_seconds": 960}).to_string();
        let control = format!("{}/_lab/clock", lab.endpoints().control);
        let answer = ask(&Method::POST, &control, HeaderMap::new(), &moved).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        let answer = log_in(&lab, "somebody", url, &before).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{}", answer.body);
        assert!(answer.body.contains("Signature expired"), "{}", answer.body);
        let answer = log_in(&lab, "somebody", url, &sign()).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    }
    lab.stop().await;
}
