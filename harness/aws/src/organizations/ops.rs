//! Describe and list; the one mapping from errors to codes.

use authlab_kernel::AccountId;
use authlab_wire::{Rule, ValidationFailure, Value, WireError};
use serde::Deserialize;
use serde_json::json;

use super::error::Error;
use super::state::{Account, Organization, Unit};
use crate::cloud::Cloud;
use crate::front::answer::with_evidence;
use crate::operation::{Answer, Call, Nothing, Reply, read};

/// Codes as the model states them; all are 400.
pub(super) fn wire(error: Error) -> WireError {
    let code = match &error {
        Error::NotInOrganization => "AWSOrganizationsNotInUseException",
        Error::NotManagement => "AccessDeniedException",
        Error::NoAccount(_) => "AccountNotFoundException",
        Error::NoUnit(_) => "OrganizationalUnitNotFoundException",
        Error::NoParent(_) => "ParentNotFoundException",
        Error::NoChild(_) => "ChildNotFoundException",
        Error::NoRoot(_) => "RootNotFoundException",
        Error::NoTarget(_) => "TargetNotFoundException",
        Error::NoPolicy(_) => "PolicyNotFoundException",
        Error::DuplicateName(_) => "DuplicatePolicyException",
        Error::DuplicateAttachment => "DuplicatePolicyAttachmentException",
        Error::NotAttached => "PolicyNotAttachedException",
        Error::InUse => "PolicyInUseException",
        Error::AwsManaged => "InvalidInputException",
        Error::CannotDetach(_) | Error::TooManyAttached(_) => "ConstraintViolationException",
        Error::TypeNotEnabled => "PolicyTypeNotEnabledException",
        Error::TypeEnabled => "PolicyTypeAlreadyEnabledException",
        Error::TypeNotSimulated(_) => return WireError::not_implemented(&error.to_string()),
        Error::Document(_) => "MalformedPolicyDocumentException",
    };
    let answer = WireError::new(400, code, error.to_string());
    match &error {
        Error::Document(fault) => with_evidence(answer, fault.to_string()),
        _ => answer,
    }
}

/// Whatever breaks the model is told in one sentence, with the reason as a member (M: moto, and the
/// model's documentation of `InvalidInputExceptionReason`).
pub(super) fn in_other_words(_: &str, failure: &ValidationFailure) -> Option<WireError> {
    let reason = match failure.violations.first()?.rule {
        Rule::Required => "INPUT_REQUIRED",
        Rule::Max => "MAX_LENGTH_EXCEEDED",
        Rule::Min => "MIN_LENGTH_EXCEEDED",
        Rule::Pattern => "INVALID_PATTERN",
        Rule::Enum => "INVALID_ENUM",
        Rule::Elements => "INVALID_LIST_MEMBER",
    };
    let error = WireError::new(
        400,
        "InvalidInputException",
        "You specified an invalid value.",
    );
    Some(error.with_field("Reason", reason))
}

fn arn(organization: &Organization, kind: &str, id: &str) -> String {
    format!(
        "arn:aws:organizations::{}:{kind}/{}/{id}",
        organization.management, organization.id
    )
}

fn account_output(organization: &Organization, account: &Account) -> serde_json::Value {
    json!({
        "Id": account.id,
        "Arn": arn(organization, "account", account.id.as_str()),
        "Email": account.email,
        "Name": account.name,
        "Status": "ACTIVE",
        "State": "ACTIVE",
        "JoinedMethod": "CREATED",
        "JoinedTimestamp": account.joined,
    })
}

fn unit_output(organization: &Organization, unit: &Unit) -> serde_json::Value {
    json!({"Id": unit.id, "Arn": arn(organization, "ou", &unit.id), "Name": unit.name})
}

fn policy_types(cloud: &Cloud) -> serde_json::Value {
    let types = cloud.organizations.enabled.iter();
    types
        .map(|kind| json!({"Type": kind.as_str(), "Status": "ENABLED"}))
        .collect()
}

/// The organization, for a caller who belongs to it. Its lists are short and answered whole.
fn member(cloud: &Cloud, call: &Call) -> Result<Organization, WireError> {
    cloud
        .organizations
        .of_member(call.account())
        .cloned()
        .map_err(wire)
}

pub(super) fn describe_organization(cloud: &mut Cloud, call: &Call, _input: Value) -> Answer {
    let organization = member(cloud, call)?;
    let management = cloud.organizations.account(&organization.management);
    Reply::to(&json!({"Organization": {
        "Id": organization.id,
        "Arn": format!("arn:aws:organizations::{}:organization/{}", organization.management, organization.id),
        "FeatureSet": "ALL",
        "MasterAccountArn": arn(&organization, "account", organization.management.as_str()),
        "MasterAccountId": organization.management,
        "MasterAccountEmail": management.map(|account| account.email.clone()),
        "AvailablePolicyTypes": [{"Type": "SERVICE_CONTROL_POLICY", "Status": "ENABLED"}],
    }}))
}

pub(super) fn describe_account(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Input {
        account_id: String,
    }
    let asked: Input = read(input)?;
    let organization = member(cloud, call)?;
    let missing = || wire(Error::NoAccount(asked.account_id.clone()));
    let id: AccountId = asked.account_id.parse().map_err(|_| missing())?;
    let account = cloud.organizations.account(&id).ok_or_else(missing)?;
    Reply::to(&json!({"Account": account_output(&organization, account)}))
}

pub(super) fn describe_organizational_unit(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Input {
        organizational_unit_id: String,
    }
    let asked: Input = read(input)?;
    let organization = member(cloud, call)?;
    let unit = organization
        .units
        .iter()
        .find(|unit| unit.id == asked.organizational_unit_id);
    let unit = unit.ok_or_else(|| wire(Error::NoUnit(asked.organizational_unit_id.clone())))?;
    Reply::to(&json!({"OrganizationalUnit": unit_output(&organization, unit)}))
}

pub(super) fn list_accounts(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let _nothing: Nothing = read(input)?;
    let organization = member(cloud, call)?;
    let accounts: Vec<_> = organization
        .accounts
        .iter()
        .map(|account| account_output(&organization, account))
        .collect();
    Reply::to(&json!({"Accounts": accounts}))
}

pub(super) fn list_roots(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let _nothing: Nothing = read(input)?;
    let organization = member(cloud, call)?;
    Reply::to(&json!({"Roots": [{
        "Id": organization.root,
        "Arn": arn(&organization, "root", &organization.root),
        "Name": "Root",
        "PolicyTypes": policy_types(cloud),
    }]}))
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct OfParent {
    parent_id: String,
    child_type: Option<String>,
}

/// The organization, and a parent in it that exists.
fn parent(cloud: &Cloud, call: &Call, input: Value) -> Result<(Organization, OfParent), WireError> {
    let asked: OfParent = read(input)?;
    let organization = member(cloud, call)?;
    if !cloud.organizations.is_parent(&asked.parent_id) {
        return Err(wire(Error::NoParent(asked.parent_id)));
    }
    Ok((organization, asked))
}

pub(super) fn list_organizational_units_for_parent(
    cloud: &mut Cloud,
    call: &Call,
    input: Value,
) -> Answer {
    let (organization, asked) = parent(cloud, call, input)?;
    let units = organization
        .units
        .iter()
        .filter(|unit| unit.parent == asked.parent_id);
    let units: Vec<_> = units.map(|unit| unit_output(&organization, unit)).collect();
    Reply::to(&json!({"OrganizationalUnits": units}))
}

pub(super) fn list_accounts_for_parent(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let (organization, asked) = parent(cloud, call, input)?;
    let accounts = organization
        .accounts
        .iter()
        .filter(|account| account.parent == asked.parent_id);
    let accounts: Vec<_> = accounts
        .map(|account| account_output(&organization, account))
        .collect();
    Reply::to(&json!({"Accounts": accounts}))
}

pub(super) fn list_children(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let (organization, asked) = parent(cloud, call, input)?;
    let ids: Vec<String> = match asked.child_type.as_deref() {
        Some("ACCOUNT") => {
            let accounts = organization.accounts.iter();
            accounts
                .filter(|account| account.parent == asked.parent_id)
                .map(|account| account.id.to_string())
                .collect()
        }
        _ => {
            let units = organization.units.iter();
            units
                .filter(|unit| unit.parent == asked.parent_id)
                .map(|unit| unit.id.clone())
                .collect()
        }
    };
    let children: Vec<_> = ids
        .iter()
        .map(|id| json!({"Id": id, "Type": asked.child_type}))
        .collect();
    Reply::to(&json!({"Children": children}))
}

pub(super) fn list_parents(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Input {
        child_id: String,
    }
    let asked: Input = read(input)?;
    let organization = member(cloud, call)?;
    let of_unit = organization
        .units
        .iter()
        .find(|unit| unit.id == asked.child_id)
        .map(|unit| &unit.parent);
    let of_account = || {
        let accounts = organization.accounts.iter();
        accounts
            .clone()
            .find(|account| account.id.as_str() == asked.child_id)
            .map(|account| &account.parent)
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
