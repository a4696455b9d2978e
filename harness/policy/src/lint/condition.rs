//! Conditions that cannot hold, always hold, or compare what cannot be compared.

use super::finding::{Finding, Findings};
use super::{absent, arn, issuer, operator, principal};
use crate::actions::{self, KeyType};
use crate::condition::{Condition, Family, Network, is_bool, number};
use crate::date;
use crate::document::{Document, DocumentKind, Statement};
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
            findings.add(&path, "duplicate-key", message);
        }
        let key = key_facts(document.kind(), &path, condition, findings);
        check_values(&path, condition, findings);
        check_variables(document, &path, condition, findings);
        if let Some(facts) = key {
            operator::check(&path, condition, &facts, findings);
            absent::check_quantifier(&path, statement, condition, facts.multivalued, findings);
        }
        absent::check_if_exists(&path, statement, condition, findings);
        arn::check_condition(&path, condition, findings);
        check_presence(document.kind(), &path, statement, condition, findings);
    }
}

/// What is known of a key.
#[derive(Clone, Copy)]
pub(super) struct KeyFacts {
    pub(super) kind: KeyType,
    pub(super) multivalued: bool,
    /// Its values may be texts of any form: those of tags, and of keys whose values others choose.
    pub(super) is_free: bool,
}

/// What is known of the key; complains when it cannot exist.
fn key_facts(
    kind: DocumentKind,
    path: &str,
    condition: &Condition,
    findings: &mut Findings,
) -> Option<KeyFacts> {
    let key = &*condition.key;
    if let Some(named) = issuer::Key::parse(key) {
        return Some(KeyFacts {
            kind: named.kind(),
            multivalued: named.claim.eq_ignore_ascii_case("amr"),
            is_free: false,
        });
    }
    let Some((prefix, _)) = key.split_once(':') else {
        let message =
            format!("`{key}` has no prefix: a key is written `aws:Name` or `service:Name`");
        findings.add(path, "key-format", message);
        return None;
    };
    let lower = key.to_ascii_lowercase();
    if prefix.eq_ignore_ascii_case("aws") {
        let Some(global) = actions::global(key) else {
            let message = format!("`{key}`: there is no global condition key of this name");
            findings.add(path, "unknown-key", message);
            return None;
        };
        let tag = key.split_once('/').map(|(_, tag)| tag);
        if global.tagged && tag.is_none_or(str::is_empty) {
            let message = format!(
                "`{key}` lacks the name of the tag: write `{}/NAME`",
                global.name
            );
            findings.add(path, "tag-key", message);
            return None;
        }
        return Some(KeyFacts {
            kind: global.kind,
            multivalued: global.multivalued,
            is_free: global.tagged,
        });
    }
    // Trust policies are where the keys of token providers are written without their host.
    let named = prefix.to_ascii_lowercase();
    if kind == DocumentKind::Trust && named != "saml" && !actions::is_service(&named) {
        let message = format!("`{key}`: there is no service `{prefix}`, and no provider either");
        findings.add(path, "unknown-key", message);
        return None;
    }
    let service = actions::service(&prefix.to_ascii_lowercase())?;
    let Some(kind) = service.key_type(key) else {
        if prefix != "sts" {
            let message = format!("`{key}`: the service has no condition key of this name");
            findings.add(path, "unknown-key", message);
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
    Some(KeyFacts {
        kind,
        multivalued,
        is_free: key.contains('/') || lower.contains("encryptioncontext"),
    })
}

fn check_values(path: &str, condition: &Condition, findings: &mut Findings) {
    let family = condition.operator.family;
    if condition.values.is_empty() {
        let message = "the list of values is empty: the condition compares with nothing";
        findings.add(path, "empty-values", message);
    }
    if matches!(family, Family::Bool | Family::Null) && condition.values.len() > 1 {
        let message = "true and false together always hold: write one value";
        findings.add(path, "several-booleans", message);
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
            let message = format!("`{value}` {message}");
            findings.push(Finding::new(rule, path, message).at(value));
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
    let plain = !value.contains(['*', '?']);
    let organization = is("aws:PrincipalOrgID") || is("aws:ResourceOrgID") || is("aws:SourceOrgID");
    if text && organization && plain && !value.starts_with("o-") {
        return Some(("org-value", "is no organization: ids begin with `o-`"));
    }
    if text && is("aws:RequestedRegion") && plain && !actions::REGIONS.contains(&value) {
        return Some(("region-value", "is no Region"));
    }
    let names_service = is("iam:PassedToService") || is("iam:AWSServiceName");
    if text && names_service && plain && !principal::is_service_name(value) {
        return Some((
            "service-principal",
            "is no service principal: write `lambda.amazonaws.com`",
        ));
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
        let mut add = |code, message: String| {
            findings.push(Finding::new(code, path, message).at(value));
        };
        if condition.operator.family == Family::Bool {
            let message = format!("`{value}`: the pages disagree whether Bool takes variables");
            add("variable-bool", message);
        } else if !condition.operator.takes_variables() {
            let message = format!(
                "`{value}`: variables have no meaning under {}",
                condition.operator_name
            );
            add("variable-operator", message);
        } else if !document.takes_variables() {
            let message = format!(
                "`{value}`: variables need \"Version\": \"2012-10-17\", here they are plain text"
            );
            add("variable-version", message);
        } else if let Some(fault) = variable_fault(value) {
            add("variable-syntax", format!("`{value}`: {fault}"));
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
            findings.add(path, "variable-syntax", message);
        } else if MULTIVALUED_KEYS.contains(&&*name.to_ascii_lowercase()) {
            let message = format!("`{name}` has several values and cannot be a variable");
            findings.add(path, "variable-multivalued", message);
        } else if name.to_ascii_lowercase().starts_with("aws:") && actions::global(name).is_none() {
            let message = format!("`{name}`: there is no global condition key of this name");
            findings.add(path, "unknown-key", message);
        }
    }
}

/// Keys that no request for the statement's actions has.
fn check_presence(
    kind: DocumentKind,
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
    let of_trust = kind == DocumentKind::Trust;
    let mut lacking = Vec::new();
    for name in &statement.action.source {
        let Some((service, action)) = actions::find(name) else {
            if of_trust {
                // `sts:*` and the like may have any key.
                return;
            }
            continue;
        };
        let own = service.key_type(key).is_some();
        let foreign_service = actions::service(&prefix.to_ascii_lowercase()).is_some() && !own;
        if (own || foreign_service) && !service.has_key(action, key) {
            lacking.push(action.name);
        } else if of_trust {
            // What one of the calls of a sign-in carries, the others of the same sign-in carry too.
            return;
        }
    }
    for name in lacking {
        let message = format!("requests for `{name}` never have the key `{key}`");
        findings.add(path, "key-never-present", message);
    }
}
