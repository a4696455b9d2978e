//! By which custom domain name a request came, where it came by one.

use std::sync::Arc;

use crate::path::RequestPath;

/// The custom domain name that was called, and the mapping that took the request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Reached {
    /// The name.
    pub domain_name: Arc<str>,
    /// The mapping's path; empty for the one that takes the rest. None where no mapping takes the request.
    pub base_path: Option<String>,
    /// Every mapping's path.
    pub known: Vec<String>,
    /// Why it is not clear which mapping takes the request.
    pub problem: Option<String>,
}

impl Reached {
    /// The path as clients see it: that of the mapping in front.
    pub(crate) fn raw_path(&self, path: &RequestPath) -> String {
        match self.base_path.as_deref() {
            None | Some("") => path.shown().into_owned(),
            Some(base_path) => format!("/{base_path}{}", path.shown()),
        }
    }
}
