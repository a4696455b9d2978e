//! Documentation: parts by their places, versions of stages, and what is imported.

use serde_json::{Value as Json, json};

use super::refusal::{api, ask, hold, well};
use crate::front::FrontDoor;
use crate::front::testing::door;

/// A part of an API at a location.
fn part(api: &Json, location: Json, properties: &str) -> Json {
    json!({"restApiId": api, "location": location, "properties": properties})
}

async fn parts(door: &FrontDoor, asked: Json) -> Vec<Json> {
    let answer = well(door, "GetDocumentationParts", asked).await;
    answer["items"].as_array().cloned().unwrap_or_default()
}

#[tokio::test]
async fn a_part_stands_at_a_place_that_its_type_has() {
    let door = door();
    let (api, _) = api(&door).await;
    let told = r#"{"description": "a"}"#;
    let at = |location: Json| part(&api, location, told);
    let lacks = |member: &str, kind: &str| {
        format!(
            "400 BadRequestException: Invalid value for location.{member}: a location of the type \
             {kind} has none: leave it out"
        )
    };
    let (path, method, status, name) = (
        lacks("path", "API"),
        lacks("method", "RESOURCE"),
        lacks("statusCode", "METHOD"),
        lacks("name", "RESPONSE"),
    );
    let unnamed = "400 BadRequestException: Invalid value for location.name: a location of the type \
                   MODEL needs it";
    let taken =
        "409 ConflictException: Documentation part already exists for the specified location";
    let create = "CreateDocumentationPart";
    hold(
        &door,
        &[
            (create, at(json!({"type": "API"})), None),
            (create, at(json!({"type": "API"})), Some(taken)),
            (create, at(json!({"type": "API", "path": "/"})), Some(&path)),
            (create, at(json!({"type": "RESOURCE", "path": "/p"})), None),
            (
                create,
                at(json!({"type": "RESOURCE", "path": "/p", "method": "GET"})),
                Some(&method),
            ),
            (create, at(json!({"type": "METHOD", "path": "/p"})), None),
            // Where nothing is said, it is any method.
            (
                create,
                at(json!({"type": "METHOD", "path": "/p", "method": "*"})),
                Some(taken),
            ),
            (
                create,
                at(json!({"type": "METHOD", "path": "/p", "method": "GET"})),
                None,
            ),
            (
                create,
                at(json!({"type": "METHOD", "statusCode": "200"})),
                Some(&status),
            ),
            (
                create,
                at(json!({"type": "RESPONSE", "statusCode": "200"})),
                None,
            ),
            (
                create,
                at(json!({"type": "RESPONSE", "name": "n"})),
                Some(&name),
            ),
            (create, at(json!({"type": "MODEL"})), Some(unnamed)),
            (create, at(json!({"type": "MODEL", "name": "M"})), None),
            (
                create,
                part(&api, json!({"type": "AUTHORIZER", "name": "a"}), ""),
                Some("400 BadRequestException: Documentation part properties must be non-empty"),
            ),
            (
                create,
                part(&api, json!({"type": "AUTHORIZER", "name": "a"}), "[]"),
                Some("400 BadRequestException: Invalid value for properties: give a JSON object"),
            ),
            (
                create,
                at(json!({"type": "INVALID"})),
                Some(
                    "400 ValidationException: 1 validation error detected: Value 'INVALID' at \
                     'createDocumentationPartInput.location.type' failed to satisfy constraint: \
                     Member must satisfy enum value set: [RESPONSE_BODY, RESPONSE, METHOD, MODEL, \
                     AUTHORIZER, RESPONSE_HEADER, RESOURCE, PATH_PARAMETER, REQUEST_BODY, \
                     QUERY_PARAMETER, API, REQUEST_HEADER]",
                ),
            ),
        ],
    )
    .await;
    for (asked, count) in [
        (json!({}), 6),
        (json!({"type": "METHOD"}), 2),
        (json!({"path": "/p"}), 3),
        (json!({"nameQuery": "M"}), 1),
        (json!({"nameQuery": "X"}), 0),
        (json!({"locationStatus": "DOCUMENTED"}), 6),
    ] {
        let mut input = asked.clone();
        input["restApiId"] = api.clone();
        assert_eq!(parts(&door, input).await.len(), count, "{asked}");
    }
    let asked = json!({"restApiId": api, "locationStatus": "UNDOCUMENTED"});
    let refused = ask(&door, "GetDocumentationParts", asked)
        .await
        .unwrap_err();
    assert!(refused.starts_with("501 NotImplemented"), "{refused}");
}

#[tokio::test]
async fn parts_are_patched_as_recorded() {
    let door = door();
    let (api, _) = api(&door).await;
    let made = part(&api, json!({"type": "API"}), r#"{"description": "a"}"#);
    let made = well(&door, "CreateDocumentationPart", made).await;
    let patch = |value: &str| {
        let operation = json!({"op": "replace", "path": "/properties", "value": value});
        json!({"restApiId": api, "documentationPartId": made["id"], "patchOperations": [operation]})
    };
    let empty = "400 BadRequestException: Documentation part properties must be non-empty";
    hold(
        &door,
        &[
            ("UpdateDocumentationPart", patch(r#"{"a": "b"}"#), None),
            ("UpdateDocumentationPart", patch(""), Some(empty)),
        ],
    )
    .await;
    let found = parts(&door, json!({"restApiId": api})).await;
    assert_eq!(found[0]["properties"], json!(r#"{"a": "b"}"#));
}

#[tokio::test]
async fn a_stage_has_a_version_that_is_there() {
    let door = door();
    let (api, _) = api(&door).await;
    let deploy = json!({"restApiId": api, "stageName": "s"});
    well(&door, "CreateDeployment", deploy).await;
    let make = |version: &str, stage: Option<&str>| json!({"restApiId": api, "documentationVersion": version, "stageName": stage});
    let put = |version: &str| {
        let operation = json!({"op": "replace", "path": "/documentationVersion", "value": version});
        json!({"restApiId": api, "stageName": "s", "patchOperations": [operation]})
    };
    let named = |version: &str| json!({"restApiId": api, "documentationVersion": version});
    let active = "400 BadRequestException: Active stages pointing to this documentation version must \
                  be moved or deleted";
    hold(
        &door,
        &[
            (
                "CreateDocumentationVersion",
                make("v1", Some("none")),
                Some("404 NotFoundException: Invalid stage identifier specified"),
            ),
            ("CreateDocumentationVersion", make("v1", Some("s")), None),
            (
                "CreateDocumentationVersion",
                make("v1", None),
                Some("409 ConflictException: Documentation version already exists"),
            ),
            ("CreateDocumentationVersion", make("v2", None), None),
            ("DeleteDocumentationVersion", named("v1"), Some(active)),
            (
                "UpdateStage",
                put("v3"),
                Some("404 NotFoundException: Invalid Documentation version specified"),
            ),
            ("UpdateStage", put("v2"), None),
            ("DeleteDocumentationVersion", named("v1"), None),
        ],
    )
    .await;
    let stage = json!({"restApiId": api, "stageName": "s"});
    let stage = well(&door, "GetStage", stage).await;
    assert_eq!(stage["documentationVersion"], json!("v2"));
}

#[tokio::test]
async fn an_import_merges_or_overwrites_and_warns() {
    let door = door();
    let (api, _) = api(&door).await;
    for location in [
        json!({"type": "API"}),
        json!({"type": "MODEL", "name": "M"}),
    ] {
        let made = part(&api, location, r#"{"description": "old"}"#);
        well(&door, "CreateDocumentationPart", made).await;
    }
    let document = |parts: Json| {
        json!({"openapi": "3.0.1", "x-amazon-apigateway-documentation": {"documentationParts": parts}})
            .to_string()
    };
    let own = json!({"location": {"type": "API"}, "properties": {"description": "new"}});
    let wrong = json!({"location": {"type": "API", "name": "n"}, "properties": {"a": "b"}});
    let import = |mode: &str, parts: Json, fails: bool| json!({"restApiId": api, "mode": mode, "failOnWarnings": fails, "body": document(parts)});
    let merged = well(
        &door,
        "ImportDocumentationParts",
        import("merge", json!([own]), false),
    )
    .await;
    assert_eq!(merged["ids"].as_array().map(Vec::len), Some(1));
    let found = parts(&door, json!({"restApiId": api})).await;
    assert_eq!(found.len(), 2);
    assert_eq!(found[0]["properties"], json!(r#"{"description":"new"}"#));
    let both = json!([own, wrong]);
    let refused = ask(
        &door,
        "ImportDocumentationParts",
        import("overwrite", both.clone(), true),
    )
    .await;
    let warning =
        "Invalid value for location.name: a location of the type API has none: leave it out";
    assert_eq!(
        refused,
        Err(format!(
            "400 BadRequestException: Warnings found during import: {warning}"
        ))
    );
    assert_eq!(parts(&door, json!({"restApiId": api})).await.len(), 2);
    let taken = well(
        &door,
        "ImportDocumentationParts",
        import("overwrite", both, false),
    )
    .await;
    assert_eq!(taken["warnings"], json!([warning]));
    assert_eq!(parts(&door, json!({"restApiId": api})).await.len(), 1);
    for (body, text) in [
        ("{", "400 BadRequestException: Invalid OpenAPI input."),
        ("{}", "400 BadRequestException: Invalid OpenAPI input."),
        (
            "openapi: 3.0.1",
            "501 NotImplemented: the import of documentation from a document that is not JSON is not \
             implemented by this lab",
        ),
    ] {
        let input = json!({"restApiId": api, "body": body});
        let refused = ask(&door, "ImportDocumentationParts", input).await;
        assert_eq!(refused, Err(text.to_owned()), "{body}");
    }
}
