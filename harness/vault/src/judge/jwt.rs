//! Logins with a token of an identity provider.

use authlab_kernel::Timestamp;
use authlab_token::{KeySet, Token};
use serde_json::Value;

use super::{Verdict, Want};
use crate::auth::jwt::{self, Case, Config, Role, Signature};
use crate::evidence::JwtLogin;
use crate::flavour::Flavour;

/// What holds for every token at a mount.
#[derive(Clone, Debug, Default)]
pub struct JwtConfig(Config);

impl JwtConfig {
    /// The configuration as `auth/<mount>/config` shows it: the member `data`.
    pub fn read(data: &Value) -> Self {
        Self(Config::of_shown(data))
    }
}

/// Which tokens may log in as what.
#[derive(Clone, Debug)]
pub struct JwtRole {
    name: String,
    role: Role,
}

impl JwtRole {
    /// The role as `auth/<mount>/role/<name>` shows it: the member `data`.
    pub fn read(name: &str, data: &Value) -> Self {
        Self {
            name: name.to_owned(),
            role: Role::of_shown(data),
        }
    }
}

/// The issuer's keys.
#[derive(Clone, Copy, Debug)]
pub enum Keys<'a> {
    /// These, unless the configuration has keys of its own.
    Known(&'a KeySet),
    /// Nobody knows them (any more).
    Unknown,
}

/// Whether a token may log in.
pub fn login_jwt(
    config: &JwtConfig,
    role: &JwtRole,
    token: &Token,
    keys: Keys<'_>,
    now: Timestamp,
    flavour: Flavour,
) -> Verdict<JwtLogin> {
    let signature = jwt::signature_by(
        &config.0,
        match keys {
            Keys::Known(keys) => Some(keys),
            Keys::Unknown => None,
        },
        token,
    );
    let case = Case {
        name: &role.name,
        role: &role.role,
        config: &config.0,
        token,
        now,
        flavour,
    };
    match case.judge(&signature) {
        Ok(_) if signature == Signature::Unknown => Verdict::Open {
            wants: Want::Keys,
            evidence: case.evidence(None),
        },
        Ok(_) => Verdict::Allowed(case.evidence(None)),
        Err(refused) => Verdict::Refused {
            reason: refused.reason,
            message: refused.message,
            evidence: case.evidence(refused.claim),
        },
    }
}
