//! Logging in with a role id and a secret id.

use std::collections::BTreeMap;
use std::net::IpAddr;

use super::secret_id::check_within;
use super::{AppRole, Role, SecretId};
use crate::auth::{WRONG_CREDENTIALS, cidr};
use crate::duration;
use crate::evidence::{
    Because, BoundBy, Credential, CredentialFault, EndedSecretId, Proof, Reason,
};
use crate::field::Fields;
use crate::request::Call;
use crate::response::{Fault, Outcome, Response, Told};
use crate::token::store::digest;
use crate::token::{Entry, LoginAlias};
use crate::ttl::Wish;

/// Other operations than a write: the core asks whom the login is for before it finds that there is
/// no such operation (recorded).
pub(super) fn other(_: &mut AppRole, _: &Call<'_>, fields: &Fields) -> Outcome {
    role_id_of(fields)?;
    Err(Fault::unsupported_operation())
}

fn role_id_of(fields: &Fields) -> Result<String, Fault> {
    let role_id = fields.text("role_id");
    if role_id.is_empty() {
        return Err(Fault::error("missing role_id").because(Reason::RoleIdMissing));
    }
    Ok(role_id)
}

fn wrong(fault: CredentialFault, role: &str) -> Fault {
    refused(fault, Some(role)).audit_as(WRONG_CREDENTIALS)
}

/// The failures of a role that is not there are not counted.
fn unknown_role() -> Fault {
    refused(CredentialFault::RoleIdUnknown, None)
}

fn refused(fault: CredentialFault, role: Option<&str>) -> Fault {
    let credential = Credential {
        fault,
        name: role.map(str::to_owned),
    };
    Fault::answer("invalid role or secret ID")
        .because(Reason::InvalidCredentials)
        .telling(Told::Because(Because::Credential(credential)))
}

pub(super) fn login(method: &mut AppRole, call: &Call<'_>, fields: &Fields) -> Outcome {
    let role_id = role_id_of(fields)?;
    let secret_key = digest(&fields.text("secret_id"));
    let mut others = method.roles.values().filter(|role| role.role_id != role_id);
    let is_anothers = others.any(|role| role.secret_ids.contains_key(&secret_key));
    let found = method
        .roles
        .iter_mut()
        .find(|(_, role)| role.role_id == role_id);
    let (name, role) = found.ok_or_else(unknown_role)?;
    let mut metadata = BTreeMap::from([("role_name".to_owned(), name.clone())]);
    let address = call.peer_address();
    let mut auth = role.params.auth(address);
    // The reference takes the ranges of the settings, whatever they say of strict binding.
    auth.bound_cidrs.clone_from(&role.params.bound_cidrs);
    if role.bind_secret_id {
        let secret = fields.text("secret_id");
        if secret.is_empty() {
            return Err(Fault::answer("missing secret_id").because(Reason::SecretIdMissing));
        }
        let key = digest(&secret);
        let unknown = if is_anothers {
            CredentialFault::SecretIdOfAnotherRole
        } else {
            CredentialFault::SecretIdUnknown
        };
        let refusal = || wrong(unknown, name);
        let entry = check_secret_id(role, (&key, &secret), call, refusal)?;
        if !entry.token_bound_cidrs.is_empty() {
            auth.bound_cidrs = cidr::read_all(&entry.token_bound_cidrs).map_err(Fault::error)?;
        }
        metadata.extend(entry.metadata.clone());
        check_address(role, address)?;
        spend(role, &key, call);
    } else {
        check_address(role, address)?;
    }
    auth.alias = Some(LoginAlias {
        name: role_id,
        metadata: metadata.clone(),
    });
    auth.metadata = metadata;
    Ok(Some(Response {
        auth: Some(Box::new(auth)),
        ..Response::default()
    }))
}

/// The secret id: known, not ended, within what the role binds now, and used from where it may be.
fn check_secret_id<'r>(
    role: &'r Role,
    (key, secret): (&str, &str),
    call: &Call<'_>,
    wrong: impl Fn() -> Fault,
) -> Result<&'r SecretId, Fault> {
    let entry = role.secret_ids.get(key).ok_or_else(&wrong)?;
    if !entry.secret.matches(secret) {
        return Err(wrong());
    }
    if entry.has_ended(call) {
        return Err(wrong().with_proof(Proof::SecretId(EndedSecretId {
            secret_id_accessor: entry.accessor.clone(),
            secret_id_expired_at: entry.expires,
        })));
    }
    check_within(role.ranges(), &entry.cidr_list)?;
    let address = call.peer_address();
    if entry.cidr_list.is_empty() || cidr::contains(&entry.cidr_list, address) {
        return Ok(entry);
    }
    let shown = duration::quoted(&address.to_string());
    // A secret id whose uses are counted is checked elsewhere, in other words (recorded).
    let text = if entry.uses_left == 0 {
        format!("source address {shown} unauthorized through CIDR restrictions on the secret ID")
    } else {
        format!(
            "source address {shown} unauthorized by CIDR restrictions on the secret ID: %!w(<nil>)"
        )
    };
    Err(Fault::answer(text).not_bound(entry.cidr_list.clone(), BoundBy::SecretId))
}

fn check_address(role: &Role, address: IpAddr) -> Result<(), Fault> {
    if cidr::contains(role.ranges(), address) {
        return Ok(());
    }
    // The `%!w(<nil>)` is a slip of the reference's, seen by its clients (recorded).
    Err(Fault::answer(format!(
        "source address {} unauthorized by CIDR restrictions on the role: %!w(<nil>)",
        duration::quoted(&address.to_string())
    ))
    .not_bound(role.ranges().to_vec(), BoundBy::Role))
}

/// Counts a use. A secret id whose uses are limited goes with the last.
fn spend(role: &mut Role, key: &str, call: &Call<'_>) {
    let Some(entry) = role.secret_ids.get_mut(key) else {
        return;
    };
    match entry.uses_left {
        0 => {}
        1 => {
            role.secret_ids.remove(key);
        }
        uses => {
            entry.uses_left = uses - 1;
            entry.updated = call.now;
        }
    }
}

impl AppRole {
    /// What a renewal may give.
    ///
    /// # Errors
    /// The role is gone.
    pub(crate) fn renew(&self, entry: &Entry) -> Result<Option<Wish>, String> {
        let name = entry.metadata.get("role_name").cloned().unwrap_or_default();
        let role = self.roles.get(&name);
        let role = role.ok_or_else(|| {
            format!(
                "role {} does not exist during renewal",
                duration::quoted(&name)
            )
        })?;
        Ok(Some(role.params.wish()))
    }
}
