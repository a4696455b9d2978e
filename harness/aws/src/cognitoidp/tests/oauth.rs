//! The endpoints of a domain, over HTTP.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use reqwest::redirect::Policy;
use reqwest::{Response, StatusCode};
use ring::digest;
use serde_json::{Value, json};

use super::bench::{Bench, PASSWORD, claims};

const PLACE: &str = "https://app.corp.example/cb";

/// A domain with a client for machines and one for people.
struct Domain {
    bench: Bench,
    http: reqwest::Client,
    machine: (String, String),
    person: String,
}

impl Domain {
    async fn start() -> Self {
        let bench = Bench::start().await;
        bench
            .well("CreateUserPoolDomain", json!({"Domain": "staff"}))
            .await;
        let scopes = json!([
            {"ScopeName": "read", "ScopeDescription": "r"},
            {"ScopeName": "write", "ScopeDescription": "w"},
        ]);
        let server = json!({"Identifier": "reports", "Name": "reports", "Scopes": scopes});
        bench.well("CreateResourceServer", server).await;
        let machine = bench
            .well(
                "CreateUserPoolClient",
                json!({
                    "ClientName": "machine",
                    "GenerateSecret": true,
                    "AllowedOAuthFlowsUserPoolClient": true,
                    "AllowedOAuthFlows": ["client_credentials"],
                    "AllowedOAuthScopes": ["reports/read"],
                }),
            )
            .await;
        let person = bench
            .well(
                "CreateUserPoolClient",
                json!({
                    "ClientName": "person",
                    "CallbackURLs": [PLACE],
                    "AllowedOAuthFlowsUserPoolClient": true,
                    "AllowedOAuthFlows": ["code"],
                    "AllowedOAuthScopes": ["openid", "email", "reports/read"],
                }),
            )
            .await;
        let of = |client: &Value, name: &str| {
            client["UserPoolClient"][name].as_str().unwrap().to_owned()
        };
        let _installed = rustls::crypto::ring::default_provider().install_default();
        let http = reqwest::Client::builder()
            .no_proxy()
            .redirect(Policy::none());
        Self {
            machine: (of(&machine, "ClientId"), of(&machine, "ClientSecret")),
            person: of(&person, "ClientId"),
            http: http.build().unwrap(),
            bench,
        }
    }

    fn request(&self, method: &str, path: &str) -> reqwest::RequestBuilder {
        let url = format!("{}{path}", self.bench.door().endpoint());
        let host = "staff.auth.eu-central-1.amazoncognito.com";
        let method = method.parse().unwrap();
        self.http.request(method, url).header("host", host)
    }

    /// A request with a form.
    fn posted(&self, path: &str, form: &[(&str, &str)]) -> reqwest::RequestBuilder {
        with_form(self.request("POST", path), form)
    }

    async fn token(&self, form: &[(&str, &str)]) -> Result<Value, String> {
        let sent = self.posted("/oauth2/token", form).send().await;
        told(sent.unwrap()).await
    }

    /// The code that `ann` is led back with.
    async fn code(&self, query: &str) -> String {
        let query = format!(
            "response_type=code&client_id={}&redirect_uri={PLACE}&scope=openid+email&state=s1&nonce=n1{query}",
            self.person
        );
        let asked = self.request("GET", &format!("/oauth2/authorize?{query}"));
        let led = location(&asked.send().await.unwrap());
        assert_eq!(led, format!("/login?{query}"));
        let form = [("username", "ann"), ("password", PASSWORD)];
        let login = self.posted(&led, &form).send().await.unwrap();
        let place = location(&login);
        let url = url::Url::parse(&place).unwrap();
        assert!(place.starts_with(PLACE), "{place}");
        let of = |name: &str| {
            let found = url.query_pairs().find(|(it, _)| it == name);
            found.map(|(_, value)| value.into_owned())
        };
        assert_eq!(of("state").as_deref(), Some("s1"));
        of("code").unwrap()
    }
}

fn with_form(request: reqwest::RequestBuilder, form: &[(&str, &str)]) -> reqwest::RequestBuilder {
    let mut pairs = url::form_urlencoded::Serializer::new(String::new());
    let body = pairs.extend_pairs(form).finish();
    let kind = "application/x-www-form-urlencoded";
    request.header("content-type", kind).body(body)
}

fn location(response: &Response) -> String {
    assert_eq!(response.status(), StatusCode::FOUND);
    let location = response.headers().get("location").unwrap();
    location.to_str().unwrap().to_owned()
}

/// The body of an answer, or `STATUS CODE` of a refusal.
async fn told(response: Response) -> Result<Value, String> {
    let status = response.status().as_u16();
    let body: Value = response.json().await.unwrap();
    match status {
        200 => Ok(body),
        _ => Err(format!("{status} {}", body["error"].as_str().unwrap())),
    }
}

#[tokio::test]
async fn a_client_by_itself_gets_scopes_of_resource_servers_and_no_others() {
    let domain = Domain::start().await;
    let (id, secret) = (domain.machine.0.as_str(), domain.machine.1.as_str());
    let grant = ("grant_type", "client_credentials");
    let answer = domain
        .token(&[grant, ("client_id", id), ("client_secret", secret)])
        .await
        .unwrap();
    let token = claims(&answer["access_token"]);
    for (name, expected) in [
        ("sub", json!(id)),
        ("client_id", json!(id)),
        ("scope", json!("reports/read")),
        ("token_use", json!("access")),
        ("aud", Value::Null),
        ("username", Value::Null),
    ] {
        assert_eq!(token[name], expected, "{name}");
    }
    assert_eq!(answer["expires_in"], json!(3600));
    assert!(answer["refresh_token"].is_null() && answer["id_token"].is_null());
    let basic = domain
        .request("POST", "/oauth2/token")
        .basic_auth(id, Some(secret));
    let answer = with_form(basic, &[grant, ("scope", "reports/read")])
        .send()
        .await;
    assert!(told(answer.unwrap()).await.is_ok());
    let person = domain.person.as_str();
    for (form, expected) in [
        (
            vec![grant, ("client_id", id), ("client_secret", "x")],
            "400 invalid_client",
        ),
        (vec![grant, ("client_id", id)], "400 invalid_client"),
        (vec![grant, ("client_id", "none")], "400 invalid_client"),
        (vec![grant], "400 invalid_request"),
        (
            vec![grant, ("client_id", person)],
            "400 unauthorized_client",
        ),
        (
            vec![
                grant,
                ("client_id", id),
                ("client_secret", secret),
                ("scope", "reports/write"),
            ],
            "400 invalid_scope",
        ),
        (
            vec![
                grant,
                ("client_id", id),
                ("client_secret", secret),
                ("scope", "openid"),
            ],
            "400 invalid_scope",
        ),
        (vec![grant, grant, ("client_id", id)], "400 invalid_request"),
        (
            vec![("grant_type", "password"), ("client_id", person)],
            "400 unsupported_grant_type",
        ),
        (
            vec![
                grant,
                ("client_id", id),
                ("client_secret", secret),
                ("resource", "a"),
            ],
            "501 not_implemented",
        ),
    ] {
        assert_eq!(domain.token(&form).await.unwrap_err(), expected, "{form:?}");
    }
}

#[tokio::test]
async fn a_code_is_good_once_for_its_client_place_and_verifier() {
    let domain = Domain::start().await;
    let verifier = "a-verifier-that-is-long-enough-for-the-rfc-7636";
    let digest = digest::digest(&digest::SHA256, verifier.as_bytes());
    let challenge = URL_SAFE_NO_PAD.encode(digest);
    let query = format!("&code_challenge={challenge}&code_challenge_method=S256");
    let id = domain.person.clone();
    let redeem = |code: String, place: &'static str, verifier: Option<&'static str>| {
        let (domain, id) = (&domain, &id);
        async move {
            let mut form = vec![
                ("grant_type", "authorization_code"),
                ("client_id", id.as_str()),
                ("code", code.as_str()),
                ("redirect_uri", place),
            ];
            form.extend(verifier.map(|verifier| ("code_verifier", verifier)));
            domain.token(&form).await
        }
    };
    for (place, verifier, expected) in [
        (
            "https://app.corp.example/other",
            Some("a-verifier-that-is-long-enough-for-the-rfc-7636"),
            "400 invalid_grant",
        ),
        (PLACE, None, "400 invalid_grant"),
        (PLACE, Some("another"), "400 invalid_grant"),
    ] {
        let code = domain.code(&query).await;
        assert_eq!(redeem(code, place, verifier).await.unwrap_err(), expected);
    }
    let code = domain.code(&query).await;
    let answer = redeem(
        code.clone(),
        PLACE,
        Some("a-verifier-that-is-long-enough-for-the-rfc-7636"),
    )
    .await
    .unwrap();
    assert_eq!(
        redeem(code, PLACE, Some("another")).await.unwrap_err(),
        "400 invalid_grant"
    );
    let (token, access) = (claims(&answer["id_token"]), claims(&answer["access_token"]));
    assert_eq!(
        (&token["nonce"], &token["email"]),
        (&json!("n1"), &json!("ann@corp.example"))
    );
    assert_eq!(access["scope"], json!("openid email"));
    let late = domain.code("").await;
    domain.bench.test.clock.advance_seconds(301).await.unwrap();
    assert_eq!(
        redeem(late, PLACE, None).await.unwrap_err(),
        "400 invalid_grant"
    );

    let bearer = answer["access_token"].as_str().unwrap();
    let info = domain
        .request("GET", "/oauth2/userInfo")
        .bearer_auth(bearer)
        .send()
        .await;
    let info = told(info.unwrap()).await.unwrap();
    assert_eq!(
        (&info["username"], &info["email"]),
        (&json!("ann"), &json!("ann@corp.example"))
    );
    let refresh = answer["refresh_token"].as_str().unwrap();
    let form = [
        ("grant_type", "refresh_token"),
        ("client_id", id.as_str()),
        ("refresh_token", refresh),
    ];
    let fresh = domain.token(&form).await.unwrap();
    assert_eq!(
        claims(&fresh["access_token"])["origin_jti"],
        access["origin_jti"]
    );
    let revoke = [("token", refresh), ("client_id", id.as_str())];
    let revoked = domain
        .posted("/oauth2/revoke", &revoke)
        .send()
        .await
        .unwrap();
    assert_eq!(revoked.status(), 200);
    assert_eq!(domain.token(&form).await.unwrap_err(), "400 invalid_grant");
    let info = domain
        .request("GET", "/oauth2/userInfo")
        .bearer_auth(bearer)
        .send()
        .await;
    assert_eq!(told(info.unwrap()).await.unwrap_err(), "401 invalid_token");
    // A login without OAuth does not open the endpoint.
    let tokens = domain.bench.login().await;
    let bearer = tokens["AccessToken"].as_str().unwrap();
    let info = domain
        .request("GET", "/oauth2/userInfo")
        .bearer_auth(bearer)
        .send()
        .await;
    assert_eq!(told(info.unwrap()).await.unwrap_err(), "401 invalid_token");
}

#[tokio::test]
async fn nobody_is_led_to_a_place_that_is_not_the_clients() {
    let domain = Domain::start().await;
    let ask = |query: String| {
        let asked = domain.request("GET", &format!("/oauth2/authorize?{query}"));
        async move { location(&asked.send().await.unwrap()) }
    };
    let person = &domain.person;
    let foreign =
        format!("response_type=code&client_id={person}&redirect_uri=https://evil.example/");
    assert_eq!(ask(foreign).await, "/error?error=redirect_mismatch");
    let unknown = format!("response_type=code&client_id=none&redirect_uri={PLACE}");
    assert!(ask(unknown).await.starts_with("/error?error=Client"));
    let base = format!("client_id={person}&redirect_uri={PLACE}&state=s");
    for (more, error) in [
        ("&response_type=x", "invalid_request"),
        ("&response_type=code&scope=reports/write", "invalid_scope"),
        (
            "&response_type=code&code_challenge=a&code_challenge_method=plain",
            "invalid_request",
        ),
    ] {
        let place = ask(format!("{base}{more}")).await;
        assert!(
            place.starts_with(&format!("{PLACE}?error={error}")),
            "{place}"
        );
        assert!(place.ends_with("&state=s"), "{place}");
    }
    let page = domain.request("GET", "/login").send().await.unwrap();
    assert_eq!(told(page).await.unwrap_err(), "501 not_implemented");
    let form = [("username", "ann"), ("password", "wrong")];
    let path = format!("/login?{base}&response_type=code");
    let login = domain.posted(&path, &form).send().await.unwrap();
    assert_eq!(told(login).await.unwrap_err(), "400 invalid_grant");
}
