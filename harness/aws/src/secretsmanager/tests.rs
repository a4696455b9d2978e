//! Secrets Manager through the real client: each refusal with its allowed twin.

use aws_sdk_secretsmanager::Client;
use aws_sdk_secretsmanager::primitives::Blob;
use aws_sdk_secretsmanager::types::{Filter, FilterNameStringType as Key, Tag};

use crate::front::testing::{MONITORING, OUTSIDER, TestDoor, WORKLOAD, code, refusal};

const READER: &str = "reader";

/// What is never in the journal.
const VALUE: &str = "correct horse battery staple";

fn root(door: &TestDoor, account: &str) -> Client {
    Client::new(&door.root(account))
}

/// A user of this account with one inline policy of these statements.
async fn user(door: &TestDoor, account: &str, name: &str, statements: &str) -> Client {
    let iam = aws_sdk_iam::Client::new(&door.root(account));
    iam.create_user().user_name(name).send().await.unwrap();
    if !statements.is_empty() {
        let put = iam.put_user_policy().user_name(name).policy_name("own");
        put.policy_document(document(statements))
            .send()
            .await
            .unwrap();
    }
    let key = iam
        .create_access_key()
        .user_name(name)
        .send()
        .await
        .unwrap()
        .access_key
        .unwrap();
    Client::new(&door.sdk(&key.access_key_id, &key.secret_access_key, None))
}

fn document(statements: &str) -> String {
    format!(r#"{{"Version":"2012-10-17","Statement":[{statements}]}}"#)
}

fn statement(effect: &str, action: &str, resource: &str) -> String {
    format!(r#"{{"Effect":"{effect}","Action":"secretsmanager:{action}","Resource":"{resource}"}}"#)
}

/// A secret of WORKLOAD; its ARN.
async fn secret(door: &TestDoor, name: &str) -> String {
    let created = root(door, WORKLOAD)
        .create_secret()
        .name(name)
        .secret_string(VALUE)
        .send()
        .await;
    created.unwrap().arn.unwrap()
}

fn deletion_text() -> (String, String) {
    let text = "You can't perform this operation on the secret because it was marked for deletion.";
    ("InvalidRequestException".to_owned(), text.to_owned())
}

#[tokio::test]
async fn labels_follow_the_versions() {
    let door = TestDoor::start(|_| {}).await;
    let client = root(&door, WORKLOAD);
    let tokens = ["1".repeat(32), "2".repeat(32), "3".repeat(32)];
    let created = client.create_secret().name("db").secret_string("one");
    let created = created
        .client_request_token(&tokens[0])
        .send()
        .await
        .unwrap();
    let arn = created.arn().unwrap();
    let prefix = "arn:aws:secretsmanager:eu-central-1:222222222222:secret:db-";
    assert!(
        arn.starts_with(prefix) && arn.len() == prefix.len() + 6,
        "{arn}"
    );
    assert_eq!(created.version_id(), Some(tokens[0].as_str()));

    let read = |stage: Option<&str>| {
        client
            .get_secret_value()
            .secret_id("db")
            .set_version_stage(stage.map(str::to_owned))
            .send()
    };
    let put = |position: usize, value: &str| {
        client
            .put_secret_value()
            .secret_id("db")
            .secret_string(value)
            .client_request_token(&tokens[position])
    };
    assert_eq!(read(None).await.unwrap().secret_string(), Some("one"));
    let (found, message) = refusal(read(Some("AWSPREVIOUS")).await);
    assert_eq!(found, "ResourceNotFoundException");
    assert_eq!(
        message,
        "Secrets Manager can't find the specified secret value for staging label: AWSPREVIOUS"
    );

    put(1, "two").send().await.unwrap();
    assert_eq!(read(None).await.unwrap().secret_string(), Some("two"));
    assert_eq!(
        read(Some("AWSPREVIOUS")).await.unwrap().secret_string(),
        Some("one")
    );

    // A pending version is read only by its label, until it becomes the current one.
    put(2, "three")
        .version_stages("AWSPENDING")
        .send()
        .await
        .unwrap();
    assert_eq!(read(None).await.unwrap().secret_string(), Some("two"));
    assert_eq!(
        read(Some("AWSPENDING")).await.unwrap().secret_string(),
        Some("three")
    );
    let promote = || {
        client
            .update_secret_version_stage()
            .secret_id("db")
            .version_stage("AWSCURRENT")
            .move_to_version_id(&tokens[2])
    };
    let (found, message) = refusal(promote().send().await);
    assert_eq!(found, "InvalidParameterException");
    assert!(
        message.contains(&format!("currently attached to version {}", tokens[1])),
        "{message}"
    );
    promote()
        .remove_from_version_id(&tokens[1])
        .send()
        .await
        .unwrap();
    let current = read(None).await.unwrap();
    assert_eq!(current.secret_string(), Some("three"));
    assert_eq!(current.version_stages(), ["AWSCURRENT", "AWSPENDING"]);
    assert_eq!(
        read(Some("AWSPREVIOUS")).await.unwrap().secret_string(),
        Some("two")
    );

    // The first version has no label left: it is read by its id alone, and listed when asked for.
    let first = client
        .get_secret_value()
        .secret_id("db")
        .version_id(&tokens[0]);
    assert_eq!(
        first.clone().send().await.unwrap().secret_string(),
        Some("one")
    );
    let mismatch = refusal(first.version_stage("AWSCURRENT").send().await);
    assert_eq!(mismatch.0, "InvalidRequestException");
    let list = |all: bool| {
        client
            .list_secret_version_ids()
            .secret_id("db")
            .include_deprecated(all)
            .send()
    };
    assert_eq!(list(false).await.unwrap().versions().len(), 2);
    assert_eq!(list(true).await.unwrap().versions().len(), 3);
    let described = client
        .describe_secret()
        .secret_id("db")
        .send()
        .await
        .unwrap();
    assert_eq!(
        described.version_ids_to_stages().unwrap()[&tokens[1]],
        ["AWSPREVIOUS"]
    );

    let gone = client
        .update_secret_version_stage()
        .secret_id("db")
        .version_stage("AWSCURRENT")
        .remove_from_version_id(&tokens[2]);
    assert_eq!(code(gone.send().await), "InvalidParameterException");
}

#[tokio::test]
async fn a_token_makes_one_version() {
    let door = TestDoor::start(|_| {}).await;
    let client = root(&door, WORKLOAD);
    let token = "t".repeat(32);
    let create = |value: &str| {
        client
            .create_secret()
            .name("db")
            .secret_string(value)
            .client_request_token(&token)
            .send()
    };
    let arn = create("one").await.unwrap().arn;
    assert_eq!(create("one").await.unwrap().arn, arn);
    let (found, message) = refusal(create("two").await);
    assert_eq!(found, "ResourceExistsException");
    assert!(
        message.starts_with("You can't use ClientRequestToken"),
        "{message}"
    );
    let (_, message) = refusal(
        client
            .create_secret()
            .name("db")
            .secret_string("one")
            .send()
            .await,
    );
    assert_eq!(
        message,
        "The operation failed because the secret db already exists."
    );

    let put = |value: Blob| {
        client
            .put_secret_value()
            .secret_id("db")
            .secret_binary(value)
            .client_request_token("u".repeat(32))
            .send()
    };
    put(Blob::new([0, 255])).await.unwrap();
    put(Blob::new([0, 255])).await.unwrap();
    assert_eq!(code(put(Blob::new([1])).await), "ResourceExistsException");
    let read = client
        .get_secret_value()
        .secret_id("db")
        .send()
        .await
        .unwrap();
    assert_eq!(read.secret_binary(), Some(&Blob::new([0, 255])));
    assert_eq!(read.secret_string(), None);
}

#[tokio::test]
async fn reading_takes_a_permission_that_nothing_denies() {
    let door = TestDoor::start(|_| {}).await;
    let arn = secret(&door, "prod/db").await;
    secret(&door, "test/db").await;
    let prefix = "arn:aws:secretsmanager:eu-central-1:222222222222:secret:prod/";
    let allow = statement("Allow", "GetSecretValue", &format!("{prefix}*"));
    let deny = format!(
        "{allow},{}",
        statement("Deny", "*", &format!("{prefix}db-??????"))
    );
    let put = statement("Allow", "PutSecretValue", "*");
    let denied = "AccessDeniedException";
    for (name, statements, id, expected) in [
        ("none", "", "prod/db", Some(denied)),
        ("another-action", put.as_str(), "prod/db", Some(denied)),
        ("allowed", &allow, "prod/db", None),
        ("by-arn", &allow, &arn, None),
        ("by-partial-arn", &allow, &format!("{prefix}db"), None),
        ("another-secret", &allow, "test/db", Some(denied)),
        ("denied", &deny, "prod/db", Some(denied)),
        (
            "nothing-there",
            &allow,
            "prod/none",
            Some("ResourceNotFoundException"),
        ),
        ("nothing-to-know", &allow, "test/none", Some(denied)),
    ] {
        let reader = user(&door, WORKLOAD, name, statements).await;
        let read = reader.get_secret_value().secret_id(id).send().await;
        match expected {
            Some(expected) => assert_eq!(code(read), expected, "{name}"),
            None => assert_eq!(read.unwrap().secret_string(), Some(VALUE), "{name}"),
        }
    }
    let stranger = user(&door, WORKLOAD, "stranger", "").await;
    let (_, message) = refusal(
        stranger
            .get_secret_value()
            .secret_id("prod/db")
            .send()
            .await,
    );
    assert_eq!(
        message,
        format!(
            "User: arn:aws:iam::222222222222:user/stranger is not authorized to perform: \
             secretsmanager:GetSecretValue on resource: {arn} because no identity-based policy \
             allows the secretsmanager:GetSecretValue action"
        )
    );
    assert_eq!(door.refusals()[0], "decision: identity-implicit-deny");
    let journal = format!("{:?}", door.events());
    assert!(!journal.contains(VALUE), "no secret is in the journal");
}

#[tokio::test]
async fn conditions_see_the_label_and_the_tags() {
    let door = TestDoor::start(|_| {}).await;
    let client = root(&door, WORKLOAD);
    let tag = |value: &str| Tag::builder().key("team").value(value).build();
    for (name, team) in [("ours", "reports"), ("theirs", "billing")] {
        let create = client
            .create_secret()
            .name(name)
            .secret_string(VALUE)
            .tags(tag(team));
        create.send().await.unwrap();
    }
    let condition = |key: &str, value: &str| {
        format!(
            r#"{{"Effect":"Allow","Action":"secretsmanager:*","Resource":"*",
            "Condition":{{"StringEquals":{{"{key}":"{value}"}}}}}}"#
        )
    };
    let staged = condition("secretsmanager:VersionStage", "AWSCURRENT");
    let reader = user(&door, WORKLOAD, "staged", &staged).await;
    let read = || reader.get_secret_value().secret_id("ours");
    // The key is absent from a request that names no label.
    assert_eq!(code(read().send().await), "AccessDeniedException");
    assert_eq!(
        code(read().version_stage("AWSPENDING").send().await),
        "AccessDeniedException"
    );
    read().version_stage("AWSCURRENT").send().await.unwrap();

    for key in ["aws:ResourceTag/team", "secretsmanager:ResourceTag/team"] {
        let name = key.split(':').next().unwrap();
        let reader = user(&door, WORKLOAD, name, &condition(key, "reports")).await;
        reader
            .get_secret_value()
            .secret_id("ours")
            .send()
            .await
            .unwrap();
        let other = reader.get_secret_value().secret_id("theirs").send().await;
        assert_eq!(code(other), "AccessDeniedException", "{key}");
    }
    // A tag in the request has to be allowed, for the secret and for the tagging of it.
    let maker = user(
        &door,
        WORKLOAD,
        "maker",
        &condition("aws:RequestTag/team", "reports"),
    )
    .await;
    let create = |name: &str, team: &str| {
        maker
            .create_secret()
            .name(name)
            .secret_string(VALUE)
            .tags(tag(team))
            .send()
    };
    create("third", "reports").await.unwrap();
    assert_eq!(
        code(create("fourth", "billing").await),
        "AccessDeniedException"
    );
    let only = statement("Allow", "CreateSecret", "*");
    let untagging = user(&door, WORKLOAD, "untagging", &only).await;
    let create = || untagging.create_secret().name("fifth").secret_string(VALUE);
    assert_eq!(
        code(create().tags(tag("x")).send().await),
        "AccessDeniedException"
    );
    create().send().await.unwrap();
}

#[tokio::test]
async fn another_account_needs_both_sides_and_a_key_that_it_may_use() {
    let door = TestDoor::start(|_| {}).await;
    let owner = root(&door, WORKLOAD);
    let key = crate::kms::tests::shared_key(&door, MONITORING).await;
    let shared = owner
        .create_secret()
        .name("shared")
        .secret_string(VALUE)
        .kms_key_id(key);
    let shared = shared.send().await.unwrap().arn.unwrap();
    let default_key = secret(&door, "default-key").await;
    let allow = statement("Allow", "GetSecretValue", "*");
    let decrypt = r#"{"Effect":"Allow","Action":"kms:Decrypt","Resource":"*"}"#;
    let with = user(&door, MONITORING, READER, &format!("{allow},{decrypt}")).await;
    let without = user(&door, MONITORING, "visitor", "").await;
    let keyless = user(&door, MONITORING, "keyless", &allow).await;
    let read = |client: &Client, arn: &str| client.get_secret_value().secret_id(arn).send();
    let policy = |effect: &str, name: &str| {
        document(&format!(
            r#"{{"Effect":"{effect}","Principal":{{"AWS":"arn:aws:iam::{MONITORING}:{name}"}},
            "Action":"secretsmanager:GetSecretValue","Resource":"*"}}"#
        ))
    };
    let put = |arn: &str, policy: String| {
        owner
            .put_resource_policy()
            .secret_id(arn)
            .resource_policy(policy)
            .send()
    };

    assert_eq!(
        code(read(&with, &shared).await),
        "AccessDeniedException",
        "identity side alone"
    );
    assert_eq!(door.refusals()[0], "decision: resource-implicit-deny");
    put(&shared, policy("Allow", "root")).await.unwrap();
    assert_eq!(
        code(read(&without, &shared).await),
        "AccessDeniedException",
        "resource side alone"
    );
    assert_eq!(door.refusals()[0], "decision: identity-implicit-deny");
    assert_eq!(
        read(&with, &shared).await.unwrap().secret_string(),
        Some(VALUE)
    );
    let (found, message) = refusal(read(&keyless, &shared).await);
    assert_eq!(
        (found.as_str(), message.as_str()),
        ("AccessDeniedException", "Access to KMS is not allowed"),
        "the key's identity side"
    );
    assert_eq!(
        code(read(&with, "shared").await),
        "ResourceNotFoundException",
        "names are one's own"
    );
    let partial = &shared[..shared.len() - 7];
    assert_eq!(code(read(&with, partial).await), "AccessDeniedException");

    put(&shared, policy("Deny", &format!("user/{READER}")))
        .await
        .unwrap();
    assert_eq!(code(read(&with, &shared).await), "AccessDeniedException");
    assert_eq!(door.refusals()[0], "decision: resource-explicit-deny");

    put(&default_key, policy("Allow", "root")).await.unwrap();
    let (found, message) = refusal(read(&with, &default_key).await);
    assert_eq!(found, "InvalidRequestException");
    assert!(
        message.ends_with("with the default KMS service key."),
        "{message}"
    );
    let stranger = user(&door, OUTSIDER, READER, &allow).await;
    assert_eq!(
        code(read(&stranger, &shared).await),
        "AccessDeniedException"
    );
}

#[tokio::test]
async fn a_deleted_secret_comes_back_within_its_window_only() {
    let door = TestDoor::start(|_| {}).await;
    let client = root(&door, WORKLOAD);
    let first = secret(&door, "db").await;
    let read = || client.get_secret_value().secret_id("db").send();
    let delete = || client.delete_secret().secret_id("db");
    let create = || {
        client
            .create_secret()
            .name("db")
            .secret_string("new")
            .send()
    };
    for (days, forced, expected) in [
        (
            Some(6),
            false,
            "The RecoveryWindowInDays value must be between 7 and 30 days (inclusive).",
        ),
        (
            Some(31),
            false,
            "The RecoveryWindowInDays value must be between 7 and 30 days (inclusive).",
        ),
        (
            Some(7),
            true,
            "You can't use ForceDeleteWithoutRecovery in conjunction with RecoveryWindowInDays.",
        ),
    ] {
        let asked = delete()
            .set_recovery_window_in_days(days)
            .force_delete_without_recovery(forced);
        let expected = ("InvalidParameterException".to_owned(), expected.to_owned());
        assert_eq!(refusal(asked.send().await), expected);
    }
    assert_eq!(read().await.unwrap().secret_string(), Some(VALUE));

    let deleted = delete().recovery_window_in_days(7).send().await.unwrap();
    assert_eq!(
        deleted.deletion_date().unwrap().secs(),
        door.now().as_second() + 7 * 86_400
    );
    assert_eq!(refusal(read().await), deletion_text());
    let put = client
        .put_secret_value()
        .secret_id("db")
        .secret_string("x")
        .send()
        .await;
    assert_eq!(refusal(put), deletion_text());
    assert_eq!(refusal(delete().send().await), deletion_text());
    assert!(
        client
            .describe_secret()
            .secret_id("db")
            .send()
            .await
            .unwrap()
            .deleted_date()
            .is_some()
    );
    assert!(
        client
            .list_secrets()
            .send()
            .await
            .unwrap()
            .secret_list()
            .is_empty()
    );
    let all = client
        .list_secrets()
        .include_planned_deletion(true)
        .send()
        .await
        .unwrap();
    assert_eq!(all.secret_list().len(), 1);
    let (found, message) = refusal(create().await);
    assert_eq!(found, "InvalidRequestException");
    assert!(message.ends_with("a secret with this name is already scheduled for deletion."));

    client
        .restore_secret()
        .secret_id("db")
        .send()
        .await
        .unwrap();
    assert_eq!(read().await.unwrap().secret_string(), Some(VALUE));

    delete().send().await.unwrap();
    door.clock.advance_seconds(30 * 86_400 - 1).await.unwrap();
    assert_eq!(refusal(read().await), deletion_text());
    door.clock.advance_seconds(1).await.unwrap();
    assert_eq!(code(read().await), "ResourceNotFoundException");
    let restored = client.restore_secret().secret_id("db").send().await;
    assert_eq!(code(restored), "ResourceNotFoundException");
    let second = create().await.unwrap().arn.unwrap();
    assert_ne!(first, second, "the suffix is new");
    assert_eq!(read().await.unwrap().secret_string(), Some("new"));

    delete()
        .force_delete_without_recovery(true)
        .send()
        .await
        .unwrap();
    assert_eq!(code(read().await), "ResourceNotFoundException");
    delete()
        .force_delete_without_recovery(true)
        .send()
        .await
        .unwrap();
    create().await.unwrap();
}

#[tokio::test]
async fn a_batch_decides_secret_by_secret() {
    let door = TestDoor::start(|_| {}).await;
    let arn = secret(&door, "one").await;
    secret(&door, "two").await;
    let batch =
        r#"{"Effect":"Allow","Action":"secretsmanager:BatchGetSecretValue","Resource":"*"}"#;
    let allow = format!("{batch},{}", statement("Allow", "GetSecretValue", &arn));
    let reader = user(&door, WORKLOAD, READER, &allow).await;
    let ask = || reader.batch_get_secret_value();
    let answer = ask()
        .secret_id_list("one")
        .secret_id_list("two")
        .secret_id_list("three")
        .send()
        .await;
    let answer = answer.unwrap();
    assert_eq!(answer.secret_values().len(), 1);
    assert_eq!(answer.secret_values()[0].secret_string(), Some(VALUE));
    let codes: Vec<_> = answer
        .errors()
        .iter()
        .filter_map(|error| error.error_code())
        .collect();
    assert_eq!(codes, ["AccessDeniedException", "AccessDeniedException"]);
    assert_eq!(door.refusals().len(), 2, "each decision is in the journal");

    let name = Filter::builder().key(Key::Name).values("o").build();
    assert_eq!(
        code(ask().filters(name.clone()).send().await),
        "AccessDeniedException",
        "no ListSecrets"
    );
    let found = root(&door, WORKLOAD)
        .batch_get_secret_value()
        .filters(name)
        .send()
        .await
        .unwrap();
    assert_eq!(found.secret_values()[0].name(), Some("one"));
    let nobody = user(
        &door,
        WORKLOAD,
        "nobody",
        &statement("Allow", "GetSecretValue", "*"),
    )
    .await;
    let refused = nobody
        .batch_get_secret_value()
        .secret_id_list("one")
        .send()
        .await;
    assert_eq!(code(refused), "AccessDeniedException");
}

#[tokio::test]
async fn a_resource_policy_is_read_before_it_is_taken() {
    let door = TestDoor::start(|_| {}).await;
    secret(&door, "db").await;
    let client = root(&door, WORKLOAD);
    let allow = |principal: &str| {
        document(&format!(
            r#"{{"Effect":"Allow","Principal":{principal},"Action":"secretsmanager:*","Resource":"*"}}"#
        ))
    };
    let put = |policy: &str, block: bool| {
        client
            .put_resource_policy()
            .secret_id("db")
            .resource_policy(policy)
            .block_public_policy(block)
            .send()
    };
    let ghost = allow(r#"{"AWS":"arn:aws:iam::222222222222:role/ghost"}"#);
    let (found, message) = refusal(put(&ghost, false).await);
    assert_eq!(found, "MalformedPolicyDocumentException");
    assert_eq!(
        message,
        "This resource policy contains an unsupported principal."
    );
    assert_eq!(
        code(put("{", false).await),
        "MalformedPolicyDocumentException"
    );
    assert_eq!(
        code(put(&allow(r#""*""#), true).await),
        "PublicPolicyException"
    );
    let get = || client.get_resource_policy().secret_id("db").send();
    assert_eq!(
        get().await.unwrap().resource_policy(),
        None,
        "what was refused left nothing"
    );

    let policy = allow(r#"{"AWS":"333333333333"}"#);
    put(&policy, true).await.unwrap();
    assert_eq!(
        get().await.unwrap().resource_policy(),
        Some(policy.as_str())
    );
    client
        .delete_resource_policy()
        .secret_id("db")
        .send()
        .await
        .unwrap();
    assert_eq!(get().await.unwrap().resource_policy(), None);

    for (policy, passes) in [
        (policy, true),
        (ghost, false),
        (allow(r#"{"AWS":"*"}"#), false),
    ] {
        let validated = client
            .validate_resource_policy()
            .resource_policy(policy)
            .send()
            .await
            .unwrap();
        assert_eq!(validated.policy_validation_passed(), passes);
        assert_eq!(validated.validation_errors().is_empty(), passes);
    }
}

#[tokio::test]
async fn secrets_are_listed_changed_and_tagged() {
    let door = TestDoor::start(|_| {}).await;
    let client = root(&door, WORKLOAD);
    for name in ["b", "a", "c"] {
        secret(&door, name).await;
    }
    secret(&door, "other").await;
    let list = || client.list_secrets().sort_by("name".into()).max_results(3);
    let page = list().send().await.unwrap();
    let names = |page: &[aws_sdk_secretsmanager::types::SecretListEntry]| {
        page.iter()
            .filter_map(|entry| entry.name.clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(names(page.secret_list()), ["a", "b", "c"]);
    let rest = list()
        .next_token(page.next_token().unwrap())
        .send()
        .await
        .unwrap();
    assert_eq!(
        (names(rest.secret_list()), rest.next_token()),
        (vec!["other".to_owned()], None)
    );
    assert_eq!(
        code(list().next_token("x").send().await),
        "InvalidNextTokenException"
    );
    assert!(
        root(&door, MONITORING)
            .list_secrets()
            .send()
            .await
            .unwrap()
            .secret_list()
            .is_empty()
    );

    let tag = Tag::builder().key("team").value("reports").build();
    client
        .tag_resource()
        .secret_id("a")
        .tags(tag)
        .send()
        .await
        .unwrap();
    client
        .update_secret()
        .secret_id("a")
        .description("new")
        .secret_string("two")
        .send()
        .await
        .unwrap();
    let described = client
        .describe_secret()
        .secret_id("a")
        .send()
        .await
        .unwrap();
    assert_eq!(described.description(), Some("new"));
    assert_eq!(described.tags()[0].value(), Some("reports"));
    client
        .untag_resource()
        .secret_id("a")
        .tag_keys("team")
        .send()
        .await
        .unwrap();
    assert!(
        client
            .describe_secret()
            .secret_id("a")
            .send()
            .await
            .unwrap()
            .tags()
            .is_empty()
    );
    let read = client
        .get_secret_value()
        .secret_id("a")
        .send()
        .await
        .unwrap();
    assert_eq!(read.secret_string(), Some("two"));

    let password = client
        .get_random_password()
        .password_length(12)
        .send()
        .await
        .unwrap();
    assert_eq!(password.random_password().unwrap().chars().count(), 12);
}

#[tokio::test]
async fn what_is_wrong_or_missing_is_named() {
    let door = TestDoor::start(|_| {}).await;
    let client = root(&door, WORKLOAD);
    secret(&door, "db").await;
    let create = |name: &str| client.create_secret().name(name);
    assert_eq!(
        code(create("no spaces").secret_string("x").send().await),
        "ValidationException"
    );
    let two = create("two")
        .secret_string("x")
        .secret_binary(Blob::new([1]));
    assert_eq!(code(two.send().await), "InvalidParameterException");
    let none = client.put_secret_value().secret_id("db").send().await;
    assert_eq!(code(none), "InvalidRequestException");
    let (found, message) = refusal(client.get_secret_value().secret_id("none").send().await);
    assert_eq!(found, "ResourceNotFoundException");
    assert_eq!(message, "Secrets Manager can't find the specified secret.");
    let long = create("long")
        .secret_string(VALUE.repeat(4000))
        .send()
        .await;
    let (found, message) = refusal(long);
    assert_eq!(found, "ValidationException");
    assert!(
        !message.contains(VALUE),
        "a value that is too long is not told"
    );
    let (found, message) = refusal(
        client
            .stop_replication_to_replica()
            .secret_id("db")
            .send()
            .await,
    );
    assert_eq!(found, "NotImplemented");
    assert!(
        message.contains("secretsmanager:StopReplicationToReplica"),
        "{message}"
    );
    assert!(!format!("{:?}", door.events()).contains(VALUE));
}
