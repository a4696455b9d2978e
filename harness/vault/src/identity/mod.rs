//! The identity store: entities, their aliases at auth methods, and groups.
//!
//! Simulated: entities and aliases made by logins or by the API, internal groups (members), external
//! groups (through a group alias), policies of both, and disabling. Not simulated: merging entities,
//! member groups, MFA and the OIDC provider; their paths answer `unsupported path`.

mod routes;

use std::collections::BTreeMap;

use authlab_kernel::{Ids, Timestamp};

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
    pub(crate) created: Timestamp,
    pub(crate) updated: Timestamp,
    /// The external groups of its last login, by the accessor of the mount.
    external_groups: BTreeMap<String, Vec<String>>,
}

/// What a method calls an entity.
#[derive(Clone, Debug, Default)]
pub(crate) struct Alias {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) mount_accessor: String,
    pub(crate) metadata: BTreeMap<String, String>,
    pub(crate) custom_metadata: BTreeMap<String, String>,
    pub(crate) created: Timestamp,
    pub(crate) updated: Timestamp,
}

/// A group.
#[derive(Clone, Debug, Default)]
pub(crate) struct Group {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) external: bool,
    pub(crate) members: Vec<String>,
    pub(crate) policies: Vec<String>,
    pub(crate) metadata: BTreeMap<String, String>,
    pub(crate) alias: Option<Alias>,
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
}

/// What a login knows of its user.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct LoginAlias {
    pub(crate) name: String,
    pub(crate) metadata: BTreeMap<String, String>,
}

impl Store {
    /// The entity of a login, made when the alias is new.
    pub(crate) fn of_login(
        &mut self,
        ids: &Ids,
        now: Timestamp,
        mount_accessor: &str,
        login: &LoginAlias,
        external_groups: &[String],
    ) -> &Entity {
        let known = self.entities.values().find(|entity| {
            entity
                .aliases
                .iter()
                .any(|alias| alias.mount_accessor == mount_accessor && alias.name == login.name)
        });
        let id = match known {
            Some(entity) => entity.id.clone(),
            None => self.new_entity_of(ids, now, mount_accessor, login),
        };
        let entity = self.entities.entry(id).or_default();
        let alias = entity
            .aliases
            .iter_mut()
            .find(|alias| alias.mount_accessor == mount_accessor && alias.name == login.name);
        if let Some(alias) = alias.filter(|alias| alias.metadata != login.metadata) {
            alias.metadata.clone_from(&login.metadata);
            alias.updated = now;
        }
        entity
            .external_groups
            .insert(mount_accessor.to_owned(), external_groups.to_vec());
        entity
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
        let name = format!(
            "entity_{}",
            ids.draw("entity-name", &scope, &login.name).hex(8)
        );
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

    /// The groups that an entity belongs to, by its membership or by its last logins.
    pub(crate) fn groups_of(&self, entity: &Entity) -> Vec<&Group> {
        let belongs = |group: &&Group| {
            if !group.external {
                return group.members.contains(&entity.id);
            }
            group.alias.as_ref().is_some_and(|alias| {
                let names = entity.external_groups.get(&alias.mount_accessor);
                names.is_some_and(|names| names.contains(&alias.name))
            })
        };
        self.groups.values().filter(belongs).collect()
    }

    /// The policies that an entity has by itself and by its groups, sorted.
    pub(crate) fn policies_of(&self, entity_id: &str) -> Vec<String> {
        let Some(entity) = self.entities.get(entity_id) else {
            return Vec::new();
        };
        let groups = self.groups_of(entity);
        let of_groups = groups.iter().flat_map(|group| group.policies.iter());
        let mut policies: Vec<String> = entity.policies.iter().chain(of_groups).cloned().collect();
        policies.sort();
        policies.dedup();
        policies
    }

    /// What templates see of an entity.
    pub(crate) fn view(&self, entity_id: &str) -> Option<View<'_>> {
        let entity = self.entities.get(entity_id)?;
        Some(View {
            entity,
            groups: self.groups_of(entity),
        })
    }
}
