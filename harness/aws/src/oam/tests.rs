//! OAM through the real client.

use aws_sdk_oam::Client;
use aws_sdk_oam::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_oam::types::{
    LinkConfiguration, LogGroupConfiguration, MetricConfiguration, ResourceType as Type,
};

use super::testing::user;
use crate::front::testing::{self, MONITORING, OUTSIDER, TestDoor, WORKLOAD as SOURCE};

/// `code: message` of a refusal.
fn refusal<T: std::fmt::Debug, E, R>(answer: Result<T, SdkError<E, R>>) -> String
where
    E: ProvideErrorMetadata + std::fmt::Debug,
    R: std::fmt::Debug,
{
    let (code, message) = testing::refusal(answer);
    format!("{code}: {message}")
}

fn sink_policy(principal: &str, condition: &str) -> String {
    format!(
        r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Principal":{principal},
        "Action":["oam:CreateLink","oam:UpdateLink"],"Resource":"*","Condition":{{{condition}}}}}]}}"#
    )
}

fn metrics_only(principal: &str) -> String {
    sink_policy(
        principal,
        r#""ForAllValues:StringEquals":{"oam:ResourceTypes":["AWS::CloudWatch::Metric"]}"#,
    )
}

/// A monitoring account with a sink of this policy.
async fn sink(door: &TestDoor, policy: &str) -> String {
    let monitoring = Client::new(&door.root(MONITORING));
    let sink = monitoring
        .create_sink()
        .name("central")
        .send()
        .await
        .unwrap();
    let arn = sink.arn().unwrap().to_owned();
    monitoring
        .put_sink_policy()
        .sink_identifier(&arn)
        .policy(policy)
        .send()
        .await
        .unwrap();
    arn
}

#[tokio::test]
async fn a_sink_that_takes_metrics_takes_no_logs() {
    let door = TestDoor::start(|_| {}).await;
    let arn = sink(&door, &metrics_only(r#"{"AWS":"222222222222"}"#)).await;
    let source = Client::new(&door.root(SOURCE));
    let create = || {
        source
            .create_link()
            .sink_identifier(&arn)
            .label_template("$AccountName")
    };

    let both = create()
        .resource_types(Type::AwsCloudwatchMetric)
        .resource_types(Type::AwsLogsLoggroup);
    let text = refusal(both.send().await);
    assert!(text.starts_with("AccessDenied"), "{text}");
    assert!(
        source.list_links().send().await.unwrap().items().is_empty(),
        "nothing is half-made"
    );

    let link = create()
        .resource_types(Type::AwsCloudwatchMetric)
        .send()
        .await
        .unwrap();
    assert_eq!(link.resource_types(), ["AWS::CloudWatch::Metric"]);
    assert_eq!(link.label(), Some("workload"));
    assert_eq!(link.sink_arn(), Some(arn.as_str()));

    let again = create()
        .resource_types(Type::AwsCloudwatchMetric)
        .send()
        .await;
    assert!(refusal(again).starts_with("ConflictException"));

    let update = source
        .update_link()
        .identifier(link.arn().unwrap())
        .resource_types(Type::AwsLogsLoggroup)
        .send()
        .await;
    assert!(refusal(update).starts_with("AccessDenied"));

    let monitoring = Client::new(&door.root(MONITORING));
    let attached = monitoring
        .list_attached_links()
        .sink_identifier(&arn)
        .send()
        .await
        .unwrap();
    assert_eq!(attached.items().len(), 1);
    assert_eq!(attached.items()[0].link_arn(), link.arn());
    let busy = monitoring.delete_sink().identifier(&arn).send().await;
    assert!(refusal(busy).starts_with("ConflictException"));
    // Only the source account can cut the link.
    let foreign = monitoring
        .delete_link()
        .identifier(link.arn().unwrap())
        .send()
        .await;
    assert!(refusal(foreign).starts_with("AccessDenied"));
    source
        .delete_link()
        .identifier(link.arn().unwrap())
        .send()
        .await
        .unwrap();
    monitoring
        .delete_sink()
        .identifier(&arn)
        .send()
        .await
        .unwrap();
}

#[tokio::test]
async fn only_accounts_of_the_organization_link() {
    let door = TestDoor::start(|_| {}).await;
    let id = door
        .door
        .cloud()
        .shared
        .organizations
        .organization()
        .unwrap()
        .id
        .clone();
    let condition = format!(r#""StringEquals":{{"aws:PrincipalOrgID":"{id}"}}"#);
    let arn = sink(&door, &sink_policy(r#""*""#, &condition)).await;
    let link = |account: &str| {
        let client = Client::new(&door.root(account));
        client
            .create_link()
            .sink_identifier(&arn)
            .label_template("$AccountName")
            .resource_types(Type::AwsCloudwatchMetric)
            .send()
    };
    assert!(refusal(link(OUTSIDER).await).starts_with("AccessDenied"));
    assert_eq!(link(SOURCE).await.unwrap().label(), Some("workload"));
}

#[tokio::test]
async fn every_type_needs_its_own_permission() {
    let door = TestDoor::start(|_| {}).await;
    let types = r#""ForAllValues:StringEquals":{"oam:ResourceTypes":
        ["AWS::CloudWatch::Metric","AWS::Logs::LogGroup"]}"#;
    let arn = sink(&door, &sink_policy(r#"{"AWS":"222222222222"}"#, types)).await;
    let allow = |actions: &str| {
        format!(
            r#"{{"Version":"2012-10-17","Statement":[
            {{"Effect":"Allow","Action":"oam:*","Resource":["arn:aws:oam:*:*:link/*","{arn}"]}},
            {{"Effect":"Allow","Action":{actions},"Resource":"*"}}]}}"#
        )
    };
    for (name, actions, expected) in [
        ("both", r#"["cloudwatch:Link","logs:Link"]"#, true),
        ("metrics", r#"["cloudwatch:Link"]"#, false),
        ("neither", r#"["oam:ListLinks"]"#, false),
    ] {
        let config = user(&door, SOURCE, name, &allow(actions)).await;
        let client = Client::new(&config);
        let result = client
            .create_link()
            .sink_identifier(&arn)
            .label_template("x")
            .resource_types(Type::AwsCloudwatchMetric)
            .resource_types(Type::AwsLogsLoggroup)
            .send()
            .await;
        match result {
            Ok(link) => {
                assert!(expected, "{name}");
                let root = Client::new(&door.root(SOURCE));
                root.delete_link()
                    .identifier(link.arn().unwrap())
                    .send()
                    .await
                    .unwrap();
            }
            Err(error) => {
                assert!(!expected, "{name}: {error:?}");
                assert!(error.code().unwrap().starts_with("AccessDenied"), "{name}");
            }
        }
    }
}

#[tokio::test]
async fn what_is_not_possible_is_refused_with_its_code() {
    let door = TestDoor::start(|_| {}).await;
    let arn = sink(
        &door,
        &metrics_only(r#"{"AWS":["222222222222","333333333333"]}"#),
    )
    .await;
    let monitoring = Client::new(&door.root(MONITORING));
    let source = Client::new(&door.root(SOURCE));

    let second = monitoring.create_sink().name("other").send().await;
    assert!(refusal(second).starts_with("ServiceQuotaExceededException"));
    let own = monitoring
        .create_link()
        .sink_identifier(&arn)
        .label_template("x")
        .resource_types(Type::AwsCloudwatchMetric)
        .send()
        .await;
    assert!(refusal(own).starts_with("InvalidParameterException"));
    for policy in [
        "{",
        r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow"}]}"#,
    ] {
        let result = monitoring
            .put_sink_policy()
            .sink_identifier(&arn)
            .policy(policy)
            .send()
            .await;
        assert!(
            refusal(result).starts_with("InvalidParameterException"),
            "{policy}"
        );
    }
    let stored = monitoring
        .get_sink_policy()
        .sink_identifier(&arn)
        .send()
        .await
        .unwrap();
    assert!(
        stored.policy().unwrap().contains("ForAllValues"),
        "a bad policy replaces none"
    );
    for (identifier, code) in [
        ("sink", "InvalidParameterException"),
        (
            "arn:aws:oam:eu-central-1:333333333333:sink/none",
            "ResourceNotFoundException",
        ),
        (
            "arn:aws:oam:eu-central-1:999999999999:sink/none",
            "AccessDenied",
        ),
    ] {
        let text = refusal(monitoring.get_sink().identifier(identifier).send().await);
        assert!(text.starts_with(code), "{identifier}: {text}");
    }
    let filter = |text: &str| {
        let metrics = MetricConfiguration::builder().filter(text).build().unwrap();
        LinkConfiguration::builder()
            .metric_configuration(metrics)
            .build()
    };
    let create = || {
        source
            .create_link()
            .sink_identifier(&arn)
            .label_template("x")
            .resource_types(Type::AwsCloudwatchMetric)
    };
    let result = create()
        .link_configuration(filter("Namespace ~ 'a'"))
        .send()
        .await;
    assert!(refusal(result).starts_with("InvalidParameterException"));
    let groups = LogGroupConfiguration::builder()
        .filter("LogGroupName = 'a'")
        .build()
        .unwrap();
    let groups = LinkConfiguration::builder()
        .log_group_configuration(groups)
        .build();
    let result = create().link_configuration(groups).send().await;
    assert!(
        refusal(result).starts_with("InvalidParameterException"),
        "logs are not shared"
    );

    let link = create()
        .link_configuration(filter("Namespace = 'a'"))
        .send()
        .await
        .unwrap();
    let update = |text: &str| {
        source
            .update_link()
            .identifier(link.arn().unwrap())
            .resource_types(Type::AwsCloudwatchMetric)
            .link_configuration(filter(text))
            .send()
    };
    let updated = update("Namespace = 'b'").await.unwrap();
    let stored = updated
        .link_configuration()
        .unwrap()
        .metric_configuration()
        .unwrap();
    assert_eq!(stored.filter(), "Namespace = 'b'");
    assert!(
        update("*").await.unwrap().link_configuration().is_none(),
        "`*` removes the filter"
    );
}

#[tokio::test]
async fn sinks_and_links_carry_tags() {
    let door = TestDoor::start(|_| {}).await;
    let monitoring = Client::new(&door.root(MONITORING));
    let sink = monitoring
        .create_sink()
        .name("central")
        .tags("team", "a")
        .send()
        .await
        .unwrap();
    let arn = sink.arn().unwrap();
    monitoring
        .tag_resource()
        .resource_arn(arn)
        .tags("env", "prod")
        .send()
        .await
        .unwrap();
    monitoring
        .untag_resource()
        .resource_arn(arn)
        .tag_keys("team")
        .send()
        .await
        .unwrap();
    let tags = monitoring
        .list_tags_for_resource()
        .resource_arn(arn)
        .send()
        .await
        .unwrap();
    let tags: Vec<_> = tags.tags().unwrap().iter().collect();
    assert_eq!(tags, [(&"env".to_owned(), &"prod".to_owned())]);
    let mut many = monitoring.tag_resource().resource_arn(arn);
    for nth in 0..50 {
        many = many.tags(format!("key{nth}"), "x");
    }
    assert!(refusal(many.send().await).starts_with("TooManyTagsException"));
    let found = monitoring
        .get_sink()
        .identifier(arn)
        .include_tags(true)
        .send()
        .await
        .unwrap();
    assert_eq!(found.tags().unwrap().len(), 1);
}
