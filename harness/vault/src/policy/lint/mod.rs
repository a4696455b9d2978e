//! Findings on ACL policies that are taken and yet do not do what they look like.
//!
//! Sources: Vault documentation, `concepts/policies` for paths, globs, precedence and parameters,
//! `secrets/kv/kv-v2` for the paths of the engine; what `sys/` guards is what the simulated server
//! guards. Only the text is looked at: which engine stands where is told by the paths themselves, by
//! the mount `secret/` that a development server has, and by [`Mounts`].
//!
//! - [`finding`]: what is found, and its codes. [`rule`]: the rules of a text with their places.
//! - [`path`], [`template`]: paths that match nothing. [`capability`]: what rules give.
//! - [`kv`]: the key/value engine. [`precedence`]: rules that beat each other.

mod capability;
mod finding;
mod kv;
mod path;
mod precedence;
mod rule;
mod template;

pub use finding::{CODES, Code, Finding, Severity};

use finding::Findings;
use rule::Rule;

use super::document::{Policy, PolicyError};
use super::hcl;
use crate::flavour::Flavour;

/// Which version of the key/value engine stands at which mounts, where a text does not tell.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mounts {
    /// Mounts of version 1, as `secret`.
    pub kv1: Vec<String>,
    /// Mounts of version 2.
    pub kv2: Vec<String>,
}

/// Whether a text is an ACL policy, by what stands in it: HCL, or JSON with a `path`.
#[must_use]
pub fn is_policy(text: &str) -> bool {
    let trimmed = text.trim_start();
    if trimmed.starts_with('{') {
        return hcl::parse(text).is_ok_and(|items| items.iter().any(|item| item.keys[0] == "path"));
    }
    trimmed.lines().any(|line| {
        let rest = line.trim_start().strip_prefix("path");
        rest.is_some_and(|rest| rest.trim_start().starts_with('"'))
    })
}

/// The findings on a policy, in the order of the text.
#[must_use]
pub fn lint(text: &str, mounts: &Mounts) -> Vec<Finding> {
    let mut findings = Findings::default();
    let items = match hcl::parse(text) {
        Ok(items) => items,
        Err(error) => {
            findings.refused("syntax", &error);
            return findings.into_list();
        }
    };
    rule::check_keys(&items, &mut findings);
    let rules: Vec<Rule<'_>> = items.iter().filter_map(Rule::read).collect();
    let engines = kv::Engines::of(&rules, mounts);
    for rule in &rules {
        path::check(rule, &mut findings);
        template::check(rule, &mut findings);
        capability::check(rule, &mut findings);
        kv::check(rule, &engines, &mut findings);
    }
    precedence::check(&rules, &mut findings);
    refused(text, &mut findings);
    findings.into_list()
}

/// What makes a server refuse the text, unless a finding says so already.
fn refused(text: &str, findings: &mut Findings) {
    if findings.has_error() {
        return;
    }
    let flavours = [Flavour::Vault, Flavour::OpenBao, Flavour::OpenBao27];
    let mut errors = flavours.map(|flavour| Policy::read(text, flavour).err());
    if errors.iter().all(Option::is_some)
        && let Some(error) = errors.first_mut().and_then(Option::take)
    {
        match error {
            PolicyError::Wrong(error) => findings.refused("refused", &error),
            PolicyError::NotSimulated(..) => {}
        }
    }
}

#[cfg(test)]
mod tests;
