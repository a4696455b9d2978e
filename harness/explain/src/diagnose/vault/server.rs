//! What has nothing to do with who asks.

use authlab_vault::evidence::{Because, Reason};

use super::super::entry::Entry;
use super::super::finding::{Finding, Mender};
use super::super::words;
use super::asked::{because, entry, refused};

/// The classes, the most specific first.
pub(in super::super) const ENTRIES: &[Entry] = &[
    entry(
        "vault-audit-failed",
        Mender::Owner,
        "no audit device could write the request down, so Vault answers nothing",
        |case| {
            let (_, because) = because(case, &[Reason::AuditFailed])?;
            let Because::Audit(audit) = because else {
                return None;
            };
            Some(Finding::certain(
                format!(
                    "none of the enabled audit devices has written: {}; every request is refused \
                     with 500 until one does, while sys/health goes on saying that all is well; the \
                     server's own log says `no audit backend succeeded in logging the request`",
                    words::texts(&audit.devices),
                ),
                "free the disk or mend the file of the device (rotate and send HUP), and enable a \
                 second device on other storage: one that writes is enough",
            ))
        },
    ),
    entry(
        "vault-kv-path-unsupported",
        Mender::Caller,
        "KV version 2 has no secrets right below its mount",
        |case| {
            let request = refused(case, Reason::UnsupportedPath)?;
            let mount = request.mount.clone().flatten()?;
            let rest = request.path.strip_prefix(&mount)?;
            let is_kv = !mount.starts_with("auth/")
                && !["sys/", "identity/", "cubbyhole/"].contains(&mount.as_str());
            let part = if request.method == "list" {
                "metadata"
            } else {
                "data"
            };
            is_kv.then(|| {
                Finding::certain(
                    format!("`{}` is no path of the engine at `{mount}`", request.path),
                    format!("ask for `{mount}{part}/{rest}`, as `vault kv` does by itself"),
                )
            })
        },
    ),
    entry(
        "vault-no-mount",
        Mender::Owner,
        "nothing is mounted at the path",
        |case| {
            let request = refused(case, Reason::NoMount)?;
            let first = request.path.split('/').next().unwrap_or_default();
            Some(Finding::certain(
                format!("no mount's path begins `{}`", request.path),
                format!(
                    "enable the engine or the method there, or ask below one that is there: \
                     `sys/mounts` and `sys/auth` list them (`{first}/` is none)"
                ),
            ))
        },
    ),
    entry(
        "vault-namespace",
        Mender::Caller,
        "namespaces are not there",
        |case| {
            let request = refused(case, Reason::NamespaceRefused)?;
            Some(Finding::certain(
                format!(
                    "the header `X-Vault-Namespace` is {}, and this Vault has the root alone",
                    words::text(request.namespace.as_deref())
                ),
                "leave the header out (in clients `VAULT_NAMESPACE`): namespaces are of Vault \
                 Enterprise and of newer OpenBao, and are not simulated",
            ))
        },
    ),
];
