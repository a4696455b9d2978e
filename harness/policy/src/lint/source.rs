//! What permissions of services forget: for whom the service calls.
//!
//! Source: Lambda developer guide, `access-control-resource-based.html` and
//! `services-apigateway.html#apigateway-permissions`; IAM user guide, `confused-deputy.html`.

use super::arn::{method_fault, method_of};
use super::finding::{Finding, Findings};
use super::overlap::overlaps;
use crate::condition::{Condition, Family, Quantifier};
use crate::document::{DocumentKind, Effect, Statement};
use crate::pattern::matches_pattern;

/// Services that call functions, and the service whose ARN they send as aws:SourceArn.
const SENDERS: [(&str, &str); 9] = [
    ("apigateway.amazonaws.com", "execute-api"),
    ("cognito-idp.amazonaws.com", "cognito-idp"),
    ("config.amazonaws.com", "config"),
    ("events.amazonaws.com", "events"),
    ("iot.amazonaws.com", "iot"),
    ("s3.amazonaws.com", "s3"),
    ("secretsmanager.amazonaws.com", "secretsmanager"),
    ("sns.amazonaws.com", "sns"),
    ("logs.amazonaws.com", "logs"),
];

/// Keys that say for whom a service calls.
const SOURCES: [&str; 7] = [
    "aws:SourceAccount",
    "aws:SourceArn",
    "aws:SourceOrgID",
    "aws:SourceOrgPaths",
    "aws:PrincipalOrgID",
    "lambda:EventSourceToken",
    "lambda:FunctionUrlAuthType",
];

pub(super) fn check(
    kind: DocumentKind,
    path: &str,
    statement: &Statement,
    findings: &mut Findings,
) {
    let Some(element) = &statement.principal else {
        return;
    };
    if statement.effect != Effect::Allow || element.negated || element.services.is_empty() {
        return;
    }
    let invokes = statement.action.source.iter().any(|action| {
        let action = action.to_ascii_lowercase();
        matches_pattern(&action, "lambda:invokefunction")
    });
    let of_function = kind == DocumentKind::LambdaPermission || invokes;
    if !of_function || statement.action.negated {
        return;
    }
    for condition in &statement.conditions {
        if condition.key.eq_ignore_ascii_case("aws:SourceArn") {
            check_arns(path, &element.services, condition, findings);
        }
    }
    if !statement.conditions.iter().any(says_for_whom) {
        let service = element.services.first().map_or("", |service| service);
        let message = format!("`{service}` may call the function for anybody's account");
        let value = service.to_owned();
        let path = format!("{path}.Principal.Service");
        let finding = Finding::new("source-missing", &path, message).at(&value);
        findings.push(finding.with_fix(fix_of(service)));
    }
}

fn fix_of(service: &str) -> String {
    match service {
        "apigateway.amazonaws.com" => "add \"ArnLike\": {\"aws:SourceArn\": \"arn:aws:execute-api:REGION:ACCOUNT:API/*/METHOD/PATH\"}".to_owned(),
        "s3.amazonaws.com" => "add \"ArnLike\": {\"aws:SourceArn\": \"arn:aws:s3:::BUCKET\"} and \"StringEquals\": {\"aws:SourceAccount\": \"ACCOUNT\"}".to_owned(),
        _ => "add \"ArnLike\": {\"aws:SourceArn\": \"ARN\"}, or \"StringEquals\": {\"aws:SourceAccount\": \"ACCOUNT\"}".to_owned(),
    }
}

/// Whether a condition bounds for whom the service calls.
fn says_for_whom(condition: &Condition) -> bool {
    let operator = condition.operator;
    let compares = operator.family != Family::Null && operator.quantifier != Quantifier::All;
    let is_source = SOURCES
        .iter()
        .any(|key| key.eq_ignore_ascii_case(&condition.key));
    let names = condition
        .values
        .iter()
        .all(|value| value.bytes().any(|byte| !b"*?:".contains(&byte)) && **value != *"arn:*");
    is_source && compares && !operator.negated && !operator.if_exists && names
}

/// ARNs that the statement's services never send.
fn check_arns(path: &str, services: &[Box<str>], condition: &Condition, findings: &mut Findings) {
    let path = format!(
        "{path}.Condition.{}.{}",
        condition.operator_name, condition.key
    );
    for value in &condition.values {
        if let Some(method) = method_of(value).filter(|_| names(services, "execute-api"))
            && !method.contains("/authorizers/")
        {
            if let Some(finding) = source_fault(&path, value, method) {
                findings.push(finding);
            }
            continue;
        }
        let senders: Vec<&str> = services.iter().filter_map(|it| sent_by(it)).collect();
        let known = senders.len() == services.len() && !senders.is_empty();
        // A text with fewer fields than an ARN stands for anything.
        let field = value.splitn(6, ':').nth(5).and(value.split(':').nth(2));
        let is_sent = field.is_none_or(|field| senders.iter().any(|it| overlaps(field, it)));
        let sent = senders.join(" or ");
        if known && !is_sent {
            let message = format!("`{value}`: the service sends ARNs of {sent}");
            findings.push(Finding::new("source-never", &path, message).at(value));
        } else if senders == ["s3"] && value.contains('/') {
            let message = format!("`{value}`: S3 sends the ARN of the bucket, not of an object");
            let bucket = value.split('/').next().unwrap_or(value);
            let finding = Finding::new("source-never", &path, message).at(value);
            findings.push(finding.with_fix(format!("write `{bucket}`")));
        }
    }
}

fn sent_by(service: &str) -> Option<&'static str> {
    SENDERS
        .iter()
        .find(|(name, _)| name.eq_ignore_ascii_case(service))
        .map(|(_, sent)| *sent)
}

fn names(services: &[Box<str>], sent: &str) -> bool {
    services
        .iter()
        .any(|service| sent_by(service) == Some(sent))
}

/// API Gateway sends `API/STAGE/METHOD/PATH`; for the route `$default` of an HTTP API `API/STAGE/$default`.
fn source_fault(path: &str, arn: &str, method: &str) -> Option<Finding> {
    let finding = method_fault(path, arn, method)?;
    Some(Finding {
        code: "source-never",
        fix: format!("{}, as API Gateway sends it", finding.fix),
        ..finding
    })
}
