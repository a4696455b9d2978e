//! The auth method `jwt` (and `oidc`): tokens of an identity provider.
//!
//! Simulated: logins with a token, verified by public keys, a JWKS or discovery, with everything
//! that a role can bind. Not simulated: the browser flow of OpenID Connect, whose endpoints say so.
//!
//! - [`config`]: where the keys are.
//! - [`role`]: which tokens may log in as what.
//! - [`keys`]: fetching keys, and the signature.
//! - [`claims`]: times, audience, bound claims, and what of a token goes into Vault's.
//! - [`case`]: what all of that says of a token. [`login`]: the login.

mod case;
mod claims;
mod config;
mod keys;
mod login;
mod role;

use std::collections::BTreeMap;

use authlab_token::KeySet;

use super::{PAGE, params};
use crate::engine::{Engine, Options, answers_by};
use crate::field::{Fallback, Field, Kind};
use crate::lease::Lease;
use crate::request::Operation;
use crate::response::Fault;
use crate::route::{Route, row};
use crate::token::Entry;
use crate::ttl::Wish;

pub(crate) use case::Case;
pub(crate) use config::Config;
pub(crate) use keys::{Signature, signature_by};
pub(crate) use role::Role;

/// The state of one mount.
#[derive(Clone, Debug, Default)]
pub(crate) struct Jwt {
    pub(crate) config: Option<Config>,
    /// By the name in lower case.
    pub(crate) roles: BTreeMap<String, Role>,
    /// The keys that were fetched last, and from where.
    pub(crate) cache: Option<Cached>,
}

/// Keys that were fetched.
#[derive(Clone, Debug)]
pub(crate) struct Cached {
    pub(crate) jwks_url: String,
    pub(crate) keys: KeySet,
}

const CONFIG: &[Field] = &[
    Field::new("oidc_discovery_url", Kind::Text),
    Field::new("oidc_discovery_ca_pem", Kind::Text),
    Field::new("oidc_client_id", Kind::Text),
    Field::new("oidc_client_secret", Kind::Text),
    Field::new("oidc_response_mode", Kind::Text),
    Field::new("oidc_response_types", Kind::CommaList),
    Field::new("default_role", Kind::LowerText),
    Field::new("jwks_url", Kind::Text),
    Field::new("jwks_ca_pem", Kind::Text),
    Field::new("jwks_pairs", Kind::Any),
    Field::new("jwt_validation_pubkeys", Kind::CommaList),
    Field::new("jwt_supported_algs", Kind::CommaList),
    Field::new("bound_issuer", Kind::Text),
    Field::new("provider_config", Kind::Map),
    Field::new("namespace_in_state", Kind::Bool),
    Field::new("skip_jwks_validation", Kind::Bool),
    Field::new("override_allowed_server_names", Kind::CommaList),
];
const ROLE: &[Field] = &[
    Field::new("name", Kind::LowerText),
    Field::new("role_type", Kind::Text),
    Field::new("policies", Kind::CommaList),
    Field::new("num_uses", Kind::Int),
    Field::new("ttl", Kind::Seconds),
    Field::new("max_ttl", Kind::Seconds),
    Field::new("period", Kind::Seconds),
    Field::new("bound_cidrs", Kind::CommaList),
    Field::new("token_policies_template_claims", Kind::Bool),
    Field::new("expiration_leeway", Kind::SignedSeconds),
    Field::new("not_before_leeway", Kind::SignedSeconds),
    Field::new("clock_skew_leeway", Kind::SignedSeconds),
    Field::new("bound_subject", Kind::Text),
    Field::new("bound_audiences", Kind::CommaList),
    Field::new("bound_claims_type", Kind::Text).or(Fallback::Text("string")),
    Field::new("bound_claims", Kind::Map),
    Field::new("claim_mappings", Kind::Pairs),
    Field::new("user_claim", Kind::Text),
    Field::new("user_claim_json_pointer", Kind::Bool),
    Field::new("groups_claim", Kind::Text),
    Field::new("oidc_scopes", Kind::CommaList),
    Field::new("allowed_redirect_uris", Kind::CommaList),
    Field::new("callback_mode", Kind::Text),
    Field::new("poll_interval", Kind::Int),
    Field::new("verbose_oidc_logging", Kind::Bool),
    Field::new("oauth2_metadata", Kind::CommaList),
    Field::new("max_age", Kind::Seconds),
];
const LOGIN: &[Field] = &[
    Field::new("role", Kind::LowerText),
    Field::new("jwt", Kind::Text),
];
const BROWSER: &[Field] = &[Field::new("*", Kind::Any)];

/// The table.
pub(crate) const ROUTES: &[Route<Jwt>] = &[
    row("login", &[LOGIN], &[(Operation::Update, login::login)]),
    row(
        "config",
        &[CONFIG],
        &[
            (Operation::Read, config::read),
            (Operation::Update, config::write),
        ],
    ),
    row("role/?", &[PAGE], &[(Operation::List, role::list)]),
    row(
        "role/{name}",
        &[ROLE, params::FIELDS],
        &[
            (Operation::Read, role::read),
            (Operation::Update, role::write),
            (Operation::Delete, role::delete),
        ],
    )
    .existing(role::exists),
    row(
        "oidc/auth_url",
        &[BROWSER],
        &[(Operation::Update, login::browser)],
    ),
    row(
        "oidc/callback",
        &[BROWSER],
        &[
            (Operation::Read, login::browser),
            (Operation::Update, login::browser),
        ],
    ),
];

impl Engine for Jwt {
    answers_by!(ROUTES);

    fn is_login(&self, path: &str) -> bool {
        matches!(
            path,
            "login" | "oidc/auth_url" | "oidc/callback" | "oidc/poll"
        )
    }

    fn renew_token(&self, entry: &Entry, _: &Lease) -> Result<Option<Wish>, String> {
        self.renew(entry)
    }
}

/// A fresh mount.
///
/// # Errors
/// Never: its options are not read.
pub(crate) fn make(_: &str, _: &Options) -> Result<Box<dyn Engine>, Fault> {
    Ok(Box::new(Jwt::default()))
}
