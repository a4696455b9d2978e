//! Authorizers of REST APIs that believe tokens: user pools and other issuers.

use std::sync::Arc;

use authlab_token::{Algorithm, CachePolicy};
use authlab_vtl::pattern::{Extent, Pattern};
use serde_json::{Value, json};

use super::bench::{Answer, Bench, ISSUER, signed};
use super::rest_policy::Rest;
use crate::deployment::{
    Authorization, AuthorizationType, ClaimRule, IdentitySource, JwtAuthorizer, TokenAuthorizer,
    TokenIssuer, TokenRule,
};

const UNAUTHORIZED: (u16, &str, &str) = (
    401,
    "UnauthorizedException",
    r#"{"message":"Unauthorized"}"#,
);
const ALLOWED: (u16, &str, &str) = (200, "", "");

fn issuer(name: &str, audience: &str, rule: TokenRule) -> TokenIssuer {
    TokenIssuer {
        jwt: JwtAuthorizer {
            name: "gate".to_owned(),
            issuer: name.to_owned(),
            audiences: vec![audience.to_owned()],
            identity_sources: vec![IdentitySource::Header("Authorization".to_owned())],
            keys: CachePolicy::rest_api_authorizer(vec![Algorithm::RS256]),
        },
        // Every issuer of the bench has the same keys.
        jwks_url: format!("{ISSUER}keys"),
        rule,
    }
}

fn authorization(
    kind: AuthorizationType,
    issuers: Vec<TokenIssuer>,
    scopes: &[&str],
) -> Authorization {
    Authorization::Token {
        authorizer: Arc::new(TokenAuthorizer { kind, issuers }),
        scopes: scopes.iter().map(|scope| (*scope).to_owned()).collect(),
    }
}

fn pool(expression: Option<&str>, scopes: &[&str]) -> Authorization {
    let audience = expression.map(|it| Pattern::parse(it, Extent::Whole).expect("a pattern"));
    let issuers = vec![issuer(ISSUER, "", TokenRule::Pool { audience })];
    authorization(AuthorizationType::CognitoUserPools, issuers, scopes)
}

fn jwt(issuers: Vec<TokenIssuer>, scopes: &[&str]) -> Authorization {
    authorization(AuthorizationType::Jwt, issuers, scopes)
}

fn claims(rules: &[(&str, bool, &[&str])]) -> TokenRule {
    let rules = rules.iter().map(|(name, is_required, expected)| ClaimRule {
        name: (*name).to_owned(),
        is_required: *is_required,
        expected: expected.iter().map(|one| (*one).to_owned()).collect(),
    });
    TokenRule::Claims(rules.collect())
}

fn told(answer: &Answer) -> (u16, &str, &str) {
    let error_type = answer.header("x-amzn-errortype").unwrap_or_default();
    (answer.status(), error_type, answer.body())
}

async fn send(bench: &Bench, authorization: &str) -> Answer {
    bench
        .rest("GET", "/a", &[("authorization", authorization)])
        .await
}

#[tokio::test]
async fn a_pool_takes_id_tokens_or_access_tokens_with_a_scope() {
    let bench = Bench::start().await;
    let id = json!({ "token_use": "id", "aud": "1client" });
    let access = json!({ "token_use": "access", "aud": null, "client_id": "1client", "scope": "orders/read openid" });
    let with = |base: &Value, name: &str, value: Value| {
        let mut changed = base.clone();
        changed[name] = value;
        changed
    };
    let none = json!({ "token_use": null });
    let expired = (
        401,
        "UnauthorizedException",
        r#"{"message":"The incoming token has expired"}"#,
    );
    let (read, write): (&[&str], &[&str]) = (&["orders/read", "orders/all"], &["orders/write"]);
    let cases = [
        (pool(None, &[]), id.clone(), ALLOWED, None),
        (
            pool(None, &[]),
            access.clone(),
            UNAUTHORIZED,
            Some("token-use-mismatch"),
        ),
        (
            pool(None, &[]),
            none,
            UNAUTHORIZED,
            Some("token-use-mismatch"),
        ),
        (pool(None, read), access.clone(), ALLOWED, None),
        (
            pool(None, read),
            id.clone(),
            UNAUTHORIZED,
            Some("token-use-mismatch"),
        ),
        (
            pool(None, write),
            access.clone(),
            UNAUTHORIZED,
            Some("scope-missing"),
        ),
        (
            pool(None, &[]),
            with(&id, "exp", json!(1)),
            expired,
            Some("token-expired"),
        ),
        (
            pool(None, &[]),
            with(&id, "exp", Value::Null),
            UNAUTHORIZED,
            Some("token-without-expiry"),
        ),
        (
            pool(None, &[]),
            with(&id, "iss", json!("https://other.example")),
            UNAUTHORIZED,
            Some("issuer-mismatch"),
        ),
        (pool(Some("1cl.*"), &[]), id.clone(), ALLOWED, None),
        (
            pool(Some("1cl"), &[]),
            id.clone(),
            UNAUTHORIZED,
            Some("audience-mismatch"),
        ),
        (
            pool(Some("2.*"), &[]),
            id,
            UNAUTHORIZED,
            Some("audience-mismatch"),
        ),
        (
            pool(Some("1cl.*"), read),
            access,
            UNAUTHORIZED,
            Some("audience-mismatch"),
        ),
    ];
    for (authorization, changes, expected, reason) in cases {
        bench.publish_rest(Rest::of(authorization));
        let token = signed(0, &bench.claims(changes.clone()));
        for value in [token.clone(), format!("Bearer {token}")] {
            let answer = send(&bench, &value).await;
            assert_eq!(told(&answer), expected, "{changes}");
            assert_eq!(answer.reason(), reason, "{changes}");
        }
    }
}

#[tokio::test]
async fn what_is_no_good_token_is_unauthorized_at_pools_and_issuers_alike() {
    let bench = Bench::start().await;
    let issuers = || vec![issuer(ISSUER, "reports", claims(&[]))];
    for authorization in [pool(None, &[]), jwt(issuers(), &[])] {
        bench.publish_rest(Rest::of(authorization));
        let claims = bench.claims(json!({ "token_use": "id" }));
        let mut altered = signed(0, &claims);
        altered.replace_range(altered.len() - 8.., "AAAAAAAA");
        let header = json!({ "alg": "none" });
        let unsigned =
            authlab_token::signing::unsigned(header.as_object().expect("an object"), &claims);
        for (value, reason) in [
            (altered.as_str(), "signature-invalid"),
            (&signed(1, &claims), "key-unknown"),
            (&unsigned, "algorithm-unsupported"),
            ("Bearer abc", "token-malformed"),
            ("", "token-missing"),
        ] {
            let answer = send(&bench, value).await;
            assert_eq!(told(&answer), UNAUTHORIZED, "{reason}");
            assert_eq!(answer.reason(), Some(reason));
        }
        let answer = send(&bench, &signed(0, &claims)).await;
        assert_eq!(answer.status(), 200);
        assert_eq!(answer.log()["sub"], "looker");
    }
}

#[tokio::test]
async fn an_issuer_has_audiences_and_claims_of_its_own() {
    let bench = Bench::start().await;
    let two = "https://two.example.com";
    let both = || {
        jwt(
            vec![
                issuer(ISSUER, "api1", claims(&[])),
                issuer(two, "api2", claims(&[])),
            ],
            &[],
        )
    };
    let one =
        |rules: &[(&str, bool, &[&str])]| jwt(vec![issuer(ISSUER, "api1", claims(rules))], &[]);
    let required = || one(&[("tenant", true, &[])]);
    let named = || one(&[("tenant", true, &["t1", "t2"])]);
    let optional = || one(&[("tenant", false, &["t1"])]);
    let mismatch = Some("claim-mismatch");
    let cases = [
        (both(), json!({ "aud": "api1" }), None),
        (both(), json!({ "aud": ["x", "api1"] }), None),
        (both(), json!({ "iss": two, "aud": "api2" }), None),
        (
            both(),
            json!({ "iss": two, "aud": "api1" }),
            Some("audience-mismatch"),
        ),
        (
            both(),
            json!({ "aud": null, "client_id": "api1" }),
            Some("audience-mismatch"),
        ),
        (
            both(),
            json!({ "iss": "https://evil.example.com", "aud": "api1" }),
            Some("issuer-mismatch"),
        ),
        (
            both(),
            json!({ "iss": format!("{two}/"), "aud": "api2" }),
            Some("issuer-mismatch"),
        ),
        (required(), json!({ "aud": "api1", "tenant": "t9" }), None),
        (required(), json!({ "aud": "api1" }), mismatch),
        (required(), json!({ "aud": "api1", "tenant": 5 }), mismatch),
        (
            required(),
            json!({ "aud": "api1", "tenant": ["t1"] }),
            mismatch,
        ),
        (named(), json!({ "aud": "api1", "tenant": "t2" }), None),
        (named(), json!({ "aud": "api1", "tenant": "t3" }), mismatch),
        (named(), json!({ "aud": "api1", "tenant": "T1" }), mismatch),
        (optional(), json!({ "aud": "api1" }), None),
        (
            optional(),
            json!({ "aud": "api1", "tenant": "t2" }),
            mismatch,
        ),
    ];
    for (authorization, changes, reason) in cases {
        bench.publish_rest(Rest::of(authorization));
        let answer = send(&bench, &bench.bearer(changes.clone())).await;
        let expected = if reason.is_none() {
            ALLOWED
        } else {
            UNAUTHORIZED
        };
        assert_eq!(
            (told(&answer), answer.reason()),
            (expected, reason),
            "{changes}"
        );
    }
}

#[tokio::test]
async fn a_scope_is_asked_for_as_a_whole() {
    let bench = Bench::start().await;
    let forbidden = (403, "ForbiddenException", r#"{"message":"Forbidden"}"#);
    for (changes, expected) in [
        (json!({ "scope": "openid orders:read" }), ALLOWED),
        (json!({ "scope": null, "scp": ["orders:read"] }), ALLOWED),
        (json!({ "scope": "orders:write" }), ALLOWED),
        (json!({ "scope": null }), forbidden),
        (json!({ "scope": "orders:readall" }), forbidden),
    ] {
        let issuers = vec![issuer(ISSUER, "reports", claims(&[]))];
        bench.publish_rest(Rest::of(jwt(issuers, &["orders:read", "orders:write"])));
        let answer = send(&bench, &bench.bearer(changes.clone())).await;
        assert_eq!(told(&answer), expected, "{changes}");
    }
}

#[tokio::test]
async fn a_key_that_is_not_known_is_fetched_once_more() {
    let bench = Bench::start().await;
    let issuers = vec![issuer(ISSUER, "reports", claims(&[]))];
    bench.publish_rest(Rest::of(jwt(issuers, &[])));
    let token = |key| format!("Bearer {}", signed(key, &bench.claims(json!({}))));
    assert_eq!(send(&bench, &token(0)).await.status(), 200);
    assert_eq!(send(&bench, &token(1)).await.reason(), Some("key-unknown"));
    super::bench::serve_issuer(&bench.issuer, &[0, 1]).await;
    assert_eq!(send(&bench, &token(1)).await.status(), 200);
}

#[tokio::test]
async fn a_bearer_needs_the_explicit_allow_of_the_apis_policy() {
    let bench = Bench::start().await;
    let policy = |effect: &str, resource: &str| {
        json!({ "Version": "2012-10-17", "Statement": [{
            "Effect": effect, "Principal": "*", "Action": "execute-api:Invoke", "Resource": resource,
        }]})
    };
    let issuers = || vec![issuer(ISSUER, "reports", claims(&[]))];
    for (policy, good, bad) in [
        (None, 200, 401),
        (Some(policy("Allow", "execute-api:/*")), 200, 401),
        (Some(policy("Allow", "execute-api:/*/POST/zzz")), 403, 401),
        (Some(policy("Deny", "execute-api:/*")), 403, 401),
    ] {
        for authorization in [pool(None, &[]), jwt(issuers(), &[])] {
            let mut rest = Rest::of(authorization);
            rest.policy = policy.clone();
            bench.publish_rest(rest);
            let token = bench.bearer(json!({ "token_use": "id" }));
            assert_eq!(send(&bench, &token).await.status(), good, "{policy:?}");
            assert_eq!(send(&bench, "").await.status(), bad, "{policy:?}");
        }
    }
}
