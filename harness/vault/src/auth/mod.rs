//! The auth methods, and what they share.
//!
//! - [`params`]: the `token_*` settings of every method's roles.
//! - [`cidr`]: from where a login or token may come.
//! - [`userpass`], [`approle`], [`aws`], [`jwt`]: the methods.

pub(crate) mod approle;
pub(crate) mod aws;
pub(crate) mod cidr;
pub(crate) mod jwt;
pub(crate) mod params;
pub(crate) mod userpass;

use crate::policy::acl::glob_fits;

/// Whether any glob of a list fits.
pub(crate) fn glob_list(globs: &[String], text: &str) -> bool {
    globs
        .iter()
        .any(|glob| glob == "*" || glob_fits(glob, text))
}
