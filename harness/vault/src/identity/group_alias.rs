//! Aliases of external groups: what a method calls them.

use serde_json::{Map, json};

use super::alias::check_accessor;
use super::{Alias, Group, Store, listed, same_name};
use crate::field::Fields;
use crate::request::Call;
use crate::response::{Fault, Outcome, Response};

pub(super) fn with_alias(
    store: &Store,
    wanted: impl Fn(&Alias) -> bool,
) -> Option<(&Group, &Alias)> {
    store.groups.values().find_map(|group| {
        let alias = group.alias.as_ref().filter(|alias| wanted(alias))?;
        Some((group, alias))
    })
}

pub(super) fn write(store: &mut Store, call: &Call<'_>, fields: &Fields) -> Outcome {
    let (name, accessor) = (fields.text("name"), fields.text("mount_accessor"));
    let id = fields.text("id");
    let known = with_alias(store, |alias| !id.is_empty() && alias.id == id);
    let known = known.map(|(group, alias)| (group.id.clone(), alias.clone()));
    if known.is_none() && !id.is_empty() {
        return Err(Fault::answer("invalid group alias ID"));
    }
    if name.is_empty() {
        return Err(Fault::answer("missing alias name"));
    }
    if accessor.is_empty() {
        return Err(Fault::answer("missing mount_accessor"));
    }
    check_accessor(store, &accessor)?;
    let taken = with_alias(store, |alias| {
        alias.id != id && alias.mount_accessor == accessor && same_name(&alias.name, &name)
    });
    if taken.is_some() {
        return Err(Fault::answer(
            "combination of mount and group alias name is already in use",
        ));
    }
    let wanted = Some(fields.text("canonical_id")).filter(|id| !id.is_empty());
    if let Some(wanted) = &wanted {
        match store.groups.get(wanted) {
            None => {
                return Err(Fault::answer("invalid group ID given in 'canonical_id'"));
            }
            Some(group) if !group.external => {
                return Err(Fault::answer("alias can't be set on an internal group"));
            }
            Some(_) => {}
        }
    }
    let owner = wanted.or_else(|| known.as_ref().map(|(owner, _)| owner.clone()));
    let owner = owner.unwrap_or_else(|| new_group(store, call, &accessor, &name));
    let alias = Alias {
        id: match &known {
            Some((_, alias)) => alias.id.clone(),
            None => {
                let scope = format!("{accessor}/{name}");
                call.draw("group-alias-id", &scope).uuid()
            }
        },
        name,
        mount_accessor: accessor,
        created: known.as_ref().map_or(call.now, |(_, alias)| alias.created),
        updated: call.now,
        ..Alias::default()
    };
    let answer = json!({"id": alias.id, "canonical_id": owner});
    if let Some((former, _)) = known.filter(|(former, _)| *former != owner) {
        take(store, call, &former);
    }
    if let Some(group) = store.groups.get_mut(&owner) {
        group.alias = Some(alias);
        group.modified += 1;
        group.updated = call.now;
    }
    Ok(Some(Response::data(answer)))
}

/// A group that an alias makes when it names none.
fn new_group(store: &mut Store, call: &Call<'_>, accessor: &str, name: &str) -> String {
    let id = call.draw("group-id", &format!("{accessor}/{name}")).uuid();
    let drawn = call.draw("group-name", &id).hex(8);
    let group = Group {
        id: id.clone(),
        name: format!("group_{drawn}{}", store.name_end),
        external: true,
        created: call.now,
        updated: call.now,
        ..Group::default()
    };
    store.groups.insert(id.clone(), group);
    id
}

fn take(store: &mut Store, call: &Call<'_>, owner: &str) {
    if let Some(group) = store.groups.get_mut(owner) {
        group.alias = None;
        group.modified += 1;
        group.updated = call.now;
    }
}

pub(super) fn read(store: &mut Store, _: &Call<'_>, fields: &Fields) -> Outcome {
    let id = fields.text("id");
    let found = with_alias(store, |alias| alias.id == id);
    Ok(found.map(|(group, alias)| {
        let mut shown = store.alias_json(&group.id, alias);
        shown.insert("namespace_id".to_owned(), json!("root"));
        Response::data(json!(shown))
    }))
}

pub(super) fn delete(store: &mut Store, call: &Call<'_>, fields: &Fields) -> Outcome {
    let id = fields.text("id");
    let owner = with_alias(store, |alias| alias.id == id).map(|(group, _)| group.id.clone());
    if let Some(owner) = owner {
        take(store, call, &owner);
    }
    Ok(None)
}

pub(super) fn list(store: &mut Store, _: &Call<'_>, _: &Fields) -> Outcome {
    let mut info = Map::new();
    for group in store.groups.values() {
        if let Some(alias) = &group.alias {
            info.insert(alias.id.clone(), store.alias_info(&group.id, alias));
        }
    }
    Ok(Some(listed(info)))
}
