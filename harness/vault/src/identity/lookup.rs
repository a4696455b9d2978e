//! Entities and groups by their other keys. What is not found answers 204.

use super::{Store, entity, group, group_alias, same_name};
use crate::field::Fields;
use crate::request::Call;
use crate::response::{Fault, Outcome};

/// How a lookup names what it wants.
enum Key {
    Id(String),
    Name(String),
    AliasId(String),
    Alias { name: String, accessor: String },
}

/// The one key of a lookup.
fn key_of(fields: &Fields) -> Result<Key, Fault> {
    let [id, name, alias_id, alias_name, accessor] = [
        "id",
        "name",
        "alias_id",
        "alias_name",
        "alias_mount_accessor",
    ]
    .map(|field| fields.text(field));
    let by_alias = !alias_name.is_empty() || !accessor.is_empty();
    let given = [
        !id.is_empty(),
        !name.is_empty(),
        !alias_id.is_empty(),
        by_alias,
    ];
    match given.iter().filter(|given| **given).count() {
        0 => Err(Fault::answer("query parameter not supplied")),
        1 if by_alias && (alias_name.is_empty() || accessor.is_empty()) => Err(Fault::answer(
            "both 'alias_name' and 'alias_mount_accessor' needs to be set",
        )),
        1 if by_alias => Ok(Key::Alias {
            name: alias_name,
            accessor,
        }),
        1 if !id.is_empty() => Ok(Key::Id(id)),
        1 if !name.is_empty() => Ok(Key::Name(name)),
        1 => Ok(Key::AliasId(alias_id)),
        _ => Err(Fault::answer(
            "query parameter conflict; please supply distinct set of query parameters",
        )),
    }
}

pub(super) fn of_entity(store: &mut Store, _: &Call<'_>, fields: &Fields) -> Outcome {
    let found = match key_of(fields)? {
        Key::Id(id) => store.entities.get(&id),
        Key::Name(name) => entity::named(store, &name),
        Key::AliasId(id) => store
            .find_alias(|alias| alias.id == id)
            .map(|(entity, _)| entity),
        Key::Alias { name, accessor } => store.alias_of(&accessor, &name).map(|(entity, _)| entity),
    };
    Ok(found.map(|entity| entity::shown(store, entity)))
}

pub(super) fn of_group(store: &mut Store, _: &Call<'_>, fields: &Fields) -> Outcome {
    let found = match key_of(fields)? {
        Key::Id(id) => store.groups.get(&id),
        Key::Name(name) => group::named(store, &name),
        Key::AliasId(id) => {
            group_alias::with_alias(store, |alias| alias.id == id).map(|(group, _)| group)
        }
        Key::Alias { name, accessor } => group_alias::with_alias(store, |alias| {
            alias.mount_accessor == accessor && same_name(&alias.name, &name)
        })
        .map(|(group, _)| group),
    };
    Ok(found.map(|group| group::shown(store, group)))
}
