//! ARNs of secrets, of methods of APIs and of callers, whose forms are mistaken most.
//!
//! Sources: Secrets Manager user guide, `reference_iam-permissions.html#iam-resources` for the six
//! characters; API Gateway developer guide, `api-gateway-control-access-using-iam-policies-to-invoke-api.html`
//! and `http-api-access-control-iam.html` for methods; IAM user guide, `reference_identifiers.html` and
//! `reference_policies_condition-keys.html#condition-keys-principalarn` for callers.

use super::finding::{Finding, Findings};
use super::overlap::overlaps;
use crate::actions::template_pattern;
use crate::condition::{Condition, Family};
use crate::document::Statement;
use crate::pattern::matches_pattern;

/// The methods that APIs have.
const METHODS: [&str; 7] = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"];

pub(super) fn check_resource(
    path: &str,
    statement: &Statement,
    resource: &str,
    findings: &mut Findings,
) {
    check_secret(path, resource, findings);
    let invokes = statement
        .action
        .source
        .iter()
        .any(|action| matches_pattern(&action.to_ascii_lowercase(), "execute-api:invoke"));
    if invokes != statement.action.negated
        && let Some(method) = method_of(resource)
        && let Some(finding) = method_fault(path, resource, method)
    {
        findings.push(finding);
    }
}

pub(super) fn check_condition(path: &str, condition: &Condition, findings: &mut Findings) {
    let compares = matches!(
        condition.operator.family,
        Family::Arn | Family::Text | Family::Like | Family::TextIgnoringCase
    );
    if !compares {
        return;
    }
    for value in &condition.values {
        if condition.key.eq_ignore_ascii_case("aws:PrincipalArn") {
            check_caller(path, value, findings);
        }
        if condition
            .key
            .eq_ignore_ascii_case("secretsmanager:SecretId")
        {
            check_secret(path, value, findings);
        }
    }
}

/// The ARN of a secret ends with a hyphen and six characters that Secrets Manager draws.
fn check_secret(path: &str, arn: &str, findings: &mut Findings) {
    let fields: Vec<&str> = arn.splitn(7, ':').collect();
    let [_, _, "secretsmanager", _, _, "secret", name] = fields.as_slice() else {
        return;
    };
    let open = template_pattern(name);
    if !overlaps(&open, "*-??????") {
        let short = name.trim_end_matches(|end: char| end == '?' || end.is_ascii_alphanumeric());
        let is_short = short.ends_with('-') && name.ends_with('?');
        let code = if is_short {
            "secret-suffix-short"
        } else {
            "secret-suffix"
        };
        let base = if is_short {
            short.trim_end_matches('-')
        } else {
            name
        };
        let message = format!(
            "`{arn}` is the ARN of no secret: each ends with a hyphen and six characters that are drawn"
        );
        let fix = format!("write `{}-??????`", arn.replace(name, base));
        findings.push(Finding::new(code, path, message).at(arn).with_fix(fix));
        return;
    }
    // Of six characters that are drawn among 62, all are lower-case letters once in 180 times.
    let last = name.rsplit('-').next().unwrap_or_default();
    let is_word = last.len() == 6 && last.bytes().all(|byte| byte.is_ascii_lowercase());
    if is_word && name.len() > 7 {
        let message = format!(
            "`{arn}`: if `{name}` is the secret's whole name, the six characters are missing"
        );
        let finding = Finding::new("secret-suffix-doubtful", path, message);
        findings.push(finding.at(arn));
    }
}

/// `API/STAGE/METHOD/PATH` of an ARN of execute-api, or `/STAGE/METHOD/PATH` of the shorthand.
pub(super) fn method_of(resource: &str) -> Option<&str> {
    if let Some(rest) = resource.strip_prefix("execute-api:") {
        return rest.starts_with('/').then_some(rest);
    }
    let fields: Vec<&str> = resource.splitn(6, ':').collect();
    let [_, _, "execute-api", _, _, method] = fields.as_slice() else {
        return None;
    };
    Some(method)
}

/// What keeps `API/STAGE/METHOD/PATH` from being the ARN of any request.
pub(super) fn method_fault(path: &str, resource: &str, method: &str) -> Option<Finding> {
    let segments: Vec<&str> = method.split('/').collect();
    let is_method = |segment: &str| METHODS.contains(&segment.to_ascii_uppercase().as_str());
    let fault = |code, message: String| Some(Finding::new(code, path, message).at(resource));
    // A star takes slashes too: what follows it may be any segment.
    let open = segments
        .iter()
        .position(|segment| segment.contains('*') || segment.contains("${"));
    let known = open.unwrap_or(segments.len());
    if known > 1 && is_method(segments[1]) && segments[1].bytes().all(|b| b.is_ascii_uppercase()) {
        let message = format!(
            "`{resource}`: the stage is missing before `{}`",
            segments[1]
        );
        return fault("execute-api-stage", message);
    }
    if let Some(verb) = segments.get(2)
        && !verb.contains(['*', '?'])
        && is_method(verb)
        && verb.bytes().any(|byte| byte.is_ascii_lowercase())
    {
        let message = format!("`{resource}`: no request has the method `{verb}`");
        let upper = verb.to_ascii_uppercase();
        let finding = Finding::new("execute-api-method", path, message).at(resource);
        return Some(finding.with_fix(format!("write `{upper}`")));
    }
    let of_socket = segments.get(2).is_some_and(|route| !is_method(route));
    if open.is_none() && segments.len() < 4 && !(of_socket && segments.len() == 3) {
        let message = format!(
            "`{resource}`: an API's requests are `API/STAGE/METHOD/PATH`, this has {} of four",
            segments.len()
        );
        return fault("execute-api-segments", message);
    }
    None
}

/// `aws:PrincipalArn` of a session is the ARN of its role.
fn check_caller(path: &str, value: &str, findings: &mut Findings) {
    if is_caller(value) {
        if let Some((role, whole)) = pathless_role(value) {
            let message = format!("`{value}`: the path of `{role}` is missing");
            let finding = Finding::new("principal-arn-never", path, message).at(value);
            findings.push(finding.with_fix(format!("write `{whole}`")));
        }
        return;
    }
    let role = value
        .split_once(":assumed-role/")
        .and_then(|(_, rest)| rest.split('/').next());
    let message =
        format!("`aws:PrincipalArn` is never `{value}`: for a session it is the ARN of its role");
    let finding = Finding::new("principal-arn-never", path, message).at(value);
    findings.push(match role {
        Some(role) => finding.with_fix(format!(
            "write `arn:aws:iam::ACCOUNT:role/{role}`, with the role's path before its name"
        )),
        None => finding,
    });
}

/// Whether some caller may have this ARN. A text with fewer fields than an ARN stands for anything.
fn is_caller(value: &str) -> bool {
    let open = template_pattern(value);
    let fields: Vec<&str> = open.splitn(6, ':').collect();
    let [arn, _, service, region, _, resource] = fields.as_slice() else {
        return true;
    };
    let forms = [
        ("iam", "root"),
        ("iam", "user/*"),
        ("iam", "role/*"),
        ("sts", "federated-user/*"),
    ];
    overlaps(arn, "arn")
        && overlaps(region, "")
        && forms
            .iter()
            .any(|(known, form)| overlaps(service, known) && overlaps(resource, form))
}

/// A role whose name is one that AWS gives below a path, and which stands here without: the name, and
/// the ARN as it should be.
pub(super) fn pathless_role(arn: &str) -> Option<(&str, String)> {
    let (head, name) = arn.split_once(":role/")?;
    let is_iam = head.split(':').nth(2) == Some("iam");
    let path = if name.starts_with("AWSReservedSSO_") {
        "aws-reserved/sso.amazonaws.com/*/"
    } else if name.starts_with("AWSServiceRoleFor") {
        "aws-service-role/*/"
    } else {
        return None;
    };
    is_iam.then(|| (name, format!("{head}:role/{path}{name}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn methods_have_four_segments_in_upper_case() {
        for (method, expected) in [
            ("a1/prod/GET/orders", None),
            ("a1/prod/GET/", None),
            ("a1/*/GET/orders", None),
            ("a1/*", None),
            ("*/prod/POST/orders/*", None),
            ("a1/$default/GET/orders", None),
            ("a1/prod/*", None),
            ("a1/prod/$connect", None),
            ("a1/prod/POST/@connections/*", None),
            ("/prod/GET/orders", None),
            ("a1/prod/get/orders", Some("execute-api-method")),
            ("a1/*/get/orders", Some("execute-api-method")),
            ("*/prod/Post/*", Some("execute-api-method")),
            ("a1/prod/get", Some("execute-api-method")),
            ("a1/GET/orders", Some("execute-api-stage")),
            ("a1/GET/*", Some("execute-api-stage")),
            ("/GET/orders", Some("execute-api-stage")),
            ("a1", Some("execute-api-segments")),
            ("a1/prod", Some("execute-api-segments")),
            ("a1/prod/GET", Some("execute-api-segments")),
        ] {
            let found = method_fault("$", method, method).map(|finding| finding.code);
            assert_eq!(found, expected, "{method}");
        }
    }
}
