//! Operators that cannot compare the values of their key, and wildcards that they read as characters.

use super::condition::KeyFacts;
use super::finding::{Finding, Findings};
use crate::actions::KeyType;
use crate::condition::{Condition, Family};

pub(super) fn check(path: &str, condition: &Condition, key: &KeyFacts, findings: &mut Findings) {
    if !fits(condition, key) {
        let message = format!(
            "{} cannot compare the values of `{}`, which are {}",
            condition.operator_name,
            condition.key,
            values_of(key.kind)
        );
        let fix = format!("write {}", operators_of(key.kind));
        findings.push(Finding::new("operator-type", path, message).with_fix(fix));
    }
    check_wildcards(path, condition, findings);
}

/// IAM user guide, `reference_policies_elements_condition_operators.html`: each kind of operator says
/// which values it compares. Texts are compared as texts under any key whose values are written in one
/// way only; an address and a point in time are not.
fn fits(condition: &Condition, key: &KeyFacts) -> bool {
    let is_text = key.kind == KeyType::Text;
    let is_free = is_text && key.is_free;
    match condition.operator.family {
        Family::Null | Family::Binary => true,
        Family::Text | Family::TextIgnoringCase | Family::Like => {
            !matches!(key.kind, KeyType::Ip | KeyType::Date)
        }
        // Seconds since 1970 are a number as well.
        Family::Numeric(_) => {
            key.kind == KeyType::Number
                || is_free
                || condition.key.eq_ignore_ascii_case("aws:EpochTime")
        }
        Family::Date(_) => key.kind == KeyType::Date || is_free,
        Family::Bool => key.kind == KeyType::Bool || is_free,
        Family::Ip => key.kind == KeyType::Ip || is_free,
        Family::Arn => key.kind == KeyType::Arn || is_free || (is_text && is_about_arns(condition)),
    }
}

/// Keys that are listed as texts and hold ARNs: their name or each value says so.
fn is_about_arns(condition: &Condition) -> bool {
    condition.key.to_ascii_lowercase().ends_with("arn")
        || condition
            .values
            .iter()
            .all(|value| value.starts_with("arn:"))
            && !condition.key.to_ascii_lowercase().starts_with("aws:")
}

fn values_of(kind: KeyType) -> &'static str {
    match kind {
        KeyType::Text => "texts",
        KeyType::Arn => "ARNs",
        KeyType::Bool => "true or false",
        KeyType::Date => "points in time",
        KeyType::Number => "numbers",
        KeyType::Ip => "addresses",
    }
}

fn operators_of(kind: KeyType) -> &'static str {
    match kind {
        KeyType::Text => "StringEquals or StringLike",
        KeyType::Arn => "ArnLike or ArnEquals",
        KeyType::Bool => "Bool",
        KeyType::Date => "DateLessThan, DateGreaterThan or their like",
        KeyType::Number => "NumericEquals, NumericLessThan or their like",
        KeyType::Ip => "IpAddress or NotIpAddress",
    }
}

fn check_wildcards(path: &str, condition: &Condition, findings: &mut Findings) {
    let exact = matches!(
        condition.operator.family,
        Family::Text | Family::TextIgnoringCase
    );
    let star = condition.values.iter().find(|value| {
        let outside: String = value.replace("${*}", "").replace("${?}", "");
        outside.contains(['*', '?'])
    });
    let Some(value) = star.filter(|_| exact) else {
        return;
    };
    let all_arns = condition
        .values
        .iter()
        .all(|value| value.starts_with("arn:"));
    let family = if all_arns { "Arn" } else { "String" };
    let like = condition
        .operator_name
        .replace("String", family)
        .replace("EqualsIgnoreCase", "Like")
        .replace("Equals", "Like");
    let message = format!(
        "`{value}`: {} reads `*` and `?` as plain characters, and no value has them",
        condition.operator_name
    );
    let finding = Finding::new("wildcard-in-equals", path, message).at(value);
    findings.push(finding.with_fix(format!("write {like}")));
}
