//! The identity store: entities, their aliases at auth methods, and groups.
//!
//! Simulated: entities and aliases made by logins or by the API, renaming and moving aliases, merging
//! entities, internal groups (members, and groups as members), external groups (through a group
//! alias, joined and left by logins), lookups, policies of all of them, and disabling. Not simulated:
//! MFA, the OIDC provider and personas; their paths answer 501 and name themselves.
//!
//! - [`routes`]: the table of endpoints.
//! - [`entity`], [`alias`], [`group`], [`group_alias`]: what they do. [`merge`]: entities made one.
//! - [`lookup`]: finding by other keys.

mod alias;
mod entity;
mod group;
mod group_alias;
mod lookup;
mod merge;
mod routes;

use std::collections::{BTreeMap, BTreeSet};

use authlab_kernel::{Ids, Timestamp};
use serde_json::{Map, Value, json};

use crate::duration::quoted;
use crate::evidence::Reason;
use crate::field::Fields;
use crate::json::texts_or_null;
use crate::response::{Fault, Response};
use crate::token::LoginAlias;

pub(crate) use routes::ROUTES;

/// A person or machine, whatever method it logs in with.
#[derive(Clone, Debug, Default)]
pub(crate) struct Entity {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) metadata: BTreeMap<String, String>,
    pub(crate) policies: Vec<String>,
    pub(crate) disabled: bool,
    pub(crate) aliases: Vec<Alias>,
    /// The entities that were merged into this one: their tokens are its own.
    pub(crate) merged: Vec<String>,
    pub(crate) created: Timestamp,
    pub(crate) updated: Timestamp,
}

/// What a method calls an entity, or a group.
#[derive(Clone, Debug, Default)]
pub(crate) struct Alias {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) mount_accessor: String,
    pub(crate) metadata: BTreeMap<String, String>,
    /// `None` for an alias that a login made: it is shown as null, an empty one as `{}`.
    pub(crate) custom_metadata: Option<BTreeMap<String, String>>,
    /// The entities that it came from, by merging.
    pub(crate) merged_from: Vec<String>,
    pub(crate) created: Timestamp,
    pub(crate) updated: Timestamp,
}

/// A group.
#[derive(Clone, Debug, Default)]
pub(crate) struct Group {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) external: bool,
    /// Entities, by their ids. `None` until some were given: shown as null.
    pub(crate) members: Option<Vec<String>>,
    /// The groups that this one is a member of, by their ids; some may have been deleted.
    pub(crate) parents: Option<Vec<String>>,
    pub(crate) policies: Option<Vec<String>>,
    pub(crate) metadata: BTreeMap<String, String>,
    pub(crate) alias: Option<Alias>,
    /// How often it was written.
    pub(crate) modified: u64,
    pub(crate) created: Timestamp,
    pub(crate) updated: Timestamp,
}

/// What the templates of policies may look at.
pub(crate) struct View<'a> {
    pub(crate) entity: &'a Entity,
    pub(crate) groups: Vec<&'a Group>,
}

/// A mount as aliases show it: path and type.
pub(crate) type MountNames = BTreeMap<String, (String, String)>;

/// All entities and groups.
#[derive(Clone, Debug, Default)]
pub(crate) struct Store {
    pub(crate) entities: BTreeMap<String, Entity>,
    pub(crate) groups: BTreeMap<String, Group>,
    /// Path and type of each auth mount by its accessor, kept by the core.
    pub(crate) mounts: MountNames,
    /// What follows the drawn part of a name that is made up.
    pub(crate) name_end: &'static str,
}

/// Bounds of metadata (recorded).
const PAIRS_MAX: usize = 64;
const KEY_CHARACTERS_MAX: usize = 128;
const VALUE_CHARACTERS_MAX: usize = 512;

/// Whether the metadata of a request may be kept with an `entity` or a `group`.
///
/// # Errors
/// More pairs, or a longer key or value, than there may be.
fn check_metadata(of: &str, fields: &Fields) -> Result<(), Fault> {
    let refuse = |why: String| {
        Err(Fault::error(format!("invalid {of} metadata: {why}")).because(Reason::InvalidRequest))
    };
    let pairs = fields.pairs("metadata");
    if pairs.len() > PAIRS_MAX {
        return refuse(format!(
            "metadata cannot contain more than {PAIRS_MAX} key/value pairs"
        ));
    }
    for (key, value) in pairs {
        let why = if key.is_empty() {
            "key cannot be blank".to_owned()
        } else if key.chars().count() > KEY_CHARACTERS_MAX {
            format!("key is too long (limit: {KEY_CHARACTERS_MAX} characters)")
        } else if value.chars().count() > VALUE_CHARACTERS_MAX {
            format!("value is too long (limit: {VALUE_CHARACTERS_MAX} characters)")
        } else {
            continue;
        };
        let pair = [&key, &value].map(|text| quoted(text));
        return refuse(format!(
            "failed to load metadata pair ({}): {why}",
            pair.join(", ")
        ));
    }
    Ok(())
}

/// Names of entities, aliases and groups are the same whatever their case.
fn same_name(one: &str, other: &str) -> bool {
    one.to_lowercase() == other.to_lowercase()
}

impl Store {
    /// The entity of a login, made when the alias is new. The login joins and leaves the external
    /// groups of its mount.
    pub(crate) fn of_login(
        &mut self,
        ids: &Ids,
        now: Timestamp,
        mount_accessor: &str,
        login: &LoginAlias,
        external_groups: &[String],
    ) -> &Entity {
        let known = self
            .alias_of(mount_accessor, &login.name)
            .map(|(entity, _)| entity.id.clone());
        let id = match known {
            Some(id) => id,
            None => self.new_entity_of(ids, now, mount_accessor, login),
        };
        self.join(&id, mount_accessor, external_groups, now);
        let entity = self.entities.entry(id).or_default();
        let alias = entity.aliases.iter_mut().find(|alias| {
            alias.mount_accessor == mount_accessor && same_name(&alias.name, &login.name)
        });
        if let Some(alias) = alias.filter(|alias| alias.metadata != login.metadata) {
            alias.metadata.clone_from(&login.metadata);
            alias.updated = now;
        }
        entity
    }

    /// Membership of external groups changes at a login, and only then.
    fn join(&mut self, id: &str, mount_accessor: &str, names: &[String], now: Timestamp) {
        for group in self.groups.values_mut().filter(|group| group.external) {
            let alias = group.alias.as_ref();
            let alias = alias.filter(|alias| alias.mount_accessor == mount_accessor);
            let Some(alias) = alias else { continue };
            let named = names.iter().any(|name| same_name(name, &alias.name));
            let members = group.members.get_or_insert_default();
            match (named, members.iter().position(|member| member == id)) {
                (true, None) => members.push(id.to_owned()),
                (false, Some(index)) => {
                    members.remove(index);
                }
                _ => {
                    if members.is_empty() {
                        group.members = None;
                    }
                    continue;
                }
            }
            group.modified += 1;
            group.updated = now;
        }
    }

    fn new_entity_of(
        &mut self,
        ids: &Ids,
        now: Timestamp,
        mount_accessor: &str,
        login: &LoginAlias,
    ) -> String {
        let scope = format!("vault/{mount_accessor}");
        let id = ids.draw("entity-id", &scope, &login.name).uuid();
        let drawn = ids.draw("entity-name", &scope, &login.name).hex(8);
        let name = format!("entity_{drawn}{}", self.name_end);
        let alias = Alias {
            id: ids.draw("entity-alias-id", &scope, &login.name).uuid(),
            name: login.name.clone(),
            mount_accessor: mount_accessor.to_owned(),
            metadata: login.metadata.clone(),
            created: now,
            updated: now,
            ..Alias::default()
        };
        let entity = Entity {
            id: id.clone(),
            name,
            aliases: vec![alias],
            created: now,
            updated: now,
            ..Entity::default()
        };
        self.entities.insert(id.clone(), entity);
        id
    }

    /// The entity that an id leads to, by itself or because it was merged into another.
    pub(crate) fn entity(&self, id: &str) -> Option<&Entity> {
        self.entities.get(id).or_else(|| {
            let mut entities = self.entities.values();
            entities.find(|entity| entity.merged.iter().any(|merged| merged == id))
        })
    }

    /// The alias of that name at a mount, and whose it is.
    fn alias_of(&self, mount_accessor: &str, name: &str) -> Option<(&Entity, &Alias)> {
        self.find_alias(|alias| {
            alias.mount_accessor == mount_accessor && same_name(&alias.name, name)
        })
    }

    fn find_alias(&self, wanted: impl Fn(&Alias) -> bool) -> Option<(&Entity, &Alias)> {
        self.entities.values().find_map(|entity| {
            let alias = entity.aliases.iter().find(|alias| wanted(alias))?;
            Some((entity, alias))
        })
    }

    /// The groups that have an entity as their member.
    fn direct_groups_of(&self, entity: &Entity) -> Vec<&Group> {
        let member = |group: &&Group| {
            let members = group.members.as_deref().unwrap_or_default();
            members.contains(&entity.id)
        };
        self.groups.values().filter(member).collect()
    }

    /// The groups that have these groups as members, and those that have them, all the way up.
    fn inherited_groups_of(&self, direct: &[&Group]) -> Vec<&Group> {
        let mut seen: BTreeSet<&str> = direct.iter().map(|group| group.id.as_str()).collect();
        let mut waiting: Vec<&Group> = direct.to_vec();
        let mut inherited = Vec::new();
        while let Some(group) = waiting.pop() {
            for parent in group.parents.as_deref().unwrap_or_default() {
                if let Some(parent) = self.groups.get(parent)
                    && seen.insert(&parent.id)
                {
                    inherited.push(parent);
                    waiting.push(parent);
                }
            }
        }
        inherited.sort_by(|one, other| one.id.cmp(&other.id));
        inherited
    }

    /// The groups that an entity belongs to, by its membership or through groups.
    pub(crate) fn groups_of(&self, entity: &Entity) -> Vec<&Group> {
        let mut groups = self.direct_groups_of(entity);
        groups.extend(self.inherited_groups_of(&groups));
        groups
    }

    /// The policies that an entity has by itself and by its groups, one after another: what two of
    /// them have stands twice.
    pub(crate) fn all_policies_of(&self, entity_id: &str) -> Vec<String> {
        let Some(entity) = self.entity(entity_id) else {
            return Vec::new();
        };
        let groups = self.groups_of(entity);
        let of_groups = groups
            .iter()
            .flat_map(|group| group.policies.iter().flatten());
        entity.policies.iter().chain(of_groups).cloned().collect()
    }

    /// The same, sorted, each once.
    pub(crate) fn policies_of(&self, entity_id: &str) -> Vec<String> {
        let mut policies = self.all_policies_of(entity_id);
        policies.sort();
        policies.dedup();
        policies
    }

    /// What templates see of an entity.
    pub(crate) fn view(&self, entity_id: &str) -> Option<View<'_>> {
        let entity = self.entity(entity_id)?;
        Some(View {
            entity,
            groups: self.groups_of(entity),
        })
    }

    /// An alias as it is shown, of an entity or of a group.
    fn alias_json(&self, owner: &str, alias: &Alias) -> Map<String, Value> {
        let mut shown = Map::new();
        let mut put = |name: &str, value: Value| {
            shown.insert(name.to_owned(), value);
        };
        put("canonical_id", json!(owner));
        put("creation_time", json!(alias.created.to_string()));
        put("custom_metadata", json!(alias.custom_metadata));
        put("id", json!(alias.id));
        put("last_update_time", json!(alias.updated.to_string()));
        put("local", json!(false));
        put("merged_from_canonical_ids", ids_or_null(&alias.merged_from));
        put("metadata", texts_or_null(&alias.metadata));
        put("mount_accessor", json!(alias.mount_accessor));
        put("name", json!(alias.name));
        // A mount that is gone has neither.
        if let Some((path, kind)) = self.mounts.get(&alias.mount_accessor) {
            put("mount_path", json!(path));
            put("mount_type", json!(kind));
        }
        shown
    }

    /// What a list says of an alias.
    fn alias_info(&self, owner: &str, alias: &Alias) -> Value {
        let mut shown = self.alias_json(owner, alias);
        for name in [
            "creation_time",
            "last_update_time",
            "id",
            "merged_from_canonical_ids",
        ] {
            shown.remove(name);
        }
        Value::Object(shown)
    }
}

fn ids_or_null(ids: &[String]) -> Value {
    if ids.is_empty() {
        Value::Null
    } else {
        json!(ids)
    }
}

/// A list with what is known of each.
fn listed(info: Map<String, Value>) -> Response {
    let keys: Vec<String> = info.keys().cloned().collect();
    if keys.is_empty() {
        return Response::list(keys);
    }
    Response::data(json!({"keys": keys, "key_info": info}))
}

/// Policies as they are kept: lower case, sorted, each once; `root` is none that can be given.
fn given_policies(names: &[String]) -> Result<Vec<String>, crate::response::Fault> {
    let names: BTreeSet<String> = names
        .iter()
        .map(|name| name.trim().to_lowercase())
        .filter(|name| !name.is_empty())
        .collect();
    if names.contains("root") {
        return Err(crate::response::Fault::answer(
            "policies cannot contain root",
        ));
    }
    Ok(names.into_iter().collect())
}
