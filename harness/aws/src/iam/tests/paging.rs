//! Every list of IAM and Organizations in parts: by the model, so that a new list cannot be left out.

use authlab_wire::Models;
use serde_json::{Value as Json, json};

use super::TRUST;
use super::certificate::CERTIFICATES;
use super::direct::Direct;
use crate::front::testing::{MANAGEMENT, MONITORING, WORKLOAD};
use crate::operation::Service;

const ALLOW: &str =
    r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}"#;

/// A lab with two of everything that is listed.
async fn filled() -> Direct {
    let lab = Direct::new();
    let tags = json!([{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "2"}]);
    for n in ["one", "two"] {
        let steps = [
            (
                "iam:CreateRole",
                json!({"RoleName": n, "AssumeRolePolicyDocument": TRUST, "Tags": tags}),
            ),
            ("iam:CreateUser", json!({"UserName": n, "Tags": tags})),
            ("iam:CreateGroup", json!({"GroupName": n})),
            (
                "iam:CreatePolicy",
                json!({"PolicyName": n, "PolicyDocument": ALLOW, "Tags": tags}),
            ),
            (
                "iam:CreateInstanceProfile",
                json!({"InstanceProfileName": n, "Tags": tags}),
            ),
            (
                "iam:AddRoleToInstanceProfile",
                json!({"InstanceProfileName": n, "RoleName": "one"}),
            ),
            (
                "iam:CreateVirtualMFADevice",
                json!({"VirtualMFADeviceName": n, "Tags": tags}),
            ),
            (
                "iam:CreateServiceSpecificCredential",
                json!({"UserName": "one", "ServiceName": "codecommit.amazonaws.com"}),
            ),
            ("iam:CreateAccessKey", json!({"UserName": "one"})),
            (
                "iam:CreateOpenIDConnectProvider",
                json!({"Url": format!("https://{n}.example"), "Tags": tags}),
            ),
        ];
        for (call, input) in steps {
            lab.done(call, input).await;
        }
    }
    for (name, (certificate, key)) in ["one", "two"].into_iter().zip(CERTIFICATES) {
        let signing = json!({"UserName": "one", "CertificateBody": certificate});
        lab.done("iam:UploadSigningCertificate", signing).await;
        let server = json!({
            "ServerCertificateName": name,
            "CertificateBody": certificate,
            "PrivateKey": key,
            "Tags": tags,
        });
        lab.done("iam:UploadServerCertificate", server).await;
    }
    for n in ["one", "two"] {
        let arn = format!("arn:aws:iam::222222222222:policy/{n}");
        for (kind, member) in [
            ("Role", "RoleName"),
            ("User", "UserName"),
            ("Group", "GroupName"),
        ] {
            let put = json!({member: "one", "PolicyName": n, "PolicyDocument": ALLOW});
            lab.done(&format!("iam:Put{kind}Policy"), put).await;
            let attach = json!({member: "one", "PolicyArn": arn});
            lab.done(&format!("iam:Attach{kind}Policy"), attach).await;
        }
        lab.done(
            "iam:AddUserToGroup",
            json!({"GroupName": n, "UserName": "one"}),
        )
        .await;
        lab.done(
            "iam:AddUserToGroup",
            json!({"GroupName": "one", "UserName": n}),
        )
        .await;
        let version =
            json!({"PolicyArn": "arn:aws:iam::222222222222:policy/one", "PolicyDocument": ALLOW});
        lab.done("iam:CreatePolicyVersion", version).await;
    }
    for n in ["one", "two"] {
        let serial = format!("arn:aws:iam::222222222222:mfa/{n}");
        let mut cloud = lab.0.cloud();
        let account = crate::front::testing::account("222222222222");
        let seed = cloud
            .iam
            .mfa_device(&account, &serial)
            .unwrap()
            .seed
            .clone();
        let now = lab.0.clock().now();
        let step = crate::iam::mfa::step_of(now);
        let codes = [step - 1, step].map(|step| crate::iam::mfa::code(&seed, step));
        let codes = [codes[0].as_str(), codes[1].as_str()];
        cloud
            .iam
            .enable_mfa_device(&account, "one", &serial, codes, now)
            .unwrap();
    }
    lab
}

/// The input of each list, and its members where the answer has several.
fn inputs(operation: &str) -> Option<Json> {
    let policy = "arn:aws:iam::222222222222:policy/one";
    Some(match operation {
        "ListRoles"
        | "ListUsers"
        | "ListGroups"
        | "ListInstanceProfiles"
        | "ListServerCertificates"
        | "ListVirtualMFADevices" => json!({}),
        "ListPolicies" => json!({"Scope": "Local"}),
        "ListRoleTags"
        | "ListRolePolicies"
        | "ListAttachedRolePolicies"
        | "ListInstanceProfilesForRole" => json!({"RoleName": "one"}),
        "ListUserTags"
        | "ListUserPolicies"
        | "ListAttachedUserPolicies"
        | "ListGroupsForUser"
        | "ListAccessKeys"
        | "ListMFADevices"
        | "ListServiceSpecificCredentials"
        | "ListSigningCertificates" => {
            json!({"UserName": "one"})
        }
        "ListGroupPolicies" | "ListAttachedGroupPolicies" | "GetGroup" => {
            json!({"GroupName": "one"})
        }
        "ListPolicyVersions" | "ListPolicyTags" | "ListEntitiesForPolicy" => {
            json!({"PolicyArn": policy})
        }
        "ListServerCertificateTags" => json!({"ServerCertificateName": "one"}),
        "ListInstanceProfileTags" => json!({"InstanceProfileName": "one"}),
        "ListMFADeviceTags" => json!({"SerialNumber": "arn:aws:iam::222222222222:mfa/one"}),
        "ListOpenIDConnectProviderTags" => {
            json!({"OpenIDConnectProviderArn": "arn:aws:iam::222222222222:oidc-provider/one.example"})
        }
        "SimulateCustomPolicy" => {
            json!({"PolicyInputList": [ALLOW], "ActionNames": ["s3:GetObject", "s3:PutObject"]})
        }
        "SimulatePrincipalPolicy" => json!({
            "PolicySourceArn": "arn:aws:iam::222222222222:role/one",
            "ActionNames": ["s3:GetObject", "s3:PutObject"],
        }),
        _ => return None,
    })
}

/// How many items all lists of an answer have.
fn items(answer: &Json) -> Vec<Json> {
    let members = answer.as_object().unwrap().values();
    members
        .filter_map(Json::as_array)
        .flatten()
        .cloned()
        .collect()
}

/// Whether an operation's answer says where its next part begins.
fn is_list(service: &Service, operation: &str, next: &str) -> bool {
    let model = Models::service(service.name).unwrap();
    let output = model.operation(operation).unwrap().output_shape();
    output.is_some_and(|shape| shape.member(next).is_some())
}

/// Walks a list one by one, and compares with the whole.
async fn walk(lab: &Direct, key: &str, call: &str, input: Json, words: [&str; 3]) {
    let [size, from, next] = words;
    let whole = items(&lab.ask_as(key, call, input.clone()).await.unwrap());
    assert!(
        whole.len() > 1,
        "{call} lists {} items: the test needs two",
        whole.len()
    );
    let (mut found, mut token) = (Vec::new(), None::<String>);
    loop {
        let mut input = input.clone();
        input[size] = 1.into();
        if let Some(token) = &token {
            input[from] = token.as_str().into();
        }
        let part = lab
            .ask_as(key, call, input)
            .await
            .unwrap_or_else(|error| panic!("{call}: {error:?}"));
        let own = items(&part);
        assert_eq!(own.len(), 1, "{call}");
        found.extend(own);
        let is_more = part[next].is_string();
        if size == "MaxItems" {
            assert_eq!(part["IsTruncated"], is_more, "{call}");
        }
        match part[next].as_str() {
            Some(text) => token = Some(text.to_owned()),
            None => break,
        }
    }
    // The lists of an answer with several count as one, in an order of their own.
    let sorted = |mut items: Vec<Json>| {
        items.sort_by_key(Json::to_string);
        items
    };
    assert_eq!(sorted(found), sorted(whole), "{call}");
    let mut wrong = input.clone();
    wrong[from] = "nothing-that-was-given".into();
    assert!(
        lab.ask_as(key, call, wrong).await.is_err(),
        "{call} takes any token"
    );
}

#[tokio::test]
async fn every_list_of_iam_comes_in_parts() {
    let lab = filled().await;
    let service = &crate::iam::SERVICE;
    for row in service.rows {
        if !is_list(service, row.name, "Marker") || row.name == "ListAccountAliases" {
            continue;
        }
        let input = inputs(row.name).unwrap_or_else(|| panic!("{} is not in the table", row.name));
        let call = format!("iam:{}", row.name);
        walk(
            &lab,
            "222222222222",
            &call,
            input,
            ["MaxItems", "Marker", "Marker"],
        )
        .await;
    }
    // An account has one alias: its list has no second part.
    lab.done("iam:CreateAccountAlias", json!({"AccountAlias": "lab"}))
        .await;
    let aliases = lab
        .done("iam:ListAccountAliases", json!({"MaxItems": 1}))
        .await;
    assert_eq!(
        aliases,
        json!({"AccountAliases": ["lab"], "IsTruncated": false})
    );
    // A token of one operation is none of another.
    let first = lab.done("iam:ListRoles", json!({"MaxItems": 1})).await;
    let other = lab
        .ask("iam:ListUsers", json!({"Marker": first["Marker"]}))
        .await;
    assert_eq!(other.unwrap_err().code, "ValidationError");
}

#[tokio::test]
async fn every_list_of_organizations_comes_in_parts() {
    let lab = Direct::new();
    let service = &crate::organizations::SERVICE;
    let root = {
        let cloud = lab.0.cloud();
        cloud.organizations.organization().unwrap().root.clone()
    };
    let (kind, document) = ("SERVICE_CONTROL_POLICY", ALLOW);
    let made = json!({"Content": document, "Description": "d", "Name": "n", "Type": kind});
    let ask = |call: &'static str, input: Json| lab.ask_as(MANAGEMENT, call, input);
    let policy = ask("organizations:CreatePolicy", made).await.unwrap();
    let id = policy["Policy"]["PolicySummary"]["Id"].clone();
    for target in [root.as_str(), "222222222222"] {
        let attach = json!({"PolicyId": id, "TargetId": target});
        ask("organizations:AttachPolicy", attach).await.unwrap();
    }
    let services = ["config.amazonaws.com", "sso.amazonaws.com"];
    for (index, service) in services.into_iter().enumerate() {
        let made = [
            (
                "CreateOrganizationalUnit",
                json!({"ParentId": root, "Name": service}),
            ),
            (
                "CreateAccount",
                json!({"AccountName": service, "Email": format!("{index}@x.org")}),
            ),
            (
                "EnableAWSServiceAccess",
                json!({"ServicePrincipal": service}),
            ),
            (
                "TagResource",
                json!({"ResourceId": root, "Tags": [{"Key": service, "Value": "v"}]}),
            ),
            (
                "RegisterDelegatedAdministrator",
                json!({"AccountId": WORKLOAD, "ServicePrincipal": service}),
            ),
            (
                "RegisterDelegatedAdministrator",
                json!({"AccountId": MONITORING, "ServicePrincipal": service}),
            ),
        ];
        for (operation, input) in made {
            let call = format!("organizations:{operation}");
            lab.ask_as(MANAGEMENT, &call, input).await.unwrap();
        }
    }
    for row in service.rows {
        if !is_list(service, row.name, "NextToken") {
            continue;
        }
        let input = match row.name {
            "ListAccounts" => json!({}),
            "ListAccountsForParent" => json!({"ParentId": root}),
            "ListChildren" => json!({"ParentId": root, "ChildType": "ACCOUNT"}),
            "ListPolicies" => json!({"Filter": kind}),
            "ListPoliciesForTarget" => json!({"Filter": kind, "TargetId": root}),
            "ListTargetsForPolicy" => json!({"PolicyId": id}),
            "ListOrganizationalUnitsForParent" => json!({"ParentId": root}),
            "ListCreateAccountStatus"
            | "ListAWSServiceAccessForOrganization"
            | "ListDelegatedAdministrators" => json!({}),
            "ListTagsForResource" => json!({"ResourceId": root}),
            "ListDelegatedServicesForAccount" => json!({"AccountId": WORKLOAD}),
            // There is one root, and every child has one parent.
            "ListRoots" | "ListParents" => continue,
            other => panic!("{other} is not in the table"),
        };
        let call = format!("organizations:{}", row.name);
        walk(
            &lab,
            MANAGEMENT,
            &call,
            input,
            ["MaxResults", "NextToken", "NextToken"],
        )
        .await;
    }
}
