//! Trusted services and delegated administrators.

use authlab_wire::Value;
use serde::Deserialize;
use serde_json::json;

use super::{account_output, wire};
use crate::cloud::Cloud;
use crate::operation::{Answer, Call, Nothing, Reply, read};
use crate::organizations::service::check_service;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct OfService {
    service_principal: String,
}

pub(in super::super) fn enable(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let asked: OfService = read(input)?;
    let realm = cloud.shared.organizations.managed_mut(call.account());
    let done = realm
        .map_err(wire)?
        .trust(&asked.service_principal, call.now);
    done.map_err(wire)?;
    Ok(Reply::empty())
}

pub(in super::super) fn disable(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let asked: OfService = read(input)?;
    let realm = cloud.shared.organizations.managed_mut(call.account());
    let done = realm.map_err(wire)?.distrust(&asked.service_principal);
    done.map_err(wire)?;
    Ok(Reply::empty())
}

pub(in super::super) fn list(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let _nothing: Nothing = read(input)?;
    let realm = cloud
        .shared
        .organizations
        .read_by(call.account())
        .map_err(wire)?;
    let services = realm.services.iter();
    let services: Vec<_> = services
        .map(|(principal, since)| json!({"ServicePrincipal": principal, "DateEnabled": since}))
        .collect();
    Reply::to(&json!({"EnabledServicePrincipals": services}))
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Delegation {
    account_id: String,
    service_principal: String,
}

pub(in super::super) fn register(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let asked: Delegation = read(input)?;
    let realm = cloud.shared.organizations.managed_mut(call.account());
    let done = realm
        .map_err(wire)?
        .delegate(&asked.account_id, &asked.service_principal, call.now);
    done.map_err(wire)?;
    Ok(Reply::empty())
}

pub(in super::super) fn deregister(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let asked: Delegation = read(input)?;
    let realm = cloud.shared.organizations.managed_mut(call.account());
    let done = realm
        .map_err(wire)?
        .undelegate(&asked.account_id, &asked.service_principal);
    done.map_err(wire)?;
    Ok(Reply::empty())
}

pub(in super::super) fn list_administrators(
    cloud: &mut Cloud,
    call: &Call,
    input: Value,
) -> Answer {
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Input {
        service_principal: Option<String>,
    }
    let asked: Input = read(input)?;
    let realm = cloud
        .shared
        .organizations
        .read_by(call.account())
        .map_err(wire)?;
    let wanted = asked.service_principal.as_deref();
    if let Some(principal) = wanted {
        check_service(principal).map_err(wire)?;
    }
    let administrators = realm.delegated.iter().filter_map(|(id, services)| {
        let since = match wanted {
            Some(principal) => services.get(principal)?,
            None => services.values().min()?,
        };
        let account = realm.organization.account(id)?;
        let mut output = account_output(&realm.organization, account);
        output["DelegationEnabledDate"] = json!(since);
        Some(output)
    });
    let administrators: Vec<_> = administrators.collect();
    Reply::to(&json!({"DelegatedAdministrators": administrators}))
}

pub(in super::super) fn list_delegated(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Input {
        account_id: String,
    }
    let asked: Input = read(input)?;
    let realm = cloud
        .shared
        .organizations
        .read_by(call.account())
        .map_err(wire)?;
    let services = realm.delegated_services(&asked.account_id).map_err(wire)?;
    let services: Vec<_> = services
        .iter()
        .map(|(principal, since)| {
            json!({"ServicePrincipal": principal, "DelegationEnabledDate": since})
        })
        .collect();
    Reply::to(&json!({"DelegatedServices": services}))
}
