//! What was named and is not there: things by their name, tokens and secret ids by their accessor.

use authlab_vault::evidence::{
    AccessorForm, AccessorOf, Because, Missing, Reason, Request, UnknownAccessor,
};

use super::super::entry::Entry;
use super::super::finding::{Certainty, Finding, Mender};
use super::super::words;
use super::asked::{because, entry};
use super::token::end;
use crate::case::Case;

/// The classes, the most specific first.
pub(in super::super) const ENTRIES: &[Entry] = &[
    entry(
        "vault-path-removed",
        Mender::Caller,
        "the path was taken out of Vault",
        |case| {
            let (request, _) = missing(case).filter(|(_, missing)| missing.is_removed)?;
            Some(Finding::certain(
                format!(
                    "`{}` was a path of earlier versions, and this one answers it no more",
                    request.path
                ),
                "leave the call out: counts of activity stand at `sys/internal/counters/activity` of \
                 servers that have them",
            ))
        },
    ),
    entry(
        "vault-name-misspelt",
        Mender::Caller,
        "there is something of nearly that name",
        |case| {
            let (request, missing) = missing(case)?;
            let (first, _) = missing.near.split_first()?;
            Some(Finding::certain(
                format!(
                    "{}; nearly that are {}",
                    absent(&request, &missing),
                    words::texts(&missing.near)
                ),
                format!("name `{first}`, if that is meant: names are compared with their capitals"),
            ))
        },
    ),
    entry(
        "vault-name-unknown",
        Mender::Caller,
        "there is nothing of that name",
        |case| {
            let (request, missing) = missing(case)?;
            Some(Finding::certain(
                format!(
                    "{}; there are {}",
                    absent(&request, &missing),
                    words::texts(&missing.known)
                ),
                format!(
                    "write the {} `{}` first, or name one that is there, at the mount that has it",
                    missing.thing, missing.name
                ),
            ))
        },
    ),
    entry(
        "vault-nothing-there",
        Mender::Caller,
        "the Vault behind the lab has nothing at the path",
        |case| {
            let (request, because) = because(case, &[Reason::NotFound])?;
            matches!(because, Because::Unseen(_)).then_some(())?;
            let parent = request.path.trim_end_matches('/').rsplit_once('/');
            let parent = parent.map_or(request.path.as_str(), |(parent, _)| parent);
            Some(Finding::certain(
                format!(
                    "the server answered the {} of `{}` with 404: {}",
                    request.method,
                    request.path,
                    words::text(request.message.as_deref())
                ),
                format!("write it first, or name one of those that a list of `{parent}` gives"),
            ))
        },
    ),
    entry(
        "vault-secret-as-accessor",
        Mender::Caller,
        "a secret was sent where its accessor belongs",
        |case| {
            let accessor = accessor(case)?;
            let (secret, place) = match accessor.of {
                AccessorOf::Token => ("a token", "`accessor` of the login's answer"),
                AccessorOf::SecretId => (
                    "a secret id",
                    "`secret_id_accessor` of the answer that gave it",
                ),
            };
            (accessor.form == AccessorForm::Secret).then(|| {
                Finding::certain(
                    format!("what was sent as an accessor is {secret} itself"),
                    format!(
                        "send the {place}; and take the secret out of use, if the request was logged \
                         on its way"
                    ),
                )
            })
        },
    ),
    entry(
        "vault-accessor-ended",
        Mender::Caller,
        "the token of the accessor has ended",
        |case| {
            let ended = accessor(case)?.ended?;
            let (how, at) = end(ended.end)?;
            Some(Finding::certain(
                format!(
                    "the token of the accessor, made at `{}`, {how} at `{at}`, and its accessor went with it",
                    ended.creation_path
                ),
                "take it off the list of what is to be looked after: nothing of it is left to revoke, to \
                 renew or to look up",
            ))
        },
    ),
    entry(
        "vault-accessor-other-role",
        Mender::Caller,
        "the accessor is that of another role's secret id",
        |case| {
            let accessor = accessor(case)?;
            let owner = accessor.owner.as_deref()?;
            Some(Finding::certain(
                format!(
                    "the path names the role {}, and the secret id of the accessor is one of `{owner}`",
                    words::text(accessor.role.as_deref())
                ),
                format!(
                    "ask below the role `{owner}`, or send an accessor that a list of this one gives"
                ),
            ))
        },
    ),
    entry(
        "vault-accessor-misspelt",
        Mender::Caller,
        "there is nearly such an accessor",
        |case| {
            let near = accessor(case)?.near?;
            Some(Finding::certain(
                format!(
                    "nothing has the accessor that was sent; `{near}` is there, and nearly that"
                ),
                format!("send `{near}`, whole and letter by letter"),
            ))
        },
    ),
    entry(
        "vault-accessor-unknown",
        Mender::Caller,
        "this Vault has never issued the accessor, or has long forgotten it",
        |case| {
            let (request, accessor) = asked_accessor(case)?;
            let (thing, list) = match accessor.of {
                AccessorOf::Token => ("token", "auth/token/accessors".to_owned()),
                AccessorOf::SecretId => {
                    let role = accessor.role.as_deref().unwrap_or("ROLE");
                    let mount = request.mount.flatten();
                    let mount = mount.as_deref().unwrap_or("auth/approle/");
                    ("secret id", format!("{mount}role/{role}/secret-id"))
                }
            };
            let found = Finding::certain(
                format!("no {thing} that is there has the accessor, nor one that ended of late"),
                format!("send one that a list of `{list}` gives, of this Vault and this mount"),
            );
            let wants = ["which Vault gave the accessor, and when"];
            Some(found.with_doubt(Certainty::Likely, &wants))
        },
    ),
];

/// What was named, and the request that named it.
fn missing(case: &Case<'_>) -> Option<(Request, Missing)> {
    match because(case, &[Reason::NotFound])? {
        (request, Because::Missing(missing)) => Some((request, missing)),
        _ => None,
    }
}

fn accessor(case: &Case<'_>) -> Option<UnknownAccessor> {
    Some(asked_accessor(case)?.1)
}

/// What was asked for by an accessor, and the request that asked.
fn asked_accessor(case: &Case<'_>) -> Option<(Request, UnknownAccessor)> {
    match because(case, &[Reason::AccessorUnknown])? {
        (request, Because::Accessor(accessor)) => Some((request, accessor)),
        _ => None,
    }
}

/// ``the mount `auth/approle/` has no role `app` ``.
fn absent(request: &Request, missing: &Missing) -> String {
    let mount = words::text(request.mount.as_ref().and_then(Option::as_deref));
    format!(
        "the mount {mount} has no {} `{}`",
        missing.thing, missing.name
    )
}
