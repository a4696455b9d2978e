//! What policies refuse, whichever door asked: the front door, STS or the gateway.

use authlab_kernel::journal::Event;
use serde_json::Value;

use super::{Entry, Mender};

/// The classes, the most specific first.
pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        class: "trust-subject-mismatch",
        mender: Mender::Owner,
        title: "the role's trust policy names another subject",
        find: |event| {
            let miss = failing_key(decision(event)?, "trust", ":sub")?;
            Some(condition_texts(&miss, "the subject that the tokens carry"))
        },
    },
    Entry {
        class: "trust-audience-mismatch",
        mender: Mender::Owner,
        title: "the role's trust policy names another audience",
        find: |event| {
            let miss = failing_key(decision(event)?, "trust", ":aud")?;
            Some(condition_texts(&miss, "the audience that the tokens carry"))
        },
    },
    Entry {
        class: "trust-principal-missing",
        mender: Mender::Owner,
        title: "the role's trust policy does not name the caller",
        find: |event| {
            let decision = decision(event)?;
            let names_others = near_misses(decision)
                .any(|miss| failing(miss).any(|it| it["element"] == "Principal"));
            let silent = near_misses(decision).next().is_none();
            (layer(decision)? == "trust" && is_implicit(decision) && (names_others || silent)).then(
                || {
                    (
                        format!(
                            "no statement of the trust policy lets {} in",
                            caller(decision)
                        ),
                        "name the caller, its role or its account in the trust policy's Principal"
                            .into(),
                    )
                },
            )
        },
    },
    Entry {
        class: "sink-policy-resource-type",
        mender: Mender::Owner,
        title: "the sink's policy does not take all the types that the link shares",
        find: |event| {
            let miss = failing_key(decision(event)?, "resource", "oam:ResourceTypes")?;
            Some(condition_texts(&miss, "every type that the link asks for"))
        },
    },
    Entry {
        class: "sink-policy-organization",
        mender: Mender::Owner,
        title: "the sink's policy takes accounts of one organization only",
        find: |event| {
            let decision = decision(event)?;
            if !text(decision, "action")?.starts_with("oam:") {
                return None;
            }
            let miss = failing_key(decision, "resource", "aws:PrincipalOrg")?;
            Some(condition_texts(
                &miss,
                "the organization of the source account",
            ))
        },
    },
    Entry {
        class: "condition-not-met",
        mender: Mender::Owner,
        title: "a statement allows the action, under a condition that the request does not meet",
        find: |event| {
            let decision = decision(event)?;
            let nearest = near_misses(decision).next()?;
            let failing: Vec<&Value> = failing(nearest).collect();
            let only_conditions = failing.iter().all(|it| it.get("key").is_some());
            (is_implicit(decision) && only_conditions && !failing.is_empty())
                .then(|| condition_texts(failing[0], "a value that the request has"))
        },
    },
    Entry {
        class: "policy-denies",
        mender: Mender::Owner,
        title: "a statement denies the action",
        find: |event| {
            let decision = decision(event)?;
            if text(decision, "decision")? != "ExplicitDeny" {
                return None;
            }
            let by = decision.get("decided_by")?;
            let statement = match by.get("sid").and_then(Value::as_str) {
                Some(sid) => format!("the statement `{sid}`"),
                None => format!("statement {}", by.get("statement").unwrap_or(&Value::Null)),
            };
            let policy = by
                .get("policy")
                .and_then(Value::as_str)
                .unwrap_or("a policy");
            Some((
                format!(
                    "{statement} of {policy} ({}) denies {}",
                    layer(decision)?,
                    asked(decision)
                ),
                "no Allow outweighs a Deny: change that statement, or the request".into(),
            ))
        },
    },
    Entry {
        class: "no-policy-allows",
        mender: Mender::Owner,
        title: "no statement of the layer allows the action",
        find: |event| {
            let decision = decision(event)?;
            let layer = layer(decision).filter(|_| is_implicit(decision))?;
            let nearest = match near_misses(decision).next() {
                Some(miss) => format!("; the nearest is {}", describe(miss)),
                None => String::new(),
            };
            Some((
                format!(
                    "nothing in the {layer} layer allows {}{nearest}",
                    asked(decision)
                ),
                format!("allow {} in the {layer} layer", text(decision, "action")?),
            ))
        },
    },
    Entry {
        class: "session-expired",
        mender: Mender::Caller,
        title: "the session has expired",
        find: |event| {
            (event.reason.as_deref() == Some("credential-expired")).then(|| {
                (
                    "the temporary credentials ended before the call".to_owned(),
                    "assume the role again before the session ends; let the SDK refresh it"
                        .to_owned(),
                )
            })
        },
    },
    Entry {
        class: "signing-clock-skew",
        mender: Mender::Caller,
        title: "the signer's clock differs from the service's",
        find: |event| {
            (event.reason.as_deref() == Some("clock-skew")).then(|| {
                let message = event.detail.pointer("/message").and_then(Value::as_str);
                (
                    message
                        .unwrap_or("the signed date is outside the service's window")
                        .to_owned(),
                    "set the signer's clock right".to_owned(),
                )
            })
        },
    },
    Entry {
        class: "signature-mismatch",
        mender: Mender::Caller,
        title: "what was signed is not what arrived",
        find: |event| {
            (event.reason.as_deref() == Some("signature-mismatch")).then(|| {
                (
                    "the signature does not fit the request as it arrived, or the secret is another".to_owned(),
                    "compare the canonical request with what the client signed: a proxy that changes \
                     path, query or signed headers breaks it"
                        .to_owned(),
                )
            })
        },
    },
];

/// The decision that an event carries: itself, or beneath `decision` where the gateway asked.
fn decision(event: &Event) -> Option<&Value> {
    let nested = event
        .detail
        .pointer("/decision")
        .filter(|nested| nested.is_object());
    nested.or_else(|| event.detail.get("decided_by").map(|_| &event.detail))
}

fn text<'a>(decision: &'a Value, member: &str) -> Option<&'a str> {
    decision.get(member)?.as_str()
}

fn layer(decision: &Value) -> Option<&str> {
    decision.pointer("/decided_by/layer")?.as_str()
}

fn is_implicit(decision: &Value) -> bool {
    text(decision, "decision") == Some("ImplicitDeny")
}

fn caller(decision: &Value) -> &str {
    text(decision, "principal").unwrap_or("the caller")
}

fn asked(decision: &Value) -> String {
    let action = text(decision, "action").unwrap_or("the action");
    match text(decision, "resource") {
        Some(resource) => format!("{action} on {resource}"),
        None => action.to_owned(),
    }
}

fn near_misses(decision: &Value) -> impl Iterator<Item = &Value> {
    decision
        .get("near_misses")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
}

fn failing(miss: &Value) -> impl Iterator<Item = &Value> {
    miss.get("failing")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
}

/// The condition on a key with this part in its name, where it is all that keeps a statement of
/// `layer` from allowing.
fn failing_key(decision: &Value, wanted_layer: &str, part: &str) -> Option<Value> {
    if layer(decision)? != wanted_layer || !is_implicit(decision) {
        return None;
    }
    let nearest = near_misses(decision).next()?;
    if failing(nearest).any(|it| it.get("key").is_none()) {
        return None;
    }
    let has_part = |it: &&Value| {
        let key = it["key"].as_str().unwrap_or_default().to_ascii_lowercase();
        key.contains(&part.to_ascii_lowercase())
    };
    failing(nearest).find(has_part).cloned()
}

/// What the policy wants and what the request has, and what to put there.
fn condition_texts(failing: &Value, right_value: &str) -> (String, String) {
    let key = failing["key"].as_str().unwrap_or("the key");
    let operator = failing["element"].as_str().unwrap_or("the condition");
    let wanted = values(failing.get("policy"));
    let had = match failing.get("request") {
        Some(values_) => format!("the request has {}", values(Some(values_))),
        None => "the request has no such key".to_owned(),
    };
    (
        format!("{operator} wants `{key}` to be {wanted}, {had}"),
        format!("let the condition on `{key}` name {right_value}"),
    )
}

fn values(list: Option<&Value>) -> String {
    let texts = list
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(Value::as_str);
    let quoted: Vec<String> = texts.map(|text| format!("`{text}`")).collect();
    if quoted.is_empty() {
        "nothing".to_owned()
    } else {
        quoted.join(" or ")
    }
}

fn describe(miss: &Value) -> String {
    let policy = miss["policy"].as_str().unwrap_or("a policy");
    let statement = match miss.get("sid").and_then(Value::as_str) {
        Some(sid) => format!("`{sid}` of {policy}"),
        None => format!("statement {} of {policy}", miss["statement"]),
    };
    let wants = failing(miss).map(|it| match it.get("key").and_then(Value::as_str) {
        Some(key) => format!("a condition on {key}"),
        None => it["element"].as_str().unwrap_or_default().to_owned(),
    });
    format!(
        "{statement}, which differs in {}",
        wants.collect::<Vec<_>>().join(", ")
    )
}
