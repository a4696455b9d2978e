//! Decode, call, encode; the one mapping from errors to codes.
//!
//! - [`organization`]: the organization and its root.
//! - [`unit`]: organizational units, and what is in them.
//! - `account`: accounts.
//! - `organization`: the organization and its root.
//! - `policy`: policies and their types.
//! - `service`: trusted services and delegated administrators.
//! - `tag`: tags.
//! - `unit`: organizational units, and what is in them.

pub(super) mod account;
pub(super) mod organization;
pub(super) mod policy;
pub(super) mod service;
pub(super) mod tag;
pub(super) mod unit;

use authlab_wire::{Rule, ValidationFailure, WireError};
use serde_json::json;

use super::error::Error;
use super::fault;
use super::organization::{Account, Organization, Unit};
use super::state::Realm;
use crate::operation::tag::distinct;
use crate::operation::{Tag, Tags};

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
        Error::NoSourceParent(_) => "SourceParentNotFoundException",
        Error::NoDestinationParent(_) => "DestinationParentNotFoundException",
        Error::NoRequest(_) => "CreateAccountStatusNotFoundException",
        Error::InOrganization => "AlreadyInOrganizationException",
        Error::NotEmpty => "OrganizationNotEmptyException",
        Error::DuplicateName(_) => "DuplicatePolicyException",
        Error::DuplicateAttachment => "DuplicatePolicyAttachmentException",
        Error::DuplicateUnit => "DuplicateOrganizationalUnitException",
        Error::DuplicateAccount => "DuplicateAccountException",
        Error::UnitNotEmpty => "OrganizationalUnitNotEmptyException",
        Error::ManagementLeaves => "MasterCannotLeaveOrganizationException",
        Error::NotAttached => "PolicyNotAttachedException",
        Error::InUse => "PolicyInUseException",
        Error::AwsManaged | Error::NoService(_) | Error::DuplicateTags => "InvalidInputException",
        Error::CannotDetach(_)
        | Error::TooManyAttached(_)
        | Error::UnitTooDeep
        | Error::DelegatedLeaves
        | Error::ManagementDelegated
        | Error::TooManyTags => "ConstraintViolationException",
        Error::DelegatedTwice => "AccountAlreadyRegisteredException",
        Error::NotDelegated => "AccountNotRegisteredException",
        Error::TypeNotEnabled => "PolicyTypeNotEnabledException",
        Error::TypeEnabled => "PolicyTypeAlreadyEnabledException",
        Error::TypeNotSimulated(_) => return WireError::not_implemented(&error.to_string()),
        Error::Document(_) => "MalformedPolicyDocumentException",
    };
    let answer = WireError::new(400, code, error.to_string());
    let answer = match fault::of(&error) {
        Some(fault) => fault.on(answer),
        None => answer,
    };
    match &error {
        Error::Document(fault) => answer.with_evidence(fault.to_string()),
        Error::NoService(principal) => answer.with_evidence(format!(
            "`{principal}` is no service that the organization trusts, or that the lab knows"
        )),
        _ => answer,
    }
}

/// Whatever breaks the model is told in one sentence, with the reason as a member (M: moto, and the
/// model's documentation of `InvalidInputExceptionReason`); the operations on tags have another for
/// what is no id (M: moto).
pub(super) fn in_other_words(operation: &str, failure: &ValidationFailure) -> Option<WireError> {
    let reason = match failure.violations.first()?.rule {
        Rule::Required => "INPUT_REQUIRED",
        Rule::Max => "MAX_LENGTH_EXCEEDED",
        Rule::Min => "MIN_LENGTH_EXCEEDED",
        Rule::Pattern => "INVALID_PATTERN",
        Rule::Enum => "INVALID_ENUM",
        Rule::Elements => "INVALID_LIST_MEMBER",
    };
    let is_of_tags = matches!(
        operation,
        "TagResource" | "UntagResource" | "ListTagsForResource"
    );
    let text = if is_of_tags && reason == "INVALID_PATTERN" {
        "You provided a value that does not match the required pattern."
    } else {
        "You specified an invalid value."
    };
    let error = WireError::new(400, "InvalidInputException", text);
    Some(error.with_field("Reason", reason))
}

/// Tags on the wire as they are kept.
fn tags(given: Vec<Tag>) -> Result<Tags, WireError> {
    let kept = distinct(given, |one, other| one == other);
    kept.ok_or_else(|| wire(Error::DuplicateTags))
}

fn account_output(organization: &Organization, account: &Account) -> serde_json::Value {
    json!({
        "Id": account.id,
        "Arn": organization.arn("account", account.id.as_str()),
        "Email": account.email,
        "Name": account.name,
        "Status": "ACTIVE",
        "State": "ACTIVE",
        "JoinedMethod": "CREATED",
        "JoinedTimestamp": account.joined,
    })
}

fn unit_output(organization: &Organization, unit: &Unit) -> serde_json::Value {
    json!({"Id": unit.id, "Arn": organization.arn("ou", &unit.id), "Name": unit.name})
}

fn root_output(realm: &Realm) -> serde_json::Value {
    let root = &realm.organization.root;
    json!({
        "Id": root,
        "Arn": realm.organization.arn("root", root),
        "Name": "Root",
        "PolicyTypes": policy_types(realm),
    })
}

fn policy_types(realm: &Realm) -> Vec<serde_json::Value> {
    let types = realm.enabled.iter();
    types
        .map(|kind| json!({"Type": kind.as_str(), "Status": "ENABLED"}))
        .collect()
}
