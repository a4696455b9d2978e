//! The secrets engines: key/value in both versions, and the cubbyhole of a token.

pub(crate) mod cubbyhole;
pub(crate) mod kv1;
pub(crate) mod kv2;

use std::collections::BTreeSet;

use crate::duration::quoted;
use crate::engine::{Engine, Options};
use crate::response::Fault;

/// A key/value engine, in the version that the options name.
///
/// # Errors
/// There is no such version.
pub(crate) fn kv(kind: &str, options: &Options) -> Result<Box<dyn Engine>, Fault> {
    match options.get("version").map(String::as_str) {
        None | Some("" | "1") => Ok(Box::new(kv1::Kv1::default())),
        Some("2") => Ok(Box::new(kv2::Kv2::default())),
        Some(_) => Err(Fault::invalid(format!(
            "nil backend of type {} returned from factory",
            quoted(kind)
        ))),
    }
}

/// The names directly below a folder; folders end in a slash.
pub(crate) fn names_below<'k>(keys: impl Iterator<Item = &'k String>, folder: &str) -> Vec<String> {
    let names: BTreeSet<String> = keys
        .filter_map(|key| key.strip_prefix(folder))
        .filter(|rest| !rest.is_empty())
        .map(|rest| match rest.split_once('/') {
            Some((name, _)) => format!("{name}/"),
            None => rest.to_owned(),
        })
        .collect();
    names.into_iter().collect()
}

/// All names below a folder, in the order in which the reference walks: what lies in a folder itself
/// first, then its folders, the last one first.
pub(crate) fn all_below<'k>(keys: impl Iterator<Item = &'k String>, folder: &str) -> Vec<String> {
    let below = keys.filter_map(|key| key.strip_prefix(folder));
    let below: Vec<&str> = below.filter(|rest| !rest.is_empty()).collect();
    let mut names = Vec::with_capacity(below.len());
    let mut folders = vec![String::new()];
    while let Some(folder) = folders.pop() {
        let mut inner = BTreeSet::new();
        for (name, rest) in below
            .iter()
            .filter_map(|name| Some((name, name.strip_prefix(&folder)?)))
        {
            match rest.split_once('/') {
                Some((first, _)) => {
                    inner.insert(format!("{folder}{first}/"));
                }
                None => names.push((*name).to_owned()),
            }
        }
        folders.extend(inner);
    }
    names
}

/// One page of a sorted list: the names after `after`, at most `limit` (0 or less: all).
pub(crate) fn page(names: Vec<String>, after: &str, limit: i64) -> Vec<String> {
    let count = usize::try_from(limit)
        .ok()
        .filter(|limit| *limit > 0)
        .unwrap_or(usize::MAX);
    names
        .into_iter()
        .filter(|name| after.is_empty() || name.as_str() > after)
        .take(count)
        .collect()
}

/// A path that leaves its folder is refused by the storage.
pub(crate) fn escapes(path: &str) -> bool {
    path.split('/').any(|segment| segment == "..")
}
