//! What policies refuse, whichever door asked: the front door, STS or the gateway.

use authlab_gateway::evidence as gateway;
use authlab_policy::evidence::Decision;
use authlab_policy::{Element, Failing, Layer, NearMiss, Outcome};

use super::entry::Entry;
use super::finding::{Finding, Mender, System};
use crate::case::Case;
use crate::told::Told;

/// The classes, the most specific first.
pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        system: System::Policy,
        class: "trust-subject-mismatch",
        mender: Mender::Owner,
        title: "the role's trust policy names another subject",
        find: |case| {
            let decision = decision(case)?;
            let miss = failing_key(&decision, Layer::Trust, ":sub")?;
            Some(condition(miss, "the subject that the tokens carry"))
        },
    },
    Entry {
        system: System::Policy,
        class: "trust-audience-mismatch",
        mender: Mender::Owner,
        title: "the role's trust policy names another audience",
        find: |case| {
            let decision = decision(case)?;
            let miss = failing_key(&decision, Layer::Trust, ":aud")?;
            Some(condition(miss, "the audience that the tokens carry"))
        },
    },
    Entry {
        system: System::Policy,
        class: "trust-principal-missing",
        mender: Mender::Owner,
        title: "the role's trust policy does not name the caller",
        find: |case| {
            let decision = decision(case)?;
            let mut elements = decision.near_misses.iter().flat_map(|miss| &miss.failing);
            let names_others = elements.any(|failing| failing.element == Element::Principal);
            let silent = decision.near_misses.is_empty();
            let is_trust = decision.layer() == Some(Layer::Trust) && is_implicit(&decision);
            (is_trust && (names_others || silent)).then(|| {
                Finding::certain(
                    format!(
                        "no statement of the trust policy lets {} in",
                        decision.principal
                    ),
                    "name the caller, its role or its account in the trust policy's Principal",
                )
            })
        },
    },
    Entry {
        system: System::Policy,
        class: "sink-policy-resource-type",
        mender: Mender::Owner,
        title: "the sink's policy does not take all the types that the link shares",
        find: |case| {
            let decision = decision(case)?;
            let miss = failing_key(&decision, Layer::Resource, "oam:ResourceTypes")?;
            Some(condition(miss, "every type that the link asks for"))
        },
    },
    Entry {
        system: System::Policy,
        class: "sink-policy-organization",
        mender: Mender::Owner,
        title: "the sink's policy takes accounts of one organization only",
        find: |case| {
            let decision = decision(case)?;
            if !decision.action.starts_with("oam:") {
                return None;
            }
            let miss = failing_key(&decision, Layer::Resource, "aws:PrincipalOrg")?;
            Some(condition(miss, "the organization of the source account"))
        },
    },
    Entry {
        system: System::Policy,
        class: "condition-not-met",
        mender: Mender::Owner,
        title: "a statement allows the action, under a condition that the request does not meet",
        find: |case| {
            let decision = decision(case)?;
            let failing = &decision.near_misses.first()?.failing;
            let only_conditions = failing.iter().all(|failing| failing.key.is_some());
            let first = failing.first().filter(|_| only_conditions)?;
            is_implicit(&decision).then(|| condition(first, "a value that the request has"))
        },
    },
    Entry {
        system: System::Policy,
        class: "policy-denies",
        mender: Mender::Owner,
        title: "a statement denies the action",
        find: |case| {
            let decision = decision(case)?;
            if decision.decision != Outcome::ExplicitDeny {
                return None;
            }
            let by = decision.decided_by.statement()?;
            let statement = match &by.sid {
                Some(sid) => format!("the statement `{sid}`"),
                None => format!("statement {}", by.statement),
            };
            Some(Finding::certain(
                format!(
                    "{statement} of {} ({}) denies {}",
                    by.policy,
                    by.layer.as_str(),
                    asked(&decision)
                ),
                "no Allow outweighs a Deny: change that statement, or the request",
            ))
        },
    },
    Entry {
        system: System::Policy,
        class: "no-policy-allows",
        mender: Mender::Owner,
        title: "no statement of the layer allows the action",
        find: |case| {
            let decision = decision(case)?;
            let layer = decision.layer().filter(|_| is_implicit(&decision))?;
            let layer = layer.as_str();
            let nearest = match decision.near_misses.first() {
                Some(miss) => format!("; the nearest is {}", describe(miss)),
                None => String::new(),
            };
            Some(Finding::certain(
                format!(
                    "nothing in the {layer} layer allows {}{nearest}",
                    asked(&decision)
                ),
                format!("allow {} in the {layer} layer", decision.action),
            ))
        },
    },
];

/// The decision that the refusal is, or that the gateway asked for.
fn decision(case: &Case<'_>) -> Option<Decision> {
    match Told::of(case.refusal()?)? {
        Told::Decision(decided) => Some(decided.decision),
        Told::Audited(decided) => Some(decided.decision),
        Told::Authorization(gateway::Authorization::Invoke(invoke)) => {
            invoke.decision.map(|decided| decided.decision)
        }
        _ => None,
    }
}

fn is_implicit(decision: &Decision) -> bool {
    decision.decision == Outcome::ImplicitDeny
}

fn asked(decision: &Decision) -> String {
    format!("{} on {}", decision.action, decision.resource)
}

/// The condition on a key with this part in its name, where it is all that keeps a statement of
/// `layer` from allowing.
fn failing_key<'d>(decision: &'d Decision, layer: Layer, part: &str) -> Option<&'d Failing> {
    if decision.layer() != Some(layer) || !is_implicit(decision) {
        return None;
    }
    let failing = &decision.near_misses.first()?.failing;
    if failing.iter().any(|failing| failing.key.is_none()) {
        return None;
    }
    let part = part.to_ascii_lowercase();
    failing.iter().find(|failing| {
        let key = failing.key.as_deref().unwrap_or_default();
        key.to_ascii_lowercase().contains(&part)
    })
}

/// What the policy wants and what the request has, and what to put there.
fn condition(failing: &Failing, right_value: &str) -> Finding {
    let key = failing.key.as_deref().unwrap_or("the key");
    let wanted = values(&failing.policy);
    let had = match &failing.request {
        Some(had) => format!("the request has {}", values(had)),
        None => "the request has no such key".to_owned(),
    };
    let operator = failing.element.as_str();
    Finding::certain(
        format!("{operator} wants `{key}` to be {wanted}, {had}"),
        format!("let the condition on `{key}` name {right_value}"),
    )
}

fn values(texts: &[String]) -> String {
    let quoted: Vec<String> = texts.iter().map(|text| format!("`{text}`")).collect();
    if quoted.is_empty() {
        "nothing".to_owned()
    } else {
        quoted.join(" or ")
    }
}

fn describe(miss: &NearMiss) -> String {
    let policy = &miss.policy;
    let statement = match &miss.sid {
        Some(sid) => format!("`{sid}` of {policy}"),
        None => format!("statement {} of {policy}", miss.statement),
    };
    let wants = miss.failing.iter().map(|failing| match &failing.key {
        Some(key) => format!("a condition on {key}"),
        None => failing.element.as_str().to_owned(),
    });
    format!(
        "{statement}, which differs in {}",
        wants.collect::<Vec<_>>().join(", ")
    )
}
