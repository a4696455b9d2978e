//! Who calls, and whether they may: by the route's authorization type.

use super::{iam, jwt};
use crate::deployment::{Authorization, Route};
use crate::exchange::Exchange;
use crate::gateway::Gateway;
use crate::refusal::Refusal;

/// Lets an open route's callers through, and asks for a token or a signature elsewhere.
pub(crate) async fn take(
    gateway: &Gateway,
    exchange: &mut Exchange<'_>,
    route: &Route,
) -> Result<(), Box<Refusal>> {
    match &route.authorization {
        Authorization::None => Ok(()),
        Authorization::Jwt { authorizer, scopes } => {
            jwt::take(gateway, exchange, authorizer, scopes).await
        }
        Authorization::AwsIam => iam::take(gateway, exchange),
    }
}
