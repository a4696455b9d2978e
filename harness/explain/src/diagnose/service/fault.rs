//! The kinds of refusal, with the values that stood against one another.

use authlab_aws::evidence::Fault;

use super::super::entry::Entry;
use super::super::finding::{Finding, Mender};
use super::answer::{Refused, account_in, region_in};
use super::{member, quota};
use crate::case::Case;
use crate::diagnose::entry::aws as entry;

/// The classes. Each covers the codes of every service that have its kind.
pub(super) const ENTRIES: &[Entry] = &[
    entry(
        "other-region",
        Mender::Caller,
        "what the call names is in another Region",
        other_region,
    ),
    entry(
        "other-account",
        Mender::Caller,
        "what the call names is in an account where it cannot be",
        other_account,
    ),
    entry(
        "not-there",
        Mender::Caller,
        "what the call names is not there",
        not_there,
    ),
    entry(
        "name-taken",
        Mender::Caller,
        "what the call would make is there already",
        taken,
    ),
    entry(
        "still-in-use",
        Mender::Caller,
        "what the call would delete is needed by something else",
        in_use,
    ),
    entry(
        "quota-reached",
        Mender::Owner,
        "there may not be more of it",
        quota_reached,
    ),
    entry(
        "member-missing",
        Mender::Caller,
        "the call lacks a member that the operation needs",
        absent,
    ),
    entry(
        "value-refused",
        Mender::Caller,
        "a value of the call is not one that the service takes",
        value,
    ),
    entry(
        "document-refused",
        Mender::Caller,
        "the document is not one that the service takes",
        document,
    ),
    entry(
        "state-forbids",
        Mender::Owner,
        "what the call is about is in a state that forbids it",
        state,
    ),
    entry(
        "not-simulated",
        Mender::Nobody,
        "the lab does not have what the call asks for",
        not_simulated,
    ),
];

/// The refusal and its fault.
fn faulty(case: &Case<'_>) -> Option<(Refused, Fault)> {
    let refused = Refused::of(case)?;
    let fault = refused.fault.clone()?;
    Some((refused, fault))
}

/// What a service says is elsewhere, and what is not there by an ARN of another Region.
fn other_region(case: &Case<'_>) -> Option<Finding> {
    let (refused, fault) = faulty(case)?;
    let (what, region, here) = match fault {
        Fault::OtherRegion { what, region, here } => (what, region, here),
        Fault::NotThere { name, .. } => {
            let here = refused.region()?.to_owned();
            let region = region_in(&name)?.to_owned();
            (name, region, here)
        }
        _ => return None,
    };
    (region != here).then(|| {
        Finding::certain(
            format!("`{what}` is of the Region `{region}`, the call went to `{here}`"),
            format!(
                "call {} in `{region}`, or name one of `{here}`",
                refused.service
            ),
        )
    })
}

/// What a service says is in the wrong account, and what is not there by an ARN of another account.
fn other_account(case: &Case<'_>) -> Option<Finding> {
    let (refused, fault) = faulty(case)?;
    match fault {
        Fault::OtherAccount {
            what,
            account,
            wants,
        } => Some(Finding::certain(
            format!(
                "`{what}` is of the account `{account}`; {} takes {wants}",
                refused.call()
            ),
            format!(
                "name one of {wants}, or call with credentials of the account where it belongs"
            ),
        )),
        Fault::NotThere { name, .. } => {
            let here = refused.account()?.to_owned();
            let account = account_in(&name).filter(|account| *account != here)?;
            Some(Finding::certain(
                format!("`{name}` is of the account `{account}`, the call was made in `{here}`"),
                format!(
                    "call with credentials of the account `{account}`, or name one of `{here}`"
                ),
            ))
        }
        _ => None,
    }
}

fn not_there(case: &Case<'_>) -> Option<Finding> {
    let (refused, fault) = faulty(case)?;
    let Fault::NotThere {
        what, name, others, ..
    } = fault
    else {
        return None;
    };
    let there = match others.as_slice() {
        [] => String::new(),
        others => format!("; there are `{}`", others.join("`, `")),
    };
    let look = match refused.lister() {
        Some(lister) => format!("{lister} lists those that are there"),
        None => "one that the service's own Get or Describe operation answers is there".to_owned(),
    };
    Some(Finding::certain(
        format!(
            "no {} in {}{there}: {}",
            refused.subject(&what, &name),
            refused.place(),
            refused.said()
        ),
        format!(
            "make it first, or name one that is there, with its case and path, in the account and \
             Region where it is: {look}"
        ),
    ))
}

fn taken(case: &Case<'_>) -> Option<Finding> {
    let (refused, fault) = faulty(case)?;
    let Fault::Taken { what, name } = fault else {
        return None;
    };
    let look = match refused.lister() {
        Some(lister) => format!(" ({lister} shows it)"),
        None => String::new(),
    };
    Some(Finding::certain(
        format!(
            "the {} is in {} already: {}",
            refused.subject(&what, &name),
            refused.place(),
            refused.said()
        ),
        format!("change the one that is there{look}, delete it first, or take another name"),
    ))
}

fn in_use(case: &Case<'_>) -> Option<Finding> {
    let (refused, fault) = faulty(case)?;
    let Fault::InUse { what, name, by } = fault else {
        return None;
    };
    Some(Finding::certain(
        format!(
            "{} still has {by}: {}",
            refused.subject(&what, &name),
            refused.said()
        ),
        format!(
            "detach or delete {by} first, then repeat {}",
            refused.call()
        ),
    ))
}

fn quota_reached(case: &Case<'_>) -> Option<Finding> {
    let (refused, fault) = faulty(case)?;
    let Fault::Quota { of, limit, wanted } = fault else {
        return None;
    };
    let wanted = match wanted {
        Some(wanted) => format!(", and this would make {wanted}"),
        None => String::new(),
    };
    Some(Finding::certain(
        format!("{of}: {limit} at most{wanted} (in {})", refused.place()),
        quota::remedy(&of, limit),
    ))
}

fn absent(case: &Case<'_>) -> Option<Finding> {
    let (refused, fault) = faulty(case)?;
    let Fault::Absent { member } = fault else {
        return None;
    };
    Some(Finding::certain(
        format!(
            "{} was called without `{member}`, which it requires",
            refused.call()
        ),
        member::give(&refused, &member),
    ))
}

fn value(case: &Case<'_>) -> Option<Finding> {
    let (refused, fault) = faulty(case)?;
    let Fault::Value {
        member,
        given,
        wants,
    } = fault
    else {
        return None;
    };
    let given = given.or_else(|| refused.asked(&member).map(str::to_owned));
    let given = match given {
        Some(given) => format!("`{member}` is `{given}`"),
        None => format!("the value of `{member}` does not fit"),
    };
    let wants = wants.trim_end_matches('.');
    Some(Finding::certain(
        format!(
            "{given}, {} wants it to {}: {}",
            refused.call(),
            member::infinitive(wants),
            refused.said()
        ),
        format!(
            "give `{member}` a value that fits: it has to {}",
            member::infinitive(wants)
        ),
    ))
}

fn document(case: &Case<'_>) -> Option<Finding> {
    let (refused, fault) = faulty(case)?;
    let Fault::Document { what, problem } = fault else {
        return None;
    };
    Some(Finding::certain(
        format!("{what} of {}: {problem}", refused.call()),
        format!("mend {what} there: {}", member::document(&problem)),
    ))
}

fn state(case: &Case<'_>) -> Option<Finding> {
    let (refused, fault) = faulty(case)?;
    let Fault::State { what, is, wants } = fault else {
        return None;
    };
    Some(Finding::certain(
        format!(
            "{what} is {is}, {} takes {wants}: {}",
            refused.call(),
            refused.said()
        ),
        format!("it takes {wants}"),
    ))
}

fn not_simulated(case: &Case<'_>) -> Option<Finding> {
    let (refused, fault) = faulty(case)?;
    let Fault::NotSimulated { what } = fault else {
        return None;
    };
    Some(Finding::certain(
        format!("{}: {}", refused.call(), what.trim_end_matches('.')),
        "leave it out of what is tried here: it says nothing about what real AWS answers",
    ))
}
