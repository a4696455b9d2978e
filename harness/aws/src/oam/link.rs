//! A link and what it shares.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use authlab_kernel::Scope;

use super::error::Error;
use super::filter::Filter;

/// What an account can share (OAM API reference, `CreateLink`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ResourceType {
    /// `AWS::CloudWatch::Metric`.
    Metric,
    /// `AWS::Logs::LogGroup`.
    LogGroup,
    /// `AWS::XRay::Trace`.
    Trace,
    /// `AWS::ApplicationInsights::Application`.
    Application,
    /// `AWS::InternetMonitor::Monitor`.
    Monitor,
    /// `AWS::ApplicationSignals::Service`.
    Service,
    /// `AWS::ApplicationSignals::ServiceLevelObjective`.
    ServiceLevelObjective,
}

impl ResourceType {
    /// Every type, in the order of the API reference.
    pub const ALL: [Self; 7] = [
        Self::Metric,
        Self::LogGroup,
        Self::Trace,
        Self::Application,
        Self::Monitor,
        Self::Service,
        Self::ServiceLevelObjective,
    ];

    /// The name on the wire and in `oam:ResourceTypes`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Metric => "AWS::CloudWatch::Metric",
            Self::LogGroup => "AWS::Logs::LogGroup",
            Self::Trace => "AWS::XRay::Trace",
            Self::Application => "AWS::ApplicationInsights::Application",
            Self::Monitor => "AWS::InternetMonitor::Monitor",
            Self::Service => "AWS::ApplicationSignals::Service",
            Self::ServiceLevelObjective => "AWS::ApplicationSignals::ServiceLevelObjective",
        }
    }

    /// The permission that sharing this type needs beside `oam:CreateLink` (CloudWatch user guide,
    /// `CloudWatch-Unified-Cross-Account-Setup.html`; the last two are `unverified`).
    pub fn link_action(self) -> &'static str {
        match self {
            Self::Metric => "cloudwatch:Link",
            Self::LogGroup => "logs:Link",
            Self::Trace => "xray:Link",
            Self::Application => "applicationinsights:Link",
            Self::Monitor => "internetmonitor:Link",
            Self::Service | Self::ServiceLevelObjective => "application-signals:Link",
        }
    }
}

impl fmt::Display for ResourceType {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

impl FromStr for ResourceType {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        Self::ALL
            .into_iter()
            .find(|kind| kind.as_str() == text)
            .ok_or_else(|| Error::Parameter(format!("`{text}` is not a resource type")))
    }
}

/// A source account's link to a sink.
#[derive(Clone, Debug, PartialEq)]
pub struct Link {
    /// `arn:aws:oam:R:SOURCE:link/ID`.
    pub arn: String,
    /// The id at the end of the ARN.
    pub id: String,
    /// The source account, and the Region of both.
    pub source: Scope,
    /// The sink in the monitoring account.
    pub sink_arn: String,
    /// What monitoring accounts see the source account as.
    pub label: String,
    /// What the label was made from.
    pub label_template: String,
    /// What is shared; no type twice, in the order of the request.
    pub resource_types: Vec<ResourceType>,
    /// Which log groups are shared; `None` shares all.
    pub log_groups: Option<Filter>,
    /// Which namespaces are shared; `None` shares all.
    pub metrics: Option<Filter>,
    /// Its tags.
    pub tags: BTreeMap<String, String>,
}

impl Link {
    /// Whether things of this type are shared (a filter may still keep some).
    pub fn shares(&self, kind: ResourceType) -> bool {
        self.resource_types.contains(&kind)
    }

    /// Whether the log group of this name is shared.
    pub fn shares_log_group(&self, name: &str) -> bool {
        self.shares(ResourceType::LogGroup)
            && self
                .log_groups
                .as_ref()
                .is_none_or(|filter| filter.shares(name))
    }

    /// Whether metrics of this namespace are shared.
    pub fn shares_namespace(&self, namespace: &str) -> bool {
        self.shares(ResourceType::Metric)
            && self
                .metrics
                .as_ref()
                .is_none_or(|filter| filter.shares(namespace))
    }
}
