//! Roles that are to be assumed and are not there.

use authlab_aws::evidence::{Fault, Reason, WebIdentity};
use authlab_kernel::{Component, Timestamp};

use super::super::entry::Entry;
use super::super::finding::{Finding, Mender};
use super::super::words;
use crate::case::Case;
use crate::diagnose::entry::sts as entry;
use crate::told::Told;

/// The classes, the most specific first.
pub(in super::super) const ENTRIES: &[Entry] = &[
    entry(
        "role-deleted",
        Mender::Owner,
        "the role was deleted",
        |case| {
            let missing = Missing::of(case)?;
            let deleted = missing.deleted?;
            Some(Finding::certain(
                format!("`{}` was deleted at {deleted}", missing.arn),
                format!(
                    "create the role `{}` again, or assume another; a new one of the same ARN has \
                     another unique id, so that policies and trust policies that name it have to be \
                     written again",
                    missing.name()
                ),
            ))
        },
    ),
    entry(
        "role-path",
        Mender::Caller,
        "the role is there with another path",
        |case| {
            let missing = Missing::of(case)?;
            let same = |one: &&String| {
                account_of(one) == missing.account() && name_of(one) == missing.name()
            };
            let there = missing.others.iter().find(same)?;
            Some(Finding::certain(
                format!(
                    "`{}` was asked for, and the role is `{there}`: the path is a part of the ARN",
                    missing.arn
                ),
                format!("give the ARN as `GetRole` shows it: `{there}`"),
            ))
        },
    ),
    entry(
        "role-other-account",
        Mender::Caller,
        "a role of that name is in another account",
        |case| {
            let missing = Missing::of(case)?;
            let same = |one: &&String| name_of(one) == missing.name();
            let there: Vec<&String> = missing.others.iter().filter(same).collect();
            let (first, _) = there.split_first()?;
            Some(Finding::certain(
                format!(
                    "the account {} has no role `{}`; there is {}",
                    missing.account(),
                    missing.name(),
                    words::texts(&there)
                ),
                format!(
                    "name the account that has the role, `{first}`, or create it in {}",
                    missing.account()
                ),
            ))
        },
    ),
    entry(
        "role-misspelt",
        Mender::Caller,
        "the account has a role of nearly that name",
        |case| {
            let missing = Missing::of(case)?;
            let (first, _) = missing.others.split_first()?;
            Some(Finding::certain(
                format!(
                    "the account {} has no role `{}`; nearly that are {}",
                    missing.account(),
                    missing.name(),
                    words::texts(&missing.others)
                ),
                format!(
                    "assume `{first}`, if that is meant: names are compared with their capitals"
                ),
            ))
        },
    ),
    entry(
        "role-missing",
        Mender::Owner,
        "no account has a role of that name",
        |case| {
            let missing = Missing::of(case)?;
            Some(Finding::certain(
                format!(
                    "the account {} has no role `{}`, nor one of nearly that name; STS answers as if \
                     the role did not trust the caller",
                    missing.account(),
                    missing.name()
                ),
                format!(
                    "create `{}` with a trust policy that lets the caller in, or name one that \
                     `iam:ListRoles` of the account {} has",
                    missing.arn,
                    missing.account()
                ),
            ))
        },
    ),
];

/// A role that is not there, and what is.
struct Missing {
    arn: String,
    /// ARNs of roles of its name, then of names that are nearly that.
    others: Vec<String>,
    deleted: Option<Timestamp>,
}

impl Missing {
    fn of(case: &Case<'_>) -> Option<Self> {
        let fault = match case.refused(Component::Aws, Reason::RoleNotFound)? {
            Told::Answer(answer) => answer.fault,
            Told::WebIdentity(looked_at) => match *looked_at {
                WebIdentity::Refused { fault, .. } => fault.map(|fault| *fault),
                WebIdentity::Issued { .. } => None,
            },
            _ => None,
        };
        match fault? {
            Fault::NotThere {
                name,
                others,
                deleted,
                ..
            } => Some(Self {
                arn: name,
                others,
                deleted,
            }),
            _ => None,
        }
    }

    fn account(&self) -> &str {
        account_of(&self.arn)
    }

    fn name(&self) -> &str {
        name_of(&self.arn)
    }
}

fn account_of(arn: &str) -> &str {
    arn.split(':').nth(4).unwrap_or_default()
}

/// The name in a role's ARN, without its path.
fn name_of(arn: &str) -> &str {
    arn.rsplit('/').next().unwrap_or(arn)
}
