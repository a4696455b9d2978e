//! What CloudWatch Observability Access Manager refuses by itself.
//!
//! Sources: CloudWatch user guide, `CloudWatch-Unified-Cross-Account-Setup` (one sink for an account and
//! Region, five monitoring accounts for a source account, sink and link in one Region).

use authlab_aws::evidence::Fault;

use super::super::entry::Entry;
use super::super::finding::{Finding, Mender, System};
use super::answer::{Refused, account_in};

/// An entry on a fault of OAM's.
macro_rules! entry {
    ($class:literal, $mender:expr, $title:literal, |$refused:pat_param, $fault:pat_param| $find:expr $(,)?) => {
        Entry {
            system: System::Aws,
            class: $class,
            mender: $mender,
            title: $title,
            find: |case| {
                let refused = Refused::of(case).filter(|refused| refused.service == "oam")?;
                let fault = refused.fault.as_ref()?;
                let find: Find = |$refused, $fault| $find;
                find(&refused, fault)
            },
        }
    };
}

type Find = fn(&Refused, &Fault) -> Option<Finding>;

/// The name of what is there, if it is of this kind.
fn taken<'f>(fault: &'f Fault, kind: &str) -> Option<&'f str> {
    match fault {
        Fault::Taken { what, name } if what == kind => Some(name),
        _ => None,
    }
}

/// The classes.
pub(super) const ENTRIES: &[Entry] = &[
    entry!(
        "oam-region",
        Mender::Caller,
        "sink and link are in different Regions",
        |refused, fault| {
            let Fault::OtherRegion { what, region, here } = fault else {
                return None;
            };
            Some(Finding::certain(
                format!(
                    "the sink `{what}` is in `{region}`, {} was called in `{here}`: a link is in the \
                         Region of its sink",
                    refused.call()
                ),
                format!(
                    "create the link in `{region}`, or have the monitoring account create a sink in \
                         `{here}` and link to that"
                ),
            ))
        },
    ),
    entry!(
        "oam-sink-exists",
        Mender::Caller,
        "an account has one sink in each Region",
        |refused, fault| {
            let name = taken(fault, "sink")?;
            let region = refused.region().unwrap_or("of the call");
            Some(Finding::certain(
                format!(
                    "the account has the sink `{name}` in the Region {region}: one for each account \
                         and Region is all it may have"
                ),
                format!(
                    "use that sink for every source account of {region}; the quota counts for each \
                         Region, so another Region takes a sink of its own"
                ),
            ))
        },
    ),
    entry!(
        "oam-link-exists",
        Mender::Caller,
        "the account is linked to the sink already",
        |refused, fault| {
            let sink = taken(fault, "link")?;
            Some(Finding::certain(
                format!("{} has a link to `{sink}`", refused.place()),
                "change what that link shares with `oam:UpdateLink` (`oam:ListLinks` gives its ARN)",
            ))
        },
    ),
    entry!(
        "oam-link-quota",
        Mender::Owner,
        "the source account is linked to as many monitoring accounts as it may",
        |refused, fault| {
            let Fault::Quota { of, limit, wanted } = fault else {
                return None;
            };
            let wanted = (of == "links of a source account")
                .then_some(*wanted)?
                .unwrap_or(limit + 1);
            Some(Finding::certain(
                format!(
                    "{} has {limit} links, this would be link {wanted}: a source account shares with \
                         {limit} monitoring accounts at most",
                    refused.place()
                ),
                "delete a link that is not needed (`oam:ListLinks`, `oam:DeleteLink`), or let one of the \
                 monitoring accounts serve for several",
            ))
        },
    ),
    entry!(
        "oam-own-sink",
        Mender::Caller,
        "an account cannot be linked to its own sink",
        |_, fault| {
            let Fault::OtherAccount { what, account, .. } = fault else {
                return None;
            };
            Some(Finding::certain(
                format!("the sink `{what}` is of the account `{account}`, which calls"),
                "create the link with credentials of the source account: the monitoring account sees its \
                 own telemetry without one",
            ))
        },
    ),
    entry!(
        "oam-sink-missing",
        Mender::Caller,
        "there is no such sink",
        |_, fault| {
            let Fault::NotThere { what, name, .. } = fault else {
                return None;
            };
            let owner = account_in(name).unwrap_or("of the sink");
            (what == "sink").then(|| Finding::certain(
                format!("the account {owner} has no sink `{name}`: it was deleted, or another was made in \
                         its place, which has another ARN"),
                format!("use the ARN of a sink that is there: `oam:ListSinks` in the account {owner}"),
            ))
        },
    ),
    entry!(
        "oam-sink-in-use",
        Mender::Owner,
        "the sink has links",
        |_, fault| {
            let Fault::InUse { what, name, by } = fault else {
                return None;
            };
            (what == "sink").then(|| Finding::certain(
                format!("the sink `{name}` has {by}"),
                "have each source account delete its link first (`oam:ListAttachedLinks` names them): the \
                 monitoring account cannot",
            ))
        },
    ),
    entry!(
        "oam-label",
        Mender::Caller,
        "the link has no label that monitoring accounts could show",
        |refused, fault| {
            let (member, given) = match fault {
                Fault::Absent { member } => (member, "absent".to_owned()),
                Fault::Value { member, given, .. } => (
                    member,
                    format!("`{}`", given.as_deref().unwrap_or("what it is")),
                ),
                _ => return None,
            };
            member.eq_ignore_ascii_case("LabelTemplate").then(|| {
                Finding::certain(
                    format!("`LabelTemplate` of {} is {given}", refused.call()),
                    "send a template of 1 to 64 characters: `$AccountName`, `$AccountEmail` or \
                 `$AccountEmailNoDomain`, or a text of your own",
                )
            })
        },
    ),
    entry!(
        "oam-link-filter",
        Mender::Caller,
        "the filter of the link cannot be used",
        |_, fault| {
            let Fault::Value { member, wants, .. } = fault else {
                return None;
            };
            let is_filter = member.ends_with(".Filter") || wants.contains("Configuration`");
            is_filter.then(|| Finding::certain(
                format!("`{member}` has to be {wants}"),
                "write conditions such as `Namespace LIKE 'AWS/%'` or `LogGroupName NOT IN ('a','b')`, at \
                 most five, joined by AND and OR, and share the type that they filter",
            ))
        },
    ),
];
