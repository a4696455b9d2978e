//! Secrets that are not what their reader takes them for.

use authlab_aws::evidence::{Notice, Rotation};
use authlab_kernel::Component;

use super::super::entry::Entry;
use super::super::finding::{Finding, Mender, System};
use super::super::words;
use super::monitoring::notices;
use crate::case::Case;

/// The classes, the most specific first.
pub(super) const ENTRIES: &[Entry] = &[Entry {
    system: System::Aws,
    class: "secret-version-not-current",
    mender: Mender::Caller,
    title: "the version of the secret that was read is not the current one",
    find: |case| {
        // A rotation reads the version that it makes.
        if is_of_rotation(case) {
            return None;
        }
        notices(case).find_map(|notice| not_current(&notice))
    },
}];

fn is_of_rotation(case: &Case<'_>) -> bool {
    case.allowed().is_some_and(|allowed| {
        let mut own = allowed.told::<Rotation>(Component::Aws);
        let mut earlier = allowed.earlier::<Rotation>(Component::Aws);
        own.next().is_some() || earlier.next().is_some()
    })
}

fn not_current(notice: &Notice) -> Option<Finding> {
    let Notice::VersionNotCurrent {
        secret,
        version,
        labels,
        current,
        asked,
    } = notice
    else {
        return None;
    };
    let has = |label: &str| labels.iter().any(|known| known == label);
    let means = if has("AWSPENDING") {
        "it is one that a rotation has not finished, and may open nothing yet"
    } else if has("AWSPREVIOUS") {
        "it is the one before, which the next rotation makes invalid"
    } else {
        "it is an older one, and may be invalid by now"
    };
    Some(Finding::certain(
        format!(
            "the call asked for {} and got the version `{version}` of `{secret}` with the labels {}; \
             AWSCURRENT is on `{current}`: {means}",
            words::text(Some(asked)),
            words::texts(labels)
        ),
        "read without `VersionId` and `VersionStage`, or with `VersionStage` = `AWSCURRENT`, each time or \
         with a cache that ends",
    ))
}
