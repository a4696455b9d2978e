//! A deployment: one stage of an API, compiled and immutable.
//!
//! The control plane makes it and publishes it to the gateway as a whole: what all kinds of API share,
//! and what one kind has. Each kind has its own way of naming routes, its own order of the shared stages
//! and its own words for a refusal.

mod authorization;
mod function_authorizer;
mod http;
mod integration;
mod limit;
pub mod rest;
mod stage;
mod token_authorizer;
mod usage;

pub use authorization::{Authorization, AuthorizationType, IdentitySource, JwtAuthorizer};
pub use function_authorizer::{AuthorizerFormat, FunctionAuthorizer, RequestSource, SourcePlace};
pub use http::{Cors, DEFAULT_STAGE, Dimensions, HttpApi, Route};
pub use integration::{Integration, IntegrationType, PayloadFormat, Target};
pub use limit::{Bucket, Limit, Throttle};
pub use rest::RestApi;
pub use stage::{AccessLog, Outline, StageFacts};
pub use token_authorizer::{ClaimRule, TokenAuthorizer, TokenIssuer, TokenRule};
pub use usage::{AccountUsage, ApiKey, Period, Quota, StageOf, UsagePlan};

pub use crate::kind::ApiKind;
pub use authlab_vtl::pattern::{Extent, Pattern};

use std::borrow::Cow;

use authlab_policy::Policy;

use crate::path::RequestPath;
use crate::refusal::{Refused, TokenProblem, Wording};
use crate::{http as http_api, rest as rest_api};

/// What the gateway runs for one stage of one API.
#[derive(Debug)]
pub struct Deployment {
    /// What all kinds of API share.
    pub stage: StageFacts,
    /// What this kind has.
    pub api: Api,
}

/// The kinds of API.
#[derive(Debug)]
pub enum Api {
    /// An HTTP API.
    Http(HttpApi),
    /// A REST API.
    Rest(RestApi),
}

impl Api {
    /// Its kind.
    pub fn kind(&self) -> ApiKind {
        match self {
            Self::Http(_) => ApiKind::Http,
            Self::Rest(_) => ApiKind::Rest,
        }
    }

    /// What only a REST API has.
    pub(crate) fn rest(&self) -> Option<&RestApi> {
        match self {
            Self::Http(_) => None,
            Self::Rest(api) => Some(api),
        }
    }

    /// Whether a stage of this name takes what is addressed to the root of the API's host. Else the
    /// first segment of a path must be its name.
    pub fn serves_root(&self, stage: &str) -> bool {
        match self {
            Self::Http(_) => HttpApi::serves_root(stage),
            Self::Rest(_) => false,
        }
    }

    /// Whether its routes are methods of resources.
    pub(crate) fn has_resources(&self) -> bool {
        matches!(self, Self::Rest(_))
    }

    /// The path as clients see it: with the stage in front, unless the stage is served at the root.
    pub(crate) fn raw_path(&self, stage: &str, path: &RequestPath) -> String {
        if self.serves_root(stage) {
            path.as_text().to_owned()
        } else {
            format!("/{stage}{}", path.shown())
        }
    }

    /// Where a token may stand in a request to the API.
    pub(crate) fn identity_sources(&self) -> &[IdentitySource] {
        match self {
            Self::Http(api) => api.identity_sources(),
            Self::Rest(api) => api.identity_sources(),
        }
    }

    /// The API's own policy, where its kind has one.
    pub(crate) fn resource_policy(&self) -> Option<&Policy> {
        match self {
            Self::Http(_) => None,
            Self::Rest(api) => api.resource_policy.as_deref(),
        }
    }

    /// Whether it is reached from endpoints of VPCs only.
    pub(crate) fn is_private(&self) -> bool {
        match self {
            Self::Http(_) => false,
            Self::Rest(api) => api.endpoint == rest::Endpoint::Private,
        }
    }

    /// How the API words a refusal.
    pub(crate) fn wording<'r>(&self, refused: &'r Refused) -> Wording<'r> {
        match self {
            Self::Http(_) => http_api::answer::wording(refused.response_type),
            Self::Rest(_) => rest_api::answer::wording(refused),
        }
    }

    /// `$context.authorizer.error`.
    pub(crate) fn authorizer_error(&self, problem: &TokenProblem) -> Cow<'static, str> {
        match self {
            Self::Http(_) | Self::Rest(_) => http_api::answer::authorizer_error(problem),
        }
    }
}
