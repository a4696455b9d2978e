//! What no row of the tables shows: rules with their allowed twins, in a lab without a wire.

use serde_json::{Value as Json, json};

use crate::front::FrontDoor;
use crate::front::testing::{WORKLOAD, door};

/// A call by WORKLOAD's root user.
pub(super) async fn ask(door: &FrontDoor, operation: &str, input: Json) -> Result<Json, String> {
    door.asked(WORKLOAD, &format!("apigateway:{operation}"), input)
        .await
}

pub(super) async fn well(door: &FrontDoor, operation: &str, input: Json) -> Json {
    let answer = ask(door, operation, input.clone()).await;
    answer.unwrap_or_else(|error| panic!("{operation} {input}: {error}"))
}

/// An API with a method that answers by itself: the ids of API and root.
pub(super) async fn api(door: &FrontDoor) -> (Json, Json) {
    let made = well(door, "CreateRestApi", json!({"name": "a"})).await;
    let (api, root) = (made["id"].clone(), made["rootResourceId"].clone());
    let method = json!({
        "restApiId": api, "resourceId": root, "httpMethod": "GET", "authorizationType": "NONE",
    });
    well(door, "PutMethod", method).await;
    let mock = json!({"restApiId": api, "resourceId": root, "httpMethod": "GET", "type": "MOCK"});
    well(door, "PutIntegration", mock).await;
    (api, root)
}

/// Rows of an operation, its input, and the refusal; `None` where it is well.
pub(super) async fn hold(door: &FrontDoor, rows: &[(&str, Json, Option<&str>)]) {
    for (operation, input, refusal) in rows {
        let answer = ask(door, operation, input.clone()).await;
        match (refusal, &answer) {
            (None, Ok(_)) => {}
            (Some(text), Err(error)) if error == text => {}
            _ => panic!("{operation} {input}: {answer:?} instead of {refusal:?}"),
        }
    }
}

#[tokio::test]
async fn paths_are_a_tree_in_which_a_variable_has_no_sibling() {
    let door = door();
    let (api, root) = api(&door).await;
    let child = |part: &str| json!({"restApiId": api, "parentId": root, "pathPart": part});
    let part = Some(
        "400 BadRequestException: Resource's path part only allow a-zA-Z0-9._-: or a valid greedy \
         path variable and curly braces at the beginning and the end.",
    );
    hold(
        &door,
        &[
            ("CreateResource", child("a b"), part),
            ("CreateResource", child("{a"), part),
            ("CreateResource", child("{}"), part),
            ("CreateResource", child("{+}"), part),
            ("CreateResource", child("a/b"), part),
            ("CreateResource", child("a-b.c_d:e"), None),
            ("CreateResource", child("{id}"), None),
            (
                "CreateResource",
                child("{proxy+}"),
                Some(
                    "400 BadRequestException: A sibling ({id}) of this resource already has a \
                     variable path part -- only one is allowed",
                ),
            ),
            (
                "CreateResource",
                child("a-b.c_d:e"),
                Some(
                    "409 ConflictException: Another resource with the same parent already has this \
                     name: a-b.c_d:e",
                ),
            ),
            (
                "DeleteResource",
                json!({"restApiId": api, "resourceId": root}),
                Some("400 BadRequestException: Root resource is not removable"),
            ),
        ],
    )
    .await;
    let greedy = well(&door, "CreateRestApi", json!({"name": "b"})).await;
    let below = |parent: &Json, part: &str| json!({"restApiId": greedy["id"], "parentId": parent, "pathPart": part});
    let all = well(
        &door,
        "CreateResource",
        below(&greedy["rootResourceId"], "{all+}"),
    )
    .await;
    let refused = ask(&door, "CreateResource", below(&all["id"], "a")).await;
    let text = "400 BadRequestException: Cannot create a child of a resource with a greedy path \
                variable: {all+}";
    assert_eq!(refused, Err(text.to_owned()));
}

#[tokio::test]
async fn a_deployment_is_what_the_api_was_and_stages_run_it() {
    let door = door();
    let empty = well(&door, "CreateRestApi", json!({"name": "a"})).await;
    let (api, root) = api(&door).await;
    let bare = json!({
        "restApiId": empty["id"], "resourceId": empty["rootResourceId"], "httpMethod": "GET",
        "authorizationType": "NONE",
    });
    hold(
        &door,
        &[
            (
                "CreateDeployment",
                json!({"restApiId": empty["id"]}),
                Some("400 BadRequestException: The REST API doesn't contain any methods"),
            ),
            ("PutMethod", bare, None),
            (
                "CreateDeployment",
                json!({"restApiId": empty["id"]}),
                Some("400 BadRequestException: No integration defined for method"),
            ),
        ],
    )
    .await;
    let first = json!({"restApiId": api, "stageName": "s", "variables": {"a": "b"}});
    let first = well(&door, "CreateDeployment", first).await;
    let gone = json!({"restApiId": api, "resourceId": root, "httpMethod": "GET"});
    well(&door, "DeleteMethod", gone).await;
    let asked = json!({"restApiId": api, "deploymentId": first["id"], "embed": ["apisummary"]});
    let seen = well(&door, "GetDeployment", asked).await;
    let method = json!({"authorizationType": "NONE", "apiKeyRequired": false});
    assert_eq!(seen["apiSummary"], json!({"/": {"GET": method}}));
    let stage = json!({"restApiId": api, "stageName": "s"});
    let stage = well(&door, "GetStage", stage).await;
    assert_eq!(
        (&stage["deploymentId"], &stage["variables"]),
        (&first["id"], &json!({"a": "b"}))
    );
}

#[tokio::test]
async fn settings_of_a_stage_are_patched_by_path_and_verb() {
    let door = door();
    let (api, _) = api(&door).await;
    well(
        &door,
        "CreateDeployment",
        json!({"restApiId": api, "stageName": "s"}),
    )
    .await;
    let patch = |op: &str, path: &str, value: &str| {
        let operation = json!({"op": op, "path": path, "value": value});
        json!({"restApiId": api, "stageName": "s", "patchOperations": [operation]})
    };
    let none = |path: &str| {
        format!(
            "400 BadRequestException: Cannot remove method setting {path} because there is no method \
             setting for this method "
        )
    };
    let (star, own) = (none("*/*"), none("p~1q/GET"));
    hold(
        &door,
        &[
            ("UpdateStage", patch("remove", "/*/*", ""), Some(&star)),
            (
                "UpdateStage",
                patch("replace", "/*/*/throttling/rateLimit", "2.5"),
                None,
            ),
            (
                "UpdateStage",
                patch("replace", "/~1p~1q/GET/throttling/burstLimit", "7"),
                None,
            ),
            (
                "UpdateStage",
                patch("replace", "/*/*/throttling/burstLimit", "x"),
                Some(
                    "400 BadRequestException: Invalid value for throttling/burstLimit: `x` is no \
                     whole number",
                ),
            ),
            (
                "UpdateStage",
                patch("replace", "/*/*/logging/loglevel", "INFO"),
                Some(
                    "400 BadRequestException: CloudWatch Logs role ARN must be set in account \
                     settings to enable logging",
                ),
            ),
            (
                "UpdateStage",
                patch("replace", "/clientCertificateId", "a"),
                Some(
                    "501 NotImplemented: a patch of `/clientCertificateId` is not implemented by \
                     this lab",
                ),
            ),
        ],
    )
    .await;
    let stage = json!({"restApiId": api, "stageName": "s"});
    let settings = well(&door, "GetStage", stage).await["methodSettings"].clone();
    let limits = |key: &str| {
        let own = &settings[key];
        (
            own["throttlingRateLimit"].clone(),
            own["throttlingBurstLimit"].clone(),
        )
    };
    assert_eq!(limits("*/*"), (json!(2.5), json!(5000)));
    assert_eq!(limits("~1p~1q/GET"), (json!(2.5), json!(7)));
    hold(
        &door,
        &[
            ("UpdateStage", patch("remove", "/p~1q/GET", ""), Some(&own)),
            ("UpdateStage", patch("remove", "/~1p~1q/GET", ""), None),
        ],
    )
    .await;
}

#[tokio::test]
async fn logs_are_written_by_a_role_that_trusts_the_service() {
    let door = door();
    let trust = |service: &str| {
        json!({"Version": "2012-10-17", "Statement": [{
            "Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole",
        }]})
        .to_string()
    };
    let mut roles = Vec::new();
    for (name, service) in [
        ("a", "apigateway.amazonaws.com"),
        ("l", "lambda.amazonaws.com"),
    ] {
        let role = json!({"RoleName": name, "AssumeRolePolicyDocument": trust(service)});
        let role = door.well("iam:CreateRole", role).await;
        roles.push(role["Role"]["Arn"].as_str().unwrap().to_owned());
    }
    let patch = |arn: &str| json!({"patchOperations": [{"op": "replace", "path": "/cloudwatchRoleArn", "value": arn}]});
    let refused = Some(
        "400 BadRequestException: The role ARN does not have required permissions configured. \
         Please grant trust permission for API Gateway and add the required role policy.",
    );
    hold(
        &door,
        &[
            ("UpdateAccount", patch(&roles[1]), refused),
            (
                "UpdateAccount",
                patch("arn:aws:iam::222222222222:role/none"),
                refused,
            ),
            ("UpdateAccount", patch(&roles[0]), None),
        ],
    )
    .await;
    let account = well(&door, "GetAccount", json!({})).await;
    assert_eq!(account["cloudwatchRoleArn"], json!(roles[0]));
    let (api, _) = api(&door).await;
    well(
        &door,
        "CreateDeployment",
        json!({"restApiId": api, "stageName": "s"}),
    )
    .await;
    let level = json!({"op": "replace", "path": "/*/*/logging/loglevel", "value": "INFO"});
    let level = json!({"restApiId": api, "stageName": "s", "patchOperations": [level]});
    well(&door, "UpdateStage", level).await;
}

#[tokio::test]
async fn a_resource_policy_is_kept_with_whole_arns_and_answered_with_escaped_quotes() {
    let door = door();
    let policy = |resource: Json| {
        json!({"Version": "2012-10-17", "Statement": [{
            "Effect": "Allow", "Principal": "*", "Action": "execute-api:Invoke", "Resource": resource,
        }]})
        .to_string()
    };
    let api = json!({"name": "a", "policy": policy(json!(["execute-api:/*"]))});
    let made = well(&door, "CreateRestApi", api).await;
    let id = made["id"].as_str().unwrap();
    let kept = made["policy"].as_str().unwrap();
    assert!(kept.contains(r#"\"Effect\":\"Allow\""#), "{kept}");
    let arn = format!("arn:aws:execute-api:eu-central-1:{WORKLOAD}:{id}/*");
    assert!(
        kept.contains(&format!(r#"\"Resource\":\"{arn}\""#)),
        "{kept}"
    );
    let patch = |value: &str| {
        let operation = json!({"op": "replace", "path": "/policy", "value": value});
        json!({"restApiId": id, "patchOperations": [operation]})
    };
    let refused = Some(
        "400 BadRequestException: Invalid policy document. Please check the policy syntax and ensure \
         that Principals are valid.",
    );
    hold(
        &door,
        &[
            ("UpdateRestApi", patch("{"), refused),
            (
                "UpdateRestApi",
                patch("{\"Version\": \"2012-10-17\"}"),
                refused,
            ),
            ("UpdateRestApi", patch(kept), None),
            (
                "UpdateRestApi",
                patch(&policy(json!("execute-api:/s/*"))),
                None,
            ),
        ],
    )
    .await;
    // What does not touch the policy leaves it as it is.
    let name = json!({"op": "replace", "path": "/name", "value": "b"});
    let name = json!({"restApiId": id, "patchOperations": [name]});
    let renamed = well(&door, "UpdateRestApi", name).await;
    let kept = renamed["policy"].as_str().unwrap();
    assert!(kept.contains(&format!("{id}/s/*")), "{kept}");
}

#[tokio::test]
async fn a_key_opens_a_stage_by_one_plan_only() {
    let door = door();
    let (api, _) = api(&door).await;
    for stage in ["s", "t"] {
        well(
            &door,
            "CreateDeployment",
            json!({"restApiId": api, "stageName": stage}),
        )
        .await;
    }
    let key = well(&door, "CreateApiKey", json!({"name": "k"})).await;
    let mut plans = Vec::new();
    for stage in ["s", "s", "t"] {
        let stages = json!([{"apiId": api, "stage": stage}]);
        let plan = json!({"name": "p", "apiStages": stages});
        plans.push(well(&door, "CreateUsagePlan", plan).await["id"].clone());
    }
    let put = |plan: &Json| json!({"usagePlanId": plan, "keyId": key["id"], "keyType": "API_KEY"});
    hold(
        &door,
        &[
            ("CreateUsagePlanKey", put(&plans[0]), None),
            (
                "CreateUsagePlanKey",
                put(&plans[0]),
                Some("409 ConflictException: Usage Plan Key already exists"),
            ),
            (
                "CreateUsagePlanKey",
                put(&plans[1]),
                Some(
                    "409 ConflictException: The API Key is already in another usage plan of the \
                     same API stage",
                ),
            ),
            ("CreateUsagePlanKey", put(&plans[2]), None),
            (
                "CreateUsagePlan",
                json!({"name": "p", "apiStages": [{"apiId": api, "stage": "none"}]}),
                Some(&format!(
                    "404 NotFoundException: API Stage not found: {}:none",
                    api.as_str().unwrap()
                )),
            ),
        ],
    )
    .await;
}

#[tokio::test]
async fn tags_are_of_whatever_an_arn_names() {
    let door = door();
    let (api, _) = api(&door).await;
    well(
        &door,
        "CreateDeployment",
        json!({"restApiId": api, "stageName": "s"}),
    )
    .await;
    let key = well(&door, "CreateApiKey", json!({})).await;
    let api = api.as_str().unwrap();
    let paths = [
        format!("restapis/{api}"),
        format!("restapis/{api}/stages/s"),
        format!("apikeys/{}", key["id"].as_str().unwrap()),
    ];
    for path in paths {
        let arn = format!("arn:aws:apigateway:eu-central-1::/{path}");
        let tags = json!({"resourceArn": arn, "tags": {"a": "b", "c": "d"}});
        well(&door, "TagResource", tags).await;
        well(
            &door,
            "UntagResource",
            json!({"resourceArn": arn, "tagKeys": ["a"]}),
        )
        .await;
        let tags = well(&door, "GetTags", json!({"resourceArn": arn})).await;
        assert_eq!(tags["tags"], json!({"c": "d"}), "{arn}");
    }
    for arn in ["arn:aws:apigateway:eu-central-1::/restapis/none", "none"] {
        let refused = ask(&door, "GetTags", json!({"resourceArn": arn})).await;
        let text = format!("404 NotFoundException: Invalid resource ARN specified: {arn}");
        assert_eq!(refused, Err(text));
    }
}
