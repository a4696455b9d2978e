//! The table of the identity store's endpoints.

use super::{Store, alias, entity, group, group_alias, lookup, merge};
use crate::field::{Field, Kind};
use crate::request::Operation;
use crate::route::{Handler, Route, row};

const ENTITY: &[Field] = &[
    Field::new("id", Kind::Text),
    Field::new("name", Kind::Text),
    Field::new("metadata", Kind::Pairs),
    Field::new("policies", Kind::CommaList),
    Field::new("disabled", Kind::Bool),
];
const SEVERAL: &[Field] = &[Field::new("entity_ids", Kind::CommaList)];
const MERGE: &[Field] = &[
    Field::new("from_entity_ids", Kind::CommaList),
    Field::new("to_entity_id", Kind::Text),
    Field::new("conflicting_alias_ids_to_keep", Kind::CommaList),
    Field::new("force", Kind::Bool),
];
const ALIAS: &[Field] = &[
    Field::new("id", Kind::Text),
    Field::new("name", Kind::Text),
    Field::new("canonical_id", Kind::Text),
    Field::new("entity_id", Kind::Text),
    Field::new("mount_accessor", Kind::Text),
    Field::new("custom_metadata", Kind::Pairs),
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
const GROUP_ALIAS: &[Field] = &[
    Field::new("id", Kind::Text),
    Field::new("name", Kind::Text),
    Field::new("mount_accessor", Kind::Text),
    Field::new("canonical_id", Kind::Text),
];
const LOOKUP: &[Field] = &[
    Field::new("id", Kind::Text),
    Field::new("name", Kind::Text),
    Field::new("alias_id", Kind::Text),
    Field::new("alias_name", Kind::Text),
    Field::new("alias_mount_accessor", Kind::Text),
];

use Operation::{Delete, List, Read, Update};

/// What an entity by its id, and one by its name, can do.
const OF_ENTITY: &[(Operation, Handler<Store>)] = &[
    (Read, entity::read),
    (Update, entity::write),
    (Delete, entity::delete),
];
const OF_ALIAS: &[(Operation, Handler<Store>)] = &[
    (Read, alias::read),
    (Update, alias::write),
    (Delete, alias::delete),
];
const OF_GROUP: &[(Operation, Handler<Store>)] = &[
    (Read, group::read),
    (Update, group::write),
    (Delete, group::delete),
];

/// The table.
pub(crate) const ROUTES: &[Route<Store>] = &[
    row("entity", &[ENTITY], &[(Update, entity::write)]),
    row("entity/id/?", &[], &[(List, entity::list)]),
    row("entity/name/?", &[], &[(List, entity::list_names)]),
    row("entity/id/{id}", &[ENTITY], OF_ENTITY),
    row("entity/name/{name*}", &[ENTITY], OF_ENTITY),
    row(
        "entity/batch-delete",
        &[SEVERAL],
        &[(Update, entity::delete_several)],
    ),
    row("entity/merge/?", &[MERGE], &[(Update, merge::merge)]),
    row("entity-alias", &[ALIAS], &[(Update, alias::write)]),
    row("entity-alias/id/?", &[], &[(List, alias::list)]),
    row("entity-alias/id/{id}", &[ALIAS], OF_ALIAS),
    // The names of the same before there were groups.
    row("alias", &[ALIAS], &[(Update, alias::write)]),
    row("alias/id/?", &[], &[(List, alias::list)]),
    row("alias/id/{id}", &[ALIAS], OF_ALIAS),
    row("persona/id/?", &[], &[(List, alias::list)]),
    row("persona/id/{id}", &[ALIAS], OF_ALIAS),
    row("group", &[GROUP], &[(Update, group::write)]),
    row("group/id/?", &[], &[(List, group::list)]),
    row("group/name/?", &[], &[(List, group::list_names)]),
    row("group/id/{id}", &[GROUP], OF_GROUP),
    row("group/name/{name*}", &[GROUP], OF_GROUP),
    row(
        "group-alias",
        &[GROUP_ALIAS],
        &[(Update, group_alias::write)],
    ),
    row("group-alias/id/?", &[], &[(List, group_alias::list)]),
    row(
        "group-alias/id/{id}",
        &[GROUP_ALIAS],
        &[
            (Read, group_alias::read),
            (Update, group_alias::write),
            (Delete, group_alias::delete),
        ],
    ),
    row("lookup/entity", &[LOOKUP], &[(Update, lookup::of_entity)]),
    row("lookup/group", &[LOOKUP], &[(Update, lookup::of_group)]),
];
