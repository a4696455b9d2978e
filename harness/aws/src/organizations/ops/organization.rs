//! The organization and its root.

use authlab_wire::{Value, WireError};
use serde::Deserialize;
use serde_json::json;

use super::{policy_types, root_output, wire};
use crate::cloud::Cloud;
use crate::operation::{Answer, Call, Nothing, Reply, read};
use crate::organizations::state::Realm;

fn output(realm: &Realm) -> serde_json::Value {
    let organization = &realm.organization;
    let management = organization.account(&organization.management);
    // A field that AWS keeps for old clients: it names the service control policies of every
    // organization (API reference, `Organization`).
    let mut types = policy_types(realm);
    if types.is_empty() {
        types.push(json!({"Type": "SERVICE_CONTROL_POLICY", "Status": "ENABLED"}));
    }
    json!({"Organization": {
        "Id": organization.id,
        "Arn": format!("arn:aws:organizations::{}:organization/{}", organization.management, organization.id),
        "FeatureSet": "ALL",
        "MasterAccountArn": organization.arn("account", organization.management.as_str()),
        "MasterAccountId": organization.management,
        "MasterAccountEmail": management.map(|account| account.email.clone()),
        "AvailablePolicyTypes": types,
    }})
}

pub(in super::super) fn create(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Input {
        feature_set: Option<String>,
    }
    let asked: Input = read(input)?;
    if asked.feature_set.is_some_and(|set| set != "ALL") {
        let what = "organizations:CreateOrganization with consolidated billing only";
        return Err(WireError::not_implemented(what));
    }
    let organizations = &mut cloud.shared.organizations;
    let realm = organizations.create(call.account(), call.now, &call.ids);
    let made = output(realm.map_err(wire)?);
    // An account that left an organization before may have the role.
    let (service, when) = ("organizations.amazonaws.com", (call.now, &call.ids));
    let _role =
        cloud
            .shared
            .iam
            .create_service_linked_role(call.account(), service, (None, None), when);
    Reply::to(&made)
}

pub(in super::super) fn describe(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let _nothing: Nothing = read(input)?;
    let realm = cloud.shared.organizations.of_member(call.account());
    Reply::to(&output(realm.map_err(wire)?))
}

pub(in super::super) fn delete(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let _nothing: Nothing = read(input)?;
    let done = cloud.shared.organizations.dissolve(call.account());
    done.map_err(wire)?;
    Ok(Reply::empty())
}

pub(in super::super) fn list_roots(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let _nothing: Nothing = read(input)?;
    let realm = cloud
        .shared
        .organizations
        .read_by(call.account())
        .map_err(wire)?;
    Reply::to(&json!({"Roots": [root_output(realm)]}))
}
