//! ACL policies: their text, what it means, and what they allow.
//!
//! - [`scan`] and [`hcl`]: the first version of HCL, with its error texts and positions.
//! - [`json`]: a policy that is written as JSON.
//! - [`document`]: a policy's rules. [`parameter`]: the values that a rule means.
//! - [`template`]: `{{identity...}}` in paths.
//! - [`glob`]: globs of names.
//! - [`acl`]: the policies of a token, merged, and their decision with its reason.
//! - [`lint`]: what a policy says that it does not do.
//! - [`password`]: policies of passwords, which have the same language.

pub(crate) mod acl;
pub(crate) mod document;
pub(crate) mod glob;
pub(crate) mod hcl;
mod json;
pub mod lint;
pub(crate) mod parameter;
pub(crate) mod password;
pub(crate) mod scan;
pub(crate) mod template;

pub(crate) use acl::{Acl, Decision};
pub(crate) use document::{Policy, PolicyError};
