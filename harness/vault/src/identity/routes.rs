//! The endpoints of the identity store.

use serde_json::{Map, Value, json};

use super::{Alias, Entity, Group, Store};
use crate::field::{Field, Fields, Kind};
use crate::request::{Call, Operation};
use crate::response::{Fault, Outcome, Response, texts_or_null};
use crate::route::Route;

const ENTITY: &[Field] = &[
    Field::new("id", Kind::Text),
    Field::new("name", Kind::Text),
    Field::new("metadata", Kind::Pairs),
    Field::new("policies", Kind::CommaList),
    Field::new("disabled", Kind::Bool),
];
const ALIAS: &[Field] = &[
    Field::new("id", Kind::Text),
    Field::new("name", Kind::Text),
    Field::new("canonical_id", Kind::Text),
    Field::new("entity_id", Kind::Text),
    Field::new("mount_accessor", Kind::Text),
    Field::new("custom_metadata", Kind::Pairs),
    Field::new("metadata", Kind::Pairs),
];
const GROUP: &[Field] = &[
    Field::new("id", Kind::Text),
    Field::new("name", Kind::Text),
    Field::new("type", Kind::Text),
    Field::new("metadata", Kind::Pairs),
    Field::new("policies", Kind::CommaList),
    Field::new("member_entity_ids", Kind::CommaList),
    Field::new("member_group_ids", Kind::CommaList),
];

/// The table.
pub(crate) const ROUTES: &[Route<Store>] = &[
    Route {
        pattern: "entity",
        fields: &[ENTITY],
        existence: None,
        operations: &[(Operation::Update, write_entity)],
    },
    Route {
        pattern: "entity/id/?",
        fields: &[],
        existence: None,
        operations: &[(Operation::List, list_entities)],
    },
    Route {
        pattern: "entity/name/?",
        fields: &[],
        existence: None,
        operations: &[(Operation::List, list_entity_names)],
    },
    Route {
        pattern: "entity/id/{id}",
        fields: &[ENTITY],
        existence: None,
        operations: &[
            (Operation::Read, read_entity),
            (Operation::Update, write_entity),
            (Operation::Delete, delete_entity),
        ],
    },
    Route {
        pattern: "entity/name/{name}",
        fields: &[ENTITY],
        existence: None,
        operations: &[
            (Operation::Read, read_entity),
            (Operation::Update, write_entity),
            (Operation::Delete, delete_entity),
        ],
    },
    Route {
        pattern: "entity-alias",
        fields: &[ALIAS],
        existence: None,
        operations: &[(Operation::Update, write_alias)],
    },
    Route {
        pattern: "entity-alias/id/{id}",
        fields: &[ALIAS],
        existence: None,
        operations: &[
            (Operation::Read, read_alias),
            (Operation::Delete, delete_alias),
        ],
    },
    Route {
        pattern: "group",
        fields: &[GROUP],
        existence: None,
        operations: &[(Operation::Update, write_group)],
    },
    Route {
        pattern: "group/id/?",
        fields: &[],
        existence: None,
        operations: &[(Operation::List, list_groups)],
    },
    Route {
        pattern: "group/id/{id}",
        fields: &[GROUP],
        existence: None,
        operations: &[
            (Operation::Read, read_group),
            (Operation::Update, write_group),
            (Operation::Delete, delete_group),
        ],
    },
    Route {
        pattern: "group/name/{name}",
        fields: &[GROUP],
        existence: None,
        operations: &[
            (Operation::Read, read_group),
            (Operation::Update, write_group),
            (Operation::Delete, delete_group),
        ],
    },
    Route {
        pattern: "group-alias",
        fields: &[ALIAS],
        existence: None,
        operations: &[(Operation::Update, write_group_alias)],
    },
];

fn find_entity(store: &Store, fields: &Fields) -> Option<String> {
    let id = fields.text("id");
    if !id.is_empty() {
        return store.entities.contains_key(&id).then_some(id);
    }
    let name = fields.text("name");
    let found = store
        .entities
        .values()
        .find(|entity| !name.is_empty() && entity.name == name);
    found.map(|entity| entity.id.clone())
}

fn write_entity(store: &mut Store, call: &Call<'_>, fields: &Fields) -> Outcome {
    let known = find_entity(store, fields);
    if known.is_none() && !fields.text("id").is_empty() {
        return Err(Fault::answer(format!(
            "entity not found from id {}",
            fields.text("id")
        )));
    }
    let created = known.is_none();
    let id = known.unwrap_or_else(|| call.draw("entity-id", &fields.text("name")).uuid());
    let now = call.now;
    let entity = store.entities.entry(id.clone()).or_insert_with(|| Entity {
        id: id.clone(),
        created: now,
        ..Entity::default()
    });
    if let Some(name) = fields.given_text("name").filter(|name| !name.is_empty()) {
        entity.name = name;
    } else if entity.name.is_empty() {
        entity.name = format!("entity_{}", call.draw("entity-name", &id).hex(8));
    }
    if fields.has("metadata") {
        entity.metadata = fields.pairs("metadata");
    }
    if let Some(policies) = fields.given_list("policies") {
        entity.policies = policies;
    }
    if let Some(disabled) = fields.given_bool("disabled") {
        entity.disabled = disabled;
    }
    entity.updated = now;
    let answer = json!({"id": id, "name": entity.name, "aliases": null});
    Ok(created.then(|| Response::data(answer)))
}

fn alias_json(store: &Store, entity_id: &str, alias: &Alias) -> Value {
    let (path, kind) = store
        .mounts
        .get(&alias.mount_accessor)
        .cloned()
        .unwrap_or_default();
    json!({
        "canonical_id": entity_id,
        "creation_time": alias.created.to_string(),
        "custom_metadata": texts_or_null(&alias.custom_metadata),
        "id": alias.id,
        "last_update_time": alias.updated.to_string(),
        "local": false,
        "merged_from_canonical_ids": null,
        "metadata": texts_or_null(&alias.metadata),
        "mount_accessor": alias.mount_accessor,
        "mount_path": path,
        "mount_type": kind,
        "name": alias.name,
    })
}

fn read_entity(store: &mut Store, _: &Call<'_>, fields: &Fields) -> Outcome {
    let Some(entity) = find_entity(store, fields).and_then(|id| store.entities.get(&id)) else {
        return Ok(None);
    };
    let aliases: Vec<Value> = entity
        .aliases
        .iter()
        .map(|alias| alias_json(store, &entity.id, alias))
        .collect();
    let groups: Vec<&str> = store
        .groups_of(entity)
        .iter()
        .map(|group| group.id.as_str())
        .collect();
    Ok(Some(Response::data(json!({
        "aliases": aliases,
        "creation_time": entity.created.to_string(),
        "direct_group_ids": groups,
        "disabled": entity.disabled,
        "group_ids": groups,
        "id": entity.id,
        "inherited_group_ids": [],
        "last_update_time": entity.updated.to_string(),
        "merged_entity_ids": null,
        "metadata": texts_or_null(&entity.metadata),
        "name": entity.name,
        "namespace_id": "root",
        "policies": entity.policies,
    }))))
}

fn delete_entity(store: &mut Store, _: &Call<'_>, fields: &Fields) -> Outcome {
    if let Some(id) = find_entity(store, fields) {
        store.entities.remove(&id);
    }
    Ok(None)
}

fn list_entities(store: &mut Store, _: &Call<'_>, _: &Fields) -> Outcome {
    let mut info = Map::new();
    for entity in store.entities.values() {
        let aliases: Vec<Value> = entity
            .aliases
            .iter()
            .map(|alias| {
                let (path, kind) = store
                    .mounts
                    .get(&alias.mount_accessor)
                    .cloned()
                    .unwrap_or_default();
                json!({
                    "id": alias.id,
                    "mount_accessor": alias.mount_accessor,
                    "mount_path": path,
                    "mount_type": kind,
                    "name": alias.name,
                })
            })
            .collect();
        info.insert(
            entity.id.clone(),
            json!({"aliases": aliases, "name": entity.name}),
        );
    }
    Ok(Some(listed(store.entities.keys().cloned().collect(), info)))
}

fn list_entity_names(store: &mut Store, _: &Call<'_>, _: &Fields) -> Outcome {
    let names = store.entities.values().map(|entity| entity.name.clone());
    Ok(Some(Response::list(names)))
}

fn listed(keys: Vec<String>, info: Map<String, Value>) -> Response {
    if keys.is_empty() {
        return Response::list(keys);
    }
    Response::data(json!({"keys": keys, "key_info": info}))
}

fn write_alias(store: &mut Store, call: &Call<'_>, fields: &Fields) -> Outcome {
    let (name, accessor) = (fields.text("name"), fields.text("mount_accessor"));
    if name.is_empty() {
        return Err(Fault::answer("'name' or 'id' must be provided"));
    }
    if !store.mounts.contains_key(&accessor) {
        let accessor = crate::duration::quoted(&accessor);
        return Err(Fault::answer(format!("invalid mount accessor {accessor}")));
    }
    let given = fields
        .given_text("canonical_id")
        .or_else(|| fields.given_text("entity_id"));
    let entity_id = given.unwrap_or_else(|| call.draw("entity-id", &name).uuid());
    let now = call.now;
    let alias = Alias {
        id: call.draw("entity-alias-id", &name).uuid(),
        name,
        mount_accessor: accessor,
        custom_metadata: fields.pairs("custom_metadata"),
        created: now,
        updated: now,
        ..Alias::default()
    };
    let entity = store
        .entities
        .entry(entity_id.clone())
        .or_insert_with(|| Entity {
            id: entity_id.clone(),
            name: format!("entity_{}", call.draw("entity-name", &entity_id).hex(8)),
            created: now,
            updated: now,
            ..Entity::default()
        });
    let answer = json!({"id": alias.id, "canonical_id": entity_id});
    entity
        .aliases
        .retain(|known| known.mount_accessor != alias.mount_accessor);
    entity.aliases.push(alias);
    Ok(Some(Response::data(answer)))
}

fn read_alias(store: &mut Store, _: &Call<'_>, fields: &Fields) -> Outcome {
    let id = fields.text("id");
    let found = store.entities.values().find_map(|entity| {
        entity
            .aliases
            .iter()
            .find(|alias| alias.id == id)
            .map(|alias| (entity, alias))
    });
    Ok(found.map(|(entity, alias)| Response::data(alias_json(store, &entity.id, alias))))
}

fn delete_alias(store: &mut Store, _: &Call<'_>, fields: &Fields) -> Outcome {
    let id = fields.text("id");
    for entity in store.entities.values_mut() {
        entity.aliases.retain(|alias| alias.id != id);
    }
    Ok(None)
}

fn find_group(store: &Store, fields: &Fields) -> Option<String> {
    let id = fields.text("id");
    if !id.is_empty() {
        return store.groups.contains_key(&id).then_some(id);
    }
    let name = fields.text("name");
    let found = store
        .groups
        .values()
        .find(|group| !name.is_empty() && group.name == name);
    found.map(|group| group.id.clone())
}

fn write_group(store: &mut Store, call: &Call<'_>, fields: &Fields) -> Outcome {
    let known = find_group(store, fields);
    let created = known.is_none();
    let kind = fields
        .given_text("type")
        .unwrap_or_else(|| "internal".to_owned());
    if !matches!(kind.as_str(), "internal" | "external") {
        return Err(Fault::answer(format!(
            "group type {} is not supported",
            crate::duration::quoted(&kind)
        )));
    }
    if created && kind == "external" && fields.has("member_entity_ids") {
        return Err(Fault::answer(
            "member entities can't be set manually for external groups",
        ));
    }
    let id = known.unwrap_or_else(|| call.draw("group-id", &fields.text("name")).uuid());
    let now = call.now;
    let group = store.groups.entry(id.clone()).or_insert_with(|| Group {
        id: id.clone(),
        external: kind == "external",
        created: now,
        ..Group::default()
    });
    if let Some(name) = fields.given_text("name").filter(|name| !name.is_empty()) {
        group.name = name;
    } else if group.name.is_empty() {
        group.name = format!("group_{}", call.draw("group-name", &id).hex(8));
    }
    if fields.has("metadata") {
        group.metadata = fields.pairs("metadata");
    }
    if let Some(policies) = fields.given_list("policies") {
        group.policies = policies;
    }
    if let Some(members) = fields.given_list("member_entity_ids") {
        group.members = members;
    }
    group.updated = now;
    let answer = json!({"id": id, "name": group.name});
    Ok(created.then(|| Response::data(answer)))
}

fn read_group(store: &mut Store, _: &Call<'_>, fields: &Fields) -> Outcome {
    let Some(group) = find_group(store, fields).and_then(|id| store.groups.get(&id)) else {
        return Ok(None);
    };
    let alias = group
        .alias
        .as_ref()
        .map_or_else(|| json!({}), |alias| alias_json(store, &group.id, alias));
    Ok(Some(Response::data(json!({
        "alias": alias,
        "creation_time": group.created.to_string(),
        "id": group.id,
        "last_update_time": group.updated.to_string(),
        "member_entity_ids": group.members,
        "member_group_ids": null,
        "metadata": texts_or_null(&group.metadata),
        "modify_index": 1,
        "name": group.name,
        "namespace_id": "root",
        "parent_group_ids": null,
        "policies": group.policies,
        "type": if group.external { "external" } else { "internal" },
    }))))
}

fn delete_group(store: &mut Store, _: &Call<'_>, fields: &Fields) -> Outcome {
    if let Some(id) = find_group(store, fields) {
        store.groups.remove(&id);
    }
    Ok(None)
}

fn list_groups(store: &mut Store, _: &Call<'_>, _: &Fields) -> Outcome {
    let info = store.groups.values().map(|group| {
        let value = json!({"name": group.name, "num_member_entities": group.members.len(), "num_parent_groups": 0});
        (group.id.clone(), value)
    });
    let info: Map<String, Value> = info.collect();
    Ok(Some(listed(store.groups.keys().cloned().collect(), info)))
}

fn write_group_alias(store: &mut Store, call: &Call<'_>, fields: &Fields) -> Outcome {
    let (name, accessor) = (fields.text("name"), fields.text("mount_accessor"));
    if name.is_empty() {
        return Err(Fault::answer("missing alias name"));
    }
    if !store.mounts.contains_key(&accessor) {
        let accessor = crate::duration::quoted(&accessor);
        return Err(Fault::answer(format!("invalid mount accessor {accessor}")));
    }
    let Some(group) = store.groups.get_mut(&fields.text("canonical_id")) else {
        return Err(Fault::answer("invalid group ID"));
    };
    if !group.external {
        return Err(Fault::answer("alias can only be set on external groups"));
    }
    let alias = Alias {
        id: call.draw("group-alias-id", &name).uuid(),
        name,
        mount_accessor: accessor,
        created: call.now,
        updated: call.now,
        ..Alias::default()
    };
    let answer = json!({"id": alias.id, "canonical_id": group.id});
    group.alias = Some(alias);
    Ok(Some(Response::data(answer)))
}
