//! Actions and resources that do not exist or do not fit each other.

use super::arn;
use super::finding::{Finding, Findings};
use super::overlap::overlaps;
use crate::actions::{self, ResourceType, Service, template_pattern};
use crate::document::{Document, DocumentKind, Statement};
use crate::pattern::{matches_pattern, variable_fault};

pub(super) fn check_actions(
    kind: DocumentKind,
    path: &str,
    statement: &Statement,
    findings: &mut Findings,
) {
    let path = format!(
        "{path}.{}",
        if statement.action.negated {
            "NotAction"
        } else {
            "Action"
        }
    );
    for action in &statement.action.source {
        check_action(&path, action, findings);
        if kind == DocumentKind::Trust && !is_trust_action(action) {
            let message =
                format!("`{action}`: a trust policy takes the actions of sts that assume roles");
            findings.push(Finding::new("trust-action", &path, message).at(action));
        }
    }
}

fn check_action(path: &str, action: &str, findings: &mut Findings) {
    if action == "*" {
        return;
    }
    if action.contains("${") {
        let message = format!("`{action}`: variables have no meaning in actions");
        findings.push(Finding::new("variable-in-action", path, message).at(action));
        return;
    }
    let known = |byte: u8| byte.is_ascii_alphanumeric() || b":*?-_.".contains(&byte);
    if !action.bytes().all(known) {
        let message = format!("`{action}`: an action holds letters, digits and wildcards only");
        findings.push(Finding::new("action-characters", path, message).at(action));
        return;
    }
    let Some((prefix, name)) = action.split_once(':') else {
        return;
    };
    let prefix = prefix.to_ascii_lowercase();
    if prefix == "*" {
        return;
    }
    if !actions::is_service(&prefix) {
        let message = format!("`{action}`: there is no service `{prefix}`");
        findings.push(Finding::new("unknown-service", path, message).at(action));
        return;
    }
    let Some(service) = actions::service(&prefix) else {
        return;
    };
    let pattern = name.to_ascii_lowercase();
    let exists = if name.contains(['*', '?']) {
        service
            .actions()
            .any(|(known, _)| matches_pattern(&pattern, known))
    } else {
        service.action(&pattern).is_some()
    };
    if !exists {
        let message = format!("`{action}`: the service has no such action");
        findings.push(Finding::new("unknown-action", path, message).at(action));
    }
}

fn is_trust_action(action: &str) -> bool {
    let action = action.to_ascii_lowercase();
    if action == "*" {
        return true;
    }
    [
        "sts:assumerole",
        "sts:assumerolewithsaml",
        "sts:assumerolewithwebidentity",
        "sts:tagsession",
        "sts:setsourceidentity",
        "sts:setcontext",
    ]
    .iter()
    .any(|known| matches_pattern(&action, known))
}

pub(super) fn check_resources(
    document: &Document,
    path: &str,
    statement: &Statement,
    findings: &mut Findings,
) {
    let Some(element) = &statement.resource else {
        return;
    };
    let path = format!(
        "{path}.{}",
        if element.negated {
            "NotResource"
        } else {
            "Resource"
        }
    );
    for resource in &element.source {
        check_variables(document, &path, resource, findings);
        if resource.starts_with("arn:") {
            check_arn(&path, resource, findings);
        }
        arn::check_resource(&path, statement, resource, findings);
    }
    if !element.negated {
        let action_path = path.replace("Resource", "Action");
        check_fit(&action_path, statement, &element.source, findings);
    }
}

fn check_variables(document: &Document, path: &str, text: &str, findings: &mut Findings) {
    if !text.contains("${") {
        return;
    }
    if !document.takes_variables() {
        let message = format!(
            "`{text}`: variables need \"Version\": \"2012-10-17\", here they are plain text"
        );
        findings.push(Finding::new("variable-version", path, message).at(text));
        return;
    }
    if let Some(fault) = variable_fault(text) {
        let message = format!("`{text}`: {fault}");
        findings.push(Finding::new("variable-syntax", path, message).at(text));
        return;
    }
    super::condition::check_variable_names(path, text, findings);
}

/// A field that says one thing: no wildcard and no variable in it.
fn is_plain(field: &str) -> bool {
    !field.is_empty() && !field.contains(['*', '?', '$'])
}

fn check_arn(path: &str, arn: &str, findings: &mut Findings) {
    let head: usize = arn
        .match_indices(':')
        .nth(4)
        .map_or(arn.len(), |(colon, _)| colon);
    if arn.find("${").is_some_and(|variable| variable < head) {
        let message = format!("`{arn}`: variables stand after the fifth colon of an ARN only");
        findings.push(Finding::new("variable-in-arn", path, message).at(arn));
        return;
    }
    let fields: Vec<&str> = arn.splitn(6, ':').collect();
    let [_, _, service, region, account, resource] = fields.as_slice() else {
        return;
    };
    if is_plain(service) {
        if service.bytes().any(|byte| byte.is_ascii_uppercase()) {
            let message = format!("`{arn}`: the service of an ARN is written in lower case");
            findings.push(Finding::new("arn-service-case", path, message).at(arn));
        } else if !actions::is_service(service) {
            let message = format!("`{arn}`: there is no service `{service}`");
            findings.push(Finding::new("arn-service", path, message).at(arn));
        }
    }
    if is_plain(region) && !actions::REGIONS.contains(region) {
        let message = format!("`{arn}`: there is no Region `{region}`");
        findings.push(Finding::new("arn-region", path, message).at(arn));
    }
    let digits = account.len() == 12 && account.bytes().all(|byte| byte.is_ascii_digit());
    if is_plain(account) && !digits && *account != "aws" && *account != "cloudfront" {
        let message = format!("`{arn}`: the account of an ARN is twelve digits");
        findings.push(Finding::new("arn-account", path, message).at(arn));
    }
    if resource.is_empty() {
        let message = format!("`{arn}`: the resource part is empty");
        findings.push(Finding::new("arn-resource", path, message).at(arn));
        return;
    }
    if let Some(known) = actions::service(service)
        && !known.resource_types().is_empty()
    {
        check_template(path, arn, known, findings);
    }
}

/// Region and account stand where the service's ARNs have them, and the rest is of a known form.
fn check_template(path: &str, arn: &str, service: &Service, findings: &mut Findings) {
    let fields: Vec<&str> = arn.splitn(6, ':').collect();
    let templates: Vec<Vec<&str>> = service
        .resource_types()
        .iter()
        .flat_map(ResourceType::templates)
        .map(split_template)
        .filter(|template| template.len() == 6 && template[2] == fields[2])
        .collect();
    if templates.is_empty() {
        return;
    }
    let open = template_pattern(fields[5]);
    let alike: Vec<&Vec<&str>> = templates
        .iter()
        .filter(|template| overlaps(&template_pattern(template[5]), &open))
        .collect();
    if alike.is_empty() {
        let message = format!("`{arn}`: no resource of the service has this form");
        findings.push(Finding::new("arn-form", path, message).at(arn));
        return;
    }
    for (at, name, rule) in [(3, "Region", "arn-region"), (4, "account", "arn-account")] {
        if is_plain(fields[at]) && alike.iter().all(|template| template[at].is_empty()) {
            let message = format!("`{arn}`: ARNs of this form have no {name}");
            findings.push(Finding::new(rule, path, message).at(arn));
        }
        // Documents and parameters of Systems Manager that AWS provides belong to no account.
        let is_of_aws = name == "account" && fields[2] == "ssm";
        if fields[at].is_empty()
            && !is_of_aws
            && alike.iter().all(|template| !template[at].is_empty())
        {
            let message = format!("`{arn}`: the {name} is missing");
            findings.push(Finding::new(rule, path, message).at(arn));
        }
    }
}

/// Like a split at five colons, colons inside `${...}` left alone (there are none in practice).
fn split_template(template: &str) -> Vec<&str> {
    template.splitn(6, ':').collect()
}

/// Each action that is named in full has to take one of the resources.
fn check_fit(
    action_path: &str,
    statement: &Statement,
    resources: &[Box<str>],
    findings: &mut Findings,
) {
    if statement.action.negated || resources.iter().any(|resource| **resource == *"*") {
        return;
    }
    for name in &statement.action.source {
        let Some((service, action)) = actions::find(name) else {
            continue;
        };
        let types = service.resource_types_of(action);
        if types.clone().next().is_none() {
            let message = format!("`{name}` takes no resource: only \"Resource\": \"*\" covers it");
            findings.push(Finding::new("wildcard-only-action", action_path, message).at(name));
            continue;
        }
        let fits = types.clone().any(|kind| {
            let mut patterns = kind.templates().map(template_pattern);
            patterns.any(|pattern| {
                resources
                    .iter()
                    .any(|resource| overlaps(&pattern, &template_pattern(resource)))
            })
        });
        let shorthand = resources
            .iter()
            .any(|resource| resource.starts_with("execute-api:/"));
        if !fits && !shorthand {
            let names: Vec<&str> = types.map(|kind| kind.name).collect();
            let message = format!("`{name}` takes other resources: {}", names.join(", "));
            findings.push(Finding::new("resource-type", action_path, message).at(name));
        }
    }
}
