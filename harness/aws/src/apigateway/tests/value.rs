//! Values that cannot be, each with one that can: what is patched is held against the same rules as what
//! is made.

use serde_json::{Value as Json, json};

use super::refusal::{api, ask, hold, well};
use crate::front::FrontDoor;
use crate::front::testing::door;

/// What is said of a member.
pub(super) fn invalid(member: &str, problem: &str) -> Option<String> {
    Some(format!(
        "400 BadRequestException: Invalid value for {member}: {problem}"
    ))
}

/// An update of what `names` names: one operation.
pub(super) fn patch(names: &Json, path: &str, value: &str) -> Json {
    let mut input = names.clone();
    input["patchOperations"] = json!([{"op": "replace", "path": path, "value": value}]);
    input
}

pub(super) async fn hold_owned(door: &FrontDoor, rows: &[(&str, Json, Option<String>)]) {
    let rows: Vec<(&str, Json, Option<&str>)> = rows
        .iter()
        .map(|(operation, input, refusal)| (*operation, input.clone(), refusal.as_deref()))
        .collect();
    hold(door, &rows).await;
}

#[tokio::test]
async fn values_of_apis_and_stages_are_those_of_the_model() {
    let door = door();
    let (api, root) = api(&door).await;
    let deploy = json!({"restApiId": api, "stageName": "s"});
    well(&door, "CreateDeployment", deploy).await;
    let of_api = json!({"restApiId": api});
    let stage = json!({"restApiId": api, "stageName": "s"});
    let response = json!({"restApiId": api, "responseType": "DEFAULT_4XX"});
    let child = json!({"restApiId": api, "parentId": root, "pathPart": "p"});
    let child = well(&door, "CreateResource", child).await;
    let resource = json!({"restApiId": api, "resourceId": child["id"]});
    let strategy = "/*/*/caching/unauthorizedCacheControlHeaderStrategy";
    let strategies = "FAIL_WITH_403, SUCCEED_WITH_RESPONSE_HEADER, SUCCEED_WITHOUT_RESPONSE_HEADER";
    let ttl = "/*/*/caching/ttlInSeconds";
    let part = "400 BadRequestException: Resource's path part only allow a-zA-Z0-9._-: or a valid \
                greedy path variable and curly braces at the beginning and the end.";
    hold_owned(
        &door,
        &[
            (
                "UpdateRestApi",
                patch(&of_api, "/securityPolicy", "TLS_1_2"),
                None,
            ),
            (
                "UpdateRestApi",
                patch(&of_api, "/endpointAccessMode", "STRICT"),
                None,
            ),
            (
                "UpdateRestApi",
                patch(&of_api, "/endpointAccessMode", "x"),
                invalid("endpointAccessMode", "`x` is none of BASIC, STRICT"),
            ),
            (
                "UpdateStage",
                patch(&stage, strategy, "FAIL_WITH_403"),
                None,
            ),
            (
                "UpdateStage",
                patch(&stage, strategy, "FAIL"),
                invalid(
                    "unauthorizedCacheControlHeaderStrategy",
                    &format!("`FAIL` is none of {strategies}"),
                ),
            ),
            ("UpdateStage", patch(&stage, ttl, "3600"), None),
            ("UpdateStage", patch(&stage, ttl, "0"), None),
            (
                "UpdateStage",
                patch(&stage, ttl, "3601"),
                invalid("cacheTtlInSeconds", "`3601` is not between 0 and 3600"),
            ),
            (
                "UpdateStage",
                patch(&stage, ttl, "-1"),
                invalid("cacheTtlInSeconds", "`-1` is not between 0 and 3600"),
            ),
            (
                "UpdateStage",
                patch(&stage, "/*/*/logging/loglevel", "OFF"),
                None,
            ),
            // What is no level is told as such, and not as a level that lacks a role.
            (
                "UpdateStage",
                patch(&stage, "/*/*/logging/loglevel", "LOUD"),
                invalid("loggingLevel", "`LOUD` is none of OFF, ERROR, INFO"),
            ),
            (
                "UpdateGatewayResponse",
                patch(&response, "/statusCode", "599"),
                None,
            ),
            (
                "UpdateGatewayResponse",
                patch(&response, "/statusCode", "x"),
                invalid("statusCode", "`x` is no status: give 100 to 599"),
            ),
            (
                "UpdateGatewayResponse",
                patch(&response, "/statusCode", "600"),
                invalid("statusCode", "`600` is no status: give 100 to 599"),
            ),
            ("UpdateResource", patch(&resource, "/pathPart", "q"), None),
            (
                "UpdateResource",
                patch(&resource, "/pathPart", ""),
                Some(part.to_owned()),
            ),
            (
                "UpdateResource",
                patch(&resource, "/parentId", ""),
                Some("404 NotFoundException: Invalid Resource identifier specified".to_owned()),
            ),
        ],
    )
    .await;
    let wrong = patch(&of_api, "/securityPolicy", "TLS_9");
    let refused = ask(&door, "UpdateRestApi", wrong).await.unwrap_err();
    let start =
        "400 BadRequestException: Invalid value for securityPolicy: `TLS_9` is none of TLS_1_0";
    assert!(refused.starts_with(start), "{refused}");
}

#[tokio::test]
async fn an_integration_has_a_verb_a_role_a_link_and_expressions() {
    let door = door();
    let (api, root) = api(&door).await;
    let declared = json!({
        "restApiId": api, "resourceId": root, "httpMethod": "POST", "authorizationType": "NONE",
        "requestParameters": {"method.request.header.x": false},
    });
    well(&door, "PutMethod", declared).await;
    let put = |more: Json| {
        let mut input = json!({
            "restApiId": api, "resourceId": root, "httpMethod": "POST", "type": "HTTP",
            "integrationHttpMethod": "GET", "uri": "http://127.0.0.1:9/",
        });
        for (name, value) in more.as_object().unwrap() {
            input[name] = value.clone();
        }
        input
    };
    let maps = |target: &str, source: &str| put(json!({"requestParameters": {target: source}}));
    let mapping = |what: &str, expression: &str| {
        Some(format!(
            "400 BadRequestException: Invalid mapping expression specified: Validation Result: \
             warnings : [], errors : [Invalid mapping expression {what}specified: {expression}]"
        ))
    };
    let verb = || {
        Some(
            "400 BadRequestException: Invalid HttpMethod specified. Valid options are \
             GET,PUT,POST,DELETE,PATCH,OPTIONS,HEAD,ANY"
                .to_owned(),
        )
    };
    let no_arn =
        || Some("400 BadRequestException: Invalid ARN specified in the request".to_owned());
    let link = || invalid("connectionId", "a VPC_LINK needs one");
    let header = "integration.request.header.x";
    let names = json!({"restApiId": api, "resourceId": root, "httpMethod": "POST"});
    hold_owned(
        &door,
        &[
            (
                "PutIntegration",
                put(json!({"integrationHttpMethod": "ANY"})),
                None,
            ),
            (
                "PutIntegration",
                put(json!({"integrationHttpMethod": "WRONG"})),
                verb(),
            ),
            (
                "PutIntegration",
                put(json!({"integrationHttpMethod": "WRONG", "type": "MOCK"})),
                verb(),
            ),
            (
                "PutIntegration",
                put(json!({"credentials": "arn:aws:iam::222222222222:role/a/r"})),
                None,
            ),
            (
                "PutIntegration",
                put(json!({"credentials": "arn:aws:iam::*:user/*"})),
                None,
            ),
            (
                "PutIntegration",
                put(json!({"credentials": "arn:aws:iam::${stageVariables.a}:role/r"})),
                None,
            ),
            (
                "PutIntegration",
                put(json!({"credentials": "role"})),
                no_arn(),
            ),
            (
                "PutIntegration",
                put(json!({"credentials": "arn:x"})),
                no_arn(),
            ),
            (
                "PutIntegration",
                put(json!({"credentials": "arn:aws:s3:::b"})),
                no_arn(),
            ),
            (
                "PutIntegration",
                put(json!({"credentials": "arn:aws:iam::2:role/r"})),
                no_arn(),
            ),
            (
                "PutIntegration",
                put(json!({"connectionType": "VPC_LINK", "connectionId": "l"})),
                None,
            ),
            (
                "PutIntegration",
                put(json!({"connectionType": "VPC_LINK", "connectionId": ""})),
                link(),
            ),
            (
                "PutIntegration",
                put(json!({"connectionType": "VPC_LINK"})),
                link(),
            ),
            (
                "PutIntegration",
                maps(header, "method.request.header.x"),
                None,
            ),
            ("PutIntegration", maps(header, "'a'"), None),
            (
                "PutIntegration",
                maps("integration.request.foo.x", "'a'"),
                mapping("", "integration.request.foo.x"),
            ),
            (
                "PutIntegration",
                maps(header, "method.request.foo.x"),
                mapping("", "method.request.foo.x"),
            ),
            ("PutIntegration", maps(header, "a"), mapping("", "a")),
            (
                "PutIntegration",
                maps(header, "method.request.header.y"),
                mapping("parameter ", "method.request.header.y"),
            ),
            ("PutIntegration", put(json!({})), None),
            (
                "UpdateIntegration",
                patch(
                    &names,
                    "/requestParameters/integration.request.foo.x",
                    "'a'",
                ),
                mapping("", "integration.request.foo.x"),
            ),
            (
                "UpdateIntegration",
                patch(
                    &names,
                    "/requestParameters/integration.request.path.x",
                    "'a'",
                ),
                None,
            ),
            (
                "UpdateIntegration",
                patch(&names, "/httpMethod", "WRONG"),
                verb(),
            ),
            (
                "UpdateIntegration",
                patch(&names, "/httpMethod", "PUT"),
                None,
            ),
        ],
    )
    .await;
}

#[tokio::test]
async fn a_response_maps_what_there_is() {
    let door = door();
    let (api, root) = api(&door).await;
    let names =
        json!({"restApiId": api, "resourceId": root, "httpMethod": "GET", "statusCode": "200"});
    let with = |member: &str, value: Json| {
        let mut input = names.clone();
        input[member] = value;
        input
    };
    let declared = with(
        "responseParameters",
        json!({"method.response.header.x": false}),
    );
    well(&door, "PutMethodResponse", declared).await;
    let from = |source: &str| {
        with(
            "responseParameters",
            json!({"method.response.header.x": source}),
        )
    };
    let gateway = |target: &str| json!({"restApiId": api, "responseType": "THROTTLED", "responseParameters": {target: "'1'"}});
    let mapping = |expression: &str| {
        Some(format!(
            "400 BadRequestException: Invalid mapping expression specified: Validation Result: \
             warnings : [], errors : [Invalid mapping expression specified: {expression}]"
        ))
    };
    let own = "PutIntegrationResponse";
    hold_owned(
        &door,
        &[
            (own, from("integration.response.header.y"), None),
            (
                own,
                from("method.request.header.y"),
                mapping("method.request.header.y"),
            ),
            (
                own,
                with("responseTemplates", json!({"application/json": null})),
                None,
            ),
            (
                "PutGatewayResponse",
                gateway("gatewayresponse.header.Retry-After"),
                None,
            ),
            (
                "PutGatewayResponse",
                gateway("gatewayresponse.foo.x"),
                mapping("gatewayresponse.foo.x"),
            ),
        ],
    )
    .await;
    let seen = well(&door, "GetIntegrationResponse", names.clone()).await;
    assert_eq!(seen["responseTemplates"], json!({"application/json": null}));
}

#[tokio::test]
async fn tags_are_few_and_have_keys_of_their_own() {
    let door = door();
    let (api, _) = api(&door).await;
    let many = |count: usize| -> Json {
        let tags = (0..count).map(|number| (format!("k{number}"), json!("v")));
        Json::Object(tags.collect())
    };
    let too_many = || {
        Some(
            "429 LimitExceededException: maximum number of tags of the resource reached: there may be \
             50"
            .to_owned(),
        )
    };
    let arn = format!(
        "arn:aws:apigateway:eu-central-1::/restapis/{}",
        api.as_str().unwrap()
    );
    let tag = |tags: Json| json!({"resourceArn": arn, "tags": tags});
    let key = |length: usize| json!({"k".repeat(length): "v"});
    let reserved = invalid("tags", "`AWS:x` begins with `aws:`, which is AWS's own");
    hold_owned(
        &door,
        &[
            (
                "CreateRestApi",
                json!({"name": "b", "tags": many(50)}),
                None,
            ),
            (
                "CreateRestApi",
                json!({"name": "b", "tags": many(51)}),
                too_many(),
            ),
            (
                "CreateApiKey",
                json!({"name": "b", "tags": many(51)}),
                too_many(),
            ),
            (
                "CreateUsagePlan",
                json!({"name": "b", "tags": many(51)}),
                too_many(),
            ),
            ("TagResource", tag(many(50)), None),
            ("TagResource", tag(json!({"one-more": "v"})), too_many()),
            (
                "UntagResource",
                json!({"resourceArn": arn, "tagKeys": ["k0", "k1", "k2"]}),
                None,
            ),
            ("TagResource", tag(key(128)), None),
            (
                "TagResource",
                tag(key(129)),
                invalid("tags", "a key has 1 to 128 characters, not 129"),
            ),
            (
                "TagResource",
                tag(key(0)),
                invalid("tags", "a key has 1 to 128 characters, not 0"),
            ),
            ("TagResource", tag(json!({"AWS:x": "v"})), reserved),
            ("TagResource", tag(json!({"aws": "v"})), None),
            ("TagResource", tag(json!({"v": "v".repeat(256)})), None),
            (
                "TagResource",
                tag(json!({"v": "v".repeat(257)})),
                invalid(
                    "tags",
                    "the value of `v` has 257 characters: give at most 256",
                ),
            ),
        ],
    )
    .await;
}
