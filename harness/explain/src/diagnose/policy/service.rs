//! Classes of a refusal in which a service takes part: one that may not invoke a function, and one that
//! shares less than its reader thinks.

use authlab_aws::evidence::Telemetry;
use authlab_policy::Layer;

use super::super::entry::Entry;
use super::super::finding::{Finding, Mender, System};
use super::super::words;
use super::refused::Refused;
use crate::case::Case;
use crate::told::Told;

/// The classes.
pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        system: System::Policy,
        class: "subscription-not-invocable",
        mender: Mender::Owner,
        title: "the function's policy does not let CloudWatch Logs invoke it",
        find: subscription,
    },
    Entry {
        system: System::Policy,
        class: "oam-shares-no-resource",
        mender: Mender::Owner,
        title: "a link shares what a resource reports, and not the resource",
        find: telemetry_only,
    },
];

/// A subscription filter is refused until the function may be invoked (CloudWatch Logs user guide,
/// `SubscriptionFilters.html#LambdaFunctionExample`).
fn subscription(case: &Case<'_>) -> Option<Finding> {
    let refused = Refused::of(case)?;
    let principal = refused.decision.principal.as_str();
    let is_logs = principal.starts_with("logs.") && principal.ends_with(".amazonaws.com");
    let is_meant = is_logs && refused.check.action == "lambda:InvokeFunction";
    if !is_meant || refused.is_explicit() {
        return None;
    }
    let arn = refused.check.resource.as_str();
    let name = arn.rsplit(':').next().unwrap_or_default();
    Some(Finding::certain(
        format!(
            "no statement of the policy of {arn} lets `{principal}` invoke it: CloudWatch Logs tries the \
             function when the subscription is made"
        ),
        format!(
            "before the subscription is made, let the function's policy name the service: `aws lambda \
             add-permission --function-name {name} --statement-id cloudwatch-logs --action \
             lambda:InvokeFunction --principal logs.amazonaws.com --source-arn` and the log group's ARN, \
             with `:*` at its end"
        ),
    ))
}

/// A link lets a monitoring account read metrics, logs and traces of another, and nothing else of it
/// (grafana/grafana#95034; CloudWatch user guide, `CloudWatch-Unified-Cross-Account.html`).
fn telemetry_only(case: &Case<'_>) -> Option<Finding> {
    let refused = Refused::of(case)?;
    let Told::Decision(decided) = Told::of(case.refusal()?)? else {
        return None;
    };
    let telemetry = decided.telemetry?;
    let action = &refused.check.action;
    let (service, name) = action.split_once(':')?;
    let verbs = ["Describe", "Get", "List"];
    let is_lookup = verbs.iter().any(|verb| name.starts_with(verb));
    // Nobody reads these for the sake of a metric.
    let others = [
        "iam",
        "kms",
        "oam",
        "organizations",
        "secretsmanager",
        "sts",
    ];
    let is_near = refused.at().is_some_and(|at| at.statement.action.matches);
    let is_meant = is_lookup && !others.contains(&service) && !is_near;
    if !is_meant || !refused.is_silent(Layer::Resource) {
        return None;
    }
    let Telemetry {
        account,
        link,
        types,
    } = telemetry;
    Some(Finding::certain(
        format!(
            "the link `{link}` shares {} of account {account} with the caller's; {} asks for a resource \
             there, which no link shares",
            words::texts(&types),
            refused.asked()
        ),
        format!(
            "let the reader assume a role of account {account} that may `{action}` for such lookups, as for \
             values of a dimension; what the link shares needs none"
        ),
    ))
}
