//! Refusals by policies.

use authlab_vault::evidence::{PathDecision, Reason, Request, RuleSeen, Why};

use super::super::entry::Entry;
use super::super::finding::{Finding, Mender};
use super::super::words;
use super::asked::{entry, refused, span};
use crate::case::Case;

/// The classes, the most specific first.
pub(in super::super) const ENTRIES: &[Entry] = &[
    entry(
        "vault-rule-denies",
        Mender::Nobody,
        "a rule of the token's policies denies the path",
        |case| {
            let (request, decision) = by(case, |why| *why == Why::RuleDenies)?;
            let others = others(&decision, "matches less well and does not count");
            Some(Finding::certain(
                format!(
                    "the rule {} of {} matches `{}` best, and it denies{others}",
                    words::text(decision.rule.as_deref()),
                    words::texts(&decision.rule_policies),
                    request.path,
                ),
                "the denial is deliberate: ask the owner of that policy; nothing else that the \
                 token may does away with it",
            ))
        },
    ),
    entry(
        "vault-template-unresolved",
        Mender::Owner,
        "a rule fell away, since its template has no value for this token",
        template_unresolved,
    ),
    entry(
        "vault-parameter-missing",
        Mender::Caller,
        "the rule requires a parameter that the request does not have",
        |case| {
            let (request, decision) = by(case, |why| matches!(why, Why::ParameterRequired(_)))?;
            let name = parameter(&decision)?;
            Some(Finding::certain(
                format!(
                    "the rule {} of {} lets `{}` through with {} only, and `{name}` is missing",
                    words::text(decision.rule.as_deref()),
                    words::texts(&decision.rule_policies),
                    request.path,
                    words::texts(decision.parameters.as_deref().unwrap_or_default()),
                ),
                format!("send `{name}`"),
            ))
        },
    ),
    entry(
        "vault-parameter-refused",
        Mender::Caller,
        "a parameter of the request, or its value, is not one that the rule lets through",
        parameter_refused,
    ),
    entry(
        "vault-wrapping-bounds",
        Mender::Caller,
        "the answer is to be wrapped within the bounds of the rule",
        wrapping_bounds,
    ),
    entry(
        "vault-list-too-long",
        Mender::Caller,
        "the list asks for more names than the rule lets it",
        |case| {
            let (request, decision) = by(case, |why| matches!(why, Why::PaginationLimit(_)))?;
            let limit = match decision.refused?.why {
                Why::PaginationLimit(limit) => limit,
                _ => return None,
            };
            Some(Finding::certain(
                format!(
                    "the rule {} gives {limit} names of `{}` at a time",
                    words::text(decision.rule.as_deref()),
                    request.path
                ),
                format!("ask with `limit={limit}`, and go on with `after`"),
            ))
        },
    ),
    entry(
        "vault-sudo-missing",
        Mender::Owner,
        "the path wants `sudo` beside the capability",
        |case| {
            let (request, decision) = by(case, |why| *why == Why::CapabilityMissing)?;
            (decision.refused.as_ref()?.lacking.as_deref() == Some("sudo")).then(|| {
                Finding::certain(
                    format!(
                        "`{}` is a protected path, and the rule {} of {} has {} without `sudo`",
                        request.path,
                        words::text(decision.rule.as_deref()),
                        words::texts(&decision.rule_policies),
                        words::texts(&decision.capabilities),
                    ),
                    "let an operator do it, or add `sudo` to that rule for those who are to",
                )
            })
        },
    ),
    entry(
        "vault-capability-missing",
        Mender::Owner,
        "the rule that decides does not give the capability",
        |case| {
            let (request, decision) = by(case, |why| *why == Why::CapabilityMissing)?;
            let lacking = decision.refused.as_ref()?.lacking.clone()?;
            let others = others(&decision, "matches less well and does not count");
            let rule = words::text(decision.rule.as_deref());
            let of = words::texts(&decision.rule_policies);
            Some(Finding::certain(
                format!(
                    "the token asks for `{lacking}` of `{}`; the rule {rule} of {of} matches best \
                     and has {}{others}",
                    request.path,
                    words::texts(&decision.capabilities),
                ),
                format!(
                    "add `{lacking}` to the rule {rule} of {of}, or log in by a role that has it"
                ),
            ))
        },
    ),
    entry(
        "vault-policy-unwritten",
        Mender::Owner,
        "the token has a policy that is not written",
        |case| {
            let (request, decision) = by(case, |why| *why == Why::NoRule)?;
            let unwritten = decision.unwritten.filter(|names| !names.is_empty())?;
            let names = words::texts(&unwritten);
            Some(Finding::certain(
                format!(
                    "the token has {names}, which does not exist, and no rule of its other \
                     policies matches `{}`",
                    request.path
                ),
                format!("write {names}, or give the role the name of the policy that was meant"),
            ))
        },
    ),
    entry(
        "vault-policy-path",
        Mender::Owner,
        "no policy of the token reaches the path",
        |case| {
            let request = refused(case, Reason::PolicyDenied)?;
            let policies = words::texts(request.policies.as_deref().unwrap_or_default());
            Some(Finding::certain(
                format!(
                    "the token has the policies {policies}, and asks for {} of `{}`: no rule of \
                     theirs matches it",
                    asked(&request),
                    request.path
                ),
                format!(
                    "log in by a role that has a policy for it, or let a policy of this one name \
                     `{}` with {}",
                    request.path,
                    asked(&request)
                ),
            ))
        },
    ),
];

/// What the request asked for.
pub(super) fn asked(request: &Request) -> String {
    let refused = request
        .decision
        .as_ref()
        .and_then(|one| one.refused.as_ref());
    let lacking = refused.and_then(|refused| refused.lacking.as_ref());
    words::text(Some(lacking.unwrap_or(&request.method)))
}

/// The request that policies refused for such a reason.
fn by(case: &Case<'_>, is_meant: impl Fn(&Why) -> bool) -> Option<(Request, PathDecision)> {
    let request = refused(case, Reason::PolicyDenied)?;
    let decision = request.decision.clone()?;
    is_meant(&decision.refused.as_ref()?.why).then_some((request, decision))
}

/// The rules that match less well, in words behind a sentence.
fn others(decision: &PathDecision, what: &str) -> String {
    let one = |rule: &RuleSeen| {
        format!(
            "`{}` of {} has {}",
            rule.rule,
            words::texts(&rule.policies),
            words::texts(&rule.capabilities)
        )
    };
    let others: Vec<String> = decision.passed_over.iter().map(one).collect();
    if others.is_empty() {
        String::new()
    } else {
        format!("; {}, and {what}", others.join("; "))
    }
}

fn parameter(decision: &PathDecision) -> Option<String> {
    match &decision.refused.as_ref()?.why {
        Why::ParameterRequired(name)
        | Why::ParameterDenied(name)
        | Why::ParameterNotAllowed(name) => Some(name.clone()),
        _ => None,
    }
}

fn template_unresolved(case: &Case<'_>) -> Option<Finding> {
    let (request, decision) = by(case, |why| *why == Why::TemplateUnresolved)?;
    let unresolved = decision.unresolved?;
    let first = unresolved.first()?;
    let (policy, rule) = (&first.policy, &first.path);
    let template = words::text(first.template.as_deref());
    let (why, fix) = if first.has_entity {
        (
            format!("the token's entity has no value for {template}"),
            format!("give the entity, its alias or its group what {template} names"),
        )
    } else {
        (
            format!("the token has no entity, and {template} is of one"),
            "log in by an auth method: tokens that are made at auth/token have no entity unless \
             their role gives them an alias"
                .to_owned(),
        )
    };
    Some(Finding::certain(
        format!(
            "the rule `{rule}` of `{policy}` might match `{}`, and counts for nothing: {why}",
            request.path
        ),
        fix,
    ))
}

fn parameter_refused(case: &Case<'_>) -> Option<Finding> {
    let is_meant = |why: &Why| matches!(why, Why::ParameterDenied(_) | Why::ParameterNotAllowed(_));
    let (request, decision) = by(case, is_meant)?;
    let name = parameter(&decision)?;
    let named = words::texts(decision.parameters.as_deref().unwrap_or_default());
    let rule = words::text(decision.rule.as_deref());
    let of = words::texts(&decision.rule_policies);
    let is_denied = matches!(decision.refused.as_ref()?.why, Why::ParameterDenied(_));
    let what = if is_denied {
        format!("denies {named}, and the request has `{name}` with a value that is meant")
    } else {
        format!("allows {named} only, with the values that it lists, and the request has `{name}`")
    };
    // KV version 2 wraps what it is given (Vault, `docs/concepts/policies`, "Parameter constraints").
    let is_kv_data = name == "data" && request.path.contains("/data/");
    let fix = if is_kv_data {
        "KV version 2 sends the values inside `data`, which parameters of a policy cannot look \
         into: they are for KV version 1 and for other engines"
            .to_owned()
    } else if is_denied {
        format!("leave `{name}` out, or send a value that is not denied")
    } else {
        format!("send {named} only, with a value that the rule lists")
    };
    Some(Finding::certain(
        format!("the rule {rule} of {of} {what}"),
        fix,
    ))
}

fn wrapping_bounds(case: &Case<'_>) -> Option<Finding> {
    let (_, decision) = by(case, |why| *why == Why::WrappingTtl)?;
    let bounds = decision.wrapping?;
    let least = bounds
        .min_seconds
        .map(|least| format!("at least {}", span(least)));
    let most = bounds
        .max_seconds
        .map(|most| format!("at most {}", span(most)));
    let within: Vec<String> = least.into_iter().chain(most).collect();
    let within = within.join(" and ");
    let asked = match bounds.asked_seconds {
        Some(asked) => format!("the request asks for {}", span(asked)),
        None => "the request does not ask for wrapping".to_owned(),
    };
    Some(Finding::certain(
        format!(
            "the rule {} of {} wants the answer wrapped for {within}; {asked}",
            words::text(decision.rule.as_deref()),
            words::texts(&decision.rule_policies),
        ),
        format!("send the header `X-Vault-Wrap-TTL` with {within}, and unwrap the answer"),
    ))
}
