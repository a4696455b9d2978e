//! Roles: which principals may log in as what.

use serde_json::{Map, Value, json};

use super::arn::Principal;
use super::{Aws, account, upstream};
use crate::auth::listed;
use crate::auth::params::Params;
use crate::duration;
use crate::evidence::Reason;
use crate::field::Fields;
use crate::json::{text, texts};
use crate::lease::Lease;
use crate::request::Call;
use crate::response::{Fault, Outcome, Response};
use crate::ttl::Wish;

/// A role.
#[derive(Clone, Debug, Default)]
pub(crate) struct Role {
    pub(crate) role_id: String,
    /// `iam` or `ec2`.
    pub(crate) auth_type: String,
    pub(crate) principal_arns: Vec<String>,
    /// The unique ids of the ARNs above, where they are resolved.
    pub(crate) principal_ids: Vec<String>,
    pub(crate) resolve: bool,
    inferred_entity_type: String,
    inferred_aws_region: String,
    role_tag: String,
    allow_instance_migration: bool,
    disallow_reauthentication: bool,
    /// The bindings of the type `ec2`, kept to be shown.
    instance: InstanceBinding,
    pub(crate) params: Params,
}

#[derive(Clone, Debug, Default)]
struct InstanceBinding {
    ami_id: Vec<String>,
    account_id: Vec<String>,
    region: Vec<String>,
    iam_role_arn: Vec<String>,
    iam_instance_profile_arn: Vec<String>,
    ec2_instance_id: Vec<String>,
    vpc_id: Vec<String>,
    subnet_id: Vec<String>,
}

const OLD: &[&str] = &["policies", "ttl", "max_ttl", "period"];

pub(super) fn exists(method: &Aws, _: &Call<'_>, fields: &Fields) -> bool {
    method.roles.contains_key(&fields.text("role"))
}

pub(super) fn list(method: &mut Aws, call: &Call<'_>, fields: &Fields) -> Outcome {
    let names = method.roles.keys().cloned();
    Ok(Some(listed(call, fields, names)))
}

pub(super) fn delete(method: &mut Aws, _: &Call<'_>, fields: &Fields) -> Outcome {
    method.roles.remove(&fields.text("role"));
    Ok(None)
}

pub(super) fn read(method: &mut Aws, call: &Call<'_>, fields: &Fields) -> Outcome {
    Ok(method.roles.get(&fields.text("role")).map(|role| {
        let instance = &role.instance;
        let shown = json!({
            "allow_instance_migration": role.allow_instance_migration,
            "auth_type": role.auth_type,
            "bound_account_id": instance.account_id,
            "bound_ami_id": instance.ami_id,
            "bound_ec2_instance_id":
                if instance.ec2_instance_id.is_empty() { Value::Null } else { json!(instance.ec2_instance_id) },
            "bound_iam_instance_profile_arn": instance.iam_instance_profile_arn,
            "bound_iam_principal_arn": role.principal_arns,
            "bound_iam_principal_id": role.principal_ids,
            "bound_iam_role_arn": instance.iam_role_arn,
            "bound_region": instance.region,
            "bound_subnet_id": instance.subnet_id,
            "bound_vpc_id": instance.vpc_id,
            "disallow_reauthentication": role.disallow_reauthentication,
            "inferred_aws_region": role.inferred_aws_region,
            "inferred_entity_type": role.inferred_entity_type,
            "resolve_aws_unique_ids": role.resolve,
            "role_id": role.role_id,
            "role_tag": role.role_tag,
        });
        let mut members = shown.as_object().cloned().unwrap_or_else(Map::new);
        role.params.show(call.flavour, &mut members);
        Response::data(Value::Object(members))
    }))
}

pub(super) fn write(method: &mut Aws, call: &Call<'_>, fields: &Fields) -> Outcome {
    let name = fields.text("role");
    let known = method.roles.get(&name).cloned();
    let created = known.is_none();
    let mut role = known.unwrap_or_else(|| Role {
        auth_type: "iam".to_owned(),
        resolve: true,
        ..Role::default()
    });
    bind_instance(&mut role, fields);
    bind_principals(method, call, &mut role, fields, created)?;
    for (field, text) in [
        ("auth_type", &mut role.auth_type),
        ("inferred_entity_type", &mut role.inferred_entity_type),
        ("inferred_aws_region", &mut role.inferred_aws_region),
        ("role_tag", &mut role.role_tag),
    ] {
        if let Some(given) = fields.given_text(field) {
            *text = given;
        }
    }
    if let Some(allow) = fields.given_bool("allow_instance_migration") {
        role.allow_instance_migration = allow;
    }
    if let Some(disallow) = fields.given_bool("disallow_reauthentication") {
        role.disallow_reauthentication = disallow;
    }
    check(&role).map_err(Fault::answer)?;
    refuse_instances(call, &role)?;
    role.params.update(fields, OLD)?;
    if role.params.period > call.mount.max_ttl {
        return Err(Fault::answer(format!(
            "period of {} is greater than the backend's maximum lease TTL of {}",
            duration::quoted(&duration::long(role.params.period)),
            duration::quoted(&duration::long(call.mount.max_ttl))
        )));
    }
    let warning = (role.params.max_ttl > call.mount.max_ttl).then(|| {
        Response::warning(format!(
            "Given max ttl of {} seconds greater than current mount/system default of {} seconds; \
             max ttl will be capped at login time",
            role.params.max_ttl, call.mount.max_ttl
        ))
    });
    if role.role_id.is_empty() {
        role.role_id = call.draw("aws-role-id", &name).uuid();
    }
    method.roles.insert(name, role);
    Ok(warning)
}

fn bind_instance(role: &mut Role, fields: &Fields) {
    let instance = &mut role.instance;
    for (field, list) in [
        ("bound_ami_id", &mut instance.ami_id),
        ("bound_account_id", &mut instance.account_id),
        ("bound_region", &mut instance.region),
        ("bound_iam_role_arn", &mut instance.iam_role_arn),
        (
            "bound_iam_instance_profile_arn",
            &mut instance.iam_instance_profile_arn,
        ),
        ("bound_ec2_instance_id", &mut instance.ec2_instance_id),
        ("bound_vpc_id", &mut instance.vpc_id),
        ("bound_subnet_id", &mut instance.subnet_id),
    ] {
        if let Some(given) = fields.given_list(field) {
            *list = given;
        }
    }
}

fn bind_principals(
    method: &Aws,
    call: &Call<'_>,
    role: &mut Role,
    fields: &Fields,
    created: bool,
) -> Result<(), Fault> {
    let mut resolve_again = false;
    if let Some(resolve) = fields.given_bool("resolve_aws_unique_ids") {
        if !created && role.resolve && !resolve {
            return Err(Fault::answer(
                "changing resolve_aws_unique_ids from true to false is not allowed",
            ));
        }
        resolve_again = !created && !role.resolve && resolve;
        role.resolve = resolve;
    }
    if let Some(arns) = fields.given_list("bound_iam_principal_arn") {
        check_sessions(call, &arns)?;
        role.principal_arns = arns;
        resolve_again = true;
    }
    if !resolve_again {
        return Ok(());
    }
    role.principal_ids.clear();
    if !role.resolve {
        return Ok(());
    }
    for arn in role.principal_arns.iter().filter(|arn| !arn.ends_with('*')) {
        let unresolved = |error: String| {
            let quoted = duration::quoted(arn);
            let account = arn.split(':').nth(4).unwrap_or_default();
            Fault::answer(format!(
                "unable to resolve ARN {quoted} to internal ID: {error}"
            ))
            .because(Reason::AwsPrincipalUnresolved)
            .telling(account::told(method, arn, account, error))
        };
        let principal = Principal::read(arn).map_err(unresolved)?;
        let found = upstream::get_principal(method, call, &principal)?.map_err(unresolved)?;
        role.principal_ids.push(found.unique_id);
    }
    Ok(())
}

/// A session is never what a role binds: the reference resolves users and roles only, and what it
/// compares is the ARN of a session's role. Vault itself is not asked whether it resolves: a bound
/// session that could never log in is refused in the words of one that cannot be resolved.
fn check_sessions(call: &Call<'_>, arns: &[String]) -> Result<(), Fault> {
    let session = |arn: &&String| {
        let resource = arn.split(':').nth(5).unwrap_or_default();
        let sts = arn.split(':').nth(2) == Some("sts");
        sts || resource.starts_with("assumed-role/")
    };
    let found = arns.iter().find(session);
    match found.filter(|_| call.flavour.rules().own_aws_method) {
        Some(arn) => {
            let arn = duration::quoted(arn);
            Err(Fault::answer(format!(
                "unable to resolve ARN {arn} to internal ID: unrecognized error type \
                 \"assumed-role\""
            ))
            .because(Reason::AwsPrincipalKind))
        }
        None => Ok(()),
    }
}

/// Nobody could log in by a role that asks EC2: in Vault's own flavour it is refused by name. The
/// plug-in's roles are kept as recorded, and their logins are refused.
fn refuse_instances(call: &Call<'_>, role: &Role) -> Result<(), Fault> {
    let setting = if role.auth_type == "ec2" {
        "`auth_type` `ec2`"
    } else if !role.inferred_entity_type.is_empty() {
        "`inferred_entity_type`"
    } else {
        return Ok(());
    };
    if !call.flavour.rules().own_aws_method {
        return Ok(());
    }
    Err(Fault::not_simulated(format!(
        "{setting} of a role is not simulated by authlab: there is no EC2 to ask; use the auth type \
         iam without inference"
    )))
}

/// Whether the settings go together.
fn check(role: &Role) -> Result<(), String> {
    let iam = match role.auth_type.as_str() {
        "iam" => true,
        "ec2" => false,
        other => return Err(format!("unrecognized auth_type: {other}")),
    };
    let inferring = !role.inferred_entity_type.is_empty();
    if inferring {
        if !iam {
            return Err("specified inferred_entity_type but didn't allow iam auth_type".to_owned());
        }
        if role.inferred_entity_type != "ec2_instance" {
            let kind = &role.inferred_entity_type;
            return Err(format!("specified invalid inferred_entity_type: {kind}"));
        }
        if role.inferred_aws_region.is_empty() {
            return Err("specified inferred_entity_type but not inferred_aws_region".to_owned());
        }
    } else if !role.inferred_aws_region.is_empty() {
        return Err("specified inferred_aws_region but not inferred_entity_type".to_owned());
    }
    let instance = &role.instance;
    if !instance.region.is_empty() && iam {
        return Err("specified bound_region but not specifying ec2 auth_type".to_owned());
    }
    let mut bindings = instance.region.len();
    for (field, list) in [
        ("bound_account_id", &instance.account_id),
        ("bound_ami_id", &instance.ami_id),
        (
            "bound_iam_instance_profile_arn",
            &instance.iam_instance_profile_arn,
        ),
        ("bound_iam_role_arn", &instance.iam_role_arn),
        ("bound_vpc_id", &instance.vpc_id),
        ("bound_subnet_id", &instance.subnet_id),
        ("bound_ec2_instance_id", &instance.ec2_instance_id),
    ] {
        if !list.is_empty() && iam && !inferring {
            return Err(format!(
                "specified {field} but not specifying ec2 auth_type or inferring ec2_instance"
            ));
        }
        bindings += list.len();
    }
    if !role.principal_arns.is_empty() && !iam {
        return Err(
            "specified bound_iam_principal_arn but not specifying iam auth_type".to_owned(),
        );
    }
    if bindings + role.principal_arns.len() == 0 {
        return Err("at least one bound parameter should be specified on the role".to_owned());
    }
    let only_instances = [
        (
            !role.role_tag.is_empty(),
            "tried to enable role_tag when not using ec2 auth method",
        ),
        (
            role.disallow_reauthentication,
            "specified disallow_reauthentication when not using ec2 auth type",
        ),
        (
            role.allow_instance_migration,
            "specified allow_instance_migration when not using ec2 auth type",
        ),
    ];
    match only_instances.into_iter().find(|(set, _)| *set && iam) {
        Some((_, complaint)) => Err(complaint.to_owned()),
        None => Ok(()),
    }
}

impl Role {
    /// The role as its endpoint shows it, as far as it decides about principals. What is missing is not
    /// set.
    pub(crate) fn of_shown(data: &Value) -> Self {
        Self {
            auth_type: text(data.get("auth_type")).unwrap_or_default(),
            principal_arns: texts(data.get("bound_iam_principal_arn")).unwrap_or_default(),
            principal_ids: texts(data.get("bound_iam_principal_id")).unwrap_or_default(),
            resolve: data.get("resolve_aws_unique_ids").and_then(Value::as_bool) == Some(true),
            ..Self::default()
        }
    }

    /// Whether some binding can only be decided by the full ARN.
    pub(super) fn has_wildcard(&self) -> bool {
        self.principal_arns.iter().any(|arn| arn.ends_with('*'))
    }

    /// Whether the role binds this principal. The full ARN is given where wildcards are bound.
    pub(super) fn binds(&self, unique_id: &str, canonical: &str, full_arn: Option<&str>) -> bool {
        let by_id = self.resolve && self.principal_ids.iter().any(|id| id == unique_id);
        let by_arn = !self.resolve && self.principal_arns.iter().any(|arn| arn == canonical);
        let by_glob = full_arn.is_some_and(|full| {
            self.principal_arns
                .iter()
                .any(|arn| arn.ends_with('*') && crate::policy::glob::glob_fits(arn, full))
        });
        by_id || by_arn || by_glob
    }
}

impl Aws {
    /// What a renewal may give.
    ///
    /// # Errors
    /// The role is gone, or does not bind the principal any more.
    pub(crate) fn renew(&self, lease: &Lease) -> Result<Option<Wish>, String> {
        let text = |name: &str| {
            let value = lease
                .internal()
                .and_then(|internal| internal.get(name))
                .and_then(Value::as_str);
            value.unwrap_or_default().to_owned()
        };
        let name = text("role");
        let Some(role) = self.roles.get(&name) else {
            return Err("role entry not found".to_owned());
        };
        let (unique_id, canonical) = (text("client_user_id"), text("canonical_arn"));
        let full_arn = self.full_arns.get(&unique_id).map(String::as_str);
        if role.auth_type != "iam" || !role.binds(&unique_id, &canonical, full_arn) {
            return Err(format!(
                "role {} no longer bound to ARN {}",
                duration::quoted(&name),
                duration::quoted(&canonical)
            ));
        }
        Ok(Some(role.params.wish()))
    }
}
