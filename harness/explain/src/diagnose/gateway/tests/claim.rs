//! Claims, times and algorithms.

use authlab_gateway::evidence::Reason;
use serde_json::{Value, json};

use super::{Row, check, diagnosis, judged};

#[test]
fn issuers_differ_in_ways_of_their_own() {
    let tenant = "https://login.microsoftonline.com/t/v2.0";
    let rows: [(&str, Value, Row); 11] = [
        (
            "https://a.example/",
            json!("https://a.example"),
            (
                "issuer-trailing-slash",
                "nothing against `/`",
                "https://a.example",
            ),
        ),
        (
            tenant,
            json!("https://sts.windows.net/t/"),
            (
                "issuer-entra-version",
                "version 1",
                "requestedAccessTokenVersion",
            ),
        ),
        (
            "https://login.microsoftonline.com/common/v2.0",
            json!(tenant),
            ("issuer-multi-tenant", "/common", tenant),
        ),
        (
            "https://a.example/",
            Value::Null,
            ("issuer-absent", "`iss` is none", "into `iss`"),
        ),
        (
            "https://a.example/",
            json!("http://127.0.0.1:{port}/x"),
            (
                "issuer-of-test-environment",
                "http://127.0.0.1/x",
                "lab file",
            ),
        ),
        (
            "https://a.example/",
            json!("http://a.example/"),
            ("issuer-scheme", "at character 5", "http://a.example/"),
        ),
        (
            "https://accounts.example",
            json!("accounts.example"),
            ("issuer-scheme", "accounts.example", "cannot be configured"),
        ),
        (
            "https://a.example/T",
            json!("https://a.example/t"),
            ("issuer-capitals", "character 19", "https://a.example/t"),
        ),
        (
            "https://a.example/",
            json!("https://a.example:443/"),
            ("issuer-port", "`:443/`", "https://a.example:443/"),
        ),
        (
            "https://a.example/realms/x",
            json!("https://a.example/realms/y"),
            ("issuer-path", "`x`", "realms/y"),
        ),
        (
            "https://a.example/",
            json!("https://b.example/"),
            (
                "issuer-drift",
                "`b.example/`",
                "get the token from `https://a.example/`",
            ),
        ),
    ];
    for (configured, token, row) in rows {
        let told = judged(
            (configured, token),
            (&["a"], json!("a")),
            json!({"ver": "1.0"}),
        );
        check(
            &diagnosis(&[], "authentication", Reason::IssuerMismatch, told),
            row,
        );
    }
}

#[test]
fn audiences_are_absent_hidden_or_others() {
    let rows: [(Value, Value, Row); 7] = [
        (
            Value::Null,
            json!({"client_id": "c"}),
            (
                "audience-absent",
                "`client_id` is `c`",
                "`client_id` that counts",
            ),
        ),
        (
            json!("x"),
            json!({"client_id": "api"}),
            (
                "audience-hides-client-id",
                "looked at only where `aud` is absent",
                "`x`",
            ),
        ),
        (
            json!("c"),
            json!({"client_id": "c"}),
            ("audience-is-client", "its own client", "RFC 8707"),
        ),
        (
            json!("api://API"),
            json!({}),
            ("audience-spelling", "api://API", "as the tokens carry it"),
        ),
        (
            json!(["x", "api/"]),
            json!({}),
            ("audience-spelling", "`/` against nothing", "`api/`"),
        ),
        (
            json!("billing"),
            json!({}),
            (
                "audience-not-configured",
                "`billing`",
                "with the audience `api`",
            ),
        ),
        (
            json!(["x", "y"]),
            json!({}),
            (
                "audience-not-configured",
                "none of them",
                "with the audience `api`",
            ),
        ),
    ];
    for (token, claims, row) in rows {
        let told = judged(("i", json!("i")), (&["api"], token), claims);
        check(
            &diagnosis(&[], "authentication", Reason::AudienceMismatch, told),
            row,
        );
    }
}

#[test]
fn scopes_are_absent_elsewhere_or_others() {
    let rows: [(Value, &[&str], Row); 7] = [
        (
            json!({}),
            &[],
            (
                "scope-absent",
                "neither `scope` nor `scp`",
                "ask for the scope `a/read`",
            ),
        ),
        (
            json!({"nonce": "n"}),
            &[],
            ("scope-absent", "ID token", "send the access token"),
        ),
        (
            json!({"roles": ["a/read"]}),
            &[],
            ("scope-in-other-claim", "stands in `roles`", "`scope`"),
        ),
        (
            json!({"permissions": "x a/read"}),
            &["x"],
            ("scope-in-other-claim", "stands in `permissions`", "`scope`"),
        ),
        (
            json!({}),
            &["A/Read"],
            ("scope-spelling", "capitals", "spell it alike"),
        ),
        (
            json!({}),
            &["x,a/read"],
            (
                "scope-spelling",
                "parted by blanks",
                "parted from others by blanks",
            ),
        ),
        (
            json!({}),
            &["a/write"],
            ("scope-missing", "`a/write`", "ask for the scope `a/read`"),
        ),
    ];
    for (claims, present, row) in rows {
        let before = (
            "authentication",
            judged(("i", json!("i")), (&["a"], json!("a")), claims),
        );
        let told = json!({"scopes_required": ["a/read"], "scopes_present": present});
        check(
            &diagnosis(&[before], "authorization", Reason::ScopeMissing, told),
            row,
        );
    }
}

#[test]
fn times_and_rates_name_both_sides() {
    let times = |more: Value| {
        let mut told = judged(("i", json!("i")), (&["a"], json!("a")), json!({}));
        told["times"] = json!({"now": 1_000_000, "exp": 999_000, "nbf": 999_000, "iat": 995_400});
        told["times"]
            .as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        told
    };
    let rows = [
        (
            Reason::TokenExpired,
            times(json!({})),
            ("token-expired", "1000 s before", "before the old one ends"),
        ),
        (
            Reason::TokenExpired,
            times(json!({"clock_ahead_seconds": 3600})),
            ("clock-skew", "3600 s ahead", "gateway's clock right"),
        ),
        (
            Reason::TokenNotYetValid,
            times(json!({"nbf": 1_000_090})),
            ("clock-skew", "90 s after", "issuer's clock right"),
        ),
        (
            Reason::TokenNotYetValid,
            times(json!({"nbf": 1_000_090, "clock_ahead_seconds": -90})),
            ("clock-skew", "90 s behind", "gateway's clock right"),
        ),
        (
            Reason::TokenNotYetValid,
            times(json!({"nbf": 1_009_000})),
            ("token-not-yet-valid", "9000 s after", "`nbf`"),
        ),
        (
            Reason::TokenMalformed,
            times(json!({"exp": "tomorrow"})),
            ("token-time-not-number", "`tomorrow`", "`exp`"),
        ),
    ];
    for (reason, told, row) in rows {
        check(&diagnosis(&[], "authentication", reason, told), row);
    }
    for (algorithm, row) in [
        ("none", ("token-unsigned", "`none`", "who made the token")),
        (
            "HS256",
            ("algorithm-symmetric", "`HS256`", "who made the token"),
        ),
        (
            "ES256",
            ("algorithm-unsupported", "`RS256`", "sign with RS256"),
        ),
    ] {
        let mut told = times(json!({}));
        told["algorithm"] = json!({"token": algorithm, "accepted": ["RS256"]});
        check(
            &diagnosis(&[], "authentication", Reason::AlgorithmUnsupported, told),
            row,
        );
    }
    let throttle = |bucket: Value| json!({"rate_per_second": 0.5, "burst": 2, "tokens": 0.5, "bucket": bucket});
    for (bucket, cause, fix) in [
        (
            json!({"route": {"stage": "prod", "route_key": "GET /a"}}),
            "of the route `GET /a`",
            "RouteSettings",
        ),
        (
            json!({"stage": {"stage": "prod"}}),
            "of the stage `prod`",
            "DefaultRouteSettings",
        ),
        (
            json!({"account": {"account": "1", "region": "us-east-1"}}),
            "of all APIs",
            "quota",
        ),
        (
            json!({"method": {"stage": "prod", "method": "GET /a"}}),
            "of the method `GET /a`",
            "`methodSettings` of the stage `prod`",
        ),
        (
            json!({"plan": {"plan": "gold", "key": "k"}}),
            "key `k` under the usage plan `gold` holds",
            "`throttle` of the usage plan `gold`",
        ),
        (
            json!({"plan": {"plan": "gold", "key": "k", "method": "GET /a"}}),
            "usage plan `gold` for `GET /a`",
            "usage plan `gold` for `GET /a`",
        ),
    ] {
        let found = diagnosis(&[], "throttle", Reason::Throttled, throttle(bucket));
        check(&found, ("throttled", cause, fix));
        assert!(found.cause.contains("in 1.0 s"), "{}", found.cause);
    }
}
