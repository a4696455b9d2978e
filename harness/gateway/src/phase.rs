//! What the phases of a request to a REST API came to, as access logs tell it (API Gateway developer guide,
//! `api-gateway-variables-for-access-logging.html`).

use std::borrow::Cow;

/// What a phase came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Phase {
    /// `.status`.
    pub status: u16,
    /// `.latency`, in milliseconds.
    pub latency_ms: i64,
    /// `.error`, where it went wrong.
    pub error: Option<String>,
}

/// The phases that a request went through.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Phases {
    /// `$context.authenticate`: whose signature it is.
    pub authenticate: Option<Phase>,
    /// `$context.authorize`: whether the signer may.
    pub authorize: Option<Phase>,
    /// `$context.authorizer`: what an authorizer said.
    pub authorizer: Option<Phase>,
}

impl Phase {
    /// `$context.PHASE.NAME`.
    pub(crate) fn value(&self, name: &str) -> Option<Cow<'_, str>> {
        match name {
            "error" => self.error.as_deref().map(Cow::Borrowed),
            "latency" => Some(self.latency_ms.to_string().into()),
            "status" => Some(self.status.to_string().into()),
            _ => None,
        }
    }
}
