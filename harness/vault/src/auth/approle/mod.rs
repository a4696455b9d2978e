//! The auth method `approle`: a role id and a secret id.
//!
//! - [`role`]: roles as a whole; [`setting`]: field by field.
//! - [`secret_id`]: making, looking up and destroying secret ids.
//! - [`login`]: logging in.

mod login;
mod role;
mod secret_id;
mod setting;

use std::collections::BTreeMap;

use authlab_kernel::{Secret, Timestamp};

use super::params::{self, Params};
use super::{PAGE, looked_ahead};
use crate::engine::{Engine, Options};
use crate::field::{Fallback, Field, Kind};
use crate::lease::Lease;
use crate::request::{Call, Operation, Request};
use crate::response::{Fault, Outcome};
use crate::route::{Handler, Route, dispatch, find, row, would_create};
use crate::token::Entry;
use crate::ttl::Wish;

/// A role.
#[derive(Clone, Debug)]
pub(crate) struct Role {
    pub(crate) role_id: String,
    pub(crate) bind_secret_id: bool,
    pub(crate) local_secret_ids: bool,
    /// `None`: never set, or cleared; an empty list is shown as one.
    pub(crate) secret_id_bound_cidrs: Option<Vec<String>>,
    pub(crate) secret_id_num_uses: i64,
    pub(crate) secret_id_ttl: i64,
    pub(crate) params: Params,
    /// By the digest of the secret id.
    pub(crate) secret_ids: BTreeMap<String, SecretId>,
}

/// A secret id.
#[derive(Clone, Debug)]
pub(crate) struct SecretId {
    pub(crate) secret: Secret,
    pub(crate) accessor: String,
    /// 0 is unlimited.
    pub(crate) uses_left: i64,
    pub(crate) ttl: i64,
    pub(crate) created: Timestamp,
    pub(crate) expires: Option<Timestamp>,
    pub(crate) updated: Timestamp,
    pub(crate) metadata: BTreeMap<String, String>,
    pub(crate) cidr_list: Vec<String>,
    pub(crate) token_bound_cidrs: Vec<String>,
}

/// How long a secret id that has ended is still listed, in seconds: the reference sweeps once a minute.
const SWEEP_SECONDS: i64 = 60;

impl Role {
    /// The ranges from which its secret ids may be used; none means from anywhere.
    pub(crate) fn ranges(&self) -> &[String] {
        self.secret_id_bound_cidrs.as_deref().unwrap_or_default()
    }
}

impl SecretId {
    /// Whether its time is over, and it is of no use any more.
    fn has_ended(&self, call: &Call<'_>) -> bool {
        let grace = call.flavour.rules().secret_id_grace_seconds;
        self.ended_before(call.now, grace)
    }

    fn ended_before(&self, now: Timestamp, seconds: i64) -> bool {
        self.expires.is_some_and(|expires| {
            expires <= now && now.as_second().saturating_sub(expires.as_second()) >= seconds
        })
    }
}

impl AppRole {
    /// Forgets the secret ids that ended at least so many seconds ago.
    pub(crate) fn sweep(&mut self, now: Timestamp, grace_seconds: i64) {
        for role in self.roles.values_mut() {
            role.secret_ids
                .retain(|_, entry| !entry.ended_before(now, grace_seconds));
        }
    }
}

/// The roles of one mount, by their name in lower case.
#[derive(Clone, Debug, Default)]
pub(crate) struct AppRole {
    pub(crate) roles: BTreeMap<String, Role>,
}

/// The settings that have an endpoint of their own.
const BIND_SECRET_ID: Field = Field::new("bind_secret_id", Kind::Bool).or(Fallback::True);
const BOUND_CIDR_LIST: Field = Field::new("bound_cidr_list", Kind::CommaList);
const SECRET_ID_BOUND_CIDRS: Field = Field::new("secret_id_bound_cidrs", Kind::CommaList);
const POLICIES: Field = Field::new("policies", Kind::CommaList);
const SECRET_ID_NUM_USES: Field = Field::new("secret_id_num_uses", Kind::Int);
const SECRET_ID_TTL: Field = Field::new("secret_id_ttl", Kind::Seconds);
const PERIOD: Field = Field::new("period", Kind::Seconds);
const LOCAL_SECRET_IDS: Field = Field::new("local_secret_ids", Kind::Bool);
const TOKEN_POLICIES: Field = Field::new("token_policies", Kind::CommaList);
const TOKEN_BOUND_CIDRS: Field = Field::new("token_bound_cidrs", Kind::CommaList);
const TOKEN_PERIOD: Field = Field::new("token_period", Kind::Seconds);
const TOKEN_NUM_USES: Field = Field::new("token_num_uses", Kind::Int);
const TOKEN_TTL: Field = Field::new("token_ttl", Kind::Seconds);
const TOKEN_MAX_TTL: Field = Field::new("token_max_ttl", Kind::Seconds);

const NAME: &[Field] = &[Field::new("role_name", Kind::LowerText)];
const ROLE_ID: &[Field] = &[Field::new("role_id", Kind::Text)];
const ROLE: &[Field] = &[
    BIND_SECRET_ID,
    BOUND_CIDR_LIST,
    SECRET_ID_BOUND_CIDRS,
    POLICIES,
    SECRET_ID_NUM_USES,
    SECRET_ID_TTL,
    PERIOD,
    LOCAL_SECRET_IDS,
];
const SECRET_ID: &[Field] = &[Field::new("secret_id", Kind::Text)];
const ACCESSOR: &[Field] = &[Field::new("secret_id_accessor", Kind::Text)];
const NEW_SECRET_ID: &[Field] = &[
    Field::new("metadata", Kind::Text),
    Field::new("cidr_list", Kind::CommaList),
    Field::new("token_bound_cidrs", Kind::CommaList),
    Field::new("num_uses", Kind::Int),
    Field::new("ttl", Kind::Seconds),
];

/// What can be done with most settings of a role.
const SETTING: &[(Operation, Handler<AppRole>)] = &[
    (Operation::Read, setting::read),
    (Operation::Update, setting::write),
    (Operation::Delete, setting::delete),
];

/// The table.
pub(crate) const ROUTES: &[Route<AppRole>] = &[
    row("role/?", &[PAGE], &[(Operation::List, role::list)]),
    row(
        "role/{role_name}",
        &[NAME, ROLE, ROLE_ID, params::FIELDS],
        &[
            (Operation::Read, role::read),
            (Operation::Update, role::write),
            (Operation::Delete, role::delete),
        ],
    )
    .existing(role::exists),
    row(
        "role/{role_name}/role-id/?",
        &[NAME, ROLE_ID],
        &[
            (Operation::Read, role::read_role_id),
            (Operation::Update, role::write_role_id),
        ],
    ),
    row(
        "role/{role_name}/secret-id/?",
        &[NAME, NEW_SECRET_ID, PAGE],
        &[
            (Operation::Update, secret_id::create),
            (Operation::List, secret_id::list),
        ],
    ),
    row(
        "role/{role_name}/custom-secret-id/?",
        &[NAME, NEW_SECRET_ID, SECRET_ID],
        &[(Operation::Update, secret_id::create_custom)],
    ),
    row(
        "role/{role_name}/secret-id/lookup/?",
        &[NAME, SECRET_ID],
        &[(Operation::Update, secret_id::lookup)],
    ),
    row(
        "role/{role_name}/secret-id/destroy/?",
        &[NAME, SECRET_ID],
        &[
            (Operation::Update, secret_id::destroy),
            (Operation::Delete, secret_id::destroy),
        ],
    ),
    row(
        "role/{role_name}/secret-id-accessor/lookup/?",
        &[NAME, ACCESSOR],
        &[(Operation::Update, secret_id::lookup_accessor)],
    ),
    row(
        "role/{role_name}/secret-id-accessor/destroy/?",
        &[NAME, ACCESSOR],
        &[
            (Operation::Update, secret_id::destroy_accessor),
            (Operation::Delete, secret_id::destroy_accessor),
        ],
    ),
    row(
        "role/{role_name}/policies/?",
        &[NAME, &[TOKEN_POLICIES, POLICIES]],
        SETTING,
    ),
    row(
        "role/{role_name}/local-secret-ids/?",
        &[NAME, &[LOCAL_SECRET_IDS]],
        &[(Operation::Read, setting::read)],
    ),
    row(
        "role/{role_name}/bound-cidr-list/?",
        &[NAME, &[BOUND_CIDR_LIST]],
        SETTING,
    ),
    row(
        "role/{role_name}/secret-id-bound-cidrs/?",
        &[NAME, &[SECRET_ID_BOUND_CIDRS]],
        SETTING,
    ),
    row(
        "role/{role_name}/token-bound-cidrs/?",
        &[NAME, &[TOKEN_BOUND_CIDRS]],
        SETTING,
    ),
    row(
        "role/{role_name}/bind-secret-id/?",
        &[NAME, &[BIND_SECRET_ID]],
        SETTING,
    ),
    row(
        "role/{role_name}/secret-id-num-uses/?",
        &[NAME, &[SECRET_ID_NUM_USES]],
        SETTING,
    ),
    row(
        "role/{role_name}/secret-id-ttl/?",
        &[NAME, &[SECRET_ID_TTL]],
        SETTING,
    ),
    row(
        "role/{role_name}/period/?",
        &[NAME, &[TOKEN_PERIOD, PERIOD]],
        SETTING,
    ),
    row(
        "role/{role_name}/token-num-uses/?",
        &[NAME, &[TOKEN_NUM_USES]],
        SETTING,
    ),
    row(
        "role/{role_name}/token-ttl/?",
        &[NAME, &[TOKEN_TTL]],
        SETTING,
    ),
    row(
        "role/{role_name}/token-max-ttl/?",
        &[NAME, &[TOKEN_MAX_TTL]],
        SETTING,
    ),
    row(
        "login",
        &[&[
            Field::new("role_id", Kind::Text),
            Field::new("secret_id", Kind::Text),
        ]],
        &[
            (Operation::Update, login::login),
            (Operation::Read, login::other),
            (Operation::Delete, login::other),
            (Operation::Patch, login::other),
        ],
    ),
    row("tidy/secret-id", &[], &[(Operation::Update, role::tidy)]),
];

impl Engine for AppRole {
    fn creates(&self, call: &Call<'_>) -> Result<Option<bool>, Fault> {
        would_create(ROUTES, self, call)
    }

    fn handle(&mut self, call: &Call<'_>) -> Outcome {
        let outcome = dispatch(ROUTES, self, call);
        if self.is_login(call.path) {
            looked_ahead(outcome)
        } else {
            outcome
        }
    }

    fn has_route(&self, path: &str) -> bool {
        find(ROUTES, path).is_some()
    }

    fn is_login(&self, path: &str) -> bool {
        path == "login"
    }

    fn counts_failures(&self) -> bool {
        true
    }

    fn user_of(&self, _: &str, request: &Request) -> Option<String> {
        request.data_text("role_id").map(str::to_owned)
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
    Ok(Box::new(AppRole::default()))
}
