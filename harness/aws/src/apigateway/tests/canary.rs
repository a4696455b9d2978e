//! Canaries of stages: how they are deployed, changed and promoted.

use serde_json::{Value as Json, json};

use super::refusal::{api, ask, hold, well};
use crate::front::FrontDoor;
use crate::front::testing::door;

async fn stage(door: &FrontDoor, api: &Json, name: &str) -> Json {
    let input = json!({"restApiId": api, "stageName": name});
    well(door, "GetStage", input).await
}

fn patched(api: &Json, stage: &str, operations: Json) -> Json {
    json!({"restApiId": api, "stageName": stage, "patchOperations": operations})
}

#[tokio::test]
async fn a_canary_is_deployed_to_a_stage_and_promoted() {
    let door = door();
    let (api, _) = api(&door).await;
    let first = json!({"restApiId": api, "stageName": "s", "variables": {"a": "1", "b": "2"}});
    let first = well(&door, "CreateDeployment", first).await;
    let canary = json!({"percentTraffic": 50, "stageVariableOverrides": {"a": "9", "c": "3"}});
    let second = json!({"restApiId": api, "stageName": "s", "canarySettings": canary});
    let second = well(&door, "CreateDeployment", second).await;
    let seen = stage(&door, &api, "s").await;
    assert_eq!(seen["deploymentId"], first["id"]);
    assert_eq!(
        seen["canarySettings"],
        json!({
            "deploymentId": second["id"], "percentTraffic": 50.0, "useStageCache": false,
            "stageVariableOverrides": {"a": "9", "c": "3"},
        })
    );
    // What the canary runs stays as long as it does.
    let gone = json!({"restApiId": api, "deploymentId": second["id"]});
    let active = "400 BadRequestException: Active stages pointing to this deployment must be moved \
                  or deleted";
    hold(&door, &[("DeleteDeployment", gone.clone(), Some(active))]).await;
    let promoted = json!([
        {"op": "copy", "from": "/canarySettings/deploymentId", "path": "/deploymentId"},
        {"op": "copy", "from": "/canarySettings/stageVariableOverrides", "path": "/variables"},
        {"op": "remove", "path": "/canarySettings"},
    ]);
    let seen = well(&door, "UpdateStage", patched(&api, "s", promoted)).await;
    assert_eq!(seen["deploymentId"], second["id"]);
    assert_eq!(seen["variables"], json!({"a": "9", "b": "2", "c": "3"}));
    assert_eq!(seen.get("canarySettings").filter(|it| !it.is_null()), None);
    let back = json!([{"op": "replace", "path": "/deploymentId", "value": first["id"]}]);
    hold(
        &door,
        &[
            ("UpdateStage", patched(&api, "s", back), None),
            ("DeleteDeployment", gone, None),
        ],
    )
    .await;
}

#[tokio::test]
async fn settings_of_a_canary_are_patched_one_by_one() {
    let door = door();
    let (api, _) = api(&door).await;
    let deployed = json!({"restApiId": api, "stageName": "s"});
    let deployed = well(&door, "CreateDeployment", deployed).await;
    let operation = |op: &str, path: &str, value: &str| {
        let operation = json!({"op": op, "path": format!("/canarySettings{path}"), "value": value});
        patched(&api, "s", json!([operation]))
    };
    let none = |path: &str| {
        format!(
            "400 BadRequestException: Cannot remove method setting canarySettings{path} because there \
             is no method setting for this method "
        )
    };
    let (overrides, bad) = (none("/stageVariableOverrides"), none("/badPath"));
    let percent = "400 BadRequestException: Invalid value for canarySettings.percentTraffic: `100.5` \
                   is not between 0 and 100";
    let deployment = Some("400 BadRequestException: Deployment id does not exist");
    hold(
        &door,
        &[
            (
                "UpdateStage",
                operation("replace", "/percentTraffic", "100.0"),
                None,
            ),
            (
                "UpdateStage",
                operation("replace", "/percentTraffic", "100.5"),
                Some(percent),
            ),
            (
                "UpdateStage",
                operation("replace", "/deploymentId", "none"),
                deployment,
            ),
            (
                "UpdateStage",
                operation("replace", "/stageVariableOverrides/a", "b"),
                None,
            ),
            (
                "UpdateStage",
                operation("add", "/stageVariableOverrides/c", "d"),
                None,
            ),
            (
                "UpdateStage",
                operation("remove", "/stageVariableOverrides/a", ""),
                None,
            ),
            (
                "UpdateStage",
                operation("remove", "/stageVariableOverrides", ""),
                Some(&overrides),
            ),
            (
                "UpdateStage",
                operation("remove", "/badPath", ""),
                Some(&bad),
            ),
            (
                "UpdateStage",
                operation("add", "/deploymentId", "x"),
                Some(
                    "400 BadRequestException: Invalid add operation with path: \
                     /canarySettings/deploymentId",
                ),
            ),
            (
                "UpdateStage",
                operation("replace", "/useStageCache", "true"),
                None,
            ),
        ],
    )
    .await;
    assert_eq!(
        stage(&door, &api, "s").await["canarySettings"],
        json!({
            "deploymentId": deployed["id"], "percentTraffic": 100.0, "useStageCache": true,
            "stageVariableOverrides": {"c": "d"},
        })
    );
    for value in ["test", ""] {
        let refused = ask(&door, "UpdateStage", operation("replace", "", value)).await;
        let text = refused.unwrap_err();
        let start = "400 BadRequestException: Invalid method setting path: /canarySettings. Must";
        assert!(text.starts_with(start), "{text}");
    }
}

#[tokio::test]
async fn a_canary_needs_a_stage_that_is_there() {
    let door = door();
    let (api, _) = api(&door).await;
    let deploy = |stage: Json| {
        let mut input = json!({"restApiId": api, "canarySettings": {"percentTraffic": 50}});
        if !stage.is_null() {
            input["stageName"] = stage;
        }
        input
    };
    let start = "400 BadRequestException: Invalid deployment content specified.";
    let provided = format!(
        "{start}Non null and non empty stageName must be provided for canary deployment. Provided value \
         is "
    );
    let (null, missing) = (
        format!("{provided}null"),
        format!("{start}Stage t must already be created before making a canary release deployment"),
    );
    let promote = json!([
        {"op": "copy", "from": "/canarySettings/deploymentId", "path": "/deploymentId"},
    ]);
    let wrong = json!([{"op": "copy", "from": "/variables", "path": "/deploymentId"}]);
    let with_from = json!([
        {"op": "replace", "from": "/variables", "path": "/description", "value": "a"},
    ]);
    let of_stage = |deployment: &str| {
        let canary = json!({"deploymentId": deployment});
        json!({"restApiId": api, "stageName": "t", "deploymentId": deployment,
            "canarySettings": canary})
    };
    hold(
        &door,
        &[
            ("CreateDeployment", deploy(Json::Null), Some(&null)),
            ("CreateDeployment", deploy(json!("")), Some(&provided)),
            ("CreateDeployment", deploy(json!("t")), Some(&missing)),
            (
                "CreateStage",
                of_stage("deploy"),
                Some("400 BadRequestException: Deployment id does not exist"),
            ),
            (
                "CreateDeployment",
                json!({"restApiId": api, "stageName": "s"}),
                None,
            ),
            (
                "UpdateStage",
                patched(&api, "s", promote),
                Some("400 BadRequestException: Promotion not available. Canary does not exist."),
            ),
            ("CreateDeployment", deploy(json!("s")), None),
            (
                "UpdateStage",
                patched(&api, "s", wrong),
                Some(
                    "400 BadRequestException: Invalid copy operation with path: /deploymentId and \
                     from /variables. Valid copy:path are [/deploymentId, /variables] and valid \
                     copy:from are [/canarySettings/deploymentId, \
                     /canarySettings/stageVariableOverrides]",
                ),
            ),
            (
                "UpdateStage",
                patched(&api, "s", with_from),
                Some(
                    "501 NotImplemented: `from` of a patch with the operation `replace` is not \
                     implemented by this lab",
                ),
            ),
        ],
    )
    .await;
    let seen = stage(&door, &api, "s").await;
    let deployment = seen["deploymentId"].as_str().unwrap();
    well(&door, "CreateStage", of_stage(deployment)).await;
}
