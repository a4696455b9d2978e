//! What the outgoing client and the gates of the ports tell the journal, and why they refuse.

use authlab_kernel::AnswerFault;
use authlab_kernel::evidence::Evidence;
use serde::{Deserialize, Serialize};

/// A component calls another, or would have: where no address may be called, the hop fails at once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hop {
    /// What for, in two or three words: `oidc-discovery`.
    pub purpose: String,
    /// The method.
    pub method: String,
    /// Where to, without what may be a secret; none where it is no absolute URL.
    pub url: Option<String>,
    /// Why nothing was sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

impl Evidence for Hop {
    const KIND: &'static str = "hop";
}

/// What became of a hop.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HopAnswer {
    /// As the hop.
    pub purpose: String,
    /// As the hop.
    pub method: String,
    /// As the hop.
    pub url: Option<String>,
    /// The status of the answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// Why there is no answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// What is wrong with the answer, where one came that cannot be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fault: Option<AnswerFault>,
}

impl Evidence for HopAnswer {
    const KIND: &'static str = "hop-answer";
}

/// A request was turned away at the port, before a server read it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TurnedAway {
    /// The method.
    pub method: String,
    /// Whom it was for.
    pub host: Option<String>,
    /// The page that sent it.
    pub origin: Option<String>,
    /// What is wrong.
    pub error: String,
}

impl Evidence for TurnedAway {
    const KIND: &'static str = "request";
}

authlab_kernel::reasons! {
    /// Why a request is turned away, or a call has no answer.
    pub enum Reason {
        /// The body is longer than the server reads.
        BodyTooLarge = "body-too-large",
        /// The header section is longer than the server reads.
        HeadersTooLarge = "headers-too-large",
        /// The request cannot be read.
        MalformedRequest = "malformed-request",
        /// The client stopped sending in the middle of the body.
        BodyTimeout = "body-timeout",
        /// The `Host` is no name of the port.
        ForeignHost = "foreign-host",
        /// A page of another origin sent it.
        ForeignOrigin = "foreign-origin",
        /// A browser sent it for a page of another site.
        CrossSite = "cross-site",
        /// The URL of a call is none.
        BadUrl = "bad-url",
        /// The address of a call is outside the lab.
        NotAllowed = "not-allowed",
        /// Nobody answers at the address.
        Unreachable = "unreachable",
        /// The answer took longer than the caller waits.
        Timeout = "timeout",
        /// The answer cannot be read.
        BadAnswer = "bad-answer",
    }
}

#[cfg(test)]
mod tests {
    use authlab_kernel::{Clock, Component, EventDraft, Journal};

    use super::*;

    fn stands<E: Evidence + PartialEq + std::fmt::Debug>(evidence: &E, line: &str) {
        let journal = Journal::new(Clock::standing("2026-01-15T12:00:00Z".parse().unwrap()));
        journal.record(EventDraft::of(Component::Gateway, evidence));
        let event = journal.events_since(0).remove(0);
        assert_eq!(event.detail.to_string(), line);
        assert_eq!(event.read::<E>().as_ref(), Some(evidence), "{line}");
    }

    #[test]
    fn what_is_written_is_read_back() {
        let (purpose, method) = ("jwks".to_owned(), "GET".to_owned());
        let mut hop = Hop {
            purpose: purpose.clone(),
            method: method.clone(),
            url: Some("https://issuer/jwks".to_owned()),
            error: None,
        };
        stands(
            &hop,
            r#"{"purpose":"jwks","method":"GET","url":"https://issuer/jwks"}"#,
        );
        (hop.url, hop.error) = (None, Some("no scheme".to_owned()));
        stands(
            &hop,
            r#"{"purpose":"jwks","method":"GET","url":null,"error":"no scheme"}"#,
        );
        let mut answer = HopAnswer {
            purpose,
            method,
            url: None,
            status: Some(404),
            error: None,
            fault: None,
        };
        stands(
            &answer,
            r#"{"purpose":"jwks","method":"GET","url":null,"status":404}"#,
        );
        (answer.status, answer.error) = (None, Some("nobody".to_owned()));
        stands(
            &answer,
            r#"{"purpose":"jwks","method":"GET","url":null,"error":"nobody"}"#,
        );
        answer.fault = Some(AnswerFault::TooLong { bytes_max: 9 });
        stands(
            &answer,
            r#"{"purpose":"jwks","method":"GET","url":null,"error":"nobody","fault":{"kind":"too-long","bytes_max":9}}"#,
        );
        let turned_away = TurnedAway {
            method: "POST".to_owned(),
            host: Some("evil.example".to_owned()),
            origin: None,
            error: "foreign".to_owned(),
        };
        stands(
            &turned_away,
            r#"{"method":"POST","host":"evil.example","origin":null,"error":"foreign"}"#,
        );
    }
}
