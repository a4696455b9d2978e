//! Base path mappings.

use authlab_wire::Value;
use serde::Deserialize;

use super::part::{BesideAccount, name};
use super::{PageInput, page, wire};
use crate::apigateway::account::{Account, BasePathMapping, DomainName};
use crate::apigateway::patch::{self, Patch, table};
use crate::cloud::Cloud;
use crate::operation::part::{At, Part, Whole, changed};
use crate::operation::{Answer, Call, Reply, read_both};

pub(in crate::apigateway) fn create(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let (at, mapping): (At<DomainName>, BasePathMapping) = read_both(input)?;
    let edit = |account: &mut Account, beside: &BesideAccount<'_>| {
        account.put_mapping(name(at.part(), 0), None, mapping, beside.apis)
    };
    let (made, effects) = Account::change(cloud, call, at.whole(), edit)?;
    changed(&made, effects)
}

/// Which mapping of a domain name.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct PathInput {
    base_path: String,
}

pub(in crate::apigateway) fn get(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let (at, input): (At<DomainName>, PathInput) = read_both(input)?;
    let account = Account::find(cloud, call, at.whole())?;
    let found = account.mapping(name(at.part(), 0), &input.base_path);
    Reply::to(found.map_err(wire)?)
}

pub(in crate::apigateway) fn list(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let (at, asked): (At<DomainName>, PageInput) = read_both(input)?;
    let account = Account::find(cloud, call, at.whole())?;
    let domain = DomainName::find(account, at.part()).map_err(wire)?;
    page(asked, account.mappings_of(&domain.domain_name))
}

/// What UpdateBasePathMapping gives.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct UpdateInput {
    base_path: String,
    #[serde(default)]
    patch_operations: Vec<patch::Operation>,
}

pub(in crate::apigateway) fn update(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let (at, input): (At<DomainName>, UpdateInput) = read_both(input)?;
    let patch = Patch {
        patch_operations: input.patch_operations,
    };
    let edit = |account: &mut Account, beside: &BesideAccount<'_>| {
        let domain = name(at.part(), 0);
        let before = account.mapping(domain, &input.base_path)?;
        let patched = patch::applied(&table::BASE_PATH_MAPPING, before, &patch)?;
        account.put_mapping(domain, Some(&input.base_path), patched, beside.apis)
    };
    let (kept, effects) = Account::change(cloud, call, at.whole(), edit)?;
    changed(&kept, effects)
}

pub(in crate::apigateway) fn delete(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let (at, input): (At<DomainName>, PathInput) = read_both(input)?;
    let edit = |account: &mut Account, _: &BesideAccount<'_>| {
        account.remove_mapping(name(at.part(), 0), &input.base_path)
    };
    let ((), effects) = Account::change(cloud, call, at.whole(), edit)?;
    Ok(Reply {
        effects,
        ..Reply::empty()
    })
}
