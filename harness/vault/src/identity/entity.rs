//! Entities.

use serde_json::{Map, Value, json};

use super::{Entity, Store, check_metadata, given_policies, ids_or_null, listed, same_name};
use crate::field::Fields;
use crate::json::texts_or_null;
use crate::request::Call;
use crate::response::{Fault, Outcome, Response};

pub(super) fn named<'s>(store: &'s Store, name: &str) -> Option<&'s Entity> {
    let mut entities = store.entities.values();
    entities.find(|entity| !name.is_empty() && same_name(&entity.name, name))
}

fn find(store: &Store, fields: &Fields) -> Option<String> {
    let id = fields.text("id");
    if !id.is_empty() {
        return store.entities.contains_key(&id).then_some(id);
    }
    named(store, &fields.text("name")).map(|entity| entity.id.clone())
}

pub(super) fn write(store: &mut Store, call: &Call<'_>, fields: &Fields) -> Outcome {
    let known = find(store, fields);
    if known.is_none() && !fields.text("id").is_empty() {
        return Err(Fault::answer("entity not found from id"));
    }
    let policies = fields.given_list("policies");
    let policies = policies.map(|names| given_policies(&names)).transpose()?;
    let name = fields.given_text("name").filter(|name| !name.is_empty());
    let taken = name.as_deref().and_then(|name| named(store, name));
    if taken.is_some_and(|taken| known.as_ref().is_some_and(|id| *id != taken.id)) {
        return Err(Fault::answer("entity name is already in use"));
    }
    check_metadata("entity", fields)?;
    let created = known.is_none();
    let id = known.unwrap_or_else(|| call.draw("entity-id", &fields.text("name")).uuid());
    let (now, name_end) = (call.now, store.name_end);
    let entity = store.entities.entry(id.clone()).or_insert_with(|| Entity {
        id: id.clone(),
        created: now,
        ..Entity::default()
    });
    if let Some(name) = name {
        entity.name = name;
    } else if entity.name.is_empty() {
        entity.name = format!("entity_{}{name_end}", call.draw("entity-name", &id).hex(8));
    }
    if fields.has("metadata") {
        entity.metadata = fields.pairs("metadata");
    }
    if let Some(policies) = policies {
        entity.policies = policies;
    }
    if let Some(disabled) = fields.given_bool("disabled") {
        entity.disabled = disabled;
    }
    entity.updated = now;
    let answer = json!({"id": id, "name": entity.name, "aliases": null});
    Ok(created.then(|| Response::data(answer)))
}

pub(super) fn shown(store: &Store, entity: &Entity) -> Response {
    let aliases: Vec<Value> = entity
        .aliases
        .iter()
        .map(|alias| Value::Object(store.alias_json(&entity.id, alias)))
        .collect();
    let direct = store.direct_groups_of(entity);
    let inherited = store.inherited_groups_of(&direct);
    let ids = |groups: &[&super::Group]| -> Vec<String> {
        groups.iter().map(|group| group.id.clone()).collect()
    };
    let (direct, inherited) = (ids(&direct), ids(&inherited));
    let all = [direct.as_slice(), inherited.as_slice()].concat();
    Response::data(json!({
        "aliases": aliases,
        "creation_time": entity.created.to_string(),
        "direct_group_ids": direct,
        "disabled": entity.disabled,
        "group_ids": all,
        "id": entity.id,
        "inherited_group_ids": inherited,
        "last_update_time": entity.updated.to_string(),
        "merged_entity_ids": ids_or_null(&entity.merged),
        "metadata": texts_or_null(&entity.metadata),
        "name": entity.name,
        "namespace_id": "root",
        "policies": entity.policies,
    }))
}

pub(super) fn read(store: &mut Store, _: &Call<'_>, fields: &Fields) -> Outcome {
    let found = find(store, fields).and_then(|id| store.entities.get(&id));
    Ok(found.map(|entity| shown(store, entity)))
}

/// Takes an entity out of the store and out of its groups.
pub(super) fn remove(store: &mut Store, id: &str) -> Option<Entity> {
    let entity = store.entities.remove(id)?;
    for group in store.groups.values_mut() {
        let Some(members) = &mut group.members else {
            continue;
        };
        if let Some(index) = members.iter().position(|member| member == id) {
            members.remove(index);
            group.modified += 1;
        }
    }
    Some(entity)
}

pub(super) fn delete(store: &mut Store, _: &Call<'_>, fields: &Fields) -> Outcome {
    if let Some(id) = find(store, fields) {
        remove(store, &id);
    }
    Ok(None)
}

pub(super) fn delete_several(store: &mut Store, _: &Call<'_>, fields: &Fields) -> Outcome {
    let ids = fields.list("entity_ids");
    if ids.is_empty() {
        return Err(Fault::answer("missing entity ids to delete"));
    }
    for id in ids {
        remove(store, &id);
    }
    Ok(None)
}

pub(super) fn list(store: &mut Store, _: &Call<'_>, _: &Fields) -> Outcome {
    let mut info = Map::new();
    for entity in store.entities.values() {
        let mut shown = Map::from_iter([("name".to_owned(), json!(entity.name))]);
        let aliases = entity.aliases.iter().map(|alias| {
            let mut of_alias = store.alias_json(&entity.id, alias);
            of_alias.retain(|name, _| {
                matches!(
                    name.as_str(),
                    "id" | "mount_accessor" | "mount_path" | "mount_type" | "name"
                )
            });
            Value::Object(of_alias)
        });
        let aliases: Vec<Value> = aliases.collect();
        if !aliases.is_empty() {
            shown.insert("aliases".to_owned(), Value::Array(aliases));
        }
        info.insert(entity.id.clone(), Value::Object(shown));
    }
    Ok(Some(listed(info)))
}

pub(super) fn list_names(store: &mut Store, _: &Call<'_>, _: &Fields) -> Outcome {
    let names = store.entities.values().map(|entity| entity.name.clone());
    Ok(Some(Response::list(names)))
}
