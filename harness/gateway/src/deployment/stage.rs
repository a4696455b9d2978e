//! What the stages of every kind of API have.

use std::collections::BTreeMap;

use authlab_kernel::Scope;

use crate::access_log::LogFormat;
use crate::evidence::Draft;
use crate::kind::ApiKind;

/// The facts of a stage that all kinds of API share.
#[derive(Debug)]
pub struct StageFacts {
    /// The account that owns the API, and its Region.
    pub scope: Scope,
    /// The API's id, unique in the lab.
    pub api_id: String,
    /// The stage's name.
    pub name: String,
    /// The name that the API is known by, whichever address was used.
    pub domain_name: String,
    /// The stage's variables.
    pub variables: BTreeMap<String, String>,
    /// Where access logs go, if anywhere.
    pub access_log: Option<AccessLog>,
    /// What the last import of the API warned of.
    pub import_warnings: Vec<String>,
    /// What the API has by now and the stage does not run, where they differ.
    pub draft: Option<Draft>,
}

/// What is known of an API, whether or not a stage of it runs something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outline {
    /// Its kind.
    pub kind: ApiKind,
    /// Its name.
    pub name: String,
    /// Its Region.
    pub region: String,
    /// The stages that run nothing.
    pub undeployed: Vec<String>,
}

impl StageFacts {
    /// `{api}.execute-api.{region}.amazonaws.com`.
    pub fn execute_api_domain(scope: &Scope, api_id: &str) -> String {
        format!("{api_id}.execute-api.{}.amazonaws.com", scope.region)
    }
}

/// Where access logs go and what a line looks like.
#[derive(Debug)]
pub struct AccessLog {
    /// The account and Region of the log group.
    pub scope: Scope,
    /// The group's name.
    pub group: String,
    /// The stream's name, chosen once per stage by the control plane.
    pub stream: String,
    /// One line.
    pub format: LogFormat,
}
