//! CloudWatch Logs through the real client.

use aws_sdk_cloudwatchlogs::Client;
use aws_sdk_cloudwatchlogs::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_cloudwatchlogs::types::InputLogEvent;
use aws_sdk_oam::types::{LinkConfiguration, LogGroupConfiguration, ResourceType};

use crate::front::testing::{self, MONITORING, TestDoor, WORKLOAD as SOURCE};
use crate::oam::testing::{link, user};

/// `code: message` of a refusal.
fn refusal<T: std::fmt::Debug, E, R>(answer: Result<T, SdkError<E, R>>) -> String
where
    E: ProvideErrorMetadata + std::fmt::Debug,
    R: std::fmt::Debug,
{
    let (code, message) = testing::refusal(answer);
    format!("{code}: {message}")
}

fn event(time_ms: i64, message: &str) -> InputLogEvent {
    InputLogEvent::builder()
        .timestamp(time_ms)
        .message(message)
        .build()
        .unwrap()
}

/// A group with a stream.
async fn group(client: &Client, group: &str, stream: &str) {
    client
        .create_log_group()
        .log_group_name(group)
        .send()
        .await
        .unwrap();
    client
        .create_log_stream()
        .log_group_name(group)
        .log_stream_name(stream)
        .send()
        .await
        .unwrap();
}

#[tokio::test]
async fn events_come_back_in_order_and_in_pages() {
    let door = TestDoor::start(|_| {}).await;
    let logs = Client::new(&door.root(SOURCE));
    group(&logs, "/app", "one").await;
    let now = door.now().as_millisecond();
    let put = logs
        .put_log_events()
        .log_group_name("/app")
        .log_stream_name("one");
    let put = (0..5).fold(put, |put, nth| {
        put.log_events(event(now + nth, &format!("line {nth}")))
    });
    put.send().await.unwrap();

    let get = || {
        logs.get_log_events()
            .log_group_name("/app")
            .log_stream_name("one")
            .limit(2)
    };
    let first = get().start_from_head(true).send().await.unwrap();
    let lines = |events: &[aws_sdk_cloudwatchlogs::types::OutputLogEvent]| {
        events
            .iter()
            .map(|event| event.message().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(lines(first.events()), ["line 0", "line 1"]);
    let second = get()
        .next_token(first.next_forward_token().unwrap())
        .send()
        .await
        .unwrap();
    assert_eq!(lines(second.events()), ["line 2", "line 3"]);
    let third = get()
        .next_token(second.next_forward_token().unwrap())
        .send()
        .await
        .unwrap();
    assert_eq!(lines(third.events()), ["line 4"]);
    let end = get()
        .next_token(third.next_forward_token().unwrap())
        .send()
        .await
        .unwrap();
    assert!(end.events().is_empty());
    assert_eq!(
        end.next_forward_token(),
        third.next_forward_token(),
        "the end is where it was"
    );
    let back = get()
        .next_token(second.next_backward_token().unwrap())
        .send()
        .await
        .unwrap();
    assert_eq!(lines(back.events()), ["line 0", "line 1"]);
    let latest = get().send().await.unwrap();
    assert_eq!(lines(latest.events()), ["line 3", "line 4"]);
    let upto = get()
        .start_from_head(true)
        .end_time(now + 1)
        .send()
        .await
        .unwrap();
    assert_eq!(
        lines(upto.events()),
        ["line 0"],
        "the end time is exclusive"
    );

    let filter = || logs.filter_log_events().log_group_name("/app");
    let found = filter()
        .filter_pattern("\"line\" -3")
        .limit(3)
        .send()
        .await
        .unwrap();
    assert_eq!(found.events().len(), 3);
    let rest = filter()
        .filter_pattern("\"line\" -3")
        .limit(3)
        .next_token(found.next_token().unwrap())
        .send()
        .await
        .unwrap();
    assert_eq!(rest.events()[0].message(), Some("line 4"));
    assert!(rest.next_token().is_none());
}

#[tokio::test]
async fn batches_keep_the_limits_of_time_and_order() {
    let door = TestDoor::start(|_| {}).await;
    let logs = Client::new(&door.root(SOURCE));
    group(&logs, "/app", "one").await;
    let now = door.now().as_millisecond();
    let hour = 3_600_000;
    let put = |events: Vec<InputLogEvent>| {
        logs.put_log_events()
            .log_group_name("/app")
            .log_stream_name("one")
            .set_log_events(Some(events))
            .send()
    };
    let disorder = put(vec![event(now, "b"), event(now - 1, "a")]).await;
    assert!(refusal(disorder).contains("chronological order"));
    let long = put(vec![event(now - 25 * hour, "a"), event(now, "b")]).await;
    assert!(refusal(long).contains("24 hours"));
    let taken = put(vec![event(now, "now"), event(now + 3 * hour, "later")])
        .await
        .unwrap();
    let rejected = taken.rejected_log_events_info().unwrap();
    assert_eq!(rejected.too_new_log_event_start_index(), Some(1));
    let old = put(vec![event(now - 15 * 24 * hour, "old")]).await.unwrap();
    let rejected = old.rejected_log_events_info().unwrap();
    assert_eq!(rejected.too_old_log_event_end_index(), Some(1));

    logs.put_retention_policy()
        .log_group_name("/app")
        .retention_in_days(1)
        .send()
        .await
        .unwrap();
    let expired = put(vec![event(now - 30 * hour, "old")]).await.unwrap();
    let rejected = expired.rejected_log_events_info().unwrap();
    assert_eq!(rejected.expired_log_event_end_index(), Some(1));
    let found = logs
        .filter_log_events()
        .log_group_name("/app")
        .send()
        .await
        .unwrap();
    assert_eq!(found.events().len(), 1, "only what was taken is there");
    door.clock.advance_seconds(2 * 24 * 3600).await.unwrap();
    let found = logs
        .filter_log_events()
        .log_group_name("/app")
        .send()
        .await
        .unwrap();
    assert!(found.events().is_empty(), "retention is a day");
}

#[tokio::test]
async fn what_is_not_possible_is_refused_with_its_code() {
    let door = TestDoor::start(|_| {}).await;
    let logs = Client::new(&door.root(SOURCE));
    group(&logs, "/app", "one").await;
    let again = logs.create_log_group().log_group_name("/app").send().await;
    assert_eq!(
        refusal(again),
        "ResourceAlreadyExistsException: The specified log group already exists"
    );
    let missing = logs
        .create_log_stream()
        .log_group_name("/none")
        .log_stream_name("x")
        .send()
        .await;
    assert_eq!(
        refusal(missing),
        "ResourceNotFoundException: The specified log group does not exist."
    );
    let missing = logs
        .get_log_events()
        .log_group_name("/app")
        .log_stream_name("x")
        .send()
        .await;
    assert_eq!(
        refusal(missing),
        "ResourceNotFoundException: The specified log stream does not exist."
    );
    let days = logs
        .put_retention_policy()
        .log_group_name("/app")
        .retention_in_days(2)
        .send()
        .await;
    assert!(refusal(days).starts_with("InvalidParameterException"));
    let pattern = logs
        .filter_log_events()
        .log_group_name("/app")
        .filter_pattern("[a, b]");
    let text = refusal(pattern.send().await);
    assert!(
        text.starts_with("InvalidParameterException") && text.contains("[a, b]"),
        "{text}"
    );
    let neither = logs.filter_log_events().send().await;
    assert!(refusal(neither).starts_with("InvalidParameterException"));

    logs.delete_log_group()
        .log_group_name("/app")
        .send()
        .await
        .unwrap();
    let gone = logs.delete_log_group().log_group_name("/app").send().await;
    assert!(refusal(gone).starts_with("ResourceNotFoundException"));
}

#[tokio::test]
async fn a_policy_has_to_name_the_streams_of_its_group() {
    let door = TestDoor::start(|_| {}).await;
    let root = Client::new(&door.root(SOURCE));
    group(&root, "/app", "one").await;
    for (name, resource, expected) in [
        (
            "streams",
            "arn:aws:logs:eu-central-1:222222222222:log-group:/app:*",
            true,
        ),
        (
            "bare",
            "arn:aws:logs:eu-central-1:222222222222:log-group:/app",
            false,
        ),
        (
            "other",
            "arn:aws:logs:eu-central-1:222222222222:log-group:/other:*",
            false,
        ),
    ] {
        let policy = format!(
            r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow",
            "Action":"logs:PutLogEvents","Resource":"{resource}"}}]}}"#
        );
        let logs = Client::new(&user(&door, SOURCE, name, &policy).await);
        let result = logs
            .put_log_events()
            .log_group_name("/app")
            .log_stream_name("one")
            .log_events(event(door.now().as_millisecond(), "x"))
            .send()
            .await;
        match result {
            Ok(_) => assert!(expected, "{name}"),
            Err(error) => {
                assert!(
                    !expected && error.code() == Some("AccessDeniedException"),
                    "{name}: {error:?}"
                );
            }
        }
    }
}

#[tokio::test]
async fn a_monitoring_account_reads_what_is_shared_and_nothing_else() {
    let door = TestDoor::start(|_| {}).await;
    let source = Client::new(&door.root(SOURCE));
    let monitoring = Client::new(&door.root(MONITORING));
    for name in ["/shared/a", "/private"] {
        group(&source, name, "one").await;
        source
            .put_log_events()
            .log_group_name(name)
            .log_stream_name("one")
            .log_events(event(door.now().as_millisecond(), "hello"))
            .send()
            .await
            .unwrap();
    }
    let arn = |name: &str| format!("arn:aws:logs:eu-central-1:{SOURCE}:log-group:{name}");
    let read = |name: &str| {
        monitoring
            .filter_log_events()
            .log_group_identifier(arn(name))
            .send()
    };
    let listed = || {
        monitoring
            .describe_log_groups()
            .include_linked_accounts(true)
            .send()
    };
    assert!(refusal(read("/shared/a").await).starts_with("ResourceNotFoundException"));
    assert!(listed().await.unwrap().log_groups().is_empty());

    let filter = LogGroupConfiguration::builder().filter("LogGroupName LIKE '/shared/%'");
    let filter = LinkConfiguration::builder()
        .log_group_configuration(filter.build().unwrap())
        .build();
    link(
        &door,
        SOURCE,
        MONITORING,
        &[ResourceType::AwsLogsLoggroup],
        Some(filter),
    )
    .await;
    assert_eq!(
        read("/shared/a").await.unwrap().events()[0].message(),
        Some("hello")
    );
    assert!(refusal(read("/private").await).starts_with("ResourceNotFoundException"));
    let streams = monitoring
        .describe_log_streams()
        .log_group_identifier(arn("/shared/a"))
        .send()
        .await;
    assert_eq!(streams.unwrap().log_streams().len(), 1);
    let groups = listed().await.unwrap();
    let names: Vec<_> = groups
        .log_groups()
        .iter()
        .map(|it| it.log_group_name().unwrap())
        .collect();
    assert_eq!(names, ["/shared/a"]);
    let own = monitoring.describe_log_groups().send().await.unwrap();
    assert!(
        own.log_groups().is_empty(),
        "linked accounts have to be asked for"
    );
    let backwards = source
        .describe_log_groups()
        .include_linked_accounts(true)
        .send()
        .await
        .unwrap();
    assert_eq!(backwards.log_groups().len(), 2, "the source sees its own");
}

#[tokio::test]
async fn the_key_of_a_group_lets_the_service_in_for_that_group() {
    use crate::kms::tests::{key, root, well};
    use serde_json::json;
    let door = TestDoor::start(|_| {}).await;
    let client = Client::new(&door.root(SOURCE));
    let allow = |service: &str, group: &str| {
        json!([{
            "Effect": "Allow",
            "Principal": { "Service": service },
            "Action": ["kms:GenerateDataKey*", "kms:Decrypt*"],
            "Resource": "*",
            "Condition": { "ArnLike": {
                "kms:EncryptionContext:aws:logs:arn":
                    format!("arn:aws:logs:eu-central-1:222222222222:log-group:{group}"),
            } },
        }])
    };
    let here = "logs.eu-central-1.amazonaws.com";
    let denied = "AccessDeniedException: The specified KMS key does not exist or is not allowed to be used with Arn 'arn:aws:logs:eu-central-1:222222222222:log-group:/app'";
    let old = client.create_log_group().log_group_name("/old");
    old.send().await.unwrap();
    for (statements, expected) in [
        (json!([]), denied),
        (allow("logs.us-east-1.amazonaws.com", "*"), denied),
        (allow(here, "/other"), denied),
        (allow(here, "/*"), ""),
    ] {
        let arn = key(&door, Some(statements)).await;
        let create = client.create_log_group().log_group_name("/app");
        let made = create.kms_key_id(&arn).send().await;
        let associate = client.associate_kms_key().log_group_name("/old");
        let associated = associate.kms_key_id(&arn).send().await;
        if !expected.is_empty() {
            assert_eq!(refusal(made), expected);
            assert!(refusal(associated).starts_with("AccessDeniedException"));
            continue;
        }
        made.unwrap();
        associated.unwrap();
        let listed = client.describe_log_groups().send().await.unwrap();
        let mut groups = listed.log_groups().iter();
        assert!(groups.all(|it| it.kms_key_id() == Some(arn.as_str())));
        let id = arn.rsplit('/').next().unwrap();
        let by_id = client.create_log_group().log_group_name("/id");
        assert_eq!(
            refusal(by_id.kms_key_id(id).send().await),
            "InvalidParameterException: The specified KMS Key Id could not be found."
        );
        let disassociate = client.disassociate_kms_key().log_group_name("/old");
        disassociate.send().await.unwrap();
        well(&door, &root(SOURCE), "DisableKey", json!({ "KeyId": arn })).await;
        let again = client.associate_kms_key().log_group_name("/old");
        let again = again.kms_key_id(&arn).send().await;
        assert!(refusal(again).starts_with("InvalidParameterException"));
    }
}
