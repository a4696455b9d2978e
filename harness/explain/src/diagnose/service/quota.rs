//! What to do about a quota. Most of AWS's can be raised on request; those that cannot are named here.

/// What to do where there is a limit of `of`.
pub(super) fn remedy(of: &str, limit: u64) -> String {
    let known = KNOWN.iter().find(|(quota, _)| *quota == of);
    match known {
        Some((_, remedy)) => (*remedy).to_owned(),
        None if of.starts_with("bytes of ") || of.ends_with("size") => {
            format!(
                "make it shorter than {limit}: join statements, use wildcards, or split it over several"
            )
        }
        None if of.starts_with("tags of ") => format!("take tags away: {limit} fit"),
        None => "delete one that is not needed any more, or ask AWS for a higher quota".to_owned(),
    }
}

/// The quotas whose remedy is known (IAM user guide, `reference_iam-quotas`; CloudWatch user guide,
/// `cloudwatch_limits`; CloudWatch Logs, `cloudwatch_limits_cwl`; Lambda, `gettingstarted-limits`; API Gateway,
/// `http-api-quotas`).
const KNOWN: [(&str, &str); 20] = [
    (
        "AccessKeysPerUser",
        "deactivate and delete the older of the user's two access keys (`iam:ListAccessKeys`): the \
         quota cannot be raised",
    ),
    (
        "PolicySize",
        "shorten the document to 6,144 characters without white space, or split it over several \
         managed policies: the quota cannot be raised",
    ),
    (
        "PoliciesPerAccount",
        "delete managed policies that nothing has attached, or ask AWS for a higher quota",
    ),
    (
        "AttachedPoliciesPerRole",
        "join policies, or move some into a group or an inline policy: ask AWS for up to 20",
    ),
    (
        "AttachedPoliciesPerUser",
        "give the user's policies to a group: ask AWS for up to 20",
    ),
    (
        "AttachedPoliciesPerGroup",
        "join policies of the group, or split the group: the quota cannot be raised",
    ),
    (
        "VersionsPerPolicy",
        "delete a version that is not the default (`iam:ListPolicyVersions`): five fit, and the quota \
         cannot be raised",
    ),
    (
        "GroupsPerUser",
        "take the user out of a group: the quota cannot be raised",
    ),
    (
        "ACLSizePerRole",
        "shorten the role's trust policy: name principals by account or by a condition; AWS raises it to \
         4,096 characters on request",
    ),
    (
        "RolesPerAccount",
        "delete roles that nobody uses (`iam:ListRoles`, `RoleLastUsed`), or ask AWS for up to 5,000",
    ),
    (
        "UsersPerAccount",
        "delete users that nobody is, or let people sign in by federation: the quota cannot be raised",
    ),
    (
        "MFADevicesPerUser",
        "deactivate a device of the user's first (`iam:ListMFADevices`)",
    ),
    (
        "ClientIdsPerOpenIdConnectProvider",
        "remove a client id that is not used any more: the quota cannot be raised",
    ),
    (
        "InstanceSessionsPerInstanceProfile",
        "take the role out of the instance profile first: it holds one",
    ),
    (
        "authorizers of an API",
        "let routes share one authorizer: it takes up to 50 audiences (`apigatewayv2:UpdateAuthorizer`), and a \
         route asks for scopes of its own; delete those that no route names, or ask AWS for a higher quota",
    ),
    (
        "resource policies of a Region",
        "delete or merge resource policies of CloudWatch Logs (`logs:DescribeResourcePolicies`): ten fit, \
         and the quota cannot be raised",
    ),
    (
        "bytes of the function's policy",
        "remove statements (`lambda:RemovePermission`), and let one with a wildcard in its SourceArn take \
         the place of many",
    ),
    (
        "policies of a type attached to an entity",
        "join policies, or attach one of them a level higher: the quota cannot be raised",
    ),
    (
        "levels of organizational units below the root",
        "put the unit higher: five levels fit, and the quota cannot be raised",
    ),
    (
        "data points of an answer of GetMetricStatistics",
        "ask for a longer period or a shorter span, or use `cloudwatch:GetMetricData`",
    ),
];
