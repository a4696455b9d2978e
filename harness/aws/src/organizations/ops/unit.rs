//! Organizational units, and what is in them.

use authlab_wire::{Value, WireError};
use serde::Deserialize;
use serde_json::json;

use super::{account_output, tags, unit_output, wire};
use crate::cloud::Cloud;
use crate::operation::{Answer, Call, Reply, Tag, read};
use crate::organizations::error::Error;
use crate::organizations::organization::{Account, Organization, Unit};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct OfUnit {
    organizational_unit_id: String,
}

pub(in super::super) fn create(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Input {
        parent_id: String,
        name: String,
        #[serde(default)]
        tags: Vec<Tag>,
    }
    let asked: Input = read(input)?;
    let tags = tags(asked.tags)?;
    let realm = cloud.shared.organizations.managed_mut(call.account());
    let realm = realm.map_err(wire)?;
    let unit = realm.create_unit(&asked.parent_id, &asked.name, tags, &call.ids);
    let unit = unit.map_err(wire)?;
    Reply::to(&json!({"OrganizationalUnit": unit_output(&realm.organization, &unit)}))
}

pub(in super::super) fn describe(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let asked: OfUnit = read(input)?;
    let realm = cloud
        .shared
        .organizations
        .read_by(call.account())
        .map_err(wire)?;
    let unit = realm.organization.unit(&asked.organizational_unit_id);
    let unit = unit.ok_or_else(|| wire(Error::NoUnit(asked.organizational_unit_id.clone())))?;
    Reply::to(&json!({"OrganizationalUnit": unit_output(&realm.organization, unit)}))
}

pub(in super::super) fn update(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Input {
        organizational_unit_id: String,
        name: Option<String>,
    }
    let asked: Input = read(input)?;
    let realm = cloud.shared.organizations.managed_mut(call.account());
    let realm = realm.map_err(wire)?;
    let unit = realm.rename_unit(&asked.organizational_unit_id, asked.name.as_deref());
    let unit = unit.map_err(wire)?;
    Reply::to(&json!({"OrganizationalUnit": unit_output(&realm.organization, &unit)}))
}

pub(in super::super) fn delete(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let asked: OfUnit = read(input)?;
    let realm = cloud.shared.organizations.managed_mut(call.account());
    let realm = realm.map_err(wire)?;
    let done = realm.delete_unit(&asked.organizational_unit_id);
    done.map_err(wire)?;
    Ok(Reply::empty())
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct OfParent {
    parent_id: String,
    child_type: Option<String>,
}

/// The organization, and a parent in it that exists.
fn parent<'a>(
    cloud: &'a Cloud,
    call: &Call,
    input: Value,
) -> Result<(&'a Organization, OfParent), WireError> {
    let asked: OfParent = read(input)?;
    let realm = cloud
        .shared
        .organizations
        .read_by(call.account())
        .map_err(wire)?;
    if !realm.organization.is_parent(&asked.parent_id) {
        return Err(wire(Error::NoParent(asked.parent_id)));
    }
    Ok((&realm.organization, asked))
}

fn units_in<'a>(organization: &'a Organization, id: &'a str) -> impl Iterator<Item = &'a Unit> {
    let units = organization.units.iter();
    units.filter(move |unit| unit.parent == id)
}

fn accounts_in<'a>(
    organization: &'a Organization,
    id: &'a str,
) -> impl Iterator<Item = &'a Account> {
    let accounts = organization.accounts.iter();
    accounts.filter(move |account| account.parent == id)
}

pub(in super::super) fn list(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let (organization, asked) = parent(cloud, call, input)?;
    let units = units_in(organization, &asked.parent_id);
    let units: Vec<_> = units.map(|unit| unit_output(organization, unit)).collect();
    Reply::to(&json!({"OrganizationalUnits": units}))
}

pub(in super::super) fn list_accounts(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let (organization, asked) = parent(cloud, call, input)?;
    let accounts = accounts_in(organization, &asked.parent_id);
    let accounts: Vec<_> = accounts
        .map(|account| account_output(organization, account))
        .collect();
    Reply::to(&json!({"Accounts": accounts}))
}

pub(in super::super) fn list_children(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let (organization, asked) = parent(cloud, call, input)?;
    let ids: Vec<String> = match asked.child_type.as_deref() {
        Some("ACCOUNT") => accounts_in(organization, &asked.parent_id)
            .map(|account| account.id.to_string())
            .collect(),
        _ => units_in(organization, &asked.parent_id)
            .map(|unit| unit.id.clone())
            .collect(),
    };
    let children: Vec<_> = ids
        .iter()
        .map(|id| json!({"Id": id, "Type": asked.child_type}))
        .collect();
    Reply::to(&json!({"Children": children}))
}

pub(in super::super) fn list_parents(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Input {
        child_id: String,
    }
    let asked: Input = read(input)?;
    let realm = cloud
        .shared
        .organizations
        .read_by(call.account())
        .map_err(wire)?;
    let organization = &realm.organization;
    let of_unit = organization.unit(&asked.child_id).map(|unit| &unit.parent);
    let of_account = || {
        let mut accounts = organization.accounts.iter();
        let found = accounts.find(|account| account.id.as_str() == asked.child_id);
        found.map(|account| &account.parent)
    };
    let parent = of_unit
        .or_else(of_account)
        .ok_or_else(|| wire(Error::NoChild(asked.child_id.clone())))?;
    let kind = if *parent == organization.root {
        "ROOT"
    } else {
        "ORGANIZATIONAL_UNIT"
    };
    Reply::to(&json!({"Parents": [{"Id": parent, "Type": kind}]}))
}
