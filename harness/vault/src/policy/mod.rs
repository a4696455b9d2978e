//! ACL policies: their text, what it means, and what they allow.
//!
//! - [`scan`] and [`hcl`]: the first version of HCL, with its error texts and positions.
//! - [`document`]: a policy's rules.
//! - [`template`]: `{{identity...}}` in paths.
//! - [`acl`]: the policies of a token, merged, and their decision with its reason.

pub(crate) mod acl;
pub(crate) mod document;
pub(crate) mod hcl;
pub(crate) mod scan;
pub(crate) mod template;

pub(crate) use acl::{Acl, Decision};
pub(crate) use document::Policy;
