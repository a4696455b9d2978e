//! Resources: what IAM asks of the ARN of each.

use serde_json::Value;

use super::{LEGACY, Refused, Statement, texts_of};
use crate::document::KNOWN_PARTITIONS;

/// What a resource path of IAM begins with.
const IAM_PATHS: [&str; 13] = [
    "user/",
    "federated-user/",
    "role/",
    "group/",
    "instance-profile/",
    "mfa/",
    "server-certificate/",
    "policy/",
    "sms-mfa/",
    "saml-provider/",
    "oidc-provider/",
    "report/",
    "access-report/",
];

/// The last fault of a resource, to be answered after what else is wrong; a fault that the older
/// parser meets is answered at once.
pub(super) fn check(statements: &[&Statement]) -> Result<Option<Refused>, Refused> {
    let mut found: Option<Refused> = None;
    for names in [&["Resource"] as &'static [&'static str], &["NotResource"]] {
        for statement in statements {
            let mut texts: Vec<&str> = texts_of(&[*statement], names).collect();
            if statement.get(names[0]).is_some_and(Value::is_array) {
                // AWS reads a list from its end, by the alphabet.
                texts.sort_unstable();
                texts.reverse();
                texts.retain(|text| !text.is_empty());
            }
            for text in &texts {
                found = fault(text)
                    .map(|words| Refused::new(words, format!("{}: `{text}`", names[0])))
                    .or(found);
            }
            if found.is_none() {
                texts.into_iter().try_for_each(check_legacy)?;
            }
        }
    }
    Ok(found)
}

/// The older parser: an ARN has its fields, and names a service.
fn check_legacy(resource: &str) -> Result<(), Refused> {
    let fields: Vec<&str> = resource.split(':').collect();
    let is_read = resource == "*"
        || (fields.len() > 5 || !resource.contains("::"))
            && fields.get(2).is_some_and(|service| !service.is_empty());
    if is_read {
        return Ok(());
    }
    let why = format!("Resource: `{resource}` has no service, or too few fields");
    Err(Refused::new(LEGACY, why))
}

fn fault(resource: &str) -> Option<String> {
    if resource == "*" {
        return None;
    }
    let Some((_, after_arn)) = resource.split_once(':') else {
        return Some(format!(
            "Resource {resource} must be in ARN format or \"*\"."
        ));
    };
    let (partition, rest) = match after_arn.split_once(':') {
        Some((partition, rest)) => (partition, Some(rest)),
        None => (after_arn, None),
    };
    if partition != "*" && !KNOWN_PARTITIONS.contains(&partition) {
        return Some(wrong_partition(partition, rest));
    }
    let Some(rest) = rest else {
        let words = "Resource vendor must be fully qualified and cannot contain regexes.";
        return Some(words.to_owned());
    };
    let mut fields = rest.splitn(4, ':');
    let service = fields.next().unwrap_or_default();
    let region = fields.next();
    let path = fields.nth(1).unwrap_or_default();
    let has_region = region.is_none_or(|region| !region.is_empty());
    match service {
        "iam" if has_region => Some(format!(
            "IAM resource {resource} cannot contain region information."
        )),
        "iam" if path != "*" && !IAM_PATHS.iter().any(|known| path.starts_with(known)) => {
            Some(format!(
                "IAM resource path must either be \"*\" or start with {}.",
                IAM_PATHS.join(", ")
            ))
        }
        // Access points have a Region; what has no such field is none of S3's resources.
        "s3" if has_region && !path.starts_with("accesspoint/") => Some(format!(
            "Resource {resource} can not contain region information."
        )),
        _ => None,
    }
}

/// AWS fills what is missing with stars.
fn wrong_partition(partition: &str, rest: Option<&str>) -> String {
    let mut fields = rest.unwrap_or_default().splitn(4, ':');
    let first = fields.next().unwrap_or_default();
    let others: Vec<&str> = fields.collect();
    let service = if first.is_empty() && others.is_empty() {
        "*"
    } else {
        first
    };
    let other = |at: usize| others.get(at).copied().unwrap_or("*");
    format!(
        "Partition \"{partition}\" is not valid for resource \"arn:{partition}:{service}:{}:{}:{}\".",
        other(0),
        other(1),
        other(2)
    )
}
