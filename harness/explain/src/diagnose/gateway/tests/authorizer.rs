//! Lambda authorizers.

use authlab_gateway::evidence::Reason;
use serde_json::{Value, json};

use super::{Row, check, diagnosis};

/// The method of a path.
fn arn(path: &str) -> String {
    format!("arn:aws:execute-api:us-east-1:222222222222:api/prod/GET{path}")
}

/// What is told of an authorizer, with these members beside.
fn told(more: Value) -> Value {
    let mut told = json!({
        "type": "CUSTOM", "authorizer": "gate", "identity_sources": ["method.request.header.Auth"],
        "function": "arn:aws:lambda:us-east-1:222222222222:function:authz",
        "asked_about": arn("/a"),
    });
    told.as_object_mut()
        .unwrap()
        .extend(more.as_object().unwrap().clone());
    told
}

fn kept() -> Value {
    json!({ "answered": "2026-01-15T11:59:00Z", "ttl_seconds": 300 })
}

#[test]
fn a_policy_that_is_kept_is_told_from_one_that_is_new() {
    let invoke = |path: &str| json!({ "action": "execute-api:Invoke", "resource": arn(path), "decision": null });
    let of = |before: Value, path: &str| {
        let before = [("lambda-authorizer", before)];
        let reason = Reason::PermissionMissing;
        diagnosis(&before, "authorization", reason, invoke(path))
    };
    let other = "authorizer-policy-of-another-method";
    let found = of(told(json!({ "kept": kept() })), "/b");
    check(
        &found,
        (
            other,
            "prod/GET/a` at 2026-01-15T11:59:00Z",
            "TtlInSeconds` to 0",
        ),
    );
    for (before, path) in [
        (told(json!({ "kept": kept() })), "/a"),
        (told(json!({})), "/b"),
    ] {
        assert_ne!(of(before, path).class, other);
    }
}

#[test]
fn an_answer_that_is_kept_is_told_from_one_that_is_new() {
    let simple = |resource: &str, kept: Value| {
        let told = json!({
            "authorizer": "gate", "is_authorized": false, "resource": arn(resource),
            "asked_about": arn("/a"), "kept": kept,
        });
        diagnosis(&[], "authorization", Reason::AuthorizerDenied, told)
    };
    let rows: [(&str, Value, Row); 3] = [
        (
            "/b",
            kept(),
            (
                "authorizer-answer-of-another-route",
                "prod/GET/b",
                "`$context.routeKey`",
            ),
        ),
        (
            "/a",
            kept(),
            ("authorizer-said-no", "kept for 300 s", "reset"),
        ),
        (
            "/a",
            Value::Null,
            (
                "authorizer-said-no",
                "`isAuthorized` as false",
                "answer true",
            ),
        ),
    ];
    for (resource, kept, row) in rows {
        check(&simple(resource, kept), row);
    }
}

#[test]
fn each_failure_of_an_authorizer_says_what_happened() {
    let raised = json!({ "errorType": "KeyError", "errorMessage": "'sub'" });
    let rows: [(Reason, Value, Row); 6] = [
        (
            Reason::IdentitySourceMissing,
            json!({ "identity_source": "method.request.header.Auth", "problem": "it is empty" }),
            (
                "identity-source-missing",
                "it is empty",
                "send `method.request.header.Auth`",
            ),
        ),
        (
            Reason::IdentityExpressionMismatch,
            json!({ "identity_source": "method.request.header.Auth" }),
            ("identity-expression", "`gate`", "`Bearer`"),
        ),
        (
            Reason::AuthorizerUnauthorized,
            json!({}),
            ("authorizer-unauthorized", "function:authz", "credential"),
        ),
        (
            Reason::AuthorizerFailed,
            json!({ "error": raised }),
            (
                "authorizer-raised",
                "`KeyError` with the text `'sub'`",
                "raise `Unauthorized`",
            ),
        ),
        (
            Reason::AuthorizerAnswerMalformed,
            json!({ "problem": "`principalId` is empty" }),
            (
                "authorizer-answer-malformed",
                "`principalId` is empty",
                "`policyDocument`",
            ),
        ),
        (
            Reason::AuthorizerTimeout,
            json!({ "problem": "the function did not answer within 10000 ms" }),
            ("authorizer-timeout", "10000 ms", "within 10 s"),
        ),
    ];
    for (reason, more, row) in rows {
        check(
            &diagnosis(&[], "lambda-authorizer", reason, told(more)),
            row,
        );
    }
}

#[test]
fn a_claim_that_is_not_as_it_must_be_stands_against_what_it_is() {
    let of = |reason, claim: Value| {
        let mut judged = super::judged(("i", json!("i")), (&[], json!(null)), json!({}));
        judged["claim"] = claim;
        diagnosis(&[], "authentication", reason, judged)
    };
    let rows: [(Reason, Value, Row); 4] = [
        (
            Reason::TokenUseMismatch,
            json!({ "name": "token_use", "expected": ["id"], "token": "access" }),
            ("token-use", "asks for no scope", "send the pool's id token"),
        ),
        (
            Reason::TokenUseMismatch,
            json!({ "name": "token_use", "expected": ["access"], "token": null }),
            (
                "token-use",
                "only an access token has; `token_use` is absent",
                "access token",
            ),
        ),
        (
            Reason::ClaimMismatch,
            json!({ "name": "tenant", "expected": ["t1", "t2"], "token": "t3" }),
            ("claim-other", "the token has `\"t3\"`", "`tenant`"),
        ),
        (
            Reason::ClaimMismatch,
            json!({ "name": "tenant", "expected": [], "token": 5 }),
            (
                "claim-other",
                "has to be one text; the token has `5`",
                "`additionalClaims`",
            ),
        ),
    ];
    for (reason, claim, row) in rows {
        check(&of(reason, claim), row);
    }
}

#[test]
fn the_way_to_an_api_is_told_from_both_sides() {
    let of = |is_private: bool, endpoint: Value| {
        let told = json!({
            "api": "a1", "is_private": is_private, "vpc": null, "vpc_endpoint": endpoint,
        });
        diagnosis(&[], "route", Reason::EndpointMismatch, told)
    };
    let private = (
        "network-other",
        "through no endpoint",
        "`x-authlab-source-vpce`",
    );
    check(&of(true, Value::Null), private);
    let public = ("network-other", "`vpce-1`", "private DNS");
    check(&of(false, json!("vpce-1")), public);
}
