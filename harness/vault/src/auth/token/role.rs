//! The endpoints of token roles.

use std::collections::BTreeSet;

use crate::auth::cidr;
use crate::field::{Fallback, Field, Fields, Kind};
use crate::request::Call;
use crate::response::{Fault, Outcome, Response};
use crate::state::State;
use crate::token::TokenType;
use crate::token::role::Role;

/// The fields of a role.
pub(crate) const FIELDS: &[Field] = &[
    Field::new("role_name", Kind::Text),
    Field::new("allowed_policies", Kind::CommaList),
    Field::new("allowed_policies_glob", Kind::CommaList),
    Field::new("disallowed_policies", Kind::CommaList),
    Field::new("disallowed_policies_glob", Kind::CommaList),
    Field::new("allowed_entity_aliases", Kind::CommaList),
    Field::new("orphan", Kind::Bool),
    Field::new("renewable", Kind::Bool).or(Fallback::True),
    Field::new("path_suffix", Kind::Text),
    Field::new("period", Kind::Seconds),
    Field::new("explicit_max_ttl", Kind::Seconds),
    Field::new("bound_cidrs", Kind::CommaList),
    Field::new("token_period", Kind::Seconds),
    Field::new("token_explicit_max_ttl", Kind::Seconds),
    Field::new("token_bound_cidrs", Kind::CommaList),
    Field::new("token_num_uses", Kind::Int),
    Field::new("token_no_default_policy", Kind::Bool),
    Field::new("token_type", Kind::Text),
];

pub(crate) fn exists(state: &State, _: &Call<'_>, fields: &Fields) -> bool {
    state.tokens.roles.contains_key(&fields.text("role_name"))
}

pub(crate) fn read(state: &mut State, _: &Call<'_>, fields: &Fields) -> Outcome {
    Ok(state
        .tokens
        .roles
        .get(&fields.text("role_name"))
        .map(|role| Response::data(role.to_json())))
}

pub(crate) fn list(state: &mut State, _: &Call<'_>, _: &Fields) -> Outcome {
    let names = state.tokens.roles.keys().cloned();
    Ok(Some(Response::list(names)))
}

pub(crate) fn delete(state: &mut State, _: &Call<'_>, fields: &Fields) -> Outcome {
    state.tokens.roles.remove(&fields.text("role_name"));
    Ok(None)
}

pub(crate) fn write(state: &mut State, call: &Call<'_>, fields: &Fields) -> Outcome {
    let name = fields.text("role_name");
    let known = state.tokens.roles.get(&name).cloned();
    let mut role = known.unwrap_or_else(|| Role {
        name: name.clone(),
        renewable: true,
        token_type: TokenType::DefaultService,
        ..Role::default()
    });
    for (field, list) in [
        ("allowed_policies", &mut role.allowed_policies),
        ("allowed_policies_glob", &mut role.allowed_policies_glob),
        ("disallowed_policies", &mut role.disallowed_policies),
        (
            "disallowed_policies_glob",
            &mut role.disallowed_policies_glob,
        ),
    ] {
        if let Some(given) = fields.given_list(field) {
            *list = crate::token::sanitized(&given, false);
        }
    }
    if let Some(aliases) = fields.given_list("allowed_entity_aliases") {
        let names = aliases.iter().map(|alias| alias.trim().to_lowercase());
        let names: BTreeSet<String> = names.filter(|name| !name.is_empty()).collect();
        role.allowed_entity_aliases = Some(names.into_iter().collect());
    }
    if let Some(orphan) = fields.given_bool("orphan") {
        role.orphan = orphan;
    }
    if let Some(renewable) = fields.given_bool("renewable") {
        role.renewable = renewable;
    }
    if let Some(suffix) = fields.given_text("path_suffix") {
        if !is_suffix(&suffix) {
            return Err(Fault::answer(
                "given role path suffix contains invalid characters; must match \\w[\\w-.]+\\w",
            ));
        }
        if suffix.contains("..") {
            return Err(Fault::answer(
                "error registering path suffix: path cannot contain parent references",
            ));
        }
        role.path_suffix = suffix;
    }
    let mut warnings = write_token_settings(&mut role, fields)?;
    check_batch(&role)?;
    let given = fields.has("token_explicit_max_ttl") || fields.has("explicit_max_ttl");
    if given && role.token_explicit_max_ttl > call.mount.max_ttl {
        warnings.push(format!(
            "Given explicit max TTL of {} is greater than system/mount allowed value of {} \
             seconds; until this is fixed attempting to create tokens against this role will \
             result in an error",
            role.token_explicit_max_ttl, call.mount.max_ttl
        ));
    }
    state.tokens.roles.insert(name, role);
    Ok((!warnings.is_empty()).then(|| Response {
        warnings,
        ..Response::default()
    }))
}

/// What a role whose tokens are batch tokens cannot ask for.
fn check_batch(role: &Role) -> Result<(), Fault> {
    if role.token_type != TokenType::Batch {
        return Ok(());
    }
    let wishes = [
        (!role.orphan, "non-orphan tokens"),
        (role.token_period != 0, "periodic tokens"),
        (role.renewable, "renewable tokens"),
        (
            role.token_explicit_max_ttl != 0,
            "tokens with an explicit max TTL",
        ),
    ];
    match wishes.into_iter().find(|(wished, _)| *wished) {
        Some((_, what)) => Err(Fault::answer(format!(
            "'token_type' cannot be 'batch' when role is set to generate {what}"
        ))),
        None => Ok(()),
    }
}

/// Whether three or more characters in a row, the outer two of them of a word, are somewhere in a suffix that
/// is given: the reference does not anchor its pattern.
fn is_suffix(suffix: &str) -> bool {
    let word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    let bytes = suffix.as_bytes();
    let fits = |start: usize| {
        let rest = bytes.get(start + 1..).unwrap_or_default();
        let inner = rest
            .iter()
            .take_while(|byte| word(**byte) || b"-.".contains(byte));
        word(bytes[start]) && inner.enumerate().any(|(nth, byte)| nth > 0 && word(*byte))
    };
    suffix.is_empty() || (0..bytes.len()).any(fits)
}

/// The settings that roles of all methods have. A setting that is given under its old name as well is
/// taken from the new one, with a warning.
fn write_token_settings(role: &mut Role, fields: &Fields) -> Result<Vec<String>, Fault> {
    let mut warnings = Vec::new();
    let mut both = |new: &str, old: &str| {
        if fields.has(new) && fields.has(old) {
            warnings.push(format!(
                "Both '{new}' and deprecated '{old}' value supplied, ignoring the deprecated value"
            ));
        }
    };
    both("token_period", "period");
    both("token_bound_cidrs", "bound_cidrs");
    both("token_explicit_max_ttl", "explicit_max_ttl");
    if let Some(period) = fields.given_int("token_period") {
        (role.token_period, role.old_period) = (period, 0);
    } else if let Some(period) = fields.given_int("period") {
        (role.token_period, role.old_period) = (period, period);
    }
    if let Some(ttl) = fields.given_int("token_explicit_max_ttl") {
        (role.token_explicit_max_ttl, role.old_explicit_max_ttl) = (ttl, 0);
    } else if let Some(ttl) = fields.given_int("explicit_max_ttl") {
        (role.token_explicit_max_ttl, role.old_explicit_max_ttl) = (ttl, ttl);
    }
    let parsed = |cidrs: &[String]| {
        cidr::read_all(cidrs)
            .map_err(|error| Fault::answer(format!("error parsing role fields: {error}")))
    };
    if let Some(cidrs) = fields.given_list("token_bound_cidrs") {
        role.token_bound_cidrs = parsed(&cidrs)?;
        role.old_bound_cidrs.clear();
    } else if let Some(cidrs) = fields.given_list("bound_cidrs") {
        role.token_bound_cidrs = parsed(&cidrs)?;
        role.old_bound_cidrs.clone_from(&role.token_bound_cidrs);
    }
    if let Some(uses) = fields.given_int("token_num_uses") {
        if uses < 0 {
            return Err(Fault::answer(
                "error parsing role fields: 'token_num_uses' cannot be negative",
            ));
        }
        role.token_num_uses = uses;
    }
    // Asked of the type before this write: the reference reads the type last (recorded).
    let batch = matches!(role.token_type, TokenType::Batch | TokenType::DefaultBatch);
    if batch && role.token_num_uses != 0 {
        return Err(Fault::answer(
            "error parsing role fields: 'token_type' cannot be 'batch' or 'default_batch' when set \
             to generate tokens with limited use count",
        ));
    }
    if let Some(without) = fields.given_bool("token_no_default_policy") {
        role.token_no_default_policy = without;
    }
    if let Some(name) = fields.given_text("token_type") {
        role.token_type = TokenType::named(&name)
            .filter(|kind| *kind != TokenType::Default)
            .ok_or_else(|| {
                let name = crate::duration::quoted(&name);
                Fault::answer(format!("invalid 'token_type' value {name}"))
            })?;
    }
    Ok(warnings)
}
