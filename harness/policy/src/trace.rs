//! The full account of a decision: every layer, statement, element and condition key.
//!
//! The text form leaves out what speaks of other actions; the JSON form leaves out nothing.

use std::fmt;

use serde::Serialize;

use crate::condition::Condition;
use crate::decide::{Check, Decision, Layer, PrincipalForm, Space, action_at, decide, form_of};
use crate::document::{Effect, Statement};
use crate::request::{Policy, PolicySet, Request};

/// How a decision came about.
#[derive(Debug, Clone, Serialize)]
pub struct Trace {
    /// The caller as messages name it.
    pub principal: String,
    /// The result.
    pub decision: Decision,
    /// [`Decision::explain`].
    pub summary: String,
    /// The request itself and the additional checks.
    pub checks: Vec<CheckTrace>,
}

/// One permission check.
#[derive(Debug, Clone, Serialize)]
pub struct CheckTrace {
    /// `service:Operation`.
    pub action: String,
    /// ARN or `*`.
    pub resource: String,
    /// Whether caller and resource belong to one account.
    pub same_account: bool,
    /// Layers that have documents, in the order of evaluation.
    pub layers: Vec<LayerTrace>,
}

/// What one layer says.
#[derive(Debug, Clone, Serialize)]
pub struct LayerTrace {
    /// The layer.
    pub layer: Layer,
    /// `denies`, `allows`, `silent`, or `not asked` where a rule exempts the request.
    pub verdict: &'static str,
    /// Its documents.
    pub policies: Vec<PolicyTrace>,
}

/// One document.
#[derive(Debug, Clone, Serialize)]
pub struct PolicyTrace {
    /// The policy's name.
    pub name: String,
    /// Level from the root down; SCPs and RCPs only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub level_index: Option<usize>,
    /// Its statements.
    pub statements: Vec<StatementTrace>,
}

/// One statement.
#[derive(Debug, Clone, Serialize)]
pub struct StatementTrace {
    /// Position in the document.
    pub index: usize,
    /// The statement's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sid: Option<String>,
    /// `Allow` or `Deny`.
    pub effect: &'static str,
    /// Whether it names the caller; absent in documents without principals.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub principal: Option<bool>,
    /// By which name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub principal_form: Option<PrincipalForm>,
    /// The Action element.
    pub action: ElementTrace,
    /// The Resource element; absent in trust policies.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resource: Option<ElementTrace>,
    /// Every key of every operator.
    pub conditions: Vec<ConditionTrace>,
    /// Everything matches: the statement counts.
    pub matches: bool,
}

/// Action or Resource.
#[derive(Debug, Clone, Serialize)]
pub struct ElementTrace {
    /// `NotAction`, `NotResource`.
    pub negated: bool,
    /// As the policy spells it.
    pub values: Vec<String>,
    /// Whether the element covers the request.
    pub matches: bool,
}

/// One key under one operator.
#[derive(Debug, Clone, Serialize)]
pub struct ConditionTrace {
    /// As the policy spells it.
    pub operator: String,
    /// As the policy spells it.
    pub key: String,
    /// The policy's values.
    pub policy: Vec<String>,
    /// The request's values; `null` = the key is absent.
    pub request: Option<Vec<String>>,
    /// Whether the condition holds.
    pub holds: bool,
}

/// Decides `request` like [`decide`] and tells everything that was compared.
#[must_use]
pub fn trace(request: &Request, policies: &PolicySet) -> Trace {
    let decision = decide(request, policies);
    Trace {
        principal: request.principal.label().into_owned(),
        summary: decision.explain(),
        decision,
        checks: (0..=request.additional.len())
            .map(|number| trace_check(request, policies, number))
            .collect(),
    }
}

fn trace_check(request: &Request, policies: &PolicySet, number: usize) -> CheckTrace {
    let mut space = Space::new();
    let lower = space.lower_case(action_at(request, number));
    let check = Check::new(request, policies, number, lower);
    let applies = check.applies;
    let levels = |levels: &'_ [Vec<Policy>]| -> Vec<PolicyTrace> {
        let numbered = levels.iter().enumerate();
        numbered
            .flat_map(|(level, list)| {
                list.iter()
                    .map(move |policy| (level, policy))
                    .collect::<Vec<_>>()
            })
            .map(|(level, policy)| trace_policy(&check, policy, Some(level)))
            .collect()
    };
    let plain = |list: &[&Policy]| -> Vec<PolicyTrace> {
        list.iter()
            .map(|policy| trace_policy(&check, policy, None))
            .collect()
    };
    let all = |list: &'_ [Policy]| plain(&list.iter().collect::<Vec<_>>());
    let one = |policy: &'_ Option<Policy>| plain(&policy.iter().collect::<Vec<_>>());
    let layers = [
        (
            Layer::ServiceControl,
            applies.service_control,
            levels(&policies.service_control),
        ),
        (
            Layer::ResourceControl,
            applies.resource_control,
            levels(&policies.resource_control),
        ),
        (Layer::Identity, applies.identity, all(&policies.identity)),
        (Layer::Boundary, applies.identity, one(&policies.boundary)),
        (Layer::Session, applies.identity, all(&policies.session)),
        (
            Layer::Resource,
            applies.resource,
            plain(&policies.of_resource().collect::<Vec<_>>()),
        ),
        (Layer::Trust, applies.trust, one(&policies.trust)),
        (Layer::Endpoint, applies.endpoint, one(&policies.endpoint)),
    ];
    CheckTrace {
        action: check.action_name.to_owned(),
        resource: check.resource.text.to_owned(),
        same_account: check.same_account(),
        layers: layers
            .into_iter()
            .filter(|(_, _, policies)| !policies.is_empty())
            .map(|(layer, asked, policies)| LayerTrace {
                layer,
                verdict: verdict(layer, asked, &policies),
                policies,
            })
            .collect(),
    }
}

fn verdict(layer: Layer, asked: bool, policies: &[PolicyTrace]) -> &'static str {
    if !asked {
        return "not asked";
    }
    let says = |policy: &PolicyTrace, effect: &str| {
        policy
            .statements
            .iter()
            .any(|statement| statement.matches && statement.effect == effect)
    };
    if policies.iter().any(|policy| says(policy, "Deny")) {
        return "denies";
    }
    let level_count = policies
        .iter()
        .filter_map(|policy| policy.level_index)
        .max();
    let allows = match level_count {
        // Each level of SCPs has to allow.
        Some(last) if layer == Layer::ServiceControl => (0..=last).all(|level| {
            policies
                .iter()
                .any(|policy| policy.level_index == Some(level) && says(policy, "Allow"))
        }),
        _ => policies.iter().any(|policy| says(policy, "Allow")),
    };
    if allows { "allows" } else { "silent" }
}

fn trace_policy(check: &Check<'_>, policy: &Policy, level_index: Option<usize>) -> PolicyTrace {
    let statements = policy.document.statements().iter().enumerate();
    PolicyTrace {
        name: policy.name.to_string(),
        level_index,
        statements: statements
            .map(|(index, statement)| trace_statement(check, index, statement))
            .collect(),
    }
}

fn trace_statement(check: &Check<'_>, index: usize, statement: &Statement) -> StatementTrace {
    let form = form_of(statement, check);
    let texts = |values: &[Box<str>]| values.iter().map(ToString::to_string).collect();
    let action = ElementTrace {
        negated: statement.action.negated,
        values: texts(&statement.action.source),
        matches: statement.action.covers(&check.action),
    };
    let resource = statement.resource.as_ref().map(|element| ElementTrace {
        negated: element.negated,
        values: texts(&element.source),
        matches: element.covers(&check.resource, check.context),
    });
    let conditions: Vec<ConditionTrace> = statement
        .conditions
        .iter()
        .map(|condition| trace_condition(check, condition))
        .collect();
    StatementTrace {
        index,
        sid: statement.sid.as_deref().map(str::to_owned),
        effect: match statement.effect {
            Effect::Allow => "Allow",
            Effect::Deny => "Deny",
        },
        principal: statement.principal.as_ref().map(|_| form.is_some()),
        principal_form: form.flatten(),
        matches: form.is_some()
            && action.matches
            && resource.as_ref().is_none_or(|element| element.matches)
            && conditions.iter().all(|condition| condition.holds),
        action,
        resource,
        conditions,
    }
}

fn trace_condition(check: &Check<'_>, condition: &Condition) -> ConditionTrace {
    ConditionTrace {
        operator: condition.operator_name.to_string(),
        key: condition.key.to_string(),
        policy: condition.values.iter().map(ToString::to_string).collect(),
        request: condition
            .request_values(check.context)
            .map(<[String]>::to_vec),
        holds: condition.holds(check.context),
    }
}

impl fmt::Display for Trace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.summary)?;
        writeln!(f, "caller: {}", self.principal)?;
        for (number, check) in self.checks.iter().enumerate() {
            let decided = if number == self.decision.check && self.checks.len() > 1 {
                "   <- decided"
            } else {
                ""
            };
            writeln!(f, "check:  {} on {}{decided}", check.action, check.resource)?;
            check
                .layers
                .iter()
                .try_for_each(|layer| write_layer(f, layer))?;
        }
        Ok(())
    }
}

fn write_layer(f: &mut fmt::Formatter<'_>, layer: &LayerTrace) -> fmt::Result {
    writeln!(f, "  {} {}", layer.layer, layer.verdict)?;
    if layer.verdict == "not asked" {
        return Ok(());
    }
    for policy in &layer.policies {
        match policy.level_index {
            Some(level) => writeln!(f, "    {} (level {level})", policy.name)?,
            None => writeln!(f, "    {}", policy.name)?,
        }
        let (near, far): (Vec<_>, Vec<_>) = policy
            .statements
            .iter()
            .partition(|statement| statement.action.matches);
        near.iter()
            .try_for_each(|statement| write_statement(f, statement))?;
        match far.len() {
            0 => {}
            1 => writeln!(f, "      1 statement speaks of other actions")?,
            count => writeln!(f, "      {count} statements speak of other actions")?,
        }
    }
    Ok(())
}

fn write_statement(f: &mut fmt::Formatter<'_>, statement: &StatementTrace) -> fmt::Result {
    let mark = if statement.matches { "=>" } else { "  " };
    write!(f, "    {mark}[{}] {}", statement.index, statement.effect)?;
    if let Some(sid) = &statement.sid {
        write!(f, " `{sid}`")?;
    }
    match (statement.principal, statement.principal_form) {
        (Some(false), _) => write!(f, ", names others")?,
        (_, Some(form)) => write!(f, ", names {form}")?,
        _ => {}
    }
    match &statement.resource {
        Some(element) if !element.matches => {
            let name = if element.negated {
                "NotResource"
            } else {
                "Resource"
            };
            write!(f, ", {name} {} leaves it out", element.values.join(" | "))?;
        }
        _ => {}
    }
    if statement.matches {
        write!(f, ", matches")?;
    }
    writeln!(f)?;
    for condition in &statement.conditions {
        let request = match &condition.request {
            None => "absent".to_owned(),
            Some(values) => format!("[{}]", values.join(", ")),
        };
        writeln!(
            f,
            "         {} {} {}: policy [{}], request {request}",
            if condition.holds { "holds" } else { "fails" },
            condition.operator,
            condition.key,
            condition.policy.join(", "),
        )?;
    }
    Ok(())
}
