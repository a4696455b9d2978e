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
//! - [`login`]: the login and its order of checks.
//! - [`upstream`]: the calls to STS and IAM.
//! - [`sign`]: the signature of Vault's own calls.

mod account;
mod arn;
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
use crate::field::{Fallback, Field, Kind};
use crate::request::Operation;
use crate::route::Route;

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
const UNBUILT_OPERATIONS: &[(Operation, crate::route::Handler<Aws>)] = &[
    (Operation::Read, unbuilt::refuse),
    (Operation::Update, unbuilt::refuse),
    (Operation::Delete, unbuilt::refuse),
    (Operation::List, unbuilt::refuse),
];

/// The table.
pub(crate) const ROUTES: &[Route<Aws>] = &[
    Route {
        pattern: "login",
        fields: &[LOGIN],
        existence: None,
        operations: &[(Operation::Update, login::login)],
    },
    Route {
        pattern: "role/?",
        fields: &[PAGE],
        existence: None,
        operations: &[(Operation::List, role::list)],
    },
    Route {
        pattern: "roles/?",
        fields: &[PAGE],
        existence: None,
        operations: &[(Operation::List, role::list)],
    },
    Route {
        pattern: "role/{role}",
        fields: &[ROLE, params::FIELDS],
        existence: Some(role::exists),
        operations: &[
            (Operation::Read, role::read),
            (Operation::Update, role::write),
            (Operation::Delete, role::delete),
        ],
    },
    Route {
        pattern: "config/client",
        fields: &[CLIENT],
        existence: Some(config::client_exists),
        operations: &[
            (Operation::Read, config::read_client),
            (Operation::Update, config::write_client),
            (Operation::Delete, config::delete_client),
        ],
    },
    Route {
        pattern: "config/identity",
        fields: &[IDENTITY],
        existence: None,
        operations: &[
            (Operation::Read, config::read_identity),
            (Operation::Update, config::write_identity),
        ],
    },
    Route {
        pattern: "config/sts/?",
        fields: &[PAGE],
        existence: None,
        operations: &[(Operation::List, account::list)],
    },
    Route {
        pattern: "config/sts/{account_id}",
        fields: &[ACCOUNT],
        existence: Some(account::exists),
        operations: &[
            (Operation::Read, account::read),
            (Operation::Update, account::write),
            (Operation::Delete, account::delete),
        ],
    },
    Route {
        pattern: "config/rotate-root",
        fields: &[],
        existence: None,
        operations: &[(Operation::Update, rotate::rotate_root)],
    },
    Route {
        pattern: "tidy/identity-accesslist",
        fields: &[UNBUILT],
        existence: None,
        operations: UNBUILT_OPERATIONS,
    },
    Route {
        pattern: "tidy/identity-whitelist",
        fields: &[UNBUILT],
        existence: None,
        operations: UNBUILT_OPERATIONS,
    },
    Route {
        pattern: "tidy/roletag-denylist",
        fields: &[UNBUILT],
        existence: None,
        operations: UNBUILT_OPERATIONS,
    },
    Route {
        pattern: "tidy/roletag-blacklist",
        fields: &[UNBUILT],
        existence: None,
        operations: UNBUILT_OPERATIONS,
    },
    Route {
        pattern: "config/tidy/identity-accesslist",
        fields: &[UNBUILT],
        existence: None,
        operations: UNBUILT_OPERATIONS,
    },
    Route {
        pattern: "config/tidy/identity-whitelist",
        fields: &[UNBUILT],
        existence: None,
        operations: UNBUILT_OPERATIONS,
    },
    Route {
        pattern: "config/tidy/roletag-denylist",
        fields: &[UNBUILT],
        existence: None,
        operations: UNBUILT_OPERATIONS,
    },
    Route {
        pattern: "config/tidy/roletag-blacklist",
        fields: &[UNBUILT],
        existence: None,
        operations: UNBUILT_OPERATIONS,
    },
    Route {
        pattern: "identity-accesslist/?",
        fields: &[UNBUILT],
        existence: None,
        operations: UNBUILT_OPERATIONS,
    },
    Route {
        pattern: "identity-whitelist/?",
        fields: &[UNBUILT],
        existence: None,
        operations: UNBUILT_OPERATIONS,
    },
    Route {
        pattern: "identity-accesslist/{instance_id}",
        fields: &[UNBUILT],
        existence: None,
        operations: UNBUILT_OPERATIONS,
    },
    Route {
        pattern: "identity-whitelist/{instance_id}",
        fields: &[UNBUILT],
        existence: None,
        operations: UNBUILT_OPERATIONS,
    },
    Route {
        pattern: "roletag-denylist/?",
        fields: &[UNBUILT],
        existence: None,
        operations: UNBUILT_OPERATIONS,
    },
    Route {
        pattern: "roletag-blacklist/?",
        fields: &[UNBUILT],
        existence: None,
        operations: UNBUILT_OPERATIONS,
    },
    Route {
        pattern: "roletag-denylist/{role_tag*}",
        fields: &[UNBUILT],
        existence: None,
        operations: UNBUILT_OPERATIONS,
    },
    Route {
        pattern: "roletag-blacklist/{role_tag*}",
        fields: &[UNBUILT],
        existence: None,
        operations: UNBUILT_OPERATIONS,
    },
    Route {
        pattern: "role/{role}/tag",
        fields: &[UNBUILT],
        existence: None,
        operations: UNBUILT_OPERATIONS,
    },
    Route {
        pattern: "config/certificates/?",
        fields: &[UNBUILT],
        existence: None,
        operations: UNBUILT_OPERATIONS,
    },
    Route {
        pattern: "config/certificate/{cert_name}",
        fields: &[UNBUILT],
        existence: None,
        operations: UNBUILT_OPERATIONS,
    },
];
