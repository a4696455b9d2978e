//! Entities made one: the aliases, groups and tokens of one go over to another.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{Alias, Entity, Store, entity};
use crate::field::Fields;
use crate::request::Call;
use crate::response::{Fault, Outcome, Response, error_body};

/// Two aliases at one mount.
struct Clash {
    accessor: String,
    of_target: Alias,
    source: String,
    of_source: Alias,
}

pub(super) fn merge(store: &mut Store, _: &Call<'_>, fields: &Fields) -> Outcome {
    let target = fields.text("to_entity_id");
    if target.is_empty() {
        return Err(Fault::answer("missing entity id to merge to"));
    }
    let sources: BTreeSet<String> = fields.list("from_entity_ids").into_iter().collect();
    if sources.is_empty() {
        return Err(Fault::answer("missing entity ids to merge from"));
    }
    if sources.contains(&target) {
        return Err(Fault::answer(
            "to_entity_id should not be present in from_entity_ids",
        ));
    }
    if !store.entities.contains_key(&target) {
        return Err(Fault::answer("entity id to merge to is invalid"));
    }
    if !sources.iter().all(|id| store.entities.contains_key(id)) {
        return Err(Fault::answer("entity id to merge from is invalid"));
    }
    if fields.bool("force") {
        return Err(Fault::not_simulated(
            "`force` of identity/entity/merge (which drops MFA secrets) is not simulated by \
             authlab: leave it out",
        ));
    }
    let clashes = clashes(store, &target, &sources)?;
    if !clashes.is_empty() && fields.list("conflicting_alias_ids_to_keep").is_empty() {
        return Ok(Some(Response::raw(400, refusal(store, &target, &clashes))));
    }
    for id in &sources {
        take_over(store, &target, id);
    }
    Ok(None)
}

fn clashes(store: &Store, target: &str, sources: &BTreeSet<String>) -> Result<Vec<Clash>, Fault> {
    let aliases = |id: &str| store.entities.get(id).map(|one| one.aliases.as_slice());
    let of_target = aliases(target).unwrap_or_default();
    let mut clashes = Vec::new();
    let mut seen: BTreeSet<&str> = BTreeSet::new();
    for source in sources {
        for alias in aliases(source).unwrap_or_default() {
            if !seen.insert(&alias.mount_accessor) {
                return Err(Fault::not_simulated(
                    "merging several entities whose aliases are at one mount is not simulated by \
                     authlab: merge them one after another",
                ));
            }
            let same = of_target
                .iter()
                .find(|one| one.mount_accessor == alias.mount_accessor);
            if let Some(one) = same {
                clashes.push(Clash {
                    accessor: alias.mount_accessor.clone(),
                    of_target: one.clone(),
                    source: source.clone(),
                    of_source: alias.clone(),
                });
            }
        }
    }
    Ok(clashes)
}

/// The refusal of a merge that would leave two aliases at one mount, with both sides of each.
fn refusal(store: &Store, target: &str, clashes: &[Clash]) -> Value {
    let mut text = format!(
        "{} errors occurred:\n\t* toEntity and at least one fromEntity have aliases with the same \
         mount accessor, repeat the merge request specifying exactly one fromEntity, clashes: \n",
        clashes.len() + 1
    );
    let mut data = Vec::new();
    for clash in clashes {
        text.push_str(&format!(
            "\t* mountAccessor: {}, toEntity ID: {target}, fromEntity ID: {}, conflicting toEntity \
             alias ID: {}, conflicting fromEntity alias ID: {}\n",
            clash.accessor, clash.source, clash.of_target.id, clash.of_source.id
        ));
        for (owner, alias) in [
            (target, &clash.of_target),
            (clash.source.as_str(), &clash.of_source),
        ] {
            let (path, kind) = store
                .mounts
                .get(&alias.mount_accessor)
                .cloned()
                .unwrap_or_default();
            let name = store
                .entities
                .get(owner)
                .map_or("", |one| one.name.as_str());
            data.push(json!({
                "alias": alias.name,
                "entity": name,
                "entity_id": owner,
                "mount": kind,
                "mount_path": path,
            }));
        }
    }
    text.push('\n');
    let mut body = error_body(Some(&text));
    body["data"] = Value::Array(data);
    body
}

fn take_over(store: &mut Store, target: &str, source: &str) {
    let groups: Vec<String> = store
        .groups
        .values()
        .filter(|group| group.members.iter().flatten().any(|id| id == source))
        .map(|group| group.id.clone())
        .collect();
    let Some(Entity {
        aliases, merged, ..
    }) = entity::remove(store, source)
    else {
        return;
    };
    for id in groups {
        let group = store.groups.get_mut(&id);
        let members = group.map(|group| group.members.get_or_insert_default());
        if let Some(members) = members
            && !members.iter().any(|member| member == target)
        {
            members.push(target.to_owned());
        }
    }
    if let Some(entity) = store.entities.get_mut(target) {
        for mut alias in aliases {
            alias.merged_from.push(source.to_owned());
            // An empty one does not survive the way through the storage (recorded).
            alias.custom_metadata.take_if(|texts| texts.is_empty());
            entity.aliases.push(alias);
        }
        entity.merged.push(source.to_owned());
        entity.merged.extend(merged);
    }
}
