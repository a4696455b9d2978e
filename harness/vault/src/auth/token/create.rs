//! Making a token for a caller that has one.

use authlab_kernel::Secret;
use serde_json::Map;

use crate::auth::glob_list;
use crate::duration;
use crate::evidence::Reason;
use crate::field::{Fallback, Field, Fields, Kind};
use crate::request::Call;
use crate::response::{Fault, Outcome, Response};
use crate::state::{Issue, State};
use crate::token::role::Role;
use crate::token::{Auth, Entry, LoginAlias, TokenType, Type, sanitized, store};
use crate::ttl::{self, Bounds, Wish};

/// The fields of a creation.
pub(crate) const FIELDS: &[Field] = &[
    Field::new("display_name", Kind::Text),
    Field::new("explicit_max_ttl", Kind::Text),
    Field::new("entity_alias", Kind::Text),
    Field::new("num_uses", Kind::Int),
    Field::new("period", Kind::Text),
    Field::new("renewable", Kind::Bool).or(Fallback::True),
    Field::new("ttl", Kind::Text),
    Field::new("lease", Kind::Text),
    Field::new("type", Kind::Text),
    Field::new("no_default_policy", Kind::Bool),
    Field::new("id", Kind::Text),
    Field::new("meta", Kind::Pairs),
    Field::new("no_parent", Kind::Bool),
    Field::new("policies", Kind::List),
];

/// Where the path names a role.
pub(crate) const ROLE: &[Field] = &[Field::new("role_name", Kind::Text)];

const CUSTOM_ID: &str = "Supplying a custom ID for the token uses the weaker SHA1 hashing instead of \
                         the more secure SHA2-256 HMAC for token obfuscation. SHA1 hashed tokens on \
                         the wire leads to less secure lookups.";

pub(crate) fn plain(state: &mut State, call: &Call<'_>, fields: &Fields) -> Outcome {
    create(state, call, fields, false, None)
}

pub(crate) fn orphan(state: &mut State, call: &Call<'_>, fields: &Fields) -> Outcome {
    create(state, call, fields, true, None)
}

pub(crate) fn with_role(state: &mut State, call: &Call<'_>, fields: &Fields) -> Outcome {
    let name = fields.text("role_name");
    let Some(role) = state.tokens.roles.get(&name).cloned() else {
        return Err(Fault::answer(format!("unknown role {name}")));
    };
    create(state, call, fields, role.orphan, Some(&role))
}

/// What was decided about a new token before it is made.
struct Decided {
    kind: Type,
    policies: Vec<String>,
    orphan: bool,
    life: Life,
    num_uses: i64,
    renewable: bool,
    entity_id: String,
    custom_id: Option<String>,
}

/// A chosen id must not look like one that a server makes.
fn check_custom_id(id: &str) -> Result<(), Fault> {
    let prefixes = ["hvs.", "s."];
    if let Some(prefix) = prefixes.iter().find(|prefix| id.starts_with(*prefix)) {
        return Err(Fault::answer(format!(
            "custom token ID cannot have the '{prefix}' prefix"
        )));
    }
    if id.contains('.') {
        return Err(Fault::answer(
            "custom token ID cannot have a '.' in the value",
        ));
    }
    Ok(())
}

fn create(
    state: &mut State,
    call: &Call<'_>,
    fields: &Fields,
    orphan: bool,
    role: Option<&Role>,
) -> Outcome {
    let Some(parent) = call.caller else {
        return Err(Fault::permission_denied());
    };
    let mut warnings = Vec::new();
    let decided = decide(state, call, fields, orphan, role, &mut warnings)?;
    if let Some(id) = decided
        .custom_id
        .as_deref()
        .filter(|_| decided.kind == Type::Service)
    {
        check_custom_id(id)?;
    }
    let taken = |id: &String| decided.kind == Type::Service && state.tokens.find(id).is_some();
    if decided.custom_id.as_ref().is_some_and(taken) {
        return Err(Fault::answer("cannot create a token with a duplicate ID"));
    }
    let entry = entry_of(call, fields, role, parent, &decided);
    let name = format!(
        "{}/{}/{}",
        call.request.path, parent.accessor, entry.display_name
    );
    let mut internal = Map::new();
    if decided.num_uses > 0 {
        internal.insert("num_uses".to_owned(), decided.num_uses.into());
    }
    let issue = Issue {
        name,
        keep_id: decided.custom_id.is_some(),
        renewable: decided.renewable,
        internal,
        cap: None,
    };
    let entry = state.issue(call, entry, issue);
    for policy in &entry.policies {
        if !state.policies.contains_key(policy) && policy != "root" {
            let policy = duration::quoted(policy);
            warnings.push(format!("Policy {policy} does not exist"));
        }
    }
    let batch = decided.kind == Type::Batch;
    let auth = Auth {
        client_token: Some(entry.id.clone()),
        accessor: entry.accessor.clone(),
        display_name: entry.display_name.clone(),
        policies: entry.policies.clone(),
        identity_policies: state.identity_policies_of(&entry),
        metadata: entry.metadata.clone(),
        ttl: decided.life.ttl,
        renewable: decided.renewable,
        num_uses: decided.num_uses,
        entity_id: entry.entity_id.clone(),
        kind: if batch {
            TokenType::Batch
        } else {
            TokenType::Service
        },
        orphan: decided.orphan,
        ..Auth::default()
    };
    Ok(Some(Response {
        auth: Some(Box::new(auth)),
        warnings,
        ..Response::default()
    }))
}

/// Every rule about what the caller may make, in the reference's order.
fn decide(
    state: &mut State,
    call: &Call<'_>,
    fields: &Fields,
    orphan: bool,
    role: Option<&Role>,
    warnings: &mut Vec<String>,
) -> Result<Decided, Fault> {
    let Some(parent) = call.caller else {
        return Err(Fault::permission_denied());
    };
    if parent.num_uses < 0 {
        // This request was the last that the token had: it is looked for in vain.
        return Err(Fault::invalid(
            "parent token lookup failed: no parent found",
        ));
    }
    if parent.kind == Type::Batch {
        return Err(Fault::answer("batch tokens cannot create more tokens"));
    }
    if parent.num_uses != 0 {
        return Err(Fault::invalid(
            "restricted use token cannot generate child tokens",
        ));
    }
    let sudo = state.acl_of(parent).has_sudo(&call.request.path);
    let kind = kind_of(call, fields, role)?;
    if fields.int("num_uses") < 0 {
        return Err(Fault::invalid("number of uses cannot be negative"));
    }
    let custom_id = fields.given_text("id").filter(|id| !id.is_empty());
    if custom_id.is_some() {
        call.rights.sudo(sudo, "specify token id")?;
        warnings.push(CUSTOM_ID.to_owned());
    }
    let of_alias = entity_of(state, call, fields, role)?;
    let policies = policies_of(call, fields, role, (parent, sudo))?;
    let is_root = policies.iter().any(|policy| policy == "root");
    if is_root && !parent.is_root() {
        call.rights.lack(beyond_parent(
            "root tokens may not be created without parent token being root",
        ))?;
    }
    if is_root && kind == Type::Batch {
        return Err(Fault::answer("batch tokens cannot be root tokens"));
    }
    if fields.bool("no_parent") && role.is_none() {
        call.rights.sudo(sudo, "create orphan token")?;
    }
    let orphan = if role.is_some() {
        orphan
    } else {
        orphan || fields.bool("no_parent")
    };
    let life = life_of(call, fields, role, sudo, is_root, kind, warnings)?;
    if life.ttl == 0 && state.end_of(parent).is_some() {
        return Err(Fault::invalid(
            "expiring root tokens cannot create non-expiring root tokens",
        ));
    }
    let inherited = if orphan {
        String::new()
    } else {
        parent.entity_id.clone()
    };
    let entity_id = of_alias.unwrap_or(inherited);
    let renewable = fields.bool("renewable")
        && role.is_none_or(|role| role.renewable)
        && life.ttl > 0
        && kind == Type::Service;
    let num_uses = uses_of(fields, role);
    Ok(Decided {
        kind,
        policies,
        orphan,
        life,
        num_uses,
        renewable,
        entity_id,
        custom_id,
    })
}

fn entry_of(
    call: &Call<'_>,
    fields: &Fields,
    role: Option<&Role>,
    parent: &Entry,
    decided: &Decided,
) -> Entry {
    let ttl = decided.life.ttl;
    Entry {
        id: Secret::new(decided.custom_id.clone().unwrap_or_default()),
        accessor: String::new(),
        kind: decided.kind,
        parent: (!decided.orphan).then(|| store::digest(parent.id.expose_secret())),
        path: path_of(call, role),
        policies: decided.policies.clone(),
        metadata: fields.pairs("meta"),
        display_name: display_name(&fields.text("display_name")),
        num_uses: match decided.kind {
            Type::Service => decided.num_uses,
            // Nobody counts the uses of a token that is not stored.
            Type::Batch => 0,
        },
        created: call.now,
        creation_ttl: ttl,
        period: decided.life.shown_period,
        explicit_max_ttl: decided.life.explicit_max_ttl,
        role: role.map(|role| role.name.clone()),
        entity_id: decided.entity_id.clone(),
        bound_cidrs: match role {
            Some(role) if ttl > 0 => role.token_bound_cidrs.clone(),
            _ => Vec::new(),
        },
        lease: None,
    }
}

fn path_of(call: &Call<'_>, role: Option<&Role>) -> String {
    match role {
        Some(role) if !role.path_suffix.is_empty() => {
            format!("{}/{}", call.request.path, role.path_suffix)
        }
        _ => call.request.path.clone(),
    }
}

fn display_name(wish: &str) -> String {
    if wish.is_empty() {
        return "token".to_owned();
    }
    let clean: String = wish
        .chars()
        .map(|one| {
            if one.is_ascii_alphanumeric() || one == '-' {
                one
            } else {
                '-'
            }
        })
        .collect();
    let name = format!("token-{clean}");
    name.strip_suffix('-').map_or(name.clone(), str::to_owned)
}

fn uses_of(fields: &Fields, role: Option<&Role>) -> i64 {
    let wish = fields.int("num_uses").max(0);
    match role.map_or(0, |role| role.token_num_uses) {
        0 => wish,
        of_role if wish == 0 => of_role,
        of_role => of_role.min(wish),
    }
}

fn kind_of(call: &Call<'_>, fields: &Fields, role: Option<&Role>) -> Result<Type, Fault> {
    let asked = fields.text("type");
    let kind = match (role.map(|role| role.token_type), asked.as_str()) {
        (Some(TokenType::Service), _) => Type::Service,
        (Some(TokenType::Batch), _) => Type::Batch,
        (_, "service") => Type::Service,
        (_, "batch") | (Some(TokenType::DefaultBatch), "") => Type::Batch,
        (_, "") => Type::Service,
        _ => return Err(Fault::answer("invalid 'token_type' value")),
    };
    if kind == Type::Batch {
        check_batch(call, fields)?;
    }
    Ok(kind)
}

/// What a batch token cannot have. Clients send the zero of every field: that is not to have it.
fn check_batch(call: &Call<'_>, fields: &Fields) -> Result<(), Fault> {
    let words = call.flavour.core().words;
    let seconds = |name: &str| {
        words
            .duration(&fields.text(name))
            .map_err(|_| Fault::answer(format!("'{name}' value could not be parsed")))
    };
    let set = |name: &str| {
        let name = duration::quoted(name);
        Err(Fault::answer(format!(
            "batch tokens cannot have {name} set"
        )))
    };
    if seconds("explicit_max_ttl")? != 0 {
        return set("explicit_max_ttl");
    }
    if fields.int("num_uses") != 0 {
        return set("num_uses");
    }
    if seconds("period")? != 0 {
        return set("period");
    }
    Ok(())
}

fn policies_of(
    call: &Call<'_>,
    fields: &Fields,
    role: Option<&Role>,
    (parent, sudo): (&Entry, bool),
) -> Result<Vec<String>, Fault> {
    let asked = fields.list("policies");
    let without_default = fields.bool("no_default_policy");
    let limiting = role.filter(|role| {
        !role.allowed_policies.is_empty()
            || !role.allowed_policies_glob.is_empty()
            || !role.disallowed_policies.is_empty()
            || !role.disallowed_policies_glob.is_empty()
    });
    let (policies, add_default) = match limiting {
        Some(role) => (
            policies_by_role(
                &asked,
                role,
                parent,
                // Only a role with lists of policies heeds its own wish (recorded).
                without_default || role.token_no_default_policy,
            )?,
            false,
        ),
        None if asked.is_empty() => (parent.policies.clone(), false),
        None if !sudo => {
            let own = sanitized(&parent.policies, false);
            if sanitized(&asked, false)
                .iter()
                .any(|policy| !own.contains(policy))
            {
                let text = "child policies must be subset of parent";
                call.rights.lack(beyond_parent(text))?;
            }
            (asked, own.iter().any(|policy| policy == "default"))
        }
        None => (asked, true),
    };
    let mut policies = sanitized(&policies, add_default && !without_default);
    if without_default {
        policies.retain(|policy| policy != "default");
    }
    if let Some(policy) = policies
        .iter()
        .find(|policy| *policy == "response-wrapping")
    {
        let policy = duration::quoted(policy);
        return Err(Fault::answer(format!("cannot assign policy {policy}")));
    }
    Ok(policies)
}

/// A token would have policies that its maker's has not.
fn beyond_parent(text: &str) -> Fault {
    Fault::invalid(text).because(Reason::PoliciesBeyondParent)
}

fn policies_by_role(
    asked: &[String],
    role: &Role,
    parent: &Entry,
    without_default: bool,
) -> Result<Vec<String>, Fault> {
    let has_allowed = !role.allowed_policies.is_empty() || !role.allowed_policies_glob.is_empty();
    let disallowed = |policy: &str| {
        role.disallowed_policies.iter().any(|one| one == policy)
            || glob_list(&role.disallowed_policies_glob, policy)
    };
    let add_default = !without_default && !disallowed("default");
    let mut policies = if asked.is_empty() {
        Vec::new()
    } else {
        sanitized(asked, add_default)
    };
    if has_allowed {
        let allowed = sanitized(&role.allowed_policies, add_default);
        if policies.is_empty() {
            policies = allowed;
        } else {
            let fits = |policy: &String| {
                allowed.contains(policy) || glob_list(&role.allowed_policies_glob, policy)
            };
            if !policies.iter().all(fits) {
                return Err(Fault::invalid(format!(
                    "token policies ({}) must be subset of the role's allowed policies ({}) or \
                     glob policies ({})",
                    quoted_list(&policies),
                    quoted_list(&allowed),
                    quoted_list(&role.allowed_policies_glob)
                )));
            }
        }
    } else if policies.is_empty() {
        policies = sanitized(&parent.policies, add_default);
    }
    if let Some(policy) = policies.iter().find(|policy| disallowed(policy)) {
        let policy = duration::quoted(policy);
        return Err(Fault::invalid(format!(
            "token policy {policy} is disallowed by this role"
        )));
    }
    Ok(policies)
}

fn quoted_list(items: &[String]) -> String {
    let items: Vec<String> = items.iter().map(|item| duration::quoted(item)).collect();
    format!("[{}]", items.join(" "))
}

/// How long a new token lives.
struct Life {
    ttl: i64,
    /// The period that the call gave: a role's stands in the role.
    shown_period: i64,
    /// The explicit maximum that the call gave.
    explicit_max_ttl: i64,
}

fn life_of(
    call: &Call<'_>,
    fields: &Fields,
    role: Option<&Role>,
    sudo: bool,
    is_root: bool,
    kind: Type,
    warnings: &mut Vec<String>,
) -> Result<Life, Fault> {
    let read = |name: &str, label: &str| {
        let words = call.flavour.core().words;
        let seconds = words.duration(&fields.text(name)).map_err(Fault::invalid)?;
        if seconds < 0 {
            Err(Fault::invalid(format!("{label} must be positive")))
        } else {
            Ok(seconds)
        }
    };
    let explicit_max_ttl = read("explicit_max_ttl", "explicit_max_ttl")?;
    let shown_period = read("period", "period")?;
    if shown_period > 0 {
        call.rights.sudo(sudo, "create periodic token")?;
    }
    let mut wish = read("ttl", "ttl")?;
    if fields.text("ttl").is_empty() {
        wish = read("lease", "lease")?;
    }
    let (mut explicit, mut period) = (explicit_max_ttl, shown_period);
    if let Some(role) = role.filter(|_| kind == Type::Service) {
        explicit = lesser(
            explicit,
            role.token_explicit_max_ttl,
            "Explicit max TTL",
            warnings,
        );
        period = lesser(period, role.token_period, "Period", warnings);
    }
    let mut ttl = wish;
    if period > 0 || wish > 0 || !is_root {
        let bounds = Bounds {
            default_ttl: call.mount.default_ttl,
            max_ttl: call.mount.max_ttl,
        };
        let wish = Wish {
            ttl: wish,
            period,
            explicit_max_ttl: explicit,
            ..Wish::default()
        };
        let (calculated, notes) =
            ttl::calculate(bounds, wish, call.now, call.now).map_err(Fault::error)?;
        warnings.extend(notes);
        ttl = calculated;
    }
    if ttl == 0 && explicit > 0 {
        ttl = explicit;
    }
    Ok(Life {
        ttl,
        shown_period,
        explicit_max_ttl,
    })
}

fn lesser(of_call: i64, of_role: i64, label: &str, warnings: &mut Vec<String>) -> i64 {
    match (of_call, of_role) {
        (call, 0) => call,
        (0, role) => role,
        (call, role) => {
            let lesser = call.min(role);
            warnings.push(format!(
                "{label} specified both during creation call and in role; using the lesser value \
                 of {lesser} seconds"
            ));
            lesser
        }
    }
}

/// The entity of an `entity_alias`, which only a role can allow.
fn entity_of(
    state: &mut State,
    call: &Call<'_>,
    fields: &Fields,
    role: Option<&Role>,
) -> Result<Option<String>, Fault> {
    let alias = fields.text("entity_alias").to_lowercase();
    if alias.is_empty() {
        return Ok(None);
    }
    let Some(role) = role else {
        return Err(Fault::invalid(
            "'entity_alias' is only allowed in combination with token role",
        ));
    };
    let allowed = role.allowed_entity_aliases.as_deref().unwrap_or_default();
    if !allowed.contains(&alias) && !glob_list(allowed, &alias) {
        return Err(Fault::invalid("invalid 'entity_alias' value"));
    }
    let login = LoginAlias {
        name: alias,
        ..LoginAlias::default()
    };
    let entity = state
        .identity
        .of_login(call.ids, call.now, &call.mount.accessor, &login, &[]);
    Ok(Some(entity.id.clone()))
}
