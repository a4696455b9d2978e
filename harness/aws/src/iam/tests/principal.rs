//! Resource policies mean the user or role that lived when they were put.

use authlab_wire::{Value, WireError, to_value};
use serde_json::{Value as Json, json};

use super::TRUST;
use super::direct::Direct;

const ROLE: &str = "arn:aws:iam::222222222222:role/r";

fn naming(action: &str) -> String {
    json!({"Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Principal": {"AWS": ROLE}, "Action": action, "Resource": "*",
    }]})
    .to_string()
}

/// The texts of the policies of every service that name the role.
async fn policies(lab: &Direct) -> Vec<String> {
    let sink = lab.done("oam:ListSinks", json!({})).await["Items"][0]["Arn"].clone();
    let text = |answer: Json, member: &str| answer[member].as_str().unwrap().to_owned();
    let logs = lab.done("logs:DescribeResourcePolicies", json!({})).await;
    vec![
        text(
            lab.done("secretsmanager:GetResourcePolicy", json!({"SecretId": "s"}))
                .await,
            "ResourcePolicy",
        ),
        text(
            lab.done("oam:GetSinkPolicy", json!({"SinkIdentifier": sink}))
                .await,
            "Policy",
        ),
        text(
            lab.done("lambda:GetPolicy", json!({"FunctionName": "f"}))
                .await,
            "Policy",
        ),
        text(logs["resourcePolicies"][0].clone(), "policyDocument"),
    ]
}

async fn read_as_role(lab: &Direct) -> Result<Json, WireError> {
    let user = json!({"RoleArn": ROLE, "RoleSessionName": "session"});
    let key = lab
        .0
        .cloud()
        .shared
        .iam
        .get_user(
            &crate::front::testing::account("222222222222"),
            "administrator",
        )
        .unwrap()
        .access_keys
        .keys()
        .next()
        .unwrap()
        .clone();
    let session = lab.ask_as(&key, "sts:AssumeRole", user).await.unwrap();
    let key = session["Credentials"]["AccessKeyId"]
        .as_str()
        .unwrap()
        .to_owned();
    lab.ask_as(
        &key,
        "secretsmanager:GetSecretValue",
        json!({"SecretId": "s"}),
    )
    .await
}

#[tokio::test]
async fn a_role_that_is_made_again_is_not_the_one_that_policies_name() {
    let lab = Direct::new();
    let role = json!({"RoleName": "r", "AssumeRolePolicyDocument": TRUST});
    let id = lab.done("iam:CreateRole", role.clone()).await["Role"]["RoleId"].clone();
    let id = id.as_str().unwrap();
    lab.done("secretsmanager:CreateSecret", json!({"Name": "s", "SecretString": "x", "ClientRequestToken": "0123456789abcdef0123456789abcdef"})).await;
    lab.done(
        "secretsmanager:PutResourcePolicy",
        json!({"SecretId": "s", "ResourcePolicy": naming("secretsmanager:GetSecretValue")}),
    )
    .await;
    let sink = lab.done("oam:CreateSink", json!({"Name": "k"})).await["Arn"].clone();
    lab.done(
        "oam:PutSinkPolicy",
        json!({"SinkIdentifier": sink, "Policy": naming("oam:CreateLink")}),
    )
    .await;
    lab.done(
        "logs:PutResourcePolicy",
        json!({"policyName": "p", "policyDocument": naming("logs:PutLogEvents")}),
    )
    .await;
    lab.done("iam:CreateRole", json!({"RoleName": "run", "AssumeRolePolicyDocument": TRUST.replace("\"AWS\":\"222222222222\"", "\"Service\":\"lambda.amazonaws.com\"")})).await;
    let mut function = to_value(&json!({
        "FunctionName": "f", "Role": "arn:aws:iam::222222222222:role/run", "Handler": "h.h",
        "Runtime": "python3.12",
    }))
    .unwrap();
    if let Value::Map(members) = &mut function {
        let code = Value::Blob(crate::lambda::package("h.py").into());
        members.insert(
            "Code".to_owned(),
            Value::Map([("ZipFile".to_owned(), code)].into()),
        );
    }
    let made = lab.0.perform_as(
        "222222222222",
        "eu-central-1",
        "lambda",
        "CreateFunction",
        function,
    );
    made.await.unwrap();
    let grant = json!({"FunctionName": "f", "StatementId": "s", "Action": "lambda:InvokeFunction", "Principal": ROLE});
    lab.done("lambda:AddPermission", grant).await;
    assert!(read_as_role(&lab).await.is_ok());
    lab.done("iam:DeleteRole", json!({"RoleName": "r"})).await;
    lab.done("iam:CreateRole", role).await;
    assert_eq!(
        read_as_role(&lab).await.unwrap_err().code,
        "AccessDeniedException"
    );
    for text in policies(&lab).await {
        assert!(text.contains(id) && !text.contains(ROLE), "{text}");
    }
    // Put anew, the policy means the new one.
    lab.done(
        "secretsmanager:PutResourcePolicy",
        json!({"SecretId": "s", "ResourcePolicy": naming("secretsmanager:GetSecretValue")}),
    )
    .await;
    assert!(read_as_role(&lab).await.is_ok());
}
