//! Looking again at everything that was compared.

use super::{
    CallerTrace, CheckTrace, ConditionTrace, Effect, ElementTrace, LayerTrace, NamesTrace,
    PolicyTrace, Says, StatementTrace,
};
use crate::condition::Condition;
use crate::decide::{Check, Hit, Layer, Space, StatementRef, action_at, form_of};
use crate::document::{self, AwsPrincipal, PrincipalElement, Statement};
use crate::principal::Principal;
use crate::request::{Policy, PolicySet, Request};

pub(super) fn trace_check(request: &Request, policies: &PolicySet, number: usize) -> CheckTrace {
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
        caller: caller(check.caller),
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

/// The conditions of one statement.
pub(super) fn conditions(
    request: &Request,
    policies: &PolicySet,
    number: usize,
    at: &StatementRef,
) -> Vec<ConditionTrace> {
    let mut space = Space::new();
    let lower = space.lower_case(action_at(request, number));
    let check = Check::new(request, policies, number, lower);
    conditions_of(&check, at.layer, Hit::of(at))
}

/// The conditions of the statement at this place.
pub(super) fn conditions_of(check: &Check<'_>, layer: Layer, hit: Hit) -> Vec<ConditionTrace> {
    let statement = hit.statement(layer, check.policies);
    let conditions = statement.iter().flat_map(|found| &found.conditions);
    conditions
        .map(|condition| trace_condition(check, condition))
        .collect()
}

fn caller(principal: &Principal) -> CallerTrace {
    let (parent, unique_id) = match principal {
        Principal::User { unique_id, .. } => (None, Some(unique_id)),
        Principal::RoleSession {
            role_arn,
            unique_id,
            ..
        } => (Some(role_arn), Some(unique_id)),
        Principal::FederatedUser { user_arn, .. } => (Some(user_arn), None),
        _ => (None, None),
    };
    CallerTrace {
        account: principal.account().map(str::to_owned),
        parent: parent.cloned(),
        unique_id: unique_id.cloned(),
    }
}

fn verdict(layer: Layer, asked: bool, policies: &[PolicyTrace]) -> Says {
    if !asked {
        return Says::NotAsked;
    }
    let says = |policy: &PolicyTrace, effect: Effect| {
        policy
            .statements
            .iter()
            .any(|statement| statement.matches && statement.effect == effect)
    };
    if policies.iter().any(|policy| says(policy, Effect::Deny)) {
        return Says::Denies;
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
                .any(|policy| policy.level_index == Some(level) && says(policy, Effect::Allow))
        }),
        _ => policies.iter().any(|policy| says(policy, Effect::Allow)),
    };
    if allows { Says::Allows } else { Says::Silent }
}

fn trace_policy(check: &Check<'_>, policy: &Policy, level_index: Option<usize>) -> PolicyTrace {
    let statements = policy.document.statements().iter().enumerate();
    PolicyTrace {
        name: policy.name.to_string(),
        level_index,
        statements: statements
            .map(|(index, statement)| trace_statement(check, index, statement))
            .collect(),
        left_out: 0,
    }
}

fn trace_statement(check: &Check<'_>, index: usize, statement: &Statement) -> StatementTrace {
    let form = form_of(statement, check);
    let texts = |values: &[Box<str>]| values.iter().map(ToString::to_string).collect();
    let action = ElementTrace {
        negated: statement.action.negated,
        values: texts(&statement.action.source),
        matches: statement.action.covers(&check.action),
        absent_variables: Vec::new(),
    };
    let resource = statement.resource.as_ref().map(|element| ElementTrace {
        negated: element.negated,
        values: texts(&element.source),
        matches: element.covers(&check.resource, check.context),
        absent_variables: {
            let variables = element.variables().into_iter();
            let missing = variables.filter(|variable| variable.is_missing(check.context));
            missing.map(|variable| variable.name.to_string()).collect()
        },
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
            document::Effect::Allow => Effect::Allow,
            document::Effect::Deny => Effect::Deny,
        },
        principal: statement.principal.as_ref().map(|_| form.is_some()),
        principal_form: form.flatten(),
        names: statement.principal.as_ref().map(names),
        matches: form.is_some()
            && action.matches
            && resource.as_ref().is_none_or(|element| element.matches)
            && conditions.iter().all(|condition| condition.holds),
        action,
        resource,
        conditions,
    }
}

fn names(element: &PrincipalElement) -> NamesTrace {
    let star = (element.everyone || element.aws_everyone).then(|| "*".to_owned());
    let aws = element.aws.iter().map(|named| match named {
        AwsPrincipal::Account(account) => account.to_string(),
        AwsPrincipal::AccountArn { partition, account } => {
            format!("arn:{partition}:iam::{account}:root")
        }
        AwsPrincipal::Arn(arn) => arn.to_string(),
        AwsPrincipal::UniqueId(id) => id.to_string(),
    });
    let others = element.services.iter().chain(&element.federated);
    let others = others.map(ToString::to_string);
    NamesTrace {
        negated: element.negated,
        values: star.into_iter().chain(aws).chain(others).collect(),
    }
}

fn trace_condition(check: &Check<'_>, condition: &Condition) -> ConditionTrace {
    let context = check.context;
    let found = condition.request_values(context);
    let others = found.filter(|found| found.len() > 1).unwrap_or_default();
    let others = condition.others(others, context);
    ConditionTrace {
        operator: condition.operator_name.to_string(),
        key: condition.key.to_string(),
        policy: condition.values.iter().map(ToString::to_string).collect(),
        filled: condition.filled(context),
        absent_variables: condition.absent_variables(context),
        request: found.map(<[String]>::to_vec),
        others: others.into_iter().map(str::to_owned).collect(),
        standing: condition.standing(context),
        found_under: found_under(check, condition),
        holds: condition.holds(context),
    }
}

/// The request's other key of the same issuer under which a wanted value stands: a subject that was put
/// where the audience is looked for.
fn found_under(check: &Check<'_>, condition: &Condition) -> Option<String> {
    let (issuer, _) = condition.key_lower().rsplit_once(':')?;
    // Keys of AWS's own services have a word there, an issuer has a host.
    if !issuer.contains('.') || condition.holds(check.context) {
        return None;
    }
    let is_beside = |key: &str| {
        let key = key.to_ascii_lowercase();
        key != condition.key_lower() && key.rsplit_once(':').is_some_and(|(of, _)| of == issuer)
    };
    let mut beside = check.context.iter().filter(|(key, _)| is_beside(key));
    let found =
        beside.find(|(_, values)| condition.others(values, check.context).len() < values.len());
    found.map(|(key, _)| key.to_owned())
}
