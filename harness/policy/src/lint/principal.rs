//! Principals that a document of the kind cannot mean.

use super::arn::pathless_role;
use super::finding::{Finding, Findings};
use crate::document::{AwsPrincipal, DocumentKind, Effect, PrincipalElement, Statement};

pub(super) fn check(
    kind: DocumentKind,
    path: &str,
    statement: &Statement,
    findings: &mut Findings,
) {
    let Some(element) = &statement.principal else {
        return;
    };
    let path = format!(
        "{path}.{}",
        if element.negated {
            "NotPrincipal"
        } else {
            "Principal"
        }
    );
    if element.negated && statement.effect == Effect::Allow {
        let message =
            "NotPrincipal is supported with Deny only: with Allow it grants to everybody else";
        findings.add(&path, "not-principal-allow", message);
    }
    let path_of_service = format!("{path}.Service");
    for service in &element.services {
        if !is_service_name(service) {
            let message =
                format!("`{service}` is no service principal: write `lambda.amazonaws.com`");
            findings.push(Finding::new("service-principal", &path_of_service, message).at(service));
        }
    }
    if !element.federated.is_empty() && kind != DocumentKind::Trust {
        let message = "a federated provider is a principal of trust policies only";
        findings.add(&path, "federated-principal", message);
    }
    for provider in &element.federated {
        if !is_provider(provider) {
            let message = format!("`{provider}` is neither the ARN of a provider nor a host name");
            let path = format!("{path}.Federated");
            findings.push(Finding::new("federated-principal", &path, message).at(provider));
        }
    }
    check_named(&path, element, findings);
    if kind == DocumentKind::Trust {
        check_trust(&path, element, statement, findings);
    }
    let open = element.everyone || element.aws_everyone;
    let grants = statement.effect == Effect::Allow && !element.negated;
    let expected = matches!(
        kind,
        DocumentKind::VpcEndpoint | DocumentKind::ResourceControl
    );
    if open && grants && statement.conditions.is_empty() && !expected {
        let message = "everybody is allowed, other accounts and unsigned callers included: name the callers or add a condition";
        findings.add(&path, "open-principal", message);
    }
}

/// ARNs under `AWS` of a form that no caller has (IAM user guide, `reference_identifiers.html`).
fn check_named(path: &str, element: &PrincipalElement, findings: &mut Findings) {
    let path = format!("{path}.AWS");
    for principal in &element.aws {
        let AwsPrincipal::Arn(arn) = principal else {
            continue;
        };
        if arn.contains(['*', '?']) {
            // Refused when it is submitted, which says so.
            continue;
        }
        if let Some((name, whole)) = pathless_role(arn) {
            let message = format!("`{arn}`: the path of `{name}` is missing, no role has this ARN");
            let finding = Finding::new("principal-never", &path, message).at(arn);
            findings.push(finding.with_fix(format!(
                "write the whole ARN, as in `{whole}`, with the Region or service in place of the star"
            )));
        } else if let Some(fault) = arn_fault(arn) {
            let message = format!("`{arn}`: {fault}");
            findings.push(Finding::new("principal-never", &path, message).at(arn));
        }
    }
}

fn arn_fault(arn: &str) -> Option<&'static str> {
    let fields: Vec<&str> = arn.splitn(6, ':').collect();
    let [_, _, service, region, account, rest] = fields.as_slice() else {
        return None;
    };
    if !region.is_empty() {
        return Some("ARNs of IAM and STS have no Region");
    }
    if account.len() != 12 || !account.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some("the account is twelve digits");
    }
    let parts: Vec<&str> = rest.split('/').collect();
    if parts.iter().skip(1).any(|part| part.is_empty()) {
        return Some("a name or a part of the path is empty");
    }
    match (*service, parts.as_slice()) {
        ("iam", ["user" | "role", _, ..])
        | ("sts", ["assumed-role", _, _] | ["federated-user", _]) => None,
        ("sts", ["assumed-role", _]) => {
            Some("the session's name is missing: write the role's ARN for all of its sessions")
        }
        ("sts", ["assumed-role", ..]) => {
            Some("the ARN of a session has no path: it is `assumed-role/ROLE/SESSION`")
        }
        ("iam", ["assumed-role" | "federated-user", ..]) => Some("sessions have ARNs of sts"),
        ("sts", ["user" | "role", ..]) => Some("users and roles have ARNs of iam"),
        _ => None,
    }
}

/// Who may call which action of a trust policy.
fn check_trust(
    path: &str,
    element: &PrincipalElement,
    statement: &Statement,
    findings: &mut Findings,
) {
    let named: Vec<String> = statement
        .action
        .source
        .iter()
        .map(|action| action.to_ascii_lowercase())
        .collect();
    let saml = |provider: &str| provider.contains(":saml-provider/");
    let takes = |wanted: &str| named.iter().any(|action| action == wanted);
    if takes("sts:assumerolewithwebidentity") && element.federated.iter().any(|p| saml(p)) {
        let message = "a SAML provider does not use sts:AssumeRoleWithWebIdentity: write sts:AssumeRoleWithSAML";
        findings.add(path, "trust-principal-action", message);
    }
    if takes("sts:assumerolewithsaml") && element.federated.iter().any(|p| !saml(p)) {
        let message = "an OIDC provider does not use sts:AssumeRoleWithSAML: write sts:AssumeRoleWithWebIdentity";
        findings.add(path, "trust-principal-action", message);
    }
    let federated_only = ["sts:assumerolewithwebidentity", "sts:assumerolewithsaml"];
    let has_account_callers = !element.aws.is_empty() || !element.services.is_empty();
    if has_account_callers && element.federated.is_empty() {
        for action in federated_only.iter().filter(|action| takes(action)) {
            let message = format!(
                "`{action}` is called with a federated principal: users, roles and services use sts:AssumeRole"
            );
            findings.add(path, "trust-principal-action", message);
        }
    }
    let federated_alone =
        !element.federated.is_empty() && !has_account_callers && !element.aws_everyone;
    if federated_alone && takes("sts:assumerole") {
        let message = "a federated principal does not use sts:AssumeRole";
        findings.add(path, "trust-principal-action", message);
    }
}

/// `service.amazonaws.com`, `service.REGION.amazonaws.com` and the like of other partitions.
pub(super) fn is_service_name(name: &str) -> bool {
    let domains = [
        "amazonaws.com",
        "amazonaws.com.cn",
        "amazon.com",
        "aws.internal",
        "amazonaws.eu",
        "c2s.ic.gov",
        "sc2s.sgov.gov",
        "api.aws",
        "aws",
    ];
    let plain = name
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_'));
    plain
        && domains.iter().any(|domain| {
            name.strip_suffix(domain)
                .is_some_and(|service| service.len() > 1 && service.ends_with('.'))
        })
}

fn is_provider(name: &str) -> bool {
    if name.starts_with("arn:") {
        let rest = name.splitn(6, ':').nth(5).unwrap_or_default();
        return ["saml-provider/", "oidc-provider/"]
            .iter()
            .any(|prefix| rest.len() > prefix.len() && rest.starts_with(prefix));
    }
    let host = name
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'/' | b'_'));
    host && name.contains('.')
}
