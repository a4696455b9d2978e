//! Metrics, and CloudWatch Observability Access Manager: sinks, links, what they let be seen.

use std::time::Duration;

use authlab_wire::Value;
use cucumber::gherkin::Step;
use serde_json::json;

use super::argument;
use crate::{
    World,
    error::{StepError, StepResult, expect_equal},
    given,
    params::{AccountName, Actor, Numbers, ResourceTypes},
    then,
    things::sink::{Link, Sink},
    when,
    world::Outcome,
};

/// How a link calls its source account.
const LINK_LABEL: &str = "$AccountName";

/// How far around now a metric is read.
const WINDOW: Duration = Duration::from_secs(3600);

/// Makes a sink and gives it a policy.
///
/// Example: Given the account monitoring has the sink "observability" with the policy:
#[given("the account {account} has the sink {string} with the policy:")]
async fn account_has_sink(
    world: &mut World,
    account: AccountName,
    name: String,
    step: &Step,
) -> StepResult {
    let policy = argument::document(step)?;
    let oam = world.aws_account(&account)?;
    let made = oam.call("oam:CreateSink", json!({ "Name": name })).await?;
    let arn = made.text("Arn")?.to_owned();
    let input = json!({ "SinkIdentifier": arn, "Policy": policy });
    oam.call("oam:PutSinkPolicy", input).await?;
    world.things.set(Sink {
        name,
        account: account.to_string(),
        arn,
    });
    Ok(())
}

/// Puts one value of a metric.
///
/// Example: Given the account workload-a puts the value 7 of the metric "Orders" in the namespace "Shop"
#[given("{actor} puts the value {float} of the metric {string} in the namespace {string}")]
async fn metric_is_there(
    world: &mut World,
    actor: Actor,
    value: f64,
    metric: String,
    namespace: String,
) -> StepResult {
    put(world, &actor, value, metric, namespace).await?;
    match world.outcome()? {
        Outcome::Aws(Ok(_)) => Ok(()),
        refused => Err(StepError::new(refused.summary())),
    }
}

/// Puts one value of a metric, and takes the answer.
///
/// Example: When the session of "analyst" puts the value 1 of the metric "Orders" in the namespace "Shop"
#[when("{actor} puts the value {float} of the metric {string} in the namespace {string}")]
async fn metric_is_put(
    world: &mut World,
    actor: Actor,
    value: f64,
    metric: String,
    namespace: String,
) -> StepResult {
    world.acts();
    put(world, &actor, value, metric, namespace).await
}

async fn put(
    world: &mut World,
    actor: &Actor,
    value: f64,
    metric: String,
    namespace: String,
) -> StepResult {
    let now = world.now().to_string();
    let datum = json!({ "MetricName": metric, "Value": value, "Timestamp": now });
    let input = json!({ "Namespace": namespace, "MetricData": [datum] });
    let client = world.aws(actor)?;
    let answer = client.ask("cloudwatch:PutMetricData", input).await?;
    world.take_aws(answer);
    Ok(())
}

/// Links what an account has to a sink.
///
/// Example: When the account workload-a links AWS::CloudWatch::Metric to the sink "observability"
#[when("the account {account} links {resource_types} to the sink {string}")]
async fn account_links(
    world: &mut World,
    account: AccountName,
    types: ResourceTypes,
    sink: String,
) -> StepResult {
    world.acts();
    let arn = world.things.get::<Sink>(&sink)?.arn.clone();
    let input = json!({
        "LabelTemplate": LINK_LABEL,
        "SinkIdentifier": arn,
        "ResourceTypes": types.0,
    });
    let oam = world.aws_account(&account)?;
    let answer = oam.ask("oam:CreateLink", input).await?;
    if let Some(link) = world.take_aws(answer) {
        let (account, arn) = (account.to_string(), link.text("Arn")?.to_owned());
        world.things.set(Link { account, sink, arn });
    }
    Ok(())
}

/// Deletes the link that an account made to a sink.
///
/// Example: When the account workload-a deletes its link to the sink "observability"
#[when("the account {account} deletes its link to the sink {string}")]
async fn account_deletes_link(world: &mut World, account: AccountName, sink: String) -> StepResult {
    world.acts();
    let link = world.things.get_in::<Link>(&account, &sink)?;
    let input = json!({ "Identifier": link.arn });
    let oam = world.aws_account(&account)?;
    let answer = oam.ask("oam:DeleteLink", input).await?;
    world.take_aws(answer);
    Ok(())
}

/// Reads a metric of another account (GetMetricData with an AccountId), an hour around now.
///
/// Example: When the account monitoring reads the metric "Orders" of the account workload-a in the namespace "Shop"
#[when(
    "the account {account} reads the metric {string} of the account {account} in the namespace {string}"
)]
async fn account_reads_metric(
    world: &mut World,
    account: AccountName,
    metric: String,
    source: AccountName,
    namespace: String,
) -> StepResult {
    world.acts();
    let metric = json!({ "Namespace": namespace, "MetricName": metric });
    let query = json!({
        "Id": "value",
        "AccountId": world.account_id(&source)?,
        "MetricStat": { "Metric": metric, "Period": 60, "Stat": "Sum" },
    });
    let now = world.now();
    let input = json!({
        "MetricDataQueries": [query],
        "StartTime": (now - WINDOW).to_string(),
        "EndTime": (now + WINDOW).to_string(),
    });
    let client = world.aws_account(&account)?;
    let answer = client.ask("cloudwatch:GetMetricData", input).await?;
    if let Some(answer) = world.take_aws(answer) {
        let results = answer.list("MetricDataResults").iter();
        let values = results
            .filter_map(|result| result.get("Values")?.as_list())
            .flatten();
        let values: Vec<f64> = values
            .filter_map(|value| match value {
                Value::Float(number) => Some(*number),
                _ => None,
            })
            .collect();
        world.keep_output(json!(values));
    }
    Ok(())
}

/// Compares the values that were read.
///
/// Example: Then the metric's values are 7
#[then("the metric's values are {numbers}")]
fn metric_values_are(world: &mut World, expected: Numbers) -> StepResult {
    expect_equal("the metric", &json!(expected.0), values(world)?)
}

/// Nothing was read.
///
/// Example: Then the metric has no values
#[then("the metric has no values")]
fn metric_has_no_values(world: &mut World) -> StepResult {
    expect_equal("the metric", &json!([]), values(world)?)
}

/// What the last call read of a metric.
fn values(world: &World) -> StepResult<&serde_json::Value> {
    match world.outcome()? {
        Outcome::Aws(Ok(answer)) if answer.output.is_array() => Ok(&answer.output),
        other => Err(StepError::new(format!(
            "no metric was read: {}",
            other.summary()
        ))),
    }
}
