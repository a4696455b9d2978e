//! Addresses, routes and deployments.

use authlab_gateway::evidence::Reason;
use serde_json::{Value, json};

use super::{check, diagnosis, judged};

#[test]
fn an_address_that_leads_nowhere_names_the_nearest_that_does() {
    let nowhere = |more: Value| {
        let mut told = json!({"api": "a1", "region": "us-east-1", "stage": null, "path": "/orders", "stages": null});
        told.as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        told
    };
    let rows = [
        (
            Reason::NoStage,
            json!({"stages": ["prod"], "would_take": ["prod"]}),
            ("stage-missing-in-path", "`prod`", "call `/prod/orders`"),
        ),
        (
            Reason::NoStage,
            json!({"stages": ["prod"], "path": "/prd/orders"}),
            ("stage-unknown", "`prd`", "`prod`"),
        ),
        (
            Reason::NoStage,
            json!({"stages": ["prod"], "stage": "beta", "undeployed": ["beta"]}),
            ("api-without-deployment", "`beta`", "CreateDeployment"),
        ),
        (
            Reason::NoApi,
            json!({"undeployed": []}),
            (
                "api-without-deployment",
                "none of them runs",
                "create a stage",
            ),
        ),
        (
            Reason::NoApi,
            json!({"api_region": "eu-west-1"}),
            (
                "api-in-other-region",
                "`us-east-1`",
                "a1.execute-api.eu-west-1",
            ),
        ),
        (
            Reason::NoApi,
            json!({"meant": "b2"}),
            ("api-misnamed", "`b2`", "`b2`"),
        ),
        (Reason::NoApi, json!({}), ("no-api", "", "GetApis")),
    ];
    for (reason, more, row) in rows {
        check(&diagnosis(&[], "route", reason, nowhere(more)), row);
    }
    let routes = json!(["GET /daily", "POST /orders/{id}"]);
    let rows = [
        (
            "GET",
            "/dialy",
            "$default",
            ("route-near", "`GET /daily`", "call `GET /daily`"),
        ),
        (
            "GET",
            "/Daily",
            "$default",
            ("route-near", "compared with capitals", "call `GET /daily`"),
        ),
        (
            "GET",
            "/daily/",
            "$default",
            ("route-near", "a slash at the end", "call `GET /daily`"),
        ),
        (
            "GET",
            "/orders/7",
            "$default",
            (
                "route-of-other-method",
                "GET /orders/7",
                "call POST /orders/{id}",
            ),
        ),
        (
            "GET",
            "/prod/daily",
            "$default",
            ("stage-in-path", "begins with `prod`", "call `/daily`"),
        ),
        (
            "GET",
            "/prod/daily",
            "prod",
            (
                "stage-in-path",
                "taken off the path already",
                "call `/prod/daily`",
            ),
        ),
    ];
    for (method, path, stage, row) in rows {
        let came = json!({"api": "a1", "stage": stage, "method": method, "path": path, "host": null, "source_ip": "127.0.0.1"});
        let told = json!({"method": method, "path": path, "routes": routes});
        check(
            &diagnosis(&[("request", came)], "route", Reason::NoRoute, told),
            row,
        );
    }
    let came = json!({"api": "a1", "stage": "prod", "method": "OPTIONS", "path": "/daily", "host": null, "source_ip": "127.0.0.1", "preflight_for": "GET"});
    let told = json!({"method": "OPTIONS", "path": "/daily", "routes": routes});
    let row = ("preflight-unanswered", "may send GET", "CORS configuration");
    check(
        &diagnosis(&[("request", came.clone())], "route", Reason::NoRoute, told),
        row,
    );
    let taken = (
        "route",
        json!({"route_key": "$default", "authorization": "JWT", "path_parameters": {}}),
    );
    let told = json!({"type": "JWT", "authorizer": "a", "identity_sources": []});
    let row = (
        "preflight-caught",
        "the route `$default` took it",
        "OPTIONS /{proxy+}",
    );
    check(
        &diagnosis(
            &[("request", came), taken],
            "authentication",
            Reason::TokenMissing,
            told,
        ),
        row,
    );
    let told = json!({"method": "GET", "path": "/weekly", "routes": routes, "import_warnings": ["Unable to create Authorizer 'a'"]});
    let row = (
        "route-left-out-by-import",
        "Unable to create Authorizer",
        "FailOnWarnings",
    );
    check(&diagnosis(&[], "route", Reason::NoRoute, told), row);
}

#[test]
fn a_change_that_is_not_deployed_explains_only_what_it_would_have_changed() {
    let draft = |part: &str| json!({"stage": "prod", "deployment": "d1", "deployed": "2026-01-15T11:00:00Z", "changed": [{"route_key": "GET /a", "part": part, "deployed": "x", "draft": "api"}]});
    let told = || judged(("i", json!("i")), (&["x"], json!("api")), json!({}));
    let row = (
        "change-not-deployed",
        "is `api` by now, and the stage runs `x`",
        "deploy the API to the stage `prod`",
    );
    check(
        &diagnosis(
            &[("draft", draft("audience"))],
            "authentication",
            Reason::AudienceMismatch,
            told(),
        ),
        row,
    );
    let twin = diagnosis(
        &[("draft", draft("scopes"))],
        "authentication",
        Reason::AudienceMismatch,
        told(),
    );
    assert_eq!(twin.class, "audience-not-configured");
}

#[test]
fn a_domain_name_that_maps_nothing_to_the_path_names_what_it_maps() {
    let told = |base_paths: Value| json!({"domain_name": "api.example.com", "path": "/pets", "base_paths": base_paths});
    for (base_paths, cause, fix) in [
        (json!(["v1", "open"]), "`/v1`", "`/open/pets`"),
        (json!([]), "has no mapping", "CreateBasePathMapping"),
    ] {
        let found = diagnosis(&[], "route", Reason::NoMapping, told(base_paths));
        check(&found, ("domain-name-unmapped", cause, fix));
    }
}
