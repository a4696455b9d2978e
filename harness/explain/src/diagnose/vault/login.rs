//! Logins by a name and a secret, and roles that are not there.

use authlab_vault::evidence::{Because, CredentialFault, Proof, Reason, Request, UnknownRole};

use super::super::entry::Entry;
use super::super::finding::{Finding, Mender};
use super::super::words;
use super::asked::{because, entry, refused};
use crate::case::Case;

/// The classes, the most specific first.
pub(in super::super) const ENTRIES: &[Entry] = &[
    entry(
        "vault-secret-id-ended",
        Mender::Caller,
        "the secret id's time is over",
        |case| {
            let request = refused(case, Reason::InvalidCredentials)?;
            let Some(Proof::SecretId(secret)) = request.proof else {
                return None;
            };
            let at = secret.secret_id_expired_at.map(|at| at.to_string());
            Some(Finding::certain(
                format!(
                    "the secret id with the accessor `{}` ended at {}",
                    secret.secret_id_accessor,
                    words::text(at.as_deref()),
                ),
                "get a new secret id from whoever hands them out; `secret_id_ttl` of the role says \
                 how long one lasts",
            ))
        },
    ),
    entry(
        "vault-secret-id-other-role",
        Mender::Caller,
        "the secret id is that of another role",
        |case| {
            let role = credential(case, CredentialFault::SecretIdOfAnotherRole)?;
            Some(Finding::certain(
                format!(
                    "the role id is that of {role}, and the secret id was made for another role"
                ),
                "send role id and secret id of one role",
            ))
        },
    ),
    entry(
        "vault-secret-id-unknown",
        Mender::Caller,
        "the role has no such secret id",
        |case| {
            let role = credential(case, CredentialFault::SecretIdUnknown)?;
            Some(Finding::certain(
                format!("the role id is that of {role}, which has no such secret id (any more)"),
                "get a new secret id: one goes with its last use (`secret_id_num_uses`), with its \
                 time, and when it is destroyed",
            ))
        },
    ),
    entry(
        "vault-role-id-unknown",
        Mender::Caller,
        "no role has the role id",
        |case| {
            credential(case, CredentialFault::RoleIdUnknown)?;
            Some(Finding::certain(
                "no role of the mount has the role id that was sent",
                "read it at auth/approle/role/<role>/role-id: a role that was deleted and written \
                 again has another one",
            ))
        },
    ),
    entry(
        "vault-user-unknown",
        Mender::Caller,
        "no user has the name",
        |case| {
            let user = credential(case, CredentialFault::UserUnknown)?;
            Some(Finding::certain(
                format!("the mount has no user {user}"),
                "log in by a name that a list of the mount's `users` gives, at the mount that has it: each \
                 has users of its own",
            ))
        },
    ),
    entry(
        "vault-password-wrong",
        Mender::Caller,
        "the user has another password",
        |case| {
            let user = credential(case, CredentialFault::PasswordWrong)?;
            Some(Finding::certain(
                format!("the user {user} is there, and has another password"),
                "send the right password; after some failures the user is locked out for a while",
            ))
        },
    ),
    entry(
        "vault-user-locked-out",
        Mender::Caller,
        "the user is locked out after too many failures",
        |case| {
            let (_, because) = because(case, &[Reason::UserLockedOut])?;
            let Because::Lockout(lockout) = because else {
                return None;
            };
            let until = words::text(lockout.until.map(|at| at.to_string()).as_deref());
            let user = &lockout.user;
            Some(Finding::certain(
                format!(
                    "the login of `{user}` failed {} times, {} are too many: it is refused until \
                     {until}, whatever the password",
                    lockout.failures, lockout.threshold,
                ),
                format!(
                    "wait until {until}, or let an operator unlock `{user}` at sys/locked-users; \
                     find the client that keeps trying an old password",
                ),
            ))
        },
    ),
    entry(
        "vault-role-missing",
        Mender::Owner,
        "Vault has no such role",
        |case| {
            let reasons = [Reason::AwsRoleUnknown, Reason::JwtRoleUnknown];
            let (request, because) = because(case, &reasons)?;
            let Because::Role(unknown) = because else {
                return None;
            };
            let mount = mount(&request);
            Some(Finding::certain(
                format!(
                    "the login at `{mount}` asks for the role `{}`; there are {}",
                    unknown.role,
                    words::texts(&unknown.known),
                ),
                role_fix(&unknown, &mount),
            ))
        },
    ),
];

/// The name in a login that failed so.
fn credential(case: &Case<'_>, fault: CredentialFault) -> Option<String> {
    match because(case, &[Reason::InvalidCredentials])?.1 {
        Because::Credential(credential) if credential.fault == fault => {
            Some(words::text(credential.name.as_deref()))
        }
        _ => None,
    }
}

/// The path of the mount of a login.
fn mount(request: &Request) -> String {
    let mount = request.mount.clone().flatten();
    mount.unwrap_or_else(|| request.path.trim_end_matches("login").to_owned())
}

fn role_fix(unknown: &UnknownRole, mount: &str) -> String {
    let is_near = |known: &&String| {
        let (one, other) = (known.to_lowercase(), unknown.role.to_lowercase());
        one.contains(&other) || other.contains(&one) || differ_by_one(&one, &other)
    };
    match unknown.known.iter().find(is_near) {
        Some(near) => format!(
            "name `{near}`, if that is meant, or write the role at {mount}role/{}",
            unknown.role
        ),
        None => format!(
            "write the role at {mount}role/{}, or name the right one",
            unknown.role
        ),
    }
}

/// Whether two names are one but for a character too many, too few, or another.
fn differ_by_one(one: &str, other: &str) -> bool {
    let (one, other): (Vec<char>, Vec<char>) = (one.chars().collect(), other.chars().collect());
    let same_start = one.iter().zip(&other).take_while(|(a, b)| a == b).count();
    let rests = (&one[same_start..], &other[same_start..]);
    let same_end = rests.0.iter().rev().zip(rests.1.iter().rev());
    let same_end = same_end.take_while(|(a, b)| a == b).count();
    rests.0.len() - same_end <= 1 && rests.1.len() - same_end <= 1
}
