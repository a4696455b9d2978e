//! What is shared across accounts, and not asked for.

use authlab_aws::evidence::{Answer, Notice};
use authlab_kernel::Component;

use super::super::entry::Entry;
use super::super::finding::{Certainty, Finding, Mender, System};
use super::super::words;
use crate::case::Case;

/// The classes, the most specific first.
pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        system: System::Aws,
        class: "oam-sink-open",
        mender: Mender::Owner,
        title: "the sink takes links of accounts that its policy does not know",
        find: |case| notices(case).find_map(|notice| sink_open(&notice)),
    },
    Entry {
        system: System::Aws,
        class: "oam-shares-everything",
        mender: Mender::Owner,
        title: "the link shares everything of a type",
        find: |case| notices(case).find_map(|notice| shares_everything(&notice)),
    },
    Entry {
        system: System::Aws,
        class: "oam-not-shared",
        mender: Mender::Owner,
        title: "the reader sees nothing, for no link shares what it asks for",
        find: |case| notices(case).find_map(|notice| not_shared(&notice)),
    },
    Entry {
        system: System::Aws,
        class: "oam-linked-accounts-left-out",
        mender: Mender::Caller,
        title: "the read leaves out what linked accounts share",
        find: |case| notices(case).find_map(|notice| left_out(&notice)),
    },
];

/// What the services noticed in the course of the request.
pub(super) fn notices<'c>(case: &'c Case<'_>) -> impl Iterator<Item = Notice> + 'c {
    let allowed = case.allowed().into_iter();
    let answers = allowed.flat_map(|allowed| allowed.told::<Answer>(Component::Aws));
    answers.flat_map(|answer| answer.notices)
}

fn sink_open(notice: &Notice) -> Option<Finding> {
    let Notice::SinkOpen {
        sink,
        actions,
        narrowed,
    } = notice
    else {
        return None;
    };
    let but = match narrowed.as_slice() {
        [] => String::new(),
        narrowed => format!(", while it narrows {}", words::texts(narrowed)),
    };
    Some(Finding::certain(
        format!(
            "the policy of the sink `{sink}` allows {} to any account of AWS, also one outside the \
             organization{but}",
            words::texts(actions)
        ),
        "narrow both `oam:CreateLink` and `oam:UpdateLink` in every statement that allows one of them, \
         also by a wildcard or NotAction: by the source accounts in Principal, or by a condition on \
         `aws:PrincipalOrgID` or `aws:PrincipalOrgPaths`",
    ))
}

fn shares_everything(notice: &Notice) -> Option<Finding> {
    let Notice::SharesEverything { link, sink, types } = notice else {
        return None;
    };
    Some(
        Finding::certain(
            format!(
                "the link `{link}` shares all of {} with the account of `{sink}`: no filter narrows it",
                words::texts(types)
            ),
            "give the link a `LinkConfiguration` with `MetricConfiguration.Filter` (by Namespace) or \
             `LogGroupConfiguration.Filter` (by LogGroupName) for what is meant to be seen \
             (`oam:UpdateLink`)",
        )
        .with_doubt(
            Certainty::Possible,
            &["whether every namespace and log group of the account is meant to be seen centrally"],
        ),
    )
}

fn not_shared(notice: &Notice) -> Option<Finding> {
    let Notice::NotShared {
        account,
        what,
        link,
        shares,
        filter,
    } = notice
    else {
        return None;
    };
    let (cause, fix) = match (link, filter) {
        (None, _) => (
            format!(
                "no link of the account {account} leads to a sink of the reader's account in this Region"
            ),
            format!(
                "link the account {account} in this Region (`oam:CreateLink` there, to the reader's sink), \
                 or ask for an account that is linked (`oam:ListAttachedLinks`)"
            ),
        ),
        (Some(link), None) => (
            format!(
                "the link `{link}` shares {}, not {what}",
                words::texts(shares)
            ),
            format!(
                "let the account {account} add the type to the link (`oam:UpdateLink`), and the sink's \
                 policy take it"
            ),
        ),
        (Some(link), Some(filter)) => (
            format!(
                "the link `{link}` shares what its filter admits, `{filter}`, and leaves out {what}"
            ),
            format!(
                "let the account {account} admit it in the link's filter, if it is meant to be seen"
            ),
        ),
    };
    Some(Finding::certain(cause, fix))
}

fn left_out(notice: &Notice) -> Option<Finding> {
    let Notice::LinkedAccountsLeftOut { member, accounts } = notice else {
        return None;
    };
    let accounts = words::texts(accounts);
    let fix = match member.as_str() {
        "AccountId" => format!("send `AccountId` with the query: one of {accounts}"),
        "IncludeLinkedAccountsMetrics" => {
            format!("put the stream again with `{member}` = true, for false is its default")
        }
        _ => {
            format!(
                "send `{member}` = true, and the account's id (`AccountId`) when reading its data"
            )
        }
    };
    Some(Finding::certain(
        format!(
            "the call has no `{member}`, so that it is about the caller's own account only; links share \
             with it what it asks for of {accounts}"
        ),
        fix,
    ))
}
