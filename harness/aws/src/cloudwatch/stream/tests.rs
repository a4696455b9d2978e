//! Metric streams through the real client.

use aws_sdk_cloudwatch::Client;
use aws_sdk_cloudwatch::operation::put_metric_stream::builders::PutMetricStreamFluentBuilder;
use aws_sdk_cloudwatch::types::{MetricStreamFilter, MetricStreamOutputFormat};

use crate::front::testing::{TestDoor, WORKLOAD, refusal};

const ROLE: &str = "arn:aws:iam::222222222222:role/stream";

fn put(client: &Client) -> PutMetricStreamFluentBuilder {
    client
        .put_metric_stream()
        .name("central")
        .firehose_arn("arn:aws:firehose:eu-central-1:222222222222:deliverystream/metrics")
        .role_arn(ROLE)
        .output_format(MetricStreamOutputFormat::Json)
}

fn of(namespace: &str) -> MetricStreamFilter {
    MetricStreamFilter::builder().namespace(namespace).build()
}

#[tokio::test]
async fn a_stream_leaves_linked_accounts_out_until_it_is_put_with_them() {
    let door = TestDoor::start(|_| {}).await;
    let client = Client::new(&door.root(WORKLOAD));
    let is_included = async || {
        let got = client.get_metric_stream().name("central").send().await;
        got.unwrap().include_linked_accounts_metrics()
    };
    put(&client).send().await.unwrap();
    assert_eq!(is_included().await, Some(false));
    let with_linked = put(&client).include_linked_accounts_metrics(true);
    with_linked.send().await.unwrap();
    assert_eq!(is_included().await, Some(true));

    let listed = client.list_metric_streams().send().await.unwrap();
    assert_eq!(listed.entries().len(), 1, "a stream of the name is changed");
    let delete = || client.delete_metric_stream().name("central").send();
    delete().await.unwrap();
    delete().await.unwrap();
    let (code, _) = refusal(client.get_metric_stream().name("central").send().await);
    assert_eq!(code, "ResourceNotFoundException");
}

#[tokio::test]
async fn filters_of_one_kind_are_taken() {
    let door = TestDoor::start(|_| {}).await;
    let client = Client::new(&door.root(WORKLOAD));
    put(&client)
        .include_filters(of("Shop"))
        .send()
        .await
        .unwrap();
    let got = client.get_metric_stream().name("central").send().await;
    assert_eq!(got.unwrap().include_filters(), [of("Shop")]);
    let both = put(&client)
        .include_filters(of("Shop"))
        .exclude_filters(of("Payroll"));
    let (code, _) = refusal(both.send().await);
    assert_eq!(code, "InvalidParameterCombination");
}
