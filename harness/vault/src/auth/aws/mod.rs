//! The auth method `aws`, type `iam`: a request signed for STS is the proof of who one is.
//!
//! Simulated: the whole `iam` type, verified by calling STS and IAM at the configured endpoints.
//! Not simulated: the `ec2` type (its proofs and its lists are refused by name) and inference of
//! instances.
//!
//! - [`config`]: the client's and the identity's configuration.
//! - [`account`]: how principals of other accounts are looked up; [`rotate`]: a new access key.
//! - [`role`]: roles and their bindings.
//! - [`arn`]: the ARNs of principals.
//! - [`binding`]: whether a role is bound to a principal. [`login`]: the login and its order of checks.
//! - [`upstream`]: the calls to STS and IAM.
//! - [`sign`]: the signature of Vault's own calls.

mod account;
mod arn;
mod binding;
mod config;
mod login;
pub(crate) mod presigned;
mod role;
mod rotate;
mod sign;
mod unbuilt;
mod upstream;

use std::collections::BTreeMap;

use super::{PAGE, params};
use crate::engine::{Engine, Options, answers_by};
use crate::field::{Fallback, Field, Kind};
use crate::lease::Lease;
use crate::request::Operation;
use crate::response::Fault;
use crate::route::{Route, row};
use crate::token::Entry;
use crate::ttl::Wish;

pub use binding::AwsCaller;
pub(crate) use binding::{Judged, judge};
pub(crate) use config::{Client, Identity};
pub(crate) use role::Role;

/// The state of one mount.
#[derive(Clone, Debug, Default)]
pub(crate) struct Aws {
    pub(crate) client: Option<Client>,
    pub(crate) identity: Identity,
    /// By the name in lower case.
    pub(crate) roles: BTreeMap<String, Role>,
    /// How other accounts are got into, by their number.
    pub(crate) accounts: BTreeMap<String, account::Access>,
    /// The full ARN of a principal by its unique id, looked up once.
    pub(crate) full_arns: BTreeMap<String, String>,
}

const CLIENT: &[Field] = &[
    Field::new("access_key", Kind::Text),
    Field::new("secret_key", Kind::Text),
    Field::new("endpoint", Kind::Text),
    Field::new("iam_endpoint", Kind::Text),
    Field::new("sts_endpoint", Kind::Text),
    Field::new("sts_region", Kind::Text),
    Field::new("use_sts_region_from_client", Kind::Bool),
    Field::new("iam_server_id_header_value", Kind::Text),
    Field::new("allowed_sts_header_values", Kind::CommaList),
    Field::new("max_retries", Kind::Int).or(Fallback::Int(-1)),
];
const IDENTITY: &[Field] = &[
    Field::new("iam_alias", Kind::Text),
    Field::new("iam_metadata", Kind::CommaList),
    Field::new("ec2_alias", Kind::Text),
    Field::new("ec2_metadata", Kind::CommaList),
];
const ROLE: &[Field] = &[
    Field::new("role", Kind::LowerText),
    Field::new("auth_type", Kind::Text),
    Field::new("bound_ami_id", Kind::CommaList),
    Field::new("bound_account_id", Kind::CommaList),
    Field::new("bound_iam_principal_arn", Kind::CommaList),
    Field::new("bound_region", Kind::CommaList),
    Field::new("bound_iam_role_arn", Kind::CommaList),
    Field::new("bound_iam_instance_profile_arn", Kind::CommaList),
    Field::new("bound_ec2_instance_id", Kind::CommaList),
    Field::new("bound_vpc_id", Kind::CommaList),
    Field::new("bound_subnet_id", Kind::CommaList),
    Field::new("resolve_aws_unique_ids", Kind::Bool).or(Fallback::True),
    Field::new("inferred_entity_type", Kind::Text),
    Field::new("inferred_aws_region", Kind::Text),
    Field::new("role_tag", Kind::Text),
    Field::new("allow_instance_migration", Kind::Bool),
    Field::new("disallow_reauthentication", Kind::Bool),
    Field::new("policies", Kind::CommaList),
    Field::new("ttl", Kind::Seconds),
    Field::new("max_ttl", Kind::Seconds),
    Field::new("period", Kind::Seconds),
];
const LOGIN: &[Field] = &[
    Field::new("role", Kind::Text),
    Field::new("pkcs7", Kind::Text),
    Field::new("nonce", Kind::Text),
    Field::new("iam_http_request_method", Kind::Text),
    Field::new("iam_request_url", Kind::Text),
    Field::new("iam_request_body", Kind::Text),
    Field::new("iam_request_headers", Kind::Headers),
    Field::new("identity", Kind::Text),
    Field::new("signature", Kind::Text),
];

const ACCOUNT: &[Field] = &[
    Field::new("account_id", Kind::Text),
    Field::new("sts_role", Kind::Text),
    Field::new("external_id", Kind::Text),
];
const UNBUILT: &[Field] = &[Field::new("*", Kind::Any)];

/// A path that is refused by name, whatever is asked of it.
const fn unbuilt(pattern: &'static str) -> Route<Aws> {
    row(
        pattern,
        &[UNBUILT],
        &[
            (Operation::Read, unbuilt::refuse),
            (Operation::Update, unbuilt::refuse),
            (Operation::Delete, unbuilt::refuse),
            (Operation::List, unbuilt::refuse),
        ],
    )
}

/// The table.
pub(crate) const ROUTES: &[Route<Aws>] = &[
    row("login", &[LOGIN], &[(Operation::Update, login::login)]),
    row("role/?", &[PAGE], &[(Operation::List, role::list)]),
    row("roles/?", &[PAGE], &[(Operation::List, role::list)]),
    row(
        "role/{role}",
        &[ROLE, params::FIELDS],
        &[
            (Operation::Read, role::read),
            (Operation::Update, role::write),
            (Operation::Delete, role::delete),
        ],
    )
    .existing(role::exists),
    row(
        "config/client",
        &[CLIENT],
        &[
            (Operation::Read, config::read_client),
            (Operation::Update, config::write_client),
            (Operation::Delete, config::delete_client),
        ],
    )
    .existing(config::client_exists),
    row(
        "config/identity",
        &[IDENTITY],
        &[
            (Operation::Read, config::read_identity),
            (Operation::Update, config::write_identity),
        ],
    ),
    row("config/sts/?", &[PAGE], &[(Operation::List, account::list)]),
    row(
        "config/sts/{account_id}",
        &[ACCOUNT],
        &[
            (Operation::Read, account::read),
            (Operation::Update, account::write),
            (Operation::Delete, account::delete),
        ],
    )
    .existing(account::exists),
    row(
        "config/rotate-root",
        &[],
        &[(Operation::Update, rotate::rotate_root)],
    ),
    unbuilt("tidy/identity-accesslist"),
    unbuilt("tidy/identity-whitelist"),
    unbuilt("tidy/roletag-denylist"),
    unbuilt("tidy/roletag-blacklist"),
    unbuilt("config/tidy/identity-accesslist"),
    unbuilt("config/tidy/identity-whitelist"),
    unbuilt("config/tidy/roletag-denylist"),
    unbuilt("config/tidy/roletag-blacklist"),
    unbuilt("identity-accesslist/?"),
    unbuilt("identity-whitelist/?"),
    unbuilt("identity-accesslist/{instance_id}"),
    unbuilt("identity-whitelist/{instance_id}"),
    unbuilt("roletag-denylist/?"),
    unbuilt("roletag-blacklist/?"),
    unbuilt("roletag-denylist/{role_tag*}"),
    unbuilt("roletag-blacklist/{role_tag*}"),
    unbuilt("role/{role}/tag"),
    unbuilt("config/certificates/?"),
    unbuilt("config/certificate/{cert_name}"),
];

impl Engine for Aws {
    answers_by!(ROUTES);

    fn is_login(&self, path: &str) -> bool {
        path == "login"
    }

    fn renew_token(&self, _: &Entry, lease: &Lease) -> Result<Option<Wish>, String> {
        self.renew(lease)
    }
}

/// A fresh mount.
///
/// # Errors
/// Never: its options are not read.
pub(crate) fn make(_: &str, _: &Options) -> Result<Box<dyn Engine>, Fault> {
    Ok(Box::new(Aws::default()))
}
