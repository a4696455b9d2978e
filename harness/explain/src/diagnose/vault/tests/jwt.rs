//! Logins with a token of an issuer.

use serde_json::{Value, json};

use super::{Row, because, with};

fn jwt(claims: Value, more: Value) -> Value {
    with(
        json!({
            "role": "deployer",
            "now": 1_767_225_600,
            "token": {"kind": "jwt", "header": {"alg": "HS256"}, "claims": claims, "fingerprint": ""},
            "bound_issuer": "https://corp.example/", "bound_subject": "ci",
            "bound_audiences": ["vault"],
            "bound_claims": {"scope": "secrets", "/team/name": ["a", "b"], "protected": "true", "ref": "refs/*"},
        }),
        more,
    )
}

fn keys(source: &str, kid: &str, provider: Value) -> Value {
    let keys = json!({"source": source, "kid": kid, "known_kids": ["k1"], "provider": provider});
    jwt(json!({}), json!({ "keys": keys }))
}

pub(super) fn rows() -> Vec<Row> {
    let iss = |iss: &str| jwt(json!({ "iss": iss }), json!({}));
    let claim = |claims: Value, claim: &str| jwt(claims, json!({ "claim": claim }));
    let times = |not_before: i64| {
        jwt(
            json!({"iat": 1, "exp": 1_767_225_500}),
            json!({"times": {"issued": 0, "not_before": not_before, "expires": 0, "leeway": 60}}),
        )
    };
    let html =
        json!({"url": "https://corp.example/keys", "status": 404, "is_html": true, "problem": "p"});
    let document = |found: &str| {
        because(
            "provider",
            json!({"url": "u", "issuer_expected": "https://corp.example", "issuer_found": found, "problem": "p"}),
        )
    };
    vec![
        (
            "jwt-issuer",
            iss("https://corp.example"),
            "vault-jwt-issuer-slash",
            "`bound_issuer` is `https://corp.example/`",
        ),
        (
            "jwt-issuer",
            iss("https://other.example"),
            "vault-jwt-issuer",
            "https://other.example",
        ),
        (
            "jwt-audience",
            jwt(json!({"client_id": "4ov"}), json!({})),
            "vault-jwt-audience-absent",
            "its `client_id` is `4ov`",
        ),
        (
            "jwt-audience",
            jwt(json!({"aud": "x"}), json!({"bound_audiences": []})),
            "vault-jwt-audience-unbound",
            "no `bound_audiences`",
        ),
        (
            "jwt-audience",
            jwt(json!({"aud": "reports"}), json!({})),
            "vault-jwt-audience",
            "`aud` is `reports`, the role `deployer` is bound to `vault`",
        ),
        (
            "jwt-subject",
            jwt(json!({"sub": "me"}), json!({})),
            "vault-jwt-subject",
            "`sub` is `me`, the role `deployer` is bound to `ci`",
        ),
        (
            "jwt-claim",
            claim(json!({"protected": true}), "protected"),
            "vault-jwt-claim-type",
            "the text `\"true\"`, the token has the truth value `true`",
        ),
        (
            "jwt-claim",
            claim(json!({"ref": "refs/heads/main"}), "ref"),
            "vault-jwt-claim-glob",
            "`refs/*`, the token has `refs/heads/main`",
        ),
        (
            "jwt-claim",
            claim(json!({"scope": "other"}), "scope"),
            "vault-jwt-claim",
            "binds `scope` to `secrets`, the token has `other`",
        ),
        (
            "jwt-claim-missing",
            claim(json!({}), "/team/name"),
            "vault-jwt-claim-absent",
            "to `a`, `b`, the token has no such claim",
        ),
        (
            "jwt-expired",
            jwt(json!({"exp": 1_767_225_500}), json!({})),
            "vault-jwt-expired",
            "it expired 100 s before Vault's time",
        ),
        (
            "jwt-not-yet-valid",
            times(1_767_225_700),
            "vault-jwt-clock-skew",
            "begins 100 s after Vault's time, and 1 min are forgiven",
        ),
        (
            "jwt-issued-in-the-future",
            times(1_767_229_200),
            "vault-jwt-not-yet-valid",
            "begins 3600 s after",
        ),
        (
            "jwt-algorithm",
            jwt(json!({}), json!({"algorithms": ["RS256"]})),
            "vault-jwt-algorithm",
            "`HS256`, the mount takes `RS256`",
        ),
        (
            "jwt-user-claim",
            claim(json!({"sub": "me"}), "email"),
            "vault-jwt-user-claim",
            "takes `email`, and the token has none; its claims are `sub`",
        ),
        (
            "jwt-groups-claim",
            claim(json!({"sub": "me", "scp": ["openid"]}), "groups"),
            "vault-jwt-groups-not-in-access-token",
            "its `scp` shows that it is an access token",
        ),
        (
            "jwt-groups-claim",
            claim(json!({"sub": "me", "nonce": "n"}), "groups"),
            "vault-jwt-groups-claim",
            "reads groups from `groups`, and the token has none there; its claims are `sub`, `nonce`",
        ),
        (
            "jwt-groups-claim",
            claim(json!({"scope": "openid", "groups": "a"}), "teams"),
            "vault-jwt-groups-claim",
            "reads groups from `teams`",
        ),
        (
            "jwt-signature",
            keys("key-set", "k1", html),
            "vault-keys-not-json",
            "answers `404` with HTML",
        ),
        (
            "jwt-signature",
            keys("configuration", "k2", json!(null)),
            "vault-jwt-key-fixed",
            "jwt_validation_pubkeys",
        ),
        (
            "jwt-signature",
            keys("key-set", "k2", json!(null)),
            "vault-jwt-key-unknown",
            "names the key `k2`",
        ),
        (
            "jwt-signature",
            keys("key-set", "k1", json!(null)),
            "vault-jwt-forged",
            "none of these verifies",
        ),
        (
            "discovery-unusable",
            document("https://corp.example/"),
            "vault-discovery-issuer",
            "they differ in a slash",
        ),
        (
            "jwks-unusable",
            because(
                "provider",
                json!({"url": "u", "problem": "connection refused"}),
            ),
            "vault-keys-unusable",
            "connection refused",
        ),
        (
            "jwt-role-unknown",
            because("role", json!({"role": "deployr", "known": ["deployer"]})),
            "vault-role-missing",
            "there are `deployer`",
        ),
    ]
}
