//! Logging in with a role id and a secret id.

use super::{AppRole, Role};
use crate::auth::cidr;
use crate::duration;
use crate::field::Fields;
use crate::identity::LoginAlias;
use crate::request::Call;
use crate::response::{Fault, Outcome, Response};
use crate::token::store::digest;
use crate::token::{Auth, Entry};
use crate::ttl::Wish;
use std::collections::BTreeMap;

pub(super) fn login(method: &mut AppRole, call: &Call<'_>, fields: &Fields) -> Outcome {
    let role_id = fields.text("role_id");
    if role_id.is_empty() {
        return Err(Fault::error("missing role_id").because("role-id-missing"));
    }
    let wrong = || {
        Fault::answer("invalid role or secret ID")
            .because("invalid-credentials")
            .audit_as("invalid credentials")
    };
    let found = method
        .roles
        .iter_mut()
        .find(|(_, role)| role.role_id == role_id);
    let (name, role) = found.ok_or_else(wrong)?;
    let mut metadata = BTreeMap::from([("role_name".to_owned(), name.clone())]);
    let address = call.peer_address();
    let mut token_cidrs = Vec::new();
    if role.bind_secret_id {
        let secret = fields.text("secret_id");
        if secret.is_empty() {
            return Err(Fault::answer("missing secret_id").because("secret-id-missing"));
        }
        let key = digest(&secret);
        let entry = role.secret_ids.get(&key).ok_or_else(wrong)?;
        if !entry.secret.matches(&secret) {
            return Err(wrong());
        }
        if !cidr::contains(&entry.cidr_list, address) {
            return Err(unauthorized(&address.to_string(), "secret ID"));
        }
        check_address(role, &address.to_string(), address)?;
        token_cidrs.clone_from(&entry.token_bound_cidrs);
        metadata.extend(entry.metadata.clone());
        spend(role, &key, call);
    } else {
        check_address(role, &address.to_string(), address)?;
    }
    if !cidr::contains(&role.params.bound_cidrs, address) {
        return Err(Fault::denied("permission denied").because("address-not-bound"));
    }
    let mut auth = Auth {
        alias: Some(LoginAlias {
            name: role_id,
            metadata: metadata.clone(),
        }),
        metadata,
        ..role.params.auth()
    };
    if !token_cidrs.is_empty() {
        auth.bound_cidrs = token_cidrs;
    }
    Ok(Some(Response {
        auth: Some(Box::new(auth)),
        ..Response::default()
    }))
}

fn check_address(role: &Role, shown: &str, address: std::net::IpAddr) -> Result<(), Fault> {
    if cidr::contains(&role.secret_id_bound_cidrs, address) {
        return Ok(());
    }
    Err(unauthorized(shown, "role"))
}

fn unauthorized(address: &str, by: &str) -> Fault {
    // The `%!w(<nil>)` is a slip of the reference's, seen by its clients (recorded).
    Fault::answer(format!(
        "source address {} unauthorized by CIDR restrictions on the {by}: %!w(<nil>)",
        duration::quoted(address)
    ))
    .because("address-not-bound")
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
