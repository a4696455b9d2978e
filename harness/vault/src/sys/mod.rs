//! The engine `sys/`.
//!
//! - [`mounts`]: mounting, tuning and moving engines and auth methods.
//! - [`policies`]: ACL policies and password policies.
//! - [`capabilities`]: what a token may do.
//! - [`leases`]: looking up, renewing and revoking.
//! - [`wrapping`]: response wrapping.
//! - [`audit`]: audit devices. [`cors`]: cross-origin requests. [`locked`]: users locked out.
//! - [`rotate`]: the keys of the server, by number. [`plugins`]: the catalog.
//! - [`tools`]: hashes, random bytes, and what the server says of itself.
//! - [`status`]: the endpoints that answer without the core: health, seal status.

mod audit;
mod capabilities;
pub(crate) mod cors;
mod leases;
mod locked;
mod mounts;
mod plugins;
mod policies;
pub(crate) mod rotate;
pub(crate) mod status;
mod tools;
mod wrapping;

use crate::field::{Fallback, Field, Kind};
use crate::request::Operation;
use crate::route::{Route, row};
use crate::state::State;

pub(crate) use mounts::mount_at;

const PATH: &[Field] = &[Field::new("path", Kind::Text)];
const MOUNT: &[Field] = &[
    Field::new("type", Kind::Text),
    Field::new("description", Kind::Text),
    Field::new("config", Kind::Map),
    Field::new("local", Kind::Bool),
    Field::new("seal_wrap", Kind::Bool),
    Field::new("external_entropy_access", Kind::Bool),
    Field::new("plugin_name", Kind::Text),
    Field::new("plugin_version", Kind::Text),
    Field::new("options", Kind::Pairs),
];
const TUNE: &[Field] = &[
    Field::new("default_lease_ttl", Kind::Text),
    Field::new("max_lease_ttl", Kind::Text),
    Field::new("audit_non_hmac_request_keys", Kind::CommaList),
    Field::new("audit_non_hmac_response_keys", Kind::CommaList),
    Field::new("listing_visibility", Kind::Text),
    Field::new("passthrough_request_headers", Kind::CommaList),
    Field::new("allowed_response_headers", Kind::CommaList),
    Field::new("token_type", Kind::Text),
    Field::new("user_lockout_config", Kind::Map),
];
const REMOUNT: &[Field] = &[Field::new("from", Kind::Text), Field::new("to", Kind::Text)];
const POLICY: &[Field] = &[
    Field::new("name", Kind::Text),
    Field::new("policy", Kind::Text),
    Field::new("ttl", Kind::Seconds),
    Field::new("expiration", Kind::Text),
    Field::new("cas", Kind::Int),
    Field::new("cas_required", Kind::Bool),
];
const OLD_POLICY: &[Field] = &[Field::new("rules", Kind::Text)];
const PASSWORD_POLICY: &[Field] = &[
    Field::new("name", Kind::Text),
    Field::new("policy", Kind::Text),
];
const PATHS: &[Field] = &[
    Field::new("path", Kind::CommaList),
    Field::new("paths", Kind::CommaList),
];
const OF_TOKEN: &[Field] = &[Field::new("token", Kind::Text)];
const OF_ACCESSOR: &[Field] = &[Field::new("accessor", Kind::Text)];
const LEASE_ID: &[Field] = &[
    Field::new("lease_id", Kind::Text),
    Field::new("url_lease_id", Kind::Text),
];
const INCREMENT: &[Field] = &[Field::new("increment", Kind::Seconds)];
const SYNC: &[Field] = &[Field::new("sync", Kind::Bool).or(Fallback::True)];
const PREFIX: &[Field] = &[Field::new("prefix", Kind::Text)];
const IRREVOCABLE: &[Field] = &[
    Field::new("type", Kind::Text),
    Field::new("include_child_namespaces", Kind::Bool),
];
const LIMIT: &[Field] = &[Field::new("limit", Kind::Text)];
const LOCKED: &[Field] = &[Field::new("mount_accessor", Kind::Text)];
const LOCKED_USER: &[Field] = &[Field::new("alias_identifier", Kind::Text)];
const CORS: &[Field] = &[
    Field::new("allowed_origins", Kind::CommaList),
    Field::new("allowed_headers", Kind::CommaList),
    Field::new("allow_credentials", Kind::Bool),
];
const ROTATE: &[Field] = &[
    Field::new("enabled", Kind::Bool),
    Field::new("max_operations", Kind::Int),
    Field::new("interval", Kind::Seconds),
];
const PLUGIN_TYPE: &[Field] = &[Field::new("type", Kind::Text)];
const PLUGIN_NAME: &[Field] = &[Field::new("name", Kind::Text)];
const MIGRATION: &[Field] = &[Field::new("migration_id", Kind::Text)];
const WRAPPING: &[Field] = &[Field::new("token", Kind::Text)];
const AUDIT: &[Field] = &[
    Field::new("type", Kind::Text),
    Field::new("description", Kind::Text),
    Field::new("options", Kind::Pairs),
    Field::new("local", Kind::Bool),
];
const AUDIT_INPUT: &[Field] = &[Field::new("input", Kind::Text)];
const HEADER: &[Field] = &[
    Field::new("header", Kind::Text),
    Field::new("hmac", Kind::Bool),
];
const HASH: &[Field] = &[
    Field::new("urlalgorithm", Kind::Text),
    Field::new("algorithm", Kind::Text),
    Field::new("input", Kind::Text),
    Field::new("format", Kind::Text),
];
const RANDOM: &[Field] = &[
    Field::new("urlbytes", Kind::Text),
    Field::new("bytes", Kind::Int),
    Field::new("format", Kind::Text),
];
const RANDOM_SOURCE: &[Field] = &[Field::new("source", Kind::Text)];
const ANY: &[Field] = &[Field::new("*", Kind::Any)];

use Operation::{Delete, List, Read, Update};

/// The table.
pub(crate) const ROUTES: &[Route<State>] = &[
    row("mounts", &[], &[(Read, mounts::list_secret)]),
    row(
        "mounts/{path*}",
        &[PATH, MOUNT, TUNE],
        &[
            (Read, mounts::read_secret),
            (Update, mounts::write_secret),
            (Delete, mounts::delete_secret),
        ],
    ),
    row("auth", &[], &[(Read, mounts::list_auth)]),
    row(
        "auth/{path*}",
        &[PATH, MOUNT, TUNE],
        &[
            (Read, mounts::read_auth),
            (Update, mounts::write_auth),
            (Delete, mounts::delete_auth),
        ],
    ),
    row("remount", &[REMOUNT], &[(Update, mounts::remount)]),
    row(
        "remount/status/{migration_id*}",
        &[MIGRATION],
        &[(Read, mounts::remount_status)],
    ),
    row("internal/ui/mounts", &[], &[(Read, mounts::visible)]),
    row(
        "internal/ui/mounts/{path*}",
        &[PATH],
        &[(Read, mounts::visible_one)],
    ),
    row(
        "internal/ui/resultant-acl",
        &[],
        &[(Read, capabilities::resultant)],
    ),
    row(
        "internal/specs/openapi",
        &[ANY],
        &[(Read, tools::openapi), (Update, tools::openapi)],
    ),
    row("policies/acl/?", &[], &[(List, policies::list)]),
    row(
        "policies/acl/{name*}",
        &[POLICY],
        &[
            (Read, policies::read),
            (Update, policies::write),
            (Operation::Patch, policies::patch),
            (Delete, policies::delete),
        ],
    ),
    row(
        "policy/?",
        &[],
        &[(Read, policies::list_old), (List, policies::list_old)],
    ),
    row(
        "policy/{name*}",
        &[POLICY, OLD_POLICY],
        &[
            (Read, policies::read_old),
            (Update, policies::write_old),
            (Delete, policies::delete),
        ],
    ),
    row(
        "policies/password/?",
        &[],
        &[(List, policies::list_password)],
    ),
    row(
        "policies/password/{name}/generate",
        &[PASSWORD_POLICY],
        &[(Read, policies::generate_password)],
    ),
    row(
        "policies/password/{name}",
        &[PASSWORD_POLICY],
        &[
            (Read, policies::read_password),
            (Update, policies::write_password),
            (Delete, policies::delete_password),
        ],
    ),
    row(
        "capabilities",
        &[OF_TOKEN, PATHS],
        &[(Update, capabilities::of_token)],
    ),
    row(
        "capabilities-self",
        &[OF_TOKEN, PATHS],
        &[(Update, capabilities::of_self)],
    ),
    row(
        "capabilities-accessor",
        &[OF_ACCESSOR, PATHS],
        &[(Update, capabilities::of_accessor)],
    ),
    row(
        "leases",
        &[IRREVOCABLE, LIMIT],
        &[(Read, leases::irrevocable)],
    ),
    row("leases/count", &[IRREVOCABLE], &[(Read, leases::count)]),
    row(
        "leases/lookup",
        &[LEASE_ID],
        &[(Update, leases::lookup), (List, leases::list)],
    ),
    row(
        "leases/lookup/{prefix*}",
        &[PREFIX],
        &[(List, leases::list)],
    ),
    row(
        "leases/renew",
        &[LEASE_ID, INCREMENT],
        &[(Update, leases::renew)],
    ),
    row(
        "leases/renew/{url_lease_id*}",
        &[LEASE_ID, INCREMENT],
        &[(Update, leases::renew)],
    ),
    row(
        "leases/revoke",
        &[LEASE_ID, SYNC],
        &[(Update, leases::revoke)],
    ),
    row(
        "leases/revoke/{url_lease_id*}",
        &[LEASE_ID, SYNC],
        &[(Update, leases::revoke)],
    ),
    row(
        "leases/revoke-prefix/{prefix*}",
        &[PREFIX, SYNC],
        &[(Update, leases::revoke_prefix)],
    ),
    row(
        "leases/revoke-force/{prefix*}",
        &[PREFIX],
        &[(Update, leases::revoke_force)],
    ),
    row("leases/tidy", &[ANY], &[(Update, leases::tidy)]),
    // The names of the same before there was `leases/`.
    row(
        "renew",
        &[LEASE_ID, INCREMENT],
        &[(Update, leases::old_renew)],
    ),
    row(
        "renew/{url_lease_id*}",
        &[LEASE_ID, INCREMENT],
        &[(Update, leases::old_renew)],
    ),
    row("revoke", &[LEASE_ID, SYNC], &[(Update, leases::old_revoke)]),
    row(
        "revoke/{url_lease_id*}",
        &[LEASE_ID, SYNC],
        &[(Update, leases::old_revoke)],
    ),
    row(
        "revoke-prefix/{prefix*}",
        &[PREFIX, SYNC],
        &[(Update, leases::old_revoke_prefix)],
    ),
    row(
        "revoke-force/{prefix*}",
        &[PREFIX],
        &[(Update, leases::old_revoke_force)],
    ),
    row("wrapping/wrap", &[ANY], &[(Update, wrapping::wrap)]),
    row(
        "wrapping/unwrap",
        &[WRAPPING],
        &[(Update, wrapping::unwrap)],
    ),
    row(
        "wrapping/lookup",
        &[WRAPPING],
        &[(Update, wrapping::lookup), (Read, wrapping::lookup)],
    ),
    row(
        "wrapping/rewrap",
        &[WRAPPING],
        &[(Update, wrapping::rewrap)],
    ),
    row("audit", &[], &[(Read, audit::list)]),
    row(
        "audit/{path*}",
        &[PATH, AUDIT],
        &[(Update, audit::enable), (Delete, audit::disable)],
    ),
    row(
        "audit-hash/{path*}",
        &[PATH, AUDIT_INPUT],
        &[(Update, audit::hash)],
    ),
    row(
        "config/auditing/request-headers",
        &[],
        &[(Read, audit::list_headers)],
    ),
    row(
        "config/auditing/request-headers/{header}",
        &[HEADER],
        &[
            (Read, audit::read_header),
            (Update, audit::write_header),
            (Delete, audit::delete_header),
        ],
    ),
    row(
        "config/cors",
        &[CORS],
        &[
            (Read, cors::read),
            (Update, cors::write),
            (Delete, cors::delete),
        ],
    ),
    row("config/state/sanitized", &[], &[(Read, tools::sanitized)]),
    row("locked-users", &[LOCKED], &[(Read, locked::list)]),
    row(
        "locked-users/{mount_accessor}/unlock/{alias_identifier*}",
        &[LOCKED, LOCKED_USER],
        &[(Update, locked::unlock)],
    ),
    row("internal/ui/namespaces", &[], &[(Read, tools::namespaces)]),
    row(
        "internal/counters/entities",
        &[],
        &[(Read, tools::count_entities)],
    ),
    row(
        "internal/counters/tokens",
        &[],
        &[(Read, tools::count_tokens)],
    ),
    row(
        "internal/counters/requests",
        &[],
        &[(Read, tools::no_counter)],
    ),
    row("step-down", &[], &[(Update, tools::step_down)]),
    row("rotate", &[], &[(Update, rotate::rotate)]),
    row("rotate/keyring", &[], &[(Update, rotate::rotate)]),
    row(
        "rotate/config",
        &[ROTATE],
        &[(Read, rotate::read), (Update, rotate::write)],
    ),
    row(
        "rotate/keyring/config",
        &[ROTATE],
        &[(Read, rotate::read), (Update, rotate::write)],
    ),
    row("tools/hash", &[HASH], &[(Update, tools::hash)]),
    row(
        "tools/hash/{urlalgorithm}",
        &[HASH],
        &[(Update, tools::hash)],
    ),
    row("tools/random", &[RANDOM], &[(Update, tools::random)]),
    row(
        "tools/random/{urlbytes}",
        &[RANDOM],
        &[(Update, tools::random)],
    ),
    row(
        "tools/random/{source}/{urlbytes}",
        &[RANDOM, RANDOM_SOURCE],
        &[(Update, tools::random_of)],
    ),
    row("key-status", &[], &[(Read, rotate::status)]),
    row("ha-status", &[], &[(Read, tools::ha_status)]),
    row("version-history/?", &[], &[(List, tools::version_history)]),
    row("replication/status", &[], &[(Read, tools::no_replication)]),
    row("plugins/catalog", &[], &[(Read, plugins::all)]),
    row(
        "plugins/catalog/{type}/{name}",
        &[PLUGIN_TYPE, PLUGIN_NAME],
        &[(Read, plugins::read)],
    ),
    row(
        "plugins/catalog/{type}/?",
        &[PLUGIN_TYPE],
        &[(List, plugins::list), (Read, plugins::old)],
    ),
];
