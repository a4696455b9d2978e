//! GetTags, TagResource, UntagResource: of APIs and stages.

use authlab_wire::Value;
use serde::{Deserialize, Serialize};

use super::wire;
use crate::apigatewayv2::error::Error;
use crate::apigatewayv2::resource::{Api, Texts};
use crate::cloud::Cloud;
use crate::operation::part::changed;
use crate::operation::{Answer, Call, Reply, read};
use crate::shared::Ctx;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Input {
    resource_arn: String,
    #[serde(default)]
    tags: Texts,
    #[serde(default)]
    tag_keys: Vec<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct TagsOutput {
    tags: Texts,
}

#[derive(Serialize)]
struct Nothing {}

pub(in crate::apigatewayv2) fn get(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let input: Input = read(input)?;
    let (state, ctx) = cloud.apigatewayv2(call);
    let (api_id, stage) = resource(&input.resource_arn, &ctx).map_err(wire)?;
    let mut api = state.api(ctx.scope, &api_id).map_err(wire)?.clone();
    let tags = tags_of(&mut api, stage.as_deref()).map_err(wire)?.clone();
    Reply::to(&TagsOutput { tags })
}

pub(in crate::apigatewayv2) fn tag(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let input: Input = read(input)?;
    let added = input.tags;
    edit(cloud, call, &input.resource_arn, |tags| tags.extend(added))
}

pub(in crate::apigatewayv2) fn untag(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let input: Input = read(input)?;
    let removed = input.tag_keys;
    edit(cloud, call, &input.resource_arn, |tags| {
        tags.retain(|key, _| !removed.contains(key))
    })
}

fn edit(cloud: &mut Cloud, call: &Call, arn: &str, edit: impl FnOnce(&mut Texts)) -> Answer {
    let (state, ctx) = cloud.apigatewayv2(call);
    let (api_id, stage) = resource(arn, &ctx).map_err(wire)?;
    let edit = |api: &mut Api| {
        edit(tags_of(api, stage.as_deref())?);
        Ok(())
    };
    let ((), effects) = state.change(&api_id, &ctx, edit).map_err(wire)?;
    changed(&Nothing {}, effects)
}

fn tags_of<'a>(api: &'a mut Api, stage: Option<&str>) -> Result<&'a mut Texts, Error> {
    match stage {
        None => Ok(&mut api.facts.tags),
        Some(name) => {
            let missing = || Error::NoSuchPart {
                kind: "Stage",
                id: name.to_owned(),
            };
            api.stages
                .get_mut(name)
                .map(|stage| &mut stage.tags)
                .ok_or_else(missing)
        }
    }
}

/// API and stage of `arn:aws:apigateway:REGION::/apis/API[/stages/STAGE]`.
fn resource(arn: &str, ctx: &Ctx<'_>) -> Result<(String, Option<String>), Error> {
    let missing = || Error::NoSuchResource(arn.to_owned());
    let prefix = format!("arn:aws:apigateway:{}::/apis/", ctx.scope.region);
    let rest = arn.strip_prefix(&prefix).ok_or_else(missing)?;
    match rest.split_once("/stages/") {
        None if !rest.is_empty() && !rest.contains('/') => Ok((rest.to_owned(), None)),
        Some((api, stage)) => Ok((api.to_owned(), Some(stage.to_owned()))),
        None => Err(missing()),
    }
}
