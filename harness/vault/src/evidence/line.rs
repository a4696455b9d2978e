//! The order in which a request's members stand in the journal's line.

use authlab_kernel::Timestamp;
use serde::{Serialize, Serializer};
use serde_json::Value;

use super::{Because, Ended, Issued, PathDecision, Proof, Request, Wrapped};

/// The members in the order in which the embedded server writes them.
#[derive(Serialize)]
struct OfServer<'a> {
    method: &'a str,
    path: &'a str,
    mount: &'a Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<u16>,
    #[serde(flatten)]
    caller: OfCaller<'a>,
    #[serde(flatten)]
    decision: &'a Option<PathDecision>,
    #[serde(flatten)]
    ended: &'a Option<Ended>,
    #[serde(skip_serializing_if = "Option::is_none")]
    because: &'a Option<Because>,
    #[serde(flatten)]
    proof: &'a Option<Proof>,
    #[serde(flatten)]
    outcome: OfOutcome<'a>,
}

/// The members in the order in which a relay writes them: the server tells first, and what the relay
/// remembers of a token comes last.
#[derive(Serialize)]
struct OfRelay<'a> {
    method: &'a str,
    path: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<u16>,
    #[serde(flatten)]
    caller: OfCaller<'a>,
    #[serde(flatten)]
    decision: &'a Option<PathDecision>,
    #[serde(skip_serializing_if = "Option::is_none")]
    because: &'a Option<Because>,
    #[serde(flatten)]
    jwt: Option<JwtOfRelay<'a>>,
    #[serde(flatten)]
    outcome: OfOutcome<'a>,
    #[serde(flatten)]
    of_ended: OfCaller<'a>,
    #[serde(flatten)]
    ended: &'a Option<Ended>,
}

/// What is known of a token's holder.
#[derive(Default, Serialize)]
struct OfCaller<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    accessor: Option<&'a String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    display_name: Option<&'a String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    policies: Option<&'a Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    token_expires_at: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    token_ttl_seconds: Option<i64>,
}

#[derive(Serialize)]
struct OfOutcome<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    login: &'a Option<Issued>,
    #[serde(skip_serializing_if = "Option::is_none")]
    issued: &'a Option<Issued>,
    #[serde(skip_serializing_if = "Option::is_none")]
    wrapped: &'a Option<Wrapped>,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: &'a Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: &'a Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    namespace: &'a Option<String>,
}

#[derive(Serialize)]
struct JwtOfRelay<'a> {
    role: &'a str,
    token: &'a Value,
    bound_issuer: &'a Option<String>,
    bound_audiences: &'a Option<Vec<String>>,
    bound_subject: &'a Option<String>,
    bound_claims: &'a Value,
    now: i64,
    claim: &'a Option<String>,
}

impl Request {
    fn of_caller(&self) -> OfCaller<'_> {
        OfCaller {
            accessor: self.accessor.as_ref(),
            display_name: self.display_name.as_ref(),
            policies: self.policies.as_ref(),
            token_expires_at: self.token_expires_at,
            token_ttl_seconds: self.token_ttl_seconds,
        }
    }

    fn of_outcome(&self) -> OfOutcome<'_> {
        OfOutcome {
            login: &self.login,
            issued: &self.issued,
            wrapped: &self.wrapped,
            message: &self.message,
            error: &self.error,
            namespace: &self.namespace,
        }
    }

    fn of_relay(&self) -> OfRelay<'_> {
        let (caller, of_ended) = match self.ended {
            Some(_) => (OfCaller::default(), self.of_caller()),
            None => (self.of_caller(), OfCaller::default()),
        };
        OfRelay {
            method: &self.method,
            path: &self.path,
            status: self.status,
            caller,
            decision: &self.decision,
            because: &self.because,
            jwt: self.jwt().map(|login| JwtOfRelay {
                role: &login.role,
                token: &login.token,
                bound_issuer: &login.bound_issuer,
                bound_audiences: &login.bound_audiences,
                bound_subject: &login.bound_subject,
                bound_claims: &login.bound_claims,
                now: login.now,
                claim: &login.claim,
            }),
            outcome: self.of_outcome(),
            of_ended,
            ended: &self.ended,
        }
    }
}

impl Serialize for Request {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Some(mount) = &self.mount else {
            return self.of_relay().serialize(serializer);
        };
        OfServer {
            method: &self.method,
            path: &self.path,
            mount,
            status: self.status,
            caller: self.of_caller(),
            decision: &self.decision,
            ended: &self.ended,
            because: &self.because,
            proof: &self.proof,
            outcome: self.of_outcome(),
        }
        .serialize(serializer)
    }
}
