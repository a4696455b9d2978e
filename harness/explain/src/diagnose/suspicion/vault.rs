//! Rules of Vault that have no effect, and logins that ask for little.

use authlab_kernel::Component;
use authlab_vault::evidence::{Miss, NearRule, PathDecision, Request, RuleSeen};
use serde_json::Value;

use super::super::entry::Entry;
use super::super::finding::{Certainty, Finding, Mender, System};
use super::super::vault::token::capped;
use super::super::words;
use crate::case::Case;

/// The classes, the most specific first.
pub(in super::super) const ENTRIES: &[Entry] = &[
    Entry {
        system: System::Vault,
        class: "vault-deny-without-data",
        mender: Mender::Owner,
        title: "a denial has no effect, since it names the secret's path without `data/`",
        find: |case| {
            let (request, decision) = decided(case, |decision| {
                denial(decision, &[Miss::RuleWithoutData]).is_some()
            })?;
            let denial = denial(&decision, &[Miss::RuleWithoutData])?;
            let mount = request.mount.flatten().unwrap_or_default();
            let rest = denial.seen.rule.strip_prefix(&mount).unwrap_or_default();
            let of = words::texts(&denial.seen.policies);
            Some(Finding::certain(
                format!(
                    "the rule `{}` of {of} denies, and does not match `{}`; {} let it through",
                    denial.seen.rule,
                    request.path,
                    winner(&decision),
                ),
                format!(
                    "write the denial of {of} for `{mount}data/{rest}`, and for \
                     `{mount}metadata/{rest}` where names are not to be seen either"
                ),
            ))
        },
    },
    Entry {
        system: System::Vault,
        class: "vault-deny-passed-over",
        mender: Mender::Owner,
        title: "a denial has no effect, since another rule matches better",
        find: |case| {
            let (request, decision) = decided(case, |decision| lost(decision).is_some())?;
            let lost = lost(&decision)?;
            let of = words::texts(&lost.policies);
            let found = Finding::certain(
                format!(
                    "the rule `{}` of {of} denies `{}` as well, and does not count: {} matches \
                     better, and only the best match decides",
                    lost.rule,
                    request.path,
                    winner(&decision),
                ),
                format!(
                    "if it is to be denied, write the denial of {of} for the same path as the rule \
                     that won (`{}`), or for a longer one",
                    decision.rule.clone().unwrap_or_default(),
                ),
            );
            let wants = ["whether the exception from the denial is meant"];
            Some(found.with_doubt(Certainty::Likely, &wants))
        },
    },
    Entry {
        system: System::Vault,
        class: "vault-deny-not-matching",
        mender: Mender::Owner,
        title: "a denial has no effect, since a wildcard in it stands where it is none",
        find: |case| {
            let misses = [Miss::StarInside, Miss::PlusInside, Miss::Case];
            let (request, decision) =
                decided(case, |decision| denial(decision, &misses).is_some())?;
            let denial = denial(&decision, &misses)?;
            let what = match denial.miss {
                Miss::StarInside => "a `*` counts at the end of a rule only",
                Miss::PlusInside => "a `+` counts only where it is a whole segment",
                _ => "they differ in upper and lower case",
            };
            Some(Finding::certain(
                format!(
                    "the rule `{}` of {} denies, and does not match `{}`: {what}; {} let it through",
                    denial.seen.rule,
                    words::texts(&denial.seen.policies),
                    request.path,
                    winner(&decision),
                ),
                "write the denial with `+` for a whole segment and `*` at its end",
            ))
        },
    },
    Entry {
        system: System::Vault,
        class: "vault-template-wildcard",
        mender: Mender::Owner,
        title: "a name in the template of a rule is read as a wildcard",
        find: |case| {
            let (request, decision) = decided(case, |decision| decision.templated.is_some())?;
            let templated = decision.templated?;
            let (policy, path) = (&templated.policy, &templated.path);
            Some(Finding::certain(
                format!(
                    "the rule `{path}` of `{policy}` became `{}` with what the entity is called, \
                     and let `{}` through",
                    templated.filled, request.path,
                ),
                format!(
                    "let `{path}` of `{policy}` name what nobody gives himself, such as \
                     `identity.entity.id`; and let no entity, alias or metadata be called by `+`, \
                     `*` or `/`"
                ),
            ))
        },
    },
    Entry {
        system: System::Vault,
        class: "vault-renewal-shortened",
        mender: Mender::Caller,
        title: "a renewal gave less than was asked for: the longest time to live is near",
        find: |case| {
            let request = requests(case)?.find(|request| renewal_cap(request).is_some())?;
            let cap = renewal_cap(&request)?;
            let left = request.issued.as_ref()?.ttl_seconds?;
            Some(Finding::certain(
                format!(
                    "{left} s are left, cut short by {}, with nothing but a warning in the answer",
                    capped(cap)
                ),
                "log in again before that, or let the role issue periodic tokens (`token_period`)",
            ))
        },
    },
    Entry {
        system: System::Vault,
        class: "vault-role-binds-nobody",
        mender: Mender::Owner,
        title: "the Vault role lets in every token of the issuer that has the audience",
        find: |case| {
            let request = requests(case)?.find(binds_nobody)?;
            let login = request.jwt()?;
            Some(Finding::certain(
                format!(
                    "the role `{}` has neither `bound_subject` nor `bound_claims`: whoever gets a \
                     token of this issuer for {} logs in by it",
                    login.role,
                    words::texts(login.bound_audiences.as_deref().unwrap_or_default()),
                ),
                "bind the role to what tells its callers from others: `bound_subject`, or a claim \
                 such as the repository, the tenant or the client",
            ))
        },
    },
];

/// The requests that Vault let through in the course of the case.
fn requests<'a>(case: &'a Case<'_>) -> Option<impl Iterator<Item = Request> + 'a> {
    Some(case.allowed()?.told::<Request>(Component::Vault))
}

/// The first request that was let through with such a decision.
fn decided(
    case: &Case<'_>,
    is_meant: impl Fn(&PathDecision) -> bool,
) -> Option<(Request, PathDecision)> {
    let with = |request: Request| {
        let decision = request.decision.clone()?;
        is_meant(&decision).then_some((request, decision))
    };
    requests(case)?.find_map(with)
}

/// A denial that nearly matches.
fn denial<'d>(decision: &'d PathDecision, misses: &[Miss]) -> Option<&'d NearRule> {
    let denies = |rule: &&NearRule| {
        rule.seen.capabilities.iter().any(|one| one == "deny") && misses.contains(&rule.miss)
    };
    decision.near.iter().find(denies)
}

/// A denial that matches, and less well.
fn lost(decision: &PathDecision) -> Option<&RuleSeen> {
    let denies = |rule: &&RuleSeen| rule.capabilities.iter().any(|one| one == "deny");
    decision.passed_over.iter().find(denies)
}

fn winner(decision: &PathDecision) -> String {
    format!(
        "the rule {} of {} with {}",
        words::text(decision.rule.as_deref()),
        words::texts(&decision.rule_policies),
        words::texts(&decision.capabilities),
    )
}

fn renewal_cap(request: &Request) -> Option<authlab_vault::evidence::Cap> {
    let is_renewal = request.path.contains("auth/token/renew");
    request.issued.as_ref()?.cap.filter(|_| is_renewal)
}

fn binds_nobody(request: &Request) -> bool {
    let Some(login) = request.jwt() else {
        return false;
    };
    let no_claims = match &login.bound_claims {
        Value::Object(claims) => claims.is_empty(),
        Value::Null => true,
        _ => false,
    };
    // Of a relay's role not everything is known.
    let no_subject = login.bound_subject.as_deref() == Some("");
    request.mount.is_some() && no_claims && no_subject
}
