//! What a secret's key asks of its callers: each refusal with its allowed twin.

use aws_sdk_secretsmanager::Client;
use serde_json::{Value, json};

use crate::front::testing::{TestDoor, WORKLOAD, code, refusal};
use crate::kms::tests::{ask, root, user, well};

const DENIED: (&str, &str) = ("AccessDeniedException", "Access to KMS is not allowed");

/// A key that leaves everything to its account; its ARN.
async fn key(door: &TestDoor) -> String {
    let made = well(door, &root(WORKLOAD), "CreateKey", json!({})).await;
    made["KeyMetadata"]["Arn"].as_str().unwrap().to_owned()
}

/// A user who may all of Secrets Manager, and what these statements say.
async fn caller(door: &TestDoor, name: &str, statements: Value) -> Client {
    let mut all = vec![json!({
        "Effect": "Allow", "Action": "secretsmanager:*", "Resource": "*",
    })];
    all.extend(statements.as_array().unwrap().clone());
    let key = user(door, WORKLOAD, name, &json!(all)).await;
    Client::new(&door.sdk(&key.id, &key.secret, None))
}

fn may(actions: &[&str]) -> Value {
    let actions: Vec<String> = actions
        .iter()
        .map(|action| format!("kms:{action}"))
        .collect();
    match actions.is_empty() {
        true => json!([]),
        false => json!([{ "Effect": "Allow", "Action": actions, "Resource": "*" }]),
    }
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Asked {
    Create,
    CreateEmpty,
    Put,
    Read,
    Batch,
    Content,
    Rekey,
    Describe,
}

async fn ask_secret(client: &Client, asked: Asked, key: &str, other: &str) -> (String, String) {
    let answer = match asked {
        Asked::Create => {
            let create = client.create_secret().name("new").secret_string("x");
            create
                .kms_key_id(key)
                .send()
                .await
                .map(drop)
                .map_err(refusal_of)
        }
        Asked::CreateEmpty => {
            let create = client.create_secret().name("empty").kms_key_id(key);
            create.send().await.map(drop).map_err(refusal_of)
        }
        Asked::Put => {
            let put = client.put_secret_value().secret_id("db");
            put.secret_string("y")
                .send()
                .await
                .map(drop)
                .map_err(refusal_of)
        }
        Asked::Read => {
            let read = client.get_secret_value().secret_id("db");
            read.send().await.map(drop).map_err(refusal_of)
        }
        Asked::Batch => {
            let read = client.batch_get_secret_value().secret_id_list("db");
            let read = read.send().await.unwrap();
            match read.errors().first() {
                None => Ok(()),
                Some(error) => Err((
                    error.error_code().unwrap_or_default().to_owned(),
                    error.message().unwrap_or_default().to_owned(),
                )),
            }
        }
        Asked::Content => {
            let update = client.update_secret().secret_id("db").secret_string("z");
            update.send().await.map(drop).map_err(refusal_of)
        }
        Asked::Rekey => {
            let update = client.update_secret().secret_id("db").kms_key_id(other);
            update.send().await.map(drop).map_err(refusal_of)
        }
        Asked::Describe => {
            let describe = client.describe_secret().secret_id("db");
            describe.send().await.map(drop).map_err(refusal_of)
        }
    };
    answer.err().unwrap_or_default()
}

fn refusal_of<E, R>(
    error: aws_smithy_runtime_api::client::result::SdkError<E, R>,
) -> (String, String)
where
    E: aws_smithy_types::error::metadata::ProvideErrorMetadata + std::fmt::Debug,
    R: std::fmt::Debug,
{
    refusal(Err::<(), _>(error))
}

/// A secret `db` of the account's root under this key.
async fn secret(door: &TestDoor, key: Option<&str>) -> String {
    let client = Client::new(&door.root(WORKLOAD));
    let create = client.create_secret().name("db").secret_string("x");
    let made = create.set_kms_key_id(key.map(str::to_owned)).send().await;
    made.unwrap().arn.unwrap()
}

#[tokio::test]
async fn each_operation_asks_for_exactly_what_it_does_with_the_key() {
    for (asked, needed) in [
        (Asked::Create, &["GenerateDataKey", "Decrypt"][..]),
        (Asked::CreateEmpty, &["GenerateDataKey", "Decrypt"]),
        (Asked::Put, &["GenerateDataKey"]),
        (Asked::Read, &["Decrypt"]),
        (Asked::Batch, &["Decrypt"]),
        (Asked::Content, &["GenerateDataKey"]),
        (Asked::Rekey, &["GenerateDataKey", "Decrypt"]),
        (Asked::Describe, &[]),
    ] {
        let door = TestDoor::start(|_| {}).await;
        let (own, other) = (key(&door).await, key(&door).await);
        secret(&door, Some(&own)).await;
        for left_out in needed {
            let rest: Vec<&str> = needed
                .iter()
                .filter(|it| *it != left_out)
                .copied()
                .collect();
            let client = caller(&door, &format!("without-{left_out}"), may(&rest)).await;
            let (found, message) = ask_secret(&client, asked, &own, &other).await;
            assert_eq!(
                (found.as_str(), message.as_str()),
                DENIED,
                "{asked:?} without {left_out}"
            );
        }
        let client = caller(&door, "exact", may(needed)).await;
        let (found, message) = ask_secret(&client, asked, &own, &other).await;
        assert_eq!((found.as_str(), message.as_str()), ("", ""), "{asked:?}");
    }
}

#[tokio::test]
async fn the_key_sees_the_service_and_the_secret() {
    let door = TestDoor::start(|_| {}).await;
    let arn = key(&door).await;
    secret(&door, Some(&arn)).await;
    let with = |condition: Value| {
        json!([{
            "Effect": "Allow", "Action": ["kms:Decrypt", "kms:Encrypt"], "Resource": "*",
            "Condition": condition,
        }])
    };
    for (number, (condition, is_allowed)) in [
        (
            json!({ "StringEquals": { "kms:ViaService": "secretsmanager.eu-central-1.amazonaws.com" } }),
            true,
        ),
        (
            json!({ "StringEquals": { "kms:ViaService": "secretsmanager.us-east-1.amazonaws.com" } }),
            false,
        ),
        (
            json!({ "StringLike": { "kms:EncryptionContext:SecretARN": "arn:aws:secretsmanager:eu-central-1:222222222222:secret:db-*" } }),
            true,
        ),
        (
            json!({ "StringLike": { "kms:EncryptionContext:SecretARN": "*:secret:other-*" } }),
            false,
        ),
        (
            json!({ "ForAllValues:StringEquals": { "kms:EncryptionContextKeys": ["SecretARN", "SecretVersionId"] } }),
            true,
        ),
        (json!({ "Bool": { "aws:ViaAWSService": "true" } }), true),
        (json!({ "Bool": { "aws:ViaAWSService": "false" } }), false),
        (
            json!({ "ForAnyValue:StringEquals": { "aws:CalledVia": "secretsmanager.amazonaws.com" } }),
            true,
        ),
    ]
    .into_iter()
    .enumerate()
    {
        let client = caller(&door, &format!("c{number}"), with(condition.clone())).await;
        let (found, _) = ask_secret(&client, Asked::Read, &arn, &arn).await;
        let wanted = if is_allowed { "" } else { "AccessDeniedException" };
        assert_eq!(found, wanted, "{condition}");
    }
    // Through the service, and not directly.
    let statements = with(
        json!({ "StringEquals": { "kms:ViaService": "secretsmanager.eu-central-1.amazonaws.com" } }),
    );
    let direct = user(&door, WORKLOAD, "direct", &statements).await;
    let input = json!({ "KeyId": arn, "Plaintext": "eA==" });
    assert_eq!(
        ask(&door, &direct, "Encrypt", input).await.0,
        "AccessDeniedException"
    );
}

#[tokio::test]
async fn the_default_key_lets_the_account_in_unless_something_denies() {
    let door = TestDoor::start(|_| {}).await;
    secret(&door, None).await;
    let listed = well(&door, &root(WORKLOAD), "ListAliases", json!({})).await;
    assert_eq!(
        listed["Aliases"][0]["AliasName"],
        "alias/aws/secretsmanager"
    );
    let deny = json!([{ "Effect": "Deny", "Action": "kms:Decrypt", "Resource": "*" }]);
    for (name, statements, expected) in [("bare", json!([]), ("", "")), ("denied", deny, DENIED)] {
        let client = caller(&door, name, statements).await;
        let (found, message) = ask_secret(&client, Asked::Read, "", "").await;
        assert_eq!((found.as_str(), message.as_str()), expected, "{name}");
    }
    assert_eq!(door.refusals()[0], "decision: identity-explicit-deny");
}

#[tokio::test]
async fn a_key_that_cannot_be_used_says_so_in_the_service_s_words() {
    let door = TestDoor::start(|_| {}).await;
    let (arn, owner) = (key(&door).await, root(WORKLOAD));
    secret(&door, Some(&arn)).await;
    let client = Client::new(&door.root(WORKLOAD));
    for (operation, back) in [
        ("DisableKey", "EnableKey"),
        ("ScheduleKeyDeletion", "CancelKeyDeletion"),
    ] {
        well(&door, &owner, operation, json!({ "KeyId": arn })).await;
        for (asked, wanted) in [
            (Asked::Read, "DecryptionFailure"),
            (Asked::Batch, "DecryptionFailure"),
            (Asked::Put, "EncryptionFailure"),
            (Asked::Content, "EncryptionFailure"),
            (Asked::Create, "EncryptionFailure"),
            (Asked::Describe, ""),
        ] {
            let (found, _) = ask_secret(&client, asked, &arn, &arn).await;
            assert_eq!(found, wanted, "{operation} {asked:?}");
        }
        well(&door, &owner, back, json!({ "KeyId": arn })).await;
    }
    well(&door, &owner, "EnableKey", json!({ "KeyId": arn })).await;
    assert_eq!(ask_secret(&client, Asked::Read, &arn, &arn).await.0, "");
    let absent = "arn:aws:kms:eu-central-1:222222222222:key/11111111-2222-3333-4444-555555555555";
    let (found, message) = ask_secret(&client, Asked::Create, absent, absent).await;
    assert_eq!(
        (found.as_str(), message.as_str()),
        DENIED,
        "not even for root"
    );
}

#[tokio::test]
async fn versions_stay_under_their_key_where_they_cannot_be_encrypted_anew() {
    let door = TestDoor::start(|_| {}).await;
    let (own, other) = (key(&door).await, key(&door).await);
    secret(&door, Some(&own)).await;
    let keys = async || -> Vec<String> {
        let client = Client::new(&door.root(WORKLOAD));
        let listed = client
            .list_secret_version_ids()
            .secret_id("db")
            .send()
            .await;
        let listed = listed.unwrap();
        let versions = listed.versions().iter();
        versions
            .map(|version| version.kms_key_ids()[0].clone())
            .collect()
    };
    let without = caller(&door, "without", may(&["GenerateDataKey", "Decrypt"])).await;
    assert_eq!(ask_secret(&without, Asked::Rekey, &own, &other).await.0, "");
    assert_eq!(keys().await, std::slice::from_ref(&own));
    let with = caller(
        &door,
        "with",
        may(&["GenerateDataKey", "Decrypt", "Encrypt"]),
    )
    .await;
    assert_eq!(ask_secret(&with, Asked::Rekey, &own, &other).await.0, "");
    assert_eq!(keys().await, [other]);
    // What the secret says of its key is the new one either way.
    let client = Client::new(&door.root(WORKLOAD));
    let back = client
        .update_secret()
        .secret_id("db")
        .kms_key_id("alias/aws/secretsmanager");
    back.send().await.unwrap();
    let described = client
        .describe_secret()
        .secret_id("db")
        .send()
        .await
        .unwrap();
    assert_eq!(described.kms_key_id(), None);
    assert_eq!(keys().await, ["DefaultEncryptionKey"]);
    assert_eq!(
        code(
            client
                .create_secret()
                .name("db")
                .secret_string("x")
                .send()
                .await
        ),
        "ResourceExistsException"
    );
}
