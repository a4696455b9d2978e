//! CloudWatch through the real client, which speaks rpc-v2-cbor.

use aws_sdk_cloudwatch::Client;
use aws_sdk_cloudwatch::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_cloudwatch::primitives::DateTime;
use aws_sdk_cloudwatch::types::{
    Dimension, Metric, MetricDataQuery, MetricDatum, MetricStat, ScanBy, StatisticSet, StatusCode,
};
use aws_sdk_oam::types::{LinkConfiguration, MetricConfiguration, ResourceType};

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

fn at(door: &TestDoor, offset_seconds: i64) -> DateTime {
    DateTime::from_secs(door.now().as_second() + offset_seconds)
}

fn datum(name: &str, value: f64, time: DateTime) -> MetricDatum {
    MetricDatum::builder()
        .metric_name(name)
        .value(value)
        .timestamp(time)
        .build()
}

fn query(namespace: &str, name: &str, stat: &str, account: Option<&str>) -> MetricDataQuery {
    let metric = Metric::builder()
        .namespace(namespace)
        .metric_name(name)
        .build();
    let stat = MetricStat::builder()
        .metric(metric)
        .period(60)
        .stat(stat)
        .build();
    MetricDataQuery::builder()
        .id("q")
        .metric_stat(stat)
        .set_account_id(account.map(str::to_owned))
        .build()
}

/// The values of one query over the last hour, oldest first.
async fn values(door: &TestDoor, client: &Client, query: MetricDataQuery) -> Vec<f64> {
    let answer = client
        .get_metric_data()
        .metric_data_queries(query)
        .start_time(at(door, -3600))
        .end_time(at(door, 3600))
        .scan_by(ScanBy::TimestampAscending)
        .send()
        .await
        .unwrap();
    answer.metric_data_results()[0].values().to_vec()
}

#[tokio::test]
async fn every_statistic_is_over_its_period() {
    let door = TestDoor::start(|_| {}).await;
    let client = Client::new(&door.root(SOURCE));
    let mut put = client.put_metric_data().namespace("Shop");
    for (offset_seconds, value) in [(-120, 1.0), (-61, 3.0), (-60, 10.0), (0, 7.0)] {
        put = put.metric_data(datum("Orders", value, at(&door, offset_seconds)));
    }
    put.send().await.unwrap();
    for (stat, expected) in [
        ("Sum", [4.0, 10.0, 7.0]),
        ("SampleCount", [2.0, 1.0, 1.0]),
        ("Average", [2.0, 10.0, 7.0]),
        ("Minimum", [1.0, 10.0, 7.0]),
        ("Maximum", [3.0, 10.0, 7.0]),
        ("p50", [1.0, 10.0, 7.0]),
        ("p99.9", [3.0, 10.0, 7.0]),
    ] {
        let query = query("Shop", "Orders", stat, None);
        assert_eq!(values(&door, &client, query).await, expected, "{stat}");
    }
    let newest_first = client
        .get_metric_data()
        .metric_data_queries(query("Shop", "Orders", "Sum", None))
        .start_time(at(&door, -3600))
        .end_time(at(&door, 60))
        .max_datapoints(2)
        .send()
        .await
        .unwrap();
    let result = &newest_first.metric_data_results()[0];
    assert_eq!(result.values(), [7.0, 10.0]);
    assert_eq!(result.timestamps()[0], at(&door, 0));
    assert_eq!(result.label(), Some("Orders"));
    assert_eq!(result.status_code(), Some(&StatusCode::PartialData));
    let rest = client
        .get_metric_data()
        .metric_data_queries(query("Shop", "Orders", "Sum", None))
        .start_time(at(&door, -3600))
        .end_time(at(&door, 60))
        .next_token(newest_first.next_token().unwrap())
        .send()
        .await
        .unwrap();
    assert_eq!(rest.metric_data_results()[0].values(), [4.0]);
    assert!(rest.next_token().is_none());
}

#[tokio::test]
async fn values_counts_and_summaries_add_up() {
    let door = TestDoor::start(|_| {}).await;
    let client = Client::new(&door.root(SOURCE));
    let counted = MetricDatum::builder()
        .metric_name("Latency")
        .set_values(Some(vec![10.0, 20.0]))
        .set_counts(Some(vec![9.0, 1.0]))
        .build();
    let set = StatisticSet::builder()
        .sample_count(2.0)
        .sum(50.0)
        .minimum(20.0)
        .maximum(30.0);
    let summary = MetricDatum::builder()
        .metric_name("Sizes")
        .statistic_values(set.build())
        .build();
    client
        .put_metric_data()
        .namespace("Shop")
        .metric_data(counted)
        .metric_data(summary)
        .send()
        .await
        .unwrap();
    let cases = [
        ("Latency", "Average", vec![11.0]),
        ("Latency", "p90", vec![10.0]),
        ("Latency", "p91", vec![20.0]),
        ("Sizes", "Average", vec![25.0]),
        ("Sizes", "p50", vec![]),
    ];
    for (name, stat, expected) in cases {
        let query = query("Shop", name, stat, None);
        assert_eq!(
            values(&door, &client, query).await,
            expected,
            "{name} {stat}"
        );
    }
    let statistics = client
        .get_metric_statistics()
        .namespace("Shop")
        .metric_name("Latency")
        .period(60)
        .start_time(at(&door, -60))
        .end_time(at(&door, 60))
        .statistics(aws_sdk_cloudwatch::types::Statistic::Maximum)
        .send()
        .await
        .unwrap();
    assert_eq!(statistics.datapoints()[0].maximum(), Some(20.0));
    assert_eq!(statistics.datapoints()[0].sum(), None);
}

#[tokio::test]
async fn a_monitoring_account_reads_what_is_shared_and_nothing_else() {
    let door = TestDoor::start(|_| {}).await;
    let source = Client::new(&door.root(SOURCE));
    let monitoring = Client::new(&door.root(MONITORING));
    for namespace in ["Shop", "Private"] {
        let one = datum("Orders", 1.0, at(&door, 0));
        source
            .put_metric_data()
            .namespace(namespace)
            .metric_data(one)
            .send()
            .await
            .unwrap();
    }
    let of = |namespace: &str, account: &str| query(namespace, "Orders", "Sum", Some(account));
    let listed = || {
        monitoring
            .list_metrics()
            .include_linked_accounts(true)
            .send()
    };
    assert!(
        values(&door, &monitoring, of("Shop", SOURCE))
            .await
            .is_empty()
    );
    assert!(listed().await.unwrap().metrics().is_empty());

    let filter = MetricConfiguration::builder()
        .filter("Namespace = 'Shop'")
        .build()
        .unwrap();
    let filter = LinkConfiguration::builder()
        .metric_configuration(filter)
        .build();
    let types = [ResourceType::AwsCloudwatchMetric];
    let arn = link(&door, SOURCE, MONITORING, &types, Some(filter)).await;
    assert_eq!(values(&door, &monitoring, of("Shop", SOURCE)).await, [1.0]);
    assert!(
        values(&door, &monitoring, of("Private", SOURCE))
            .await
            .is_empty()
    );
    assert!(
        values(&door, &monitoring, query("Shop", "Orders", "Sum", None))
            .await
            .is_empty()
    );
    assert!(
        values(&door, &source, of("Shop", MONITORING))
            .await
            .is_empty()
    );
    let metrics = listed().await.unwrap();
    assert_eq!(metrics.metrics().len(), 1);
    assert_eq!(metrics.owning_accounts(), [SOURCE]);
    let plain = monitoring.list_metrics().send().await.unwrap();
    assert!(plain.metrics().is_empty() && plain.owning_accounts().is_empty());

    let oam = aws_sdk_oam::Client::new(&door.root(SOURCE));
    oam.delete_link().identifier(arn).send().await.unwrap();
    assert!(
        values(&door, &monitoring, of("Shop", SOURCE))
            .await
            .is_empty()
    );
}

#[tokio::test]
async fn metrics_are_found_by_name_and_dimension() {
    let door = TestDoor::start(|_| {}).await;
    let client = Client::new(&door.root(SOURCE));
    for api in ["a", "b"] {
        let dimension = Dimension::builder().name("ApiId").value(api).build();
        let datum = MetricDatum::builder()
            .metric_name("Count")
            .value(1.0)
            .dimensions(dimension);
        client
            .put_metric_data()
            .namespace("Shop")
            .metric_data(datum.build())
            .send()
            .await
            .unwrap();
    }
    let filter = aws_sdk_cloudwatch::types::DimensionFilter::builder()
        .name("ApiId")
        .value("b");
    let found = client
        .list_metrics()
        .namespace("Shop")
        .dimensions(filter.build());
    let found = found.send().await.unwrap();
    assert_eq!(found.metrics().len(), 1);
    assert_eq!(found.metrics()[0].dimensions()[0].value(), Some("b"));
    door.clock.advance_seconds(15 * 24 * 3600).await.unwrap();
    assert!(
        client
            .list_metrics()
            .send()
            .await
            .unwrap()
            .metrics()
            .is_empty(),
        "two weeks later"
    );
}

#[tokio::test]
async fn what_is_not_possible_is_refused_with_its_code() {
    let door = TestDoor::start(|_| {}).await;
    let client = Client::new(&door.root(SOURCE));
    let one = || datum("Orders", 1.0, at(&door, 0));
    let reserved = client
        .put_metric_data()
        .namespace("AWS/Shop")
        .metric_data(one())
        .send()
        .await;
    assert!(refusal(reserved).starts_with("InvalidParameterValue"));
    let early = datum("Orders", 1.0, at(&door, 3 * 3600));
    let early = client
        .put_metric_data()
        .namespace("Shop")
        .metric_data(early)
        .send()
        .await;
    assert!(refusal(early).starts_with("InvalidParameterValue"));
    let nothing = MetricDatum::builder().metric_name("Orders").build();
    let nothing = client
        .put_metric_data()
        .namespace("Shop")
        .metric_data(nothing)
        .send()
        .await;
    assert!(refusal(nothing).starts_with("InvalidParameterCombination"));

    let get = |query: MetricDataQuery| {
        client
            .get_metric_data()
            .metric_data_queries(query)
            .start_time(at(&door, -60))
            .end_time(at(&door, 0))
            .send()
    };
    let expression = MetricDataQuery::builder()
        .id("e")
        .expression("SUM(METRICS())")
        .build();
    let text = refusal(get(expression).await);
    assert!(
        text.starts_with("NotImplemented") && text.contains("SUM(METRICS())"),
        "{text}"
    );
    let trimmed = refusal(get(query("Shop", "Orders", "tm99", None)).await);
    assert!(
        trimmed.starts_with("NotImplemented") && trimmed.contains("tm99"),
        "{trimmed}"
    );
    let unknown = refusal(get(query("Shop", "Orders", "Median", None)).await);
    assert!(unknown.starts_with("InvalidParameterValue"), "{unknown}");

    let many = client
        .get_metric_statistics()
        .namespace("Shop")
        .metric_name("Orders")
        .period(60)
        .start_time(at(&door, -2 * 24 * 3600))
        .end_time(at(&door, 0))
        .statistics(aws_sdk_cloudwatch::types::Statistic::Sum)
        .send()
        .await;
    assert!(refusal(many).contains("2880 datapoints"));
}

#[tokio::test]
async fn a_policy_can_name_the_namespace() {
    let door = TestDoor::start(|_| {}).await;
    let policy = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow",
        "Action":"cloudwatch:PutMetricData","Resource":"*",
        "Condition":{"StringEquals":{"cloudwatch:namespace":"Shop"}}}]}"#;
    let client = Client::new(&user(&door, SOURCE, "writer", policy).await);
    let put = |namespace: &str| {
        client
            .put_metric_data()
            .namespace(namespace)
            .metric_data(datum("x", 1.0, at(&door, 0)))
            .send()
    };
    put("Shop").await.unwrap();
    assert!(refusal(put("Other").await).starts_with("AccessDenied"));
}
