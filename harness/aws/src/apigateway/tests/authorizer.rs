//! Authorizers: their names, where identity stands, and who uses them.

use serde_json::{Value as Json, json};

use super::refusal::{api, well};
use super::value::{hold_owned, invalid, patch};
use crate::front::testing::door;

const FUNCTION: &str = "arn:aws:apigateway:eu-central-1:lambda:path/2015-03-31/functions/\
                        arn:aws:lambda:eu-central-1:222222222222:function:f/invocations";
const POOL: &str = "arn:aws:cognito-idp:eu-central-1:222222222222:userpool/eu-central-1_A";

#[tokio::test]
async fn authorizers_have_names_of_their_own_and_stay_while_they_are_used() {
    let door = door();
    let (api, root) = api(&door).await;
    let token = |name: &str, more: Json| {
        let mut input = json!({
            "restApiId": api, "name": name, "type": "TOKEN", "authorizerUri": FUNCTION,
            "identitySource": "method.request.header.Auth",
        });
        for (name, value) in more.as_object().unwrap() {
            input[name] = value.clone();
        }
        input
    };
    let two = "method.request.header.A,method.request.header.B";
    let single = || {
        invalid(
            "identitySource",
            &format!("`{two}` names more than one: a token stands in one header"),
        )
    };
    let taken = || {
        Some(
            "400 BadRequestException: Authorizer name must be unique. Authorizer a already exists in \
             this RestApi."
                .to_owned(),
        )
    };
    let no_arn = Some("400 BadRequestException: Invalid ARN specified in the request".to_owned());
    let role = "arn:aws:iam::222222222222:role/r";
    let made = well(&door, "CreateAuthorizer", token("a", json!({}))).await;
    let other = well(&door, "CreateAuthorizer", token("b", json!({}))).await;
    let of = |id: &Json| json!({"restApiId": api, "authorizerId": id});
    let request = json!({"type": "REQUEST", "identitySource": two, "authorizerCredentials": role});
    let pool = json!({"type": "COGNITO_USER_POOLS", "providerARNs": [POOL], "identitySource": two});
    let method = json!({"restApiId": api, "resourceId": root, "httpMethod": "GET"});
    let used = json!([
        {"op": "replace", "path": "/authorizationType", "value": "custom"},
        {"op": "replace", "path": "/authorizerId", "value": made["id"]},
    ]);
    let mut uses = method.clone();
    uses["patchOperations"] = used;
    let id = made["id"].as_str().unwrap();
    let in_use = format!(
        "409 ConflictException: Cannot delete authorizer '{id}', is referenced in method request: //GET"
    );
    hold_owned(
        &door,
        &[
            ("CreateAuthorizer", token("a", json!({})), taken()),
            (
                "UpdateAuthorizer",
                patch(&of(&other["id"]), "/name", "a"),
                taken(),
            ),
            (
                "UpdateAuthorizer",
                patch(&of(&made["id"]), "/name", "a"),
                None,
            ),
            (
                "CreateAuthorizer",
                token("c", json!({"identitySource": two})),
                single(),
            ),
            ("CreateAuthorizer", token("c", pool), single()),
            ("CreateAuthorizer", token("c", request), None),
            (
                "CreateAuthorizer",
                token("d", json!({"authorizerCredentials": "role"})),
                no_arn,
            ),
            (
                "CreateAuthorizer",
                token("d", json!({"authorizerCredentials": role})),
                None,
            ),
            ("UpdateMethod", uses, None),
            ("DeleteAuthorizer", of(&made["id"]), Some(in_use)),
            ("DeleteAuthorizer", of(&other["id"]), None),
            // Who is no type is told as it was given.
            (
                "UpdateMethod",
                patch(&method, "/authorizationType", "Wrong"),
                invalid(
                    "authorizationType",
                    "`Wrong` is none of NONE, AWS_IAM, CUSTOM, COGNITO_USER_POOLS, JWT",
                ),
            ),
            (
                "UpdateMethod",
                patch(&method, "/authorizationType", "none"),
                None,
            ),
            ("DeleteAuthorizer", of(&made["id"]), None),
        ],
    )
    .await;
    let seen = well(&door, "GetMethod", method).await;
    assert_eq!(seen["authorizationType"], json!("NONE"));
}
