//! Tokens, wrapping tokens, and the server.

use serde_json::{Value, json};

use super::{Row, because, ended, with};

pub(super) fn rows() -> Vec<Row> {
    let token = |form: &str| because("token", json!({"form": form, "is_known_otherwise": true}));
    let renewal = |more: Value| {
        let renewal = with(
            json!({"creation_path": "auth/jwt/login", "renewable": true}),
            more,
        );
        because("renewal", renewal)
    };
    let cap = json!({"by": "role", "seconds": 10_800});
    let parent = json!({"accessor": "p1", "creation_path": "auth/aws/login", "expired_at": "2026-01-01T00:05:00Z"});
    vec![
        (
            "token-unknown",
            token("jwt"),
            "vault-jwt-as-token",
            "JSON Web Token",
        ),
        (
            "token-unknown",
            token("accessor"),
            "vault-accessor-as-token",
            "accessor",
        ),
        (
            "token-unknown",
            token("wrapped"),
            "vault-token-decorated",
            "without it Vault knows the token",
        ),
        (
            "token-unknown",
            token("service"),
            "vault-token-unknown",
            "form of a service token",
        ),
        (
            "token-unknown",
            renewal(json!({"ended": ended("revoked_at", json!({}))})),
            "vault-renewed-token-ended",
            "was revoked at",
        ),
        (
            "token-revoked",
            ended("revoked_at", json!({"parent": parent})),
            "vault-parent-ended",
            "accessor `p1`, made at `auth/aws/login`, which expired at",
        ),
        (
            "token-revoked",
            ended("revoked_at", json!({})),
            "vault-token-revoked",
            "was revoked at `2026-01-01T00:05:00Z`",
        ),
        (
            "token-expired",
            ended(
                "expired_at",
                json!({"cap": cap, "last_renewed_at": "2026-01-01T00:04:00Z"}),
            ),
            "vault-renewal-capped",
            "cut short at the role's maximum (`token_max_ttl`) of 3 h",
        ),
        (
            "token-expired",
            ended("expired_at", json!({})),
            "vault-token-expired",
            "made for 5 min and never renewed",
        ),
        (
            "token-used-up",
            ended("used_up_at", json!({"uses": 3})),
            "vault-token-used-up",
            "used 3 times",
        ),
        (
            "token-not-renewable",
            renewal(json!({"kind": "batch"})),
            "vault-batch-token",
            "type `batch`",
        ),
        (
            "token-not-renewable",
            renewal(json!({"is_lease_of_token": true})),
            "vault-lease-of-token",
            "what engines issue",
        ),
        (
            "token-not-renewable",
            renewal(json!({"renewable": false})),
            "vault-token-fixed",
            "not renewable",
        ),
        (
            "max-ttl-reached",
            renewal(json!({"cap": cap})),
            "vault-max-ttl",
            "of 3 h",
        ),
        (
            "renewal-refused",
            renewal(json!({})),
            "vault-role-no-longer-bound",
            "auth/jwt/login",
        ),
        (
            "address-not-bound",
            because(
                "address",
                json!({"seen": "127.0.0.1", "bound": ["127.0.0.2"], "of": "token"}),
            ),
            "vault-address-not-bound",
            "saw the address `127.0.0.1`, and the token is bound to `127.0.0.2`",
        ),
        (
            "wrapping-token-invalid",
            because(
                "wrapping",
                json!({"ended": ended("used_up_at", json!({})), "is_other_token": false}),
            ),
            "vault-wrapping-token-used",
            "opens once",
        ),
        (
            "wrapping-token-invalid",
            because(
                "wrapping",
                json!({"ended": ended("expired_at", json!({})), "is_other_token": false}),
            ),
            "vault-wrapping-token-ended",
            "expired at",
        ),
        (
            "wrapping-token-invalid",
            because("wrapping", json!({"ended": null, "is_other_token": true})),
            "vault-wrapping-other-token",
            "nothing is wrapped",
        ),
        (
            "wrapping-token-invalid",
            because("wrapping", json!({"ended": null, "is_other_token": false})),
            "vault-wrapping-token-unknown",
            "nothing is known",
        ),
        (
            "audit-failed",
            because("audit", json!({"devices": ["file/ (audit.log)"]})),
            "vault-audit-failed",
            "`file/ (audit.log)`",
        ),
        (
            "unsupported-path",
            json!({"path": "secret/a", "mount": "secret/"}),
            "vault-kv-path-unsupported",
            "no path of the engine at `secret/`",
        ),
        (
            "no-mount",
            json!({"path": "kv/a", "mount": null}),
            "vault-no-mount",
            "begins `kv/a`",
        ),
        (
            "namespace-refused",
            json!({"namespace": "team"}),
            "vault-namespace",
            "X-Vault-Namespace",
        ),
    ]
}
