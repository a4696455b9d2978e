//! Conditions that cannot hold, always hold, or compare what cannot be compared.

use super::Findings;
use crate::actions::{self, KeyType};
use crate::condition::{Condition, Family, Network, Quantifier, is_bool, number};
use crate::date;
use crate::document::{Document, DocumentKind, Effect, Statement};
use crate::pattern::{MULTIVALUED_KEYS, variable_fault};

pub(super) fn check(
    document: &Document,
    path: &str,
    statement: &Statement,
    findings: &mut Findings,
) {
    for (index, condition) in statement.conditions.iter().enumerate() {
        let path = format!(
            "{path}.Condition.{}.{}",
            condition.operator_name, condition.key
        );
        let twin = statement.conditions[..index].iter().any(|earlier| {
            earlier.operator_name == condition.operator_name
                && earlier.key.eq_ignore_ascii_case(&condition.key)
        });
        if twin {
            let message = "the key stands twice under this operator, in different case";
            findings.error(&path, "duplicate-key", message);
        }
        let key = key_facts(&path, condition, findings);
        check_values(&path, condition, findings);
        check_variables(document, &path, condition, findings);
        if let Some(facts) = key {
            check_type(&path, condition, facts.kind, findings);
            check_quantifier(&path, statement, condition, facts.multivalued, findings);
        }
        if document.kind() != DocumentKind::Trust {
            check_presence(&path, statement, condition, findings);
        }
    }
}

#[derive(Clone, Copy)]
struct KeyFacts {
    kind: KeyType,
    multivalued: bool,
}

/// What is known of the key; complains when it cannot exist.
fn key_facts(path: &str, condition: &Condition, findings: &mut Findings) -> Option<KeyFacts> {
    let key = &*condition.key;
    let Some((prefix, _)) = key.split_once(':') else {
        let message =
            format!("`{key}` has no prefix: a key is written `aws:Name` or `service:Name`");
        findings.error(path, "key-format", message);
        return None;
    };
    let lower = key.to_ascii_lowercase();
    if prefix.eq_ignore_ascii_case("aws") {
        let Some(global) = actions::global(key) else {
            let message = format!("`{key}`: there is no global condition key of this name");
            findings.error(path, "unknown-key", message);
            return None;
        };
        let tag = key.split_once('/').map(|(_, tag)| tag);
        if global.tagged && tag.is_none_or(str::is_empty) {
            let message = format!(
                "`{key}` lacks the name of the tag: write `{}/NAME`",
                global.name
            );
            findings.error(path, "tag-key", message);
            return None;
        }
        return Some(KeyFacts {
            kind: global.kind,
            multivalued: global.multivalued,
        });
    }
    let service = actions::service(&prefix.to_ascii_lowercase())?;
    let Some(kind) = service.key_type(key) else {
        // Keys of token providers stand in the same place and are not listed one by one.
        if prefix != "sts" {
            let message = format!("`{key}`: the service has no condition key of this name");
            findings.error(path, "unknown-key", message);
        }
        return None;
    };
    let multivalued = kind.starts_with("ArrayOf") || MULTIVALUED_KEYS.contains(&&*lower);
    let kind = match kind.trim_start_matches("ArrayOf") {
        "ARN" => KeyType::Arn,
        "Bool" => KeyType::Bool,
        "Date" => KeyType::Date,
        "Numeric" => KeyType::Number,
        _ => KeyType::Text,
    };
    Some(KeyFacts { kind, multivalued })
}

fn check_values(path: &str, condition: &Condition, findings: &mut Findings) {
    let family = condition.operator.family;
    if condition.values.is_empty() {
        let message = "the list of values is empty: the condition compares with nothing";
        findings.warning(path, "empty-values", message);
    }
    if matches!(family, Family::Bool | Family::Null) && condition.values.len() > 1 {
        let message = "true and false together always hold: write one value";
        findings.error(path, "several-booleans", message);
    }
    for value in &condition.values {
        let value = &**value;
        if value.contains("${") {
            continue;
        }
        let fault = match family {
            Family::Bool | Family::Null if !is_bool(value) => {
                Some(("bool-value", "is neither true nor false"))
            }
            Family::Date(_) if date::parse(value).is_none() => Some((
                "date-value",
                "is no date: write `2026-01-31T00:00:00Z` or seconds since 1970",
            )),
            Family::Numeric(_) if number(value).is_none() => Some(("number-value", "is no number")),
            Family::Ip if Network::parse(value).is_none() => {
                Some(("ip-value", "is no address and no range in CIDR notation"))
            }
            Family::Arn if value != "*" && !is_arn(value) => {
                Some(("arn-value", "is no ARN: six fields separated by colons"))
            }
            Family::Binary if value.len() % 4 != 0 => Some(("binary-value", "is no base64 text")),
            _ => value_of_known_form(&condition.key, family, value),
        };
        if let Some((rule, message)) = fault {
            findings.error(path, rule, format!("`{value}` {message}"));
        }
    }
}

fn is_arn(value: &str) -> bool {
    value.splitn(6, ':').count() == 6 && (value.starts_with("arn:") || value.starts_with('*'))
}

/// Keys whose values have a form of their own.
fn value_of_known_form(
    key: &str,
    family: Family,
    value: &str,
) -> Option<(&'static str, &'static str)> {
    let is = |name: &str| key.eq_ignore_ascii_case(name);
    if family == Family::Ip && is("aws:SourceIp") {
        let private = Network::parse(value).is_some_and(Network::is_private);
        return private.then_some((
            "private-address",
            "is private, and aws:SourceIp holds public addresses only: use aws:VpcSourceIp",
        ));
    }
    let text = matches!(
        family,
        Family::Text | Family::Like | Family::TextIgnoringCase
    );
    let begins = |prefix: &str| value.starts_with(prefix) || value.starts_with('*');
    if text && is("aws:SourceVpc") && !begins("vpc-") {
        return Some(("vpc-value", "is no VPC: ids begin with `vpc-`"));
    }
    if text && is("aws:SourceVpce") && !begins("vpce-") {
        return Some(("vpce-value", "is no VPC endpoint: ids begin with `vpce-`"));
    }
    let account_key =
        is("aws:PrincipalAccount") || is("aws:SourceAccount") || is("aws:ResourceAccount");
    let digits = value.len() == 12 && value.bytes().all(|byte| byte.is_ascii_digit());
    if family == Family::Text && account_key && !digits {
        return Some(("account-value", "is no account: twelve digits"));
    }
    None
}

fn check_variables(
    document: &Document,
    path: &str,
    condition: &Condition,
    findings: &mut Findings,
) {
    for value in condition.values.iter().filter(|value| value.contains("${")) {
        if condition.operator.family == Family::Bool {
            let message = format!("`{value}`: the pages disagree whether Bool takes variables");
            findings.warning(path, "variable-bool", message);
        } else if !condition.operator.takes_variables() {
            let message = format!(
                "`{value}`: variables have no meaning under {}",
                condition.operator_name
            );
            findings.error(path, "variable-operator", message);
        } else if !document.takes_variables() {
            let message = format!(
                "`{value}`: variables need \"Version\": \"2012-10-17\", here they are plain text"
            );
            findings.error(path, "variable-version", message);
        } else if let Some(fault) = variable_fault(value) {
            findings.error(path, "variable-syntax", format!("`{value}`: {fault}"));
        } else {
            check_variable_names(path, value, findings);
        }
    }
}

/// Variables of keys that do not exist or have several values never get a value.
pub(super) fn check_variable_names(path: &str, text: &str, findings: &mut Findings) {
    let mut rest = text;
    while let Some((_, after)) = rest.split_once("${") {
        let Some((body, tail)) = after.split_once('}') else {
            return;
        };
        rest = tail;
        let name = body.split(',').next().unwrap_or(body);
        if matches!(name, "*" | "?" | "$") {
            continue;
        }
        if name != name.trim() {
            let message =
                format!("`${{{body}}}`: a blank may follow the comma of the default only");
            findings.error(path, "variable-syntax", message);
        } else if MULTIVALUED_KEYS.contains(&&*name.to_ascii_lowercase()) {
            let message = format!("`{name}` has several values and cannot be a variable");
            findings.error(path, "variable-multivalued", message);
        } else if name.to_ascii_lowercase().starts_with("aws:") && actions::global(name).is_none() {
            let message = format!("`{name}`: there is no global condition key of this name");
            findings.error(path, "unknown-key", message);
        }
    }
}

/// Operators that cannot read values of the key's type.
fn check_type(path: &str, condition: &Condition, kind: KeyType, findings: &mut Findings) {
    let fits = match condition.operator.family {
        Family::Null | Family::Text | Family::TextIgnoringCase | Family::Like | Family::Binary => {
            true
        }
        Family::Numeric(_) => matches!(kind, KeyType::Number | KeyType::Date | KeyType::Text),
        Family::Date(_) => matches!(kind, KeyType::Date | KeyType::Number),
        Family::Bool => matches!(kind, KeyType::Bool | KeyType::Text),
        Family::Ip => matches!(kind, KeyType::Ip),
        Family::Arn => matches!(kind, KeyType::Arn | KeyType::Text),
    };
    if !fits {
        let message = format!(
            "{} cannot compare the values of this key",
            condition.operator_name
        );
        findings.error(path, "operator-type", message);
    }
    let exact = matches!(
        condition.operator.family,
        Family::Text | Family::TextIgnoringCase
    );
    let star = condition.values.iter().find(|value| {
        let outside: String = value.replace("${*}", "").replace("${?}", "");
        outside.contains(['*', '?'])
    });
    if exact && let Some(value) = star {
        let like = condition
            .operator_name
            .replace("EqualsIgnoreCase", "Like")
            .replace("Equals", "Like");
        let message = format!(
            "`{value}`: {} reads `*` and `?` as plain characters, write {like}",
            condition.operator_name
        );
        findings.warning(path, "wildcard-in-equals", message);
    }
}

fn check_quantifier(
    path: &str,
    statement: &Statement,
    condition: &Condition,
    multivalued: bool,
    findings: &mut Findings,
) {
    if condition.operator.family == Family::Null {
        return;
    }
    match (condition.operator.quantifier, multivalued) {
        (Quantifier::Single, true) => {
            let message = "the key has several values: write ForAllValues: or ForAnyValue: before the operator";
            findings.error(path, "missing-set-operator", message);
        }
        (Quantifier::All, false) => {
            let message = "the key has one value: ForAllValues only adds that an absent key holds";
            findings.warning(path, "set-operator-single", message);
        }
        (Quantifier::Any, false) => {
            let message = "the key has one value: write the operator without ForAnyValue";
            findings.warning(path, "set-operator-single", message);
        }
        (Quantifier::All, true) if statement.effect == Effect::Allow => {
            let guarded = statement.conditions.iter().any(|other| {
                other.operator.family == Family::Null
                    && other.key.eq_ignore_ascii_case(&condition.key)
            });
            if !guarded && !condition.key.eq_ignore_ascii_case("oam:ResourceTypes") {
                let message =
                    "ForAllValues holds when the key is absent: add \"Null\": {key: \"false\"}";
                findings.warning(path, "for-all-without-null", message);
            }
        }
        _ => {}
    }
}

/// Keys that no request for the statement's actions has.
fn check_presence(
    path: &str,
    statement: &Statement,
    condition: &Condition,
    findings: &mut Findings,
) {
    let key = &*condition.key;
    let Some((prefix, _)) = key.split_once(':') else {
        return;
    };
    let of_request = ["aws:RequestTag/", "aws:TagKeys", "aws:ResourceTag/"];
    let by_action = !prefix.eq_ignore_ascii_case("aws")
        || of_request.iter().any(|start| {
            key.get(..start.len())
                .is_some_and(|found| found.eq_ignore_ascii_case(start))
        });
    if !by_action || statement.action.negated {
        return;
    }
    for name in &statement.action.source {
        let Some((service, action)) = actions::find(name) else {
            continue;
        };
        let own = service.key_type(key).is_some();
        let foreign_service = actions::service(&prefix.to_ascii_lowercase()).is_some() && !own;
        if (own || foreign_service) && !service.has_key(action, key) {
            let message = format!("requests for `{}` never have this key", action.name);
            findings.warning(path, "key-never-present", message);
        }
    }
}
