//! Roles: which tokens may log in as what.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use super::Jwt;
use crate::auth::listed;
use crate::auth::params::Params;
use crate::duration::quoted;
use crate::evidence::Reason;
use crate::field::Fields;
use crate::json::{text, texts};
use crate::request::Call;
use crate::response::{Fault, Outcome, Response};
use crate::token::Entry;
use crate::ttl::Wish;

/// A role.
#[derive(Clone, Debug, Default)]
pub(crate) struct Role {
    /// `jwt` or `oidc`.
    pub(crate) kind: String,
    pub(crate) expiration_leeway: i64,
    pub(crate) not_before_leeway: i64,
    pub(crate) clock_skew_leeway: i64,
    pub(crate) bound_subject: String,
    pub(crate) bound_audiences: Vec<String>,
    /// `string` or `glob`.
    pub(crate) bound_claims_type: String,
    pub(crate) bound_claims: Map<String, Value>,
    pub(crate) claim_mappings: BTreeMap<String, String>,
    pub(crate) user_claim: String,
    pub(crate) user_claim_json_pointer: bool,
    pub(crate) groups_claim: String,
    pub(crate) template_claims: bool,
    oidc_scopes: Vec<String>,
    allowed_redirect_uris: Vec<String>,
    callback_mode: String,
    verbose_oidc_logging: bool,
    oauth2_metadata: Vec<String>,
    max_age: i64,
    poll_interval: i64,
    pub(crate) params: Params,
}

const OLD: &[&str] = &[
    "policies",
    "num_uses",
    "ttl",
    "max_ttl",
    "period",
    "bound_cidrs",
];

fn nullable(list: &[String]) -> Value {
    if list.is_empty() {
        Value::Null
    } else {
        json!(list)
    }
}

pub(super) fn exists(method: &Jwt, _: &Call<'_>, fields: &Fields) -> bool {
    method.roles.contains_key(&fields.text("name"))
}

pub(super) fn list(method: &mut Jwt, call: &Call<'_>, fields: &Fields) -> Outcome {
    let names = method.roles.keys().cloned();
    Ok(Some(listed(call, fields, names)))
}

pub(super) fn delete(method: &mut Jwt, _: &Call<'_>, fields: &Fields) -> Outcome {
    method.roles.remove(&fields.text("name"));
    Ok(None)
}

pub(super) fn read(method: &mut Jwt, call: &Call<'_>, fields: &Fields) -> Outcome {
    Ok(method.roles.get(&fields.text("name")).map(|role| {
        let bound_claims = if role.bound_claims.is_empty() {
            Value::Null
        } else {
            json!(role.bound_claims)
        };
        let shown = json!({
            "allowed_redirect_uris": nullable(&role.allowed_redirect_uris),
            "bound_audiences": nullable(&role.bound_audiences),
            "bound_claims": bound_claims,
            "bound_claims_type": role.bound_claims_type,
            "bound_subject": role.bound_subject,
            "callback_mode": role.callback_mode,
            "claim_mappings": crate::json::texts_or_null(&role.claim_mappings),
            "clock_skew_leeway": role.clock_skew_leeway,
            "expiration_leeway": role.expiration_leeway,
            "groups_claim": role.groups_claim,
            "max_age": role.max_age,
            "not_before_leeway": role.not_before_leeway,
            "oauth2_metadata": nullable(&role.oauth2_metadata),
            "oidc_scopes": nullable(&role.oidc_scopes),
            "role_type": role.kind,
            "token_policies_template_claims": role.template_claims,
            "user_claim": role.user_claim,
            "user_claim_json_pointer": role.user_claim_json_pointer,
            "verbose_oidc_logging": role.verbose_oidc_logging,
        });
        let mut members = shown.as_object().cloned().unwrap_or_default();
        if role.poll_interval != 0 {
            members.insert("poll_interval".to_owned(), json!(role.poll_interval));
        }
        if call.flavour.rules().newer_jwt {
            members.insert("oidc_disable_confirmation".to_owned(), json!(false));
        }
        role.params.show(call.flavour, &mut members);
        Response::data(Value::Object(members))
    }))
}

pub(super) fn write(method: &mut Jwt, _: &Call<'_>, fields: &Fields) -> Outcome {
    let name = fields.text("name");
    let known = method.roles.get(&name).cloned();
    let mut role = known.unwrap_or_default();
    let kind = fields.text("role_type");
    role.kind = match kind.as_str() {
        "" => "oidc".to_owned(),
        "jwt" | "oidc" => kind,
        other => return Err(Fault::answer(format!("invalid 'role_type': {other}"))),
    };
    role.params.update(fields, OLD)?;
    take_over(&mut role, fields);
    check(&role).map_err(Fault::answer)?;
    if role.template_claims {
        for (index, policy) in role.params.policies.iter().enumerate() {
            super::claims::check_template(policy).map_err(|error| {
                Fault::error(format!(
                    "failed to parse template policy [{index}]: unable to parse template: {error}"
                ))
                .because(Reason::InvalidRequest)
            })?;
        }
    }
    let verbose = role.verbose_oidc_logging;
    method.roles.insert(name, role);
    Ok(verbose.then(|| {
        Response::warning(
            "verbose_oidc_logging has been enabled for this role. This is not recommended in \
             production since sensitive information may be present in OIDC responses.",
        )
    }))
}

fn take_over(role: &mut Role, fields: &Fields) {
    for (name, text) in [
        ("bound_subject", &mut role.bound_subject),
        ("user_claim", &mut role.user_claim),
        ("groups_claim", &mut role.groups_claim),
    ] {
        if let Some(given) = fields.given_text(name) {
            *text = given;
        }
    }
    // What these two were before is not kept: a write without them sets them back (recorded).
    for (name, text, fallback) in [
        ("bound_claims_type", &mut role.bound_claims_type, "string"),
        ("callback_mode", &mut role.callback_mode, "client"),
    ] {
        *text = fields
            .given_text(name)
            .unwrap_or_else(|| fallback.to_owned());
    }
    for (name, seconds) in [
        ("expiration_leeway", &mut role.expiration_leeway),
        ("not_before_leeway", &mut role.not_before_leeway),
        ("clock_skew_leeway", &mut role.clock_skew_leeway),
        ("max_age", &mut role.max_age),
        ("poll_interval", &mut role.poll_interval),
    ] {
        if let Some(given) = fields.given_int(name) {
            *seconds = given;
        }
    }
    for (name, list) in [
        ("bound_audiences", &mut role.bound_audiences),
        ("oidc_scopes", &mut role.oidc_scopes),
        ("allowed_redirect_uris", &mut role.allowed_redirect_uris),
        ("oauth2_metadata", &mut role.oauth2_metadata),
    ] {
        if let Some(given) = fields.given_list(name) {
            *list = given;
        }
    }
    for (name, truth) in [
        ("user_claim_json_pointer", &mut role.user_claim_json_pointer),
        ("token_policies_template_claims", &mut role.template_claims),
        ("verbose_oidc_logging", &mut role.verbose_oidc_logging),
    ] {
        if let Some(given) = fields.given_bool(name) {
            *truth = given;
        }
    }
    if let Some(claims) = fields.given_map("bound_claims") {
        role.bound_claims = claims;
    }
    if fields.has("claim_mappings") {
        role.claim_mappings = fields.pairs("claim_mappings");
    }
}

fn check(role: &Role) -> Result<(), String> {
    if !matches!(role.bound_claims_type.as_str(), "string" | "glob") {
        return Err(format!(
            "invalid 'bound_claims_type': {}",
            role.bound_claims_type
        ));
    }
    let known = ["client", "direct", "device"];
    if !known.contains(&role.callback_mode.as_str()) {
        return Err(format!("invalid 'callback_mode': {}", role.callback_mode));
    }
    let known = ["access_token", "id_token", "refresh_token"];
    if let Some(wrong) = role
        .oauth2_metadata
        .iter()
        .find(|name| !known.contains(&name.as_str()))
    {
        return Err(format!("Unrecognized oauth2 metadata name {wrong}"));
    }
    let mut targets = BTreeSet::new();
    for target in role.claim_mappings.values() {
        let shown = quoted(target);
        if target == "role" {
            return Err(format!(
                "metadata key {shown} is reserved and may not be a mapping destination"
            ));
        }
        if !targets.insert(target) {
            return Err(format!("multiple keys are mapped to metadata key {shown}"));
        }
    }
    if role.user_claim.is_empty() {
        return Err("a user claim must be defined on the role".to_owned());
    }
    if role.kind == "oidc" && role.allowed_redirect_uris.is_empty() {
        return Err(
            "'allowed_redirect_uris' must be set if 'role_type' is 'oidc' or unspecified."
                .to_owned(),
        );
    }
    let bound = !role.bound_audiences.is_empty()
        || !role.bound_subject.is_empty()
        || !role.bound_claims.is_empty()
        || !role.params.bound_cidrs.is_empty();
    if role.kind == "jwt" && !bound {
        return Err(
            "must have at least one bound constraint when creating/updating a role".to_owned(),
        );
    }
    if role.bound_claims_type == "glob" {
        for value in role.bound_claims.values() {
            let items = value
                .as_array()
                .map_or(std::slice::from_ref(value), Vec::as_slice);
            if let Some(wrong) = items.iter().find(|item| !item.is_string()) {
                // Told apart by whether it stands in a list.
                let wanted = if value.is_array() || value.is_number() || value.is_boolean() {
                    "a string"
                } else {
                    "a string or list"
                };
                return Err(format!(
                    "claim is not {wanted}: {}",
                    crate::field::go_print(wrong)
                ));
            }
        }
    }
    Ok(())
}

impl Role {
    /// The role as its endpoint shows it, as far as it decides about tokens. What is missing is not set.
    pub(crate) fn of_shown(data: &Value) -> Self {
        let text_of = |name: &str| text(data.get(name)).unwrap_or_default();
        let seconds = |name: &str| data.get(name).and_then(Value::as_i64).unwrap_or_default();
        let truth = |name: &str| data.get(name).and_then(Value::as_bool).unwrap_or_default();
        let members = |name: &str| data.get(name).and_then(Value::as_object).cloned();
        let mappings = members("claim_mappings").unwrap_or_default();
        Self {
            kind: text_of("role_type"),
            expiration_leeway: seconds("expiration_leeway"),
            not_before_leeway: seconds("not_before_leeway"),
            clock_skew_leeway: seconds("clock_skew_leeway"),
            bound_subject: text_of("bound_subject"),
            bound_audiences: texts(data.get("bound_audiences")).unwrap_or_default(),
            bound_claims_type: text_of("bound_claims_type"),
            bound_claims: members("bound_claims").unwrap_or_default(),
            claim_mappings: mappings
                .iter()
                .filter_map(|(claim, key)| Some((claim.clone(), key.as_str()?.to_owned())))
                .collect(),
            user_claim: text_of("user_claim"),
            user_claim_json_pointer: truth("user_claim_json_pointer"),
            groups_claim: text_of("groups_claim"),
            template_claims: truth("token_policies_template_claims"),
            ..Self::default()
        }
    }
}

impl Jwt {
    /// What a renewal may give.
    ///
    /// # Errors
    /// The role is gone.
    pub(crate) fn renew(&self, entry: &Entry) -> Result<Option<Wish>, String> {
        let name = entry.metadata.get("role").cloned().unwrap_or_default();
        let role = self.roles.get(&name);
        let role = role.ok_or_else(|| format!("role {name} does not exist during renewal"))?;
        Ok(Some(role.params.wish()))
    }
}
