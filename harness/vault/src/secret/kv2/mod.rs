//! Key/value, version 2: versions with metadata, soft deletion, check-and-set, patches.
//!
//! - [`key`]: a key, its versions and the rules about them.
//! - [`data`]: `data/`, `subkeys/`, `delete/`, `undelete/`, `destroy/`.
//! - [`metadata`]: `metadata/` and `config`.

mod data;
mod key;
mod metadata;
mod number;

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::engine::{Engine, answers_by};
use crate::field::{Field, Fields, Kind};
use crate::request::{Call, Operation};
use crate::response::{Fault, Outcome, Response};
use crate::route::{Route, row};

pub(crate) use key::Key;

/// What holds for a whole mount.
#[derive(Clone, Debug, Default)]
pub(crate) struct Config {
    pub(crate) cas_required: bool,
    /// Writers of metadata have to say which state they change.
    pub(crate) metadata_cas_required: bool,
    pub(crate) max_versions: u32,
    /// Seconds; 0 is never, and -1 is never for its keys, too, whatever they say.
    pub(crate) delete_version_after: i64,
}

/// The keys of one mount.
#[derive(Clone, Debug, Default)]
pub(crate) struct Kv2 {
    pub(crate) config: Config,
    pub(crate) keys: BTreeMap<String, Key>,
}

const PATH: &[Field] = &[Field::new("path", Kind::Text)];
const DATA: &[Field] = &[
    Field::new("version", Kind::Int),
    Field::new("options", Kind::Map),
    Field::new("data", Kind::Map),
];
const SUBKEYS: &[Field] = &[
    Field::new("version", Kind::Int),
    Field::new("depth", Kind::Int),
];
const VERSIONS: &[Field] = &[Field::new("versions", Kind::CommaInts)];
const SETTINGS: &[Field] = &[
    Field::new("cas_required", Kind::Bool),
    Field::new("max_versions", Kind::Int),
    Field::new("metadata_cas_required", Kind::Bool),
];
const LIFE: &[Field] = &[Field::new("delete_version_after", Kind::Seconds)];
const LIFE_OF_ALL: &[Field] = &[Field::new("delete_version_after", Kind::SignedSeconds)];
const METADATA: &[Field] = &[
    Field::new("custom_metadata", Kind::Map),
    Field::new("metadata_cas", Kind::Int),
    Field::new("after", Kind::Text),
    Field::new("limit", Kind::Int),
];

/// The table.
pub(crate) const ROUTES: &[Route<Kv2>] = &[
    row(
        "config",
        &[SETTINGS, LIFE_OF_ALL],
        &[
            (Operation::Read, metadata::read_config),
            (Operation::Update, metadata::write_config),
        ],
    ),
    row(
        "data/{path*}",
        &[PATH, DATA],
        &[
            (Operation::Read, data::read),
            (Operation::Update, data::write),
            (Operation::Patch, data::patch),
            (Operation::Delete, data::delete_latest),
        ],
    )
    .existing(data::exists),
    row(
        "subkeys/{path*}",
        &[PATH, SUBKEYS],
        &[(Operation::Read, data::subkeys)],
    ),
    row(
        "delete/{path*}",
        &[PATH, VERSIONS],
        &[(Operation::Update, data::delete_versions)],
    ),
    row(
        "undelete/{path*}",
        &[PATH, VERSIONS],
        &[(Operation::Update, data::undelete_versions)],
    ),
    row(
        "destroy/{path*}",
        &[PATH, VERSIONS],
        &[(Operation::Update, data::destroy_versions)],
    ),
    row(
        "metadata/{path*}",
        &[PATH, SETTINGS, LIFE, METADATA],
        &[
            (Operation::Read, metadata::read),
            (Operation::Update, metadata::write),
            (Operation::Patch, metadata::patch),
            (Operation::Delete, metadata::delete),
            (Operation::List, metadata::list),
            (Operation::Scan, metadata::scan),
        ],
    )
    .existing(data::exists),
    row(
        "detailed-metadata/{path*}",
        &[PATH, &[Field::new("*", Kind::Any)]],
        &[
            (Operation::Read, detailed),
            (Operation::Update, detailed),
            (Operation::Patch, detailed),
            (Operation::Delete, detailed),
            (Operation::List, detailed),
            (Operation::Scan, detailed),
        ],
    ),
    row(
        "{path*}",
        &[PATH, &[Field::new("*", Kind::Any)]],
        &[
            (Operation::Read, invalid_path),
            (Operation::Update, invalid_path),
            (Operation::Patch, invalid_path),
            (Operation::Delete, invalid_path),
            (Operation::List, invalid_path),
            (Operation::Scan, invalid_path),
        ],
    ),
];

/// Lists with the metadata of each key, which OpenBao 2.7 has and the others do not.
fn detailed(store: &mut Kv2, call: &Call<'_>, fields: &Fields) -> Outcome {
    if !call.flavour.core().metadata_cas {
        return invalid_path(store, call, fields);
    }
    match call.request.operation {
        Operation::List | Operation::Scan => Err(Fault::not_simulated(
            "`detailed-metadata/` is not simulated by authlab: list `metadata/` and read its keys",
        )),
        _ => Err(Fault::unsupported_operation()),
    }
}

fn invalid_path(_: &mut Kv2, call: &Call<'_>, _: &Fields) -> Outcome {
    let verb = match call.request.operation {
        Operation::Create | Operation::Update => "put",
        Operation::Patch => "patch",
        Operation::Delete => "delete",
        Operation::List => "list",
        Operation::Scan => "scan",
        _ => "get",
    };
    if call.flavour.core().metadata_cas && matches!(call.path, "data" | "metadata") {
        let warning = "Non-listing operations on the root of a K/V v2 mount are not supported.";
        return Ok(Some(Response::warning(warning).with_status(404)));
    }
    let (product, command) = (call.flavour.product(), call.flavour.command());
    let warning = format!(
        "Invalid path for a versioned K/V secrets engine. See the API docs for the appropriate API \
         endpoints to use. If using the {product} CLI, use '{command} kv {verb}' for this operation."
    );
    Ok(Some(Response::warning(warning).with_status(404)))
}

impl Kv2 {
    /// A mount that was version 1 until now.
    pub(crate) fn upgraded(
        values: &BTreeMap<String, Map<String, Value>>,
        now: authlab_kernel::Timestamp,
    ) -> Self {
        let mut store = Self::default();
        for (path, value) in values {
            let mut key = Key::new(now);
            key.add(number::normalized(&json!(value)), now, &Config::default());
            key.oldest_version = 1;
            store.keys.insert(path.clone(), key);
        }
        store
    }
}

impl Engine for Kv2 {
    answers_by!(ROUTES);
}
