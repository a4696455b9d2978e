//! What a Vault behind the lab refuses without a word, and what a Vault fails at.

use authlab_vault::evidence::{Because, Reason, Request, Unseen};

use super::super::entry::Entry;
use super::super::finding::{Certainty, Finding, Mender};
use super::super::words;
use super::asked::{because, entry, refused};
use crate::case::Case;

/// The classes, the most specific first.
pub(in super::super) const ENTRIES: &[Entry] = &[
    entry(
        "vault-token-not-looked-up",
        Mender::Lab,
        "the lab may not look the caller's token up, and Vault does not say why it refuses it",
        |case| {
            let (request, _) = denied(case).filter(|(_, unseen)| !unseen.is_looked_up)?;
            Some(
                Finding::certain(
                    format!(
                        "Vault refused {}; the lab's own token got no answer from `auth/token/lookup`, \
                         so that token and policies of the caller are not known",
                        asked(&request)
                    ),
                    "give the lab a token that may `update` `auth/token/lookup` and `read` \
                     `sys/policies/acl/*`; then this is told as an ended token or as the rule that refuses",
                )
                .with_doubt(
                    Certainty::Possible,
                    &["what `auth/token/lookup` answers for the caller's token"],
                ),
            )
        },
    ),
    entry(
        "vault-policy-not-read",
        Mender::Lab,
        "a policy of the token could not be read, so that the rule that refuses is not known",
        |case| {
            let (request, unseen) = denied(case).filter(|(_, unseen)| !unseen.unread.is_empty())?;
            let policies = request.policies.as_deref().unwrap_or_default();
            Some(
                Finding::certain(
                    format!(
                        "Vault refused {}; the token has the policies {}, of which the lab could not read {}{}",
                        asked(&request),
                        words::texts(policies),
                        words::texts(&unseen.unread),
                        rule(&request)
                    ),
                    format!(
                        "let the lab's token `read` {} at `sys/policies/acl/`, or see to it that a policy \
                         that it can read gives `{}` on `{}`",
                        words::texts(&unseen.unread),
                        request.method,
                        request.path
                    ),
                )
                .with_doubt(
                    Certainty::Possible,
                    &["what the policies that were not read say of the path"],
                ),
            )
        },
    ),
    entry(
        "vault-denied-beyond-policies",
        Mender::Owner,
        "the token's policies let the request through, and Vault refuses it all the same",
        |case| {
            let (request, _) = denied(case)?;
            let policies = request.policies.as_deref().unwrap_or_default();
            Some(
                Finding::certain(
                    format!(
                        "Vault refused {}; the token has the policies {}{}",
                        asked(&request),
                        words::texts(policies),
                        rule(&request)
                    ),
                    format!(
                        "add `sudo` to the rule, where `{}` is a path that is protected by root; else take \
                         away what refuses beside policies: bound CIDRs of the token, a control group, \
                         Sentinel, or MFA that the path asks for",
                        request.path
                    ),
                )
                .with_doubt(
                    Certainty::Possible,
                    &["the server's audit line of the request, whose `error` names what refused"],
                ),
            )
        },
    ),
    entry(
        "vault-sealed",
        Mender::Owner,
        "the Vault behind the lab is sealed, or stands by",
        |case| {
            let request = failed(case).filter(|request| request.status == Some(503))?;
            Some(Finding::certain(
                format!(
                    "the server answered {} with 503: {}",
                    asked(&request),
                    words::text(request.message.as_deref())
                ),
                "unseal the server (`sys/unseal`, or its auto-unseal key), or send requests to the node \
                 that is active; `sys/health` answers 503 for sealed, 429 for standby",
            ))
        },
    ),
    entry(
        "vault-server-failed",
        Mender::Owner,
        "the Vault behind the lab failed at the request",
        |case| {
            let request = failed(case)?;
            let status = request.status.unwrap_or(500);
            let fix = match status {
                502 => {
                    "mend the system that the engine or the method calls (database, cloud, identity \
                     provider): the server could not reach it, or was refused by it"
                }
                _ => {
                    "mend in the server what its message names: storage, plugin or engine; its log has \
                     the request by its id"
                }
            };
            Some(Finding::certain(
                format!(
                    "the server answered {} with {status}: {}",
                    asked(&request),
                    words::text(request.message.as_deref())
                ),
                fix,
            ))
        },
    ),
    entry(
        "vault-fault",
        Mender::Nobody,
        "the lab's Vault failed at the request",
        |case| {
            let request = refused(case, Reason::InternalError)?;
            request.mount.as_ref()?;
            Some(Finding::certain(
                format!(
                    "{} ended with {}: {}",
                    asked(&request),
                    request.status.unwrap_or(500),
                    words::text(request.message.as_deref())
                ),
                "leave the request out of what is tried here, and report it with this line: no answer of \
                 Vault's is simulated for it",
            ))
        },
    ),
];

/// A request that the server refused without a word, and what the lab could not see.
fn denied(case: &Case<'_>) -> Option<(Request, Unseen)> {
    match because(case, &[Reason::PermissionDenied])? {
        (request, Because::Unseen(unseen)) => Some((request, unseen)),
        _ => None,
    }
}

/// A request at which the server behind the lab failed.
fn failed(case: &Case<'_>) -> Option<Request> {
    match because(case, &[Reason::InternalError])? {
        (request, Because::Unseen(_)) => Some(request),
        _ => None,
    }
}

fn asked(request: &Request) -> String {
    format!("the {} of `{}`", request.method, request.path)
}

/// The rule that the lab found, as far as it did.
fn rule(request: &Request) -> String {
    let Some(decision) = &request.decision else {
        return String::new();
    };
    match &decision.rule {
        Some(rule) => format!(
            ", whose rule `{rule}` of {} gives {}",
            words::texts(&decision.rule_policies),
            words::texts(&decision.capabilities)
        ),
        None => match decision.near.first() {
            Some(near) => format!(
                "; no rule that was read matches, nearly does `{}` of {}",
                near.seen.rule,
                words::texts(&near.seen.policies)
            ),
            None => "; no rule that was read matches".to_owned(),
        },
    }
}
