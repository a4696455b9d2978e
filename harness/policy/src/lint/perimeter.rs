//! Denies by organization or network that take more than meant: sign-ins by token, and calls of AWS's
//! own services.
//!
//! Source: IAM user guide, `access_policies_data-perimeters.html`; the guards are those of AWS's
//! examples of data perimeters.

use super::finding::{Finding, Findings};
use crate::condition::{Condition, Family};
use crate::document::{DocumentKind, Effect, Statement};
use crate::pattern::matches_pattern;

/// Keys of the caller's organization, which who signs in with a token has not.
const OF_CALLER: [&str; 3] = [
    "aws:PrincipalOrgID",
    "aws:PrincipalOrgPaths",
    "aws:PrincipalAccount",
];

/// Keys of the network from which a request comes; AWS's services call from elsewhere.
const OF_NETWORK: [&str; 7] = [
    "aws:SourceIp",
    "aws:SourceVpc",
    "aws:SourceVpce",
    "aws:SourceVpceAccount",
    "aws:SourceVpceOrgID",
    "aws:VpceAccount",
    "aws:VpceOrgID",
];

const SIGN_INS: [&str; 2] = ["sts:assumerolewithwebidentity", "sts:assumerolewithsaml"];

pub(super) fn check(
    kind: DocumentKind,
    path: &str,
    statement: &Statement,
    findings: &mut Findings,
) {
    if statement.effect != Effect::Deny || kind == DocumentKind::Trust {
        return;
    }
    let of = |keys: &[&str]| {
        statement
            .conditions
            .iter()
            .find(|condition| excludes(condition, keys))
    };
    let condition_path = |condition: &Condition| {
        format!(
            "{path}.Condition.{}.{}",
            condition.operator_name, condition.key
        )
    };
    let sign_in = SIGN_INS.iter().find(|action| covers(statement, action));
    let by_caller = of(&OF_CALLER);
    let judges_callers = kind.takes_principal();
    if let (Some(condition), Some(_)) = (by_caller, sign_in)
        && kind == DocumentKind::ResourceControl
        && !spares_sign_ins(statement, condition)
    {
        let message = format!(
            "who signs in with a token has no `{}`: every sts:AssumeRoleWithWebIdentity and sts:AssumeRoleWithSAML is denied",
            condition.key
        );
        findings.add(&condition_path(condition), "rcp-federated-denied", message);
    }
    if !is_broad(statement) {
        return;
    }
    if let Some(condition) = by_caller
        && judges_callers
        && !tests(
            statement,
            &[
                "aws:PrincipalIsAWSService",
                "aws:PrincipalServiceName",
                "aws:PrincipalServiceNamesList",
            ],
        )
    {
        let message = format!(
            "AWS's services have no `{}` when they call for themselves, and are denied",
            condition.key
        );
        let fix = "add \"BoolIfExists\": {\"aws:PrincipalIsAWSService\": \"false\"}";
        let path = condition_path(condition);
        findings.push(Finding::new("perimeter-services", &path, message).with_fix(fix));
    }
    if let Some(condition) = of(&OF_NETWORK)
        && !tests(
            statement,
            &[
                "aws:ViaAWSService",
                "aws:CalledVia",
                "aws:CalledViaFirst",
                "aws:CalledViaLast",
            ],
        )
    {
        let message = format!(
            "a service that calls for the caller comes from no such `{}`, and is denied",
            condition.key
        );
        let fix = "add \"BoolIfExists\": {\"aws:ViaAWSService\": \"false\"}";
        let path = condition_path(condition);
        findings.push(Finding::new("perimeter-services", &path, message).with_fix(fix));
    }
}

/// A negated comparison with one of the keys.
fn excludes(condition: &Condition, keys: &[&str]) -> bool {
    condition.operator.negated
        && condition.operator.family != Family::Null
        && keys
            .iter()
            .any(|key| key.eq_ignore_ascii_case(&condition.key))
}

fn tests(statement: &Statement, keys: &[&str]) -> bool {
    statement.conditions.iter().any(|condition| {
        keys.iter()
            .any(|key| key.eq_ignore_ascii_case(&condition.key))
    })
}

fn covers(statement: &Statement, action: &str) -> bool {
    let named = statement
        .action
        .source
        .iter()
        .any(|source| matches_pattern(&source.to_ascii_lowercase(), action));
    named != statement.action.negated
}

/// Another condition by which a sign-in with a token is left alone: that the key is there, or one on
/// what a sign-in has.
fn spares_sign_ins(statement: &Statement, excluding: &Condition) -> bool {
    statement.conditions.iter().any(|condition| {
        let lower = condition.key.to_ascii_lowercase();
        let is_there = condition.operator.family == Family::Null
            && condition.key.eq_ignore_ascii_case(&excluding.key)
            && condition.values.iter().all(|value| &**value == "false");
        let of_caller = ["aws:principaltype", "aws:principalarn", "aws:userid"];
        let needs_caller = !condition.operator.negated
            && !condition.operator.if_exists
            && condition.operator.family != Family::Null
            && (of_caller.contains(&lower.as_str())
                || lower.starts_with("aws:principaltag/")
                || lower == "sts:externalid");
        is_there
            || needs_caller
            || lower == "aws:federatedprovider"
            || lower.starts_with("saml:")
            || super::issuer::Key::parse(&condition.key).is_some()
    })
}

/// Whether the statement is about all of a service, or of all.
fn is_broad(statement: &Statement) -> bool {
    statement.action.negated
        || statement
            .action
            .source
            .iter()
            .any(|action| **action == *"*" || action.ends_with(":*"))
}
