//! Mounting, tuning and moving engines and auth methods.

use authlab_kernel::Ids;
use serde_json::{Map, Value, json};

use crate::duration::{self, quoted};
use crate::engine::{Backend, Core, Engine, Options};
use crate::evidence::Reason;
use crate::field::{Fields, go_print, parse_bool};
use crate::mount::{Lockout, Mount, SYSTEM_TTL, Tuning};
use crate::registry::{self, Class};
use crate::request::Call;
use crate::response::{Fault, Outcome, Response};
use crate::state::State;
use crate::token::TokenType;

pub(super) fn list_secret(state: &mut State, _: &Call<'_>, _: &Fields) -> Outcome {
    Ok(Some(Response::data(Value::Object(listed(state, false)))))
}

pub(super) fn list_auth(state: &mut State, _: &Call<'_>, _: &Fields) -> Outcome {
    Ok(Some(Response::data(Value::Object(listed(state, true)))))
}

fn short(path: &str) -> &str {
    path.strip_prefix("auth/").unwrap_or(path)
}

fn listed(state: &State, auth: bool) -> Map<String, Value> {
    let mounts = state
        .mounts
        .values()
        .filter(|mount| mount.is_auth() == auth);
    mounts
        .map(|mount| (short(&mount.path).to_owned(), mount.to_json(state.flavour)))
        .collect()
}

/// A path of the API as the path of a mount.
fn whole(path: &str, auth: bool) -> String {
    let path = path.trim_matches('/');
    if auth {
        format!("auth/{path}/")
    } else {
        format!("{path}/")
    }
}

pub(super) fn read_secret(state: &mut State, _: &Call<'_>, fields: &Fields) -> Outcome {
    read(state, fields, false)
}

pub(super) fn read_auth(state: &mut State, _: &Call<'_>, fields: &Fields) -> Outcome {
    read(state, fields, true)
}

fn read(state: &State, fields: &Fields, auth: bool) -> Outcome {
    let path = fields.text("path");
    if let Some(path) = path.strip_suffix("/tune") {
        let path = whole(path, auth);
        let Some(mount) = state.mounts.get(&path) else {
            let path = quoted(&path);
            return Err(Fault::invalid(format!(
                "cannot fetch sysview for path {path}"
            )));
        };
        return Ok(Some(Response::data(mount.tuning_json())));
    }
    let path = whole(&path, auth);
    match state.mounts.get(&path) {
        Some(mount) => Ok(Some(Response::data(mount.to_json(state.flavour)))),
        None if auth => Err(Fault::invalid(format!(
            "No auth engine at {}",
            short(&path)
        ))),
        None => Err(Fault::invalid(format!("No secret engine mount at {path}"))),
    }
}

pub(super) fn write_secret(state: &mut State, call: &Call<'_>, fields: &Fields) -> Outcome {
    write(state, call, fields, false)
}

pub(super) fn write_auth(state: &mut State, call: &Call<'_>, fields: &Fields) -> Outcome {
    write(state, call, fields, true)
}

fn write(state: &mut State, call: &Call<'_>, fields: &Fields, auth: bool) -> Outcome {
    let path = fields.text("path");
    if let Some(path) = path.strip_suffix("/tune") {
        return tune(state, call, fields, &whole(path, auth));
    }
    let tuning = read_config(&fields.map("config"), auth)?;
    let kind = fields.text("type");
    let kind = if kind.is_empty() {
        fields.text("plugin_name")
    } else {
        kind
    };
    if kind.is_empty() {
        return Err(Fault::invalid("backend type must be specified as a string"));
    }
    let mut options = fields.pairs("options");
    let kind = match kind.as_str() {
        "kv-v1" => "kv".to_owned(),
        "kv-v2" => {
            options.insert("version".to_owned(), "2".to_owned());
            "kv".to_owned()
        }
        _ => kind,
    };
    for (name, unread) in [
        (
            "external_entropy_access",
            fields.bool("external_entropy_access"),
        ),
        ("plugin_version", !fields.text("plugin_version").is_empty()),
    ] {
        if unread {
            return Err(Fault::not_simulated(format!(
                "`{name}` of a mount is not simulated by authlab: leave it out"
            )));
        }
    }
    let path = whole(&path, auth);
    if !auth && path.starts_with("auth/") {
        return Err(Fault::invalid(format!("cannot mount {}", quoted(&path))));
    }
    let mut mount = mount_at(state, call.ids, &path, &kind, options)?;
    mount.description = fields.text("description");
    mount.local = fields.bool("local");
    mount.seal_wrap = fields.bool("seal_wrap");
    mount.tuning = tuning;
    state.add_mount(mount);
    Ok(None)
}

/// A new mount of that type, not yet there.
pub(crate) fn mount_at(
    state: &State,
    ids: &Ids,
    path: &str,
    kind: &str,
    options: Options,
) -> Result<Mount, Fault> {
    let auth = path.starts_with("auth/");
    let of_server = |own: &&str| path.starts_with(*own);
    let own = ["sys/", "cubbyhole/", "identity/", "audit/"];
    let own = own.iter().any(of_server) || (path == "auth/");
    if own && state.flavour.core().mount_names_own {
        return Err(Fault::invalid(format!("cannot mount {}", quoted(path))));
    }
    if auth && kind == "token" {
        return Err(Fault::invalid(
            "token credential backend cannot be instantiated",
        ));
    }
    if let Some(taken) = state.conflict(path) {
        return Err(Fault::invalid(format!(
            "path is already in use at {}",
            short(taken)
        )));
    }
    let backend = Backend::Engine(engine_of(kind, auth, &options)?);
    let mut mount = state.new_mount(ids, path, kind, backend);
    mount.options = Some(options);
    Ok(mount)
}

/// The engine of a mount that is being made.
fn engine_of(kind: &str, auth: bool, options: &Options) -> Result<Box<dyn Engine>, Fault> {
    const OWN: [&str; 8] = [
        "token",
        "system",
        "cubbyhole",
        "identity",
        "ns_token",
        "ns_system",
        "ns_cubbyhole",
        "ns_identity",
    ];
    if !auth && OWN.contains(&kind) {
        return Err(Fault::invalid(format!(
            "mount type of {} is not mountable",
            quoted(kind)
        )));
    }
    let class = if auth { Class::Auth } else { Class::Secret };
    let made = (registry::find(class, kind)?.make)(kind, options)?;
    let version = options.get("version");
    if auth && version.is_some_and(|version| !version.is_empty()) {
        return Err(Fault::invalid(format!(
            "auth method {} does not allow setting a version",
            quoted(kind)
        )));
    }
    Ok(made)
}

/// What of a mount's `config` the real servers read and this one does not.
const UNREAD_CONFIG: &[&str] = &[
    "allowed_managed_keys",
    "delegated_auth_accessors",
    "identity_token_key",
    "plugin_version",
    "trim_request_trailing_slashes",
];

/// Command lines send the zero value of everything.
fn is_zero(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Bool(truth) => !truth,
        Value::String(text) => text.is_empty() || text == "false",
        Value::Array(items) => items.is_empty(),
        _ => false,
    }
}

fn read_config(config: &Map<String, Value>, auth: bool) -> Result<Tuning, Fault> {
    let mut tuning = Tuning::default();
    let seconds = |name: &str, label: &str| -> Result<i64, Fault> {
        let Some(value) = config.get(name) else {
            return Ok(0);
        };
        let text = go_print(value);
        if matches!(text.as_str(), "" | "system") {
            return Ok(0);
        }
        duration::parse_seconds(&text).map_err(|error| {
            Fault::invalid(format!("unable to parse {label} TTL of {text}: {error}"))
        })
    };
    for name in UNREAD_CONFIG {
        if config.get(*name).is_some_and(|value| !is_zero(value)) {
            return Err(Fault::not_simulated(format!(
                "`{name}` in the `config` of a mount is not simulated by authlab: leave it out"
            )));
        }
    }
    if let Some(Value::Object(lockouts)) = config.get("user_lockout_config")
        && !lockouts.is_empty()
    {
        tuning.lockout = Some(lockout(Lockout::default(), lockouts)?);
    }
    tuning.default_ttl = seconds("default_lease_ttl", "default")?;
    tuning.max_ttl = seconds("max_lease_ttl", "max")?;
    if tuning.max_ttl > 0 && tuning.default_ttl > tuning.max_ttl {
        return Err(Fault::invalid(
            "given default lease TTL greater than given max lease TTL",
        ));
    }
    if tuning.max_ttl == 0 && tuning.default_ttl > SYSTEM_TTL {
        return Err(Fault::invalid(format!(
            "given default lease TTL greater than system max lease TTL of {SYSTEM_TTL}"
        )));
    }
    let truth = config.get("force_no_cache");
    // That of an auth method is not taken over (recorded).
    tuning.force_no_cache = !auth && truth.is_some_and(|truth| go_print(truth) == "true");
    for (name, list) in [
        (
            "audit_non_hmac_request_keys",
            &mut tuning.audit_non_hmac_request_keys,
        ),
        (
            "audit_non_hmac_response_keys",
            &mut tuning.audit_non_hmac_response_keys,
        ),
        (
            "passthrough_request_headers",
            &mut tuning.passthrough_request_headers,
        ),
        (
            "allowed_response_headers",
            &mut tuning.allowed_response_headers,
        ),
    ] {
        *list = match config.get(name) {
            Some(Value::Array(items)) => items.iter().map(go_print).collect(),
            Some(Value::String(text)) => text.split(',').map(|one| one.trim().to_owned()).collect(),
            _ => Vec::new(),
        };
    }
    tuning.listing_visibility = visibility(
        &config
            .get("listing_visibility")
            .map(go_print)
            .unwrap_or_default(),
    )?;
    if auth {
        let name = config.get("token_type").map(go_print).unwrap_or_default();
        tuning.token_type = Some(token_type(&name)?);
    }
    Ok(tuning)
}

fn token_type(name: &str) -> Result<TokenType, Fault> {
    match TokenType::named(name) {
        Some(TokenType::Default) if name.is_empty() => Ok(TokenType::DefaultService),
        // The type's own name is not one that a mount is given.
        Some(TokenType::Default) => Err(Fault::invalid("invalid value for 'token_type'")),
        Some(kind) => Ok(kind),
        None => Err(Fault::invalid("invalid value for 'token_type'")),
    }
}

fn visibility(name: &str) -> Result<String, Fault> {
    match name {
        "" | "hidden" | "unauth" => Ok(name.to_owned()),
        other => Err(Fault::invalid(format!(
            "invalid listing_visibility {other}"
        ))),
    }
}

pub(super) fn delete_secret(state: &mut State, call: &Call<'_>, fields: &Fields) -> Outcome {
    let path = whole(&fields.text("path"), false);
    let of_server = |own: &&str| path.starts_with(*own);
    if ["sys/", "cubbyhole/", "identity/", "auth/"]
        .iter()
        .any(of_server)
    {
        return Err(Fault::invalid(format!("cannot unmount {}", quoted(&path))));
    }
    unmount(state, call, &path)
}

pub(super) fn delete_auth(state: &mut State, call: &Call<'_>, fields: &Fields) -> Outcome {
    let path = whole(&fields.text("path"), true);
    if path == "auth/token/" {
        return Err(Fault::invalid(
            "token credential backend cannot be disabled",
        ));
    }
    unmount(state, call, &path)
}

/// What was issued below a mount ends before the mount goes.
fn unmount(state: &mut State, call: &Call<'_>, path: &str) -> Outcome {
    if state.mounts.contains_key(path) {
        revoke_below(state, call, path)?;
    }
    if let Some(mount) = state.mounts.remove(path) {
        state.identity.mounts.remove(&mount.accessor);
    }
    Ok(None)
}

/// Ends what was issued below a mount. (The reference's words for a failure are not known; unverified.)
fn revoke_below(state: &mut State, call: &Call<'_>, path: &str) -> Result<(), Fault> {
    let revoked = state.revoke_below(path, call.now);
    revoked.map_err(|failed| super::leases::not_revoked(*failed))
}

fn tune(state: &mut State, call: &Call<'_>, fields: &Fields, path: &str) -> Outcome {
    let Some(mount) = state.mounts.get_mut(path) else {
        let shown = quoted(path);
        return Err(Fault::invalid(format!(
            "tune of path {shown} failed: no mount entry found"
        )));
    };
    if let Some(version) = fields.given_text("plugin_version") {
        return Err(no_such_version(&mount.kind, &version));
    }
    let words = call.flavour.core().words;
    let seconds = |name: &str, known: i64| -> Result<i64, Fault> {
        match fields.text(name).as_str() {
            "" => Ok(known),
            "system" => Ok(0),
            text => words.duration(text).map_err(Fault::invalid),
        }
    };
    let mut tuning = mount.tuning.clone();
    tuning.default_ttl = seconds("default_lease_ttl", tuning.default_ttl)?;
    tuning.max_ttl = seconds("max_lease_ttl", tuning.max_ttl)?;
    if tuning.max_ttl > 0 && tuning.max_ttl < tuning.default_ttl {
        return Err(Fault::invalid(format!(
            "backend max lease TTL of {} would be less than backend default lease TTL of {}",
            tuning.max_ttl, tuning.default_ttl
        )));
    }
    for (name, list) in [
        (
            "audit_non_hmac_request_keys",
            &mut tuning.audit_non_hmac_request_keys,
        ),
        (
            "audit_non_hmac_response_keys",
            &mut tuning.audit_non_hmac_response_keys,
        ),
        (
            "passthrough_request_headers",
            &mut tuning.passthrough_request_headers,
        ),
        (
            "allowed_response_headers",
            &mut tuning.allowed_response_headers,
        ),
    ] {
        if let Some(given) = fields.given_list(name) {
            *list = given;
        }
    }
    if let Some(name) = fields.given_text("listing_visibility") {
        tuning.listing_visibility = visibility(&name)?;
    }
    if let Some(name) = fields.given_text("token_type") {
        if !mount.is_auth() {
            return Err(Fault::invalid(
                "'token_type' can only be modified on auth mounts",
            ));
        }
        if mount.is_core(Core::Token) {
            return Err(Fault::invalid(
                "'token_type' cannot be set for 'token' or 'ns_token' auth mounts",
            ));
        }
        tuning.token_type = Some(token_type(&name)?);
    }
    // An empty one says nothing, whatever the mount.
    let lockouts = fields.map("user_lockout_config");
    if !lockouts.is_empty() {
        check_lockout_disable(&lockouts)?;
        if !mount
            .engine()
            .is_some_and(|method| method.counts_failures())
        {
            return Err(Fault::invalid(format!(
                "tuning of user lockout configuration for auth type {} not allowed",
                quoted(&mount.kind)
            )));
        }
        tuning.lockout = Some(lockout(tuning.lockout.unwrap_or_default(), &lockouts)?);
    }
    let warning = if fields.has("options") {
        tune_options(mount, call, fields.pairs("options"))?
    } else {
        None
    };
    if let Some(description) = fields.given_text("description") {
        mount.description = description;
    }
    mount.tuning = tuning;
    Ok(warning.map(Response::warning))
}

/// The catalog has no versions but what is built in.
fn no_such_version(kind: &str, version: &str) -> Fault {
    let numbers: Vec<&str> = version.trim_start_matches('v').split('.').collect();
    let sound = numbers.len() <= 3 && numbers.iter().all(|part| part.parse::<u32>().is_ok());
    if !sound {
        return Fault::invalid(format!(
            "version {} is not a valid semantic version: malformed version: {version}",
            quoted(version)
        ));
    }
    let number = |index: usize| numbers.get(index).copied().unwrap_or("0");
    Fault::invalid(format!(
        "plugin not found in the catalog: {kind}, version=v{}.{}.{}",
        number(0),
        number(1),
        number(2)
    ))
}

/// A truth value in words is none here, unlike at the settings beside it (recorded).
fn check_lockout_disable(config: &Map<String, Value>) -> Result<(), Fault> {
    match config.get("lockout_disable") {
        None | Some(Value::Null | Value::Bool(_)) => Ok(()),
        Some(_) => Err(Fault::invalid(
            "unable to convert given user lockout config information",
        )),
    }
}

/// The rule for locking users out, with what a request changes of it.
fn lockout(mut rule: Lockout, config: &Map<String, Value>) -> Result<Lockout, Fault> {
    if let Some(value) = config.get("lockout_threshold") {
        let text = go_print(value);
        rule.threshold = text.parse().map_err(|_| {
            Fault::invalid(format!(
                "unable to parse user lockout threshold: strconv.ParseUint: parsing {}: invalid \
                 syntax",
                quoted(&text)
            ))
        })?;
    }
    for (name, seconds) in [
        ("lockout_duration", &mut rule.duration),
        ("lockout_counter_reset_duration", &mut rule.counter_reset),
    ] {
        if let Some(value) = config.get(name) {
            let text = go_print(value);
            *seconds = duration::parse_seconds(&text).map_err(Fault::invalid)?;
        }
    }
    if let Some(value) = config.get("lockout_disable") {
        let text = go_print(value);
        rule.disabled = parse_bool(&text).ok_or_else(|| {
            Fault::invalid(format!(
                "unable to parse user lockout disable: strconv.ParseBool: parsing {}: invalid \
                 syntax",
                quoted(&text)
            ))
        })?;
    }
    Ok(rule)
}

/// Options may raise a key/value engine to version 2, never lower it.
fn tune_options(
    mount: &mut Mount,
    call: &Call<'_>,
    options: Options,
) -> Result<Option<String>, Fault> {
    let known = mount.options.clone().unwrap_or_default();
    let mut warning = None;
    if let Some(version) = options.get("version") {
        let wanted: i64 = version.parse().map_err(|_| {
            Fault::invalid(format!(
                "unable to parse options: strconv.ParseInt: parsing {}: invalid syntax",
                quoted(version)
            ))
        })?;
        let current: i64 = known
            .get("version")
            .and_then(|text| text.parse().ok())
            .unwrap_or(0);
        if !(0..=2).contains(&wanted) {
            return Err(Fault::invalid(format!(
                "invalid version provided: {wanted}"
            )));
        }
        if wanted < current {
            return Err(Fault::invalid(format!(
                "cannot downgrade mount from version {current}"
            )));
        }
        if wanted == 2 && current < 2 {
            if let Some(next) = mount.engine().and_then(|engine| engine.upgraded(call.now)) {
                mount.backend = Backend::Engine(next);
            }
            let shown = if call.flavour.core().mount_names_own {
                // The reference words it with the version that was (recorded).
                current
            } else {
                2
            };
            warning = Some(format!(
                "Upgrading mount from version {current} to version {shown}. This mount will be \
                 unavailable for a brief period and will resume service shortly."
            ));
        }
    }
    let mut merged = known;
    merged.extend(options);
    mount.options = Some(merged);
    Ok(warning)
}

pub(super) fn remount(state: &mut State, call: &Call<'_>, fields: &Fields) -> Outcome {
    let (from, to) = (fields.text("from"), fields.text("to"));
    if from.is_empty() || to.is_empty() {
        return Err(Fault::invalid(
            "both 'from' and 'to' path must be specified as a string",
        ));
    }
    let slashed = |path: &str| format!("{}/", path.trim_matches('/'));
    let (from, to) = (slashed(&from), slashed(&to));
    let own = ["sys/", "cubbyhole/", "identity/", "auth/token/"];
    let is_own = |path: &str| own.iter().any(|own| path.starts_with(own));
    if is_own(&from) {
        return Err(Fault::invalid(format!("cannot remount {}", quoted(&from))));
    }
    if is_own(&to) || from.starts_with("auth/") != to.starts_with("auth/") {
        return Err(Fault::invalid(format!(
            "cannot remount to destination {to}"
        )));
    }
    if !state.mounts.contains_key(&from) {
        return Err(Fault::invalid(format!(
            "no matching mount at {}",
            quoted(&from)
        )));
    }
    if let Some(taken) = state.conflict(&to) {
        return Err(Fault::invalid(format!(
            "path already in use at {}",
            quoted(taken)
        )));
    }
    revoke_below(state, call, &from)?;
    if let Some(mut mount) = state.mounts.remove(&from) {
        mount.path.clone_from(&to);
        state.add_mount(mount);
    }
    let id = call.draw("migration", &format!("{from}->{to}")).uuid();
    state.moves.insert(id.clone(), (from, to));
    let product = state.flavour.product();
    let mut response = Response::data(json!({"migration_id": id}));
    response.warnings.push(format!(
        "Mount move has been queued. Progress will be reported in {product}'s server log, tagged \
         with the returned migration_id"
    ));
    Ok(Some(response))
}

/// A move is done before it is answered.
pub(super) fn remount_status(state: &mut State, _: &Call<'_>, fields: &Fields) -> Outcome {
    let id = fields.text("migration_id");
    Ok(state.moves.get(&id).map(|(from, to)| {
        Response::data(json!({
            "migration_id": id,
            "migration_info": {"source_mount": from, "target_mount": to, "status": "success"},
        }))
    }))
}

pub(super) fn visible(state: &mut State, call: &Call<'_>, _: &Fields) -> Outcome {
    let (mut secret, mut auth) = (Map::new(), Map::new());
    let acl = call.caller.map(|caller| state.acl_of(caller));
    for mount in state.mounts.values() {
        let shown = match &acl {
            Some(acl) if acl.touches_mount(&mount.path) => mount.to_json(state.flavour),
            Some(_) => continue,
            None if mount.tuning.listing_visibility == "unauth" => json!({
                "description": mount.description,
                "options": mount.options,
                "type": mount.kind,
            }),
            None => continue,
        };
        let list = if mount.is_auth() {
            &mut auth
        } else {
            &mut secret
        };
        list.insert(short(&mount.path).to_owned(), shown);
    }
    Ok(Some(Response::data(
        json!({"auth": auth, "secret": secret}),
    )))
}

pub(super) fn visible_one(state: &mut State, call: &Call<'_>, fields: &Fields) -> Outcome {
    let Some(caller) = call.caller else {
        return Err(Fault::denied("permission denied").because(Reason::TokenMissing));
    };
    let path = format!("{}/", fields.text("path").trim_matches('/'));
    let acl = state.acl_of(caller);
    let refusal = || {
        let words = "preflight capability check returned 403, please ensure client's policies grant access to path";
        Fault::denied(format!("{words} {}", quoted(&path))).because(Reason::PolicyDenied)
    };
    let mount = state.mount_of(&path).ok_or_else(refusal)?;
    if !acl.touches_mount(&mount.path) {
        call.rights.lack(refusal())?;
    }
    let mut shown = mount.to_json(state.flavour);
    shown["path"] = Value::from(mount.path.clone());
    Ok(Some(Response::data(shown)))
}
