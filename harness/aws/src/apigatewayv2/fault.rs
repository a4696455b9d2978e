//! What stood against what where API Gateway's control plane refuses.

use super::error::Error;
use super::rule::AUTHORIZERS_MAX;
use crate::evidence::Fault;

/// The fault of an error.
pub(super) fn of(error: &Error) -> Option<Fault> {
    Some(match error {
        Error::NoSuchApi { account, api_id } => {
            Fault::not_there("API", format!("{api_id} of the account {account}"))
        }
        Error::NoSuchPart { kind, id } => Fault::not_there(kind, id),
        Error::NoSuchRouteKey(key) => Fault::not_there("route", key),
        Error::NoSuchResource(arn) => Fault::not_there("API or stage", arn),
        Error::RouteExists(key) => Fault::taken("route", key),
        Error::StageExists(name) => Fault::taken("stage", name),
        Error::AuthorizerExists(name) => Fault::taken("authorizer", name),
        Error::InUse { kind, id, route } => Fault::InUse {
            what: (*kind).to_owned(),
            name: id.clone(),
            by: format!("the route {route}"),
        },
        Error::DeploymentInUse(stages) => Fault::InUse {
            what: "deployment".to_owned(),
            name: String::new(),
            by: format!("the stages {stages}"),
        },
        Error::NoRoutes => Fault::State {
            what: "the API".to_owned(),
            is: "without routes".to_owned(),
            wants: "a route to deploy".to_owned(),
        },
        Error::AutoDeployed(stage) => Fault::State {
            what: format!("the stage {stage}"),
            is: "deployed by itself (`autoDeploy`)".to_owned(),
            wants: "`autoDeploy` false, to choose a deployment".to_owned(),
        },
        Error::Invalid { member, problem } => Fault::value(*member, None, problem),
        Error::Document(problem) => Fault::Document {
            what: "the OpenAPI document".to_owned(),
            problem: problem.clone(),
        },
        Error::Warnings(warnings) => Fault::Document {
            what: "the OpenAPI document".to_owned(),
            problem: warnings.join("; "),
        },
        Error::LogPolicyTooLong { characters, groups } => Fault::Quota {
            of: format!(
                "the policy AWSLogDeliveryWrite20150319 of the account names {groups} log groups"
            ),
            limit: 5120,
            wanted: u64::try_from(*characters).ok(),
        },
        Error::TooManyAuthorizers(count) => {
            Fault::quota("authorizers of an API", AUTHORIZERS_MAX, Some(*count))
        }
        Error::NotImplemented(what) => Fault::NotSimulated { what: what.clone() },
        Error::Stated(_) => return None,
    })
}
