//! Decode, call, encode; the only place where the service's errors meet codes and statuses.
//!
//! - [`pool`]: pools, their domains and tags.
//! - [`client`]: app clients and resource servers.
//! - [`user`]: users, by administrators.
//! - [`own`]: users by themselves.
//! - [`group`]: groups, and who is in them.
//! - [`auth`]: logging in and out.
//! - [`issue`]: from a login to signed tokens, with the trigger in between.
//! - [`site`]: the documents of issuers and the endpoints of OAuth, which are no operations of a model.
//! - [`oauth`]: what those endpoints answer.

pub(super) mod auth;
pub(super) mod client;
pub(super) mod group;
pub(super) mod issue;
mod oauth;
pub(super) mod own;
pub(super) mod pool;
pub(super) mod site;
pub(super) mod user;

use authlab_wire::WireError;
use serde::{Deserialize, Serialize};

use super::error::Error;
use super::fault;
use crate::evidence::Reason;
use crate::operation::page;

/// Codes as the model states them; every one is a 400, as awsJson has it.
pub(super) fn wire(error: Error) -> WireError {
    let code = match &error {
        Error::NoPool(_) | Error::NoClient(_) | Error::NoGroup(_) | Error::NoResourceServer(_) => {
            "ResourceNotFoundException"
        }
        Error::NoUser(_) => "UserNotFoundException",
        Error::UserExists(_) | Error::UserSignedUp(_) => "UsernameExistsException",
        Error::AliasExists(_) => "AliasExistsException",
        Error::GroupExists(_) => "GroupExistsException",
        Error::Scope(_) => "ScopeDoesNotExistException",
        Error::OauthFlow(_) => "InvalidOAuthFlowException",
        Error::Password(_) => "InvalidPasswordException",
        Error::NotConfirmed => "UserNotConfirmedException",
        Error::Code => "CodeMismatchException",
        Error::CodeExpired => "ExpiredCodeException",
        Error::NoRevocation(_) => "UnsupportedOperationException",
        Error::Unauthorized => "UnauthorizedException",
        Error::TokenType => "UnsupportedTokenTypeException",
        Error::Trigger { .. } => "UserLambdaValidationException",
        Error::TriggerNotRun { .. } => "UnexpectedLambdaException",
        Error::TriggerOutput(_) => "InvalidLambdaResponseException",
        Error::NoDomain(_)
        | Error::Arn(_)
        | Error::DomainLeft(_)
        | Error::Protected(_)
        | Error::DomainTaken(_)
        | Error::SecondDomain(_)
        | Error::ResourceServerExists(..)
        | Error::FlowClosed(_)
        | Error::Parameter { .. } => "InvalidParameterException",
        Error::Credentials
        | Error::Disabled
        | Error::AlreadyConfirmed(_)
        | Error::TemporaryPasswordExpired
        | Error::SignUpClosed
        | Error::Unwritable(_)
        | Error::SecretHashMissing(_)
        | Error::SecretHash(_)
        | Error::Session
        | Error::SessionExpired
        | Error::AccessToken
        | Error::AccessTokenExpired
        | Error::AccessTokenRevoked
        | Error::AccessTokenScope
        | Error::RefreshToken
        | Error::RefreshTokenExpired
        | Error::RefreshTokenRevoked => "NotAuthorizedException",
        Error::NotImplemented(_) => {
            let answer = WireError::new(501, "NotImplemented", error.to_string());
            return told(&error, answer);
        }
    };
    let answer = WireError::new(400, code, error.to_string());
    let is_trigger = matches!(
        error,
        Error::Trigger { .. } | Error::TriggerNotRun { .. } | Error::TriggerOutput(_)
    );
    told(
        &error,
        match is_trigger {
            true => answer.because(Reason::TriggerFailed),
            false => answer,
        },
    )
}

fn told(error: &Error, answer: WireError) -> WireError {
    match fault::of(error) {
        Some(fault) => fault.on(answer),
        None => answer,
    }
}

/// The words for an input that breaks its model.
pub(super) fn token_refused(_: &str) -> WireError {
    // Unverified text.
    let text = "Invalid pagination token.";
    wire(Error::parameter("NextToken", text))
}

/// A pool that is named.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct PoolInput {
    user_pool_id: String,
}

/// A name and a value, in lists.
#[derive(Clone, Deserialize, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Attribute {
    name: String,
    #[serde(default)]
    value: String,
}

fn attributes(given: Option<Vec<Attribute>>) -> std::collections::BTreeMap<String, String> {
    let given = given.unwrap_or_default().into_iter();
    given.map(|it| (it.name, it.value)).collect()
}

/// One page of `items` and the place of the next. A page of none is refused (unverified: the model's
/// least limit is 0).
fn part<T>(
    items: Vec<T>,
    size: Option<usize>,
    place: Option<&str>,
) -> Result<(Vec<T>, Option<String>), WireError> {
    let size = size.unwrap_or(PAGE_SIZE);
    if size == 0 {
        let text = "`Limit` is 0: give a number of entries";
        return Err(WireError::new(400, "InvalidParameterException", text));
    }
    page::numbered_within(items, place, size).map_err(|_| token_refused(""))
}

/// How many a list answers when nothing is said.
const PAGE_SIZE: usize = 60;
