//! Keys of token providers, `HOST/PATH:CLAIM`, and the trust that rests on them.
//!
//! Sources: IAM user guide, `reference_policies_iam-condition-keys.html#condition-keys-wif` for the keys
//! that STS makes of a token; `id_roles_providers_oidc_secure-by-default.html` for shared providers.

use super::finding::{Finding, Findings};
use super::provider::{self, Provider, Reach};
use crate::actions::{self, KeyType};
use crate::condition::{Condition, Family, Quantifier};
use crate::document::{DocumentKind, Effect, PrincipalElement, Statement};

/// A condition key of a token provider, as written.
#[derive(Debug, Clone, Copy)]
pub(super) struct Key<'k> {
    /// The issuer without scheme.
    issuer: &'k str,
    pub(super) claim: &'k str,
    /// Why no request has a key of this form.
    fault: Option<&'static str>,
}

/// The claims that STS makes keys of for every provider.
const CLAIMS: [&str; 3] = ["aud", "sub", "amr"];

impl<'k> Key<'k> {
    /// The key, unless it is one of AWS or of a service.
    pub(super) fn parse(key: &'k str) -> Option<Self> {
        let (first, _) = key.split_once(':')?;
        let (named, claim) = key.rsplit_once(':')?;
        let is_arn = named.starts_with("arn:") && named.contains("oidc-provider/");
        if is_arn {
            let issuer = named.split_once("oidc-provider/").map_or("", |(_, it)| it);
            let fault = Some("is written with the provider's ARN");
            return Some(Self {
                issuer,
                claim,
                fault,
            });
        }
        if let Some((scheme, issuer)) = named.split_once("://") {
            let is_scheme = matches!(scheme.to_ascii_lowercase().as_str(), "https" | "http");
            return is_scheme.then_some(Self {
                issuer,
                claim,
                fault: Some("is written with a scheme"),
            });
        }
        let is_host = first.contains('.') || first == "localhost" || first.contains('/');
        let fault = if named.contains("/.well-known") {
            Some("is written with the path of the discovery document")
        } else if key.contains(char::is_whitespace) {
            Some("holds a blank")
        } else {
            None
        };
        is_host.then_some(Self {
            issuer: named,
            claim,
            fault,
        })
    }

    /// The type of the key's values.
    pub(super) fn kind(&self) -> KeyType {
        match self.claim {
            "google/organization_number" => KeyType::Number,
            _ => KeyType::Text,
        }
    }

    /// Whether STS makes a key of the claim.
    fn is_made(&self) -> bool {
        let full = format!("{}:{}", self.issuer, self.claim);
        CLAIMS
            .iter()
            .any(|claim| claim.eq_ignore_ascii_case(self.claim))
            || actions::service("sts").is_some_and(|sts| sts.key_type(&full).is_some())
    }
}

pub(super) fn check(
    kind: DocumentKind,
    path: &str,
    statement: &Statement,
    findings: &mut Findings,
) {
    let none = PrincipalElement::default();
    let element = statement.principal.as_ref().unwrap_or(&none);
    let providers: Vec<&str> = element
        .federated
        .iter()
        .filter_map(|name| issuer_of(name))
        .collect();
    for condition in &statement.conditions {
        if let Some(key) = Key::parse(&condition.key) {
            let path = condition_path(path, condition);
            check_key(&path, &key, &providers, kind, findings);
            check_values(&path, &key, condition, findings);
        }
    }
    if kind != DocumentKind::Trust || statement.effect != Effect::Allow || element.negated {
        return;
    }
    check_several(path, statement, findings);
    let others = element.everyone || element.aws_everyone || !element.aws.is_empty();
    if !providers.is_empty() && !others && element.services.is_empty() {
        check_absent(path, statement, findings);
    }
    for issuer in &providers {
        check_trust(path, issuer, statement, findings);
    }
}

fn condition_path(path: &str, condition: &Condition) -> String {
    format!(
        "{path}.Condition.{}.{}",
        condition.operator_name, condition.key
    )
}

/// The issuer that a federated principal stands for; none for a SAML provider.
fn issuer_of(principal: &str) -> Option<&str> {
    if principal.starts_with("arn:") {
        return principal
            .split_once(":oidc-provider/")
            .map(|(_, issuer)| issuer);
    }
    Some(principal)
}

fn check_key(
    path: &str,
    key: &Key<'_>,
    providers: &[&str],
    kind: DocumentKind,
    findings: &mut Findings,
) {
    let (issuer, claim) = (key.issuer, key.claim);
    if let Some(fault) = key.fault {
        let message = format!("the key {fault}, and no request has one of this form");
        let issuer = issuer.split("/.well-known").next().unwrap_or(issuer);
        let fix = format!("write `{}:{}`", issuer.trim(), claim.trim());
        findings.push(Finding::new("issuer-key-form", path, message).with_fix(fix));
        return;
    }
    let is_theirs = |provider: &&&str| provider.eq_ignore_ascii_case(issuer);
    if let Some(first) = providers.first()
        && !providers.iter().any(|provider| is_theirs(&provider))
    {
        let slash = first.trim_end_matches('/') == issuer.trim_end_matches('/');
        let how = if slash {
            ": they differ by the slash at the end"
        } else {
            ""
        };
        let message =
            format!("the statement's provider is `{first}`, the key is of `{issuer}`{how}");
        let fix = format!("write `{first}:{claim}`");
        findings.push(Finding::new("issuer-key-foreign", path, message).with_fix(fix));
    }
    let decides = matches!(kind, DocumentKind::Trust | DocumentKind::ResourceControl);
    if decides && !key.is_made() {
        let finding = if claim.eq_ignore_ascii_case("iss") {
            let message = format!("STS makes no key of `iss`: `{issuer}:iss` is always absent");
            let fix = "leave the condition out: the provider in Principal is the issuer; bound `aud` and `sub`";
            Finding::new("issuer-key-unknown", path, message).with_fix(fix)
        } else {
            let message = format!("STS makes no key of the claim `{claim}` of `{issuer}`");
            Finding::new("issuer-key-unknown", path, message)
        };
        findings.push(finding);
    }
}

/// Values that the claim never has.
fn check_values(path: &str, key: &Key<'_>, condition: &Condition, findings: &mut Findings) {
    let Some(is_pattern) = is_pattern(condition) else {
        return;
    };
    let shared = provider::find(key.issuer);
    for value in &condition.values {
        let value = &**value;
        if key.claim.eq_ignore_ascii_case("aud") && is_subject(value, shared) {
            let message = format!("`{value}` is a subject, and stands under `aud`");
            let fix = format!("write `{}:sub`", key.issuer);
            let finding = Finding::new("issuer-claim-swapped", path, message);
            findings.push(finding.at(value).with_fix(fix));
        } else if key.claim.eq_ignore_ascii_case("sub") && is_audience(value) {
            let message = format!("`{value}` is an audience, and stands under `sub`");
            let fix = format!("write `{}:aud`", key.issuer);
            let finding = Finding::new("issuer-claim-swapped", path, message);
            findings.push(finding.at(value).with_fix(fix));
        } else if let Some(shared) = shared
            && key.claim.eq_ignore_ascii_case(shared.claim)
            && (is_pattern || !value.contains(['*', '?']))
            && shared.reach(value, is_pattern) == Reach::Nobody
        {
            let message = format!("no token of `{}` has the subject `{value}`", key.issuer);
            let fix = format!("write it as `{}`", shared.example);
            let finding = Finding::new("issuer-subject-form", path, message);
            findings.push(finding.at(value).with_fix(fix));
        }
    }
}

fn is_subject(value: &str, shared: Option<&Provider>) -> bool {
    let known = [
        "repo:",
        "project_path:",
        "system:serviceaccount:",
        "auth0|",
        "organization:",
    ];
    known.iter().any(|start| value.starts_with(start))
        || value.ends_with("@clients")
        || shared.is_some_and(|shared| shared.claim == "sub" && shared.has_form(value))
}

fn is_audience(value: &str) -> bool {
    value.starts_with("sts.amazonaws.com")
        || value.ends_with(".apps.googleusercontent.com")
        || value.starts_with("https://github.com/")
}

/// Whether `*` and `?` count under the condition's operator; none for one that compares no texts.
fn is_pattern(condition: &Condition) -> Option<bool> {
    match condition.operator.family {
        Family::Like | Family::Arn => Some(true),
        Family::Text | Family::TextIgnoringCase => Some(false),
        _ => None,
    }
}

/// A condition that only lets in whom it names.
fn bounds(condition: &Condition) -> bool {
    let operator = condition.operator;
    !operator.negated
        && !operator.if_exists
        && operator.quantifier != Quantifier::All
        && (is_pattern(condition).is_some() || matches!(operator.family, Family::Numeric(_)))
}

/// All conditions of a statement hold together, and a token is of one provider.
fn check_several(path: &str, statement: &Statement, findings: &mut Findings) {
    let mut first: Option<String> = None;
    for condition in statement.conditions.iter().filter(|it| bounds(it)) {
        let Some(key) = Key::parse(&condition.key) else {
            continue;
        };
        let issuer = key.issuer.to_ascii_lowercase();
        let Some(known) = &first else {
            first = Some(issuer);
            continue;
        };
        if *known != issuer {
            let message = format!(
                "a token of `{known}` has no key of `{issuer}`, and the statement wants both"
            );
            let path = condition_path(path, condition);
            findings.add(&path, "issuer-keys-of-several", message);
            return;
        }
    }
}

/// Keys of callers with credentials of AWS: who comes with a token has none.
const OF_CALLERS: [&str; 8] = [
    "aws:MultiFactorAuthPresent",
    "aws:MultiFactorAuthAge",
    "aws:PrincipalAccount",
    "aws:PrincipalArn",
    "aws:PrincipalOrgID",
    "aws:PrincipalOrgPaths",
    "aws:userid",
    "aws:username",
];

fn check_absent(path: &str, statement: &Statement, findings: &mut Findings) {
    for condition in &statement.conditions {
        let key = &*condition.key;
        let operator = condition.operator;
        let of_caller = OF_CALLERS
            .iter()
            .any(|known| known.eq_ignore_ascii_case(key))
            || key.to_ascii_lowercase().starts_with("aws:principaltag/");
        let needs = !operator.negated
            && !operator.if_exists
            && operator.quantifier != Quantifier::All
            && operator.family != Family::Null;
        if of_caller && needs {
            let message = format!(
                "`{key}` is a key of callers with credentials of AWS: a sign-in with a token has none"
            );
            let path = condition_path(path, condition);
            findings.add(&path, "key-always-absent", message);
        }
    }
}

/// Who of a provider's customers gets in.
fn check_trust(path: &str, issuer: &str, statement: &Statement, findings: &mut Findings) {
    let web_identity = "sts:assumerolewithwebidentity";
    let takes =
        statement.action.source.iter().any(|action| {
            crate::pattern::matches_pattern(&action.to_ascii_lowercase(), web_identity)
        });
    if takes == statement.action.negated {
        return;
    }
    let own: Vec<(Key<'_>, &Condition)> = statement
        .conditions
        .iter()
        .filter(|condition| bounds(condition))
        .filter_map(|condition| Some((Key::parse(&condition.key)?, condition)))
        .filter(|(key, _)| key.fault.is_none() && key.issuer.eq_ignore_ascii_case(issuer))
        .collect();
    // A key that no request has lets nobody in, and is told by itself.
    let is_shut = statement
        .conditions
        .iter()
        .filter(|condition| bounds(condition))
        .filter_map(|condition| Key::parse(&condition.key))
        .any(|key| key.fault.is_some() || !key.is_made());
    let is_foreign = own.is_empty()
        && statement
            .conditions
            .iter()
            .any(|condition| bounds(condition) && Key::parse(&condition.key).is_some());
    if is_shut || is_foreign {
        return;
    }
    let Some(shared) = provider::find(issuer) else {
        check_own(path, issuer, statement, &own, findings);
        return;
    };
    let mut is_bound = false;
    let mut open: Option<Finding> = None;
    for (key, condition) in own.iter().filter(|(key, _)| shared.is_told_by(key.claim)) {
        let found = widest(shared, key, condition);
        match found {
            None => is_bound = true,
            Some((value, reach)) => {
                let code = match reach {
                    Reach::Owner => "issuer-subject-wide",
                    _ => "issuer-subject-open",
                };
                let who = match reach {
                    Reach::Owner => "every project of the owner",
                    _ => shared.everybody,
                };
                let path = condition_path(path, condition);
                let message = format!("`{value}` lets in {who}");
                let finding = Finding::new(code, &path, message).at(&value);
                let fix = format!("name it without wildcard, as in `{}`", shared.example);
                let is_worse = open
                    .as_ref()
                    .is_none_or(|open| open.severity < finding.severity);
                if is_worse {
                    open = Some(finding.with_fix(fix));
                }
            }
        }
    }
    if is_bound {
        return;
    }
    if let Some(finding) = open {
        findings.push(finding);
        return;
    }
    let key = format!("{issuer}:{}", shared.claim);
    let message = format!("no condition on `{key}`: {} is let in", shared.everybody);
    let fix = format!("add \"StringLike\": {{\"{key}\": \"{}\"}}", shared.example);
    let finding = Finding::new(
        "issuer-subject-missing",
        &format!("{path}.Principal"),
        message,
    );
    findings.push(finding.with_fix(fix));
}

/// The value of a condition that lets most in, when it lets in others than it names.
fn widest(shared: &Provider, key: &Key<'_>, condition: &Condition) -> Option<(String, Reach)> {
    let is_pattern = is_pattern(condition).unwrap_or_default();
    let of_claim = key.claim.eq_ignore_ascii_case(shared.claim);
    let reach = |value: &str| {
        if of_claim {
            shared.reach(value, is_pattern)
        } else if is_pattern && value.starts_with(['*', '?']) {
            Reach::Everybody
        } else {
            Reach::Named
        }
    };
    let reaches = condition.values.iter().map(|value| (value, reach(value)));
    reaches
        .filter(|(_, reach)| matches!(reach, Reach::Owner | Reach::Everybody))
        .max_by_key(|(_, reach)| *reach == Reach::Everybody)
        .map(|(value, reach)| (value.to_string(), reach))
}

/// A provider that is not known to be shared: its audience is bound by the provider's list of clients,
/// its subjects are not.
fn check_own(
    path: &str,
    issuer: &str,
    statement: &Statement,
    own: &[(Key<'_>, &Condition)],
    findings: &mut Findings,
) {
    let says_something = |(key, condition): &(Key<'_>, &Condition)| {
        !key.claim.eq_ignore_ascii_case("amr")
            && !condition
                .values
                .iter()
                .any(|value| is_pattern(condition) == Some(true) && **value == *"*")
    };
    let is_other = |condition: &Condition| Key::parse(&condition.key).is_none();
    if own.iter().any(says_something) || statement.conditions.iter().any(is_other) {
        return;
    }
    let message = format!("no condition bounds who of `{issuer}` is let in");
    let fix = format!("add \"StringEquals\": {{\"{issuer}:sub\": \"SUBJECT\"}}");
    let finding = Finding::new("issuer-unbounded", &format!("{path}.Principal"), message);
    findings.push(finding.with_fix(fix));
}
