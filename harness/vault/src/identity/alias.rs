//! Aliases of entities.

use serde_json::{Map, json};

use super::{Alias, Entity, Store, listed, same_name};
use crate::duration::quoted;
use crate::field::Fields;
use crate::request::Call;
use crate::response::{Fault, Outcome, Response};

/// The entity that a request names, by either member.
fn owner_of(fields: &Fields) -> Option<String> {
    let given = |name: &str| Some(fields.text(name)).filter(|id| !id.is_empty());
    given("canonical_id").or_else(|| given("entity_id"))
}

pub(super) fn check_accessor(store: &Store, accessor: &str) -> Result<(), Fault> {
    if store.mounts.contains_key(accessor) {
        return Ok(());
    }
    let accessor = quoted(accessor);
    Err(Fault::answer(format!("invalid mount accessor {accessor}")))
}

pub(super) fn write(store: &mut Store, call: &Call<'_>, fields: &Fields) -> Outcome {
    let (id, name) = (fields.text("id"), fields.text("name"));
    let accessor = fields.text("mount_accessor");
    if !id.is_empty() {
        let Some((entity, alias)) = store.find_alias(|alias| alias.id == id) else {
            return Err(Fault::answer("invalid alias ID provided"));
        };
        let (owner, alias) = (entity.id.clone(), alias.clone());
        return update(store, call, fields, &owner, alias);
    }
    if name.is_empty() || accessor.is_empty() {
        return Err(Fault::answer(
            "'id' or 'mount_accessor' and 'name' must be provided",
        ));
    }
    check_accessor(store, &accessor)?;
    if let Some((entity, alias)) = store.alias_of(&accessor, &name) {
        let (owner, alias) = (entity.id.clone(), alias.clone());
        return update(store, call, fields, &owner, alias);
    }
    create(store, call, fields)
}

fn create(store: &mut Store, call: &Call<'_>, fields: &Fields) -> Outcome {
    let (name, accessor) = (fields.text("name"), fields.text("mount_accessor"));
    let scope = format!("{accessor}/{name}");
    let (now, name_end) = (call.now, store.name_end);
    let owner = match owner_of(fields) {
        Some(owner) => {
            let Some(entity) = store.entities.get(&owner) else {
                return Err(Fault::answer("invalid canonical ID"));
            };
            if has_alias_at(entity, &accessor) {
                return Err(Fault::answer(
                    "Alias already exists for requested entity and mount accessor",
                ));
            }
            owner
        }
        None => call.draw("entity-id", &scope).uuid(),
    };
    let alias = Alias {
        id: call.draw("entity-alias-id", &scope).uuid(),
        name,
        mount_accessor: accessor,
        custom_metadata: Some(fields.pairs("custom_metadata")),
        created: now,
        updated: now,
        ..Alias::default()
    };
    let answer = json!({"id": alias.id, "canonical_id": owner});
    let entity = store
        .entities
        .entry(owner.clone())
        .or_insert_with(|| Entity {
            id: owner.clone(),
            name: format!(
                "entity_{}{name_end}",
                call.draw("entity-name", &owner).hex(8)
            ),
            created: now,
            updated: now,
            ..Entity::default()
        });
    entity.aliases.push(alias);
    Ok(Some(Response::data(answer)))
}

fn has_alias_at(entity: &Entity, accessor: &str) -> bool {
    let mut aliases = entity.aliases.iter();
    aliases.any(|alias| alias.mount_accessor == accessor)
}

/// Renames, moves or describes an alias. Without a change the answer is 204.
fn update(
    store: &mut Store,
    call: &Call<'_>,
    fields: &Fields,
    owner: &str,
    known: Alias,
) -> Outcome {
    let mut alias = known.clone();
    let given = |name: &str| Some(fields.text(name)).filter(|text| !text.is_empty());
    if let Some(accessor) = given("mount_accessor") {
        check_accessor(store, &accessor)?;
        alias.mount_accessor = accessor;
    }
    if let Some(name) = given("name") {
        alias.name = name;
    }
    if fields.has("custom_metadata") {
        alias.custom_metadata = Some(fields.pairs("custom_metadata"));
    }
    let taken = store.find_alias(|other| {
        other.id != alias.id
            && other.mount_accessor == alias.mount_accessor
            && same_name(&other.name, &alias.name)
    });
    if taken.is_some() {
        return Err(Fault::answer(
            "alias with combination of mount accessor and name already exists",
        ));
    }
    let new_owner = owner_of(fields).unwrap_or_else(|| owner.to_owned());
    let Some(entity) = store.entities.get(&new_owner) else {
        return Err(Fault::answer(
            "given 'canonical_id' is not associated with an entity",
        ));
    };
    let moves = new_owner != owner || alias.mount_accessor != known.mount_accessor;
    let mut others = entity.aliases.iter().filter(|other| other.id != alias.id);
    if moves && others.any(|other| other.mount_accessor == alias.mount_accessor) {
        return Err(Fault::answer(
            "Alias cannot be updated as the given entity already has an alias for this mount ",
        ));
    }
    let same = new_owner == owner
        && alias.name == known.name
        && alias.mount_accessor == known.mount_accessor
        && (alias.custom_metadata == known.custom_metadata || !fields.has("custom_metadata"));
    if same {
        return Ok(None);
    }
    if moves && fields.text("id").is_empty() {
        // Named by mount and name, an alias that moves is written anew (recorded).
        alias.custom_metadata = Some(fields.pairs("custom_metadata"));
    }
    alias.updated = call.now;
    let answer = json!({"id": alias.id, "canonical_id": new_owner});
    if new_owner == owner {
        let aliases = store
            .entities
            .get_mut(owner)
            .map(|entity| &mut entity.aliases);
        let place = aliases.and_then(|aliases| aliases.iter_mut().find(|one| one.id == alias.id));
        if let Some(place) = place {
            *place = alias;
        }
        return Ok(Some(Response::data(answer)));
    }
    if let Some(entity) = store.entities.get_mut(owner) {
        entity.aliases.retain(|one| one.id != alias.id);
    }
    if let Some(entity) = store.entities.get_mut(&new_owner) {
        entity.aliases.push(alias);
    }
    Ok(Some(Response::data(answer)))
}

pub(super) fn read(store: &mut Store, _: &Call<'_>, fields: &Fields) -> Outcome {
    let id = fields.text("id");
    let found = store.find_alias(|alias| alias.id == id);
    Ok(found.map(|(entity, alias)| {
        let mut shown = store.alias_json(&entity.id, alias);
        shown.insert("namespace_id".to_owned(), json!("root"));
        Response::data(json!(shown))
    }))
}

pub(super) fn delete(store: &mut Store, _: &Call<'_>, fields: &Fields) -> Outcome {
    let id = fields.text("id");
    for entity in store.entities.values_mut() {
        entity.aliases.retain(|alias| alias.id != id);
    }
    Ok(None)
}

pub(super) fn list(store: &mut Store, _: &Call<'_>, _: &Fields) -> Outcome {
    let mut info = Map::new();
    for entity in store.entities.values() {
        for alias in &entity.aliases {
            info.insert(alias.id.clone(), store.alias_info(&entity.id, alias));
        }
    }
    Ok(Some(listed(info)))
}
