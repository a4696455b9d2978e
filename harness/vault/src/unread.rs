//! Every field that an endpoint declares has a reader: what a client sends is heeded, refused, or
//! stands in [`UNREAD`] with its reason.
//!
//! Each endpoint is sent each of its fields, alone and with what it needs besides; the accessors of
//! [`crate::field::Fields`] note what the handlers ask for.

use std::collections::{BTreeMap, BTreeSet};

use authlab_token::SigningKey;
use serde_json::{Map, Value, json};

use crate::auth::approle::AppRole;
use crate::field::{Field, Kind, asked};
use crate::flavour::Flavour;
use crate::offline::{Row, Server, all_rows, object};
use crate::request::Operation;

/// Mount, pattern, field, and why nobody asks for it.
const UNREAD: &[(&str, &str, &str, &str)] = &[
    (
        "sys/",
        "tools/hash/{urlalgorithm}",
        "algorithm",
        "the path names it",
    ),
    (
        "sys/",
        "tools/random/{source}/{urlbytes}",
        "bytes",
        "the path names it",
    ),
    (
        "auth/approle/",
        "role/{role_name}/local-secret-ids/?",
        "local_secret_ids",
        "only read",
    ),
    (
        "auth/aws/",
        "login",
        "nonce",
        "of logins of the type ec2, which answer 501",
    ),
    (
        "auth/aws/",
        "login",
        "role",
        "asked for once STS has answered",
    ),
    (
        "auth/token/",
        "lookup-self",
        "token",
        "the caller's own is meant",
    ),
    (
        "auth/token/",
        "renew-self",
        "token",
        "the caller's own is meant",
    ),
    (
        "auth/token/",
        "revoke-self",
        "token",
        "the caller's own is meant",
    ),
    (
        "sys/",
        "capabilities-self",
        "token",
        "the caller's own is meant",
    ),
    (
        "sys/",
        "leases",
        "include_child_namespaces",
        "no namespace is below another",
    ),
    (
        "sys/",
        "leases/count",
        "include_child_namespaces",
        "no namespace is below another",
    ),
    (
        "sys/",
        "policies/password/{name}/generate",
        "policy",
        "only read",
    ),
    (
        "sys/",
        "wrapping/rewrap",
        "token",
        "asked for before the handler",
    ),
    (
        "sys/",
        "wrapping/unwrap",
        "token",
        "asked for before the handler",
    ),
];

/// What is there before an endpoint is asked.
const SETUP: &[(&str, &str)] = &[
    ("sys/policies/acl/x", r#"{"policy": "path \"a\" {}"}"#),
    (
        "sys/policies/password/x",
        r#"{"policy": "length = 8 rule \"charset\" { charset = \"ab\" }"}"#,
    ),
    ("auth/token/roles/x", "{}"),
    ("auth/approle/role/x", "{}"),
    ("auth/userpass/users/x", r#"{"password": "x"}"#),
    (
        "auth/jwt/role/x",
        r#"{"role_type": "jwt", "user_claim": "sub", "bound_audiences": "x"}"#,
    ),
    (
        "auth/aws/role/x",
        r#"{"bound_iam_principal_arn": "arn:aws:iam::111111111111:role/x", "resolve_aws_unique_ids": false}"#,
    ),
    ("kv1/x", r#"{"a": "b"}"#),
    ("secret/data/x", r#"{"data": {"a": "b"}}"#),
    ("secret/metadata/x", r#"{"custom_metadata": {"a": "b"}}"#),
    ("identity/entity", r#"{"name": "x"}"#),
    ("identity/group", r#"{"name": "x"}"#),
    ("identity/entity", r#"{"name": "y"}"#),
    ("identity/group", r#"{"name": "y", "type": "external"}"#),
    (
        "identity/entity-alias",
        r#"{"name": "x", "mount_accessor": "{{accessor}}", "canonical_id": "{{entity}}"}"#,
    ),
    (
        "identity/entity-alias",
        r#"{"name": "y", "mount_accessor": "{{accessor}}", "canonical_id": "{{other}}"}"#,
    ),
    (
        "identity/group-alias",
        r#"{"name": "x", "mount_accessor": "{{accessor}}"}"#,
    ),
    (
        "auth/token/create",
        r#"{"policies": ["default"], "ttl": "1h"}"#,
    ),
    (
        "auth/jwt/config",
        r#"{"jwt_validation_pubkeys": ["{{pem}}"]}"#,
    ),
];

/// What an endpoint needs besides the field in question, by mount and pattern.
const NEEDED: &[(&str, &str, &str)] = &[
    (
        "auth/approle/",
        "login",
        r#"{"role_id": "{{role_id}}", "secret_id": "x"}"#,
    ),
    (
        "auth/aws/",
        "config/client",
        r#"{"access_key": "x", "secret_key": "x"}"#,
    ),
    (
        "auth/aws/",
        "config/sts/{account_id}",
        r#"{"sts_role": "arn:aws:iam::111111111111:role/x"}"#,
    ),
    (
        "auth/aws/",
        "login",
        r#"{"iam_http_request_method": "POST", "iam_request_url": "aHR0cHM6Ly9zdHMuYW1hem9uYXdzLmNvbS8=", "iam_request_body": "QWN0aW9uPUdldENhbGxlcklkZW50aXR5JlZlcnNpb249MjAxMS0wNi0xNQ==", "iam_request_headers": {"Authorization": "x"}}"#,
    ),
    (
        "auth/aws/",
        "role/{role}",
        r#"{"bound_iam_principal_arn": "arn:aws:iam::111111111111:role/x", "resolve_aws_unique_ids": false}"#,
    ),
    (
        "auth/jwt/",
        "config",
        r#"{"jwt_validation_pubkeys": ["{{pem}}"]}"#,
    ),
    (
        "auth/jwt/",
        "config",
        r#"{"oidc_discovery_url": "https://issuer.example"}"#,
    ),
    (
        "auth/jwt/",
        "config",
        r#"{"jwks_url": "https://issuer.example/keys"}"#,
    ),
    (
        "auth/jwt/",
        "role/{name}",
        r#"{"role_type": "jwt", "user_claim": "sub", "bound_audiences": "x"}"#,
    ),
    (
        "auth/jwt/",
        "role/{name}",
        r#"{"role_type": "oidc", "user_claim": "sub", "allowed_redirect_uris": "http://x"}"#,
    ),
    ("auth/token/", "create", r#"{"policies": ["default"]}"#),
    ("auth/userpass/", "users/{username}", r#"{"password": "x"}"#),
    (
        "identity/",
        "entity-alias",
        r#"{"name": "x", "mount_accessor": "{{accessor}}"}"#,
    ),
    (
        "identity/",
        "alias",
        r#"{"name": "x", "mount_accessor": "{{accessor}}"}"#,
    ),
    (
        "identity/",
        "group-alias/id/{id}",
        r#"{"name": "x", "mount_accessor": "{{accessor}}"}"#,
    ),
    (
        "identity/",
        "group-alias",
        r#"{"name": "z", "mount_accessor": "{{accessor}}"}"#,
    ),
    (
        "identity/",
        "entity/merge/?",
        r#"{"from_entity_ids": "{{other}}", "to_entity_id": "{{entity}}"}"#,
    ),
    (
        "identity/",
        "lookup/entity",
        r#"{"alias_name": "x", "alias_mount_accessor": "x"}"#,
    ),
    (
        "identity/",
        "lookup/group",
        r#"{"alias_name": "x", "alias_mount_accessor": "x"}"#,
    ),
    (
        "sys/",
        "audit/{path*}",
        r#"{"type": "file", "options": {"file_path": "discard"}}"#,
    ),
    ("sys/", "auth/{path*}", r#"{"type": "userpass"}"#),
    ("sys/", "mounts/{path*}", r#"{"type": "kv"}"#),
    ("sys/", "leases", r#"{"type": "irrevocable"}"#),
    (
        "sys/",
        "policies/acl/{name*}",
        r#"{"policy": "path \"a\" {}"}"#,
    ),
    ("sys/", "policy/{name*}", r#"{"policy": "path \"a\" {}"}"#),
    ("sys/", "tools/hash", r#"{"input": "eA=="}"#),
    (
        "sys/",
        "tools/hash/{algorithm}",
        r#"{"input": "eA==", "algorithm": "sha2-256"}"#,
    ),
    ("sys/", "leases/renew", r#"{"lease_id": "{{lease}}"}"#),
    ("sys/", "renew", r#"{"lease_id": "{{lease}}"}"#),
    (
        "sys/",
        "leases/renew/{url_lease_id*}",
        r#"{"lease_id": "{{lease}}"}"#,
    ),
    (
        "sys/",
        "renew/{url_lease_id*}",
        r#"{"lease_id": "{{lease}}"}"#,
    ),
    ("auth/token/", "renew", r#"{"token": "{{token}}"}"#),
    (
        "auth/token/",
        "renew-accessor",
        r#"{"accessor": "{{token_accessor}}"}"#,
    ),
];

/// Paths of a pattern beside that which has `x` everywhere.
const PATHS: &[(&str, &str)] = &[
    ("alias/id/{id}", "alias/id/{{alias}}"),
    ("auth/{path*}", "auth/userpass/tune"),
    ("entity-alias/id/{id}", "entity-alias/id/{{alias}}"),
    ("entity/id/{id}", "entity/id/{{entity}}"),
    ("group-alias/id/{id}", "group-alias/id/{{group_alias}}"),
    ("group/id/{id}", "group/id/{{group}}"),
    ("mounts/{path*}", "mounts/kv1/tune"),
    ("persona/id/{id}", "persona/id/{{alias}}"),
    ("tools/hash/{urlalgorithm}", "tools/hash/sha2-256"),
    (
        "tools/random/{source}/{urlbytes}",
        "tools/random/platform/8",
    ),
    ("tools/random/{urlbytes}", "tools/random/platform"),
    ("tools/random/{urlbytes}", "tools/random/8"),
];

/// A server with something of everything.
fn prepared(flavour: Flavour) -> Server {
    let mut server = Server::start(flavour);
    for (path, body) in SETUP {
        let body = object(&filled(&server, body));
        drop(server.root(Operation::Update, path, &body));
    }
    server
}

/// A text with the names of what is there.
fn filled(server: &Server, text: &str) -> String {
    let state = &server.state;
    let mount = state.mounts.get("auth/userpass/");
    let mut entities = state.identity.entities.values();
    let of = |named: &str| {
        let mut entities = state.identity.entities.values();
        entities
            .find(|one| one.name == named)
            .map(|one| one.id.clone())
    };
    let alias = entities.find_map(|entity| entity.aliases.first());
    let groups = &state.identity.groups;
    let group = groups.values().find(|group| !group.external);
    let group_alias = groups.values().find_map(|group| group.alias.as_ref());
    let entry = state.tokens.tokens.values().find(|entry| !entry.is_root());
    let role_id = state.mounts.get("auth/approle/").and_then(|mount| {
        let method: &dyn std::any::Any = mount.engine()?;
        let role = method.downcast_ref::<AppRole>()?.roles.get("x")?;
        Some(role.role_id.clone())
    });
    let key = SigningKey::test_key(0).unwrap().jwk().to_public_pem();
    let values = [
        ("{{accessor}}", mount.map(|mount| mount.accessor.clone())),
        ("{{alias}}", alias.map(|alias| alias.id.clone())),
        ("{{entity}}", of("x")),
        ("{{other}}", of("y")),
        ("{{group}}", group.map(|group| group.id.clone())),
        ("{{group_alias}}", group_alias.map(|alias| alias.id.clone())),
        ("{{lease}}", entry.and_then(|entry| entry.lease.clone())),
        ("{{pem}}", key.map(|pem| pem.replace('\n', "\\n"))),
        ("{{role_id}}", role_id),
        (
            "{{token}}",
            entry.map(|entry| entry.id.expose_secret().to_owned()),
        ),
        (
            "{{token_accessor}}",
            entry.map(|entry| entry.accessor.clone()),
        ),
    ];
    values
        .iter()
        .fold(text.to_owned(), |text, (name, value)| match value {
            Some(value) => text.replace(name, value),
            None => text,
        })
}

/// Something that a field takes.
fn example(field: &Field) -> Value {
    match field.kind {
        Kind::Text | Kind::LowerText | Kind::Any => json!("x"),
        Kind::Int | Kind::CommaInts => json!(1),
        Kind::Bool => json!(true),
        Kind::Map => json!({"x": "y"}),
        Kind::Pairs => json!({"x": "y"}),
        Kind::List | Kind::CommaList => json!(["x"]),
        Kind::Seconds | Kind::SignedSeconds => json!(60),
        Kind::Headers => json!({"X": "y"}),
    }
}

/// The paths that a pattern fits.
fn paths(pattern: &'static str) -> Vec<String> {
    let parts = pattern.trim_end_matches("/?").split('/');
    let parts: Vec<&str> = parts
        .map(|part| if part.starts_with('{') { "x" } else { part })
        .collect();
    let more = PATHS
        .iter()
        .filter(|(of, _)| *of == pattern)
        .map(|(_, path)| (*path).to_owned());
    std::iter::once(parts.join("/")).chain(more).collect()
}

/// What is sent to an endpoint: nothing; each field, alone and with what is needed; all of them.
fn bodies(server: &Server, row: &Row) -> Vec<Map<String, Value>> {
    let needed = NEEDED
        .iter()
        .filter(|(mount, pattern, _)| (*mount, *pattern) == (row.mount, row.pattern));
    let needed = needed.map(|(_, _, body)| object(&filled(server, body)));
    let bases: Vec<_> = std::iter::once(Map::new()).chain(needed).collect();
    let mut bodies = bases.clone();
    for base in &bases {
        for field in &row.fields {
            let mut body = base.clone();
            body.insert(field.name.to_owned(), example(field));
            bodies.push(body);
        }
    }
    bodies.push(
        row.fields
            .iter()
            .map(|field| (field.name.to_owned(), example(field)))
            .collect(),
    );
    bodies
}

/// The names of the fields that no run of an endpoint asks for.
fn unread(row: &Row) -> BTreeSet<&'static str> {
    let captured = |name: &str| {
        row.pattern.contains(&format!("{{{name}}}"))
            || row.pattern.contains(&format!("{{{name}*}}"))
    };
    let mut unread: BTreeSet<&str> = row
        .fields
        .iter()
        .map(|field| field.name)
        .filter(|name| *name != "*" && !captured(name))
        .collect();
    for flavour in Flavour::ALL {
        for operation in &row.operations {
            let mut server = prepared(flavour);
            let bodies = bodies(&server, row);
            drop(asked::take());
            for path in paths(row.pattern) {
                for body in &bodies {
                    let path = filled(&server, &format!("{}{path}", row.mount));
                    drop(server.root(*operation, &path, body));
                }
            }
            let asked = asked::take();
            unread.retain(|name| !asked.contains(*name));
            if unread.is_empty() {
                return unread;
            }
        }
    }
    unread
}

#[test]
fn every_field_has_a_reader() {
    let mut found: BTreeMap<(&str, &str), BTreeSet<&str>> = BTreeMap::new();
    for row in all_rows() {
        let names = unread(&row);
        if !names.is_empty() {
            found.insert((row.mount, row.pattern), names);
        }
    }
    let mut known: BTreeMap<(&str, &str), BTreeSet<&str>> = BTreeMap::new();
    for (mount, pattern, field, _) in UNREAD {
        known.entry((mount, pattern)).or_default().insert(field);
    }
    assert_eq!(
        found, known,
        "left: what nobody reads; right: what is known of"
    );
}
