//! Who calls, and whether they may.

use authlab_policy::ApiAuthorization;

use super::integrate::Events;
use super::{function_authorizer, iam, jwt, permission};
use crate::deployment::{Authorization, AuthorizationType};
use crate::exchange::Exchange;
use crate::plane::Plane;
use crate::refusal::Refusal;

/// Lets everybody through where nothing is asked for, and asks for a token or a signature elsewhere; then
/// the policies that have a say. `events` is how the kind of API tells a function of a request.
pub(crate) async fn take(
    plane: &Plane,
    exchange: &mut Exchange<'_>,
    authorization: &Authorization,
    events: Events,
) -> Result<(), Box<Refusal>> {
    match authorization {
        Authorization::None => permission::of_resource(plane, exchange, ApiAuthorization::None),
        Authorization::Jwt { authorizer, scopes } => {
            jwt::take(plane, exchange, authorizer, scopes).await
        }
        Authorization::Token { authorizer, scopes } => {
            jwt::take_of_rest(plane, exchange, authorizer, scopes).await?;
            let authorization = match authorizer.kind {
                AuthorizationType::CognitoUserPools => ApiAuthorization::Cognito,
                _ => ApiAuthorization::Jwt,
            };
            permission::of_resource(plane, exchange, authorization)
        }
        Authorization::Function(authorizer) => {
            permission::not_denied(plane, exchange)?;
            function_authorizer::take(plane, exchange, authorizer, events).await
        }
        Authorization::AwsIam => iam::take(plane, exchange),
        Authorization::NotSimulated { what, .. } => Err(Refusal::not_simulated(what)),
    }
}
