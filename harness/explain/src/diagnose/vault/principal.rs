//! Whether a Vault role is bound to a principal of AWS.

use authlab_vault::evidence::{AwsLogin, AwsUnbound, Reason};

use super::super::entry::Entry;
use super::super::finding::{Finding, Mender};
use super::super::words;
use super::asked::{entry, refused};
use crate::case::Case;

/// The classes, the most specific first.
pub(in super::super) const ENTRIES: &[Entry] = &[
    entry(
        "vault-principal-recreated",
        Mender::Owner,
        "the Vault role is bound to an AWS principal of this name that is gone",
        |case| {
            let (login, unbound) = unbound(case)?;
            let arn = login.canonical_arn?;
            let is_named = |bound: &String| without_path(bound) == arn;
            let is_same = unbound.bound_iam_principal_arn.iter().any(is_named);
            (is_same && unbound.resolve_aws_unique_ids).then(|| {
                Finding::certain(
                    format!(
                        "`{arn}` is bound by the unique id {}, the caller's is `{}`",
                        words::texts(&unbound.bound_iam_principal_id),
                        unbound.unique_id,
                    ),
                    "write the Vault role again, so that Vault looks the new principal's id up",
                )
            })
        },
    ),
    entry(
        "vault-arn-with-path",
        Mender::Owner,
        "the Vault role is bound to the ARN with its path, which logins do not have",
        |case| {
            let (login, unbound) = unbound(case)?;
            let arn = login.canonical_arn?;
            let mut bound = unbound.bound_iam_principal_arn.iter();
            let bound = bound.find(|bound| **bound != arn && without_path(bound) == arn)?;
            (!unbound.resolve_aws_unique_ids).then(|| {
                Finding::certain(
                    format!(
                        "the role `{}` binds `{bound}` as a text; of the same role GetCallerIdentity \
                         says `{}`, without the path",
                        login.role.clone().unwrap_or_default(),
                        login.arn,
                    ),
                    format!(
                        "bind `{arn}` without the path, or delete the Vault role and write it with \
                         `resolve_aws_unique_ids=true`"
                    ),
                )
            })
        },
    ),
    entry(
        "vault-session-bound",
        Mender::Owner,
        "the Vault role is bound to a session, and logins are of its role",
        |case| {
            let (login, unbound) = unbound(case)?;
            let is_session = |bound: &&String| bound.contains(":assumed-role/");
            let bound = unbound.bound_iam_principal_arn.iter().find(is_session)?;
            let arn = words::text(login.canonical_arn.as_deref());
            Some(Finding::certain(
                format!("the role binds the session `{bound}`, the caller counts as {arn}"),
                format!("bind {arn}"),
            ))
        },
    ),
    entry(
        "vault-role-account",
        Mender::Owner,
        "the Vault role is bound to the principal of this name in another account",
        |case| {
            let (login, unbound) = unbound(case)?;
            let arn = login.canonical_arn.clone()?;
            let parts = |arn: &str| {
                let mut parts = arn.splitn(6, ':').skip(4);
                Some((parts.next()?.to_owned(), parts.next()?.to_owned()))
            };
            let (account, name) = parts(&arn)?;
            let mut bound = unbound.bound_iam_principal_arn.iter();
            let bound = bound.find(|bound| {
                parts(&without_path(bound))
                    .is_some_and(|(of, called)| called == name && of != account)
            })?;
            Some(Finding::certain(
                format!(
                    "the caller is `{arn}`, the role `{}` is bound to `{bound}`: they differ in the \
                     account",
                    login.role.unwrap_or_default(),
                ),
                format!(
                    "log in from the account that is bound; if `{account}` is meant as well, bind `{arn}` too"
                ),
            ))
        },
    ),
    entry(
        "vault-role-mismatch",
        Mender::Owner,
        "the Vault role is bound to another AWS principal",
        |case| {
            let (login, unbound) = unbound(case)?;
            let arn = login.canonical_arn.as_deref();
            let full = unbound
                .full_arn
                .as_deref()
                .filter(|full| Some(*full) != arn);
            let full = full.map_or_else(String::new, |full| format!(" (in full `{full}`)"));
            Some(Finding::certain(
                format!(
                    "the caller is {}{full}, the role `{}` is bound to {}",
                    words::text(arn),
                    login.role.clone().unwrap_or_default(),
                    words::texts(&unbound.bound_iam_principal_arn),
                ),
                format!(
                    "log in by the Vault role that is for {0}, or bind {0} (the role, without the \
                     session)",
                    words::text(arn),
                ),
            ))
        },
    ),
];

fn unbound(case: &Case<'_>) -> Option<(AwsLogin, AwsUnbound)> {
    let request = refused(case, Reason::AwsPrincipalNotBound)?;
    let login = request.aws()?.clone();
    let unbound = login.unbound.clone()?;
    Some((login, unbound))
}

/// An ARN of a role or user without its path.
fn without_path(arn: &str) -> String {
    let (before, name) = match arn.rsplit_once('/') {
        Some(parts) => parts,
        None => return arn.to_owned(),
    };
    let kind = before.split('/').next().unwrap_or(before);
    format!("{kind}/{name}")
}
