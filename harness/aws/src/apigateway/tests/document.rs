//! Documents to be imported.

use serde_json::{Value as Json, json};

const FUNCTION: &str = "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/\
                        arn:aws:lambda:us-east-1:111111111111:function:authz/invocations";

/// One API in both versions.
pub(super) fn documents() -> [Json; 2] {
    let integration = json!({
        "type": "http", "httpMethod": "post", "uri": "https://backend.example.com/{id}",
        "passthroughBehavior": "when_no_templates", "contentHandling": "CONVERT_TO_TEXT",
        "timeoutInMillis": 3000, "cacheKeyParameters": ["method.request.path.id"],
        "tlsConfig": {"insecureSkipVerification": true},
        "requestParameters": {"integration.request.path.id": "method.request.path.id"},
        "requestTemplates": {"application/json": "{}"},
        "responses": {
            "default": {"statusCode": 200, "responseParameters": {"method.response.header.X": "'x'"}},
            "4\\d{2}": {"statusCode": "404", "responseTemplates": {"application/json": ""}},
        },
    });
    let authorizer = json!({
        "type": "apiKey", "name": "Auth", "in": "header", "x-amazon-apigateway-authtype": "oauth2",
        "x-amazon-apigateway-authorizer": {"type": "token", "authorizerUri": FUNCTION,
            "authorizerResultTtlInSeconds": 60, "identityValidationExpression": "^x"},
    });
    let key = json!({"type": "apiKey", "name": "x-api-key", "in": "header"});
    let pet = json!({"type": "object", "description": "A pet", "properties": {"id": {"type": "integer"}}});
    let operation = json!({
        "operationId": "putPet", "security": [{"authz": []}, {"key": []}],
        "x-amazon-apigateway-request-validator": "all",
        "x-amazon-apigateway-integration": integration,
    });
    let common = json!({
        "info": {"title": "pets", "version": 1.5, "description": "Pets"},
        "x-amazon-apigateway-api-key-source": "AUTHORIZER",
        "x-amazon-apigateway-binary-media-types": ["image/png"],
        "x-amazon-apigateway-minimum-compression-size": 100,
        "x-amazon-apigateway-request-validators": {
            "all": {"validateRequestBody": true, "validateRequestParameters": true}},
        "x-amazon-apigateway-gateway-responses": {"UNAUTHORIZED": {"statusCode": 418}},
        "tags": [{"name": "team", "x-amazon-apigateway-tag-value": "a"}, {"name": "for people"}],
    });
    let mut old = common.clone();
    old["swagger"] = json!("2.0");
    old["basePath"] = json!("/v1/pets");
    old["definitions"] =
        json!({"Pet": pet, "Pets": {"type": "array", "items": {"$ref": "#/definitions/Pet"}}});
    old["securityDefinitions"] = json!({"authz": authorizer, "key": key});
    let mut of_old = operation.clone();
    of_old["parameters"] = json!([
        {"in": "query", "name": "q", "type": "string", "required": true},
        {"in": "body", "name": "b", "schema": {"$ref": "#/definitions/Pet"}}]);
    of_old["responses"] = json!({
        "200": {"description": "", "headers": {"X": {"type": "string"}}, "schema": {"$ref": "#/definitions/Pets"}},
        "404": {"description": ""}});
    old["paths"] = json!({"/a/{id}": {
        "parameters": [{"in": "path", "name": "id", "required": true, "type": "string"}], "put": of_old}});
    let mut new = common;
    new["openapi"] = json!("3.0.1");
    new["servers"] = json!([{"url": "https://x.example.com/{base}", "variables": {"base": {"default": "/v1/pets"}}}]);
    new["components"] = json!({
        "schemas": {"Pet": pet, "Pets": {"type": "array", "items": {"$ref": "#/components/schemas/Pet"}}},
        "parameters": {"id": {"in": "path", "name": "id", "required": true, "schema": {"type": "string"}}},
        "securitySchemes": {"authz": authorizer, "key": key}});
    let mut of_new = operation;
    of_new["parameters"] =
        json!([{"in": "query", "name": "q", "required": true, "schema": {"type": "string"}}]);
    of_new["requestBody"] =
        json!({"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Pet"}}}});
    of_new["responses"] = json!({
        "200": {"description": "", "headers": {"X": {"schema": {"type": "string"}}},
            "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Pets"}}}},
        "404": {"description": ""}});
    new["paths"] =
        json!({"/a/{id}": {"parameters": [{"$ref": "#/components/parameters/id"}], "put": of_new}});
    [old, new]
}
