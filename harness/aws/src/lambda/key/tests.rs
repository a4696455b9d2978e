//! A function's key: who may give it one, whom it lets see and use the variables.

use std::sync::Arc;

use serde_json::{Value, json};

use crate::front::testing::{TestDoor, WORKLOAD};
use crate::lambda::InvocationContext;
use crate::lambda::tests::made;

const ROLE: &str = "arn:aws:iam::222222222222:role/fn";

async fn make_role(door: &TestDoor) {
    let trust = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow",
        "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}]});
    let role = json!({"RoleName": "fn", "AssumeRolePolicyDocument": trust.to_string()});
    door.door.well("iam:CreateRole", role).await;
}

async fn let_role(door: &TestDoor, actions: Value) {
    let policy = policy(actions);
    let put = json!({"RoleName": "fn", "PolicyName": "own", "PolicyDocument": policy});
    door.door.well("iam:PutRolePolicy", put).await;
}

fn policy(actions: Value) -> String {
    let statement = json!({"Effect": "Allow", "Action": actions, "Resource": "*"});
    json!({"Version": "2012-10-17", "Statement": [statement]}).to_string()
}

/// A user of these actions; the access key.
async fn user(door: &TestDoor, name: &str, actions: Value) -> String {
    let user = json!({"UserName": name});
    door.door.well("iam:CreateUser", user.clone()).await;
    let put = json!({"UserName": name, "PolicyName": "own", "PolicyDocument": policy(actions)});
    door.door.well("iam:PutUserPolicy", put).await;
    let key = door.door.well("iam:CreateAccessKey", user).await;
    key["AccessKey"]["AccessKeyId"].as_str().unwrap().to_owned()
}

/// A door with a role, a closure that answers with a variable, and a key; its ARN.
async fn start() -> (TestDoor, String) {
    let door = TestDoor::start(|cloud| {
        let shown = |_: Value, context: InvocationContext| async move {
            Ok(json!(context.environment.get("STAGE")))
        };
        cloud.lambda.closures().register("shown", Arc::new(shown));
    })
    .await;
    make_role(&door).await;
    let key = door.door.well("kms:CreateKey", json!({})).await;
    let key = key["KeyMetadata"]["Arn"].as_str().unwrap().to_owned();
    (door, key)
}

fn with(key: &str) -> Value {
    json!({"KMSKeyArn": key, "Environment": {"Variables": {"STAGE": "dev"}}})
}

async fn invoked(door: &TestDoor) -> Result<(), String> {
    let answer = door
        .door
        .asked(WORKLOAD, "lambda:Invoke", json!({"FunctionName": "f"}));
    answer.await.map(drop)
}

#[tokio::test]
async fn who_configures_a_key_may_grant_and_encrypt() {
    let (door, key) = start().await;
    let rest = ["lambda:*", "iam:PassRole"];
    for (number, (own, lacking)) in [
        (&["kms:CreateGrant", "kms:Encrypt"][..], ""),
        (&["kms:Encrypt"], "CreateGrant"),
        (&["kms:CreateGrant"], "Encrypt"),
    ]
    .into_iter()
    .enumerate()
    {
        let actions: Vec<&str> = rest.into_iter().chain(own.iter().copied()).collect();
        let user = user(&door, &format!("u{number}"), json!(actions)).await;
        let name = format!("f{number}");
        let function = (name.as_str(), "shown", ROLE);
        let plain = made(
            &door,
            &user,
            (&format!("p{number}"), "shown", ROLE),
            json!({}),
        )
        .await;
        plain.unwrap();
        let answer = made(&door, &user, function, with(&key)).await;
        if lacking.is_empty() {
            assert_eq!(answer.unwrap()["KMSKeyArn"], json!(key));
            continue;
        }
        let refusal = format!(
            "400 InvalidParameterValueException: Lambda was unable to configure access to your \
             environment variables because the KMS key is invalid for {lacking}. Please check \
             your KMS key settings. KMS Exception: AccessDeniedException KMS Message: User: \
             arn:aws:iam::{WORKLOAD}:user/u{number} is not authorized to perform: kms:{lacking}"
        );
        let refused = answer.unwrap_err();
        assert!(refused.starts_with(&refusal), "{refused}");
        // The same for a function that is there.
        let name = format!("p{number}");
        let change = json!({"FunctionName": name, "KMSKeyArn": key});
        let changed = door
            .door
            .asked(&user, "lambda:UpdateFunctionConfiguration", change);
        assert!(changed.await.unwrap_err().starts_with(&refusal));
    }
}

#[tokio::test]
async fn a_key_that_cannot_be_used_is_refused() {
    let (door, key) = start().await;
    let alias = format!("arn:aws:kms:eu-central-1:{WORKLOAD}:alias/own");
    let none = format!("arn:aws:kms:eu-central-1:{WORKLOAD}:key/{}", "1".repeat(36));
    for (key, refusal) in [
        (
            &alias,
            "InvalidArnException KMS Message: Key Aliases are not supported for this operation.",
        ),
        (&none, ""),
    ] {
        let refused = made(&door, WORKLOAD, ("f", "shown", ROLE), with(key))
            .await
            .unwrap_err();
        assert!(
            refused.starts_with("400 InvalidParameterValueException: Lambda was"),
            "{refused}"
        );
        assert!(refused.contains(refusal), "{refused}");
    }
    made(&door, WORKLOAD, ("f", "shown", ROLE), with(&key))
        .await
        .unwrap();
    invoked(&door).await.unwrap();
    for (call, input, refusal) in [
        (
            "kms:DisableKey",
            json!({}),
            "502 KMSDisabledException: Lambda was unable to decrypt",
        ),
        ("kms:EnableKey", json!({}), ""),
        (
            "kms:ScheduleKeyDeletion",
            json!({"PendingWindowInDays": 7}),
            "502 KMSInvalidStateException: Lambda was unable to decrypt",
        ),
    ] {
        let mut input = input;
        input["KeyId"] = json!(key);
        door.door.well(call, input).await;
        match invoked(&door).await {
            Ok(()) => assert_eq!(refusal, "", "{call}"),
            Err(refused) => assert!(
                !refusal.is_empty() && refused.starts_with(refusal),
                "{refused}"
            ),
        }
    }
}

#[tokio::test]
async fn a_role_opens_the_variables_by_its_grant_or_its_policies() {
    let (door, key) = start().await;
    made(&door, WORKLOAD, ("f", "shown", ROLE), with(&key))
        .await
        .unwrap();
    // By the grant that came with the key: the role's own policies allow nothing.
    invoked(&door).await.unwrap();
    // A role of the same name is another one, for which there is none.
    door.door
        .well("iam:DeleteRole", json!({"RoleName": "fn"}))
        .await;
    make_role(&door).await;
    let refused = invoked(&door).await.unwrap_err();
    let refusal = format!(
        "502 KMSAccessDeniedException: Lambda was unable to decrypt the environment variables \
         because KMS access was denied. Please check the function's KMS key settings. KMS \
         Exception: AccessDeniedExceptionKMS Message: User: \
         arn:aws:sts::{WORKLOAD}:assumed-role/fn/f is not authorized to perform: kms:Decrypt on \
         resource: {key}"
    );
    assert!(refused.starts_with(&refusal), "{refused}");
    // By the role's policies.
    let_role(&door, json!(["kms:Decrypt"])).await;
    invoked(&door).await.unwrap();
    // By a new grant, which a change of the function makes.
    let_role(&door, json!(["logs:PutLogEvents"])).await;
    invoked(&door).await.unwrap_err();
    let change = json!({"FunctionName": "f", "Role": ROLE});
    door.door
        .well("lambda:UpdateFunctionConfiguration", change)
        .await;
    invoked(&door).await.unwrap();
    // Without a key of its owner's nobody is asked.
    door.door
        .well(
            "iam:DeleteRolePolicy",
            json!({"RoleName": "fn", "PolicyName": "own"}),
        )
        .await;
    door.door
        .well("iam:DeleteRole", json!({"RoleName": "fn"}))
        .await;
    make_role(&door).await;
    invoked(&door).await.unwrap_err();
    let change = json!({"FunctionName": "f", "KMSKeyArn": ""});
    let changed = door
        .door
        .well("lambda:UpdateFunctionConfiguration", change)
        .await;
    assert_eq!(changed["KMSKeyArn"], Value::Null);
    invoked(&door).await.unwrap();
}

#[tokio::test]
async fn who_may_not_decrypt_does_not_see_the_variables() {
    let (door, key) = start().await;
    made(&door, WORKLOAD, ("f", "shown", ROLE), with(&key))
        .await
        .unwrap();
    for (name, actions, sees) in [
        ("blind", json!(["lambda:*"]), false),
        ("seeing", json!(["lambda:*", "kms:Decrypt"]), true),
    ] {
        let user = user(&door, name, actions).await;
        for (call, at) in [
            ("GetFunctionConfiguration", "/Environment"),
            ("GetFunction", "/Configuration/Environment"),
            ("ListFunctions", "/Functions/0/Environment"),
            ("UpdateFunctionCode", "/Environment"),
        ] {
            let mut input = json!({"FunctionName": "f", "DryRun": true});
            let fields: &[&str] = match call {
                "ListFunctions" => &["FunctionName", "DryRun"],
                "UpdateFunctionCode" => &[],
                _ => &["DryRun"],
            };
            for field in fields {
                input.as_object_mut().unwrap().remove(*field);
            }
            let mut input = authlab_wire::to_value(&input).unwrap();
            if let authlab_wire::Value::Map(members) = &mut input
                && call == "UpdateFunctionCode"
            {
                let code = authlab_wire::Value::Blob(crate::lambda::package("a.py").into());
                members.insert("ZipFile".to_owned(), code);
            }
            let answer = door
                .door
                .asked_value(&user, &format!("lambda:{call}"), input)
                .await
                .unwrap();
            let shown = answer.pointer(at).unwrap();
            let variables = if sees {
                json!({"STAGE": "dev"})
            } else {
                Value::Null
            };
            assert_eq!(shown["Variables"], variables, "{name} {call}");
            let code = if sees {
                Value::Null
            } else {
                json!("AccessDeniedException")
            };
            assert_eq!(shown["Error"]["ErrorCode"], code, "{name} {call}");
        }
    }
}
