//! What stood against what where Organizations refuses: its texts name almost nothing.

use super::error::Error;
use crate::evidence::Fault;

/// The fault of an error; what the error does not know stands in the input.
pub(super) fn of(error: &Error) -> Option<Fault> {
    not_there(error).or_else(|| in_the_way(error))
}

fn not_there(error: &Error) -> Option<Fault> {
    let (what, name) = match error {
        Error::NoAccount(id) => ("account of the organization", id),
        Error::NoUnit(id) => ("organizational unit", id),
        Error::NoParent(id) => ("root or organizational unit", id),
        Error::NoChild(id) => ("account or organizational unit below the parent", id),
        Error::NoRoot(id) => ("root", id),
        Error::NoTarget(id) => ("root, organizational unit or account", id),
        Error::NoPolicy(id) => ("policy", id),
        Error::NoSourceParent(id) => ("source parent", id),
        Error::NoDestinationParent(id) => ("destination parent", id),
        Error::NoRequest(id) => ("request to create an account", id),
        Error::NoService(id) => ("service principal", id),
        _ => return None,
    };
    Some(Fault::not_there(what, name))
}

fn in_the_way(error: &Error) -> Option<Fault> {
    let state = |what: &str, is: &str, wants: &str| Fault::State {
        what: what.to_owned(),
        is: is.to_owned(),
        wants: wants.to_owned(),
    };
    let in_use = |what: &str, by: &str| Fault::InUse {
        what: what.to_owned(),
        name: String::new(),
        by: by.to_owned(),
    };
    Some(match error {
        Error::NotInOrganization => state(
            "the caller's account",
            "in no organization",
            "an account of an organization",
        ),
        Error::NotManagement => state(
            "the caller's account",
            "a member of the organization",
            "the management account, or a delegated administrator of the service",
        ),
        Error::InOrganization => state(
            "the account",
            "in an organization already",
            "an account that is in none",
        ),
        Error::DuplicateName(name) => Fault::taken("policy", name),
        Error::DuplicateAttachment => Fault::taken("attachment of the policy to the target", ""),
        Error::DuplicateUnit => Fault::taken("organizational unit below the parent", ""),
        Error::DuplicateAccount => Fault::taken("account below the destination", ""),
        Error::NotAttached => Fault::not_there("attachment of the policy to the target", ""),
        Error::InUse => in_use("policy", "the targets that it is attached to"),
        Error::NotEmpty => in_use("organization", "its member accounts"),
        Error::UnitNotEmpty => in_use("organizational unit", "the accounts and units in it"),
        Error::AwsManaged => state(
            "the policy",
            "one of AWS's own",
            "a policy of the organization",
        ),
        Error::CannotDetach(why) => Fault::InUse {
            what: "attachment of the policy".to_owned(),
            name: String::new(),
            by: (*why).to_owned(),
        },
        Error::TooManyAttached(limit) => {
            Fault::quota("policies of a type attached to an entity", *limit, None)
        }
        Error::UnitTooDeep => {
            Fault::quota("levels of organizational units below the root", 5, Some(6))
        }
        Error::TooManyTags => Fault::quota("tags of a resource", 50, None),
        Error::TypeNotEnabled => state(
            "the policy type",
            "not enabled in the root",
            "`EnablePolicyType` for the root first",
        ),
        Error::TypeEnabled => state(
            "the policy type",
            "enabled already",
            "nothing: it is as asked",
        ),
        Error::ManagementLeaves => state(
            "the account",
            "the management account",
            "a member account; the management account goes with the organization",
        ),
        Error::DelegatedLeaves => in_use("member account", "what it administers for a service"),
        Error::ManagementDelegated => state(
            "the account",
            "the management account",
            "a member account; the management account administers everything",
        ),
        Error::DelegatedTwice => Fault::taken("delegation of the service to the account", ""),
        Error::NotDelegated => Fault::not_there("delegation of the service to the account", ""),
        Error::DuplicateTags => Fault::value("Tags", None, "each key once"),
        Error::Document(problem) => Fault::Document {
            what: "the policy".to_owned(),
            problem: problem.to_string(),
        },
        Error::TypeNotSimulated(kind) => Fault::NotSimulated {
            what: format!("the policy type {kind}"),
        },
        _ => return None,
    })
}
