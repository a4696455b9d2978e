//! Groups of entities and of groups.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::{Group, Store, check_metadata, given_policies, listed, same_name};
use crate::duration::quoted;
use crate::evidence::Reason;
use crate::field::Fields;
use crate::json::texts_or_null;
use crate::request::Call;
use crate::response::{Fault, Outcome, Response};

pub(super) fn named<'s>(store: &'s Store, name: &str) -> Option<&'s Group> {
    let mut groups = store.groups.values();
    groups.find(|group| !name.is_empty() && same_name(&group.name, name))
}

fn find(store: &Store, fields: &Fields) -> Option<String> {
    let id = fields.text("id");
    if !id.is_empty() {
        return store.groups.contains_key(&id).then_some(id);
    }
    named(store, &fields.text("name")).map(|group| group.id.clone())
}

/// Whether the group of a request is external, as far as it says so.
fn kind_of(known: Option<&Group>, fields: &Fields) -> Result<bool, Fault> {
    let given = fields.given_text("type");
    match known {
        Some(group) => {
            let own = if group.external {
                "external"
            } else {
                "internal"
            };
            if given.is_some_and(|given| given != own) {
                return Err(Fault::answer("group type cannot be changed"));
            }
            Ok(group.external)
        }
        None => match given.as_deref() {
            None | Some("internal") => Ok(false),
            Some("external") => Ok(true),
            Some(other) => {
                let other = quoted(other);
                Err(Fault::answer(format!("invalid group type {other}")))
            }
        },
    }
}

/// Each once, in the order given.
fn once(ids: Vec<String>) -> Vec<String> {
    let mut seen = BTreeSet::new();
    let ids = ids.into_iter();
    ids.filter(|id| !id.is_empty() && seen.insert(id.clone()))
        .collect()
}

fn check_entities(store: &Store, ids: &[String]) -> Result<(), Fault> {
    match ids.iter().find(|id| !store.entities.contains_key(*id)) {
        None => Ok(()),
        Some(id) => {
            let id = quoted(id);
            Err(Fault::error(format!("invalid entity ID {id}")).because(Reason::InvalidRequest))
        }
    }
}

/// A group may not be above itself.
fn check_groups(store: &Store, own: &str, ids: &[String]) -> Result<(), Fault> {
    let above = store.groups.get(own).map(|group| {
        let groups = store.inherited_groups_of(&[group]);
        groups
            .iter()
            .map(|group| group.id.as_str())
            .collect::<BTreeSet<_>>()
    });
    let above = above.unwrap_or_default();
    for id in ids {
        let shown = quoted(id);
        if id == own {
            return Err(Fault::error(format!(
                "member group ID {shown} is same as the ID of the group"
            ))
            .because(Reason::InvalidRequest));
        }
        if !store.groups.contains_key(id) {
            return Err(Fault::error(format!("invalid member group ID {shown}"))
                .because(Reason::InvalidRequest));
        }
        if above.contains(id.as_str()) {
            return Err(Fault::answer(format!(
                "cyclic relationship detected for member group ID {shown}"
            )));
        }
    }
    Ok(())
}

pub(super) fn write(store: &mut Store, call: &Call<'_>, fields: &Fields) -> Outcome {
    let known = find(store, fields);
    if known.is_none() && !fields.text("id").is_empty() {
        return Err(Fault::answer("invalid group ID"));
    }
    let policies = fields.given_list("policies");
    let policies = policies.map(|names| given_policies(&names)).transpose()?;
    let external = kind_of(known.as_ref().and_then(|id| store.groups.get(id)), fields)?;
    let name = fields.given_text("name");
    if known.is_none() && name.as_deref() == Some("") {
        return Err(Fault::answer("empty group name"));
    }
    let name = name.filter(|name| !name.is_empty());
    let taken = name.as_deref().and_then(|name| named(store, name));
    if taken.is_some_and(|taken| known.as_ref().is_some_and(|id| *id != taken.id)) {
        return Err(Fault::answer("group name is already in use"));
    }
    let members = fields.given_list("member_entity_ids").map(once);
    let groups = fields.given_list("member_group_ids").map(once);
    if external && members.as_ref().is_some_and(|ids| !ids.is_empty()) {
        return Err(Fault::answer(
            "member entities can't be set manually for external groups",
        ));
    }
    if external && groups.as_ref().is_some_and(|ids| !ids.is_empty()) {
        return Err(Fault::answer(
            "member groups can't be set for external groups",
        ));
    }
    check_metadata("group", fields)?;
    let created = known.is_none();
    let id = known.unwrap_or_else(|| call.draw("group-id", &fields.text("name")).uuid());
    check_groups(store, &id, groups.as_deref().unwrap_or_default())?;
    check_entities(store, members.as_deref().unwrap_or_default())?;
    let (now, name_end) = (call.now, store.name_end);
    let group = store.groups.entry(id.clone()).or_insert_with(|| Group {
        id: id.clone(),
        external,
        created: now,
        ..Group::default()
    });
    // What was given empty is gone with the next write (recorded).
    for list in [&mut group.policies, &mut group.members, &mut group.parents] {
        list.take_if(|list| list.is_empty());
    }
    if let Some(name) = name {
        group.name = name;
    } else if group.name.is_empty() {
        group.name = format!("group_{}{name_end}", call.draw("group-name", &id).hex(8));
    }
    if fields.has("metadata") {
        group.metadata = fields.pairs("metadata");
    }
    if policies.is_some() {
        group.policies = policies;
    }
    if members.is_some() && !external {
        group.members = members;
    }
    group.updated = now;
    group.modified += 1;
    let answer = json!({"id": id, "name": group.name});
    if let Some(groups) = groups {
        set_members(store, &id, &groups);
    }
    Ok(created.then(|| Response::data(answer)))
}

/// Makes exactly these groups members of one.
fn set_members(store: &mut Store, id: &str, members: &[String]) {
    for group in store.groups.values_mut() {
        let wanted = members.contains(&group.id);
        let is = |parents: &Vec<String>| parents.iter().any(|parent| parent == id);
        match (wanted, group.parents.as_ref().is_some_and(is)) {
            (true, false) => group.parents.get_or_insert_default().push(id.to_owned()),
            (false, true) => {
                if let Some(parents) = &mut group.parents {
                    parents.retain(|parent| parent != id);
                }
            }
            _ => continue,
        }
        group.modified += 1;
    }
}

pub(super) fn shown(store: &Store, group: &Group) -> Response {
    let alias = group.alias.as_ref().map(|alias| {
        let mut alias = store.alias_json(&group.id, alias);
        alias.remove("custom_metadata");
        alias.remove("local");
        alias
    });
    let members = store.groups.values().filter(|other| {
        let parents = other.parents.as_deref().unwrap_or_default();
        parents.contains(&group.id)
    });
    let members: Vec<String> = members.map(|member| member.id.clone()).collect();
    Response::data(json!({
        "alias": alias.unwrap_or_default(),
        "creation_time": group.created.to_string(),
        "id": group.id,
        "last_update_time": group.updated.to_string(),
        "member_entity_ids": group.members,
        "member_group_ids": super::ids_or_null(&members),
        "metadata": texts_or_null(&group.metadata),
        "modify_index": group.modified,
        "name": group.name,
        "namespace_id": "root",
        "parent_group_ids": group.parents,
        "policies": group.policies,
        "type": if group.external { "external" } else { "internal" },
    }))
}

pub(super) fn read(store: &mut Store, _: &Call<'_>, fields: &Fields) -> Outcome {
    let found = find(store, fields).and_then(|id| store.groups.get(&id));
    Ok(found.map(|group| shown(store, group)))
}

/// The groups that were members keep its id among their parents (recorded); it leads nowhere.
pub(super) fn delete(store: &mut Store, _: &Call<'_>, fields: &Fields) -> Outcome {
    if let Some(id) = find(store, fields) {
        store.groups.remove(&id);
    }
    Ok(None)
}

pub(super) fn list(store: &mut Store, _: &Call<'_>, _: &Fields) -> Outcome {
    let info = store.groups.values().map(|group| {
        let count = |ids: &Option<Vec<String>>| ids.as_ref().map_or(0, Vec::len);
        let value = json!({
            "name": group.name,
            "num_member_entities": count(&group.members),
            "num_parent_groups": count(&group.parents),
        });
        (group.id.clone(), value)
    });
    let info: Map<String, Value> = info.collect();
    Ok(Some(listed(info)))
}

pub(super) fn list_names(store: &mut Store, _: &Call<'_>, _: &Fields) -> Outcome {
    let names = store.groups.values().map(|group| group.name.clone());
    Ok(Some(Response::list(names)))
}
