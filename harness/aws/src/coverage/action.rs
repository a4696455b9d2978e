//! Every check of every row, held against what AWS documents of the action: it exists, its resource is
//! one of those that it takes, and each condition key is one that its requests can have.
//!
//! What differs and is right stands in [`DIFFERENCES`] with the reason; one that no check shows any more
//! is a fault too, so that the list only shrinks.

use std::collections::BTreeSet;

use authlab_policy::actions;

use super::bench::Bench;
use super::place;
use super::sample::Samples;
use crate::operation::{Authorization, Check, Service};

/// Actions, what of them is not documented (a key, or [`RESOURCE`] with its kind), and why it stands in
/// a check all the same.
type Difference = (&'static [&'static str], &'static str, &'static str);

/// What stands before the kind of a resource that an action does not take; alone for what is of no kind.
const RESOURCE: &str = "resource";

const DIFFERENCES: [Difference; 22] = [
    (
        &[
            "apigateway:DELETE",
            "apigateway:GET",
            "apigateway:PATCH",
            "apigateway:PUT",
        ],
        "resource Api",
        OF_V2,
    ),
    (
        &["apigateway:GET", "apigateway:POST", "apigateway:PUT"],
        "resource Apis",
        OF_V2,
    ),
    (&["apigateway:DELETE"], "resource Cors", OF_V2),
    (
        &["apigateway:GET", "apigateway:POST"],
        "resource Integrations",
        OF_V2,
    ),
    (
        &["apigateway:DELETE", "apigateway:GET", "apigateway:PATCH"],
        "resource Route",
        OF_V2,
    ),
    (
        &["apigateway:GET", "apigateway:POST"],
        "resource Routes",
        OF_V2,
    ),
    (&["apigateway:POST"], "resource Tags", OF_V2),
    (
        &["apigateway:POST"],
        "resource Resource",
        "CreateResource is a POST on the resource above (API Gateway API reference)",
    ),
    (
        &[
            "iam:DeleteVirtualMFADevice",
            "iam:GetInstanceProfile",
            "iam:ListInstanceProfileTags",
            "iam:ListMFADeviceTags",
            "iam:ListServerCertificateTags",
            "iam:RemoveRoleFromInstanceProfile",
            "iam:TagInstanceProfile",
            "iam:TagMFADevice",
            "iam:UntagInstanceProfile",
            "iam:UntagMFADevice",
            "iam:UntagServerCertificate",
        ],
        "iam:ResourceTag",
        "documented for some actions on the same kinds of resource only (unverified)",
    ),
    (
        &["iam:GetMFADevice"],
        "resource mfa",
        "a request that names no user has no other resource (unverified)",
    ),
    (
        &["kms:DeleteAlias", "kms:UpdateAlias"],
        "kms:RequestAlias",
        "the request names the key by its alias (unverified)",
    ),
    (
        &[
            "kms:GenerateRandom",
            "kms:ListAliases",
            "kms:ListKeys",
            "kms:ListRetirableGrants",
        ],
        "kms:CallerAccount",
        "the caller's account is known of every request (unverified)",
    ),
    (
        &["logs:DescribeLogGroups"],
        "resource log-stream",
        "refusals name it (CloudWatch Logs user guide, `iam-access-control-overview-cwl.html`)",
    ),
    (
        &["oam:CreateLink"],
        "resource Link",
        "a policy for who makes links names both (CloudWatch user guide, cross-account setup)",
    ),
    (
        &["oam:UpdateLink"],
        "resource Sink",
        "the sink's policy has to allow what the link shares anew, as for CreateLink",
    ),
    (
        &["organizations:TagResource"],
        RESOURCE,
        "the id of what is made with tags is not known yet",
    ),
    (
        &["secretsmanager:TagResource"],
        "secretsmanager:Name",
        "asked for together with CreateSecret, whose request has it (unverified)",
    ),
    (&["sts:SetSourceIdentity"], "aws:RequestTag", OF_ASSUME_ROLE),
    (&["sts:SetSourceIdentity"], "aws:TagKeys", OF_ASSUME_ROLE),
    (
        &["sts:SetSourceIdentity", "sts:TagSession"],
        "sts:RoleSessionName",
        OF_ASSUME_ROLE,
    ),
    (&["sts:TagSession"], "sts:SourceIdentity", OF_ASSUME_ROLE),
    (
        &["sts:TagSession"],
        "resource federated-user",
        "GetFederationToken with tags asks for it (IAM user guide, `id_session-tags.html`)",
    ),
];

/// HTTP APIs have a page of the reference of their own.
const OF_V2: &str = "stands on the page of API Gateway Management V2, of which the table has the kinds of \
                     resource, and not which action takes which";

/// One request, several permissions.
const OF_ASSUME_ROLE: &str =
    "all permissions that AssumeRole needs are asked for with the same request";

/// What is not documented of a check; `None` for an action that is not there at all.
fn undocumented(check: &Check) -> Option<Vec<String>> {
    let (service, action) = actions::find(&check.action)?;
    let mut found = Vec::new();
    let mut taken = service.resource_types_of(action);
    // An action that takes resources may be asked for without one: nobody knows which it will be.
    if check.resource != "*" && !taken.any(|kind| kind.fits(&check.resource)) {
        let all = service.resource_types().iter();
        let like = all.filter(|kind| kind.fits(&check.resource));
        let nearest = like.max_by_key(|kind| kind.templates().map(str::len).max());
        found.push(nearest.map_or_else(
            || RESOURCE.to_owned(),
            |kind| format!("{RESOURCE} {}", kind.name),
        ));
    }
    for (key, _) in &check.context {
        let is_of_request = ["aws:RequestTag/", "aws:ResourceTag/", "aws:TagKeys"]
            .iter()
            .any(|start| key.starts_with(start));
        let is_known =
            service.has_key(action, key) || actions::is_global_key(key) && !is_of_request;
        let name = key.split_once('/').map_or(key.as_str(), |(name, _)| name);
        if !is_known && !found.iter().any(|other| other == name) {
            found.push(name.to_owned());
        }
    }
    Some(found)
}

/// The checks of every row of a service, by its samples.
async fn checks(service: &'static Service) -> Vec<Check> {
    let samples = Samples::read(service.name);
    let mut all = Vec::new();
    for sample in &samples.operations {
        let row = service.rows.iter().find(|row| row.name == sample.name);
        let Some(Authorization::Checks(checks)) = row.map(|row| &row.authorization) else {
            continue;
        };
        for sample in place::further(sample) {
            let bench = Bench::prepared(&samples, sample).await;
            match bench.checks(*checks) {
                Ok(checks) => all.extend(checks),
                // What cannot be performed here may be refused before anything is asked for.
                Err(error) => assert!(sample.answers.is_some(), "{}: {error:?}", sample.name),
            }
        }
    }
    all
}

#[tokio::test]
async fn every_check_is_one_that_aws_documents() {
    let (mut faults, mut seen) = (BTreeSet::new(), BTreeSet::new());
    for service in crate::SERVICES.iter().copied() {
        for check in checks(service).await {
            let action = check.action.as_str();
            let Some(found) = undocumented(&check) else {
                faults.insert(format!("{action}: there is no such action"));
                continue;
            };
            for what in found {
                let known = |row: &&Difference| row.0.contains(&action) && row.1 == what;
                match DIFFERENCES.iter().find(known) {
                    Some(row) => {
                        seen.insert((action.to_owned(), row.1));
                    }
                    None => {
                        faults.insert(format!("{action}: {what} ({})", check.resource));
                    }
                }
            }
        }
    }
    for (named, what, reason) in DIFFERENCES {
        assert!(!reason.is_empty(), "{what}");
        for action in named {
            if !seen.contains(&((*action).to_owned(), what)) {
                faults.insert(format!("{action}: {what} is no difference any more"));
            }
        }
    }
    let faults: Vec<String> = faults.into_iter().collect();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn what_nobody_documents_is_seen() {
    let check = |action: &str, resource: &str| {
        Check::new(action, resource, "111111111111".parse().unwrap())
    };
    let sink = "arn:aws:oam:eu-central-1:111111111111:sink/a";
    let link = "arn:aws:oam:eu-central-1:111111111111:link/a";
    for (check, expected) in [
        (check("oam:GetSink", sink), Some(vec![])),
        (
            check("oam:GetSink", sink).with("aws:ResourceTag/team", "red"),
            Some(vec![]),
        ),
        (
            check("oam:GetSink", sink).with("aws:SourceIp", "192.0.2.1"),
            Some(vec![]),
        ),
        (check("oam:GetSink", "*"), Some(vec![])),
        (check("oam:ListSinks", "*"), Some(vec![])),
        (check("oam:GetSink", link), Some(vec!["resource Link"])),
        (
            check("oam:GetSink", "arn:aws:oam:eu-central-1:111111111111:tap/a"),
            Some(vec![RESOURCE]),
        ),
        (check("oam:ListSinks", sink), Some(vec!["resource Sink"])),
        (
            check("oam:GetSink", sink).with("kms:ViaService", "x"),
            Some(vec!["kms:ViaService"]),
        ),
        (
            check("oam:GetSink", sink).with("aws:RequestTag/team", "red"),
            Some(vec!["aws:RequestTag"]),
        ),
        (check("oam:LookAtSink", sink), None),
        (check("nobody:GetSink", sink), None),
    ] {
        let expected = expected
            .map(|names: Vec<&str>| names.into_iter().map(str::to_owned).collect::<Vec<_>>());
        assert_eq!(
            undocumented(&check),
            expected,
            "{} {}",
            check.action,
            check.resource
        );
    }
}
