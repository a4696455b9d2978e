//! AWS's own managed policies: those of `harness/aws/policies`, which `cargo ci policies` extracts.
//!
//! The index is searched as it stands in the binary; a document is inflated when it is asked for,
//! one block of some ten thousand bytes, and stays for a while: what a lab's memory holds of them is
//! what its principals have attached. A policy that is not there cannot be attached
//! (`NoSuchEntity`): none is guessed.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use authlab_kernel::Timestamp;
use authlab_policy::{Document, DocumentKind, Policy};
use parking_lot::Mutex;

const INDEX: &str = include_str!("../../policies/index.tsv");
const DOCUMENTS: &[u8] = include_bytes!("../../policies/documents.bin");
const AS_OF: &str = include_str!("../../policies/as_of.txt");

/// What stands before path and name.
const ARN: &str = "arn:aws:iam::aws:policy";

/// No block is longer: a bound for what is inflated.
const BLOCK_MAX: usize = 1 << 20;

/// How many parsed policies are kept; all go when there are more.
const KEPT_MAX: usize = 64;

/// One policy of AWS.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AwsManaged {
    /// The name, without path.
    pub name: &'static str,
    /// `/`, `/service-role/`, `/aws-service-role/`, `/job-function/`.
    pub path: &'static str,
    /// The version in force, `v7`; the lab holds no other.
    pub version: &'static str,
    created: &'static str,
    updated: &'static str,
    block: (usize, usize),
    place: (usize, usize),
}

impl AwsManaged {
    fn read(line: &'static str) -> Option<Self> {
        let mut fields = line.split('\t');
        let mut next = || fields.next();
        let (name, path, version, created, updated) = (next()?, next()?, next()?, next()?, next()?);
        let mut number = || next()?.parse::<usize>().ok();
        Some(Self {
            name,
            path,
            version,
            created,
            updated,
            block: (number()?, number()?),
            place: (number()?, number()?),
        })
    }

    /// The ARN.
    pub fn arn(&self) -> String {
        format!("{ARN}{}{}", self.path, self.name)
    }

    /// When AWS made it.
    pub fn created(&self) -> Timestamp {
        self.created.parse().unwrap_or(Timestamp::UNIX_EPOCH)
    }

    /// When AWS last changed it.
    pub fn updated(&self) -> Timestamp {
        self.updated.parse().unwrap_or(Timestamp::UNIX_EPOCH)
    }

    /// The document, inflated.
    pub fn text(&self) -> Option<String> {
        let (start, size) = self.block;
        let block = DOCUMENTS.get(start..start.checked_add(size)?)?;
        let inflated = miniz_oxide::inflate::decompress_to_vec_with_limit(block, BLOCK_MAX).ok()?;
        let (offset, length) = self.place;
        let text = inflated.get(offset..offset.checked_add(length)?)?;
        Some(std::str::from_utf8(text).ok()?.to_owned())
    }
}

/// The day of the newest of them.
pub fn as_of() -> &'static str {
    AS_OF.trim()
}

/// All of them, by name.
pub fn all() -> impl Iterator<Item = AwsManaged> {
    INDEX.lines().filter_map(AwsManaged::read)
}

/// Whether an ARN is of a policy of AWS, one that the lab holds or not.
pub fn is_arn(arn: &str) -> bool {
    arn.strip_prefix(ARN)
        .is_some_and(|path| path.starts_with('/'))
}

/// The policy of AWS with this ARN.
pub fn find(arn: &str) -> Option<AwsManaged> {
    let rest = arn.strip_prefix(ARN)?;
    let at = rest.rfind('/')?;
    let (path, name) = rest.split_at(at + 1);
    find_name(name).filter(|found| found.path == path)
}

/// Halves the index until the line of the name is found: its lines are sorted by their names.
fn find_name(name: &str) -> Option<AwsManaged> {
    let (mut low, mut high) = (0, INDEX.len());
    while low < high {
        let middle = low.midpoint(high);
        let start = INDEX
            .get(low..middle)?
            .rfind('\n')
            .map_or(low, |at| low + at + 1);
        let end = INDEX
            .get(start..)?
            .find('\n')
            .map_or(INDEX.len(), |at| start + at);
        let line = INDEX.get(start..end)?;
        let found = line.split('\t').next().unwrap_or_default();
        match found.cmp(name) {
            std::cmp::Ordering::Equal => return AwsManaged::read(line),
            std::cmp::Ordering::Less => low = end + 1,
            std::cmp::Ordering::Greater => high = start,
        }
    }
    None
}

static KEPT: LazyLock<Mutex<BTreeMap<String, Policy>>> = LazyLock::new(Mutex::default);

/// The same, parsed.
pub fn policy(arn: &str) -> Option<Policy> {
    if !is_arn(arn) {
        return None;
    }
    if let Some(kept) = KEPT.lock().get(arn) {
        return Some(kept.clone());
    }
    let value = serde_json::from_str(&find(arn)?.text()?).ok()?;
    // Some are longer than a customer's may be.
    let document = Document::from_stored(DocumentKind::Identity, &value).ok()?;
    let policy = Policy::new(arn, document);
    let mut kept = KEPT.lock();
    if kept.len() >= KEPT_MAX {
        kept.clear();
    }
    kept.insert(arn.to_owned(), policy.clone());
    Some(policy)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_policy_of_aws_is_found_and_parses() {
        let mut count = 0;
        for known in all() {
            count += 1;
            assert_eq!(find(&known.arn()), Some(known));
            assert!(policy(&known.arn()).is_some(), "{}", known.name);
            assert_ne!(known.created(), Timestamp::UNIX_EPOCH, "{}", known.name);
        }
        assert!(count >= 1_582, "{count}");
        for arn in [
            "arn:aws:iam::aws:policy/NoSuchAccess",
            "arn:aws:iam::aws:policy/service-role/AdministratorAccess",
            "arn:aws:iam::aws:policy/",
            "arn:aws:iam::aws:policy",
            "arn:aws:iam::111111111111:policy/AdministratorAccess",
        ] {
            assert!(policy(arn).is_none(), "{arn}");
        }
    }
}
