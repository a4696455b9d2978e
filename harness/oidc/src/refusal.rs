//! What a request gets that reaches no endpoint.

use http::StatusCode;

use crate::evidence::Reason;
use crate::issuer::Directory;

/// A request that reaches no endpoint.
pub(crate) struct Refusal {
    pub(crate) status: StatusCode,
    pub(crate) reason: Reason,
    pub(crate) description: String,
    pub(crate) allow: Option<&'static str>,
}

impl Refusal {
    pub(crate) fn not_found(directory: &Directory) -> Self {
        let description = format!(
            "there is no such issuer: the issuers are {:?}",
            directory.names()
        );
        Self {
            status: StatusCode::NOT_FOUND,
            reason: Reason::NotFound,
            description,
            allow: None,
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
        }
    }
}
