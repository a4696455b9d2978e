//! Principals that a document of the kind cannot mean.

use super::Findings;
use crate::document::{DocumentKind, Effect, PrincipalElement, Statement};

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
        findings.error(&path, "not-principal-allow", message);
    }
    for service in &element.services {
        if !is_service_name(service) {
            let message =
                format!("`{service}` is no service principal: write `lambda.amazonaws.com`");
            findings.error(&path, "service-principal", message);
        }
    }
    if !element.federated.is_empty() && kind != DocumentKind::Trust {
        let message = "a federated provider is a principal of trust policies only";
        findings.error(&path, "federated-principal", message);
    }
    for provider in &element.federated {
        if !is_provider(provider) {
            let message = format!("`{provider}` is neither the ARN of a provider nor a host name");
            findings.error(&path, "federated-principal", message);
        }
    }
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
        findings.warning(&path, "open-principal", message);
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
        findings.error(path, "trust-principal-action", message);
    }
    if takes("sts:assumerolewithsaml") && element.federated.iter().any(|p| !saml(p)) {
        let message = "an OIDC provider does not use sts:AssumeRoleWithSAML: write sts:AssumeRoleWithWebIdentity";
        findings.error(path, "trust-principal-action", message);
    }
    let federated_only = ["sts:assumerolewithwebidentity", "sts:assumerolewithsaml"];
    let has_account_callers = !element.aws.is_empty() || !element.services.is_empty();
    if has_account_callers && element.federated.is_empty() {
        for action in federated_only.iter().filter(|action| takes(action)) {
            let message = format!(
                "`{action}` is called with a federated principal: users, roles and services use sts:AssumeRole"
            );
            findings.error(path, "trust-principal-action", message);
        }
    }
    let federated_alone =
        !element.federated.is_empty() && !has_account_callers && !element.aws_everyone;
    if federated_alone && takes("sts:assumerole") {
        let message = "a federated principal does not use sts:AssumeRole";
        findings.error(path, "trust-principal-action", message);
    }
}

/// `service.amazonaws.com`, `service.REGION.amazonaws.com` and the like of other partitions.
fn is_service_name(name: &str) -> bool {
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
