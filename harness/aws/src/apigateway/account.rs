//! What an account has in a Region beside its APIs: keys, usage plans, VPC links, domain names.

use std::collections::BTreeMap;

use authlab_kernel::{Scope, Timestamp};
use serde::{Deserialize, Serialize};

use super::resource::{EndpointConfiguration, Texts};

/// What an account has in a Region.
#[derive(Clone, Debug)]
pub struct Account {
    /// The account and Region.
    pub scope: Scope,
    /// The settings.
    pub settings: Settings,
    /// API keys, the newest first (recorded).
    pub api_keys: Vec<ApiKey>,
    /// Usage plans, in the order in which they were made.
    pub usage_plans: Vec<UsagePlan>,
    /// Which key is in which plan, the newest first (recorded): plan and key.
    pub plan_keys: Vec<(String, String)>,
    /// VPC links, in the order in which they were made.
    pub vpc_links: Vec<VpcLink>,
    /// Custom domain names.
    pub domain_names: Vec<DomainName>,
    /// Base path mappings by domain name and path.
    pub mappings: BTreeMap<(String, String), BasePathMapping>,
    /// VPC endpoints from which private domain names are reached, in the order in which they were made.
    pub associations: Vec<DomainNameAccessAssociation>,
}

impl Account {
    /// An account that has nothing yet.
    pub fn new(scope: Scope) -> Self {
        Self {
            scope,
            settings: Settings::default(),
            api_keys: Vec::new(),
            usage_plans: Vec::new(),
            plan_keys: Vec::new(),
            vpc_links: Vec::new(),
            domain_names: Vec::new(),
            mappings: BTreeMap::new(),
            associations: Vec::new(),
        }
    }
}

/// The settings of an account.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Settings {
    /// The role by which execution logs are written.
    pub cloudwatch_role_arn: Option<String>,
}

/// An API key.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ApiKey {
    /// The id.
    pub id: String,
    /// What callers send.
    pub value: Option<String>,
    /// The name.
    pub name: Option<String>,
    /// A text for people.
    pub description: Option<String>,
    /// A customer of a marketplace.
    pub customer_id: Option<String>,
    /// Whether it is taken.
    pub enabled: bool,
    /// When it was made.
    pub created_date: Option<Timestamp>,
    /// When it was last changed.
    pub last_updated_date: Option<Timestamp>,
    /// Stages that it opens without a usage plan, as before there were any: `API/STAGE`.
    pub stage_keys: Vec<String>,
    /// Tags.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub tags: Texts,
}

/// A usage plan.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct UsagePlan {
    /// The id.
    pub id: String,
    /// The name.
    pub name: String,
    /// A text for people.
    pub description: Option<String>,
    /// The stages that it opens.
    pub api_stages: Vec<ApiStage>,
    /// How fast.
    pub throttle: Option<Throttle>,
    /// How often.
    pub quota: Option<Quota>,
    /// A product of a marketplace.
    pub product_code: Option<String>,
    /// Tags.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub tags: Texts,
}

/// A stage that a usage plan opens.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ApiStage {
    /// The API.
    pub api_id: String,
    /// The stage's name.
    pub stage: String,
    /// How fast single methods are, by `path/VERB`.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub throttle: BTreeMap<String, Throttle>,
}

/// How fast.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Throttle {
    /// The size of the bucket.
    pub burst_limit: i64,
    /// Tokens per second.
    pub rate_limit: f64,
}

/// How often.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Quota {
    /// How many requests.
    pub limit: i64,
    /// How many were used before the first period.
    pub offset: i64,
    /// `DAY`, `WEEK`, `MONTH`.
    pub period: Option<String>,
}

/// A link into a VPC, of which the lab has none.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct VpcLink {
    /// The id.
    pub id: String,
    /// The name.
    pub name: String,
    /// A text for people.
    pub description: Option<String>,
    /// Load balancers.
    pub target_arns: Vec<String>,
    /// `PENDING`, `AVAILABLE`.
    pub status: Option<String>,
    /// What it says of the status.
    pub status_message: Option<String>,
    /// Tags.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub tags: Texts,
}

/// A custom domain name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct DomainName {
    /// The name.
    pub domain_name: String,
    /// What tells a private one from others of its name.
    pub domain_name_id: Option<String>,
    /// Its ARN.
    pub domain_name_arn: Option<String>,
    /// The certificate of an edge or a private endpoint.
    pub certificate_arn: Option<String>,
    /// The certificate of a regional endpoint.
    pub regional_certificate_arn: Option<String>,
    /// What the name's DNS record points to.
    pub regional_domain_name: Option<String>,
    /// The same for an edge endpoint.
    pub distribution_domain_name: Option<String>,
    /// `AVAILABLE`.
    pub domain_name_status: Option<String>,
    /// Where it is reached.
    pub endpoint_configuration: Option<EndpointConfiguration>,
    /// The policy of TLS.
    pub security_policy: Option<String>,
    /// Tags.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub tags: Texts,
}

/// A VPC endpoint from which a private domain name is reached.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct DomainNameAccessAssociation {
    /// Its ARN.
    pub domain_name_access_association_arn: String,
    /// The domain name's ARN.
    pub domain_name_arn: String,
    /// `VPCE`.
    pub access_association_source_type: String,
    /// The endpoint's id.
    pub access_association_source: String,
    /// Tags.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub tags: Texts,
}

/// Which API answers below a path of a domain name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct BasePathMapping {
    /// The path, or `(none)`.
    pub base_path: String,
    /// The API.
    pub rest_api_id: String,
    /// The stage; none where the path names it.
    pub stage: Option<String>,
}

impl ApiKey {
    /// The key as most answers show it: without what callers send.
    pub fn without_value(&self) -> Self {
        Self {
            value: None,
            ..self.clone()
        }
    }
}
