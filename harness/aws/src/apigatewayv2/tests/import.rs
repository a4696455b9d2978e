//! OpenAPI documents.

use aws_sdk_apigatewayv2::types::IntegrationType;

use serde_json::json;

use super::super::openapi;
use super::{code, get, lab, message, status, upstream};

/// A document as AWS exports it, with the upstream in place of `UPSTREAM`.
const DOCUMENT: &str = r##"
openapi: "3.0.1"
info:
  title: reports
  version: 2026-01-15 12:00:00UTC
tags:
  - name: team
    x-amazon-apigateway-tag-value: reporting
servers:
  - url: https://abcdefghij.execute-api.us-east-1.amazonaws.com/{basePath}
paths:
  /daily:
    get:
      responses:
        200: { description: fine }
      security:
        - corp: [reports/read]
      x-amazon-apigateway-integration:
        $ref: "#/components/x-amazon-apigateway-integrations/upstream"
  /signed/{id}:
    x-amazon-apigateway-any-method:
      x-amazon-apigateway-auth: { type: AWS_IAM }
      x-amazon-apigateway-integration:
        type: aws_proxy
        httpMethod: POST
        uri: arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:222222222222:function:f/invocations
        payloadFormatVersion: 2.0
        connectionType: INTERNET
  /$default:
    x-amazon-apigateway-any-method:
      isDefaultRoute: true
      x-amazon-apigateway-integration:
        type: http_proxy
        httpMethod: ANY
        uri: UPSTREAM/default
        payloadFormatVersion: "1.0"
components:
  securitySchemes:
    corp:
      type: oauth2
      x-amazon-apigateway-authorizer:
        type: jwt
        identitySource: $request.header.Authorization
        jwtConfiguration:
          audience: [reports]
          issuer: https://login.corp.example/
  x-amazon-apigateway-integrations:
    upstream:
      type: http_proxy
      httpMethod: GET
      uri: UPSTREAM/daily
      payloadFormatVersion: "1.0"
      timeoutInMillis: 5000
x-amazon-apigateway-cors:
  allowOrigins: ["https://app.example"]
  maxAge: 0
x-amazon-apigateway-importexport-version: "1.0"
"##;

#[tokio::test]
async fn a_document_becomes_an_api_without_stages() {
    let (lab, client) = lab().await;
    let upstream = upstream().await;
    let issuer = super::issuer().await;
    let document = DOCUMENT
        .replace("UPSTREAM", &upstream.uri())
        .replace("https://login.corp.example/", &issuer.uri());
    let made = client
        .import_api()
        .body(&document)
        .fail_on_warnings(true)
        .send()
        .await
        .unwrap();
    let api_id = made.api_id().unwrap();
    assert_eq!(
        (made.name(), made.version()),
        (Some("reports"), Some("2026-01-15 12:00:00UTC"))
    );
    assert_eq!(
        made.tags().unwrap().get("team").map(String::as_str),
        Some("reporting")
    );
    assert_eq!(made.cors_configuration().unwrap().max_age(), Some(0));
    let routes = client
        .get_routes()
        .api_id(api_id)
        .send()
        .await
        .unwrap()
        .items
        .unwrap();
    let mut shown: Vec<String> = routes
        .iter()
        .map(|route| {
            let kind = route.authorization_type().map_or("-", |it| it.as_str());
            format!(
                "{} {kind} {:?}",
                route.route_key().unwrap_or_default(),
                route.authorization_scopes()
            )
        })
        .collect();
    shown.sort();
    let expected = [
        "$default NONE []",
        "ANY /signed/{id} AWS_IAM []",
        "GET /daily JWT [\"reports/read\"]",
    ];
    assert_eq!(shown, expected);
    let integrations = client
        .get_integrations()
        .api_id(api_id)
        .send()
        .await
        .unwrap()
        .items
        .unwrap();
    let function = integrations
        .iter()
        .find(|it| it.integration_type() == Some(&IntegrationType::AwsProxy));
    assert_eq!(function.unwrap().payload_format_version(), Some("2.0"));
    let authorizers = client
        .get_authorizers()
        .api_id(api_id)
        .send()
        .await
        .unwrap()
        .items
        .unwrap();
    let configuration = authorizers[0].jwt_configuration().unwrap();
    assert_eq!(configuration.issuer(), Some(issuer.uri().as_str()));
    assert!(
        client
            .get_stages()
            .api_id(api_id)
            .send()
            .await
            .unwrap()
            .items
            .unwrap_or_default()
            .is_empty()
    );
    assert_eq!(get(&lab, api_id, "/x").await.0, 404);
    let stage = client
        .create_stage()
        .api_id(api_id)
        .stage_name("$default")
        .auto_deploy(true);
    stage.send().await.unwrap();
    assert_eq!(get(&lab, api_id, "/x").await, (200, "/default".to_owned()));
    assert_eq!(get(&lab, api_id, "/daily").await.0, 401);
    assert_eq!(
        get(&lab, api_id, "/signed/1").await,
        (403, r#"{"message":"Forbidden"}"#.to_owned())
    );

    let smaller = document.replace("/signed/{id}", "/other/{id}");
    client
        .reimport_api()
        .api_id(api_id)
        .body(smaller)
        .send()
        .await
        .unwrap();
    assert_eq!(get(&lab, api_id, "/other/1").await.0, 403);
    assert_eq!(
        get(&lab, api_id, "/signed/1").await,
        (200, "/default".to_owned())
    );
}

#[tokio::test]
async fn a_bad_document_names_its_field_and_leaves_nothing() {
    let (_lab, client) = lab().await;
    let cases = [
        ("{\"openapi\":\"3.0.1\",", "line 1"),
        ("openapi: 3.0.1\n  info: [", "line 2"),
        ("[]", "Unable to import"),
        (
            "{\"openapi\":\"2.0\",\"info\":{\"title\":\"x\"}}",
            "`openapi`",
        ),
        ("{\"openapi\":\"3.0.1\"}", "info"),
        (
            "{\"openapi\":\"3.0.1\",\"info\":{\"title\":\"x\"},\"paths\":{\"/a\":{\"get\":3}}}",
            "paths./a.get",
        ),
        (
            "{\"openapi\":\"3.0.1\",\"info\":{\"title\":\"x\"},\"paths\":{\"a\":{\"get\":{}}}}",
            "`paths.a.get`",
        ),
    ];
    for (document, expected) in cases {
        let error = client.import_api().body(document).send().await.unwrap_err();
        assert_eq!(
            (status(&error), code(&error)),
            (400, "BadRequestException"),
            "{document}"
        );
        assert!(
            message(&error).contains(expected),
            "{document}: {}",
            message(&error)
        );
    }
    assert!(
        client
            .get_apis()
            .send()
            .await
            .unwrap()
            .items
            .unwrap_or_default()
            .is_empty()
    );
}

#[test]
fn what_a_document_may_not_say_is_named_with_its_place() {
    let integration = "paths./daily.get.x-amazon-apigateway-integration";
    let scheme = "components.securitySchemes.corp.x-amazon-apigateway-authorizer";
    let cases = [
        (
            "type: jwt",
            "type: request",
            format!("`{scheme}.type` with the value `request`"),
        ),
        (
            "issuer: https://login.corp.example/",
            "issuer: nowhere",
            format!("`{scheme}.jwtConfiguration.issuer`"),
        ),
        (
            "identitySource: $request",
            "identitySource: $other",
            format!("`{scheme}.identitySource`"),
        ),
        (
            "timeoutInMillis: 5000",
            "timeoutInMillis: 1",
            format!("`{integration}.timeoutInMillis`"),
        ),
        (
            "timeoutInMillis: 5000",
            "requestParameters: {a: b}",
            format!("`{integration}.requestParameters`"),
        ),
        (
            "integrations/upstream",
            "integrations/none",
            format!("`{integration}.$ref`"),
        ),
        (
            "- corp: [reports/read]",
            "- other: []",
            "no security scheme `other`".to_owned(),
        ),
        (
            "type: AWS_IAM",
            "type: CUSTOM",
            "x-amazon-apigateway-auth.type".to_owned(),
        ),
    ];
    let document = DOCUMENT.replace("UPSTREAM", "https://upstream.example");
    assert!(openapi::read(&document, true).is_ok());
    for (from, to, expected) in cases {
        assert!(document.contains(from), "{from}");
        let error = openapi::read(&document.replace(from, to), false)
            .unwrap_err()
            .to_string();
        assert!(error.contains(&expected), "{to}: {error}");
    }
}

#[test]
fn what_a_document_may_hold_is_counted_before_anything_is_asked_or_made() {
    let document = |routes: usize, authorizers: usize| {
        let path = |number| (format!("/a{number}"), json!({"get": {}}));
        let scheme = |number: usize| {
            let authorizer = json!({
                "type": "jwt",
                "identitySource": "$request.header.Authorization",
                "jwtConfiguration": {"issuer": "https://login.example/", "audience": ["a"]},
            });
            let scheme = json!({"type": "oauth2", "x-amazon-apigateway-authorizer": authorizer});
            (format!("s{number}"), scheme)
        };
        json!({
            "openapi": "3.0.1",
            "info": {"title": "x"},
            "paths": (0..routes).map(path).collect::<serde_json::Map<_, _>>(),
            "components": {
                "securitySchemes": (0..authorizers).map(scheme).collect::<serde_json::Map<_, _>>(),
            },
        })
        .to_string()
    };
    for (routes, authorizers, refused) in [
        (300, 10, None),
        (301, 10, Some("routes")),
        (300, 11, Some("Authorizers")),
        (50_000, 0, Some("routes")),
    ] {
        let read = openapi::read(&document(routes, authorizers), false);
        let named = read.err().map(|error| error.to_string());
        let fits = match (&named, refused) {
            (None, None) => true,
            (Some(error), Some(field)) => {
                error.contains(field)
                    && (error.contains("at most") || error.contains("Maximum number of"))
            }
            _ => false,
        };
        assert!(fits, "{routes} {authorizers}: {named:?}");
    }
}

#[test]
fn warnings_fail_only_when_asked() {
    let document = r#"{"openapi":"3.0.1","info":{"title":"x"},"paths":{"/a":{"get":{}}}}"#;
    let read = openapi::read(document, false).unwrap();
    assert_eq!(
        read.facts.warnings,
        Some(vec!["No integration defined for route GET /a".to_owned()])
    );
    let error = openapi::read(document, true).unwrap_err().to_string();
    assert_eq!(
        error,
        "Warnings found during import:\n\tNo integration defined for route GET /a"
    );
}

#[tokio::test]
async fn an_authorizer_whose_issuer_has_no_document_is_a_warning_and_its_routes_are_not_made() {
    let (lab, client) = lab().await;
    let upstream = upstream().await;
    let document = DOCUMENT
        .replace("UPSTREAM", &upstream.uri())
        .replace("https://login.corp.example/", "https://nowhere.example");
    let warning = "Unable to create Authorizer 'corp': Caught exception when connecting to \
                   https://nowhere.example/.well-known/openid-configuration for issuer \
                   https://nowhere.example. Please try again later.";
    let import = || client.import_api().body(&document);
    let error = import().fail_on_warnings(true).send().await.unwrap_err();
    assert_eq!((status(&error), code(&error)), (400, "BadRequestException"));
    let expected = format!("Warnings found during import:\n\t{warning}");
    assert_eq!(message(&error), expected);
    assert!(client.get_apis().send().await.unwrap().items().is_empty());

    let made = import().send().await.unwrap();
    assert_eq!(made.warnings(), [warning]);
    let api_id = made.api_id().unwrap();
    let authorizers = client.get_authorizers().api_id(api_id).send().await;
    assert!(authorizers.unwrap().items().is_empty());
    let stage = client.create_stage().api_id(api_id).stage_name("$default");
    stage.auto_deploy(true).send().await.unwrap();
    // The route is not there, so what takes the rest answers: the trap that AWS's users know.
    assert_eq!(
        get(&lab, api_id, "/daily").await,
        (200, "/default".to_owned())
    );
    let error = client
        .reimport_api()
        .api_id(api_id)
        .body(&document)
        .fail_on_warnings(true)
        .send()
        .await
        .unwrap_err();
    assert_eq!(message(&error), expected);
}

#[test]
fn a_reference_that_leads_nowhere_is_a_warning() {
    let document = |reference: &str| {
        format!(
            r##"{{"openapi":"3.0.1","info":{{"title":"x"}},"paths":{{"/update":{{"get":{{
            "responses":{{"200":{{"description":"fine","content":{{"application/json":
            {{"schema":{{"$ref":"{reference}"}}}}}}}}}},
            "x-amazon-apigateway-integration":{{"type":"http_proxy","httpMethod":"GET",
            "uri":"https://upstream.example","payloadFormatVersion":"1.0"}}}}}}}},
            "components":{{"schemas":{{"Known":{{"type":"object"}}}}}}}}"##
        )
    };
    let error = openapi::read(
        &document("#/components/schemas/ModelThatDoesNotExist"),
        true,
    );
    assert_eq!(
        error.unwrap_err().to_string(),
        "Warnings found during import:\n\tParse issue: attribute \
         paths.'/update'(get).responses.200.content.schema.\
         #/components/schemas/ModelThatDoesNotExist is missing"
    );
    for good in [
        "#/components/schemas/Known",
        "#/components/schemas/Known/properties/a",
    ] {
        assert!(openapi::read(&document(good), true).is_ok(), "{good}");
    }
    let yaml = "openapi: 3.0.1\ninfo: {title: x}\npaths:\n  /a:\n    get:\n      responses:\n        \
                200: {$ref: '#/components/responses/Gone'}\n";
    let read = openapi::read(yaml, false).unwrap();
    let warnings = read.facts.warnings.unwrap();
    assert!(
        warnings
            .iter()
            .any(|it| it.contains("(get).responses.200.#/components/responses/Gone")),
        "{warnings:?}"
    );
}
