//! Permissions beside a key's policy.

use std::collections::BTreeSet;

use authlab_kernel::Timestamp;
use authlab_wire::Value;
use serde::{Deserialize, Serialize};

use super::{page, wire};
use crate::cloud::Cloud;
use crate::kms::error::Error;
use crate::kms::grant::{Constraint, Grant, NewGrant, OF_SYMMETRIC_KEY};
use crate::kms::key::Key;
use crate::kms::state::State;
use crate::operation::{Answer, Call, Reply, read};
use crate::shared::IamState;

/// How many grants a page has when nothing is asked for (API reference, `ListGrants`).
const PAGE_SIZE: usize = 50;

/// Whether each token was given out for a grant that is there. Grants are in force at once here, so
/// that a token adds nothing to one.
pub(super) fn check_tokens(keys: &State, tokens: &[String], call: &Call) -> Result<(), Error> {
    match tokens
        .iter()
        .all(|token| keys.of_token(token, call.now).is_some())
    {
        true => Ok(()),
        false => Err(Error::GrantToken),
    }
}

/// What CreateGrant is told, with unique ids for users and roles.
///
/// # Errors
/// Operations that a symmetric key does not have, principals that do not exist, two constraints.
pub(in crate::kms) fn terms(input: &Value, iam: &IamState) -> Result<NewGrant, Error> {
    let text = |member: &str| input.get(member).and_then(Value::as_text);
    let Some(grantee) = text("GranteePrincipal") else {
        let missing = "kms:CreateGrant without GranteePrincipal";
        return Err(Error::NotImplemented(missing.to_owned()));
    };
    let operations: BTreeSet<String> = input
        .get("Operations")
        .and_then(Value::as_list)
        .unwrap_or_default()
        .iter()
        .filter_map(Value::as_text)
        .map(str::to_owned)
        .collect();
    if operations.is_empty() {
        let problem = "Operations must name at least one operation";
        return Err(Error::Parameter(problem.to_owned()));
    }
    if let Some(other) = operations
        .iter()
        .find(|operation| !OF_SYMMETRIC_KEY.contains(&operation.as_str()))
    {
        return Err(Error::Parameter(format!(
            "Operation {other} is not valid for a key of KeySpec SYMMETRIC_DEFAULT and KeyUsage ENCRYPT_DECRYPT"
        )));
    }
    Ok(NewGrant {
        grantee: principal(grantee, iam)?,
        retirer: text("RetiringPrincipal")
            .map(|retirer| principal(retirer, iam))
            .transpose()?,
        operations,
        constraint: constraint(input)?,
        name: text("Name").map(str::to_owned),
    })
}

fn constraint(input: &Value) -> Result<Option<Constraint>, Error> {
    let Some(constraints) = input.get("Constraints") else {
        return Ok(None);
    };
    let context = |member: &str| {
        let context = super::context(constraints, member);
        (!context.is_empty()).then_some(context)
    };
    match (
        context("EncryptionContextEquals"),
        context("EncryptionContextSubset"),
    ) {
        (Some(_), Some(_)) => {
            let problem =
                "You can specify EncryptionContextEquals or EncryptionContextSubset, but not both";
            Err(Error::Parameter(problem.to_owned()))
        }
        (Some(equals), None) => Ok(Some(Constraint::Equals(equals))),
        (None, Some(subset)) => Ok(Some(Constraint::Subset(subset))),
        // A constraint that would bind nothing is none.
        (None, None) => {
            let problem = "Constraints must hold an encryption context";
            Err(Error::Parameter(problem.to_owned()))
        }
    }
}

/// A principal as a grant keeps it: users and roles by their unique ids, accounts and sessions as
/// they stand.
fn principal(arn: &str, iam: &IamState) -> Result<String, Error> {
    let is_whole = |fields: &[&str]| {
        fields.first() == Some(&"arn")
            && matches!(fields.get(2), Some(&"iam" | &"sts"))
            && fields.get(4).is_some_and(|account| account.len() == 12)
    };
    let fields: Vec<&str> = arn.splitn(6, ':').collect();
    let none = || Error::Grantee(arn.to_owned());
    let rest = fields.get(5).copied().ok_or_else(none)?;
    if !is_whole(&fields) || arn.contains(['*', '?']) {
        return Err(none());
    }
    let is_session = rest.starts_with("assumed-role/") || rest.starts_with("federated-user/");
    if rest == "root" || (fields.get(2) == Some(&"sts") && is_session) {
        return Ok(arn.to_owned());
    }
    let role = iam.role_by_arn(arn).map(|role| role.id.clone());
    role.or_else(|| iam.user_by_arn(arn).map(|user| user.id.clone()))
        .ok_or_else(none)
}

/// The members that [`terms`] reads are named here too, so that others are found.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct CreateInput {
    key_id: String,
    #[serde(rename = "GranteePrincipal")]
    _grantee: String,
    #[serde(default, rename = "RetiringPrincipal")]
    _retirer: Option<String>,
    #[serde(rename = "Operations")]
    _operations: Vec<String>,
    #[serde(default, rename = "Constraints")]
    _constraints: Option<Constraints>,
    #[serde(default, rename = "Name")]
    _name: Option<String>,
    #[serde(default)]
    grant_tokens: Vec<String>,
    #[serde(default)]
    dry_run: Option<bool>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Constraints {
    #[serde(default, rename = "EncryptionContextEquals")]
    _equals: Option<std::collections::BTreeMap<String, String>>,
    #[serde(default, rename = "EncryptionContextSubset")]
    _subset: Option<std::collections::BTreeMap<String, String>>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct CreateOutput {
    grant_id: String,
    grant_token: String,
}

pub(in crate::kms) fn create_grant(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let terms = terms(&input, &cloud.shared.iam).map_err(wire)?;
    let input: CreateInput = read(input)?;
    check_tokens(&cloud.shared.kms, &input.grant_tokens, call).map_err(wire)?;
    let (keys, ctx) = cloud.kms(call);
    if input.dry_run == Some(true) {
        let key = keys
            .find_key(&input.key_id, ctx.scope, ctx.now)
            .map_err(wire)?;
        key.check_usable().map_err(wire)?;
        return Err(wire(Error::DryRun));
    }
    let (grant_id, grant_token) = keys.grant(&input.key_id, terms, &ctx).map_err(wire)?;
    Reply::to(&CreateOutput {
        grant_id,
        grant_token,
    })
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ListInput {
    key_id: String,
    #[serde(default)]
    grant_id: Option<String>,
    #[serde(default)]
    grantee_principal: Option<String>,
    #[serde(default)]
    limit: Option<usize>,
    #[serde(default)]
    marker: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct ConstraintsOutput {
    encryption_context_equals: Option<std::collections::BTreeMap<String, String>>,
    encryption_context_subset: Option<std::collections::BTreeMap<String, String>>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Item {
    key_id: String,
    grant_id: String,
    name: String,
    creation_date: Timestamp,
    grantee_principal: String,
    retiring_principal: Option<String>,
    issuing_account: String,
    operations: Vec<String>,
    constraints: Option<ConstraintsOutput>,
}

impl Item {
    fn of(key: &Key, grant: &Grant, principals: &IamState) -> Self {
        let shown = |principal: &String| {
            let arn = principals.arn_of(principal);
            arn.unwrap_or_else(|| principal.clone())
        };
        let constraints = grant.terms.constraint.clone().map(|it| match it {
            Constraint::Equals(context) => ConstraintsOutput {
                encryption_context_equals: Some(context),
                encryption_context_subset: None,
            },
            Constraint::Subset(context) => ConstraintsOutput {
                encryption_context_equals: None,
                encryption_context_subset: Some(context),
            },
        });
        Self {
            key_id: key.arn.clone(),
            grant_id: grant.id.clone(),
            // AWS sends an empty name for a grant without one (public answers of ListGrants).
            name: grant.terms.name.clone().unwrap_or_default(),
            creation_date: grant.created,
            grantee_principal: shown(&grant.terms.grantee),
            retiring_principal: grant.terms.retirer.as_ref().map(shown),
            issuing_account: grant.issuer.clone(),
            operations: grant.terms.operations.iter().cloned().collect(),
            constraints,
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct ListOutput {
    grants: Vec<Item>,
    next_marker: Option<String>,
    truncated: bool,
}

fn listed(items: Vec<Item>, limit: Option<usize>, marker: Option<String>) -> Answer {
    let size = limit.unwrap_or(PAGE_SIZE);
    let (grants, next_marker) = page(items, size, marker).map_err(wire)?;
    Reply::to(&ListOutput {
        grants,
        truncated: next_marker.is_some(),
        next_marker,
    })
}

pub(in crate::kms) fn list_grants(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let input: ListInput = read(input)?;
    let (keys, ctx) = cloud.kms(call);
    let key = keys
        .find_key(&input.key_id, ctx.scope, ctx.now)
        .map_err(wire)?;
    let items = key
        .grants
        .iter()
        .filter(|grant| input.grant_id.as_ref().is_none_or(|id| grant.id == *id))
        .map(|grant| Item::of(key, grant, ctx.shared))
        .filter(|item| {
            let grantee = input.grantee_principal.as_ref();
            grantee.is_none_or(|grantee| item.grantee_principal == *grantee)
        });
    listed(items.collect(), input.limit, input.marker)
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct RetirableInput {
    #[serde(default)]
    retiring_principal: Option<String>,
    #[serde(default)]
    limit: Option<usize>,
    #[serde(default)]
    marker: Option<String>,
}

/// The grants of all keys that the caller's account may end for this principal (API reference,
/// `ListRetirableGrants`: a principal of the caller's account, keys of any).
pub(in crate::kms) fn list_retirable(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let input: RetirableInput = read(input)?;
    let Some(retirer) = input.retiring_principal else {
        let missing = "kms:ListRetirableGrants without RetiringPrincipal";
        return Err(wire(Error::NotImplemented(missing.to_owned())));
    };
    let account = retirer.split(':').nth(4).unwrap_or_default();
    if account != call.account().as_str() {
        return Err(wire(Error::Grantee(retirer)));
    }
    let (keys, ctx) = cloud.kms(call);
    let items = keys
        .all_grants(ctx.now)
        .filter(|(key, _)| key.scope.region == ctx.scope.region)
        .map(|(key, grant)| Item::of(key, grant, ctx.shared))
        .filter(|item| item.retiring_principal.as_ref() == Some(&retirer));
    listed(items.collect(), input.limit, input.marker)
}

/// The grant that RetireGrant is to end: of a token, or of a key and an id.
///
/// # Errors
/// Neither or both are given; there is none.
pub(in crate::kms) fn retiring<'a>(
    keys: &'a State,
    call: &Call,
    input: &Value,
) -> Result<(&'a Key, &'a Grant), Error> {
    let text = |member: &str| input.get(member).and_then(Value::as_text);
    match (text("GrantToken"), text("KeyId"), text("GrantId")) {
        (Some(token), None, None) => keys.of_token(token, call.now).ok_or(Error::GrantToken),
        (None, Some(key), Some(id)) => {
            let key = keys.find_key(key, &call.scope, call.now)?;
            let grant = key.grants.iter().find(|grant| grant.id == id);
            let grant = grant.ok_or_else(|| Error::NoSuchGrant(id.to_owned()))?;
            Ok((key, grant))
        }
        _ => {
            let problem = "You must specify either a GrantToken or a KeyId and a GrantId";
            Err(Error::Parameter(problem.to_owned()))
        }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", default)]
#[derive(Default)]
struct RetireInput {
    #[serde(rename = "KeyId")]
    _key_id: Option<String>,
    #[serde(rename = "GrantId")]
    _grant_id: Option<String>,
    #[serde(rename = "GrantToken")]
    _grant_token: Option<String>,
    dry_run: Option<bool>,
}

pub(in crate::kms) fn retire_grant(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let (key, grant) = retiring(&cloud.shared.kms, call, &input).map_err(wire)?;
    key.check_kept().map_err(wire)?;
    let (arn, id) = (key.arn.clone(), grant.id.clone());
    let input: RetireInput = read(input)?;
    end(cloud, call, (&arn, &id), input.dry_run)
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct RevokeInput {
    key_id: String,
    grant_id: String,
    #[serde(default)]
    dry_run: Option<bool>,
}

pub(in crate::kms) fn revoke_grant(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let input: RevokeInput = read(input)?;
    let key = cloud
        .shared
        .kms
        .find_key(&input.key_id, &call.scope, call.now)
        .map_err(wire)?;
    key.check_kept().map_err(wire)?;
    if !key.grants.iter().any(|grant| grant.id == input.grant_id) {
        return Err(wire(Error::NoSuchGrant(input.grant_id)));
    }
    end(cloud, call, (&input.key_id, &input.grant_id), input.dry_run)
}

fn end(
    cloud: &mut Cloud,
    call: &Call,
    (key, grant): (&str, &str),
    dry_run: Option<bool>,
) -> Answer {
    if dry_run == Some(true) {
        return Err(wire(Error::DryRun));
    }
    let (keys, ctx) = cloud.kms(call);
    keys.end_grant(key, grant, &ctx).map_err(wire)?;
    Ok(Reply::empty())
}
