//! New material for a key, by the clock or at once.

use authlab_kernel::Timestamp;
use authlab_wire::Value;
use serde::{Deserialize, Serialize};

use super::{KeyIdOutput, KeyInput, page, wire};
use crate::cloud::Cloud;
use crate::operation::{Answer, Call, Reply, read};

/// How often a key is rotated when nothing is asked for, in days.
const PERIOD_DEFAULT_DAYS: i64 = 365;

/// How many rotations a page has when nothing is asked for (API reference, `ListKeyRotations`).
const PAGE_SIZE: usize = 100;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct EnableInput {
    key_id: String,
    #[serde(default)]
    rotation_period_in_days: Option<i64>,
}

pub(in crate::kms) fn enable_rotation(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let input: EnableInput = read(input)?;
    let (keys, ctx) = cloud.kms(call);
    let key = keys.find_mut(&input.key_id, &ctx).map_err(wire)?;
    key.check_rotates().map_err(wire)?;
    key.check_usable().map_err(wire)?;
    let kept = key.schedule.map(|schedule| schedule.period_days);
    let period = input.rotation_period_in_days.or(kept);
    key.rotate_every(period.unwrap_or(PERIOD_DEFAULT_DAYS), ctx.now);
    Ok(Reply::empty())
}

pub(in crate::kms) fn disable_rotation(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let input: KeyInput = read(input)?;
    let (keys, ctx) = cloud.kms(call);
    let key = keys.find_mut(&input.key_id, &ctx).map_err(wire)?;
    key.check_rotates().map_err(wire)?;
    key.check_usable().map_err(wire)?;
    key.catch_up(ctx.now);
    key.schedule = None;
    Ok(Reply::empty())
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct StatusOutput<'a> {
    key_id: &'a str,
    key_rotation_enabled: bool,
    next_rotation_date: Option<Timestamp>,
    rotation_period_in_days: Option<i64>,
}

/// A disabled key and one that waits for its deletion are not rotated, and still say what they were
/// told (API reference, `GetKeyRotationStatus`).
pub(in crate::kms) fn get_rotation(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let input: KeyInput = read(input)?;
    let (keys, ctx) = cloud.kms(call);
    let key = keys
        .find_key(&input.key_id, ctx.scope, ctx.now)
        .map_err(wire)?;
    key.check_rotates().map_err(wire)?;
    let is_waiting = key.deletion.is_some();
    let schedule = key.schedule.filter(|_| !is_waiting);
    Reply::to(&StatusOutput {
        key_id: &key.arn,
        key_rotation_enabled: schedule.is_some(),
        next_rotation_date: schedule.and_then(|_| key.next_rotation(ctx.now)),
        rotation_period_in_days: schedule.map(|schedule| schedule.period_days),
    })
}

pub(in crate::kms) fn rotate_now(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let input: KeyInput = read(input)?;
    let (keys, ctx) = cloud.kms(call);
    let key = keys.rotate_now(&input.key_id, &ctx).map_err(wire)?;
    Reply::to(&KeyIdOutput { key_id: &key.arn })
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ListInput {
    key_id: String,
    #[serde(default)]
    include_key_material: Option<String>,
    #[serde(default)]
    limit: Option<usize>,
    #[serde(default)]
    marker: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Item<'a> {
    key_id: &'a str,
    key_material_id: String,
    key_material_state: Option<&'static str>,
    rotation_date: Option<Timestamp>,
    rotation_type: Option<&'static str>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct ListOutput<'a> {
    rotations: Vec<Item<'a>>,
    next_marker: Option<String>,
    truncated: bool,
}

/// With `ALL_KEY_MATERIAL` the key's first material too, and the state of each.
pub(in crate::kms) fn list_rotations(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let input: ListInput = read(input)?;
    let (keys, ctx) = cloud.kms(call);
    let key = keys
        .find_key(&input.key_id, ctx.scope, ctx.now)
        .map_err(wire)?;
    key.check_rotates().map_err(wire)?;
    let is_all = input.include_key_material.as_deref() == Some("ALL_KEY_MATERIAL");
    let current = key.generation(ctx.now);
    let item = |generation: u32| Item {
        key_id: &key.id,
        key_material_id: key.root.material_id(generation),
        key_material_state: is_all.then_some(if generation == current {
            "CURRENT"
        } else {
            "NON_CURRENT"
        }),
        rotation_date: None,
        rotation_type: None,
    };
    let rotations = key.rotations_by(ctx.now);
    let first = is_all.then(|| item(0));
    let rotated = rotations
        .iter()
        .zip(1u32..)
        .map(|(rotation, generation)| Item {
            rotation_date: Some(rotation.at),
            rotation_type: Some(if rotation.on_demand {
                "ON_DEMAND"
            } else {
                "AUTOMATIC"
            }),
            ..item(generation)
        });
    let items = first.into_iter().chain(rotated).collect();
    let size = input.limit.unwrap_or(PAGE_SIZE);
    let (rotations, next_marker) = page(items, size, input.marker).map_err(wire)?;
    Reply::to(&ListOutput {
        rotations,
        truncated: next_marker.is_some(),
        next_marker,
    })
}
