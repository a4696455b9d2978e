//! Methods of an API: resource policy x authorization type.
//!
//! Source: API Gateway developer guide, `apigateway-authorization-flow.html` (tables A and B),
//! `apigateway-private-apis.html`. A Cognito or JWT method with a resource policy needs its
//! explicit Allow (table B; the 2023 page contradicts itself, the present one does not). That a
//! private API without resource policy refuses every call is grade K.

use super::check::Check;
use super::combine::{self, Allows, Grant, lacking};
use super::decision::Layer;
use crate::request::{ApiAuthorization, ApiRequest};

pub(super) fn grant(api: &ApiRequest, check: &Check<'_>, allows: &impl Allows) -> Grant {
    let has_policy = check.policies.resource.is_some();
    if api.private && !has_policy {
        return lacking([Layer::Resource]);
    }
    match api.authorization {
        ApiAuthorization::None | ApiAuthorization::Cognito | ApiAuthorization::Jwt => {
            match allows.allow(Layer::Resource) {
                Some(hit) => Grant::Statement(Layer::Resource, hit),
                None if has_policy => lacking([Layer::Resource]),
                None => Grant::Open,
            }
        }
        // Table A: one Allow of authorizer or resource policy is enough.
        ApiAuthorization::Custom => {
            if let Some(hit) = allows.allow(Layer::Identity) {
                return Grant::Statement(Layer::Identity, hit);
            }
            match allows.allow(Layer::Resource) {
                Some(hit) => Grant::Statement(Layer::Resource, hit),
                None => lacking([Layer::Identity, Layer::Resource]),
            }
        }
        // Table A inside the account, table B across: the general rule.
        ApiAuthorization::Iam => combine::general_grant(check, allows),
    }
}
