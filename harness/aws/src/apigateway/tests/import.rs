//! ImportRestApi and PutRestApi: what becomes of a document, what is refused and where, and what stays.

use std::sync::Arc;

use authlab_wire::to_value;
use serde_json::{Value as Json, json};

use super::document::documents;
use crate::front::FrontDoor;
use crate::front::testing::{MANAGEMENT, door};

struct Lab(Arc<FrontDoor>);

impl Lab {
    async fn call(&self, operation: &str, input: Json) -> Result<Json, String> {
        let input = to_value(&input).unwrap();
        let answer = self
            .0
            .perform_as(MANAGEMENT, "us-east-1", "apigateway", operation, input);
        match answer.await {
            Ok(answer) => Ok(serde_json::to_value(&answer).unwrap()),
            Err(error) => Err(format!(
                "{} {}: {}",
                error.status, error.code, error.message
            )),
        }
    }

    async fn import(&self, document: &Json, more: Json) -> Result<Json, String> {
        let mut input = json!({"body": document.to_string()});
        for (name, value) in more.as_object().unwrap() {
            input[name] = value.clone();
        }
        self.call("ImportRestApi", input).await
    }

    /// The resources by path, with their methods.
    async fn resources(&self, api: &Json) -> Json {
        let input = json!({"restApiId": api["id"], "embed": ["methods"]});
        let found = self.call("GetResources", input).await.unwrap();
        let items = found["items"].as_array().unwrap().iter();
        items
            .map(|it| {
                (
                    it["path"].as_str().unwrap().to_owned(),
                    it["resourceMethods"].clone(),
                )
            })
            .collect()
    }
}

fn lab() -> Lab {
    Lab(door())
}

#[tokio::test]
async fn both_versions_make_the_same_api() {
    for document in documents() {
        let lab = lab();
        let api = lab.import(&document, json!({})).await.unwrap();
        for (member, value) in [
            ("name", json!("pets")),
            ("version", json!("1.5")),
            ("description", json!("Pets")),
            ("apiKeySource", json!("AUTHORIZER")),
            ("binaryMediaTypes", json!(["image/png"])),
            ("minimumCompressionSize", json!(100)),
            ("tags", json!({"team": "a"})),
            ("warnings", Json::Null),
        ] {
            assert_eq!(api[member], value, "{member}: {api}");
        }
        let resources = lab.resources(&api).await;
        let method = &resources["/a/{id}"]["PUT"];
        let id = &api["id"];
        let of = json!({"restApiId": id});
        let authorizers = lab.call("GetAuthorizers", of.clone()).await.unwrap();
        let validators = lab.call("GetRequestValidators", of.clone()).await.unwrap();
        let authorizer = &authorizers["items"][0];
        for (found, value) in [
            (&method["authorizationType"], json!("CUSTOM")),
            (&method["authorizerId"], authorizer["id"].clone()),
            (&method["apiKeyRequired"], json!(true)),
            (&method["operationName"], json!("putPet")),
            (
                &method["requestValidatorId"],
                validators["items"][0]["id"].clone(),
            ),
            (
                &method["requestParameters"],
                json!({"method.request.path.id": true, "method.request.querystring.q": true}),
            ),
            (&method["requestModels"], json!({"application/json": "Pet"})),
            (
                &method["methodResponses"]["200"],
                json!({"statusCode": "200", "responseParameters": {"method.response.header.X": false},
                    "responseModels": {"application/json": "Pets"}}),
            ),
            (&method["methodIntegration"]["type"], json!("HTTP")),
            (&method["methodIntegration"]["httpMethod"], json!("POST")),
            (
                &method["methodIntegration"]["passthroughBehavior"],
                json!("WHEN_NO_TEMPLATES"),
            ),
            (&method["methodIntegration"]["timeoutInMillis"], json!(3000)),
            (
                &method["methodIntegration"]["tlsConfig"],
                json!({"insecureSkipVerification": true}),
            ),
            (
                &method["methodIntegration"]["integrationResponses"]["404"]["selectionPattern"],
                json!("4\\d{2}"),
            ),
            (
                &method["methodIntegration"]["integrationResponses"]["200"]["selectionPattern"],
                Json::Null,
            ),
            (&authorizer["authType"], json!("oauth2")),
            (
                &authorizer["identitySource"],
                json!("method.request.header.Auth"),
            ),
            (&authorizer["authorizerResultTtlInSeconds"], json!(60)),
            (&validators["items"][0]["name"], json!("all")),
        ] {
            assert_eq!(*found, value, "{method}");
        }
        let models = lab.call("GetModels", of).await.unwrap();
        let names = models["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|it| &it["name"]);
        assert_eq!(names.collect::<Vec<_>>(), ["Pet", "Pets"]);
        let schema: Json =
            serde_json::from_str(models["items"][1]["schema"].as_str().unwrap()).unwrap();
        let url = format!(
            "https://apigateway.amazonaws.com/restapis/{}/models/Pet",
            id.as_str().unwrap()
        );
        assert_eq!(schema["items"]["$ref"], url);
        let response = json!({"restApiId": id, "responseType": "UNAUTHORIZED"});
        let response = lab.call("GetGatewayResponse", response).await.unwrap();
        assert_eq!(response["statusCode"], "418");
    }
}

/// The base path by the caller's wish. (Recorded for `prepend` and `split`.)
#[tokio::test]
async fn a_base_path_is_ignored_prepended_or_split() {
    for document in documents() {
        for (wish, path) in [
            (json!({}), "/a/{id}"),
            (json!({"basepath": "ignore"}), "/a/{id}"),
            (json!({"basepath": "prepend"}), "/v1/pets/a/{id}"),
            (json!({"basepath": "split"}), "/pets/a/{id}"),
        ] {
            let lab = lab();
            let api = lab
                .import(&document, json!({"parameters": wish}))
                .await
                .unwrap();
            let resources = lab.resources(&api).await;
            assert!(resources.get(path).is_some(), "{wish}: {resources}");
        }
    }
}

fn mock(more: Json) -> Json {
    let mut operation = json!({
        "responses": {"200": {"description": ""}},
        "x-amazon-apigateway-integration": {"type": "mock", "responses": {"default": {"statusCode": "200"}}},
    });
    for (name, value) in more.as_object().unwrap() {
        operation[name] = value.clone();
    }
    json!({"openapi": "3.0.1", "info": {"title": "t"}, "paths": {"/a": {"get": operation}}})
}

/// Each refusal beside what is taken instead; nothing is half-made.
#[tokio::test]
async fn a_document_that_cannot_be_built_makes_nothing() {
    let plain = || mock(json!({}));
    let with = |name: &str, value: Json| {
        let mut document = plain();
        document[name] = value;
        document
    };
    let method = |more: Json| mock(more);
    let bad_request = "400 BadRequestException: ";
    for (document, parameters, refused) in [
        (plain(), json!({}), ""),
        (
            plain(),
            json!({"endpointConfigurationTypes": "REGIONAL"}),
            "",
        ),
        (
            plain(),
            json!({"endpointConfigurationTypes": "NOWHERE"}),
            "Invalid EndpointTypes specified",
        ),
        (
            plain(),
            json!({"basepath": "x"}),
            "basepath: `x` is none of",
        ),
        (
            plain(),
            json!({"other": "x"}),
            "`other` is none of basepath",
        ),
        (plain(), json!({"ignore": "documentation"}), ""),
        (
            plain(),
            json!({"ignore": "paths"}),
            "`paths` is not documentation",
        ),
        (
            with("openapi", json!("3.1.0")),
            json!({}),
            "`3.1.0` is not read",
        ),
        (
            with("openapi", Json::Null),
            json!({}),
            "Invalid OpenAPI input.",
        ),
        (
            with("info", json!({})),
            json!({}),
            "`info`: `title` is missing",
        ),
        (with("paths", Json::Null), json!({}), "`paths` is missing"),
        (
            with("paths", json!({"a": {}})),
            json!({}),
            "`paths.a`: a path begins with /",
        ),
        (
            with(
                "x-amazon-apigateway-gateway-responses",
                json!({"NO_SUCH": {}}),
            ),
            json!({}),
            "it is no type of gateway response",
        ),
        (
            with(
                "x-amazon-apigateway-gateway-responses",
                json!({"DEFAULT_4XX": {}}),
            ),
            json!({}),
            "",
        ),
        (
            with("x-amazon-apigateway-api-key-source", json!("BODY")),
            json!({}),
            "is none of HEADER, AUTHORIZER",
        ),
        (
            with("x-amazon-apigateway-policy", json!({"x": 1})),
            json!({}),
            "Invalid policy document",
        ),
        (
            method(json!({"security": [{"who": []}]})),
            json!({}),
            "there is no security scheme `who`",
        ),
        (
            method(json!({"x-amazon-apigateway-auth": {"type": "aws_iam"}})),
            json!({}),
            "",
        ),
        (
            method(json!({"x-amazon-apigateway-auth": {"type": "x"}})),
            json!({}),
            "`type` is none of AWS_IAM, NONE",
        ),
        (
            method(json!({"x-amazon-apigateway-request-validator": "v"})),
            json!({}),
            "there is no request validator `v`",
        ),
        (
            method(json!({"parameters": [{"$ref": "#/components/parameters/p"}]})),
            json!({}),
            "`#/components/parameters/p` is not in the document",
        ),
        (
            method(
                json!({"x-amazon-apigateway-integration": {"type": "http", "httpMethod": "GET", "uri": "x"}}),
            ),
            json!({}),
            "Unable to put integration on 'GET' for resource at path '/a': Invalid HTTP endpoint",
        ),
        (
            method(json!({"x-amazon-apigateway-integration": {"type": "mock", "other": 1}})),
            json!({}),
            "x-amazon-apigateway-integration`: `other` is none of",
        ),
        (
            method(
                json!({"x-amazon-apigateway-integration": {"type": "mock", "responses": {"default":
                {"statusCode": "200", "responseParameters": {"method.response.header.X": "'x'"}}}}}),
            ),
            json!({}),
            "Unable to put integration response on 'GET' for resource at path '/a': Invalid mapping",
        ),
        (
            method(
                json!({"requestBody": {"content": {"application/json": {"schema": {"$ref":
                "#/components/schemas/No"}}}}}),
            ),
            json!({}),
            "Unable to put method 'GET' on resource at path '/a': Invalid model identifier specified: No",
        ),
        (
            method(
                json!({"requestBody": {"content": {"application/json": {"schema": {"type": "object"}}}}}),
            ),
            json!({}),
            "",
        ),
    ] {
        let lab = lab();
        let answer = lab
            .import(&document, json!({"parameters": parameters}))
            .await;
        match answer {
            Ok(_) => assert_eq!(refused, "", "{document} {parameters}"),
            Err(error) => {
                assert!(error.starts_with(bad_request), "{document}: {error}");
                assert!(
                    !refused.is_empty() && error.contains(refused),
                    "{document}: {error}"
                );
                let apis = lab.call("GetRestApis", json!({})).await.unwrap();
                assert_eq!(apis["items"], json!([]), "{document}");
            }
        }
    }
}

#[tokio::test]
async fn what_is_not_simulated_is_named() {
    for (document, name) in [
        (
            mock(
                json!({"x-amazon-apigateway-integration": {"type": "mock", "responseTransferMode": "STREAM"}}),
            ),
            "responseTransferMode",
        ),
        (
            mock(json!({"x-amazon-apigateway-other": 1})),
            "x-amazon-apigateway-other",
        ),
    ] {
        let error = lab().import(&document, json!({})).await.unwrap_err();
        assert!(
            error.starts_with("501 NotImplemented") && error.contains(name),
            "{error}"
        );
    }
}

#[tokio::test]
async fn a_warning_is_answered_or_fails_the_import() {
    let document = mock(json!({"parameters": [{"in": "cookie", "name": "c"}]}));
    let api = lab().import(&document, json!({})).await.unwrap();
    assert!(
        api["warnings"][0]
            .as_str()
            .unwrap()
            .contains("parameters.0"),
        "{api}"
    );
    let error = lab()
        .import(&document, json!({"failOnWarnings": true}))
        .await
        .unwrap_err();
    assert!(
        error.contains("Warnings found during import:\n\tThe parameter"),
        "{error}"
    );
    let clean = mock(json!({}));
    assert!(
        lab()
            .import(&clean, json!({"failOnWarnings": true}))
            .await
            .is_ok()
    );
}

/// A document in YAML makes what the same in JSON makes.
#[tokio::test]
async fn yaml_is_read_too() {
    let yaml = "openapi: 3.0.1\ninfo: {title: t, version: 1.0}\npaths:\n  /a:\n    get:\n      responses:\n        \
                200: {description: ok}\n      x-amazon-apigateway-integration:\n        type: mock\n        \
                responses:\n          default: {statusCode: 200}\n";
    let lab = lab();
    let api = lab
        .call("ImportRestApi", json!({"body": yaml}))
        .await
        .unwrap();
    assert_eq!(api["version"], "1.0");
    let resources = lab.resources(&api).await;
    assert_eq!(resources["/a"]["GET"]["methodIntegration"]["type"], "MOCK");
}

/// Merge keeps what the document does not name, overwrite does not; the root and its id stay.
#[tokio::test]
async fn put_merges_or_overwrites_as_a_whole_or_not_at_all() {
    for (mode, paths) in [
        (json!("merge"), ["/", "/a", "/a/{id}"].as_slice()),
        (Json::Null, &["/", "/a", "/a/{id}"]),
        (json!("overwrite"), &["/", "/a"]),
    ] {
        let lab = lab();
        let [old, _] = documents();
        let api = lab.import(&old, json!({})).await.unwrap();
        let put = |document: Json, mode: Json| {
            let mut input =
                json!({"restApiId": api["id"], "body": document.to_string(), "mode": mode});
            if input["mode"].is_null() {
                input.as_object_mut().unwrap().remove("mode");
            }
            input
        };
        let before = lab.resources(&api).await;
        let refused = lab.call(
            "PutRestApi",
            put(mock(json!({"security": [{"x": []}]})), mode.clone()),
        );
        assert!(refused.await.is_err());
        assert_eq!(lab.resources(&api).await, before, "{mode}");
        let changed = lab
            .call("PutRestApi", put(mock(json!({})), mode.clone()))
            .await
            .unwrap();
        assert_eq!(changed["rootResourceId"], api["rootResourceId"]);
        assert_eq!(changed["name"], "t");
        let resources = lab.resources(&api).await;
        let found: Vec<&str> = resources
            .as_object()
            .unwrap()
            .keys()
            .map(String::as_str)
            .collect();
        assert_eq!(found, paths, "{mode}");
    }
    let nothing = json!({"restApiId": "none", "body": mock(json!({})).to_string()});
    let error = lab().call("PutRestApi", nothing).await.unwrap_err();
    assert!(error.starts_with("404 NotFoundException"), "{error}");
}
