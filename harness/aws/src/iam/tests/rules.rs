//! Calls that IAM refuses, each with what AWS answers, and beside it one that it takes.

use serde_json::{Value as Json, json};

use super::TRUST;
use super::direct::Direct;

const ALLOW: &str =
    r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}"#;

/// A document of this many characters.
fn long(characters: usize) -> String {
    let bare = ALLOW.replace("s3:*", "s3:");
    ALLOW.replace(
        "s3:*",
        &format!("s3:{}", "a".repeat(characters - bare.len())),
    )
}

fn long_trust(characters: usize) -> String {
    let with = |text: &str| {
        TRUST.replace("\"sts:AssumeRole\"}", &format!("\"sts:AssumeRole\",\"Condition\":{{\"StringLike\":{{\"aws:userid\":\"{text}\"}}}}}}"))
    };
    with(&"a".repeat(characters - with("").len()))
}

#[tokio::test]
async fn what_is_refused_is_refused_in_the_words_of_aws() {
    let lab = Direct::new();
    lab.done(
        "iam:CreateRole",
        json!({"RoleName": "r", "AssumeRolePolicyDocument": TRUST}),
    )
    .await;
    lab.done("iam:CreateUser", json!({"UserName": "u"})).await;
    lab.done("iam:CreateGroup", json!({"GroupName": "g"})).await;
    lab.done(
        "iam:CreateServiceLinkedRole",
        json!({"AWSServiceName": "ecs.amazonaws.com"}),
    )
    .await;
    let linked = "AWSServiceRoleForECS";
    let protected = format!(
        "Cannot perform the operation on the protected role '{linked}' - this role is only modifiable by AWS"
    );
    let twice = json!([{"Key": "Team", "Value": "a"}, {"Key": "team", "Value": "b"}]);
    let once = json!([{"Key": "Team", "Value": "a"}, {"Key": "teams", "Value": "b"}]);
    let duplicate = (
        "InvalidInput",
        "Duplicate tag keys found. Please note that Tag keys are case insensitive.",
    );
    let no_arn = ("ValidationError", "Invalid ARN:  Could not be parsed!");
    let (power, unknown) = (
        "arn:aws:iam::aws:policy/PowerUserAccess",
        "arn:aws:iam::aws:policy/NoSuch",
    );
    let old = ALLOW.replace("2012", "2008");
    let rows: Vec<(&str, Json, (&str, String), Json)> = vec![
        ("CreateRole", json!({"RoleName": "n", "AssumeRolePolicyDocument": TRUST, "Tags": twice}), (duplicate.0, duplicate.1.into()), json!({"RoleName": "n", "AssumeRolePolicyDocument": TRUST, "Tags": once})),
        ("CreatePolicy", json!({"PolicyName": "n", "PolicyDocument": ALLOW, "Tags": twice}), (duplicate.0, duplicate.1.into()), json!({"PolicyName": "n", "PolicyDocument": ALLOW, "Tags": once})),
        ("TagUser", json!({"UserName": "u", "Tags": twice}), (duplicate.0, duplicate.1.into()), json!({"UserName": "u", "Tags": once})),
        ("AttachRolePolicy", json!({"RoleName": "r", "PolicyArn": "longpolicynamebutnoarn"}), (no_arn.0, no_arn.1.into()), json!({"RoleName": "r", "PolicyArn": power})),
        ("AttachUserPolicy", json!({"UserName": "u", "PolicyArn": "arn:aws:iam::aws-policy-x"}), (no_arn.0, no_arn.1.into()), json!({"UserName": "u", "PolicyArn": power})),
        ("GetPolicy", json!({"PolicyArn": "longpolicynamebutnoarn"}), (no_arn.0, no_arn.1.into()), json!({"PolicyArn": power})),
        ("PutRolePermissionsBoundary", json!({"RoleName": "r", "PermissionsBoundary": "longpolicynamebutnoarn"}), (no_arn.0, no_arn.1.into()), json!({"RoleName": "r", "PermissionsBoundary": power})),
        ("PutUserPermissionsBoundary", json!({"UserName": "u", "PermissionsBoundary": unknown}), ("NoSuchEntity", format!("Scope ARN: {unknown} does not exist or is not attachable.")), json!({"UserName": "u", "PermissionsBoundary": power})),
        ("AttachGroupPolicy", json!({"GroupName": "g", "PolicyArn": unknown}), ("NoSuchEntity", format!("Policy {unknown} does not exist or is not attachable.")), json!({"GroupName": "g", "PolicyArn": power})),
        ("CreatePolicy", json!({"PolicyName": "o", "PolicyDocument": old}), ("MalformedPolicyDocument", "Policy document must be version 2012-10-17 or greater.".into()), json!({"PolicyName": "o", "PolicyDocument": ALLOW})),
        ("PutUserPolicy", json!({"UserName": "u", "PolicyName": "p", "PolicyDocument": "{,}"}), ("MalformedPolicyDocument", "This policy contains invalid Json".into()), json!({"UserName": "u", "PolicyName": "p", "PolicyDocument": old})),
        ("CreateRole", json!({"RoleName": "bad", "AssumeRolePolicyDocument": TRUST.replace("sts:AssumeRole", "sts:BadAssumeRole")}), ("MalformedPolicyDocument", "AssumeRole policy may only specify STS AssumeRole actions.".into()), json!({"RoleName": "bad", "AssumeRolePolicyDocument": TRUST})),
        ("UpdateAssumeRolePolicy", json!({"RoleName": "r", "PolicyDocument": long_trust(2_049)}), ("LimitExceeded", "Cannot exceed quota for ACLSizePerRole: 2048".into()), json!({"RoleName": "r", "PolicyDocument": long_trust(2_048)})),
        ("CreatePolicy", json!({"PolicyName": "l", "PolicyDocument": long(6_145)}), ("LimitExceeded", "Cannot exceed quota for PolicySize: 6144".into()), json!({"PolicyName": "l", "PolicyDocument": long(6_144)})),
        ("PutGroupPolicy", json!({"GroupName": "g", "PolicyName": "l", "PolicyDocument": long(5_121)}), ("LimitExceeded", "Maximum policy size of 5120 bytes exceeded for group g".into()), json!({"GroupName": "g", "PolicyName": "l", "PolicyDocument": long(5_120)})),
        ("PutRolePolicy", json!({"RoleName": linked, "PolicyName": "p", "PolicyDocument": ALLOW}), ("UnmodifiableEntity", protected.clone()), json!({"RoleName": "r", "PolicyName": "p", "PolicyDocument": ALLOW})),
        ("UpdateAssumeRolePolicy", json!({"RoleName": linked, "PolicyDocument": TRUST}), ("UnmodifiableEntity", protected.clone()), json!({"RoleName": "r", "PolicyDocument": TRUST})),
        ("DeleteRole", json!({"RoleName": linked}), ("UnmodifiableEntity", protected), json!({"RoleName": "bad"})),
        ("CreateServiceLinkedRole", json!({"AWSServiceName": "batch.amazonaws.com", "CustomSuffix": "x"}), ("InvalidInput", "Custom suffix is not allowed for batch.amazonaws.com".into()), json!({"AWSServiceName": "lexv2.amazonaws.com", "CustomSuffix": "x"})),
        ("CreateGroup", json!({"GroupName": "G"}), ("EntityAlreadyExists", "Group with name G already exists.".into()), json!({"GroupName": "h"})),
        ("AddUserToGroup", json!({"GroupName": "none", "UserName": "u"}), ("NoSuchEntity", "The group with name none cannot be found.".into()), json!({"GroupName": "g", "UserName": "u"})),
        ("DeleteGroup", json!({"GroupName": "g"}), ("DeleteConflict", "Cannot delete entity, must remove users from group first.".into()), json!({"GroupName": "h"})),
        ("DeleteLoginProfile", json!({"UserName": "nobody"}), ("NoSuchEntity", "The user with name nobody cannot be found.".into()), Json::Null),
        ("CreateServiceSpecificCredential", json!({"UserName": "u", "ServiceName": "lambda.amazonaws.com"}), ("NoSuchEntity", "No such service lambda.amazonaws.com is supported for Service Specific Credentials".into()), json!({"UserName": "u", "ServiceName": "codecommit.amazonaws.com"})),
    ];
    for (operation, refused, (code, words), taken) in rows {
        let call = format!("iam:{operation}");
        let error = lab.ask(&call, refused).await.expect_err(operation);
        assert_eq!(
            (error.code.as_str(), error.message.as_str()),
            (code, words.as_str()),
            "{operation}"
        );
        if !taken.is_null() {
            lab.done(&call, taken).await;
        }
    }
}

/// Members that AWS sends, and those that it does not.
#[tokio::test]
async fn answers_have_the_members_that_were_recorded() {
    let lab = Direct::new();
    let boundary = "arn:aws:iam::aws:policy/PowerUserAccess";
    let role = json!({"RoleName": "r", "AssumeRolePolicyDocument": TRUST, "PermissionsBoundary": boundary});
    let made = lab.done("iam:CreateRole", role).await;
    assert_eq!(made["Role"]["MaxSessionDuration"], Json::Null);
    let shown = lab.done("iam:GetRole", json!({"RoleName": "r"})).await;
    assert_eq!(shown["Role"]["MaxSessionDuration"], 3600);
    assert_eq!(
        shown["Role"]["PermissionsBoundary"]["PermissionsBoundaryType"],
        "Policy"
    );
    let policy = lab
        .done("iam:GetPolicy", json!({"PolicyArn": boundary}))
        .await;
    assert_eq!(policy["Policy"]["PermissionsBoundaryUsageCount"], 1);
    let made = lab
        .done(
            "iam:CreatePolicy",
            json!({"PolicyName": "p", "PolicyDocument": ALLOW}),
        )
        .await;
    assert_eq!(made["Policy"]["PermissionsBoundaryUsageCount"], 0);
    assert_eq!(made["Policy"]["Tags"], Json::Null);
    // A longest session that is left out stays.
    lab.done(
        "iam:UpdateRole",
        json!({"RoleName": "r", "MaxSessionDuration": 7200}),
    )
    .await;
    lab.done(
        "iam:UpdateRole",
        json!({"RoleName": "r", "Description": "d"}),
    )
    .await;
    let shown = lab.done("iam:GetRole", json!({"RoleName": "r"})).await;
    assert_eq!(shown["Role"]["MaxSessionDuration"], 7200);
    let root = lab.done("iam:GetUser", json!({})).await;
    assert_eq!(root["User"]["CreateDate"], "2026-01-01T00:00:00Z");
    // The account of a key is told after its end.
    lab.done("iam:CreateUser", json!({"UserName": "u"})).await;
    let key = lab
        .done("iam:CreateAccessKey", json!({"UserName": "u"}))
        .await;
    let id = key["AccessKey"]["AccessKeyId"].clone();
    for step in ["iam:UpdateAccessKey", "iam:DeleteAccessKey"] {
        let mut input = json!({"UserName": "u", "AccessKeyId": id});
        if step == "iam:UpdateAccessKey" {
            input["Status"] = "Inactive".into();
        }
        lab.done(step, input).await;
        let told = lab
            .done("sts:GetAccessKeyInfo", json!({"AccessKeyId": id}))
            .await;
        assert_eq!(told["Account"], "222222222222", "{step}");
    }
}

/// Groups give their users what they have, and no longer than they are in them.
#[tokio::test]
async fn a_user_may_what_its_groups_may() {
    let lab = Direct::new();
    lab.done("iam:CreateUser", json!({"UserName": "u"})).await;
    let key = lab
        .done("iam:CreateAccessKey", json!({"UserName": "u"}))
        .await;
    let key = key["AccessKey"]["AccessKeyId"].as_str().unwrap().to_owned();
    let may = async || lab.ask_as(&key, "iam:ListRoles", json!({})).await.is_ok();
    assert!(!may().await);
    lab.done("iam:CreateGroup", json!({"GroupName": "g"})).await;
    lab.done(
        "iam:AttachGroupPolicy",
        json!({"GroupName": "g", "PolicyArn": "arn:aws:iam::aws:policy/IAMReadOnlyAccess"}),
    )
    .await;
    assert!(!may().await);
    lab.done(
        "iam:AddUserToGroup",
        json!({"GroupName": "g", "UserName": "u"}),
    )
    .await;
    assert!(may().await);
    let deny = ALLOW.replace("Allow", "Deny").replace("s3:*", "iam:*");
    lab.done(
        "iam:PutGroupPolicy",
        json!({"GroupName": "g", "PolicyName": "d", "PolicyDocument": deny}),
    )
    .await;
    assert!(!may().await);
    lab.done(
        "iam:DeleteGroupPolicy",
        json!({"GroupName": "g", "PolicyName": "d"}),
    )
    .await;
    assert!(may().await);
    lab.done(
        "iam:RemoveUserFromGroup",
        json!({"GroupName": "g", "UserName": "u"}),
    )
    .await;
    assert!(!may().await);
}

/// Who may only change what has a certain boundary: the condition key shows the target's.
#[tokio::test]
async fn the_boundary_of_the_target_is_a_condition_key() {
    let lab = Direct::new();
    let boundary = "arn:aws:iam::aws:policy/PowerUserAccess";
    for (name, has) in [("bound", true), ("free", false)] {
        let mut role = json!({"RoleName": name, "AssumeRolePolicyDocument": TRUST});
        if has {
            role["PermissionsBoundary"] = boundary.into();
        }
        lab.done("iam:CreateRole", role).await;
    }
    lab.done("iam:CreateUser", json!({"UserName": "u"})).await;
    let document = json!({"Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Action": ["iam:AttachRolePolicy", "iam:PutRolePolicy", "iam:CreateRole"],
        "Resource": "*", "Condition": {"StringEquals": {"iam:PermissionsBoundary": boundary}},
    }]});
    lab.done(
        "iam:PutUserPolicy",
        json!({"UserName": "u", "PolicyName": "p", "PolicyDocument": document.to_string()}),
    )
    .await;
    let key = lab
        .done("iam:CreateAccessKey", json!({"UserName": "u"}))
        .await;
    let key = key["AccessKey"]["AccessKeyId"].as_str().unwrap().to_owned();
    for (call, rest) in [
        ("iam:AttachRolePolicy", json!({"PolicyArn": boundary})),
        (
            "iam:PutRolePolicy",
            json!({"PolicyName": "p", "PolicyDocument": ALLOW}),
        ),
    ] {
        for (name, is_allowed) in [("bound", true), ("free", false)] {
            let mut input = rest.clone();
            input["RoleName"] = name.into();
            let answer = lab.ask_as(&key, call, input).await;
            assert_eq!(answer.is_ok(), is_allowed, "{call} {name}: {answer:?}");
        }
    }
}
