//! CreateStage, UpdateStage and the deletion of settings.

use authlab_wire::{Value, WireError};
use serde::Deserialize;

use super::{merged, wire};
use crate::apigatewayv2::error::Error;
use crate::apigatewayv2::resource::{Api, Stage};
use crate::apigatewayv2::rule;
use crate::cloud::Cloud;
use crate::operation::part::{At, Part, Whole, changed};
use crate::operation::{Answer, Call, Reply, read, read_both, read_part};
use crate::shared::Ctx;

pub(in crate::apigatewayv2) fn create(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let (of, stage): (At<Stage>, Stage) = read_both(input)?;
    check_log_group(cloud, call, &stage)?;
    edited(cloud, call, &of, |api, ctx| {
        if stage.auto_deploy && stage.deployment_id.is_some() {
            return Err(Error::AutoDeployed(stage.stage_name.clone()));
        }
        api.add_stage(stage, ctx)
    })
}

/// An access log goes to a group that is there (AWS's text is not known), and to which log delivery may
/// write.
fn check_log_group(cloud: &mut Cloud, call: &Call, stage: &Stage) -> Result<(), WireError> {
    let Some(settings) = &stage.access_log_settings else {
        return Ok(());
    };
    let group = rule::log_group(settings, &call.scope).map_err(wire)?;
    if cloud.logs.group(&call.scope, &group).is_some() {
        let (logs, ctx) = cloud.logs(call);
        let permitted = logs.permit_delivery(&group, &ctx);
        return permitted.map_err(|undelivered| {
            wire(if undelivered.is_too_long() {
                Error::LogPolicyTooLong {
                    characters: undelivered.characters,
                    groups: undelivered.groups,
                }
            } else {
                // Unverified text.
                Error::Stated(format!("Cannot enable logging. {}", undelivered.error))
            })
        });
    }
    let problem = format!("there is no log group `{group}`: make it first");
    let member = "accessLogSettings.destinationArn";
    Err(wire(Error::invalid(member, problem)))
}

pub(in crate::apigatewayv2) fn update(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let of: At<Stage> = read_part(&input)?;
    let chooses_deployment = input.get("DeploymentId").is_some();
    check_log_group(cloud, call, &read_part(&input)?)?;
    let api = Api::find(cloud, call, of.whole())?;
    let stage = Stage::find(api, of.part()).map_err(wire)?;
    let stage = merged::<At<Stage>, _>(stage, input)?;
    edited(cloud, call, &of, |api, ctx| {
        if stage.auto_deploy && chooses_deployment {
            return Err(Error::AutoDeployed(stage.stage_name.clone()));
        }
        api.put_stage(stage, ctx)
    })
}

pub(in crate::apigatewayv2) fn delete_access_log(
    cloud: &mut Cloud,
    call: &Call,
    input: Value,
) -> Answer {
    let of: At<Stage> = read(input)?;
    let reply = edited(cloud, call, &of, |api, ctx| {
        let mut stage = Stage::find(api, of.part())?.clone();
        stage.access_log_settings = None;
        api.put_stage(stage, ctx)
    })?;
    Ok(Reply {
        effects: reply.effects,
        ..Reply::empty()
    })
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct RouteKeyInput {
    route_key: String,
}

pub(in crate::apigatewayv2) fn delete_route_settings(
    cloud: &mut Cloud,
    call: &Call,
    input: Value,
) -> Answer {
    let (of, key): (At<Stage>, RouteKeyInput) = read_both(input)?;
    let reply = edited(cloud, call, &of, |api, ctx| {
        let mut stage = Stage::find(api, of.part())?.clone();
        if stage.route_settings.remove(&key.route_key).is_none() {
            return Err(Error::NoSuchPart {
                kind: "Route",
                id: key.route_key,
            });
        }
        api.put_stage(stage, ctx)
    })?;
    Ok(Reply {
        effects: reply.effects,
        ..Reply::empty()
    })
}

/// Changes a stage, and answers what it became.
fn edited(
    cloud: &mut Cloud,
    call: &Call,
    of: &At<Stage>,
    edit: impl FnOnce(&mut Api, &Ctx<'_>) -> Result<(), Error>,
) -> Answer {
    let ((), effects) = Api::change(cloud, call, of.whole(), edit)?;
    let api = Api::find(cloud, call, of.whole())?;
    changed(Stage::find(api, of.part()).map_err(wire)?, effects)
}
