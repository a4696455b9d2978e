//! The paths that the real servers know and this one does not build: they answer 501 and name
//! themselves, so that nobody takes "not here" for "no such thing".
//!
//! The list is that of OpenBao 2.7.2's own description (`sys/internal/specs/openapi`), with what
//! HashiCorp's documents name beside it; a path that neither knows stays `404 unsupported path`. A
//! row that is built is never reached, since the tables of routes are asked first.

use crate::flavour::Flavour;
use crate::request::Operation;
use crate::response::Fault;
use crate::route::matches;

use Operation::{Delete, List, Patch, Read, Update};

/// A path below a mount, and what can be done there.
type Row = (&'static str, &'static [Operation]);

const RUD: &[Operation] = &[Read, Update, Delete];

const SYSTEM: &[Row] = &[
    ("config/reload/{subsystem}", &[Update]),
    ("config/ui/headers/?", &[List]),
    ("config/ui/headers/{header}", RUD),
    ("control-group/authorize", &[Update]),
    ("control-group/request", &[Update]),
    ("decode-token", &[Update]),
    (
        "external-keys/{path*}",
        &[Read, Update, Patch, Delete, List],
    ),
    ("generate-root", RUD),
    ("generate-root-token/attempt", RUD),
    ("generate-root-token/update", &[Update]),
    ("generate-root/attempt", RUD),
    ("generate-root/update", &[Update]),
    ("host-info", &[Read]),
    ("in-flight-req", &[Read]),
    ("internal/inspect/request", &[Read]),
    ("internal/inspect/router/{tag}", &[Read]),
    ("loggers", RUD),
    ("loggers/{name}", RUD),
    ("metrics", &[Read]),
    ("mfa/validate", &[Update]),
    ("monitor", &[Read]),
    ("namespaces/?", &[List, Operation::Scan]),
    ("namespaces/{path*}", &[Read, Update, Patch, Delete, List]),
    ("plugins/catalog/{type}/?", &[Update, Delete]),
    ("plugins/catalog/{type}/{name}", &[Update, Delete]),
    ("plugins/reload/backend", &[Update]),
    ("policies/detailed/acl/{name*}", &[Read, List]),
    ("policies/detailed/acl", &[List]),
    ("pprof", &[Read]),
    ("pprof/{kind}", &[Read]),
    ("quotas/config", &[Read, Update]),
    ("quotas/rate-limit/?", &[List]),
    ("quotas/rate-limit/{name}", RUD),
    ("rekey/backup", &[Read, Delete]),
    ("rekey/init", RUD),
    ("rekey/recovery-key-backup", &[Read, Delete]),
    ("rekey/update", &[Update]),
    ("rekey/verify", RUD),
    ("rotate/recovery/{step}", RUD),
    ("rotate/root", &[Update]),
    ("rotate/root/{step}", RUD),
    ("seal", &[Update]),
    ("workflows/execute/{path*}", &[Update]),
    ("workflows/manage/?", &[List]),
    ("workflows/manage/{path*}", &[Read, Update, Delete, List]),
    ("workflows/trace/{path*}", &[Update]),
];

/// What HashiCorp's documents have beside that.
const OF_VAULT: &[Row] = &[
    ("config/control-group", RUD),
    ("config/group-policy-application", &[Read, Update]),
    ("config/ui/custom-messages/?", &[Update, List]),
    ("config/ui/custom-messages/{id}", RUD),
    (
        "config/ui/login/default-auth/{name*}",
        &[Read, Update, Delete, List],
    ),
    ("events/subscribe/{type*}", &[Read]),
    (
        "events/subscriptions/{path*}",
        &[Read, Update, Delete, List],
    ),
    ("experiments", &[Read]),
    ("generate-recovery-token/attempt", RUD),
    ("generate-recovery-token/update", &[Update]),
    ("internal/counters/activity", &[Read]),
    ("internal/counters/activity/{path*}", &[Read, Update]),
    ("internal/counters/config", &[Read, Update]),
    ("internal/ui/authenticated-messages", &[Read]),
    ("internal/ui/feature-flags", &[Read]),
    ("internal/ui/unauthenticated-messages", &[Read]),
    ("internal/ui/version", &[Read]),
    ("license/status", &[Read]),
    ("managed-keys/{path*}", &[Read, Update, Delete, List]),
    ("mfa/method/{path*}", &[Read, Update, Delete, List]),
    ("plugins/pins", &[Read]),
    ("plugins/pins/{type}/{name}", RUD),
    ("plugins/reload/backend/status", &[Read]),
    ("plugins/reload/{type}/{name}", &[Update]),
    (
        "plugins/runtimes/catalog/{path*}",
        &[Read, Update, Delete, List],
    ),
    ("policies/egp/{name*}", &[Read, Update, Delete, List]),
    ("policies/rgp/{name*}", &[Read, Update, Delete, List]),
    ("quotas/lease-count/{name*}", &[Read, Update, Delete, List]),
    ("rekey-recovery-key/{step*}", RUD),
    ("replication/{path*}", &[Read, Update, Delete]),
    ("seal-backend-status", &[Read]),
    ("sealwrap/rewrap", &[Read, Update]),
    ("storage/{path*}", &[Read, Update, Delete, List]),
    ("sync/{path*}", &[Read, Update, Patch, Delete, List]),
    ("utilization-report", &[Read]),
    ("well-known/{path*}", &[Read, List]),
];

const IDENTITY: &[Row] = &[
    ("mfa/login-enforcement/?", &[List]),
    ("mfa/login-enforcement/{name}", RUD),
    ("mfa/method/?", &[List]),
    ("mfa/method/{type}/?", &[List, Read, Update]),
    ("mfa/method/{type}/{id}", RUD),
    ("oidc/.well-known/keys", &[Read]),
    ("oidc/.well-known/openid-configuration", &[Read]),
    ("oidc/assignment/?", &[List]),
    ("oidc/assignment/{name}", RUD),
    ("oidc/client/?", &[List]),
    ("oidc/client/{name}", RUD),
    ("oidc/config", &[Read, Update]),
    ("oidc/introspect", &[Update]),
    ("oidc/key/?", &[List]),
    ("oidc/key/{name}", RUD),
    ("oidc/key/{name}/rotate", &[Update]),
    ("oidc/provider/?", &[List]),
    ("oidc/provider/{name}", RUD),
    ("oidc/provider/{name}/.well-known/keys", &[Read]),
    (
        "oidc/provider/{name}/.well-known/openid-configuration",
        &[Read],
    ),
    ("oidc/provider/{name}/authorize", &[Read, Update]),
    ("oidc/provider/{name}/token", &[Update]),
    ("oidc/provider/{name}/userinfo", &[Read, Update]),
    ("oidc/role/?", &[List]),
    ("oidc/role/{name}", RUD),
    ("oidc/scope/?", &[List]),
    ("oidc/scope/{name}", RUD),
    ("oidc/token/{name}", &[Read]),
    ("persona", &[Update]),
];

/// What of these needs no token, in the words of the real servers: whoever asks learns that it is
/// not here, and nothing else.
const WITHOUT_TOKEN: &[&str] = &[
    "sys/generate-root/attempt",
    "sys/generate-root/update",
    "sys/rekey/init",
    "sys/rekey/update",
    "sys/rekey/verify",
    "sys/mfa/validate",
    "identity/oidc/.well-known/keys",
    "identity/oidc/.well-known/openid-configuration",
    "identity/oidc/provider/{name}/.well-known/keys",
    "identity/oidc/provider/{name}/.well-known/openid-configuration",
    "identity/oidc/provider/{name}/token",
];

/// Whether a whole path is one that needs no token and that is not built.
pub(crate) fn needs_no_token(path: &str) -> bool {
    WITHOUT_TOKEN
        .iter()
        .any(|pattern| matches(pattern, path).is_some())
}

/// The answer to a path that the real servers know: 501 by its name. `None`: they do not know it
/// either.
pub(crate) fn unbuilt(
    mount: &str,
    path: &str,
    operation: Operation,
    flavour: Flavour,
) -> Option<Fault> {
    let (rows, more): (&[Row], &[Row]) = match mount {
        "sys/" if flavour == Flavour::Vault => (SYSTEM, OF_VAULT),
        "sys/" => (SYSTEM, &[]),
        "identity/" => (IDENTITY, &[]),
        _ => return None,
    };
    let wanted = operation.handler();
    let known = rows.iter().chain(more).any(|(pattern, operations)| {
        operations.contains(&wanted) && matches(pattern, path).is_some()
    });
    let name = format!("{mount}{}", path.trim_end_matches('/'));
    known.then(|| not_here(&format!("{} of `{name}`", operation.as_str())))
}

/// The answer to `?help=1`: the help texts of the real servers are not here.
pub(crate) fn no_help(path: &str) -> Fault {
    not_here(&format!("help of `{path}`"))
}

/// The text stands in the list of errors, where the command lines and `hvac` print it from; `hvac`
/// takes every 501 for a server that is not initialised, and prints the list with it.
fn not_here(what: &str) -> Fault {
    Fault::not_simulated(format!(
        "{what} is not simulated by authlab, although the real server has it"
    ))
    .audit_as("unsupported path")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::identity;
    use crate::route::find;
    use crate::sys;

    #[test]
    fn a_row_that_is_built_is_no_row() {
        for (pattern, operations) in SYSTEM {
            let built = |wanted| {
                let path = pattern.replace("/?", "").replace(['{', '}', '*'], "");
                let found = find(sys::ROUTES, &path);
                found.is_some_and(|(route, _)| {
                    route.operations.iter().any(|(one, _)| *one == wanted)
                })
            };
            assert!(
                !operations.iter().all(|operation| built(*operation)),
                "sys/{pattern} is built: take it off the list"
            );
        }
        for (pattern, _) in IDENTITY {
            let path = pattern.replace("/?", "").replace(['{', '}', '*'], "");
            assert!(
                find(identity::ROUTES, &path).is_none(),
                "identity/{pattern}"
            );
        }
    }

    #[test]
    fn what_nobody_knows_is_not_here_either() {
        for (mount, path, operation, known) in [
            ("sys/", "seal", Operation::Update, true),
            ("sys/", "seal", Operation::Read, false),
            ("sys/", "nope", Operation::Read, false),
            ("identity/", "oidc/key/k", Operation::Update, true),
            ("identity/", "nope", Operation::Read, false),
            ("secret/", "rotate", Operation::Update, false),
        ] {
            let found = unbuilt(mount, path, operation, Flavour::OpenBao27).is_some();
            assert_eq!(found, known, "{mount}{path} {operation:?}");
        }
    }
}
