//! What one service asks of another.

use std::collections::BTreeMap;
use std::sync::Arc;

use authlab_gateway::Deployment;
use authlab_gateway::deployment::{AccountUsage, Outline};
use authlab_gateway::domain::CustomDomain;
use authlab_kernel::{AccountId, Scope, Timestamp};
use bytes::Bytes;

use crate::evidence::Credential;

/// Something that one service asks of another.
#[derive(Debug)]
pub enum Effect {
    /// Append to a log group; group and stream are made when they are missing.
    PutLogEvents {
        /// Where.
        scope: Scope,
        /// The log group's name.
        group: String,
        /// The stream's name.
        stream: String,
        /// The lines, with the time of each.
        events: Vec<(Timestamp, String)>,
        /// Whether functions that are subscribed to the group get them.
        is_passed_on: bool,
    },
    /// Invoke a function for a service, and leave what comes of it to the journal.
    InvokeFunction {
        /// The account and Region for which it is invoked.
        scope: Scope,
        /// The function's ARN.
        function: String,
        /// The event, JSON.
        event: Bytes,
        /// The service: `logs.amazonaws.com`.
        principal: String,
        /// On behalf of what: `aws:SourceArn`.
        source_arn: String,
    },
    /// Add data points.
    PutMetricData {
        /// Where.
        scope: Scope,
        /// `AWS/ApiGateway`.
        namespace: &'static str,
        /// The data points.
        data: Vec<MetricDatum>,
    },
    /// Say that this request issued a credential: requests that use it are caused by it.
    CredentialIssued {
        /// The account that it is of.
        account: AccountId,
        /// What the journal shows: never the secret.
        credential: Credential,
    },
    /// Tell the gateway that an API is there, whatever its stages run; `None`: it is gone.
    OutlineApi {
        /// The API's id, unique in the lab.
        api_id: String,
        /// What is known of it.
        outline: Option<Outline>,
    },
    /// Make it what the gateway knows of an account's API keys and usage plans.
    PublishUsage {
        /// The account and Region.
        scope: Scope,
        /// What there is.
        usage: Arc<AccountUsage>,
    },
    /// Tell the gateway what a custom domain name leads to; `None`: it is gone.
    PublishDomain {
        /// The name.
        name: String,
        /// Where it leads.
        domain: Option<Arc<CustomDomain>>,
    },
    /// Make a deployment what the gateway runs for a stage; `None` takes the stage away.
    PublishDeployment {
        /// The API's id, unique in the lab.
        api_id: String,
        /// The stage's name.
        stage: String,
        /// What to run.
        deployment: Option<Arc<Deployment>>,
    },
    /// Let the gateway forget what the Lambda authorizers of a stage have said.
    ForgetDecisions {
        /// The API's id, unique in the lab.
        api_id: String,
        /// The stage's name.
        stage: String,
    },
}

/// One data point of a metric.
#[derive(Clone, Debug, PartialEq)]
pub struct MetricDatum {
    /// The metric's name.
    pub name: &'static str,
    /// Its dimensions, by name.
    pub dimensions: Arc<BTreeMap<String, String>>,
    /// When.
    pub time: Timestamp,
    /// How much.
    pub value: f64,
    /// CloudWatch's name of the unit: `Count`, `Milliseconds`, `None`.
    pub unit: &'static str,
}
