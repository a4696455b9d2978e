//! Why the control plane of HTTP APIs refuses.

use authlab_kernel::AccountId;
use thiserror::Error;

/// Why an operation is refused. Texts are AWS's where they were observed, else `unverified`.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum Error {
    /// No API of that id in the account and Region. (As observed.)
    #[error("Invalid API identifier specified {account}:{api_id}")]
    NoSuchApi {
        /// The caller's account.
        account: AccountId,
        /// What was given.
        api_id: String,
    },
    /// The API has no such part. (As observed for routes and stages.)
    #[error("Invalid {kind} identifier specified {id}")]
    NoSuchPart {
        /// `Route`, `Integration`, `Authorizer`, `Stage`, `Deployment`.
        kind: &'static str,
        /// What was given.
        id: String,
    },
    /// A stage's settings name no route of the API. (As observed.)
    #[error("Unable to find Route by key {0} within the provided RouteSettings")]
    NoSuchRouteKey(String),
    /// The ARN names nothing that can have tags.
    #[error("Invalid resource ARN specified: {0}")]
    NoSuchResource(String),
    /// Keys of routes are unique. (As observed.)
    #[error("Route with key {0} already exists for this API")]
    RouteExists(String),
    /// Names of stages are unique.
    #[error("Stage with name {0} already exists for this API")]
    StageExists(String),
    /// Names of authorizers are unique.
    #[error("Authorizer with name {0} already exists for this API")]
    AuthorizerExists(String),
    /// Something still refers to it.
    #[error("Cannot delete {kind} '{id}', it is referenced by route: {route}")]
    InUse {
        /// `Integration`, `Authorizer`.
        kind: &'static str,
        /// Its id.
        id: String,
        /// The key of a route that refers to it.
        route: String,
    },
    /// A stage runs the deployment.
    #[error("Active stages pointing to this deployment must be moved or deleted: {0}")]
    DeploymentInUse(String),
    /// A deployment needs routes. (As observed.)
    #[error("Unable to deploy API because no routes exist in this API")]
    NoRoutes,
    /// With auto-deploy, deployments are the service's own.
    #[error("Stage {0} has auto-deploy enabled: its deployment cannot be chosen")]
    AutoDeployed(String),
    /// An API has at most ten authorizers. (As observed.)
    #[error("Maximum number of Authorizers for this API has been reached")]
    TooManyAuthorizers(usize),
    /// A member's value cannot be.
    #[error("Invalid value for {member}: {problem}")]
    Invalid {
        /// The member, as the API spells it.
        member: &'static str,
        /// What is wrong with it.
        problem: String,
    },
    /// AWS's own words, as observed: the whole text.
    #[error("{0}")]
    Stated(String),
    /// The policy that lets access logs be written would be longer than CloudWatch Logs takes. (As
    /// observed in public reports.)
    #[error(
        "Cannot enable logging. Policy document length breaking Cloudwatch Logs Constraints, either < 1 or > 5120"
    )]
    LogPolicyTooLong {
        /// How long it would be.
        characters: usize,
        /// How many log groups it would name.
        groups: usize,
    },
    /// The OpenAPI document cannot be read.
    #[error("Unable to import the OpenAPI document: {0}")]
    Document(String),
    /// The document was read with warnings, and those were to fail it. (The head as observed.)
    #[error("Warnings found during import:\n\t{}", .0.join("\n\t"))]
    Warnings(Vec<String>),
    /// Not simulated.
    #[error("{0}")]
    NotImplemented(String),
}

impl Error {
    /// A member's value cannot be.
    pub(crate) fn invalid(member: &'static str, problem: impl Into<String>) -> Self {
        Self::Invalid {
            member,
            problem: problem.into(),
        }
    }
}
