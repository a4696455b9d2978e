//! Amazon Cognito user pools, as far as authorizers need them.
//!
//! Simulated: pools with their attributes, password policies and tags; app clients with or without a
//! secret; resource servers and their scopes; users, by administrators and by themselves; groups; domains;
//! logging in with a password, with a refresh token and with a new password in place of a temporary one;
//! signing out and revoking. Tokens are signed by two keys of each pool. The documents of an issuer and
//! the endpoints of OAuth answer on the front door's port ([`Pages`]): `client_credentials`,
//! `authorization_code` with PKCE, `refresh_token`, userInfo, revocation. The pre-token-generation trigger
//! runs as a function of the lab, by the version of its event.
//!
//! Nothing is sent to anybody: who signs up is confirmed by an administrator (AdminConfirmSignUp).
//!
//! Deliberately not (501): SRP and custom authentication, MFA, other triggers, other identity providers,
//! the implicit grant, devices, custom domains and the pages of managed login: a login without a page is
//! a POST of `username` and `password` to `/login`.
//!
//! Sources: the Cognito user pools API reference; the Cognito developer guide,
//! `cognito-userpools-server-contract-reference.html` and `user-pool-lambda-pre-token-generation.html`.

mod check;
mod client;
mod directory;
mod error;
mod fault;
mod grant;
mod login;
mod ops;
mod password;
mod pool;
mod schema;
mod signing;
mod state;
#[cfg(test)]
mod tests;
mod token;
mod trigger;
mod user;

pub use client::{ADMIN_SCOPE, Client, Settings};
pub use error::Error;
pub use ops::site::{Pages, is_cognito};
pub use pool::{Pool, PoolNature, PoolSettings};
pub use schema::{Schema, SchemaAttribute};
pub use state::{Bearer, NewClient, NewPool, State};
pub use user::{Group, ResourceServer, Status, User};

use crate::operation::{
    Authorization::{Checks, Unsigned},
    Handler::{Halves, Locked},
    Row, Service, Validation,
};

/// Rows whose handler works under the lock: with a check, or without a signature.
macro_rules! locked {
    ($name:literal, $handler:path) => {
        Row {
            name: $name,
            authorization: Unsigned,
            handler: Locked($handler),
        }
    };
    ($name:literal, $check:path, $handler:path) => {
        Row {
            name: $name,
            authorization: Checks($check),
            handler: Locked($handler),
        }
    };
}

/// Rows of logins.
macro_rules! halves {
    ($name:literal, $authorization:expr, $handler:path) => {
        Row {
            name: $name,
            authorization: $authorization,
            handler: Halves($handler),
        }
    };
}

/// The service and its operations.
pub const SERVICE: Service = Service {
    name: "cognito-idp",
    clock_skew_seconds: 15 * 60,
    validation: Validation::with_code("InvalidParameterException"),
    token_refused: ops::token_refused,
    passing: None,
    rows: &[
        locked!("AdminAddUserToGroup", check::on_pool, ops::group::add_user),
        locked!("AdminConfirmSignUp", check::on_pool, ops::user::confirm),
        locked!("AdminCreateUser", check::on_pool, ops::user::create),
        locked!("AdminDeleteUser", check::on_pool, ops::user::delete),
        locked!(
            "AdminDeleteUserAttributes",
            check::on_pool,
            ops::user::delete_attributes
        ),
        locked!("AdminDisableUser", check::on_pool, ops::user::disable),
        locked!("AdminEnableUser", check::on_pool, ops::user::enable),
        locked!("AdminGetUser", check::on_pool, ops::user::get),
        halves!(
            "AdminInitiateAuth",
            Checks(check::on_pool),
            ops::auth::initiate
        ),
        locked!(
            "AdminListGroupsForUser",
            check::on_pool,
            ops::group::list_of_user
        ),
        locked!(
            "AdminRemoveUserFromGroup",
            check::on_pool,
            ops::group::remove_user
        ),
        halves!(
            "AdminRespondToAuthChallenge",
            Checks(check::on_pool),
            ops::auth::respond
        ),
        locked!(
            "AdminSetUserPassword",
            check::on_pool,
            ops::user::set_password
        ),
        locked!(
            "AdminUpdateUserAttributes",
            check::on_pool,
            ops::user::update_attributes
        ),
        locked!(
            "AdminUserGlobalSignOut",
            check::on_pool,
            ops::user::sign_out
        ),
        locked!("ConfirmSignUp", ops::own::confirm),
        locked!("CreateGroup", check::on_pool, ops::group::create),
        locked!(
            "CreateResourceServer",
            check::on_pool,
            ops::client::create_server
        ),
        locked!("CreateUserPool", check::unscoped, ops::pool::create),
        locked!("CreateUserPoolClient", check::on_pool, ops::client::create),
        locked!(
            "CreateUserPoolDomain",
            check::on_pool,
            ops::pool::create_domain
        ),
        locked!("DeleteGroup", check::on_pool, ops::group::delete),
        locked!(
            "DeleteResourceServer",
            check::on_pool,
            ops::client::delete_server
        ),
        locked!("DeleteUser", ops::own::delete),
        locked!("DeleteUserPool", check::on_pool, ops::pool::delete),
        locked!("DeleteUserPoolClient", check::on_pool, ops::client::delete),
        locked!(
            "DeleteUserPoolDomain",
            check::on_pool,
            ops::pool::delete_domain
        ),
        locked!(
            "DescribeResourceServer",
            check::on_pool,
            ops::client::describe_server
        ),
        locked!("DescribeUserPool", check::on_pool, ops::pool::describe),
        locked!(
            "DescribeUserPoolClient",
            check::on_pool,
            ops::client::describe
        ),
        locked!(
            "DescribeUserPoolDomain",
            check::unscoped,
            ops::pool::describe_domain
        ),
        locked!("GetGroup", check::on_pool, ops::group::get),
        locked!("GetUser", ops::own::get),
        locked!("GlobalSignOut", ops::own::sign_out),
        halves!("InitiateAuth", Unsigned, ops::auth::initiate),
        locked!("ListGroups", check::on_pool, ops::group::list),
        locked!(
            "ListResourceServers",
            check::on_pool,
            ops::client::list_servers
        ),
        locked!("ListTagsForResource", check::on_arn, ops::pool::list_tags),
        locked!("ListUserPoolClients", check::on_pool, ops::client::list),
        locked!("ListUserPools", check::unscoped, ops::pool::list),
        locked!("ListUsers", check::on_pool, ops::user::list),
        locked!("ListUsersInGroup", check::on_pool, ops::group::list_users),
        halves!("RespondToAuthChallenge", Unsigned, ops::auth::respond),
        locked!("RevokeToken", ops::auth::revoke),
        locked!("SignUp", ops::own::sign_up),
        locked!("TagResource", check::on_arn, ops::pool::tag),
        locked!("UntagResource", check::on_arn, ops::pool::untag),
        locked!("UpdateGroup", check::on_pool, ops::group::update),
        locked!(
            "UpdateResourceServer",
            check::on_pool,
            ops::client::update_server
        ),
        locked!("UpdateUserPool", check::on_pool, ops::pool::update),
        locked!("UpdateUserPoolClient", check::on_pool, ops::client::update),
    ],
};
