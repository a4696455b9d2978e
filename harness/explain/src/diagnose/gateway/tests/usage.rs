//! API keys, quotas, and what a request lacks.

use super::*;

#[test]
fn each_missing_link_of_a_key_is_named() {
    let key = |changes: Value| {
        let mut told = json!({"source": "HEADER", "api_key": null, "usage_plan": null});
        for (name, value) in changes.as_object().unwrap() {
            told[name] = value.clone();
        }
        told
    };
    let cases = [
        (
            Reason::ApiKeyMissing,
            json!({"elsewhere": "the query string"}),
            ("api-key-elsewhere", "in the query string", "`x-api-key`"),
        ),
        (
            Reason::ApiKeyMissing,
            json!({"source": "AUTHORIZER", "elsewhere": "the header `x-api-key`"}),
            (
                "api-key-elsewhere",
                "`usageIdentifierKey`",
                "`apiKeySource`",
            ),
        ),
        (
            Reason::ApiKeyMissing,
            json!({}),
            ("api-key-absent", "nothing is there", "`x-api-key`"),
        ),
        (
            Reason::ApiKeyUnknown,
            json!({"api_key": "k1", "likeness": "id"}),
            ("api-key-misread", "its id", "`k1`"),
        ),
        (
            Reason::ApiKeyUnknown,
            json!({"api_key": "k1", "likeness": "case"}),
            ("api-key-misread", "other letters", "`GetApiKey`"),
        ),
        (
            Reason::ApiKeyUnknown,
            json!({}),
            ("api-key-unknown", "", "neither its id nor its name"),
        ),
        (
            Reason::ApiKeyDisabled,
            json!({"api_key": "k1"}),
            ("api-key-disabled", "", "`/enabled`"),
        ),
        (
            Reason::ApiKeyWithoutPlan,
            json!({"api_key": "k1", "plans_of_key": ["p"], "plans_of_stage": ["q"]}),
            (
                "api-key-without-plan",
                "usage plan `q`, and the key `k1` is not",
                "`CreateUsagePlanKey`",
            ),
        ),
        (
            Reason::ApiKeyWithoutPlan,
            json!({"api_key": "k1", "plans_of_key": ["p"]}),
            (
                "api-key-without-plan",
                "the stage is in none",
                "`apiStages` of `p`",
            ),
        ),
        (
            Reason::ApiKeyWithoutPlan,
            json!({"api_key": "k1"}),
            (
                "api-key-without-plan",
                "neither the stage nor the key",
                "make a usage plan",
            ),
        ),
    ];
    for (reason, changes, row) in cases {
        check(&diagnosis(&[], "api-key", reason, key(changes)), row);
    }
    let quota = json!({"usage_plan": "gold", "api_key": "k1", "limit": 3, "period": "WEEK", "used": 3, "remaining": 0, "renewed": "2026-11-29"});
    check(
        &diagnosis(&[], "quota", Reason::QuotaExceeded, quota),
        ("quota-exceeded", "3 times in a week", "`UpdateUsage`"),
    );
}

#[test]
fn what_a_request_lacks_is_named() {
    let cases = [
        (
            "validation",
            Reason::ParameterMissing,
            json!({"missing": ["header x-a", "query q"]}),
            (
                "parameter-missing",
                "header x-a, query q",
                "send header x-a, query q",
            ),
        ),
        (
            "validation",
            Reason::ParameterMissing,
            json!({"missing": ["query q"], "misspelt": ["query q"]}),
            ("parameter-missing", "other letters", "spell query q"),
        ),
        (
            "validation",
            Reason::BodyInvalid,
            json!({"model": "Pet", "media_type": "application/json", "problems": ["object has"]}),
            (
                "body-invalid",
                "refuses the body: object has",
                "model `Pet`",
            ),
        ),
        (
            "size",
            Reason::RequestTooLarge,
            json!({"bytes": 7, "bytes_max": 6, "is_of_function": true}),
            (
                "request-too-large",
                "7 bytes, and a function takes 6",
                "bucket",
            ),
        ),
        (
            "size",
            Reason::RequestTooLarge,
            json!({"bytes": 7, "bytes_max": 6, "is_of_function": false}),
            ("request-too-large", "API Gateway takes 6", "send less"),
        ),
    ];
    for (kind, reason, told, row) in cases {
        check(&diagnosis(&[], kind, reason, told), row);
    }
}
