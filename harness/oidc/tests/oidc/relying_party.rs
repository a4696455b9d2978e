//! A stock relying party, the `openidconnect` crate, against the provider.
//!
//! It reads the machine's clock, so the lab's clock starts there.

use std::future::Future;
use std::pin::Pin;

use crate::bench::{Bench, http_client, issuers, start_at};
use authlab_kernel::Clock;
use authlab_oidc::{Forge, IssuerConfig, MintRequest};
use openidconnect::core::{CoreClient, CoreIdToken, CoreIdTokenVerifier, CoreProviderMetadata};
use openidconnect::{
    AsyncHttpClient, AuthType, ClientId, ClientSecret, HttpRequest, HttpResponse, IssuerUrl, Nonce,
    OAuth2TokenResponse as _, Scope,
};
use serde_json::json;

/// The relying party's HTTP client: reqwest, which follows no redirection.
struct Http(reqwest::Client);

impl<'c> AsyncHttpClient<'c> for Http {
    type Error = reqwest::Error;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, reqwest::Error>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(async move {
            let answer = self.0.execute(request.try_into()?).await?;
            let (status, headers) = (answer.status(), answer.headers().clone());
            let mut response = HttpResponse::new(answer.bytes().await?.to_vec());
            *response.status_mut() = status;
            *response.headers_mut() = headers;
            Ok(response)
        })
    }
}

async fn bench(issuers: Vec<IssuerConfig>) -> (Bench, Http) {
    let redirect = reqwest::redirect::Policy::none();
    let http = Http(http_client().redirect(redirect).build().unwrap());
    (start_at(Clock::wall().now(), issuers).await, http)
}

async fn discovered(url: &str, http: &Http) -> Result<CoreProviderMetadata, String> {
    let issuer = IssuerUrl::new(url.to_owned()).unwrap();
    CoreProviderMetadata::discover_async(issuer, http)
        .await
        .map_err(|error| format!("{error:?}"))
}

#[tokio::test]
async fn it_discovers_the_provider_and_gets_a_token_for_a_client() {
    let (bench, http) = bench(issuers()).await;
    for url in [bench.base_url.clone(), format!("{}/plain", bench.base_url)] {
        let provider = discovered(&url, &http).await.unwrap();
        assert_eq!(provider.issuer().as_str(), url);
        let client = |secret: &str, auth_type| {
            let secret = Some(ClientSecret::new(secret.to_owned()));
            let id = ClientId::new("looker".to_owned());
            CoreClient::from_provider_metadata(provider.clone(), id, secret)
                .set_auth_type(auth_type)
        };
        for auth_type in [AuthType::BasicAuth, AuthType::RequestBody] {
            let trusted = client("test", auth_type.clone());
            let asked = trusted.exchange_client_credentials().unwrap();
            let answer = asked
                .add_scope(Scope::new("read".to_owned()))
                .request_async(&http)
                .await;
            let answer = answer.unwrap();
            let scopes: Vec<String> = answer
                .scopes()
                .unwrap()
                .iter()
                .map(|s| s.to_string())
                .collect();
            assert_eq!(scopes, ["read"]);
            assert_eq!(answer.expires_in().unwrap().as_secs(), 3_600);
            let stranger = client("guessed", auth_type);
            let refused = stranger
                .exchange_client_credentials()
                .unwrap()
                .request_async(&http)
                .await;
            let refused = format!("{:?}", refused.unwrap_err());
            assert!(refused.contains("invalid_client"), "{refused}");
        }
    }
    // A logical name does not lead to loopback outside of the lab: what it finds there is another's.
    let refused = discovered(&format!("{}/corp", bench.base_url), &http)
        .await
        .unwrap_err();
    assert!(refused.contains("unexpected issuer"), "{refused}");
}

#[tokio::test]
async fn it_believes_an_honest_token_and_no_forged_one() {
    let (bench, http) = bench(issuers()).await;
    let url = format!("{}/plain", bench.base_url);
    let provider = discovered(&url, &http).await.unwrap();
    let verifier = || {
        CoreIdTokenVerifier::new_public_client(
            ClientId::new("dashboard".to_owned()),
            provider.issuer().clone(),
            provider.jwks().clone(),
        )
    };
    let believed = |claims: serde_json::Value, forge: Option<Forge>| {
        let body = json!({"issuer": "plain", "claims": claims});
        let mut request = MintRequest::parse(&body).unwrap();
        request.forge = forge;
        let token = bench.oidc.mint(&request).unwrap().token;
        let token: CoreIdToken = token.parse().map_err(|error| format!("{error:?}"))?;
        let no_nonce = |_: Option<&Nonce>| Ok(());
        let claims = token
            .claims(&verifier(), no_nonce)
            .map_err(|error| format!("{error:?}"))?;
        Ok::<_, String>(claims.subject().to_string())
    };
    let good = || json!({"sub": "looker", "aud": "dashboard"});
    assert_eq!(believed(good(), None).as_deref(), Ok("looker"));
    let mut several = good();
    several["aud"] = json!(["dashboard"]);
    assert_eq!(believed(several, None).as_deref(), Ok("looker"));
    for forge in Forge::ALL {
        let refused = believed(good(), Some(forge)).unwrap_err();
        let signature = [
            "Signature",
            "UnsupportedAlg",
            "Disallowed",
            "NoMatchingKey",
            "NoSignature",
        ];
        assert!(
            signature.iter().any(|word| refused.contains(word)),
            "{forge}: {refused}"
        );
    }
    let now = bench.clock.now().as_second();
    for (claim, value, expected) in [
        ("aud", json!("other"), "InvalidAudience"),
        ("iss", json!(format!("{url}/")), "InvalidIssuer"),
        ("exp", json!(now - 1), "Expired"),
    ] {
        let mut wrong = good();
        wrong[claim] = value;
        let refused = believed(wrong, None).unwrap_err();
        assert!(refused.contains(expected), "{claim}: {refused}");
    }
}
