//! Who calls, and whether they may.

use super::{iam, jwt};
use crate::deployment::Authorization;
use crate::exchange::Exchange;
use crate::plane::Plane;
use crate::refusal::Refusal;

/// Lets everybody through where nothing is asked for, and asks for a token or a signature elsewhere.
pub(crate) async fn take(
    plane: &Plane,
    exchange: &mut Exchange<'_>,
    authorization: &Authorization,
) -> Result<(), Box<Refusal>> {
    match authorization {
        Authorization::None => Ok(()),
        Authorization::Jwt { authorizer, scopes } => {
            jwt::take(plane, exchange, authorizer, scopes).await
        }
        Authorization::AwsIam => iam::take(plane, exchange),
        Authorization::NotSimulated(kind) => {
            let what = format!("the authorization type `{}`", kind.as_str());
            Err(Refusal::not_simulated(&what))
        }
    }
}
