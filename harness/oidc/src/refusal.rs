//! What a request gets that reaches no endpoint.

use authlab_kernel::near::nearest;
use http::StatusCode;

use crate::evidence::{Missing, Reason};
use crate::issuer::Directory;

/// A request that reaches no endpoint.
pub(crate) struct Refusal {
    pub(crate) status: StatusCode,
    pub(crate) reason: Reason,
    pub(crate) description: String,
    pub(crate) allow: Option<&'static str>,
    /// What is there in place of what was asked for.
    pub(crate) missing: Option<Missing>,
}

/// Where an issuer's endpoints are.
const ENDPOINTS: [&str; 3] = ["/.well-known/openid-configuration", "/jwks", "/token"];

/// How many issuers are told.
const SHOWN_MAX: usize = 5;

fn owned(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

impl Refusal {
    pub(crate) fn not_found(directory: &Directory, path: &str) -> Self {
        let names = directory.names();
        let first = path.trim_start_matches('/').split('/').next();
        let known = names.iter().map(String::as_str);
        let near = nearest(first.unwrap_or_default(), known, SHOWN_MAX);
        let missing = Missing {
            issuer: None,
            path: path.to_owned(),
            near: owned(&near),
            known: names.iter().take(SHOWN_MAX).cloned().collect(),
        };
        let description = format!("there is no such issuer: the issuers are {names:?}");
        Self {
            status: StatusCode::NOT_FOUND,
            reason: Reason::NotFound,
            description,
            allow: None,
            missing: Some(missing),
        }
    }

    pub(crate) fn no_path(path: &str, issuer: &str) -> Self {
        let description = format!(
            "issuer `{issuer}` has nothing at `{path}`: it has /.well-known/openid-configuration, \
             /jwks and /token"
        );
        Self {
            status: StatusCode::NOT_FOUND,
            reason: Reason::NotFound,
            description,
            allow: None,
            missing: Some(Missing {
                issuer: Some(issuer.to_owned()),
                path: path.to_owned(),
                near: owned(&nearest(path, ENDPOINTS, 1)),
                known: owned(&ENDPOINTS),
            }),
        }
    }

    pub(crate) fn not_implemented(path: &str) -> Self {
        let description = format!(
            "`{path}` is not implemented: authlab's issuers give tokens by client_credentials, and by POST /_lab/oidc/token of the control API"
        );
        let (status, reason) = (StatusCode::NOT_IMPLEMENTED, Reason::NotImplemented);
        Self {
            status,
            reason,
            description,
            allow: None,
            missing: None,
        }
    }

    pub(crate) fn method(takes_posts: bool) -> Self {
        let allow = if takes_posts { "POST" } else { "GET, HEAD" };
        let description = format!("the method is not allowed here: use {allow}");
        let (status, reason) = (StatusCode::METHOD_NOT_ALLOWED, Reason::MethodNotAllowed);
        Self {
            status,
            reason,
            description,
            allow: Some(allow),
            missing: None,
        }
    }
}
