//! Accounts.

use authlab_kernel::AccountId;
use authlab_wire::{Value, WireError};
use serde::Deserialize;
use serde_json::json;

use super::{account_output, tags, wire};
use crate::cloud::Cloud;
use crate::operation::{Answer, Call, Nothing, Reply, Tag, member_not_implemented, read};
use crate::organizations::account::AccountRequest;
use crate::organizations::error::Error;

/// The role by which the management account comes in, unless it is told another (Organizations user
/// guide, `orgs_manage_accounts_access.html`).
const ACCESS_ROLE: &str = "OrganizationAccountAccessRole";

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct OfAccount {
    account_id: String,
}

fn request_output(request: &AccountRequest) -> serde_json::Value {
    let mut output = json!({
        "Id": request.id,
        "AccountName": request.name,
        "State": request.state(),
        "RequestedTimestamp": request.at,
        "CompletedTimestamp": request.at,
    });
    match &request.outcome {
        Ok(account) => output["AccountId"] = json!(account),
        Err(reason) => output["FailureReason"] = json!(reason),
    }
    output
}

pub(in super::super) fn create(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Input {
        account_name: String,
        email: String,
        role_name: Option<String>,
        iam_user_access_to_billing: Option<String>,
        #[serde(default)]
        tags: Vec<Tag>,
    }
    let asked: Input = read(input)?;
    // ALLOW is what is meant where nothing is said; there are no bills here.
    if asked
        .iam_user_access_to_billing
        .is_some_and(|it| it != "ALLOW")
    {
        return Err(member_not_implemented("IamUserAccessToBilling"));
    }
    let tags = tags(asked.tags)?;
    let names = (asked.account_name.as_str(), asked.email.as_str());
    let when = (call.now, &call.ids);
    let request = cloud
        .shared
        .organizations
        .create_account(call.account(), names, tags, when)
        .map_err(wire)?;
    if let Ok(account) = &request.outcome {
        let role = asked.role_name.as_deref().unwrap_or(ACCESS_ROLE);
        cloud
            .shared
            .iam
            .create_access_role((account, call.account()), role, call.now, &call.ids)
            .map_err(|error| WireError::new(500, "ServiceException", error.to_string()))?;
    }
    Reply::to(&json!({"CreateAccountStatus": request_output(&request)}))
}

pub(in super::super) fn describe_request(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Input {
        create_account_request_id: String,
    }
    let asked: Input = read(input)?;
    let realm = cloud
        .shared
        .organizations
        .read_by(call.account())
        .map_err(wire)?;
    let request = realm.request(&asked.create_account_request_id);
    Reply::to(&json!({"CreateAccountStatus": request_output(request.map_err(wire)?)}))
}

pub(in super::super) fn list_requests(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Input {
        #[serde(default)]
        states: Vec<String>,
    }
    let asked: Input = read(input)?;
    let realm = cloud
        .shared
        .organizations
        .read_by(call.account())
        .map_err(wire)?;
    let requests = realm.requests.iter().filter(|request| {
        asked.states.is_empty() || asked.states.iter().any(|state| state == request.state())
    });
    let requests: Vec<_> = requests.map(request_output).collect();
    Reply::to(&json!({"CreateAccountStatuses": requests}))
}

pub(in super::super) fn describe(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let asked: OfAccount = read(input)?;
    let realm = cloud
        .shared
        .organizations
        .read_by(call.account())
        .map_err(wire)?;
    let missing = || wire(Error::NoAccount(asked.account_id.clone()));
    let id: AccountId = asked.account_id.parse().map_err(|_| missing())?;
    let account = realm.organization.account(&id).ok_or_else(missing)?;
    Reply::to(&json!({"Account": account_output(&realm.organization, account)}))
}

pub(in super::super) fn list(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let _nothing: Nothing = read(input)?;
    let realm = cloud
        .shared
        .organizations
        .read_by(call.account())
        .map_err(wire)?;
    let organization = &realm.organization;
    let accounts: Vec<_> = organization
        .accounts
        .iter()
        .map(|account| account_output(organization, account))
        .collect();
    Reply::to(&json!({"Accounts": accounts}))
}

pub(in super::super) fn move_to(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Input {
        account_id: String,
        source_parent_id: String,
        destination_parent_id: String,
    }
    let asked: Input = read(input)?;
    let realm = cloud.shared.organizations.managed_mut(call.account());
    let (from, to) = (&asked.source_parent_id, &asked.destination_parent_id);
    let moved = realm
        .map_err(wire)?
        .move_account(&asked.account_id, from, to);
    moved.map_err(wire)?;
    Ok(Reply::empty())
}

pub(in super::super) fn remove(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let asked: OfAccount = read(input)?;
    let realm = cloud.shared.organizations.managed_mut(call.account());
    let removed = realm.map_err(wire)?.remove_account(&asked.account_id);
    removed.map_err(wire)?;
    Ok(Reply::empty())
}

/// The caller's account leaves by itself.
pub(in super::super) fn leave(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let _nothing: Nothing = read(input)?;
    let realm = cloud.shared.organizations.of_member_mut(call.account());
    let left = realm.map_err(wire)?.remove_account(call.account().as_str());
    left.map_err(wire)?;
    Ok(Reply::empty())
}
